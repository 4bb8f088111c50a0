use std::collections::BTreeSet;

use super::linkage::Link;
use super::{Candidate, EventTerms, NameFrequency, Partners, Read};
use crate::error::Result;
use crate::records::{Corpus, CorpusSentence, Encoding};

/// Gives the encoding of each text, in their order: the encoder as a function.
pub type Encode<'run> = dyn Fn(&[&str]) -> Result<Vec<Encoding>> + Sync + 'run;

/// What matching reads of a run.
#[derive(Clone, Copy)]
pub struct Material<'run> {
    /// The articles with their sentences.
    pub corpus: &'run Corpus,
    /// Whether a sentence is one that can be in a claim: the outlet's own reporting in a language that the model knows.
    pub is_matched: &'run (dyn Fn(&CorpusSentence<'_>) -> bool + Sync),
    /// Which of them have a partner by their words; `None` where all are looked at.
    pub partners: Option<&'run Partners>,
    /// Gives encodings.
    pub encode: &'run Encode<'run>,
    /// Gives what a network says of pairs of texts.
    pub read: &'run Read<'run>,
    /// How rare names and words are.
    pub names: &'run NameFrequency,
    /// How rare words are in each event.
    pub terms: &'run EventTerms,
}

impl Material<'_> {
    /// Positions of the sentences of a document that can be in a claim, in order. Of a sentence that the article repeats word for
    /// word, the first is taken.
    pub(super) fn matched(&self, document: usize) -> Vec<usize> {
        let mut seen = BTreeSet::new();
        let is_matched = |position: &usize| {
            let sentence = self.corpus.sentence_at(*position);
            (self.is_matched)(&sentence) && seen.insert(sentence.text())
        };
        self.corpus.sentences_of(document).filter(is_matched).collect()
    }
}

/// Some sentences with their encodings, in the order of their positions.
pub(super) struct Encoded<'run> {
    corpus: &'run Corpus,
    terms: &'run EventTerms,
    positions: Vec<usize>,
    encodings: Vec<Encoding>,
}

impl<'run> Encoded<'run> {
    /// Asks for the encodings of these sentences.
    pub(super) fn new(material: &Material<'run>, mut positions: Vec<usize>) -> Result<Self> {
        positions.sort_unstable();
        positions.dedup();
        let texts: Vec<&str> =
            positions.iter().map(|&position| material.corpus.sentence_at(position).text()).collect();
        let encodings = (material.encode)(&texts)?;
        Ok(Self { corpus: material.corpus, terms: material.terms, positions, encodings })
    }

    /// Asks for the encodings of the sentences of some pairs.
    pub(super) fn of_pairs(material: &Material<'run>, pairs: &[Link]) -> Result<Self> {
        Self::new(material, pairs.iter().flat_map(|&(a, b)| [a, b]).collect())
    }

    /// Every sentence, in order.
    pub(super) fn candidates(&self) -> Vec<Candidate<'_>> {
        (0..self.positions.len()).map(|n| self.at(n)).collect()
    }

    /// Two of the sentences.
    pub(super) fn pair(&self, (a, b): Link) -> (Candidate<'_>, Candidate<'_>) {
        (self.candidate(a), self.candidate(b))
    }

    fn candidate(&self, position: usize) -> Candidate<'_> {
        self.at(self.positions.binary_search(&position).expect("the sentence was asked for"))
    }

    fn at(&self, n: usize) -> Candidate<'_> {
        let sentence = self.corpus.sentence_at(self.positions[n]);
        Candidate {
            position: self.positions[n],
            id: sentence.id(),
            document: sentence.document,
            outlet: sentence.outlet(),
            date: sentence.article.date_published,
            text: sentence.text(),
            encoding: &self.encodings[n],
            annotations: sentence.annotations,
            terms: self.terms.of_document(sentence.document),
            depth: Candidate::depth_of(sentence.sentence),
        }
    }
}
