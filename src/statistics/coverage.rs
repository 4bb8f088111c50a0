use std::collections::BTreeSet;

use crate::records::{Article, Claim, Coverage, CoverageStatus, Event, Sentence};

/// One row for each claim and each outlet of the run, in the order of the claims, then of the outlets' names.
pub fn coverage(
    articles: &[Article],
    sentences: &[Sentence],
    events: &[Event],
    claims: &[Claim],
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
                    true => reason(articles, &n_sentences, &events[claim.event], outlet),
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
fn reason(articles: &[Article], n_sentences: &[usize], event: &Event, outlet: &str) -> CoverageStatus {
    let mut lengths: Vec<usize> = event.articles.iter().map(|&article| n_sentences[article]).collect();
    lengths.sort_unstable();
    let median = lengths[lengths.len() / 2];
    let mut theirs = event.articles.iter().filter(|&&article| articles[article].outlet == outlet).peekable();
    if theirs.peek().is_none() {
        CoverageStatus::NoArticleOnEvent
    } else if theirs.all(|&article| n_sentences[article] * 2 < median) {
        CoverageStatus::ShortArticle
    } else {
        CoverageStatus::BelowThreshold
    }
}
