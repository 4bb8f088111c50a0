use super::part::{part_of, parts};
use super::{Dimension, Figure, Measure, Pair, Shown, Side};
use crate::records::{Evidence, FramingDifference, Part, Quantity, Reading, Span};

const ROUNDED_QUANTITY: &str = "rounded_quantity";
const QUANTITY: &str = "quantity";

/// The measure.
pub(super) static MEASURE: Measure = Measure {
    name: "quantity",
    figures: &[Figure {
        name: ROUNDED_QUANTITY,
        doc: "Share of the amounts that the words call rounded (\"almost 130,000\"), from 0 to 1.",
        question: None,
    }],
    dimensions: &[Dimension {
        name: QUANTITY,
        doc: "Numbers, amounts, dates. Values: the words, or `not stated`.",
        shown: Shown::Words,
    }],
    readings,
    differences: |pair, _| differences(pair),
    card: include_str!("../../docs/measures/quantity.md"),
    may_be_replaced: false,
};

/// The share of a part's amounts that its words call rounded ("almost 130,000", "hundreds"), with these; none for a part
/// without amounts. Dates, years and orders are no amounts.
fn readings(side: &Side<'_>) -> Vec<Reading> {
    let reading = |&part: &Part| {
        let amounts = side.annotations.quantities.iter().filter(|quantity| quantity.kind.is_amount());
        let amounts: Vec<&Quantity> =
            amounts.filter(|quantity| part_of(side.annotations, &quantity.span) == part).collect();
        let rounded: Vec<Span> = amounts
            .iter()
            .filter(|quantity| quantity.is_approximate())
            .map(|quantity| quantity.span)
            .collect();
        (!amounts.is_empty()).then(|| Reading {
            measure: ROUNDED_QUANTITY.into(),
            part,
            value: rounded.len() as f32 / amounts.len() as f32,
            words: rounded,
        })
    };
    parts(side.annotations.voice).iter().filter_map(reading).collect()
}

/// Most quantities of a sentence that are compared: one with more is a table.
const MAX_QUANTITIES: usize = 32;

/// Numbers and dates that differ: of the same kind and unit on both sides, or on one side alone.
fn differences(&Pair { a, b, .. }: &Pair<'_, '_>) -> Vec<FramingDifference> {
    let (mut only_a, mut only_b) = (unmatched(a, b), unmatched(b, a));
    let mut found = vec![];
    while let Some((i, j)) = first_of_same_kind(&only_a, &only_b) {
        found.push(row(a, b, Some(only_a.remove(i)), Some(only_b.remove(j))));
    }
    found.extend(only_a.into_iter().map(|quantity| row(a, b, Some(quantity), None)));
    found.extend(only_b.into_iter().map(|quantity| row(a, b, None, Some(quantity))));
    found
}

/// The quantities of `side` that `other` does not state as well.
fn unmatched<'run>(side: &Side<'run>, other: &Side<'_>) -> Vec<&'run Quantity> {
    let same = |x: &Quantity, y: &Quantity| (x.kind, x.value, x.bound) == (y.kind, y.value, y.bound);
    let stated =
        |quantity: &&Quantity| other.annotations.quantities.iter().any(|theirs| same(quantity, theirs));
    side.annotations.quantities.iter().take(MAX_QUANTITIES).filter(|quantity| !stated(quantity)).collect()
}

fn first_of_same_kind(a: &[&Quantity], b: &[&Quantity]) -> Option<(usize, usize)> {
    let partner = |x: &Quantity| b.iter().position(|y| (x.kind, &x.unit) == (y.kind, &y.unit));
    a.iter().enumerate().find_map(|(i, x)| partner(x).map(|j| (i, j)))
}

fn row(a: &Side<'_>, b: &Side<'_>, of_a: Option<&Quantity>, of_b: Option<&Quantity>) -> FramingDifference {
    let evidence = |side: &Side<'_>, quantity: Option<&Quantity>| match quantity {
        Some(quantity) => {
            Evidence { span: Some(quantity.span), value: quantity.span.slice(side.text).to_owned() }
        }
        None => Evidence { span: None, value: "not stated".to_owned() },
    };
    FramingDifference {
        dimension: QUANTITY.into(),
        a: evidence(a, of_a),
        b: evidence(b, of_b),
        difference: of_a.zip(of_b).and_then(|(x, y)| numeric_difference(x, y)),
    }
}

/// a - b in the unit of both; `None` for dates and years, whose values are not amounts.
fn numeric_difference(a: &Quantity, b: &Quantity) -> Option<f32> {
    a.kind.is_amount().then_some((a.value - b.value) as f32)
}
