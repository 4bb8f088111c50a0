use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::records::{Article, Claim, Coverage, CoverageStatus, Event, Sentence};

/// One row for each claim and each outlet of the run, in the order of the claims, then of the outlets' names. `window_days` is
/// how far apart two articles on one event may be dated.
pub fn coverage(
    articles: &[Article],
    sentences: &[Sentence],
    events: &[Event],
    claims: &[Claim],
    window_days: u32,
) -> Vec<Coverage> {
    let outlets: BTreeSet<&str> = articles.iter().map(|article| article.outlet.as_str()).collect();
    let mut n_sentences = vec![0; articles.len()];
    sentences.iter().for_each(|sentence| n_sentences[sentence.article] += 1);
    let mut rows = vec![];
    for (position, claim) in claims.iter().enumerate() {
        for outlet in &outlets {
            let theirs = claim.mentions.iter().map(|mention| &sentences[mention.sentence]);
            let theirs: Vec<&Sentence> =
                theirs.filter(|sentence| articles[sentence.article].outlet == *outlet).collect();
            let positions =
                theirs.iter().map(|sentence| position_in_article(sentence, n_sentences[sentence.article]));
            rows.push(Coverage {
                claim: position,
                outlet: (*outlet).to_owned(),
                status: match theirs.is_empty() {
                    true => reason(articles, &n_sentences, &events[claim.event], outlet, window_days),
                    false => CoverageStatus::Reported,
                },
                n_sentences: theirs.len(),
                first_position: positions.reduce(f32::min),
            });
        }
    }
    rows
}

/// Where a sentence stands in an article of `n_sentences`: 0 is the first, 1 the last; 0 in an article of one.
pub fn position_in_article(sentence: &Sentence, n_sentences: usize) -> f32 {
    sentence.index as f32 / n_sentences.saturating_sub(1).max(1) as f32
}

/// Why an outlet without a sentence in a claim of `event` has none.
fn reason(
    articles: &[Article],
    n_sentences: &[usize],
    event: &Event,
    outlet: &str,
    window_days: u32,
) -> CoverageStatus {
    let mut lengths: Vec<usize> = event.articles.iter().map(|&article| n_sentences[article]).collect();
    lengths.sort_unstable();
    let median = lengths[lengths.len() / 2];
    let mut theirs = event.articles.iter().filter(|&&article| articles[article].outlet == outlet).peekable();
    if theirs.peek().is_none() {
        let mut dates = articles.iter().filter(|article| article.outlet == outlet).map(|a| a.date_published);
        match dates.all(|date| is_outside(articles, event, date, window_days)) {
            true => CoverageStatus::OutsideWindow,
            false => CoverageStatus::NoArticleOnEvent,
        }
    } else if theirs.all(|&article| n_sentences[article] * 2 < median) {
        CoverageStatus::ShortArticle
    } else {
        CoverageStatus::BelowThreshold
    }
}

/// True where an article of this date could not be of the event: it is further from each of the event's articles than the
/// window. Without a date it could.
fn is_outside(articles: &[Article], event: &Event, date: Option<Date>, window_days: u32) -> bool {
    let dates = event.articles.iter().map(|&article| articles[article].date_published);
    let is_far = |(a, b): (Date, Date)| (a - b).get_days().unsigned_abs() > window_days;
    date.is_some_and(|date| dates.into_iter().all(|of_event| of_event.is_some_and(|day| is_far((day, date)))))
}
