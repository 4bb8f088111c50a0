//! What a format found -> an article, or why it is none.

use std::collections::{BTreeMap, HashMap};

use crate::records::{Article, Origin, Rejection, content_digits};

use super::date::{self, DateOrder, Shown};
use super::decode::Decoded;
use super::options::ReadOptions;
use super::repair;

/// Longest text of an article, in bytes.
const MOST_BYTES: usize = 20 << 20;

/// Longest name of an outlet, in bytes: names are looked for in texts.
const LONGEST_OUTLET: usize = 500;

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
    /// True for a text that was taken out of a page: it has no markup of its own any more.
    pub is_of_page: bool,
}

/// What the drafts have become so far.
#[derive(Default)]
pub(super) struct Drafts {
    drafts: Vec<Draft>,
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
            None => self.drafts.push(draft),
            Some(reason) => self.reject(draft.origin, reason),
        }
    }

    pub(super) fn reject(&mut self, origin: Origin, reason: String) {
        self.rejected.push(Rejection { file: origin.file, row: origin.row, reason });
    }

    /// The articles, with what is to be known of the dates of whole files. Without an order of day and month, a file's dates that can be read in one
    /// way only say how the others are meant.
    pub(super) fn into_articles(self, options: &ReadOptions) -> (Vec<Article>, Vec<String>) {
        let (given, format) = (options.date_order, options.date_format.as_deref());
        let mut seen: BTreeMap<String, Seen> = BTreeMap::new();
        let is_of_format = |date: &str| format.is_some_and(|format| date::in_format(date, format).is_some());
        for draft in self.drafts.iter().filter(|draft| !is_of_format(&draft.date)) {
            seen.entry(draft.table()).or_default().add(&draft.date);
        }
        let article = |draft: Draft| {
            let order = given.or_else(|| seen.get(&draft.table())?.order());
            draft.into_article(order, format)
        };
        let articles = self.drafts.into_iter().map(article).collect();
        let notes = seen.iter().filter_map(|(table, seen)| seen.note(table, given));
        (articles, notes.collect())
    }
}

/// What the dates in numbers of one table look like.
#[derive(Default)]
struct Seen {
    n_day_first: usize,
    n_month_first: usize,
    /// Dates that can be read in both ways.
    n_either: usize,
}

impl Seen {
    fn add(&mut self, date: &str) {
        match date::shown_order(date) {
            Some(Shown::Order(DateOrder::DayFirst)) => self.n_day_first += 1,
            Some(Shown::Order(DateOrder::MonthFirst)) => self.n_month_first += 1,
            Some(Shown::Either) => self.n_either += 1,
            None => {}
        }
    }

    fn order(&self) -> Option<DateOrder> {
        match (self.n_day_first, self.n_month_first) {
            (1.., 0) => Some(DateOrder::DayFirst),
            (0, 1..) => Some(DateOrder::MonthFirst),
            _ => None,
        }
    }

    /// How dates were read that can be read in two ways; `None` where there are none, or the order was given.
    fn note(&self, table: &str, given: Option<DateOrder>) -> Option<String> {
        if self.n_either == 0 || given.is_some() {
            return None;
        }
        let n = self.n_either;
        Some(match self.order() {
            Some(order) => format!(
                "{table}: dates are read {}: {} of them can be read in no other way, {n} could be read in two; if that is wrong, set \
                 `date_order` under [read] in a job file",
                order.as_str(),
                self.n_day_first + self.n_month_first
            ),
            None => format!(
                "{table}: {n} dates can be read day first or month first and were left out, so articles far apart may be taken for one \
                 event; set `date_order = \"day-first\"` or `\"month-first\"` under [read] in a job file, or write dates as 2019-07-12"
            ),
        })
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
            is_of_page: false,
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
        if self.body.len() > MOST_BYTES {
            return Some(format!(
                "the text is longer than {} MB; split it into its articles",
                MOST_BYTES >> 20
            ));
        }
        if repair::has_columns(&self.body) {
            return Some(
                "its lines hold two columns side by side, which cannot be read across; make the text by `pdftotext -raw`, which gives one column after the \
                 other"
                    .to_owned(),
            );
        }
        if [&self.body, &self.outlet, &self.headline, &self.url].iter().any(|text| text.contains('\0')) {
            return Some(
                "the text holds NUL characters, which no text does; save it as UTF-8 text".to_owned(),
            );
        }
        if self.outlet.len() > LONGEST_OUTLET {
            return Some(format!(
                "the outlet's name is longer than {LONGEST_OUTLET} bytes; is it in the right column?"
            ));
        }
        if self.outlet.trim().is_empty() {
            return Some("the outlet is empty; name it".to_owned());
        }
        id_fault(self.id.trim())
    }

