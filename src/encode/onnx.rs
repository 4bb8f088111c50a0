use std::borrow::Cow;
use std::sync::Arc;

use ndarray::{Array2, Array3, ArrayView2, Dimension, ShapeBuilder, StrideShape};
use rten::{Model, ModelOptions, NodeId, RunOptions, ThreadPool, Value, ValueOrView};
use rten_tensor::NdTensor;

use super::engine::{Engine, Forward};
use super::model::ModelManifest;
use super::onnx_lengths::check_whole;
use super::pooling::Pooling;
use crate::error::unwound;

/// What is said where rten panics.
const DAMAGED: &str = "the graph is damaged; fetch or export it again";

thread_local! {
    /// One thread inside each operator: the workers take whole batches instead.
    static POOL: Arc<ThreadPool> = Arc::new(ThreadPool::with_num_threads(1));
}

/// Runs an ONNX graph with rten: pure Rust, no system library.
///
/// The graph is of one of two kinds. Ours takes `input_ids` and gives `sentence_embedding` and `token_states_0` to
/// `token_states_LAYERS`. The usual export of a transformer takes `input_ids`, `attention_mask` and, where it has them,
/// `token_type_ids`, and gives the last layer's states as `last_hidden_state` or `token_embeddings`; they are pooled here.
pub(super) struct OnnxEngine {
    model: Model,
    input_ids: NodeId,
    /// The further inputs, each with the one value that it is filled with.
    constant_inputs: Vec<(NodeId, i32)>,
    output: Output,
}

enum Output {
    /// The embedding and the states of each layer.
    Layers { embedding: NodeId, states: Vec<NodeId> },
    /// The states of the last layer, which has this number.
    LastLayer { states: NodeId, layer: usize, pooling: Pooling, normalise: bool },
}

impl OnnxEngine {
    /// Loads the graph. Weights in 8 bits are turned into 32 bits here, once.
    pub(super) fn new(bytes: Cow<'static, [u8]>, manifest: &ModelManifest) -> Result<Self, String> {
        let model = load_graph(bytes, "model.onnx")?;
        let input_ids = model.node_id("input_ids").map_err(|_| "model.onnx has no input `input_ids`")?;
        let mut constant_inputs = vec![];
        for &input in model.input_ids() {
            match model.node_info(input).and_then(|node| node.name()).unwrap_or("") {
                "input_ids" => {}
                // A batch holds texts of one length, so nothing is masked; each text is the first of its kind.
                "attention_mask" => constant_inputs.push((input, 1)),
                "token_type_ids" => constant_inputs.push((input, 0)),
                other => {
                    return Err(format!(
                        "model.onnx asks for `{other}`; input_ids, attention_mask and token_type_ids are known"
                    ));
                }
            }
        }
        let output = Output::find(&model, manifest)?;
        Ok(Self { input_ids, constant_inputs, output, model })
    }
}

impl Output {
    fn find(model: &Model, manifest: &ModelManifest) -> Result<Self, String> {
        let ModelManifest { layers: n_layers, alignment_layer, pooling, normalise, .. } = *manifest;
        let node = |name: &str| model.node_id(name).map_err(|_| format!("model.onnx has no output `{name}`"));
        if model.find_node("token_states_0").is_some() {
            if pooling != Pooling::Mean || !normalise {
                return Err("model.onnx gives the mean at length 1; set pooling = \"mean\" and \
                            normalise = true in model.toml"
                    .to_owned());
            }
            let states = (0..=n_layers).map(|layer| node(&format!("token_states_{layer}")));
            return Ok(Self::Layers {
                embedding: node("sentence_embedding")?,
                states: states.collect::<Result<_, _>>()?,
            });
        }
        let states =
            ["last_hidden_state", "token_embeddings"].into_iter().find_map(|name| model.find_node(name));
        let states = states.ok_or(
            "model.onnx gives neither token_states_0 nor last_hidden_state; export the transformer itself, \
             for the task of feature extraction",
        )?;
        if alignment_layer != n_layers {
            return Err(format!(
                "model.onnx gives the states of its last layer only; set alignment_layer = {n_layers} in model.toml"
            ));
        }
        Ok(Self::LastLayer { states, layer: n_layers, pooling, normalise })
    }
}

