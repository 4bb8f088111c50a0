use super::part::{common_part, parts};
use super::question::UNDECIDED;
use super::{
    Answer, Dimension, Figure, Measure, Pair, Question, Shown, Side, moving_words, of_numbers, strongest_word,
};
use crate::records::{Encoding, FramingDifference, Part, Reading};

const SENTIMENT: &str = "sentiment";
const TONE: &str = "tone";

/// The measure.
pub(super) static MEASURE: Measure = Measure {
    name: "tone",
    figures: &[Figure {
        name: SENTIMENT,
        doc: "Positive less negative probability, from -1 to 1.",
        question: Some(&QUESTION),
    }],
    dimensions: &[Dimension {
        name: TONE,
        doc: "The sentiment of the two sentences, where words that only one of them has move it. Values: the figures, from -1 to 1.",
        shown: Shown::SignedFigure,
    }],
    readings,
    differences: |pair, options| difference(pair, options.min_tone).into_iter().collect(),
    card: include_str!("../../docs/measures/tone.md"),
    may_be_replaced: false,
};

static QUESTION: Question = Question {
    title: "Tone",
    question: "How do the words sound?",
    definition: "Judge the words as an ordinary reader would hear them: not whether the event is good or bad, not whether you \
                 agree, and not whether the writer is for or against someone.",
    is_of_voice: true,
    answers: &[
        Answer::new("negative", "Negative", "The words sound bad, worried, angry or disapproving.", -1.0),
        Answer::new("neutral", "Neutral", "Matter-of-fact, or as much good as bad.", 0.0),
        Answer::new("positive", "Positive", "The words sound good, hopeful, glad or approving.", 1.0),
        UNDECIDED,
    ],
    is_ordered: true,
    edges: &[-0.5, -0.1, 0.1, 0.5],
    bands: &["below -0.5", "from -0.5", "from -0.1", "from 0.1", "from 0.5"],
};

/// The sentiment of each part of the sentence, with the words that move it furthest.
fn readings(side: &Side<'_>) -> Vec<Reading> {
    let reading = |&part: &Part| {
        let encoding = side.encoding_of(part)?;
        let value = encoding.sentiment?.score();
        let words = moving_words(side, encoding, &encoding.tone, value > 0.0);
        Some(Reading { measure: SENTIMENT.into(), part, value, words })
    };
    parts(side.annotations.voice).iter().filter_map(reading).collect()
}

/// The sentiment of the two sentences, with the word that moves each furthest in the direction in which it differs. What both say moves both, so the words that
/// one side alone has must move it the way in which the two differ.
fn difference(pair: &Pair<'_, '_>, least: f32) -> Option<FramingDifference> {
    let (a, b) = (pair.a, pair.b);
    let part = common_part(a, b)?;
    let (of_a, of_b) = (a.encoding_of(part)?, b.encoding_of(part)?);
    let (score_a, score_b) = (of_a.sentiment?.score(), of_b.sentiment?.score());
    let difference = score_a - score_b;
    let strongest = |side: &Side<'_>, encoding: &Encoding, other: &Side<'_>, upwards: bool| {
        strongest_word(side, encoding, other, &encoding.tone, upwards)
    };
    let evidence_a = (score_a, strongest(a, of_a, b, difference > 0.0));
    let evidence_b = (score_b, strongest(b, of_b, a, difference <= 0.0));
    let [own_a, own_b] = pair.views().map(|view| {
        let alone = (0..view.side.encoding.tone.len()).filter(|&word| !view.counterparts.is_same(word));
        alone.map(|word| view.side.encoding.tone[word]).sum::<f32>()
    });
    let is_moved = (own_a - own_b) * difference > 0.0;
    (is_moved && difference.abs() >= least).then(|| of_numbers(TONE, evidence_a, evidence_b))
}
