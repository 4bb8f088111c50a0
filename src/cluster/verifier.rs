use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;
use serde::Deserialize;

use super::decision::Decision;
use super::pair::{Forms, FormsOfPairs, Pair};
use super::{Candidate, Clash, Evidence, NameFrequency, Similarity, Verdict, checks};
use crate::arithmetic::sigmoid;
use crate::distinct::distinct;
use crate::error::{Error, Result};
use crate::records::figure::{figure, figures};
use crate::records::{PairReading, Thresholds, WordAlignment};

/// Gives what a network says of each pair of texts, in their order; `None` where there is no network.
pub type Read<'run> = dyn Fn(&[(&str, &str)]) -> Result<Vec<Option<PairReading>>> + Sync + 'run;

/// How two sentences relate, with probabilities in [0, 1].
#[derive(Debug, Clone, PartialEq)]
pub struct Verification {
    /// How alike they are.
    pub similarity: Similarity,
    /// That they share a proposition, contradictions aside: that a reader would want to see them side by side.
    pub shared: f32,
    /// That both mainly say the same; never more than `shared`.
    pub same: f32,
    /// That they contradict each other. Where a check names a clash and a network reads both, what that makes of it; by the evidence for
    /// other pairs, and for those of much the same words: few such pairs are in what the network learnt from.
    pub conflicting: f32,
    /// [`Evidence::is_edited`]: one claim only if the words that were changed say the same, which they often do not.
    pub is_edited: bool,
    /// What the checks of speakers, names, numbers, dates, places, negation and plans found.
    pub verdict: Verdict,
    /// What speaks for and against it.
    pub evidence: Evidence,
    /// What a network says of the two; `None` where there is none, or the evidence alone says that they have nothing in common.
    pub reading: Option<PairReading>,
    /// Which words of the first sentence answer which of the second.
    pub alignment: WordAlignment,
}

