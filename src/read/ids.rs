//! Ids that two articles claim.

use std::collections::HashMap;

use crate::records::{Article, Rejection};

/// The articles with ids of their own, and a rejection for each that comes after another with its id.
///
/// First is by file and row, so that the order in which the files were read does not matter.
pub(super) fn reject_duplicates(mut articles: Vec<Article>) -> (Vec<Article>, Vec<Rejection>) {
    articles.sort_by(|a, b| a.origin.cmp(&b.origin));
    let mut first_with = HashMap::new();
    let mut rejected = Vec::new();
    articles.retain(|article| match first_with.get(&article.id) {
        None => {
            first_with.insert(article.id.clone(), article.origin.clone());
            true
        }
        Some(first) => {
            let row = first.row.map_or_else(String::new, |row| format!(", row {row}"));
            let reason = format!(
                "the id `{}` is that of {}{row}; rename the file or give another id in the column `article_id`",
                article.id, first.file
            );
            rejected.push(Rejection { file: article.origin.file.clone(), row: article.origin.row, reason });
            false
        }
    });
    (articles, rejected)
}
