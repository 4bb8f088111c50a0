use super::pair::View;
use super::part::{part_of, parts};
use super::{Dimension, Figure, Measure, Pair, Shown, is_family};
use crate::records::{Bound, Dependency, Evidence, FramingDifference, Part, Quantity, Reading, Span};

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
        doc: "The same amount told otherwise (rounded, vague, in other words), or told by one only. Values: the words, or `not stated`.",
        shown: Shown::Words,
    }],
    readings,
    differences: |pair, _| differences(pair),
    card: include_str!("../../docs/measures/quantity.md"),
    may_be_replaced: false,
};

/// The share of a part's amounts that its words call rounded ("almost 130,000", "hundreds"), with these; none for a part
/// without amounts. Dates, years and orders are no amounts.
fn readings(side: &super::Side<'_>) -> Vec<Reading> {
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

/// Amounts that answer each other, being of one kind and of one thing, and are told otherwise: with other digits, or in a word ("hundreds"); and amounts of
/// something that the other side tells without a number. Dates, years and orders are no amounts.
fn differences(pair: &Pair<'_, '_>) -> Vec<FramingDifference> {
    let [a, b] = pair.views();
    let mut found: Vec<FramingDifference> = vec![];
    for of_a in amounts(&a) {
        let answers = |of_b: &&Quantity| of_a.kind == of_b.kind && is_of_one_thing(&a, of_a, &b, of_b);
        let of_b = amounts(&b).find(answers);
        let is_told_otherwise = |of_b: &&Quantity| {
            (of_a.value, of_a.bound) != (of_b.value, of_b.bound)
                && (of_a.agrees(of_b) || is_vague(of_a) || is_vague(of_b))
        };
        if let Some(of_b) = of_b.filter(is_told_otherwise) {
            let evidence = |view: &View<'_, '_>, of: &Quantity| evidence(view, Some(of));
            let difference = (of_a.value - of_b.value) as f32;
            found.push(FramingDifference {
                difference: Some(difference),
                ..a.difference(QUANTITY, evidence(&a, of_a), evidence(&b, of_b))
            });
        }
    }
    for view in [&a, &b] {
        let alone = amounts(view).filter(|quantity| is_told_without(view, quantity));
        found.extend(
            alone.map(|quantity| {
                view.difference(QUANTITY, evidence(view, Some(quantity)), evidence(view, None))
            }),
        );
    }
    found
}

/// Amounts that are more than "one", of a sentence that is no table.
fn amounts<'view>(view: &View<'view, '_>) -> impl Iterator<Item = &'view Quantity> + use<'view> {
    let quantities = view.side.annotations.quantities.iter().take(MAX_QUANTITIES);
    quantities
        .filter(|quantity| quantity.kind.is_amount() && (quantity.value != 1.0 || !quantity.unit.is_empty()))
}

fn is_vague(quantity: &Quantity) -> bool {
    quantity.bound == Bound::Order
}

/// The word that an amount counts: by the syntax, else the unit.
fn counted(view: &View<'_, '_>, quantity: &Quantity) -> Option<usize> {
    let words = view.side.words_in(&quantity.span);
    let of_tree = view.tree.and_then(|tree| {
        words.clone().find_map(|word| {
            tree.head(word).filter(|head| !words.contains(head) && tree.relation(word) == Dependency::Numeral)
        })
    });
    let of_noun = || {
        // "dozens of protesters"
        let tree = view.tree?;
        let is_counted = |below: &&usize| tree.relation(**below) == Dependency::NominalModifier;
        words.clone().find_map(|word| tree.below(word).iter().find(is_counted).copied())
    };
    of_tree
        .or_else(of_noun)
        .or_else(|| words.clone().find(|&word| is_family(view.side.word(word), &quantity.unit)))
}

/// True for two amounts whose counted words answer each other, or, where neither has one, whose units are the same.
fn is_of_one_thing(a: &View<'_, '_>, of_a: &Quantity, b: &View<'_, '_>, of_b: &Quantity) -> bool {
    match (counted(a, of_a), counted(b, of_b)) {
        (Some(x), Some(y)) => a.counterparts.by(x) == Some(y) || is_family(a.side.word(x), b.side.word(y)),
        (None, None) => of_a.unit == of_b.unit,
        _ => false,
    }
}

/// True for an amount of something that the other side has as well, and without any amount of its kind.
fn is_told_without(view: &View<'_, '_>, quantity: &Quantity) -> bool {
    let thing = counted(view, quantity).filter(|&word| view.side.weight(word) > 0.0);
    let is_told = thing.is_some_and(|word| view.counterparts.is_same(word));
    let others = view.other.annotations.quantities.iter();
    is_told && others.clone().all(|theirs| theirs.kind != quantity.kind)
}

fn evidence(view: &View<'_, '_>, quantity: Option<&Quantity>) -> Evidence {
    let words = |quantity: &Quantity| quantity.span.slice(view.side.text).to_owned();
    Evidence {
        span: quantity.map(|quantity| quantity.span),
        value: quantity.map_or_else(|| "not stated".to_owned(), words),
    }
}
