//! Finds loaded words, and makes one figure of them and of the model's head.

use std::sync::LazyLock;

use super::phrases::Phrases;
use super::words::Words;
use crate::arithmetic::sigmoid;
use crate::records::{LoadedEvidence, LoadedKind, LoadedLanguage, LoadedWord, Score, Span};

static LOADED: LazyLock<Phrases> = LazyLock::new(|| Phrases::parse(include_str!("lists/loaded_words.txt")));

/// Logits that the list adds for `words found / square root of the sentence's words`. `models/train_loaded.py` fits the
/// head's scale and offset beside it.
pub const LIST_WEIGHT: f32 = 5.0;

/// Words that are not in the list are shown where they move the score by this much, in logits.
const LEAST_SHARE: f32 = 0.35;

/// At most so many words that are not in the list are shown.
const MOST_SHOWN: usize = 3;

/// The words and phrases of our list that judge while they tell ("slammed", "so-called", "heroic"), in order, without
/// overlap, each with the way in which it does. Words inside quotations are given as well.
///
/// ```
/// use parallax::annotate::loaded_words;
/// let text = "Critics slammed the so-called reform.";
/// let found: Vec<_> = loaded_words(text).iter().map(|word| (word.span.slice(text), word.kind.name())).collect();
/// assert_eq!(found, [("slammed", "attack"), ("so-called", "sneer")]);
/// ```
pub fn loaded_words(text: &str) -> Vec<LoadedWord> {
    loaded_of(&Words::new(text))
}

pub(super) fn loaded_of(words: &Words) -> Vec<LoadedWord> {
    // The section `plain` holds phrases in which a listed word is not loaded; it is no kind.
    let word =
        |(kind, from, to)| Some(LoadedWord { span: words.span(from, to), kind: LoadedKind::named(kind)? });
    LOADED.found(words).filter_map(word).collect()
}

/// How loaded a sentence is, from its words of the list and the head's figure. `words` are the words of the encoding, for each of
/// which the head has a share.
///
/// The score is `1 / (1 + exp(-z))`, `z = logit of the head + LIST_WEIGHT * n / sqrt(words)`, with `n` words of the list:
/// the root weighs a count, which long sentences reach by chance, against a share, which one word in a short sentence
/// reaches. Both parts are sums over words, so every word's share of `z` is exact: that of the list, and that of the head,
/// which is counted from the sentence's mean word.
///
/// ```
/// use parallax::annotate::{loaded_language, loaded_words};
/// use parallax::encode::{Encoder, ModelEncoder, ModelFiles};
/// let encoder = ModelEncoder::new(&ModelFiles::bundled()?, 1)?;
/// let text = "The mayor, a shameless crook, rammed through yet another disgraceful giveaway.";
/// let encoding = encoder.encode(&[text], &|_| ())?.remove(0);
/// let head = encoding.loaded.expect("the bundled model brings the head");
/// let found = loaded_language(&loaded_words(text), &head, &encoding.words.spans);
/// assert!(found.score > 0.5);
/// assert_eq!(found.words[0].span.slice(text), "shameless");
/// # Ok::<(), parallax::Error>(())
/// ```
pub fn loaded_language(listed: &[LoadedWord], head: &Score, words: &[Span]) -> LoadedLanguage {
    let of_one = LIST_WEIGHT / (words.len().max(1) as f32).sqrt();
    let score = sigmoid(logit(head.value) + listed.len() as f32 * of_one);
    LoadedLanguage { score, words: evidence(listed, head, words, of_one) }
}

fn evidence(listed: &[LoadedWord], head: &Score, spans: &[Span], of_one: f32) -> Vec<LoadedEvidence> {
    let of_head = |span: &Span| -> f32 {
        let inside = spans.iter().zip(&head.shares).filter(|(word, _)| word.overlaps(span));
        inside.map(|(_, share)| share).sum()
    };
    let of_list = listed.iter().map(|word| LoadedEvidence {
        span: word.span,
        kind: Some(word.kind),
        share: of_one + of_head(&word.span),
    });
    let is_listed = |span: &Span| listed.iter().any(|word| word.span.overlaps(span));
    let mut others: Vec<LoadedEvidence> = spans
        .iter()
        .zip(&head.shares)
        .filter(|(span, share)| **share >= LEAST_SHARE && !is_listed(span))
        .map(|(&span, &share)| LoadedEvidence { span, kind: None, share })
        .collect();
    others.sort_by(|a, b| b.share.total_cmp(&a.share));
    others.truncate(MOST_SHOWN);
    let mut words: Vec<LoadedEvidence> = of_list.chain(others).collect();
    words.sort_by_key(|word| word.span);
    words
}

