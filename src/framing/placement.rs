use super::{Dimension, Figure, Measure, Pair, Shown, Side};
use crate::records::{Evidence, FramingDifference, Part, Reading};

const POSITION: &str = "position";
const HEADLINE: &str = "headline";
const LEAD: &str = "lead";
const PLACEMENT: &str = "placement";

/// The measure.
pub(super) static MEASURE: Measure = Measure {
    name: "placement",
    figures: &[
        Figure {
            name: POSITION,
            doc: "Where the sentence stands in its article: 0 first, 1 last.",
            question: None,
        },
        Figure { name: HEADLINE, doc: "1 for a sentence of the headline, else 0.", question: None },
        Figure {
            name: LEAD,
            doc: "1 for one of the first three sentences of the body, else 0.",
            question: None,
        },
    ],
    dimensions: &[Dimension {
        name: PLACEMENT,
        doc: "One has the claim in the headline or the first two sentences, the other first in the lower half. Values: `headline`, `lead` (the first three sentences of the body) or `body`, then the position.",
        shown: Shown::ValueAndWords,
    }],
    readings,
    differences: |pair, _| difference(pair).into_iter().collect(),
    card: include_str!("../../docs/measures/placement.md"),
    may_be_replaced: false,
};

/// Number of the body's first sentences that are its lead.
const LEAD_SENTENCES: usize = 3;

/// Where a sentence stands in its article.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// True for a sentence of the headline.
    pub is_headline: bool,
    /// Number of sentences of the body before it.
    pub n_before: usize,
    /// 0 for the first sentence of the article, 1 for the last.
    pub depth: f32,
}

impl Place {
    /// `headline`, `lead` (the first three sentences of the body) or `body`.
    pub const fn zone(&self) -> &'static str {
        match self {
            Place { is_headline: true, .. } => HEADLINE,
            Place { n_before, .. } if *n_before < LEAD_SENTENCES => LEAD,
            _ => "body",
        }
    }
}

/// How deep the sentence stands, and whether in the headline or the lead (1) or not (0).
fn readings(side: &Side<'_>) -> Vec<Reading> {
    let flag = |zone: &str| if side.place.zone() == zone { 1.0 } else { 0.0 };
    let figures = [(POSITION, side.place.depth), (HEADLINE, flag(HEADLINE)), (LEAD, flag(LEAD))];
    let reading = |(measure, value): (&'static str, f32)| Reading {
        measure: measure.into(),
        part: Part::Whole,
        value,
        words: vec![],
    };
    figures.map(reading).into()
}

/// Sentences of the body that are at the top.
const TOP_SENTENCES: usize = 2;

/// Where one outlet has the claim in the headline or in the first two sentences and the other has it nowhere but in the lower half. The
/// difference is that of the depths.
fn difference(pair: &Pair<'_, '_>) -> Option<FramingDifference> {
    let evidence =
        |place: &Place| Evidence { span: None, value: format!("{}; {:.4}", place.zone(), place.depth) };
    let (a, b) = (&pair.a.foremost, &pair.b.foremost);
    let is_top = |place: &Place| place.is_headline || place.n_before < TOP_SENTENCES;
    let is_low = |place: &Place| !is_top(place) && place.depth > 0.5;
    (is_top(a) && is_low(b) || is_low(a) && is_top(b)).then(|| FramingDifference {
        dimension: PLACEMENT.into(),
        a: evidence(a),
        b: evidence(b),
        difference: Some(a.depth - b.depth),
        salience: 0.0,
    })
}
