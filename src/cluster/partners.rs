use std::collections::BTreeMap;

use rayon::prelude::*;

use super::pool::Terms;
use super::search::Members;
use super::{ClusterOptions, Material};
use crate::records::{Event, EventId};

/// Least cosine of the terms of two sentences that may be one claim, in one event and in neighbouring ones, where only what is surely the same
/// counts. `docs/experiments/matching.md` says what they let go.
const WITHIN: f32 = 0.12;
const BETWEEN: f32 = 0.27;

/// The sentences that may be in a claim, by their words alone: one of another outlet has some of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Partners {
    /// Whether a sentence has a partner in its event. One for each sentence of the corpus.
    within: Vec<bool>,
    /// The sentences of two neighbouring events that have a partner in the other, in order.
    between: BTreeMap<(EventId, EventId), Vec<usize>>,
}

impl Partners {
    /// Of each event, and of each two neighbouring ones. Nothing is encoded for it.
    pub fn new(material: &Material<'_>, events: &[Event], options: &ClusterOptions) -> Self {
        let order: BTreeMap<EventId, usize> =
            events.iter().enumerate().map(|(position, event)| (event.id, position)).collect();
        let between = |(position, event): (usize, &Event)| {
            let neighbours = event.neighbours.iter().map(|neighbour| order[neighbour]);
            let neighbours = neighbours.filter(|&neighbour| neighbour > position);
            let pairs = neighbours.map(|neighbour| {
                let other = &events[neighbour];
                let members = Members::new(material, &[event, other], &|_| true);
                let are_apart = |a, b| members.events[&a] != members.events[&b];
                ((event.id, other.id), partners(material, &members, BETWEEN, &are_apart))
            });
            pairs.collect::<Vec<_>>()
        };
        let pools: Vec<Vec<&Event>> = match options.across_events {
            true => vec![events.iter().collect()],
            false => events.iter().map(|event| vec![event]).collect(),
        };
        let within = |events: &Vec<&Event>| {
            let members = Members::new(material, events, &|_| true);
            partners(material, &members, WITHIN, &|_, _| true)
        };
        let found: Vec<usize> = pools.par_iter().flat_map_iter(within).collect();
        let mut have = vec![false; material.corpus.n_sentences()];
        found.into_iter().for_each(|position| have[position] = true);
        let between = match options.across_events {
            true => BTreeMap::new(),
            false => events.par_iter().enumerate().flat_map_iter(between).collect(),
        };
        Self { within: have, between }
    }

    /// Whether a sentence has a partner anywhere. One for each sentence of the corpus.
    pub fn anywhere(&self) -> Vec<bool> {
        let mut have = self.within.clone();
        self.between.values().flatten().for_each(|&position| have[position] = true);
        have
    }

    pub(super) fn within(&self, position: usize) -> bool {
        self.within[position]
    }

    pub(super) fn between(&self, a: EventId, b: EventId, position: usize) -> bool {
        self.between.get(&(a, b)).is_some_and(|positions| positions.binary_search(&position).is_ok())
    }
}

/// The positions of the sentences that have a partner in a pool, in an article that goes with theirs.
fn partners(
    material: &Material<'_>,
    members: &Members,
    least: f32,
    go_together: &dyn Fn(usize, usize) -> bool,
) -> Vec<usize> {
    if members.are_of_one_outlet(material) {
        return vec![];
    }
    let sentences: Vec<_> =
        members.positions.iter().map(|&position| material.corpus.sentence_at(position)).collect();
    let texts: Vec<_> = sentences
        .iter()
        .map(|sentence| (sentence.text(), material.terms.of_document(sentence.document)))
        .collect();
    let terms = Terms::new(&texts);
    let has_partner = |&n: &usize| {
        let sentence = &sentences[n];
        terms.cosines(n).into_iter().zip(&sentences).any(|(cosine, other)| {
            cosine >= least
                && other.outlet() != sentence.outlet()
                && go_together(sentence.document, other.document)
        })
    };
    (0..sentences.len()).filter(has_partner).map(|n| members.positions[n]).collect()
}
