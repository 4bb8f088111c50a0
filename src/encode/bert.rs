use half::{bf16, f16};
use ndarray::{Array1, Array2, Array3, ArrayView1, ArrayView2, ArrayViewMut2, Axis, s};
use rten_simd::{SimdOp, SimdUnaryOp};
use rten_vecmath::{Gelu, Softmax};
use safetensors::{Dtype, SafeTensors};
use serde::Deserialize;

use super::engine::{Engine, Forward};
use super::model::ModelManifest;
use super::pooling::Pooling;

/// Runs the weights of a BERT as `model.safetensors` and `config.json` hold them, in 32 bits, on `ndarray`.
///
/// Each text goes through the layers alone: the shapes of its products, and with them the order in which they are added
/// up, do not depend on the batch.
pub(super) struct BertEngine {
    /// Shape `[vocabulary, width]`.
    words: Array2<f32>,
    /// The embeddings of positions with that of the one token type that is used: shape `[positions, width]`.
    positions: Array2<f32>,
    embedding_norm: LayerNorm,
    layers: Vec<Layer>,
    heads: usize,
    pooling: Pooling,
    normalise: bool,
}

/// What is read of `config.json`.
#[derive(Deserialize)]
pub(super) struct Config {
    model_type: String,
    pub hidden_size: usize,
    pub num_hidden_layers: usize,
    pub num_attention_heads: usize,
    pub intermediate_size: usize,
    pub max_position_embeddings: usize,
    pub vocab_size: usize,
    #[cfg(feature = "rust-bert")]
    pub type_vocab_size: usize,
    hidden_act: String,
    pub layer_norm_eps: f32,
    #[serde(default = "absolute")]
    position_embedding_type: String,
    #[serde(default)]
    is_decoder: bool,
}

fn absolute() -> String {
    "absolute".to_owned()
}

impl Config {
    /// Reads `config.json` and refuses that of another kind of model, or one that `model.toml` contradicts.
    pub(super) fn read(json: &[u8], manifest: &ModelManifest) -> Result<Self, String> {
        let config: Self = serde_json::from_slice(json).map_err(|error| format!("config.json: {error}"))?;
        check(&config, manifest)?;
        Ok(config)
    }
}

struct Layer {
    /// Query, key and value beside one another.
    projection: Linear,
    attention_output: Linear,
    attention_norm: LayerNorm,
    intermediate: Linear,
    output: Linear,
    output_norm: LayerNorm,
}

struct Linear {
    /// Shape `[in, out]`.
    weight: Array2<f32>,
    bias: Array1<f32>,
}

impl Linear {
    /// `input` has the shape `[tokens, in]`.
    fn apply(&self, input: &Array2<f32>) -> Array2<f32> {
        input.dot(&self.weight) + &self.bias
    }
}

struct LayerNorm {
    weight: Array1<f32>,
    bias: Array1<f32>,
    epsilon: f32,
}

impl LayerNorm {
    /// Brings each row to mean 0 and variance 1, then scales and shifts it.
    fn apply(&self, mut states: Array2<f32>) -> Array2<f32> {
        for mut row in states.rows_mut() {
            row -= row.sum() / row.len() as f32;
            let variance = row.dot(&row) / row.len() as f32;
            row *= (variance + self.epsilon).sqrt().recip();
            row *= &self.weight;
            row += &self.bias;
        }
        states
    }
}

impl BertEngine {
    /// Loads the weights. `config` is `config.json`, `weights` is `model.safetensors`.
    pub(super) fn new(config: &[u8], weights: &[u8], manifest: &ModelManifest) -> Result<Self, String> {
        let config = Config::read(config, manifest)?;
        let tensors =
            SafeTensors::deserialize(weights).map_err(|error| format!("model.safetensors: {error}"))?;
        let weights = Weights { tensors: &tensors, epsilon: config.layer_norm_eps };
        let width = config.hidden_size;
        let types = weights.matrix("embeddings.token_type_embeddings.weight", None, width)?;
        let positions = weights.matrix(
            "embeddings.position_embeddings.weight",
            Some(config.max_position_embeddings),
            width,
        )?;
        let layer = |layer| weights.layer(layer, width, config.intermediate_size);
        Ok(Self {
            words: weights.matrix("embeddings.word_embeddings.weight", Some(config.vocab_size), width)?,
            positions: positions + types.row(0),
            embedding_norm: weights.layer_norm("embeddings.LayerNorm", width)?,
            layers: (0..config.num_hidden_layers).map(layer).collect::<Result<_, _>>()?,
            heads: config.num_attention_heads,
            pooling: manifest.pooling,
            normalise: manifest.normalise,
        })
    }

