use std::collections::{BTreeMap, BTreeSet};

use kodama::{Method, linkage};
use ndarray::{Array2, ArrayView1};
use rayon::prelude::*;

use super::{Candidate, ClusterOptions, NameFrequency, check, similarity};
use crate::records::{Claim, Mention};

/// One pair of candidates, by their positions in the event's list, with its score.
type Link = (usize, usize, f32);

/// The claims of one event. `articles` holds the candidates of each of its articles.
pub(super) fn claims<'run>(
    event: usize,
    articles: &[&[Candidate<'run>]],
    names: &NameFrequency,
    outlet: &dyn Fn(usize) -> &'run str,
    options: &ClusterOptions,
) -> Vec<Claim> {
    let candidates: Vec<Candidate<'run>> =
        articles.iter().flat_map(|candidates| without_repeats(candidates)).collect();
    let outlets: Vec<&str> = candidates.iter().map(|candidate| outlet(candidate.article)).collect();
    if outlets.iter().all(|outlet| *outlet == outlets[0]) {
        return vec![];
    }
    let matching = Matching { candidates: &candidates, names, options };
    let links = matching.mutual_best(&outlets);
    let mut claims: Vec<Claim> = components(candidates.len(), &links)
        .into_iter()
        .flat_map(|component| matching.complete_linkage(&component))
        .filter(|group| {
            let first = outlet(candidates[group[0]].article);
            group.iter().any(|&member| outlet(candidates[member].article) != first)
        })
        .map(|group| matching.claim(event, &group))
        .collect();
    claims.sort_by_key(|claim| {
        let outlets: BTreeSet<&str> =
            claim.mentions.iter().map(|mention| outlet(matching.article_of(mention.sentence))).collect();
        (claim.tier, std::cmp::Reverse((outlets.len(), claim.mentions.len())), claim.mentions[0].sentence)
    });
    claims
}

/// The first of each text: a sentence that an article repeats is matched once.
fn without_repeats<'run>(candidates: &[Candidate<'run>]) -> Vec<Candidate<'run>> {
    let mut seen = BTreeSet::new();
    candidates.iter().filter(|candidate| seen.insert(candidate.text)).copied().collect()
}

struct Matching<'event, 'run> {
    candidates: &'event [Candidate<'run>],
    names: &'event NameFrequency,
    options: &'event ClusterOptions,
}

impl Matching<'_, '_> {
    /// Pairs of sentences of two outlets' articles of which each is the other's best in its article, and which pass.
    fn mutual_best(&self, outlets: &[&str]) -> Vec<Link> {
        let pairs = nearest_pairs(self.candidates, outlets, self.options.candidate_cosine);
        let score = |&(i, j): &(usize, usize)| (i, j, self.score(i, j));
        let links: Vec<Link> =
            pairs.par_iter().map(score).filter(|link| link.2 >= self.options.possible).collect();
        let mut of_articles: BTreeMap<(usize, usize), Vec<Link>> = BTreeMap::new();
        for link in links {
            let articles = (self.candidates[link.0].article, self.candidates[link.1].article);
            of_articles.entry(articles).or_default().push(link);
        }
        of_articles.into_values().flat_map(|links| best_both_ways(&links)).collect()
    }

    /// The similarity of two candidates; 0 where a check forbids that they be one claim.
    fn score(&self, i: usize, j: usize) -> f32 {
        let (a, b) = (&self.candidates[i], &self.candidates[j]);
        let score = similarity(a, b).score;
        // The check costs more than the comparison, so it is spared where the score alone says no.
        let passes =
            score < self.options.possible || self.options.tier(score, check(a, b, self.names)).is_some();
        if passes { score } else { 0.0 }
    }

    /// Splits a component into groups of which every two members pass; groups of one are left out.
    fn complete_linkage(&self, component: &[usize]) -> Vec<Vec<usize>> {
        let n = component.len();
        let distances_of = |a: usize| (a + 1..n).map(move |b| 1.0 - self.score(component[a], component[b]));
        let mut distances: Vec<f32> = (0..n).into_par_iter().flat_map_iter(distances_of).collect();
        let mut groups: Vec<Vec<usize>> = component.iter().map(|&member| vec![member]).collect();
        for step in linkage(&mut distances, n, Method::Complete).steps() {
            if step.dissimilarity > 1.0 - self.options.possible {
                break;
            }
            let joined =
                [std::mem::take(&mut groups[step.cluster1]), std::mem::take(&mut groups[step.cluster2])]
                    .concat();
            groups.push(joined);
        }
        groups.retain(|group| group.len() > 1);
        groups.iter_mut().for_each(|group| group.sort_unstable());
        groups
    }

