//! Articles -> [`Event`]s: which articles report the same event.
//!
//! 1. `profiles`: of each article its mean sentence embedding (what it is about) and its distinctive words (who, where,
//!    what exactly). Two articles are as similar as the mean of the two cosines.
//! 2. `neighbourhood`: how similar an article's near ones are. What counts as near differs: reports on two court cases are
//!    more alike than two reports on one storm. So a pair is judged by its contrast: its similarity less the mean of the
//!    two articles' levels (cross-domain similarity local scaling, Conneau et al. 2018, arXiv 1710.04087).
//! 3. `linkage`: average linkage on the contrast, within the date window, so one article that touches two stories does not
//!    chain them.

mod copies;
mod words;
mod profiles;
mod neighbourhood;
mod linkage;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::records::{Article, ArticleId, Corpus, Event, EventId, Thresholds};
use linkage::{Linked, days_between, link};
use neighbourhood::neighbourhoods;
use profiles::Profiles;
pub use profiles::{Profile, ProfileSentence};

pub use copies::{CopyOptions, copies};

/// How articles are grouped: the `[group]` section of a job file.
///
/// Both numbers were chosen on samples of 50 and 300 events of the training part of the NeuS AllSides triples
/// (`parallax evaluate events`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GroupOptions {
    /// Articles whose dates are both known and further apart than this are never one event, in days.
    pub window_days: u32,
    /// Least mean contrast of two groups of articles that are joined, in [-1, 1]: 0 joins what is as near as the
    /// second to fourth nearest articles are, higher asks for more.
    pub threshold: f32,
    /// Two events are neighbours where their contrast is less than this below the threshold, in [0, 1]; 0 makes none.
    pub neighbour_margin: f32,
}

impl Default for GroupOptions {
    fn default() -> Self {
        Self { window_days: 7, threshold: 0.0, neighbour_margin: 0.08 }
    }
}

impl GroupOptions {
    /// Checks the ranges.
    ///
    /// # Errors
    /// The first option that is out of its range, with the range.
    pub fn check(&self) -> Result<(), String> {
        let Self { threshold, neighbour_margin, .. } = *self;
        if !(-1.0..=1.0).contains(&threshold) {
            return Err(format!("`group.threshold` is {threshold}; give a number from -1 to 1"));
        }
        if !(0.0..=1.0).contains(&neighbour_margin) {
            return Err(format!("`group.neighbour_margin` is {neighbour_margin}; give a number from 0 to 1"));
        }
        Ok(())
    }
}

/// Groups articles into events; each article with a profile is in exactly one.
///
/// `corpus` holds the articles of `profiles`, which may be in any order. Events come in the order of their
/// first article. The same articles make the same events in whatever order they come: they are compared in the order of
/// their texts, so that sums are the same to the last bit. Memory grows with the number of articles, time with its square; all cores
/// of the current rayon pool are used. `thresholds` are those of the encoder that the profiles were made with.
pub fn group(
    corpus: &Corpus,
    mut profiles: Vec<Profile>,
    options: &GroupOptions,
    thresholds: &Thresholds,
) -> Vec<Event> {
    profiles.sort_by_cached_key(|profile| {
        let Article { headline, body, id, .. } = corpus.article(&profile.article);
        (headline, body, id)
    });
    let profiles = Profiles::new(profiles);
    let within_window = |a: usize, b: usize| match (profiles.dates[a], profiles.dates[b]) {
        (Some(a), Some(b)) => days_between(a, b) <= options.window_days,
        _ => true,
    };
    let around = neighbourhoods(&profiles, &within_window, &thresholds.level);
    let GroupOptions { window_days, threshold, neighbour_margin } = *options;
    events(corpus, &profiles, &link(&profiles, &around, threshold, neighbour_margin, window_days))
}

fn events(corpus: &Corpus, profiles: &Profiles, Linked { groups, close }: &Linked) -> Vec<Event> {
    let articles = |rows: &[usize]| {
        let mut articles: Vec<ArticleId> = rows.iter().map(|&row| profiles.articles[row].clone()).collect();
        articles.sort_unstable();
        articles
    };
    let mut ordered: Vec<(Vec<ArticleId>, usize)> =
        groups.iter().enumerate().map(|(group, of_group)| (articles(&of_group.rows), group)).collect();
    ordered.sort_unstable();
    let mut position = vec![0; groups.len()];
    for (event, &(_, group)) in ordered.iter().enumerate() {
        position[group] = event;
    }
    let ids = event_ids(ordered.iter().map(|(articles, _)| first_of(corpus, articles)));
    let mut neighbours = vec![BTreeSet::new(); groups.len()];
    for &(a, b) in close {
        neighbours[position[a]].insert(position[b]);
        neighbours[position[b]].insert(position[a]);
    }
    let event =
        |((articles, _), (event, neighbours)): ((Vec<ArticleId>, usize), (usize, BTreeSet<usize>))| {
            let neighbours = neighbours.into_iter().map(|neighbour| ids[neighbour]).collect();
            Event { id: ids[event], articles, neighbours }
        };
    ordered.into_iter().zip(neighbours.into_iter().enumerate()).map(event).collect()
}

/// The article of an event that was published first.
fn first_of<'run>(corpus: &'run Corpus, articles: &[ArticleId]) -> &'run ArticleId {
    let articles = articles.iter().map(|id| corpus.article(id));
    &articles.min_by_key(|article| article.age()).expect("an event has an article").id
}

/// An id for each event, by its first article.
fn event_ids<'run>(first: impl Iterator<Item = &'run ArticleId>) -> Vec<EventId> {
    let mut taken = BTreeSet::new();
    let id = |first| {
        let mut id = EventId::new(first);
        while !taken.insert(id) {
            id = id.next();
        }
        id
    };
    first.map(id).collect()
}
