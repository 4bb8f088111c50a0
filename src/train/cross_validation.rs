use ndarray::{Array1, Array2, Axis};
use rayon::prelude::*;

use super::logistic::{Linear, balanced, fit};

/// Strengths of L2 that are tried, strongest first.
pub(super) const L2: [f64; 6] = [3.0, 1.0, 0.3, 0.1, 0.03, 0.01];

/// Features with the class and the fold of each row.
pub(super) struct Problem<'data> {
    /// Shape `[rows, features]`.
    pub features: &'data Array2<f32>,
    pub labels: &'data [usize],
    pub n_classes: usize,
    pub folds: &'data [usize],
    pub n_folds: usize,
}

/// What cross-validation gives.
pub(super) struct CrossValidated {
    /// The probability of each class for each row, by a head that saw no row of its fold, neither to fit its weights nor
    /// to choose its L2: shape `[rows, classes]`.
    pub probabilities: Array2<f32>,
    /// The head fitted on all rows, on features as the encoder gives them.
    pub head: Linear,
    /// Its strength of L2, the best over all folds.
    pub l2: f64,
}

/// The sets of folds that are held out in turn: none, each one, and of more than two folds each pair, the higher first.
pub(super) fn held_out(n_folds: usize) -> Vec<Vec<usize>> {
    let singles = (0..n_folds).map(|fold| vec![fold]);
    let pairs = (0..n_folds).flat_map(|a| (0..a).map(move |b| vec![a, b]));
    [vec![]].into_iter().chain(singles).chain(pairs.filter(|_| n_folds > 2)).collect()
}

impl Problem<'_> {
    /// Nested cross-validation over the folds. Where fold `k` is held out, the strength of L2 is the one with the least loss
    /// on each other fold by a fit without both. A fit without two folds serves both of them, so `n` folds take
    /// `n (n - 1) / 2 + n + 1` fits for each strength. `advance` is told of each set of held-out folds.
    pub(super) fn cross_validate(&self, advance: &(dyn Fn(usize) + Sync)) -> CrossValidated {
        let n = self.n_folds;
        let held_out = held_out(n);
        let fits: Vec<Vec<Linear>> = held_out
            .par_iter()
            .map(|folds| {
                let fitted = self.path(folds);
                advance(1);
                fitted
            })
            .collect();
        let without = |a: usize, b: usize| {
            let place = held_out.iter().position(|folds| *folds == [a.max(b), a.min(b)]);
            &fits[place.expect("every pair of folds was held out")]
        };
        let mut probabilities = Array2::zeros((self.labels.len(), self.n_classes));
        for fold in 0..n {
            let loss = |l2: usize| -> f64 {
                let others = (0..n).filter(|&other| other != fold);
                others.map(|other| self.loss(other, &without(fold, other)[l2])).sum()
            };
            // Of two folds, none is left to choose by: the middle strength is taken.
            let chosen =
                if n > 2 { least(&(0..L2.len()).map(loss).collect::<Vec<_>>()) } else { L2.len() / 2 };
            self.predict(fold, &fits[1 + fold][chosen], &mut probabilities);
        }
        let losses: Vec<f64> =
            (0..L2.len()).map(|l2| (0..n).map(|fold| self.loss(fold, &fits[1 + fold][l2])).sum()).collect();
        let chosen = least(&losses);
        CrossValidated { probabilities, head: fits[0][chosen].clone(), l2: L2[chosen] }
    }

    /// Fits on all rows but those of some folds, once for each strength of L2.
    fn path(&self, held_out: &[usize]) -> Vec<Linear> {
        let rows: Vec<usize> =
            (0..self.labels.len()).filter(|&row| !held_out.contains(&self.folds[row])).collect();
        let labels: Vec<usize> = rows.iter().map(|&row| self.labels[row]).collect();
        let weights = balanced(&labels, self.n_classes);
        let mut features = self.features.select(Axis(0), &rows);
        let (mean, deviation) = standardise(&mut features);
        let mut last: Option<Linear> = None;
        let fits = L2.map(|l2| {
            let fitted = fit(&features, &labels, &weights, self.n_classes, l2, last.as_ref());
            last = Some(fitted.clone());
            on_raw_features(&fitted, &mean, &deviation)
        });
        fits.to_vec()
    }

    fn rows_of(&self, fold: usize) -> Vec<usize> {
        (0..self.labels.len()).filter(|&row| self.folds[row] == fold).collect()
    }

    /// The cross-entropy of a fold's rows, summed, with the classes that it has balanced.
    fn loss(&self, fold: usize, head: &Linear) -> f64 {
        let rows = self.rows_of(fold);
        let labels: Vec<usize> = rows.iter().map(|&row| self.labels[row]).collect();
        let given = head.probabilities(&self.features.select(Axis(0), &rows));
        let of_row = |((row, &label), weight): ((usize, &usize), f32)| {
            -f64::from(weight) * f64::from(given[[row, label]].max(f32::MIN_POSITIVE)).ln()
        };
        labels.iter().enumerate().zip(balanced(&labels, self.n_classes)).map(of_row).sum()
    }

    fn predict(&self, fold: usize, head: &Linear, probabilities: &mut Array2<f32>) {
        let rows = self.rows_of(fold);
        let given = head.probabilities(&self.features.select(Axis(0), &rows));
        for (&row, given) in rows.iter().zip(given.rows()) {
            probabilities.row_mut(row).assign(&given);
        }
    }
}

