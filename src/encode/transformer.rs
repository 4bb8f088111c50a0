use std::ops::Range;

use multiversion::multiversion;

use super::eight_bit::{EightBitLinear, RoundedRows};
use super::graph_weights::GraphWeights;
use crate::arithmetic::{LANES, gelu, layer_norm, softmax};

/// Figures of an attention head.
const HEAD_WIDTH: usize = 32;

/// Most figures of a token's state.
const MOST_WIDTH: usize = 8192;

/// Rows that go through the two wide products of a layer together: what comes out between them fits a core's cache.
const INNER_ROWS: usize = 64;

/// Query rows that share what is loaded of keys and values.
const QUERIES: usize = 4;

/// What keeps a row of no variance from a division by 0: that of all-MiniLM-L6-v2.
const EPSILON: f32 = 1e-12;

/// Tokens that attend to one another: a text, or two sentences that are read together.
pub(super) struct Passage {
    pub n_tokens: usize,
    /// Where the second sentence begins.
    pub second: Option<usize>,
}

/// Scaling of a row behind its normalisation.
pub(super) struct Norm {
    gamma: Vec<f32>,
    beta: Vec<f32>,
}

impl Norm {
    pub(super) fn read(graph: &GraphWeights, name: &str, width: usize) -> Result<Self, String> {
        Ok(Self {
            gamma: graph.floats(&format!("{name}.gamma"), width)?,
            beta: graph.floats(&format!("{name}.beta"), width)?,
        })
    }

    #[inline(always)]
    pub(super) fn apply(&self, row: &mut [f32]) {
        layer_norm(row, &self.gamma, &self.beta, EPSILON);
    }
}

/// One layer of a transformer, its matrices in 8 bits.
pub(super) struct Layer {
    /// Query, key and value beside one another.
    projection: EightBitLinear,
    attended: EightBitLinear,
    attended_norm: Norm,
    inner: EightBitLinear,
    outer: EightBitLinear,
    outer_norm: Norm,
    /// What each head adds to its liking for a token of the other sentence; empty where one text is read alone.
    other: Vec<f32>,
    width: usize,
}

impl Layer {
    /// Reads `encoder.layer.NUMBER.*` and, where `reads_pairs`, `other.NUMBER`. `width` is a multiple of [`HEAD_WIDTH`].
    fn read(graph: &GraphWeights, number: usize, width: usize, reads_pairs: bool) -> Result<Self, String> {
        let name = |part: &str| format!("encoder.layer.{number}.{part}");
        let linear =
            |part: &str, n_inputs, n_outputs| EightBitLinear::read(graph, &[name(part)], n_inputs, n_outputs);
        let projected = ["query", "key", "value"].map(|part| name(&format!("attention.self.{part}")));
        let other =
            if reads_pairs { graph.floats(&format!("other.{number}"), width / HEAD_WIDTH)? } else { vec![] };
        Ok(Self {
            projection: EightBitLinear::read(graph, &projected, width, 3 * width)?,
            attended: linear("attention.output.dense", width, width)?,
            attended_norm: Norm::read(graph, &name("attention.output.LayerNorm"), width)?,
            inner: linear("intermediate.dense", width, 4 * width)?,
            outer: linear("output.dense", 4 * width, width)?,
            outer_norm: Norm::read(graph, &name("output.LayerNorm"), width)?,
            other,
            width,
        })
    }

    /// The layers of a file from `first` on, as far as it has any.
    pub(super) fn read_all(
        graph: &GraphWeights,
        first: usize,
        width: usize,
        reads_pairs: bool,
    ) -> Result<Vec<Self>, String> {
        if width == 0 || width > MOST_WIDTH || !width.is_multiple_of(HEAD_WIDTH) {
            return Err(format!("a width of {width} is no multiple of {HEAD_WIDTH} up to {MOST_WIDTH}"));
        }
        // Of the shapes that the graph's attention is cut to, the third number says how many heads.
        let heads = graph.integers("split_shape")?.get(2).copied();
        if heads != Some((width / HEAD_WIDTH) as i64) {
            return Err(format!("heads of a width other than {HEAD_WIDTH} are not known"));
        }
        (first..)
            .take_while(|number| graph.has(&format!("encoder.layer.{number}.output.dense.bias")))
            .map(|number| Self::read(graph, number, width, reads_pairs))
            .collect()
    }

    /// Takes the states of all passages, whose rows stand behind one another, through the layer. Each passage is as if alone.
    pub(super) fn apply(&self, states: &mut [f32], passages: &[Passage], scratch: &mut Scratch) {
        self.attend(states, passages, scratch);
        for rows in states.chunks_mut(INNER_ROWS * self.width) {
            self.think(rows, scratch);
        }
    }

