use std::cell::RefCell;

use argmin::core::{CostFunction, Error, Executor, Gradient, State};
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::quasinewton::LBFGS;
use ndarray::{Array1, Array2, ArrayView2, Axis};

/// Pairs of steps and changes of the gradient that L-BFGS keeps.
const MEMORY: usize = 10;

/// The fit ends where a step lowers the loss by less, or after so many steps.
const LEAST_GAIN: f64 = 1e-7;
const MAX_STEPS: u64 = 200;

/// A row of features for each text, as far as a linear model needs them.
pub(super) trait Design: Sync {
    /// Number of rows and of features.
    fn dim(&self) -> (usize, usize);
    /// Each row times each row of `weight` (shape `[classes, features]`): shape `[rows, classes]`.
    fn times(&self, weight: ArrayView2<'_, f32>) -> Array2<f32>;
    /// The sum over rows of `slope` (shape `[rows, classes]`) times features: shape `[classes, features]`.
    fn sum(&self, slope: &Array2<f32>) -> Array2<f32>;
}

impl Design for Array2<f32> {
    fn dim(&self) -> (usize, usize) {
        Array2::dim(self)
    }

    fn times(&self, weight: ArrayView2<'_, f32>) -> Array2<f32> {
        self.dot(&weight.t())
    }

    fn sum(&self, slope: &Array2<f32>) -> Array2<f32> {
        slope.t().dot(self)
    }
}

/// A linear classifier: the logits are `weight * features + bias`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Linear {
    /// Shape `[classes, features]`.
    pub weight: Array2<f32>,
    pub bias: Array1<f32>,
}

impl Linear {
    /// The probability of each class for each row: shape `[rows, classes]`.
    pub(super) fn probabilities(&self, features: &impl Design) -> Array2<f32> {
        softmax(features.times(self.weight.view()) + &self.bias)
    }
}

/// Weights that make all classes which occur weigh the same in sum; their mean is 1.
pub(super) fn balanced(labels: &[usize], n_classes: usize) -> Vec<f32> {
    let mut counts = vec![0_usize; n_classes];
    labels.iter().for_each(|&label| counts[label] += 1);
    let n_present = counts.iter().filter(|&&count| count > 0).count();
    labels.iter().map(|&label| labels.len() as f32 / (n_present * counts[label]) as f32).collect()
}

/// Fits a softmax classifier by L-BFGS: least mean cross-entropy, each row as heavy as `weights` says, plus `l2` / 2 times
/// the sum of the squared weights. `start` is where the search begins, zeros where there is none; the loss has one
/// minimum, so it saves steps and no more.
pub(super) fn fit<D: Design>(
    features: &D,
    labels: &[usize],
    weights: &[f32],
    n_classes: usize,
    l2: f64,
    start: Option<&Linear>,
) -> Linear {
    let (_, width) = features.dim();
    let loss = Loss { features, labels, weights, n_classes, l2, last: RefCell::new(None) };
    let start = start.map_or(vec![0.0; n_classes * (width + 1)], |linear| {
        linear.weight.iter().chain(&linear.bias).map(|&value| f64::from(value)).collect()
    });
    let search = LBFGS::new(MoreThuenteLineSearch::new(), MEMORY)
        .with_tolerance_cost(LEAST_GAIN)
        .expect("the tolerance is above 0");
    let found =
        Executor::new(loss, search).configure(|state| state.param(start.clone()).max_iters(MAX_STEPS)).run();
    // A line search that finds no lower point ends the run without an error; the best point so far is the answer.
    let best = found.ok().and_then(|found| found.state().get_best_param().cloned()).unwrap_or(start);
    let (weight, bias) = split(&best, n_classes);
    Linear { weight, bias }
}

/// All weights, then all biases.
type Point = Vec<f64>;

struct Loss<'data, D> {
    features: &'data D,
    labels: &'data [usize],
    weights: &'data [f32],
    n_classes: usize,
    l2: f64,
    /// The last point with its loss and gradient: the solver asks for the two one after the other.
    last: RefCell<Option<(Point, f64, Point)>>,
}

