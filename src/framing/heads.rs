use super::part::{common_part, parts};
use super::salience::UNKNOWN;
use super::{Pair, Side, moving_words, of_numbers, strongest_word};
use crate::records::{FramingDifference, Part, Reading};

/// The figures of the heads that the user brought, in each part of the sentence, with the words that move them furthest.
pub(super) fn readings(side: &Side<'_>, measures: &[String]) -> Vec<Reading> {
    let of_part = |&part: &Part| {
        let encoding = side.encoding_of(part)?;
        let readings = encoding.scores.iter().zip(measures).map(move |(score, name)| Reading {
            measure: name.clone().into(),
            part,
            value: score.value,
            words: moving_words(side, encoding, &score.shares, score.value > 0.5),
        });
        Some(readings)
    };
    parts(side.annotations.voice).iter().filter_map(of_part).flatten().collect()
}

/// The figures of the heads that the user brought, with the word that moves each furthest in the direction in which it
/// differs.
pub(super) fn differences(pair: &Pair<'_, '_>, measures: &[String], least: f32) -> Vec<FramingDifference> {
    let (a, b) = (pair.a, pair.b);
    let encodings = common_part(a, b).and_then(|part| a.encoding_of(part).zip(b.encoding_of(part)));
    let Some((of_a, of_b)) = encodings else { return vec![] };
    let scores = of_a.scores.iter().zip(&of_b.scores);
    let differs = scores.zip(measures).filter(|((a, b), _)| (a.value - b.value).abs() >= least);
    differs
        .map(|((score_a, score_b), name)| {
            let a_is_higher = score_a.value > score_b.value;
            let word_a = strongest_word(a, of_a, b, &score_a.shares, a_is_higher);
            let word_b = strongest_word(b, of_b, a, &score_b.shares, !a_is_higher);
            let found = of_numbers(name.clone(), (score_a.value, word_a), (score_b.value, word_b));
            // No label says how much such a difference is worth.
            FramingDifference { salience: UNKNOWN.max((score_a.value - score_b.value).abs()), ..found }
        })
        .collect()
}
