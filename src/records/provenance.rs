use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Rejection;

/// What results were made from: enough to tell what was run on what, and to run it again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// The settings, with defaults filled in: a job file as JSON.
    pub config: serde_json::Value,
    /// The model.
    pub model: ModelUsed,
    /// The heads that the user brought.
    pub heads: Vec<HeadUsed>,
    /// The files that were read.
    pub inputs: Vec<InputFile>,
    /// Files below an input folder that are not articles.
    pub ignored: Vec<String>,
    /// Inputs that could not be used.
    pub rejected: Vec<Rejection>,
    /// What is to be known of whole files: how their dates were read.
    pub notes: Vec<String>,
}

/// A model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelUsed {
    /// Its name.
    pub name: String,
    /// The version of its files.
    pub version: String,
    /// The hashes of its files in hexadecimal, by their paths.
    pub sha256: BTreeMap<String, String>,
}

/// A head of the user's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeadUsed {
    /// The name that its columns have.
    pub name: String,
    /// What `head.toml` calls it.
    pub trained_as: String,
    /// What it tells.
    pub task: String,
    /// Its classes in order.
    pub classes: Vec<String>,
    /// Hash of its weights in hexadecimal.
    pub sha256: String,
}

/// A file that was read, so that a result can say what it was made from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct InputFile {
    /// The path as given or found below a folder that was given, with `/` between its parts.
    pub file: String,
    /// Size in bytes.
    pub bytes: u64,
    /// BLAKE3 of the bytes, 64 hexadecimal digits.
    pub blake3: String,
}
