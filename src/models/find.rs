use std::path::Path;

use serde::Serialize;

use super::cache::Cache;
use super::published;
use super::registry::{known, registry};
use crate::encode::{ModelEncoder, ModelFiles, ModelManifest, read_manifest};
use crate::error::{Error, Result};
use crate::platform::{MOST_OF_SETTINGS, read_file};

/// The name of the model that is part of the binary.
pub(super) const BUNDLED: &str = "parallax-en";

/// For people; the registry does not hold it to a hash.
pub(super) const README: &str = "README.md";

/// The model of a name or in a folder. Names come first: a folder called like a model is given as `./NAME`.
///
/// # Errors
/// [`Error::Model`] where there is no such model, it cannot be used, or it is not the one that the registry knows by its name;
/// [`Error::Read`] where a file cannot be read.
pub fn load(model: &str) -> Result<ModelFiles> {
    if model == BUNDLED {
        return ModelFiles::bundled();
    }
    let folder = Path::new(model);
    match Cache::platform() {
        Ok(cache) if cache.has(model) => {
            let files = ModelFiles::from_folder(&cache.model(model))?;
            check_known(model, &files.manifest)?;
            Ok(files)
        }
        _ if folder.is_dir() => in_folder(folder),
        _ => Err(no_such_model(model)),
    }
}

/// Refuses what has the name of a model of the registry and consists of other files. Their hashes were checked against `model.toml`, which
/// anybody can write.
pub(super) fn check_known(name: &str, manifest: &ModelManifest) -> Result<()> {
    let Some(known) = known(name) else { return Ok(()) };
    let is_known = |path: &str, found: &str| {
        let expected = known.sha256.get(path).is_some_and(|expected| expected.eq_ignore_ascii_case(found));
        expected || path == README
    };
    match manifest.sha256.iter().find(|(path, found)| !is_known(path, found)) {
        None => Ok(()),
        Some((path, _)) => {
            let message = format!(
                "its {path} is not the file that is known by this name; fetch it again (parallax models fetch {name}), or give another \
                 model's folder another name"
            );
            Err(Error::Model { name: name.to_owned(), message })
        }
    }
}

/// `model.toml` describes a model best; without it, the files that models are published with do.
fn in_folder(folder: &Path) -> Result<ModelFiles> {
    let is_published = !folder.join("model.toml").exists() && folder.join("config.json").exists();
    if is_published { published::read(folder) } else { ModelFiles::from_folder(folder) }
}

fn no_such_model(model: &str) -> Error {
    let message = match known(model) {
        Some(_) => format!("is not fetched yet; run `parallax models fetch {model}`"),
        None => "there is no such model; give a name that `parallax models list` shows or a model's folder (one of \
                 that name here is ./NAME)"
            .to_owned(),
    };
    Error::Model { name: model.to_owned(), message }
}

/// Where a model stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Part of the binary.
    Bundled,
    /// In the cache.
    Fetched,
    /// In the registry, and not in the cache.
    NotFetched,
    /// In the cache, and cannot be used for this reason.
    Damaged(String),
}

/// A line of the list of models.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Listed {
    /// The model's name.
    pub name: String,
    /// Length of its embeddings; 0 where that is not known.
    pub dimensions: usize,
    /// Bytes of its files.
    pub bytes: u64,
    /// SPDX identifier of its licence; empty where that is not known.
    pub licence: String,
    /// Where it stands.
    pub state: State,
}

/// Every model that has a name: the bundled one, then those that were fetched, then those that can be. Files are not hashed;
/// [`verify`] does that.
pub fn list(cache: &Cache) -> Vec<Listed> {
    let mut listed = vec![];
    if let Ok(files) = ModelFiles::bundled() {
        let bytes = files.sizes().map(|(_, bytes)| bytes as u64).sum();
        let ModelManifest { name, dimensions, licence, .. } = files.manifest;
        listed.push(Listed { name, dimensions, bytes, licence, state: State::Bundled });
    }
    listed.extend(cache.names().into_iter().map(|name| fetched(cache, name)));
    for model in registry() {
        if !listed.iter().any(|listed| listed.name == model.name) {
            let super::KnownModel { name, dimensions, bytes, licence, .. } = model;
            listed.push(Listed { name, dimensions, bytes, licence, state: State::NotFetched });
        }
    }
    listed
}

fn fetched(cache: &Cache, name: String) -> Listed {
    let folder = cache.model(&name);
    let size = |path: &String| {
        folder.join(path).metadata().map(|file| file.len()).map_err(|_| format!("{path} is missing"))
    };
    match read_manifest(&folder) {
        Ok(manifest) => {
            let sizes: Result<Vec<u64>, String> = manifest.sha256.keys().map(size).collect();
            let (bytes, state) = match sizes {
                Ok(sizes) => (sizes.iter().sum(), State::Fetched),
                Err(reason) => (0, State::Damaged(reason)),
            };
            Listed { name, dimensions: manifest.dimensions, bytes, licence: manifest.licence, state }
        }
        Err(_) => {
            let state = State::Damaged("model.toml cannot be read".to_owned());
            Listed { name, dimensions: 0, bytes: 0, licence: String::new(), state }
        }
    }
}

/// Everything that is known of a model.
#[derive(Debug, Clone, Serialize)]
pub struct Sheet {
    /// What its `model.toml` says.
    #[serde(flatten)]
    pub manifest: ModelManifest,
    /// Its files in the order of their paths.
    pub files: Vec<SheetFile>,
    /// The figures that were measured for its heads, as the training script wrote them; null where there are none.
    pub figures: serde_json::Value,
    /// The folder it lies in; `None` for the one in the binary.
    pub folder: Option<String>,
}

/// A file of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SheetFile {
    /// Path below the model's folder.
    pub path: String,
    /// Its size.
    pub bytes: usize,
    /// Its hash in hexadecimal.
    pub sha256: String,
}

/// The sheet of a model by its name or folder.
///
/// # Errors
/// As [`load`].
pub fn sheet(model: &str) -> Result<Sheet> {
    let loaded = load(model)?;
    let folder = match Cache::platform() {
        _ if model == BUNDLED => None,
        Ok(cache) if cache.has(model) => Some(cache.model(model)),
        _ => Some(Path::new(model).to_owned()),
    };
    let figures = match &folder {
        None => bundled_figures().into(),
        Some(folder) => {
            read_file(&folder.join("sentiment_figures.json"), MOST_OF_SETTINGS).unwrap_or_default()
        }
    };
    let mut figures: serde_json::Value = serde_json::from_slice(&figures).unwrap_or_default();
    let files = loaded.sizes().map(|(path, bytes)| SheetFile {
        path: path.to_owned(),
        bytes,
        sha256: loaded.manifest.sha256.get(path).cloned().unwrap_or_default(),
    });
    Ok(Sheet {
        files: files.collect(),
        figures: figures["figures"].take(),
        folder: folder.map(|folder| folder.display().to_string()),
        manifest: loaded.manifest,
    })
}

#[cfg(feature = "bundled-model")]
fn bundled_figures() -> &'static str {
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/models/parallax-en/sentiment_figures.json"))
}

#[cfg(not(feature = "bundled-model"))]
fn bundled_figures() -> &'static str {
    ""
}

/// Checks that every file has its hash, those of the registry included where it knows the model, that the files fit one
/// another, and that the model encodes. Returns the number of files.
///
/// # Errors
/// As [`load`] and [`ModelEncoder::new`].
pub fn verify(model: &str) -> Result<usize> {
    let files = load(model)?;
    files.verify()?;
    ModelEncoder::new(&files, 1)?;
    Ok(files.sizes().count())
}
