//! Splits a sentence into words, numbers and marks, once for all annotators.

use std::borrow::Cow;
use std::ops::Deref;

use crate::records::Span;

/// What a token is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Begins with a letter: "told", "U.S.", "didn’t", "Sen.".
    Word,
    /// Begins with a digit: "1,500", "3bn", "26th", "1990s".
    Number,
    /// A quotation mark.
    Quote,
    /// Any other mark, one character.
    Mark,
}

/// A token of a sentence.
#[derive(Debug, Clone)]
pub(super) struct Word<'t> {
    /// Bytes from the start of the sentence.
    pub span: Span,
    /// As written.
    pub text: &'t str,
    /// Lower case, with straight apostrophes.
    pub lower: Cow<'t, str>,
    /// What it is made of.
    pub shape: Shape,
}

impl Word<'_> {
    /// The lower-case form without a possessive ending: "trump’s" is "trump", "officials’" is "officials".
    pub fn base(&self) -> &str {
        self.lower.strip_suffix("'s").or_else(|| self.lower.strip_suffix('\'')).unwrap_or(&self.lower)
    }

    /// True for "Trump’s" and "officials’".
    pub fn is_possessive(&self) -> bool {
        self.shape == Shape::Word && (self.lower.ends_with("'s") || self.lower.ends_with('\''))
    }

    /// True for a word whose first letter is upper case.
    pub fn is_capitalised(&self) -> bool {
        self.shape == Shape::Word && self.text.chars().next().is_some_and(char::is_uppercase)
    }

    /// True for a word of at least two letters that are all upper case: "US", "U.S.", "DHS’s".
    pub fn is_acronym(&self) -> bool {
        let body = self.text.trim_end_matches("'s").trim_end_matches("’s");
        let mut letters = body.chars().filter(|c| c.is_alphabetic());
        self.is_capitalised() && body.len() > 1 && letters.all(char::is_uppercase) && body != "I"
    }

    /// True for a word that is no mark, number or quotation mark.
    pub fn is_word(&self) -> bool {
        self.shape == Shape::Word
    }

    /// True where the token is this one word in lower case, or this one mark.
    pub fn is(&self, lower: &str) -> bool {
        self.lower == lower
    }
}

/// The tokens of one sentence, in order; they do not overlap.
#[derive(Debug)]
pub(super) struct Words<'t> {
    list: Vec<Word<'t>>,
    /// True where nearly every longer word has a capital letter, as in a headline.
    pub title_case: bool,
}

impl<'t> Deref for Words<'t> {
    type Target = [Word<'t>];

    fn deref(&self) -> &[Word<'t>] {
        &self.list
    }
}

/// Abbreviations whose full stop belongs to the word, so that it does not end a noun phrase.
const ABBREVIATIONS: &[&str] = &[
    "mr", "mrs", "ms", "dr", "sen", "sens", "rep", "reps", "gov", "govs", "gen", "lt", "col", "st", "jr",
    "sr", "prof", "rev", "hon", "capt", "sgt", "maj", "adm", "cmdr", "jan", "feb", "mar", "apr", "jun",
    "jul", "aug", "sept", "sep", "oct", "nov", "dec", "vs", "inc", "corp", "ltd", "ala", "ariz", "calif",
    "colo", "conn", "fla", "ga", "ill", "ind", "kan", "ky", "md", "mich", "minn", "mo", "mont", "neb", "nev",
    "okla", "pa", "tenn", "tex", "va", "vt", "wis", "wyo",
];

impl<'t> Words<'t> {
    /// Splits `text`; linear in its length.
    pub fn new(text: &'t str) -> Self {
        let mut list = Vec::with_capacity(text.len() / 5 + 1);
        let mut at = 0;
        while let Some(c) = text[at..].chars().next() {
            if c.is_whitespace() || c.is_control() {
                at += c.len_utf8();
                continue;
            }
            let (end, shape) = token_end(text, at, c);
            list.push(Word::new(text, Span::new(at, end), shape));
            at = end;
        }
        let long = list.iter().filter(|word| word.is_word() && word.text.len() > 3);
        let (n, capital) =
            long.fold((0, 0), |(n, capital), word| (n + 1, capital + usize::from(word.is_capitalised())));
        let title_case = n >= 4 && capital * 4 >= n * 3;
        Words { list, title_case }
    }

    /// True where tokens `i` and `i + 1` stand with no blank between them.
    pub fn glued(&self, i: usize) -> bool {
        i + 1 < self.len() && self[i].span.end == self[i + 1].span.start
    }

    /// The lower-case form of token `i`, or "" past either end.
    pub fn lower(&self, i: usize) -> &str {
        self.get(i).map_or("", |word| &word.lower)
    }

    /// True where token `i` exists and is this one word in lower case, or this one mark.
    pub fn is_at(&self, i: usize, lower: &str) -> bool {
        self.get(i).is_some_and(|word| word.is(lower))
    }