/// The position of the least value; the first of equals.
fn least(values: &[f64]) -> usize {
    (0..values.len()).reduce(|best, next| if values[next] < values[best] { next } else { best }).unwrap_or(0)
}

/// Turns each feature into one of mean 0 and deviation 1; returns what was taken off and divided by.
fn standardise(features: &mut Array2<f32>) -> (Array1<f32>, Array1<f32>) {
    let mean = features.mean_axis(Axis(0)).expect("there are rows");
    let deviation = features.std_axis(Axis(0), 0.0) + 1e-6;
    *features -= &mean;
    *features /= &deviation;
    (mean, deviation)
}

/// The same head for features that are not standardised.
fn on_raw_features(head: &Linear, mean: &Array1<f32>, deviation: &Array1<f32>) -> Linear {
    let weight = &head.weight / deviation;
    let bias = &head.bias - &weight.dot(mean);
    Linear { weight, bias }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two classes that the first of three features tells apart, the others being noise.
    fn made() -> (Array2<f32>, Vec<usize>, Vec<usize>) {
        let labels: Vec<usize> = (0..60).map(|row| row % 2).collect();
        let features = Array2::from_shape_fn((60, 3), |(row, column)| match column {
            0 => labels[row] as f32 * 4.0 + (row * 7 % 5) as f32 / 5.0,
            other => ((row * (other + 12)) % 17) as f32,
        });
        (features, labels, (0..60).map(|row| row / 12).collect())
    }

    #[test]
    fn held_out_rows_of_a_separable_problem_get_their_class_on_any_number_of_threads() {
        let (features, labels, folds) = made();
        let problem =
            Problem { features: &features, labels: &labels, n_classes: 2, folds: &folds, n_folds: 5 };
        let on = |n| {
            let workers = rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
            workers.install(|| problem.cross_validate(&|_| ()))
        };
        let (one, two) = (on(1), on(2));
        for (row, &label) in labels.iter().enumerate() {
            assert!(one.probabilities[[row, label]] > 0.5, "row {row}");
        }
        assert_eq!(one.probabilities, two.probabilities);
        assert_eq!((&one.head, one.l2), (&two.head, two.l2));
        assert!(one.head.weight[[1, 0]] > one.head.weight[[0, 0]]);
    }

    #[test]
    fn two_folds_are_enough() {
        let (features, labels, folds) = made();
        let folds: Vec<usize> = folds.iter().map(|fold| fold % 2).collect();
        let problem =
            Problem { features: &features, labels: &labels, n_classes: 2, folds: &folds, n_folds: 2 };
        let found = problem.cross_validate(&|_| ());
        let n_right =
            labels.iter().enumerate().filter(|&(row, &label)| found.probabilities[[row, label]] > 0.5);
        assert!(n_right.count() >= 54);
    }
}
