use regex::{Regex, RegexSet, RegexSetBuilder};

/// Room for the states of a set. With less, regex drops them again and again and ends in its slow engine.
const DFA_BYTES: usize = 32 << 20;

/// Compiles one pattern.
pub(super) fn regex(pattern: &str) -> Regex {
    Regex::new(&with_fast_word_ends(pattern)).expect("the pattern is constant")
}

/// Compiles several patterns that are matched in one pass.
pub(super) fn set(patterns: &[&str]) -> RegexSet {
    let patterns = patterns.iter().map(|pattern| with_fast_word_ends(pattern));
    RegexSetBuilder::new(patterns).dfa_size_limit(DFA_BYTES).build().expect("the patterns are constant")
}

/// A word's end is looked for in ASCII only: the Unicode one drops regex to its slow engine at the first curly quote.
fn with_fast_word_ends(pattern: &str) -> String {
    pattern.replace(r"\b", r"(?-u:\b)")
}
