//! Finds numbers, amounts and dates.

mod numerals;

use std::sync::LazyLock;

use self::numerals::{Numeral, numeral_at};
use super::calendar;
use super::phrases::Phrases;
use super::words::{Shape, Words};
use crate::records::{Bound, Quantity, QuantityKind};

static WORDS: LazyLock<Phrases> = LazyLock::new(|| Phrases::parse(include_str!("lists/quantity_words.txt")));

/// The quantities of a sentence in order, without overlap.
///
/// The span covers the number, what rounds it ("roughly") and the sign or word of its kind ("%", "$", "percent"),
/// and not the counted noun, which is in `unit` in lower case and singular. Numbers inside names and models ("F-16",
/// "G7", "9/11"), times of day, scores and ranges ("10-15") are left out: half of one is worse than none.
///
/// ```
/// use parallax::annotate::quantities;
/// let found = &quantities("Roughly 1500 migrants crossed.")[0];
/// assert_eq!((found.value, found.unit.as_str(), found.is_approximate()), (1500.0, "migrant", true));
/// ```
pub fn quantities(text: &str) -> Vec<Quantity> {
    quantities_of(&Words::new(text))
}

pub(super) fn quantities_of(words: &Words) -> Vec<Quantity> {
    let mut found = Vec::new();
    let mut i = 0;
    while i < words.len() {
        i = match quantity_at(words, i) {
            Some((quantity, next)) => {
                found.extend(quantity.value.is_finite().then_some(quantity));
                next.max(i + 1)
            }
            None => i + 1,
        };
    }
    found
}

/// The quantity that starts at token `i`, and the token after it.
fn quantity_at(words: &Words, i: usize) -> Option<(Quantity, usize)> {
    if words[i].shape == Shape::Number || words[i].shape == Shape::Mark || may_start(words.lower(i)) {
        return date(words, i)
            .or_else(|| rank(words, i))
            .or_else(|| money(words, i))
            .or_else(|| year(words, i))
            .or_else(|| ordinal(words, i))
            .or_else(|| share(words, i))
            .or_else(|| count(words, i));
    }
    None
}

/// A quick look at the first letter, which spares most words the search.
fn may_start(word: &str) -> bool {
    calendar::month(word).is_some()
        || calendar::weekday(word).is_some()
        || numerals::is_number_word(word)
        || matches!(word, "a" | "an" | "no" | "us")
}

fn found(
    words: &Words,
    from: usize,
    to: usize,
    kind: QuantityKind,
    value: f64,
    unit: &str,
) -> (Quantity, usize) {
    let is_plus = words.get(to).is_some_and(|next| next.is("-") && words.lower(to + 1) == "plus");
    let (start, bound) = approximator(words, from).unwrap_or((from, Bound::Exact));
    let bound = if is_plus { Bound::AtLeast } else { bound };
    let step = if kind.is_amount() { numerals::step(words, from, to, value) } else { 0.0 };
    (Quantity { span: words.span(start, to), kind, value, unit: unit.to_owned(), step, bound }, to)
}

/// The first token of "about", "as many as", "more than" before token `from`, and what it means.
fn approximator(words: &Words, from: usize) -> Option<(usize, Bound)> {
    const LONGEST: usize = 3;
    let bound = |len: usize| match WORDS.at(words, from - len)? {
        ("about", found) if found == len => Some((from - len, Bound::About)),
        ("at_least", found) if found == len => Some((from - len, Bound::AtLeast)),
        ("at_most", found) if found == len => Some((from - len, Bound::AtMost)),
        _ => None,
    };
    (1..=LONGEST.min(from)).rev().find_map(bound)
}

/// "June 26", "26 June", "June", "Sept. 11", "Thursday".
fn date(words: &Words, i: usize) -> Option<(Quantity, usize)> {
    let kind = QuantityKind::Date;
    if let Some(day) = calendar::weekday(words.lower(i)).filter(|_| words[i].is_capitalised()) {
        return Some(found(words, i, i + 1, kind, f64::from(day), ""));
    }
    if let Some(month) = month_at(words, i) {
        let day = day_at(words, i + 1).filter(|_| !words.glued(i));
        let to = if day.is_some() { i + 2 } else { i + 1 };
        if day.is_none() && !is_surely_month(words, i) {
            return None;
        }
        return Some(found(words, i, to, kind, f64::from(month) * 100.0 + f64::from(day.unwrap_or(0)), ""));
    }
    let day = day_at(words, i)?;
    let of = usize::from(words.lower(i + 1) == "of");
    let month = month_at(words, i + 1 + of)?;
    Some(found(words, i, i + 2 + of, kind, f64::from(month) * 100.0 + f64::from(day), ""))
}

