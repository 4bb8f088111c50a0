use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ndarray::Array2;

use super::pool::Pool;
use super::{ClusterOptions, LEAST_SAME, Verification};
use crate::records::{Claim, ClaimId, Mention, PartialMention, Relation, Tier};

/// A pair of candidates of a pool, by their positions `i < j`.
pub(super) type Link = (usize, usize);

/// Verified pairs, by the positions of their sentences in the corpus, the lower one first. A pair that is not in it is no
/// match. Pairs of the same words, dates, depths and annotations share what was found.
pub type Verifications = BTreeMap<(usize, usize), Arc<Verification>>;

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

/// The sentences of one claim, as candidates of a pool.
#[derive(Debug, Default)]
pub(super) struct Group {
    /// Those that make it, in rising order.
    members: Vec<usize>,
    /// Those that contradict one of them.
    disputing: Vec<usize>,
    /// Pairs of a member and a sentence that shares a proposition with it.
    partial: Vec<Link>,
}

impl Group {
    pub(super) fn of(members: Vec<usize>) -> Self {
        Self { members, ..Self::default() }
    }
}

/// Log-odds of one pair are cut off here, so that no single pair decides on a group.
const MOST_LOG_ODDS: f32 = 4.0;

impl Linkage<'_, '_> {
    fn found(&self, i: usize, j: usize) -> Option<&Verification> {
        self.verified.get(&self.pool.sentences((i, j))).map(Arc::as_ref)
    }

    fn is_conflict(&self, i: usize, j: usize) -> bool {
        self.found(i, j).is_some_and(|found| self.options.is_conflict(found))
    }

    fn outlet(&self, i: usize) -> &str {
        self.pool.candidates[i].outlet
    }

    /// Groups of sentences that say the same, of at least two outlets; then the sentences that contradict one of them, and those
    /// that share a proposition with one of them.
    pub(super) fn claims(&self, links: &[Link]) -> Vec<Claim> {
        let is_same = |&(i, j): &Link| self.found(i, j).is_some_and(|found| self.options.is_same(found));
        let same: Vec<Link> = links.iter().copied().filter(is_same).collect();
        let components = components(self.pool.candidates.len(), &same);
        let mut groups: Vec<Group> =
            components.iter().flat_map(|component| self.average_linkage(component)).map(Group::of).collect();
        self.add_disputing(links, &mut groups);
        self.add_partial(links, &mut groups);
        groups.iter().map(|group| self.claim(group)).collect()
    }

    /// To each group the sentences that no group has and that contradict a member. Two sentences that contradict each
    /// other and that no group has make a group of one, with the other against it.
    fn add_disputing(&self, links: &[Link], groups: &mut Vec<Group>) {
        let conflict = |&(i, j): &Link| Some(((i, j), self.found(i, j)?.conflicting));
        let conflicts = links.iter().filter(|&&(i, j)| self.is_conflict(i, j));
        let mut conflicts: Vec<(Link, f32)> = conflicts.filter_map(conflict).collect();
        conflicts.sort_by(|(a, of_a), (b, of_b)| of_b.total_cmp(of_a).then(a.cmp(b)));
        let mut group_of = groups_of(groups);
        let mut taken: BTreeSet<usize> = BTreeSet::new();
        for ((i, j), _) in conflicts {
            let (claimed, against) = match (group_of.get(&i), group_of.get(&j)) {
                (Some(&group), None) => (group, j),
                (None, Some(&group)) => (group, i),
                (Some(_), Some(_)) => continue,
                (None, None) if taken.contains(&i) || taken.contains(&j) => continue,
                (None, None) => {
                    groups.push(Group::of(vec![i]));
                    group_of.insert(i, groups.len() - 1);
                    (groups.len() - 1, j)
                }
            };
            if taken.insert(against) {
                groups[claimed].disputing.push(against);
            }
        }
        groups.iter_mut().for_each(|group| group.disputing.sort_unstable());
    }

