use std::cmp::Reverse;
use std::collections::HashMap;

use rayon::prelude::*;

use super::shingles::Shingles;

/// Numbers in a signature: the standard error of an estimate is 0.044 at most (Broder 1997: a mean of so many draws).
const N_PERMUTATIONS: usize = 128;

/// Least share of the pairs at the threshold that must meet in a bucket. Pairs above it meet more often.
const MIN_RECALL: f32 = 0.99;

/// Most originals of one bucket that a text is compared with, so that a thousand texts from one form ("Qtly div 10 cts
/// vs 10 cts prior") do not cost a million comparisons.
const MAX_BUCKET: usize = 256;

/// For each set the earliest set before it that is no copy itself and has at least `threshold` with it (of several, the
/// most alike); its own position where there is none, as for an empty set.
///
/// Sets that share a bucket are compared exactly; buckets only spare comparisons (MinHash with banding, Leskovec,
/// Rajaraman and Ullman, "Mining of Massive Datasets", chapter 3).
pub(super) fn originals(sets: &[Shingles], threshold: f32) -> Vec<usize> {
    let mut index = Index::new(sets);
    let mut first_of_set: HashMap<&Shingles, usize> = HashMap::new();
    let mut originals: Vec<usize> = vec![];
    for (item, buckets) in shared_buckets(sets, rows_of_a_band(threshold)).into_iter().enumerate() {
        let first = *first_of_set.entry(&sets[item]).or_insert(item);
        let original = if first < item && !sets[item].is_empty() {
            Some(originals[first])
        } else {
            index.most_alike(item, &buckets, threshold)
        };
        if original.is_none() {
            index.insert(item, buckets);
        }
        originals.push(original.unwrap_or(item));
    }
    originals
}

/// The sets that are no copy so far, by bucket.
struct Index<'run> {
    sets: &'run [Shingles],
    of_bucket: Vec<Vec<usize>>,
    /// For each set, the last one that was compared with it: two share many buckets and are compared once.
    compared_with: Vec<usize>,
}

impl<'run> Index<'run> {
    fn new(sets: &'run [Shingles]) -> Self {
        Self { sets, of_bucket: vec![], compared_with: vec![usize::MAX; sets.len()] }
    }

    /// The most alike of the sets in these buckets, of two the earlier; `None` where all are below the threshold.
    fn most_alike(&mut self, item: usize, buckets: &[usize], threshold: f32) -> Option<usize> {
        let mut best: Option<(f32, Reverse<usize>)> = None;
        for &other in buckets.iter().filter_map(|&bucket| self.of_bucket.get(bucket)).flatten() {
            if std::mem::replace(&mut self.compared_with[other], item) != item {
                let alike = (self.sets[item].jaccard(&self.sets[other]), Reverse(other));
                best = best.filter(|best| *best >= alike).or(Some(alike));
            }
        }
        best.filter(|(jaccard, _)| *jaccard >= threshold).map(|(_, Reverse(other))| other)
    }

    fn insert(&mut self, item: usize, buckets: Vec<usize>) {
        for bucket in buckets {
            self.of_bucket.resize_with(self.of_bucket.len().max(bucket + 1), Vec::new);
            if self.of_bucket[bucket].len() < MAX_BUCKET {
                self.of_bucket[bucket].push(item);
            }
        }
    }
}

/// The most rows a band can have for [`MIN_RECALL`] at this threshold: a pair with Jaccard j meets in one of n / r bands
/// with probability 1 - (1 - j^r)^(n / r).
fn rows_of_a_band(threshold: f32) -> usize {
    let recall =
        |rows: &usize| 1.0 - (1.0 - threshold.powi(*rows as i32)).powi((N_PERMUTATIONS / rows) as i32);
    (1..=8).rev().find(|rows| recall(rows) >= MIN_RECALL).unwrap_or(1)
}

/// For each set the numbers of the buckets that it shares with another.
fn shared_buckets(sets: &[Shingles], rows: usize) -> Vec<Vec<usize>> {
    let keys: Vec<Vec<u32>> = sets.par_iter().map(|set| keys_of_bands(set, rows)).collect();
    let mut shared = vec![vec![]; sets.len()];
    let mut n_buckets = 0;
    for band in 0..N_PERMUTATIONS / rows {
        let in_band = keys.iter().enumerate().filter_map(|(item, keys)| Some((*keys.get(band)?, item)));
        let mut in_band: Vec<(u32, usize)> = in_band.collect();
        in_band.par_sort_unstable();
        for bucket in in_band.chunk_by(|a, b| a.0 == b.0).filter(|bucket| bucket.len() > 1) {
            bucket.iter().for_each(|&(_, item)| shared[item].push(n_buckets));
            n_buckets += 1;
        }
    }
    shared
}

/// One number for each band of a set's signature; none for an empty set.
fn keys_of_bands(set: &Shingles, rows: usize) -> Vec<u32> {
    if set.is_empty() {
        return vec![];
    }
    let signature = signature(set);
    let key = |band: &[u32]| band.iter().fold(0, |key, &row| mix(key ^ row).wrapping_add(key));
    signature.chunks_exact(rows).map(key).collect()
}

