//! Resampling of whole clusters: sentences of one event hang together and are no independent evidence.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// Up to this number of clusters every pattern of signs is looked at, so that the p-value is exact.
const MAX_EXACT: usize = 12;

/// A sum and a count for each cluster; the figure is the mean, the sum of all sums over the sum of all counts.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Clusters {
    sums: Vec<f64>,
    counts: Vec<f64>,
}

impl Clusters {
    /// Takes in values with their clusters' numbers, in any order of clusters.
    pub fn new(values: impl IntoIterator<Item = (usize, f64)>) -> Self {
        let mut of_cluster = std::collections::BTreeMap::<usize, (f64, f64)>::new();
        for (cluster, value) in values {
            let (sum, count) = of_cluster.entry(cluster).or_default();
            *sum += value;
            *count += 1.0;
        }
        let (sums, counts) = of_cluster.into_values().unzip();
        Self { sums, counts }
    }

    /// Number of clusters.
    pub fn len(&self) -> usize {
        self.sums.len()
    }

    /// The mean of all values, each weighing the same.
    pub fn mean(&self) -> f64 {
        self.sums.iter().sum::<f64>() / self.counts.iter().sum::<f64>()
    }

    /// The 95% interval of the mean from a cluster bootstrap: clusters are drawn with replacement, as many as there are.
    ///
    /// The percentiles are moved outwards for few clusters as Hesterberg (2015, "What Teachers Should Know About the
    /// Bootstrap", "expanded percentile") does for means: at Φ(-√(n / (n-1)) t), t the 97.5% quantile of Student's distribution
    /// with n-1 degrees of freedom, in place of 2.5%. n is the effective number of clusters, (Σ count)² / Σ count² (Kish 1965), which is lower
    /// where a few clusters hold most of the values. At least 2 clusters.
    pub fn interval(&self, n_samples: usize, seed: u64) -> (f64, f64) {
        let n = self.len();
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut means: Vec<f64> = (0..n_samples)
            .map(|_| {
                let (mut sum, mut count) = (0.0, 0.0);
                for _ in 0..n {
                    let drawn = below(&mut random, n);
                    sum += self.sums[drawn];
                    count += self.counts[drawn];
                }
                sum / count
            })
            .collect();
        means.sort_by(f64::total_cmp);
        let share = expanded_share(self.effective_number());
        (quantile(&means, share), quantile(&means, 1.0 - share))
    }

    fn effective_number(&self) -> f64 {
        let (sum, squares) =
            self.counts.iter().fold((0.0, 0.0), |(s, q), count| (s + count, q + count * count));
        sum * sum / squares
    }

    /// The two-sided p-value of a mean of 0, by flipping the signs of whole clusters: under the null hypothesis the two outlets could be
    /// exchanged within every event. Exact up to 12 clusters, else from `n_samples` random patterns, with the observed one
    /// counted among them (Phipson & Smyth 2010), so that it is never 0.
    pub fn sign_flip_p(&self, n_samples: usize, seed: u64) -> f64 {
        let observed = self.sums.iter().sum::<f64>().abs();
        // Sums that are the same but for rounding count as reached.
        let reach = observed - 1e-9 * self.sums.iter().map(|sum| sum.abs()).sum::<f64>();
        let reaches = |is_flipped: &mut dyn FnMut(usize) -> bool| {
            let flipped = |(i, sum): (usize, &f64)| if is_flipped(i) { -sum } else { *sum };
            self.sums.iter().enumerate().map(flipped).sum::<f64>().abs() >= reach
        };
        if self.len() <= MAX_EXACT {
            let n_patterns = 1usize << self.len();
            let n_reached = (0..n_patterns).filter(|pattern| reaches(&mut |i| pattern >> i & 1 == 1)).count();
            return n_reached as f64 / n_patterns as f64;
        }
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let n_reached = (0..n_samples).filter(|_| reaches(&mut |_| random.next_u32() & 1 == 1)).count();
        (n_reached + 1) as f64 / (n_samples + 1) as f64
    }
}

/// Which share of the bootstrap's figures lies below the interval; 0 for less than two clusters.
fn expanded_share(n: f64) -> f64 {
    // Below two clusters the percentile is 0 to sixty digits.
    let degrees = (n - 1.0).max(1.0);
    let student = StudentsT::new(0.0, 1.0, degrees).expect("at least one degree of freedom");
    let normal = Normal::standard();
    normal.cdf(-(n / degrees).sqrt() * student.inverse_cdf(0.975))
}

/// A number in `0..n`, each with the same chance (Lemire's multiplication, whose unevenness is under n / 2^64).
pub fn below(random: &mut ChaCha8Rng, n: usize) -> usize {
    ((u128::from(random.next_u64()) * n as u128) >> 64) as usize
}

/// The `share`-quantile of values in rising order, between the two nearest in a straight line. At least one value.
pub fn quantile(values: &[f64], share: f64) -> f64 {
    let place = share * (values.len() - 1) as f64;
    let (low, high) = (values[place.floor() as usize], values[place.ceil() as usize]);
    low + (high - low) * place.fract()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_clusters_widen_the_interval() {
        // Of SciPy: norm.cdf(-sqrt(n / (n - 1)) * t.ppf(0.975, n - 1)).
        for (n, share) in [(1.2, 0.0), (2.0, 0.0), (8.0, 0.005_737_520_517), (40.0, 0.020_257_536_363)] {
            assert!((expanded_share(n) - share).abs() < 1e-9, "{n}: {}", expanded_share(n));
        }
    }

    #[test]
    fn signs_are_flipped_cluster_by_cluster() {
        // All of eight clusters point one way: 2 of the 256 patterns reach that.
        let clusters = Clusters::new((0..8).flat_map(|cluster| [(cluster, 1.0), (cluster, 0.5)]));
        assert_eq!(clusters.sign_flip_p(100, 0), 2.0 / 256.0);
        let none = Clusters::new((0..8).map(|cluster| (cluster, 0.0)));
        assert_eq!(none.sign_flip_p(100, 0), 1.0);
        let many = Clusters::new((0..40).map(|cluster| (cluster, 1.0)));
        assert_eq!(many.sign_flip_p(999, 0), 1.0 / 1000.0);
    }

    #[test]
    fn the_mean_weighs_values_and_not_clusters() {
        assert_eq!(Clusters::new([(5, 1.0), (5, 1.0), (2, 4.0)]).mean(), 2.0);
    }
}
