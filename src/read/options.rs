use serde::{Deserialize, Serialize};

use super::date::DateOrder;

/// Which column, or which field of a JSON object, holds what: the `[read]` section of a job file.
///
/// A name that is set is the only one tried. Where none is set, the first of the usual names that a file has is
/// taken. Upper and lower case are the same. All other columns are carried along as
/// [`groups`](crate::records::Article::groups).
///
/// `articles.csv` beside a folder's texts takes the names that are set and the usual ones too.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReadOptions {
    /// The article's id. Usual names: `article_id`, `id`. Without one, the id is the file's name and the row.
    pub article_id: Option<String>,
    /// The article's text; a table must have it. Usual names: `body`, `text`, `content`.
    pub text: Option<String>,
    /// The outlet; a table must have it. Usual names: `outlet`, `source`, `publisher`.
    pub outlet: Option<String>,
    /// The headline. Usual names: `headline`, `title`.
    pub headline: Option<String>,
    /// The address. Usual names: `url`, `link`.
    pub url: Option<String>,
    /// The day of publication. Usual names: `date_published`, `date`, `published`.
    pub date_published: Option<String>,
    /// Whether dates in numbers have the day or the month first: 5/10/2019. Where it is not set, the dates of a file that can be read in one
    /// way only (13/10/2019) say how its others are meant.
    pub date_order: Option<DateOrder>,
    /// The format of the dates (strftime: `%d|%m|%Y`), tried before any other.
    pub date_format: Option<String>,
}

impl ReadOptions {
    /// The name that is set for `role`.
    pub(super) fn set(&self, role: Role) -> Option<&str> {
        match role {
            Role::Id => &self.article_id,
            Role::Text => &self.text,
            Role::Outlet => &self.outlet,
            Role::Headline => &self.headline,
            Role::Url => &self.url,
            Role::Date => &self.date_published,
        }
        .as_deref()
    }

    /// The names to try for `role`, best first.
    pub(super) fn names(&self, role: Role) -> Vec<&str> {
        match self.set(role) {
            Some(name) => vec![name],
            None => role.usual_names().to_vec(),
        }
    }
}

/// What a column can hold for an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Id,
    Text,
    Outlet,
    Headline,
    Url,
    Date,
}

impl Role {
    pub(super) const ALL: [Role; 6] =
        [Role::Id, Role::Text, Role::Outlet, Role::Headline, Role::Url, Role::Date];

    /// The name of the option in the `[read]` section, and of the column in messages.
    pub(super) const fn option(self) -> &'static str {
        match self {
            Role::Id => "article_id",
            Role::Text => "text",
            Role::Outlet => "outlet",
            Role::Headline => "headline",
            Role::Url => "url",
            Role::Date => "date_published",
        }
    }

    const fn usual_names(self) -> &'static [&'static str] {
        match self {
            Role::Id => &["article_id", "id"],
            Role::Text => &["body", "text", "content"],
            Role::Outlet => &["outlet", "source", "publisher"],
            Role::Headline => &["headline", "title"],
            Role::Url => &["url", "link"],
            Role::Date => &["date_published", "date", "published"],
        }
    }

    /// True for what no article can be without.
    pub(super) const fn is_needed(self) -> bool {
        matches!(self, Role::Text | Role::Outlet)
    }
}

/// True where a column called `column` is the one meant by `name`.
pub(super) fn same_name(column: &str, name: &str) -> bool {
    column.trim().eq_ignore_ascii_case(name.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_keys_are_refused() {
        assert!(serde_json::from_str::<ReadOptions>(r#"{"outlett": "paper"}"#).is_err());
    }

    #[test]
    fn a_set_name_is_the_only_one_tried() {
        let options: ReadOptions = serde_json::from_str(r#"{"outlet": "paper"}"#).expect("valid options");
        assert_eq!(options.names(Role::Outlet), ["paper"]);
        assert_eq!(options.names(Role::Text), ["body", "text", "content"]);
    }

    #[test]
    fn every_option_is_a_key_of_the_section() {
        for role in Role::ALL {
            let section = format!(r#"{{"{}": "x"}}"#, role.option());
            let options: ReadOptions = serde_json::from_str(&section).expect("the option is a key");
            assert_eq!(options.set(role), Some("x"));
        }
    }
}
