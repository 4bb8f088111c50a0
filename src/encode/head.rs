use std::collections::{BTreeSet, HashMap};

use ndarray::{Array1, Array2, ArrayView1};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

use crate::records::figure;

/// A small classifier on the mean of the token states of some layers: linear, or with one hidden layer.
#[derive(Debug, Clone, PartialEq)]
pub struct Head {
    classes: Vec<String>,
    layers: Vec<usize>,
    hidden: Option<Dense>,
    output: Dense,
}

/// A matrix product with a bias.
#[derive(Debug, Clone, PartialEq)]
struct Dense {
    /// Shape `[out, in]`.
    weight: Array2<f32>,
    bias: Array1<f32>,
}

impl Dense {
    fn apply(&self, input: ArrayView1<'_, f32>) -> Array1<f32> {
        self.weight.dot(&input) + &self.bias
    }
}

impl Head {
    /// A linear head. `layers` are the layers of the encoder whose mean states are joined, in this order, into the
    /// features; `weight` has the shape `[classes, features]`, `bias` one value for each class.
    ///
    /// # Errors
    /// What does not fit: fewer than two classes, a class twice, no layers, another shape.
    pub fn linear(
        classes: Vec<String>,
        layers: Vec<usize>,
        weight: Array2<f32>,
        bias: Array1<f32>,
    ) -> Result<Self, String> {
        Self { classes, layers, hidden: None, output: Dense { weight, bias } }.checked()
    }

    /// Reads a head: the tensors `output.weight` and `output.bias`, with `hidden.weight` and `hidden.bias` below them where
    /// there is a hidden layer (ReLU), all F32, and the metadata `classes` and `layers`, each joined by commas.
    ///
    /// # Errors
    /// What is wrong with the bytes.
    pub fn from_safetensors(bytes: &[u8]) -> Result<Self, String> {
        let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(|error| error.to_string())?;
        let metadata = metadata.metadata().clone().unwrap_or_default();
        let field = |key: &str| metadata.get(key).map_or("", String::as_str);
        let layers: Result<Vec<usize>, _> =
            field("layers").split(',').map(|layer| layer.trim().parse()).collect();
        let layers = layers.map_err(|_| format!("layers are `{}`, not numbers", field("layers")))?;
        let classes = field("classes").split(',').map(str::to_owned).collect();
        let tensors = SafeTensors::deserialize(bytes).map_err(|error| error.to_string())?;
        let hidden =
            tensors.tensor("hidden.weight").is_ok().then(|| dense(&tensors, "hidden")).transpose()?;
        Self { classes, layers, hidden, output: dense(&tensors, "output")? }.checked()
    }

    fn checked(self) -> Result<Self, String> {
        let distinct: BTreeSet<&String> = self.classes.iter().collect();
        if self.classes.len() < 2 || distinct.len() < self.classes.len() || distinct.contains(&String::new())
        {
            return Err(format!(
                "classes are `{}`; at least two different ones are needed",
                self.classes.join(",")
            ));
        }
        if self.output.weight.nrows() != self.classes.len() {
            return Err(format!(
                "it gives {} values for {} classes",
                self.output.weight.nrows(),
                self.classes.len()
            ));
        }
        if self.layers.is_empty() {
            return Err("it names no layers".to_owned());
        }
        let rows = |dense: &Dense| dense.weight.nrows();
        if self.hidden.as_ref().is_some_and(|hidden| rows(hidden) != self.output.weight.ncols()) {
            return Err("its two layers do not fit each other".to_owned());
        }
        let denses = || self.hidden.iter().chain([&self.output]);
        if denses().any(|dense| dense.bias.len() != rows(dense)) {
            return Err("a bias does not have one value for each row of its weight".to_owned());
        }
        let is_figure = |weight: &f32| f64::from(weight.abs()) <= figure::MOST;
        if !denses().all(|dense| dense.weight.iter().chain(&dense.bias).all(is_figure)) {
            return Err("its weights are no figures of a model; the file is damaged".to_owned());
        }
        Ok(self)
    }

    /// Checks that the head can read an encoder whose states have `width` values in each of `n_layers` layers.
    ///
    /// # Errors
    /// What does not fit.
    pub fn fits(&self, width: usize, n_layers: usize) -> Result<(), String> {
        let first = self.hidden.as_ref().unwrap_or(&self.output);
        if first.weight.ncols() != self.layers.len() * width {
            return Err(format!("its shape does not fit {} layers of {width} states", self.layers.len()));
        }
        match self.layers.iter().find(|&&layer| layer > n_layers) {
            Some(layer) => Err(format!("it reads layer {layer} and the model has {n_layers}")),
            None => Ok(()),
        }
    }

