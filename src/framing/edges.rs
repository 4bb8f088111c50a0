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
        let is_joined = |x: usize, y: usize| text.get(x..y).is_some_and(|gap| gap.trim().is_empty());
        let joined_behind = words.get(inside.end).filter(|behind| is_joined(span.end, behind.start));
        let count = |mark: char| span.slice(text).matches(mark).count();
        let is_as_long_as = is_in(&["as"], first) && is_in(&["as"], before(2));
        Self {
            joined_before: f32::from(before(1).is_some_and(|before| is_joined(before.end, span.start))),
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
