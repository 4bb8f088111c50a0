//! Labelled texts -> a head with its card: what `parallax models train-head` does.
//!
//! One pass of the encoder over the distinct texts, then everything in memory: a softmax classifier on the mean token states
//! of two layers, its L2 chosen inside each fold, measured on folds that share no group with the rows that it was fitted
//! on. The same file, settings and machine give the same bytes, whatever the number of threads.

mod data;
mod folds;
mod logistic;
mod tfidf;
mod cross_validation;
mod figures;
mod card;
mod write;

use std::path::PathBuf;

use ndarray::Axis;
use serde::{Deserialize, Serialize};

use crate::distinct::distinct;
use crate::encode::{Head, HeadEncoder, HeadManifest, ModelManifest, sha256_of};
use crate::error::{Error, Result};
use crate::evaluate::Bootstrap;
use crate::job::{Job, LoadedEncoder, check_head_name, load_encoder};
use crate::options::Options;
use crate::pipeline::{Observer, workers};
use cross_validation::{Problem, held_out};
use data::Data;
use figures::Given;

pub use figures::{Figure, System};
pub use write::{prepare, write};

/// What a head tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// How positive or negative the words are.
    Sentiment,
    /// Whether words are loaded.
    LoadedLanguage,
    /// How sure it sounds.
    Certainty,
    /// Whether it is a claim that could be checked.
    Checkability,
    /// The user's own construct.
    Other,
}

impl Task {
    /// The name on the command line and in `head.toml`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Task::Sentiment => "sentiment",
            Task::LoadedLanguage => "loaded-language",
            Task::Certainty => "certainty",
            Task::Checkability => "checkability",
            Task::Other => "other",
        }
    }

    /// The name that a head has where none is given: never that of a column which is there anyway.
    pub const fn default_name(self) -> Option<&'static str> {
        match self {
            Task::Sentiment => Some("own_sentiment"),
            Task::LoadedLanguage => Some("loaded_language"),
            Task::Certainty => Some("own_certainty"),
            Task::Checkability => Some("checkability"),
            Task::Other => None,
        }
    }
}

/// What a head is to be trained on, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainOptions {
    /// What it tells.
    pub task: Task,
    /// JSONL, plain or gzipped.
    pub file: PathBuf,
    /// The folder that the head goes to.
    pub out: PathBuf,
    /// The head's name; the task's where there is none.
    pub name: Option<String>,
    /// The field with the text.
    pub text: String,
    /// The field with the label.
    pub label: String,
    /// The field whose values never lie on both sides of a split: outlet, event, author. Without it only rows with the
    /// same text hang together.
    pub group: Option<String>,
    /// Whether the groups' names are masked in the texts.
    pub mask_groups: bool,
    /// The classes in order; every label of the file where there are none.
    pub classes: Vec<String>,
    /// Of two classes, the one whose probability is shown; the last where none is given.
    pub positive: Option<String>,
    /// `LABEL=CLASS`, or `LABEL=-` to leave a label's rows out.
    pub maps: Vec<String>,
    /// Number of folds, at least 2.
    pub folds: usize,
    /// Orders groups of one size, and draws the bootstrap.
    pub seed: u64,
    /// The bundled model's name or a model's folder.
    pub model: String,
    /// Number of worker threads; 0 is one for each core. No result depends on it.
    pub threads: usize,
    /// The licence of the labelled file, for the card.
    pub licence: Option<String>,
    /// How far people agree on the labels, for the card.
    pub human_agreement: Option<String>,
}

/// A head with all that its folder is to hold.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainedHead {
    /// What `head.toml` says.
    pub manifest: HeadManifest,
    /// The classifier.
    pub head: Head,
    /// The head first, then the baselines.
    pub systems: Vec<System>,
    /// Macro-F1 of the head less that of TF-IDF.
    pub gain: Figure,
    /// The table of figures, for the terminal.
    pub summary: String,
    /// The card: `README.md`.
    pub card: String,
}

