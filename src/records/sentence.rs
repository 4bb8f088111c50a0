use serde::{Deserialize, Serialize};

use super::{Article, Kind, SentenceId, Span};

/// Which text of the article a sentence's offsets refer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Field {
    /// [`Article::headline`], where the body does not repeat it.
    Headline,
    /// [`Article::body`].
    Body,
}

impl Field {
    /// The name in the tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Field::Headline => "headline",
            Field::Body => "body",
        }
    }
}

/// One sentence, as offsets into its article.
///
/// The sentences of one body do not overlap and cover every non-blank character of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentence {
    /// Its article and its place in it.
    pub id: SentenceId,
    /// The text that `bytes` and `chars` refer to.
    pub field: Field,
    /// What the sentence is part of.
    pub kind: Kind,
    /// Byte offsets into the field's text, without blanks at either end.
    pub bytes: Span,
    /// The same offsets in Unicode scalar values (what Python's `str` counts).
    pub chars: Span,
}

impl Sentence {
    /// The sentence's words, borrowed from its article.
    pub fn text<'article>(&self, article: &'article Article) -> &'article str {
        let field = match self.field {
            Field::Headline => &article.headline,
            Field::Body => &article.body,
        };
        self.bytes.slice(field)
    }
}
