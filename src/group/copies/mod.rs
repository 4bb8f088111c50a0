//! Near-duplicates and wire copy: which articles and which sentences are the same words again.
//!
//! 1. `shingles`: a text becomes the set of its runs of words (Broder 1997).
//! 2. `minhash`: sets that are alike share buckets, so that not every two are compared; what shares a bucket is
//!    compared exactly.
//! 3. `spans`: copied sentences that follow one another in both articles are one copied span.

mod shingles;
mod minhash;
mod spans;

use std::ops::Range;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::records::{Annotations, Article, Copies, Field, Kind, QuotationKind, Sentence};
use minhash::originals;
use shingles::{Shingles, Words};
use spans::copied_spans;

/// Words in one shingle of an article. Runs of five leave less to the phrases that all news shares than runs of three.
const ARTICLE_SHINGLE: usize = 5;

/// Words in one shingle of a sentence. One changed word of a sentence of fifteen spoils three of thirteen runs of three,
/// and would spoil five of eleven runs of five.
const SENTENCE_SHINGLE: usize = 3;

/// When words count as copied: the `[copies]` section of a job file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CopyOptions {
    /// Least Jaccard similarity of the running texts of two near-duplicate articles, in runs of five words: in
    /// [0.35, 1].
    pub article_jaccard: f32,
    /// Least Jaccard similarity of two copied sentences, in runs of three words: in [0.35, 1].
    pub sentence_jaccard: f32,
    /// Least number of words outside quotation marks of a copied span, and of words of a near-duplicate article: 3 at
    /// least. Of shorter sentences, what outlets share in the 8,000 AllSides articles is mostly stock ("did not
    /// immediately respond to a request for comment").
    pub min_words: usize,
}

impl Default for CopyOptions {
    fn default() -> Self {
        Self { article_jaccard: 0.5, sentence_jaccard: 0.5, min_words: 16 }
    }
}

/// Finds the near-duplicate articles and the copied sentences.
///
/// Only running text is read: headlines, datelines, captions and boilerplate neither make nor hide a duplicate. Two
/// outlets may quote the same speech: a sentence is compared if it has half of `min_words` outside quotation marks and at
/// most half of its words inside (then a shared quotation alone gives a Jaccard of 1/3 at most). Other sentences are
/// copies beside a copied one, word for word. A near-duplicate is compared with its original itself, so nothing chains.
/// `sentences` and `annotations` run in parallel.
///
/// ```
/// let nothing = parallax::group::copies(&[], &[], &[], &Default::default());
/// assert!(nothing.duplicate_of.is_empty() && nothing.spans.is_empty());
/// ```
pub fn copies(
    articles: &[Article],
    sentences: &[Sentence],
    annotations: &[Annotations],
    options: &CopyOptions,
) -> Copies {
    let running = RunningText::new(articles, sentences, annotations);
    let mut origin: Vec<usize> = (0..sentences.len()).collect();
    let shingles = running.shingles_of_sentences(options.min_words);
    for (item, original) in originals(&shingles, options.sentence_jaccard).into_iter().enumerate() {
        origin[running.positions[item]] = running.positions[original];
    }
    let spans = copied_spans(&running, &shingles, &mut origin, options);
    Copies { duplicate_of: running.duplicates(options), origin, spans }
}

/// The sentences of the outlets' own running text, the earliest article first.
struct RunningText<'run> {
    articles: &'run [Article],
    sentences: &'run [Sentence],
    annotations: &'run [Annotations],
    /// Positions of the articles, the earliest first.
    order: Vec<usize>,
    /// Positions of the sentences, article by article in that order.
    positions: Vec<usize>,
    /// Where the sentences of each article of `order` begin and end in `positions`.
    ranges: Vec<Range<usize>>,
}

impl<'run> RunningText<'run> {
    fn new(articles: &'run [Article], sentences: &'run [Sentence], annotations: &'run [Annotations]) -> Self {
        let mut order: Vec<usize> = (0..articles.len()).collect();
        let age = |article: &Article| (article.date_published.is_none(), article.date_published);
        order.sort_by_key(|&article| (age(&articles[article]), &articles[article].id));
        let mut of_article = vec![vec![]; articles.len()];
        for (position, sentence) in sentences.iter().enumerate() {
            if sentence.kind == Kind::Body && sentence.field == Field::Body {
                of_article[sentence.article].push(position);
            }
        }
        let (mut positions, mut ranges) = (vec![], vec![]);
        for &article in &order {
            let start = positions.len();
            positions.append(&mut of_article[article]);
            ranges.push(start..positions.len());
        }
        Self { articles, sentences, annotations, order, positions, ranges }
    }

    /// The words of one item of `positions`.
    fn words(&self, item: usize) -> Words {
        Words::new(self.text(item))
    }

    /// The number of words of some items that stand outside quotation marks.
    fn n_own_words(&self, items: Range<usize>) -> usize {
        let mut words = Words::default();
        for item in items {
            let (text, mut start) = (self.text(item), 0);
            let quotations = self.annotations[self.positions[item]].quotations.iter();
            for quotation in quotations.filter(|quotation| quotation.kind == QuotationKind::Direct) {
                words.push(&text[start..quotation.span.start.max(start)]);
                start = quotation.span.end.max(start);
            }
            words.push(&text[start..]);
        }
        words.len()
    }

    fn text(&self, item: usize) -> &'run str {
        let sentence = &self.sentences[self.positions[item]];
        sentence.text(&self.articles[sentence.article])
    }

    /// The shingles of each item; none where it is a copy only beside others.
    fn shingles_of_sentences(&self, min_words: usize) -> Vec<Shingles> {
        let shingles = |item: usize| {
            let (words, n_own) = (self.words(item), self.n_own_words(item..item + 1));
            let is_compared = 2 * n_own >= min_words.max(words.len());
            if is_compared { words.shingles(SENTENCE_SHINGLE) } else { Shingles::default() }
        };
        (0..self.positions.len()).into_par_iter().map(shingles).collect()
    }

    /// For each article of the run, the earliest article of which it is a near-duplicate.
    fn duplicates(&self, options: &CopyOptions) -> Vec<Option<usize>> {
        let shingles = |range: &Range<usize>| {
            let mut words = Words::default();
            range.clone().for_each(|item| words.push(self.text(item)));
            if words.len() < options.min_words {
                Shingles::default()
            } else {
                words.shingles(ARTICLE_SHINGLE)
            }
        };
        let shingles: Vec<Shingles> = self.ranges.par_iter().map(shingles).collect();
        let mut duplicate_of = vec![None; self.articles.len()];
        for (item, original) in originals(&shingles, options.article_jaccard).into_iter().enumerate() {
            duplicate_of[self.order[item]] = (original != item).then(|| self.order[original]);
        }
        duplicate_of
    }
}