    /// The table that the date comes from, by its name: for an article with a file of its own, the folder's.
    fn table(&self) -> String {
        let Origin { file, row } = &self.origin;
        match (row, file.rsplit_once('/')) {
            (Some(_), _) => file.clone(),
            (None, Some((folder, _))) => format!("{folder}/articles.csv"),
            (None, None) => "articles.csv".to_owned(),
        }
    }

    fn into_article(mut self, order: Option<DateOrder>, format: Option<&str>) -> Article {
        let given = format.and_then(|format| date::in_format(&self.date, format));
        let date_published = given.map_or_else(|| date::parse_day_in(&self.date, order), |day| Ok(Some(day)));
        let date_published = date_published.unwrap_or_else(|warning| {
            self.warnings.push(warning);
            None
        });
        let headline = if self.headline.trim().is_empty() { String::new() } else { self.headline };
        let (headline, body) = match self.is_of_page {
            true => (repair::headline_of_page(headline), repair::of_page(self.body)),
            false => (repair::headline(headline), repair::body(self.body)),
        };
        self.warnings.extend(headline.warnings.into_iter().chain(body.warnings));
        Article {
            id: self.id.trim().into(),
            outlet: self.outlet.trim().to_owned(),
            headline: headline.text,
            body: body.text,
            headline_cuts: headline.cuts,
            body_cuts: body.cuts,
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
        let article = draft().into_article(None, None);
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
            assert!(drafts.drafts.is_empty());
            let rejection = &drafts.rejected[0];
            assert_eq!((&*rejection.file, rejection.row), ("a.csv", Some(3)));
            assert!(rejection.reason.contains(case.reason), "{}", rejection.reason);
            assert!(rejection.reason.contains("; "), "a reason says the mend: {}", rejection.reason);
        }
    }

    #[test]
    fn the_dates_of_a_file_say_how_its_others_are_meant() {
        struct Case {
            dates: &'static [&'static str],
            given: Option<DateOrder>,
            /// The first date, and a part of the note.
            first: Option<&'static str>,
            note: Option<&'static str>,
        }
        let cases = [
            Case {
                dates: &["5/10/2019", "13/10/2019"],
                given: None,
                first: Some("2019-10-05"),
                note: Some("a.csv: dates are read day-first: 1 of them"),
            },
            Case {
                dates: &["5/10/2019", "10/13/2019"],
                given: None,
                first: Some("2019-05-10"),
                note: Some("month-first"),
            },
            Case {
                dates: &["5/10/2019", "10/13/2019", "13/10/2019"],
                given: None,
                first: None,
                note: Some("a.csv: 1 dates can be read"),
            },
            Case { dates: &["5/10/2019"], given: None, first: None, note: Some("were left out") },
            Case {
                dates: &["5/10/2019"],
                given: Some(DateOrder::DayFirst),
                first: Some("2019-10-05"),
                note: None,
            },
            Case { dates: &["2019-10-05", "10/13/2019"], given: None, first: Some("2019-10-05"), note: None },
        ];
        for case in cases {
            let mut drafts = Drafts::default();
            for (row, date) in (1..).zip(case.dates) {
                let origin = Origin { file: "a.csv".into(), row: Some(row) };
                drafts.push(Draft { id: row.to_string(), date: (*date).to_owned(), origin, ..draft() }, "a");
            }
            let (articles, notes) =
                drafts.into_articles(&ReadOptions { date_order: case.given, ..ReadOptions::default() });
            assert_eq!(
                articles[0].date_published.map(|day| day.to_string()).as_deref(),
                case.first,
                "{:?}",
                case.dates
            );
            assert_eq!(notes.len(), usize::from(case.note.is_some()));
            assert!(case.note.is_none_or(|note| notes[0].contains(note)), "{notes:?}");
        }
    }
}
