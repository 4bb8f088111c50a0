use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::records::{Article, Claim, Coverage, CoverageStatus, Event, Outlets, Sentence};

/// One row for each claim and each outlet of the run, in the order of the claims, then of the outlets' names. `window_days` is
/// how far apart two articles on one event may be dated.
pub fn coverage(
    articles: &[Article],
    outlets: &Outlets,
    sentences: &[Sentence],
    events: &[Event],
    claims: &[Claim],
    window_days: u32,
) -> Vec<Coverage> {
    let n_sentences = sentences_per_article(articles.len(), sentences);
    // The claims of one event share what keeps an outlet from having them.
    let mut of_event: BTreeMap<usize, Vec<CoverageStatus>> = BTreeMap::new();
    let mut rows = vec![];
    for (position, claim) in claims.iter().enumerate() {
        let absent = of_event
            .entry(claim.event)
            .or_insert_with(|| reasons(articles, outlets, &n_sentences, &events[claim.event], window_days));
        let mut of_outlet: BTreeMap<usize, Vec<&Sentence>> = BTreeMap::new();
        for sentence in claim.mentions.iter().map(|mention| &sentences[mention.sentence]) {
            of_outlet.entry(outlets.of_article(sentence.article)).or_default().push(sentence);
        }
        for (outlet, name) in outlets.names().iter().enumerate() {
            let theirs = of_outlet.get(&outlet).map_or(&[][..], Vec::as_slice);
            let positions =
                theirs.iter().map(|sentence| position_in_article(sentence, n_sentences[sentence.article]));
            rows.push(Coverage {
                claim: position,
                outlet: name.clone(),
                status: if theirs.is_empty() { absent[outlet] } else { CoverageStatus::Reported },
                n_sentences: theirs.len(),
                first_position: positions.reduce(f32::min),
            });
        }
    }
    rows
}

/// The number of sentences of each article, of every kind.
pub fn sentences_per_article(n_articles: usize, sentences: &[Sentence]) -> Vec<usize> {
    let mut n_sentences = vec![0; n_articles];
    sentences.iter().for_each(|sentence| n_sentences[sentence.article] += 1);
    n_sentences
}

/// Where a sentence stands in an article of `n_sentences`: 0 is the first, 1 the last; 0 in an article of one.
pub fn position_in_article(sentence: &Sentence, n_sentences: usize) -> f32 {
    sentence.index as f32 / n_sentences.saturating_sub(1).max(1) as f32
}

/// For each outlet, why it has none of a claim of `event` where no sentence of its makes one.
fn reasons(
    articles: &[Article],
    outlets: &Outlets,
    n_sentences: &[usize],
    event: &Event,
    window_days: u32,
) -> Vec<CoverageStatus> {
    let mut lengths: Vec<usize> = event.articles.iter().map(|&article| n_sentences[article]).collect();
    lengths.sort_unstable();
    let median = lengths[lengths.len() / 2];
    let reason = |outlet: usize| {
        let is_theirs = |article: &&usize| outlets.of_article(**article) == outlet;
        let mut on_event = event.articles.iter().filter(is_theirs).peekable();
        if on_event.peek().is_some() {
            match on_event.all(|&article| n_sentences[article] * 2 < median) {
                true => CoverageStatus::ShortArticle,
                false => CoverageStatus::BelowThreshold,
            }
        } else {
            let mut dates = outlets.articles(outlet).iter().map(|&article| articles[article].date_published);
            match dates.all(|date| is_outside(articles, event, date, window_days)) {
                true => CoverageStatus::OutsideWindow,
                false => CoverageStatus::NoArticleOnEvent,
            }
        }
    };
    (0..outlets.names().len()).map(reason).collect()
}

/// True where an article of this date could not be of the event: it is further from each of the event's articles than the
/// window. Without a date it could.
fn is_outside(articles: &[Article], event: &Event, date: Option<Date>, window_days: u32) -> bool {
    let mut dates = event.articles.iter().map(|&article| articles[article].date_published);
    let is_far = |(a, b): (Date, Date)| (a - b).get_days().unsigned_abs() > window_days;
    date.is_some_and(|date| dates.all(|of_event| of_event.is_some_and(|day| is_far((day, date)))))
}
