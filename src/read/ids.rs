//! Ids that two articles claim.

use std::collections::HashMap;

use crate::records::{Article, Rejection};

/// What is said of an id that another article has.
const IS_TAKEN: &str = " is that of ";

/// True where an article was rejected since another one has its id.
pub(crate) fn is_of_a_taken_id(rejection: &Rejection) -> bool {
    rejection.reason.starts_with("the id `") && rejection.reason.contains(IS_TAKEN)
}

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
                "the id `{}`{IS_TAKEN}{}{row}; rename the file or give another id in the column `article_id`",
                article.id, first.file
            );
            rejected.push(Rejection { file: article.origin.file.clone(), row: article.origin.row, reason });
            false
        }
    });
    (articles, rejected)
}
