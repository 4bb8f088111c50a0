//! A model's folder as it was published: without `model.toml`.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::sentence_transformers::Files;
use crate::encode::{ModelFiles, ModelManifest};
use crate::error::{Error, Result};
use crate::platform::{MOST_OF_SETTINGS, read_file};

/// Reads a sentence-transformers model, or a bare transformer, whose states are averaged. Nothing in such a folder says
/// which languages the model knows: it is taken for an English one.
///
/// # Errors
/// [`Error::Model`] where the files say nothing that is known here, and as [`ModelFiles::from_folder`].
pub(super) fn read(folder: &Path) -> Result<ModelFiles> {
    let refuse = |message: String| Error::Model { name: folder.display().to_string(), message };
    let json = |path: &str| -> Result<Value> {
        match read_file(&folder.join(path), MOST_OF_SETTINGS) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| refuse(format!("{path}: {error}"))),
            Err(_) => Ok(Value::Null),
        }
    };
    let description = Files::read(json)?.describe().map_err(|message| {
        refuse(format!("has no model.toml, and its other files do not say enough: {message}"))
    })?;
    let name = folder.file_name().map_or("model".into(), |name| name.to_string_lossy().into_owned());
    let manifest = ModelManifest {
        name,
        version: String::new(),
        description: String::new(),
        licence: String::new(),
        source: BTreeMap::new(),
        dimensions: description.dimensions,
        layers: description.layers,
        pooling: description.pooling,
        normalise: description.normalise,
        max_tokens: description.max_tokens,
        alignment_layer: description.alignment_layer(),
        prefix: description.prefix,
        languages: vec!["eng".to_owned()],
        sha256: BTreeMap::new(),
    };
    ModelFiles::described(folder, manifest)
}
