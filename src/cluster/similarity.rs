use ndarray::{Array2, ArrayView1, aview1};

use super::Candidate;

/// How alike two sentences are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Similarity {
    /// Mean of `cosine` and `coverage`, in [-1, 1]: what the thresholds are compared with.
    pub score: f32,
    /// Cosine of the two embeddings, in [-1, 1].
    pub cosine: f32,
    /// How well each sentence's words, names and dates aside, are answered by the other's, in [-1, 1]: for each word
    /// its best cosine with a word of the other, weighted by inverse document frequency, averaged over both directions
    /// (BERTScore's F with idf, Zhang et al. 2020, as a plain mean). 0 where either has no such word.
    ///
    /// Names are left out because sentences of one event share them whatever they say; what is said is in the rest.
    pub coverage: f32,
}

/// The similarity of two sentences; symmetric.
pub fn similarity(a: &Candidate<'_>, b: &Candidate<'_>) -> Similarity {
    Similarity::new(a, b, &a.encoding.words.cosines(&b.encoding.words))
}

impl Similarity {
    /// From the cosines of the words, shape `[words of a, words of b]`.
    pub(super) fn new(a: &Candidate<'_>, b: &Candidate<'_>, cosines: &Array2<f32>) -> Self {
        let cosine = aview1(&a.encoding.embedding).dot(&aview1(&b.encoding.embedding));
        let coverage = (best_answers(a, cosines, 0) + best_answers(b, cosines, 1)) / 2.0;
        Self { score: (cosine + coverage) / 2.0, cosine, coverage }
    }
}

/// Weighted mean, over the words of one side (`axis` of `cosines`), of the best cosine with a word of the other side.
fn best_answers(side: &Candidate<'_>, cosines: &Array2<f32>, axis: usize) -> f32 {
    let best = |row: ArrayView1<'_, f32>| row.fold(f32::MIN, |best, &value| best.max(value));
    let words = &side.encoding.words;
    let (mut sum, mut total) = (0.0, 0.0);
    for (word, row) in cosines.axis_iter(ndarray::Axis(axis)).enumerate() {
        let is_name = side.annotations.names.iter().any(|name| name.span.overlaps(&words.spans[word]));
        if !is_name && !row.is_empty() {
            sum += words.weights[word] * best(row);
            total += words.weights[word];
        }
    }
    if total > 0.0 { sum / total } else { 0.0 }
}
