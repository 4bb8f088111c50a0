//! Sentences -> [`Claim`]s: candidates by cosine, a verifier for each pair, linkage that does not chain.
//!
//! 1. `pool`: the sentences of an event, and the pairs of them that are each other's nearest.
//! 2. `similarity`, `evidence`, `checks`: how alike two sentences are, and what speaks for and against their being one claim.
//! 3. `verifier`: the probability that they are one claim, and that they contradict each other.
//! 4. `linkage`: complete linkage over the verified pairs, so that every two sentences of a claim pass on their own, and no
//!    two that contradict each other are in one.

mod similarity;
mod anchors;
mod pair;
mod checks;
mod evidence;
mod verifier;
mod pool;
mod linkage;
mod targets;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use linkage::{Link, Linkage, Verified};
use pool::Pool;
use serde::{Deserialize, Serialize};

use crate::records::{Annotations, Article, Claim, Comparison, Encoding, Event, Relation, Sentence, Tier};

pub use anchors::NameFrequency;
pub use checks::{Verdict, check};
pub use evidence::{EVIDENCE, Evidence, evidence_of};
pub use similarity::{Similarity, similarity};
pub use targets::shared_targets;
pub use verifier::{Verification, Verifier};

/// How sentences are matched: the `[cluster]` section of a job file.
///
/// `models/train_verifier.py` says on which pairs the thresholds were chosen, and what they let through.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClusterOptions {
    /// Least probability of a match that is listed as confirmed, in [0, 1].
    pub confirmed: f32,
    /// Least probability of a match at all, in [0, 1].
    pub possible: f32,
    /// Least probability of a contradiction from which on two sentences are not put into one claim, in [0, 1].
    pub conflicting: f32,
    /// Least probability of a contradiction from which on a match is not confirmed, in [0, 1].
    pub doubtful: f32,
    /// Least cosine of two embeddings whose words are looked at, in [0, 1].
    pub candidate_cosine: f32,
    /// True where claims are sought in the whole corpus, and not within events and between neighbouring ones.
    pub across_events: bool,
}

impl Default for ClusterOptions {
    fn default() -> Self {
        Self {
            confirmed: 0.85,
            possible: 0.73,
            conflicting: 0.5,
            doubtful: 0.2,
            candidate_cosine: 0.45,
            across_events: false,
        }
    }
}

impl ClusterOptions {
    /// Whether a pair is one claim, and how surely; `None` where it is none.
    pub fn tier(&self, found: &Verification) -> Option<Tier> {
        let is_barred = matches!(found.verdict, Verdict::OtherSpeaker | Verdict::OtherNames);
        let is_plain = !found.is_edited && found.conflicting < self.doubtful;
        match found.same {
            _ if is_barred || self.is_conflict(found) => None,
            same if same >= self.confirmed && is_plain => Some(Tier::Confirmed),
            same if same >= self.possible => Some(Tier::Possible),
            _ => None,
        }
    }

    /// Whether two sentences contradict each other.
    pub fn is_conflict(&self, found: &Verification) -> bool {
        let is_barred = matches!(found.verdict, Verdict::OtherSpeaker | Verdict::OtherNames);
        !is_barred && found.same >= self.possible && found.conflicting >= self.conflicting
    }

    /// How two sentences relate.
    pub fn relation(&self, found: &Verification) -> Relation {
        match self.tier(found) {
            _ if self.is_conflict(found) => Relation::Conflicting,
            Some(Tier::Confirmed) => Relation::Equivalent,
            Some(Tier::Possible) => Relation::Compatible,
            None => Relation::Related,
        }
    }
}

/// A sentence with all that matching reads of it.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'run> {
    /// Position of the sentence in the run's list of sentences.
    pub sentence: usize,
    /// Position of its article in the run's list of articles.
    pub article: usize,
    /// Day of its article's publication; `None` where unknown.
    pub date: Option<Date>,
    /// Its words.
    pub text: &'run str,
    /// What the encoder gave.
    pub encoding: &'run Encoding,
    /// What the annotators found.
    pub annotations: &'run Annotations,
}

