use ndarray::Array2;

use super::{Candidate, Similarity};
use crate::align::align_by;
use crate::records::{TokenStates, WordAlignment};

/// Two sentences side by side, with what is computed once for the pair.
pub(super) struct Pair<'run> {
    pub a: Candidate<'run>,
    pub b: Candidate<'run>,
    /// Cosine of every word of a with every word of b.
    pub cosines: Array2<f32>,
    pub similarity: Similarity,
    /// Which words answer which.
    pub alignment: WordAlignment,
}

impl<'run> Pair<'run> {
    pub(super) fn new(a: Candidate<'run>, b: Candidate<'run>) -> Self {
        let cosines = a.encoding.words.cosines(&b.encoding.words);
        let similarity = Similarity::new(&a, &b, &cosines);
        let alignment = align_by(&a.encoding.words, &b.encoding.words, &cosines);
        Self { a, b, cosines, similarity, alignment }
    }

    /// Both sides in turn: a sentence, the other one, and the cosines with the sentence's words as rows.
    pub(super) fn sides(&self) -> [Side<'_, 'run>; 2] {
        let ours = Side { this: &self.a, other: &self.b, cosines: self.cosines.view() };
        [ours, Side { this: &self.b, other: &self.a, cosines: self.cosines.t() }]
    }
}

/// One sentence of a pair as seen from itself.
pub(super) struct Side<'pair, 'run> {
    pub this: &'pair Candidate<'run>,
    pub other: &'pair Candidate<'run>,
    /// Shape `[words of this, words of other]`.
    pub cosines: ndarray::ArrayView2<'pair, f32>,
}

impl Side<'_, '_> {
    pub(super) fn words(&self) -> &TokenStates {
        &self.this.encoding.words
    }

    /// The best cosine of a word with a word of the other sentence; -1 where that has none.
    pub(super) fn best(&self, word: usize) -> f32 {
        self.cosines.row(word).iter().fold(-1.0, |best, &cosine| best.max(cosine))
    }
}
