//! Which rows go into one call.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use petgraph::unionfind::UnionFind;
use serde::{Deserialize, Serialize};

use super::rows::of_kind;
use super::{ARTICLE, CLAIM, COPIED, DROPPED, EVENT, GROUPED, Row, TIE, all, copied_rows, fault};
use crate::cluster::{Tie, in_order, join};
use crate::error::Result;
use crate::group::{Grouped, events};
use crate::records::{ArticleId, Claim, Copies, Event, EventId, SentenceId};

/// How much goes into one call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlaceOptions {
    /// Sentences of the events that are matched or compared in one call, but for one event that has more; the neighbours of the events come on top.
    pub sentences: usize,
    /// Most articles of an event that are matched, the first by id. The others are dropped from matching, and said ("dropped").
    pub articles: usize,
}

impl Default for PlaceOptions {
    fn default() -> Self {
        Self { sentences: 20_000, articles: 2_000 }
    }
}

/// Where an article belongs.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Placed {
    pub outlet: String,
    pub day: Option<Date>,
    pub n_sentences: usize,
    /// `None` where no sentence is matched.
    pub grouped: Option<Grouped>,
}

/// The articles of a corpus with their events.
struct Events {
    placed: BTreeMap<ArticleId, Placed>,
    /// In their order.
    events: Vec<Event>,
    number: BTreeMap<EventId, usize>,
}

impl Events {
    fn read(rows: &[Row]) -> Result<Self> {
        let mut placed: BTreeMap<ArticleId, Placed> = BTreeMap::new();
        for row in of_kind(rows, GROUPED) {
            if placed.insert(ArticleId::from(&row.id), row.record()?).is_some() {
                let message = format!("two articles have the id `{}`; give each one of its own", row.id);
                return Err(fault(message));
            }
        }
        let events = events(placed.values().filter_map(|of| of.grouped.clone()));
        let number = events.iter().enumerate().map(|(number, event)| (event.id, number)).collect();
        Ok(Self { placed, events, number })
    }

    fn n_sentences(&self, event: &Event) -> usize {
        event.articles.iter().map(|article| self.placed[article].n_sentences).sum()
    }

    fn first_day(&self, event: &Event) -> Option<Date> {
        event.articles.iter().filter_map(|article| self.placed[article].day).min()
    }

    /// The number of each article's event.
    fn of_article(&self) -> BTreeMap<&ArticleId, usize> {
        let numbered = self.events.iter().enumerate();
        numbered
            .flat_map(|(number, event)| event.articles.iter().map(move |article| (article, number)))
            .collect()
    }
}

/// A key for each of some things by their sizes, in their order: as many under one as fit.
fn keys(sizes: impl Iterator<Item = usize>, most: usize) -> Vec<i64> {
    let (mut key, mut filled) = (0, 0);
    let of_thing = |size: usize| {
        if filled > 0 && filled + size > most {
            (key, filled) = (key + 1, 0);
        }
        filled += size;
        key
    };
    sizes.map(of_thing).collect()
}

/// The events under the keys under which they are matched: each under its own, and under those of the earlier events that are its neighbours.
pub(super) fn place_events(rows: &[Row], options: &PlaceOptions) -> Result<Vec<Row>> {
    let known = Events::read(rows)?;
    let Events { events, number, .. } = &known;
    let mut placed = vec![];
    let matched = |event: &Event| Event {
        articles: event.articles.iter().take(options.articles).cloned().collect(),
        ..event.clone()
    };
    for event in events {
        let dropped = event.articles.iter().skip(options.articles);
        placed.extend(dropped.map(|article| Row::new(DROPPED, article.as_str(), 0, 0, &event.id)));
    }
    let matched: Vec<Event> = events.iter().map(matched).collect();
    // Neighbours are near in time, so that most have one key. Events without a day go with a neighbour.
    let first_day = |at: usize| {
        let of_neighbours =
            || matched[at].neighbours.iter().filter_map(|of| known.first_day(&matched[number[of]]));
        known.first_day(&matched[at]).or_else(|| of_neighbours().min())
    };
    let mut in_time: Vec<usize> = (0..matched.len()).collect();
    in_time.sort_by_cached_key(|&at| (first_day(at), at));
    let in_order = keys(in_time.iter().map(|&at| known.n_sentences(&matched[at])), options.sentences);
    let mut keys = vec![0; matched.len()];
    in_time.iter().zip(in_order).for_each(|(&at, key)| keys[at] = key);
    let mut members: BTreeMap<i64, BTreeSet<usize>> = BTreeMap::new();
    for (at, event) in matched.iter().enumerate() {
        let later = event.neighbours.iter().map(|neighbour| number[neighbour]).filter(|&other| other > at);
        members.entry(keys[at]).or_default().extend(later.chain([at]));
    }
    for (key, members) in members {
        for at in members {
            let is_own = i64::from(keys[at] == key);
            placed.push(Row::new(EVENT, matched[at].id.to_string(), key, is_own, &matched[at]));
            let articles = matched[at].articles.iter();
            placed
                .extend(articles.map(|article| Row::without_record(ARTICLE, article.as_str(), key, is_own)));
        }
    }
    // Windows do not know of what came before them.
    let copies = Copies::joined(all::<Copies>(rows, COPIED)?);
    placed.extend(copied_rows(copies));
    Ok(placed)
}