    fn attend(&self, states: &mut [f32], passages: &[Passage], scratch: &mut Scratch) {
        let Scratch { rounded, products, projected, context, attention, row, .. } = scratch;
        rounded.round(states, self.width);
        self.projection.multiply(rounded, products);
        projected.resize(3 * states.len(), 0.0);
        context.resize(states.len(), 0.0);
        self.projection.outputs(rounded, products, projected);
        attend(self, passages, projected, attention, context);
        rounded.round(context, self.width);
        self.attended.multiply(rounded, products);
        add(&self.attended, rounded, products, &self.attended_norm, row, states);
    }

    /// Where the second sentence begins, and how much a head likes the tokens of the other one.
    fn liking(&self, passage: &Passage, head: usize) -> Option<(usize, f32)> {
        Some((passage.second?, *self.other.get(head)?))
    }

    fn think(&self, states: &mut [f32], scratch: &mut Scratch) {
        let Scratch { rounded, products, inner, row, .. } = scratch;
        rounded.round(states, self.width);
        self.inner.multiply(rounded, products);
        bend(&self.inner, rounded, products, row, inner);
        self.outer.multiply(inner, products);
        add(&self.outer, inner, products, &self.outer_norm, row, states);
    }
}

/// Makes of queries, keys and values what each token takes from its passage.
#[multiversion(targets = "simd")]
fn attend(
    layer: &Layer,
    passages: &[Passage],
    projected: &[f32],
    attention: &mut Attention,
    context: &mut [f32],
) {
    let width = layer.width;
    let mut first = 0;
    for passage in passages {
        let rows = first..first + passage.n_tokens;
        for head in 0..width / HEAD_WIDTH {
            attention.of_head(projected, rows.clone(), head, width, layer.liking(passage, head));
            attention.write(projected, rows.clone(), head, width, context);
        }
        first = rows.end;
    }
}

/// Adds what a product gave to the states, and normalises them.
#[multiversion(targets = "simd")]
fn add(
    linear: &EightBitLinear,
    rounded: &RoundedRows,
    products: &[i32],
    norm: &Norm,
    values: &mut Vec<f32>,
    states: &mut [f32],
) {
    let width = linear.n_outputs();
    values.resize(width, 0.0);
    for (row, state) in states.chunks_exact_mut(width).enumerate() {
        linear.row(rounded, products, row, values);
        for (state, value) in state.iter_mut().zip(values.iter()) {
            *state += value;
        }
        norm.apply(state);
    }
}

/// What a product gave, through the activation and rounded again.
#[multiversion(targets = "simd")]
fn bend(
    linear: &EightBitLinear,
    rounded: &RoundedRows,
    products: &[i32],
    values: &mut Vec<f32>,
    inner: &mut RoundedRows,
) {
    values.resize(linear.n_outputs(), 0.0);
    inner.clear();
    for row in 0..rounded.len() {
        linear.row(rounded, products, row, values);
        for value in values.iter_mut() {
            *value = gelu(*value);
        }
        inner.push(values);
    }
}

/// Memory that the layers of a pass share.
#[derive(Default)]
pub(super) struct Scratch {
    rounded: RoundedRows,
    products: Vec<i32>,
    /// Queries, keys and values: shape `[tokens, 3 width]`.
    projected: Vec<f32>,
    /// Shape `[tokens, width]`.
    context: Vec<f32>,
    attention: Attention,
    inner: RoundedRows,
    /// One row of floats.
    row: Vec<f32>,
}

/// One head's attention within a passage.
#[derive(Default)]
struct Attention {
    /// The keys of [`LANES`] tokens at a time, figure by figure.
    keys: Vec<[[f32; LANES]; HEAD_WIDTH]>,
    /// The shares of each query, as long as [`Attention::length`].
    shares: Vec<f32>,
    /// The tokens of the passage, rounded up to full lanes.
    length: usize,
}