fn month_at(words: &Words, i: usize) -> Option<u8> {
    calendar::month(&words.get(i)?.lower).filter(|_| words[i].is_capitalised())
}

/// "May" and "March" are words and names as well: a preposition before or a year after tells the month.
fn is_surely_month(words: &Words, i: usize) -> bool {
    if !matches!(words.lower(i), "may" | "march" | "april" | "june" | "august" | "jan" | "mar") {
        return true;
    }
    let before = if i == 0 { "" } else { words.lower(i - 1) };
    let listed = matches!(
        before,
        "in" | "on"
            | "by"
            | "since"
            | "until"
            | "from"
            | "to"
            | "of"
            | "last"
            | "next"
            | "this"
            | "early"
            | "late"
            | "mid"
            | "before"
            | "after"
            | "and"
            | "through"
            | "during"
            | "late-"
            | "between"
    );
    let name_next = words.get(i + 1).is_some_and(|next| next.is_capitalised());
    let year_next = [i + 1, i + 2].iter().any(|&k| words.get(k).is_some_and(|w| is_year_number(&w.lower)));
    (listed && !name_next && !words[i].is_possessive()) || year_next
}

fn day_at(words: &Words, i: usize) -> Option<u8> {
    let word = words.get(i).filter(|word| word.shape == Shape::Number)?;
    let digits = word.lower.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let ending = &word.lower[digits.len()..];
    let day: u8 = digits.parse().ok().filter(|day| (1..=31).contains(day))?;
    (matches!(ending, "" | "st" | "nd" | "rd" | "th") && !is_percent(words, i + 1)).then_some(day)
}

/// "No. 2".
fn rank(words: &Words, i: usize) -> Option<(Quantity, usize)> {
    let number = (words[i].text == "No" && words.lower(i + 1) == "." && words.glued(i)).then_some(i + 2)?;
    let value = words.get(number)?.lower.parse::<u32>().ok()?;
    Some(found(words, i, number + 1, QuantityKind::Ordinal, f64::from(value), ""))
}

/// "$170 million", "US$5", "€3bn", "3 million dollars".
fn money(words: &Words, i: usize) -> Option<(Quantity, usize)> {
    let prefix = usize::from(words.is_at(i, "us") && words.is_at(i + 1, "$") && words.glued(i));
    if let Some(currency) = words.get(i + prefix).and_then(|word| currency_sign(&word.lower)) {
        let numeral = numeral_at(words, i + prefix + 1).filter(|_| words.glued(i + prefix))?;
        return Some(found(words, i, numeral.to, QuantityKind::Money, numeral.value, currency));
    }
    let numeral = numeral_at(words, i)?;
    let (currency, cents) = currency_word(words.lower(numeral.to))?;
    let value = if cents { numeral.value / 100.0 } else { numeral.value };
    Some(rounded(found(words, i, numeral.to + 1, QuantityKind::Money, value, currency), &numeral))
}

fn currency_sign(sign: &str) -> Option<&'static str> {
    Some(match sign {
        "$" => "usd",
        "€" => "eur",
        "£" => "gbp",
        "¥" => "jpy",
        "₹" => "inr",
        _ => return None,
    })
}

/// A currency and whether it is the hundredth part. "Pounds" weigh as often as they pay, so they are left out.
fn currency_word(word: &str) -> Option<(&'static str, bool)> {
    Some(match word {
        "dollar" | "dollars" => ("usd", false),
        "cent" | "cents" => ("usd", true),
        "euro" | "euros" => ("eur", false),
        "yen" => ("jpy", false),
        _ => return None,
    })
}

