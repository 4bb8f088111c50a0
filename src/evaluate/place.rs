use std::cmp::Reverse;

use serde_json::Value;

use crate::records::{ArticleId, Corpus, Field, Span};

/// Where a labelled sentence stands: characters of an article's headline or body.
pub(super) struct Place {
    pub article: ArticleId,
    is_headline: bool,
    pub span: Span,
}

impl Place {
    /// `["body", 12, 80]` of an article; `None` for another shape.
    pub(super) fn new(article: ArticleId, place: &[Value]) -> Option<Self> {
        let [field, start, end] = place else { return None };
        let offset = |value: &Value| usize::try_from(value.as_u64()?).ok();
        let (start, end) = (offset(start)?, offset(end)?);
        let is_headline = field.as_str()? == "headline";
        (start <= end).then(|| Self { article, is_headline, span: Span::new(start, end) })
    }

    /// The position of our sentence that has most of its characters, at least half of the shorter one's; of two that have as many, the first.
    pub(super) fn position(&self, corpus: &Corpus) -> Option<usize> {
        let sentence = |position: usize| corpus.sentence_at(position).sentence;
        let common = |position: usize| common(&sentence(position).chars, &self.span);
        let positions = corpus.sentences_of(corpus.position_of(&self.article));
        let of_field =
            positions.filter(|&position| (sentence(position).field == Field::Headline) == self.is_headline);
        let best = of_field.max_by_key(|&position| (common(position), Reverse(position)))?;
        let shorter = sentence(best).chars.len().min(self.span.len());
        (2 * common(best) >= shorter.max(1)).then_some(best)
    }
}

/// Number of characters that two spans have in common.
pub(super) fn common(a: &Span, b: &Span) -> usize {
    a.end.min(b.end).saturating_sub(a.start.max(b.start))
}
