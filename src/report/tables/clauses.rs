use super::super::lookup::{Extra, Lookup, RunSchema};
use crate::records::{Clause, SentenceId};

type Row<'run> = (&'run SentenceId, &'run Clause);

pub(super) fn schema<'run>(_: &Extra) -> RunSchema<'run, Row<'run>> {
    RunSchema::<Row<'run>>::new("clauses", "One row per clause: who does what to whom. In the order of the sentences.")
        .sentence(|(sentence, _)| sentence)
        .words(["verb", "verb_start_char", "verb_end_char"], "The verb.", |_, (sentence, of)| (*sentence, of.verb))
        .column("clause_voice", "`active` or `passive`. A passive without an `agent` does not say by whom.", |_, (_, of)| of.voice.as_str())
        .words(["agent", "agent_start_char", "agent_end_char"], "Who does it; empty where that is not said.", |_, (sentence, of)| of.agent.map(|span| (*sentence, span)))
        .words(["patient", "patient_start_char", "patient_end_char"], "To whom or what; empty where that is not said.", |_, (sentence, of)| of.patient.map(|span| (*sentence, span)))
        .column("voice", "Whose words: `narration` or `quotation`.", |lookup, (sentence, of)| lookup.voice(sentence, of.verb))
}

pub(super) fn rows<'run>(lookup: &Lookup<'run>) -> impl Iterator<Item = Row<'run>> + use<'run> {
    let sentences = lookup.run.corpus.sentences().zip(&lookup.run.figures);
    sentences.flat_map(|(sentence, figures)| {
        let clauses = figures.iter().flat_map(|figures| &figures.clauses);
        clauses.map(move |clause| (sentence.id(), clause))
    })
}
