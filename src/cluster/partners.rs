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

/// Whether a sentence may be in a claim, by its words alone: one of another outlet, in its event or a neighbouring one, has some of
/// them. One figure for each sentence of the corpus. Nothing is encoded for it.
pub fn have_partners(material: &Material<'_>, events: &[Event], options: &ClusterOptions) -> Vec<bool> {
    let order: BTreeMap<EventId, usize> =
        events.iter().enumerate().map(|(position, event)| (event.id, position)).collect();
    let of_event = |(position, event): (usize, &Event)| {
        let neighbours = event.neighbours.iter().map(|neighbour| order[neighbour]);
        let neighbours = neighbours.filter(|&neighbour| neighbour > position);
        let pairs = neighbours.map(|neighbour| {
            let members = Members::new(material, &[event, &events[neighbour]], |_| true);
            partners(material, &members, BETWEEN, &|a, b| members.events[&a] != members.events[&b])
        });
        let members = Members::new(material, &[event], |_| true);
        let within = partners(material, &members, WITHIN, &|_, _| true);
        pairs.flatten().chain(within).collect::<Vec<usize>>()
    };
    let found: Vec<usize> = if options.across_events {
        let members = Members::new(material, &events.iter().collect::<Vec<_>>(), |_| true);
        partners(material, &members, WITHIN, &|_, _| true)
    } else {
        events.par_iter().enumerate().flat_map_iter(of_event).collect()
    };
    let mut have = vec![false; material.corpus.n_sentences()];
    found.into_iter().for_each(|position| have[position] = true);
    have
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
