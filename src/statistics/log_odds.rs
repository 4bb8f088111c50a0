/// How much more one speaker uses a word than others do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogOdds {
    /// Difference of the two log-odds of the word, in nats: above 0 where the speaker uses it more.
    pub delta: f64,
    /// `delta` over its standard error.
    pub z: f64,
}

/// The log-odds ratio of a word with an informative Dirichlet prior, and its z-score (Monroe, Colaresi & Quinn 2008,
/// "Fightin' Words", equations 16, 19, 20 and 22).
///
/// `ours` and `theirs` are the word's count and the count of all words, on each side; `prior` is the word's pseudo-count and that
/// of all words, both above 0. The variance is the approximation of the paper, which leaves out the terms of all words.
///
/// ```
/// let found = parallax::statistics::log_odds((8.0, 100.0), (2.0, 100.0), (1.0, 50.0));
/// assert!(found.delta > 1.0 && found.z > 1.5);
/// ```
pub fn log_odds(ours: (f64, f64), theirs: (f64, f64), prior: (f64, f64)) -> LogOdds {
    let odds = |(word, all): (f64, f64)| (word + prior.0) / (all + prior.1 - word - prior.0);
    let delta = odds(ours).ln() - odds(theirs).ln();
    let variance = 1.0 / (ours.0 + prior.0) + 1.0 / (theirs.0 + prior.0);
    LogOdds { delta, z: delta / variance.sqrt() }
}
