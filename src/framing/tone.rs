use super::part::{common_part, parts};
use super::{Side, moving_words, of_numbers, strongest_word};
use crate::records::{Dimension, Encoding, FramingDifference, Part, Reading};

/// The measure's name in the tables.
pub(super) const MEASURE: &str = "sentiment";

/// The sentiment of each part of the sentence, with the words that move it furthest.
pub(super) fn readings(side: &Side<'_>) -> Vec<Reading> {
    let reading = |&part: &Part| {
        let encoding = side.encoding_of(part)?;
        let value = encoding.sentiment?.score();
        let words = moving_words(side, encoding, &encoding.tone, value > 0.0);
        Some(Reading { measure: MEASURE.into(), part, value, words })
    };
    parts(side.annotations.voice).iter().filter_map(reading).collect()
}

/// The sentiment of the two sentences, with the word that moves each furthest in the direction in which it differs.
pub(super) fn difference(a: &Side<'_>, b: &Side<'_>, least: f32) -> Option<FramingDifference> {
    let part = common_part(a, b)?;
    let (of_a, of_b) = (a.encoding_of(part)?, b.encoding_of(part)?);
    let (score_a, score_b) = (of_a.sentiment?.score(), of_b.sentiment?.score());
    let strongest = |side: &Side<'_>, encoding: &Encoding, other: &Side<'_>, upwards: bool| {
        strongest_word(side, encoding, other, &encoding.tone, upwards)
    };
    let evidence_a = (score_a, strongest(a, of_a, b, score_a > score_b));
    let evidence_b = (score_b, strongest(b, of_b, a, score_a <= score_b));
    ((score_a - score_b).abs() >= least).then(|| of_numbers(Dimension::Tone, evidence_a, evidence_b))
}