    /// What goes into the first layer: shape `[tokens, width]`.
    fn embed(&self, ids: ArrayView1<'_, u32>) -> Result<Array2<f32>, String> {
        let n_words = self.words.nrows();
        if let Some(id) = ids.iter().find(|&&id| id as usize >= n_words) {
            return Err(format!("token {id} is outside the vocabulary of {n_words}"));
        }
        if ids.len() > self.positions.nrows() {
            return Err(format!(
                "{} tokens are more than its {} positions",
                ids.len(),
                self.positions.nrows()
            ));
        }
        let rows: Vec<usize> = ids.iter().map(|&id| id as usize).collect();
        let words = self.words.select(Axis(0), &rows);
        Ok(self.embedding_norm.apply(words + self.positions.slice(s![..ids.len(), ..])))
    }
}

impl Engine for BertEngine {
    fn name(&self) -> &'static str {
        "bert"
    }

    fn forward(&self, ids: ArrayView2<'_, u32>, layers: &[usize]) -> Result<Forward, String> {
        let shape = (ids.nrows(), ids.ncols(), self.words.ncols());
        if let Some(layer) = layers.iter().find(|&&layer| layer > self.layers.len()) {
            return Err(format!("the model has no layer {layer}"));
        }
        let mut wanted = vec![Array3::zeros(shape); layers.len()];
        let mut last = Array3::zeros(shape);
        for (text, ids) in ids.outer_iter().enumerate() {
            let mut keep = |layer: usize, states: &Array2<f32>| {
                if let Ok(position) = layers.binary_search(&layer) {
                    wanted[position].index_axis_mut(Axis(0), text).assign(states);
                }
            };
            let mut states = self.embed(ids)?;
            keep(0, &states);
            for (number, layer) in self.layers.iter().enumerate() {
                states = layer.apply(states, self.heads);
                keep(number + 1, &states);
            }
            last.index_axis_mut(Axis(0), text).assign(&states);
        }
        Ok(Forward { embeddings: self.pooling.apply(last.view(), self.normalise), states: wanted })
    }
}

impl Layer {
    /// One layer on the states of one text: shape `[tokens, width]` in and out.
    fn apply(&self, states: Array2<f32>, n_heads: usize) -> Array2<f32> {
        let projected = self.projection.apply(&states);
        let attended = self.attention_output.apply(&attend(&projected, n_heads));
        let states = self.attention_norm.apply(attended + &states);
        let mut inner = self.intermediate.apply(&states);
        Gelu {}.map_mut(inner.as_slice_mut().expect("a product is contiguous"));
        self.output_norm.apply(self.output.apply(&inner) + &states)
    }
}

/// Attention of each head. `projected` holds queries, keys and values: shape `[tokens, 3 width]`; the result has the
/// shape `[tokens, width]`.
fn attend(projected: &Array2<f32>, n_heads: usize) -> Array2<f32> {
    let width = projected.ncols() / 3;
    let head_width = width / n_heads;
    let scale = (head_width as f32).sqrt().recip();
    let mut context = Array2::zeros((projected.nrows(), width));
    for head in 0..n_heads {
        let part = |which: usize| {
            let start = which * width + head * head_width;
            projected.slice(s![.., start..start + head_width])
        };
        let mut scores = part(0).dot(&part(1).t()) * scale;
        for mut row in scores.rows_mut() {
            Softmax::new_mut(row.as_slice_mut().expect("a product is contiguous")).dispatch();
        }
        let mut of_head: ArrayViewMut2<'_, f32> =
            context.slice_mut(s![.., head * head_width..(head + 1) * head_width]);
        ndarray::linalg::general_mat_mul(1.0, &scores, &part(2), 0.0, &mut of_head);
    }
    context
}

/// Refuses a `config.json` of another kind of model, or one that `model.toml` contradicts.
fn check(config: &Config, manifest: &ModelManifest) -> Result<(), String> {
    let Config { model_type, hidden_act, position_embedding_type, .. } = config;
    let kinds = [
        ("model_type", model_type, "bert"),
        ("hidden_act", hidden_act, "gelu"),
        ("position_embedding_type", position_embedding_type, "absolute"),
    ];
    if let Some((key, found, known)) = kinds.into_iter().find(|(_, found, known)| found != known) {
        return Err(format!(
            "config.json: {key} is `{found}`, and only `{known}` is known here; export the model to model.onnx"
        ));
    }
    if config.is_decoder {
        return Err("config.json: the model is a decoder; export it to model.onnx".to_owned());
    }
    let n_heads = config.num_attention_heads;
    if n_heads == 0 || !config.hidden_size.is_multiple_of(n_heads) {
        return Err(format!("config.json: {n_heads} heads do not share {} evenly", config.hidden_size));
    }
    let numbers = [
        ("dimensions", manifest.dimensions, "hidden_size", config.hidden_size),
        ("layers", manifest.layers, "num_hidden_layers", config.num_hidden_layers),
    ];
    if let Some((ours, found, theirs, right)) = numbers.into_iter().find(|(_, a, _, b)| a != b) {
        return Err(format!("model.toml says {ours} = {found}, config.json {theirs} = {right}"));
    }
    if manifest.max_tokens > config.max_position_embeddings {
        return Err(format!(
            "model.toml says max_tokens = {}, and the model has {} positions; give at most that many",
            manifest.max_tokens, config.max_position_embeddings
        ));
    }
    Ok(())
}

