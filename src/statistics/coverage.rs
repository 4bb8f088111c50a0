use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::records::{
    ArticleId, Claim, Corpus, Coverage, CoverageStatus, Event, EventId, Outlets, SentenceId,
};

/// One row for each claim and each outlet of the run, in the order of the claims, then of the outlets' names. `window_days` is
/// how far apart two articles on one event may be dated.
pub fn coverage(
    corpus: &Corpus,
    outlets: &Outlets,
    events: &[Event],
    claims: &[Claim],
    window_days: u32,
) -> Vec<Coverage> {
    let events: BTreeMap<EventId, &Event> = events.iter().map(|event| (event.id, event)).collect();
    // The claims of one event share what keeps an outlet from having them.
    let mut of_event: BTreeMap<EventId, Vec<CoverageStatus>> = BTreeMap::new();
    let mut rows = vec![];
    for claim in claims {
        let absent = of_event
            .entry(claim.event)
            .or_insert_with(|| reasons(corpus, outlets, events[&claim.event], window_days));
        let mut of_outlet: BTreeMap<usize, Vec<f32>> = BTreeMap::new();
        for mention in &claim.mentions {
            let outlet = outlets.of_article(&mention.sentence.article);
            of_outlet.entry(outlet).or_default().push(position_in_article(corpus, &mention.sentence));
        }
        for (outlet, name) in outlets.names().iter().enumerate() {
            let theirs = of_outlet.get(&outlet).map_or(&[][..], Vec::as_slice);
            rows.push(Coverage {
                claim: claim.id,
                outlet: name.clone(),
                status: if theirs.is_empty() { absent[outlet] } else { CoverageStatus::Reported },
                n_sentences: theirs.len(),
                first_position: theirs.iter().copied().reduce(f32::min),
            });
        }
    }
    rows
}

/// Where a sentence stands in its article: 0 is the first, 1 the last; 0 in an article of one.
pub fn position_in_article(corpus: &Corpus, sentence: &SentenceId) -> f32 {
    let n_sentences = corpus.document(&sentence.article).sentences.len();
    sentence.index as f32 / n_sentences.saturating_sub(1).max(1) as f32
}

/// For each outlet, why it has none of a claim of `event` where no sentence of its makes one.
fn reasons(corpus: &Corpus, outlets: &Outlets, event: &Event, window_days: u32) -> Vec<CoverageStatus> {
    let n_sentences = |article: &ArticleId| corpus.document(article).sentences.len();
    let mut lengths: Vec<usize> = event.articles.iter().map(n_sentences).collect();
    lengths.sort_unstable();
    let median = lengths[lengths.len() / 2];
    let reason = |outlet: usize| {
        let is_theirs = |article: &&ArticleId| outlets.of_article(article) == outlet;
        let mut on_event = event.articles.iter().filter(is_theirs).peekable();
        if on_event.peek().is_some() {
            match on_event.all(|article| n_sentences(article) * 2 < median) {
                true => CoverageStatus::ShortArticle,
                false => CoverageStatus::BelowThreshold,
            }
        } else {
            match outlets.days(outlet).iter().all(|&day| is_outside(corpus, event, day, window_days)) {
                true => CoverageStatus::OutsideWindow,
                false => CoverageStatus::NoArticleOnEvent,
            }
        }
    };
    (0..outlets.names().len()).map(reason).collect()
}

/// True where an article of this date could not be of the event: it is further from each of the event's articles than the
/// window. Without a date it could.
fn is_outside(corpus: &Corpus, event: &Event, date: Option<Date>, window_days: u32) -> bool {
    let mut dates = event.articles.iter().map(|article| corpus.article(article).date_published);
    let is_far = |(a, b): (Date, Date)| (a - b).get_days().unsigned_abs() > window_days;
    date.is_some_and(|date| dates.all(|of_event| of_event.is_some_and(|day| is_far((day, date)))))
}
