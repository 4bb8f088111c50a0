//! The reporting verbs, their forms, and whether a word is used as one.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::super::phrases::entries;
use super::super::words::{Shape, Words};
use super::source;
use crate::records::CueKind;

/// What a reporting verb does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Class {
    /// Asserts: "said".
    Say,
    /// Takes a stand: "praised".
    Judge,
    /// Holds a belief or an aim: "hopes".
    Think,
    /// Is done by studies: "shows".
    Show,
}

/// The forms of a verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Base,
    Third,
    Past,
    /// The participle where it differs from the past: "written".
    Participle,
    Ing,
}

/// What a word is as a reporting verb.
#[derive(Debug, Clone, Copy)]
pub(super) struct Verb {
    pub class: Class,
    pub kind: CueKind,
    pub form: Form,
    /// The base and the third person are nouns as well: "claim", "claims".
    pub noun_too: bool,
}

impl Verb {
    pub fn is_past(self) -> bool {
        matches!(self.form, Form::Past | Form::Participle)
    }

    /// What a phrase of several words is whose first word is `first`: "made clear", "pushing back".
    pub fn of_phrase(first: &str, kind: CueKind) -> Self {
        let form = match first {
            _ if first.ends_with("ing") => Form::Ing,
            _ if first.ends_with('s') => Form::Third,
            _ => Form::Past,
        };
        Verb { class: Class::Say, kind, form, noun_too: false }
    }

    pub fn is_participle(self) -> bool {
        self.is_past()
    }
}

static FORMS: LazyLock<HashMap<String, Verb>> = LazyLock::new(|| {
    let mut forms = HashMap::new();
    for (section, line) in entries(include_str!("../lists/reporting_verbs.txt")) {
        for entry in line.split_whitespace() {
            let (name, kind) = section.split_once(' ').unwrap_or((section, ""));
            add_forms(&mut forms, class(name), cue_kind(kind), entry);
        }
    }
    forms
});

fn class(section: &str) -> Class {
    match section {
        "judge" => Class::Judge,
        "think" => Class::Think,
        "show" => Class::Show,
        _ => Class::Say,
    }
}

/// The kind that a section's second word names.
pub(super) fn cue_kind(name: &str) -> CueKind {
    match name {
        "neutral" => CueKind::Neutral,
        "assertive" => CueKind::Assertive,
        "doubting" => CueKind::Doubting,
        _ => CueKind::Other,
    }
}

fn add_forms(forms: &mut HashMap<String, Verb>, class: Class, kind: CueKind, entry: &str) {
    const ORDER: [Form; 5] = [Form::Base, Form::Third, Form::Past, Form::Ing, Form::Participle];
    let noun_too = entry.contains('*');
    let entry = entry.replace('*', "");
    let written: Vec<String> =
        if entry.contains('/') { entry.split('/').map(String::from).collect() } else { regular(&entry) };
    for (word, form) in written.into_iter().zip(ORDER).filter(|(word, _)| word != "-") {
        let noun_too = noun_too && matches!(form, Form::Base | Form::Third);
        forms.entry(word).or_insert(Verb { class, kind, form, noun_too });
    }
}

/// The four forms of a regular verb: announce, announces, announced, announcing.
fn regular(base: &str) -> Vec<String> {
    let sibilant = ["s", "sh", "ch", "x", "z", "o"].iter().any(|ending| base.ends_with(ending));
    let third = if sibilant { format!("{base}es") } else { format!("{base}s") };
    let stem = base.strip_suffix('e').filter(|stem| !stem.ends_with(['e', 'o'])).unwrap_or(base);
    vec![base.to_owned(), third, format!("{stem}ed"), format!("{stem}ing")]
}

/// The reporting verb at token `i`, by its spelling alone.
pub(super) fn at(words: &Words, i: usize) -> Option<Verb> {
    if words[i].shape != Shape::Word {
        return None;
    }
    let verb = FORMS.get(&*words[i].lower).copied()?;
    if is_compound(words, i) || verb.form == Form::Base && is_imperative(words, i) {
        return None;
    }
    // "State Department", "the Hope Foundation": capitals make a noun of what can be one.
    ((!verb.noun_too || !words[i].is_capitalised() || (words.title_case)) && has_complement(words, i))
        .then_some(verb)
}

/// "union-backed", "value-added", "so-called".
fn is_compound(words: &Words, i: usize) -> bool {
    i > 0 && words.is_at(i - 1, "-") && words.glued(i - 1)
}

/// "See the results below": a base form that opens the sentence.
fn is_imperative(words: &Words, i: usize) -> bool {
    words[..i].iter().take(2).all(|word| !word.is_word()) && i < 3
}

/// True where the word at `i` is a finite form of one of the verbs that is no noun too ("said", "argues"), so that
/// it ends the noun phrase after it.
pub(super) fn is_finite_verb(words: &Words, i: usize) -> bool {
    at(words, i).is_some_and(|verb| !verb.noun_too && matches!(verb.form, Form::Past | Form::Third))
}

