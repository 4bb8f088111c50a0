use serde::Deserialize;

use super::verifier::{Logistic, from_json};
use super::{Evidence, Verification};
use crate::records::figure::figure;
use crate::records::{Conflict, PairReading};

/// What a pair network's figures and the evidence come to: logistic models, made by `models/train_decision.py` on pairs of whole
/// articles, at the rate at which matches occur among the pairs that are looked at.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Decision {
    /// The names of the evidence that the weights are for, in their order.
    evidence: Vec<String>,
    /// By the evidence alone, that two sentences share a proposition: who is not worth a look is not read.
    prior: Logistic,
    /// Least prior of a pair that the network reads, in [0, 1].
    #[serde(deserialize_with = "figure")]
    least_prior: f32,
    /// By the network's three figures and the evidence, that they share a proposition.
    shared: Logistic,
    /// The same, that they mainly say the same.
    same: Logistic,
    /// By the network's three figures and what a check found them to clash on, that they contradict each other.
    conflicting: Logistic,
}

impl Decision {
    /// Where a model's folder holds it.
    pub(super) const PATH: &'static str = "heads/decision.json";

    /// Reads `heads/decision.json`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn from_json(bytes: &[u8]) -> Result<Self, String> {
        let decision: Self = from_json(bytes)?;
        let n = Evidence::NAMES.len();
        let fits = decision.prior.n_weights() == n
            && [&decision.shared, &decision.same].iter().all(|model| model.n_weights() == n + N_READ)
            && decision.conflicting.n_weights() == N_READ + Conflict::ALL.len();
        if decision.evidence != Evidence::NAMES || !fits {
            return Err(
                "it was fitted on other evidence; fit it again with models/train_decision.py".to_owned()
            );
        }
        Ok(decision)
    }

    /// By the evidence alone, the probability that two sentences share a proposition.
    pub(super) fn prior(&self, evidence: &Evidence) -> f32 {
        self.prior.probability(evidence.values().into_iter())
    }

    /// Whether the network is to read a pair of which the evidence alone was asked ([`Decision::prior`]): it is likely enough to be a match at
    /// all, and what the network says can bring it to the probability `least`.
    pub(super) fn is_read(&self, found: &Verification, least: f32) -> bool {
        let most: f32 = self.shared.weights()[..N_READ].iter().map(|weight| weight.abs()).sum();
        let figures = [0.0; N_READ].into_iter().chain(found.evidence.values());
        found.shared >= self.least_prior && self.shared.probability_with(most, figures) >= least
    }

    /// The probabilities that two sentences share a proposition, and that they mainly say the same, which is never more.
    pub(super) fn probabilities(&self, reading: &PairReading, evidence: &Evidence) -> (f32, f32) {
        let figures = || read(reading).into_iter().chain(evidence.values());
        let shared = self.shared.probability(figures());
        (shared, self.same.probability(figures()).min(shared))
    }

    /// The probability that two sentences that clash in this way contradict each other.
    pub(super) fn conflicting(&self, reading: &PairReading, kind: Conflict) -> f32 {
        let kinds = Conflict::ALL.map(|other| f32::from(u8::from(other == kind)));
        self.conflicting.probability(read(reading).into_iter().chain(kinds))
    }
}

/// The network's figures in [-1, 1].
fn read(reading: &PairReading) -> [f32; N_READ] {
    [reading.shared, reading.same, reading.conflicting].map(|logit| logit.clamp(-MOST, MOST) / MOST)
}

/// Figures of a [`PairReading`].
const N_READ: usize = 3;

/// Log-odds of the network are cut off here, and divided by it.
const MOST: f32 = 8.0;
