use ndarray::{ArrayView2, ArrayView3};

use super::eight_bit::{EightBitLinear, on_one_thread};
use super::graph_weights::GraphWeights;
use super::head::softmax;
use super::transformer::{Layer, Passage, Scratch};
use crate::arithmetic::mean;
use crate::records::Sentiment;

/// The sentiment toward some words of a text: the layers above `layer`, trained for it, with the target's tokens marked.
pub(super) struct TargetHead {
    /// Added to the state of each token of the target.
    marker: Vec<f32>,
    layers: Vec<Layer>,
    output: EightBitLinear,
    width: usize,
    /// The layer whose token states go in.
    pub layer: usize,
}

impl TargetHead {
    /// Where a model's folder holds it.
    pub(super) const PATH: &'static str = "heads/target_sentiment.onnx";

    /// Loads the weights of `heads/target_sentiment.onnx` for states of this width. The name of its input `token_states_LAYER`
    /// says which layer's states it takes.
    pub(super) fn new(bytes: &[u8], width: usize) -> Result<Self, String> {
        let graph = GraphWeights::read(bytes, Self::PATH)?;
        let layer = graph.layer_below()?;
        let layers = Layer::read_all(&graph, layer, width, false)?;
        Ok(Self {
            layers,
            marker: graph.floats("marker", width)?,
            output: EightBitLinear::read(&graph, &["output".to_owned()], 2 * width, 3)?,
            width,
            layer,
        })
    }

    /// One pass for some texts, each as if alone. `states` has the shape `[texts, tokens, width]`, `target` the shape
    /// `[texts, tokens]` with true for a token of the target; `None` for a text whose target has no token.
    pub(super) fn apply(
        &self,
        states: ArrayView3<'_, f32>,
        target: ArrayView2<'_, bool>,
    ) -> Vec<Option<Sentiment>> {
        let with_target: Vec<usize> =
            (0..target.nrows()).filter(|&text| target.row(text).iter().any(|&is_target| is_target)).collect();
        let mut rows = Vec::with_capacity(with_target.len() * target.ncols() * self.width);
        for &text in &with_target {
            for (state, &is_target) in
                states.index_axis(ndarray::Axis(0), text).outer_iter().zip(target.row(text))
            {
                let marker = |at: usize| if is_target { self.marker[at] } else { 0.0 };
                rows.extend(state.iter().enumerate().map(|(at, value)| value + marker(at)));
            }
        }
        let passage = |_: &usize| Passage { n_tokens: target.ncols(), second: None };
        let passages: Vec<Passage> = with_target.iter().map(passage).collect();
        let mut sentiments = vec![None; target.nrows()];
        on_one_thread(|| {
            let mut scratch = Scratch::default();
            self.layers.iter().for_each(|layer| layer.apply(&mut rows, &passages, &mut scratch));
            for (&text, states) in with_target.iter().zip(rows.chunks_exact(target.ncols() * self.width)) {
                let is_target: Vec<bool> = target.row(text).to_vec();
                sentiments[text] = Some(self.read_out(states, &is_target));
            }
        });
        sentiments
    }

    /// From the last layer's states of a text to its sentiment: the mean of the target's tokens, and the first token.
    fn read_out(&self, states: &[f32], is_target: &[bool]) -> Sentiment {
        let of_target = states.chunks_exact(self.width).zip(is_target).filter(|&(_, &is_target)| is_target);
        let of_target = of_target.flat_map(|(state, _)| state).copied().collect::<Vec<f32>>();
        let pooled = [mean(&of_target, self.width).as_slice(), &states[..self.width]].concat();
        let shares = softmax(&ndarray::Array1::from_vec(self.output.apply_to_one(&pooled)));
        Sentiment { negative: shares[0], neutral: shares[1], positive: shares[2] }
    }
}
