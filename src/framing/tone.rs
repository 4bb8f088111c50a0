use super::{Side, of_numbers, strongest_word};
use crate::records::{Dimension, FramingDifference};

/// The sentiment of the two sentences, with the word that moves each furthest in the direction in which it differs.
pub(super) fn difference(a: &Side<'_>, b: &Side<'_>, least: f32) -> Option<FramingDifference> {
    let (score_a, score_b) = (a.annotations.sentiment?.score(), b.annotations.sentiment?.score());
    let a_is_higher = score_a > score_b;
    let evidence_a = (score_a, strongest_word(a, b, &a.encoding.tone, a_is_higher));
    let evidence_b = (score_b, strongest_word(b, a, &b.encoding.tone, !a_is_higher));
    ((score_a - score_b).abs() >= least).then(|| of_numbers(Dimension::Tone, evidence_a, evidence_b))
}
