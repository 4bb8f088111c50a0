use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::folder::{Folder, now};
use super::segment;
use crate::error::{Error, Result};

/// What tells our `meta.json` from another program's.
const STORE: &str = "parallax encodings";

/// The lines of `meta.json` by the segments' names.
pub(super) type Lines = BTreeMap<String, Line>;

/// What `meta.json` holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Meta {
    store: String,
    format: u32,
    /// The bound of the run that wrote it, in bytes.
    pub max_bytes: u64,
    pub segments: Lines,
}

/// What is known of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Line {
    pub bytes: u64,
    /// Number of records.
    pub entries: u64,
    /// Seconds since the epoch.
    pub last_used: u64,
}

impl Meta {
    pub(super) fn new(max_bytes: u64, segments: Lines) -> Self {
        Self { store: STORE.to_owned(), format: segment::FORMAT, max_bytes, segments }
    }
}

/// The format that a `meta.json` names; `None` where it is damaged or another program's.
pub(super) fn format(meta: &[u8]) -> Option<u32> {
    // A later format may have anything else beside these.
    #[derive(Deserialize)]
    struct Start {
        store: String,
        format: u32,
    }
    let start: Start = serde_json::from_slice(meta).ok()?;
    (start.store == STORE).then_some(start.format)
}

/// A line for each segment of the folder: what `meta.json` says joined with what this run knows better. What neither
/// knows is read from the segment.
pub(super) fn lines(folder: &Folder, ours: &Lines) -> io::Result<Lines> {
    let meta = folder.read_meta().map(|meta| meta.segments).unwrap_or_default();
    let now = now();
    let mut lines = Lines::new();
    for listed in folder.segments()? {
        let known = [ours.get(&listed.name), meta.get(&listed.name)];
        let known: Vec<&Line> = known.into_iter().flatten().collect();
        let entries = match known.first() {
            Some(line) => line.entries,
            None => segment::load(&folder.file(&listed.name)).map_or(0, |loaded| loaded.entries.len() as u64),
        };
        let last_used = known.iter().map(|line| line.last_used).max().unwrap_or(listed.modified);
        // A clock that once ran ahead must not keep a segment for ever.
        lines.insert(listed.name, Line { bytes: listed.bytes, entries, last_used: last_used.min(now) });
    }
    Ok(lines)
}

/// Takes out the segments that were not used for longest until the rest fits into `max_bytes`, and gives their names. Of
/// those used in the same second the first written goes first.
pub(super) fn evict(lines: &mut Lines, max_bytes: u64) -> Vec<String> {
    let mut total: u64 = lines.values().map(|line| line.bytes).sum();
    let mut by_use: Vec<(u64, String)> =
        lines.iter().map(|(name, line)| (line.last_used, name.clone())).collect();
    by_use.sort();
    let mut evicted = vec![];
    for (_, name) in by_use {
        if total <= max_bytes {
            break;
        }
        total -= lines.remove(&name).map_or(0, |line| line.bytes);
        evicted.push(name);
    }
    evicted
}

/// Removes segments. One that another run has removed, or that the system holds on to, is no failure: it is listed again
/// next time.
pub(super) fn remove(folder: &Folder, names: &[String]) {
    for name in names {
        let _ = fs::remove_file(folder.file(name));
    }
}

/// What a folder holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// The folder.
    pub folder: PathBuf,
    /// Number of segments.
    pub segments: usize,
    /// Number of records: encodings, and sentiments toward a target.
    pub entries: u64,
    /// Bytes of the segments.
    pub bytes: u64,
    /// The bound of the last run that wrote here, in bytes; `None` where none is known.
    pub max_bytes: Option<u64>,
    /// When an encoding was last read or written, in seconds since the epoch; `None` where there is none.
    pub last_used: Option<u64>,
}

/// What the folder holds; nothing where there is no such folder. Changes nothing.
///
/// # Errors
/// [`Error::Store`] where the folder cannot be read, is another program's or of another version.
pub fn contents(path: &Path) -> Result<Contents> {
    let folder = Folder::new(path);
    folder.check()?;
    let lines = lines(&folder, &Lines::new()).map_err(|error| Error::Store {
        path: path.to_owned(),
        message: format!("cannot be listed ({error}); allow reading it"),
    })?;
    Ok(Contents {
        folder: path.to_owned(),
        segments: lines.len(),
        // What a damaged `meta.json` says may be any number.
        entries: lines.values().map(|line| line.entries).fold(0, u64::saturating_add),
        bytes: lines.values().map(|line| line.bytes).sum(),
        max_bytes: folder.read_meta().map(|meta| meta.max_bytes),
        last_used: lines.values().map(|line| line.last_used).max(),
    })
}
