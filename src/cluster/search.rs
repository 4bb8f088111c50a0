use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::linkage::{Group, Link, Linkage, Verifications, components, ordered};
use super::material::Encoded;
use super::pool::Pool;
use super::{Candidate, ClusterOptions, Material, Verification, Verifier};
use crate::error::Result;
use crate::records::{Claim, Event, EventId, Mention, Relation, SentenceId, Tier};

/// Least likeness of two sentences of neighbouring events that are looked at, where [`ClusterOptions::candidate`] is not more: only what is
/// surely the same counts there. `docs/experiments/matching.md` says what it lets go.
const NEIGHBOURS: f32 = 0.38;

/// Seeks claims pool by pool and keeps the verified pairs of their sentences.
pub(super) struct Search<'search, 'run> {
    material: &'search Material<'run>,
    verifier: &'search Verifier,
    options: &'search ClusterOptions,
    /// Least likeness of two sentences that are looked at.
    likeness: f32,
    /// Least probability that is of use.
    least: f32,
    /// The pairs of the pool under way.
    found: Verifications,
    /// The pairs of sentences of claims.
    pub kept: Verifications,
}

/// Every pair of sentences of one event that is looked at, with what the verifier says of it: what [`cluster`](super::cluster) chooses
/// from.
///
/// # Errors
/// What the encoder says.
pub fn candidates(
    material: &Material<'_>,
    events: &[Event],
    verifier: &Verifier,
    options: &ClusterOptions,
) -> Result<Verifications> {
    let mut found = Verifications::new();
    for event in events {
        let members = Members::new(material, &[event], |_| true);
        if members.are_of_one_outlet(material) {
            continue;
        }
        let encoded = Encoded::new(material, members.positions.clone())?;
        let pool = Pool::new(&encoded, &members.events);
        let links = pool.nearest(options.candidate);
        let pairs: Vec<_> = links.iter().map(|&link| pool.pair(link)).collect();
        let verified = verifier.verify(&pairs, material.names, material.read, 0.0)?;
        found.extend(links.into_iter().map(|link| pool.sentences(link)).zip(verified));
    }
    Ok(found)
}

/// The documents of a pool with their events, and the positions of the sentences that are looked at.
pub(super) struct Members {
    pub events: BTreeMap<usize, EventId>,
    pub positions: Vec<usize>,
}

impl Members {
    /// The articles of some events; of their sentences those that are `wanted`.
    pub(super) fn new(
        material: &Material<'_>,
        events: &[&Event],
        wanted: impl Fn(&SentenceId) -> bool,
    ) -> Self {
        let corpus = material.corpus;
        let articles =
            events.iter().flat_map(|event| event.articles.iter().map(|article| (article, event.id)));
        let events: BTreeMap<usize, EventId> =
            articles.map(|(article, event)| (corpus.position_of(article), event)).collect();
        let positions = events.keys().flat_map(|&document| material.matched(document));
        let positions = positions.filter(|&position| wanted(corpus.sentence_at(position).id())).collect();
        Self { events, positions }
    }

    /// True where no two sentences are of different outlets: then nothing needs to be encoded.
    pub(super) fn are_of_one_outlet(&self, material: &Material<'_>) -> bool {
        let mut outlets =
            self.positions.iter().map(|&position| material.corpus.sentence_at(position).outlet());
        let first = outlets.next();
        outlets.all(|outlet| Some(outlet) == first)
    }
}

impl<'search, 'run> Search<'search, 'run> {
    pub(super) fn new(
        material: &'search Material<'run>,
        verifier: &'search Verifier,
        options: &'search ClusterOptions,
    ) -> Self {
        let (likeness, least) = (options.candidate, options.possible);
        let (found, kept) = (Verifications::new(), Verifications::new());
        Self { material, verifier, options, likeness, least, found, kept }
    }

    /// The claims within events, or in the whole corpus if the options say so. Events are looked at side by side.
    pub(super) fn claims(&mut self, events: &[Event]) -> Result<Vec<Claim>> {
        let all: Vec<&Event> = events.iter().collect();
        let n_events = if self.options.across_events { all.len().max(1) } else { 1 };
        let seek = |events: &[&Event]| {
            let mut search = Self::new(self.material, self.verifier, self.options);
            let members = Members::new(self.material, events, |_| true);
            if members.are_of_one_outlet(self.material) {
                return Ok((vec![], search.kept));
            }
            let claims = search.claims_of(&members)?;
            Ok((claims, search.kept))
        };
        let found: Result<Vec<_>> = all.par_chunks(n_events).map(seek).collect();
        let mut claims = vec![];
        for (of_event, kept) in found? {
            claims.extend(of_event);
            self.kept.extend(kept);
        }
        Ok(claims)
    }

