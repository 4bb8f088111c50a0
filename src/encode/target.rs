use std::borrow::Cow;

use ndarray::{Array1, ArrayView1, ArrayView2, ArrayView3};
use rten::{Model, NodeId};
use rten_tensor::NdTensor;

use super::head::softmax;
use super::onnx::{floats, load_graph, run_graph, states_input};
use crate::records::Sentiment;

/// The sentiment toward some words of a text: the layers above `layer`, trained for it, with the target's tokens marked.
pub(super) struct TargetHead {
    model: Model,
    states: NodeId,
    target: NodeId,
    logits: NodeId,
    /// The layer whose token states go in.
    pub layer: usize,
}

impl TargetHead {
    /// Loads `heads/target_sentiment.onnx`. The name of its input `token_states_LAYER` says which layer's states it takes.
    pub(super) fn new(bytes: Cow<'static, [u8]>) -> Result<Self, String> {
        const PATH: &str = "heads/target_sentiment.onnx";
        let model = load_graph(bytes, PATH)?;
        let node = |id: &str| model.node_id(id).map_err(|_| format!("{PATH} has no `{id}`"));
        let (target, logits) = (node("target")?, node("logits")?);
        let (states, layer) =
            states_input(&model).ok_or_else(|| format!("{PATH} has no input `token_states_LAYER`"))?;
        Ok(Self { states, target, logits, layer, model })
    }

    /// One forward pass for each text: what a text gives must not depend on the others, and this graph multiplies one row
    /// otherwise than several. `states` has the shape `[texts, tokens, width]`, `target` the shape `[texts, tokens]` with 1
    /// for a token of the target and 0 elsewhere; `None` for a text whose target has no token.
    pub(super) fn apply(
        &self,
        states: ArrayView3<'_, f32>,
        target: ArrayView2<'_, f32>,
    ) -> Result<Vec<Option<Sentiment>>, String> {
        let of_text = |(states, target): (ArrayView2<'_, f32>, ArrayView1<'_, f32>)| {
            let has_target = target.iter().any(|&mark| mark > 0.0);
            has_target.then(|| self.apply_to_one(states, target)).transpose()
        };
        states.outer_iter().zip(target.outer_iter()).map(of_text).collect()
    }

    fn apply_to_one(
        &self,
        states: ArrayView2<'_, f32>,
        target: ArrayView1<'_, f32>,
    ) -> Result<Sentiment, String> {
        let (n_tokens, width) = states.dim();
        let states = NdTensor::from_data([1, n_tokens, width], states.iter().copied().collect::<Vec<_>>());
        let target = NdTensor::from_data([1, n_tokens], target.to_vec());
        let inputs = vec![(self.states, states.into()), (self.target, target.into())];
        let logits =
            run_graph(&self.model, inputs, &[self.logits])?.pop().ok_or("the graph gives no logits")?;
        let logits: Array1<f32> = floats(logits, 1, |n_classes| n_classes)?;
        match softmax(&logits).as_slice() {
            Some(&[negative, neutral, positive]) => Ok(Sentiment { negative, neutral, positive }),
            _ => Err(format!("the target head has {} classes, not 3", logits.len())),
        }
    }
}
