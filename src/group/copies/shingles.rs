use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Words in the form in which they are compared: NFKC, lower case, without punctuation and apostrophes.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Words {
    /// The words, one blank after each.
    text: String,
    /// Where each word begins in `text`.
    starts: Vec<usize>,
}

impl Words {
    pub(super) fn new(text: &str) -> Self {
        let mut words = Self::default();
        words.push(text);
        words
    }

    /// Adds the words of a text.
    pub(super) fn push(&mut self, text: &str) {
        let is_part = |c: char| c.is_alphanumeric() || is_apostrophe(c) || is_combining_mark(c);
        for word in text.split(|c| !is_part(c)) {
            let start = self.text.len();
            let letters = word.chars().filter(|&c| !is_apostrophe(c));
            if word.is_ascii() {
                self.text.extend(letters.map(|c| c.to_ascii_lowercase()));
            } else {
                self.text.extend(letters.nfkc().flat_map(char::to_lowercase));
            }
            if self.text.len() > start {
                self.text.push(' ');
                self.starts.push(start);
            }
        }
    }

    /// Number of words.
    pub(super) fn len(&self) -> usize {
        self.starts.len()
    }

    /// The runs of `length` words; none in a text that is shorter.
    pub(super) fn shingles(&self, length: usize) -> Shingles {
        let ends = self.starts.iter().copied().chain([self.text.len()]).skip(length);
        let runs = self.starts.iter().zip(ends).map(|(&start, end)| &self.text[start..end - 1]);
        Shingles::new(runs.map(|run| fnv1a(run.as_bytes())).collect())
    }
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | 'ʼ')
}

/// A set of runs of words as hashes of 32 bits, in rising order. Two different runs share a hash once in 4 billion
/// pairs.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Shingles(Vec<u32>);

impl Shingles {
    fn new(mut hashes: Vec<u32>) -> Self {
        hashes.sort_unstable();
        hashes.dedup();
        hashes.shrink_to_fit();
        Self(hashes)
    }

    pub(super) fn hashes(&self) -> &[u32] {
        &self.0
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Size of the intersection over size of the union, in [0, 1]; 0 where both are empty.
    pub(super) fn jaccard(&self, other: &Shingles) -> f32 {
        let (a, b) = (&self.0, &other.0);
        let (mut i, mut j, mut shared) = (0, 0, 0);
        while i < a.len() && j < b.len() {
            shared += usize::from(a[i] == b[j]);
            (i, j) = (i + usize::from(a[i] <= b[j]), j + usize::from(b[j] <= a[i]));
        }
        shared as f32 / (a.len() + b.len() - shared).max(1) as f32
    }
}

/// FNV-1a with 32 bits (RFC 9923).
fn fnv1a(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, &byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_compared_without_case_and_punctuation() {
        struct Case {
            a: &'static str,
            b: &'static str,
        }
        for case in [
            Case { a: "“Don’t,” he said.", b: "dont He said" },
            Case { a: "the U.S.-Mexico border", b: "The U S Mexico border" },
            Case { a: "the cafe\u{301} was closed", b: "the café was closed" },
            Case { a: "the ﬁrst oﬃce", b: "the first office" },
            Case { a: " ' ’ — ", b: "" },
        ] {
            assert_eq!(Words::new(case.a), Words::new(case.b), "{}", case.a);
        }
    }

    #[test]
    fn a_text_shorter_than_a_run_has_none() {
        let words = Words::new("one two three four");
        for (length, runs) in [(1, 4), (3, 2), (4, 1), (5, 0)] {
            assert_eq!(words.shingles(length).hashes().len(), runs);
        }
        assert_eq!(Shingles::default().jaccard(&Shingles::default()), 0.0);
    }

    proptest! {
        #[test]
        fn jaccard_is_that_of_the_sets(a in prop::collection::vec(0u32..40, 0..30), b in prop::collection::vec(0u32..40, 0..30)) {
            let sets: [BTreeSet<u32>; 2] = [a.iter().copied().collect(), b.iter().copied().collect()];
            let shared = sets[0].intersection(&sets[1]).count() as f32;
            let all = sets[0].union(&sets[1]).count().max(1) as f32;
            let (a, b) = (Shingles::new(a), Shingles::new(b));
            prop_assert_eq!(a.jaccard(&b), shared / all);
            prop_assert_eq!(a.jaccard(&b), b.jaccard(&a));
        }
    }
}
