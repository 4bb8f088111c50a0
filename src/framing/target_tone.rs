use super::{Side, of_numbers};
use crate::records::{Dimension, FramingDifference, Target};

/// The sentiment toward each name that both sides use, with the name itself as the words.
pub(super) fn differences(a: &Side<'_>, b: &Side<'_>, least: f32) -> Vec<FramingDifference> {
    let figure = |target: &Target| Some((target.sentiment?.score(), Some(target.span)));
    let of_pair = |of_a: &Target| {
        let of_b = b.targets.iter().find(|of_b| of_b.key == of_a.key)?;
        let (of_a, of_b) = (figure(of_a)?, figure(of_b)?);
        ((of_a.0 - of_b.0).abs() >= least).then(|| of_numbers(Dimension::TargetTone, of_a, of_b))
    };
    a.targets.iter().filter_map(of_pair).collect()
}
