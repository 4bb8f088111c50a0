use std::collections::BTreeMap;

use serde::Serialize;

use super::bootstrap::Bootstrap;
use super::figures::Confusion;
use crate::records::Rejection;

/// What scoring a file gave.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    /// The task's name on the command line.
    pub task: String,
    /// The file's name, without its folder.
    pub file: String,
    /// What one scored row is: "text", "pair", "article".
    pub unit: &'static str,
    /// Rows that were scored.
    pub n: usize,
    /// Rows that were left out, by the reason.
    pub left_out: BTreeMap<String, usize>,
    /// Rows that cannot be used, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rejected: Vec<Rejection>,
    /// What the groups were taken from.
    pub group: String,
    /// Number of groups.
    pub n_groups: usize,
    /// Name and version of the model; empty where the task uses none.
    pub model: String,
    /// The figures in the order in which they are shown.
    pub figures: Vec<Figure>,
    /// How often each label was given each class.
    pub confusion: Option<ConfusionTable>,
    /// Figures of each group where they are worth a look (loaded language by outlet).
    pub by_group: Vec<GroupFigure>,
    /// What a reader of the figures should know.
    pub notes: Vec<String>,
    /// Pairs that were judged wrong, the surest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub worst: Vec<WorstPair>,
}

/// A pair of sentences that was judged wrong.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WorstPair {
    /// Its group.
    pub group: String,
    /// What it was taken for.
    pub given: &'static str,
    /// What it is.
    pub labelled: &'static str,
    /// The probability that both make the same claim.
    pub probability: f64,
    /// One sentence.
    pub text_a: String,
    /// The other.
    pub text_b: String,
}

/// One figure with its interval.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figure {
    /// Its name.
    pub name: String,
    /// Its value; `None` where it does not exist.
    pub value: Option<f64>,
    /// The 95% interval of the grouped bootstrap; `None` where there is none.
    pub interval: Option<Interval>,
    /// True for a figure that something simpler reaches on the same rows, to compare with.
    pub baseline: bool,
}

/// A 95% interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// A figure of one group.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupFigure {
    /// The group.
    pub group: String,
    /// Its scored rows.
    pub n: usize,
    /// Its rows of the positive class.
    pub n_positive: usize,
    /// macro-F1 within the group; `None` where the group has rows of one class only.
    pub macro_f1: Option<f64>,
}

/// Rows by label and by what was given.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ConfusionTable {
    /// The classes.
    pub classes: Vec<String>,
    /// `counts[label][given]`.
    pub counts: Vec<Vec<usize>>,
}

impl ConfusionTable {
    /// Counts rows by label and by what was given.
    pub(super) fn new(classes: &[String], labels: &[usize], given: &[usize]) -> Self {
        let ones = vec![1.0; labels.len()];
        let counts = Confusion::new(labels, given, &ones, classes.len()).counts;
        let counts =
            counts.into_iter().map(|row| row.into_iter().map(|count| count as usize).collect()).collect();
        Self { classes: classes.to_vec(), counts }
    }
}

/// Collects figures, each with its interval, over the same samples.
pub(super) struct Figures<'bootstrap> {
    bootstrap: &'bootstrap Bootstrap,
    ones: Vec<f64>,
    pub list: Vec<Figure>,
}

impl<'bootstrap> Figures<'bootstrap> {
    pub(super) fn new(bootstrap: &'bootstrap Bootstrap, n_rows: usize) -> Self {
        Self { bootstrap, ones: vec![1.0; n_rows], list: vec![] }
    }

    /// Adds a figure, a function of how often each row counts.
    pub(super) fn add(&mut self, name: &str, figure: impl Fn(&[f64]) -> f64 + Sync) {
        self.push(name, false, figure);
    }

    /// Adds a figure of something simpler, to compare with.
    pub(super) fn add_baseline(&mut self, name: &str, figure: impl Fn(&[f64]) -> f64 + Sync) {
        self.push(name, true, figure);
    }

    fn push(&mut self, name: &str, baseline: bool, figure: impl Fn(&[f64]) -> f64 + Sync) {
        // The sum of no floats is -0.0; with 0 added it is 0.
        let figure = |weights: &[f64]| figure(weights) + 0.0;
        let value = Some(figure(&self.ones)).filter(|value| value.is_finite());
        let interval = value.and_then(|_| self.bootstrap.interval(figure));
        let interval = interval.map(|(low, high)| Interval { low, high });
        self.list.push(Figure { name: name.to_owned(), value, interval, baseline });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::Groups;

    #[test]
    fn a_sum_of_nothing_is_not_below_nought() {
        let groups = Groups::from_keys("outlet".to_owned(), ["a", "a", "b"].map(str::to_owned).to_vec());
        let bootstrap = Bootstrap::new(&groups, 10, 0);
        let mut figures = Figures::new(&bootstrap, 3);
        figures.add("found", |_| std::iter::empty::<f64>().sum());
        assert_eq!(figures.list[0].value.map(|value| value.is_sign_positive()), Some(true));
    }
}
