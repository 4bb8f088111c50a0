//! Average linkage over each article's nearest ones, without a matrix of all pairs.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeSet, BinaryHeap};

use ndarray::Array1;

use super::neighbourhood::Neighbourhood;
use super::profiles::Profiles;
use super::words::WordVector;

/// Articles that were joined, with the sums that their mean similarity to others is read off.
#[derive(Debug, Clone)]
pub(super) struct Group {
    /// Rows of the profiles, in rising order.
    pub rows: Vec<usize>,
    embedding: Array1<f32>,
    words: WordVector,
    level: f32,
    /// First and last known day.
    days: Option<(i32, i32)>,
}

impl Group {
    fn of_article(profiles: &Profiles, row: usize, level: f32) -> Self {
        Self {
            rows: vec![row],
            embedding: profiles.embeddings.row(row).to_owned(),
            words: profiles.words[row].clone(),
            level,
            days: profiles.days[row].map(|day| (day, day)),
        }
    }

    fn joined(&self, other: &Group) -> Group {
        let mut rows = [self.rows.as_slice(), &other.rows].concat();
        rows.sort_unstable();
        Group {
            rows,
            embedding: &self.embedding + &other.embedding,
            words: self.words.plus(&other.words),
            level: self.level + other.level,
            days: span(self.days, other.days),
        }
    }

    /// Mean over all pairs of the two groups of how much more similar they are than the near ones of each: 0 is as near
    /// as a neighbour, above 0 is nearer. The similarity is linear in both articles, so the sums give the mean.
    fn contrast(&self, other: &Group) -> f32 {
        let (n, n_other) = (self.rows.len() as f32, other.rows.len() as f32);
        let sum = self.embedding.dot(&other.embedding) + self.words.dot(&other.words);
        sum / (2.0 * n * n_other) - (self.level / n + other.level / n_other) / 2.0
    }

    /// Days between the two groups; 0 where they overlap or a date is unknown.
    fn days_apart(&self, other: &Group) -> u32 {
        match (self.days, other.days) {
            (Some((first, last)), Some((other_first, other_last)))
                if first > other_last || other_first > last =>
            {
                first.max(other_first).abs_diff(last.min(other_last))
            }
            _ => 0,
        }
    }

    /// Days from the first to the last of both together.
    fn days_together(&self, other: &Group) -> u32 {
        span(self.days, other.days).map_or(0, |(first, last)| first.abs_diff(last))
    }
}

fn span(a: Option<(i32, i32)>, b: Option<(i32, i32)>) -> Option<(i32, i32)> {
    match (a, b) {
        (Some((first_a, last_a)), Some((first_b, last_b))) => {
            Some((first_a.min(first_b), last_a.max(last_b)))
        }
        (known, None) | (None, known) => known,
    }
}

/// Two groups that could be joined; the greatest is joined first.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Pair {
    contrast: f32,
    a: usize,
    b: usize,
}

impl Eq for Pair {}

impl Ord for Pair {
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |pair: &Self| Reverse((pair.a, pair.b));
        self.contrast.total_cmp(&other.contrast).then_with(|| key(self).cmp(&key(other)))
    }
}

impl PartialOrd for Pair {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// What linkage leaves: groups, and the pairs of them that are close.
pub(super) struct Linked {
    pub groups: Vec<Group>,
    /// Positions in `groups`, the lower first.
    pub close: Vec<(usize, usize)>,
}

/// Joins groups whose mean contrast is at least `threshold`, the greatest first, while all dates of a group lie within
/// `window_days`. Close are groups that stay apart with at least `threshold - margin` and no more than `window_days`
/// between them. Only groups with an article among the other's nearest are looked at.
pub(super) fn link(
    profiles: &Profiles,
    neighbourhoods: &[Neighbourhood],
    threshold: f32,
    margin: f32,
    window_days: u32,
) -> Linked {
    let mut forest = Forest::new(profiles, neighbourhoods, threshold, window_days);
    while let Some(Pair { a, b, .. }) = forest.queue.pop() {
        forest.join(a, b);
    }
    forest.into_linked(threshold - margin)
}

/// Groups on their way: a joined group takes the next position and leaves `None` at those of its parts.
struct Forest {
    groups: Vec<Option<Group>>,
    /// For each group the groups with an article among the other's nearest.
    near: Vec<BTreeSet<usize>>,
    queue: BinaryHeap<Pair>,
    threshold: f32,
    window_days: u32,
}

impl Forest {
    fn new(profiles: &Profiles, neighbourhoods: &[Neighbourhood], threshold: f32, window_days: u32) -> Self {
        let group = |(row, around): (usize, &Neighbourhood)| Group::of_article(profiles, row, around.level);
        let groups = neighbourhoods.iter().enumerate().map(group).map(Some).collect();
        let mut near = vec![BTreeSet::new(); neighbourhoods.len()];
        for (row, around) in neighbourhoods.iter().enumerate() {
            for &other in &around.nearest {
                near[row].insert(other);
                near[other].insert(row);
            }
        }
        let mut forest = Self { groups, near, queue: BinaryHeap::new(), threshold, window_days };
        for a in 0..neighbourhoods.len() {
            forest.offer(a, |b| a < b);
        }
        forest
    }

    /// Queues the pairs of `a` with those near it that `is_wanted` and may be joined.
    fn offer(&mut self, a: usize, is_wanted: impl Fn(usize) -> bool) {
        let group = self.groups[a].as_ref().expect("a group that was not joined");
        for &b in self.near[a].iter().filter(|&&b| is_wanted(b)) {
            let Some(other) = &self.groups[b] else { continue };
            let contrast = group.contrast(other);
            if contrast >= self.threshold && group.days_together(other) <= self.window_days {
                self.queue.push(Pair { contrast, a: a.min(b), b: a.max(b) });
            }
        }
    }

    fn join(&mut self, a: usize, b: usize) {
        let (Some(group_a), Some(group_b)) = (&self.groups[a], &self.groups[b]) else {
            return;
        };
        let joined = group_a.joined(group_b);
        let number = self.groups.len();
        let mut near = std::mem::take(&mut self.near[a]);
        near.append(&mut self.near[b]);
        near.retain(|&other| other != a && other != b);
        for &other in &near {
            self.near[other].remove(&a);
            self.near[other].remove(&b);
            self.near[other].insert(number);
        }
        (self.groups[a], self.groups[b]) = (None, None);
        self.groups.push(Some(joined));
        self.near.push(near);
        self.offer(number, |_| true);
    }

    fn into_linked(self, least: f32) -> Linked {
        let numbers: Vec<usize> = (0..self.groups.len()).filter(|&n| self.groups[n].is_some()).collect();
        let position = |number: usize| numbers.binary_search(&number).ok();
        let mut close = vec![];
        for (a, &number) in numbers.iter().enumerate() {
            let group = self.groups[number].as_ref().expect("listed");
            for b in self.near[number].range(number + 1..).filter_map(|&other| position(other)) {
                let other = self.groups[numbers[b]].as_ref().expect("listed");
                if group.contrast(other) >= least && group.days_apart(other) <= self.window_days {
                    close.push((a, b));
                }
            }
        }
        Linked { groups: self.groups.into_iter().flatten().collect(), close }
    }
}
