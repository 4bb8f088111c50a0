use std::sync::LazyLock;

use regex::Regex;

use crate::records::Span;

/// A run of letters and digits, held together over inner hyphens, apostrophes, slashes, commas and dots
/// ("safe-third", "U.S", "1,500").
static WORD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[\p{L}\p{M}\p{N}]+(?:[-.,'’/&][\p{L}\p{M}\p{N}]+)*").expect("a valid pattern")
});

/// The words of a text in order, without punctuation around them. Possessive endings stay with their word. An encoding has those of
/// them for which there is a token.
///
/// ```
/// let text = "The mayor’s plan, revised.";
/// let words: Vec<&str> = parallax::encode::words(text).iter().map(|span| span.slice(text)).collect();
/// assert_eq!(words, ["The", "mayor’s", "plan", "revised"]);
/// ```
pub fn words(text: &str) -> Vec<Span> {
    WORD.find_iter(text).map(|word| Span::new(word.start(), word.end())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_where_a_reader_would_cut_them() {
        struct Case {
            text: &'static str,
            words: &'static [&'static str],
        }
        for case in [
            Case { text: "", words: &[] },
            Case { text: "— … !", words: &[] },
            Case {
                text: "“It’s a U.S.-Mexico deal.”", words: &["It’s", "a", "U.S", "Mexico", "deal"]
            },
            Case { text: "1,500 safe-third applicants", words: &["1,500", "safe-third", "applicants"] },
            Case { text: "naïve café 中文", words: &["naïve", "café", "中文"] },
        ] {
            let found: Vec<&str> = words(case.text).iter().map(|span| span.slice(case.text)).collect();
            assert_eq!(found, case.words, "{}", case.text);
        }
    }
}
