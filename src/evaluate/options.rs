use std::path::PathBuf;

use regex::Regex;

use super::claims_in_events::EventsFrom;

/// Which fields hold what; `None` is the task's usual name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields {
    /// The text; `text`.
    pub text: Option<String>,
    /// The first text of a pair; `text_a`.
    pub text_a: Option<String>,
    /// The second text of a pair; `text_b`.
    pub text_b: Option<String>,
    /// The label; `label`.
    pub label: Option<String>,
    /// The first character of the target; `start`.
    pub start: Option<String>,
    /// One past the last character of the target; `end`.
    pub end: Option<String>,
    /// What rows of one group share; the first of the usual names that the rows have.
    pub group: Option<String>,
}

/// How a labelled file is scored.
#[derive(Debug, Clone)]
pub struct EvaluateOptions {
    /// Which fields hold what.
    pub fields: Fields,
    /// The part of the group field that names the group: a group in brackets, else the whole match.
    pub group_match: Option<Regex>,
    /// What labels stand for, each `LABEL=CLASS` or `LABEL=-` to leave the label's rows out.
    pub map: Vec<String>,
    /// Samples of the bootstrap.
    pub samples: usize,
    /// Seed of the bootstrap.
    pub seed: u64,
    /// The labels, where they have a file of their own.
    pub labels: Option<PathBuf>,
    /// Where the events of whole articles come from.
    pub events: EventsFrom,
    /// How many of the worst pairs are listed.
    pub worst: usize,
}

impl Default for EvaluateOptions {
    fn default() -> Self {
        Self {
            fields: Fields::default(),
            group_match: None,
            map: vec![],
            samples: 1000,
            seed: 0,
            labels: None,
            events: EventsFrom::default(),
            worst: 0,
        }
    }
}
