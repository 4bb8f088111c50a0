use super::super::lookup::{Extra, Lookup, RunSchema, Words};
use crate::records::{Attribution, CarriedSource, SentenceId, Span};

/// A statement that is attributed to a source.
pub(super) enum Row<'run> {
    /// In the sentence that names the cue.
    Found(&'run SentenceId, &'run Attribution),
    /// A quotation that goes on with the words of a source that an earlier sentence names.
    Carried { sentence: &'run SentenceId, named_in: &'run SentenceId, of: CarriedSource, quoted: Vec<Span> },
}

pub(super) fn schema<'run>(_: &Extra) -> RunSchema<'run, Row<'run>> {
    RunSchema::<Row<'run>>::new("attributions", "One row per statement that is attributed to a source, in the order of the sentences; of a sentence the first 16.")
        .sentence(sentence)
        .words(["source", "source_start_char", "source_end_char"], "Who it is attributed to. Empty where nobody is named (\"reportedly\").", |_, row| source(row))
        .column("source_sentence_id", "The sentence that names the source: an earlier one for a quotation that goes on after its speaker was named.", |_, row| source(row).map(|(sentence, _)| sentence.to_string()))
        .column("anonymous", "True where the source cannot be told from the words.", |_, row| match row {
            Row::Found(_, of) => of.anonymous,
            Row::Carried { of, .. } => of.anonymous,
        })
        .words(["cue", "cue_start_char", "cue_end_char"], "By which words. Empty for a quotation that goes on.", |_, row| match row {
            Row::Found(sentence, of) => Some((*sentence, of.cue)),
            Row::Carried { .. } => None,
        })
        .column("cue_kind", "`neutral` (\"said\"), `assertive` (\"confirmed\", \"insisted\"), `doubting` (\"claimed\", \"allegedly\") or `other` (a stand, a belief, a request).", |_, row| match row {
            Row::Found(_, of) => Some(of.cue_kind.as_str()),
            Row::Carried { .. } => None,
        })
        .column("kind", "`direct`: all of the content is quoted. `indirect`: none of it. `mixed`: a part.", |_, row| match row {
            Row::Found(_, of) => of.kind.as_str(),
            Row::Carried { .. } => "direct",
        })
        .column("content", "What is attributed, its parts separated by `; `; 4,000 bytes at most.", |lookup, row| lookup.all_words(sentence(row), content(row)))
        .column("content_spans", "Offsets of the parts into the sentence's field, in characters.", |lookup, row| lookup.all_chars(sentence(row), content(row)))
}

pub(super) fn rows<'run>(lookup: &Lookup<'run>) -> impl Iterator<Item = Row<'run>> + use<'run> {
    let corpus = &lookup.run.corpus;
    corpus.sentences().flat_map(|sentence| {
        let (id, annotations) = (sentence.id(), sentence.annotations);
        let found = annotations.attributions.iter().map(move |of| Row::Found(id, of));
        let carried = annotations.carried.map(|of| Row::Carried {
            sentence: id,
            named_in: &corpus.document(&id.article).sentences[of.sentence].id,
            of,
            quoted: annotations.quotations.iter().map(|quoted| quoted.span).collect(),
        });
        found.chain(carried)
    })
}

fn sentence<'run>(row: &Row<'run>) -> &'run SentenceId {
    match row {
        Row::Found(sentence, _) | Row::Carried { sentence, .. } => sentence,
    }
}

fn source<'run>(row: &Row<'run>) -> Option<Words<'run>> {
    match row {
        Row::Found(sentence, of) => of.source.map(|span| (*sentence, span)),
        Row::Carried { named_in, of, .. } => Some((*named_in, of.source)),
    }
}

fn content<'row>(row: &'row Row<'_>) -> &'row [Span] {
    match row {
        Row::Found(_, of) => &of.content,
        Row::Carried { quoted, .. } => quoted,
    }
}
