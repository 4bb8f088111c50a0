use std::sync::LazyLock;

use regex::Regex;

/// A short form that stands before a name: with a capital after it, it ends no sentence.
static TITLE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?:^|[\s(])(?:Mr|Mrs|Ms|Mx|Dr|Drs|Prof|Sens?|Reps?|Govs?|Gen|Lt|Col|Maj|Capt|Cmdr|Adm|Sgt|Cpl|Pvt|Det|Supt|Rev|Hon|Pres|Atty|Asst|Ft|Mt|St|Messrs|vs)\.$",
    )
});

/// A short form that stands before a number.
static BEFORE_NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)(?:^|[\s(])(?:no|nos|vol|vols|fig|figs|sec|art|pp?|ch|pt|ca|approx|jan|feb|mar|apr|aug|sept?|oct|nov|dec)\.$",
    )
});

/// Party and state of a member of Congress: "D-N.Y.".
static PARTY_AND_STATE: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(?:^|[\s(])(?:D|R|I|DFL|L)[-–](?:\p{Lu}\.)*\p{Lu}\p{L}*\.$"));

static TIME_OF_DAY: LazyLock<Regex> = LazyLock::new(|| regex(r"(?i)(?-u:\b)[ap]\.m\.$"));

/// What goes on after a time of day: a time zone, a weekday, a month.
static AFTER_TIME: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^(?:[ECMP][SD]?T|A[EC][SD]T|GMT|UTC|BST|CEST|CET|IST|EET|Eastern|Central|Pacific|Mountain|Greenwich|Mon|Tues|Wednes|Thurs|Fri|Satur|Sun|January|February|March|April|June|July|August|September|October|November|December|Jan\.|Feb\.|Aug\.|Sept?\.|Oct\.|Nov\.|Dec\.)(?:day)?\b",
    )
});

/// A short form of capitals and a word with a capital after it that goes on in lower case: "the U.S. Officials said".
static CAPITALS: LazyLock<Regex> = LazyLock::new(|| {
    regex(r"(?:(?-u:\b)([Tt]he)\s+|(?-u:\b))(?:\p{Lu}\.){2,}\s+(\p{Lu}\p{Ll}+)(?:,|\s+\p{Ll})")
});

/// Words for groups of people. Style guides write them small after "U.S.", so that a capital opens a sentence;
/// bodies that carry a capital of their own ("Senate", "Forces", "Customs") are not among them.
const GROUPS: [&str; 42] = [
    "Activists",
    "Advocates",
    "Agents",
    "Aides",
    "Analysts",
    "Authorities",
    "Campaigners",
    "Citizens",
    "Companies",
    "Critics",
    "Diplomats",
    "Doctors",
    "Economists",
    "Employers",
    "Experts",
    "Families",
    "Farmers",
    "Investigators",
    "Investors",
    "Journalists",
    "Judges",
    "Lawmakers",
    "Lawyers",
    "Leaders",
    "Migrants",
    "Officers",
    "Officials",
    "Opponents",
    "Parents",
    "Police",
    "Politicians",
    "Prosecutors",
    "Protesters",
    "Regulators",
    "Reporters",
    "Researchers",
    "Residents",
    "Scientists",
    "Soldiers",
    "Supporters",
    "Voters",
    "Workers",
];

/// Groups that always have a capital: they open a sentence only where "the" makes the short form a noun.
const PARTIES: [&str; 2] = ["Democrats", "Republicans"];

/// Words that open a sentence and hardly ever stand with a capital inside one.
const STARTERS: [&str; 40] = [
    "A", "After", "All", "An", "And", "As", "At", "Before", "But", "By", "For", "From", "He", "Her", "His",
    "However", "I", "If", "In", "It", "Its", "Many", "Most", "No", "Now", "On", "She", "Some", "That", "The",
    "Their", "Then", "There", "They", "This", "Those", "We", "When", "While", "You",
];

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is constant")
}

/// True where `left` stops at a short form's point and `right` goes on with the same sentence.
///
/// Both are free of quotation marks; `left` has no blank at its end, `right` none at its start.
pub(super) fn continues(left: &str, right: &str) -> bool {
    if TIME_OF_DAY.is_match(left) {
        return AFTER_TIME.is_match(right);
    }
    if BEFORE_NUMBER.is_match(left) {
        return right.starts_with(|c: char| c.is_ascii_digit());
    }
    (TITLE.is_match(left) || PARTY_AND_STATE.is_match(left)) && !is_starter(first_word(right))
}

/// Byte offsets in `text` of sentences that start after a short form of capitals.
pub(super) fn hidden_starts(text: &str) -> impl Iterator<Item = usize> {
    CAPITALS.captures_iter(text).filter_map(|found| {
        let word = found.get(2)?;
        let opens = GROUPS.binary_search(&word.as_str()).is_ok()
            || (found.get(1).is_some() && PARTIES.contains(&word.as_str()));
        opens.then_some(word.start())
    })
}

/// True for a word that opens a sentence.
pub(super) fn is_starter(word: &str) -> bool {
    STARTERS.binary_search(&word).is_ok()
}

/// The letters at the start of `text`.
pub(super) fn first_word(text: &str) -> &str {
    &text[..text.find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_in_order_for_the_search_by_halves() {
        assert!(GROUPS.is_sorted());
        assert!(STARTERS.is_sorted());
    }
}
