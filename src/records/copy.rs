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
    /// What is said of some of the articles, and of their sentences.
    pub fn of(&self, is_of: impl Fn(&ArticleId) -> bool) -> Self {
        let duplicate_of = self.duplicate_of.iter().filter(|(article, _)| is_of(article));
        let origin = self.origin.iter().filter(|(sentence, _)| is_of(&sentence.article));
        Self {
            duplicate_of: duplicate_of.map(|(article, of)| (article.clone(), of.clone())).collect(),
            origin: origin.map(|(sentence, of)| (sentence.clone(), of.clone())).collect(),
            spans: self.spans.iter().filter(|span| is_of(&span.article)).cloned().collect(),
        }
    }

    /// What is said of each article that something is said of.
    pub fn by_article(self) -> BTreeMap<ArticleId, Self> {
        let mut of_article: BTreeMap<ArticleId, Self> = BTreeMap::new();
        for (article, of) in self.duplicate_of {
            of_article.entry(article.clone()).or_default().duplicate_of.insert(article, of);
        }
        for (sentence, of) in self.origin {
            of_article.entry(sentence.article.clone()).or_default().origin.insert(sentence, of);
        }
        for span in self.spans {
            of_article.entry(span.article.clone()).or_default().spans.push(span);
        }
        of_article
    }

    /// Those of parts of a corpus that have no article in common: what is a copy of a copy is one of the earliest.
    pub fn joined(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Self::default();
        for Self { duplicate_of, origin, spans } in parts {
            all.duplicate_of.extend(duplicate_of);
            all.origin.extend(origin);
            all.spans.extend(spans);
        }
        all.spans.sort_by(|a, b| (&a.article, a.bytes.start).cmp(&(&b.article, b.bytes.start)));
        Self { duplicate_of: to_the_earliest(&all.duplicate_of), origin: to_the_earliest(&all.origin), ..all }
    }

    /// The earliest sentence with the words of this one: itself where it is no copy.
    pub fn origin_of<'a>(&'a self, sentence: &'a SentenceId) -> &'a SentenceId {
        self.origin.get(sentence).unwrap_or(sentence)
    }

    /// The earliest article with the text of this one: itself where it is no near-duplicate.
    pub fn original_of<'a>(&'a self, article: &'a ArticleId) -> &'a ArticleId {
        self.duplicate_of.get(article).unwrap_or(article)
    }
}

fn to_the_earliest<T: Ord + Clone>(earlier: &BTreeMap<T, T>) -> BTreeMap<T, T> {
    let earliest = |of: &T| {
        let steps = std::iter::successors(Some(of), |of| earlier.get(of));
        steps.last().cloned().expect("it is one of them")
    };
    earlier.keys().map(|of| (of.clone(), earliest(of))).collect()
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