    /// To each group the sentences that share a proposition with a member and are of no one group with it. Of two such sentences the
    /// one with more such partners stands for a claim where neither is in a group; of two groups the first lists the other's.
    fn add_partial(&self, links: &[Link], groups: &mut Vec<Group>) {
        let mut group_of = groups_of(groups);
        let disputing: BTreeSet<usize> = groups.iter().flat_map(|group| &group.disputing).copied().collect();
        let is_partial = |&&(i, j): &&Link| {
            let is_apart = group_of.get(&i).is_none_or(|group| group_of.get(&j) != Some(group));
            let is_match = self.found(i, j).is_some_and(|found| self.options.tier(found).is_some());
            is_match && is_apart && !disputing.contains(&i) && !disputing.contains(&j)
        };
        let mut partial: Vec<Link> = links.iter().filter(is_partial).copied().collect();
        let mut n_partners: BTreeMap<usize, usize> = BTreeMap::new();
        for &(i, j) in &partial {
            *n_partners.entry(i).or_default() += 1;
            *n_partners.entry(j).or_default() += 1;
        }
        let rank = |i: usize| (std::cmp::Reverse(n_partners[&i]), i);
        partial.sort_by_key(|&(i, j)| (rank(i).min(rank(j)), (i, j)));
        for (i, j) in partial {
            let (group, member, other) = match (group_of.get(&i), group_of.get(&j)) {
                (Some(&a), Some(&b)) if b < a => (b, j, i),
                (Some(&a), _) => (a, i, j),
                (None, Some(&b)) => (b, j, i),
                (None, None) => {
                    let (first, other) = if rank(i) <= rank(j) { (i, j) } else { (j, i) };
                    groups.push(Group::of(vec![first]));
                    group_of.insert(first, groups.len() - 1);
                    (groups.len() - 1, first, other)
                }
            };
            groups[group].partial.push((member, other));
        }
        groups
            .iter_mut()
            .for_each(|group| group.partial.sort_unstable_by_key(|&(member, other)| (other, member)));
    }

    /// Splits a component into groups whose pairs say on average that they are the same: average linkage over log-odds (Sokal &
    /// Michener 1958), where only pairs of different outlets count. A group of one outlet is none.
    fn average_linkage(&self, component: &[usize]) -> Vec<Vec<usize>> {
        let n = component.len();
        let mut sums = Array2::<f32>::zeros((n, n));
        let mut counts = Array2::<f32>::zeros((n, n));
        for a in 0..n {
            for b in (0..n).filter(|&b| self.outlet(component[a]) != self.outlet(component[b])) {
                sums[[a, b]] = self.log_odds(component[a], component[b]);
                counts[[a, b]] = 1.0;
            }
        }
        let groups = joined(sums, counts).into_iter().filter(|group| group.len() > 1);
        groups.map(|group| group.into_iter().map(|member| component[member]).collect()).collect()
    }

    /// How far the log-odds that two sentences mainly say the same are above those of [`LEAST_SAME`]; least where they were not looked at or contradict
    /// each other.
    fn log_odds(&self, i: usize, j: usize) -> f32 {
        match self.found(i, j) {
            Some(found) if !self.options.is_conflict(found) => {
                let odds = |same: f32| same / (1.0 - same).max(f32::MIN_POSITIVE);
                let is_match = self.options.tier(found).is_some();
                let above = (odds(found.same) / odds(LEAST_SAME)).ln();
                if is_match { above.clamp(-MOST_LOG_ODDS, MOST_LOG_ODDS) } else { -MOST_LOG_ODDS }
            }
            _ => -MOST_LOG_ODDS,
        }
    }

