use std::collections::{BTreeMap, BTreeSet};

use ndarray::{Array2, ArrayView2};

use super::logistic::Design;

/// Words and pairs of words of a text, each as 1 + ln(count) times ln((1 + n) / (1 + df)) + 1, scaled to length 1: the
/// baseline that any head must beat.
pub(super) struct TfIdf {
    /// Number and inverse document frequency of each term that at least two training texts have.
    terms: BTreeMap<String, (usize, f32)>,
}

/// For each row its terms' numbers and values.
pub(super) struct Sparse {
    rows: Vec<Vec<(usize, f32)>>,
    width: usize,
}

impl TfIdf {
    /// Counts the terms of the training texts.
    pub(super) fn new(texts: &[&str]) -> Self {
        let mut documents: BTreeMap<String, usize> = BTreeMap::new();
        for text in texts {
            for term in terms(text).into_iter().collect::<BTreeSet<_>>() {
                *documents.entry(term).or_insert(0) += 1;
            }
        }
        let n = texts.len() as f32;
        let kept = documents.into_iter().filter(|&(_, count)| count >= 2).enumerate();
        let terms = kept
            .map(|(number, (term, count))| (term, (number, ((1.0 + n) / (1.0 + count as f32)).ln() + 1.0)));
        Self { terms: terms.collect() }
    }

    /// The rows of these texts.
    pub(super) fn rows(&self, texts: &[&str]) -> Sparse {
        Sparse { rows: texts.iter().map(|text| self.row(text)).collect(), width: self.terms.len() }
    }

    fn row(&self, text: &str) -> Vec<(usize, f32)> {
        let mut counts: BTreeMap<usize, (f32, f32)> = BTreeMap::new();
        for term in terms(text) {
            if let Some(&(number, idf)) = self.terms.get(&term) {
                counts.entry(number).or_insert((0.0, idf)).0 += 1.0;
            }
        }
        let values: Vec<(usize, f32)> =
            counts.into_iter().map(|(number, (count, idf))| (number, (1.0 + count.ln()) * idf)).collect();
        let length = values.iter().map(|(_, value)| value * value).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
        values.into_iter().map(|(number, value)| (number, value / length)).collect()
    }
}

/// Runs of letters and digits in lower case, and each two that follow one another.
fn terms(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let pairs = words.windows(2).map(|pair| pair.join(" "));
    words.iter().map(|&word| word.to_owned()).chain(pairs).collect()
}

impl Design for Sparse {
    fn dim(&self) -> (usize, usize) {
        (self.rows.len(), self.width)
    }

    fn times(&self, weight: ArrayView2<'_, f32>) -> Array2<f32> {
        Array2::from_shape_fn((self.rows.len(), weight.nrows()), |(row, class)| {
            self.rows[row].iter().map(|&(term, value)| weight[[class, term]] * value).sum()
        })
    }

    fn sum(&self, slope: &Array2<f32>) -> Array2<f32> {
        let mut sum = Array2::zeros((slope.ncols(), self.width));
        for (row, slope) in self.rows.iter().zip(slope.rows()) {
            for &(term, value) in row {
                slope.iter().enumerate().for_each(|(class, slope)| sum[[class, term]] += slope * value);
            }
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_have_length_1_and_only_terms_that_two_texts_have() {
        let tfidf = TfIdf::new(&["The bridge fell.", "The bridge stood!", "A road"]);
        assert_eq!(tfidf.terms.keys().collect::<Vec<_>>(), ["bridge", "the", "the bridge"]);
        let rows = tfidf.rows(&["the bridge, the bridge", "nothing known"]);
        let length: f32 = rows.rows[0].iter().map(|(_, value)| value * value).sum();
        assert!((length - 1.0).abs() < 1e-5 && rows.rows[1].is_empty());
    }
}
