use serde::{Deserialize, Serialize};

use super::Span;
use super::named::named;

named! {
    /// The policy frame dimensions of Boydstun et al. (2014), in their order; their fifteenth, "other", is not scored.
    Frame, 14:
    /// Costs, jobs, markets.
    Economic = "economic",
    /// What there is of means and people.
    CapacityAndResources = "capacity_and_resources",
    /// Right and wrong, religion.
    Morality = "morality",
    /// Rights and how evenly they are shared.
    FairnessAndEquality = "fairness_and_equality",
    /// Laws, courts, constitutions.
    Legality = "legality",
    /// What is to be done, and what was.
    PolicyPrescription = "policy_prescription",
    /// Offences and how they are answered.
    CrimeAndPunishment = "crime_and_punishment",
    /// Threats and protection from them.
    SecurityAndDefence = "security_and_defence",
    /// Illness, care, accidents.
    HealthAndSafety = "health_and_safety",
    /// How people live from day to day.
    QualityOfLife = "quality_of_life",
    /// Customs, language, belonging.
    CulturalIdentity = "cultural_identity",
    /// What people think, polls, protest.
    PublicOpinion = "public_opinion",
    /// Parties, votes, office.
    Political = "political",
    /// Other countries and treaties.
    ExternalRegulation = "external_regulation",
}

/// A word or phrase that speaks for a policy frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameWord {
    /// The words, in bytes of the sentence.
    pub span: Span,
    /// The frame.
    pub frame: Frame,
}

/// How far a sentence speaks in the words of a policy frame.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FrameScore {
    /// The frame.
    pub frame: Frame,
    /// The share of the sentence's content words that are of the frame, in [0, 1]; 0 for a sentence without content words.
    pub score: f32,
}
