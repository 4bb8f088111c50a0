use super::part::{common_part, part_of, parts};
use super::{Side, of_numbers};
use crate::records::{Dimension, FramingDifference, Part, Reading, Span};

/// The measures' names in the tables.
pub(super) const MEASURES: [&str; 3] = ["certainty", "boosters", "factives"];

/// How sure each part of the sentence sounds, with its hedges; and the number of its boosters and of its factives, with these.
pub(super) fn readings(side: &Side<'_>) -> Vec<Reading> {
    let certainty = &side.annotations.certainty;
    let count = |words: Vec<Span>| (words.len() as f32, words);
    let of_part = |&part: &Part| {
        let figures = [
            of_part(side, part),
            count(side.within(part, &certainty.boosters)),
            count(side.within(part, &certainty.factives)),
        ];
        let reading = move |(measure, (value, words)): (&'static str, _)| Reading {
            measure: measure.into(),
            part,
            value,
            words,
        };
        MEASURES.into_iter().zip(figures).map(reading)
    };
    parts(side.annotations.voice).iter().flat_map(of_part).collect()
}

/// How sure the two sentences sound, with the first hedge (or else booster) of each.
pub(super) fn difference(a: &Side<'_>, b: &Side<'_>, least: f32) -> Option<FramingDifference> {
    let part = common_part(a, b)?;
    let figure = |side: &Side<'_>| {
        let (score, hedges) = of_part(side, part);
        let boosters = side.within(part, &side.annotations.certainty.boosters);
        (score, hedges.first().or(boosters.first()).copied())
    };
    let (a, b) = (figure(a), figure(b));
    ((a.0 - b.0).abs() >= least).then(|| of_numbers(Dimension::Certainty, a, b))
}

/// The least certain level of a part's hedges, 1 without any, and the hedges.
fn of_part(side: &Side<'_>, part: Part) -> (f32, Vec<Span>) {
    let hedges = side.annotations.certainty.hedges.iter();
    let hedges: Vec<_> = hedges.filter(|hedge| part_of(side.annotations, &hedge.span) == part).collect();
    let level = hedges.iter().map(|hedge| hedge.level).fold(1.0, f32::min);
    (level, hedges.iter().map(|hedge| hedge.span).collect())
}
