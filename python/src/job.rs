use std::path::{Path, PathBuf};

use parallax::job::Job;
use parallax::store::StoreOptions;
use parallax::{Error, Result};
use pyo3::prelude::*;
use serde_json::Value;

/// Where encodings are kept.
#[derive(FromPyObject)]
pub enum Cache {
    /// In the platform's folder, or nowhere.
    Switch(bool),
    /// In a folder.
    Folder(PathBuf),
}

/// Defaults < job file < `settings`, a JSON object with the keys of a job file.
pub fn job(file: Option<&Path>, settings: &str, cache: &Cache) -> Result<Job> {
    let job = file.map_or_else(|| Ok(Job::default()), Job::from_job_file)?;
    let settings: Value =
        serde_json::from_str(settings).map_err(|error| Error::Usage { message: error.to_string() })?;
    let store = match cache {
        Cache::Switch(false) => None,
        Cache::Switch(true) => Some(StoreOptions::platform()?),
        Cache::Folder(folder) => Some(StoreOptions::in_folder(folder.clone())),
    };
    Ok(Job { store, ..job.with(settings)? })
}
