use std::collections::{BTreeMap, BTreeSet};

use kodama::{Method, linkage};

use super::pool::Pool;
use super::{ClusterOptions, Verification};
use crate::records::{Claim, ClaimId, Mention, Relation, Tier};

/// A pair of candidates of a pool, by their positions `i < j`.
pub(super) type Link = (usize, usize);

/// Verified pairs, by the positions of their sentences in the corpus, the lower one first. A pair that is not in it is no
/// match.
pub type Verifications = BTreeMap<(usize, usize), Verification>;

/// A pair with the lower position first.
pub(super) fn ordered((a, b): (usize, usize)) -> (usize, usize) {
    (a.min(b), a.max(b))
}

/// Makes the claims of one pool from its verified pairs.
pub(super) struct Linkage<'event, 'run> {
    pub pool: &'event Pool<'run>,
    pub verified: &'event Verifications,
    pub options: &'event ClusterOptions,
}

impl Linkage<'_, '_> {
    fn found(&self, i: usize, j: usize) -> Option<&Verification> {
        self.verified.get(&self.pool.sentences((i, j)))
    }

    /// Probability that the two are one claim; 0 where they may not be.
    fn same(&self, i: usize, j: usize) -> f32 {
        self.found(i, j).filter(|found| self.options.tier(found).is_some()).map_or(0.0, |found| found.same)
    }

    fn is_conflict(&self, i: usize, j: usize) -> bool {
        self.found(i, j).is_some_and(|found| self.options.is_conflict(found))
    }

    /// Groups of which every two members pass, so that nothing is chained, and of which two are of different outlets; then
    /// the sentences that contradict one of them.
    pub(super) fn claims(&self, links: &[Link]) -> Vec<Claim> {
        let matching: Vec<Link> = links.iter().copied().filter(|&(i, j)| self.same(i, j) > 0.0).collect();
        let mut groups: Vec<Vec<usize>> = components(self.pool.candidates.len(), &matching)
            .into_iter()
            .flat_map(|component| self.complete_linkage(&component))
            .filter(|group| {
                let first = self.pool.candidates[group[0]].outlet;
                group.iter().any(|&member| self.pool.candidates[member].outlet != first)
            })
            .collect();
        let disputing = self.disputing(links, &mut groups);
        groups.iter().zip(&disputing).map(|(group, disputing)| self.claim(group, disputing)).collect()
    }

    /// For each group the sentences that no group has and that contradict its medoid. Two sentences that contradict each
    /// other and that no group has make a group of one, with the other against it.
    fn disputing(&self, links: &[Link], groups: &mut Vec<Vec<usize>>) -> Vec<Vec<usize>> {
        let conflict = |&(i, j): &Link| Some(((i, j), self.found(i, j)?.conflicting));
        let conflicts = links.iter().filter(|&&(i, j)| self.is_conflict(i, j));
        let mut conflicts: Vec<(Link, f32)> = conflicts.filter_map(conflict).collect();
        conflicts.sort_by(|(a, of_a), (b, of_b)| of_b.total_cmp(of_a).then(a.cmp(b)));
        let mut group_of: BTreeMap<usize, usize> = BTreeMap::new();
        for (number, group) in groups.iter().enumerate() {
            group_of.extend(group.iter().map(|&member| (member, number)));
        }
        let mut disputing = vec![vec![]; groups.len()];
        let mut taken: BTreeSet<usize> = BTreeSet::new();
        for ((i, j), _) in conflicts {
            let (claimed, against) = match (group_of.get(&i), group_of.get(&j)) {
                (Some(&group), None) => (group, j),
                (None, Some(&group)) => (group, i),
                (Some(_), Some(_)) => continue,
                (None, None) if taken.contains(&i) || taken.contains(&j) => continue,
                (None, None) => {
                    groups.push(vec![i]);
                    disputing.push(vec![]);
                    group_of.insert(i, groups.len() - 1);
                    (groups.len() - 1, j)
                }
            };
            if taken.insert(against) {
                disputing[claimed].push(against);
            }
        }
        disputing.iter_mut().for_each(|members| members.sort_unstable());
        disputing
    }

    /// Splits a component into groups of which every two members pass; groups of one are left out.
    fn complete_linkage(&self, component: &[usize]) -> Vec<Vec<usize>> {
        let n = component.len();
        let distances_of = |a: usize| (a + 1..n).map(move |b| 1.0 - self.same(component[a], component[b]));
        let mut distances: Vec<f32> = (0..n).flat_map(distances_of).collect();
        let mut groups: Vec<Vec<usize>> = component.iter().map(|&member| vec![member]).collect();
        for step in linkage(&mut distances, n, Method::Complete).steps() {
            if step.dissimilarity >= 1.0 {
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

    pub(super) fn claim(&self, group: &[usize], disputing: &[usize]) -> Claim {
        let total = |&i: &usize| group.iter().filter(|&&j| j != i).map(|&j| self.same(i, j)).sum::<f32>();
        let medoid = group.iter().copied().reduce(|best, i| if total(&i) > total(&best) { i } else { best });
        let medoid = medoid.expect("a group has members");
        let mut mentions: Vec<Mention> =
            group.iter().filter(|&&i| i != medoid).map(|&i| self.mention(i, medoid)).collect();
        let tier = mentions.iter().map(|mention| mention.tier).max();
        let against = disputing.iter().map(|&i| self.nearest(i, group, medoid));
        mentions.extend(
            against.map(|(i, other)| Mention { relation: Relation::Conflicting, ..self.mention(i, other) }),
        );
        let tier = tier.unwrap_or(Tier::Possible);
        // The medoid matches itself, which says nothing: it has the tier of the claim.
        let of_medoid = &self.pool.candidates[medoid];
        mentions.push(Mention {
            sentence: of_medoid.id.clone(),
            similarity: 1.0,
            probability: 1.0,
            relation: Relation::Same,
            tier,
        });
        mentions.sort_by(|a, b| a.sentence.cmp(&b.sentence));
        Claim {
            id: ClaimId::new(&of_medoid.id.article, of_medoid.text),
            event: self.pool.event_of(medoid),
            medoid: of_medoid.id.clone(),
            mentions,
            tier,
        }
    }

    /// The member of the group that the sentence contradicts: the medoid if it does, else the first.
    fn nearest(&self, i: usize, group: &[usize], medoid: usize) -> (usize, usize) {
        let contradicted = group.iter().copied().find(|&member| self.is_conflict(i, member));
        (i, if self.is_conflict(i, medoid) { medoid } else { contradicted.unwrap_or(medoid) })
    }

    pub(super) fn mention(&self, i: usize, medoid: usize) -> Mention {
        let found = self.found(i, medoid).expect("a mention was verified with what it is mentioned for");
        Mention {
            sentence: self.pool.candidates[i].id.clone(),
            similarity: found.similarity.score,
            probability: found.same,
            relation: self.options.relation(found),
            tier: self.options.tier(found).unwrap_or(Tier::Possible),
        }
    }
}

/// Connected components of two members or more, each in rising order, by their first member.
pub(super) fn components(n: usize, links: &[Link]) -> Vec<Vec<usize>> {
    let mut sets = petgraph::unionfind::UnionFind::new(n);
    for &(i, j) in links {
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
    fn components_hold_what_links_reach() {
        assert_eq!(components(6, &[(1, 4), (1, 5), (0, 2)]), [vec![0, 2], vec![1, 4, 5]]);
    }
}
