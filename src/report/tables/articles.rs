use super::super::lookup::{Extra, Lookup, RunSchema};
use crate::records::{ArticleId, Document};

type Row<'run> = &'run Document;

pub(super) fn schema<'run>(extra: &Extra) -> RunSchema<'run, Row<'run>> {
    let schema = RunSchema::<Row<'run>>::new("articles", "One row per article that was read, in the order of their ids.")
        .column("article_id", "As given, or the file's name without its ending; for a row without an id, the file's name and a hash of what the row says.", |_, of| of.article.id.as_str())
        .column("outlet", "As given.", |_, of| of.article.outlet.as_str())
        .column("headline", "As given.", |_, of| of.article.headline.as_str())
        .column("url", "As given.", |_, of| of.article.url.as_str())
        .column("date_published", "Day of publication; empty where unknown.", |_, of| of.article.date_published.map(|date| date.to_string()))
        .column("language", "ISO 639-3 code of the body's language; `und` where the text is too short to tell.", |_, of| of.layout.language.as_str())
        .column("event_id", "The event that it reports; empty where it was not looked at (another language, no text).", |lookup, of| lookup.event_of_article(&of.article.id))
        .column("n_sentences", "Number of its sentences of every kind.", |_, of| of.sentences.len())
        .column("n_claims", "Number of claims that it has a part in.", |lookup, of| lookup.claims_of(of).len())
        .column("duplicate_of", "The earliest article of which it is a near-duplicate: they share half of their runs of five words. Empty where there is none.", |lookup, of| {
            lookup.run.copies.duplicate_of.get(&of.article.id).map(ArticleId::to_string)
        })
        .column("warnings", "What to know about this article, separated by `; `.", |lookup, of| {
            Some(lookup.run.warnings_of(of).join("; ")).filter(|warnings| !warnings.is_empty())
        })
        .column("file", "The file that it was read from; for articles handed over in memory a name that the caller gives (`articles` from Python).", |_, of| of.article.origin.file.as_str())
        .column("row", "The row of a CSV without its header, or the line of a JSONL; empty for a file of one article.", |_, of| of.article.origin.row.map(|row| row as usize));
    extra.groups.iter().fold(schema, |schema, group| {
        let of_group = group.clone();
        let doc = "A further column of the input, as given.";
        schema.column(format!("group_{group}"), doc, move |_, of| of.article.groups.get(&of_group).cloned())
    })
}

pub(super) fn rows<'run>(lookup: &Lookup<'run>) -> impl Iterator<Item = Row<'run>> + use<'run> {
    lookup.run.corpus.documents().iter()
}
