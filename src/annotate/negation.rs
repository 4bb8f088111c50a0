//! Finds the words that negate.

use std::sync::LazyLock;

use super::phrases::Phrases;
use super::words::Words;
use crate::records::Span;

static NEGATIONS: LazyLock<Phrases> = LazyLock::new(|| Phrases::parse(include_str!("lists/negation.txt")));

/// The words that negate ("not", "didn’t", "declined to", "without"), in order, without overlap.
///
/// "Not only", "no doubt", "whether or not" and "No. 1" negate nothing. Empty for a sentence that affirms.
///
/// ```
/// use parallax::annotate::negations;
/// let text = "Officials did not comment.";
/// assert_eq!(negations(text)[0].slice(text), "not");
/// ```
pub fn negations(text: &str) -> Vec<Span> {
    negations_of(&Words::new(text))
}

pub(super) fn negations_of(words: &Words) -> Vec<Span> {
    let mut found = Vec::new();
    let mut i = 0;
    while i < words.len() {
        let (label, len) = NEGATIONS.at(words, i).unwrap_or(("", 1));
        if label == "yes" || words[i].lower.ends_with("n't") {
            found.push(words.span(i, i + len));
        }
        i += len;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_negations() {
        struct Case {
            text: &'static str,
            found: &'static [&'static str],
        }
        let cases = [
            Case { text: "The minister left.", found: &[] },
            Case { text: "She didn’t go and couldn't stay.", found: &["didn’t", "couldn't"] },
            Case { text: "A spokesperson declined to comment.", found: &["declined to"] },
            Case { text: "Prices declined.", found: &[] },
            Case { text: "It is not only unfair but late.", found: &[] },
            Case { text: "No. 1 on the list", found: &[] },
            Case { text: "There is no doubt about it.", found: &[] },
            Case { text: "No mention of whether or not it ends.", found: &["No"] },
            Case { text: "Neither side, nor anyone, came.", found: &["Neither", "nor"] },
            Case { text: "He denied it without delay.", found: &["denied", "without"] },
            Case { text: "They failed to agree and no longer talk.", found: &["failed to", "no longer"] },
        ];
        for case in cases {
            let found: Vec<&str> = negations(case.text).iter().map(|span| span.slice(case.text)).collect();
            assert_eq!(found, case.found, "{}", case.text);
        }
    }
}
