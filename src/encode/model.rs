use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::pooling::Pooling;
use super::tokenizer::bert_tokenizer;
use crate::error::{Error, Result};
use crate::platform::{self, MOST_OF_DATA, MOST_OF_SETTINGS};

/// What a model without `[sha256]` may consist of, by path below its folder.
const CONVENTIONAL: [&str; 16] = [
    "model.onnx",
    "model.safetensors",
    "rust_model.ot",
    "config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "vocab.txt",
    "heads/decision.json",
    "heads/idf.safetensors",
    "heads/loaded_language.safetensors",
    "heads/pair.onnx",
    "heads/sentiment.safetensors",
    "heads/syntax.safetensors",
    "heads/target_sentiment.onnx",
    "heads/thresholds.toml",
    "heads/verifier.json",
];

/// What holds a model's weights; the last only for the engine rust-bert.
const WEIGHTS: [&str; 3] = ["model.onnx", "model.safetensors", "rust_model.ot"];

/// Endings of files that are Python pickles, or may hold one: reading them runs code.
const PICKLES: [&str; 6] = ["bin", "pt", "pth", "pkl", "pickle", "ckpt"];

/// Most bytes that are put before each text.
const MAX_PREFIX: usize = 1024;

/// What `model.toml` says of a model.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelManifest {
    /// The model's name.
    pub name: String,
    /// The version of these files.
    pub version: String,
    /// One line on what the model is.
    #[serde(default)]
    pub description: String,
    /// SPDX identifier of the weights' licence.
    #[serde(default)]
    pub licence: String,
    /// Where the weights come from.
    #[serde(default)]
    pub source: BTreeMap<String, String>,
    /// Length of the sentence embedding.
    pub dimensions: usize,
    /// Number of transformer layers.
    pub layers: usize,
    /// How token states become the sentence embedding.
    pub pooling: Pooling,
    /// True where the model scales the embedding to length 1. Where it does not, the encoder does, since only cosines are
    /// compared.
    pub normalise: bool,
    /// The longest text in tokens, special tokens and prefix included.
    pub max_tokens: usize,
    /// What is put before each text, such as `"query: "`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub prefix: String,
    /// ISO 639-3 codes of the languages that the model knows.
    pub languages: Vec<String>,
    /// The layer whose token states align words.
    pub alignment_layer: usize,
    /// The files' hashes in hexadecimal, by path below the model's folder. Where `model.toml` gives none, those that the
    /// files were found to have.
    #[serde(default)]
    pub sha256: BTreeMap<String, String>,
}

impl ModelManifest {
    /// Hash of the encoder's weights in hexadecimal; empty where `model.toml` gives none.
    pub fn weights_sha256(&self) -> &str {
        let weights = WEIGHTS.iter().find_map(|&path| self.sha256.get(path));
        weights.map_or("", String::as_str)
    }
}

/// A model's files in memory, checked against the hashes of its `model.toml`.
pub struct ModelFiles {
    /// What `model.toml` says.
    pub manifest: ModelManifest,
    files: BTreeMap<String, Cow<'static, [u8]>>,
}