/// "2022", "the 1990s".
fn year(words: &Words, i: usize) -> Option<(Quantity, usize)> {
    let word = words.get(i).filter(|word| word.shape == Shape::Number)?;
    if let Some(decade) = word.lower.strip_suffix('s').filter(|digits| is_year_number(digits)) {
        let (mut quantity, next) = found(words, i, i + 1, QuantityKind::Year, decade.parse().ok()?, "");
        quantity.bound = Bound::About;
        return Some((quantity, next));
    }
    if !is_year_number(&word.lower) || is_joined(words, i) || is_counted(words, i) {
        return None;
    }
    Some(found(words, i, i + 1, QuantityKind::Year, word.lower.parse().ok()?, ""))
}

fn is_year_number(word: &str) -> bool {
    word.len() == 4 && word.parse::<u16>().is_ok_and(|year| (1500..2100).contains(&year))
}

/// True where a number that could be a year is one of things: "roughly 1500 migrants", "1,500" is no year anyway.
fn is_counted(words: &Words, i: usize) -> bool {
    let before = if i == 0 { "" } else { words.lower(i - 1) };
    let of_time = WORDS.label(before) == Some("before_year")
        || calendar::month(before).is_some()
        || day_at(words, i.wrapping_sub(1)).is_some();
    let rounded = approximator(words, i).is_some();
    let scale_next = numeral_at(words, i).is_some_and(|numeral| numeral.to > i + 1);
    let old = words.lower(i).parse::<u16>().is_ok_and(|year| !(1800..2050).contains(&year));
    let plural_next = unit_after(words, i + 1).is_some_and(|unit| unit.plural);
    rounded || scale_next || is_percent(words, i + 1) || (!of_time && (old || plural_next))
}

/// "the second largest", "26th".
fn ordinal(words: &Words, i: usize) -> Option<(Quantity, usize)> {
    let value = numerals::ordinal(words.lower(i))?;
    let digits = words[i].shape == Shape::Number;
    let before = if i == 0 { "" } else { words.lower(i - 1) };
    let after = words.lower(i + 1);
    let counted =
        matches!(before, "the" | "a" | "an" | "his" | "her" | "its" | "their" | "my" | "our" | "this")
            || words.get(i.wrapping_sub(1)).is_some_and(|word| word.is_possessive());
    let other_sense = words[i].is_capitalised()
        || matches!(after, "lady" | "of" | "place" | "hand" | "thing")
        || (after == "time" && value == 1.0);
    if !digits && (!counted || other_sense) || digits && is_joined(words, i) {
        return None;
    }
    Some(found(words, i, i + 1, QuantityKind::Ordinal, value, ""))
}

/// "44%", "44 percent", "half of", "two-thirds of".
fn share(words: &Words, i: usize) -> Option<(Quantity, usize)> {
    if let Some((value, to)) = numerals::fraction(words, i) {
        let (mut quantity, next) = found(words, i, to, QuantityKind::Percent, value, "percent");
        quantity.bound = Bound::About;
        return Some((quantity, next));
    }
    let numeral = numeral_at(words, i)?;
    let to = numeral.to + percent_len(words, numeral.to)?;
    Some(rounded(found(words, i, to, QuantityKind::Percent, numeral.value, "percent"), &numeral))
}

fn is_percent(words: &Words, i: usize) -> bool {
    percent_len(words, i).is_some()
}

fn percent_len(words: &Words, i: usize) -> Option<usize> {
    match words.lower(i) {
        "%" | "percent" | "pct" => Some(1),
        "per" if words.is_at(i + 1, "cent") => Some(2),
        "-" if words.is_at(i + 1, "percent") => Some(2),
        _ => None,
    }
}

fn count(words: &Words, i: usize) -> Option<(Quantity, usize)> {
    let numeral = numeral_at(words, i)?;
    if numeral.digits && (is_joined(words, i) || is_labelled(words, i, &numeral) || is_time(words, &numeral))
    {
        return None;
    }
    let hyphen = usize::from(words.is_at(numeral.to, "-") && words.glued(numeral.to - 1));
    let unit = unit_after(words, numeral.to + hyphen);
    if numeral.weak && unit.as_ref().is_none_or(|unit| unit.distance > 0) {
        return None;
    }
    let name = unit.map_or(String::new(), |unit| unit.name);
    Some(rounded(found(words, i, numeral.to, QuantityKind::Count, numeral.value, &name), &numeral))
}