    pub(super) fn claim(&self, group: &Group) -> Claim {
        let members = &group.members;
        let shared = |i: usize, j: usize| self.found(i, j).map_or(0.0, |found| found.shared);
        let total = |&i: &usize| members.iter().filter(|&&j| j != i).map(|&j| shared(i, j)).sum::<f32>();
        let medoid =
            members.iter().copied().reduce(|best, i| if total(&i) > total(&best) { i } else { best });
        let medoid = medoid.expect("a group has members");
        // A sentence of the medoid's outlet is there for one of another outlet.
        let partner = |i: usize| {
            let others = members.iter().copied().filter(|&j| self.found(i, j).is_some());
            let best = others.reduce(|best, j| if shared(i, j) > shared(i, best) { j } else { best });
            if self.found(i, medoid).is_some() { medoid } else { best.unwrap_or(medoid) }
        };
        let mut mentions: Vec<Mention> = members
            .iter()
            .filter(|&&i| i != medoid)
            .map(|&i| self.mention(i, partner(i), Relation::Same))
            .collect();
        let partial: Vec<PartialMention> = group.partial.iter().map(|&link| self.partial(link)).collect();
        let tiers = mentions.iter().map(|mention| mention.tier).max();
        let tier =
            tiers.or(partial.iter().map(|partial| partial.mention.tier).min()).unwrap_or(Tier::Possible);
        let against =
            |&i: &usize| self.mention(i, self.contradicted(i, members, medoid), Relation::Conflicting);
        mentions.extend(group.disputing.iter().map(against));
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
            partial,
            tier,
        }
    }

    /// The member of the group that the sentence contradicts: the medoid if it does, else the first.
    fn contradicted(&self, i: usize, members: &[usize], medoid: usize) -> usize {
        let contradicted = members.iter().copied().find(|&member| self.is_conflict(i, member));
        if self.is_conflict(i, medoid) { medoid } else { contradicted.unwrap_or(medoid) }
    }

    pub(super) fn mention(&self, i: usize, of: usize, relation: Relation) -> Mention {
        let found = self.found(i, of).expect("a mention was verified with what it is mentioned for");
        Mention {
            sentence: self.pool.candidates[i].id.clone(),
            similarity: found.similarity.score,
            probability: found.shared,
            relation,
            tier: self.options.tier(found).unwrap_or(Tier::Possible),
        }
    }

    fn partial(&self, (member, other): Link) -> PartialMention {
        PartialMention {
            mention: self.mention(other, member, Relation::Partial),
            with: self.pool.candidates[member].id.clone(),
        }
    }
}

/// Joins the two groups with the largest mean, of equals the first, as long as one is above 0: of each pair `sums` holds the sum and `counts` the number of
/// what the mean is of. Each group in rising order, and those that went into another empty.
fn joined(mut sums: Array2<f32>, mut counts: Array2<f32>) -> Vec<Vec<usize>> {
    let n = sums.nrows();
    let mut groups: Vec<Vec<usize>> = (0..n).map(|member| vec![member]).collect();
    let mean = |sums: &Array2<f32>, counts: &Array2<f32>, a: usize, b: usize| {
        if counts[[a, b]] > 0.0 { sums[[a, b]] / counts[[a, b]] } else { 0.0 }
    };
    // Of equals the first.
    let larger = |best: (usize, f32), next: (usize, f32)| if next.1 > best.1 { next } else { best };
    let nearest_behind = |sums: &Array2<f32>, counts: &Array2<f32>, a: usize| {
        let means = (a + 1..n).map(|b| (b, mean(sums, counts, a, b)));
        means.filter(|(_, mean)| *mean > 0.0).reduce(larger)
    };
    // For each group the nearest of those behind it, and its mean.
    let mut nearest: Vec<Option<(usize, f32)>> = (0..n).map(|a| nearest_behind(&sums, &counts, a)).collect();
    loop {
        let means = nearest.iter().enumerate().filter_map(|(a, behind)| Some((a, behind.as_ref()?.1)));
        let Some((a, _)) = means.reduce(larger) else { break };
        let (b, _) = nearest[a].expect("it has one");
        let joined = std::mem::take(&mut groups[b]);
        groups[a].extend(joined);
        for matrix in [&mut sums, &mut counts] {
            let row = matrix.row(b).to_owned();
            matrix.row_mut(a).scaled_add(1.0, &row);
            matrix.row_mut(b).fill(0.0);
            let column = matrix.column(b).to_owned();
            matrix.column_mut(a).scaled_add(1.0, &column);
            matrix.column_mut(b).fill(0.0);
        }
        counts[[a, a]] = 0.0;
        nearest[b] = None;
        for (of, nearest) in nearest.iter_mut().take(b).enumerate() {
            let to_joined = if of < a { mean(&sums, &counts, of, a) } else { 0.0 };
            match *nearest {
                Some((behind, _)) if of == a || behind == a || behind == b => {
                    *nearest = nearest_behind(&sums, &counts, of);
                }
                Some((behind, most)) if to_joined < most || (to_joined == most && behind < a) => {}
                _ if to_joined > 0.0 => *nearest = Some((a, to_joined)),
                _ => {}
            }
        }
    }
    groups.iter_mut().for_each(|group| group.sort_unstable());
    groups
}

