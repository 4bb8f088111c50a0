use super::Models;
use super::clock::Clock;
use crate::group::{Profile, copies, group};
use crate::options::Options;
use crate::records::{Copies, Corpus, Event};

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
    let events = group(corpus, profiles, &options.group, models.thresholds);
    clock.begin("finding copies", None);
    Events { events, copies: copies(corpus, &options.copies) }
}
