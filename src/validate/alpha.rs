/// How far apart two answers are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// The same or not.
    Nominal,
    /// In an order of steps whose sizes are unknown.
    Ordinal,
}

impl Level {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Level::Nominal => "nominal",
            Level::Ordinal => "ordinal",
        }
    }
}

/// Krippendorff's alpha, 1 where annotators always agree, 0 where they agree as by chance, below 0 where less than that.
///
/// `units` has the answers to each item, numbered in `0..n_answers` in the order of the scale, in any order of annotators; items with
/// fewer than two do not count. `weights` says how often each item counts (1 each for the figure itself). `None` where nothing
/// is left to compare, or all answers are the same, so that chance explains any agreement.
///
/// Krippendorff, Content Analysis (2004), chapter 11, by coincidences; the ordinal distance is that of ranks.
pub(super) fn alpha(units: &[Vec<usize>], weights: &[f64], n_answers: usize, level: Level) -> Option<f64> {
    let mut coincidences = vec![vec![0.0; n_answers]; n_answers];
    for (unit, weight) in units.iter().zip(weights).filter(|(unit, _)| unit.len() > 1) {
        let each = weight / (unit.len() - 1) as f64;
        for (i, &a) in unit.iter().enumerate() {
            for (j, &b) in unit.iter().enumerate() {
                if i != j {
                    coincidences[a][b] += each;
                }
            }
        }
    }
    let totals: Vec<f64> = coincidences.iter().map(|row| row.iter().sum()).collect();
    let n: f64 = totals.iter().sum();
    let distance = |a: usize, b: usize| match level {
        Level::Nominal => f64::from(a != b),
        Level::Ordinal => {
            let (low, high) = (a.min(b), a.max(b));
            (totals[low..=high].iter().sum::<f64>() - (totals[a] + totals[b]) / 2.0).powi(2)
        }
    };
    let (mut observed, mut expected) = (0.0, 0.0);
    for a in 0..n_answers {
        for b in 0..n_answers {
            observed += coincidences[a][b] * distance(a, b);
            expected += totals[a] * totals[b] * distance(a, b);
        }
    }
    (expected > 0.0).then(|| 1.0 - (n - 1.0) * observed / expected)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Case {
        units: Vec<Vec<usize>>,
        n_answers: usize,
        nominal: f64,
        ordinal: f64,
    }

    #[test]
    fn it_is_that_of_the_reference() {
        let cases: Vec<Case> = serde_json::from_str(include_str!("../../tests/golden/alpha.json")).unwrap();
        assert!(cases.len() >= 10);
        for Case { units, n_answers, nominal, ordinal } in cases {
            let weights = vec![1.0; units.len()];
            for (level, reference) in [(Level::Nominal, nominal), (Level::Ordinal, ordinal)] {
                let ours = alpha(&units, &weights, n_answers, level).unwrap();
                assert!((ours - reference).abs() < 1e-9, "{level:?}: {ours} for {reference}");
            }
        }
    }

    #[test]
    fn where_nothing_can_be_compared_there_is_none() {
        for units in [vec![], vec![vec![1]], vec![vec![0], vec![1]], vec![vec![1, 1], vec![1, 1]]] {
            assert_eq!(alpha(&units, &vec![1.0; units.len()], 2, Level::Nominal), None);
        }
    }

    proptest! {
        #[test]
        fn agreement_is_one_and_a_weight_is_a_repetition(
            units in prop::collection::vec(prop::collection::vec(0_usize..4, 0..4), 1..20),
            times in prop::collection::vec(0_usize..3, 20),
        ) {
            let agreed: Vec<Vec<usize>> = units.iter().map(|unit| vec![unit.first().copied().unwrap_or(0); 2]).collect();
            let once = vec![1.0; units.len()];
            for level in [Level::Nominal, Level::Ordinal] {
                if let Some(value) = alpha(&agreed, &once, 4, level) {
                    prop_assert!((value - 1.0).abs() < 1e-12);
                }
                let weights: Vec<f64> = times.iter().take(units.len()).map(|&n| n as f64).collect();
                let repeated: Vec<Vec<usize>> =
                    units.iter().zip(&times).flat_map(|(unit, &n)| vec![unit.clone(); n]).collect();
                let by_weight = alpha(&units, &weights, 4, level);
                let by_hand = alpha(&repeated, &vec![1.0; repeated.len()], 4, level);
                match (by_weight, by_hand) {
                    (Some(a), Some(b)) => prop_assert!((a - b).abs() < 1e-9 && a <= 1.0 + 1e-12),
                    (a, b) => prop_assert_eq!(a, b),
                }
            }
        }
    }
}
