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

use serde::{Deserialize, Serialize};

use crate::records::{Article, Encoding, Event, Sentence};
use linkage::{Linked, days_between, link};
use neighbourhood::neighbourhoods;
use profiles::Profiles;

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

/// Groups articles into events; each article that `sentences` holds an encoded sentence of is in exactly one.
///
/// `sentences` and `encodings` run in parallel; a sentence without an encoding is left out. Events are ordered by
/// their first article. The same articles make the same events in whatever order they come. Memory grows with the number
/// of articles, time with its square; all cores of the current rayon pool are used.
pub fn group(
    articles: &[Article],
    sentences: &[Sentence],
    encodings: &[Option<Encoding>],
    options: &GroupOptions,
) -> Vec<Event> {
    let profiles = Profiles::new(articles, sentences, encodings);
    let within_window = |a: usize, b: usize| match (profiles.dates[a], profiles.dates[b]) {
        (Some(a), Some(b)) => days_between(a, b) <= options.window_days,
        _ => true,
    };
    let around = neighbourhoods(&profiles, &within_window);
    let GroupOptions { window_days, threshold, neighbour_margin } = *options;
    events(&profiles, &link(&profiles, &around, threshold, neighbour_margin, window_days))
}

fn events(profiles: &Profiles, Linked { groups, close }: &Linked) -> Vec<Event> {
    let articles = |rows: &[usize]| {
        let mut articles: Vec<usize> = rows.iter().map(|&row| profiles.articles[row]).collect();
        articles.sort_unstable();
        articles
    };
    let mut ordered: Vec<(Vec<usize>, usize)> =
        groups.iter().enumerate().map(|(group, of_group)| (articles(&of_group.rows), group)).collect();
    ordered.sort_unstable();
    let mut position = vec![0; groups.len()];
    for (event, &(_, group)) in ordered.iter().enumerate() {
        position[group] = event;
    }
    let event = |(articles, _): (Vec<usize>, usize)| Event { articles, neighbours: vec![] };
    let mut events: Vec<Event> = ordered.into_iter().map(event).collect();
    for &(a, b) in close {
        events[position[a]].neighbours.push(position[b]);
        events[position[b]].neighbours.push(position[a]);
    }
    events.iter_mut().for_each(|event| event.neighbours.sort_unstable());
    events
}
