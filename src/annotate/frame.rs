//! Finds the words of the policy frames.

use std::sync::LazyLock;

use super::phrases::Phrases;
use super::words::{Word, Words};
use crate::records::{Frame, FrameScore, FrameWord};

static WORDS: LazyLock<Phrases> = LazyLock::new(|| Phrases::parse(include_str!("lists/frames.txt")));
static FUNCTION_WORDS: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::parse(include_str!("lists/function_words.txt")));

/// The words and phrases of our list that speak for a policy frame, in order, without overlap; each is of one frame. Words
/// inside quotations are given as well.
///
/// ```
/// use parallax::annotate::frame_words;
/// let text = "The court struck down the tax.";
/// let found: Vec<_> = frame_words(text).iter().map(|word| (word.span.slice(text), word.frame.name())).collect();
/// assert_eq!(found, [("court", "legality"), ("struck down", "legality"), ("tax", "economic")]);
/// ```
pub fn frame_words(text: &str) -> Vec<FrameWord> {
    frames_of(&Words::new(text))
}

pub(super) fn frames_of(words: &Words) -> Vec<FrameWord> {
    let found = WORDS.found(words);
    let word =
        |(frame, from, to)| Some(FrameWord { span: words.span(from, to), frame: Frame::named(frame)? });
    found.filter_map(word).collect()
}

/// For each [`Frame`], in their order, the share of the sentence's content words that are of the frame. `found` are the sentence's
/// [`frame_words`], in order. Linear in the text.
///
/// Content words are all words but numbers, marks and the function words of `lists/function_words.txt`; each content word of
/// a phrase counts. The shares sum to at most 1.
///
/// ```
/// use parallax::annotate::{frame_scores, frame_words};
/// let text = "The court struck down the tax.";
/// let scores = frame_scores(text, &frame_words(text));
/// assert_eq!((scores[0].frame.name(), scores[0].score), ("economic", 1.0 / 3.0));
/// ```
pub fn frame_scores(text: &str, found: &[FrameWord]) -> Vec<FrameScore> {
    let words = Words::new(text);
    let is_content = |word: &&Word<'_>| word.is_word() && !FUNCTION_WORDS.contains(&word.lower);
    let (mut n_words, mut n_of) = (0.0, [0.0; Frame::ALL.len()]);
    let mut rest = found.iter().peekable();
    for word in words.iter().filter(is_content) {
        n_words += 1.0;
        while rest.next_if(|found| found.span.end <= word.span.start).is_some() {}
        let of_word = rest.peek().filter(|found| found.span.contains(&word.span));
        if let Some(found) = of_word {
            n_of[found.frame as usize] += 1.0;
        }
    }
    let share = |n: f32| if n_words > 0.0 { n / n_words } else { 0.0 };
    Frame::ALL.iter().zip(n_of).map(|(&(_, frame), n)| FrameScore { frame, score: share(n) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::annotate::phrases::entries;
    use proptest::prelude::*;

    #[test]
    fn finds_the_words_of_frames() {
        struct Case {
            text: &'static str,
            found: &'static [(&'static str, &'static str)],
        }
        let cases = [
            Case { text: "", found: &[] },
            Case { text: "It was there.", found: &[] },
            Case { text: "Rents rose.", found: &[("Rents", "economic")] },
            Case { text: "The shortage of staff", found: &[("shortage", "capacity_and_resources")] },
            Case { text: "a sermon about God", found: &[("sermon", "morality"), ("God", "morality")] },
            Case { text: "equal pay for women", found: &[("equal pay", "fairness_and_equality")] },
            Case {
                text: "The Supreme Court’s ruling",
                found: &[("Court’s", "legality"), ("ruling", "legality")],
            },
            Case {
                text: "universal background checks",
                found: &[("universal background checks", "policy_prescription")],
            },
            Case {
                text: "The murderer’s sentence",
                found: &[("murderer’s", "crime_and_punishment"), ("sentence", "crime_and_punishment")],
            },
            Case {
                text: "Soldiers at the checkpoint",
                found: &[("Soldiers", "security_and_defence"), ("checkpoint", "security_and_defence")],
            },
            Case { text: "mental illness", found: &[("mental illness", "health_and_safety")] },
            Case {
                text: "Neighbors mourned.",
                found: &[("Neighbors", "quality_of_life"), ("mourned", "quality_of_life")],
            },
            Case {
                text: "a tradition of hunting",
                found: &[("tradition", "cultural_identity"), ("hunting", "cultural_identity")],
            },
            Case {
                text: "A poll of protesters",
                found: &[("poll", "public_opinion"), ("protesters", "public_opinion")],
            },
            Case {
                text: "the Republican senator",
                found: &[("Republican", "political"), ("senator", "political")],
            },
            Case { text: "the U.N. and its allies", found: &[("allies", "external_regulation")] },
        ];
        for case in cases {
            let found = frame_words(case.text);
            let found: Vec<_> =
                found.iter().map(|word| (word.span.slice(case.text), word.frame.name())).collect();
            assert_eq!(found, case.found, "{}", case.text);
        }
    }

    #[test]
    fn every_entry_is_of_one_of_the_frames_and_is_found_where_it_stands_alone() {
        for (frame, phrase) in entries(include_str!("lists/frames.txt")) {
            assert!(Frame::named(frame).is_some(), "{frame}");
            let words = Words::new(phrase);
            let tokens: Vec<&str> = words.iter().map(|word| &*word.lower).collect();
            assert_eq!(tokens.join(" "), phrase, "its tokens are not parted by blanks");
            assert_eq!(WORDS.at(&words, 0), Some((frame, words.len())), "`{phrase}` stands twice");
        }
        for frame in Frame::NAMES {
            let n =
                entries(include_str!("lists/frames.txt")).filter(|(section, _)| *section == frame).count();
            assert!(n >= 60, "{frame} has {n} entries");
        }
    }

    #[test]
    fn a_share_is_of_content_words() {
        let score = |text: &str, frame: &str| {
            let scores = frame_scores(text, &frame_words(text));
            scores.iter().find(|score| score.frame.name() == frame).unwrap().score
        };
        assert_eq!(score("The cost of the 40 tanks was high.", "economic"), 1.0 / 3.0);
        assert_eq!(score("The quality of life in the town", "quality_of_life"), 2.0 / 3.0);
        assert_eq!(score("It was 40.", "economic"), 0.0);
        assert_eq!(score("", "political"), 0.0);
    }

    proptest! {
        #[test]
        fn shares_are_in_range_and_spans_slice(text in "(\\PC{0,60}|(court |tax |the |quality of life |mob ){0,8})") {
            let found = frame_words(&text);
            let scores = frame_scores(&text, &found);
            prop_assert_eq!(scores.iter().map(|score| score.frame.name()).collect::<Vec<_>>(), Frame::NAMES);
            prop_assert!(scores.iter().all(|score| (0.0..=1.0).contains(&score.score)));
            prop_assert!(scores.iter().map(|score| score.score).sum::<f32>() <= 1.0 + 1e-5);
            prop_assert!(found.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start));
            for word in &found {
                prop_assert!(!word.span.slice(&text).is_empty());
            }
        }
    }
}
