use rayon::prelude::*;
use serde::Deserialize;

use super::pair::Pair;
use super::{Candidate, Evidence, NameFrequency, Similarity, Verdict, checks};
use crate::error::{Error, Result};
use crate::records::{Conflict, Thresholds, WordAlignment};

/// How two sentences relate, with probabilities in [0, 1].
#[derive(Debug, Clone, PartialEq)]
pub struct Verification {
    /// How alike they are.
    pub similarity: Similarity,
    /// That both speak of the same claim, contradictions aside.
    pub same: f32,
    /// That they contradict each other.
    pub conflicting: f32,
    /// [`Evidence::is_edited`]: one claim only if the words that were changed say the same, which they often do not.
    pub is_edited: bool,
    /// What the checks of speakers, names, numbers, dates, places, negation and plans found.
    pub verdict: Verdict,
    /// Which words of the first sentence answer which of the second.
    pub alignment: WordAlignment,
}

impl Verification {
    /// What they disagree on; `None` where the checks found nothing.
    pub fn conflict(&self) -> Option<Conflict> {
        match self.verdict {
            Verdict::Conflict(conflict) => Some(conflict),
            _ => None,
        }
    }
}

/// Says how two sentences relate, from the [`Evidence`]: one logistic model for `same`, one for `conflicting`.
///
/// The first adds up a few standardised figures with weights that were set and not learned (improper linear models, Dawes
/// 1979); only its slope and its offset are fitted. The second is fitted on pairs of which one sentence was altered. Both
/// are in `heads/verifier.json`, made by `models/train_verifier.py`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verifier {
    /// The names of the evidence that the weights are for, in their order.
    evidence: Vec<String>,
    same: Logistic,
    /// On the evidence, and on the evidence times how near the two are in their letters.
    conflicting: Logistic,
    /// Those of the encoder that it was fitted for.
    #[serde(skip)]
    thresholds: Thresholds,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Logistic {
    bias: f32,
    weights: Vec<f32>,
}

impl Logistic {
    fn probability(&self, figures: impl Iterator<Item = f32>) -> f32 {
        let logit: f32 = self.weights.iter().zip(figures).map(|(weight, figure)| weight * figure).sum();
        1.0 / (1.0 + (-logit - self.bias).exp())
    }
}

impl Verifier {
    /// Where a model's folder holds it.
    pub const PATH: &'static str = "heads/verifier.json";

    /// Reads `heads/verifier.json`. `thresholds` are those of the same model.
    ///
    /// # Errors
    /// [`Error::Model`] where it is damaged or was fitted on other evidence than this version gathers.
    pub fn from_json(bytes: &[u8], model: &str, thresholds: Thresholds) -> Result<Self> {
        let refuse = |message: String| Error::Model {
            name: model.to_owned(),
            message: format!("{}: {message}", Self::PATH),
        };
        let verifier: Self = serde_json::from_slice(bytes).map_err(|error| refuse(error.to_string()))?;
        let n = Evidence::NAMES.len();
        let fits = verifier.same.weights.len() == n && verifier.conflicting.weights.len() == 2 * n;
        if verifier.evidence != Evidence::NAMES || !fits {
            let message = "it was fitted on other evidence; fit it again with models/train_verifier.py";
            return Err(refuse(message.to_owned()));
        }
        Ok(Self { thresholds, ..verifier })
    }

    /// Verifies each pair, in its order. Symmetric: exchanging a pair's two sentences changes nothing but the sides of the alignment.
    pub fn verify(
        &self,
        pairs: &[(Candidate<'_>, Candidate<'_>)],
        names: &NameFrequency,
    ) -> Vec<Verification> {
        pairs.par_iter().map(|(a, b)| self.judge(&Pair::new(*a, *b, &self.thresholds), names)).collect()
    }

    /// Verifies a pair, unless its words are too far apart to be one claim.
    pub(super) fn verify_if_near(
        &self,
        a: &Candidate<'_>,
        b: &Candidate<'_>,
        names: &NameFrequency,
    ) -> Option<Verification> {
        let pair = Pair::new(*a, *b, &self.thresholds);
        (pair.similarity.score >= self.thresholds.pairs.near).then(|| self.judge(&pair, names))
    }

    fn judge(&self, pair: &Pair<'_>, names: &NameFrequency) -> Verification {
        let alignment = pair.alignment();
        let evidence = Evidence::of_pair(pair, &alignment, names);
        let figures = evidence.values();
        let with_near = figures.iter().copied().chain(figures.iter().map(|figure| figure * evidence.near));
        Verification {
            similarity: pair.similarity,
            same: self.same.probability(figures.iter().copied()),
            conflicting: self.conflicting.probability(with_near),
            is_edited: evidence.is_edited(),
            verdict: checks::verdict(pair, &evidence),
            alignment,
        }
    }
}

impl Verifier {
    /// For a model without `heads/verifier.json`: the similarity alone, without a look at contradictions.
    pub fn by_similarity(thresholds: Thresholds) -> Self {
        let of_similarity = |name: &&str| match *name {
            "cosine" => 16.0,
            "coverage_min" | "coverage_max" => 8.0,
            _ => 0.0,
        };
        let n = Evidence::NAMES.len();
        Self {
            evidence: Evidence::NAMES.map(str::to_owned).to_vec(),
            // Half at a mean of cosine and coverage of 0.64, four fifths at 0.68.
            same: Logistic { bias: -20.5, weights: Evidence::NAMES.iter().map(of_similarity).collect() },
            conflicting: Logistic { bias: -3.0, weights: vec![0.0; 2 * n] },
            thresholds,
        }
    }
}
