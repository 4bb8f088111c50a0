//! The feature `rust-bert`: the weights of a BERT, and sentiment classifiers, run by rust-bert on libtorch.

mod weights;
mod per_thread;
mod rows;
mod transformer;
mod classifier;

use std::path::Path;

use super::engine::{Engine, SentimentModel};
use super::model::ModelFiles;
use crate::error::{Error, Result};

/// An engine for the float weights of a BERT: `config.json` with `model.safetensors` or `rust_model.ot`.
///
/// # Errors
/// [`Error::Model`] where the model has no such weights, or they do not fit `config.json` or `model.toml`.
pub fn engine(files: &ModelFiles) -> Result<Box<dyn Engine>> {
    match transformer::RustBertEngine::new(files) {
        Ok(engine) => Ok(Box::new(engine)),
        Err(message) => Err(Error::Model { name: files.manifest.name.clone(), message }),
    }
}

/// The sentiment classifier in a folder: `config.json`, `tokenizer.json` (or `vocab.txt`, of a BERT), and
/// `model.safetensors` or `rust_model.ot`. A BERT, a DistilBERT or a RoBERTa for sequence classification
/// whose classes are called negative and positive, with or without neutral.
///
/// # Errors
/// [`Error::Model`] where a file is missing, cannot be read or does not fit the others.
pub fn classifier(folder: &Path, n_threads: usize) -> Result<Box<dyn SentimentModel>> {
    match classifier::Classifier::from_folder(folder, n_threads) {
        Ok(classifier) => Ok(Box::new(classifier)),
        Err(message) => Err(Error::Model { name: folder.display().to_string(), message }),
    }
}
