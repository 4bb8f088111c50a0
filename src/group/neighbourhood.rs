//! How near an article's nearest ones are: the yardstick for what "near" means around it.

use rayon::prelude::*;

use super::profiles::Profiles;
use crate::arithmetic::inner_products;
use crate::records::LevelThresholds;

/// Rows of the similarity matrix that one worker makes at once.
const BLOCK: usize = 128;

/// Nearest articles that are kept for each: what may be joined or close. Groups of any size come together through
/// them, one after the other.
const N_NEAREST: usize = 32;

/// The level is the mean similarity to the second, third and fourth nearest article. The nearest alone says little
/// of a neighbourhood, and more than four reach beyond it (ranks 1-4, 2-5, 2-9 and 1-10 were worse on NeuS train).
const FIRST_RANK: usize = 1;
const END_RANK: usize = 4;

/// An article's surroundings.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Neighbourhood {
    /// Its nearest articles within the date window, nearest first.
    pub nearest: Vec<usize>,
    /// How similar its near ones are, in [lowest, highest] of [`LevelThresholds`].
    pub level: f32,
}

/// The surroundings of every article. Memory grows with the number of articles, time with its square.
pub(super) fn neighbourhoods(
    profiles: &Profiles,
    within_window: &(dyn Fn(usize, usize) -> bool + Sync),
    levels: &LevelThresholds,
) -> Vec<Neighbourhood> {
    let postings = Postings::new(profiles);
    let starts: Vec<usize> = (0..profiles.len()).step_by(BLOCK).collect();
    let of_block = |start: usize| {
        let end = (start + BLOCK).min(profiles.len());
        let rows = profiles.embeddings.slice(ndarray::s![start..end, ..]);
        let cosines = inner_products(rows, profiles.embeddings.view());
        let neighbourhood = |article: usize| {
            let mut similarities = cosines.row(article - start).to_vec();
            postings.add_cosines(profiles, article, &mut similarities);
            similarities.iter_mut().for_each(|sum| *sum /= 2.0);
            neighbourhood(article, &similarities, within_window, levels)
        };
        (start..end).map(neighbourhood).collect::<Vec<_>>()
    };
    starts.into_par_iter().flat_map_iter(of_block).collect()
}

fn neighbourhood(
    article: usize,
    similarities: &[f32],
    within_window: &(dyn Fn(usize, usize) -> bool + Sync),
    levels: &LevelThresholds,
) -> Neighbourhood {
    let others = || (0..similarities.len()).filter(|&other| other != article);
    let top = nearest(others().collect(), similarities, END_RANK);
    let in_window = others().filter(|&other| within_window(article, other)).collect();
    Neighbourhood {
        nearest: nearest(in_window, similarities, N_NEAREST),
        level: level(&top, similarities, levels),
    }
}

/// The `n` most similar of `others`, most similar first; of equals the one that comes first.
fn nearest(mut others: Vec<usize>, similarities: &[f32], n: usize) -> Vec<usize> {
    let order = |a: &usize, b: &usize| similarities[*b].total_cmp(&similarities[*a]).then(a.cmp(b));
    if others.len() > n {
        others.select_nth_unstable_by(n, order);
        others.truncate(n);
    }
    others.sort_unstable_by(order);
    others
}

fn level(top: &[usize], similarities: &[f32], levels: &LevelThresholds) -> f32 {
    let of_rank =
        |rank: usize| top.get(rank).map_or(levels.alone, |&other| similarities[other].min(levels.highest));
    let ranks = FIRST_RANK..END_RANK;
    let mean = ranks.clone().map(of_rank).sum::<f32>() / ranks.len() as f32;
    mean.max(least_level(similarities.len(), levels))
}

/// `alone` for a corpus of so few articles that they do not fill the ranks, and nearer to `lowest` the more it has.
fn least_level(n_articles: usize, levels: &LevelThresholds) -> f32 {
    let share = (END_RANK as f32 / n_articles.max(1) as f32).min(1.0);
    levels.lowest + (levels.alone - levels.lowest) * share
}

/// For each word the articles that have it, with its weight there.
struct Postings(Vec<Vec<(u32, f32)>>);

impl Postings {
    fn new(profiles: &Profiles) -> Self {
        let entries = || profiles.words.iter().flat_map(|words| words.entries());
        let n_words = entries().map(|&(word, _)| word as usize + 1).max().unwrap_or(0);
        let mut postings = vec![vec![]; n_words];
        for (article, words) in (0..).zip(&profiles.words) {
            for &(word, weight) in words.entries() {
                postings[word as usize].push((article, weight));
            }
        }
        Self(postings)
    }

    /// Adds to each article's entry the cosine of its words with those of `article`.
    fn add_cosines(&self, profiles: &Profiles, article: usize, sums: &mut [f32]) {
        for &(word, weight) in profiles.words[article].entries() {
            for &(other, other_weight) in &self.0[word as usize] {
                sums[other as usize] += weight * other_weight;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOWEST: f32 = 0.3;
    const HIGHEST: f32 = 0.55;
    const ALONE: f32 = 0.48;

    #[test]
    fn the_level_is_that_of_ranks_two_to_four() {
        struct Case {
            similarities: &'static [f32],
            level: f32,
        }
        let cases = [
            Case { similarities: &[], level: ALONE },
            Case { similarities: &[0.9], level: ALONE },
            Case { similarities: &[0.1; 400], level: LOWEST + (ALONE - LOWEST) * 0.01 },
            Case { similarities: &[0.9, 0.6, 0.5, 0.4, 0.2, 0.1, 0.1, 0.1], level: (0.55 + 0.5 + 0.4) / 3.0 },
            Case { similarities: &[0.9, 0.9, 0.9, 0.9, 0.9], level: HIGHEST },
            Case { similarities: &[0.9, 0.5], level: (0.5 + 2.0 * ALONE) / 3.0 },
        ];
        for case in cases {
            let top = nearest((0..case.similarities.len()).collect(), case.similarities, END_RANK);
            let found = level(&top, case.similarities, &LevelThresholds::default());
            assert!((found - case.level).abs() < 1e-6, "{:?}: {found}", case.similarities);
        }
    }

    #[test]
    fn of_equals_the_first_is_nearer() {
        let similarities = [0.5, 0.7, 0.5, 0.9, 0.5];
        assert_eq!(nearest(vec![4, 2, 0, 1, 3], &similarities, 4), [3, 1, 0, 2]);
    }
}
