//! Finds proper names by their capital letters.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::calendar;
use super::phrases::{Phrases, entries};
use super::words::{Shape, Word, Words};
use crate::records::{Name, Span};

static OPENERS: LazyLock<Phrases> = LazyLock::new(|| Phrases::parse(include_str!("lists/openers.txt")));
static ROLES: LazyLock<Phrases> = LazyLock::new(|| Phrases::parse(include_str!("lists/roles.txt")));
static TITLES: LazyLock<HashSet<&str>> =
    LazyLock::new(|| entries(include_str!("lists/titles.txt")).map(|(_, word)| word).collect());
static COUNTRIES: LazyLock<Phrases> = LazyLock::new(|| Phrases::parse(include_str!("lists/countries.txt")));
static COUNTRY_KEYS: LazyLock<HashMap<&str, &str>> =
    LazyLock::new(|| entries(include_str!("lists/countries.txt")).map(|(key, name)| (name, key)).collect());
/// Keys of places.
static PLACES: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let countries = entries(include_str!("lists/countries.txt")).map(|(key, _)| key);
    countries.chain(entries(include_str!("lists/places.txt")).map(|(_, name)| name)).collect()
});
static INSTITUTIONS: LazyLock<HashSet<(&str, &str)>> =
    LazyLock::new(|| entries(include_str!("lists/institutions.txt")).collect());

/// The proper names of a sentence in order, without overlap.
///
/// A name is a run of capitalised words, parted at titles ("President", "Sen.") and possessives, without months,
/// weekdays and words that only open the sentence. In a sentence in Title Case or capitals only countries and
/// acronyms are safe and found. [`annotate`](super::annotate) does better, as it knows the article's other sentences.
///
/// ```
/// use parallax::annotate::names;
/// let keys: Vec<_> = names("Guatemalan President Jimmy Morales met U.S. officials.").into_iter().map(|n| n.key).collect();
/// assert_eq!(keys, ["guatemala", "jimmy morales", "united states"]);
/// ```
pub fn names(text: &str) -> Vec<Name> {
    names_of(&Words::new(text), &HashSet::new())
}

/// The names of a sentence; `known` are keys that the article has in places where only a name is capitalised.
pub(super) fn names_of(words: &Words, known: &HashSet<String>) -> Vec<Name> {
    match style(words) {
        Style::Running => running(words, known).into_iter().map(|(_, name)| name).collect(),
        Style::TitleCase => safe_only(words, known, false),
        Style::Shouted => safe_only(words, known, true),
    }
}

/// Keys of the names that do not open the sentence, so that their capital letter is their own; of a longer name also
/// its last word, by which news calls a person from then on.
pub(super) fn surely_names(words: &Words) -> Vec<String> {
    if style(words) != Style::Running {
        return Vec::new();
    }
    let none = HashSet::new();
    running(words, &none)
        .into_iter()
        .filter(|(opens, _)| !opens)
        .flat_map(|(_, name)| {
            let last = name.key.rsplit_once(' ').map(|(_, last)| last.to_owned());
            last.into_iter().chain([name.key])
        })
        .collect()
}

/// True for a word in lower case that often opens a sentence and is no name.
pub(super) fn is_common_opener(lower: &str) -> bool {
    OPENERS.contains(lower.split('\'').next().unwrap_or(lower))
}

/// True for a word in lower case that is no noun, verb or adjective: "the", "from", "they’ve".
pub(super) fn is_function_word(lower: &str) -> bool {
    OPENERS.label(lower.split('\'').next().unwrap_or(lower)) == Some("function")
}