    /// The bytes of the head as [`Head::from_safetensors`] reads them; the same head gives the same bytes.
    pub fn to_safetensors(&self) -> Vec<u8> {
        let layers: Vec<String> = self.layers.iter().map(usize::to_string).collect();
        let metadata = HashMap::from([
            ("classes".to_owned(), self.classes.join(",")),
            ("layers".to_owned(), layers.join(",")),
        ]);
        let bytes = |values: &mut dyn Iterator<Item = &f32>| -> Vec<u8> {
            values.flat_map(|value| value.to_le_bytes()).collect()
        };
        let mut tensors = vec![];
        for (name, dense) in
            self.hidden.iter().map(|hidden| ("hidden", hidden)).chain([("output", &self.output)])
        {
            let shape = dense.weight.shape().to_vec();
            tensors.push((format!("{name}.weight"), shape, bytes(&mut dense.weight.iter())));
            tensors.push((format!("{name}.bias"), vec![dense.bias.len()], bytes(&mut dense.bias.iter())));
        }
        let views = tensors.iter().map(|(name, shape, bytes)| {
            let view = TensorView::new(Dtype::F32, shape.clone(), bytes).expect("the bytes fit the shape");
            (name.as_str(), view)
        });
        with_sorted_metadata(
            safetensors::serialize(views, Some(metadata)).expect("named tensors can be written"),
        )
    }

    /// The classes in the order of [`Head::probabilities`].
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// The layers whose mean states are joined, in this order, into the features.
    pub fn layers(&self) -> &[usize] {
        &self.layers
    }

    /// The probability of each class for one text, each in [0, 1] with the sum 1. `features` are the mean states of
    /// [`Head::layers`], joined.
    pub fn probabilities(&self, features: ArrayView1<'_, f32>) -> Array1<f32> {
        softmax(&match &self.hidden {
            Some(hidden) => self.output.apply(hidden.apply(features).mapv(|value| value.max(0.0)).view()),
            None => self.output.apply(features),
        })
    }

    /// The direction in which features raise a weighted sum of the classes' logits, at the point `features`. The head
    /// is linear around it, so a token's inner product with it is that token's share of the sum.
    pub(super) fn direction(&self, features: &Array1<f32>, of_class: &Array1<f32>) -> Array1<f32> {
        let of_output = of_class.dot(&self.output.weight);
        match &self.hidden {
            Some(hidden) => {
                let active = hidden.apply(features.view()).mapv(|value| if value > 0.0 { 1.0 } else { 0.0 });
                (of_output * active).dot(&hidden.weight)
            }
            None => of_output,
        }
    }

    /// The weights of the classes' logits whose sum has the gradient of ln(p / (1 - p)), p the probability of `class`:
    /// 1 for the class itself, and for each other class its share of the rest, negative.
    pub(super) fn over_the_rest(probabilities: &Array1<f32>, class: usize) -> Array1<f32> {
        let rest: f32 =
            probabilities.iter().enumerate().filter(|&(other, _)| other != class).map(|(_, p)| p).sum();
        let mut weights = probabilities.mapv(|p| -p / rest.max(f32::MIN_POSITIVE));
        if probabilities.len() == 2 {
            weights.fill(-1.0);
        }
        weights[class] = 1.0;
        weights
    }
}

/// Puts the names of the metadata in order: the writer takes them from a hash map, in any order.
fn with_sorted_metadata(bytes: Vec<u8>) -> Vec<u8> {
    let length = u64::from_le_bytes(bytes[..8].try_into().expect("eight bytes")) as usize;
    let (header, values) = bytes[8..].split_at(length);
    // `serde_json::Value` holds its keys in order.
    let header: serde_json::Value = serde_json::from_slice(header).expect("the header is JSON");
    let mut header = serde_json::to_vec(&header).expect("JSON can be written");
    header.resize(header.len().next_multiple_of(8), b' ');
    [(header.len() as u64).to_le_bytes().as_slice(), &header, values].concat()
}

pub(super) fn softmax(logits: &Array1<f32>) -> Array1<f32> {
    let largest = logits.fold(f32::NEG_INFINITY, |a, &b| a.max(b));
    let exponentials = logits.mapv(|logit| (logit - largest).exp());
    &exponentials / exponentials.sum()
}

