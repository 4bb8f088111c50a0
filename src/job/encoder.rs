use std::path::PathBuf;

use super::{EngineName, Job, measures};
use crate::cluster::Verifier;
use crate::encode::{HeadFiles, HeadManifest, ModelEncoder, ModelFiles, ModelManifest, rust_bert};
use crate::error::{Error, Result};
use crate::framing::Measures;
use crate::models;
use crate::pipeline::{n_threads, thresholds_of, verifier_of};
use crate::records::Thresholds;

/// The encoder that a job asks for, with its heads.
pub struct LoadedEncoder {
    /// The encoder.
    pub encoder: ModelEncoder,
    /// What verifies pairs of sentences. An error does not stop those who want the encoder alone: a verifier is fitted on what
    /// the encoder gives, so a model may have one of an older version.
    pub verifier: Result<Verifier>,
    /// Numbers that hold for the encoder.
    pub thresholds: Thresholds,
    /// What the model says of itself.
    pub model: ModelManifest,
    /// What the heads say of themselves, in the order of the names that they were given.
    pub heads: Vec<HeadManifest>,
    /// What is measured; the heads' figures are in the order in which the encoder gives them.
    pub measures: Measures,
}

/// Loads the model and the heads of a job.
///
/// # Errors
/// [`Error::Model`](crate::Error::Model) where one cannot be found or used, [`Error::Config`](crate::Error::Config)
/// where a head's name is taken, [`Error::Usage`](crate::Error::Usage)
/// where the job asks for rust-bert and this build is without it.
pub fn load_encoder(job: &Job) -> Result<LoadedEncoder> {
    let mut files = models::load(&job.model)?;
    if let Ok(bundled) = ModelFiles::bundled() {
        files = files.with_heads_of(bundled);
    }
    let (mut heads, mut manifests, mut names) = (vec![], vec![], vec![]);
    for (name, folder) in &job.heads {
        let head = HeadFiles::from_folder(name, folder, &files.manifest)?;
        names.extend(head.measures(name));
        heads.push(head.head);
        manifests.push(head.manifest);
    }
    let measures = measures(names, job.options.framing.frames).map_err(|name| Error::Config {
        path: PathBuf::from("heads"),
        message: format!("two columns or measures would be called `{name}`; give the head another name"),
    })?;
    let n_threads = n_threads(job.options.threads);
    let mut encoder = match job.engine {
        EngineName::Onnx => ModelEncoder::new(&files, n_threads)?,
        EngineName::RustBert => ModelEncoder::with_engine(&files, rust_bert::engine(&files)?, n_threads)?,
    };
    if !measures.figures().any(|figure| figure.name == "loaded_language") {
        encoder = encoder.without_loaded_language();
    }
    let (verifier, thresholds) = (verifier_of(&files), thresholds_of(&files)?);
    let mut model = files.manifest;
    if let Some(folder) = &job.sentiment {
        let classifier = rust_bert::classifier(folder, n_threads)?;
        let hashes = classifier.sha256().iter();
        model.sha256.extend(hashes.map(|(file, sha256)| (format!("sentiment/{file}"), sha256.clone())));
        encoder = encoder.with_sentiment(classifier);
    }
    let encoder = encoder.with_heads(heads);
    Ok(LoadedEncoder { encoder, verifier, thresholds, model, heads: manifests, measures })
}
