use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::RngCore;

use crate::statistics::below;

/// Fewest units that are drawn from a stratum that has so many: with one alone nothing could be said of its spread.
pub(super) const LEAST_OF_STRATUM: usize = 2;

/// A unit that was drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Drawn {
    /// Its position among the units.
    pub unit: usize,
    /// With what probability it could be drawn, above 0, at most 1.
    pub probability: f64,
}

/// Shares `n` out as evenly as the sizes allow: nobody gets more than its size, and what one cannot take goes to the others.
/// What does not divide goes to the first ones. The sum is `n`, or the sum of the sizes where that is less.
pub(super) fn share_out(n: usize, sizes: &[usize]) -> Vec<usize> {
    let mut given = vec![0; sizes.len()];
    let mut left = n.min(sizes.iter().sum());
    while left > 0 {
        let open: Vec<usize> = (0..sizes.len()).filter(|&i| given[i] < sizes[i]).collect();
        let each = (left / open.len()).max(1);
        for i in open {
            let more = each.min(sizes[i] - given[i]).min(left);
            given[i] += more;
            left -= more;
        }
    }
    given
}

/// How many of these make one unit: expectations are whole numbers of 2^-32, so that they sum to `n` exactly.
const ONE: u64 = 1 << 32;

/// How much of `n` falls to each group if it is shared evenly in fractions, at most its size: `min(size, level)` for the one
/// level that makes the sum `n`, in 2^-32 of a unit. The sizes must sum to `n` or more.
fn expected(n: usize, sizes: &[usize]) -> Vec<u64> {
    let mut rising: Vec<usize> = (0..sizes.len()).collect();
    rising.sort_by_key(|&group| sizes[group]);
    let mut left = n as u64 * ONE;
    let mut expected = vec![0; sizes.len()];
    for (at, &group) in rising.iter().enumerate() {
        let n_open = (rising.len() - at) as u64;
        expected[group] = left.div_ceil(n_open).min(sizes[group] as u64 * ONE);
        left -= expected[group];
    }
    expected
}

/// Draws `n` units of one stratum without replacement, balanced over groups (outlets). `groups` lists the units of each
/// group; `n` is at most their number.
///
/// Each group is expected to give the same number, at most all it has. The number that it gives is that expectation rounded
/// up or down by one systematic draw over all groups (Madow 1949), so that the sum is `n`; within a group every subset of that
/// size is equally likely. So a unit of group g is drawn with the probability expected(g) / size(g), above 0, and the
/// probabilities of the stratum sum to `n`.
pub(super) fn draw(n: usize, groups: &[Vec<usize>], random: &mut ChaCha8Rng) -> Vec<Drawn> {
    let sizes: Vec<usize> = groups.iter().map(Vec::len).collect();
    let mut sum = random.next_u64() % ONE;
    let mut drawn = vec![];
    for (group, expected) in groups.iter().zip(expected(n, &sizes)) {
        let count = (sum + expected) / ONE - sum / ONE;
        sum += expected;
        let probability = expected as f64 / ONE as f64 / group.len() as f64;
        let mut units = group.clone();
        shuffle(&mut units, random);
        drawn.extend(units.into_iter().take(count as usize).map(|unit| Drawn { unit, probability }));
    }
    drawn
}

/// Puts values into a random order, every order equally likely (Fisher and Yates).
pub(super) fn shuffle<T>(values: &mut [T], random: &mut ChaCha8Rng) {
    for end in (1..values.len()).rev() {
        values.swap(end, below(random, end + 1));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use rand_chacha::rand_core::SeedableRng;

    use super::*;

    #[test]
    fn shares_are_even_and_no_larger_than_the_sizes() {
        for (n, sizes, shares) in [
            (10, vec![100, 100], vec![5, 5]),
            (10, vec![2, 100], vec![2, 8]),
            (11, vec![100, 3, 100], vec![4, 3, 4]),
            (5, vec![1, 1, 1], vec![1, 1, 1]),
            (2, vec![9, 9, 9], vec![1, 1, 0]),
            (0, vec![9], vec![0]),
            (4, vec![], vec![]),
        ] {
            assert_eq!(share_out(n, &sizes), shares, "{n} over {sizes:?}");
        }
    }

    /// The units of groups with these sizes, numbered from 0.
    fn groups(sizes: &[usize]) -> Vec<Vec<usize>> {
        let mut next = 0..;
        sizes.iter().map(|&size| next.by_ref().take(size).collect()).collect()
    }

    #[test]
    fn each_unit_is_drawn_as_often_as_its_probability_says() {
        let groups = groups(&[1, 4, 15]);
        let mut random = ChaCha8Rng::seed_from_u64(3);
        let mut times = [0_usize; 20];
        const DRAWS: usize = 20_000;
        (0..DRAWS)
            .for_each(|_| draw(7, &groups, &mut random).iter().for_each(|drawn| times[drawn.unit] += 1));
        for (unit, times) in times.into_iter().enumerate() {
            let probability = match unit {
                0 => 1.0,
                1..=4 => 3.0 / 4.0,
                _ => 3.0 / 15.0,
            };
            // Four standard errors at most.
            assert!((times as f64 / DRAWS as f64 - probability).abs() < 0.0125, "{unit}: {times}");
        }
    }

    proptest! {
        #[test]
        fn nothing_is_drawn_twice_and_probabilities_sum_to_n(
            sizes in prop::collection::vec(1_usize..40, 1..12),
            share in 0.0_f64..=1.0,
            seed in 0_u64..50,
        ) {
            let total: usize = sizes.iter().sum();
            let n = (share * total as f64) as usize;
            let groups = groups(&sizes);
            let drawn = draw(n, &groups, &mut ChaCha8Rng::seed_from_u64(seed));
            prop_assert_eq!(drawn.len(), n);
            prop_assert_eq!(drawn.iter().map(|drawn| drawn.unit).collect::<BTreeSet<_>>().len(), n);
            let sum: f64 = expected(n, &sizes).iter().map(|&expected| expected as f64 / ONE as f64).sum();
            prop_assert!((sum - n as f64).abs() < 1e-9);
            for drawn in &drawn {
                prop_assert!(drawn.probability > 0.0 && drawn.probability <= 1.0);
            }
            // No two groups that are not used up differ in what they give by more than one.
            let given: Vec<usize> = groups
                .iter()
                .map(|group| drawn.iter().filter(|drawn| group.contains(&drawn.unit)).count())
                .collect();
            let most = given.iter().max().unwrap();
            for (given, size) in given.iter().zip(&sizes) {
                prop_assert!(given == size || given + 1 >= *most);
            }
            prop_assert_eq!(draw(n, &groups, &mut ChaCha8Rng::seed_from_u64(seed)), drawn);
        }

        #[test]
        fn shares_sum_to_n(sizes in prop::collection::vec(0_usize..40, 0..12), n in 0_usize..300) {
            let shares = share_out(n, &sizes);
            prop_assert_eq!(shares.iter().sum::<usize>(), n.min(sizes.iter().sum()));
            prop_assert!(shares.iter().zip(&sizes).all(|(share, size)| share <= size));
        }
    }
}
