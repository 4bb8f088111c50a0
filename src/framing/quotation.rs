use super::Side;
use super::part::part_of;
use crate::records::{Dimension, Evidence, FramingDifference, Part, Reading};

/// The measure's name in the tables.
pub(super) const SHARE: &str = "quoted_share";

/// The share of the sentence's words that are quoted, with the quotations; none for a sentence without words.
pub(super) fn readings(side: &Side<'_>) -> Option<Reading> {
    let words = &side.encoding.words.spans;
    let quoted = words.iter().filter(|word| part_of(side.annotations, word) == Part::Quotation).count();
    (!words.is_empty()).then(|| Reading {
        measure: SHARE.into(),
        part: Part::Whole,
        value: quoted as f32 / words.len() as f32,
        words: side.annotations.quotations.iter().map(|quotation| quotation.span).collect(),
    })
}

/// Whose words the two sentences are made of, where that differs, with the first quoted words of each.
pub(super) fn difference(a: &Side<'_>, b: &Side<'_>) -> Option<FramingDifference> {
    let evidence = |side: &Side<'_>| Evidence {
        span: side.annotations.quotations.first().map(|quotation| quotation.span),
        value: side.annotations.voice.as_str().to_owned(),
    };
    (a.annotations.voice != b.annotations.voice).then(|| FramingDifference {
        dimension: Dimension::Quotation,
        a: evidence(a),
        b: evidence(b),
        difference: None,
    })
}
