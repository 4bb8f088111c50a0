use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use super::shingles::{Shingles, Words};
use super::{CopyOptions, RunningText, SENTENCE_SHINGLE};
use crate::records::CopiedSpan;

/// Most earlier sentences with the same words that are offered as a source, the earliest first.
const MAX_SOURCES: usize = 64;

/// A sentence of an earlier article of another outlet that one sentence of this article is a copy of. Both are items of
/// [`RunningText::positions`].
#[derive(Clone, Copy)]
struct Offer {
    item: usize,
    source: usize,
    jaccard: f32,
}

/// The copied spans of every article. `origin` has the copies among the sentences that can be one by themselves; the
/// others that are copied beside them are put in.
pub(super) fn copied_spans(
    running: &RunningText<'_>,
    shingles: &[Shingles],
    origin: &mut [usize],
    options: &CopyOptions,
) -> Vec<CopiedSpan> {
    let finder = Finder::new(running);
    let mut earlier: HashMap<usize, Vec<usize>> = HashMap::new();
    let (mut spans, mut kept) = (vec![], BTreeSet::new());
    for (article, range) in running.ranges.iter().enumerate() {
        let offers = finder.offers(range, shingles, origin, &earlier, options.sentence_jaccard);
        let mut copied = finder.few_sources(offers);
        finder.add_neighbours(article, shingles, &mut copied);
        for (ours, theirs) in finder.runs(&copied) {
            if running.n_own_words(ours.clone()) >= options.min_words {
                for (item, source) in ours.clone().zip(theirs.clone()) {
                    origin[running.positions[item]] = origin[running.positions[source]];
                    kept.extend([item, source]);
                }
                spans.push(finder.span(ours, theirs));
            }
        }
        for item in range.clone().filter(|&item| !shingles[item].is_empty()) {
            earlier.entry(origin[running.positions[item]]).or_default().push(item);
        }
    }
    forget_short(running, &kept, origin, options.min_words);
    spans.sort_by(|a: &CopiedSpan, b| (&a.article, a.bytes.start).cmp(&(&b.article, b.bytes.start)));
    spans
}

/// Makes the short sentences that are part of no span originals again: what they share with others is stock.
fn forget_short(running: &RunningText<'_>, kept: &BTreeSet<usize>, origin: &mut [usize], min_words: usize) {
    for (item, &position) in running.positions.iter().enumerate() {
        let is_copy = origin[position] != position && !kept.contains(&item);
        if is_copy && running.n_own_words(item..item + 1) < min_words {
            origin[position] = position;
        }
    }
}

struct Finder<'run> {
    running: &'run RunningText<'run>,
    /// For each item, which article of `running.order` it stands in.
    article_of: Vec<usize>,
}

impl<'run> Finder<'run> {
    fn new(running: &'run RunningText<'run>) -> Self {
        let of_range = |(article, range): (usize, &Range<usize>)| std::iter::repeat_n(article, range.len());
        Self { running, article_of: running.ranges.iter().enumerate().flat_map(of_range).collect() }
    }

