use std::collections::BTreeMap;

use kodama::{Method, linkage};
use ndarray::Array2;

use super::{Candidate, ClusterOptions, NameFrequency, Verdict, check, similarity};
use crate::records::{Claim, Mention, Tier};

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
    let candidates: Vec<Candidate<'run>> = articles.concat();
    let matching = Matching { candidates: &candidates, names, options };
    let links = matching.mutual_best(articles);
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
        let outlets: std::collections::BTreeSet<&str> =
            claim.mentions.iter().map(|mention| outlet(matching.article_of(mention.sentence))).collect();
        (claim.tier, std::cmp::Reverse((outlets.len(), claim.mentions.len())), claim.mentions[0].sentence)
    });
    claims
}

struct Matching<'event, 'run> {
    candidates: &'event [Candidate<'run>],
    names: &'event NameFrequency,
    options: &'event ClusterOptions,
}

impl Matching<'_, '_> {
    /// Pairs of sentences of two articles of which each is the other's best there, and which pass.
    fn mutual_best(&self, articles: &[&[Candidate<'_>]]) -> Vec<Link> {
        let mut starts = vec![0];
        starts.extend(articles.iter().scan(0, |end, candidates| {
            *end += candidates.len();
            Some(*end)
        }));
        let embeddings: Vec<Array2<f32>> = articles.iter().map(|candidates| embeddings(candidates)).collect();
        let mut links = vec![];
        for a in 0..articles.len() {
            for b in a + 1..articles.len() {
                let cosines = embeddings[a].dot(&embeddings[b].t());
                let scored =
                    cosines.indexed_iter().filter(|&(_, &cosine)| cosine >= self.options.candidate_cosine);
                let scored: Vec<Link> = scored
                    .map(|((i, j), _)| (starts[a] + i, starts[b] + j))
                    .map(|(i, j)| (i, j, self.score(i, j)))
                    .filter(|link| link.2 >= self.options.possible)
                    .collect();
                links.extend(best_both_ways(&scored));
            }
        }
        links
    }

    /// The similarity of two candidates; 0 where a check forbids that they be one claim.
    fn score(&self, i: usize, j: usize) -> f32 {
        let (a, b) = (&self.candidates[i], &self.candidates[j]);
        let score = similarity(a, b).score;
        if score < self.options.possible {
            return score;
        }
        match check(a, b, self.names) {
            Verdict::Pass => score,
            Verdict::Conflict(_) if score >= self.options.confirmed => score,
            _ => 0.0,
        }
    }

    /// Splits a component into groups of which every two members pass; groups of one are left out.
    fn complete_linkage(&self, component: &[usize]) -> Vec<Vec<usize>> {
        let n = component.len();
        let mut distances = Vec::with_capacity(n * (n - 1) / 2);
        for a in 0..n {
            distances.extend((a + 1..n).map(|b| 1.0 - self.score(component[a], component[b])));
        }
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
        let mention = |&i: &usize| {
            let similarity = if i == medoid { 1.0 } else { self.score(i, medoid) };
            let tier = if similarity >= self.options.confirmed { Tier::Confirmed } else { Tier::Possible };
            Mention { sentence: self.candidates[i].sentence, similarity, tier }
        };
        let mentions: Vec<Mention> = group.iter().map(mention).collect();
        let tier = mentions.iter().map(|mention| mention.tier).max().expect("a group has members");
        Claim { event, medoid: self.candidates[medoid].sentence, mentions, tier }
    }

    fn article_of(&self, sentence: usize) -> usize {
        let position = self.candidates.binary_search_by_key(&sentence, |candidate| candidate.sentence);
        self.candidates[position.expect("the candidates are in the order of their sentences")].article
    }
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