    fn claims_of(&mut self, members: &Members) -> Result<Vec<Claim>> {
        let encoded = Encoded::new(self.material, members.positions.clone())?;
        let pool = Pool::new(&encoded, &members.events);
        let links = self.links(&pool, &|_, _| true)?;
        // Linkage asks for every pair of a component, also those that are not near enough to be looked at.
        let missing = self.missing(&pool, &links);
        self.verify(&missing)?;
        let claims = self.linkage(&pool).claims(&links);
        self.keep();
        Ok(claims)
    }

    /// The pairs of a pool that share a proposition or contradict each other, with what was found noted.
    fn links(&mut self, pool: &Pool<'_>, wanted: &dyn Fn(usize, usize) -> bool) -> Result<Vec<Link>> {
        let near = pool.nearest(self.likeness);
        let wanted: Vec<Link> = near.into_iter().filter(|&(i, j)| wanted(i, j)).collect();
        self.verify(&wanted.iter().map(|&link| pool.pair(link)).collect::<Vec<_>>())?;
        let is_link = |link: &Link| is_of_use(&self.found[&pool.sentences(*link)], self.options);
        Ok(wanted.into_iter().filter(is_link).collect())
    }

    fn linkage<'event>(&'event self, pool: &'event Pool<'event>) -> Linkage<'event, 'event> {
        Linkage { pool, verified: &self.found, options: self.options }
    }

    /// Pairs of one component of sentences that say the same that were not verified, of different outlets.
    fn missing<'pool>(
        &self,
        pool: &Pool<'pool>,
        links: &[Link],
    ) -> Vec<(Candidate<'pool>, Candidate<'pool>)> {
        let is_same = |link: &&Link| self.options.is_same(&self.found[&pool.sentences(**link)]);
        let same: Vec<Link> = links.iter().filter(is_same).copied().collect();
        let mut missing = vec![];
        for component in components(pool.candidates.len(), &same) {
            for (n, &i) in component.iter().enumerate() {
                let links = component[n + 1..].iter().map(|&j| (i, j));
                let is_unknown = |link: &Link| {
                    let (a, b) = pool.pair(*link);
                    a.outlet != b.outlet && !self.found.contains_key(&pool.sentences(*link))
                };
                missing.extend(links.filter(is_unknown).map(|link| pool.pair(link)));
            }
        }
        missing
    }

    fn verify(&mut self, pairs: &[(Candidate<'_>, Candidate<'_>)]) -> Result<()> {
        let keys = pairs.iter().map(|(a, b)| ordered((a.position, b.position)));
        let Material { names, read, .. } = *self.material;
        let verified = self.verifier.verify(pairs, names, read, self.least)?;
        self.found.extend(keys.zip(verified));
        Ok(())
    }

    /// Of the pairs found in a pool, keeps those that comparisons are made of.
    fn keep(&mut self) {
        let found = std::mem::take(&mut self.found).into_iter();
        let options = self.options;
        self.kept.extend(found.filter(|(_, found)| is_of_use(found, options)));
    }

    /// Seeks claims between neighbouring events among the sentences that no claim has: a sentence that surely makes a
    /// claim of the other event goes to that claim; two that are surely the same make a claim of the first event.
    ///
    /// Pairs of events are taken in their order, and side by side as far as no two of them have an event in common.
    pub(super) fn between_neighbours(&mut self, events: &[Event], claims: &mut Vec<Claim>) -> Result<()> {
        let mut claims = Claims::new(claims);
        for round in rounds(events) {
            let seek = |&(a, b): &(usize, usize)| {
                let mut search = Self {
                    likeness: self.options.candidate.max(NEIGHBOURS),
                    least: self.options.confirmed,
                    ..Self::new(self.material, self.verifier, self.options)
                };
                let members = Members::new(self.material, &[&events[a], &events[b]], |id| claims.is_open(id));
                if members.are_of_one_outlet(self.material) {
                    return Ok((vec![], search.kept));
                }
                let joins = search.joins(&members, &claims)?;
                search.keep();
                Ok((joins, search.kept))
            };
            let found: Result<Vec<_>> = round.par_iter().map(seek).collect();
            for (joins, kept) in found? {
                self.kept.extend(kept);
                for join in joins {
                    match join {
                        Join::New(claim) => claims.push(claim),
                        Join::To(claim, mention) => claims.add(claim, mention),
                    }
                }
            }
        }
        Ok(())
    }

    /// What two neighbouring events have in common.
    fn joins(&mut self, members: &Members, claims: &Claims<'_>) -> Result<Vec<Join>> {
        let encoded = Encoded::new(self.material, members.positions.clone())?;
        let pool = Pool::new(&encoded, &members.events);
        // As they stand before any sentence of this pool is given away.
        let medoids: Vec<Option<usize>> =
            pool.candidates.iter().map(|candidate| claims.of_medoid(candidate.id)).collect();
        let is_wanted = |i: usize, j: usize| {
            pool.event_of(i) != pool.event_of(j) && (medoids[i].is_none() || medoids[j].is_none())
        };
        let (mut taken, mut joined, mut joins) = (BTreeSet::new(), BTreeMap::new(), vec![]);
        for (i, j) in self.links(&pool, &is_wanted)? {
            if !self.is_sure(&self.found[&pool.sentences((i, j))]) || taken.contains(&i) || taken.contains(&j)
            {
                continue;
            }
            let (claim, medoid, joining) = match (medoids[i], medoids[j]) {
                (None, None) => {
                    taken.extend([i, j]);
                    joins.push(Join::New(self.linkage(&pool).claim(&Group::of(vec![i, j]))));
                    continue;
                }
                (Some(claim), _) => (claim, i, j),
                (None, Some(claim)) => (claim, j, i),
            };
            let so_far: &mut Claim = joined.entry(claim).or_insert_with(|| claims.list[claim].clone());
            if self.makes(so_far, &pool.candidates[joining])? {
                taken.insert(joining);
                let mention = self.linkage(&pool).mention(joining, medoid, Relation::Same);
                so_far.add(mention.clone());
                joins.push(Join::To(claim, mention));
            }
        }
        Ok(joins)
    }

    fn is_sure(&self, found: &Verification) -> bool {
        self.options.tier(found) == Some(Tier::Confirmed) && self.options.is_same(found)
    }

    /// Whether a sentence is surely the same as each that makes the claim.
    fn makes(&mut self, claim: &Claim, candidate: &Candidate<'_>) -> Result<bool> {
        let members = claim.making().map(|mention| self.material.corpus.sentence_position(&mention.sentence));
        let links: Vec<Link> = members.map(|member| ordered((member, candidate.position))).collect();
        let unknown: Vec<Link> =
            links.iter().copied().filter(|link| !self.found.contains_key(link)).collect();
        let encoded = Encoded::of_pairs(self.material, &unknown)?;
        self.verify(&unknown.iter().map(|&link| encoded.pair(link)).collect::<Vec<_>>())?;
        Ok(links.iter().all(|link| self.is_sure(&self.found[link])))
    }
}

