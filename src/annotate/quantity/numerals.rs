//! Reads numerals: digits, number words to a hundred, scales.

use super::super::words::{Shape, Words};

/// A number as written, `from` the asked token up to `to`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Numeral {
    pub value: f64,
    pub to: usize,
    /// Written in digits.
    pub digits: bool,
    /// Rounded by nature: "hundreds", "dozens".
    pub rounded: bool,
    /// A word that is a number only where a counted noun follows directly: "one", "a".
    pub weak: bool,
}

/// The numeral that starts at token `i`.
pub(super) fn numeral_at(words: &Words, i: usize) -> Option<Numeral> {
    let first = words.get(i)?;
    if first.shape == Shape::Number {
        return digits(words, i);
    }
    if let Some(value) = indefinite(&first.lower) {
        return Some(hundreds_of(words, i, value));
    }
    if matches!(&*first.lower, "a" | "an" | "half" | "several") {
        return article_scale(words, i);
    }
    spelled(words, i)
}

/// "1,500", "1.15 million", "3bn", "170m".
fn digits(words: &Words, i: usize) -> Option<Numeral> {
    let lower = &*words[i].lower;
    let number = lower.trim_end_matches(|c: char| c.is_alphabetic());
    let value: f64 = number.replace(',', "").parse().ok()?;
    let suffix = match &lower[number.len()..] {
        "" => 1.0,
        "k" => 1e3,
        "m" | "mn" => 1e6,
        "b" | "bn" => 1e9,
        "tn" | "trn" => 1e12,
        _ => return None,
    };
    let (factor, to) = scales(words, i + 1);
    Some(Numeral { value: value * suffix * factor, to, digits: true, rounded: false, weak: false })
}

/// What the last digit that was written is worth in the number that stands from token `from` up to `to` and has this value. The zeros
/// at the end of a number from a hundred on may be rounded.
pub(super) fn step(words: &Words, from: usize, to: usize, value: f64) -> f64 {
    let digits = (from..to).find(|&word| words[word].shape == Shape::Number).map(|word| words.lower(word));
    let digits = digits.map(|word| word.trim_end_matches(|c: char| !c.is_ascii_digit()).replace(',', ""));
    let Some((digits, written)) = digits.and_then(|digits| Some((digits.parse::<f64>().ok()?, digits)))
    else {
        return (from..to)
            .find_map(|word| scale(words.lower(word)))
            .filter(|scale| *scale > 12.0)
            .unwrap_or(1.0);
    };
    let factor = if digits > 0.0 { value / digits } else { 1.0 };
    let decimals = written.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let n_zeros = written.len() - written.trim_end_matches('0').len();
    let is_round = decimals == 0 && digits >= 100.0;
    factor * 10_f64.powi(if is_round { n_zeros as i32 } else { -(decimals as i32) })
}

/// The product of the scale words from token `i`, a hyphen before them allowed: "million", "-billion", "dozen".
fn scales(words: &Words, mut i: usize) -> (f64, usize) {
    let mut factor = 1.0;
    loop {
        let hyphen = usize::from(words.is_at(i, "-") && words.glued(i));
        match scale(words.lower(i + hyphen)) {
            Some(value) => factor *= value,
            None => return (factor, i),
        }
        i += hyphen + 1;
        if factor > 1e18 {
            return (factor, i);
        }
    }
}

fn scale(word: &str) -> Option<f64> {
    Some(match word {
        "dozen" => 12.0,
        "hundred" => 100.0,
        "thousand" => 1e3,
        "million" => 1e6,
        "billion" => 1e9,
        "trillion" => 1e12,
        _ => return None,
    })
}

fn indefinite(word: &str) -> Option<f64> {
    Some(match word {
        "dozens" => 12.0,
        "scores" => 20.0,
        "hundreds" => 100.0,
        "thousands" => 1e3,
        "millions" => 1e6,
        "billions" => 1e9,
        "trillions" => 1e12,
        _ => return None,
    })
}

/// "hundreds of thousands": the product, as the smallest number that the words can mean.
fn hundreds_of(words: &Words, i: usize, mut value: f64) -> Numeral {
    let mut to = i + 1;
    while let Some(next) = indefinite(words.lower(to + 1)).filter(|_| words.is_at(to, "of") && value < 1e18) {
        value *= next;
        to += 2;
    }
    Numeral {
        value,
        to,
        digits: false,
        rounded: true,
        weak: words.is_at(i, "scores") && !words.is_at(to, "of"),
    }
}

