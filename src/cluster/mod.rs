//! Sentences -> [`Claim`]s: candidates by cosine, a verifier for each pair, linkage that does not chain.
//!
//! 1. `pool`: the sentences of an event, and the pairs of them that are each other's nearest.
//! 2. `similarity`, `evidence`, `checks`: how alike two sentences are, and what speaks for and against their being one claim.
//! 3. `verifier`: the probability that they are one claim, and that they contradict each other.
//! 4. `search`: the pools of all events and of neighbouring ones, one after the other.
//! 5. `linkage`: complete linkage over the verified pairs, so that every two sentences of a claim pass on their own, and no
//!    two that contradict each other are in one.

mod similarity;
mod anchors;
mod pair;
mod checks;
mod evidence;
mod verifier;
mod pool;
mod linkage;
mod search;
mod targets;

use jiff::civil::Date;
use linkage::{Link, ordered};
use search::Search;
use serde::{Deserialize, Serialize};

use crate::records::{Annotations, Article, Claim, Comparison, Encoding, Event, Relation, Sentence, Tier};

pub use anchors::NameFrequency;
pub use checks::Verdict;
pub use evidence::Evidence;
pub use linkage::Verifications;
pub use similarity::Similarity;
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

impl Candidate<'_> {
    /// True for a word that is part of a name.
    fn is_name(&self, word: usize) -> bool {
        let span = &self.encoding.words.spans[word];
        self.annotations.names.iter().any(|name| name.span.overlaps(span))
    }
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
        Some(Candidate {
            sentence,
            article: self.sentences[sentence].article,
            date: self.article(sentence).date_published,
            text: self.text(sentence),
            encoding: self.encodings[sentence].as_ref()?,
            annotations: &self.annotations[sentence],
        })
    }

    /// The words of a sentence.
    pub fn text(&self, sentence: usize) -> &'run str {
        self.sentences[sentence].text(self.article(sentence))
    }

    /// The outlet of a sentence.
    pub fn outlet(&self, sentence: usize) -> &'run str {
        &self.article(sentence).outlet
    }

    fn article(&self, sentence: usize) -> &'run Article {
        &self.articles[self.sentences[sentence].article]
    }

    /// The sentences of an article that were encoded, in order.
    fn candidates(&self, article: usize) -> impl Iterator<Item = Candidate<'run>> {
        let first = self.sentences.partition_point(|sentence| sentence.article < article);
        let end = self.sentences.partition_point(|sentence| sentence.article <= article);
        (first..end).filter_map(|sentence| self.candidate(sentence))
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
    let mut search = Search::new(material, verifier, options);
    let mut claims = search.claims(events);
    if !options.across_events {
        search.between_neighbours(events, &mut claims);
    }
    claims.sort_by_key(|claim| claim.event);
    (claims, search.found)
}

/// For each claim, one comparison for every pair of its outlets: of the two outlets' sentences, the pair that is most
/// surely the same, or that contradict each other where one disputes the claim. Alignment and differences are left empty for
/// the later stages. `known` are pairs that were verified before.
pub fn compare_outlets(
    claims: &[Claim],
    mut known: Verifications,
    material: &Material<'_>,
    verifier: &Verifier,
    options: &ClusterOptions,
) -> Vec<Comparison> {
    let choices: Vec<(usize, Vec<Link>)> =
        claims.iter().enumerate().flat_map(|(claim, of_claim)| choices(claim, of_claim, material)).collect();
    let candidate = |sentence: usize| material.candidate(sentence).expect("a matched sentence was encoded");
    let all = choices.iter().flat_map(|(_, links)| links);
    let unknown: Vec<Link> = all.filter(|&&link| !known.contains_key(&ordered(link))).copied().collect();
    let pairs: Vec<_> = unknown.iter().map(|&(a, b)| (candidate(a), candidate(b))).collect();
    let found = verifier.verify(&pairs, material.names);
    known.extend(unknown.into_iter().map(ordered).zip(found));
    let mut comparisons = vec![];
    for (claim, links) in choices {
        let verified = links.into_iter().map(|link| (link, &known[&ordered(link)]));
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
