//! The tables of a run -> `report.html`: one file that fetches nothing.
//!
//! `data` reads the tables and makes one JSON of what is shown; the script builds the page from it, and puts every word of an article in as text, never as markup.
//! `inline` keeps the JSON inside its element and the page from running anything but its own script.

mod data;
pub(crate) mod inline;

pub use data::PageBounds;

use std::path::Path;

use minijinja::{AutoEscape, Environment, Value, context};
use pulldown_cmark::{Event, Parser, Tag, TagEnd, html::push_html};
use serde_json::Value as Json;

use super::read_back::run_json;
use crate::error::Result;
use crate::framing::{Measure, Measures};

const TEMPLATE: &str = include_str!("report.html");
const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");

/// The page for the tables in `folder`, which holds the results of a run.
///
/// The same tables give the same bytes, whatever they are written as.
///
/// # Errors
/// [`Error::Output`](crate::Error::Output), [`Error::Read`](crate::Error::Read) and [`Error::Table`](crate::Error::Table) where a table is missing or cannot be read.
pub(super) fn render(folder: &Path, bounds: PageBounds) -> Result<String> {
    let (_, run): (String, Json) = run_json(folder)?;
    let data = data::read(folder, bounds)?;
    let json = serde_json::to_string(&data).expect("texts and numbers can be written as JSON");
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    let page = environment.render_named_str(
        "report.html",
        TEMPLATE,
        context! {
            policy => inline::policy(SCRIPT, STYLE),
            style => Value::from_safe_string(STYLE.to_owned()),
            script => Value::from_safe_string(SCRIPT.to_owned()),
            data => Value::from_safe_string(inline::inside_html(&json)),
            model => format!("{} {}", words(&run["model"]["name"]), words(&run["model"]["version"])),
            version => words(&run["version"]),
            cards => cards(),
            notes => run["warnings"].as_array().map_or(vec![], |notes| notes.iter().map(|note| words(note).to_owned()).collect::<Vec<String>>()),
        },
    );
    Ok(page.expect("the template is ours and is given all that it names"))
}

fn words(value: &Json) -> &str {
    value.as_str().unwrap_or_default()
}

/// The cards of the measures: name, title, HTML, and the names of the dimensions and figures that each tells of.
fn cards() -> Vec<Value> {
    let card = |measure: &&'static Measure| {
        let figures = measure.figures.iter().map(|figure| figure.name);
        let names: Vec<&str> =
            measure.dimensions.iter().map(|dimension| dimension.name).chain(figures).collect();
        context! {
            name => measure.name,
            title => measure.name.replace('_', " "),
            html => Value::from_safe_string(html_of(measure.card)),
            of => names.join(" "),
        }
    };
    Measures::with_frames().list().iter().map(card).collect()
}

/// Markdown as HTML that fits below a heading of the third level, with the words of links but not the links: they lead to files that are not beside the page.
fn html_of(markdown: &str) -> String {
    let is_link = |event: &Event<'_>| {
        matches!(
            event,
            Event::Start(Tag::Link { .. } | Tag::Image { .. }) | Event::End(TagEnd::Link | TagEnd::Image)
        )
    };
    let is_raw = |event: &Event<'_>| matches!(event, Event::Html(_) | Event::InlineHtml(_));
    let mut in_title = false;
    let events = pulldown_cmark::TextMergeStream::new(Parser::new_ext(
        markdown,
        pulldown_cmark::Options::ENABLE_TABLES,
    ));
    // The card's own title stands in the page already.
    let events = events.filter(|event| {
        let is_title = matches!(event, Event::Start(Tag::Heading { level, .. }) if *level == pulldown_cmark::HeadingLevel::H1);
        let ends = matches!(event, Event::End(TagEnd::Heading(level)) if *level == pulldown_cmark::HeadingLevel::H1);
        in_title = (in_title || is_title) && !ends;
        !in_title && !ends && !is_link(event) && !is_raw(event)
    });
    let mut html = String::new();
    push_html(&mut html, events);
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_the_page_is_fetched() {
        // The name of a namespace is no address.
        let script = SCRIPT.replace("http://www.w3.org/2000/svg", "");
        for part in
            ["src=", "@import", "url(", "http:", "<link", "style=\"", "onclick=\"", "innerHTML", "eval("]
        {
            assert!(![TEMPLATE, STYLE, script.as_str()].iter().any(|text| text.contains(part)), "{part}");
        }
    }

    #[test]
    fn a_card_has_no_links_and_no_title() {
        let html =
            html_of("# Tone\n\n**What** [it](x.md) is <b>bold</b>.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n");
        assert!(html.starts_with("<p><strong>What</strong> it is bold.</p>"), "{html}");
        assert!(html.contains("<table>") && !html.contains("Tone") && !html.contains("href"), "{html}");
    }
}
