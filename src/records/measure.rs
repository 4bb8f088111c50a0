use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{ClaimId, SentenceId, Span};

/// Whose words of a sentence a figure is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Part {
    /// The outlet's own words.
    Narration,
    /// Words quoted from a source.
    Quotation,
    /// The sentence as a whole, for figures that do not depend on whose words it holds.
    Whole,
}

impl Part {
    /// The name in the column `voice` of the tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Part::Narration => "narration",
            Part::Quotation => "quotation",
            Part::Whole => "all",
        }
    }
}

/// One figure of one sentence, with the words that made it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// The measure's name in the tables.
    pub measure: Cow<'static, str>,
    /// Whose words were read.
    pub part: Part,
    /// The figure; each measure's card in `docs/measures` has its unit and range.
    pub value: f32,
    /// The words that made it, as bytes from the start of the sentence, in order; empty where none stands out.
    pub words: Vec<Span>,
}

/// The figures of one sentence of a claim.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SentenceReadings {
    /// The claim.
    pub claim: ClaimId,
    /// The sentence.
    pub sentence: SentenceId,
    /// In the order of the measures.
    pub readings: Vec<Reading>,
}
