use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rayon::prelude::*;

use super::rows::Groups;
use crate::statistics::{below, quantile};

/// A grouped bootstrap: whole groups are drawn with replacement, as many as there are, so that rows which hang together
/// (of one event, of one outlet) do not pass for independent ones.
///
/// Percentile intervals (Efron & Tibshirani 1993, chapter 13). Seeded: the same groups give the same samples.
#[derive(Debug, Clone)]
pub struct Bootstrap {
    of_row: Vec<usize>,
    /// How often each group was drawn, for each sample.
    draws: Vec<Vec<u32>>,
}

impl Bootstrap {
    /// Draws `n_samples` samples of the groups.
    pub fn new(groups: &Groups, n_samples: usize, seed: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let n = groups.n();
        let sample = |_| {
            let mut draws = vec![0; n];
            (0..n).for_each(|_| draws[below(&mut random, n)] += 1);
            draws
        };
        let draws = if n < 2 { vec![] } else { (0..n_samples).map(sample).collect() };
        Self { of_row: groups.of_row.clone(), draws }
    }

    /// The 95% interval of `figure`, a function of how often each row counts (shape `[rows]`). `None` where there are
    /// fewer than two groups, or where the figure does not exist in more than a tenth of the samples.
    pub fn interval(&self, figure: impl Fn(&[f64]) -> f64 + Sync) -> Option<(f64, f64)> {
        let of_sample = |draws: &Vec<u32>| {
            let weights: Vec<f64> = self.of_row.iter().map(|&group| f64::from(draws[group])).collect();
            figure(&weights)
        };
        let mut figures: Vec<f64> =
            self.draws.par_iter().map(of_sample).filter(|figure| figure.is_finite()).collect();
        if figures.is_empty() || figures.len() * 10 < self.draws.len() * 9 {
            return None;
        }
        figures.sort_by(f64::total_cmp);
        Some((quantile(&figures, 0.025), quantile(&figures, 0.975)))
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::rand_core::RngCore;

    use super::*;

    fn groups(n: usize) -> Groups {
        Groups::from_keys("id".to_owned(), (0..n).map(|row| row.to_string()).collect())
    }

    fn mean(values: &[f64], weights: &[f64]) -> f64 {
        values.iter().zip(weights).map(|(value, weight)| value * weight).sum::<f64>()
            / weights.iter().sum::<f64>()
    }

    #[test]
    fn the_interval_of_a_mean_is_that_of_the_normal_approximation() {
        // 400 values with standard deviation 0.5: standard error 0.025.
        let values: Vec<f64> = (0..400).map(|row| f64::from(row % 2)).collect();
        let bootstrap = Bootstrap::new(&groups(400), 2000, 0);
        let (low, high) = bootstrap.interval(|weights| mean(&values, weights)).unwrap();
        assert!((low - (0.5 - 1.96 * 0.025)).abs() < 0.005, "{low}");
        assert!((high - (0.5 + 1.96 * 0.025)).abs() < 0.005, "{high}");
    }

    #[test]
    fn intervals_cover_the_truth_in_about_95_of_100_made_samples() {
        // 40 groups of 5 rows that share their group's value: the truth is 0.
        let mut random = ChaCha8Rng::seed_from_u64(7);
        let mut uniform = || (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64 - 0.5;
        let covered = (0..400).filter(|&trial| {
            let of_group: Vec<f64> = (0..40).map(|_| uniform()).collect();
            let values: Vec<f64> = (0..200).map(|row| of_group[row / 5] + 0.1 * uniform()).collect();
            let keys = (0..200).map(|row| (row / 5).to_string()).collect();
            let bootstrap = Bootstrap::new(&Groups::from_keys("group".to_owned(), keys), 400, trial);
            let (low, high) = bootstrap.interval(|weights| mean(&values, weights)).unwrap();
            low <= 0.0 && 0.0 <= high
        });
        let share = covered.count() as f64 / 400.0;
        assert!((0.92..=0.975).contains(&share), "{share}");
    }

    #[test]
    fn one_group_has_no_interval() {
        let one = Groups::from_keys("outlet".to_owned(), vec!["a".to_owned(); 5]);
        assert_eq!(Bootstrap::new(&one, 100, 0).interval(|weights| weights.iter().sum()), None);
    }

    #[test]
    fn a_figure_that_mostly_does_not_exist_has_no_interval() {
        assert_eq!(Bootstrap::new(&groups(5), 100, 0).interval(|_| f64::NAN), None);
    }
}