    fn claim(&self, event: usize, group: &[usize]) -> Claim {
        let total = |&i: &usize| group.iter().filter(|&&j| j != i).map(|&j| self.score(i, j)).sum::<f32>();
        let medoid = group.iter().copied().reduce(|best, i| if total(&i) > total(&best) { i } else { best });
        let medoid = medoid.expect("a group has members");
        let similarity = |i: usize| if i == medoid { 1.0 } else { self.score(i, medoid) };
        let mut mentions: Vec<Mention> = group
            .iter()
            .map(|&i| (self.candidates[i].sentence, similarity(i)))
            .map(|(sentence, similarity)| Mention {
                sentence,
                similarity,
                tier: self.options.tier_of_match(similarity),
            })
            .collect();
        let tier = mentions.iter().map(|mention| mention.tier).max().expect("a group has members");
        // The medoid matches itself, which says nothing: it has the tier of the claim.
        let medoid_sentence = self.candidates[medoid].sentence;
        mentions
            .iter_mut()
            .filter(|mention| mention.sentence == medoid_sentence)
            .for_each(|mention| mention.tier = tier);
        Claim { event, medoid: self.candidates[medoid].sentence, mentions, tier }
    }

    fn article_of(&self, sentence: usize) -> usize {
        let position = self.candidates.binary_search_by_key(&sentence, |candidate| candidate.sentence);
        self.candidates[position.expect("the candidates are in the order of their sentences")].article
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
fn nearest_pairs(candidates: &[Candidate<'_>], outlets: &[&str], least: f32) -> Vec<(usize, usize)> {
    let embeddings = embeddings(candidates);
    let starts: Vec<usize> = (0..candidates.len()).step_by(BLOCK).collect();
    let of_block = |&start: &usize| {
        let rows = embeddings.slice(ndarray::s![start..(start + BLOCK).min(candidates.len()), ..]);
        let cosines = rows.dot(&embeddings.t());
        let of_row = |(row, cosines): (usize, ArrayView1<'_, f32>)| {
            let i = start + row;
            let near = nearest(i, cosines, candidates, outlets, least);
            near.into_iter().map(|j| (i.min(j), i.max(j))).collect::<Vec<_>>()
        };
        cosines.rows().into_iter().enumerate().flat_map(of_row).collect::<Vec<_>>()
    };
    let pairs: BTreeSet<(usize, usize)> = starts.par_iter().flat_map_iter(of_block).collect();
    pairs.into_iter().collect()
}

/// The sentences nearest to `i` in articles of other outlets; of equal ones the first.
fn nearest(
    i: usize,
    cosines: ArrayView1<'_, f32>,
    candidates: &[Candidate<'_>],
    outlets: &[&str],
    least: f32,
) -> Vec<usize> {
    let is_other = |&j: &usize| cosines[j] >= least && outlets[j] != outlets[i];
    let mut order: Vec<usize> = (0..candidates.len()).filter(is_other).collect();
    order.sort_by(|&a, &b| cosines[b].total_cmp(&cosines[a]).then(a.cmp(&b)));
    let mut of_article: BTreeMap<usize, usize> = BTreeMap::new();
    order.retain(|&j| {
        let n = of_article.entry(candidates[j].article).or_default();
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
fn best_both_ways(links: &[Link]) -> Vec<Link> {
    let mut best: BTreeMap<usize, Link> = BTreeMap::new();
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

/// Connected components of two members or more, each in rising order, by their first member.
fn components(n: usize, links: &[Link]) -> Vec<Vec<usize>> {
    let mut sets = petgraph::unionfind::UnionFind::new(n);
    for &(i, j, _) in links {
        sets.union(i, j);
    }
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for member in 0..n {
        members.entry(sets.find(member)).or_default().push(member);
    }
    let mut components: Vec<Vec<usize>> =
        members.into_values().filter(|component| component.len() > 1).collect();
    components.sort_unstable();
    components
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_must_be_the_best_of_both_its_ends() {
        struct Case {
            links: &'static [Link],
            kept: &'static [Link],
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

    #[test]
    fn components_hold_what_links_reach() {
        assert_eq!(components(6, &[(4, 1, 0.7), (1, 5, 0.7), (0, 2, 0.7)]), [vec![0, 2], vec![1, 4, 5]]);
    }
}
