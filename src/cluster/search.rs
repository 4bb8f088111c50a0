use std::collections::{BTreeMap, BTreeSet};

use super::linkage::{Link, Linkage, Verifications, components, ordered};
use super::pool::Pool;
use super::{Candidate, ClusterOptions, Material, Verification, Verifier};
use crate::records::{Claim, Event, Mention, Tier};

/// Seeks claims pool by pool and keeps every pair that it verified.
pub(super) struct Search<'search, 'run> {
    material: &'search Material<'run>,
    verifier: &'search Verifier,
    options: &'search ClusterOptions,
    pub found: Verifications,
}

impl<'search, 'run> Search<'search, 'run> {
    pub(super) fn new(
        material: &'search Material<'run>,
        verifier: &'search Verifier,
        options: &'search ClusterOptions,
    ) -> Self {
        Self { material, verifier, options, found: Verifications::new() }
    }

    /// The claims within events, or in the whole corpus if the options say so.
    pub(super) fn claims(&mut self, events: &[Event]) -> Vec<Claim> {
        let pools = self.pools(events);
        let links: Vec<Vec<Link>> = pools.iter().map(|pool| self.links(pool, &|_, _| true)).collect();
        // Complete linkage asks for every pair of a component, also those that are not each other's best.
        let missing: Vec<_> =
            pools.iter().zip(&links).flat_map(|(pool, links)| self.missing(pool, links)).collect();
        self.verify(&missing);
        let claims = pools.iter().zip(&links).flat_map(|(pool, links)| self.linkage(pool).claims(links));
        claims.collect()
    }

