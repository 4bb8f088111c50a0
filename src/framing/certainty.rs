use super::{Side, of_numbers};
use crate::records::{Dimension, FramingDifference};

/// How sure the two sentences sound, with the first hedge (or else booster) of each.
pub(super) fn difference(a: &Side<'_>, b: &Side<'_>, least: f32) -> Option<FramingDifference> {
    let side = |side: &Side<'_>| {
        let certainty = &side.annotations.certainty;
        (certainty.score, certainty.hedges.first().or(certainty.boosters.first()).copied())
    };
    let (a, b) = (side(a), side(b));
    ((a.0 - b.0).abs() >= least).then(|| of_numbers(Dimension::Certainty, a, b))
}
