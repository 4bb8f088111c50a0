//! A saved web page -> an article.

use dom_query::Document;
use dom_smoothie::{Config, Readability, ReadabilityError};
use html5gum::{Token, Tokenizer};
use serde_json::Value;

use super::repair;

/// Elements of a page that are read, at most: a page costs time by its elements.
const MOST_ELEMENTS: usize = 50_000;

/// Elements that stand within each other, at most: their number costs its square.
const DEEPEST: usize = 500;

/// Elements that need no end.
const OPEN: [&[u8]; 24] = [
    b"area", b"base", b"br", b"col", b"embed", b"hr", b"img", b"input", b"link", b"meta", b"param",
    b"source", b"track", b"wbr", b"p", b"li", b"dt", b"dd", b"option", b"tr", b"td", b"th", b"tbody",
    b"path",
];

/// What a page says of its article. What it does not say is empty.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Page {
    pub outlet: String,
    pub headline: String,
    pub author: String,
    pub date: String,
    pub url: String,
    pub body: String,
}

/// The article of a page; its text is found by the rules of Mozilla's Readability, its outlet, headline, author, date and address in JSON-LD, Open Graph, `meta`,
/// `link` and `time`.
///
/// # Errors
/// The reason where the page holds no article.
pub(super) fn page(html: &str) -> Result<Page, String> {
    check_size(html)?;
    let document = Document::from(html);
    let said = Said { json: json_ld(&document), document: &document };
    let mut page = Page {
        outlet: said.outlet(),
        headline: said.headline(),
        author: said.author(),
        date: said.date(),
        url: said.url(),
        body: String::new(),
    };
    let config = Config { max_elements_to_parse: MOST_ELEMENTS, ..Config::default() };
    let fault = |error: ReadabilityError| match error {
        ReadabilityError::TooManyElements(..) => {
            format!("the page has more than {MOST_ELEMENTS} elements; save its text as .txt")
        }
        _ => "no article was found in the page; save its text as .txt".to_owned(),
    };
    let mut readability = Readability::with_document(document, None, Some(config)).map_err(fault)?;
    let article = readability.parse().map_err(fault)?;
    if page.headline.is_empty() {
        page.headline = without_site(&article.title, &page.outlet);
    }
    if page.date.is_empty() {
        page.date = article.published_time.unwrap_or_default();
    }
    page.body = repair::without_markup(&article.content);
    Ok(page)
}

/// Refuses a page that would cost more than pages do, before it is parsed.
fn check_size(html: &str) -> Result<(), String> {
    let (mut n, mut depth) = (0_usize, 0_usize);
    for Ok(token) in Tokenizer::new(html) {
        match token {
            Token::StartTag(tag) => {
                n += 1;
                depth += usize::from(!tag.self_closing && !OPEN.contains(&tag.name.0.as_slice()));
            }
            Token::EndTag(tag) => {
                depth = depth.saturating_sub(usize::from(!OPEN.contains(&tag.name.0.as_slice())))
            }
            _ => {}
        }
        if n > MOST_ELEMENTS || depth > DEEPEST {
            return Err(format!(
                "the page has more than {MOST_ELEMENTS} elements, or more than {DEEPEST} within each other; save its text as .txt"
            ));
        }
    }
    Ok(())
}

struct Said<'page> {
    /// The JSON-LD that tells of an article.
    json: Option<Value>,
    document: &'page Document,
}

