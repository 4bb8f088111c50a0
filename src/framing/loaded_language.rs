use super::pair::View;
use super::part::{part_of, parts};
use super::question::UNDECIDED;
use super::{Answer, Dimension, Figure, Measure, Question, Shown, Side};
use crate::annotate::loaded_language;
use crate::records::{Evidence, FramingDifference, LoadedLanguage, LoadedWord, Part, Reading, Span};

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
        doc: "A loaded expression in an outlet's own words that the other side has not. Values: how loaded the outlet's own words are in all, from 0 to 1.",
        shown: Shown::Figure,
    }],
    readings,
    differences: |pair, options| {
        pair.views().iter().flat_map(|view| differences(view, options.min_head)).collect()
    },
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

/// Where the outlet's own words are more loaded in all, the loaded expressions in them that the other side has not, neither in its own words nor in quoted ones, with what answers
/// them there.
fn differences(view: &View<'_, '_>, least: f32) -> Vec<FramingDifference> {
    let Some(ours) = of_part(view.side, Part::Narration) else { return vec![] };
    let theirs = of_part(view.other, Part::Narration).map_or(0.0, |of_part| of_part.score);
    if ours.score - theirs < least {
        return vec![];
    }
    let is_alone = |span: &Span| view.side.words_in(span).all(|word| !view.counterparts.is_same(word));
    let value = |score: f32| format!("{score:.4}");
    let words =
        ours.words.iter().map(|word| word.span).filter(|span| !view.side.is_name(span) && is_alone(span));
    let row = |span: Span| {
        let answer = Evidence { span: view.answering(&span), value: value(theirs) };
        let difference =
            view.difference(LOADED_LANGUAGE, Evidence { span: Some(span), value: value(ours.score) }, answer);
        FramingDifference { difference: Some(view.signed(ours.score - theirs)), ..difference }
    };
    words.map(row).collect()
}

fn of_part(side: &Side<'_>, part: Part) -> Option<LoadedLanguage> {
    let listed = side.listed.iter().filter(|word| part_of(side.annotations, &word.span) == part);
    let listed: Vec<LoadedWord> = listed.copied().collect();
    let of_part = side.part(part)?;
    Some(loaded_language(&listed, of_part.loaded?, &of_part.encoding.words.spans))
}
