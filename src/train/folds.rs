use std::collections::BTreeMap;

use petgraph::unionfind::UnionFind;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// The fold of each row. No group, and no text, lies in two folds; folds are about the same size, as far as the groups
/// allow. `None` where there are fewer groups than folds.
///
/// `of_row` and `texts` number the group and the text of each row. Groups go by size, largest first, to the smallest fold
/// so far; the seed orders groups of one size.
pub(super) fn folds(of_row: &[usize], texts: &[usize], n_folds: usize, seed: u64) -> Option<Vec<usize>> {
    let joined = join_by_text(of_row, texts);
    let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
    joined.iter().for_each(|&group| *sizes.entry(group).or_insert(0) += 1);
    if sizes.len() < n_folds {
        return None;
    }
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut groups: Vec<(usize, u64, usize)> =
        sizes.iter().map(|(&group, &size)| (size, random.next_u64(), group)).collect();
    groups.sort_unstable_by(|a, b| b.cmp(a));
    let mut loads = vec![0; n_folds];
    let mut fold_of: BTreeMap<usize, usize> = BTreeMap::new();
    for (size, _, group) in groups {
        let fold = (0..n_folds).min_by_key(|&fold| loads[fold]).expect("there are folds");
        loads[fold] += size;
        fold_of.insert(group, fold);
    }
    Some(joined.iter().map(|group| fold_of[group]).collect())
}

/// Groups that have a text in common become one, so that no text is on both sides of a split.
fn join_by_text(of_row: &[usize], texts: &[usize]) -> Vec<usize> {
    let mut groups = UnionFind::<usize>::new(of_row.iter().max().map_or(0, |last| last + 1));
    let mut first: BTreeMap<usize, usize> = BTreeMap::new();
    for (&group, &text) in of_row.iter().zip(texts) {
        groups.union(group, *first.entry(text).or_insert(group));
    }
    of_row.iter().map(|&group| groups.find(group)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_group_and_no_text_is_in_two_folds(
            rows in prop::collection::vec((0_usize..12, 0_usize..60), 1..80),
            n_folds in 2_usize..6,
            seed in 0_u64..5,
        ) {
            let (groups, texts): (Vec<usize>, Vec<usize>) = rows.into_iter().unzip();
            let Some(found) = folds(&groups, &texts, n_folds, seed) else { return Ok(()) };
            prop_assert!((0..n_folds).all(|fold| found.contains(&fold)));
            for a in 0..found.len() {
                for b in 0..a {
                    prop_assert!(found[a] == found[b] || (groups[a] != groups[b] && texts[a] != texts[b]));
                }
            }
            prop_assert_eq!(folds(&groups, &texts, n_folds, seed).unwrap(), found);
        }
    }

    #[test]
    fn folds_are_about_the_same_size() {
        let groups: Vec<usize> = (0..100).map(|row| row / 5).collect();
        let texts: Vec<usize> = (0..100).collect();
        let found = folds(&groups, &texts, 5, 1).unwrap();
        assert!((0..5).all(|fold| found.iter().filter(|&&of_row| of_row == fold).count() == 20));
        assert_eq!(folds(&groups, &texts, 21, 1), None);
    }
}