/// What two neighbouring events bring to the claims.
enum Join {
    New(Claim),
    /// To the claim at this place of the list.
    To(usize, Mention),
}

/// The pairs of neighbouring events, in rounds of pairs without a common event: whatever a pair changes, those that come after it in
/// order and have an event of it are in a later round.
fn rounds(events: &[Event]) -> Vec<Vec<(usize, usize)>> {
    let order: BTreeMap<EventId, usize> =
        events.iter().enumerate().map(|(position, event)| (event.id, position)).collect();
    let (mut rounds, mut next): (Vec<Vec<(usize, usize)>>, Vec<usize>) = (vec![], vec![0; events.len()]);
    for (position, event) in events.iter().enumerate() {
        let neighbours = event.neighbours.iter().map(|neighbour| order[neighbour]);
        for neighbour in neighbours.filter(|&neighbour| neighbour > position) {
            let round = next[position].max(next[neighbour]);
            (next[position], next[neighbour]) = (round + 1, round + 1);
            if round == rounds.len() {
                rounds.push(vec![]);
            }
            rounds[round].push((position, neighbour));
        }
    }
    rounds
}

/// Whether two sentences have anything to do with each other.
fn is_of_use(found: &Verification, options: &ClusterOptions) -> bool {
    options.tier(found).is_some() || options.is_conflict(found)
}

/// The claims of a run with the claim of each of their sentences.
struct Claims<'run> {
    list: &'run mut Vec<Claim>,
    of_sentence: BTreeMap<SentenceId, usize>,
}

impl<'run> Claims<'run> {
    fn new(list: &'run mut Vec<Claim>) -> Self {
        let of_claim = |(position, claim): (usize, &Claim)| -> Vec<(SentenceId, usize)> {
            claim.mentions.iter().map(|mention| (mention.sentence.clone(), position)).collect()
        };
        let of_sentence = list.iter().enumerate().flat_map(of_claim).collect();
        Self { list, of_sentence }
    }

    /// The claim that the sentence stands for.
    fn of_medoid(&self, sentence: &SentenceId) -> Option<usize> {
        self.of_sentence.get(sentence).copied().filter(|&claim| self.list[claim].medoid == *sentence)
    }

    /// True for a sentence that no claim has, and for one that stands for a claim.
    fn is_open(&self, sentence: &SentenceId) -> bool {
        !self.of_sentence.contains_key(sentence) || self.of_medoid(sentence).is_some()
    }

    fn push(&mut self, claim: Claim) {
        let sentences = claim.mentions.iter().map(|mention| (mention.sentence.clone(), self.list.len()));
        self.of_sentence.extend(sentences);
        self.list.push(claim);
    }

    fn add(&mut self, claim: usize, mention: Mention) {
        self.of_sentence.insert(mention.sentence.clone(), claim);
        self.list[claim].add(mention);
    }
}
