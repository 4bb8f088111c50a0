use std::collections::BTreeSet;

use super::line::Line;
use crate::records::Kind;

/// A line of more bytes is no headline.
const MAX_HEADLINE: usize = 140;
/// A line of more bytes is no standfirst.
const MAX_STANDFIRST: usize = 300;
/// A standfirst says again what one of so many lines below it says ...
const MAX_LINES_BELOW: usize = 3;
/// ... with at least this share of its words.
const MIN_REPEATED: f64 = 0.8;

/// Claims the headline on top of the body, and the standfirst right under it.
pub(super) fn mark(lines: &mut [Line<'_>], headline: &str) {
    let Some(first) = lines.iter().position(Line::is_open) else {
        return;
    };
    let below = &lines[first + 1..];
    if !is_same(lines[first].text, headline) && !reads_as_headline(&lines[first], below) {
        return;
    }
    lines[first].kind = Some(Kind::Headline);
    let below = &mut lines[first + 1..];
    if let Some((line, rest)) = below.split_first_mut()
        && line.is_open()
        && reads_as_standfirst(line, rest)
    {
        line.kind = Some(Kind::Headline);
    }
}

/// Equal up to case, blanks, quotes and punctuation.
fn is_same(line: &str, headline: &str) -> bool {
    let letters = |text: &str| -> String {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    line.len() <= 2 * headline.len() && !headline.trim().is_empty() && letters(line) == letters(headline)
}

fn reads_as_headline(line: &Line<'_>, below: &[Line<'_>]) -> bool {
    line.text.len() <= MAX_HEADLINE
        && line.n_words(4) == 4
        && line.starts_upper()
        && !line.ends_with_punctuation()
        && below.iter().filter(|line| line.is_open()).take(2).any(Line::is_running_text)
}

fn reads_as_standfirst(line: &Line<'_>, below: &[Line<'_>]) -> bool {
    let mut paragraphs = below.iter().filter(|line| line.is_open()).take(MAX_LINES_BELOW);
    line.text.len() <= MAX_STANDFIRST && paragraphs.any(|paragraph| is_repeated(line.text, paragraph.text))
}

/// True where nearly all words of `line` come again in `paragraph`.
fn is_repeated(line: &str, paragraph: &str) -> bool {
    let (line, paragraph) = (words(line), words(paragraph));
    let repeated = line.intersection(&paragraph).count();
    line.len() >= 6 && repeated as f64 >= MIN_REPEATED * line.len() as f64
}

fn words(text: &str) -> BTreeSet<String> {
    // A paragraph that answers a standfirst is not a whole book on one line.
    let text = &text[..text.floor_char_boundary(2_000)];
    text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_lowercase).collect()
}
