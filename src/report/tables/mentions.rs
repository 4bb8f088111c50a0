use super::super::lookup::{Extra, Lookup, RunSchema};
use crate::records::{Claim, Relation, SentenceId, Tier};

/// A claim and one of its sentences, or one that says a part of it.
pub(super) struct Row<'run> {
    claim: &'run Claim,
    sentence: &'run SentenceId,
    similarity: f32,
    probability: f32,
    relation: Relation,
    tier: Tier,
}

pub(super) fn schema<'run>(_: &Extra) -> RunSchema<'run, Row<'run>> {
    RunSchema::<Row<'run>>::new("mentions", "One row per sentence of a claim, in the order of the claims; then those that say a part of it.")
        .column("claim_id", "The claim.", |_, of| of.claim.id.to_string())
        .sentence(|of| of.sentence)
        .column("similarity", "To the sentence that stands for the claim, as in `comparisons`; 1 for that sentence itself. Where the two are of one outlet, or one says a part of the claim, to the sentence of the claim that it was matched with.", |_, of| of.similarity)
        .column("probability", "That it shares a proposition with that sentence; 1 for the sentence that stands for the claim.", |_, of| of.probability)
        .column("relation", "As in `comparisons`: `conflicting` for one that disputes the claim; `partial` for one that says a part of it: that is no mention, and may have a claim of its own.", |_, of| of.relation.as_str())
        .column("tier", "Of the match, as in `claims`; that sentence itself has the claim's.", |_, of| of.tier.as_str())
}

pub(super) fn rows<'run>(lookup: &Lookup<'run>) -> impl Iterator<Item = Row<'run>> + use<'run> {
    lookup.run.claims.iter().flat_map(|claim| {
        let mentions = claim.mentions.iter().map(move |of| Row {
            claim,
            sentence: &of.sentence,
            similarity: of.similarity,
            probability: of.probability,
            relation: of.relation,
            tier: of.tier,
        });
        let partial = claim.partial.iter().map(move |of| Row {
            claim,
            sentence: &of.sentence,
            similarity: of.similarity,
            probability: of.probability,
            relation: Relation::Partial,
            tier: of.tier,
        });
        mentions.chain(partial)
    })
}
