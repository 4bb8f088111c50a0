use super::super::lookup::{Extra, Lookup, RunSchema, Words};
use crate::records::{Evidence, Framing, FramingDifference, SentenceId};

type Row<'run> = (&'run Framing, &'run FramingDifference);

pub(super) fn schema<'run>(_: &Extra) -> RunSchema<'run, Row<'run>> {
    RunSchema::<Row<'run>>::new("framing", "One row per difference between the two sentences of a row of `comparisons`: claim by claim, the most salient first. None where the two only share a part, or where each matches only a third sentence of the claim.")
        .column("claim_id", "The claim.", |_, (of, _)| of.claim.to_string())
        .column("outlet_a", "One outlet.", |lookup, row| lookup.outlet(a(row)))
        .column("outlet_b", "The other outlet.", |lookup, row| lookup.outlet(b(row)))
        .column("dimension", "What differs: one of the [dimensions](#dimensions), or the name of a head that the user brought.", |_, (_, of)| &*of.dimension)
        .words(["evidence_a", "start_char_a", "end_char_a"], "The words that show it on its side; empty where that has none.", |_, row| words(a(row), &row.1.a))
        .words(["evidence_b", "start_char_b", "end_char_b"], "The words that show it on the other side.", |_, row| words(b(row), &row.1.b))
        .column("value_a", "The value on its side; what it is depends on the [dimension](#dimensions).", |_, (_, of)| of.a.value.as_str())
        .column("value_b", "The value on the other side.", |_, (_, of)| of.b.value.as_str())
        .column("difference", "a less b where both are numbers of one unit; for a placement, of the positions.", |_, (_, of)| of.difference)
        .column("salience", "Probability that a careful reader would keep it, from 0 to 1.", |_, (_, of)| of.salience)
        .column("voice_a", "Whose words the evidence is: `narration` or `quotation`.", |lookup, row| voice(lookup, words(a(row), &row.1.a)))
        .column("voice_b", "Whose words the evidence is.", |lookup, row| voice(lookup, words(b(row), &row.1.b)))
        .column("text_a", "The whole sentence.", |lookup, row| lookup.text(a(row)))
        .column("text_b", "The other's whole sentence.", |lookup, row| lookup.text(b(row)))
        .column("sentence_id_a", "The sentence.", |_, row| a(row).to_string())
        .column("sentence_id_b", "The other's sentence.", |_, row| b(row).to_string())
}

pub(super) fn rows<'run>(lookup: &Lookup<'run>) -> impl Iterator<Item = Row<'run>> + use<'run> {
    let of_claims = lookup.run.framing.chunk_by(|x, y| x.claim == y.claim);
    of_claims.flat_map(|of_claim| {
        let rows = of_claim.iter().flat_map(|framing| framing.differences.iter().map(move |of| (framing, of)));
        let mut rows: Vec<Row<'run>> = rows.collect();
        rows.sort_by(|(_, x), (_, y)| y.salience.total_cmp(&x.salience));
        rows
    })
}

fn a<'run>((of, _): &Row<'run>) -> &'run SentenceId {
    &of.sentence_a
}

fn b<'run>((of, _): &Row<'run>) -> &'run SentenceId {
    &of.sentence_b
}

fn words<'run>(sentence: &'run SentenceId, evidence: &Evidence) -> Option<Words<'run>> {
    evidence.span.map(|span| (sentence, span))
}

fn voice(lookup: &Lookup<'_>, words: Option<Words<'_>>) -> Option<&'static str> {
    words.map(|(sentence, span)| lookup.voice(sentence, span))
}
