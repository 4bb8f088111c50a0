use ndarray::{Array2, Array3, ArrayView2, Axis, aview1};

use super::eight_bit::on_one_thread;
use super::engine::{Engine, Forward};
use super::graph_weights::GraphWeights;
use super::model::ModelManifest;
use super::pooling::Pooling;
use super::transformer::{Layer, Norm, Passage, Scratch};
use crate::arithmetic::{mean, sum_of_squares};

/// Runs the weights of `model.onnx` in 8 bits, as `models/build_encoder.py` writes them: products of whole numbers, all else in
/// an order of its own, so that the same text gives the same bits on every processor.
///
/// The inputs of each product are rounded to 256 steps, row by row, so that a text depends on no other.
pub(super) struct QuantisedEngine {
    words: Embeddings,
    /// With the embedding of the one token type that is used.
    positions: Embeddings,
    norm: Norm,
    layers: Vec<Layer>,
    width: usize,
}

/// Rows in 8 bits, each with a scale.
struct Embeddings {
    /// Shape `[rows, width]`.
    steps: Array2<i8>,
    scales: Vec<f32>,
}

impl Embeddings {
    fn read(graph: &GraphWeights, name: &str) -> Result<Self, String> {
        let (rows, columns, steps) = graph.steps(&format!("{name}.int8"))?;
        let steps = Array2::from_shape_vec((rows, columns), steps).map_err(|error| error.to_string())?;
        Ok(Self { steps, scales: graph.floats(&format!("{name}.scale"), rows)? })
    }

    fn add_to(&self, row: usize, state: &mut [f32]) {
        let scale = self.scales[row];
        let steps = self.steps.row(row);
        state.iter_mut().zip(steps).for_each(|(state, &step)| *state += f32::from(step) * scale);
    }
}

impl QuantisedEngine {
    /// Loads the weights; `None` where they are not in 8 bits, and `model.onnx` is to be run as the graph that it is.
    pub(super) fn read(bytes: &[u8], manifest: &ModelManifest) -> Result<Option<Self>, String> {
        let graph = GraphWeights::read(bytes, "model.onnx")?;
        if !graph.has("embeddings.word.int8") {
            return Ok(None);
        }
        let (words, positions) =
            (Embeddings::read(&graph, "embeddings.word")?, Embeddings::read(&graph, "embeddings.position")?);
        let width = words.steps.ncols();
        let layers = Layer::read_all(&graph, 0, width, false)?;
        let ModelManifest { pooling, normalise, max_tokens, .. } = *manifest;
        if positions.steps.ncols() != width {
            return Err(
                "model.onnx: the embeddings of words and of positions are not of one width".to_owned()
            );
        }
        if layers.len() != manifest.layers {
            return Err(format!(
                "model.toml says layers = {}, model.onnx has {}",
                manifest.layers,
                layers.len()
            ));
        }
        if max_tokens > positions.steps.nrows() {
            let n_positions = positions.steps.nrows();
            return Err(format!(
                "model.toml says max_tokens = {max_tokens}, and the model has {n_positions} positions"
            ));
        }
        if pooling != Pooling::Mean || !normalise {
            return Err("model.onnx gives the mean at length 1; set pooling = \"mean\" and normalise = true in model.toml"
                .to_owned());
        }
        let norm = Norm::read(&graph, "embeddings.LayerNorm", width)?;
        Ok(Some(Self { words, positions, norm, layers, width }))
    }

    /// Takes the texts through the first `n_layers` layers; `see` is shown each layer's number and states, what goes into the first
    /// layer included: shape `[texts * tokens, width]`.
    fn run(
        &self,
        ids: ArrayView2<'_, u32>,
        n_layers: usize,
        mut see: impl FnMut(usize, &[f32]) + Send,
    ) -> Result<(), String> {
        let (n_rows, n_positions) = (self.words.steps.nrows(), self.positions.steps.nrows());
        if let Some(id) = ids.iter().find(|&&id| id as usize >= n_rows) {
            return Err(format!("token {id} is outside the vocabulary of {n_rows}"));
        }
        if ids.ncols() > n_positions {
            return Err(format!("{} tokens are more than its {n_positions} positions", ids.ncols()));
        }
        let passage = |_| Passage { n_tokens: ids.ncols(), second: None };
        let passages: Vec<Passage> = (0..ids.nrows()).map(passage).collect();
        let mut states = vec![0.0; ids.len() * self.width];
        for (((_, position), &id), state) in ids.indexed_iter().zip(states.chunks_exact_mut(self.width)) {
            self.words.add_to(id as usize, state);
            self.positions.add_to(position, state);
            self.norm.apply(state);
        }
        on_one_thread(|| {
            let mut scratch = Scratch::default();
            see(0, &states);
            for (number, layer) in self.layers[..n_layers].iter().enumerate() {
                layer.apply(&mut states, &passages, &mut scratch);
                see(number + 1, &states);
            }
        });
        Ok(())
    }

    fn of_shape(&self, ids: ArrayView2<'_, u32>, states: &[f32]) -> Array3<f32> {
        Array3::from_shape_vec((ids.nrows(), ids.ncols(), self.width), states.to_vec())
            .expect("one row for each token")
    }
}

impl Engine for QuantisedEngine {
    fn name(&self) -> &'static str {
        "quantised"
    }

    fn forward(&self, ids: ArrayView2<'_, u32>, layers: &[usize]) -> Result<Forward, String> {
        if let Some(layer) = layers.iter().find(|&&layer| layer > self.layers.len()) {
            return Err(format!("the model has no layer {layer}"));
        }
        let (mut kept, mut embeddings) = (vec![], Array2::zeros((ids.nrows(), self.width)));
        self.run(ids, self.layers.len(), |number, states| {
            if layers.binary_search(&number).is_ok() {
                kept.push(self.of_shape(ids, states));
            }
            if number == self.layers.len() {
                let texts = states.chunks_exact(ids.ncols() * self.width);
                for (states, mut embedding) in texts.zip(embeddings.axis_iter_mut(Axis(0))) {
                    let mean = mean(states, self.width);
                    let length = sum_of_squares(&mean).sqrt();
                    let scale = if length > 0.0 { 1.0 / length } else { 1.0 };
                    embedding.assign(&aview1(&mean).map(|value| value * scale));
                }
            }
        })?;
        Ok(Forward { embeddings, states: kept })
    }

    fn states(&self, ids: ArrayView2<'_, u32>, layer: usize) -> Result<Array3<f32>, String> {
        if layer > self.layers.len() {
            return Err(format!("the model has no layer {layer}"));
        }
        let mut found = None;
        self.run(ids, layer, |number, states| {
            if number == layer {
                found = Some(self.of_shape(ids, states));
            }
        })?;
        Ok(found.expect("the last layer is shown"))
    }
}
