use super::Models;
use super::clock::Clock;
use crate::group::{Profile, by_window, copies, events_of};
use crate::options::Options;
use crate::records::{Copies, Corpus, Document, Event};

/// What articles have in common.
pub(super) struct Events {
    /// Articles on the same event.
    pub events: Vec<Event>,
    /// Copied words.
    pub copies: Copies,
}

/// Groups the articles into events, and finds what they copied.
pub(super) fn events(
    corpus: &Corpus,
    profiles: Vec<Profile>,
    models: &Models<'_>,
    options: &Options,
    clock: &mut Clock<'_>,
) -> Events {
    clock.begin("grouping", None);
    let events = events_of(profiles, &options.group, models.thresholds);
    clock.begin("finding copies", None);
    Events { events, copies: copies_of(corpus, options) }
}

/// What was copied: each window is looked at by itself.
fn copies_of(corpus: &Corpus, options: &Options) -> Copies {
    if options.group.period_days == 0 {
        return copies(corpus, &options.copies);
    }
    let article = |of: &&Document| (of.article.id.clone(), of.article.date_published);
    let parts = by_window(corpus.documents(), article, &options.group).map(|(documents, own)| {
        let window = Corpus::new(documents.into_iter().cloned().collect());
        copies(&window, &options.copies).of(|article| own.contains(article))
    });
    Copies::joined(parts)
}
