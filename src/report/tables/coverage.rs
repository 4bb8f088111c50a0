use super::super::lookup::{Extra, Lookup, RunSchema};
use crate::records::Coverage;

type Row<'run> = &'run Coverage;

pub(super) fn schema<'run>(_: &Extra) -> RunSchema<'run, Row<'run>> {
    RunSchema::<Row<'run>>::new("coverage", "One row per claim and outlet of the run. That a claim was not observed does not mean that the outlet left it out.")
        .column("claim_id", "The claim.", |_, of| of.claim.to_string())
        .column("outlet", "The outlet.", |_, of| of.outlet.as_str())
        .column("status", "`reported` or `not_observed`.", |_, of| of.status.as_str())
        .column("reason", "Why it was not observed. `no_article_on_event`: the run groups none of its articles with the event. `outside_window`: none is dated near enough to be on it. `short_article`: they are shorter than half the event's median. `below_threshold`: no sentence matched. Empty where it is reported.", |_, of| Some(of.status.reason()).filter(|reason| !reason.is_empty()))
        .column("n_sentences", "Number of the claim's sentences that are the outlet's.", |_, of| of.n_sentences)
        .column("first_position", "Where the first of them stands in its article: 0 is the first sentence, 1 the last.", |_, of| of.first_position)
}

pub(super) fn rows<'run>(lookup: &Lookup<'run>) -> impl Iterator<Item = Row<'run>> + use<'run> {
    lookup.run.coverage.iter()
}
