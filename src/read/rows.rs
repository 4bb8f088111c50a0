//! Articles that a caller has in memory.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::draft::{Draft, Drafts};
use super::{ReadOptions, Reading, finish};
use crate::records::Origin;

/// What stands for the name of a file in messages and ids.
const FILE: &str = "row";

/// An article as a caller has it, nothing checked yet. Every field but `outlet` and `text` may be left empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Row {
    /// The article's id; where it is empty, the id is a hash of what the article says.
    pub article_id: String,
    /// The outlet's name.
    pub outlet: String,
    /// The headline.
    pub headline: String,
    /// The running text.
    pub text: String,
    /// The address.
    pub url: String,
    /// The day of publication, in any of the forms that tables may have.
    pub date_published: String,
    /// Anything else, by name: carried to the table `articles`.
    pub groups: BTreeMap<String, String>,
}

/// Makes articles of rows, with the checks that files go through: a row without a text or an outlet, and a second one with an id,
/// is rejected with its number, counted from 1.
///
/// ```
/// use parallax::read::{Row, articles};
/// let row = |outlet: &str, text: &str| Row { outlet: outlet.into(), text: text.into(), ..Row::default() };
/// let reading = articles([row("Morning Post", "The bridge was closed on Monday."), row("Evening Star", " ")]);
/// assert_eq!(reading.articles.len(), 1);
/// assert!(reading.articles[0].id.as_str().starts_with("row-"));
/// assert_eq!((reading.rejected[0].row, reading.rejected[0].reason.as_str()),
///            (Some(2), "the text is empty; add it, or take the article out"));
/// ```
pub fn articles(rows: impl IntoIterator<Item = Row>) -> Reading {
    let mut drafts = Drafts::default();
    for (number, row) in (1..).zip(rows) {
        let origin = Origin { file: FILE.to_owned(), row: Some(number) };
        let draft = Draft {
            id: row.article_id,
            outlet: row.outlet,
            headline: row.headline,
            body: row.text,
            url: row.url,
            date: row.date_published,
            groups: row.groups,
            ..Draft::empty(origin)
        };
        drafts.push(draft, FILE);
    }
    finish(drafts, &ReadOptions::default(), Reading::default())
}