fn logit(probability: f32) -> f32 {
    let probability = probability.clamp(1e-6, 1.0 - 1e-6);
    (probability / (1.0 - probability)).ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::annotate::phrases::entries;
    use proptest::prelude::*;

    /// What the measure says of a text whose words are what stands between blanks, each with a share of the head.
    fn found(listed: &[LoadedWord], text: &str, value: f32, shares: &[f32]) -> LoadedLanguage {
        let start = |word: &str| word.as_ptr() as usize - text.as_ptr() as usize;
        let spans: Vec<Span> =
            text.split_whitespace().map(|word| Span::new(start(word), start(word) + word.len())).collect();
        let shares = (0..spans.len()).map(|i| shares.get(i).copied().unwrap_or(0.0)).collect();
        loaded_language(listed, &Score { value, shares }, &spans)
    }

    #[test]
    fn finds_loaded_words() {
        struct Case {
            text: &'static str,
            found: &'static [(&'static str, &'static str)],
        }
        let cases = [
            Case { text: "", found: &[] },
            Case { text: "Four people died when the bridge fell.", found: &[] },
            Case { text: "The senator voted against the bill.", found: &[] },
            Case { text: "He SLAMMED the deal.", found: &[("SLAMMED", "attack")] },
            Case { text: "She won her third Grand Slam title.", found: &[] },
            Case { text: "A far-left mob", found: &[("far-left", "label"), ("mob", "sneer")] },
            Case { text: "an angry mob of thugs", found: &[("angry mob", "sneer"), ("thugs", "insult")] },
            Case {
                text: "the elites’ plan and the mob’s plan",
                found: &[("elites’", "sneer"), ("mob’s", "sneer")],
            },
            Case { text: "He failed to appear in court.", found: &[] },
            Case { text: "a failed policy", found: &[("failed", "scorn")] },
            Case { text: "“This is a disgrace,” she said.", found: &[("disgrace", "insult")] },
            Case {
                text: "a heroic, selfless act",
                found: &[("heroic", "praise"), ("selfless act", "praise")],
            },
        ];
        for case in cases {
            let found = loaded_words(case.text);
            let found: Vec<_> =
                found.iter().map(|word| (word.span.slice(case.text), word.kind.name())).collect();
            assert_eq!(found, case.found, "{}", case.text);
        }
    }

    #[test]
    fn every_entry_is_found_where_it_stands_alone() {
        let mut n = 0;
        for (kind, phrase) in entries(include_str!("lists/loaded_words.txt")) {
            let words = Words::new(phrase);
            let tokens: Vec<&str> = words.iter().map(|word| &*word.lower).collect();
            assert_eq!(tokens.join(" "), phrase, "its tokens are not parted by blanks");
            assert!(kind == "plain" || LoadedKind::named(kind).is_some(), "{kind}");
            assert_eq!(LOADED.at(&words, 0), Some((kind, words.len())), "`{phrase}` stands twice");
            n += 1;
        }
        assert!(n > 2000, "the list has {n} entries");
    }

    #[test]
    fn the_figure_counts_the_list_beside_the_head() {
        struct Case {
            text: &'static str,
            head: f32,
            score: f32,
        }
        let cases = [
            Case { text: "The bill was passed", head: 0.5, score: 0.5 },
            Case { text: "The bill was passed", head: 0.2, score: 0.2 },
            // One word of four: 5 / 2 logits.
            Case { text: "The disgraceful bill passed", head: 0.5, score: 0.924_142 },
            Case { text: "The disgraceful bill passed", head: 0.0, score: 1.218e-5 },
            Case { text: "", head: 0.5, score: 0.5 },
        ];
        for case in cases {
            let found = found(&loaded_words(case.text), case.text, case.head, &[]);
            assert!((found.score - case.score).abs() < 1e-5, "{}: {}", case.text, found.score);
        }
    }

    #[test]
    fn the_words_of_the_list_and_the_strongest_others_are_shown() {
        let text = "Her pals gorged on a shameful windfall and gobbled it";
        let shares = [0.0, 0.4, 0.9, 0.0, 0.0, 0.5, 0.3, 0.1, 0.8, -0.6];
        let found = found(&loaded_words(text), text, 0.5, &shares);
        let words: Vec<_> =
            found.words.iter().map(|word| (word.span.slice(text), word.kind.map(LoadedKind::name))).collect();
        assert_eq!(words, [("pals", None), ("gorged", None), ("shameful", Some("scorn")), ("gobbled", None)]);
        let of_list = 5.0 / 10_f32.sqrt() + 0.5;
        assert!((found.words[2].share - of_list).abs() < 1e-6);
    }

    proptest! {
        #[test]
        fn the_score_is_in_range_rises_with_the_list_and_spans_slice(
            text in "(\\PC{0,30}|[a-z ]{0,10}disgrace ?’?s?[a-z ]{0,20})",
            value in 0.0_f32..=1.0,
            shares in prop::collection::vec(-2.0_f32..2.0, 0..12),
        ) {
            let listed = loaded_words(&text);
            let without = found(&[], &text, value, &shares);
            let found = found(&listed, &text, value, &shares);
            prop_assert!((0.0..=1.0).contains(&found.score));
            prop_assert!(found.score >= without.score);
            prop_assert!(found.words.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start));
            for word in &found.words {
                prop_assert!(!word.span.slice(&text).is_empty());
            }
            prop_assert_eq!(found.words.iter().filter(|word| word.kind.is_some()).count(), listed.len());
        }
    }
}
