//! What a format found -> an article, or why it is none.

use std::collections::{BTreeMap, HashMap};

use crate::records::{Article, Origin, Rejection, content_digits};

use super::date;
use super::decode::Decoded;

/// An article as a format found it, nothing checked yet.
pub(super) struct Draft {
    pub origin: Origin,
    pub id: String,
    pub outlet: String,
    pub headline: String,
    pub body: String,
    pub url: String,
    pub date: String,
    pub groups: BTreeMap<String, String>,
    pub warnings: Vec<String>,
}

/// What the drafts have become so far.
#[derive(Default)]
pub(super) struct Drafts {
    pub articles: Vec<Article>,
    pub rejected: Vec<Rejection>,
    /// How often each id was made that was not given.
    made: HashMap<String, usize>,
}

impl Drafts {
    /// Checks a draft and keeps what comes of it. One without an id gets `stem` and a hash of what it says, so that the id stays
    /// when rows are put before it; of rows that are the same in all, the second gets a `-2` as well.
    pub(super) fn push(&mut self, mut draft: Draft, stem: &str) {
        if draft.id.trim().is_empty() {
            let id = format!("{stem}-{}", draft.content_digits());
            let n = self.made.entry(id.clone()).and_modify(|n| *n += 1).or_insert(1);
            draft.id = if *n == 1 { id } else { format!("{id}-{n}") };
        }
        match draft.fault() {
            None => self.articles.push(draft.into_article()),
            Some(reason) => self.reject(draft.origin, reason),
        }
    }

    pub(super) fn reject(&mut self, origin: Origin, reason: String) {
        self.rejected.push(Rejection { file: origin.file, row: origin.row, reason });
    }
}

impl Draft {
    /// A draft with nothing in it yet.
    pub(super) fn empty(origin: Origin) -> Self {
        Self {
            origin,
            id: String::new(),
            outlet: String::new(),
            headline: String::new(),
            body: String::new(),
            url: String::new(),
            date: String::new(),
            groups: BTreeMap::new(),
            warnings: Vec::new(),
        }
    }

    /// Adds what is to be known of the encoding that this draft was read in.
    pub(super) fn warn_of_encoding(mut self, file: &Decoded) -> Self {
        self.warnings.extend(file.warnings_for(&[&*self.body, &self.headline, &self.outlet].concat()));
        self
    }

    fn content_digits(&self) -> String {
        content_digits(&self.outlet, &self.headline, &self.body, &self.url, &self.date)
    }

    /// Why this cannot be an article, and how to mend it.
    fn fault(&self) -> Option<String> {
        if self.body.trim().is_empty() {
            return Some("the text is empty; add it, or take the article out".to_owned());
        }
        if [&self.body, &self.outlet, &self.headline, &self.url].iter().any(|text| text.contains('\0')) {
            return Some(
                "the text holds NUL characters, which no text does; save it as UTF-8 text".to_owned(),
            );
        }
        if self.outlet.trim().is_empty() {
            return Some("the outlet is empty; name it".to_owned());
        }
        id_fault(self.id.trim())
    }

    fn into_article(mut self) -> Article {
        let date_published = date::parse_day(&self.date).unwrap_or_else(|warning| {
            self.warnings.push(warning);
            None
        });
        let headline = if self.headline.trim().is_empty() { String::new() } else { self.headline };
        Article {
            id: self.id.trim().into(),
            outlet: self.outlet.trim().to_owned(),
            headline,
            body: self.body,
            url: self.url.trim().to_owned(),
            date_published,
            groups: self.groups,
            origin: self.origin,
            warnings: self.warnings,
        }
    }
}

/// An id must print on one line and leave `#` to the ids of sentences (`article_id#index`).
fn id_fault(id: &str) -> Option<String> {
    let mend = "rename the file or give another id in the column `article_id`";
    if id.contains('#') {
        return Some(format!("the id `{id}` holds `#`, which sentence ids need; {mend}"));
    }
    if id.chars().any(char::is_control) {
        return Some(format!("the id `{}` holds control characters; {mend}", id.escape_default()));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> Draft {
        Draft {
            id: " a1 ".into(),
            outlet: " Post ".into(),
            headline: " ".into(),
            body: " Words.\r\n".into(),
            date: "soon".into(),
            ..Draft::empty(Origin { file: "a.csv".into(), row: Some(3) })
        }
    }

    #[test]
    fn ids_and_outlets_are_trimmed_and_the_body_is_not() {
        let article = draft().into_article();
        assert_eq!((article.id.as_str(), &*article.outlet, &*article.headline), ("a1", "Post", ""));
        assert_eq!(article.body, " Words.\r\n");
        assert_eq!(article.date_published, None);
        assert!(article.warnings[0].contains("`soon`"));
    }

    #[test]
    fn drafts_that_are_no_articles() {
        struct Case {
            draft: Draft,
            reason: &'static str,
        }
        let cases = [
            Case { draft: Draft { body: " \n\u{a0}".into(), ..draft() }, reason: "the text is empty" },
            Case { draft: Draft { body: "a\0b".into(), ..draft() }, reason: "NUL" },
            Case { draft: Draft { outlet: " ".into(), ..draft() }, reason: "the outlet is empty" },
            Case { draft: Draft { id: "a#1".into(), ..draft() }, reason: "`a#1` holds `#`" },
            Case { draft: Draft { id: "a\n1".into(), ..draft() }, reason: "`a\\n1` holds control" },
        ];
        for case in cases {
            let mut drafts = Drafts::default();
            drafts.push(case.draft, "t");
            assert!(drafts.articles.is_empty());
            let rejection = &drafts.rejected[0];
            assert_eq!((&*rejection.file, rejection.row), ("a.csv", Some(3)));
            assert!(rejection.reason.contains(case.reason), "{}", rejection.reason);
            assert!(rejection.reason.contains("; "), "a reason says the mend: {}", rejection.reason);
        }
    }
}
