use std::path::PathBuf;

use crate::error::{Error, Result};
use crate::platform::cache_folder;

/// Where encodings are stored and how much of them is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreOptions {
    /// The folder; it is made where it is missing.
    pub folder: PathBuf,
    /// The most that the segments in the folder may have together, in bytes. While runs write, the folder may hold one
    /// segment of each more.
    pub max_bytes: u64,
}

impl StoreOptions {
    /// 8 GiB: some 16,000 articles.
    pub const MAX_BYTES: u64 = 8 << 30;

    /// `encodings` in the platform's cache folder, or in the one that the environment variable `PARALLAX_CACHE` names, with
    /// [`StoreOptions::MAX_BYTES`].
    ///
    /// # Errors
    /// [`Error::Store`] where the platform names no such folder.
    pub fn platform() -> Result<Self> {
        let root = cache_folder()
            .map_err(|message| Error::Store { path: PathBuf::from("the cache folder"), message })?;
        Ok(Self::in_folder(root.join("encodings")))
    }

    /// This folder, with [`StoreOptions::MAX_BYTES`].
    pub fn in_folder(folder: PathBuf) -> Self {
        Self { folder, max_bytes: Self::MAX_BYTES }
    }
}
