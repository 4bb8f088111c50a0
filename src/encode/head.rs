use ndarray::{Array1, Array2};
use safetensors::SafeTensors;

use crate::error::{Error, Result};
use crate::records::Sentiment;

/// A small classifier on the mean of the token states of some layers: linear, or with one hidden layer.
pub(super) struct Head {
    /// The layers whose mean states are joined, in this order, into the input.
    pub layers: Vec<usize>,
    hidden: Option<Layer>,
    output: Layer,
}

struct Layer {
    /// Shape `[out, in]`.
    weight: Array2<f32>,
    bias: Array1<f32>,
}

impl Layer {
    fn apply(&self, input: &Array1<f32>) -> Array1<f32> {
        self.weight.dot(input) + &self.bias
    }
}

impl Head {
    /// Reads the sentiment head, whose classes are negative, neutral and positive in this order.
    pub(super) fn sentiment(bytes: &[u8], width: usize, model_name: &str) -> Result<Self> {
        let refuse = |message: String| Error::Model {
            name: model_name.to_owned(),
            message: format!("heads/sentiment.safetensors: {message}"),
        };
        let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(|error| refuse(error.to_string()))?;
        let metadata = metadata.metadata().clone().unwrap_or_default();
        let field = |key: &str| metadata.get(key).map_or("", String::as_str);
        if field("classes") != "negative,neutral,positive" {
            return Err(refuse(format!("classes are `{}`, not negative,neutral,positive", field("classes"))));
        }
        let layers: Result<Vec<usize>, _> =
            field("layers").split(',').map(|layer| layer.trim().parse()).collect();
        let layers = layers.map_err(|_| refuse(format!("layers are `{}`, not numbers", field("layers"))))?;
        let tensors = SafeTensors::deserialize(bytes).map_err(|error| refuse(error.to_string()))?;
        let hidden = tensors.tensor("hidden.weight").is_ok().then(|| layer(&tensors, "hidden")).transpose();
        let (hidden, output) = (hidden.map_err(&refuse)?, layer(&tensors, "output").map_err(&refuse)?);
        let first = hidden.as_ref().unwrap_or(&output);
        if layers.is_empty() || first.weight.ncols() != layers.len() * width || output.weight.nrows() != 3 {
            return Err(refuse(format!("its shape does not fit {} layers of {width} states", layers.len())));
        }
        if hidden.as_ref().is_some_and(|hidden| hidden.weight.nrows() != output.weight.ncols()) {
            return Err(refuse("its two layers do not fit each other".to_owned()));
        }
        Ok(Self { layers, hidden, output })
    }

    /// Probabilities for one text. `features` are the mean states of `self.layers`, joined.
    pub(super) fn apply(&self, features: &Array1<f32>) -> Sentiment {
        let logits = match &self.hidden {
            Some(hidden) => self.output.apply(&hidden.apply(features).mapv(|value| value.max(0.0))),
            None => self.output.apply(features),
        };
        softmax(&logits)
    }

    /// The direction in which features raise the logit of positive over negative, at the point `features`. The head is
    /// linear around it, so a token's inner product with it is that token's share of the logit.
    pub(super) fn direction(&self, features: &Array1<f32>) -> Array1<f32> {
        let over_negative = &self.output.weight.row(2) - &self.output.weight.row(0);
        match &self.hidden {
            Some(hidden) => {
                let active = hidden.apply(features).mapv(|value| if value > 0.0 { 1.0 } else { 0.0 });
                (over_negative * active).dot(&hidden.weight)
            }
            None => over_negative,
        }
    }
}

pub(super) fn softmax(logits: &Array1<f32>) -> Sentiment {
    let largest = logits.fold(f32::NEG_INFINITY, |a, &b| a.max(b));
    let exponentials = logits.mapv(|logit| (logit - largest).exp());
    let shares = &exponentials / exponentials.sum();
    Sentiment { negative: shares[0], neutral: shares[1], positive: shares[2] }
}

fn layer(tensors: &SafeTensors<'_>, name: &str) -> Result<Layer, String> {
    let (shape, weight) = floats(tensors, &format!("{name}.weight"))?;
    let (_, bias) = floats(tensors, &format!("{name}.bias"))?;
    let &[rows, columns] = shape.as_slice() else {
        return Err(format!("{name}.weight is not a matrix"));
    };
    if bias.len() != rows {
        return Err(format!("{name}.bias has {} values for {rows} rows", bias.len()));
    }
    let weight = Array2::from_shape_vec((rows, columns), weight).map_err(|error| error.to_string())?;
    Ok(Layer { weight, bias: Array1::from_vec(bias) })
}

/// Shape and values of a float32 tensor.
pub(super) fn floats(tensors: &SafeTensors<'_>, name: &str) -> Result<(Vec<usize>, Vec<f32>), String> {
    let tensor = tensors.tensor(name).map_err(|error| format!("{name}: {error}"))?;
    if tensor.dtype() != safetensors::Dtype::F32 {
        return Err(format!("{name} is {:?}, not F32", tensor.dtype()));
    }
    let bytes = tensor.data().as_chunks::<4>().0;
    Ok((tensor.shape().to_vec(), bytes.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect()))
}
