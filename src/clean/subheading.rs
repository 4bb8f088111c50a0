use super::line::Line;
use crate::records::Kind;

/// A line of more bytes is no crosshead.
const MAX_SUBHEADING: usize = 80;

/// A neighbour is looked for behind at most so many lines that are not of the article.
const MAX_PASSED_OVER: usize = 10;

/// Words on which no heading ends: a line that stops there is a sentence that lost its end.
const OPEN_ENDS: [&str; 38] = [
    "a", "about", "after", "an", "and", "as", "at", "because", "before", "but", "by", "for", "from", "had",
    "has", "have", "in", "into", "is", "of", "on", "or", "said", "says", "than", "that", "the", "their",
    "to", "told", "was", "were", "when", "which", "while", "who", "will", "with",
];

/// Claims the short lines between two paragraphs of running text.
pub(super) fn mark(lines: &mut [Line<'_>]) {
    let found: Vec<usize> = (0..lines.len()).filter(|&i| is_subheading(lines, i)).collect();
    for i in found {
        lines[i].kind = Some(Kind::Subheading);
    }
}

fn is_subheading(lines: &[Line<'_>], i: usize) -> bool {
    if !lines[i].is_open() || !reads_as_heading(&lines[i]) {
        return false;
    }
    let above = lines[..i].iter().rev().take(MAX_PASSED_OVER).find(|line| is_neighbour(line));
    let below = lines[i + 1..].iter().take(MAX_PASSED_OVER).find(|line| is_neighbour(line));
    above.is_some_and(Line::is_running_text) && below.is_some_and(Line::is_running_text)
}

/// Pictures, advertisements and posts stand anywhere; they are passed over.
fn is_neighbour(line: &Line<'_>) -> bool {
    !matches!(line.kind, Some(Kind::Caption | Kind::Boilerplate | Kind::EmbeddedPost))
}

fn reads_as_heading(line: &Line<'_>) -> bool {
    let last_word = line.text.rsplit(char::is_whitespace).next().unwrap_or_default();
    line.text.len() <= MAX_SUBHEADING
        && line.n_words(12) <= 11
        && line.text.starts_with(|c: char| c.is_uppercase() || c.is_numeric() || matches!(c, '“' | '"' | '‘'))
        && !line.ends_with_punctuation()
        && !OPEN_ENDS.contains(&last_word)
}
