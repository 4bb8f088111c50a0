use super::super::lookup::{Extra, Lookup, RunSchema};
use crate::statistics::OutletEstimate;

type Row<'run> = &'run OutletEstimate;

pub(super) fn schema<'run>(_: &Extra) -> RunSchema<'run, Row<'run>> {
    RunSchema::<Row<'run>>::new("outlets", "One row per pair of outlets with a claim in common, measure and voice; of pairs with too few claims for an estimate, for the 500 with most (`unestimated_pairs`). Pairs are compared within the claims that both make; words that both print are left out.")
        .column("outlet_a", "The outlet whose name comes first.", |lookup, of| name(lookup, of.outlet_a))
        .column("outlet_b", "The other outlet.", |lookup, of| name(lookup, of.outlet_b))
        .column("measure", "As in `measures`.", |_, of| of.measure.as_str())
        .column("voice", "As in `measures`.", |_, of| of.part.as_str())
        .column("estimate", "The mean over the claims of a less b. A claim's figure is the mean of the outlet's sentences in it. Empty where there are too few claims or events.", |_, of| of.estimate.map(|of| of.value))
        .column("ci_low", "Lower end of its 95% interval: a bootstrap over whole events.", |_, of| of.estimate.map(|of| of.interval.0))
        .column("ci_high", "Upper end.", |_, of| of.estimate.map(|of| of.interval.1))
        .column("effect_size", "The difference in standard deviations of the claims' figures (Cohen's d_av); empty where nothing varies.", |_, of| of.estimate.and_then(|of| of.effect_size))
        .column("n_claims", "Number of claims that are counted.", |_, of| of.n_claims)
        .column("n_events", "Number of events that they are of.", |_, of| of.n_events)
        .column("n_sentences", "Number of sentences that they are of.", |_, of| of.n_sentences)
        .column("n_copied", "Number of claims that are not counted, since one outlet only prints sentences that the other prints too.", |_, of| of.n_copied)
        .column("p_value", "Of no difference, two-sided, by flipping the signs of whole events.", |_, of| of.estimate.map(|of| of.p_value))
        .column("p_adjusted", "The same, adjusted for all rows of this table (Benjamini-Hochberg).", |_, of| of.estimate.map(|of| of.p_adjusted))
        .column("finding", "The same in words: `a is higher`, `a is lower`, `no detectable difference`, or why there is no estimate. Limits are set by `[statistics]` in a job file.", |lookup, of| of.finding(&lookup.run.options.statistics))
}

pub(super) fn rows<'run>(lookup: &Lookup<'run>) -> impl Iterator<Item = Row<'run>> + use<'run> {
    lookup.run.estimates.of_pairs.iter()
}

fn name<'run>(lookup: &Lookup<'run>, outlet: usize) -> &'run str {
    &lookup.run.outlets.names()[outlet]
}
