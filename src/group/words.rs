use std::collections::{BTreeMap, BTreeSet};

use crate::records::Encoding;

/// Words whose background weight is lower are too common to tell stories apart ("said", "people").
const MIN_WEIGHT: f32 = 3.0;

/// A sparse vector of length 1 over the words of a corpus, in rising order of the word's number.
pub(super) struct WordVector(Vec<(u32, f32)>);

impl WordVector {
    /// Cosine in [0, 1]; 0 where either article has no distinctive word.
    pub(super) fn cosine(&self, other: &WordVector) -> f32 {
        let (mut a, mut b, mut sum) = (self.0.iter().peekable(), other.0.iter().peekable(), 0.0);
        while let (Some(&&(word_a, weight_a)), Some(&&(word_b, weight_b))) = (a.peek(), b.peek()) {
            if word_a == word_b {
                sum += weight_a * weight_b;
            }
            if word_a <= word_b {
                a.next();
            }
            if word_b <= word_a {
                b.next();
            }
        }
        sum
    }
}

/// One vector for each article: (1 + ln tf) * ln((N + 1) / df) over the articles of the run (Salton & Buckley 1988,
/// the "lnc" family). A word of every article has a weight near 0: what all share tells nothing apart.
pub(super) fn distinctive_words(articles: &[Vec<(&str, &Encoding)>]) -> Vec<WordVector> {
    let counts: Vec<BTreeMap<String, u32>> =
        articles.iter().map(|sentences| word_counts(sentences)).collect();
    let vocabulary: BTreeSet<&str> =
        counts.iter().flat_map(|words| words.keys().map(String::as_str)).collect();
    let number: BTreeMap<&str, u32> = (0..).zip(vocabulary).map(|(number, word)| (word, number)).collect();
    let mut article_frequency = vec![0_u32; number.len()];
    for word in counts.iter().flat_map(BTreeMap::keys) {
        article_frequency[number[word.as_str()] as usize] += 1;
    }
    let weigh = |(word, &count): (&String, &u32)| {
        let number = number[word.as_str()];
        let rarity = (articles.len() + 1) as f32 / article_frequency[number as usize] as f32;
        (number, (1.0 + (count as f32).ln()) * rarity.ln())
    };
    counts.iter().map(|words| unit(words.iter().map(weigh).collect())).collect()
}

fn word_counts(sentences: &[(&str, &Encoding)]) -> BTreeMap<String, u32> {
    let mut counts = BTreeMap::new();
    for (text, encoding) in sentences {
        let words = encoding.words.spans.iter().zip(&encoding.words.weights);
        for (span, _) in words.filter(|&(_, &weight)| weight >= MIN_WEIGHT) {
            let word = span.slice(text).to_lowercase();
            let stem = word.strip_suffix("’s").or(word.strip_suffix("'s")).unwrap_or(&word);
            *counts.entry(stem.to_owned()).or_insert(0) += 1;
        }
    }
    counts
}

fn unit(mut vector: Vec<(u32, f32)>) -> WordVector {
    let length = vector.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt();
    vector.iter_mut().for_each(|(_, weight)| *weight /= length.max(f32::MIN_POSITIVE));
    WordVector(vector)
}
