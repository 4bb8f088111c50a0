use serde::{Deserialize, Serialize};

use super::Span;

/// What one article has in the same words as an earlier one.
///
/// "Earlier" orders the articles of a run by day of publication, those without one last, then by id. It does not say
/// who wrote first: both may carry the text of an agency that is not in the run.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Copies {
    /// One for each article: the earliest article of which it is a near-duplicate. That article is none itself.
    pub duplicate_of: Vec<Option<usize>>,
    /// One for each sentence: the earliest sentence of which it is a copy, or its own position.
    pub origin: Vec<usize>,
    /// In the order of their articles, then of their place in them. They do not overlap.
    pub spans: Vec<CopiedSpan>,
}

/// One or several sentences on end that an article shares with an earlier article of another outlet.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CopiedSpan {
    /// Position of the article in the run's list of articles.
    pub article: usize,
    /// Byte offsets into the article's body.
    pub bytes: Span,
    /// The same offsets in Unicode scalar values.
    pub chars: Span,
    /// Position of the earlier article.
    pub source: usize,
    /// Byte offsets into the earlier article's body.
    pub source_bytes: Span,
    /// The same offsets in Unicode scalar values.
    pub source_chars: Span,
    /// Number of words in `bytes`.
    pub n_words: usize,
    /// Jaccard similarity of the two spans' runs of three words, in [0, 1]; 1 for the same words.
    pub jaccard: f32,
}
