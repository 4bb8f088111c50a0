use super::part::{part_of, parts, words_of_part};
use super::{Figure, Measure, Side};
use crate::annotate::frame_scores;
use crate::records::{Frame, FrameWord, Part, Reading};

/// The figures of the frames, in their order.
const fn figures() -> [Figure; Frame::ALL.len()] {
    const fn of(name: &'static str) -> Figure {
        Figure {
            name,
            doc: "Share of the content words that are of this policy frame, from 0 to 1.",
            question: None,
        }
    }
    [
        of("frame_economic"),
        of("frame_capacity_and_resources"),
        of("frame_morality"),
        of("frame_fairness_and_equality"),
        of("frame_legality"),
        of("frame_policy_prescription"),
        of("frame_crime_and_punishment"),
        of("frame_security_and_defence"),
        of("frame_health_and_safety"),
        of("frame_quality_of_life"),
        of("frame_cultural_identity"),
        of("frame_public_opinion"),
        of("frame_political"),
        of("frame_external_regulation"),
    ]
}

/// The measure.
pub(super) static MEASURE: Measure = Measure {
    name: "frames",
    figures: &FIGURES,
    dimensions: &[],
    readings,
    differences: |_, _| vec![],
    card: include_str!("../../docs/measures/frames.md"),
    may_be_replaced: false,
};

static FIGURES: [Figure; Frame::ALL.len()] = figures();

/// The share of each part's content words that are of each policy frame, with these words.
fn readings(side: &Side<'_>) -> Vec<Reading> {
    let of_part = |&part: &Part| {
        let text = words_of_part(side.text, side.annotations, part);
        let text = text.as_deref().unwrap_or(side.text);
        let is_of_part = |word: &&FrameWord| part_of(side.annotations, &word.span) == part;
        let found: Vec<FrameWord> = side.annotations.frames.iter().filter(is_of_part).copied().collect();
        let reading = |frame: Frame, value: f32| Reading {
            measure: FIGURES[frame as usize].name.into(),
            part,
            value,
            words: found.iter().filter(|word| word.frame == frame).map(|word| word.span).collect(),
        };
        frame_scores(text, &found).into_iter().map(|of| reading(of.frame, of.score)).collect::<Vec<_>>()
    };
    parts(side.annotations.voice).iter().flat_map(of_part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_frame_has_its_figure() {
        let names = Frame::NAMES.map(|name| format!("frame_{name}"));
        assert!(FIGURES.iter().map(|figure| figure.name).eq(names.iter().map(String::as_str)));
    }
}
