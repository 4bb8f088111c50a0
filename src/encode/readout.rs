//! From the token states of one text to what the later stages read: words, features of the heads, shares of words.

use ndarray::{Array1, Array2, ArrayView2, Axis};

use crate::records::{Span, TokenStates};

/// The words that have at least one token, with the positions of their tokens.
pub(super) fn pieces_of_words(words: &[Span], tokens: &[Span]) -> Vec<(Span, Vec<usize>)> {
    let mut first = 0;
    let mut found = vec![];
    for &word in words {
        while first < tokens.len() && tokens[first].end <= word.start {
            first += 1;
        }
        let reached = (first..tokens.len()).take_while(|&piece| tokens[piece].start < word.end);
        let pieces: Vec<usize> = reached.filter(|&piece| tokens[piece].overlaps(&word)).collect();
        if !pieces.is_empty() {
            found.push((word, pieces));
        }
    }
    found
}

/// The words with one vector each, from the states of the layer that aligns words: shape `[tokens, width]`. A word weighs
/// as much as its heaviest piece.
pub(super) fn word_states(
    words: &[(Span, Vec<usize>)],
    states: ArrayView2<'_, f32>,
    weight: impl Fn(usize) -> f32,
) -> TokenStates {
    let (rows, scales): (Vec<Vec<i8>>, Vec<f32>) =
        words.iter().map(|(_, pieces)| quantised_mean(&states, pieces)).unzip();
    TokenStates {
        spans: words.iter().map(|&(span, _)| span).collect(),
        weights: words.iter().map(|(_, pieces)| heaviest(pieces, |&piece| weight(piece))).collect(),
        states: Array2::from_shape_vec((words.len(), states.ncols()), rows.concat())
            .expect("one row for each word"),
        scales,
    }
}

/// The weight of a word by those of its pieces, at least 0.
pub(super) fn heaviest(pieces: &[usize], weight: impl Fn(&usize) -> f32) -> f32 {
    pieces.iter().map(weight).fold(0.0, f32::max)
}

/// The means over all tokens of each layer's states, joined.
pub(super) fn mean_states(layers: &[ArrayView2<'_, f32>]) -> Array1<f32> {
    let means =
        layers.iter().flat_map(|states| states.mean_axis(Axis(0)).expect("a text has its special tokens"));
    means.collect()
}

/// Each word's share of the logit whose gradient is `direction`, less the mean of the words.
pub(super) fn word_shares(
    words: &[(Span, Vec<usize>)],
    layers: &[ArrayView2<'_, f32>],
    direction: &Array1<f32>,
) -> Vec<f32> {
    let width = layers[0].ncols();
    let mut of_token = Array1::<f32>::zeros(layers[0].nrows());
    for (layer, states) in layers.iter().enumerate() {
        of_token += &states.dot(&direction.slice(ndarray::s![layer * width..(layer + 1) * width]));
    }
    of_token /= layers[0].nrows() as f32;
    let of_word: Array1<f32> =
        words.iter().map(|(_, pieces)| pieces.iter().map(|&piece| of_token[piece]).sum()).collect();
    let mean = of_word.mean().unwrap_or(0.0);
    (of_word - mean).to_vec()
}

/// Mean of the pieces' states at length 1, in 8 bits, and the scale.
fn quantised_mean(states: &ArrayView2<'_, f32>, pieces: &[usize]) -> (Vec<i8>, f32) {
    let mut sum = Array1::<f32>::zeros(states.ncols());
    for &piece in pieces {
        sum += &states.row(piece);
    }
    let length = sum.dot(&sum).sqrt().max(f32::MIN_POSITIVE);
    let largest = sum.fold(f32::MIN_POSITIVE, |a, &b| a.max(b.abs()));
    let row = sum.iter().map(|value| (value / largest * 127.0).round() as i8).collect();
    (row, largest / 127.0 / length)
}
