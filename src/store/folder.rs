use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tempfile::NamedTempFile;

use super::books::{self, Meta};
use super::segment::{self, Builder, Entry};
use crate::error::{Error, Result};
use crate::platform::{MOST_OF_SETTINGS, read_file};

/// What says when each segment was last used.
const META: &str = "meta.json";

/// Whoever changes what the folder holds has this file locked.
const LOCK: &str = "parallax.lock";

/// What the names of files begin with while they are written.
const UNFINISHED: &str = ".parallax-";

const SEGMENT_START: &str = "segment-";
const SEGMENT_END: &str = ".encodings";

/// After so long nobody writes an unfinished file any more.
const STALE: Duration = Duration::from_secs(24 * 60 * 60);

/// So long a run waits for another that has the folder locked; a merge takes seconds.
pub(super) const MAX_LOCKED: Duration = Duration::from_secs(10);

/// Between two looks whether the folder is free.
const PAUSE: Duration = Duration::from_millis(20);

/// The folder that segments lie in.
#[derive(Debug, Clone)]
pub(super) struct Folder(PathBuf);

/// A segment as the folder lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    pub name: String,
    pub bytes: u64,
    /// When it was written, in seconds since the epoch.
    pub modified: u64,
}

/// A segment that was just written.
pub(super) struct Written {
    pub name: String,
    pub bytes: u64,
    pub entries: Vec<Entry>,
}

impl Folder {
    pub(super) fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Makes sure that what lies here, if anything, is ours and of this version.
    ///
    /// # Errors
    /// [`Error::Store`] where it is not, or the folder cannot be listed.
    pub(super) fn check(&self) -> Result<()> {
        if self.0.exists() && !self.0.is_dir() {
            return Err(self.refuse("is not a folder; name another one"));
        }
        let segments = self.segments().map_err(|error| {
            self.refuse(&format!(
                "cannot be listed ({error}); name another folder, or allow reading this one"
            ))
        })?;
        let other = match self.format_of_meta() {
            Some(Some(format)) => (format != segment::FORMAT).then_some(format),
            Some(None) if segments.is_empty() && !self.file(LOCK).exists() => {
                return Err(self.refuse(
                    "holds a meta.json that parallax did not write; name another folder for encodings",
                ));
            }
            _ => self.other_format(&segments),
        };
        match other {
            Some(format) => Err(self.refuse(&format!(
                "holds encodings of another version of parallax (format {format}, this one has {}); empty it with \
                 `parallax cache clear --cache {}`, or name another folder",
                segment::FORMAT,
                self.0.display()
            ))),
            None => Ok(()),
        }
    }

    /// The format that `meta.json` names; `Some(None)` where it is damaged or another program's, `None` where there is none.
    fn format_of_meta(&self) -> Option<Option<u32>> {
        self.meta().map(|bytes| books::format(&bytes))
    }

    /// The format of the segments where all that say one say another than ours.
    fn other_format(&self, segments: &[Listed]) -> Option<u32> {
        let mut formats: Vec<u32> =
            segments.iter().filter_map(|listed| segment::format_of(&self.file(&listed.name))).collect();
        formats.sort_unstable();
        // One damaged header among many is no other version.
        formats.first().filter(|_| !formats.contains(&segment::FORMAT)).copied()
    }

    fn refuse(&self, message: &str) -> Error {
        Error::Store { path: self.0.clone(), message: message.to_owned() }
    }

    /// Every whole segment, in the order of their names, which is the order in which they were written. None where there is
    /// no folder.
    pub(super) fn segments(&self) -> io::Result<Vec<Listed>> {
        let mut listed: Vec<Listed> = self.entries()?.into_iter().filter_map(listed).collect();
        listed.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(listed)
    }

