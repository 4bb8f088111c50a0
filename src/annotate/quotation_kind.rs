//! Tells what quotation marks are for: a source's words, distance from a word, or a title.

use std::sync::LazyLock;

use super::attribution::Found;
use super::phrases::Phrases;
use super::words::{Shape, Word, Words, is_quotation_mark};
use crate::records::{Quotation, QuotationKind, Span};

/// Words before a mark that say what it is for, and words that make a sentence of what is quoted.
static SIGNS: LazyLock<Phrases> = LazyLock::new(|| Phrases::parse(include_str!("lists/quotation_signs.txt")));

/// Most words between scare quotes.
const MOST: usize = 4;

/// Sets the kind of each quotation of a sentence.
///
/// Scare quotes are a few words with both their marks in the sentence and narration around them, that are no sentence
/// of their own and that no attribution of the sentence hands to anybody. "So-called" before them makes scare quotes of
/// them whoever speaks.
pub(super) fn set_kinds(words: &Words, quotations: &mut [Quotation], found: &[Found]) {
    let handed_over = HandedOver::new(found);
    for quotation in quotations {
        quotation.kind = kind(words, quotation.span, &handed_over);
    }
}

fn kind(words: &Words, span: Span, handed_over: &HandedOver) -> QuotationKind {
    let (from, to) = tokens(words, span);
    let inside = Inside::new(words, from, to);
    if !inside.is_whole || !inside.has_few_words() || inside.is_sentence() {
        return QuotationKind::Direct;
    }
    match () {
        () if sign_before(words, from, "distance") => QuotationKind::Scare,
        () if inside.is_title() => QuotationKind::Title,
        () if sign_before(words, from, "title") && !inside.is_lower() => QuotationKind::Title,
        () if is_speech(words, from, to) || handed_over.meets(span) => QuotationKind::Direct,
        () => QuotationKind::Scare,
    }
}

/// The tokens that lie in a span, `from..to`.
fn tokens(words: &Words, span: Span) -> (usize, usize) {
    let from = words.partition_point(|word| word.span.end <= span.start);
    (from, words.partition_point(|word| word.span.start < span.end))
}

/// What stands between two marks.
struct Inside<'w, 't> {
    words: &'w [Word<'t>],
    /// Both marks stand in the sentence.
    is_whole: bool,
}

impl<'w, 't> Inside<'w, 't> {
    fn new(words: &'w Words<'t>, from: usize, to: usize) -> Self {
        let all = &words[from..to];
        let is_mark = |word: Option<&Word<'_>>| {
            word.is_some_and(|word| word.text.chars().next_back().is_some_and(is_quotation_mark))
        };
        let is_whole = all.len() > 2 && is_mark(all.first()) && is_mark(all.last());
        Self { words: all, is_whole }
    }

    fn content(&self) -> impl Iterator<Item = &Word<'t>> {
        self.words.iter().filter(|word| matches!(word.shape, Shape::Word | Shape::Number))
    }

    fn has_few_words(&self) -> bool {
        (1..=MOST).contains(&self.content().take(MOST + 1).count())
    }

    /// True for what has a subject, calls out or asks: "I quit", "Go!".
    fn is_sentence(&self) -> bool {
        let called = self.words.iter().any(|word| matches!(&*word.lower, "!" | "?"));
        let first = self.content().next();
        called || first.is_some_and(|word| SIGNS.label(&word.lower) == Some("subject"))
    }

    /// True where every longer word has a capital letter.
    fn is_title(&self) -> bool {
        let mut long = self.content().filter(|word| word.is_word() && word.text.len() > 3).peekable();
        let first = self.content().next().is_some_and(Word::is_capitalised);
        first && long.all(Word::is_capitalised)
    }

    fn is_lower(&self) -> bool {
        self.content().all(|word| !word.is_capitalised())
    }
}

/// True where one of the words with this label ends before token `from`, at most one word away.
fn sign_before(words: &Words, from: usize, label: &str) -> bool {
    let starts = from.saturating_sub(4)..from;
    starts.into_iter().any(|i| {
        SIGNS
            .at(words, i)
            .is_some_and(|(found, len)| found == label && (i + len..=i + len + 1).contains(&from))
    })
}

/// A comma or a colon leads into speech, and so does nothing at all: the sentence is the quotation.
fn is_speech(words: &Words, from: usize, to: usize) -> bool {
    let before = from.checked_sub(1).map_or("", |k| words.lower(k));
    let is_word = |word: &Word<'_>| word.is_word();
    let alone = !words[..from].iter().any(is_word) && !words[to..].iter().any(is_word);
    alone || before == ":"
}