impl Verification {
    /// What they disagree on; `None` where the checks found nothing.
    pub fn clash(&self) -> Option<Clash> {
        match self.verdict {
            Verdict::Conflict(clash) => Some(clash),
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
    /// What takes the place of `same` where a network reads the pairs.
    #[serde(skip)]
    decision: Option<Decision>,
    /// Those of the encoder that it was fitted for.
    #[serde(skip)]
    thresholds: Thresholds,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Logistic {
    #[serde(deserialize_with = "figure")]
    bias: f32,
    #[serde(deserialize_with = "figures")]
    weights: Vec<f32>,
}

/// Reads a model's JSON; a fault is named with the field that has it.
pub(super) fn from_json<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> Result<T, String> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let read = serde_path_to_error::deserialize(&mut deserializer)
        .map_err(|error| format!("`{}`: {}", error.path(), error.inner()))?;
    deserializer.end().map_err(|error| error.to_string())?;
    Ok(read)
}

impl Logistic {
    pub(super) fn n_weights(&self) -> usize {
        self.weights.len()
    }

    pub(super) fn weights(&self) -> &[f32] {
        &self.weights
    }

    pub(super) fn probability(&self, figures: impl Iterator<Item = f32>) -> f32 {
        self.probability_with(0.0, figures)
    }

    /// The probability where so many log-odds come on top.
    pub(super) fn probability_with(&self, more: f32, figures: impl Iterator<Item = f32>) -> f32 {
        let log_odds: f32 = self.weights.iter().zip(figures).map(|(weight, figure)| weight * figure).sum();
        sigmoid(log_odds + self.bias + more)
    }
}

/// From this nearness on, two sentences are much the same but for the words that clash ([`Evidence::near`]).
const VERBATIM: f32 = 0.35;

impl Verifier {
    /// Where a model's folder holds it.
    pub const PATH: &'static str = "heads/verifier.json";

    /// Where a model's folder holds what is made of a pair network's figures.
    pub const DECISION: &'static str = Decision::PATH;

    /// Reads `heads/verifier.json`. `thresholds` are those of the same model.
    ///
    /// # Errors
    /// [`Error::Model`] where it is damaged or was fitted on other evidence than this version gathers.
    pub fn from_json(bytes: &[u8], model: &str, thresholds: Thresholds) -> Result<Self> {
        let refuse = |message: String| Error::Model {
            name: model.to_owned(),
            message: format!("{}: {message}", Self::PATH),
        };
        let verifier: Self = from_json(bytes).map_err(refuse)?;
        let n = Evidence::NAMES.len();
        let fits = verifier.same.weights.len() == n && verifier.conflicting.weights.len() == 2 * n;
        if verifier.evidence != Evidence::NAMES || !fits {
            let message = "it was fitted on other evidence; fit it again with models/train_verifier.py";
            return Err(refuse(message.to_owned()));
        }
        Ok(Self { thresholds, ..verifier })
    }

    /// With the network's figures: `heads/decision.json` of a model that brings `heads/pair.onnx`.
    ///
    /// # Errors
    /// [`Error::Model`] where it is damaged or was fitted on other evidence than this version gathers.
    pub fn with_decision(self, bytes: &[u8], model: &str) -> Result<Self> {
        let decision = Decision::from_json(bytes).map_err(|message| Error::Model {
            name: model.to_owned(),
            message: format!("{}: {message}", Self::DECISION),
        })?;
        Ok(Self { decision: Some(decision), ..self })
    }

    /// Verifies each pair, in its order; pairs of the same words, dates, depths and annotations once. A pair that cannot come to share a
    /// proposition with the probability `least` is not read by the network. Symmetric: exchanging a pair's two sentences changes nothing but the sides of the alignment.
    ///
    /// # Errors
    /// What `read` says.
    pub fn verify(
        &self,
        pairs: &[(Candidate<'_>, Candidate<'_>)],
        names: &NameFrequency,
        read: &Read<'_>,
        least: f32,
    ) -> Result<Vec<Arc<Verification>>> {
        let (distinct, positions) = distinct_pairs(pairs);
        let found: Vec<Arc<Verification>> =
            self.verify_distinct(&distinct, names, read, least)?.into_iter().map(Arc::new).collect();
        Ok(positions.into_iter().map(|position| Arc::clone(&found[position])).collect())
    }

    fn verify_distinct(
        &self,
        pairs: &[(Candidate<'_>, Candidate<'_>)],
        names: &NameFrequency,
        read: &Read<'_>,
        least: f32,
    ) -> Result<Vec<Verification>> {
        let forms = FormsOfPairs::new(pairs, names);
        let judge = |(a, b): &(Candidate<'_>, Candidate<'_>)| {
            self.judge(&Pair::new(*a, *b, &self.thresholds), [forms.of(a), forms.of(b)], names)
        };
        let mut found: Vec<Verification> = pairs.par_iter().map(judge).collect();
        let Some(decision) = &self.decision else { return Ok(found) };
        let near: Vec<usize> =
            (0..pairs.len()).filter(|&pair| decision.is_read(&found[pair], least)).collect();
        // Pairs that differ in date or depth may have the same words: those are read once.
        let texts: Vec<(&str, &str)> =
            near.iter().map(|&pair| (pairs[pair].0.text, pairs[pair].1.text)).collect();
        let (distinct, positions) = distinct(&texts);
        let readings = read(&distinct)?;
        for (pair, position) in near.into_iter().zip(positions) {
            let found = &mut found[pair];
            found.reading = readings[position];
            if let Some(reading) = found.reading {
                (found.shared, found.same) = decision.probabilities(&reading, &found.evidence);
                if let Some(clash) = found.clash().filter(|_| found.evidence.near < VERBATIM) {
                    found.conflicting = decision.conflicting(&reading, clash.kind);
                }
            }
        }
        Ok(found)
    }

    fn judge(&self, pair: &Pair<'_>, forms: [&Forms; 2], names: &NameFrequency) -> Verification {
        let alignment = pair.alignment();
        let sides = pair.sides(forms);
        let evidence = Evidence::of_pair(pair, &sides, &alignment, names);
        let figures = evidence.values();
        let with_near = figures.iter().copied().chain(figures.iter().map(|figure| figure * evidence.near));
        let verdict = checks::verdict(pair, &sides, &evidence);
        let same = match &self.decision {
            Some(decision) => decision.prior(&evidence),
            None if matches!(verdict, Verdict::OtherSpeaker | Verdict::OtherNames) => 0.0,
            None => self.same.probability(figures.iter().copied()),
        };
        Verification {
            similarity: pair.similarity,
            shared: same,
            same,
            conflicting: self.conflicting.probability(with_near),
            is_edited: evidence.is_edited(),
            verdict,
            evidence,
            reading: None,
            alignment,
        }
    }
}

/// Pairs of which no two are the same to the verifier, and for each of `pairs` the position of its like among them.
fn distinct_pairs<'run>(
    pairs: &[(Candidate<'run>, Candidate<'run>)],
) -> (Vec<(Candidate<'run>, Candidate<'run>)>, Vec<usize>) {
    let mut of_words: HashMap<_, Vec<usize>> = HashMap::new();
    let mut distinct: Vec<(Candidate<'_>, Candidate<'_>)> = vec![];
    let is_like = |a: &Candidate<'_>, b: &Candidate<'_>| {
        std::ptr::eq(a.terms, b.terms) && a.annotations == b.annotations
    };
    let position = |(a, b): &(Candidate<'run>, Candidate<'run>)| {
        let of_words = of_words.entry((a.text, b.text, a.date, b.date, a.depth, b.depth)).or_default();
        let known =
            of_words.iter().find(|&&known| is_like(&distinct[known].0, a) && is_like(&distinct[known].1, b));
        known.copied().unwrap_or_else(|| {
            distinct.push((*a, *b));
            of_words.push(distinct.len() - 1);
            distinct.len() - 1
        })
    };
    let positions = pairs.iter().map(position).collect();
    (distinct, positions)
}

impl Verifier {
    /// For a model without `heads/verifier.json`: the similarity alone, without a look at contradictions.
    pub fn by_similarity(thresholds: Thresholds) -> Self {
        let of_similarity = |name: &&str| match *name {
            "cosine" => 19.1,
            "coverage_min" | "coverage_max" => 9.55,
            _ => 0.0,
        };
        let n = Evidence::NAMES.len();
        Self {
            evidence: Evidence::NAMES.map(str::to_owned).to_vec(),
            // `possible` at a mean of cosine and coverage of 0.67, `confirmed` at 0.7.
            same: Logistic { bias: -24.8, weights: Evidence::NAMES.iter().map(of_similarity).collect() },
            conflicting: Logistic { bias: -3.0, weights: vec![0.0; 2 * n] },
            decision: None,
            thresholds,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// A logistic model's JSON with so many weights.
    fn logistic(n: usize) -> Value {
        json!({"bias": -1.5, "weights": vec![0.25; n]})
    }

    fn evidence() -> usize {
        Evidence::NAMES.len()
    }

    #[test]
    fn a_figure_that_nothing_can_be_made_of_is_named() {
        let verifier = json!({
            "evidence": Evidence::NAMES.to_vec(), "same": logistic(evidence()), "conflicting": logistic(2 * evidence()),
        });
        let decision = json!({
            "evidence": Evidence::NAMES.to_vec(), "prior": logistic(evidence()), "least_prior": 0.01,
            "shared": logistic(evidence() + 3), "same": logistic(evidence() + 3),
            "conflicting": logistic(3 + crate::records::Conflict::ALL.len()),
        });
        let read = |verifier: &str| Verifier::from_json(verifier.as_bytes(), "mine", Thresholds::default());
        let sound = read(&verifier.to_string()).unwrap();
        let decide = |decision: &str| sound.clone().with_decision(decision.as_bytes(), "mine");
        decide(&decision.to_string()).unwrap();
        for figure in ["1e308", "-1e40", "1000001"] {
            let with = |json: &Value, pointer: &str| {
                let mut json = json.clone();
                *json.pointer_mut(pointer).unwrap() = json!("HERE");
                json.to_string().replace("\"HERE\"", figure)
            };
            for (error, place) in [
                (read(&with(&verifier, "/same/bias")), "heads/verifier.json: `same.bias`: "),
                (
                    read(&with(&verifier, "/conflicting/weights/7")),
                    "heads/verifier.json: `conflicting.weights[7]`: ",
                ),
                (decide(&with(&decision, "/least_prior")), "heads/decision.json: `least_prior`: "),
                (decide(&with(&decision, "/prior/weights/0")), "heads/decision.json: `prior.weights[0]`: "),
            ] {
                let message = error.unwrap_err().to_string();
                assert!(message.contains(place) && message.contains("is no figure of a model"), "{message}");
            }
        }
        for broken in ["NaN", "1e999", "[0", "{} {}"] {
            assert!(read(&verifier.to_string().replace("-1.5", broken)).is_err());
        }
        assert!(read(&format!("{verifier} {verifier}")).unwrap_err().to_string().contains("trailing"));
    }
}
