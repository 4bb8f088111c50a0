//! Lists of links inside sentences.

use std::sync::LazyLock;

use regex::Regex;

use crate::records::{Edit, Span};

/// Longest list of links that is looked for, in bytes.
const MOST_LINKS: usize = 1_500;

static MORE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r" MORE\b").expect("the pattern is ours"));
static GLUED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"([\p{Lu}][\p{L}'’.-]*\p{Ll})([\p{Lu}0-9'‘“])").expect("the pattern is ours")
});

/// Lists of links that a site prints behind a name, inside the sentence: "Sen. John Cornyn John CornynGOP senators balk … MORE (R-Texas) said". Each is the
/// person's name once more with a headline glued to it, up to the word MORE.
pub(super) fn link_lists(text: &str) -> Vec<Edit> {
    let mut edits: Vec<Edit> = vec![];
    for more in MORE.find_iter(text) {
        let done = edits.last().map_or(0, |edit| edit.span.end);
        let mut from = done.max(more.start().saturating_sub(MOST_LINKS));
        while !text.is_char_boundary(from) {
            from += 1;
        }
        let line = text[from..more.start()].rfind('\n').map_or(from, |at| from + at + 1);
        let before = &text[line..more.start()];
        // The glued surname stands just before as well.
        let glued = GLUED.captures_iter(before).find_map(|found| {
            let (surname, next) = (found.get(1)?, found.get(2)?);
            let start = again(&before[..surname.start()], surname.as_str())?;
            (next.start() > start).then_some(start)
        });
        if let Some(start) = glued {
            edits.push(Edit { span: Span::new(line + start, more.end()), words: String::new() });
        }
    }
    edits
}

/// Words of a person's name between the name and its repetition, at most.
const MOST_NAMES: usize = 6;

/// Where the list begins: behind the surname of a person who has just been named, where only that name stands between it and the surname's next place: "Sen. John
/// Cornyn John Cornyn…".
fn again(before: &str, surname: &str) -> Option<usize> {
    let is_name = |word: &str| word.trim_start_matches(['(', '"', '“']).starts_with(char::is_uppercase);
    let mut end = before.len();
    for word in before.split(' ').rev().take(MOST_NAMES + 1) {
        let start = end - word.len();
        if word.trim_matches(|char: char| !char.is_alphanumeric()) == surname {
            let first = before[..start].trim_end().rsplit(' ').next().unwrap_or_default();
            return is_name(first).then_some(start + word.len());
        }
        if !word.is_empty() && !is_name(word) {
            return None;
        }
        end = start.saturating_sub(1);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::body;

    #[test]
    fn link_lists_inside_sentences_are_left_out() {
        for (text, clean) in [
            (
                "Sen. John Cornyn John CornynGOP senators balk at trial Overnight Health Care: drug pricing | vaping ban MORE (R-Texas) said no.",
                "Sen. John Cornyn (R-Texas) said no.",
            ),
            (
                "of President Trump Donald John TrumpKamala Harris calls for Twitter to suspend it MORE's plan and Sen. Tim Kaine Timothy (Tim) Michael KaineWarren says no MORE won.",
                "of President Trump's plan and Sen. Tim Kaine won.",
            ),
            (
                "Buyers of the Mac and the MacBook line say they need MORE ports.",
                "Buyers of the Mac and the MacBook line say they need MORE ports.",
            ),
            (
                "Pay your bill with PayPal before June and get MORE for less.",
                "Pay your bill with PayPal before June and get MORE for less.",
            ),
            (
                "He met John Mac and said that a MacBook costs MORE now.",
                "He met John Mac and said that a MacBook costs MORE now.",
            ),
            ("He wants MORE of it, McDonald said.", "He wants MORE of it, McDonald said."),
            ("Ann McCain and John McCain want MORE.", "Ann McCain and John McCain want MORE."),
        ] {
            assert_eq!(body(text.to_owned()).text, clean);
        }
    }
}
