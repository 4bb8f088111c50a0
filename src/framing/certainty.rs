use super::part::{common_part, part_of, parts};
use super::{Side, of_numbers};
use crate::records::{Dimension, FramingDifference, Part, Reading, Span};

/// The measure's name in the tables.
pub(super) const MEASURE: &str = "certainty";

/// How sure each part of the sentence sounds, with its hedges.
pub(super) fn readings(side: &Side<'_>) -> Vec<Reading> {
    let reading = |&part: &Part| {
        let (value, words) = of_part(side, part);
        Reading { measure: MEASURE.into(), part, value, words }
    };
    parts(side.annotations.voice).iter().map(reading).collect()
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
