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

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::records::{ArticleId, Event, EventId, Thresholds};
use linkage::{Linked, link};
use neighbourhood::neighbourhoods;
pub use profiles::{Profile, ProfileSentence};
use profiles::{Profiles, day_number};

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
    /// Days of a period: articles are compared with those of their period and of the days around it alone, so that time does not grow with the square of the
    /// articles; 0 compares all. See [`windows`].
    pub period_days: u32,
}

impl Default for GroupOptions {
    fn default() -> Self {
        Self { window_days: 7, threshold: 0.0, neighbour_margin: 0.08, period_days: 0 }
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

/// Where an article belongs, as its window shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grouped {
    /// The article.
    pub article: ArticleId,
    /// The first article of its event, by day of publication, those without one last, then by id.
    pub first: ArticleId,
    /// The first articles of the events that are close to its event.
    pub neighbours: BTreeSet<ArticleId>,
}

/// The windows that an article of this day is looked at in, each by a number, its own first. Articles can only be of one event if they share a window.
///
/// With [`GroupOptions::period_days`] the days are cut into periods. A period's window is the period with twice [`GroupOptions::window_days`] before and
/// behind it; what becomes of an article is what the window of its own period shows. Articles without a day have a window of their own. Without
/// periods there is one window.
pub fn windows(day: Option<Date>, options: &GroupOptions) -> Vec<i64> {
    let period = i64::from(options.period_days);
    if period == 0 {
        return vec![0];
    }
    let Some(day) = day else { return vec![WITHOUT_DAY] };
    let day = i64::from(day_number(day));
    let own = day.div_euclid(period);
    let margin = 2 * i64::from(options.window_days);
    let others = (day - margin).div_euclid(period)..=(day + margin).div_euclid(period);
    std::iter::once(own).chain(others.filter(|&window| window != own)).collect()
}

/// The window of articles without a day.
const WITHOUT_DAY: i64 = i64::MIN;

/// Groups the articles of a window into events; each article with a profile is in exactly one. One row for each article, in the order of their ids.
///
/// The same articles make the same events in whatever order they come. Memory grows with the number of articles, time with its square; all cores
/// of the current rayon pool are used. `thresholds` are those of the encoder that the profiles were made with.
pub fn group(profiles: Vec<Profile>, options: &GroupOptions, thresholds: &Thresholds) -> Vec<Grouped> {
    let profiles = Profiles::new(profiles);
    let within_window = |a: usize, b: usize| match (profiles.days[a], profiles.days[b]) {
        (Some(a), Some(b)) => a.abs_diff(b) <= options.window_days,
        _ => true,
    };
    let around = neighbourhoods(&profiles, &within_window, &thresholds.level);
    let GroupOptions { window_days, threshold, neighbour_margin, .. } = *options;
    let Linked { groups, close } = link(&profiles, &around, threshold, neighbour_margin, window_days);
    let age = |&row: &usize| (profiles.days[row].is_none(), profiles.days[row], &profiles.articles[row]);
    let first: Vec<&ArticleId> = groups
        .iter()
        .map(|group| {
            &profiles.articles[*group.rows.iter().min_by_key(|row| age(row)).expect("a group has articles")]
        })
        .collect();
    let mut neighbours = vec![BTreeSet::new(); groups.len()];
    for (a, b) in close {
        neighbours[a].insert(first[b].clone());
        neighbours[b].insert(first[a].clone());
    }
    let of_group = |(group, neighbours): (usize, BTreeSet<ArticleId>)| {
        let (rows, first, articles) = (&groups[group].rows, first[group], &profiles.articles);
        rows.iter()
            .map(|&row| Grouped {
                article: articles[row].clone(),
                first: first.clone(),
                neighbours: neighbours.clone(),
            })
            .collect::<Vec<_>>()
    };
    let mut grouped: Vec<Grouped> = neighbours.into_iter().enumerate().flat_map(of_group).collect();
    grouped.sort_unstable_by(|a, b| a.article.cmp(&b.article));
    grouped
}

/// What each window shows, and the articles whose own it is. `article` says of which article and day a thing is.
pub fn by_window<T: Clone>(
    things: impl IntoIterator<Item = T>,
    article: impl Fn(&T) -> (ArticleId, Option<Date>),
    options: &GroupOptions,
) -> impl Iterator<Item = (Vec<T>, BTreeSet<ArticleId>)> {
    let mut of_window: BTreeMap<i64, (Vec<T>, BTreeSet<ArticleId>)> = BTreeMap::new();
    for thing in things {
        let (article, day) = article(&thing);
        let windows = windows(day, options);
        for &window in &windows[1..] {
            of_window.entry(window).or_default().0.push(thing.clone());
        }
        let (shown, own) = of_window.entry(windows[0]).or_default();
        shown.push(thing);
        own.insert(article);
    }
    of_window.into_values().filter(|(_, own)| !own.is_empty())
}

/// The events of some articles: each window is grouped by itself.
pub fn events_of(profiles: Vec<Profile>, options: &GroupOptions, thresholds: &Thresholds) -> Vec<Event> {
    let article = |profile: &Profile| (profile.article.clone(), profile.date);
    let grouped = by_window(profiles, article, options).flat_map(|(profiles, own)| {
        let grouped = group(profiles, options, thresholds).into_iter();
        grouped.filter(move |of| own.contains(&of.article))
    });
    events(grouped)
}

/// The events of articles that were grouped window by window, each article once, in the order of the events' first articles by id. Events are neighbours where
/// one of their articles says so.
pub fn events(grouped: impl IntoIterator<Item = Grouped>) -> Vec<Event> {
    let mut of_first: BTreeMap<ArticleId, (Vec<ArticleId>, BTreeSet<ArticleId>)> = BTreeMap::new();
    for Grouped { article, first, neighbours } in grouped {
        let (articles, near) = of_first.entry(first).or_default();
        articles.push(article);
        near.extend(neighbours);
    }
    for (articles, _) in of_first.values_mut() {
        articles.sort_unstable();
    }
    let mut ordered: Vec<(&ArticleId, &Vec<ArticleId>)> =
        of_first.iter().map(|(first, (articles, _))| (first, articles)).collect();
    ordered.sort_unstable_by_key(|&(_, articles)| articles);
    let position: BTreeMap<&ArticleId, usize> =
        ordered.iter().enumerate().map(|(position, &(first, _))| (first, position)).collect();
    let ids = event_ids(ordered.iter().map(|&(first, _)| first));
    let mut neighbours = vec![BTreeSet::new(); ordered.len()];
    for (first, (_, near)) in &of_first {
        // A window's edge may show events that are none.
        let event = position[first];
        for &near in near.iter().filter_map(|near| position.get(near)).filter(|&&near| near != event) {
            neighbours[event].insert(near);
            neighbours[near].insert(event);
        }
    }
    let event = |(event, near): (usize, BTreeSet<usize>)| Event {
        id: ids[event],
        articles: ordered[event].1.clone(),
        neighbours: near.into_iter().map(|neighbour| ids[neighbour]).collect(),
    };
    neighbours.into_iter().enumerate().map(event).collect()
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