/// The group of each member.
fn groups_of(groups: &[Group]) -> BTreeMap<usize, usize> {
    let of_group = |(number, group): (usize, &'_ Group)| {
        group.members.iter().map(move |&member| (member, number)).collect::<Vec<_>>()
    };
    groups.iter().enumerate().flat_map(of_group).collect()
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

    /// The same by looking at every pair again each time.
    fn joined_by_all_pairs(mut sums: Array2<f32>, mut counts: Array2<f32>) -> Vec<Vec<usize>> {
        let n = sums.nrows();
        let mut groups: Vec<Vec<usize>> = (0..n).map(|member| vec![member]).collect();
        loop {
            let mean =
                |a: usize, b: usize| if counts[[a, b]] > 0.0 { sums[[a, b]] / counts[[a, b]] } else { 0.0 };
            let pairs = (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b)));
            let above = pairs.map(|(a, b)| ((a, b), mean(a, b))).filter(|(_, mean)| *mean > 0.0);
            let best = above.reduce(|best, next| if next.1 > best.1 { next } else { best });
            let Some(((a, b), _)) = best else { break };
            let taken = std::mem::take(&mut groups[b]);
            groups[a].extend(taken);
            for matrix in [&mut sums, &mut counts] {
                for other in 0..n {
                    matrix[[a, other]] += std::mem::take(&mut matrix[[b, other]]);
                }
                for other in 0..n {
                    matrix[[other, a]] += std::mem::take(&mut matrix[[other, b]]);
                }
            }
            counts[[a, a]] = 0.0;
        }
        groups.iter_mut().for_each(|group| group.sort_unstable());
        groups
    }

    proptest::proptest! {
        /// Few values, so that many are equal; of some pairs nothing is known.
        #[test]
        fn the_nearest_groups_are_joined(values in proptest::collection::vec(-3_i8..=3, 1..14 * 13 / 2)) {
            let n = (1..15).rev().find(|n| n * (n - 1) / 2 <= values.len()).unwrap();
            let (mut sums, mut counts) = (Array2::zeros((n, n)), Array2::zeros((n, n)));
            let pairs = (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b)));
            for ((a, b), value) in pairs.zip(values).filter(|(_, value)| *value != 3) {
                for place in [[a, b], [b, a]] {
                    sums[place] = f32::from(value);
                    counts[place] = 1.0;
                }
            }
            let expected = joined_by_all_pairs(sums.clone(), counts.clone());
            proptest::prop_assert_eq!(joined(sums, counts), expected);
        }
    }

    #[test]
    fn components_hold_what_links_reach() {
        assert_eq!(components(6, &[(1, 4), (1, 5), (0, 2)]), [vec![0, 2], vec![1, 4, 5]]);
    }
}
