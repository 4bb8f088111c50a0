/// The p-values adjusted so that, of all differences with an adjusted p below q, at most the share q is expected to be
/// none (Benjamini & Hochberg 1995, the step-up procedure; holds for independent and positively dependent tests).
/// In the order of `p_values`, each in [0, 1] and not below its p-value.
///
/// ```
/// let adjusted = parallax::statistics::benjamini_hochberg(&[0.01, 0.5, 0.04]);
/// assert!((adjusted[2] - 0.06).abs() < 1e-12);
/// ```
pub fn benjamini_hochberg(p_values: &[f64]) -> Vec<f64> {
    let n = p_values.len();
    let mut falling: Vec<usize> = (0..n).collect();
    falling.sort_by(|&a, &b| p_values[b].total_cmp(&p_values[a]));
    let mut adjusted = vec![0.0; n];
    let mut least: f64 = 1.0;
    for (place, &test) in falling.iter().enumerate() {
        // The factor is 1 or more, also after rounding, so no p-value is lowered.
        least = least.min(p_values[test] * (n as f64 / (n - place) as f64));
        adjusted[test] = least;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn no_tests_need_no_adjustment() {
        assert!(benjamini_hochberg(&[]).is_empty());
        assert_eq!(benjamini_hochberg(&[0.03]), [0.03]);
    }

    proptest! {
        #[test]
        fn adjusting_keeps_the_order_and_never_lowers(p in prop::collection::vec(0.0..=1.0f64, 1..40)) {
            let adjusted = benjamini_hochberg(&p);
            for (i, &a) in adjusted.iter().enumerate() {
                prop_assert!(a >= p[i] && a <= 1.0);
                for (j, &b) in adjusted.iter().enumerate() {
                    prop_assert!(p[i] > p[j] || a <= b);
                }
            }
        }
    }
}
