//! Sentences -> [`Claim`]s: pairs that are alike, a verifier for each, linkage that does not chain.
//!
//! 1. `pool`: the sentences of an event, and the pairs of them that are each other's nearest by embedding and by words (`lexical`).
//! 2. `similarity`, `evidence`, `checks`, `clash`, `reprint`: how alike two sentences are, and what speaks for and against their being one claim.
//! 3. `verifier`, `decision`: from the evidence and what a network reads in both, the probabilities that they share a proposition, say
//!    the same, contradict each other.
//! 4. `search`: the pools of all events and of neighbouring ones, one after the other.
//! 5. `linkage`: average linkage over the verified pairs, so that the sentences of a claim say on average the same; what shares a
//!    proposition with one of them, or contradicts it, is listed with the claim.

mod material;
mod lexical;
mod similarity;
mod anchors;
mod pair;
mod reprint;
mod checks;
mod clash;
mod evidence;
mod decision;
mod verifier;
mod pool;
mod linkage;
mod search;
mod partners;
mod targets;

use jiff::civil::Date;
use linkage::{Link, ordered};
use search::Search;
use serde::{Deserialize, Serialize};

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::error::Result;
use crate::records::{
    Annotations, ArticleId, Claim, ClaimId, Comparison, Encoding, Event, EventId, Field, Mention, Relation,
    Sentence, SentenceId, Span, Tier,
};
use material::Encoded;

pub use anchors::{NameFrequency, ShortNames};
pub use checks::Verdict;
pub use clash::Clash;
pub use evidence::Evidence;
pub use lexical::{EventTerms, TermFrequency};
pub use linkage::Verifications;
pub use material::{Encode, Material};
pub use partners::Partners;
pub use search::{Tie, candidates, join};
pub use similarity::Similarity;
pub use targets::{SharedName, shared_names};
pub use verifier::{Read, Verification, Verifier};

/// How sentences are matched: the `[cluster]` section of a job file.
///
/// docs/experiments/matching.md says on which pairs the thresholds were chosen, and what they let through.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClusterOptions {
    /// Least probability of a match that is listed as confirmed, in [0, 1].
    pub confirmed: f32,
    /// Least probability of a match at all, in [0, 1].
    pub possible: f32,
    /// Least probability of a contradiction from which on two sentences with words that clash are a conflict and not one claim, in [0, 1].
    pub conflicting: f32,
    /// Least probability of a contradiction from which on a match is not confirmed, in [0, 1]. Where the pair network has read the two, only if a check
    /// names words that clash: of other pairs it is a figure for sentences that differ in a few words.
    pub doubtful: f32,
    /// Least likeness of two sentences that are looked at, in [0, 1]: the mean of the cosine of their embeddings and that of their
    /// terms.
    pub candidate: f32,
    /// True where claims are sought in the whole corpus, and not within events and between neighbouring ones.
    pub across_events: bool,
    /// Most comparisons of the outlets of one claim, at least 1: the claim's sentence with each other outlet's first.
    pub comparisons: usize,
}

/// Least probability, of two sentences that share a proposition, that they mainly say the same. docs/experiments/matching.md has the figures.
pub const LEAST_SAME: f32 = 0.35;

impl Default for ClusterOptions {
    fn default() -> Self {
        Self {
            confirmed: 0.86,
            possible: 0.67,
            conflicting: 0.35,
            doubtful: 0.2,
            candidate: 0.25,
            across_events: false,
            comparisons: 500,
        }
    }
}

impl ClusterOptions {
    /// Checks the ranges.
    ///
    /// # Errors
    /// The first option that is out of its range, with the range.
    pub fn check(&self) -> Result<(), String> {
        let shares = [
            ("cluster.confirmed", self.confirmed),
            ("cluster.possible", self.possible),
            ("cluster.conflicting", self.conflicting),
            ("cluster.doubtful", self.doubtful),
            ("cluster.candidate", self.candidate),
        ];
        if let Some((key, value)) = shares.into_iter().find(|(_, value)| !(0.0..=1.0).contains(value)) {
            return Err(format!("`{key}` is {value}; give a number from 0 to 1"));
        }
        if self.comparisons == 0 {
            return Err("`cluster.comparisons` is 0; give at least 1".to_owned());
        }
        if self.possible > self.confirmed {
            return Err("`cluster.possible` is above `cluster.confirmed`; lower the one or raise the other"
                .to_owned());
        }
        Ok(())
    }

