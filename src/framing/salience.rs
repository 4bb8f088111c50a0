//! How much a difference is worth to a reader, from labels.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::Pair;
use super::figures::{FIGURES, figures};
use crate::records::FramingDifference;

/// A logistic model of each dimension, and boosted trees; the salience is the mean of their probabilities.
#[derive(Deserialize)]
struct Model {
    figures: Vec<String>,
    dimensions: BTreeMap<String, Weights>,
    /// Log-odds before any tree.
    start: f64,
    trees: Vec<Tree>,
}

#[derive(Deserialize)]
struct Weights {
    bias: f32,
    weights: Vec<f32>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Tree {
    /// What is added to the log-odds.
    Leaf(f64),
    /// Asks for a figure; the numbers behind the figures are 1 for a difference of that dimension, in the order of their names.
    Split { figure: usize, most: f64, below: Box<Tree>, above: Box<Tree> },
}

impl Tree {
    fn value(&self, figure: &impl Fn(usize) -> f32) -> f64 {
        match self {
            Self::Leaf(value) => *value,
            Self::Split { figure: of, most, below, above } => {
                (if f64::from(figure(*of)) <= *most { below } else { above }).value(figure)
            }
        }
    }
}

/// `models/train_salience.py`. `None` where it is of other figures, until that has been run again.
static MODEL: LazyLock<Option<Model>> = LazyLock::new(|| {
    let model: Model =
        serde_json::from_str(include_str!("salience.json")).expect("it was written by its script");
    (model.figures == FIGURES).then_some(model)
});

/// The salience of a dimension that the labels do not know.
pub(super) const UNKNOWN: f32 = 0.7;

/// Probability in [0, 1] that a careful reader would keep a difference; [`UNKNOWN`] for one of a measure that a program adds.
pub(super) fn salience(pair: &Pair<'_, '_>, found: &FramingDifference, all: &[FramingDifference]) -> f32 {
    let of_figures = |model: &Model| model.salience(&found.dimension, &figures(pair, found, all));
    MODEL.as_ref().and_then(of_figures).unwrap_or(UNKNOWN)
}

impl Model {
    /// `None` for a dimension that it does not know.
    fn salience(&self, dimension: &str, figures: &[f32; FIGURES.len()]) -> Option<f32> {
        let Weights { bias, weights } = self.dimensions.get(dimension)?;
        let straight = weights.iter().zip(figures).fold(*bias, |sum, (weight, figure)| sum + weight * figure);
        let place = self.dimensions.keys().position(|name| name == dimension)?;
        let figure = |at: usize| figures.get(at).copied().unwrap_or(f32::from(at == FIGURES.len() + place));
        let boosted = self.trees.iter().fold(self.start, |sum, tree| sum + tree.value(&figure));
        Some((sigmoid(straight) + sigmoid(boosted as f32)) / 2.0)
    }
}

fn sigmoid(log_odds: f32) -> f32 {
    1.0 / (1.0 + (-log_odds).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_model_is_of_these_figures_and_knows_every_dimension() {
        let model = MODEL.as_ref().expect("run models/train_salience.py");
        for dimension in crate::framing::Measures::shipped().dimensions() {
            let weights = &model.dimensions[dimension.name].weights;
            assert_eq!(weights.len(), FIGURES.len(), "{}", dimension.name);
        }
    }

    #[test]
    fn the_two_models_are_asked_for_the_same_difference() {
        let text = r#"{"figures": [], "dimensions": {"a": {"bias": 0, "weights": []}, "b": {"bias": 0, "weights": []}}, "start": 1.0,
            "trees": [{"figure": 61, "most": 0.5, "below": -1.0, "above": {"figure": 0, "most": 2.0, "below": 7.0, "above": 9.0}}, 0.0]}"#;
        let model: Model = serde_json::from_str(text).unwrap();
        let mut figures = [0.0; FIGURES.len()];
        assert_eq!(model.salience("a", &figures), Some(0.5));
        assert_eq!(model.salience("b", &figures), Some((0.5 + sigmoid(8.0)) / 2.0));
        figures[0] = 3.0;
        assert_eq!(model.salience("b", &figures), Some((0.5 + sigmoid(10.0)) / 2.0));
        assert_eq!(model.salience("c", &figures), None);
    }
}
