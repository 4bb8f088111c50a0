//! Shares and means of a stratified sample, with 95% intervals.

use serde::Serialize;

/// The 97.5% quantile of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// The labelled part of one stratum.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Stratum {
    /// Number of units in the stratum.
    pub size: usize,
    /// Values with their weights: one over the probability of inclusion.
    pub values: Vec<(f64, f64)>,
}

impl Stratum {
    fn total_weight(&self) -> f64 {
        self.values.iter().map(|(_, weight)| weight).sum()
    }

    fn mean(&self) -> f64 {
        self.values.iter().map(|(value, weight)| value * weight).sum::<f64>() / self.total_weight()
    }

    /// What so many values of unequal weights are worth (Kish 1965): their number where the weights are equal.
    fn effective_number(&self) -> f64 {
        self.total_weight().powi(2) / self.values.iter().map(|(_, weight)| weight * weight).sum::<f64>()
    }
}

/// A figure with its 95% interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Figure {
    /// The figure.
    pub value: f64,
    /// The interval's lower end.
    pub low: f64,
    /// The interval's upper end.
    pub high: f64,
}

/// The strata in which something was labelled, with their shares of the units of all of them.
fn labelled(strata: &[Stratum]) -> Vec<(f64, &Stratum)> {
    let labelled = || strata.iter().filter(|stratum| !stratum.values.is_empty());
    let size: usize = labelled().map(|stratum| stratum.size).sum();
    labelled().map(|stratum| (stratum.size as f64 / size as f64, stratum)).collect()
}

/// A share of the units of all strata, from values in [0, 1]: the strata's weighted shares in proportion to their sizes.
/// `None` where nothing was labelled; strata without a label do not count.
///
/// The interval is Wilson's (1927) with an effective number of units: that of a simple sample with the variance of the
/// stratified one, Σ W² p(1-p)/n, as in Dean & Pagano (2015). In the variance, and only there, two successes and two failures are
/// added to each stratum (Agresti & Coull 1998), so that a few units which all agree do not pass for certain. For a single
/// stratum this is Wilson's interval as it is.
pub(super) fn share(strata: &[Stratum]) -> Option<Figure> {
    let strata = labelled(strata);
    if strata.is_empty() {
        return None;
    }
    let value: f64 = strata.iter().map(|(part, stratum)| part * stratum.mean()).sum();
    let (mut smooth, mut variance) = (0.0, 0.0);
    for (part, stratum) in &strata {
        let n = stratum.effective_number();
        let p = (stratum.mean() * n + 2.0) / (n + 4.0);
        smooth += part * p;
        variance += part * part * p * (1.0 - p) / n;
    }
    Some(wilson(value, smooth * (1.0 - smooth) / variance))
}

/// Wilson's (1927) score interval of a share among `n`, which need not be a whole number; `n` above 0.
pub(super) fn wilson(share: f64, n: f64) -> Figure {
    let middle = (share + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
    let half = Z / (1.0 + Z * Z / n) * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    Figure { value: share, low: (middle - half).max(0.0), high: (middle + half).min(1.0) }
}

/// The mean of all units, likewise; the interval is normal with the variance Σ W² s²/n of the stratified sample (Cochran 1977, 5.9,
/// without the correction for finite strata). A stratum with a single label takes the spread of all. `None` for fewer than two labels.
pub(super) fn mean(strata: &[Stratum]) -> Option<Figure> {
    let strata = labelled(strata);
    let all: Vec<f64> =
        strata.iter().flat_map(|(_, stratum)| stratum.values.iter().map(|(v, _)| *v)).collect();
    let spread_of_all = spread(&all)?;
    let value: f64 = strata.iter().map(|(part, stratum)| part * stratum.mean()).sum();
    let of_stratum = |(part, stratum): &(f64, &Stratum)| {
        let values: Vec<f64> = stratum.values.iter().map(|(value, _)| *value).collect();
        part * part * spread(&values).unwrap_or(spread_of_all) / stratum.effective_number()
    };
    let half = Z * strata.iter().map(of_stratum).sum::<f64>().sqrt();
    Some(Figure { value, low: value - half, high: value + half })
}

/// The variance with n-1 below; `None` for fewer than two values.
fn spread(values: &[f64]) -> Option<f64> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (values.len() > 1).then(|| values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0))
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::{RngCore, SeedableRng};

    use super::*;

    fn stratum(size: usize, ones: usize, n: usize) -> Stratum {
        Stratum { size, values: (0..n).map(|at| (f64::from(u8::from(at < ones)), 2.0)).collect() }
    }

    /// Of SciPy: `binomtest(k, n).proportion_ci(method="wilson")`.
    #[test]
    fn the_interval_of_one_stratum_is_wilsons() {
        for (k, n, low, high) in [
            (0, 10, 0.0, 0.277_532_799),
            (7, 10, 0.396_778_147, 0.892_208_733),
            (10, 10, 0.722_467_201, 1.0),
            (45, 60, 0.627_679_299, 0.842_234_775),
        ] {
            let figure = share(&[stratum(500, k, n)]).unwrap();
            assert!((figure.value - k as f64 / n as f64).abs() < 1e-12);
            assert!((figure.low - low).abs() < 1e-6 && (figure.high - high).abs() < 1e-6, "{figure:?}");
        }
    }

    #[test]
    fn strata_count_by_their_sizes() {
        let figure = share(&[stratum(900, 5, 10), stratum(100, 10, 10)]).unwrap();
        assert!((figure.value - 0.55).abs() < 1e-12);
        assert!(figure.low < 0.35 && figure.high > 0.7, "{figure:?}");
        let empty = Stratum { size: 50, values: vec![] };
        assert_eq!(share(&[stratum(900, 5, 10), empty.clone()]), share(&[stratum(900, 5, 10)]));
        assert_eq!((share(std::slice::from_ref(&empty)), mean(&[empty])), (None, None));
        let mixed = [stratum(900, 5, 10), stratum(100, 1, 1)];
        assert!((mean(&mixed).unwrap().value - 0.55).abs() < 1e-12);
    }

    #[test]
    fn overall_intervals_cover_the_truth_in_samples_of_uneven_strata() {
        const TRUTHS: [(usize, f64, usize); 3] = [(2000, 0.95, 12), (300, 0.6, 12), (60, 0.2, 12)];
        let size: usize = TRUTHS.iter().map(|(size, ..)| size).sum();
        let truth: f64 = TRUTHS.iter().map(|(n, p, _)| *n as f64 * p / size as f64).sum();
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let mut chance = |p: f64| f64::from(u8::from((random.next_u32() as f64 / 2f64.powi(32)) < p));
        let (mut shares, mut means) = (0, 0);
        const SAMPLES: usize = 4000;
        for _ in 0..SAMPLES {
            let strata = TRUTHS.map(|(size, p, n)| Stratum {
                size,
                values: (0..n).map(|_| (chance(p), size as f64 / n as f64)).collect(),
            });
            let covers = |figure: Figure| figure.low <= truth && truth <= figure.high;
            shares += usize::from(covers(share(&strata).unwrap()));
            means += usize::from(covers(mean(&strata).unwrap()));
        }
        let covered = shares as f64 / SAMPLES as f64;
        assert!((0.93..=0.99).contains(&covered), "{covered}");
        // The normal interval is too short for a share near one: that is why shares have their own.
        assert!(means < shares);
    }
}