    /// How surely two sentences share a proposition; `None` where they do not, or contradict each other.
    pub fn tier(&self, found: &Verification) -> Option<Tier> {
        let can_conflict = found.reading.is_none() || found.clash().is_some();
        let is_held_back = found.is_edited || can_conflict && found.conflicting >= self.doubtful;
        match found.shared {
            _ if self.is_conflict(found) => None,
            shared if shared >= self.confirmed && !is_held_back => Some(Tier::Confirmed),
            shared if shared >= self.possible => Some(Tier::Possible),
            _ => None,
        }
    }

    /// Whether two sentences mainly say the same: they share a proposition, and it is likely enough ([`LEAST_SAME`]) that it is the main one of both.
    pub fn is_same(&self, found: &Verification) -> bool {
        is_same(self.tier(found), found.same)
    }

    /// Whether two sentences contradict each other: the verifier and a check must agree. The verifier alone takes other spellings,
    /// hyphens and inserted titles in one quotation for contradictions.
    pub fn is_conflict(&self, found: &Verification) -> bool {
        let is_typed = matches!(found.verdict, Verdict::Conflict(_));
        is_typed && found.shared >= self.possible && found.conflicting >= self.conflicting
    }

    /// How two sentences relate.
    pub fn relation(&self, found: &Verification) -> Relation {
        match () {
            () if self.is_conflict(found) => Relation::Conflicting,
            () if self.is_same(found) => Relation::Same,
            () => Relation::Partial,
        }
    }
}

/// Whether two sentences whose match has this tier mainly say the same, if it has this probability that they do.
pub fn is_same(tier: Option<Tier>, same: f32) -> bool {
    tier.is_some() && same >= LEAST_SAME
}

/// How surely two sentences speak of one claim, in [0, 1]: of two that contradict each other the probability that they share a proposition, of others its geometric
/// mean with the probability that it is the main one of both.
fn one_claim(is_conflict: bool, shared: f32, same: f32) -> f32 {
    if is_conflict { shared } else { (shared * same).sqrt() }
}

/// A sentence with all that matching reads of it.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'run> {
    /// Position of the sentence in the corpus.
    pub position: usize,
    /// Its id.
    pub id: &'run SentenceId,
    /// Position of its document in the corpus.
    pub document: usize,
    /// The outlet.
    pub outlet: &'run str,
    /// Day of its article's publication; `None` where unknown.
    pub date: Option<Date>,
    /// Its words.
    pub text: &'run str,
    /// What the encoder gave.
    pub encoding: &'run Encoding,
    /// What the annotators found.
    pub annotations: &'run Annotations,
    /// How rare words are in its event.
    pub terms: &'run TermFrequency,
    /// How deep in its article it stands ([`Candidate::depth_of`]).
    pub depth: u8,
}

impl Candidate<'_> {
    /// The greatest depth.
    pub const DEEPEST: u8 = 6;

    /// The depth of a sentence of which it is not known where it stands.
    pub const SOMEWHERE: u8 = 3;

    /// How deep in its article a sentence stands: 0 for the headline, 1 for the first 300 characters of the body, 2 for the 600 behind
    /// them, then each twice as long as the one before, at most [`Candidate::DEEPEST`]. What an event is about stands near the top, so
    /// that two sentences there are more often the same claim.
    pub fn depth_of(sentence: &Sentence) -> u8 {
        match sentence.field {
            Field::Headline => 0,
            Field::Body => (1 + (1 + sentence.chars.start / 300).ilog2() as u8).min(Self::DEEPEST),
        }
    }

    /// True for a word that is part of a name.
    fn is_name(&self, word: usize) -> bool {
        let span = &self.encoding.words.spans[word];
        self.annotations.names.iter().any(|name| name.span.overlaps(span))
    }
}

/// Finds the claims that at least two outlets speak of, within events and between neighbouring ones, or in the whole corpus
/// (`options.across_events`). A sentence is a mention of one claim or of none, and may be partial to others; of a sentence that an article repeats word for word,
/// the first is matched. Claims come in the order of event; what two outlets make comes before what one makes and others dispute or say in part; then
/// tier, number of outlets and sentences, first sentence. With them come the verified pairs of their sentences.
///
/// Encodings are asked for event by event and let go again, so memory grows with the largest event; with
/// `options.across_events` it grows with the corpus.
///
/// # Errors
/// What the encoder says.
pub fn cluster(
    material: &Material<'_>,
    events: &[Event],
    verifier: &Verifier,
    options: &ClusterOptions,
) -> Result<(Vec<Claim>, Verifications)> {
    let (claims, ties, known) = claims_and_ties(material, events, verifier, options)?;
    let order: BTreeMap<EventId, usize> = events.iter().enumerate().map(|(n, event)| (event.id, n)).collect();
    let outlet = |article: &ArticleId| material.corpus.article(article).outlet.as_str();
    Ok((in_order(join(claims, &ties), &order, &outlet), known))
}

