//! Finds the noun phrase that names a source, left or right of a cue, by clause boundaries.

use std::sync::LazyLock;

use super::super::phrases::Phrases;
use super::super::words::{Shape, Words};
use super::verbs;
use crate::records::Span;

static KINDS: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::parse(include_str!("../lists/attribution_words.txt")));

/// A stretch of tokens, `from..to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NounPhrase {
    pub from: usize,
    pub to: usize,
}

/// The bytes of a phrase; of "they’ve" the pronoun alone.
pub(super) fn span(words: &Words, phrase: NounPhrase) -> Span {
    let span = words.span(phrase.from, phrase.to);
    let word = &words[phrase.from];
    let contracted = phrase.to == phrase.from + 1 && is_contracted_subject(&word.lower);
    match word.text.find(['\'', '’']).filter(|_| contracted) {
        Some(pronoun) => Span::new(span.start, span.start + pronoun),
        None => span,
    }
}

/// No source is longer than this many tokens, which also bounds the work at each cue.
const LONGEST: usize = 30;

fn is_kind(word: &str, kind: &str) -> bool {
    KINDS.label(word) == Some(kind)
}

pub(super) fn is_auxiliary(word: &str) -> bool {
    is_kind(word, "auxiliary")
}

pub(super) fn is_be(word: &str) -> bool {
    matches!(
        word,
        "is" | "are" | "was" | "were" | "be" | "been" | "being" | "am" | "isn't" | "aren't" | "wasn't"
    ) || word == "weren't"
        || word.ends_with("'re")
        || word.ends_with("'m")
        || matches!(word, "he's" | "she's" | "it's")
}

/// True for "he’s", "they’re": a pronoun and an auxiliary in one word.
pub(super) fn is_contracted_subject(word: &str) -> bool {
    is_auxiliary(word) && word.contains('\'') && !word.ends_with("n't") && !word.starts_with('\'')
}

pub(super) fn is_adverb(words: &Words, i: usize) -> bool {
    let word = words.lower(i);
    is_kind(word, "adverb")
        || (word.len() > 4
            && word.ends_with("ly")
            && !words[i].is_capitalised()
            && !matches!(word, "family" | "ally"))
}

pub(super) fn is_pronoun(word: &str) -> bool {
    is_kind(word, "pronoun") || is_kind(word, "relative")
}

pub(super) fn is_determiner(word: &str) -> bool {
    is_kind(word, "determiner") || matches!(word, "that" | "her" | "some" | "many" | "most")
}

pub(super) fn is_preposition(word: &str) -> bool {
    is_kind(word, "preposition") || matches!(word, "since" | "before" | "after")
}

fn is_clause_word(word: &str) -> bool {
    is_kind(word, "clause") || matches!(word, "that" | "because" | "since" | "as" | "after" | "before")
}

/// True where the words at `i` start what is said, and not who says it.
pub(super) fn starts_content(words: &Words, i: usize) -> bool {
    let Some(next) = words.get(i) else { return true };
    let opens = matches!(next.shape, Shape::Quote | Shape::Mark | Shape::Number);
    opens || (is_clause_word(&next.lower) || is_preposition(&next.lower) || is_auxiliary(&next.lower))
}

/// The noun phrase that ends before token `end`: "officials from both countries", "Ana Diaz, who leads the party,".
pub(super) fn phrase_before(words: &Words, end: usize) -> Option<NounPhrase> {
    let last = end.checked_sub(1)?;
    let word = words.lower(last);
    if is_kind(word, "relative") {
        return antecedent(words, last).or(Some(NounPhrase { from: last, to: end }));
    }
    if is_pronoun(word) || is_contracted_subject(word) {
        return Some(NounPhrase { from: last, to: end });
    }
    if matches!(word, "," | "—" | "–" | ")") {
        return with_apposition(words, last);
    }
    simple_before(words, end)
}

/// The phrase that "who" refers to, over a comma.
fn antecedent(words: &Words, who: usize) -> Option<NounPhrase> {
    let mut end = who;
    if end > 0 && words.lower(end - 1) == "," {
        end -= 1;
    }
    simple_before(words, end)
}

/// "Ana Diaz, the party’s leader," where `close` is the second comma.
fn with_apposition(words: &Words, close: usize) -> Option<NounPhrase> {
    let open = opening_mark(words, close)?;
    if !is_apposition(words, open, close) {
        return None;
    }
    let head = simple_before(words, open)?;
    Some(NounPhrase { from: head.from, to: close })
}