/// The claims in their order, and all articles, under the keys under which they are compared: events that a claim has sentences of have one key.
pub(super) fn resolve_claims(rows: &[Row], options: &PlaceOptions) -> Result<Vec<Row>> {
    let known = Events::read(rows)?;
    let Events { events, number, placed: of_articles } = &known;
    let event_of = known.of_article();
    let event_of = |sentence: &SentenceId| {
        let event = event_of.get(&sentence.article).copied();
        event.ok_or_else(|| {
            fault(format!("the article of the sentence {sentence} is in no event that was given"))
        })
    };
    let mut ties = vec![];
    for tie in all::<Tie>(rows, TIE)? {
        let [a, b] = tie.sentences();
        let (of_a, of_b) = (event_of(a)?, event_of(b)?);
        let place = (of_a.min(of_b), of_a.max(of_b), a.clone(), b.clone());
        ties.push((place, tie));
    }
    ties.sort_by(|(a, _), (b, _)| a.cmp(b));
    let ties: Vec<Tie> = ties.into_iter().map(|(_, tie)| tie).collect();
    let outlet = |article: &ArticleId| of_articles[article].outlet.as_str();
    let claims = in_order(join(all::<Claim>(rows, CLAIM)?, &ties), number, &outlet);

    let mut joined = UnionFind::new(events.len());
    for claim in &claims {
        for mention in &claim.mentions {
            joined.union(number[&claim.event], event_of(&mention.sentence)?);
        }
    }
    let mut together: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for at in 0..events.len() {
        together.entry(joined.find(at)).or_default().push(at);
    }
    let mut together: Vec<Vec<usize>> = together.into_values().collect();
    together.sort_unstable();
    let size = |of: &Vec<usize>| of.iter().map(|&at| known.n_sentences(&events[at])).sum();
    let keys_of = keys(together.iter().map(size), options.sentences);
    let mut key_of = vec![0; events.len()];
    for (of, key) in together.iter().zip(&keys_of) {
        of.iter().for_each(|&at| key_of[at] = *key);
    }

    let as_number = |number: usize| i64::try_from(number).expect("there are not so many");
    let mut placed = vec![];
    for (at, event) in events.iter().enumerate() {
        placed.push(Row::new(EVENT, event.id.to_string(), key_of[at], as_number(at), event));
        placed.extend(
            event
                .articles
                .iter()
                .map(|article| Row::without_record(ARTICLE, article.as_str(), key_of[at], 1)),
        );
    }
    for (at, claim) in claims.iter().enumerate() {
        let key = key_of[number[&claim.event]];
        placed.push(Row::new(CLAIM, claim.id.to_string(), key, as_number(at), claim));
    }
    // Articles of no event have keys behind those of the events.
    let after = keys_of.iter().max().map_or(0, |key| key + 1);
    let alone: Vec<(&ArticleId, &Placed)> =
        of_articles.iter().filter(|(_, of)| of.grouped.is_none()).collect();
    let keys_alone = keys(alone.iter().map(|(_, of)| of.n_sentences), options.sentences);
    placed.extend(
        alone
            .iter()
            .zip(keys_alone)
            .map(|((article, _), key)| Row::without_record(ARTICLE, article.as_str(), after + key, 1)),
    );
    Ok(placed)
}
