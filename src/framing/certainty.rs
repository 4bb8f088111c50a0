use super::pair::View;
use super::part::{part_of, parts};
use super::question::UNDECIDED;
use super::{Answer, Dimension, Figure, FramingOptions, Measure, Pair, Question, Shown, Side};
use crate::records::{Evidence, FramingDifference, Part, Reading, Span};

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
        doc: "How sure it sounds. Values: `plain`, `probable`, `possible`, `doubtful`, or `planned` for what is not done yet.",
        shown: Shown::ValueAndWords,
    }],
    readings,
    differences,
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

/// Where one side is less sure of a verb that the other has as well: by a hedge that the other has nothing like, or by a word that says that it is not done
/// yet. The other side shows the verb that answers the one behind it.
fn differences(pair: &Pair<'_, '_>, options: &FramingOptions) -> Vec<FramingDifference> {
    let of_view = |view: &View<'_, '_>| -> Vec<FramingDifference> {
        let (side, other) = (view.side, view.other);
        let theirs = other.annotations.certainty.score;
        let is_alone = |span: &Span| side.words_in(span).all(|word| !view.counterparts.is_same(word));
        let hedges = side.annotations.certainty.hedges.iter();
        let least = hedges
            .filter(|hedge| is_alone(&hedge.span) && theirs - hedge.level >= options.min_certainty)
            .min_by(|x, y| x.level.total_cmp(&y.level));
        let plan = side.annotations.plans.iter().find(|plan| is_alone(plan));
        let is_verb = |side: &Side<'_>, word: usize| {
            side.encoding.syntax.as_ref().is_none_or(|parse| parse[word].tag.is_verb())
        };
        let row = |span: Span, ours: &str, theirs: &str| {
            let behind = side.words_in(&Span::new(span.end, side.text.len())).take(REACH);
            let weakened = behind.filter(|&word| side.weight(word) > 0.0 && is_verb(side, word));
            let mut answers = weakened.filter_map(|word| view.counterparts.by(word));
            let answer = answers.find(|&word| is_verb(other, word))?;
            let mut verbs = other.clauses.iter().map(|clause| clause.verb);
            let words = other.words()[answer];
            let verb = verbs.find(|verb| verb.contains(&words)).unwrap_or(words);
            let answer = Evidence { span: Some(verb), value: theirs.to_owned() };
            let hedge = Evidence { span: Some(span), value: ours.to_owned() };
            Some(view.difference(CERTAINTY, hedge, answer))
        };
        let of_hedge = least.and_then(|hedge| row(hedge.span, name(hedge.level), name(theirs)));
        let is_done = other.annotations.plans.is_empty() && !side.annotations.plans.is_empty();
        let of_plan =
            || plan.filter(|_| is_done && theirs >= 1.0).and_then(|&plan| row(plan, PLANNED, name(theirs)));
        of_hedge.or_else(of_plan).into_iter().collect()
    };
    pair.views().iter().flat_map(of_view).collect()
}

const PLANNED: &str = "planned";

/// Words behind a hedge among which stands what it weakens.
const REACH: usize = 4;

fn name(level: f32) -> &'static str {
    match level {
        level if level >= 1.0 => "plain",
        level if level >= 0.75 => "probable",
        level if level >= 0.5 => "possible",
        _ => "doubtful",
    }
}

/// The least certain level of a part's hedges, 1 without any, and the hedges.
fn of_part(side: &Side<'_>, part: Part) -> (f32, Vec<Span>) {
    let hedges = side.annotations.certainty.hedges.iter();
    let hedges: Vec<_> = hedges.filter(|hedge| part_of(side.annotations, &hedge.span) == part).collect();
    let level = hedges.iter().map(|hedge| hedge.level).fold(1.0, f32::min);
    (level, hedges.iter().map(|hedge| hedge.span).collect())
}
