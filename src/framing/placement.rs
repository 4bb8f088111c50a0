use super::Side;
use crate::records::{Dimension, Evidence, FramingDifference, Part, Reading};

/// The measures' names in the tables.
pub(super) const MEASURES: [&str; 3] = ["position", "headline", "lead"];

/// Number of the body's first sentences that are its lead.
const LEAD: usize = 3;

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
            Place { is_headline: true, .. } => "headline",
            Place { n_before, .. } if *n_before < LEAD => "lead",
            _ => "body",
        }
    }
}

/// How deep the sentence stands, and whether in the headline or the lead (1) or not (0).
pub(super) fn readings(side: &Side<'_>) -> Vec<Reading> {
    let flag = |zone: &str| if side.place.zone() == zone { 1.0 } else { 0.0 };
    let values = [side.place.depth, flag("headline"), flag("lead")];
    let reading = |(measure, value): (&'static str, f32)| Reading {
        measure: measure.into(),
        part: Part::Whole,
        value,
        words: vec![],
    };
    MEASURES.into_iter().zip(values).map(reading).collect()
}

/// Where one has the claim in the headline or the lead and the other does not. The difference is that of the depths.
pub(super) fn difference(a: &Side<'_>, b: &Side<'_>) -> Option<FramingDifference> {
    let evidence = |side: &Side<'_>| Evidence {
        span: None,
        value: format!("{}; {:.4}", side.place.zone(), side.place.depth),
    };
    (a.place.zone() != b.place.zone()).then(|| FramingDifference {
        dimension: Dimension::Placement,
        a: evidence(a),
        b: evidence(b),
        difference: Some(a.place.depth - b.place.depth),
    })
}
