use super::super::lookup::{Extra, Lookup, RunSchema};
use crate::records::{Claim, Mention};

type Row<'run> = (&'run Claim, &'run Mention);

pub(super) fn schema<'run>(_: &Extra) -> RunSchema<'run, Row<'run>> {
    RunSchema::<Row<'run>>::new("mentions", "One row per sentence of a claim, in the order of the claims; then those that say a part of it.")
        .column("claim_id", "The claim.", |_, (claim, _)| claim.id.to_string())
        .sentence(|(_, mention)| &mention.sentence)
        .column("similarity", "To the sentence that stands for the claim, as in `comparisons`; 1 for that sentence itself. Where the two are of one outlet, or one says a part of the claim, to the sentence of the claim that it was matched with.", |_, (_, mention)| mention.similarity)
        .column("probability", "That it shares a proposition with that sentence; 1 for the sentence that stands for the claim.", |_, (_, mention)| mention.probability)
        .column("relation", "As in `comparisons`: `conflicting` for one that disputes the claim; `partial` for one that says a part of it: that is no mention, and may have a claim of its own.", |_, (_, mention)| mention.relation.as_str())
        .column("tier", "Of the match, as in `claims`; that sentence itself has the claim's.", |_, (_, mention)| mention.tier.as_str())
}

pub(super) fn rows<'run>(lookup: &Lookup<'run>) -> impl Iterator<Item = Row<'run>> + use<'run> {
    lookup.run.claims.iter().flat_map(|claim| {
        let partial = claim.partial.iter().map(|partial| &partial.mention);
        claim.mentions.iter().chain(partial).map(move |mention| (claim, mention))
    })
}
