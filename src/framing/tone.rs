use super::{Side, of_numbers};
use crate::records::{Dimension, FramingDifference, Span};

/// The sentiment of the two sentences, with the word that moves each furthest in the direction in which it differs.
pub(super) fn difference(a: &Side<'_>, b: &Side<'_>, least: f32) -> Option<FramingDifference> {
    let (score_a, score_b) = (a.annotations.sentiment?.score(), b.annotations.sentiment?.score());
    let a_is_higher = score_a > score_b;
    let evidence_a = (score_a, strongest_word(a, a_is_higher));
    let evidence_b = (score_b, strongest_word(b, !a_is_higher));
    ((score_a - score_b).abs() >= least).then(|| of_numbers(Dimension::Tone, evidence_a, evidence_b))
}

/// The word with the largest share of the sentiment in one direction; the first of equals.
fn strongest_word(side: &Side<'_>, positive: bool) -> Option<Span> {
    let signed = |tone: f32| if positive { tone } else { -tone };
    let words = side.encoding.words.spans.iter().zip(&side.encoding.tone);
    words
        .reduce(|best, word| {
            if signed(*word.1) > signed(*best.1) {
                word
            } else {
                best
            }
        })
        .map(|(&span, _)| span)
}