    /// One pool for each event, or one for all.
    fn pools(&self, events: &[Event]) -> Vec<Pool<'run>> {
        let of_event = |(event, of_event): (usize, &Event)| -> Vec<(usize, Vec<Candidate<'run>>)> {
            let articles = of_event.articles.iter();
            articles.map(|&article| (event, self.material.candidates(article).collect())).collect()
        };
        let by_event = events.iter().enumerate().map(of_event);
        let groups: Vec<Vec<_>> = match self.options.across_events {
            true => vec![by_event.flatten().collect()],
            false => by_event.collect(),
        };
        let pools = groups.iter().map(|articles| Pool::new(articles, self.material));
        pools.filter(|pool| !pool.is_of_one_outlet()).collect()
    }

    /// The links of a pool, with what was found kept.
    fn links(&mut self, pool: &Pool<'run>, wanted: &(dyn Fn(usize, usize) -> bool + Sync)) -> Vec<Link> {
        let found = pool.links(self.verifier, self.material.names, self.options, wanted);
        self.found.extend(found.iter().map(|&(link, verification)| (pool.sentences(link), verification)));
        found.into_iter().map(|(link, _)| link).collect()
    }

    fn linkage<'event>(&'event self, pool: &'event Pool<'run>) -> Linkage<'event, 'run> {
        Linkage { pool, verified: &self.found, options: self.options }
    }

    /// Pairs of one component of matching links that were not verified.
    fn missing(&self, pool: &Pool<'run>, links: &[Link]) -> Vec<(Candidate<'run>, Candidate<'run>)> {
        let passes = |link: &&Link| self.options.tier(&self.found[&pool.sentences(**link)]).is_some();
        let matching: Vec<Link> = links.iter().filter(passes).copied().collect();
        let mut missing = vec![];
        for component in components(pool.candidates.len(), &matching) {
            for (n, &i) in component.iter().enumerate() {
                let links = component[n + 1..].iter().map(|&j| (i, j));
                let unknown = links.filter(|&link| !self.found.contains_key(&pool.sentences(link)));
                missing.extend(unknown.map(|link| pool.pair(link)));
            }
        }
        missing
    }

    fn verify(&mut self, pairs: &[(Candidate<'run>, Candidate<'run>)]) {
        let keys = pairs.iter().map(|(a, b)| ordered((a.sentence, b.sentence)));
        self.found.extend(keys.zip(self.verifier.verify(pairs, self.material.names)));
    }

    /// Seeks claims between neighbouring events among the sentences that no claim has: a sentence that surely makes a
    /// claim of the other event goes to that claim; two that are surely the same make a claim of the first event.
    pub(super) fn between_neighbours(&mut self, events: &[Event], claims: &mut Vec<Claim>) {
        let mut claims = Claims::new(claims);
        for (event, of_event) in events.iter().enumerate() {
            for &neighbour in of_event.neighbours.iter().filter(|&&neighbour| neighbour > event) {
                let articles = [event, neighbour]
                    .into_iter()
                    .flat_map(|event| events[event].articles.iter().map(move |&article| (event, article)));
                let candidates = articles.map(|(event, article)| {
                    let open = self.material.candidates(article).filter(|it| claims.is_open(it.sentence));
                    (event, open.collect())
                });
                let pool = Pool::new(&candidates.collect::<Vec<_>>(), self.material);
                if !pool.is_of_one_outlet() {
                    self.join_neighbours(&pool, &mut claims);
                }
            }
        }
    }

    fn join_neighbours(&mut self, pool: &Pool<'run>, claims: &mut Claims<'_>) {
        let event = |i: usize| pool.event_of(pool.candidates[i].article);
        // As they stand before any sentence of this pool is given away.
        let medoids: Vec<Option<usize>> =
            pool.candidates.iter().map(|candidate| claims.of_medoid(candidate.sentence)).collect();
        let is_wanted =
            |i: usize, j: usize| event(i) != event(j) && (medoids[i].is_none() || medoids[j].is_none());
        let mut taken = BTreeSet::new();
        for (i, j) in self.links(pool, &is_wanted) {
            if !self.is_sure(&self.found[&pool.sentences((i, j))]) || taken.contains(&i) || taken.contains(&j)
            {
                continue;
            }
            let (claim, medoid, joining) = match (medoids[i], medoids[j]) {
                (None, None) => {
                    taken.extend([i, j]);
                    claims.push(self.linkage(pool).claim(&[i, j], &[]));
                    continue;
                }
                (Some(claim), _) => (claim, i, j),
                (None, Some(claim)) => (claim, j, i),
            };
            if self.makes(&claims.list[claim], &pool.candidates[joining]) {
                taken.insert(joining);
                claims.add(claim, self.linkage(pool).mention(joining, medoid));
            }
        }
    }

    fn is_sure(&self, found: &Verification) -> bool {
        self.options.tier(found) == Some(Tier::Confirmed)
    }

    /// Whether a sentence is surely the same as each that makes the claim.
    fn makes(&mut self, claim: &Claim, candidate: &Candidate<'run>) -> bool {
        let members = claim.making().filter_map(|mention| self.material.candidate(mention.sentence));
        let pairs = members.map(|member| (member, *candidate));
        let key = |member: &Candidate<'_>| ordered((member.sentence, candidate.sentence));
        let (known, unknown): (Vec<_>, Vec<_>) =
            pairs.partition(|(member, _)| self.found.contains_key(&key(member)));
        self.verify(&unknown);
        known.iter().chain(&unknown).all(|(member, _)| self.is_sure(&self.found[&key(member)]))
    }
}

/// The claims of a run with the claim of each of their sentences.
struct Claims<'run> {
    list: &'run mut Vec<Claim>,
    of_sentence: BTreeMap<usize, usize>,
}

impl<'run> Claims<'run> {
    fn new(list: &'run mut Vec<Claim>) -> Self {
        let of_claim = |(position, claim): (usize, &Claim)| -> Vec<(usize, usize)> {
            claim.mentions.iter().map(|mention| (mention.sentence, position)).collect()
        };
        let of_sentence = list.iter().enumerate().flat_map(of_claim).collect();
        Self { list, of_sentence }
    }

    /// The claim that the sentence stands for.
    fn of_medoid(&self, sentence: usize) -> Option<usize> {
        self.of_sentence.get(&sentence).copied().filter(|&claim| self.list[claim].medoid == sentence)
    }

    /// True for a sentence that no claim has, and for one that stands for a claim.
    fn is_open(&self, sentence: usize) -> bool {
        !self.of_sentence.contains_key(&sentence) || self.of_medoid(sentence).is_some()
    }

    fn push(&mut self, claim: Claim) {
        self.of_sentence.extend(claim.mentions.iter().map(|mention| (mention.sentence, self.list.len())));
        self.list.push(claim);
    }

    fn add(&mut self, claim: usize, mention: Mention) {
        self.of_sentence.insert(mention.sentence, claim);
        self.list[claim].add(mention);
    }
}
