use super::{Side, of_numbers};
use crate::records::{Dimension, FramingDifference, Span};

/// The sentiment of the two sentences, with the word that moves each furthest in the direction in which it differs.
pub(super) fn difference(a: &Side<'_>, b: &Side<'_>, least: f32) -> Option<FramingDifference> {
    let (score_a, score_b) = (a.annotations.sentiment?.score(), b.annotations.sentiment?.score());
    let a_is_higher = score_a > score_b;
    let evidence_a = (score_a, strongest_word(a, b, a_is_higher));
    let evidence_b = (score_b, strongest_word(b, a, !a_is_higher));
    ((score_a - score_b).abs() >= least).then(|| of_numbers(Dimension::Tone, evidence_a, evidence_b))
}

/// Least weight of a word that is shown: below are the function words.
const MIN_WEIGHT: f32 = 2.5;

/// The word with the largest share of the sentiment in one direction; the first of equals. Passed over are function words
/// and names, which move the figure by the company that they keep, and words that the other side has as well, which
/// cannot make the difference; `None` where nothing is left.
fn strongest_word(side: &Side<'_>, other: &Side<'_>, positive: bool) -> Option<Span> {
    let words = &side.encoding.words;
    let signed = |&word: &usize| if positive { side.encoding.tone[word] } else { -side.encoding.tone[word] };
    let lower = |side: &Side<'_>, span: &Span| span.slice(side.text).to_lowercase();
    let theirs: Vec<String> = other.encoding.words.spans.iter().map(|span| lower(other, span)).collect();
    let is_shown = |&word: &usize| {
        let span = words.spans[word];
        let is_name = side.annotations.names.iter().any(|name| name.span.overlaps(&span));
        words.weights[word] >= MIN_WEIGHT && !is_name && !theirs.contains(&lower(side, &span))
    };
    let shown = (0..side.encoding.tone.len()).filter(is_shown);
    shown
        .reduce(|best, word| if signed(&word) > signed(&best) { word } else { best })
        .map(|word| words.spans[word])
}
