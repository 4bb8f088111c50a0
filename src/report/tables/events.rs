use std::collections::BTreeSet;

use super::super::lookup::{Extra, Lookup, RunSchema};
use crate::records::{Article, Document, Event, EventId};

type Row<'run> = &'run Event;

pub(super) fn schema<'run>(_: &Extra) -> RunSchema<'run, Row<'run>> {
    RunSchema::<Row<'run>>::new("events", "One row per event: articles that report the same. In the order of their first articles.")
        .column("event_id", "The event. It stays the same when later articles are added to the run; an earlier one that joins it gives it another.", |_, event| event.id.to_string())
        .column("label", "The headline of its earliest article that has one, else that article's first sentence.", label)
        .column("first_date", "Earliest day of publication; empty where no article has a date.", |lookup, event| dates(lookup, event).min())
        .column("last_date", "Latest day of publication.", |lookup, event| dates(lookup, event).max())
        .column("n_articles", "Number of articles.", |_, event| event.articles.len())
        .column("n_outlets", "Number of outlets.", |lookup, event| outlets(lookup, event).len())
        .column("n_claims", "Number of claims that two outlets share in it.", |lookup, event| {
            lookup.run.claims.iter().filter(|claim| claim.event == event.id).count()
        })
        .column("outlets", "The outlets, separated by `; `.", |lookup, event| {
            outlets(lookup, event).into_iter().collect::<Vec<_>>().join("; ")
        })
        .column("article_ids", "The articles, separated by `; `.", |_, event| {
            event.articles.iter().map(|id| id.as_str()).collect::<Vec<_>>().join("; ")
        })
        .column("near_event_ids", "Events that are nearly similar enough to be one with this, separated by `; `; claims are sought between them too.", |_, event| {
            let near: Vec<String> = event.neighbours.iter().map(EventId::to_string).collect();
            Some(near.join("; ")).filter(|near| !near.is_empty())
        })
}

pub(super) fn rows<'run>(lookup: &Lookup<'run>) -> impl Iterator<Item = Row<'run>> + use<'run> {
    lookup.run.events.iter()
}

fn documents<'run>(lookup: &Lookup<'run>, event: &'run Event) -> impl Iterator<Item = &'run Document> {
    let corpus = &lookup.run.corpus;
    event.articles.iter().map(|article| corpus.document(article))
}

fn dates<'run>(lookup: &Lookup<'run>, event: &'run Event) -> impl Iterator<Item = String> {
    documents(lookup, event).filter_map(|document| document.article.date_published).map(|date| date.to_string())
}

fn outlets<'run>(lookup: &Lookup<'run>, event: &'run Event) -> BTreeSet<&'run str> {
    documents(lookup, event).map(|document| document.article.outlet.as_str()).collect()
}

fn label<'run>(lookup: &Lookup<'run>, event: &Row<'run>) -> &'run str {
    let key = |article: &Article| (article.date_published.is_none(), article.date_published, article.id.clone());
    let headline = documents(lookup, event)
        .map(|document| &document.article)
        .filter(|article| !article.headline.is_empty())
        .min_by_key(|article| key(article))
        .map(|article| article.headline.as_str());
    headline.unwrap_or_else(|| {
        let first = documents(lookup, event).min_by_key(|document| key(&document.article));
        first.and_then(|document| document.sentences.first()).map_or("", |sentence| lookup.text(&sentence.id))
    })
}
