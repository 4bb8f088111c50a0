use serde::{Deserialize, Serialize};

use super::Span;

/// Which words of sentence a answer which words of sentence b. Spans count bytes from each sentence's own start.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct WordAlignment {
    /// Phrases that answer each other, in the order of sentence a.
    pub pairs: Vec<AlignedPhrase>,
    /// Words of a that nothing in b answers.
    pub only_a: Vec<Span>,
    /// Words of b that nothing in a answers.
    pub only_b: Vec<Span>,
    /// Share of a's word weight that is answered, in [0, 1]; 1 for a sentence without words.
    pub covered_a: f32,
    /// Share of b's word weight that is answered, in [0, 1]; 1 for a sentence without words.
    pub covered_b: f32,
}

impl WordAlignment {
    /// The same alignment with the sides exchanged.
    pub fn swapped(self) -> Self {
        let swap = |pair: AlignedPhrase| AlignedPhrase { a: pair.b, b: pair.a, similarity: pair.similarity };
        let mut pairs: Vec<AlignedPhrase> = self.pairs.into_iter().map(swap).collect();
        pairs.sort_by_key(|pair| pair.a);
        Self {
            pairs,
            only_a: self.only_b,
            only_b: self.only_a,
            covered_a: self.covered_b,
            covered_b: self.covered_a,
        }
    }
}

/// A phrase of sentence a and the phrase of sentence b that answers it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct AlignedPhrase {
    /// The words in sentence a.
    pub a: Span,
    /// The words in sentence b.
    pub b: Span,
    /// Mean cosine of the aligned words, in [-1, 1].
    pub similarity: f32,
}
