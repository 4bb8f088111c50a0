use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use ndarray::{Array2, ArrayView2};
use rayon::prelude::*;

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

    /// Each sentence as the evidence reads it; `forms` are those of a and of b.
    pub(super) fn sides<'pair>(&'pair self, forms: [&'pair Forms; 2]) -> [Side<'pair, 'run>; 2] {
        let ([best_a, best_b], [forms_a, forms_b], thresholds) = (&self.best, forms, self.thresholds);
        [
            Side { this: &self.a, cosines: self.cosines.view(), best: best_a, forms: forms_a, thresholds },
            Side { this: &self.b, cosines: self.cosines.t(), best: best_b, forms: forms_b, thresholds },
        ]
    }
}

fn best_answers(cosines: ArrayView2<'_, f32>) -> Vec<f32> {
    cosines.rows().into_iter().map(|row| row.fold(-1.0_f32, |best, &cosine| best.max(cosine))).collect()
}

/// A word in lower case. Two are told apart by a hash, and only where that is the same by their letters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Folded {
    hash: u64,
    pub text: String,
}

impl Folded {
    fn new(word: &str) -> Self {
        let text = word.to_lowercase();
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        Self { hash: hasher.finish(), text }
    }
}

/// What several figures read of a sentence, whatever it is held against.
pub(super) struct Forms {
    /// Each word in lower case.
    pub folded: Vec<Folded>,
    /// The same, each once.
    pub distinct: HashSet<Folded>,
    /// How rare each word is among the sentences of the run ([`NameFrequency::word_rarity`]).
    pub rarity: Vec<f32>,
    /// The words as terms of their event.
    pub terms: TermVector,
    /// Each name in the form in which names are compared.
    pub names: Vec<String>,
}

impl Forms {
    pub(super) fn new(sentence: &Candidate<'_>, names: &NameFrequency) -> Self {
        let spans = sentence.encoding.words.spans.iter();
        let folded: Vec<Folded> = spans.map(|span| Folded::new(span.slice(sentence.text))).collect();
        Self {
            distinct: folded.iter().cloned().collect(),
            rarity: folded.iter().map(|word| names.word_rarity(&word.text)).collect(),
            folded,
            terms: TermVector::new(sentence.text, sentence.terms),
            names: sentence.annotations.names.iter().map(|name| names.anchor(name)).collect(),
        }
    }
}

/// The forms of the sentences of some pairs, each made once.
pub(super) struct FormsOfPairs {
    forms: Vec<Forms>,
    /// Where those of a sentence stand, by where in memory lie its annotations, which no other sentence has, its encoding and its event's terms.
    at: HashMap<[usize; 3], usize>,
}

impl FormsOfPairs {
    pub(super) fn new(pairs: &[(Candidate<'_>, Candidate<'_>)], names: &NameFrequency) -> Self {
        let (mut sentences, mut at) = (vec![], HashMap::new());
        for sentence in pairs.iter().flat_map(|(a, b)| [a, b]) {
            at.entry(Self::key(sentence)).or_insert_with(|| {
                sentences.push(*sentence);
                sentences.len() - 1
            });
        }
        Self { forms: sentences.par_iter().map(|sentence| Forms::new(sentence, names)).collect(), at }
    }

    /// Those of a sentence of one of the pairs.
    pub(super) fn of(&self, sentence: &Candidate<'_>) -> &Forms {
        &self.forms[self.at[&Self::key(sentence)]]
    }

    fn key(sentence: &Candidate<'_>) -> [usize; 3] {
        let Candidate { annotations, encoding, terms, .. } = *sentence;
        [(&raw const *annotations).addr(), (&raw const *encoding).addr(), (&raw const *terms).addr()]
    }
}

/// One sentence of a pair as seen from itself, with what several figures read of it.
pub(super) struct Side<'pair, 'run> {
    pub this: &'pair Candidate<'run>,
    /// Shape `[words of this, words of the other]`.
    pub cosines: ArrayView2<'pair, f32>,
    /// The best cosine of each word with a word of the other sentence.
    pub best: &'pair [f32],
    pub forms: &'pair Forms,
    pub thresholds: &'run Thresholds,
}

impl<'run> Side<'_, 'run> {
    /// True for a word that is no function word.
    pub(super) fn is_content(&self, word: usize) -> bool {
        self.words().weights[word] >= self.thresholds.words.content
    }

    pub(super) fn words(&self) -> &'run TokenStates {
        &self.this.encoding.words
    }
}
