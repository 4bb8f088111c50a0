use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

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
        let members = Members::new(material, &[event], &|position| has_partner(material, position));
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
    pub(super) fn new(material: &Material<'_>, events: &[&Event], wanted: &dyn Fn(usize) -> bool) -> Self {
        let corpus = material.corpus;
        let articles =
            events.iter().flat_map(|event| event.articles.iter().map(|article| (article, event.id)));
        let events: BTreeMap<usize, EventId> =
            articles.map(|(article, event)| (corpus.position_of(article), event)).collect();
        let positions = events.keys().flat_map(|&document| material.matched(document));
        let positions = positions.filter(|&position| wanted(position)).collect();
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
            let members =
                Members::new(self.material, events, &|position| has_partner(self.material, position));
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

    /// The sentences of neighbouring events that are surely the same, of those that no claim has and those that stand for one. In the order of the events,
    /// then of the sentences; each two events by themselves.
    pub(super) fn ties(&mut self, events: &[Event], claims: &[Claim]) -> Result<Vec<Tie>> {
        let claims = ClaimOf::new(claims);
        let seek = |&(a, b): &(usize, usize)| {
            let mut search = Self {
                likeness: self.options.candidate.max(NEIGHBOURS),
                least: self.options.confirmed,
                ..Self::new(self.material, self.verifier, self.options)
            };
            let Material { corpus, partners, .. } = *self.material;
            let is_wanted = |position: usize| {
                partners.is_none_or(|partners| partners.between(events[a].id, events[b].id, position))
                    && claims.is_open(corpus.sentence_at(position).id())
            };
            let members = Members::new(self.material, &[&events[a], &events[b]], &is_wanted);
            if members.are_of_one_outlet(self.material) {
                return Ok((vec![], search.kept));
            }
            let ties = search.ties_of(&members, &claims)?;
            search.keep();
            Ok((ties, search.kept))
        };
        let found: Result<Vec<_>> = pairs_of_neighbours(events).par_iter().map(seek).collect();
        let mut ties = vec![];
        for (of_pair, kept) in found? {
            self.kept.extend(kept);
            ties.extend(of_pair);
        }
        Ok(ties)
    }

    /// What two neighbouring events have in common.
    fn ties_of(&mut self, members: &Members, claims: &ClaimOf<'_>) -> Result<Vec<Tie>> {
        let encoded = Encoded::new(self.material, members.positions.clone())?;
        let pool = Pool::new(&encoded, &members.events);
        let medoids: Vec<Option<&Claim>> =
            pool.candidates.iter().map(|candidate| claims.of_medoid(candidate.id)).collect();
        let is_wanted = |i: usize, j: usize| {
            pool.event_of(i) != pool.event_of(j) && (medoids[i].is_none() || medoids[j].is_none())
        };
        let mut ties = vec![];
        for (i, j) in self.links(&pool, &is_wanted)? {
            if !self.is_sure(&self.found[&pool.sentences((i, j))]) {
                continue;
            }
            let is_tied = match (medoids[i], medoids[j]) {
                (Some(claim), _) => self.makes(claim, &pool.candidates[j])?,
                (None, Some(claim)) => self.makes(claim, &pool.candidates[i])?,
                (None, None) => true,
            };
            if is_tied {
                let linkage = self.linkage(&pool);
                let mention = |of: usize, with: usize| linkage.mention(of, with, Relation::Same);
                ties.push(Tie {
                    mentions: [mention(i, j), mention(j, i)],
                    claim: linkage.claim(&Group::of(vec![i, j])),
                });
            }
        }
        Ok(ties)
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

/// Two sentences of neighbouring events that are surely the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tie {
    /// The sentences, the lower id first; each as a mention of the other.
    mentions: [Mention; 2],
    /// The claim that they make where no other has them.
    claim: Claim,
}

impl Tie {
    /// The sentences, the lower id first.
    pub fn sentences(&self) -> [&SentenceId; 2] {
        self.mentions.each_ref().map(|mention| &mention.sentence)
    }
}

/// Puts what neighbouring events have in common into their claims, one tie after the other: a sentence that no claim has goes to the claim for which the
/// other one stands; two that no claim has make one. To a claim that was made so, a sentence goes that has a tie with each of its sentences.
pub fn join(mut claims: Vec<Claim>, ties: &[Tie]) -> Vec<Claim> {
    let of_claim = |(position, claim): (usize, &Claim)| -> Vec<(SentenceId, usize)> {
        claim.mentions.iter().map(|mention| (mention.sentence.clone(), position)).collect()
    };
    let mut claim_of: BTreeMap<SentenceId, usize> = claims.iter().enumerate().flat_map(of_claim).collect();
    let n_within = claims.len();
    let tied: BTreeSet<[&SentenceId; 2]> = ties.iter().map(Tie::sentences).collect();
    for Tie { mentions, claim } in ties {
        let [a, b] = mentions.each_ref().map(|mention| &mention.sentence);
        let (claim_at, joining) = match (claim_of.get(a), claim_of.get(b)) {
            (None, None) => {
                claim_of.extend([(a.clone(), claims.len()), (b.clone(), claims.len())]);
                claims.push(claim.clone());
                continue;
            }
            (Some(&at), None) if claims[at].medoid == *a => (at, &mentions[1]),
            (None, Some(&at)) if claims[at].medoid == *b => (at, &mentions[0]),
            _ => continue,
        };
        let is_tied = |with: &Mention| {
            let (with, joining) = (&with.sentence, &joining.sentence);
            tied.contains(&if with < joining { [with, joining] } else { [joining, with] })
        };
        if claim_at < n_within || claims[claim_at].mentions.iter().all(is_tied) {
            claim_of.insert(joining.sentence.clone(), claim_at);
            claims[claim_at].add(joining.clone());
        }
    }
    claims
}

/// The pairs of neighbouring events, in order.
fn pairs_of_neighbours(events: &[Event]) -> Vec<(usize, usize)> {
    let order: BTreeMap<EventId, usize> =
        events.iter().enumerate().map(|(position, event)| (event.id, position)).collect();
    let pairs = events.iter().enumerate().flat_map(|(position, event)| {
        let neighbours = event.neighbours.iter().map(|neighbour| order[neighbour]);
        neighbours.filter(move |&neighbour| neighbour > position).map(move |neighbour| (position, neighbour))
    });
    pairs.collect()
}

/// True where a sentence is looked at within its event.
fn has_partner(material: &Material<'_>, position: usize) -> bool {
    material.partners.is_none_or(|partners| partners.within(position))
}

/// Whether two sentences have anything to do with each other.
fn is_of_use(found: &Verification, options: &ClusterOptions) -> bool {
    options.tier(found).is_some() || options.is_conflict(found)
}

/// The claim of each sentence that one has.
struct ClaimOf<'run>(BTreeMap<&'run SentenceId, &'run Claim>);

impl<'run> ClaimOf<'run> {
    fn new(claims: &'run [Claim]) -> Self {
        let of_claim =
            |claim: &'run Claim| claim.mentions.iter().map(move |mention| (&mention.sentence, claim));
        Self(claims.iter().flat_map(of_claim).collect())
    }

    /// The claim that the sentence stands for.
    fn of_medoid(&self, sentence: &SentenceId) -> Option<&'run Claim> {
        self.0.get(sentence).copied().filter(|claim| claim.medoid == *sentence)
    }

    /// True for a sentence that no claim has, and for one that stands for a claim.
    fn is_open(&self, sentence: &SentenceId) -> bool {
        self.0.get(sentence).is_none_or(|claim| claim.medoid == *sentence)
    }
}