impl OnnxEngine {
    fn run(&self, ids: ArrayView2<'_, u32>, outputs: &[NodeId]) -> Result<Vec<Value>, String> {
        let (n_texts, n_tokens) = ids.dim();
        let tensor = |values: Vec<i32>| NdTensor::from_data([n_texts, n_tokens], values);
        let mut inputs = vec![(self.input_ids, tensor(ids.iter().map(|&id| id as i32).collect()).into())];
        for &(input, value) in &self.constant_inputs {
            inputs.push((input, tensor(vec![value; ids.len()]).into()));
        }
        run_graph(&self.model, inputs, outputs)
    }

    /// The output that gives the states of a layer.
    fn states_of(&self, layer: usize) -> Result<NodeId, String> {
        let node = match &self.output {
            Output::Layers { states, .. } => states.get(layer).copied(),
            Output::LastLayer { states, layer: last, .. } => (layer == *last).then_some(*states),
        };
        node.ok_or_else(|| format!("model.onnx does not give the states of layer {layer}"))
    }
}

impl Engine for OnnxEngine {
    fn name(&self) -> &'static str {
        "onnx"
    }

    fn forward(&self, ids: ArrayView2<'_, u32>, layers: &[usize]) -> Result<Forward, String> {
        let shape = ids.dim();
        let states = layers.iter().map(|&layer| self.states_of(layer)).collect::<Result<Vec<_>, _>>()?;
        match &self.output {
            Output::Layers { embedding, .. } => {
                let mut values = self.run(ids, &[&[*embedding], states.as_slice()].concat())?.into_iter();
                let embeddings = values.next().ok_or("the graph gives nothing")?;
                let embeddings: Array2<f32> = floats(embeddings, shape.0, |width| (shape.0, width))?;
                let states = values.map(|value| states_of(value, shape)).collect::<Result<Vec<_>, _>>()?;
                if states.iter().any(|states| states.dim().2 != embeddings.ncols()) {
                    return Err("the token states are not as wide as the embedding".to_owned());
                }
                Ok(Forward { embeddings, states })
            }
            Output::LastLayer { states: node, pooling, normalise, .. } => {
                let value = self.run(ids, &[*node])?.pop().ok_or("the graph gives nothing")?;
                let last = states_of(value, shape)?;
                let embeddings = pooling.apply(last.view(), *normalise);
                Ok(Forward { embeddings, states: states.iter().map(|_| last.clone()).collect() })
            }
        }
    }

    fn states(&self, ids: ArrayView2<'_, u32>, layer: usize) -> Result<Array3<f32>, String> {
        let value = self.run(ids, &[self.states_of(layer)?])?.pop().ok_or("the graph gives nothing")?;
        states_of(value, ids.dim())
    }
}

/// Runs a graph on the calling thread alone.
fn run_graph(
    model: &Model,
    inputs: Vec<(NodeId, ValueOrView<'_>)>,
    outputs: &[NodeId],
) -> Result<Vec<Value>, String> {
    let options = RunOptions::default().with_thread_pool(Some(POOL.with(Arc::clone)));
    let run = || model.run(inputs, outputs, Some(options)).map_err(|error| error.to_string());
    unwound(run, DAMAGED)
}

/// Token states of texts: shape `[texts, tokens, width]`.
fn states_of(value: Value, (n_texts, n_tokens): (usize, usize)) -> Result<Array3<f32>, String> {
    floats(value, n_texts * n_tokens, |width| (n_texts, n_tokens, width))
}

/// The values of an output as `shape(width)` says, where it holds `n_rows` rows of some width.
fn floats<S, D>(
    value: Value,
    n_rows: usize,
    shape: impl Fn(usize) -> S,
) -> Result<ndarray::Array<f32, D>, String>
where
    D: Dimension,
    S: ShapeBuilder<Dim = D> + Into<StrideShape<D>>,
{
    let tensor = value.into_tensor::<f32>().ok_or("an output is not of 32-bit floats")?;
    let values = tensor.into_data();
    let width = values.len() / n_rows.max(1);
    ndarray::Array::from_shape_vec(shape(width), values)
        .map_err(|error| format!("an output's shape: {error}"))
}

/// Loads a graph from the bytes of the model's file `path`.
fn load_graph(bytes: Cow<'static, [u8]>, path: &str) -> Result<Model, String> {
    check_whole(&bytes, path)?;
    let mut options = ModelOptions::with_all_ops();
    options.prepack_weights(true);
    let load = || match bytes {
        Cow::Borrowed(bytes) => options.load_static_slice(bytes),
        Cow::Owned(bytes) => options.load(bytes),
    };
    unwound(|| load().map_err(|error| error.to_string()), DAMAGED)
        .map_err(|error| format!("{path} cannot be loaded: {error}"))
}
