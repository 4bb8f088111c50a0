use super::{Side, of_numbers, strongest_word};
use crate::records::{Dimension, FramingDifference};

/// The figures of the heads that the user brought, with the word that moves each furthest in the direction in which it
/// differs.
pub(super) fn differences(
    a: &Side<'_>,
    b: &Side<'_>,
    measures: &[String],
    least: f32,
) -> Vec<FramingDifference> {
    let scores = a.encoding.scores.iter().zip(&b.encoding.scores);
    let differs = scores.zip(measures).filter(|((a, b), _)| (a.value - b.value).abs() >= least);
    differs
        .map(|((of_a, of_b), name)| {
            let a_is_higher = of_a.value > of_b.value;
            let evidence_a = (of_a.value, strongest_word(a, b, &of_a.shares, a_is_higher));
            let evidence_b = (of_b.value, strongest_word(b, a, &of_b.shares, !a_is_higher));
            of_numbers(Dimension::Measure(name.clone()), evidence_a, evidence_b)
        })
        .collect()
}
