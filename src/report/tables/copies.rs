use super::super::lookup::{Extra, Lookup, RunSchema};
use crate::records::{Article, CopiedSpan};

/// A copied span with its article and the earlier one.
type Row<'run> = (&'run CopiedSpan, &'run Article, &'run Article);

pub(super) fn schema<'run>(_: &Extra) -> RunSchema<'run, Row<'run>> {
    RunSchema::<Row<'run>>::new("copies", "One row per copied span: one or several consecutive sentences that an article shares with an earlier one of another outlet. It does not say who wrote first: both may carry the text of an agency.")
        .column("article_id", "The article.", |_, (_, article, _)| article.id.as_str())
        .column("outlet", "Its outlet.", |_, (_, article, _)| article.outlet.as_str())
        .column("start_char", "Where the span begins in the body, in characters.", |_, (span, article, _)| article.body_cuts.chars(span.chars).start)
        .column("end_char", "Where it ends.", |_, (span, article, _)| article.body_cuts.chars(span.chars).end)
        .column("source_article_id", "The earlier article: by `date_published` (articles without one come last), then by `article_id`.", |_, (_, _, source)| source.id.as_str())
        .column("source_outlet", "Its outlet.", |_, (_, _, source)| source.outlet.as_str())
        .column("source_start_char", "Where the same words begin in its body.", |_, (span, _, source)| source.body_cuts.chars(span.source_chars).start)
        .column("source_end_char", "Where they end.", |_, (span, _, source)| source.body_cuts.chars(span.source_chars).end)
        .column("n_words", "Number of words.", |_, (span, _, _)| span.n_words)
        .column("jaccard", "Share of runs of three words that both have; 1 for the same words.", |_, (span, _, _)| span.jaccard)
        .column("text", "The words of the later article.", |_, (span, article, _)| span.bytes.slice(&article.body))
}

pub(super) fn rows<'run>(lookup: &Lookup<'run>) -> impl Iterator<Item = Row<'run>> + use<'run> {
    let corpus = &lookup.run.corpus;
    let spans = lookup.run.copies.spans.iter();
    spans.map(|span| (span, corpus.article(&span.article), corpus.article(&span.source)))
}