/// The records of a run that matching reads. `sentences`, `encodings` and `annotations` run in parallel; sentences without an
/// encoding are not matched. `names` counts the names and words of the same sentences.
#[derive(Clone, Copy)]
pub struct Material<'run> {
    /// In the order of their ids.
    pub articles: &'run [Article],
    /// In the order of their articles.
    pub sentences: &'run [Sentence],
    /// What the encoder gave for each sentence.
    pub encodings: &'run [Option<Encoding>],
    /// What the annotators found in each sentence.
    pub annotations: &'run [Annotations],
    /// How rare names and words are.
    pub names: &'run NameFrequency,
}

impl<'run> Material<'run> {
    /// A sentence with all that matching reads of it; `None` where it was not encoded.
    pub fn candidate(&self, sentence: usize) -> Option<Candidate<'run>> {
        let position = self.sentences[sentence].article;
        let article = &self.articles[position];
        Some(Candidate {
            sentence,
            article: position,
            date: article.date_published,
            text: self.sentences[sentence].text(article),
            encoding: self.encodings[sentence].as_ref()?,
            annotations: &self.annotations[sentence],
        })
    }

    /// The outlet of a sentence.
    pub fn outlet(&self, sentence: usize) -> &'run str {
        &self.articles[self.sentences[sentence].article].outlet
    }
}

/// Finds the claims that at least two outlets speak of, within events and between neighbouring ones, or in the whole corpus
/// (`options.across_events`). A sentence is in one claim or in none; of a sentence that an article repeats word for word,
/// the first is matched. Claims come in the order of event, then tier, then number of outlets and sentences, then first
/// sentence.
pub fn cluster(
    material: &Material<'_>,
    events: &[Event],
    verifier: &Verifier,
    options: &ClusterOptions,
) -> (Vec<Claim>, Verifications) {
    let mut search = Search { material, verifier, options, found: Verifications::new() };
    let of_article = search.candidates();
    let mut claims = search.in_pools(&search.pools(events, &of_article));
    if !options.across_events {
        for (event, of_event) in events.iter().enumerate() {
            for &neighbour in of_event.neighbours.iter().filter(|&&neighbour| neighbour > event) {
                search.across([event, neighbour], events, &of_article, &mut claims);
            }
        }
    }
    claims.sort_by_key(|claim| claim.event);
    (claims, search.found)
}

struct Search<'search, 'run> {
    material: &'search Material<'run>,
    verifier: &'search Verifier,
    options: &'search ClusterOptions,
    /// Every pair that was verified.
    found: Verifications,
}

