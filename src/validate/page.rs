use regex::Regex;
use serde::Serialize;

use super::sample::Item;
use super::subject::Subject;
use crate::framing::Answer;
use crate::report::page::inline::{inside_html, policy};

const HTML: &str = include_str!("page/label.html");
const STYLE: &str = include_str!("page/label.css");
const SCRIPT: &str = include_str!("page/label.js");

/// What stands for the name of an outlet.
const MASK: &str = "[outlet]";

/// Names in one pattern: more would make it too large to build.
const NAMES_OF_PATTERN: usize = 200;

/// Hides the names of outlets, so that nobody judges the sender.
pub(super) struct Mask(Vec<Regex>);

impl Mask {
    /// Masks these names as whole words, written as they are given; "The New York Times" without its article too.
    pub(super) fn new<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        let mut all: Vec<&str> = names.map(str::trim).filter(|name| !name.is_empty()).collect();
        let short: Vec<&str> = all.iter().filter_map(|name| without_article(name)).collect();
        all.extend(short);
        // Longest first: of two names that begin alike, a pattern takes the one that it lists first.
        all.sort_unstable_by(|a, b| b.len().cmp(&a.len()).then(a.cmp(b)));
        all.dedup();
        let pattern = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| as_whole_words(name)).collect();
            Regex::new(&names.join("|")).ok()
        };
        Self(all.chunks(NAMES_OF_PATTERN).filter_map(pattern).collect())
    }

    pub(super) fn apply(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, names| names.replace_all(&text, MASK).into_owned())
    }
}

/// The name behind "The", where two words at least are left: "The Hill" without it would hide every hill.
fn without_article(name: &str) -> Option<&str> {
    name.strip_prefix("The ").filter(|rest| rest.split_whitespace().nth(1).is_some())
}

fn as_whole_words(name: &str) -> String {
    let boundary = |edge: Option<char>| if edge.is_some_and(char::is_alphanumeric) { r"\b" } else { "" };
    format!("{}{}{}", boundary(name.chars().next()), regex::escape(name), boundary(name.chars().next_back()))
}

#[derive(Serialize)]
struct Data<'a> {
    hash: String,
    subjects: Vec<Asked>,
    items: Vec<Shown<'a>>,
}

#[derive(Serialize)]
struct Asked {
    name: &'static str,
    title: &'static str,
    question: &'static str,
    definition: &'static str,
    answers: Vec<AskedAnswer>,
}

#[derive(Serialize)]
struct AskedAnswer {
    label: &'static str,
    name: &'static str,
    meaning: &'static str,
}

impl AskedAnswer {
    fn new(&Answer { label, name, meaning, .. }: &Answer) -> Self {
        Self { label, name, meaning }
    }
}

/// What the page knows of an item: nothing of what the machine says, nor of the stratum or the outlet.
#[derive(Serialize)]
struct Shown<'a> {
    id: &'a str,
    subject: &'a str,
    note: &'static str,
    texts: &'a [String],
}

/// The page as one file that fetches nothing: its policy allows this one script and this one style and no connection.
pub(super) fn render(items: &[Item], texts: &[Vec<String>]) -> String {
    let asked = Subject::all().filter(|subject| items.iter().any(|item| item.measure == subject.name()));
    let data = Data {
        hash: hash(items),
        subjects: asked
            .map(|subject| Asked {
                name: subject.name(),
                title: subject.question().title,
                question: subject.question().question,
                definition: subject.question().definition,
                answers: subject.answers().iter().map(AskedAnswer::new).collect(),
            })
            .collect(),
        items: items
            .iter()
            .zip(texts)
            .map(|(item, texts)| Shown {
                id: &item.item_id,
                subject: &item.measure,
                note: Subject::from_name(&item.measure).map_or("", |subject| subject.note(&item.voice)),
                texts,
            })
            .collect(),
    };
    let policy = policy(SCRIPT, STYLE);
    let json = serde_json::to_string(&data).expect("texts and numbers can be written as JSON");
    let parts = [("{{POLICY}}", policy.as_str()), ("{{STYLE}}", STYLE), ("{{SCRIPT}}", SCRIPT)];
    let page = parts.iter().fold(HTML.to_owned(), |page, (mark, part)| page.replacen(mark, part, 1));
    // Last, so that no mark in an article is ever filled in.
    page.replacen("{{DATA}}", &inside_html(&json), 1)
}

/// The answers that a browser keeps belong to the items in their order.
fn hash(items: &[Item]) -> String {
    let mut hasher = blake3::Hasher::new();
    items.iter().for_each(|item| _ = hasher.update(item.item_id.as_bytes()));
    hasher.finalize().to_hex()[..16].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::page::inline::source_hash;

    #[test]
    fn names_of_outlets_are_masked_as_whole_words() {
        let mask = Mask::new(
            ["The New York Times", "CNN", "Yahoo!", "The Hill", "News", "News of Ayr", ""].into_iter(),
        );
        for (text, masked) in [
            ("He told CNN so.", "He told [outlet] so."),
            ("The New York Times and New York Times", "[outlet] and [outlet]"),
            ("a hill, Capitol Hill, The Hill", "a hill, Capitol Hill, [outlet]"),
            ("Yahoo!News says News of Ayr", "[outlet][outlet] says [outlet]"),
            ("CNNs newscast", "CNNs newscast"),
            ("Müller–CNN", "Müller–[outlet]"),
        ] {
            assert_eq!(mask.apply(text), masked);
        }
        assert_eq!(Mask::new([].into_iter()).apply("CNN"), "CNN");
    }

    #[test]
    fn many_names_are_masked_too() {
        let names: Vec<String> = (0..1000).map(|at| format!("Outlet {at} Press")).collect();
        let mask = Mask::new(names.iter().map(String::as_str));
        assert_eq!(mask.apply("Outlet 7 Press and Outlet 999 Press"), "[outlet] and [outlet]");
    }

    #[test]
    fn the_page_names_no_resource_and_its_policy_fits_it() {
        let page = render(&[], &[]);
        for part in ["src=", "@import", "url(", "http:", "https:", "{{", "style=\"", "onclick"] {
            assert!(!page.contains(part), "{part}");
        }
        for (open, close) in [("<style>", "</style>"), ("<script>", "</script>")] {
            let inner = page.split(open).nth(1).unwrap().split(close).next().unwrap();
            assert!(page.contains(&source_hash(inner)), "{open}");
        }
    }
}