/// False where a verb of many senses lacks the words with which it reports: "points out", "issued a statement".
fn has_complement(words: &Words, i: usize) -> bool {
    let next = words.lower(i + 1);
    let verb = words.lower(i);
    let starts = |stem: &str| verb.starts_with(stem);
    match () {
        () if starts("point") => matches!(next, "out" | "to"),
        () if starts("continu") => words.get(i + 1).is_none_or(|word| !word.is_word()),
        () if starts("speak") || verb == "spoke" || starts("talk") => matches!(next, "about" | "of" | "out"),
        () if starts("plan") || starts("threaten") || starts("offer") => matches!(next, "to" | "on"),
        () if starts("mean") || starts("learn") || starts("remember") => next == "that",
        () if starts("read") => words.get(i + 1).is_none_or(|word| !word.is_word()),
        () if starts("charg") || starts("object") => next == "that" || next == "to",
        () if starts("pledg") => !next.ends_with('s') && next != ":",
        () if starts("claim") => !matches!(next, "asylum" | "responsibility" | "victory" | "credit"),
        () if starts("declin") => next == "to",
        () if matches!(verb, "add" | "adds" | "added") || starts("maintain") => {
            follows_content(words, i) || opens_content(words, i + 1)
        }
        // "a party called Dawn": a name, not a judgement.
        () if verb == "called" => i == 0 || is_judged(words, i),
        () if verb == "found" => !next.ends_with("self") && !next.ends_with("selves") && next != "here",
        () if starts("show") => next != "up",
        () if verb == "say" => !(words.is_at(i + 1, ",") && i > 0 && words.is_at(i - 1, ",")),
        () if starts("issu") => {
            (i + 1..i + 6).any(|k| matches!(words.lower(k), "statement" | "warning" | "apology"))
        }
        () => true,
    }
}

/// True where "that", a mark, a name, a pronoun or the end follows, and no object.
fn opens_content(words: &Words, i: usize) -> bool {
    words.get(i).is_none_or(|next| {
        next.shape != Shape::Word
            || next.is("that")
            || next.is_capitalised()
            || source::is_pronoun(&next.lower)
    })
}

/// True behind a comma or a quotation mark: `," added the mayor`.
fn follows_content(words: &Words, i: usize) -> bool {
    i > 0 && (words[i - 1].shape == Shape::Quote || words.is_at(i - 1, ","))
}

/// False for "called" behind a common noun and before a name.
fn is_judged(words: &Words, i: usize) -> bool {
    let before = &words[i - 1];
    let name_follows = words.get(i + 1).is_some_and(|next| next.is_capitalised());
    let subject = before.is_capitalised() || source::is_pronoun(&before.lower);
    !name_follows || subject || source::is_auxiliary(&before.lower)
}

/// True where the form fits what stands around it, so that the word at `i` is used as a verb.
///
/// `subject_end` is the token after the source; `modal` tells of "will", "did" or "have" between the two.
pub(super) fn agrees(
    words: &Words,
    i: usize,
    verb: Verb,
    subject_end: usize,
    modal: bool,
    infinitive: bool,
) -> bool {
    if infinitive || subject_end == 0 {
        return false;
    }
    let before = subject_end - 1;
    let last = words.lower(before);
    if source::is_determiner(last)
        && !source::is_pronoun(last)
        && !matches!(last, "some" | "many" | "most" | "one" | "another" | "several")
    {
        return false;
    }
    match verb.form {
        Form::Past => true,
        Form::Participle => modal,
        Form::Ing => true,
        Form::Third => {
            !verb.noun_too || (!words[before].is_possessive() && (subject_end < i || takes_object(words, i)))
        }
        Form::Base if verb.noun_too && !takes_object(words, i) => false,
        Form::Base => modal || is_plural(words, before),
    }
}

/// True where what follows a word can be the object of a verb, so that the word is no noun.
fn takes_object(words: &Words, i: usize) -> bool {
    let Some(next) = words.get(i + 1) else {
        return false;
    };
    let lower = &*next.lower;
    let object =
        matches!(lower, "to" | "for" | "whether" | "how" | "what" | "why" | "it" | "on" | "him" | "them");
    let clause = source::is_determiner(lower) || source::is_pronoun(lower);
    object
        || clause
        || next.shape != Shape::Mark && !next.lower.starts_with(|c: char| c.is_lowercase())
        || next.is_capitalised()
}

fn is_plural(words: &Words, i: usize) -> bool {
    let lower = words.lower(i);
    let irregular = [
        "they", "we", "i", "you", "who", "people", "men", "women", "police", "many", "some", "most", "others",
    ];
    irregular.contains(&lower)
        || (lower.ends_with('s') && !words[i].is_possessive() && !lower.ends_with("ss"))
}
