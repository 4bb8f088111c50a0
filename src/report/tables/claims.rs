use std::collections::BTreeSet;

use super::super::lookup::{Extra, Lookup, RunSchema};
use crate::records::Claim;

/// A claim, and the number of its outlets that do not carry one another's words.
type Row<'run> = (&'run Claim, usize);

pub(super) fn schema<'run>(_: &Extra) -> RunSchema<'run, Row<'run>> {
    RunSchema::<Row<'run>>::new("claims", "One row per claim that two outlets make, or that one makes and another disputes or says in part. In the order of the events; within an event first those of two outlets, by tier, then by number of outlets and sentences.")
        .column("claim_id", "The claim. It stays the same when articles are added, as long as the same sentence stands for it.", |_, (claim, _)| claim.id.to_string())
        .column("event_id", "Its event.", |_, (claim, _)| claim.event.to_string())
        .column("text", "The words of the sentence that stands for it: the one whose matches with the others are the surest.", |lookup, (claim, _)| lookup.text(&claim.medoid))
        .column("medoid_sentence_id", "That sentence.", |_, (claim, _)| claim.medoid.to_string())
        .column("n_sentences", "Number of its sentences, those that dispute it included.", |_, (claim, _)| claim.mentions.len())
        .column("n_articles", "Number of articles that they are of.", |_, (claim, _)| {
            claim.mentions.iter().map(|mention| &mention.sentence.article).collect::<BTreeSet<_>>().len()
        })
        .column("n_outlets", "Number of outlets that they are of.", |lookup, (claim, _)| {
            claim.mentions.iter().map(|mention| lookup.outlet(&mention.sentence)).collect::<BTreeSet<_>>().len()
        })
        .column("n_independent_outlets", "The same, where outlets that have nothing but copies of one another's words count as one.", |_, (_, independent)| *independent)
        .column("n_outlet_pairs_left_out", "Pairs of its outlets that have no row in `comparisons`: outlets that print the very words of another are compared with the first of them alone, and of a claim at most `[cluster] comparisons` pairs.", |lookup, (claim, _)| lookup.n_pairs_left_out(claim))
        .column("n_disputing", "Number of sentences that contradict it.", |_, (claim, _)| claim.disputing().count())
        .column("n_partial", "Number of sentences that share a proposition with it and are not counted above: `relation` is `partial` in `mentions`.", |_, (claim, _)| claim.partial.len())
        .column("tier", "`confirmed`: every match has at least the higher probability (`[cluster] confirmed`), and nothing speaks against it. `possible`: read it before use; also a claim that one outlet makes and another disputes. Of a claim that others only say in part, the surest of these matches.", |_, (claim, _)| claim.tier.as_str())
}

pub(super) fn rows<'run>(lookup: &Lookup<'run>) -> impl Iterator<Item = Row<'run>> + use<'run> {
    lookup.run.claims.iter().zip(lookup.run.independent_outlets.iter().copied())
}