/// The least number of a set under each of the permutations h -> a * h + b mod 2^32: the scheme "affine32" of Python's
/// datasketch 2.0, value for value (`tests/golden/make_minhash.py`). An empty set has the greatest number throughout.
fn signature(set: &Shingles) -> [u32; N_PERMUTATIONS] {
    let mut least = [u32::MAX; N_PERMUTATIONS];
    for &hash in set.hashes() {
        let hash = mix(hash);
        for i in 0..N_PERMUTATIONS {
            least[i] = least[i].min(MULTIPLIERS[i].wrapping_mul(hash).wrapping_add(ADDENDS[i]));
        }
    }
    least
}

/// Odd, so that each permutation gives every number once.
static MULTIPLIERS: [u32; N_PERMUTATIONS] = drawn(1);

static ADDENDS: [u32; N_PERMUTATIONS] = drawn(0);

/// Numbers without a pattern, each with the given lowest bit set.
const fn drawn(lowest: u32) -> [u32; N_PERMUTATIONS] {
    let (mut numbers, mut i) = ([0; N_PERMUTATIONS], 0);
    while i < N_PERMUTATIONS {
        numbers[i] = mix(2 * i as u32 + 1 + lowest) | lowest;
        i += 1;
    }
    numbers
}

/// The finalizer of MurmurHash3: every bit of the number moves half of the bits.
const fn mix(mut number: u32) -> u32 {
    number ^= number >> 16;
    number = number.wrapping_mul(0x85eb_ca6b);
    number ^= number >> 13;
    number = number.wrapping_mul(0xc2b2_ae35);
    number ^ (number >> 16)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;

    use super::super::shingles::Words;
    use super::*;

    /// What `tests/golden/make_minhash.py` wrote.
    #[derive(Deserialize)]
    struct Golden {
        length: usize,
        texts: Vec<GoldenText>,
        pairs: Vec<GoldenPair>,
    }

    #[derive(Deserialize)]
    struct GoldenText {
        text: String,
        signature: Vec<u32>,
    }

    #[derive(Deserialize)]
    struct GoldenPair {
        a: usize,
        b: usize,
        jaccard: f32,
        estimate: f32,
    }

    #[test]
    fn signatures_and_estimates_are_those_of_datasketch() {
        let json = include_str!("../../../tests/golden/minhash.json");
        let golden: Golden = serde_json::from_str(json).unwrap();
        let sets = golden.texts.iter().map(|text| Words::new(&text.text).shingles(golden.length));
        let sets: Vec<Shingles> = sets.collect();
        for (set, text) in sets.iter().zip(&golden.texts) {
            assert_eq!(signature(set).as_slice(), text.signature, "{}", text.text);
        }
        for pair in &golden.pairs {
            let (a, b) = (&sets[pair.a], &sets[pair.b]);
            let equal = signature(a).iter().zip(signature(b)).filter(|&(&a, b)| a == b).count();
            assert_eq!(equal as f32 / N_PERMUTATIONS as f32, pair.estimate);
            assert!((a.jaccard(b) - pair.jaccard).abs() < 1e-6);
            // Three standard errors.
            assert!((pair.estimate - pair.jaccard).abs() < 0.133, "{} {}", pair.estimate, pair.jaccard);
        }
    }

    #[test]
    fn a_band_has_as_many_rows_as_the_recall_allows() {
        for (threshold, rows) in [(0.2, 1), (0.35, 2), (0.5, 3), (0.7, 4), (0.9, 8), (1.0, 8)] {
            assert_eq!(rows_of_a_band(threshold), rows, "{threshold}");
        }
    }

    #[test]
    fn a_copy_is_one_of_the_original_itself() {
        // 0-1 and 1-2 are alike, 0-2 are not: 2 is no copy, since 1 is no original.
        let numbers = |range: std::ops::Range<u32>| -> String { range.map(|n| format!("w{n} ")).collect() };
        let sets = [0..100, 20..120, 40..140, 0..95].map(|range| Words::new(&numbers(range)).shingles(3));
        assert_eq!(originals(&sets, 0.6), [0, 0, 2, 0]);
        assert_eq!(originals(&[Shingles::default(), Shingles::default()], 0.5), [0, 1]);
    }

    #[test]
    fn many_texts_from_one_form_take_time_in_proportion() {
        let text =
            |n: usize| format!("the board of firm {n} said a dividend of {} cts will be paid in may", n / 7);
        let sets: Vec<Shingles> = (0..5_000).map(|n| Words::new(&text(n)).shingles(3)).collect();
        assert_eq!(originals(&sets, 0.7).len(), sets.len());
    }

    proptest! {
        #[test]
        fn originals_are_earlier_and_alike(texts in prop::collection::vec("[abc]( [abc]){3,9}", 1..20)) {
            let sets: Vec<Shingles> = texts.iter().map(|text| Words::new(text).shingles(2)).collect();
            let originals = originals(&sets, 0.5);
            for (item, &original) in originals.iter().enumerate() {
                prop_assert!(original <= item && originals[original] == original);
                prop_assert!(original == item || sets[item].jaccard(&sets[original]) >= 0.5);
            }
        }
    }
}
