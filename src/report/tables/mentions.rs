use super::super::lookup::{Extra, Lookup, RunSchema};
use crate::records::{Claim, Mention};

type Row<'run> = (&'run Claim, &'run Mention);

pub(super) fn schema<'run>(_: &Extra) -> RunSchema<'run, Row<'run>> {
    RunSchema::<Row<'run>>::new("mentions", "One row per sentence of a claim, in the order of the claims.")
        .column("claim_id", "The claim.", |_, (claim, _)| claim.id.to_string())
        .sentence(|(_, mention)| &mention.sentence)
        .column("similarity", "To the sentence that stands for the claim, as in `comparisons`; 1 for that sentence itself.", |_, (_, mention)| mention.similarity)
        .column("probability", "That it makes the same claim as that sentence; 1 for that sentence itself.", |_, (_, mention)| mention.probability)
        .column("relation", "To that sentence, as in `comparisons`: `conflicting` for one that disputes the claim.", |_, (_, mention)| mention.relation.as_str())
        .column("tier", "Of the match, as in `claims`; that sentence itself has the claim's.", |_, (_, mention)| mention.tier.as_str())
}

pub(super) fn rows<'run>(lookup: &Lookup<'run>) -> impl Iterator<Item = Row<'run>> + use<'run> {
    let claims = lookup.run.claims.iter();
    claims.flat_map(|claim| claim.mentions.iter().map(move |mention| (claim, mention)))
}
