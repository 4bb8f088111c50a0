use ndarray::aview1;

use super::Candidate;

/// How alike two sentences are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Similarity {
    /// Mean of `cosine` and `coverage`, in [-1, 1].
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

impl Similarity {
    /// From the coverage of either side.
    pub(super) fn new(a: &Candidate<'_>, b: &Candidate<'_>, coverage: [f32; 2]) -> Self {
        let cosine = aview1(&a.encoding.embedding).dot(&aview1(&b.encoding.embedding));
        let is_answered = !a.encoding.words.is_empty() && !b.encoding.words.is_empty();
        let coverage = if is_answered { (coverage[0] + coverage[1]) / 2.0 } else { 0.0 };
        Self { score: (cosine + coverage) / 2.0, cosine, coverage }
    }
}

/// Mean of the best cosines of the words that are `wanted`, weighted by inverse document frequency; 0 where there is none.
pub(super) fn coverage(side: &Candidate<'_>, best: &[f32], is_wanted: impl Fn(usize) -> bool) -> f32 {
    weighted_mean(best, |word| if is_wanted(word) { side.encoding.words.weights[word] } else { 0.0 })
}

/// Mean of the words' best cosines by these weights; 0 where all are 0.
pub(super) fn weighted_mean(best: &[f32], weight: impl Fn(usize) -> f32) -> f32 {
    let (mut sum, mut total) = (0.0, 0.0);
    for (word, best) in best.iter().enumerate() {
        sum += weight(word) * best;
        total += weight(word);
    }
    if total > 0.0 { sum / total } else { 0.0 }
}