fn dense(tensors: &SafeTensors<'_>, name: &str) -> Result<Dense, String> {
    let (shape, weight) = floats(tensors, &format!("{name}.weight"))?;
    let (_, bias) = floats(tensors, &format!("{name}.bias"))?;
    let &[rows, columns] = shape.as_slice() else {
        return Err(format!("{name}.weight is not a matrix"));
    };
    let weight = Array2::from_shape_vec((rows, columns), weight).map_err(|error| error.to_string())?;
    Ok(Dense { weight, bias: Array1::from_vec(bias) })
}

/// Shape and values of a float32 tensor.
pub(super) fn floats(tensors: &SafeTensors<'_>, name: &str) -> Result<(Vec<usize>, Vec<f32>), String> {
    let tensor = tensors.tensor(name).map_err(|error| format!("{name}: {error}"))?;
    if tensor.dtype() != Dtype::F32 {
        return Err(format!("{name} is {:?}, not F32", tensor.dtype()));
    }
    let bytes = tensor.data().as_chunks::<4>().0;
    Ok((tensor.shape().to_vec(), bytes.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn head(n_classes: usize, values: &[f32]) -> Head {
        let classes = (0..n_classes).map(|class| format!("class {class}")).collect();
        let weight = Array2::from_shape_fn((n_classes, 4), |(row, column)| values[row * 5 + column]);
        let bias = Array1::from_shape_fn(n_classes, |row| values[row * 5 + 4]);
        Head::linear(classes, vec![1, 3], weight, bias).unwrap()
    }

    proptest! {
        #[test]
        fn a_head_reads_back_as_itself_and_gives_probabilities(
            n_classes in 2_usize..6,
            values in prop::collection::vec(-50.0_f32..50.0, 30),
            features in prop::collection::vec(-10.0_f32..10.0, 4),
        ) {
            let head = head(n_classes, &values);
            let bytes = head.to_safetensors();
            let back = Head::from_safetensors(&bytes).unwrap();
            prop_assert_eq!(&back, &head);
            prop_assert_eq!(back.to_safetensors(), bytes);
            let given = head.probabilities(Array1::from_vec(features).view());
            prop_assert!((given.sum() - 1.0).abs() < 1e-5);
            prop_assert!(given.iter().all(|p| (0.0..=1.0).contains(p)));
        }
    }

    #[test]
    fn the_shares_of_a_class_follow_its_log_odds() {
        let values: Vec<f32> = (0..15).map(|i| ((i * 7) % 11) as f32 / 10.0).collect();
        let head = head(3, &values);
        let features = Array1::from_vec(vec![0.3, -0.2, 0.5, 0.1]);
        let log_odds = |features: &Array1<f32>| {
            let p = head.probabilities(features.view())[1];
            (p / (1.0 - p)).ln()
        };
        let given = head.probabilities(features.view());
        let direction = head.direction(&features, &Head::over_the_rest(&given, 1));
        for feature in 0..4 {
            let mut moved = features.clone();
            moved[feature] += 1e-2;
            let slope = (log_odds(&moved) - log_odds(&features)) / 1e-2;
            assert!((slope - direction[feature]).abs() < 1e-2, "{slope} and {}", direction[feature]);
        }
    }

    #[test]
    fn what_is_no_head_is_refused_with_the_reason() {
        let two = || vec!["no".to_owned(), "yes".to_owned()];
        let linear = |classes: Vec<String>, layers: Vec<usize>, rows: usize, n_bias: usize| {
            Head::linear(classes, layers, Array2::zeros((rows, 4)), Array1::zeros(n_bias)).unwrap_err()
        };
        for (found, message) in [
            (linear(vec!["no".to_owned()], vec![1], 1, 1), "at least two"),
            (linear(vec!["no".to_owned(); 2], vec![1], 2, 2), "at least two"),
            (linear(two(), vec![], 2, 2), "no layers"),
            (linear(two(), vec![1], 3, 3), "3 values for 2 classes"),
            (linear(two(), vec![1], 2, 1), "bias"),
            (Head::from_safetensors(b"no head").unwrap_err(), "header"),
        ] {
            assert!(found.to_lowercase().contains(message), "{found}");
        }
        let head = head(2, &[0.0; 10]);
        assert!(head.fits(2, 6).is_ok());
        assert!(head.fits(3, 6).unwrap_err().contains("does not fit"));
        assert!(head.fits(2, 2).unwrap_err().contains("layer 3"));
    }
}
