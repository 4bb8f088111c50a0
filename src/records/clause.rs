use serde::{Deserialize, Serialize};

use super::Span;

/// A clause with a verb: who does what to whom, as far as its grammar says. Spans count bytes from the start of the sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clause {
    /// From the first auxiliary to the verb: "was not shot". Where the subject stands between them ("Was he shot"), it is inside.
    pub verb: Span,
    /// Active or passive.
    pub voice: ClauseVoice,
    /// Who does it: the subject of an active clause, what "by" names in a passive one. `None` where nobody is named, and for a
    /// clause around a form of "be" alone.
    pub agent: Option<Span>,
    /// To whom it is done: the object of an active clause, the subject of a passive one. `None` where there is none.
    pub patient: Option<Span>,
}

/// The grammatical voice of a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClauseVoice {
    /// "Police shot the suspect."
    Active,
    /// "The suspect was shot": a participle with a form of "be" or "get".
    Passive,
}

impl ClauseVoice {
    /// The name in the tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            ClauseVoice::Active => "active",
            ClauseVoice::Passive => "passive",
        }
    }
}

impl Clause {
    /// True for a passive clause that does not say by whom.
    pub fn is_agentless_passive(&self) -> bool {
        self.voice == ClauseVoice::Passive && self.agent.is_none()
    }
}