impl<D: Design> Loss<'_, D> {
    fn at(&self, point: &[f64]) -> (f64, Vec<f64>) {
        let (weight, bias) = split(point, self.n_classes);
        let mut slope = softmax(self.features.times(weight.view()) + &bias);
        let total: f64 = self.weights.iter().map(|&weight| f64::from(weight)).sum();
        let mut loss = 0.0;
        for ((mut row, &label), &weight) in slope.rows_mut().into_iter().zip(self.labels).zip(self.weights) {
            loss -= f64::from(weight) * f64::from(row[label].max(f32::MIN_POSITIVE)).ln();
            row[label] -= 1.0;
            row *= (f64::from(weight) / total) as f32;
        }
        let n_weights = point.len() - self.n_classes;
        let squares: f64 = point[..n_weights].iter().map(|value| value * value).sum();
        let mut gradient: Vec<f64> =
            self.features.sum(&slope).iter().map(|&value| f64::from(value)).collect();
        gradient.iter_mut().zip(point).for_each(|(slope, value)| *slope += self.l2 * value);
        gradient.extend(slope.sum_axis(Axis(0)).iter().map(|&value| f64::from(value)));
        (loss / total + self.l2 / 2.0 * squares, gradient)
    }

    fn remembered<T>(&self, point: &[f64], read: impl Fn(f64, &[f64]) -> T) -> T {
        let mut last = self.last.borrow_mut();
        if last.as_ref().is_none_or(|(known, ..)| known != point) {
            let (loss, gradient) = self.at(point);
            *last = Some((point.to_vec(), loss, gradient));
        }
        let (_, loss, gradient) = last.as_ref().expect("it was just put there");
        read(*loss, gradient)
    }
}

impl<D: Design> CostFunction for Loss<'_, D> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, point: &Vec<f64>) -> Result<f64, Error> {
        Ok(self.remembered(point, |loss, _| loss))
    }
}

impl<D: Design> Gradient for Loss<'_, D> {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;

    fn gradient(&self, point: &Vec<f64>) -> Result<Vec<f64>, Error> {
        Ok(self.remembered(point, |_, gradient| gradient.to_vec()))
    }
}

/// The weights, row by row, and behind them the biases.
fn split(point: &[f64], n_classes: usize) -> (Array2<f32>, Array1<f32>) {
    let values: Vec<f32> = point.iter().map(|&value| value as f32).collect();
    let (weight, bias) = values.split_at(values.len() - n_classes);
    let shape = (n_classes, weight.len() / n_classes);
    let weight = Array2::from_shape_vec(shape, weight.to_vec()).expect("a row of weights for each class");
    (weight, Array1::from_vec(bias.to_vec()))
}