/// Trains a head and measures it. Nothing is written.
///
/// # Errors
/// [`Error::Labelled`] for a fault of the file, with its line and field; [`Error::Usage`] for options that do not fit;
/// [`Error::Model`] or [`Error::Encode`] where the encoder cannot be used.
pub fn train(options: &TrainOptions, observer: &dyn Observer) -> Result<TrainedHead> {
    let usage = |message: String| Error::Usage { message };
    let name = options.name.as_deref().or(options.task.default_name()).ok_or_else(|| {
        usage("the task `other` has no name of its own; give the head one with --name".to_owned())
    })?;
    check_head_name(name).map_err(usage)?;
    if options.mask_groups && options.group.is_none() {
        return Err(usage("--mask-groups has no names to mask; name their field with --group".to_owned()));
    }

    observer.begin("reading", None);
    let data = Data::read(options)?;
    let texts: Vec<&str> = data.texts.iter().map(String::as_str).collect();
    let (distinct, of_text) = distinct(&texts);
    let folds = folds::folds(&data.groups.of_row, &of_text, options.folds, options.seed).ok_or_else(|| {
        Error::Labelled {
            path: options.file.clone(),
            line: None,
            message: format!(
                "has fewer groups than folds: {} by `{}`, {} folds; lower --folds or group by another field (groups \
                 that share a text count as one)",
                data.groups.n(),
                data.groups.field,
                options.folds
            ),
        }
    })?;

    observer.begin("loading the model", None);
    let stages = Options { threads: options.threads, ..Options::default() };
    let job = Job { model: options.model.clone(), options: stages, ..Job::default() };
    let LoadedEncoder { encoder, model, .. } = load_encoder(&job)?;
    let layers = layers(&model);
    observer.begin("encoding", Some(distinct.len()));
    let features = encoder.features(&distinct, &layers, &|n| observer.advance(n))?;
    let features = features.select(Axis(0), &of_text);

    workers(options.threads)?.install(|| {
        let n = options.folds;
        observer.begin("fitting", Some(held_out(n).len()));
        let problem = Problem {
            features: &features,
            labels: &data.labels,
            n_classes: data.classes.len(),
            folds: &folds,
            n_folds: n,
        };
        let found = problem.cross_validate(&|n| observer.advance(n));

        observer.begin("measuring", None);
        let head = Given::new("this head", &found.probabilities);
        let tfidf = figures::tfidf(&data, &folds, n);
        let bootstrap = Bootstrap::new(&data.groups, figures::SAMPLES, options.seed);
        let gain = head.gain(&tfidf, &data, &bootstrap);
        let mut systems = vec![head, figures::majority(&data, &folds, n), tfidf];
        if options.group.is_some() {
            systems.push(figures::group_alone(&data, n, options.seed));
        }
        let systems: Vec<System> = systems.iter().map(|given| given.figures(&data, &bootstrap)).collect();
        let head = Head::linear(data.classes.clone(), layers, found.head.weight, found.head.bias)
            .map_err(|message| Error::Labelled { path: options.file.clone(), line: None, message })?;
        let measured = card::Measured { options, data: &data, systems: &systems, gain, l2: found.l2 };
        let manifest = HeadManifest {
            name: name.to_owned(),
            task: options.task.as_str().to_owned(),
            classes: data.classes.clone(),
            layers: head.layers().to_vec(),
            pooling: "mean".to_owned(),
            sha256: sha256_of(&head.to_safetensors()),
            encoder: HeadEncoder { name: model.name.clone(), sha256: model.weights_sha256().to_owned() },
            training: measured.training(),
        };
        let (summary, card) = (measured.summary(name), measured.card(&manifest));
        Ok(TrainedHead { manifest, head, systems, gain, summary, card })
    })
}

/// The layers that a head reads: two thirds up and the last. On the labelled sets at hand the two together were as good as
/// any more (`docs/experiments/heads.md`).
fn layers(model: &ModelManifest) -> Vec<usize> {
    let mut layers = vec![model.layers * 2 / 3, model.layers];
    layers.dedup();
    layers
}
