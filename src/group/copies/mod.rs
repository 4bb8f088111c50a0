//! Near-duplicates and wire copy: which articles and which sentences are the same words again.
//!
//! 1. `shingles`: a text becomes the set of its runs of words (Broder 1997).
//! 2. `minhash`: sets that are alike share buckets, so that not every two are compared; what shares a bucket is
//!    compared exactly.
//! 3. `spans`: copied sentences that follow one another in both articles are one copied span.

mod shingles;
mod minhash;
mod spans;

use std::collections::BTreeMap;
use std::ops::Range;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::records::{Article, ArticleId, Copies, Corpus, CorpusSentence, Field, Kind, QuotationKind};
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

impl CopyOptions {
    /// Checks the ranges.
    ///
    /// # Errors
    /// The first option that is out of its range, with the range.
    pub fn check(&self) -> Result<(), String> {
        let jaccards = [
            ("copies.article_jaccard", self.article_jaccard),
            ("copies.sentence_jaccard", self.sentence_jaccard),
        ];
        if let Some((key, value)) = jaccards.into_iter().find(|(_, value)| !(0.35..=1.0).contains(value)) {
            return Err(format!("`{key}` is {value}; give a number from 0.35 to 1"));
        }
        match self.min_words {
            0..3 => Err(format!("`copies.min_words` is {}; give at least 3", self.min_words)),
            _ => Ok(()),
        }
    }
}

/// Finds the near-duplicate articles and the copied sentences.
///
/// Only running text is read: headlines, datelines, captions and boilerplate neither make nor hide a duplicate. Two
/// outlets may quote the same speech: a sentence is compared if it has half of `min_words` outside quotation marks and at
/// most half of its words inside (then a shared quotation alone gives a Jaccard of 1/3 at most). Other sentences are
/// copies beside a copied one, word for word. A near-duplicate is compared with its original itself, so nothing chains.
///
/// ```
/// let nothing = parallax::group::copies(&Default::default(), &Default::default());
/// assert!(nothing.duplicate_of.is_empty() && nothing.spans.is_empty());
/// ```
pub fn copies(corpus: &Corpus, options: &CopyOptions) -> Copies {
    let running = RunningText::new(corpus);
    let mut origin: Vec<usize> = (0..corpus.n_sentences()).collect();
    let shingles = running.shingles_of_sentences(options.min_words);
    for (item, original) in originals(&shingles, options.sentence_jaccard).into_iter().enumerate() {
        origin[running.positions[item]] = running.positions[original];
    }
    let spans = copied_spans(&running, &shingles, &mut origin, options);
    let id = |position: usize| corpus.sentence_at(position).id().clone();
    let copied = origin.iter().enumerate().filter(|(position, origin)| position != *origin);
    let origin = copied.map(|(position, &origin)| (id(position), id(origin))).collect();
    Copies { duplicate_of: running.duplicates(options), origin, spans }
}

/// The sentences of the outlets' own running text, the earliest article first.
struct RunningText<'run> {
    corpus: &'run Corpus,
    /// Positions of the articles, the earliest first.
    order: Vec<usize>,
    /// Positions of the sentences, article by article in that order.
    positions: Vec<usize>,
    /// Where the sentences of each article of `order` begin and end in `positions`.
    ranges: Vec<Range<usize>>,
}

impl<'run> RunningText<'run> {
    fn new(corpus: &'run Corpus) -> Self {
        let mut order: Vec<usize> = (0..corpus.documents().len()).collect();
        order.sort_by_key(|&article| corpus.documents()[article].article.age());
        let is_running = |position: &usize| {
            let sentence = corpus.sentence_at(*position).sentence;
            sentence.kind == Kind::Body && sentence.field == Field::Body
        };
        let (mut positions, mut ranges) = (vec![], vec![]);
        for &article in &order {
            let start = positions.len();
            positions.extend(corpus.sentences_of(article).filter(is_running));
            ranges.push(start..positions.len());
        }
        Self { corpus, order, positions, ranges }
    }

    fn article(&self, position: usize) -> &'run Article {
        &self.corpus.documents()[self.order[position]].article
    }

    fn sentence(&self, item: usize) -> CorpusSentence<'run> {
        self.corpus.sentence_at(self.positions[item])
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
            let quotations = self.sentence(item).annotations.quotations.iter();
            for quotation in quotations.filter(|quotation| quotation.kind == QuotationKind::Direct) {
                words.push(&text[start..quotation.span.start.max(start)]);
                start = quotation.span.end.max(start);
            }
            words.push(&text[start..]);
        }
        words.len()
    }

    fn text(&self, item: usize) -> &'run str {
        self.sentence(item).text()
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

    /// For each near-duplicate article, the earliest article of which it is one.
    fn duplicates(&self, options: &CopyOptions) -> BTreeMap<ArticleId, ArticleId> {
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
        let originals = originals(&shingles, options.article_jaccard).into_iter().enumerate();
        let duplicates = originals.filter(|(item, original)| item != original);
        let id = |position: usize| self.article(position).id.clone();
        duplicates.map(|(item, original)| (id(item), id(original))).collect()
    }
}
