//! Whether some words of a sentence are cut out of the middle of something.

use std::ops::Range;

use crate::records::Span;

/// Where some words of a sentence begin and end, each 0 or 1: words that are cut out of the middle of something are hard to take by themselves.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Edges {
    /// Nothing but a space stands between them and the word before them; and the word behind them.
    pub joined_before: f32,
    pub joined_behind: f32,
    /// Round brackets, or double quotation marks, are not as many at both ends.
    pub unpaired: f32,
    /// The word before them is one that something must follow ("of", "known"; "as long" before "as"); so is their last one.
    pub hanging_before: f32,
    pub hanging: f32,
    /// The word right behind them goes on with them ("of", "who"); is a verb that they may be the subject of ("was", "said").
    pub goes_on: f32,
    pub verb_behind: f32,
}

impl Edges {
    /// `inside` are the numbers of the words of the span, among all `words` of the text.
    pub(super) fn new(text: &str, words: &[Span], inside: &Range<usize>, span: &Span) -> Self {
        let is_in = |list: &[&str], of: Option<&Span>| {
            of.is_some_and(|of| list.contains(&of.slice(text).to_lowercase().as_str()))
        };
        let before = |n: usize| inside.start.checked_sub(n).map(|at| &words[at]);
        let [first, last] = [inside.clone().next(), inside.clone().last()].map(|at| at.map(|at| &words[at]));
        let joined_behind = words.get(inside.end).filter(|behind| span.joins(behind, text));
        let count = |mark: char| span.slice(text).matches(mark).count();
        let is_as_long_as = is_in(&["as"], first) && is_in(&["as"], before(2));
        Self {
            joined_before: f32::from(before(1).is_some_and(|before| before.joins(span, text))),
            joined_behind: f32::from(joined_behind.is_some()),
            unpaired: f32::from(count('(') != count(')') || count('“') != count('”') || count('"') % 2 == 1),
            hanging_before: f32::from(
                is_in(&HANGING, before(1)) || is_in(&["known", "such", "more"], before(1)) || is_as_long_as,
            ),
            hanging: f32::from(is_in(&HANGING, last)),
            goes_on: f32::from(is_in(&GOING_ON, joined_behind)),
            verb_behind: f32::from(is_in(&BEHIND_SUBJECTS, joined_behind)),
        }
    }
}

/// A span with the closing mark right behind it whose opening one it holds (a comma or full stop may stand between), the opening mark right before it whose
/// closing one it holds, and the last dot of an abbreviation ("the U.S.").
pub(super) fn with_both_marks(text: &str, mut span: Span) -> Span {
    let is_letter = |part: &str| matches!(part.as_bytes(), [letter] if letter.is_ascii_alphabetic());
    let is_abbreviated = |part: &str| {
        let last = part.rsplit([' ', '(', '“', '"']).next().unwrap_or_default();
        last.contains('.') && last.split('.').all(is_letter)
    };
    if is_abbreviated(span.slice(text)) && text[span.end..].starts_with('.') {
        span.end += 1;
    }
    // How much further the span ends with the closing mark.
    let closed = |end: usize, close: char| {
        let behind = &text[end..];
        let from = behind.trim_start_matches([',', '.', '!', '?']);
        from.starts_with(close).then(|| behind.len() - from.len() + close.len_utf8())
    };
    for (open, close) in [('“', '”'), ('(', ')'), ('[', ']')] {
        let count = |span: &Span, mark: char| span.slice(text).matches(mark).count();
        if count(&span, open) > count(&span, close) {
            span.end += closed(span.end, close).unwrap_or(0);
        }
        if count(&span, close) > count(&span, open) && text[..span.start].ends_with(open) {
            span.start -= open.len_utf8();
        }
    }
    if span.slice(text).matches('"').count() % 2 == 1 {
        if let Some(further) = closed(span.end, '"') {
            span.end += further;
        } else if text[..span.start].ends_with('"') {
            span.start -= 1;
        }
    }
    span
}

/// Words that something must follow.
const HANGING: [&str; 53] = [
    "as", "to", "who", "which", "that", "for", "with", "in", "on", "of", "by", "from", "about", "after",
    "because", "while", "but", "and", "at", "the", "a", "an", "how", "what", "when", "where", "not", "even",
    "amid", "if", "than", "into", "over", "is", "was", "were", "are", "be", "been", "has", "have", "had",
    "would", "will", "his", "her", "their", "its", "our", "my", "your", "only", "also",
];

/// Words that go on with what stands before them.
const GOING_ON: [&str; 14] =
    ["of", "to", "about", "for", "in", "on", "at", "by", "from", "with", "that", "who", "which", "as"];

/// Verbs that stand right behind a subject.
const BEHIND_SUBJECTS: [&str; 11] =
    ["is", "was", "were", "are", "has", "have", "had", "would", "will", "said", "says"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_holds_both_marks_of_a_pair() {
        for (text, part, whole) in [
            ("He was “angry at the mayor” then.", "was “angry at the mayor", "was “angry at the mayor”"),
            ("He was “angry” at the mayor.", "angry” at the mayor", "“angry” at the mayor"),
            ("The act (of 2017) fell.", "act (of 2017", "act (of 2017)"),
            ("She said \"never again\" to him.", "said \"never again", "said \"never again\""),
            ("She said \"never again\" to him.", "never again\" to", "\"never again\" to"),
            ("They came to the U.S. in May.", "to the U.S", "to the U.S."),
            ("They came to the end.", "to the end", "to the end"),
            ("It rose by 3.5.", "by 3.5", "by 3.5"),
            ("“I am angry at the mayor,” he said.", "“I am angry at the mayor", "“I am angry at the mayor,”"),
            ("She said \"never, never!\" to him.", "\"never, never", "\"never, never!\""),
            ("The act (of 2017 fell.", "act (of 2017", "act (of 2017"),
            ("He was “angry” then.", "angry", "angry"),
        ] {
            let start = text.find(part).unwrap();
            let span = with_both_marks(text, Span::new(start, start + part.len()));
            assert_eq!(span.slice(text), whole, "{text}");
        }
    }

    #[test]
    fn words_that_are_cut_out_of_something_are_told() {
        let none = Edges::default;
        for (text, part, edges) in [
            ("The council met, angry at the mayor.", "angry at the mayor", none()),
            (
                "The council met after months of delay there.",
                "after months",
                Edges { joined_before: 1.0, joined_behind: 1.0, goes_on: 1.0, ..none() },
            ),
            (
                "It was known as the act that closed schools.",
                "as the act that",
                Edges { joined_before: 1.0, joined_behind: 1.0, hanging_before: 1.0, hanging: 1.0, ..none() },
            ),
            (
                "They stay as long as it rains.",
                "as it rains",
                Edges { joined_before: 1.0, hanging_before: 1.0, ..none() },
            ),
            ("The act (of “2017) fell.", "The act (of “2017", Edges { unpaired: 1.0, ..none() }),
            (
                "The angry mayor said so.",
                "The angry mayor",
                Edges { joined_behind: 1.0, verb_behind: 1.0, ..none() },
            ),
        ] {
            let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
            let start = |word: &str| word.as_ptr() as usize - text.as_ptr() as usize;
            let words: Vec<Span> =
                words.map(|word| Span::new(start(word), start(word) + word.len())).collect();
            let start = text.find(part).unwrap();
            let span = Span::new(start, start + part.len());
            let of = |end: usize| words.partition_point(|word| word.start < end);
            assert_eq!(Edges::new(text, &words, &(of(span.start)..of(span.end)), &span), edges, "{text}");
        }
    }
}