#[cfg(feature = "bundled-model")]
macro_rules! bundled {
    ($($path:literal),*) => {
        [$(($path, include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/models/parallax-en/", $path)).as_slice())),*]
    };
}

impl ModelFiles {
    /// The model that is part of the binary: all-MiniLM-L6-v2 with 8-bit weights and the heads trained for it.
    ///
    /// # Errors
    /// [`Error::Model`] where the binary was built without the feature `bundled-model`.
    #[cfg(feature = "bundled-model")]
    pub fn bundled() -> Result<Self> {
        let manifest = parse_manifest(
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/models/parallax-en/model.toml")),
            "parallax-en",
        )?;
        let files = bundled!(
            "model.onnx",
            "tokenizer.json",
            "heads/sentiment.safetensors",
            "heads/loaded_language.safetensors",
            "heads/syntax.safetensors",
            "heads/target_sentiment.onnx",
            "heads/pair.onnx",
            "heads/decision.json",
            "heads/thresholds.toml",
            "heads/verifier.json",
            "heads/idf.safetensors"
        );
        let files = files.into_iter().map(|(path, bytes)| (path.to_owned(), Cow::Borrowed(bytes)));
        // Its hashes are checked by a test, when the binary is made, and not again at each start.
        Ok(Self { manifest, files: files.collect() })
    }

    /// The model that is part of the binary.
    ///
    /// # Errors
    /// Always: this binary was built without the feature `bundled-model`.
    #[cfg(not(feature = "bundled-model"))]
    pub fn bundled() -> Result<Self> {
        Err(Error::Model {
            name: "parallax-en".to_owned(),
            message:
                "this binary was built without the feature bundled-model; give a model's folder with --model"
                    .to_owned(),
        })
    }

    /// Reads the model in `folder`: `model.toml` and every file that its `[sha256]` names. Without `[sha256]`, the files
    /// are those with the usual names, and their hashes are taken as they are found.
    ///
    /// # Errors
    /// [`Error::Model`] where `model.toml` is wrong or a file is not the one whose hash it gives,
    /// [`Error::Read`] where a file cannot be read.
    pub fn from_folder(folder: &Path) -> Result<Self> {
        Self::described(folder, read_manifest(folder)?)
    }

    /// Reads the model in `folder`, which `manifest` describes in place of a `model.toml`. Of a BERT, `vocab.txt` serves
    /// where there is no `tokenizer.json`.
    ///
    /// # Errors
    /// As [`ModelFiles::from_folder`].
    pub fn described(folder: &Path, mut manifest: ModelManifest) -> Result<Self> {
        let name = folder.display().to_string();
        let is_pinned = !manifest.sha256.is_empty();
        if !is_pinned {
            let found = CONVENTIONAL.into_iter().filter(|path| folder.join(path).exists());
            manifest.sha256 = found.map(|path| (path.to_owned(), String::new())).collect();
            if manifest.sha256.contains_key("tokenizer.json") {
                manifest
                    .sha256
                    .retain(|path, _| !["tokenizer_config.json", "vocab.txt"].contains(&path.as_str()));
            }
        }
        let mut files = BTreeMap::new();
        for (path, sha256) in &mut manifest.sha256 {
            check_path(path).map_err(|message| refuse(&name, &message))?;
            let bytes = read_file(folder, path)?;
            if is_pinned {
                check_hash(&name, path, &bytes, sha256)?;
            } else {
                *sha256 = sha256_of(&bytes);
            }
            files.insert(path.clone(), Cow::Owned(bytes));
        }
        check_weights(&files, folder).map_err(|message| refuse(&name, &message))?;
        if let (Some(vocabulary), false) = (files.get("vocab.txt"), files.contains_key("tokenizer.json")) {
            let config = files.get("tokenizer_config.json").map(AsRef::as_ref);
            let tokenizer = bert_tokenizer(vocabulary, config).map_err(|message| refuse(&name, &message))?;
            files.insert("tokenizer.json".to_owned(), Cow::Owned(tokenizer));
        }
        Ok(Self { manifest, files })
    }

    /// The same files with the heads of `lender` where these have none of their own and the weights are those that the
    /// heads were trained on, which `weights_sha256` in `[source]` of the lender's `model.toml` names.
    pub fn with_heads_of(mut self, lender: Self) -> Self {
        let is_head = |path: &str| path.starts_with("heads/");
        let weights = lender.manifest.source.get("weights_sha256");
        let fits = self.manifest.sha256.get("model.safetensors").filter(|found| Some(*found) == weights);
        if fits.is_none() || self.files.keys().any(|path| is_head(path)) {
            return self;
        }
        let heads = lender.files.into_iter().filter(|(path, _)| is_head(path));
        for (path, bytes) in heads {
            if let Some(sha256) = lender.manifest.sha256.get(&path) {
                self.manifest.sha256.insert(path.clone(), sha256.clone());
            }
            self.files.insert(path, bytes);
        }
        self
    }

    /// Checks every file against its hash in `model.toml`; a `tokenizer.json` that was made of `vocab.txt` has none.
    ///
    /// # Errors
    /// [`Error::Model`] for the first file that is not the one whose hash is given.
    pub fn verify(&self) -> Result<()> {
        let hashes = &self.manifest.sha256;
        let is_made = |path: &str| {
            path == "tokenizer.json" && hashes.contains_key("vocab.txt") && !hashes.contains_key(path)
        };
        self.files.iter().filter(|(path, _)| !is_made(path)).try_for_each(|(path, bytes)| {
            let expected = hashes.get(path).map_or("", String::as_str);
            check_hash(&self.manifest.name, path, bytes, expected)
        })
    }

    /// Path and number of bytes of every file, in the order of the paths.
    pub fn sizes(&self) -> impl Iterator<Item = (&str, usize)> {
        self.files.iter().map(|(path, bytes)| (path.as_str(), bytes.len()))
    }

    /// The bytes of the file at `path` below the model's folder; `None` where the model has no such file.
    pub(crate) fn get(&self, path: &str) -> Option<&Cow<'static, [u8]>> {
        self.files.get(path)
    }

    /// The bytes of a file that no model can do without.
    pub(super) fn require(&self, path: &str) -> Result<&Cow<'static, [u8]>> {
        self.get(path).ok_or_else(|| {
            let message = format!("{path} is missing from its folder, or from [sha256] in model.toml");
            refuse(&self.manifest.name, &message)
        })
    }
}

fn refuse(name: &str, message: &str) -> Error {
    Error::Model { name: name.to_owned(), message: message.to_owned() }
}

/// Reads and checks the `model.toml` of the model in `folder`, and none of its other files.
///
/// # Errors
/// [`Error::Read`] where there is none, [`Error::Model`] where it is wrong.
pub fn read_manifest(folder: &Path) -> Result<ModelManifest> {
    let name = folder.display().to_string();
    let text = String::from_utf8(read_file(folder, "model.toml")?)
        .map_err(|_| refuse(&name, "model.toml is not UTF-8"))?;
    parse_manifest(&text, &name)
}

fn read_file(folder: &Path, path: &str) -> Result<Vec<u8>> {
    let is_weights = [".onnx", ".safetensors", ".ot"].iter().any(|ending| path.ends_with(ending));
    let most = if is_weights { MOST_OF_DATA } else { MOST_OF_SETTINGS };
    let path = folder.join(path);
    platform::read_file(&path, most).map_err(|source| Error::Read { path, source })
}

fn parse_manifest(text: &str, name: &str) -> Result<ModelManifest> {
    let manifest: ModelManifest =
        toml::from_str(text).map_err(|error| refuse(name, &format!("model.toml: {error}")))?;
    let message = if manifest.max_tokens < 8 {
        "max_tokens leaves no room for words; give at least 8".to_owned()
    } else if manifest.prefix.len() > MAX_PREFIX {
        format!("`prefix` has more than {MAX_PREFIX} bytes, and is put before every text; shorten it")
    } else if manifest.languages.is_empty() || manifest.languages.iter().any(|code| code.len() != 3) {
        "`languages` is to hold ISO 639-3 codes, such as \"eng\"".to_owned()
    } else if manifest.alignment_layer > manifest.layers {
        let ModelManifest { alignment_layer, layers, .. } = manifest;
        format!("alignment_layer = {alignment_layer} is above layers = {layers}; give one of 0 to {layers}")
    } else {
        return Ok(manifest);
    };
    Err(refuse(name, &format!("model.toml: {message}")))
}

/// True for a file that is a Python pickle by its ending. Such a file is never opened.
pub fn is_pickle(path: &str) -> bool {
    let ending = Path::new(path).extension().and_then(|ending| ending.to_str()).unwrap_or("");
    PICKLES.iter().any(|pickle| ending.eq_ignore_ascii_case(pickle))
}

/// True for a relative path that stays below the folder it is taken from, on every platform.
pub fn is_inside(path: &str) -> bool {
    let is_plain = |part: &str| !matches!(part, "" | "." | "..") && !part.contains([':', '\0']);
    path.split(['/', '\\']).all(is_plain)
}

fn check_path(path: &str) -> Result<(), String> {
    if !is_inside(path) {
        return Err(format!("`{path}` lies outside the model's folder"));
    }
    if is_pickle(path) {
        return Err(format!("`{path}` is a Python pickle, which is never read; {CONVERT}"));
    }
    Ok(())
}

const CONVERT: &str = "convert the weights to model.safetensors or export them to model.onnx";

/// Refuses a model without weights or with two kinds of them.
fn check_weights(files: &BTreeMap<String, Cow<'static, [u8]>>, folder: &Path) -> Result<(), String> {
    let found: Vec<&str> = WEIGHTS.into_iter().filter(|&path| files.contains_key(path)).collect();
    match (found.as_slice(), pickle_in(folder)) {
        ([_], _) => Ok(()),
        ([], Some(pickle)) => {
            Err(format!("its weights are a Python pickle ({pickle}), which is never read; {CONVERT}"))
        }
        ([], None) => Err("has neither model.onnx nor model.safetensors".to_owned()),
        (several, _) => {
            Err(format!("has both {}; name one of them in [sha256] of model.toml", several.join(" and ")))
        }
    }
}

/// The first pickle of a folder by name.
fn pickle_in(folder: &Path) -> Option<String> {
    let entries = std::fs::read_dir(folder).ok()?;
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    names.filter(|name| is_pickle(name)).min()
}

fn check_hash(name: &str, path: &str, bytes: &[u8], expected: &str) -> Result<()> {
    let found = sha256_of(bytes);
    if found.eq_ignore_ascii_case(expected) {
        return Ok(());
    }
    let message =
        format!("{path} has sha256 {found}, model.toml says {expected}; fetch or build the model again");
    Err(refuse(name, &message))
}

/// SHA-256 of `bytes` in hexadecimal.
pub(crate) fn sha256_of(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
