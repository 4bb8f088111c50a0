use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::platform::cache_folder;

/// The folder that fetched models lie in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cache {
    root: PathBuf,
}

impl Cache {
    /// The folder that the environment variable `PARALLAX_CACHE` names; without it, `parallax` in the folder that the
    /// platform has for caches.
    ///
    /// # Errors
    /// [`Error::Fetch`] where the platform names no such folder.
    pub fn platform() -> Result<Self> {
        let root = cache_folder()
            .map_err(|message| Error::Fetch { name: "the cache folder".to_owned(), message })?;
        Ok(Self { root })
    }

    /// A cache in the folder `root`, which is made when something is fetched into it.
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// Where the model of this name lies once it is fetched.
    pub fn model(&self, name: &str) -> PathBuf {
        self.models().join(name)
    }

    /// The names of the models that were fetched, in order.
    pub fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.models()).into_iter().flatten();
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let mut names: Vec<String> = names.filter(|name| self.has(name)).collect();
        names.sort();
        names
    }

    /// Whether a model of this name was fetched.
    pub(super) fn has(&self, name: &str) -> bool {
        is_name(name) && self.model(name).join("model.toml").is_file()
    }

    /// Models, each in a folder of its own; a name that begins with a dot is one in the making.
    pub(super) fn models(&self) -> PathBuf {
        self.root.join("models")
    }

    /// What was downloaded for the model and is not yet whole.
    pub(super) fn downloads(&self, name: &str) -> PathBuf {
        self.root.join("downloads").join(name)
    }
}

/// True for what can be a model's name: letters, digits, `.`, `-` and `_`, and no dot or hyphen first. So a name is never a
/// path or a flag.
pub(super) fn is_name(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    !name.is_empty() && !name.starts_with(['.', '-']) && name.chars().all(is_plain)
}
