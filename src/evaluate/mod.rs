//! Labelled files -> figures: how well each stage does what it says, over the functions that `compare` uses.
//!
//! One file a task. `rows` reads a labelled file, `classes` its labels; `figures` are the measures, `bootstrap` their
//! intervals, `evaluation` what comes out, `print` how it is shown.

mod rows;
mod classes;
mod bootstrap;
mod evaluation;
mod options;
mod inputs;
mod place;
mod pairs;
mod sentences;
mod sentiment;
mod claims;
mod claims_in_events;
mod framing;
mod relations;
mod events;
mod attribution;
mod quotations;
mod conllu;
mod agency;
mod detection;
mod frames;
mod print;
pub mod figures;

use std::path::Path;

pub use bootstrap::Bootstrap;
pub use claims_in_events::{EventPair, EventsFrom, event_pairs};
pub use classes::Classes;
pub use evaluation::{Evaluation, Figure, GroupFigure, Interval, WorstPair};
pub use framing::{FramingPair, Marked, Worth, framing_pairs};
pub use options::{EvaluateOptions, Fields};
pub use print::print;
pub use rows::{Groups, Rows};

use crate::cluster::Evidence;
use crate::error::{Error, Result};
use crate::job::Job;
use crate::pipeline::{Observer, Silent};

/// What is scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// Where sentences end.
    Sentences,
    /// Negative, neutral or positive; toward a target where the rows say which.
    Sentiment,
    /// Whether two texts make the same claim.
    Claims,
    /// What outlets share in whole articles on one event.
    ClaimsInEvents,
    /// How two sentences of a claim differ.
    Framing,
    /// How two texts relate: same, partial, conflicting.
    Relations,
    /// Which articles report the same event.
    Events,
    /// Who is named as the source of what.
    Attribution,
    /// What quotation marks are for: direct speech, distance, a title.
    Quotations,
    /// Who does what to whom: passive clauses, agents, patients.
    Agency,
    /// Whether a text is loaded.
    LoadedLanguage,
    /// Whether a text is hedged.
    Certainty,
    /// Whether a text makes a claim that can be checked.
    Checkability,
    /// Which policy frame a text speaks for.
    Frames,
}

impl Task {
    /// Every task with its name on the command line.
    pub const ALL: [(&'static str, Task); 14] = [
        ("sentences", Task::Sentences),
        ("sentiment", Task::Sentiment),
        ("claims", Task::Claims),
        ("claims-in-events", Task::ClaimsInEvents),
        ("framing", Task::Framing),
        ("relations", Task::Relations),
        ("events", Task::Events),
        ("attribution", Task::Attribution),
        ("quotations", Task::Quotations),
        ("agency", Task::Agency),
        ("loaded-language", Task::LoadedLanguage),
        ("certainty", Task::Certainty),
        ("checkability", Task::Checkability),
        ("frames", Task::Frames),
    ];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, task)| *task == self).expect("every task is listed").0
    }
}

/// The evidence on each pair of a file with the fields `text_a` and `text_b`, in the order of its rows: what the verifier is
/// trained on.
///
/// # Errors
/// As [`evaluate`].
pub fn pair_evidence(file: &Path, job: &Job) -> Result<Vec<Evidence>> {
    let (rows, options) = (Rows::read(file)?, EvaluateOptions::default());
    let inputs = inputs::Inputs::new(&rows, job, &options, &Silent);
    let all: Vec<usize> = (0..rows.len()).collect();
    pairs::Pairs::of_rows(&inputs, &all)?.evidence(&inputs)
}

/// Scores a labelled file. `job` is what `compare` would run with: its model and thresholds. Rows that cannot be used are in
/// [`Evaluation::rejected`].
///
/// # Errors
/// [`Error::Labelled`] where no row holds what the task needs, with line and field;
/// [`Error::Usage`] for options that do not fit; and whatever loading the model can say.
pub fn evaluate(
    task: Task,
    file: &Path,
    job: &Job,
    options: &EvaluateOptions,
    observer: &dyn Observer,
) -> Result<Evaluation> {
    observer.begin("reading", None);
    let rows = match task {
        Task::Agency => conllu::read(file)?,
        _ => Rows::read_sound(file)?,
    };
    if options.labels.is_some() && !matches!(task, Task::ClaimsInEvents | Task::Framing) {
        let message =
            format!("{} takes one file; a second one is for claims-in-events and framing", task.name());
        return Err(Error::Usage { message });
    }
    let inputs = inputs::Inputs::new(&rows, job, options, observer);
    let mut evaluation = match task {
        Task::Sentences => sentences::evaluate(&inputs),
        Task::Sentiment => sentiment::evaluate(&inputs),
        Task::Claims => claims::evaluate(&inputs),
        Task::ClaimsInEvents => claims_in_events::evaluate(&inputs),
        Task::Framing => framing::evaluate(&inputs),
        Task::Relations => relations::evaluate(&inputs),
        Task::Events => events::evaluate(&inputs),
        Task::Agency => agency::evaluate(&inputs),
        Task::Attribution => attribution::evaluate(&inputs),
        Task::Quotations => quotations::evaluate(&inputs),
        Task::LoadedLanguage => detection::loaded_language(&inputs),
        Task::Certainty => detection::certainty(&inputs),
        Task::Checkability => detection::checkability(&inputs),
        Task::Frames => frames::evaluate(&inputs),
    }?;
    evaluation.rejected.sort();
    Ok(evaluation)
}