impl Said<'_> {
    /// The first of some `meta` elements that says something.
    fn meta(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| {
            let selector = format!("meta[property='{name}'], meta[name='{name}'], meta[itemprop='{name}']");
            filled(self.document.select(&selector).attr("content")?.to_string())
        })
    }

    fn attribute(&self, selector: &str, name: &str) -> Option<String> {
        filled(self.document.select(selector).attr(name)?.to_string())
    }

    fn json(&self, path: &[&str]) -> Option<String> {
        let value = path.iter().try_fold(self.json.as_ref()?, |value, key| first(value).get(key))?;
        filled(first(value).as_str()?.to_owned())
    }

    fn outlet(&self) -> String {
        let named = self.meta(&["og:site_name", "application-name"]);
        let of_json = || self.json(&["publisher", "name"]);
        let of_host = || {
            let url = self.url();
            let host = url.split_once("://")?.1.split(['/', ':', '?']).next()?;
            filled(host.trim_start_matches("www.").to_owned())
        };
        named.or_else(of_json).or_else(of_host).unwrap_or_default()
    }

    fn headline(&self) -> String {
        let outlet = self.outlet();
        let of_meta = || self.meta(&["og:title", "twitter:title"]).map(|title| without_site(&title, &outlet));
        let heading = || {
            let headings = self.document.select("article h1, main h1, h1");
            filled(headings.iter().next()?.text().to_string())
        };
        let title = || Some(without_site(&self.document.select("title").text(), &outlet));
        self.json(&["headline"]).or_else(of_meta).or_else(heading).or_else(title).unwrap_or_default()
    }

    fn author(&self) -> String {
        let of_json = || {
            let authors = self.json.as_ref()?.get("author")?;
            let names = |of: &Value| of.get("name").unwrap_or(of).as_str().map(str::to_owned);
            let all: Vec<String> = match authors {
                Value::Array(all) => all.iter().filter_map(names).collect(),
                one => names(one).into_iter().collect(),
            };
            filled(all.join(", "))
        };
        let linked = || filled(self.document.select("[rel=author]").iter().next()?.text().to_string());
        let of_meta = || self.meta(&["author", "parsely-author", "dc.creator", "byl"]);
        let of_meta = || of_meta().map(|name| name.trim_start_matches("By ").to_owned());
        of_json().or_else(of_meta).or_else(linked).unwrap_or_default()
    }

    fn date(&self) -> String {
        const NAMES: [&str; 11] = [
            "article:published_time",
            "og:published_time",
            "datePublished",
            "date",
            "pubdate",
            "publishdate",
            "parsely-pub-date",
            "sailthru.date",
            "dc.date",
            "DC.date.issued",
            "article.published",
        ];
        let of_time = || {
            let inside = "article time[datetime], main time[datetime], header time[datetime], time[datetime]";
            self.attribute("time[itemprop='datePublished']", "datetime")
                .or_else(|| self.attribute(inside, "datetime"))
        };
        self.json(&["datePublished"]).or_else(|| self.meta(&NAMES)).or_else(of_time).unwrap_or_default()
    }

    fn url(&self) -> String {
        let canonical = || self.attribute("link[rel='canonical']", "href");
        let of_json = || self.json(&["mainEntityOfPage", "@id"]).or_else(|| self.json(&["mainEntityOfPage"]));
        let found =
            canonical().or_else(|| self.meta(&["og:url"])).or_else(of_json).or_else(|| self.json(&["url"]));
        found.filter(|url| url.starts_with("http://") || url.starts_with("https://")).unwrap_or_default()
    }
}

/// A list stands for its first.
fn first(value: &Value) -> &Value {
    value.as_array().and_then(|all| all.first()).unwrap_or(value)
}

/// One line without blanks around it; `None` where nothing is left.
fn filled(text: String) -> Option<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then_some(text)
}

/// What a title says before the name of the site: "Bridge shut | Morning Post".
fn without_site(title: &str, site: &str) -> String {
    let title = filled(title.to_owned()).unwrap_or_default();
    for mark in [" | ", " - ", " – ", " — ", " :: "] {
        let is_site = |part: &str| !site.is_empty() && part.to_lowercase().contains(&site.to_lowercase());
        match (title.split_once(mark), title.rsplit_once(mark)) {
            (_, Some((before, behind))) if is_site(behind) => return before.to_owned(),
            (Some((before, behind)), _) if is_site(before) => return behind.to_owned(),
            _ => {}
        }
    }
    title
}

/// The first JSON-LD object whose type is an article's.
fn json_ld(document: &Document) -> Option<Value> {
    let scripts = document.select("script[type='application/ld+json']");
    scripts.iter().find_map(|script| {
        let value: Value = serde_json::from_str(script.text().trim()).ok()?;
        articles_in(&value).next().cloned()
    })
}

/// The objects in a JSON-LD document that are articles: at its top, in a list, or in its graph.
fn articles_in(value: &Value) -> impl Iterator<Item = &Value> {
    let all: Vec<&Value> = match value {
        Value::Array(all) => all.iter().collect(),
        _ => match value.get("@graph").and_then(Value::as_array) {
            Some(all) => all.iter().collect(),
            None => vec![value],
        },
    };
    let is_article = |value: &&Value| {
        let kinds = value.get("@type");
        let kinds =
            kinds.map_or(vec![], |of| of.as_array().map_or_else(|| vec![of], |all| all.iter().collect()));
        kinds
            .into_iter()
            .filter_map(Value::as_str)
            .any(|kind| kind.ends_with("Article") || kind.ends_with("Posting") || kind == "Report")
    };
    all.into_iter().filter(is_article)
}