impl Attention {
    /// Works out the shares. `projected` holds the queries, keys and values of all passages, `rows` are those of this one.
    #[inline(always)]
    fn of_head(
        &mut self,
        projected: &[f32],
        rows: Range<usize>,
        head: usize,
        width: usize,
        liking: Option<(usize, f32)>,
    ) {
        let n = rows.len();
        self.length = n.next_multiple_of(LANES);
        self.keys.clear();
        self.keys.resize(self.length / LANES, [[0.0; LANES]; HEAD_WIDTH]);
        for (token, row) in rows.clone().enumerate() {
            let (keys, lane) = (&mut self.keys[token / LANES], token % LANES);
            for (of_lanes, &key) in keys.iter_mut().zip(part(projected, row, 1, head, width)) {
                of_lanes[lane] = key;
            }
        }
        self.shares.clear();
        self.shares.resize(n.next_multiple_of(QUERIES) * self.length, 0.0);
        let scale = 1.0 / (HEAD_WIDTH as f32).sqrt();
        for first in (0..n).step_by(QUERIES) {
            let query = |at: usize| part(projected, rows.start + (first + at).min(n - 1), 0, head, width);
            let queries: [&[f32; HEAD_WIDTH]; QUERIES] = std::array::from_fn(query);
            for (block, keys) in self.keys.iter().enumerate() {
                let mut scores = [[0.0; LANES]; QUERIES];
                for (figure, keys) in keys.iter().enumerate() {
                    for (scores, query) in scores.iter_mut().zip(queries) {
                        for (score, key) in scores.iter_mut().zip(keys) {
                            *score += query[figure] * key;
                        }
                    }
                }
                for (at, scores) in scores.iter().enumerate() {
                    let start = (first + at) * self.length + block * LANES;
                    let shares: &mut [f32; LANES] =
                        self.shares[start..].first_chunk_mut().expect("rows are full lanes");
                    for (share, score) in shares.iter_mut().zip(scores) {
                        *share = score * scale;
                    }
                }
            }
        }
        for (query, shares) in self.shares.chunks_exact_mut(self.length).take(n).enumerate() {
            if let Some((second, liking)) = liking {
                let others = if query < second { second..n } else { 0..second };
                for score in &mut shares[others] {
                    *score += liking;
                }
            }
            softmax(shares, n);
        }
    }

    /// Writes the values by their shares to the head's part of `context`.
    #[inline(always)]
    fn write(&self, projected: &[f32], rows: Range<usize>, head: usize, width: usize, context: &mut [f32]) {
        let n = rows.len();
        for first in (0..n).step_by(QUERIES) {
            let mut sums = [[0.0; HEAD_WIDTH]; QUERIES];
            for (token, row) in rows.clone().enumerate() {
                let values = part(projected, row, 2, head, width);
                for (at, sums) in sums.iter_mut().enumerate() {
                    let share = self.shares[(first + at) * self.length + token];
                    for (sum, value) in sums.iter_mut().zip(values) {
                        *sum += share * value;
                    }
                }
            }
            for (at, sums) in sums.iter().enumerate().take(n - first) {
                let start = (rows.start + first + at) * width + head * HEAD_WIDTH;
                context[start..start + HEAD_WIDTH].copy_from_slice(sums);
            }
        }
    }
}

/// A head's query (`which` 0), key (1) or value (2) of a row.
#[inline(always)]
fn part(projected: &[f32], row: usize, which: usize, head: usize, width: usize) -> &[f32; HEAD_WIDTH] {
    let start = row * 3 * width + which * width + head * HEAD_WIDTH;
    projected[start..].first_chunk().expect("a width is a multiple of the heads' width")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Held to the definition, in 64 bits: softmax of the scaled products, with the liking for the other sentence.
    #[test]
    fn attention_is_that_of_its_definition() {
        let (width, n, before) = (2 * HEAD_WIDTH, 21, 3);
        let value = |at: usize| ((at * 7919) % 997) as f32 / 300.0 - 1.6;
        let projected: Vec<f32> = (0..(before + n) * 3 * width).map(value).collect();
        for liking in [None, Some((8, 1.25_f32))] {
            let mut attention = Attention::default();
            let mut context = vec![0.0; (before + n) * width];
            attention.of_head(&projected, before..before + n, 1, width, liking);
            attention.write(&projected, before..before + n, 1, width, &mut context);
            let of = |row: usize, which| part(&projected, before + row, which, 1, width).map(f64::from);
            for query in 0..n {
                let score = |key: usize| {
                    let product: f64 = of(query, 0).iter().zip(of(key, 1)).map(|(a, b)| a * b).sum();
                    let other = liking.filter(|(second, _)| (query < *second) != (key < *second));
                    (product / (HEAD_WIDTH as f64).sqrt()
                        + other.map_or(0.0, |(_, liking)| f64::from(liking)))
                    .exp()
                };
                let scores: Vec<f64> = (0..n).map(score).collect();
                let total: f64 = scores.iter().sum();
                for figure in 0..HEAD_WIDTH {
                    let exact: f64 = (0..n).map(|key| scores[key] / total * of(key, 2)[figure]).sum();
                    let found = f64::from(context[(before + query) * width + HEAD_WIDTH + figure]);
                    assert!((found - exact).abs() < 1e-4, "{found}, not {exact}");
                }
            }
            assert!(context[..before * width].iter().all(|&value| value == 0.0));
        }
    }
}