/// True where the words between the last two commas up to `close` stand beside a noun phrase.
pub(super) fn is_apposition_before(words: &Words, close: usize) -> bool {
    with_apposition(words, close).is_some()
}

fn opening_mark(words: &Words, close: usize) -> Option<usize> {
    let (mark, window) = match words.lower(close) {
        ")" => ("(", LONGEST),
        mark => (mark, LONGEST),
    };
    let start = close.saturating_sub(window);
    (start..close).rev().take_while(|&k| words[k].shape != Shape::Quote).find(|&k| words.lower(k) == mark)
}

fn is_apposition(words: &Words, open: usize, close: usize) -> bool {
    if close <= open + 1 || open == 0 {
        return false;
    }
    let first = &words[open + 1];
    let starts = is_determiner(&first.lower) && !matches!(&*first.lower, "that" | "this")
        || matches!(
            &*first.lower,
            "who" | "whose" | "which" | "speaking" | "of" | "chief" | "head" | "former"
        )
        || first.shape == Shape::Number
        || first.is_word()
            && !is_pronoun(&first.lower)
            && !is_clause_word(&first.lower)
            && !is_preposition(&first.lower);
    let relative = matches!(&*first.lower, "who" | "whose" | "which");
    let told = (open + 1..close).any(|k| verbs::is_finite_verb(words, k) || is_auxiliary(words.lower(k)));
    let noun_before = words[open - 1].is_word() || words[open - 1].shape == Shape::Number;
    starts && noun_before && (relative || !told)
}

/// A noun phrase without apposition that ends before `end`.
fn simple_before(words: &Words, end: usize) -> Option<NounPhrase> {
    let mut from = end;
    while from > 0 && end - from < LONGEST && !is_left_boundary(words, from - 1) {
        from -= 1;
    }
    let from = drop_opening(words, from, end);
    let phrase = NounPhrase { from, to: end };
    is_plausible(words, phrase).then_some(phrase)
}

fn is_left_boundary(words: &Words, i: usize) -> bool {
    let word = &words[i];
    match word.shape {
        Shape::Quote => true,
        Shape::Mark => {
            !matches!(&*word.lower, "-" | "&" | "/" | "." | "#" | "@" | "%" | "$") || sentence_ends(words, i)
        }
        Shape::Number => false,
        Shape::Word if is_and(words, i) => !joins_names(words, i),
        // "the plan backed by Ana Diaz": what stands before "by" tells of the phrase, it is not part of it.
        Shape::Word if word.lower == "by" => i > 0 && words.lower(i - 1).ends_with("ed"),
        Shape::Word => {
            is_auxiliary(&word.lower)
                || is_clause_word(&word.lower)
                || is_kind(&word.lower, "pronoun") && word.lower != "her"
                || verbs::is_finite_verb(words, i)
        }
    }
}

fn sentence_ends(words: &Words, i: usize) -> bool {
    words.lower(i) == "." && !words.glued(i)
}

fn is_and(words: &Words, i: usize) -> bool {
    matches!(words.lower(i), "and" | "or")
}

/// "U.S. and Guatemalan officials", "Ana Diaz and her aides": "and" inside a noun phrase.
fn joins_names(words: &Words, i: usize) -> bool {
    let (Some(before), Some(after)) = (i.checked_sub(1).map(|k| &words[k]), words.get(i + 1)) else {
        return false;
    };
    let noun_after =
        after.is_capitalised() || is_determiner(&after.lower) || super::anonymity::is_role(&after.lower);
    (before.is_capitalised() || super::anonymity::is_role(&before.lower)) && noun_after
}

/// Drops what leads into a clause: "However", "On Monday", "In a statement".
fn drop_opening(words: &Words, mut from: usize, end: usize) -> usize {
    while from + 1 < end && (is_kind(words.lower(from), "opener") || is_opening_adverb(words, from)) {
        from += 1;
    }
    if from + 1 < end && is_preposition(words.lower(from)) {
        return last_phrase(words, from + 1, end);
    }
    from
}

fn is_opening_adverb(words: &Words, i: usize) -> bool {
    let word = words.lower(i);
    is_kind(word, "adverb") && !matches!(word, "all" | "both" | "first")
        || word.ends_with("ly") && word.len() > 5
}

/// The last noun phrase of a stretch that opens with a preposition: "On Monday | a senior official".
fn last_phrase(words: &Words, from: usize, end: usize) -> usize {
    let mut start = end - 1;
    if words[start].is_capitalised() {
        while start > from && words[start - 1].is_capitalised() && !is_calendar(words.lower(start - 1)) {
            start -= 1;
        }
        if start > from && is_determiner(words.lower(start - 1)) {
            start -= 1;
        }
        return start;
    }
    (from..end)
        .rev()
        .find(|&k| is_determiner(words.lower(k)) || is_calendar(words.lower(k.wrapping_sub(1))))
        .unwrap_or(from)
}

