use std::borrow::Cow;

use ndarray::{Array1, Array2, ArrayView2, Axis, concatenate};
use rten::{Model, NodeId};
use rten_tensor::NdTensor;

use super::onnx::{floats, load_graph, run_graph, states_input};
use crate::records::PairReading;

/// Reads two sentences together: the layers above `layer`, trained for it, on the token states of both.
///
/// Symmetric: the two sentences are told apart only by which tokens are of one and the same sentence.
pub(super) struct PairHead {
    model: Model,
    states: NodeId,
    marks: NodeId,
    side: NodeId,
    logits: NodeId,
    /// The layer whose token states go in.
    pub layer: usize,
}

/// One sentence of a pair.
#[derive(Clone, Copy)]
pub(super) struct PairSide<'run> {
    /// Its tokens, `[CLS]` and `[SEP]` included.
    pub ids: &'run [u32],
    /// Their states, of shape `[tokens, width]`.
    pub states: ArrayView2<'run, f32>,
}

/// Inverse document frequencies are divided by it, so that a mark is about 1 at most.
const IDF_SCALE: f32 = 10.0;

impl PairHead {
    /// Where a model's folder holds it.
    pub(super) const PATH: &'static str = "heads/pair.onnx";

    /// Loads `heads/pair.onnx`. The name of its input `token_states_LAYER` says which layer's states it takes.
    pub(super) fn new(bytes: Cow<'static, [u8]>) -> Result<Self, String> {
        let model = load_graph(bytes, Self::PATH)?;
        let node = |id: &str| model.node_id(id).map_err(|_| format!("{} has no `{id}`", Self::PATH));
        let (marks, side, logits) = (node("marks")?, node("side")?, node("logits")?);
        let (states, layer) = states_input(&model)
            .ok_or_else(|| format!("{} has no input `token_states_LAYER`", Self::PATH))?;
        Ok(Self { model, states, marks, side, logits, layer })
    }

    /// One forward pass for a pair. `idf` gives the inverse document frequency of a token.
    pub(super) fn apply(
        &self,
        a: PairSide<'_>,
        b: PairSide<'_>,
        idf: impl Fn(u32) -> f32,
    ) -> Result<PairReading, String> {
        let (n_a, n_b) = (a.ids.len(), b.ids.len());
        let n = n_a + n_b;
        let states: Array2<f32> =
            concatenate(Axis(0), &[a.states, b.states]).map_err(|error| error.to_string())?;
        let width = states.ncols();
        let marks: Vec<f32> = marks(a.ids, b.ids, &idf).chain(marks(b.ids, a.ids, &idf)).flatten().collect();
        let side: Vec<f32> = (0..n).map(|token| if token < n_a { 0.0 } else { 1.0 }).collect();
        let inputs = vec![
            (self.states, NdTensor::from_data([1, n, width], states.into_iter().collect::<Vec<_>>()).into()),
            (self.marks, NdTensor::from_data([1, n, N_MARKS], marks).into()),
            (self.side, NdTensor::from_data([1, n], side).into()),
        ];
        let logits =
            run_graph(&self.model, inputs, &[self.logits])?.pop().ok_or("the graph gives no logits")?;
        let logits: Array1<f32> = floats(logits, 1, |n_outputs| n_outputs)?;
        match logits.as_slice() {
            Some(&[shared, same, conflicting]) => Ok(PairReading { shared, same, conflicting }),
            _ => Err(format!("{} gives {} figures, not 3", Self::PATH, logits.len())),
        }
    }
}

/// Figures of each token that the network reads beside its state.
const N_MARKS: usize = 4;

/// Of each token: whether the other sentence has it, its inverse document frequency, and that for the shared and for the others
/// alone.
fn marks<'run>(
    ids: &'run [u32],
    others: &'run [u32],
    idf: &'run impl Fn(u32) -> f32,
) -> impl Iterator<Item = [f32; N_MARKS]> + 'run {
    ids.iter().map(move |id| {
        let weight = idf(*id) / IDF_SCALE;
        if others.contains(id) { [1.0, weight, weight, 0.0] } else { [0.0, weight, 0.0, weight] }
    })
}
