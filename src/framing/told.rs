use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::family::root;
use crate::records::SentenceId;

/// What one outlet tells of an event: the words of each of its sentences, to find out whether it has somewhere what it does not say
/// within a claim.
#[derive(Debug, Clone, Default)]
pub struct Told {
    sentences: Vec<SentenceId>,
    /// The sentences that hold a word, by its root.
    with: HashMap<String, Vec<u32>>,
}

/// Sentences before and behind a sentence that a reader takes in with it.
const BESIDE: u32 = 1;

/// Share of a phrase's words, by their weights, that a sentence holds which tells the same.
const LEAST_SHARE: f32 = 0.6;

impl Told {
    /// From the sentences of the outlet's articles, in order, each with its words.
    pub fn new<'run>(sentences: impl IntoIterator<Item = (SentenceId, Vec<&'run str>)>) -> Self {
        let mut told = Self::default();
        for (id, words) in sentences {
            let position = u32::try_from(told.sentences.len()).expect("an event has fewer sentences");
            let roots: BTreeSet<String> = words.into_iter().map(root).collect();
            roots.into_iter().for_each(|root| told.with.entry(root).or_default().push(position));
            told.sentences.push(id);
        }
        told
    }

    /// The sentences, in order.
    pub fn sentences(&self) -> &[SentenceId] {
        &self.sentences
    }

    /// How much of a phrase other sentences than `except` hold. `words` are those that say something, each with its weight.
    pub(super) fn held(&self, words: &[(&str, f32)], except: &SentenceId) -> Held<'_> {
        let roots: BTreeMap<String, f32> = words.iter().map(|(word, weight)| (root(word), *weight)).collect();
        let total: f32 = roots.values().sum::<f32>().max(f32::MIN_POSITIVE);
        let mut shares: BTreeMap<u32, f32> = BTreeMap::new();
        for (root, weight) in &roots {
            for &sentence in self.with.get(root).into_iter().flatten() {
                *shares.entry(sentence).or_default() += weight / total;
            }
        }
        let of_others =
            shares.into_iter().map(|(sentence, share)| (&self.sentences[sentence as usize], share));
        let mut held = Held { most: None, beside: 0.0 };
        for (sentence, share) in of_others.filter(|(sentence, _)| *sentence != except) {
            if held.most.is_none_or(|(_, most)| share > most) {
                held.most = Some((sentence, share));
            }
            let is_beside =
                sentence.article == except.article && sentence.index.abs_diff(except.index) <= BESIDE;
            held.beside = if is_beside { held.beside.max(share) } else { held.beside };
        }
        held
    }
}

/// How much of a phrase, by the weights of its words, other sentences hold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Held<'told> {
    /// The sentence that holds most, the first of equals, and the share that it holds.
    pub most: Option<(&'told SentenceId, f32)>,
    /// The most that a sentence beside the compared one holds.
    pub beside: f32,
}

impl<'told> Held<'told> {
    /// The sentence that tells the same.
    pub fn elsewhere(&self) -> Option<&'told SentenceId> {
        self.most.filter(|(_, share)| *share >= LEAST_SHARE).map(|(sentence, _)| sentence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_tells_a_phrase_if_it_holds_most_of_its_words() {
        let id = |index: u32| SentenceId { article: "a".into(), index };
        let told = Told::new([
            (id(0), vec!["The", "plan", "was", "cut"]),
            (id(1), vec!["He", "had", "cancelled", "two", "trips", "to", "Norway", "in", "May"]),
            (id(2), vec!["Norway", "was", "cancelled"]),
        ]);
        let phrase = [("canceled", 4.0), ("trip", 4.0), ("Norway", 6.0), ("June", 3.0)];
        assert_eq!(told.held(&phrase, &id(0)).elsewhere(), Some(&id(1)));
        assert!((told.held(&phrase, &id(2)).beside - 14.0 / 17.0).abs() < 1e-6);
        assert_eq!(told.held(&phrase, &id(1)).elsewhere(), None);
        assert_eq!(told.held(&[], &id(0)), Held { most: None, beside: 0.0 });
    }
}
