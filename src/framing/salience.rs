//! How much a difference is worth to a reader, from labels.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::Pair;
use super::figures::{FIGURES, figures};
use crate::arithmetic::sigmoid;
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

/// The odds that two sentences share a proposition once a difference is marked between them, as a share of what they were: two sentences on other things
/// have more differences to mark. `models/framing_rows.py table` prints it, from what readers said of rows of events that no network is trained on.
const ODDS_ONCE_MARKED: f32 = 0.23;

/// The probability in [0, 1] that two sentences share a proposition, given that a difference is marked between them and the probability without that:
/// Bayes' rule with [`ODDS_ONCE_MARKED`] as the ratio of the likelihoods.
fn once_marked(probability: f32) -> f32 {
    let marked = ODDS_ONCE_MARKED * probability;
    marked / (marked + (1.0 - probability))
}

/// How surely two sentences between which a difference is marked speak of one claim, in [0, 1], from the probabilities that they share a proposition and that
/// it is the main one of both, of which the second is that of no pair in conflict. The readers' verdict is on the first alone, so only that is corrected.
pub fn one_claim_once_marked(is_conflict: bool, shared: f32, same: f32) -> f32 {
    once_marked(shared) * if is_conflict { 1.0 } else { same.sqrt() }
}

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
    fn a_marked_difference_makes_one_claim_less_likely() {
        assert_eq!([0.0, 1.0].map(once_marked), [0.0, 1.0]);
        // Odds of 9 to 1 become 2.07 to 1.
        assert!((once_marked(0.9) - 2.07 / 3.07).abs() < 1e-6);
        assert_eq!(one_claim_once_marked(false, 1.0, 0.25), 0.5);
        assert_eq!(one_claim_once_marked(true, 1.0, 0.25), 1.0);
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
