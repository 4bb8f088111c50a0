//! How much is at stake in a claim: the order of the terminal's list and of the page's.

/// Differences of a claim that count: the most salient ones.
const DIFFERENCES: usize = 3;

/// What a conflict counts beside them: as much as the most salient difference that there can be.
const CONFLICT: f64 = 1.0;

/// The salience of a claim's weightiest differences, added up, and 1 more where outlets contradict each other.
pub(super) fn at_stake(salience: impl Iterator<Item = f64>, is_disputed: bool) -> f64 {
    let mut salience: Vec<f64> = salience.collect();
    salience.sort_by(|x, y| y.total_cmp(x));
    salience.iter().take(DIFFERENCES).sum::<f64>() + if is_disputed { CONFLICT } else { 0.0 }
}
