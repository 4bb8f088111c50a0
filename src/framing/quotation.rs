use super::Side;
use super::part::{part_of, parts};
use crate::records::{Dimension, Evidence, FramingDifference, Part, QuotationKind, Reading, Span};

/// The measures' names in the tables.
pub(super) const MEASURES: [&str; 2] = ["quoted_share", "scare_quotes"];

/// The share of the sentence's words that are quoted directly, with the quotations (none for a sentence without words), and the number
/// of its scare quotes, with these.
pub(super) fn readings(side: &Side<'_>) -> Vec<Reading> {
    let words = &side.encoding.words.spans;
    let quoted = words.iter().filter(|word| part_of(side.annotations, word) == Part::Quotation).count();
    let share = (!words.is_empty()).then(|| Reading {
        measure: MEASURES[0].into(),
        part: Part::Whole,
        value: quoted as f32 / words.len() as f32,
        words: of_kind(side, QuotationKind::Direct),
    });
    let scare = of_kind(side, QuotationKind::Scare);
    let count = Reading {
        measure: MEASURES[1].into(),
        part: Part::Narration,
        value: scare.len() as f32,
        words: scare,
    };
    let has_narration = parts(side.annotations.voice).contains(&Part::Narration);
    share.into_iter().chain(has_narration.then_some(count)).collect()
}

fn of_kind(side: &Side<'_>, kind: QuotationKind) -> Vec<Span> {
    let quotations = side.annotations.quotations.iter().filter(|quotation| quotation.kind == kind);
    quotations.map(|quotation| quotation.span).collect()
}

/// Whose words the two sentences are made of, with the first words that are quoted directly, and the words between scare quotes: where either
/// differs.
pub(super) fn differences(a: &Side<'_>, b: &Side<'_>) -> Vec<FramingDifference> {
    let row = |a: Evidence, b: Evidence| FramingDifference {
        dimension: Dimension::Quotation,
        a,
        b,
        difference: None,
    };
    let voice = |side: &Side<'_>| Evidence {
        span: of_kind(side, QuotationKind::Direct).first().copied(),
        value: side.annotations.voice.as_str().to_owned(),
    };
    let scare = |side: &Side<'_>| {
        let span = of_kind(side, QuotationKind::Scare).first().copied();
        Evidence { span, value: span.map_or("none", |_| "scare quotes").to_owned() }
    };
    let rows = [(voice(a), voice(b)), (scare(a), scare(b))];
    rows.into_iter().filter(|(a, b)| a.value != b.value).map(|(a, b)| row(a, b)).collect()
}
