use super::part::{common_part, parts};
use super::question::UNDECIDED;
use super::{
    Answer, Dimension, Figure, FramingOptions, Measure, Pair, Question, Shown, Side, moving_words,
    of_numbers, strongest_word,
};
use crate::records::{Encoding, FramingDifference, Part, Reading, Target};

const SENTIMENT: &str = "sentiment";
const TONE: &str = "tone";
const TARGET_TONE: &str = "target_tone";

/// The measure.
pub(super) static MEASURE: Measure = Measure {
    name: "tone",
    figures: &[Figure {
        name: SENTIMENT,
        doc: "Positive less negative probability, from -1 to 1.",
        question: Some(&QUESTION),
    }],
    dimensions: &[
        Dimension {
            name: TONE,
            doc: "The sentiment of the two sentences. Values: the figures, from -1 to 1.",
            shown: Shown::SignedFigure,
        },
        Dimension {
            name: TARGET_TONE,
            doc: "The sentiment toward a name that both sentences use. Values: the figures, from -1 to 1.",
            shown: Shown::SignedFigure,
        },
    ],
    readings,
    differences,
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

fn differences(pair: &Pair<'_, '_>, options: &FramingOptions) -> Vec<FramingDifference> {
    let of_sentences = of_sentences(pair.a, pair.b, options.min_tone);
    of_sentences.into_iter().chain(of_targets(pair.a, pair.b, options.min_tone)).collect()
}

/// The sentiment of the two sentences, with the word that moves each furthest in the direction in which it differs.
fn of_sentences(a: &Side<'_>, b: &Side<'_>, least: f32) -> Option<FramingDifference> {
    let part = common_part(a, b)?;
    let (of_a, of_b) = (a.encoding_of(part)?, b.encoding_of(part)?);
    let (score_a, score_b) = (of_a.sentiment?.score(), of_b.sentiment?.score());
    let strongest = |side: &Side<'_>, encoding: &Encoding, other: &Side<'_>, upwards: bool| {
        strongest_word(side, encoding, other, &encoding.tone, upwards)
    };
    let evidence_a = (score_a, strongest(a, of_a, b, score_a > score_b));
    let evidence_b = (score_b, strongest(b, of_b, a, score_a <= score_b));
    ((score_a - score_b).abs() >= least).then(|| of_numbers(TONE, evidence_a, evidence_b))
}

/// The sentiment toward each name that both sides use, with the name itself as the words.
fn of_targets(a: &Side<'_>, b: &Side<'_>, least: f32) -> Vec<FramingDifference> {
    let figure = |target: &Target| Some((target.sentiment?.score(), Some(target.span)));
    let of_pair = |of_a: &Target| {
        let of_b = b.targets.iter().find(|of_b| of_b.key == of_a.key)?;
        let (of_a, of_b) = (figure(of_a)?, figure(of_b)?);
        ((of_a.0 - of_b.0).abs() >= least).then(|| of_numbers(TARGET_TONE, of_a, of_b))
    };
    a.targets.iter().filter_map(of_pair).collect()
}
