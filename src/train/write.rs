use std::fs;
use std::io;
use std::path::Path;

use super::TrainedHead;
use crate::encode::{HEAD_MANIFEST, HEAD_WEIGHTS};
use crate::error::{Error, Result};
use crate::report::write_whole;

/// The head's card.
const CARD: &str = "README.md";

/// Makes the folder for a head, before any work is done, and makes sure that nothing of the user's is overwritten.
///
/// # Errors
/// [`Error::Write`] where the folder cannot be made; [`Error::Output`] where it holds files and no head.
pub fn prepare(folder: &Path) -> Result<()> {
    let refuse = |message: &str| Error::Output { path: folder.to_owned(), message: message.to_owned() };
    if folder.exists() && !folder.is_dir() {
        return Err(refuse("is not a folder; name one for the head with --out"));
    }
    let fail = |source| Error::Write { path: folder.to_owned(), source };
    fs::create_dir_all(folder).map_err(fail)?;
    let is_empty = fs::read_dir(folder).map_err(fail)?.next().is_none();
    if !is_empty && !folder.join(HEAD_MANIFEST).exists() {
        return Err(refuse("holds files and no head; name a new or empty folder with --out"));
    }
    tempfile::NamedTempFile::new_in(folder).map_err(fail)?;
    Ok(())
}

/// Writes a head's folder: `head.safetensors`, `README.md`, and last `head.toml`, so that a folder with a `head.toml` never
/// mixes two heads. Each file appears whole or not at all.
///
/// # Errors
/// As [`prepare`], and [`Error::Write`] where a file cannot be written.
pub fn write(trained: &TrainedHead, folder: &Path) -> Result<()> {
    prepare(folder)?;
    let manifest = toml::to_string(&trained.manifest).expect("a manifest can be written as TOML");
    let bytes = trained.head.to_safetensors();
    let path = folder.join(HEAD_MANIFEST);
    match fs::remove_file(&path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => return Err(Error::Write { path, source }),
        _ => {}
    }
    for (name, bytes) in [
        (HEAD_WEIGHTS, bytes.as_slice()),
        (CARD, trained.card.as_bytes()),
        (HEAD_MANIFEST, manifest.as_bytes()),
    ] {
        write_whole(&folder.join(name), |writer| writer.write_all(bytes))?;
    }
    Ok(())
}
