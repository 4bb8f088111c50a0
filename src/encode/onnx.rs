use std::borrow::Cow;
use std::sync::Arc;

use ndarray::{Array2, Array3, ArrayView2, Dimension, ShapeBuilder, StrideShape};
use rten::{Model, ModelOptions, NodeId, RunOptions, ThreadPool, Value, ValueOrView};
use rten_tensor::NdTensor;

use super::engine::{Engine, Forward};

thread_local! {
    /// One thread inside each operator: the workers take whole batches instead.
    static POOL: Arc<ThreadPool> = Arc::new(ThreadPool::with_num_threads(1));
}

/// Runs an ONNX graph with rten: pure Rust, no system library.
///
/// The graph takes `input_ids` and gives `sentence_embedding` and `token_states_0` to `token_states_LAYERS`.
pub(super) struct OnnxEngine {
    model: Model,
    input: NodeId,
    embedding: NodeId,
    /// One for each layer that the graph gives.
    states: Vec<NodeId>,
}

impl OnnxEngine {
    /// Loads the graph. Weights in 8 bits are turned into 32 bits here, once.
    pub(super) fn new(bytes: Cow<'static, [u8]>, n_layers: usize) -> Result<Self, String> {
        let model = load_graph(bytes, "model.onnx")?;
        let node = |id: &str| model.node_id(id).map_err(|_| format!("model.onnx has no `{id}`"));
        let (input, embedding) = (node("input_ids")?, node("sentence_embedding")?);
        let states = (0..=n_layers).map(|layer| node(&format!("token_states_{layer}")));
        let states = states.collect::<Result<_, _>>()?;
        Ok(Self { input, embedding, states, model })
    }
}

impl OnnxEngine {
    fn run(&self, ids: ArrayView2<'_, u32>, nodes: &[NodeId]) -> Result<Vec<Value>, String> {
        let (n_texts, n_tokens) = ids.dim();
        let ids =
            NdTensor::from_data([n_texts, n_tokens], ids.iter().map(|&id| id as i32).collect::<Vec<_>>());
        run_graph(&self.model, vec![(self.input, ids.into())], nodes)
    }

    fn state_node(&self, layer: usize) -> Result<NodeId, String> {
        self.states.get(layer).copied().ok_or_else(|| format!("model.onnx has no layer {layer}"))
    }
}

impl Engine for OnnxEngine {
    fn forward(&self, ids: ArrayView2<'_, u32>, layers: &[usize]) -> Result<Forward, String> {
        let (n_texts, n_tokens) = ids.dim();
        let mut nodes = vec![self.embedding];
        for &layer in layers {
            nodes.push(self.state_node(layer)?);
        }
        let mut values = self.run(ids, &nodes)?.into_iter();
        let embeddings = values.next().ok_or("the graph gives no embedding")?;
        let embeddings: Array2<f32> = floats(embeddings, n_texts, |width| (n_texts, width))?;
        let states =
            values.map(|value| floats(value, n_texts * n_tokens, |width| (n_texts, n_tokens, width)));
        let states = states.collect::<Result<Vec<Array3<f32>>, _>>()?;
        if states.iter().any(|states| states.dim().2 != embeddings.ncols()) {
            return Err("the token states are not as wide as the embedding".to_owned());
        }
        Ok(Forward { embeddings, states })
    }

    fn states(&self, ids: ArrayView2<'_, u32>, layer: usize) -> Result<Array3<f32>, String> {
        let (n_texts, n_tokens) = ids.dim();
        let value = self.run(ids, &[self.state_node(layer)?])?.pop().ok_or("the graph gives no states")?;
        floats(value, n_texts * n_tokens, |width| (n_texts, n_tokens, width))
    }
}

/// Runs a graph on the calling thread alone.
pub(super) fn run_graph(
    model: &Model,
    inputs: Vec<(NodeId, ValueOrView<'_>)>,
    outputs: &[NodeId],
) -> Result<Vec<Value>, String> {
    let options = RunOptions::default().with_thread_pool(Some(POOL.with(Arc::clone)));
    model.run(inputs, outputs, Some(options)).map_err(|error| error.to_string())
}

/// The values of an output as `shape(width)` says, where it holds `n_rows` rows of some width.
pub(super) fn floats<S, D>(
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
pub(super) fn load_graph(bytes: Cow<'static, [u8]>, path: &str) -> Result<Model, String> {
    let mut options = ModelOptions::with_all_ops();
    options.prepack_weights(true);
    match bytes {
        Cow::Borrowed(bytes) => options.load_static_slice(bytes),
        Cow::Owned(bytes) => options.load(bytes),
    }
    .map_err(|error| format!("{path} cannot be loaded: {error}"))
}
