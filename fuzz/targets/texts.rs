//! What is done with words that were read.

use parallax::annotate::{annotate_sentence, quotations as quotations_of};
use parallax::clean::{clean as clean_article, is_boilerplate};
use parallax::encode::words;
use parallax::pipeline::document;
use parallax::read::{Row, articles};
use parallax::records::{Article, Block, Kind, Layout, Span};
use parallax::report::printable;

use super::articles::{
    check_annotations, check_cuts, check_document, check_layout, check_quotations, check_sentences,
};
use super::split_choice;

/// What parts a headline from its body in an input.
const BEHIND_HEADLINE: char = '\u{1f}';

/// An article of an input's words.
pub fn article(data: &[u8]) -> Article {
    let text = String::from_utf8_lossy(data);
    let (headline, body) = text.split_once(BEHIND_HEADLINE).unwrap_or(("", &text));
    Article { headline: headline.to_owned(), ..Article::new("a", "Post", body) }
}

/// Markup, link lists, soft hyphens and line ends are taken out, and what is left lies where it lay.
pub fn repair(data: &[u8]) {
    let Article { headline, body, .. } = article(data);
    let row = Row { outlet: "Post".into(), headline: headline.clone(), text: body.clone(), ..Row::default() };
    let reading = articles([row]);
    assert_eq!(reading.articles.len() + reading.rejected.len(), 1);
    let Some(found) = reading.articles.first() else { return };
    check_cuts(&body, &found.body, &found.body_cuts);
    let headline = if headline.trim().is_empty() { "" } else { &headline };
    check_cuts(headline, &found.headline, &found.headline_cuts);
}

/// Each part of a body gets its kind.
pub fn clean(data: &[u8]) {
    let article = article(data);
    let layout = clean_article(&article);
    check_layout(&article, &layout);
    is_boilerplate(&article.body);
    assert!(
        !printable(&article.body).contains(|char: char| char.is_control() && char != '\n' && char != '\t')
    );
}

/// Sentences of one block, by the rules of a language, and the words of an encoding.
pub fn split(data: &[u8]) {
    const LANGUAGES: [&str; 8] = ["eng", "deu", "fra", "spa", "jpn", "hin", "rus", "und"];
    let Some((choice, rest)) = split_choice(data) else { return };
    let article = article(rest);
    let body = &article.body;
    let start = body.len() - body.trim_start().len();
    let span = Span::new(start, start + body.trim().len());
    let blocks = if span.is_empty() { vec![] } else { vec![Block { span, kind: Kind::Body }] };
    let layout = Layout { language: LANGUAGES[choice % LANGUAGES.len()].into(), blocks, warnings: vec![] };
    let sentences = parallax::split::split(&article, &layout);
    check_sentences(&article, &layout, &sentences);
    let words = words(body);
    assert!(words.iter().all(|word| !word.slice(body).is_empty()));
    assert!(words.is_sorted_by(|a, b| a.end <= b.start));
}

/// What stands between quotation marks.
pub fn quotations(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    check_quotations(&text, &quotations_of(&text));
}

/// What is found in the sentences of an article, and in all of it as one sentence.
pub fn annotate(data: &[u8]) {
    let article = article(data);
    check_annotations(&article.body, &annotate_sentence(&article.body));
    let again = document(article.clone());
    check_document(&again);
    assert_eq!(document(article), again);
}
