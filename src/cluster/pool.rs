use std::collections::{BTreeMap, BTreeSet};

use ndarray::{Array2, ArrayView1};
use rayon::prelude::*;

use super::linkage::{Link, ordered};
use super::material::Encoded;
use super::{Candidate, ClusterOptions, NameFrequency, Verification, Verifier};
use crate::records::EventId;

/// One pair of candidates with its score.
type Scored = (usize, usize, f32);

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

    /// The pairs of sentences that are looked at: those of which either is among the nearest of the other, with a cosine of at least
    /// `least`.
    pub(super) fn nearest(&self, least: f32) -> Vec<Link> {
        nearest_pairs(&self.candidates, least)
    }

    /// Pairs of sentences of two outlets' articles of which each is the other's best in its article, and which
    /// are one claim by the verifier or contradict each other. `wanted` says which pairs are looked at.
    pub(super) fn links(
        &self,
        verifier: &Verifier,
        names: &NameFrequency,
        options: &ClusterOptions,
        wanted: &(dyn Fn(usize, usize) -> bool + Sync),
    ) -> Vec<(Link, Verification)> {
        let pairs = self.nearest(options.candidate_cosine);
        let verify = |&link: &Link| {
            let (a, b) = self.pair(link);
            let found = verifier.verify_if_near(&a, &b, names)?;
            let may_match = options.tier(&found).is_some() || options.is_conflict(&found);
            may_match.then_some((link, found))
        };
        let mut found: BTreeMap<Link, Verification> =
            pairs.par_iter().filter(|&&(i, j)| wanted(i, j)).filter_map(verify).collect();
        let mut of_articles: BTreeMap<Link, Vec<Scored>> = BTreeMap::new();
        for (&(i, j), verification) in &found {
            let articles = (self.candidates[i].document, self.candidates[j].document);
            of_articles.entry(articles).or_default().push((i, j, verification.same));
        }
        let best = of_articles.into_values().flat_map(|links| best_both_ways(&links));
        let verified = |(i, j, _)| found.remove(&(i, j)).map(|verification| ((i, j), verification));
        best.filter_map(verified).collect()
    }
}

/// Most sentences of one other article, and of all other articles together, whose words a sentence is compared with.
/// The words of every pair of a long event would cost more than the encoder.
const NEAREST_IN_ARTICLE: usize = 4;
const NEAREST_IN_EVENT: usize = 64;

/// Rows of the matrix of cosines that are made at once.
const BLOCK: usize = 256;

/// Pairs `i < j` of sentences of different outlets with a cosine of at least `least`, of which either is among the
/// nearest of the other; in order.
fn nearest_pairs(candidates: &[Candidate<'_>], least: f32) -> Vec<(usize, usize)> {
    let embeddings = embeddings(candidates);
    let starts: Vec<usize> = (0..candidates.len()).step_by(BLOCK).collect();
    let of_block = |&start: &usize| {
        let rows = embeddings.slice(ndarray::s![start..(start + BLOCK).min(candidates.len()), ..]);
        let cosines = rows.dot(&embeddings.t());
        let of_row = |(row, cosines): (usize, ArrayView1<'_, f32>)| {
            let i = start + row;
            let near = nearest(i, cosines, candidates, least);
            near.into_iter().map(|j| (i.min(j), i.max(j))).collect::<Vec<_>>()
        };
        cosines.rows().into_iter().enumerate().flat_map(of_row).collect::<Vec<_>>()
    };
    let pairs: BTreeSet<(usize, usize)> = starts.par_iter().flat_map_iter(of_block).collect();
    pairs.into_iter().collect()
}

/// The sentences nearest to `i` in articles of other outlets; of equal ones the first.
fn nearest(i: usize, cosines: ArrayView1<'_, f32>, candidates: &[Candidate<'_>], least: f32) -> Vec<usize> {
    let is_other = |&j: &usize| cosines[j] >= least && candidates[j].outlet != candidates[i].outlet;
    let mut order: Vec<usize> = (0..candidates.len()).filter(is_other).collect();
    order.sort_by(|&a, &b| cosines[b].total_cmp(&cosines[a]).then(a.cmp(&b)));
    let mut of_article: BTreeMap<usize, usize> = BTreeMap::new();
    order.retain(|&j| {
        let n = of_article.entry(candidates[j].document).or_default();
        *n += 1;
        *n <= NEAREST_IN_ARTICLE
    });
    order.truncate(NEAREST_IN_EVENT);
    order
}

fn embeddings(candidates: &[Candidate<'_>]) -> Array2<f32> {
    let width = candidates.first().map_or(0, |candidate| candidate.encoding.embedding.len());
    let values =
        candidates.iter().flat_map(|candidate| candidate.encoding.embedding.iter().copied()).collect();
    Array2::from_shape_vec((candidates.len(), width), values).expect("every embedding has the same length")
}

/// The links that are the best of both their ends; of two equal ones the first counts.
fn best_both_ways(links: &[Scored]) -> Vec<Scored> {
    let mut best: BTreeMap<usize, Scored> = BTreeMap::new();
    for &link in links {
        for end in [link.0, link.1] {
            best.entry(end)
                .and_modify(|other| {
                    if link.2 > other.2 {
                        *other = link
                    }
                })
                .or_insert(link);
        }
    }
    links.iter().copied().filter(|link| best[&link.0] == *link && best[&link.1] == *link).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_must_be_the_best_of_both_its_ends() {
        struct Case {
            links: &'static [Scored],
            kept: &'static [Scored],
        }
        for case in [
            Case { links: &[], kept: &[] },
            Case { links: &[(0, 5, 0.7), (1, 5, 0.8)], kept: &[(1, 5, 0.8)] },
            Case { links: &[(0, 5, 0.7), (0, 6, 0.7)], kept: &[(0, 5, 0.7)] },
            Case { links: &[(0, 5, 0.9), (1, 5, 0.8), (1, 6, 0.7)], kept: &[(0, 5, 0.9)] },
        ] {
            assert_eq!(best_both_ways(case.links), case.kept);
        }
    }
}
