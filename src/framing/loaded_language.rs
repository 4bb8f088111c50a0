use super::part::{common_part, part_of, parts};
use super::question::UNDECIDED;
use super::{Answer, Dimension, Figure, FramingOptions, Measure, Pair, Question, Shown, Side, of_numbers};
use crate::annotate::loaded_language;
use crate::records::{FramingDifference, LoadedEvidence, LoadedLanguage, LoadedWord, Part, Reading, Span};

const LOADED_LANGUAGE: &str = "loaded_language";

/// The measure.
pub(super) static MEASURE: Measure = Measure {
    name: "loaded_language",
    figures: &[Figure {
        name: LOADED_LANGUAGE,
        doc: "How loaded the wording is, from 0 to 1.",
        question: Some(&QUESTION),
    }],
    dimensions: &[Dimension {
        name: LOADED_LANGUAGE,
        doc: "How loaded the words are. Values: the figures, from 0 to 1.",
        shown: Shown::Figure,
    }],
    readings,
    differences: |pair, options| difference(pair, options).into_iter().collect(),
    card: include_str!("../../docs/measures/loaded_language.md"),
    may_be_replaced: true,
};

static QUESTION: Question = Question {
    title: "Loaded words",
    question: "Are there loaded words?",
    definition: "A word is loaded if it approves or disapproves where a plainer word for the same thing would not: “slammed” \
                 for “criticised”, “regime” for “government”. A word for a bad thing (“murder”) is not loaded for that.",
    is_of_voice: true,
    answers: &[
        Answer::new("no", "No", "The words are those that one would choose to say it plainly.", 0.0),
        Answer::new("yes", "Yes", "At least one word or phrase is loaded.", 1.0),
        UNDECIDED,
    ],
    is_ordered: false,
    edges: &[0.25, 0.5, 0.75],
    bands: &["0.00-0.25", "0.25-0.50", "0.50-0.75", "0.75-1.00"],
};

/// How loaded each part of the sentence is, with the words that make it so.
fn readings(side: &Side<'_>) -> Vec<Reading> {
    let reading = |&part: &Part| {
        let LoadedLanguage { score, words } = of_part(side, part)?;
        let words = words.iter().map(|word| word.span).collect();
        Some(Reading { measure: LOADED_LANGUAGE.into(), part, value: score, words })
    };
    parts(side.annotations.voice).iter().filter_map(reading).collect()
}

/// How loaded the two sentences are, with the words of each that raise it most: no names, and none that the other side has
/// as well, which cannot make the difference.
fn difference(&Pair { a, b, .. }: &Pair<'_, '_>, options: &FramingOptions) -> Option<FramingDifference> {
    let part = common_part(a, b)?;
    let (of_a, of_b) = (of_part(a, part)?, of_part(b, part)?);
    let differs = (of_a.score - of_b.score).abs() >= options.min_head;
    let evidence_a = (of_a.score, strongest(a, b, &of_a.words));
    let evidence_b = (of_b.score, strongest(b, a, &of_b.words));
    differs.then(|| of_numbers(LOADED_LANGUAGE, evidence_a, evidence_b))
}

fn of_part(side: &Side<'_>, part: Part) -> Option<LoadedLanguage> {
    let listed = side.listed.iter().filter(|word| part_of(side.annotations, &word.span) == part);
    let listed: Vec<LoadedWord> = listed.copied().collect();
    let of_part = side.part(part)?;
    Some(loaded_language(&listed, of_part.loaded?, &of_part.encoding.words.spans))
}

fn strongest(side: &Side<'_>, other: &Side<'_>, words: &[LoadedEvidence]) -> Option<Span> {
    let theirs = other.text.to_lowercase();
    let makes_difference = |word: &&LoadedEvidence| {
        let is_name = side.annotations.names.iter().any(|name| name.span.overlaps(&word.span));
        !is_name && !theirs.contains(&word.span.slice(side.text).to_lowercase())
    };
    let telling = words.iter().filter(makes_difference);
    telling.max_by(|a, b| a.share.total_cmp(&b.share)).map(|word| word.span)
}
