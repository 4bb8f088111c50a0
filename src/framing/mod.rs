//! Two outlets' sentences on one claim -> [`FramingDifference`]s: one file per measure.
//!
//! Each measure is a pure function of the two sides and their word alignment. It returns nothing where the sides do
//! not differ, and for each difference the words that show it on both sides.

mod tone;
mod wording;
mod attribution;
mod certainty;
mod quantity;
mod quotation;

use serde::{Deserialize, Serialize};

use crate::records::{Annotations, Dimension, Encoding, Evidence, FramingDifference, Span, WordAlignment};

/// When a difference is worth a row: the `[framing]` section of a job file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FramingOptions {
    /// Least difference of two sentiments (each in [-1, 1]) that is listed.
    pub min_tone: f32,
    /// Least difference of two certainties (each in [0, 1]) that is listed.
    pub min_certainty: f32,
}

impl Default for FramingOptions {
    fn default() -> Self {
        Self { min_tone: 0.2, min_certainty: 0.25 }
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
}

/// Every difference in the framing of one claim by two outlets, in the order of the dimensions.
pub fn differences(
    a: &Side<'_>,
    b: &Side<'_>,
    alignment: &WordAlignment,
    options: &FramingOptions,
) -> Vec<FramingDifference> {
    let mut found = vec![];
    found.extend(tone::difference(a, b, options.min_tone));
    found.extend(wording::differences(a, b, alignment));
    found.extend(attribution::difference(a, b));
    found.extend(certainty::difference(a, b, options.min_certainty));
    found.extend(quantity::differences(a, b));
    found.extend(quotation::difference(a, b));
    found
}

/// A difference of two numbers, with the words that show each.
fn of_numbers(dimension: Dimension, a: (f32, Option<Span>), b: (f32, Option<Span>)) -> FramingDifference {
    let evidence = |(value, span): (f32, Option<Span>)| Evidence { span, value: format!("{value:.4}") };
    FramingDifference { dimension, a: evidence(a), b: evidence(b), difference: Some(a.0 - b.0) }
}
