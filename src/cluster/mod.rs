//! Sentences -> [`Claim`]s: candidates by cosine, a check of each pair, linkage that does not chain.
//!
//! 1. `similarity`: how alike two sentences are, from the embeddings and from the words.
//! 2. `checks`: what cosine does not see (who speaks, which names, dates and numbers, negation).
//! 3. `linkage`: pairs that are each other's best, joined by complete linkage, so that every two sentences of a claim
//!    pass on their own.

mod similarity;
mod anchors;
mod checks;
mod linkage;
mod targets;

use serde::{Deserialize, Serialize};

use crate::records::{
    Annotations, Article, Claim, Comparison, Conflict, Encoding, Event, Relation, Sentence, Tier,
};

pub use anchors::NameFrequency;
pub use checks::{Verdict, check};
pub use similarity::{Similarity, similarity};
pub use targets::shared_targets;

/// How sentences are matched: the `[cluster]` section of a job file.
///
/// The thresholds were read off two development sets (NAnCo passages, ECB+ sentences; `parallax evaluate
/// claims`): among pairs that are not the same claim, `confirmed` lets through under 4% and `possible` 16% at most,
/// before the checks and before the demand that each be the other's best.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClusterOptions {
    /// Least similarity of a match that is listed as confirmed, in [0, 1].
    pub confirmed: f32,
    /// Least similarity of a match at all, in [0, 1].
    pub possible: f32,
    /// Least cosine of two embeddings whose words are looked at, in [0, 1].
    pub candidate_cosine: f32,
}

impl Default for ClusterOptions {
    fn default() -> Self {
        Self { confirmed: 0.72, possible: 0.64, candidate_cosine: 0.45 }
    }
}

impl ClusterOptions {
    /// Whether a pair of this score is one claim, and how surely; `None` where it is none.
    pub fn tier(&self, score: f32, verdict: Verdict) -> Option<Tier> {
        let least = match verdict {
            Verdict::Pass => self.possible,
            Verdict::Conflict(_) => self.confirmed,
            Verdict::OtherSpeaker | Verdict::OtherNames => return None,
        };
        (score >= least).then(|| self.tier_of_match(score))
    }

    /// How sure a match of this score is.
    fn tier_of_match(&self, score: f32) -> Tier {
        if score >= self.confirmed { Tier::Confirmed } else { Tier::Possible }
    }
}

/// A sentence with all that matching reads of it.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'run> {
    /// Position of the sentence in the run's list of sentences.
    pub sentence: usize,
    /// Position of its article in the run's list of articles.
    pub article: usize,
    /// Its words.
    pub text: &'run str,
    /// What the encoder gave.
    pub encoding: &'run Encoding,
    /// What the annotators found.
    pub annotations: &'run Annotations,
}

/// Finds the claims that at least two outlets share, event by event. A sentence is in one claim or in none; of a
/// sentence that an article repeats word for word, the first is matched.
///
/// `sentences`, `encodings` and `annotations` run in parallel; sentences without an encoding are not matched. `names`
/// counts the names of the same annotations. Claims
/// come in the order of event, then tier, then number of outlets and sentences, then first sentence.
pub fn cluster(
    articles: &[Article],
    sentences: &[Sentence],
    encodings: &[Option<Encoding>],
    annotations: &[Annotations],
    events: &[Event],
    names: &NameFrequency,
    options: &ClusterOptions,
) -> Vec<Claim> {
    let candidate = |position: usize| {
        let sentence: &Sentence = &sentences[position];
        encodings[position].as_ref().map(|encoding| Candidate {
            sentence: position,
            article: sentence.article,
            text: sentence.text(&articles[sentence.article]),
            encoding,
            annotations: &annotations[position],
        })
    };
    let outlet = |article: usize| articles[article].outlet.as_str();
    let mut of_article: Vec<Vec<Candidate<'_>>> = vec![vec![]; articles.len()];
    for candidate in (0..sentences.len()).filter_map(candidate) {
        of_article[candidate.article].push(candidate);
    }
    let claims_of = |(position, event): (usize, &Event)| {
        let candidates: Vec<&[Candidate<'_>]> =
            event.articles.iter().map(|&article| of_article[article].as_slice()).collect();
        linkage::claims(position, &candidates, names, &outlet, options)
    };
    events.iter().enumerate().flat_map(claims_of).collect()
}

/// How two sentences of one claim relate, by the cheap checks alone.
pub fn relation(tier: Tier, conflict: Option<Conflict>) -> Relation {
    match (conflict, tier) {
        (Some(_), _) => Relation::Conflicting,
        (None, Tier::Confirmed) => Relation::Equivalent,
        (None, Tier::Possible) => Relation::Compatible,
    }
}

/// For each claim, one comparison for every pair of its outlets: of the two outlets' sentences, the pair that is most
/// alike. Alignment and differences are left empty for the later stages.
pub fn compare_outlets<'run>(
    claims: &[Claim],
    outlet: &dyn Fn(usize) -> &'run str,
    candidate: &dyn Fn(usize) -> Candidate<'run>,
    names: &NameFrequency,
    options: &ClusterOptions,
) -> Vec<Comparison> {
    let mut comparisons = vec![];
    for (position, claim) in claims.iter().enumerate() {
        let mut mentions: Vec<usize> = claim.mentions.iter().map(|mention| mention.sentence).collect();
        mentions.sort_by_key(|&sentence| (outlet(sentence), sentence));
        let outlets: Vec<&[usize]> = mentions.chunk_by(|&a, &b| outlet(a) == outlet(b)).collect();
        for (i, a) in outlets.iter().enumerate() {
            for b in &outlets[i + 1..] {
                let best = best_pair(a, b, candidate);
                comparisons.push(comparison(position, best, candidate, names, options));
            }
        }
    }
    comparisons
}

fn best_pair<'run>(
    a: &[usize],
    b: &[usize],
    candidate: &dyn Fn(usize) -> Candidate<'run>,
) -> (usize, usize, Similarity) {
    let pairs = a.iter().flat_map(|&a| b.iter().map(move |&b| (a, b)));
    let scored = pairs.map(|(a, b)| (a, b, similarity(&candidate(a), &candidate(b))));
    scored
        .reduce(|best, next| if next.2.score > best.2.score { next } else { best })
        .expect("both outlets have a sentence")
}

fn comparison<'run>(
    claim: usize,
    (sentence_a, sentence_b, similarity): (usize, usize, Similarity),
    candidate: &dyn Fn(usize) -> Candidate<'run>,
    names: &NameFrequency,
    options: &ClusterOptions,
) -> Comparison {
    let conflict = match check(&candidate(sentence_a), &candidate(sentence_b), names) {
        Verdict::Conflict(conflict) => Some(conflict),
        _ => None,
    };
    let tier = options.tier_of_match(similarity.score);
    Comparison {
        claim,
        sentence_a,
        sentence_b,
        similarity: similarity.score,
        cosine: similarity.cosine,
        relation: relation(tier, conflict),
        conflict,
        alignment: Default::default(),
        differences: vec![],
    }
}
