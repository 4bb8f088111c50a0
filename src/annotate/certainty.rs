//! Measures how sure a sentence sounds.

use std::sync::LazyLock;

use super::phrases::Phrases;
use super::words::{Shape, Words};
use crate::records::{Certainty, Hedge};

static CUES: LazyLock<Phrases> = LazyLock::new(|| Phrases::parse(include_str!("lists/certainty.txt")));

/// How sure a sentence sounds, by the least certain of its cues.
///
/// The score is the epistemic level of FactBank (Saurí & Pustejovsky 2009), written as a number: 1 plainly stated (no
/// cue), 0.75 probable ("likely", "expected to"), 0.5 possible ("may", "reportedly"), 0.25 doubtful ("unlikely",
/// "remains to be seen"). It is an order with names, not a probability. Boosters ("clearly") and factives
/// ("revealed that"; Kiparsky & Kiparsky 1970) are given and do not raise it. Cues inside quotations count.
///
/// ```
/// use parallax::annotate::certainty;
/// assert_eq!(certainty("The two may sign on Monday.").score, 0.5);
/// assert_eq!(certainty("The two signed in May.").score, 1.0);
/// ```
pub fn certainty(text: &str) -> Certainty {
    certainty_of(&Words::new(text))
}

pub(super) fn certainty_of(words: &Words) -> Certainty {
    let mut found = Certainty { score: 1.0, hedges: vec![], boosters: vec![], factives: vec![] };
    let mut i = 0;
    while i < words.len() {
        let (label, len) = CUES.at(words, i).unwrap_or(("", 1));
        match level(label) {
            Some(level) if !is_other_sense(words, i) => {
                found.score = found.score.min(level);
                found.hedges.push(Hedge { span: words.span(i, i + len), level });
            }
            _ if label == "booster" => found.boosters.push(words.span(i, i + len)),
            _ if label == "factive" => found.factives.push(words.span(i, i + len)),
            _ => {}
        }
        i += len;
    }
    found
}

fn level(label: &str) -> Option<f32> {
    match label {
        "probable" => Some(0.75),
        "possible" => Some(0.5),
        "doubtful" => Some(0.25),
        _ => None,
    }
}

/// True where the word at `i` is spelled like a hedge and is none.
fn is_other_sense(words: &Words, i: usize) -> bool {
    let next = words.lower(i + 1);
    match words.lower(i) {
        "may" => is_month(words, i),
        "appear" | "appears" | "appeared" | "appearing" => {
            matches!(next, "on" | "in" | "at" | "before" | "with" | "alongside" | "for" | "and" | "," | ".")
        }
        "suspected" => next == "of" && i > 0 && !matches!(words.lower(i - 1), "is" | "are" | "was" | "were"),
        "expect" => i > 0 && matches!(words.lower(i - 1), "n't" | "not" | "don't" | "to"),
        _ => false,
    }
}

/// True for the month: "May 5", "in May", "May’s vote"; at a sentence's start only a number or a year tells.
fn is_month(words: &Words, i: usize) -> bool {
    let number_next = words.get(i + 1).is_some_and(|word| word.shape == Shape::Number);
    let shouted = words[i].text == "MAY";
    number_next || (i > 0 && words[i].is_capitalised() && !shouted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn scores_by_the_least_certain_cue() {
        struct Case {
            text: &'static str,
            score: f32,
            hedges: &'static [&'static str],
        }
        let cases = [
            Case { text: "The bridge fell.", score: 1.0, hedges: &[] },
            Case { text: "", score: 1.0, hedges: &[] },
            Case { text: "The talks are expected to end.", score: 0.75, hedges: &["expected"] },
            Case { text: "It may, and likely will, fail.", score: 0.5, hedges: &["may", "likely"] },
            Case { text: "The mayor resigned on May 5.", score: 1.0, hedges: &[] },
            Case { text: "In May the mayor resigned.", score: 1.0, hedges: &[] },
            Case { text: "May 2019 was dry.", score: 1.0, hedges: &[] },
            Case { text: "He could not walk and couldn’t run.", score: 1.0, hedges: &[] },
            Case { text: "It could rain.", score: 0.5, hedges: &["could"] },
            Case { text: "Act as soon as possible.", score: 1.0, hedges: &[] },
            Case {
                text: "Whether it holds remains to be seen.",
                score: 0.25,
                hedges: &["remains to be seen"],
            },
            Case { text: "A deal is unlikely.", score: 0.25, hedges: &["unlikely"] },
            Case { text: "She appeared in court.", score: 1.0, hedges: &[] },
            Case { text: "She appears to agree.", score: 0.75, hedges: &["appears"] },
            Case { text: "Clearly, it works.", score: 1.0, hedges: &[] },
            Case { text: "He reportedly fled.", score: 0.5, hedges: &["reportedly"] },
        ];
        for case in cases {
            let found = certainty(case.text);
            let hedges: Vec<&str> = found.hedges.iter().map(|hedge| hedge.span.slice(case.text)).collect();
            assert_eq!((found.score, hedges.as_slice()), (case.score, case.hedges), "{}", case.text);
        }
    }

    #[test]
    fn factives_take_what_follows_for_a_fact() {
        for (text, factives) in [
            ("Papers revealed that the mayor may have known that.", &["revealed that", "known that"][..]),
            ("The fact that it failed is clear.", &["The fact that"]),
            ("She said that it failed.", &[]),
            ("The papers revealed a plan.", &[]),
        ] {
            let found = certainty(text);
            let words: Vec<&str> = found.factives.iter().map(|span| span.slice(text)).collect();
            assert_eq!(words, factives, "{text}");
        }
    }

    #[test]
    fn boosters_do_not_raise_the_score() {
        let found = certainty("Clearly it may fail.");
        assert_eq!((found.score, found.boosters.len()), (0.5, 1));
    }

    proptest! {
        #[test]
        fn score_is_a_level_and_spans_slice(text in "\\PC{0,60}") {
            let found = certainty(&text);
            prop_assert!([1.0, 0.75, 0.5, 0.25].contains(&found.score));
            prop_assert_eq!(found.score < 1.0, !found.hedges.is_empty());
            let hedges = found.hedges.iter().map(|hedge| hedge.span);
            for span in hedges.chain(found.boosters).chain(found.factives) {
                prop_assert!(!span.slice(&text).is_empty());
            }
        }
    }
}
