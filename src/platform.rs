//! Where the platform keeps what can be made or fetched again.

use std::path::PathBuf;

use etcetera::BaseStrategy;

/// The folder that the environment variable `PARALLAX_CACHE` names; without it, `parallax` in the folder that the platform
/// has for caches. It need not exist.
///
/// # Errors
/// Why the platform names no such folder, and how to mend it.
pub(crate) fn cache_folder() -> Result<PathBuf, String> {
    if let Some(root) = std::env::var_os("PARALLAX_CACHE").filter(|root| !root.is_empty()) {
        return Ok(PathBuf::from(root));
    }
    let strategy = etcetera::base_strategy::choose_native_strategy()
        .map_err(|error| format!("{error}; name one in the environment variable PARALLAX_CACHE"))?;
    Ok(strategy.cache_dir().join("parallax"))
}
