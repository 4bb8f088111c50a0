use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::records::{Corpus, CorpusSentence, Event};

/// In how many sentences each stem stands: those of an event, so that what all of it is about weighs little.
///
/// Counts of two parts of an event can be merged ([`TermFrequency::merge`]).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TermFrequency {
    n_sentences: usize,
    sentences_with: BTreeMap<String, usize>,
}

impl TermFrequency {
    /// Counts of some sentences.
    pub fn of<'run>(texts: impl IntoIterator<Item = &'run str>) -> Self {
        let mut frequency = Self::default();
        for text in texts {
            frequency.n_sentences += 1;
            for stem in stems(text).collect::<BTreeSet<String>>() {
                *frequency.sentences_with.entry(stem).or_insert(0) += 1;
            }
        }
        frequency
    }

    /// The counts of two parts of an event that share no sentence.
    pub fn merge(mut self, other: Self) -> Self {
        self.n_sentences += other.n_sentences;
        for (stem, n) in other.sentences_with {
            *self.sentences_with.entry(stem).or_insert(0) += n;
        }
        self
    }

    /// Inverse document frequency of a stem, above 0: ln((N + 30 + 1) / (n + 0.3 + 0.5)). As if there were thirty sentences
    /// more, of which one in a hundred has it: an event of a few sentences says little of how rare a word is.
    fn idf(&self, stem: &str) -> f32 {
        let n = self.sentences_with.get(stem).copied().unwrap_or(0) as f32;
        let (all, with) = (self.n_sentences as f32 + UNSEEN, n + UNSEEN * UNSEEN_RATE);
        ((all + 1.0) / (with + 0.5)).ln()
    }
}

/// Sentences that are counted besides those of an event, and the share of them that have a stem.
const UNSEEN: f32 = 30.0;
const UNSEEN_RATE: f32 = 0.01;

/// The terms of each event of a run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EventTerms {
    of_event: Vec<TermFrequency>,
    /// The event of each document by its number.
    event_of: Vec<usize>,
}