/// The claims within each event, and what neighbouring events have in common beside them ([`join`]), each event and each two by themselves.
///
/// # Errors
/// What the encoder says.
pub fn claims_and_ties(
    material: &Material<'_>,
    events: &[Event],
    verifier: &Verifier,
    options: &ClusterOptions,
) -> Result<(Vec<Claim>, Vec<Tie>, Verifications)> {
    let mut search = Search::new(material, verifier, options);
    let claims = search.claims(events)?;
    let ties = if options.across_events { vec![] } else { search.ties(events, &claims)? };
    Ok((claims, ties, search.kept))
}

/// The claims of a run in their order, each with an id of its own. `events` gives the place of each event, `outlet` that of an article.
pub fn in_order<'run>(
    mut claims: Vec<Claim>,
    events: &BTreeMap<EventId, usize>,
    outlet: &dyn Fn(&ArticleId) -> &'run str,
) -> Vec<Claim> {
    let n_outlets = |claim: &Claim| {
        let outlets = claim.mentions.iter().map(|mention| outlet(&mention.sentence.article));
        outlets.collect::<BTreeSet<&str>>().len()
    };
    claims.sort_by_cached_key(|claim| {
        let size = Reverse((n_outlets(claim), claim.mentions.len()));
        (events[&claim.event], !claim.is_match(), claim.tier, size, claim.mentions[0].sentence.clone())
    });
    tell_apart(&mut claims);
    claims
}

/// Gives claims whose medoids have one hash ids of their own.
fn tell_apart(claims: &mut [Claim]) {
    let mut taken: BTreeSet<ClaimId> = BTreeSet::new();
    for claim in claims {
        while !taken.insert(claim.id) {
            claim.id = claim.id.next();
        }
    }
}

/// For each claim, a comparison for every pair of its outlets: of the two outlets' sentences, the pair that is most
/// surely the same, or that contradict each other where one disputes the claim; then one for each sentence that is partial to it. An outlet that
/// prints the very words of another is compared with the first that does alone, and of a claim come [`ClusterOptions::comparisons`] at most.
/// `known` are pairs that were verified before; only the others are encoded, verified and aligned.
///
/// # Errors
/// What the encoder says.
pub fn compare_outlets(
    claims: &[Claim],
    mut known: Verifications,
    material: &Material<'_>,
    verifier: &Verifier,
    options: &ClusterOptions,
) -> Result<Vec<Comparison>> {
    let mut comparisons = vec![];
    for claim in claims {
        let choices = choices(claim, material, options.comparisons);
        let position = |id: &SentenceId| material.corpus.sentence_position(id);
        let partial = claim.partial.iter().map(|of| (position(&of.with), position(&of.mention.sentence)));
        let all = choices.iter().flatten().copied().chain(partial).map(ordered);
        let unknown: Vec<Link> = all.filter(|link| !known.contains_key(link)).collect();
        let encoded = Encoded::of_pairs(material, &unknown)?;
        let pairs: Vec<_> = unknown.iter().map(|&link| encoded.pair(link)).collect();
        let verified = verifier.verify(&pairs, material.names, material.read, 0.0)?;
        known.extend(unknown.into_iter().zip(verified));
        for links in choices {
            let verified = links.into_iter().map(|link| (link, &known[&ordered(link)]));
            let surely = |of: &Verification| one_claim(options.is_conflict(of), of.shared, of.same);
            let best =
                verified.reduce(|best, next| if surely(next.1) > surely(best.1) { next } else { best });
            comparisons.extend(best.map(|(link, found)| {
                let relation =
                    if options.is_conflict(found) { Relation::Conflicting } else { Relation::Same };
                comparison(claim, link, found, relation, material, options)
            }));
        }
        for partial in &claim.partial {
            let mut link = (position(&partial.with), position(&partial.mention.sentence));
            let outlet = |position: usize| material.corpus.sentence_at(position).outlet();
            if (outlet(link.1), link.1) < (outlet(link.0), link.0) {
                link = (link.1, link.0);
            }
            let found = &known[&ordered(link)];
            comparisons.push(comparison(claim, link, found, Relation::Partial, material, options));
        }
    }
    Ok(comparisons)
}

