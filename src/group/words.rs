use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::profiles::ProfileSentence;

/// A sparse vector over the words of a corpus, in rising order of the word's number.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct WordVector(Vec<(u32, f32)>);

impl WordVector {
    /// The words' numbers and weights, in rising order.
    pub(super) fn entries(&self) -> &[(u32, f32)] {
        &self.0
    }

    /// Inner product; of two vectors of length 1 their cosine, in [0, 1]. 0 where either is empty.
    pub(super) fn dot(&self, other: &WordVector) -> f32 {
        let (mut a, mut b, mut sum) = (self.0.as_slice(), other.0.as_slice(), 0.0);
        while let ([(word_a, weight_a), rest_a @ ..], [(word_b, weight_b), rest_b @ ..]) = (a, b) {
            match word_a.cmp(word_b) {
                Ordering::Less => a = rest_a,
                Ordering::Greater => b = rest_b,
                Ordering::Equal => {
                    sum += weight_a * weight_b;
                    (a, b) = (rest_a, rest_b);
                }
            }
        }
        sum
    }

    /// The sum of two vectors.
    pub(super) fn plus(&self, other: &WordVector) -> WordVector {
        let mut sum: BTreeMap<u32, f32> = self.0.iter().copied().collect();
        for &(word, weight) in &other.0 {
            *sum.entry(word).or_insert(0.0) += weight;
        }
        WordVector(sum.into_iter().collect())
    }
}

/// So many articles of other news stand behind the run's own when a word's rarity is counted, so that in a run of few
/// articles on one event the event's words are still rare ones.
const BACKGROUND_ARTICLES: f32 = 30.0;

/// The model's weights count sentences; an article has about so many times the chance to hold a word.
const SENTENCES_PER_ARTICLE: f32 = 3.0;

/// What an article, or the run, has of a word.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Count {
    n: f32,
    /// The model's weight: ln(1 / share of sentences that have the word).
    weight: f32,
}

/// One vector of length 1 for each article: (1 + ln tf) * ln((N + 1) / df) over the articles of the run and
/// [`BACKGROUND_ARTICLES`] more (Salton & Buckley 1988, the "ltc" weights).
pub(super) fn distinctive_words(counts: &[BTreeMap<String, Count>]) -> Vec<WordVector> {
    let mut in_run: HashMap<&str, Count> = HashMap::new();
    for (word, count) in counts.iter().flatten() {
        let of_word = in_run.entry(word).or_insert(Count { n: 0.0, weight: count.weight });
        of_word.n += 1.0;
        of_word.weight = of_word.weight.min(count.weight);
    }
    let n_articles = counts.len() as f32 + BACKGROUND_ARTICLES;
    let rarity = |count: &Count| {
        let share = (SENTENCES_PER_ARTICLE * (-count.weight).exp()).min(1.0);
        ((n_articles + 1.0) / (count.n + BACKGROUND_ARTICLES * share)).ln()
    };
    let mut in_order: Vec<(&str, Count)> = in_run.into_iter().collect();
    in_order.sort_unstable_by_key(|&(word, _)| word);
    let rarities: HashMap<&str, (u32, f32)> =
        (0..).zip(in_order).map(|(number, (word, count))| (word, (number, rarity(&count)))).collect();
    let weigh = |(word, count): (&String, &Count)| {
        let (number, rarity) = rarities[word.as_str()];
        (number, (1.0 + count.n.ln()) * rarity)
    };
    counts.par_iter().map(|words| unit(words.iter().map(weigh).collect())).collect()
}

/// Counts the words of a sentence `times` over. Words whose background weight is below `least` are too common to tell stories apart
/// ("said", "people").
pub(super) fn count_words(
    of: &ProfileSentence<'_>,
    times: f32,
    least: f32,
    counts: &mut BTreeMap<String, Count>,
) {
    let weighted = of.spans.iter().zip(of.weights);
    for (span, &weight) in weighted.filter(|&(_, &weight)| weight >= least) {
        let word = span.slice(of.text).to_lowercase();
        let stem = word.strip_suffix("’s").or(word.strip_suffix("'s")).unwrap_or(&word);
        let count = counts.entry(stem.to_owned()).or_insert(Count { n: 0.0, weight });
        count.n += times;
        count.weight = count.weight.min(weight);
    }
}

fn unit(mut vector: Vec<(u32, f32)>) -> WordVector {
    let length = vector.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt();
    vector.iter_mut().for_each(|(_, weight)| *weight /= length.max(f32::MIN_POSITIVE));
    WordVector(vector)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn vectors() -> impl Strategy<Value = WordVector> {
        prop::collection::btree_map(0_u32..30, 0_u8..9, 0..12)
            .prop_map(|words| WordVector(words.into_iter().map(|(word, n)| (word, f32::from(n))).collect()))
    }

    proptest! {
        // Small whole numbers, so that every sum is exact.
        #[test]
        fn the_product_is_linear_and_symmetric(a in vectors(), b in vectors(), c in vectors()) {
            prop_assert_eq!(a.plus(&b).dot(&c), a.dot(&c) + b.dot(&c));
            prop_assert_eq!(a.dot(&b), b.dot(&a));
        }
    }
}
