use std::collections::BTreeSet;

use ndarray::{Array2, ArrayView2};

use super::lexical::TermVector;
use super::similarity::coverage;
use super::{Candidate, NameFrequency, Similarity};
use crate::align::align_by;
use crate::records::{Thresholds, TokenStates, WordAlignment};

/// Two sentences side by side, with what is computed once for the pair.
pub(super) struct Pair<'run> {
    pub a: Candidate<'run>,
    pub b: Candidate<'run>,
    /// Cosine of every word of a with every word of b.
    pub cosines: Array2<f32>,
    /// For each word of a, and for each of b, its best cosine with a word of the other; -1 where that has none.
    best: [Vec<f32>; 2],
    /// How well a's words, names aside, are answered by b's, and b's by a's ([`Similarity::coverage`] of one side).
    pub coverage: [f32; 2],
    pub similarity: Similarity,
    thresholds: &'run Thresholds,
}

impl<'run> Pair<'run> {
    pub(super) fn new(a: Candidate<'run>, b: Candidate<'run>, thresholds: &'run Thresholds) -> Self {
        let cosines = a.encoding.words.cosines(&b.encoding.words);
        let best = [best_answers(cosines.view()), best_answers(cosines.t())];
        let coverage = [(&a, &best[0]), (&b, &best[1])]
            .map(|(side, best)| coverage(side, best, |word| !side.is_name(word)));
        let similarity = Similarity::new(&a, &b, coverage);
        Self { a, b, cosines, best, coverage, similarity, thresholds }
    }

    /// Which words of the two answer each other. What is made of it is handed on, so that no pair is aligned twice.
    pub(super) fn alignment(&self) -> WordAlignment {
        align_by(&self.a.encoding.words, &self.b.encoding.words, &self.cosines, self.thresholds)
    }

    pub(super) fn thresholds(&self) -> &'run Thresholds {
        self.thresholds
    }

    /// Each sentence as the evidence reads it.
    pub(super) fn sides(&self, names: &NameFrequency) -> [Side<'_, 'run>; 2] {
        let [best_a, best_b] = &self.best;
        [
            Side::new(&self.a, self.cosines.view(), best_a, names, self.thresholds),
            Side::new(&self.b, self.cosines.t(), best_b, names, self.thresholds),
        ]
    }
}

fn best_answers(cosines: ArrayView2<'_, f32>) -> Vec<f32> {
    cosines.rows().into_iter().map(|row| row.fold(-1.0_f32, |best, &cosine| best.max(cosine))).collect()
}

/// One sentence of a pair as seen from itself, with what several figures read of it.
pub(super) struct Side<'pair, 'run> {
    pub this: &'pair Candidate<'run>,
    /// Shape `[words of this, words of the other]`.
    pub cosines: ArrayView2<'pair, f32>,
    /// The best cosine of each word with a word of the other sentence.
    pub best: &'pair [f32],
    /// Each word in lower case.
    pub folded: Vec<String>,
    /// The same, each once.
    pub distinct: BTreeSet<String>,
    /// The words as terms of their event.
    pub terms: TermVector,
    /// Each name in the form in which names are compared.
    pub names: Vec<String>,
    pub thresholds: &'run Thresholds,
}

impl<'pair, 'run> Side<'pair, 'run> {
    fn new(
        this: &'pair Candidate<'run>,
        cosines: ArrayView2<'pair, f32>,
        best: &'pair [f32],
        names: &NameFrequency,
        thresholds: &'run Thresholds,
    ) -> Self {
        let spans = this.encoding.words.spans.iter();
        let folded: Vec<String> = spans.map(|span| span.slice(this.text).to_lowercase()).collect();
        Self {
            this,
            cosines,
            best,
            distinct: folded.iter().cloned().collect(),
            folded,
            terms: TermVector::new(this.text, this.terms),
            names: this.annotations.names.iter().map(|name| names.anchor(name)).collect(),
            thresholds,
        }
    }

    /// True for a word that is no function word.
    pub(super) fn is_content(&self, word: usize) -> bool {
        self.words().weights[word] >= self.thresholds.words.content
    }

    pub(super) fn words(&self) -> &'run TokenStates {
        &self.this.encoding.words
    }
}
