use super::{Job, LoadedEncoder, load_encoder};
use crate::encode::{HeadManifest, ModelManifest};
use crate::error::{Error, Result};
use crate::pipeline::{Clock, Models, Observer, Run, Stoppable, compare_articles};
use crate::read::{Reading, named, read};
use crate::records::{HeadUsed, ModelUsed, Provenance, Rejection};
use crate::report;
use crate::store::{CachedEncoder, Store};

/// What a job found, and what it was made from.
pub struct Finished {
    /// Everything that was found.
    pub run: Run,
    /// What was read, by which model, with which settings.
    pub provenance: Provenance,
}

/// Reads the inputs of a job and compares them. Nothing is written but to the encoding store.
///
/// # Errors
/// Whatever stops the run as a whole: see [`Error`](crate::Error). Inputs that cannot be used are listed in
/// [`Provenance::rejected`] instead.
pub fn compare(job: &Job, observer: &dyn Observer) -> Result<Finished> {
    compare_with(job, &open_store(job)?, observer)
}

/// Makes the folder for a job's results before any work is done, and makes sure that they can be written there ([`report::prepare`]).
///
/// # Errors
/// As [`report::prepare`]; [`Error::Usage`] for a path that is not UTF-8 and for a pattern that no file fits.
pub fn prepare(job: &Job) -> Result<()> {
    job.check_paths()?;
    report::prepare(&job.out, &named(&job.inputs)?)
}

/// The store that a job asks for: one of its own for the time of the run where it asks for none, since sentences that can be in a
/// claim are looked at twice.
///
/// # Errors
/// [`Error::Store`](crate::Error::Store) where it cannot be opened.
pub fn open_store(job: &Job) -> Result<Store> {
    match &job.store {
        Some(options) => Store::open(options),
        None => Store::temporary(),
    }
}

/// As [`compare`], with a store that the caller has opened.
///
/// # Errors
/// As [`compare`].
pub fn compare_with(job: &Job, store: &Store, observer: &dyn Observer) -> Result<Finished> {
    compare_reading(job, || read(&job.inputs, &job.read), store, observer)
}

/// As [`compare_with`], of what `reading` gives in place of the job's inputs: for who has the articles in memory.
///
/// # Errors
/// As [`compare`], and what `reading` fails with.
pub fn compare_reading(
    job: &Job,
    reading: impl FnOnce() -> Result<Reading>,
    store: &Store,
    observer: &dyn Observer,
) -> Result<Finished> {
    job.check_paths()?;
    let mut clock = Clock::new(observer);
    clock.begin("reading", None);
    let Reading { articles, rejected, ignored, inputs, notes } = reading()?;
    notes.iter().for_each(|note| tracing::warn!("{note}"));
    log_rejected(&rejected);
    if let (true, Some(first)) = (articles.is_empty(), rejected.first()) {
        let row = first.row.map_or(String::new(), |row| format!(", row {row}"));
        let (n, reason) = (rejected.len(), first.reason.clone());
        return Err(Error::NothingRead { n, first: format!("{}{row}", first.file), reason });
    }
    clock.begin("loading the model", None);
    let LoadedEncoder { encoder, verifier, thresholds, model, heads, measures } = load_encoder(job)?;
    let before = clock.finish();
    // Within the store, which hands on some hundred texts at once: a run is stopped within a second.
    let stoppable = Stoppable::new(&encoder, observer);
    let cached = CachedEncoder::new(&stoppable, store);
    let models =
        Models { encoder: &cached, verifier: &verifier?, thresholds: &thresholds, measures: &measures };
    let mut run = compare_articles(articles, &job.options, &models, observer)?;
    run.seconds.splice(..0, before);
    log_warnings(&run);
    let provenance = Provenance {
        config: without_chance(job).to_json(),
        model: model_used(&model),
        heads: job.heads.keys().zip(&heads).map(|(name, head)| head_used(name, head)).collect(),
        inputs,
        ignored,
        rejected,
        notes,
    };
    Ok(Finished { run, provenance })
}

fn log_rejected(rejected: &[Rejection]) {
    for Rejection { file, row, reason } in rejected {
        tracing::info!(file, row, reason, "input rejected");
    }
}

fn log_warnings(run: &Run) {
    for document in run.corpus.documents() {
        for warning in run.warnings_of(document) {
            tracing::info!(article = document.article.id.as_str(), "{warning}");
        }
    }
}

/// The job without what no result depends on: the order of the inputs and the number of threads.
fn without_chance(job: &Job) -> Job {
    let mut job = job.clone();
    job.inputs.sort();
    job.options.threads = 0;
    job
}

fn model_used(model: &ModelManifest) -> ModelUsed {
    ModelUsed { name: model.name.clone(), version: model.version.clone(), sha256: model.sha256.clone() }
}

fn head_used(name: &str, head: &HeadManifest) -> HeadUsed {
    HeadUsed {
        name: name.to_owned(),
        trained_as: head.name.clone(),
        task: head.task.clone(),
        classes: head.classes.clone(),
        sha256: head.sha256.clone(),
    }
}
