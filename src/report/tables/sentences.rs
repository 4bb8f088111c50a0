use super::super::lookup::{Extra, Lookup, RunSchema};
use crate::records::{Attribution, ClaimId, CorpusSentence, Sentiment, SentenceFigures, Span};

/// A sentence with its figures; `None` where it is not looked at.
type Row<'run> = (CorpusSentence<'run>, Option<&'run SentenceFigures>);

/// The shipped measure whose place a head of the user's may take.
const LOADED_LANGUAGE: &str = "loaded_language";

pub(super) fn schema<'run>(extra: &Extra) -> RunSchema<'run, Row<'run>> {
    let mut schema = RunSchema::<Row<'run>>::new("sentences", "One row per sentence, in the order of the articles. The sentences of a body cover every character of it that is not blank.")
        .column("sentence_id", "`article_id#index`.", |_, (of, _)| of.id().to_string())
        .column("article_id", "Its article.", |_, (of, _)| of.article.id.as_str())
        .column("outlet", "Its outlet.", |_, (of, _)| of.outlet())
        .column("index", "Its place in the article, from 0.", |_, (of, _)| of.id().index as usize)
        .column("field", "The text that the offsets refer to: `body`, or `headline` where that stands beside the body.", |_, (of, _)| of.sentence.field.as_str())
        .column("start_char", "Offset of its first character in the field as it was read, in Unicode characters (Python's `str`).", |_, (of, _)| chars(of).start)
        .column("end_char", "Offset behind its last character.", |_, (of, _)| chars(of).end)
        .column("start_byte", "The same in bytes of UTF-8.", |_, (of, _)| bytes(of).start)
        .column("end_byte", "The same in bytes of UTF-8.", |_, (of, _)| bytes(of).end)
        .column("text", "The words.", |_, (of, _)| of.text())
        .column("kind", "`headline`, `body`, `subheading`, `dateline`, `caption`, `boilerplate` or `embedded_post`. Only headlines and body sentences are matched and have a sentiment.", |_, (of, _)| of.sentence.kind.as_str())
        .column("voice", "`narration` (the outlet's words), `quotation` (all but the naming of the source is quoted) or `mixed`.", |_, (of, _)| of.annotations.voice.as_str())
        .column("sentiment_negative", "The model's probability. Before they are rounded, the three add up to 1.", |_, row| sentiment(row, |of| of.negative))
        .column("sentiment_neutral", "The model's probability.", |_, row| sentiment(row, |of| of.neutral))
        .column("sentiment_positive", "The model's probability.", |_, row| sentiment(row, |of| of.positive))
        .column("sentiment", "Positive less negative, from -1 to 1. Quoted words count like the outlet's own.", |_, row| sentiment(row, Sentiment::score))
        .column("certainty", "1 stated plainly, 0.75 probable, 0.5 possible, 0.25 doubtful. The least certain cue counts.", |_, (of, _)| of.annotations.certainty.score)
        .column("source", "Who the statement is attributed to. `attributions` has all of a sentence with several.", |_, (of, _)| words(of, |attribution| attribution.source))
        .column("cue", "By which words.", |_, (of, _)| words(of, |attribution| Some(attribution.cue)))
        .column("anonymous_source", "True where the source cannot be told from the words; empty where nothing is attributed.", |_, (of, _)| {
            of.annotations.attribution.as_ref().map(|attribution| attribution.anonymous)
        })
        .column("claim_id", "The claim that it is part of; empty where there is none.", |lookup, (of, _)| lookup.claim_of(of.id()).as_ref().map(ClaimId::to_string))
        .column("copy_of", "The earliest sentence of which it is a copy; empty where there is none.", |lookup, (of, _)| lookup.copy_of(of.id()));
    if !extra.heads.iter().any(|head| head == LOADED_LANGUAGE) {
        schema = schema.column(LOADED_LANGUAGE, "How loaded the wording is, from 0 to 1, with the quoted words.", |_, (_, figures)| {
            figures.and_then(|figures| figures.loaded_language)
        });
    }
    extra.heads.iter().enumerate().fold(schema, |schema, (at, head)| {
        let doc = "The probability by a head that the user brought.";
        schema.column(head.clone(), doc, move |_, (_, figures)| figures.map(|figures| figures.scores[at]))
    })
}

pub(super) fn rows<'run>(lookup: &Lookup<'run>) -> impl Iterator<Item = Row<'run>> + use<'run> {
    lookup.run.corpus.sentences().zip(lookup.run.figures.iter().map(Option::as_ref))
}

fn sentiment((_, figures): &Row<'_>, of: impl Fn(&Sentiment) -> f32) -> Option<f32> {
    figures.and_then(|figures| figures.sentiment).as_ref().map(of)
}

fn words<'run>(
    of: &CorpusSentence<'run>,
    span: impl Fn(&Attribution) -> Option<Span>,
) -> Option<&'run str> {
    of.annotations.attribution.as_ref().and_then(span).map(|span| span.slice(of.text()))
}

/// Its offsets in the field as it was read.
fn chars(of: &CorpusSentence<'_>) -> Span {
    of.article.cuts(of.sentence.field).chars(of.sentence.chars)
}

fn bytes(of: &CorpusSentence<'_>) -> Span {
    of.article.cuts(of.sentence.field).bytes(of.sentence.bytes)
}
