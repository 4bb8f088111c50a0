use std::collections::{BTreeMap, BTreeSet, HashMap};

use ndarray::{Array2, ArrayView1, Axis};
use rayon::prelude::*;

use super::Candidate;
use super::lexical::{TermFrequency, TermVector};
use super::linkage::{Link, ordered};
use super::material::Encoded;
use crate::arithmetic::inner_products;
use crate::records::EventId;

/// Sentences among which claims are sought: those of one event, of two neighbouring ones, or of the whole corpus.
pub(super) struct Pool<'run> {
    /// In the order of their positions.
    pub candidates: Vec<Candidate<'run>>,
    /// The event of each document of the pool.
    events: &'run BTreeMap<usize, EventId>,
}

impl<'run> Pool<'run> {
    pub(super) fn new(encoded: &'run Encoded<'_>, events: &'run BTreeMap<usize, EventId>) -> Self {
        Self { candidates: encoded.candidates(), events }
    }

    /// The event of a candidate.
    pub(super) fn event_of(&self, candidate: usize) -> EventId {
        self.events[&self.candidates[candidate].document]
    }

    /// The sentences of a pair, the lower position first.
    pub(super) fn sentences(&self, (i, j): Link) -> (usize, usize) {
        ordered((self.candidates[i].position, self.candidates[j].position))
    }

    pub(super) fn pair(&self, (i, j): Link) -> (Candidate<'run>, Candidate<'run>) {
        (self.candidates[i], self.candidates[j])
    }

    /// The pairs of sentences of different outlets that are looked at: those whose likeness is at least `least` and of which either
    /// is among the nearest of the other. In order.
    pub(super) fn nearest(&self, least: f32) -> Vec<Link> {
        let texts: Vec<_> =
            self.candidates.iter().map(|candidate| (candidate.text, candidate.terms)).collect();
        let (embeddings, terms) = (embeddings(&self.candidates), Terms::new(&texts));
        let of_block = |prints: &[Vec<usize>]| {
            let rows: Vec<usize> = prints.iter().map(|prints| prints[0]).collect();
            let cosines = inner_products(embeddings.select(Axis(0), &rows).view(), embeddings.view());
            let of_row = |(prints, cosines): (&Vec<usize>, ArrayView1<'_, f32>)| {
                let mut likeness = terms.cosines(prints[0]);
                likeness
                    .iter_mut()
                    .zip(cosines)
                    .for_each(|(of_terms, cosine)| *of_terms = (*of_terms + cosine) / 2.0);
                let near = nearest(prints[0], &likeness, &self.candidates, least);
                prints.iter().flat_map(|&i| near.iter().map(move |&j| ordered((i, j)))).collect::<Vec<_>>()
            };
            prints.iter().zip(cosines.rows()).flat_map(of_row).collect::<Vec<_>>()
        };
        let pairs: BTreeSet<Link> = self.prints().par_chunks(BLOCK).flat_map_iter(of_block).collect();
        pairs.into_iter().collect()
    }

    /// The candidates that one outlet prints in the same words of one event: the same sentences are near each of them. In the order of their first.
    fn prints(&self) -> Vec<Vec<usize>> {
        let mut prints: Vec<Vec<usize>> = vec![];
        let mut known: HashMap<(&str, &str, EventId), usize> = HashMap::new();
        for (i, candidate) in self.candidates.iter().enumerate() {
            let print =
                *known.entry((candidate.text, candidate.outlet, self.event_of(i))).or_insert(prints.len());
            if print == prints.len() {
                prints.push(vec![]);
            }
            prints[print].push(i);
        }
        prints
    }
}

/// Most sentences of one other article, and of all other articles together, with which a sentence is compared.
/// Every pair of a long event would cost more than the encoder.
const NEAREST_IN_ARTICLE: usize = 8;
const NEAREST_IN_EVENT: usize = 64;

/// Rows of the matrix of cosines that are made at once.
const BLOCK: usize = 256;

/// The sentences most like `i` in articles of other outlets; of equal ones the first.
fn nearest(i: usize, likeness: &[f32], candidates: &[Candidate<'_>], least: f32) -> Vec<usize> {
    let is_other = |&j: &usize| likeness[j] >= least && candidates[j].outlet != candidates[i].outlet;
    let mut order: Vec<usize> = (0..candidates.len()).filter(is_other).collect();
    order.sort_by(|&a, &b| likeness[b].total_cmp(&likeness[a]).then(a.cmp(&b)));
    let mut of_article: BTreeMap<usize, usize> = BTreeMap::new();
    order.retain(|&j| {
        let n = of_article.entry(candidates[j].document).or_default();
        *n += 1;
        *n <= NEAREST_IN_ARTICLE
    });
    order.truncate(NEAREST_IN_EVENT);
    order
}

/// The terms of the sentences of a pool, and the sentences of each term.
pub(super) struct Terms {
    of_sentence: Vec<TermVector>,
    sentences: HashMap<String, Vec<(usize, f32)>>,
}

impl Terms {
    /// Of each sentence its words, and how rare words are in its event.
    pub(super) fn new(sentences: &[(&str, &TermFrequency)]) -> Self {
        let of_sentence: Vec<TermVector> =
            sentences.par_iter().map(|(text, frequency)| TermVector::new(text, frequency)).collect();
        let mut sentences: HashMap<String, Vec<(usize, f32)>> = HashMap::new();
        for (sentence, terms) in of_sentence.iter().enumerate() {
            for (term, weight) in terms.terms() {
                sentences.entry(term.to_owned()).or_default().push((sentence, weight));
            }
        }
        Self { of_sentence, sentences }
    }

    /// The cosine of a sentence's terms with those of each.
    pub(super) fn cosines(&self, sentence: usize) -> Vec<f32> {
        let mut cosines = vec![0.0; self.of_sentence.len()];
        for (term, weight) in self.of_sentence[sentence].terms() {
            for &(other, of_other) in &self.sentences[term] {
                cosines[other] += weight * of_other;
            }
        }
        cosines
    }
}

fn embeddings(candidates: &[Candidate<'_>]) -> Array2<f32> {
    let width = candidates.first().map_or(0, |candidate| candidate.encoding.embedding.len());
    let values =
        candidates.iter().flat_map(|candidate| candidate.encoding.embedding.iter().copied()).collect();
    Array2::from_shape_vec((candidates.len(), width), values).expect("every embedding has the same length")
}
