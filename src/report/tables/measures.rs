use super::super::lookup::{Extra, Lookup, RunSchema};
use crate::records::{Reading, SentenceReadings};

type Row<'run> = (&'run SentenceReadings, &'run Reading);

pub(super) fn schema<'run>(_: &Extra) -> RunSchema<'run, Row<'run>> {
    RunSchema::<Row<'run>>::new("measures", "One row per sentence of a claim, measure and voice, in the order of the claims.")
        .column("claim_id", "The claim.", |_, (of, _)| of.claim.to_string())
        .column("event_id", "Its event.", |lookup, (of, _)| lookup.event_of(of.claim))
        .sentence(|(of, _)| &of.sentence)
        .column("measure", "One of the [figures](#figures), or a head that the user brought.", |_, (_, reading)| &*reading.measure)
        .column("voice", "Whose words: `narration` (the outlet's own), `quotation` (the words that it quotes), or `all` where the measure is of the sentence as a whole.", |_, (_, reading)| reading.part.as_str())
        .column("value", "The figure.", |_, (_, reading)| reading.value)
        .column("words", "The words that made it, separated by `; `; empty where there are none.", |lookup, (of, reading)| {
            (!reading.words.is_empty()).then(|| lookup.all_words(&of.sentence, &reading.words))
        })
        .column("spans", "Their offsets into the sentence's field, in characters: `120-127;140-150`.", |lookup, (of, reading)| {
            (!reading.words.is_empty()).then(|| lookup.all_chars(&of.sentence, &reading.words))
        })
        .column("copy_of", "As in `sentences`.", |lookup, (of, _)| lookup.copy_of(&of.sentence))
}

pub(super) fn rows<'run>(lookup: &Lookup<'run>) -> impl Iterator<Item = Row<'run>> + use<'run> {
    let readings = lookup.run.readings.iter();
    readings.flat_map(|of| of.readings.iter().map(move |reading| (of, reading)))
}
