use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use super::log_odds::{LogOdds, log_odds};
use crate::records::SentenceId;

/// Strength of the prior, in words: as if this many words with the shares of the whole run had been read of each outlet before its
/// own (Monroe et al. 2008 take 500).
const PRIOR_WORDS: f64 = 500.0;

/// Two outlets' words for the same thing, from the word alignment of a claim.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AlignedTerms {
    /// Position of the outlet whose words `term` is.
    pub outlet: usize,
    /// The words, folded and joined by blanks.
    pub term: String,
    /// The other outlet's words.
    pub other: String,
    /// The sentence, and the byte offset of the words in it.
    pub place: (SentenceId, usize),
    /// The other outlet's sentence.
    pub other_sentence: SentenceId,
}

/// How often one outlet uses some words where another uses others for the same thing.
#[derive(Debug, Clone, PartialEq)]
pub struct Wording {
    /// The words, folded: lower case, without plural and possessive.
    pub term: String,
    /// Position in the list of outlets.
    pub outlet: usize,
    /// The places in matched claims where the outlet has these words and another outlet has others: the sentence, and the byte offset in it.
    pub places: Vec<(SentenceId, usize)>,
    /// The other outlets' words there, with the number of pairs of sentences, the most frequent first.
    pub alternatives: Vec<(String, usize)>,
    /// Uses in all of the outlet's own words, and the number of these.
    pub uses: (usize, usize),
    /// The same for all other outlets together.
    pub uses_of_others: (usize, usize),
    /// How much more the outlet uses them than the others do, over all their own words.
    pub log_odds: LogOdds,
}

/// Counts what outlets call the same things.
#[derive(Debug)]
pub struct Wordings {
    aligned: Vec<AlignedTerms>,
    /// The terms by their first word.
    terms: HashMap<String, Vec<Vec<String>>>,
    /// What was read so far.
    pub uses: Uses,
}

/// How often outlets use terms. Counts of parts of a corpus are added up ([`Uses::add`]).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uses {
    /// Uses of each term by outlet.
    of_term: BTreeMap<String, BTreeMap<usize, usize>>,
    /// Number of words of each outlet.
    n_words: BTreeMap<usize, usize>,
}

impl Uses {
    /// Adds what was counted elsewhere.
    pub fn add(&mut self, other: Uses) {
        for (term, of_outlet) in other.of_term {
            let of_term = self.of_term.entry(term).or_default();
            of_outlet.into_iter().for_each(|(outlet, n)| *of_term.entry(outlet).or_default() += n);
        }
        other.n_words.into_iter().for_each(|(outlet, n)| *self.n_words.entry(outlet).or_default() += n);
    }
}

impl Wordings {
    /// From the words that answer each other in claims, in any order; repeated ones count once.
    pub fn new(mut aligned: Vec<AlignedTerms>) -> Self {
        aligned.sort_unstable();
        aligned.dedup();
        let mut terms: HashMap<String, Vec<Vec<String>>> = HashMap::new();
        for term in aligned.iter().map(|aligned| aligned.term.as_str()).collect::<BTreeSet<_>>() {
            let words: Vec<String> = term.split(' ').map(str::to_owned).collect();
            terms.entry(words[0].clone()).or_default().push(words);
        }
        Self { aligned, terms, uses: Uses::default() }
    }

    /// Counts the terms among an outlet's own words of one sentence, folded and in order.
    pub fn read(&mut self, outlet: usize, words: &[String]) {
        *self.uses.n_words.entry(outlet).or_default() += words.len();
        for start in 0..words.len() {
            for term in self.terms.get(&words[start]).into_iter().flatten() {
                if words[start..].starts_with(term) {
                    *self.uses.of_term.entry(term.join(" ")).or_default().entry(outlet).or_default() += 1;
                }
            }
        }
    }