fn rounded((mut quantity, next): (Quantity, usize), numeral: &Numeral) -> (Quantity, usize) {
    if numeral.rounded && quantity.bound == Bound::Exact {
        quantity.bound = Bound::Order;
    }
    (quantity, next)
}

/// True where a mark ties the number to what stands beside it: "F-16", "9/11", "10-15", "10:30", "#5", "@user1".
fn is_joined(words: &Words, i: usize) -> bool {
    let joins =
        |k: usize| matches!(words.lower(k), "-" | "/" | ":" | "#" | "_" | "@" | "–" | "+" | "." | "'" | "’");
    let before = i > 0 && words.glued(i - 1) && (joins(i - 1) || words[i - 1].shape == Shape::Word);
    let number_after = words.get(i + 2).is_some_and(|word| word.shape == Shape::Number);
    let after = words.glued(i) && joins(i + 1) && words.glued(i + 1) && number_after;
    before || after
}

/// True for "Title 42", "Boeing 737": a number that belongs to the name before it.
fn is_labelled(words: &Words, i: usize, numeral: &Numeral) -> bool {
    let bare = numeral.to == i + 1 && !words.lower(i).contains(',');
    let name_before = i > 0 && words[i - 1].is_capitalised() && (i > 1 || words.len() > 2);
    let function_word = i > 0 && super::name::is_common_opener(words.lower(i - 1));
    let counted = unit_after(words, i + 1).is_some_and(|unit| unit.plural && unit.distance == 0);
    bare && name_before && !function_word && !counted && calendar::month(words.lower(i - 1)).is_none()
}

fn is_time(words: &Words, numeral: &Numeral) -> bool {
    matches!(words.lower(numeral.to), "a.m." | "p.m." | "am" | "pm" | "a.m" | "p.m" | "o'clock")
}

/// A counted noun.
struct Unit {
    name: String,
    plural: bool,
    /// Words between the number and the noun.
    distance: usize,
}

/// The noun that the number before token `from` counts: the first plural of the next four words, or the next word.
fn unit_after(words: &Words, from: usize) -> Option<Unit> {
    const WINDOW: usize = 4;
    // "a third of", "hundreds of": the noun stands behind "of".
    let from = if words.is_at(from, "of") { from + 1 } else { from };
    let run = (from..words.len())
        .take(WINDOW)
        .take_while(|&k| words[k].is_word() && !ends_noun_run(words.lower(k)));
    let run: Vec<usize> = run.collect();
    let plural = run.iter().position(|&k| is_plural_noun(words.lower(k)));
    let at = plural.or_else(|| run.first().filter(|&&k| !words[k].is_capitalised()).map(|_| 0))?;
    let name = singular(words[run[at]].base());
    Some(Unit { name, plural: plural.is_some(), distance: at })
}

fn ends_noun_run(word: &str) -> bool {
    super::name::is_function_word(word)
        || matches!(word, "is" | "was" | "has" | "said" | "says" | "to" | "percent")
}

fn is_plural_noun(word: &str) -> bool {
    matches!(word, "people" | "men" | "women" | "children" | "police" | "lives" | "feet" | "troops")
        || (word.len() > 3
            && word.ends_with('s')
            && !word.ends_with("ss")
            && !word.ends_with("us")
            && !word.ends_with("'s"))
}

/// The singular in which units are compared: "countries" is "country", "people" is "person".
fn singular(word: &str) -> String {
    match word {
        "people" | "persons" => return "person".into(),
        "men" => return "man".into(),
        "women" => return "woman".into(),
        "children" => return "child".into(),
        "feet" => return "foot".into(),
        "lives" => return "life".into(),
        _ => {}
    }
    if let Some(stem) = word.strip_suffix("ies").filter(|stem| stem.len() > 1) {
        return format!("{stem}y");
    }
    let sibilant = ["sses", "shes", "ches", "xes", "zzes"].iter().any(|ending| word.ends_with(ending));
    let cut = if sibilant { 2 } else { usize::from(is_plural_noun(word)) };
    word[..word.len() - cut].to_owned()
}

#[cfg(test)]
mod tests;
