use super::Side;
use crate::records::{Dimension, Evidence, FramingDifference};

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