/// "New York" and "State Department" open a sentence with a name, "New rules" and "State officials" do not.
fn is_opening_of_name(words: &Words, i: usize) -> bool {
    let Some(next) = words.get(i + 1).filter(|next| may_be_in_name(next)) else {
        return false;
    };
    let next = next.base();
    match words.lower(i) {
        "new" => matches!(
            next,
            "york"
                | "yorkers"
                | "mexico"
                | "jersey"
                | "hampshire"
                | "zealand"
                | "orleans"
                | "delhi"
                | "england"
        ),
        "national" | "international" | "federal" | "human" | "public" => {
            !is_place(next) && !TITLES.contains(next)
        }
        _ => INSTITUTIONS.contains(&("body", next)),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    Running,
    TitleCase,
    Shouted,
}

/// How the sentence is capitalised, by its words of four letters and more.
fn style(words: &Words) -> Style {
    const LONGEST_HEADLINE: usize = 40;
    if words.len() > LONGEST_HEADLINE {
        return Style::Running;
    }
    let (mut long, mut capitalised, mut shouted) = (0, 0, 0);
    for word in words.iter().filter(|word| word.is_word() && word.text.len() >= 4) {
        long += 1;
        capitalised += usize::from(word.is_capitalised());
        shouted += usize::from(word.is_acronym());
    }
    match () {
        () if long >= 3 && shouted * 4 >= long * 3 => Style::Shouted,
        // Headlines have no full stop at their end.
        () if long >= 4 && capitalised * 5 >= long * 4 && !words.last().is_some_and(|word| word.is(".")) => {
            Style::TitleCase
        }
        () => Style::Running,
    }
}

/// The names of a sentence with common capitals, each with whether it stands where any word has a capital letter.
fn running(words: &Words, known: &HashSet<String>) -> Vec<(bool, Name)> {
    let mut found = Vec::new();
    let mut i = 0;
    while i < words.len() {
        if !may_be_in_name(&words[i]) {
            i += 1;
            continue;
        }
        let opens = opens_sentence(words, i);
        if opens
            && is_common_opener(words[i].base())
            && !words[i].is_acronym()
            && !is_opening_of_name(words, i)
        {
            i += 1;
            continue;
        }
        let end = run_end(words, i);
        for (from, to) in pieces(words, i, end) {
            let opens = opens && from == i;
            if let Some(name) =
                name(words, from, to).filter(|name| !opens || is_safe_opening(words, from, to, name, known))
            {
                found.push((opens, name));
            }
        }
        i = end;
    }
    found
}

fn may_be_in_name(word: &Word) -> bool {
    let function = is_function_word(&word.lower) && (!word.is_acronym() || word.lower == "i");
    word.is_capitalised() && !function && !is_calendar(word)
}

fn is_calendar(word: &Word) -> bool {
    let base = word.base();
    calendar::is_day_or_month(base)
        || calendar::weekday(base.trim_end_matches('s')).is_some()
        || matches!(base, "may" | "march")
}

/// True at the start of the sentence, of a quotation and after a colon.
fn opens_sentence(words: &Words, i: usize) -> bool {
    let Some(before) = i.checked_sub(1) else {
        return true;
    };
    let mark = &words[before];
    // "US-Mexico" goes on after its hyphen, "02:59 - Source" starts anew.
    let starts_anew = match &*mark.lower {
        "-" | "–" => !words.glued(before),
        other => matches!(other, ":" | "." | "!" | "?" | "…" | "—" | "•" | "(" | ")" | "|" | "#" | "@" | ";"),
    };
    mark.shape == Shape::Quote || starts_anew
}

/// The token after the run of name words that starts at `from`.
fn run_end(words: &Words, from: usize) -> usize {
    const LONGEST: usize = 12;
    let mut end = from + 1;
    while end < words.len() && end - from < LONGEST && !words[end - 1].is_possessive() {
        match next_part(words, end) {
            Some(next) => end = next,
            None => break,
        }
    }
    end
}

/// The end of the run if it goes on at token `end`: another capitalised word, or a connector and one.
fn next_part(words: &Words, end: usize) -> Option<usize> {
    let goes_on = |k: usize| words.get(k).is_some_and(may_be_in_name);
    if goes_on(end) {
        return Some(end + 1);
    }
    let (left, middle, right) = (words[end - 1].base(), words.lower(end), words.lower(end + 1));
    let joins = match middle {
        "-" => words.glued(end - 1) && words.glued(end) && !is_place(left) && !is_place(right),
        "&" => true,
        "de" | "del" | "la" | "van" | "von" | "bin" | "al" | "el" | "der" | "da" | "dos" | "di" | "du" => {
            true
        }
        "of" | "for" | "on" => INSTITUTIONS.contains(&("head", left)),
        "and" => INSTITUTIONS.contains(&("pair", &*format!("{left} {}", words.get(end + 1)?.base()))),
        _ => false,
    };
    if joins && goes_on(end + 1) {
        return Some(end + 2);
    }
    let particles =
        matches!(middle, "de" | "von" | "van") && matches!(right, "la" | "los" | "las" | "der" | "den");
    (particles && goes_on(end + 2)).then_some(end + 3)
}

fn is_place(word: &str) -> bool {
    COUNTRY_KEYS.contains_key(word)
}

/// The parts of a run between titles.
fn pieces(words: &Words, from: usize, to: usize) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut start = from;
    for i in from..to {
        if is_title(words, from, i, to) {
            found.push((start, i));
            start = i + 1;
        } else if i == start && i + 1 < to && leads_as_place(words, from, i, to) {
            found.push((start, start + 1));
            start += 1;
        }
    }
    found.push((start, to));
    found.retain(|(from, to)| from < to);
    found
}

/// "Guatemalan President", "US Border Patrol": the country is a name of its own.
fn leads_as_place(words: &Words, from: usize, i: usize, to: usize) -> bool {
    let country = is_place(words[i].base()) && is_title(words, from, i + 1, to);
    country || matches!(words[i].base(), "u.s." | "u.k.") || (words[i].is("us") && words[i].is_acronym())
}