    /// A row for each term and each outlet that has it in `least` places where another has other words, in the order of the terms, then of the
    /// outlets.
    pub fn finish(self, least: usize) -> Vec<Wording> {
        let Uses { of_term: uses_of_term, n_words } = &self.uses;
        let all_words: usize = n_words.values().sum();
        let mut rows: BTreeMap<(&str, usize), Vec<&AlignedTerms>> = BTreeMap::new();
        for aligned in &self.aligned {
            rows.entry((&aligned.term, aligned.outlet)).or_default().push(aligned);
        }
        let wording = |((term, outlet), aligned): ((&str, usize), Vec<&AlignedTerms>)| {
            let of_term = uses_of_term.get(term);
            let all_uses: usize = of_term.map_or(0, |of| of.values().sum());
            let ours = of_term.and_then(|of| of.get(&outlet)).copied().unwrap_or(0);
            let our_words = n_words.get(&outlet).copied().unwrap_or(0);
            let uses = (ours, our_words);
            let uses_of_others = (all_uses - ours, all_words - our_words);
            let float = |(word, all): (usize, usize)| (word as f64, all as f64);
            // A term that no text holds as it is aligned (its words stand apart there) counts as used once.
            let share = (all_uses.max(1) as f64 / all_words.max(1) as f64).min(0.5);
            let prior = (PRIOR_WORDS * share, PRIOR_WORDS);
            Wording {
                term: term.to_owned(),
                outlet,
                places: aligned
                    .iter()
                    .map(|aligned| aligned.place.clone())
                    .collect::<BTreeSet<_>>()
                    .into_iter()
                    .collect(),
                alternatives: alternatives(&aligned),
                uses,
                uses_of_others,
                log_odds: log_odds(float(uses), float(uses_of_others), prior),
            }
        };
        rows.into_iter().map(wording).filter(|wording| wording.places.len() >= least).collect()
    }
}

fn alternatives(aligned: &[&AlignedTerms]) -> Vec<(String, usize)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    aligned.iter().for_each(|aligned| *counts.entry(&aligned.other).or_default() += 1);
    let mut counts: Vec<(String, usize)> = counts.into_iter().map(|(term, n)| (term.to_owned(), n)).collect();
    counts.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place((index, offset): (u32, usize)) -> (SentenceId, usize) {
        (SentenceId { article: "a".into(), index }, offset)
    }

    fn aligned(outlet: usize, term: &str, other: &str, at: (u32, usize)) -> AlignedTerms {
        let (place, (other_sentence, _)) = (place(at), place((9, 0)));
        AlignedTerms { outlet, term: term.to_owned(), other: other.to_owned(), place, other_sentence }
    }

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn raw_counts_stand_beside_the_log_odds() {
        let pairs = vec![
            aligned(0, "illegal alien", "migrant", (0, 3)),
            aligned(0, "illegal alien", "migrant", (0, 3)),
            aligned(0, "illegal alien", "asylum seeker", (4, 0)),
            aligned(1, "migrant", "illegal alien", (7, 1)),
        ];
        let mut wordings = Wordings::new(pairs.clone());
        wordings.read(0, &words("police stop illegal alien and another illegal alien near a migrant camp"));
        let mut elsewhere = Wordings::new(pairs);
        elsewhere.read(1, &words("police stop migrant"));
        wordings.uses.add(elsewhere.uses);
        let found = wordings.finish(1);
        assert_eq!(found.len(), 2);
        let alien = &found[0];
        assert_eq!((alien.term.as_str(), alien.outlet), ("illegal alien", 0));
        assert_eq!(alien.places, [place((0, 3)), place((4, 0))]);
        assert_eq!(alien.alternatives, [("asylum seeker".to_owned(), 1), ("migrant".to_owned(), 1)]);
        assert_eq!((alien.uses, alien.uses_of_others), ((2, 12), (0, 3)));
        assert!(alien.log_odds.delta > 0.0);
        assert_eq!((found[1].uses, found[1].uses_of_others), ((1, 3), (1, 12)));
    }

    #[test]
    fn no_alignment_gives_no_row() {
        let mut wordings = Wordings::new(vec![]);
        wordings.read(0, &words("nothing to see"));
        assert!(wordings.finish(1).is_empty());
    }
}
