use std::collections::{BTreeMap, BTreeSet};

use super::anchors::NameFrequency;
use crate::records::{Claim, ClaimId, Corpus, SentenceId, Span};

/// A name that several outlets use on one claim, in one of the claim's sentences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedName {
    /// The claim.
    pub claim: ClaimId,
    /// The sentence.
    pub sentence: SentenceId,
    /// The name in the form that is compared: "trump" for "Mr. Trump" and for "Donald Trump".
    pub key: String,
    /// Its first mention in the sentence, as bytes from the start of the sentence's own text.
    pub span: Span,
}

/// The names that at least two outlets use on one claim: what they may speak of differently. In the order of claim,
/// sentence and key, each name once a sentence.
pub fn shared_names(claims: &[Claim], corpus: &Corpus, names: &NameFrequency) -> Vec<SharedName> {
    claims.iter().flat_map(|claim| of_claim(claim, corpus, names)).collect()
}

fn of_claim(claim: &Claim, corpus: &Corpus, names: &NameFrequency) -> Vec<SharedName> {
    let mut outlets: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    let mut first = BTreeMap::new();
    for mention in &claim.mentions {
        let sentence = corpus.sentence(&mention.sentence);
        for name in &sentence.annotations.names {
            let key = names.anchor(name);
            outlets.entry(key.clone()).or_default().insert(sentence.outlet());
            first.entry((&mention.sentence, key)).or_insert(name.span);
        }
    }
    let shared = first.into_iter().filter(|((_, key), _)| outlets[key].len() > 1);
    let name = |((sentence, key), span): ((&SentenceId, String), Span)| SharedName {
        claim: claim.id,
        sentence: sentence.clone(),
        key,
        span,
    };
    shared.map(name).collect()
}