    fn outlet(&self, item: usize) -> &'run str {
        &self.running.article(self.article_of[item]).outlet
    }

    /// Every earlier sentence of another outlet that one of these sentences is a copy of.
    fn offers(
        &self,
        range: &Range<usize>,
        shingles: &[Shingles],
        origin: &[usize],
        earlier: &HashMap<usize, Vec<usize>>,
        least: f32,
    ) -> Vec<Offer> {
        let of_item = |item: usize| {
            let sources = earlier.get(&origin[self.running.positions[item]]).into_iter().flatten();
            let elsewhere = sources.filter(move |&&source| self.outlet(source) != self.outlet(item));
            elsewhere.take(MAX_SOURCES).map(move |&source| Offer {
                item,
                source,
                jaccard: shingles[item].jaccard(&shingles[source]),
            })
        };
        range.clone().flat_map(of_item).filter(|offer| offer.jaccard >= least).collect()
    }

    /// Each sentence with its source, from as few articles as go: first the one that has most of the sentences, then
    /// the one that has most of the rest; of two that have as many, the earlier.
    fn few_sources(&self, mut offers: Vec<Offer>) -> BTreeMap<usize, usize> {
        let mut copied = BTreeMap::new();
        while !offers.is_empty() {
            let mut sentences: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
            for offer in &offers {
                let items = sentences.entry(self.article_of[offer.source]).or_default();
                items.extend(Some(offer.item).filter(|item| items.last() != Some(item)));
            }
            let most = sentences.iter().map(|(&article, items)| (items.len(), std::cmp::Reverse(article)));
            let article = most.max().expect("there are offers").1.0;
            let mut best: BTreeMap<usize, Offer> = BTreeMap::new();
            for &offer in offers.iter().filter(|offer| self.article_of[offer.source] == article) {
                let kept = best.entry(offer.item).or_insert(offer);
                if offer.jaccard > kept.jaccard {
                    *kept = offer;
                }
            }
            copied.extend(best.values().map(|offer| (offer.item, offer.source)));
            offers.retain(|offer| !copied.contains_key(&offer.item));
        }
        copied
    }

    /// Adds the sentences that cannot be a copy by themselves, but stand beside a copied one and are, word for word, what
    /// stands there in its source.
    fn add_neighbours(&self, article: usize, shingles: &[Shingles], copied: &mut BTreeMap<usize, usize>) {
        let range = self.running.ranges[article].clone();
        let mut add = |item: usize, beside: Option<usize>, next: fn(usize) -> Option<usize>| {
            let source = beside.and_then(|beside| next(*copied.get(&beside)?));
            let Some(source) = source.filter(|&source| source < self.article_of.len()) else { return };
            let beside_source = copied[&beside.expect("a source has one")];
            let is_one_article = self.article_of[source] == self.article_of[beside_source];
            let is_free = shingles[item].is_empty() && !copied.contains_key(&item);
            if is_free && is_one_article && self.running.words(item) == self.running.words(source) {
                copied.insert(item, source);
            }
        };
        for item in range.clone().skip(1) {
            add(item, Some(item - 1), |source| Some(source + 1));
        }
        for item in range.clone().rev().skip(1) {
            add(item, Some(item + 1), |source| source.checked_sub(1));
        }
    }

    /// Consecutive copied sentences whose sources are consecutive too: the items of both.
    fn runs(&self, copied: &BTreeMap<usize, usize>) -> Vec<(Range<usize>, Range<usize>)> {
        let mut runs: Vec<(Range<usize>, Range<usize>)> = vec![];
        for (&item, &source) in copied {
            match runs.last_mut() {
                Some((ours, theirs))
                    if ours.end == item
                        && theirs.end == source
                        && self.article_of[source - 1] == self.article_of[source] =>
                {
                    (ours.end, theirs.end) = (item + 1, source + 1);
                }
                _ => runs.push((item..item + 1, source..source + 1)),
            }
        }
        runs
    }

    fn span(&self, ours: Range<usize>, theirs: Range<usize>) -> CopiedSpan {
        let words = |items: &Range<usize>| {
            let mut words = Words::default();
            items.clone().for_each(|item| words.push(self.running.text(item)));
            words
        };
        let sentence = |item: usize| self.running.sentence(item).sentence;
        let ends = |items: &Range<usize>| (sentence(items.start), sentence(items.end - 1));
        let (our_words, their_words) = (words(&ours), words(&theirs));
        let ((first, last), (source_first, source_last)) = (ends(&ours), ends(&theirs));
        CopiedSpan {
            article: first.id.article.clone(),
            bytes: first.bytes.hull(&last.bytes),
            chars: first.chars.hull(&last.chars),
            source: source_first.id.article.clone(),
            source_bytes: source_first.bytes.hull(&source_last.bytes),
            source_chars: source_first.chars.hull(&source_last.chars),
            n_words: our_words.len(),
            jaccard: our_words.shingles(SENTENCE_SHINGLE).jaccard(&their_words.shingles(SENTENCE_SHINGLE)),
        }
    }
}
