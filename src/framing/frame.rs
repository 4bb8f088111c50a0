use super::Side;
use super::part::{part_of, parts, words_of_part};
use crate::annotate::frame_scores;
use crate::records::{Frame, FrameWord, Part, Reading};

/// The share of each part's content words that are of each policy frame, with these words.
pub(super) fn readings(side: &Side<'_>) -> Vec<Reading> {
    let of_part = |&part: &Part| {
        let text = words_of_part(side.text, side.annotations, part);
        let text = text.as_deref().unwrap_or(side.text);
        let is_of_part = |word: &&FrameWord| part_of(side.annotations, &word.span) == part;
        let found: Vec<FrameWord> = side.annotations.frames.iter().filter(is_of_part).copied().collect();
        let reading = |frame: Frame, value: f32| Reading {
            measure: format!("frame_{}", frame.name()).into(),
            part,
            value,
            words: found.iter().filter(|word| word.frame == frame).map(|word| word.span).collect(),
        };
        frame_scores(text, &found).into_iter().map(|of| reading(of.frame, of.score)).collect::<Vec<_>>()
    };
    parts(side.annotations.voice).iter().flat_map(of_part).collect()
}
