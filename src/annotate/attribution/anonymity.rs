//! Decides whether a reader can tell who the source is.

use std::sync::LazyLock;

use super::super::phrases::Phrases;
use super::super::words::Words;
use super::CUES;
use super::source::{self, NounPhrase};
use crate::records::Span;

static ROLES: LazyLock<Phrases> = LazyLock::new(|| Phrases::parse(include_str!("../lists/roles.txt")));

/// True for a word that says what people do and not who they are: "official", "sources".
pub(super) fn is_role(word: &str) -> bool {
    ROLES.contains(word)
}

/// True where the head of the phrase is a role and no name of a person stands beside it.
///
/// "A State Department spokesperson" names an institution and nobody, so it is anonymous; "the State Department" is
/// a source that one can look up.
pub(super) fn is_anonymous(words: &Words, phrase: NounPhrase) -> bool {
    let head_end = head_end(words, phrase);
    let Some(head) = (phrase.from..head_end).rev().find(|&k| words[k].is_word()) else {
        return false;
    };
    let role = is_role(words[head].base()) && !(words[head].is_capitalised() && head > phrase.from);
    role && !is_followed_by_name(words, head, phrase.to)
}

/// The end of the phrase's first part, before "of the party", "familiar with", "who", a comma.
fn head_end(words: &Words, phrase: NounPhrase) -> usize {
    let ends = |&k: &usize| {
        let word = words.lower(k);
        let after_role = k > phrase.from && is_role(words.lower(k - 1)) && !words[k].is_capitalised();
        source::is_preposition(word)
            || !words[k].is_word() && word != "-"
            || source::is_pronoun(word)
            || after_role
    };
    (phrase.from + 1..phrase.to).find(ends).unwrap_or(phrase.to)
}

/// "spokesman John Doe" and "a spokesman for the party, John Doe": a name that follows the role.
fn is_followed_by_name(words: &Words, head: usize, to: usize) -> bool {
    let named = |k: usize| k < to && words[k].is_capitalised() && !words[k].is_acronym();
    let after_comma = (head + 1..to).any(|k| words.lower(k) == "," && named(k + 1));
    named(head + 1) || after_comma
}

/// True where the sentence says that its source is not to be named.
pub(super) fn asked_for(words: &Words) -> bool {
    (0..words.len()).any(|i| CUES.at(words, i).is_some_and(|(label, _)| label == "anonymity"))
}

/// False for a source that is a name, to whom a wish for anonymity in the same sentence cannot belong.
pub(super) fn may_be_unnamed(words: &Words, source: Option<Span>) -> bool {
    let Some(source) = source else { return false };
    let first = words.partition_point(|word| word.span.end <= source.start);
    let inside = words[first..].iter().take_while(|word| word.span.start < source.end);
    inside.into_iter().any(|word| is_role(word.base()) || source::is_pronoun(&word.lower))
}