impl EventTerms {
    /// Counts the sentences of each event that can be in a claim. `events` hold each article once.
    pub fn new(
        corpus: &Corpus,
        events: &[Event],
        is_matched: &(dyn Fn(&CorpusSentence<'_>) -> bool + Sync),
    ) -> Self {
        let mut event_of = vec![0; corpus.documents().len()];
        for (number, event) in events.iter().enumerate() {
            for article in &event.articles {
                event_of[corpus.position_of(article)] = number;
            }
        }
        let of_event = events.par_iter().map(|event| {
            let documents = event.articles.iter().map(|article| corpus.position_of(article));
            let sentences = documents.flat_map(|document| corpus.sentences_of(document));
            let sentences =
                sentences.map(|position| corpus.sentence_at(position)).filter(|of| is_matched(of));
            TermFrequency::of(sentences.map(|sentence| sentence.text()))
        });
        Self { of_event: of_event.collect(), event_of }
    }

    /// The terms of the event that a document belongs to.
    pub(super) fn of_document(&self, document: usize) -> &TermFrequency {
        &self.of_event[self.event_of[document]]
    }
}

/// The words of a sentence as a vector of length 1: ln(1 + tf) times the inverse document frequency in the sentence's event, per
/// stem (tf-idf, Salton & Buckley 1988). Stems in the order of the alphabet.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct TermVector(Vec<Term>);

#[derive(Debug, Clone, PartialEq)]
struct Term {
    stem: String,
    idf: f32,
    weight: f32,
}

impl TermVector {
    pub(super) fn new(text: &str, frequency: &TermFrequency) -> Self {
        let mut counts: BTreeMap<String, f32> = BTreeMap::new();
        for stem in stems(text) {
            *counts.entry(stem).or_insert(0.0) += 1.0;
        }
        let term = |(stem, n): (String, f32)| {
            let idf = frequency.idf(&stem);
            Term { stem, idf, weight: n.ln_1p() * idf }
        };
        let mut terms: Vec<Term> = counts.into_iter().map(term).collect();
        let length = terms.iter().map(|term| term.weight * term.weight).sum::<f32>().sqrt();
        terms.iter_mut().for_each(|term| term.weight /= length.max(f32::MIN_POSITIVE));
        Self(terms)
    }

    /// The stems with their weights.
    pub(super) fn terms(&self) -> impl Iterator<Item = (&str, f32)> {
        self.0.iter().map(|term| (term.stem.as_str(), term.weight))
    }

    /// Cosine with another, in [0, 1]; 0 where either has no word.
    pub(super) fn cosine(&self, other: &Self) -> f32 {
        self.common(other).map(|(a, b)| a.weight * b.weight).sum()
    }

    /// How much two sentences have in common, however long they are: the sum of the mean inverse document frequencies of the stems
    /// of both.
    pub(super) fn shared(&self, other: &Self) -> f32 {
        self.common(other).map(|(a, b)| (a.idf + b.idf) / 2.0).sum()
    }

    fn common<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = (&'a Term, &'a Term)> {
        let mut theirs = other.0.iter().peekable();
        self.0.iter().filter_map(move |term| {
            while theirs.next_if(|other| other.stem < term.stem).is_some() {}
            Some((term, theirs.next_if(|other| other.stem == term.stem)?))
        })
    }
}

/// The stem of each word, in order: letters and digits, with an apostrophe between letters.
fn stems(text: &str) -> impl Iterator<Item = String> {
    let is_part = |c: char| c.is_alphanumeric() || APOSTROPHES.contains(&c);
    let words = text.split(move |c: char| !is_part(c)).map(|word| word.trim_matches(APOSTROPHES));
    words.filter(|word| !word.is_empty()).map(stem)
}

const APOSTROPHES: [char; 2] = ['\'', '’'];

/// Endings that are cut, the first that leaves at least [`LEAST_STEM`] letters.
const ENDINGS: [&str; 6] = ["ing", "edly", "ed", "es", "ly", "s"];
const LEAST_STEM: usize = 4;

/// A light stem: lower case, without a possessive and one common ending, so that "votes", "voted" and "voting" are one term.
fn stem(word: &str) -> String {
    let folded = word.to_lowercase().replace('’', "'");
    let bare = folded.strip_suffix("'s").or_else(|| folded.strip_suffix('\'')).unwrap_or(&folded);
    let cut = |ending: &&str| {
        let stem = bare.strip_suffix(*ending)?;
        (stem.chars().count() >= LEAST_STEM).then_some(stem)
    };
    let cut = ENDINGS.iter().find_map(cut).unwrap_or(bare);
    match cut.strip_suffix('e') {
        Some(shorter) if shorter.chars().count() >= LEAST_STEM => shorter.to_owned(),
        _ => cut.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_have_one_stem() {
        struct Case {
            words: &'static [&'static str],
            stem: &'static str,
        }
        for case in [
            Case { words: &["Voting", "VOTING"], stem: "voting" },
            Case { words: &["charged", "charges", "charging", "charge"], stem: "charg" },
            Case { words: &["president", "presidents", "President's", "president’s"], stem: "president" },
            Case { words: &["gas", "Gas's"], stem: "gas" },
            Case { words: &["2,300"], stem: "2,300" },
        ] {
            for word in case.words {
                assert_eq!(stem(word), case.stem, "{word}");
            }
        }
    }

    #[test]
    fn words_are_letters_and_digits() {
        let found: Vec<String> = stems("“He’s 2,300 dogs' owner,” U.N. says—l'été").collect();
        assert_eq!(found, ["he", "2", "300", "dogs", "owner", "u", "n", "says", "l'été"]);
    }

    const EVENT: [&str; 4] = [
        "The senate passed the budget bill on Monday.",
        "Senators voted for the budget bill.",
        "The budget bill raises fishing quotas.",
        "Fishing quotas rise under the bill, said Kim.",
    ];

    #[test]
    fn counts_of_parts_are_those_of_the_whole() {
        let whole = TermFrequency::of(EVENT);
        for at in 0..=EVENT.len() {
            let (left, right) = EVENT.split_at(at);
            let [left, right] = [left, right].map(|texts| TermFrequency::of(texts.iter().copied()));
            assert_eq!(left.merge(right), whole);
        }
    }

    #[test]
    fn what_the_whole_event_is_about_weighs_little() {
        let frequency = TermFrequency::of(EVENT);
        assert!(
            frequency.idf("bill") < frequency.idf("quota") && frequency.idf("quota") < frequency.idf("kim")
        );
        let vector = |text| TermVector::new(text, &frequency);
        let [passed, voted, quotas, rise] = EVENT.map(vector);
        assert!(quotas.cosine(&rise) > passed.cosine(&voted));
        assert!(quotas.shared(&rise) > passed.shared(&voted));
        assert_eq!(passed.cosine(&voted), voted.cosine(&passed));
        assert!((passed.cosine(&passed) - 1.0).abs() < 1e-6);
        assert_eq!(vector("").cosine(&passed), 0.0);
    }
}