/// For every two outlets of a claim that are compared, the pairs of their sentences: of outlets with the same words the first with each of the others,
/// and the first ones with one another; `most` at most, those with the outlet of the medoid first. In the order of the outlets.
fn choices(claim: &Claim, material: &Material<'_>, most: usize) -> Vec<Vec<Link>> {
    let position = |mention: &Mention| material.corpus.sentence_position(&mention.sentence);
    let sentence = |position: usize| material.corpus.sentence_at(position);
    let mut mentions: Vec<usize> = claim.mentions.iter().map(position).collect();
    mentions.sort_by_key(|&at| (sentence(at).outlet(), at));
    let outlets: Vec<&[usize]> =
        mentions.chunk_by(|&a, &b| sentence(a).outlet() == sentence(b).outlet()).collect();
    let words = |of: &[usize]| of.iter().map(|&at| sentence(at).text()).collect::<BTreeSet<&str>>();
    let mut first_with: BTreeMap<BTreeSet<&str>, usize> = BTreeMap::new();
    let first: Vec<usize> = (0..outlets.len())
        .map(|outlet| *first_with.entry(words(outlets[outlet])).or_insert(outlet))
        .collect();
    let medoid = material.corpus.sentence_position(&claim.medoid);
    let of_medoid = outlets.iter().position(|of| of.contains(&medoid));
    let mut pairs = vec![];
    for a in 0..outlets.len() {
        let is_compared = |&b: &usize| first[b] == a || (first[a] == a && first[b] == b);
        pairs.extend((a + 1..outlets.len()).filter(is_compared).map(|b| (a, b)));
    }
    if pairs.len() > most {
        pairs.sort_by_key(|&(a, b)| (of_medoid != Some(a) && of_medoid != Some(b), a, b));
        pairs.truncate(most);
        pairs.sort_unstable();
    }
    let links = |(a, b): (usize, usize)| {
        outlets[a].iter().flat_map(|&a| outlets[b].iter().map(move |&b| (a, b))).collect()
    };
    pairs.into_iter().map(links).collect()
}

fn comparison(
    claim: &Claim,
    (a, b): Link,
    found: &Verification,
    relation: Relation,
    material: &Material<'_>,
    options: &ClusterOptions,
) -> Comparison {
    let id = |position: usize| material.corpus.sentence_at(position).id().clone();
    let alignment = found.alignment.clone();
    let clash = found.clash().filter(|_| relation == Relation::Conflicting);
    let in_order = |[first, second]: [Span; 2]| if a < b { [first, second] } else { [second, first] };
    Comparison {
        claim: claim.id,
        sentence_a: id(a),
        sentence_b: id(b),
        similarity: found.similarity.score,
        cosine: found.similarity.cosine,
        probability: found.shared,
        same_probability: found.same,
        conflict_probability: found.conflicting,
        relation,
        tier: options.tier(found),
        conflict: clash.map(|clash| clash.kind),
        clash: clash.map(|clash| in_order(clash.words)),
        alignment: if a < b { alignment } else { alignment.swapped() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::Kind;

    fn sentence(field: Field, start: usize) -> Sentence {
        Sentence {
            id: SentenceId { article: "a".into(), index: 0 },
            field,
            kind: Kind::Body,
            bytes: Span::new(start, start + 1),
            chars: Span::new(start, start + 1),
        }
    }

    #[test]
    fn only_a_match_that_is_likely_enough_is_the_same() {
        for (tier, same, is) in [
            (Some(Tier::Possible), LEAST_SAME, true),
            (Some(Tier::Confirmed), LEAST_SAME - 0.01, false),
            (None, 0.9, false),
        ] {
            assert_eq!(is_same(tier, same), is, "{tier:?} {same}");
        }
    }

    #[test]
    fn a_depth_is_twice_as_long_as_the_one_before() {
        assert_eq!(Candidate::depth_of(&sentence(Field::Headline, 0)), 0);
        let starts =
            [(0, 1), (299, 1), (300, 2), (899, 2), (900, 3), (2100, 4), (4500, 5), (9300, 6), (1_000_000, 6)];
        for (start, depth) in starts {
            assert_eq!(Candidate::depth_of(&sentence(Field::Body, start)), depth, "{start}");
        }
    }
}