/// Reads tensors by name and shape.
struct Weights<'data> {
    tensors: &'data SafeTensors<'data>,
    epsilon: f32,
}

impl Weights<'_> {
    /// The tensor called `name`, with or without `bert.` before it, if it has the shape.
    fn floats(&self, name: &str, fits: impl Fn(&[usize]) -> bool, wanted: &str) -> Result<Vec<f32>, String> {
        let tensor = self.tensors.tensor(name).or_else(|_| self.tensors.tensor(&format!("bert.{name}")));
        let tensor = tensor.map_err(|_| format!("model.safetensors has no `{name}`"))?;
        if !fits(tensor.shape()) {
            let shape = tensor.shape();
            return Err(format!(
                "model.safetensors: `{name}` has the shape {shape:?}, config.json asks for {wanted}"
            ));
        }
        let bytes = tensor.data();
        match tensor.dtype() {
            Dtype::F32 => Ok(bytes.as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect()),
            Dtype::F16 => {
                Ok(bytes.as_chunks().0.iter().map(|&bytes| f16::from_le_bytes(bytes).to_f32()).collect())
            }
            Dtype::BF16 => {
                Ok(bytes.as_chunks().0.iter().map(|&bytes| bf16::from_le_bytes(bytes).to_f32()).collect())
            }
            other => Err(format!("model.safetensors: `{name}` is {other:?}; F32, F16 and BF16 are known")),
        }
    }

    fn vector(&self, name: &str, length: usize) -> Result<Array1<f32>, String> {
        let values = self.floats(name, |shape| shape == [length], &format!("[{length}]"))?;
        Ok(Array1::from_vec(values))
    }

    /// A matrix of `rows`, or of at least one row where that is not given.
    fn matrix(&self, name: &str, rows: Option<usize>, columns: usize) -> Result<Array2<f32>, String> {
        let fits = |shape: &[usize]| match (shape, rows) {
            (&[found, width], Some(rows)) => found == rows && width == columns,
            (&[found, width], None) => found > 0 && width == columns,
            _ => false,
        };
        let wanted = format!("[{}, {columns}]", rows.map_or("1 or more".to_owned(), |rows| rows.to_string()));
        let values = self.floats(name, fits, &wanted)?;
        let rows = values.len() / columns.max(1);
        Array2::from_shape_vec((rows, columns), values).map_err(|error| format!("{name}: {error}"))
    }

    fn linear(&self, name: &str, inputs: usize, outputs: usize) -> Result<Linear, String> {
        let weight = self.matrix(&format!("{name}.weight"), Some(outputs), inputs)?;
        let bias = self.vector(&format!("{name}.bias"), outputs)?;
        Ok(Linear { weight: weight.t().as_standard_layout().into_owned(), bias })
    }

    fn layer_norm(&self, name: &str, width: usize) -> Result<LayerNorm, String> {
        Ok(LayerNorm {
            weight: self.vector(&format!("{name}.weight"), width)?,
            bias: self.vector(&format!("{name}.bias"), width)?,
            epsilon: self.epsilon,
        })
    }

    fn layer(&self, number: usize, width: usize, inner_width: usize) -> Result<Layer, String> {
        let name = |part: &str| format!("encoder.layer.{number}.{part}");
        let project = |part: &str| self.linear(&name(&format!("attention.self.{part}")), width, width);
        let (query, key, value) = (project("query")?, project("key")?, project("value")?);
        let weight = ndarray::concatenate![Axis(1), query.weight, key.weight, value.weight];
        let bias = ndarray::concatenate![Axis(0), query.bias, key.bias, value.bias];
        Ok(Layer {
            projection: Linear { weight, bias },
            attention_output: self.linear(&name("attention.output.dense"), width, width)?,
            attention_norm: self.layer_norm(&name("attention.output.LayerNorm"), width)?,
            intermediate: self.linear(&name("intermediate.dense"), width, inner_width)?,
            output: self.linear(&name("output.dense"), inner_width, width)?,
            output_norm: self.layer_norm(&name("output.LayerNorm"), width)?,
        })
    }
}
