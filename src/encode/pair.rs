use ndarray::ArrayView2;

use super::eight_bit::{EightBitLinear, on_one_thread};
use super::graph_weights::GraphWeights;
use super::transformer::{Layer, Passage, Scratch};
use crate::arithmetic::{gelu, mean, sum};
use crate::records::PairReading;

/// Reads two sentences together: the layers above `layer`, trained for it, on the token states of both.
///
/// Symmetric: the two sentences are told apart only by which tokens are of one and the same sentence.
pub(super) struct PairHead {
    /// What each of a token's marks adds to its state: shape `[N_MARKS, width]`.
    marks: Vec<f32>,
    layers: Vec<Layer>,
    hidden: EightBitLinear,
    /// Shape `[width, N_OUTPUTS]`.
    output: Vec<f32>,
    bias: Vec<f32>,
    width: usize,
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

/// Figures of a [`PairReading`].
const N_OUTPUTS: usize = 3;

impl PairHead {
    /// Where a model's folder holds it.
    pub(super) const PATH: &'static str = "heads/pair.onnx";

    /// Loads the weights of `heads/pair.onnx` for states of this width. The name of its input `token_states_LAYER` says which
    /// layer's states it takes.
    pub(super) fn new(bytes: &[u8], width: usize) -> Result<Self, String> {
        let graph = GraphWeights::read(bytes, Self::PATH)?;
        let layers = Layer::read_all(&graph, 0, width, true)?;
        Ok(Self {
            layers,
            marks: graph.floats("marks.weight", N_MARKS * width)?,
            hidden: EightBitLinear::read(&graph, &["hidden".to_owned()], 4 * width, width)?,
            output: graph.floats("output.weight", width * N_OUTPUTS)?,
            bias: graph.floats("output.bias", N_OUTPUTS)?,
            width,
            layer: graph.layer_below()?,
        })
    }

    /// One pass for some pairs, each as if alone. `idf` gives the inverse document frequency of a token.
    pub(super) fn apply(
        &self,
        pairs: &[(PairSide<'_>, PairSide<'_>)],
        idf: impl Fn(u32) -> f32,
    ) -> Vec<PairReading> {
        let (mut states, mut passages) = (vec![], vec![]);
        for (a, b) in pairs {
            let marked = marks(a.ids, b.ids, &idf).chain(marks(b.ids, a.ids, &idf));
            for (marks, row) in marked.zip(a.states.outer_iter().chain(b.states.outer_iter())) {
                let first = states.len();
                states.extend(row);
                let added = marks.iter().zip(self.marks.chunks_exact(self.width));
                for (mark, weights) in added {
                    states[first..]
                        .iter_mut()
                        .zip(weights)
                        .for_each(|(state, weight)| *state += mark * weight);
                }
            }
            passages.push(Passage { n_tokens: a.ids.len() + b.ids.len(), second: Some(a.ids.len()) });
        }
        on_one_thread(|| {
            let mut scratch = Scratch::default();
            self.layers.iter().for_each(|layer| layer.apply(&mut states, &passages, &mut scratch));
            let mut first = 0;
            let of_passage = |passage: &Passage| {
                let rows = &states[first * self.width..(first + passage.n_tokens) * self.width];
                first += passage.n_tokens;
                self.read_out(rows, passage.second.expect("a pair has two sentences"))
            };
            passages.iter().map(of_passage).collect()
        })
    }

    /// From the last layer's states of a pair, whose second sentence begins at token `second`, to its figures.
    fn read_out(&self, states: &[f32], second: usize) -> PairReading {
        let (a, b) = states.split_at(second * self.width);
        let joined = |a: &[f32], b: &[f32]| -> Vec<f32> {
            let sums = a.iter().zip(b).map(|(a, b)| a + b);
            sums.chain(a.iter().zip(b).map(|(a, b)| (a - b).abs())).collect()
        };
        let firsts = joined(&a[..self.width], &b[..self.width]);
        let read = [firsts, joined(&mean(a, self.width), &mean(b, self.width))].concat();
        let mut hidden = self.hidden.apply_to_one(&read);
        hidden.iter_mut().for_each(|value| *value = gelu(*value));
        let logit = |output: usize| {
            let weights = self.output.iter().skip(output).step_by(N_OUTPUTS);
            sum(&hidden.iter().zip(weights).map(|(value, weight)| value * weight).collect::<Vec<_>>())
                + self.bias[output]
        };
        PairReading { shared: logit(0), same: logit(1), conflicting: logit(2) }
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