/// True where token `i` of the run `from..to` is a title, and not part of "Justice Department" or "Prince George".
fn is_title(words: &Words, from: usize, i: usize, to: usize) -> bool {
    let lower = words[i].base();
    if lower == "general" {
        return i > from && matches!(words.lower(i - 1), "attorney" | "surgeon" | "inspector" | "secretary");
    }
    if !TITLES.contains(lower) {
        return false;
    }
    let next = if i + 1 < to { words[i + 1].base() } else { words.lower(i + 1) };
    let institution = i + 1 < to && INSTITUTIONS.contains(&("body", next));
    let surname = i > from
        && i + 1 == to
        && matches!(lower, "king" | "prince" | "judge" | "justice" | "pope" | "queen");
    let of = i + 1 < to && next == "of";
    !(institution || surname || of)
}

fn name(words: &Words, from: usize, to: usize) -> Option<Name> {
    let key = key(words, from, to);
    let long_enough = key.chars().count() > 1;
    let is_place = PLACES.contains(key.as_str());
    long_enough.then(|| Name { span: without_possessive(words, from, to), key, is_place })
}

/// The form for comparing: lower case, country names and demonyms by the table.
fn key(words: &Words, from: usize, to: usize) -> String {
    let mut key = String::new();
    for i in from..to {
        if i > from && !(words.glued(i - 1) && (words.is_at(i, "-") || words.is_at(i - 1, "-"))) {
            key.push(' ');
        }
        key.push_str(words[i].base());
    }
    if to == from + 1 && matches!(key.as_str(), "us" | "un") && !words[from].is_acronym() {
        return key;
    }
    if let Some(country) = COUNTRY_KEYS.get(key.as_str()) {
        return (*country).to_owned();
    }
    // "Sen." and "St." keep no full stop in a key, "D.C." is in the table.
    if key.ends_with('.') && !key[..key.len() - 1].contains('.') {
        key.pop();
    }
    key
}

fn without_possessive(words: &Words, from: usize, to: usize) -> Span {
    let span = words.span(from, to);
    let last = &words[to - 1];
    let cut = match () {
        () if last.text.ends_with("’s") => "’s".len(),
        () if last.text.ends_with("'s") => "'s".len(),
        () if last.text.ends_with('’') => "’".len(),
        () if last.text.ends_with('\'') => 1,
        () => 0,
    };
    Span::new(span.start, span.end - cut)
}

/// True where the words that open a sentence are a name and not just its first words.
fn is_safe_opening(words: &Words, from: usize, to: usize, name: &Name, known: &HashSet<String>) -> bool {
    let first = &words[from];
    if to > from + 1 {
        return !first.lower.ends_with("ly") && !first.lower.ends_with("ing") || known.contains(&name.key);
    }
    let country = is_place(first.base()) && (first.lower != "us" || first.is_acronym());
    if country || first.is_acronym() || known.contains(&name.key) {
        return true;
    }
    let next = words.lower(to);
    let told_of = matches!(
        next,
        "said"
            | "says"
            | "told"
            | "has"
            | "had"
            | "is"
            | "was"
            | "will"
            | "would"
            | "also"
            | "did"
            | "does"
            | "added"
            | "wrote"
            | "called"
            | "met"
            | "spoke"
    );
    let common = first.lower.ends_with("ly") || first.lower.ends_with("ing") || first.lower.ends_with("ed");
    let adverb_next = matches!(next, "first" | "reported" | "reports" | "and");
    (told_of || adverb_next || first.is_possessive()) && !common && !ROLES.contains(first.base())
}

/// Names of a sentence whose capital letters tell nothing: countries, acronyms, and what the article has elsewhere.
fn safe_only(words: &Words, known: &HashSet<String>, shouted: bool) -> Vec<Name> {
    const LONGEST: usize = 4;
    let mut found = Vec::new();
    let mut i = 0;
    while i < words.len() {
        let longest = LONGEST.min(words.len() - i);
        let end = (1..=longest).rev().map(|n| i + n).find(|&end| is_safe(words, i, end, known, shouted));
        found.extend(end.and_then(|end| name(words, i, end)));
        i = end.unwrap_or(i + 1);
    }
    found
}

fn is_safe(words: &Words, from: usize, to: usize, known: &HashSet<String>, shouted: bool) -> bool {
    let (first, last) = (&words[from], &words[to - 1]);
    if !first.is_capitalised() || !last.is_capitalised() || is_calendar(first) {
        return false;
    }
    let one = to == from + 1;
    let ambiguous = one && matches!(&*first.lower, "us" | "un" | "polish" | "turkey");
    let country =
        COUNTRIES.at(words, from).is_some_and(|(_, len)| len == to - from) || one && is_place(first.base());
    if country {
        return !ambiguous || (!shouted && first.is_acronym());
    }
    if one && is_common_opener(first.base()) {
        return false;
    }
    let acronym = one && !shouted && first.is_acronym() && first.text.len() <= 7;
    acronym || known.contains(&key(words, from, to))
}

#[cfg(test)]
mod tests;