fn softmax(mut logits: Array2<f32>) -> Array2<f32> {
    for mut row in logits.rows_mut() {
        let largest = row.fold(f32::NEG_INFINITY, |a, &b| a.max(b));
        row.mapv_inplace(|logit| (logit - largest).exp());
        let sum = row.sum();
        row /= sum;
    }
    logits
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows on a grid, with labels drawn in exact proportion to a known model's probabilities.
    fn made(weight: &Array2<f32>, bias: &Array1<f32>) -> (Array2<f32>, Vec<usize>, Vec<f32>) {
        let n_classes = bias.len();
        let (mut rows, mut labels, mut weights) = (vec![], vec![], vec![]);
        for point in 0..49 {
            let features = [(point % 7) as f32 / 3.0 - 1.0, (point / 7) as f32 / 3.0 - 1.0];
            let row = Array2::from_shape_vec((1, 2), features.to_vec()).unwrap();
            let given = Linear { weight: weight.clone(), bias: bias.clone() }.probabilities(&row);
            for label in 0..n_classes {
                rows.extend(features);
                labels.push(label);
                weights.push(given[[0, label]]);
            }
        }
        (Array2::from_shape_vec((labels.len(), 2), rows).unwrap(), labels, weights)
    }

    #[test]
    fn the_weights_of_a_known_model_are_found_again() {
        for n_classes in [2, 3] {
            let weight = Array2::from_shape_fn((n_classes, 2), |(class, feature)| {
                [[1.5, -0.5], [-1.0, 0.25], [-0.5, 0.25]][class][feature]
            });
            let bias = Array1::from_shape_fn(n_classes, |class| [0.4, -0.3, -0.1][class]);
            let (rows, labels, weights) = made(&weight, &bias);
            let found = fit(&rows, &labels, &weights, n_classes, 1e-9, None);
            // A constant added to all classes changes nothing: compare differences to the first class.
            for class in 1..n_classes {
                for feature in 0..2 {
                    let difference = |w: &Array2<f32>| w[[class, feature]] - w[[0, feature]];
                    assert!((difference(&found.weight) - difference(&weight)).abs() < 0.02, "{found:?}");
                }
                assert!(
                    (found.bias[class] - found.bias[0] - bias[class] + bias[0]).abs() < 0.02,
                    "{found:?}"
                );
            }
        }
    }

    #[test]
    fn separable_rows_are_told_apart_and_l2_keeps_the_weights_small() {
        let rows = Array2::from_shape_fn((40, 1), |(row, _)| row as f32 - 19.5);
        let labels: Vec<usize> = (0..40).map(|row| usize::from(row >= 20)).collect();
        let weights = vec![1.0; 40];
        let mut last = f32::INFINITY;
        for l2 in [0.001, 0.1, 10.0] {
            let found = fit(&rows, &labels, &weights, 2, l2, None);
            let given = found.probabilities(&rows);
            for (row, &label) in labels.iter().enumerate() {
                assert!(given[[row, label]] > 0.5, "row {row} at {l2}");
            }
            assert!(found.weight[[1, 0]] > 0.0 && found.weight[[1, 0]] < last);
            last = found.weight[[1, 0]];
        }
    }

    #[test]
    fn the_start_saves_steps_and_changes_nothing() {
        let (weight, bias) = (ndarray::array![[1.0, -1.0], [0.0, 0.5]], ndarray::array![0.2, -0.2]);
        let (rows, labels, weights) = made(&weight, &bias);
        let cold = fit(&rows, &labels, &weights, 2, 0.01, None);
        let start = Linear { weight: weight * 3.0, bias };
        let warm = fit(&rows, &labels, &weights, 2, 0.01, Some(&start));
        assert!((&cold.weight - &warm.weight).iter().all(|difference| difference.abs() < 0.02));
    }

    #[test]
    fn the_gradient_is_the_slope_of_the_loss() {
        let (weight, bias) = (ndarray::array![[1.0, -1.0], [0.0, 0.5]], ndarray::array![0.2, -0.2]);
        let (rows, labels, weights) = made(&weight, &bias);
        let loss = Loss {
            features: &rows,
            labels: &labels,
            weights: &weights,
            n_classes: 2,
            l2: 0.3,
            last: RefCell::new(None),
        };
        let point = vec![0.3, -0.1, 0.2, 0.4, 0.1, -0.2];
        let gradient = loss.at(&point).1;
        for place in 0..point.len() {
            let mut moved = point.clone();
            moved[place] += 1e-2;
            let above = loss.at(&moved).0;
            moved[place] -= 2e-2;
            let slope = (above - loss.at(&moved).0) / 2e-2;
            assert!((slope - gradient[place]).abs() < 1e-3, "{slope} and {}", gradient[place]);
        }
    }

    #[test]
    fn balanced_classes_weigh_the_same() {
        assert_eq!(balanced(&[0, 0, 0, 2], 3), [4.0 / 6.0, 4.0 / 6.0, 4.0 / 6.0, 2.0]);
    }
}
