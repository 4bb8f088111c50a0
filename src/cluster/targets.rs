use std::collections::{BTreeMap, BTreeSet};

use super::anchors::NameFrequency;
use crate::records::{Annotations, Claim, Target};

/// The names that at least two outlets use on one claim: what they may speak of differently. In the order of claim,
/// sentence and key, each name once a sentence, with `sentiment` left `None`.
pub fn shared_targets<'run>(
    claims: &[Claim],
    outlet: &dyn Fn(usize) -> &'run str,
    annotations: &[Annotations],
    names: &NameFrequency,
) -> Vec<Target> {
    let mut targets = vec![];
    for (claim, of_claim) in claims.iter().enumerate() {
        let mut sentences: Vec<usize> = of_claim.mentions.iter().map(|mention| mention.sentence).collect();
        sentences.sort_unstable();
        let mut outlets: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        let mut mentions = BTreeMap::new();
        for sentence in sentences {
            for name in &annotations[sentence].names {
                let key = names.anchor(name);
                outlets.entry(key.clone()).or_default().insert(outlet(sentence));
                mentions.entry((sentence, key)).or_insert(name.span);
            }
        }
        let shared = mentions.into_iter().filter(|((_, key), _)| outlets[key].len() > 1);
        targets.extend(shared.map(|((sentence, key), span)| Target {
            claim,
            sentence,
            key,
            span,
            sentiment: None,
        }));
    }
    targets
}
