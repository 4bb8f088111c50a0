use std::sync::LazyLock;

use regex::Regex;

use super::abbreviation;
use super::mask::{is_closing, is_opening, is_quote, mask};
use crate::records::Span;

/// sentencex is handed at most so many bytes at a time: parts of it grow with the square of the text.
const WINDOW: usize = 8_192;
/// So many bytes on each side of a boundary are enough to judge it.
const CONTEXT: usize = 120;

/// So many bytes before a point are searched for the start of an address.
const MAX_ADDRESS: usize = 200;

/// Who said it, after a question or a cry that was quoted: `"Really?" Jane Doe asked.`
static ATTRIBUTION: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^(?:\p{Lu}[\p{L}.’'-]*,?\s+){1,4}(?:said|says|asked|asks|told|wrote|writes|added|adds|tweeted|replied|shouted|wondered|exclaimed|demanded|responded|continued|yelled)\b",
    )
});

/// A list item's mark with nothing else: "3.", "b)".
static LIST_MARK: LazyLock<Regex> =
    LazyLock::new(|| regex(r"^[\s*•⁃-]*(?:\d{1,3}|[a-z]|[ivx]{1,5})[.)]{1,2}\s*$"));

/// An address: a point or question mark inside it ends nothing.
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| regex(r"://|^www\.|@|[0-9A-Za-z]/[0-9A-Za-z]"));

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is constant")
}

/// The sentences of one line, without blanks at their ends. They cover every character that is not blank.
pub(super) fn sentences(line: &str, language: &str) -> Vec<Span> {
    let masked = mask(line);
    let mut starts = candidates(&masked, language);
    starts.extend(abbreviation::hidden_starts(&masked));
    starts.sort_unstable();
    let mut sentences = Vec::new();
    let mut at = 0;
    // Looked for once a sentence: thousands of stops without a letter between them are one sentence, and looked at at each of them.
    let letter_from = |at: usize| masked[at..].find(char::is_alphanumeric).map(|found| at + found);
    let mut letter = letter_from(0);
    for start in starts {
        let cut = cut_before(line, &masked, start);
        let has_words = letter.is_some_and(|letter| letter < start);
        if cut > at && has_words && is_boundary(line, &masked, Span::new(at, start)) {
            push_trimmed(line, Span::new(at, cut), &mut sentences);
            at = cut;
            letter = letter_from(at);
        }
    }
    push_trimmed(line, Span::new(at, line.len()), &mut sentences);
    sentences
}

fn push_trimmed(line: &str, span: Span, sentences: &mut Vec<Span>) {
    let text = span.slice(line);
    let start = span.start + (text.len() - text.trim_start().len());
    let len = text.trim().len();
    if len > 0 {
        sentences.push(Span::new(start, start + len));
    }
}

/// Byte offsets at which sentencex starts a sentence, window by window.
///
/// The last sentence of a window may go on in the next one, so the next window starts with it. A window that is one
/// sentence is passed over whole.
fn candidates(masked: &str, language: &str) -> Vec<usize> {
    let mut starts = Vec::new();
    let mut at = 0;
    while at < masked.len() {
        let end = window_end(masked, at);
        let found = sentencex::get_sentence_boundaries(language, &masked[at..end]);
        let first = starts.len();
        starts.extend(found.iter().map(|sentence| at + sentence.start_byte).filter(|&start| start > at));
        at = if end < masked.len() && starts.len() > first { starts[starts.len() - 1] } else { end };
    }
    starts
}

/// Where the window that starts at `at` ends: after a blank if there is one.
fn window_end(masked: &str, at: usize) -> usize {
    if masked.len() - at <= WINDOW {
        return masked.len();
    }
    let limit = masked.floor_char_boundary(at + WINDOW);
    masked[at..limit].rfind(' ').map_or(limit, |blank| at + blank + 1)
}

/// Where the sentence before `start` ends in the line itself: after the marks that close it, before those that open
/// the next.
fn cut_before(line: &str, masked: &str, start: usize) -> usize {
    let word = start + (masked[start..].len() - masked[start..].trim_start().len());
    let end = masked[..word].trim_end().len();
    let mut cut = end;
    let mut gap = line[end..word].char_indices().peekable();
    let mut is_attached = true;
    while let Some((at, c)) = gap.next() {
        let before_blank = gap.peek().is_some_and(|(_, next)| next.is_whitespace());
        let closes = is_closing(c) || (is_quote(c) && !is_opening(c) && (is_attached || before_blank));
        if closes {
            cut = end + at + c.len_utf8();
        } else if is_opening(c) || !c.is_whitespace() {
            break;
        } else {
            is_attached = false;
        }
    }
    cut
}

/// False where sentencex, which sees no marks, takes an inner stop for the end of the sentence `span`.
fn is_boundary(line: &str, masked: &str, span: Span) -> bool {
    let sentence = span.slice(masked).trim_end();
    let left = &sentence[sentence.ceil_char_boundary(sentence.len().saturating_sub(CONTEXT))..];
    let right = masked[span.end..].trim_start();
    let word_start = masked.len() - right.len();
    let right = &right[..right.floor_char_boundary(CONTEXT)];
    let left_end = span.start + sentence.len();
    !((sentence.len() <= CONTEXT && LIST_MARK.is_match(sentence))
        || right.starts_with([',', ':', ';', '='])
        || (stops_short(left) && starts_lower(right))
        || abbreviation::continues(left, right)
        || (left_end == word_start && is_in_address(masked, left_end))
        || is_told_on(&line[left_end..word_start], left, right))
}

/// True after an ellipsis or a word with a capital, "the Federal Govt.": a small letter then goes on with the sentence.
///
/// After other words it need not: informal writing starts sentences small.
fn stops_short(left: &str) -> bool {
    let word = left.rsplit(char::is_whitespace).next().unwrap_or_default();
    left.ends_with("..")
        || left.ends_with('…')
        || (left.ends_with('.') && word.starts_with(char::is_uppercase))
}

/// True for a word in lower case, other than an address or a name such as "iPhone".
fn starts_lower(right: &str) -> bool {
    let word = right.split(char::is_whitespace).next().unwrap_or_default();
    right.starts_with(char::is_lowercase) && !word.contains(['/', '@']) && !word.contains(char::is_uppercase)
}

/// True where the letters around `at`, up to the blanks, are an address.
fn is_in_address(masked: &str, at: usize) -> bool {
    let left = &masked[masked.ceil_char_boundary(at.saturating_sub(MAX_ADDRESS))..at];
    ADDRESS.is_match(left.rsplit(char::is_whitespace).next().unwrap_or_default())
}

/// True where a quotation or a bracket ends at `gap` and the sentence around it goes on in `right`.
fn is_told_on(gap: &str, left: &str, right: &str) -> bool {
    let is_marked = gap.starts_with(|c| (is_quote(c) || is_closing(c)) && !is_opening(c));
    let is_asked = left.ends_with(['?', '!'])
        && !abbreviation::is_starter(abbreviation::first_word(right))
        && ATTRIBUTION.is_match(right);
    is_marked && (is_asked || right.starts_with(char::is_lowercase))
}
