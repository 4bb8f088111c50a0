//! Two outlets' sentences on one claim -> [`FramingDifference`]s: one file per measure.
//!
//! Each measure is a pure function of the two sides and their word alignment. It returns nothing where the sides do
//! not differ, and for each difference the words that show it on both sides.

mod tone;
mod target_tone;
mod wording;
mod attribution;
mod certainty;
mod quantity;
mod quotation;
mod measure;

use serde::{Deserialize, Serialize};

use crate::records::{
    Annotations, Dimension, Encoding, Evidence, FramingDifference, Span, Target, WordAlignment,
};

/// When a difference is worth a row: the `[framing]` section of a job file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FramingOptions {
    /// Least difference of two sentiments (each in [-1, 1]) that is listed.
    pub min_tone: f32,
    /// Least difference of two certainties (each in [0, 1]) that is listed.
    pub min_certainty: f32,
    /// Least difference of two probabilities of a head that the user brought (each in [0, 1]) that is listed.
    pub min_head: f32,
}

impl Default for FramingOptions {
    fn default() -> Self {
        Self { min_tone: 0.2, min_certainty: 0.25, min_head: 0.2 }
    }
}

/// One outlet's sentence with all that the measures read of it.
#[derive(Debug, Clone, Copy)]
pub struct Side<'run> {
    /// The sentence's words; every span counts from its start.
    pub text: &'run str,
    /// What the annotators found.
    pub annotations: &'run Annotations,
    /// What the encoder gave.
    pub encoding: &'run Encoding,
    /// The names that the claim's outlets share, with the sentiment toward each.
    pub targets: &'run [Target],
}

/// Every difference in the framing of one claim by two outlets, in the order of the dimensions. `measures` names the
/// figures in [`Encoding::scores`](crate::records::Encoding).
pub fn differences(
    a: &Side<'_>,
    b: &Side<'_>,
    alignment: &WordAlignment,
    measures: &[String],
    options: &FramingOptions,
) -> Vec<FramingDifference> {
    let mut found = vec![];
    found.extend(tone::difference(a, b, options.min_tone));
    found.extend(target_tone::differences(a, b, options.min_tone));
    found.extend(wording::differences(a, b, alignment));
    found.extend(attribution::difference(a, b));
    found.extend(certainty::difference(a, b, options.min_certainty));
    found.extend(quantity::differences(a, b));
    found.extend(quotation::difference(a, b));
    found.extend(measure::differences(a, b, measures, options.min_head));
    found
}

/// Least weight of a word that is shown: below are the function words.
const MIN_WEIGHT: f32 = 2.5;

/// The word with the largest of `shares` (one a word of the side's encoding) in one direction; the first of equals.
/// Passed over are function words and names, which move a figure by the company that they keep, and words that the
/// other side has as well, which cannot make the difference; `None` where nothing is left.
fn strongest_word(side: &Side<'_>, other: &Side<'_>, shares: &[f32], upwards: bool) -> Option<Span> {
    let words = &side.encoding.words;
    let signed = |&word: &usize| if upwards { shares[word] } else { -shares[word] };
    let lower = |side: &Side<'_>, span: &Span| span.slice(side.text).to_lowercase();
    let theirs: Vec<String> = other.encoding.words.spans.iter().map(|span| lower(other, span)).collect();
    let is_shown = |&word: &usize| {
        let span = words.spans[word];
        let is_name = side.annotations.names.iter().any(|name| name.span.overlaps(&span));
        words.weights[word] >= MIN_WEIGHT && !is_name && !theirs.contains(&lower(side, &span))
    };
    let shown = (0..shares.len()).filter(is_shown);
    shown
        .reduce(|best, word| if signed(&word) > signed(&best) { word } else { best })
        .map(|word| words.spans[word])
}

/// A difference of two numbers, with the words that show each.
fn of_numbers(dimension: Dimension, a: (f32, Option<Span>), b: (f32, Option<Span>)) -> FramingDifference {
    let evidence = |(value, span): (f32, Option<Span>)| Evidence { span, value: format!("{value:.4}") };
    FramingDifference { dimension, a: evidence(a), b: evidence(b), difference: Some(a.0 - b.0) }
}
