//! Finds the words that mark a deed as not done yet.

use std::sync::LazyLock;

use super::phrases::Phrases;
use super::words::Words;
use crate::records::Span;

static PLANS: LazyLock<Phrases> = LazyLock::new(|| Phrases::parse(include_str!("lists/plans.txt")));

/// The words that say that what follows is planned, expected or offered, and not done ("will", "plans to", "may"), in order.
/// The month of May is none.
///
/// ```
/// use parallax::annotate::plans;
/// assert_eq!(plans("It plans to build a wall.").len(), 1);
/// assert!(plans("It built a wall in May.").is_empty());
/// ```
pub fn plans(text: &str) -> Vec<Span> {
    plans_of(&Words::new(text))
}

pub(super) fn plans_of(words: &Words) -> Vec<Span> {
    let mut found = Vec::new();
    let mut i = 0;
    while i < words.len() {
        let len = PLANS.at(words, i).map_or(0, |(_, len)| len);
        let is_month = words.lower(i) == "may" && i > 0 && words[i].is_capitalised();
        if len > 0 && !is_month {
            found.push(words.span(i, i + len));
        }
        i += len.max(1);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_plans() {
        struct Case {
            text: &'static str,
            found: &'static [&'static str],
        }
        let cases = [
            Case { text: "The court ruled.", found: &[] },
            Case { text: "It will end, and he plans to resign.", found: &["will", "plans to"] },
            Case { text: "They agreed in May and may sign.", found: &["may"] },
            Case { text: "The plans are ready.", found: &[] },
        ];
        for case in cases {
            let found: Vec<&str> = plans(case.text).iter().map(|span| span.slice(case.text)).collect();
            assert_eq!(found, case.found, "{}", case.text);
        }
    }
}
