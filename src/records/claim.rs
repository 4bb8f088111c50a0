use serde::{Deserialize, Serialize};

use super::{ArticleId, ClaimId, EventId, Relation, SentenceId};

/// Articles that report the same event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its id.
    pub id: EventId,
    /// Its articles in the order of their ids.
    pub articles: Vec<ArticleId>,
    /// The events that are close, in the order of the run's events: nearly similar enough to be one with this, and within the
    /// date window. If A is a neighbour of B, B is one of A.
    pub neighbours: Vec<EventId>,
}

/// A claim: sentences of different outlets that say the same thing, sentences that dispute it, and sentences that say a part of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// Its id.
    pub id: ClaimId,
    /// The event.
    pub event: EventId,
    /// The sentence whose own words stand for the claim: the one most similar to the others.
    pub medoid: SentenceId,
    /// The sentences in the order of their ids.
    pub mentions: Vec<Mention>,
    /// Sentences that share a proposition with one that makes the claim and are no mention of it, in the order of their ids. Such a
    /// sentence may be a mention of another claim, or partial to several.
    pub partial: Vec<PartialMention>,
    /// `Confirmed` where every mention is.
    pub tier: Tier,
}

impl Claim {
    /// The sentences that make the claim: no two of them contradict each other.
    pub fn making(&self) -> impl Iterator<Item = &Mention> {
        self.mentions.iter().filter(|mention| mention.relation != Relation::Conflicting)
    }

    /// Takes in one more sentence.
    pub fn add(&mut self, mention: Mention) {
        let place = self.mentions.partition_point(|other| other.sentence < mention.sentence);
        self.tier = self.tier.max(mention.tier);
        self.mentions.insert(place, mention);
    }

    /// True where two sentences make it; false where one does, and others only dispute it or say a part of it.
    pub fn is_match(&self) -> bool {
        self.making().nth(1).is_some()
    }

    /// The sentences that dispute it.
    pub fn disputing(&self) -> impl Iterator<Item = &Mention> {
        self.mentions.iter().filter(|mention| mention.relation == Relation::Conflicting)
    }
}

/// One sentence's part in a claim.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mention {
    /// The sentence.
    pub sentence: SentenceId,
    /// Similarity with the medoid (see [`Comparison::similarity`](super::Comparison::similarity)); 1 for the medoid itself.
    pub similarity: f32,
    /// Probability in [0, 1] that it makes the medoid's claim; 1 for the medoid itself.
    pub probability: f32,
    /// How it relates to the medoid: `Conflicting` for a sentence that disputes the claim.
    pub relation: Relation,
    /// How sure the match is; the medoid has the claim's tier.
    pub tier: Tier,
}

/// A sentence that says a part of what one sentence of a claim says, or more than it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PartialMention {
    /// The sentence, with its match with the other one; its relation is `Partial`.
    pub mention: Mention,
    /// The sentence of the claim with which it shares a proposition.
    pub with: SentenceId,
}

/// How sure a match is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Tier {
    /// Tuned for precision.
    Confirmed,
    /// Worth a look.
    Possible,
}

impl Tier {
    /// The name in the tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Tier::Confirmed => "confirmed",
            Tier::Possible => "possible",
        }
    }
}

/// What one outlet has on one claim.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Coverage {
    /// The claim.
    pub claim: ClaimId,
    /// The outlet.
    pub outlet: String,
    /// Seen or not.
    pub status: CoverageStatus,
    /// Number of the claim's sentences that are the outlet's.
    pub n_sentences: usize,
    /// Where the first of them stands in its article: 0 is the first sentence, 1 the last; `None` if there is none.
    pub first_position: Option<f32>,
}

/// Whether a claim was seen in an outlet's articles. Not seeing a claim is not the same as its omission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum CoverageStatus {
    /// At least one sentence of the outlet makes the claim.
    Reported,
    /// The run holds no article of the outlet on the event.
    NoArticleOnEvent,
    /// Nor could it hold one: all of the outlet's articles are dated further from the event's than one event may spread.
    OutsideWindow,
    /// The outlet's articles on the event are shorter than half the event's median.
    ShortArticle,
    /// The outlet has articles on the event, and no sentence passed the threshold.
    BelowThreshold,
}

impl CoverageStatus {
    /// The `status` column: `reported` or `not_observed`.
    pub const fn as_str(self) -> &'static str {
        match self {
            CoverageStatus::Reported => "reported",
            _ => "not_observed",
        }
    }

    /// The `reason` column: empty for a claim that is reported.
    pub const fn reason(self) -> &'static str {
        match self {
            CoverageStatus::Reported => "",
            CoverageStatus::NoArticleOnEvent => "no_article_on_event",
            CoverageStatus::OutsideWindow => "outside_window",
            CoverageStatus::ShortArticle => "short_article",
            CoverageStatus::BelowThreshold => "below_threshold",
        }
    }
}
