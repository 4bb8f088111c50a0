use serde::{Deserialize, Serialize};

use super::{ClaimId, SentenceId, Sentiment, Span};

/// A name that several outlets use on one claim, in one of the claim's sentences.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// The claim.
    pub claim: ClaimId,
    /// The sentence.
    pub sentence: SentenceId,
    /// The name in the form that is compared: "trump" for "Mr. Trump" and for "Donald Trump".
    pub key: String,
    /// Its first mention in the sentence, as bytes from the start of the sentence's own text.
    pub span: Span,
    /// The sentiment of the sentence toward it; `None` where the model has no head for that or does not
    /// read so far.
    pub sentiment: Option<Sentiment>,
}
