use std::path::Path;

use serde::{Deserialize, Serialize};

use super::head::Head;
use super::model::{ModelManifest, sha256_of};
use crate::error::{Error, Result};
use crate::platform::{MOST_OF_SETTINGS, read_file};

/// The weights in a head's folder.
pub const HEAD_WEIGHTS: &str = "head.safetensors";

/// What says, in a head's folder, what the head is.
pub const HEAD_MANIFEST: &str = "head.toml";

/// What `head.toml` says of a head.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeadManifest {
    /// The head's name.
    pub name: String,
    /// What it was trained for: `sentiment`, `loaded-language`, `certainty`, `checkability` or `other`.
    pub task: String,
    /// The classes in the order of the weights. Of two, the last is the one whose probability is shown.
    pub classes: Vec<String>,
    /// The layers of the encoder whose states are read.
    pub layers: Vec<usize>,
    /// How the states of a text's tokens become one vector: `mean`.
    pub pooling: String,
    /// Hash of `head.safetensors` in hexadecimal.
    pub sha256: String,
    /// The encoder that it was trained on.
    pub encoder: HeadEncoder,
    /// How it was trained and what was measured, for people; `evaluate` reads `file_sha256` from it.
    pub training: toml::Table,
}

/// The encoder that a head was trained on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeadEncoder {
    /// Its name.
    pub name: String,
    /// Hash of its weights in hexadecimal.
    pub sha256: String,
}

/// A head that was read from its folder and fits the encoder.
#[derive(Debug, Clone, PartialEq)]
pub struct HeadFiles {
    /// What `head.toml` says.
    pub manifest: HeadManifest,
    /// The classifier.
    pub head: Head,
}

impl HeadFiles {
    /// Reads `head.toml` and `head.safetensors` in `folder`, to be used as `name` on `model`.
    ///
    /// # Errors
    /// [`Error::Read`] where a file cannot be read; [`Error::Head`] where one is damaged, the two do not fit each other,
    /// or the head was trained on another encoder.
    pub fn from_folder(name: &str, folder: &Path, model: &ModelManifest) -> Result<Self> {
        let refuse =
            |message: String| Error::Head { name: name.to_owned(), path: folder.to_owned(), message };
        if !folder.is_dir() {
            return Err(refuse(
                "there is no such folder; give the one that `parallax models train-head --out` made"
                    .to_owned(),
            ));
        }
        let read = |file: &str| {
            let path = folder.join(file);
            read_file(&path, MOST_OF_SETTINGS).map_err(|source| Error::Read { path, source })
        };
        let text = String::from_utf8(read(HEAD_MANIFEST)?)
            .map_err(|_| refuse(format!("{HEAD_MANIFEST} is not UTF-8; train the head again")))?;
        let manifest: HeadManifest =
            toml::from_str(&text).map_err(|error| refuse(format!("{HEAD_MANIFEST}: {error}")))?;
        let bytes = read(HEAD_WEIGHTS)?;
        let found = sha256_of(&bytes);
        if !found.eq_ignore_ascii_case(&manifest.sha256) {
            return Err(refuse(format!(
                "{HEAD_WEIGHTS} has sha256 {found}, {HEAD_MANIFEST} says {}; copy or train the head again",
                manifest.sha256
            )));
        }
        let encoder = &manifest.encoder;
        if !encoder.sha256.eq_ignore_ascii_case(model.weights_sha256()) {
            return Err(refuse(format!(
                "it was trained on the encoder {} (sha256 {}), and the model of this run is {} (sha256 {}); its figures \
                 would mean nothing: train it again with --model",
                encoder.name,
                encoder.sha256,
                model.name,
                model.weights_sha256()
            )));
        }
        let head = Head::from_safetensors(&bytes)
            .and_then(|head| head.fits(model.dimensions, model.layers).map(|()| head))
            .map_err(|message| refuse(format!("{HEAD_WEIGHTS}: {message}")))?;
        if head.classes() != manifest.classes
            || head.layers() != manifest.layers
            || manifest.pooling != "mean"
        {
            return Err(refuse(format!(
                "{HEAD_MANIFEST} and {HEAD_WEIGHTS} name other classes, layers or pooling; train the head again"
            )));
        }
        Ok(Self { manifest, head })
    }

    /// The names of its figures where the head is used as `name`: `name` itself for two classes, whose last is the one
    /// that counts; `name_CLASS` for each of more classes, in lower case with `_` for what is no letter or digit.
    pub fn measures(&self, name: &str) -> Vec<String> {
        let slug = |class: &String| -> String {
            class.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect()
        };
        match self.manifest.classes.len() {
            2 => vec![name.to_owned()],
            _ => self.manifest.classes.iter().map(|class| format!("{name}_{}", slug(class))).collect(),
        }
    }
}
