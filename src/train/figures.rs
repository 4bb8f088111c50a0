use ndarray::Array2;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use rayon::prelude::*;

use super::data::Data;
use super::logistic::{balanced, fit};
use super::tfidf::TfIdf;
use crate::evaluate::Bootstrap;
use crate::evaluate::figures::{Confusion, Ranking};

/// Bootstrap samples behind each interval.
pub(super) const SAMPLES: usize = 1000;

/// Strength of the TF-IDF baseline's fit: scikit-learn's `C`.
const TFIDF_C: f64 = 3.0;

/// A value with its 95% interval; no interval where there are too few groups to make one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figure {
    /// The value.
    pub value: f64,
    /// Lower and upper end.
    pub interval: Option<(f64, f64)>,
}

/// What one way of telling the classes apart reaches on rows that it did not see.
#[derive(Debug, Clone, PartialEq)]
pub struct System {
    /// What it is.
    pub name: String,
    /// Mean F1 of the classes, in [0, 1].
    pub macro_f1: Figure,
    /// Share of rows given their label, in [0, 1].
    pub accuracy: Figure,
    /// Area under the ROC curve of the last of two classes, in [0, 1]; `None` for more classes, and for a system without
    /// probabilities.
    pub auc: Option<Figure>,
}

/// What a system says of each row.
pub(super) struct Given {
    name: String,
    classes: Vec<usize>,
    scores: Option<Vec<f64>>,
}

impl Given {
    /// From probabilities: shape `[rows, classes]`.
    pub(super) fn new(name: &str, probabilities: &Array2<f32>) -> Self {
        let best = |row: usize| {
            let given = probabilities.row(row);
            (0..given.len())
                .reduce(|best, next| if given[next] > given[best] { next } else { best })
                .unwrap_or(0)
        };
        let scores = (probabilities.ncols() == 2)
            .then(|| probabilities.column(1).iter().map(|&value| f64::from(value)).collect());
        Self { name: name.to_owned(), classes: (0..probabilities.nrows()).map(best).collect(), scores }
    }

    /// The figures, with intervals by drawing whole groups.
    pub(super) fn figures(&self, data: &Data, bootstrap: &Bootstrap) -> System {
        let (labels, n_classes) = (&data.labels, data.classes.len());
        let confusion = |weights: &[f64]| Confusion::new(labels, &self.classes, weights, n_classes);
        let ranking = self
            .scores
            .as_ref()
            .map(|scores| Ranking::new(scores, &labels.iter().map(|&label| label == 1).collect::<Vec<_>>()));
        System {
            name: self.name.clone(),
            macro_f1: figure(data, bootstrap, |weights| confusion(weights).macro_f1()),
            accuracy: figure(data, bootstrap, |weights| confusion(weights).accuracy()),
            auc: ranking.map(|ranking| figure(data, bootstrap, |weights| ranking.auc(weights))),
        }
    }

    /// How far the macro-F1 of this system is above that of another, on the same samples.
    pub(super) fn gain(&self, over: &Given, data: &Data, bootstrap: &Bootstrap) -> Figure {
        let macro_f1 = |given: &Given, weights: &[f64]| {
            Confusion::new(&data.labels, &given.classes, weights, data.classes.len()).macro_f1()
        };
        figure(data, bootstrap, |weights| macro_f1(self, weights) - macro_f1(over, weights))
    }
}

fn figure(data: &Data, bootstrap: &Bootstrap, of: impl Fn(&[f64]) -> f64 + Sync) -> Figure {
    Figure { value: of(&vec![1.0; data.labels.len()]), interval: bootstrap.interval(of) }
}

/// The most frequent class of the other folds.
pub(super) fn majority(data: &Data, folds: &[usize], n_folds: usize) -> Given {
    let of_fold: Vec<usize> = (0..n_folds)
        .map(|fold| {
            let mut counts = vec![0; data.classes.len()];
            let rest = (0..folds.len()).filter(|&row| folds[row] != fold);
            rest.for_each(|row| counts[data.labels[row]] += 1);
            most(&counts)
        })
        .collect();
    let classes = folds.iter().map(|&fold| of_fold[fold]).collect();
    Given { name: "majority class".to_owned(), classes, scores: None }
}

/// The most frequent class of the group's rows in the other folds, where the folds are drawn by row: what the group's name
/// alone tells of a row, once rows of that group are known.
pub(super) fn group_alone(data: &Data, n_folds: usize, seed: u64) -> Given {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let folds: Vec<usize> =
        data.labels.iter().map(|_| (random.next_u64() % n_folds as u64) as usize).collect();
    let n_classes = data.classes.len();
    // How often each class occurs, in each group and fold, and behind the last group in all.
    let mut counts = vec![vec![vec![0_usize; n_classes]; n_folds]; data.groups.n() + 1];
    for (row, &group) in data.groups.of_row.iter().enumerate() {
        counts[group][folds[row]][data.labels[row]] += 1;
        counts[data.groups.n()][folds[row]][data.labels[row]] += 1;
    }
    let in_other_folds = |group: usize, fold: usize| -> Vec<usize> {
        let of_class = |class: usize| {
            counts[group]
                .iter()
                .enumerate()
                .filter(|&(other, _)| other != fold)
                .map(|(_, of)| of[class])
                .sum()
        };
        (0..n_classes).map(of_class).collect()
    };
    let class = |(row, &group): (usize, &usize)| {
        let of_group = in_other_folds(group, folds[row]);
        let is_known = of_group.iter().any(|&count| count > 0);
        most(&if is_known { of_group } else { in_other_folds(data.groups.n(), folds[row]) })
    };
    Given {
        name: format!("{} alone (rows of it known)", data.groups.field),
        classes: data.groups.of_row.iter().enumerate().map(class).collect(),
        scores: None,
    }
}

/// The class that is counted most often; the first of equals.
fn most(counts: &[usize]) -> usize {
    (0..counts.len()).reduce(|best, next| if counts[next] > counts[best] { next } else { best }).unwrap_or(0)
}

/// TF-IDF of words and pairs of words with logistic regression, on the same folds, classes balanced.
pub(super) fn tfidf(data: &Data, folds: &[usize], n_folds: usize) -> Given {
    let n_classes = data.classes.len();
    let of_fold: Vec<(Vec<usize>, Array2<f32>)> = (0..n_folds)
        .into_par_iter()
        .map(|fold| {
            let (held_out, rest): (Vec<usize>, Vec<usize>) =
                (0..folds.len()).partition(|&row| folds[row] == fold);
            let texts =
                |rows: &[usize]| -> Vec<&str> { rows.iter().map(|&row| data.texts[row].as_str()).collect() };
            let labels: Vec<usize> = rest.iter().map(|&row| data.labels[row]).collect();
            let terms = TfIdf::new(&texts(&rest));
            let l2 = 1.0 / (TFIDF_C * rest.len() as f64);
            let weights = balanced(&labels, n_classes);
            let fitted = fit(&terms.rows(&texts(&rest)), &labels, &weights, n_classes, l2, None);
            let given = fitted.probabilities(&terms.rows(&texts(&held_out)));
            (held_out, given)
        })
        .collect();
    let mut probabilities = Array2::zeros((folds.len(), n_classes));
    for (rows, given) in of_fold {
        for (&row, given) in rows.iter().zip(given.rows()) {
            probabilities.row_mut(row).assign(&given);
        }
    }
    Given::new("TF-IDF, logistic regression", &probabilities)
}