    fn entries(&self) -> io::Result<Vec<fs::DirEntry>> {
        match fs::read_dir(&self.0) {
            // A file stands where a folder above it should.
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                Ok(vec![])
            }
            entries => entries?.collect(),
        }
    }

    /// Removes what runs that were killed while they wrote have left, if it is old enough that none writes it still.
    pub(super) fn remove_stale(&self) {
        let now = SystemTime::now();
        for entry in self.entries().unwrap_or_default() {
            let age = entry.metadata().and_then(|file| file.modified());
            let age = age.ok().and_then(|modified| now.duration_since(modified).ok());
            if is_unfinished(&name(&entry)) && age.is_some_and(|age| age > STALE) {
                // What cannot be removed now is found again by the next run.
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    /// Waits until no other run changes the folder; it is ours as long as the file lives. `None` where another run still
    /// has it after `wait`.
    pub(super) fn lock(&self, wait: Duration) -> io::Result<Option<File>> {
        let file = File::options().create(true).truncate(false).write(true).open(self.file(LOCK))?;
        let start = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Some(file)),
                Err(TryLockError::WouldBlock) if start.elapsed() < wait => thread::sleep(PAUSE),
                Err(TryLockError::WouldBlock) => return Ok(None),
                // A file system without locks: two runs may then overwrite each other's `meta.json`, which is only when
                // each segment was last used.
                Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                    return Ok(Some(file));
                }
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
    }

    /// `meta.json`; `None` where there is none that can be read.
    pub(super) fn read_meta(&self) -> Option<Meta> {
        serde_json::from_slice(&self.meta()?).ok()
    }

    fn meta(&self) -> Option<Vec<u8>> {
        read_file(&self.file(META), MOST_OF_SETTINGS).ok()
    }

    pub(super) fn write_meta(&self, meta: &Meta) -> io::Result<()> {
        let json = serde_json::to_vec_pretty(meta)?;
        self.write_whole(META, &json)
    }

    /// Writes a segment under a name that no other has and that sorts behind those before.
    pub(super) fn write_segment(&self, builder: Builder) -> io::Result<Written> {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let counter = COUNTER.fetch_add(1, Ordering::Relaxed);
        let nanoseconds = since_epoch().as_nanos();
        let name = format!("{SEGMENT_START}{nanoseconds:018x}-{:x}-{counter:x}{SEGMENT_END}", process::id());
        let (bytes, entries) = builder.finish();
        self.write_whole(&name, &bytes)?;
        Ok(Written { name, bytes: bytes.len() as u64, entries })
    }

    /// Not synchronised to the disk: what a power cut spoils is found when it is read.
    fn write_whole(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut file = NamedTempFile::with_prefix_in(UNFINISHED, &self.0)?;
        file.write_all(bytes)?;
        file.persist(self.file(name))?;
        Ok(())
    }
}

fn name(entry: &fs::DirEntry) -> String {
    entry.file_name().into_string().unwrap_or_default()
}

fn listed(entry: fs::DirEntry) -> Option<Listed> {
    let name = name(&entry);
    let file = entry.metadata().ok()?;
    let modified = file.modified().ok()?.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    (is_segment(&name) && file.is_file()).then_some(Listed { name, bytes: file.len(), modified })
}

fn is_segment(name: &str) -> bool {
    name.starts_with(SEGMENT_START) && name.ends_with(SEGMENT_END)
}

fn is_unfinished(name: &str) -> bool {
    name.starts_with(UNFINISHED)
}

fn since_epoch() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Seconds since the epoch.
pub(super) fn now() -> u64 {
    since_epoch().as_secs()
}

/// What [`clear`] removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cleared {
    /// Segments, those that were not finished included.
    pub segments: usize,
    /// Their bytes.
    pub bytes: u64,
}

/// Removes every encoding in a folder, of whatever version. Files that no store wrote stay, and so does the folder. A run
/// that uses the folder meanwhile encodes again.
///
/// # Errors
/// [`Error::Store`] where the path is no folder or cannot be listed, [`Error::Write`] where a file cannot be removed.
pub fn clear(path: &Path) -> Result<Cleared> {
    let folder = Folder::new(path);
    if path.exists() && !path.is_dir() {
        return Err(folder.refuse("is not a folder; name the one that encodings lie in"));
    }
    let entries = folder
        .entries()
        .map_err(|error| folder.refuse(&format!("cannot be listed ({error}); allow reading it")))?;
    let has_lock = folder.file(LOCK).exists();
    // Not where there is nothing to remove: taking the lock makes a file.
    let _lock = has_lock.then(|| folder.lock(MAX_LOCKED));
    let has_segment = entries.iter().any(|entry| is_segment(&name(entry)));
    let is_ours = has_lock || has_segment || folder.format_of_meta().flatten().is_some();
    let mut cleared = Cleared::default();
    for entry in entries {
        let name = name(&entry);
        if is_segment(&name) || is_unfinished(&name) {
            cleared.segments += 1;
            cleared.bytes += entry.metadata().map_or(0, |file| file.len());
            remove(&entry.path())?;
        }
    }
    for own in [META, LOCK].into_iter().filter(|_| is_ours) {
        remove(&folder.file(own))?;
    }
    Ok(cleared)
}

/// Another run may have removed it before.
fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(Error::Write { path: path.to_owned(), source })
        }
        _ => Ok(()),
    }
}