/// "a dozen", "a million", "half a million", "several hundred".
fn article_scale(words: &Words, i: usize) -> Option<Numeral> {
    let half = words.is_at(i, "half");
    let start = if half && matches!(words.lower(i + 1), "a" | "an") { i + 2 } else { i + 1 };
    let (factor, to) = scales(words, start);
    if to == start {
        return None;
    }
    let rounded = words.is_at(i, "several");
    Some(Numeral { value: if half { factor / 2.0 } else { factor }, to, digits: false, rounded, weak: false })
}

/// "three", "twenty-five", "one hundred and fifty", "three million".
fn spelled(words: &Words, i: usize) -> Option<Numeral> {
    let (mut value, mut to) = below_hundred(words, i)?;
    let weak = words.is_at(i, "one") && to == i + 1;
    let (factor, after) = scales(words, to);
    value *= factor;
    let scaled = after > to;
    to = after;
    if factor == 100.0 {
        let and = usize::from(words.is_at(to, "and"));
        if let Some((rest, end)) = below_hundred(words, to + and).filter(|_| !words.is_at(to + and, "one")) {
            value += rest;
            to = end;
        }
    }
    Some(Numeral { value, to, digits: false, rounded: false, weak: weak && !scaled })
}

fn below_hundred(words: &Words, i: usize) -> Option<(f64, usize)> {
    let first = f64::from(small(words.lower(i))?);
    let hyphen = usize::from(words.is_at(i + 1, "-") && words.glued(i));
    let unit = small(words.lower(i + 1 + hyphen)).filter(|unit| first >= 20.0 && (1..10).contains(unit));
    Some(match unit {
        Some(unit) => (first + f64::from(unit), i + 2 + hyphen),
        None => (first, i + 1),
    })
}

fn small(word: &str) -> Option<u8> {
    const ONES: [&str; 20] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    if !(3..=9).contains(&word.len()) {
        return None;
    }
    let ones = ONES.iter().position(|one| *one == word).map(|n| n as u8);
    ones.or_else(|| TENS.iter().position(|ten| *ten == word).map(|n| (n as u8 + 2) * 10))
}

/// True for a word that can start a numeral, an ordinal or a fraction.
pub(super) fn is_number_word(word: &str) -> bool {
    small(word).is_some()
        || indefinite(word).is_some()
        || ordinal(word).is_some()
        || matches!(word, "half" | "several")
}

/// The value of "first" to "twelfth" and of "26th".
pub(super) fn ordinal(word: &str) -> Option<f64> {
    const WORDS: [&str; 12] = [
        "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
        "eleventh", "twelfth",
    ];
    if word.starts_with(|c: char| c.is_ascii_digit()) {
        let digits = ["st", "nd", "rd", "th"].iter().find_map(|ending| word.strip_suffix(ending))?;
        return digits.replace(',', "").parse::<u32>().ok().map(f64::from);
    }
    WORDS.iter().position(|ordinal| *ordinal == word).map(|n| n as f64 + 1.0)
}

/// A share in words, in percent, with the token after it: "half of", "a third of", "two-thirds".
pub(super) fn fraction(words: &Words, i: usize) -> Option<(f64, usize)> {
    if words.is_at(i, "half") && (words.is_at(i + 1, "of") || words.is_at(i + 1, "the")) {
        return Some((50.0, i + 1));
    }
    let (times, part) = match words.lower(i) {
        "a" | "one" => (1.0, i + 1),
        other => (f64::from(small(other).filter(|n| (2..10).contains(n))?), i + 1),
    };
    let part = part + usize::from(words.is_at(part, "-"));
    let (parts, plural) = match words.lower(part) {
        "third" | "thirds" => (3.0, words.is_at(part, "thirds")),
        "quarter" | "quarters" => (4.0, words.is_at(part, "quarters")),
        "fifth" | "fifths" => (5.0, words.is_at(part, "fifths")),
        _ => return None,
    };
    let whole_follows = words.is_at(part + 1, "of");
    (whole_follows || plural && parts != 4.0).then_some((100.0 * times / parts, part + 1))
}