impl<'run> Search<'_, 'run> {
    /// The sentences of each article.
    fn candidates(&self) -> Vec<Vec<Candidate<'run>>> {
        let mut of_article = vec![vec![]; self.material.articles.len()];
        for candidate in (0..self.material.sentences.len()).filter_map(|i| self.material.candidate(i)) {
            of_article[candidate.article].push(candidate);
        }
        of_article
    }

    /// One pool for each event, or one for all.
    fn pools(&self, events: &[Event], of_article: &[Vec<Candidate<'run>>]) -> Vec<Pool<'run>> {
        let of_event = |(position, event): (usize, &Event)| -> Vec<(usize, &[Candidate<'run>])> {
            event.articles.iter().map(|&article| (position, of_article[article].as_slice())).collect()
        };
        let by_event = events.iter().enumerate().map(of_event);
        let groups: Vec<Vec<_>> = match self.options.across_events {
            true => vec![by_event.flatten().collect()],
            false => by_event.collect(),
        };
        let outlet = |article: usize| self.material.articles[article].outlet.as_str();
        let pools = groups.iter().map(|articles| Pool::new(articles, &outlet));
        pools.filter(|pool| !pool.is_of_one_outlet()).collect()
    }

    /// Seeks claims between two neighbouring events among the sentences that no claim has: a sentence that surely makes a
    /// claim of the other event goes to that claim; two that are surely the same make a claim of the first event.
    fn across(
        &mut self,
        pair: [usize; 2],
        events: &[Event],
        of_article: &[Vec<Candidate<'run>>],
        claims: &mut Vec<Claim>,
    ) {
        let claimed: BTreeSet<usize> =
            claims.iter().flat_map(|claim| &claim.mentions).map(|mention| mention.sentence).collect();
        let medoids: BTreeMap<usize, usize> =
            claims.iter().enumerate().map(|(position, claim)| (claim.medoid, position)).collect();
        let is_wanted = |candidate: &Candidate<'run>| {
            !claimed.contains(&candidate.sentence) || medoids.contains_key(&candidate.sentence)
        };
        let of_pair: Vec<(usize, Vec<Candidate<'run>>)> = pair
            .into_iter()
            .flat_map(|event| events[event].articles.iter().map(move |&article| (event, article)))
            .map(|(event, article)| (event, of_article[article].iter().copied().filter(is_wanted).collect()))
            .collect();
        let of_pair: Vec<_> =
            of_pair.iter().map(|(event, candidates)| (*event, candidates.as_slice())).collect();
        let outlet = |article: usize| self.material.articles[article].outlet.as_str();
        let pool = Pool::new(&of_pair, &outlet);
        if pool.is_of_one_outlet() {
            return;
        }
        let medoid = |i: usize| medoids.get(&pool.candidates[i].sentence).copied();
        let event = |i: usize| pool.event_of(pool.candidates[i].article);
        let is_across =
            |i: usize, j: usize| event(i) != event(j) && (medoid(i).is_none() || medoid(j).is_none());
        let links = pool.links(self.verifier, self.material.names, self.options, &is_across);
        let mut verified = vec![Verified::new()];
        self.verify(std::slice::from_ref(&pool), std::slice::from_ref(&links), &mut verified);
        let verified = verified.remove(0);
        let is_sure = |link: &&Link| self.options.tier(&verified[*link]) == Some(Tier::Confirmed);
        let mut taken = BTreeSet::new();
        for &(i, j) in links.iter().filter(is_sure) {
            let link = Linkage { pool: &pool, verified: &verified, options: self.options };
            match (medoid(i), medoid(j)) {
                _ if taken.contains(&i) || taken.contains(&j) => {}
                (None, None) => {
                    taken.extend([i, j]);
                    claims.push(link.claim(&[i, j], &[]));
                }
                (Some(claim), _) if self.makes(&claims[claim], &pool.candidates[j]) => {
                    taken.insert(j);
                    claims[claim].add(link.mention(j, i));
                }
                (_, Some(claim)) if self.makes(&claims[claim], &pool.candidates[i]) => {
                    taken.insert(i);
                    claims[claim].add(link.mention(i, j));
                }
                _ => {}
            }
        }
    }

    /// Whether a sentence is surely the same as each that makes the claim.
    fn makes(&mut self, claim: &Claim, candidate: &Candidate<'run>) -> bool {
        let members = claim.making().filter_map(|mention| self.material.candidate(mention.sentence));
        let pairs: Vec<_> = members.map(|member| (member, *candidate)).collect();
        let found = self.verify_pairs(&pairs);
        found.iter().all(|found| self.options.tier(found) == Some(Tier::Confirmed))
    }

    fn in_pools(&mut self, pools: &[Pool<'run>]) -> Vec<Claim> {
        let names = self.material.names;
        let links: Vec<Vec<Link>> =
            pools.iter().map(|pool| pool.links(self.verifier, names, self.options, &|_, _| true)).collect();
        let mut verified = vec![Verified::new(); pools.len()];
        self.verify(pools, &links, &mut verified);
        // Complete linkage asks for every pair of a component, also those that are not each other's best.
        let missing: Vec<Vec<Link>> = (0..pools.len())
            .map(|i| self.missing(pools[i].candidates.len(), &links[i], &verified[i]))
            .collect();
        self.verify(pools, &missing, &mut verified);
        let claims = (0..pools.len()).flat_map(|i| {
            Linkage { pool: &pools[i], verified: &verified[i], options: self.options }.claims(&links[i])
        });
        claims.collect()
    }

    /// Verifies the pairs of all pools in one go, so that every thread has work.
    fn verify(&mut self, pools: &[Pool<'run>], links: &[Vec<Link>], verified: &mut [Verified]) {
        let all =
            || links.iter().enumerate().flat_map(|(pool, links)| links.iter().map(move |&link| (pool, link)));
        let pairs: Vec<_> = all().map(|(pool, link)| pools[pool].pair(link)).collect();
        let found = self.verify_pairs(&pairs);
        for ((pool, link), found) in all().zip(found) {
            verified[pool].insert(link, found);
        }
    }

    /// Verifies pairs and keeps what was found.
    fn verify_pairs(&mut self, pairs: &[(Candidate<'run>, Candidate<'run>)]) -> Vec<Verification> {
        let found = self.verifier.verify(pairs, self.material.names);
        let keys = pairs.iter().map(|(a, b)| key(a.sentence, b.sentence));
        self.found.extend(keys.zip(found.iter().copied()));
        found
    }

    fn missing(&self, n: usize, links: &[Link], verified: &Verified) -> Vec<Link> {
        let passes = |link: &&Link| self.options.tier(&verified[*link]).is_some();
        let matching: Vec<Link> = links.iter().filter(passes).copied().collect();
        let pairs_of = |component: Vec<usize>| {
            let pairs = component
                .clone()
                .into_iter()
                .flat_map(move |i| component.clone().into_iter().map(move |j| (i, j)));
            pairs.filter(|(i, j)| i < j).collect::<Vec<Link>>()
        };
        let pairs = linkage::components(n, &matching).into_iter().flat_map(pairs_of);
        pairs.filter(|link| !verified.contains_key(link)).collect()
    }
}

/// Verified pairs, by the positions of their sentences in the run's list, the lower one first.
pub type Verifications = BTreeMap<(usize, usize), Verification>;

fn key(a: usize, b: usize) -> (usize, usize) {
    (a.min(b), a.max(b))
}

/// For each claim, one comparison for every pair of its outlets: of the two outlets' sentences, the pair that is most
/// surely the same, or that contradict each other where one disputes the claim. Alignment and differences are left empty for
/// the later stages. `known` are pairs that were verified before.
pub fn compare_outlets(
    claims: &[Claim],
    known: &Verifications,
    material: &Material<'_>,
    verifier: &Verifier,
    options: &ClusterOptions,
) -> Vec<Comparison> {
    let choices: Vec<(usize, Vec<Link>)> =
        claims.iter().enumerate().flat_map(|(claim, of_claim)| choices(claim, of_claim, material)).collect();
    let candidate = |sentence: usize| material.candidate(sentence).expect("a matched sentence was encoded");
    let all = choices.iter().flat_map(|(_, links)| links);
    let unknown: Vec<Link> = all.filter(|&&(a, b)| !known.contains_key(&key(a, b))).copied().collect();
    let pairs: Vec<_> = unknown.iter().map(|&(a, b)| (candidate(a), candidate(b))).collect();
    let found: Verifications = unknown.into_iter().zip(verifier.verify(&pairs, material.names)).collect();
    let verification = |(a, b): Link| known.get(&key(a, b)).unwrap_or_else(|| &found[&(a, b)]);
    let mut comparisons = vec![];
    for (claim, links) in choices {
        let verified = links.into_iter().map(|link| (link, verification(link)));
        let best = verified.reduce(|best, next| if next.1.same > best.1.same { next } else { best });
        comparisons.extend(best.map(|(link, found)| comparison(claim, link, found, options)));
    }
    comparisons
}

/// For every two outlets of a claim, the pairs of their sentences.
fn choices(position: usize, claim: &Claim, material: &Material<'_>) -> Vec<(usize, Vec<Link>)> {
    let mut mentions: Vec<usize> = claim.mentions.iter().map(|mention| mention.sentence).collect();
    mentions.sort_by_key(|&sentence| (material.outlet(sentence), sentence));
    let outlets: Vec<&[usize]> =
        mentions.chunk_by(|&a, &b| material.outlet(a) == material.outlet(b)).collect();
    let mut choices = vec![];
    for (i, a) in outlets.iter().enumerate() {
        for b in &outlets[i + 1..] {
            let links = a.iter().flat_map(|&a| b.iter().map(move |&b| (a, b))).collect();
            choices.push((position, links));
        }
    }
    choices
}

fn comparison(
    claim: usize,
    (sentence_a, sentence_b): Link,
    found: &Verification,
    options: &ClusterOptions,
) -> Comparison {
    let relation = options.relation(found);
    Comparison {
        claim,
        sentence_a,
        sentence_b,
        similarity: found.similarity.score,
        cosine: found.similarity.cosine,
        probability: found.same,
        conflict_probability: found.conflicting,
        relation,
        conflict: found.conflict().filter(|_| relation == Relation::Conflicting),
        alignment: Default::default(),
        differences: vec![],
    }
}
