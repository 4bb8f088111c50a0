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

/// Least weight of a word that is shown: below are the function words.
const MIN_WEIGHT: f32 = 2.5;

/// The word with the largest share of the sentiment in one direction; the first of equals. Function words and names
/// are passed over: they move the figure by the company that they keep.
fn strongest_word(side: &Side<'_>, positive: bool) -> Option<Span> {
    let words = &side.encoding.words;
    let signed = |&word: &usize| {
        if positive { side.encoding.tone[word] } else { -side.encoding.tone[word] }
    };
    let is_shown = |&word: &usize| {
        let is_name = side.annotations.names.iter().any(|name| name.span.overlaps(&words.spans[word]));
        words.weights[word] >= MIN_WEIGHT && !is_name
    };
    let shown = (0..side.encoding.tone.len()).filter(is_shown);
    shown
        .reduce(|best, word| if signed(&word) > signed(&best) { word } else { best })
        .map(|word| words.spans[word])
}
