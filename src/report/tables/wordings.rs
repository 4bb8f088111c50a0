use super::super::lookup::{Extra, Lookup, RunSchema};
use crate::statistics::Wording;

type Row<'run> = &'run Wording;

pub(super) fn schema<'run>(_: &Extra) -> RunSchema<'run, Row<'run>> {
    RunSchema::<Row<'run>>::new("wordings", "One row per term and outlet that uses it in matched claims where another outlet uses other words for the same, at `min_aligned` places or more. Quotations and copies are left out.")
        .column("term", "The words in lower case, without plural.", |_, of| of.term.as_str())
        .column("outlet", "The outlet.", |lookup, of| lookup.run.outlets.names()[of.outlet].as_str())
        .column("n_aligned", "Number of places in matched claims where this outlet has the term and another outlet has other words.", |_, of| of.places.len())
        .column("alternatives", "The other outlets' words in these places, each with the number of pairs of sentences, separated by `; `.", |_, of| {
            of.alternatives.iter().map(|(term, n)| format!("{term} ({n})")).collect::<Vec<_>>().join("; ")
        })
        .column("sentence_ids", "The outlet's sentences there, separated by `; `.", |_, of| {
            of.places.iter().map(|(sentence, _)| sentence.to_string()).collect::<Vec<_>>().join("; ")
        })
        .column("n_uses", "Uses in all of the outlet's own words.", |_, of| of.uses.0)
        .column("n_words", "Number of the outlet's own words.", |_, of| of.uses.1)
        .column("n_uses_others", "Uses in the own words of all other outlets together.", |_, of| of.uses_of_others.0)
        .column("n_words_others", "Number of these words.", |_, of| of.uses_of_others.1)
        .column("log_odds", "How much more the outlet uses the term than the others do, with an informative Dirichlet prior (Monroe et al. 2008).", |_, of| of.log_odds.delta)
        .column("z", "The same in standard errors.", |_, of| of.log_odds.z)
}

pub(super) fn rows<'run>(lookup: &Lookup<'run>) -> impl Iterator<Item = Row<'run>> + use<'run> {
    lookup.run.wordings.iter()
}
