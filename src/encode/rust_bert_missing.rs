//! The feature `rust-bert`, which this build is without.

use std::path::Path;

use super::engine::{Engine, SentimentModel};
use super::model::ModelFiles;
use crate::error::{Error, Result};

/// An engine for the float weights of a BERT.
///
/// # Errors
/// Always [`Error::Usage`]: it says how to build with rust-bert.
pub fn engine(_: &ModelFiles) -> Result<Box<dyn Engine>> {
    Err(missing("the engine rust-bert"))
}

/// The sentiment classifier in a folder.
///
/// # Errors
/// Always [`Error::Usage`]: it says how to build with rust-bert.
pub fn classifier(_: &Path, _: usize) -> Result<Box<dyn SentimentModel>> {
    Err(missing("--sentiment"))
}

fn missing(what: &str) -> Error {
    let message = format!(
        "{what} needs libtorch and is not part of this binary; build one with `cargo build --release --features \
         rust-bert` (the README, \"Engines\", says where libtorch comes from)"
    );
    Error::Usage { message }
}
