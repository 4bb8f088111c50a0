//! Two sentences -> [`WordAlignment`]: which words of one answer which of the other.
//!
//! Words are aligned where each is the other's nearest by the cosine of their vectors (mutual argmax, as in SimAlign,
//! Jalili Sabet et al. 2020), and runs that are consecutive on both sides are merged into phrases.

use ndarray::Array2;

use crate::records::{AlignedPhrase, Span, Thresholds, TokenStates, WordAlignment};

/// Aligns the words of two sentences. The result is the same with sides swapped when `a` and `b` are swapped.
pub fn align(a: &TokenStates, b: &TokenStates, thresholds: &Thresholds) -> WordAlignment {
    align_by(a, b, &a.cosines(b), thresholds)
}

/// [`align`] where the cosines of the words, shape `[words of a, words of b]`, are known already.
pub fn align_by(
    a: &TokenStates,
    b: &TokenStates,
    cosines: &Array2<f32>,
    thresholds: &Thresholds,
) -> WordAlignment {
    let links = mutual_nearest(cosines, thresholds.alignment.aligned);
    let least = thresholds.words.content;
    let (mut answered_a, mut answered_b) = (vec![false; a.len()], vec![false; b.len()]);
    for &(i, j) in &links {
        (answered_a[i], answered_b[j]) = (true, true);
    }
    WordAlignment {
        pairs: phrases(&links, cosines, a, b),
        only_a: left_over(a, &answered_a, least),
        only_b: left_over(b, &answered_b, least),
        covered_a: share(a, &answered_a),
        covered_b: share(b, &answered_b),
    }
}

fn mutual_nearest(cosines: &Array2<f32>, least: f32) -> Vec<(usize, usize)> {
    let nearest = |values: ndarray::ArrayView1<'_, f32>| {
        values
            .iter()
            .enumerate()
            .fold((0, f32::MIN), |best, (i, &v)| if v > best.1 { (i, v) } else { best })
            .0
    };
    let nearest_a: Vec<usize> = cosines.columns().into_iter().map(nearest).collect();
    let links = cosines.rows().into_iter().enumerate().filter(|(_, row)| !row.is_empty());
    links
        .map(|(i, row)| (i, nearest(row)))
        .filter(|&(i, j)| nearest_a[j] == i && cosines[[i, j]] >= least)
        .collect()
}

/// Merges links that follow one another on both sides.
fn phrases(
    links: &[(usize, usize)],
    cosines: &Array2<f32>,
    a: &TokenStates,
    b: &TokenStates,
) -> Vec<AlignedPhrase> {
    let runs = links.chunk_by(|&(i, j), &(next_i, next_j)| next_i == i + 1 && next_j == j + 1);
    runs.map(|run| {
        let (&(first_a, first_b), &(last_a, last_b)) =
            (run.first().expect("not empty"), run.last().expect("not empty"));
        AlignedPhrase {
            a: Span::new(a.spans[first_a].start, a.spans[last_a].end),
            b: Span::new(b.spans[first_b].start, b.spans[last_b].end),
            similarity: run.iter().map(|&link| cosines[link]).sum::<f32>() / run.len() as f32,
        }
    })
    .collect()
}

/// Words that are not answered, function words aside.
fn left_over(words: &TokenStates, answered: &[bool], least: f32) -> Vec<Span> {
    (0..words.len()).filter(|&i| !answered[i] && words.weights[i] >= least).map(|i| words.spans[i]).collect()
}

fn share(words: &TokenStates, answered: &[bool]) -> f32 {
    let total: f32 = words.weights.iter().sum();
    let covered: f32 =
        words.weights.iter().zip(answered).filter(|&(_, &yes)| yes).map(|(weight, _)| weight).sum();
    if total > 0.0 { covered / total } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;

    /// Words of one letter with one vector each, all of weight 3.
    fn words(vectors: &[[i8; 3]]) -> TokenStates {
        let n = vectors.len();
        TokenStates {
            spans: (0..n).map(|i| Span::new(2 * i, 2 * i + 1)).collect(),
            weights: vec![3.0; n],
            states: Array2::from_shape_vec((n, 3), vectors.concat()).unwrap(),
            scales: vec![1.0 / 127.0; n],
        }
    }

    fn aligned(a: &TokenStates, b: &TokenStates) -> WordAlignment {
        align(a, b, &Thresholds::default())
    }

    #[test]
    fn consecutive_links_make_a_phrase_and_the_rest_is_left_over() {
        let a = words(&[[127, 0, 0], [0, 127, 0], [0, 0, 127]]);
        let b = words(&[[127, 0, 0], [0, 127, 0]]);
        let alignment = aligned(&a, &b);
        assert_eq!(
            alignment.pairs,
            [AlignedPhrase { a: Span::new(0, 3), b: Span::new(0, 3), similarity: 1.0 }]
        );
        assert_eq!((alignment.only_a, alignment.only_b), (vec![Span::new(4, 5)], vec![]));
        assert_eq!((alignment.covered_a, alignment.covered_b), (2.0 / 3.0, 1.0));
    }

    #[test]
    fn swapping_the_sides_swaps_the_result() {
        let a = words(&[[127, 0, 0], [90, 90, 0], [0, 0, 127]]);
        let b = words(&[[0, 0, 127], [127, 10, 0]]);
        assert_eq!(aligned(&a, &b).swapped(), aligned(&b, &a));
        assert_eq!(aligned(&a, &b).swapped().swapped(), aligned(&a, &b));
    }

    #[test]
    fn a_sentence_without_words_covers_all_of_nothing() {
        let alignment = aligned(&words(&[]), &words(&[[127, 0, 0]]));
        assert_eq!((alignment.covered_a, alignment.covered_b), (1.0, 0.0));
        assert_eq!(alignment.only_b.len(), 1);
    }
}
