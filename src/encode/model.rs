use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

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
    /// Number of transformer layers. The graph's outputs are `token_states_0` to `token_states_LAYERS`.
    pub layers: usize,
    /// How the graph pools token states into the sentence embedding ("mean").
    pub pooling: String,
    /// True where the graph scales the embedding to length 1.
    pub normalise: bool,
    /// The longest text in tokens, special tokens included.
    pub max_tokens: usize,
    /// ISO 639-3 codes of the languages that the model knows.
    pub languages: Vec<String>,
    /// The layer whose token states align words.
    pub alignment_layer: usize,
    /// The files' hashes in hexadecimal, by path below the model's folder.
    pub sha256: BTreeMap<String, String>,
}

impl ModelManifest {
    /// Hash of the encoder's weights in hexadecimal; empty where `model.toml` gives none.
    pub fn weights_sha256(&self) -> &str {
        self.sha256.get("model.onnx").map_or("", String::as_str)
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
        let files =
            bundled!("model.onnx", "tokenizer.json", "heads/sentiment.safetensors", "heads/idf.safetensors");
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

    /// Reads the model in `folder`: `model.toml` and every file that it names.
    ///
    /// # Errors
    /// [`Error::Model`] where `model.toml` is wrong or a file is not the one whose hash it gives,
    /// [`Error::Read`] where a file cannot be read.
    pub fn from_folder(folder: &Path) -> Result<Self> {
        let name = folder.display().to_string();
        let read = |path: &str| {
            let path = folder.join(path);
            std::fs::read(&path).map_err(|source| Error::Read { path, source })
        };
        let text =
            String::from_utf8(read("model.toml")?).map_err(|_| refuse(&name, "model.toml is not UTF-8"))?;
        let manifest = parse_manifest(&text, &name)?;
        let mut files = BTreeMap::new();
        for (path, expected) in &manifest.sha256 {
            if path.split(['/', '\\']).any(|part| part == ".." || part.is_empty()) {
                return Err(refuse(&name, &format!("`{path}` lies outside the model's folder")));
            }
            let bytes = read(path)?;
            check_hash(&name, path, &bytes, expected)?;
            files.insert(path.clone(), Cow::Owned(bytes));
        }
        Ok(Self { manifest, files })
    }

    /// Checks every file against its hash in `model.toml`.
    ///
    /// # Errors
    /// [`Error::Model`] for the first file that is not the one whose hash is given.
    pub fn verify(&self) -> Result<()> {
        self.files.iter().try_for_each(|(path, bytes)| {
            let expected = self.manifest.sha256.get(path).map_or("", String::as_str);
            check_hash(&self.manifest.name, path, bytes, expected)
        })
    }

    /// The bytes of the file at `path` below the model's folder; `None` where the model has no such file.
    pub(super) fn get(&self, path: &str) -> Option<&Cow<'static, [u8]>> {
        self.files.get(path)
    }

    /// The bytes of a file that no model can do without.
    pub(super) fn require(&self, path: &str) -> Result<&Cow<'static, [u8]>> {
        self.get(path).ok_or_else(|| {
            refuse(&self.manifest.name, &format!("{path} is missing from [sha256] in model.toml"))
        })
    }
}

fn refuse(name: &str, message: &str) -> Error {
    Error::Model { name: name.to_owned(), message: message.to_owned() }
}

fn parse_manifest(text: &str, name: &str) -> Result<ModelManifest> {
    let manifest: ModelManifest =
        toml::from_str(text).map_err(|error| refuse(name, &format!("model.toml: {error}")))?;
    if manifest.pooling != "mean" || !manifest.normalise {
        return Err(refuse(name, "model.toml: only pooling = \"mean\" with normalise = true is known"));
    }
    if manifest.max_tokens < 8 {
        return Err(refuse(name, "model.toml: max_tokens leaves no room for words; give at least 8"));
    }
    if manifest.languages.is_empty() || manifest.languages.iter().any(|code| code.len() != 3) {
        return Err(refuse(name, "model.toml: `languages` is to hold ISO 639-3 codes, such as \"eng\""));
    }
    Ok(manifest)
}

fn check_hash(name: &str, path: &str, bytes: &[u8], expected: &str) -> Result<()> {
    let found = hex(&Sha256::digest(bytes));
    if found.eq_ignore_ascii_case(expected) {
        return Ok(());
    }
    let message =
        format!("{path} has sha256 {found}, model.toml says {expected}; fetch or build the model again");
    Err(refuse(name, &message))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
