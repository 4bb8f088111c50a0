use super::part::{common_part, part_of, parts};
use super::question::UNDECIDED;
use super::{Answer, Dimension, Figure, FramingOptions, Measure, Pair, Question, Shown, Side, of_numbers};
use crate::records::{FramingDifference, Part, Reading, Span};

const CERTAINTY: &str = "certainty";
const BOOSTERS: &str = "boosters";
const FACTIVES: &str = "factives";

/// The measure.
pub(super) static MEASURE: Measure = Measure {
    name: "certainty",
    figures: &[
        Figure {
            name: CERTAINTY,
            doc: "1 stated plainly, 0.75 probable, 0.5 possible, 0.25 doubtful.",
            question: Some(&QUESTION),
        },
        Figure {
            name: BOOSTERS,
            doc: "Number of words that stress certainty (\"clearly\").",
            question: None,
        },
        Figure {
            name: FACTIVES,
            doc: "Number of words that take what follows for a fact (\"revealed that\").",
            question: None,
        },
    ],
    dimensions: &[Dimension {
        name: CERTAINTY,
        doc: "How sure it sounds. Values: the figures.",
        shown: Shown::Figure,
    }],
    readings,
    differences: |pair, options| difference(pair, options).into_iter().collect(),
    card: include_str!("../../docs/measures/certainty.md"),
    may_be_replaced: false,
};

static QUESTION: Question = Question {
    title: "Certainty",
    question: "How sure does it sound?",
    definition: "Judge how sure the sentence sounds that what it says is so, not how likely you find it. Where its parts \
                 differ, take the least certain one. That someone is quoted as saying it does not make it less certain.",
    is_of_voice: true,
    answers: &[
        Answer::new("plain", "Stated as a fact", "Nothing weakens it.", 1.0),
        Answer::new("probable", "Probable", "“likely”, “is expected to”, “most experts think”.", 0.75),
        Answer::new("possible", "Possible", "“may”, “could”, “perhaps”, “reportedly”.", 0.5),
        Answer::new("doubtful", "Doubtful", "“unlikely”, “it is not clear whether”, “questionable”.", 0.25),
        UNDECIDED,
    ],
    is_ordered: true,
    edges: &[0.375, 0.625, 0.875],
    bands: &["doubtful", "possible", "probable", "plain"],
};

/// How sure each part of the sentence sounds, with its hedges; and the number of its boosters and of its factives, with these.
fn readings(side: &Side<'_>) -> Vec<Reading> {
    let certainty = &side.annotations.certainty;
    let count = |words: Vec<Span>| (words.len() as f32, words);
    let of_part = |&part: &Part| {
        let figures = [
            (CERTAINTY, of_part(side, part)),
            (BOOSTERS, count(side.within(part, &certainty.boosters))),
            (FACTIVES, count(side.within(part, &certainty.factives))),
        ];
        figures.map(|(measure, (value, words))| Reading { measure: measure.into(), part, value, words })
    };
    parts(side.annotations.voice).iter().flat_map(of_part).collect()
}

/// How sure the two sentences sound, with the first hedge (or else booster) of each.
fn difference(&Pair { a, b, .. }: &Pair<'_, '_>, options: &FramingOptions) -> Option<FramingDifference> {
    let part = common_part(a, b)?;
    let figure = |side: &Side<'_>| {
        let (score, hedges) = of_part(side, part);
        let boosters = side.within(part, &side.annotations.certainty.boosters);
        (score, hedges.first().or(boosters.first()).copied())
    };
    let (a, b) = (figure(a), figure(b));
    ((a.0 - b.0).abs() >= options.min_certainty).then(|| of_numbers(CERTAINTY, a, b))
}

/// The least certain level of a part's hedges, 1 without any, and the hedges.
fn of_part(side: &Side<'_>, part: Part) -> (f32, Vec<Span>) {
    let hedges = side.annotations.certainty.hedges.iter();
    let hedges: Vec<_> = hedges.filter(|hedge| part_of(side.annotations, &hedge.span) == part).collect();
    let level = hedges.iter().map(|hedge| hedge.level).fold(1.0, f32::min);
    (level, hedges.iter().map(|hedge| hedge.span).collect())
}