fn is_calendar(word: &str) -> bool {
    super::super::calendar::is_day_or_month(word)
}

/// True where the stretch can be a noun phrase: it ends in a noun, as far as that can be told.
fn is_plausible(words: &Words, phrase: NounPhrase) -> bool {
    if phrase.from >= phrase.to {
        return false;
    }
    let last = &words[phrase.to - 1];
    if last.shape == Shape::Mark && !last.is(".") || last.shape == Shape::Quote {
        return false;
    }
    let bare = is_preposition(&last.lower) || is_and(words, phrase.to - 1) || is_kind(&last.lower, "opener");
    let has_word = (phrase.from..phrase.to).any(|k| words[k].is_word() && !is_preposition(words.lower(k)));
    let only_determiner = phrase.to - phrase.from == 1
        && is_determiner(&last.lower)
        && !matches!(
            &*last.lower,
            "this" | "that" | "some" | "many" | "most" | "several" | "one" | "another"
        );
    !bare && has_word && !only_determiner
}

/// The noun phrase that starts at token `from`: "a DHS official", "sources familiar with the talks".
pub(super) fn phrase_after(words: &Words, from: usize) -> Option<NounPhrase> {
    let first = words.get(from)?;
    if is_kind(&first.lower, "pronoun") && first.lower != "her" {
        return Some(NounPhrase { from, to: from + 1 });
    }
    if first.shape == Shape::Mark || first.shape == Shape::Quote {
        return None;
    }
    let last = (from + LONGEST).min(words.len());
    let mut to = (from..last).find(|&k| is_right_boundary(words, from, k)).unwrap_or(last);
    while to > from && (is_preposition(words.lower(to - 1)) || is_and(words, to - 1)) {
        to -= 1;
    }
    let phrase = NounPhrase { from, to };
    (to > from && is_plausible(words, phrase)).then_some(phrase)
}

/// True where the noun phrase from token `from` is the last of the sentence: ", reports the Gazette."
pub(super) fn ends_sentence(words: &Words, from: usize) -> bool {
    let Some(phrase) = phrase_after(words, from) else {
        return false;
    };
    phrase.to == words.len() || words.len() == phrase.to + 1 && words.is_at(phrase.to, ".")
}

fn is_right_boundary(words: &Words, from: usize, i: usize) -> bool {
    let word = &words[i];
    match word.shape {
        Shape::Quote => true,
        Shape::Mark => !matches!(&*word.lower, "-" | "&" | "/" | "#" | "@"),
        Shape::Number => false,
        Shape::Word if i == from => false,
        Shape::Word if is_and(words, i) => !joins_names(words, i),
        Shape::Word => {
            let ends_at =
                matches!(&*word.lower, "about" | "during" | "after" | "before" | "on" | "when" | "as")
                    || word.lower == "in"
                        && !words
                            .get(i + 1)
                            .is_some_and(|next| next.is_capitalised() && !is_calendar(&next.lower))
                    || is_calendar(&word.lower);
            ends_at
                || is_auxiliary(&word.lower)
                || is_clause_word(&word.lower)
                || is_kind(&word.lower, "pronoun") && word.lower != "her"
                || verbs::is_finite_verb(words, i)
                || is_participle(words, i)
        }
    }
}

/// "speaking", "adding": a participle that says more about the source.
fn is_participle(words: &Words, i: usize) -> bool {
    matches!(words.lower(i), "speaking" | "adding" | "saying" | "referring" | "describing")
}

/// The first noun phrase of the sentence that ends before a verb at or before `limit`.
pub(super) fn first_subject(words: &Words, limit: usize) -> Option<NounPhrase> {
    let limit = limit.min(LONGEST);
    if limit > 0 && is_contracted_subject(words.lower(0)) {
        return phrase_before(words, 1);
    }
    let verb = (1..limit).find(|&k| is_auxiliary(words.lower(k)) || is_past_like(words, k))?;
    phrase_before(words, verb)
}

fn is_past_like(words: &Words, i: usize) -> bool {
    let lower = words.lower(i);
    lower.len() > 4 && lower.ends_with("ed") && !words[i].is_capitalised()
        || verbs::is_finite_verb(words, i)
        || matches!(
            lower,
            "went" | "came" | "took" | "made" | "gave" | "met" | "held" | "spoke" | "sent" | "got" | "put"
        )
}