    /// The bytes from token `from` to token `to` exclusive. `from < to` must hold.
    pub fn span(&self, from: usize, to: usize) -> Span {
        Span::new(self[from].span.start, self[to - 1].span.end)
    }
}

impl<'t> Word<'t> {
    fn new(text: &'t str, span: Span, shape: Shape) -> Self {
        let text = span.slice(text);
        let plain = text.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase());
        let lower = if plain {
            Cow::Borrowed(text)
        } else if text.is_ascii() {
            Cow::Owned(text.to_ascii_lowercase())
        } else {
            Cow::Owned(text.to_lowercase().replace('’', "'"))
        };
        Word { span, text, lower, shape }
    }
}

/// True for a mark that opens or closes a quotation, single ones and apostrophes included.
pub(super) const fn is_quotation_mark(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '«' | '»' | '‘' | '’' | '\'')
}

fn token_end(text: &str, at: usize, first: char) -> (usize, Shape) {
    if first.is_alphabetic() {
        (word_end(text, at), Shape::Word)
    } else if first.is_numeric() {
        (number_end(text, at), Shape::Number)
    } else if is_quotation_mark(first) {
        (at + first.len_utf8(), Shape::Quote)
    } else {
        (at + first.len_utf8(), Shape::Mark)
    }
}

/// End of the word that starts at `at`.
fn word_end(text: &str, at: usize) -> usize {
    let mut end = dotted_end(text, at).unwrap_or_else(|| letters_end(text, at));
    let rest = &text[end..];
    if let Some(mark) = rest.chars().next().filter(|c| matches!(c, '\'' | '’')) {
        let after = &rest[mark.len_utf8()..];
        if after.starts_with(char::is_alphabetic) {
            end = letters_end(text, end + mark.len_utf8());
        } else if text[at..end].ends_with('s') && (after.starts_with(' ') && !after.starts_with(" (")) {
            end += mark.len_utf8();
        }
    } else if rest.starts_with('.') && takes_full_stop(&text[at..end], &rest[1..]) {
        end += 1;
    }
    end
}

fn letters_end(text: &str, at: usize) -> usize {
    text[at..].find(|c: char| !c.is_alphanumeric()).map_or(text.len(), |n| at + n)
}

/// End of an acronym with full stops ("U.S.", "a.m."), if one starts here.
fn dotted_end(text: &str, at: usize) -> Option<usize> {
    let mut end = at;
    let mut letters = 0;
    let mut chars = text[at..].chars();
    while let (Some(letter), Some('.')) = (chars.next(), chars.next()) {
        if !letter.is_alphabetic() {
            break;
        }
        end += letter.len_utf8() + 1;
        letters += 1;
    }
    (letters > 1).then_some(end)
}

/// True for "Sen." and for an initial before a name ("J. Edgar").
fn takes_full_stop(word: &str, after: &str) -> bool {
    let mut next = after.chars();
    let before_name =
        next.next() == Some(' ') && next.next().is_some_and(|c| c.is_uppercase() || c.is_numeric());
    let initial = word.len() == 1 && !matches!(word, "I" | "A" | "a") && before_name;
    let known = word.len() <= 5 && word.starts_with(|c: char| c.is_ascii_uppercase()) && {
        let lower = word.to_ascii_lowercase();
        ABBREVIATIONS.contains(&lower.as_str())
    };
    initial || known
}

/// End of a number: digits, with a comma, a full stop or nothing between them, and letters glued to it.
fn number_end(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let mut end = at;
    loop {
        end = letters_end(text, end);
        let inner =
            end + 1 < bytes.len() && matches!(bytes[end], b',' | b'.') && bytes[end + 1].is_ascii_digit();
        if !inner || !bytes[end - 1].is_ascii_digit() {
            return end;
        }
        end += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn splits() {
        struct Case {
            text: &'static str,
            words: &'static str,
        }
        let cases = [
            Case { text: "He didn’t go.", words: "he|didn't|go|." },
            Case { text: "U.S.-backed talks", words: "u.s.|-|backed|talks" },
            Case { text: "Sen. J. Doe, of the U.S.", words: "sen.|j.|doe|,|of|the|u.s." },
            Case { text: "$1,500.50 and 3bn, 26th", words: "$|1,500.50|and|3bn|,|26th" },
            Case { text: "officials’ plan", words: "officials'|plan" },
            Case { text: "than I. She", words: "than|i|.|she" },
            Case { text: "“Go,” he said", words: "“|go|,|”|he|said" },
            Case { text: "", words: "" },
        ];
        for case in cases {
            let words = Words::new(case.text);
            let found: Vec<&str> = words.iter().map(|word| &*word.lower).collect();
            assert_eq!(found.join("|"), case.words, "{}", case.text);
        }
    }

    proptest! {
        #[test]
        fn tokens_are_ordered_and_cover_every_visible_character(text in "\\PC{0,80}") {
            let words = Words::new(&text);
            let mut last = 0;
            for word in words.iter() {
                prop_assert!(text[last..word.span.start].chars().all(|c| c.is_whitespace() || c.is_control()));
                prop_assert_eq!(word.span.slice(&text), word.text);
                prop_assert!(!word.span.is_empty());
                last = word.span.end;
            }
            prop_assert!(text[last..].chars().all(|c| c.is_whitespace() || c.is_control()));
        }
    }
}
