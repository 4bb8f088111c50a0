use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{ClaimId, SentenceId, Span, Tier, WordAlignment};

/// A claim as two outlets word it: one row of the claim-comparison table. Outlet a is the first of the two by name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The claim.
    pub claim: ClaimId,
    /// Outlet a's sentence.
    pub sentence_a: SentenceId,
    /// Outlet b's sentence.
    pub sentence_b: SentenceId,
    /// Mean of the embeddings' cosine and of how well each sentence's words, names aside, are answered by the
    /// other's: in [-1, 1], 1 for the same words.
    pub similarity: f32,
    /// Cosine of the two embeddings, in [-1, 1].
    pub cosine: f32,
    /// Probability in [0, 1] that the two make the same claim.
    pub probability: f32,
    /// Probability in [0, 1] that it is the main proposition of both which they share.
    pub same_probability: f32,
    /// Probability in [0, 1] that they contradict each other.
    pub conflict_probability: f32,
    /// How the two relate.
    pub relation: Relation,
    /// How sure the match is, where the relation is `Same`.
    pub tier: Option<Tier>,
    /// What they disagree on, where the relation is `Conflicting`.
    pub conflict: Option<Conflict>,
    /// The words that clash, in outlet a's sentence and in outlet b's; `None` for other relations.
    pub clash: Option<[Span; 2]>,
    /// Which words of the two sentences answer each other.
    pub alignment: WordAlignment,
}

/// How two sentences of one claim relate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Relation {
    /// Both make the same claim; of three sentences of one claim, two may match only the third.
    Same,
    /// On the same matter, and not surely the same claim.
    Partial,
    /// They cannot both be true.
    Conflicting,
}

impl Relation {
    /// The name in the tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Relation::Same => "same",
            Relation::Partial => "partial",
            Relation::Conflicting => "conflicting",
        }
    }
}

/// What two sentences disagree on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Conflict {
    /// The same thing counted differently.
    Number,
    /// The same thing dated differently.
    Date,
    /// The same thing put in another place.
    Place,
    /// One affirms what the other negates.
    Polarity,
    /// One has as done what the other has as planned, expected or possible.
    Modality,
}

impl Conflict {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Number, Self::Date, Self::Place, Self::Polarity, Self::Modality];

    /// The name in the tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Conflict::Number => "number",
            Conflict::Date => "date",
            Conflict::Place => "place",
            Conflict::Polarity => "polarity",
            Conflict::Modality => "modality",
        }
    }
}

/// One way in which the framing of a claim differs between two outlets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FramingDifference {
    /// What kind of difference: the name of one of the measures' dimensions, or of a figure of a head that the user brought.
    pub dimension: Cow<'static, str>,
    /// Outlet a's side.
    pub a: Evidence,
    /// Outlet b's side.
    pub b: Evidence,
    /// `value_a - value_b` where the dimension has a number; `None` where it has words only.
    pub difference: Option<f32>,
    /// Probability in [0, 1] that a careful reader would keep it: how differences are ordered.
    pub salience: f32,
}

/// How the two sentences of one comparison differ in their framing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Framing {
    /// The claim.
    pub claim: ClaimId,
    /// Outlet a's sentence.
    pub sentence_a: SentenceId,
    /// Outlet b's sentence.
    pub sentence_b: SentenceId,
    /// What differs, with the words that show it, the most salient first.
    pub differences: Vec<FramingDifference>,
    /// Words that answer each other and differ, be they worth a row or not: what is counted over the run.
    pub terms: Vec<[Evidence; 2]>,
}

/// One side of a framing difference.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Evidence {
    /// The words that show it, as bytes from the start of the sentence's own text; `None` where the side has none.
    pub span: Option<Span>,
    /// The value on this side: a number written out, or a word such as "anonymous".
    pub value: String,
}