/// The words that somebody is said to have said, or judged.
struct HandedOver {
    /// Where each part of content starts, in order, and how far it or one before reaches.
    parts: Vec<(usize, usize)>,
}

impl HandedOver {
    fn new(found: &[Found]) -> Self {
        let content =
            found.iter().filter(|found| found.is_speech()).flat_map(|found| &found.attribution.content);
        let mut parts: Vec<(usize, usize)> = content.map(|part| (part.start, part.end)).collect();
        parts.sort_unstable();
        let mut reach = 0;
        for part in &mut parts {
            reach = reach.max(part.1);
            part.1 = reach;
        }
        Self { parts }
    }

    fn meets(&self, span: Span) -> bool {
        let n_before = self.parts.partition_point(|(start, _)| *start < span.end);
        n_before.checked_sub(1).is_some_and(|last| self.parts[last].1 > span.start)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{attribution, quotations};
    use super::*;

    fn kinds(text: &str) -> Vec<QuotationKind> {
        let words = Words::new(text);
        let mut quoted = quotations(text);
        let found = attribution::attributions_of(&words, &quoted);
        set_kinds(&words, &mut quoted, &found);
        quoted.iter().map(|quotation| quotation.kind).collect()
    }

    #[test]
    fn tells_what_marks_are_for() {
        use QuotationKind::{Direct, Scare, Title};
        struct Case {
            text: &'static str,
            kinds: &'static [QuotationKind],
        }
        let cases = [
            Case { text: "The so-called “peace plan” failed.", kinds: &[Scare] },
            Case { text: "Diaz said the so-called “peace plan” failed.", kinds: &[Scare] },
            Case { text: "The “peace plan” failed.", kinds: &[Scare] },
            Case { text: "The ‘peace plan’ failed.", kinds: &[Scare] },
            Case { text: "She called it “a disaster”.", kinds: &[Direct] },
            Case { text: "“A disaster.”", kinds: &[Direct] },
            Case { text: "The sign: “closed”.", kinds: &[Direct] },
            Case { text: "“I quit” was on the wall.", kinds: &[Direct] },
            Case { text: "A wall with “Out!” on it fell.", kinds: &[Direct] },
            Case { text: "The “long and winding road of talks” ended.", kinds: &[Direct] },
            Case { text: "The “peace plan ended.", kinds: &[Direct] },
            Case { text: "The film “Night Train” opened.", kinds: &[Title] },
            Case {
                text: "The “free” show of “Night Train” cost nine dollars.", kinds: &[Scare, Title]
            },
            Case { text: "Nothing is quoted.", kinds: &[] },
            Case { text: "“”", kinds: &[Direct] },
        ];
        for case in cases {
            assert_eq!(kinds(case.text), case.kinds, "{}", case.text);
        }
    }

    /// The rules were not looked at again after these rows were scored.
    #[test]
    fn most_of_the_held_out_rows_are_told_right() {
        let rows = include_str!("../../models/golden/scare_quotes_held_out.jsonl").lines();
        let rows: Vec<serde_json::Value> = rows.map(|line| serde_json::from_str(line).unwrap()).collect();
        let is_right = |row: &&serde_json::Value| {
            kinds(row["text"].as_str().unwrap()).first().map(|kind| kind.as_str()) == row["label"].as_str()
        };
        let n_right = rows.iter().filter(is_right).count();
        assert!(n_right * 100 >= rows.len() * 88, "{n_right} of {}", rows.len());
    }

    proptest! {
        #[test]
        fn scare_quotes_are_few_words_between_two_marks(words in prop::collection::vec(
            prop::sample::select(vec![
                "“", "”", "\"", "‘", "’", "the", "so-called", "Plan", "plan", "said", "I", ",", ".", "!", ":", "a",
            ]), 0..30), glue in prop::sample::select(vec!["", " "]))
        {
            let text = words.join(glue);
            let quoted = quotations(&text);
            let kinds = kinds(&text);
            prop_assert_eq!(quoted.len(), kinds.len());
            for (quotation, kind) in quoted.iter().zip(kinds) {
                let words = quotation.span.slice(&text);
                if kind == QuotationKind::Scare {
                    prop_assert!(words.split_whitespace().count() <= 2 * MOST + 6 && words.len() > 2);
                    prop_assert!(words.starts_with(is_quotation_mark) && words.ends_with(is_quotation_mark));
                }
            }
        }
    }
}
