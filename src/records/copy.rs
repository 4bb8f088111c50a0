use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{ArticleId, SentenceId, Span};

/// What one article has in the same words as an earlier one.
///
/// "Earlier" orders the articles of a run by day of publication, those without one last, then by id. It does not say
/// who wrote first: both may carry the text of an agency that is not in the run.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Copies {
    /// For each near-duplicate article the earliest article of which it is one. That article is none itself.
    pub duplicate_of: BTreeMap<ArticleId, ArticleId>,
    /// For each copied sentence the earliest sentence of which it is a copy.
    pub origin: BTreeMap<SentenceId, SentenceId>,
    /// In the order of their articles, then of their place in them. They do not overlap.
    pub spans: Vec<CopiedSpan>,
}

impl Copies {
    /// The earliest sentence with the words of this one: itself where it is no copy.
    pub fn origin_of<'a>(&'a self, sentence: &'a SentenceId) -> &'a SentenceId {
        self.origin.get(sentence).unwrap_or(sentence)
    }

    /// The earliest article with the text of this one: itself where it is no near-duplicate.
    pub fn original_of<'a>(&'a self, article: &'a ArticleId) -> &'a ArticleId {
        self.duplicate_of.get(article).unwrap_or(article)
    }
}

/// One or several consecutive sentences that an article shares with an earlier article of another outlet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CopiedSpan {
    /// The article.
    pub article: ArticleId,
    /// Byte offsets into the article's body.
    pub bytes: Span,
    /// The same offsets in Unicode scalar values.
    pub chars: Span,
    /// The earlier article.
    pub source: ArticleId,
    /// Byte offsets into the earlier article's body.
    pub source_bytes: Span,
    /// The same offsets in Unicode scalar values.
    pub source_chars: Span,
    /// Number of words in `bytes`.
    pub n_words: usize,
    /// Jaccard similarity of the two spans' runs of three words, in [0, 1]; 1 for the same words.
    pub jaccard: f32,
}
