use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use rayon::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tempfile::TempDir;

use super::books::{self, Line, Lines, Meta};
use super::folder::{Folder, Listed, MAX_LOCKED, Written, now};
use super::key::Key;
use super::merge::{SEGMENT_BYTES, merge};
use super::open_files::OpenFiles;
use super::options::StoreOptions;
use super::segment::{self, Builder, Entry, Loaded};
use crate::encode::Fingerprint;
use crate::error::{Error, Result};
use crate::records::{Encoding, PairReading, Sentiment, Span};

/// So much work is lost at most where a run is killed.
const MAX_WAIT: Duration = Duration::from_secs(2);

/// Encodings on disk. May be used from several threads at once, and its folder by several runs.
///
/// Nothing that happens to the files while it is open is an error: what cannot be read is encoded again, and where
/// nothing can be written any more the run goes on without, which [`Stats::problem`] says.
pub struct Store {
    folder: Folder,
    max_bytes: u64,
    state: RwLock<State>,
    /// What was put and is not written yet.
    pending: Mutex<Pending>,
    files: OpenFiles,
    counters: Counters,
    /// Why nothing is written any more.
    problem: Mutex<Option<String>>,
    is_closed: AtomicBool,
    /// The folder where it is a temporary one; it goes last.
    temporary: Option<TempDir>,
}

#[derive(Default)]
struct State {
    places: HashMap<Key, Place>,
    segments: Vec<Arc<Segment>>,
}

/// Where a record is.
#[derive(Clone)]
enum Place {
    /// Waits to be written.
    Memory(Arc<[u8]>),
    /// In a segment.
    Disk { segment: Arc<Segment>, offset: u64, length: u32 },
}

/// A record's key and payload.
type Record = (Key, Arc<[u8]>);

struct Segment {
    /// Its position in [`State::segments`].
    number: usize,
    name: String,
    bytes: u64,
    entries: u64,
    /// Seconds since the epoch.
    last_used: AtomicU64,
    is_damaged: AtomicBool,
    /// True once its file was found to be gone.
    is_gone: AtomicBool,
}

#[derive(Default)]
struct Pending {
    records: Vec<Record>,
    bytes: usize,
    /// When the first of them came.
    since: Option<Instant>,
}

impl Pending {
    fn is_due(&self) -> bool {
        self.bytes >= SEGMENT_BYTES || self.since.is_some_and(|since| since.elapsed() >= MAX_WAIT)
    }
}

#[derive(Default)]
struct Counters {
    hits: AtomicU64,
    misses: AtomicU64,
    damaged: AtomicU64,
    written: AtomicU64,
    bytes_written: AtomicU64,
}

/// What a store has done since it was opened.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stats {
    /// Records that were asked for and found.
    pub hits: u64,
    /// Records that were asked for and not there.
    pub misses: u64,
    /// Records that were asked for and damaged, and segments that had lost their index. They are no misses.
    pub damaged: u64,
    /// Records that were written to disk.
    pub written: u64,
    /// Bytes of the segments with these records.
    pub bytes_written: u64,
    /// Bytes of all segments that this store knows.
    pub bytes: u64,
    /// Why nothing is written any more; `None` where all is well.
    pub problem: Option<String>,
}

/// Why a record that the index names could not be read.
enum Lost {
    /// The segment is gone.
    Vanished,
    /// Its bytes are not those that were written.
    Damaged,
}

impl Store {
    /// Opens the store in a folder, which is made where it is missing. Where it cannot be made or written to, the store
    /// reads only; [`Stats::problem`] and a warning say so at the latest when there is something to write.
    ///
    /// # Errors
    /// [`Error::Store`] where the path is no folder, cannot be listed, or holds what another program or another version of
    /// this one wrote.
    pub fn open(options: &StoreOptions) -> Result<Self> {
        let folder = Folder::new(&options.folder);
        folder.check()?;
        let made = fs::create_dir_all(folder.path());
        folder.remove_stale();
        let store = Self::new(folder, options.max_bytes, None);
        store.load().map_err(|error| Error::Store {
            path: options.folder.clone(),
            message: format!("cannot be listed ({error}); name another folder, or allow reading this one"),
        })?;
        if let Err(error) = made {
            store.stop(&error);
        }
        Ok(store)
    }

    /// A store in a folder of its own among the system's temporary files, without a bound. The folder goes when the store
    /// is dropped.
    ///
    /// # Errors
    /// [`Error::Store`] where the system gives no such folder.
    pub fn temporary() -> Result<Self> {
        let temporary = tempfile::Builder::new().prefix("parallax-encodings-").tempdir();
        let temporary = temporary.map_err(|error| Error::Store {
            path: std::env::temp_dir(),
            message: format!("cannot be written to ({error}); name another folder in TMPDIR"),
        })?;
        Ok(Self::new(Folder::new(temporary.path()), u64::MAX, Some(temporary)))
    }

    fn new(folder: Folder, max_bytes: u64, temporary: Option<TempDir>) -> Self {
        Self {
            folder,
            max_bytes,
            state: RwLock::default(),
            pending: Mutex::default(),
            files: OpenFiles::default(),
            counters: Counters::default(),
            problem: Mutex::default(),
            is_closed: AtomicBool::new(false),
            temporary,
        }
    }

    /// Reads the index of each segment.
    fn load(&self) -> io::Result<()> {
        let meta = self.folder.read_meta().map(|meta| meta.segments).unwrap_or_default();
        let load = |listed: Listed| {
            let loaded = segment::load(&self.folder.file(&listed.name)).ok()?;
            Some((listed, loaded))
        };
        let loaded: Vec<_> = self.folder.segments()?.into_par_iter().filter_map(load).collect();
        let mut state = self.write_state();
        // In the order in which they were written, so that of two records of one key the later counts.
        for (listed, loaded) in loaded {
            if !loaded.is_whole {
                add(&self.counters.damaged, 1);
            }
            let last_used = meta.get(&listed.name).map_or(listed.modified, |line| line.last_used);
            state.adopt(listed.name, listed.bytes, last_used, &loaded);
        }
        Ok(())
    }

    /// The encoding of a text by the encoder with this fingerprint; `None` where it is not there, or not as it was written.
    pub fn get(&self, fingerprint: Fingerprint, text: &str) -> Option<Encoding> {
        self.read(Key::of_encoding(fingerprint, text))
    }

    /// Stores the encoding of a text by the encoder with this fingerprint. It takes the place of one that is there.
    pub fn put(&self, fingerprint: Fingerprint, text: &str, encoding: &Encoding) {
        self.write(Key::of_encoding(fingerprint, text), encoding);
    }

    /// The sentiment of a text toward the words that the span covers, as [`Store::get`]; `Some(None)` where the encoder was
    /// asked and has none.
    pub fn get_target_sentiment(
        &self,
        fingerprint: Fingerprint,
        text: &str,
        span: Span,
    ) -> Option<Option<Sentiment>> {
        self.read(Key::of_target(fingerprint, text, span))
    }

    /// Stores the sentiment of a text toward the words that the span covers, as [`Store::put`].
    pub fn put_target_sentiment(
        &self,
        fingerprint: Fingerprint,
        text: &str,
        span: Span,
        sentiment: Option<Sentiment>,
    ) {
        self.write(Key::of_target(fingerprint, text, span), &sentiment);
    }

    /// What a pair network says of two sentences, as [`Store::get_target_sentiment`]. The order of the two does not matter.
    pub fn get_pair_reading(
        &self,
        fingerprint: Fingerprint,
        pair: (&str, &str),
    ) -> Option<Option<PairReading>> {
        self.read(Key::of_pair(fingerprint, pair))
    }

    /// Stores what a pair network says of two sentences, as [`Store::put`].
    pub fn put_pair_reading(
        &self,
        fingerprint: Fingerprint,
        pair: (&str, &str),
        reading: Option<PairReading>,
    ) {
        self.write(Key::of_pair(fingerprint, pair), &reading);
    }

    fn read<T: DeserializeOwned>(&self, key: Key) -> Option<T> {
        let Some(place) = self.read_state().places.get(&key).cloned() else {
            add(&self.counters.misses, 1);
            return None;
        };
        let found = match &place {
            Place::Memory(payload) => postcard::from_bytes(payload).map_err(|_| Lost::Damaged),
            Place::Disk { segment, offset, length } => self.read_record(key, segment, *offset, *length),
        };
        match found {
            Ok(value) => {
                add(&self.counters.hits, 1);
                Some(value)
            }
            Err(lost) => {
                self.lose(key, &place, &lost);
                None
            }
        }
    }

    fn read_record<T: DeserializeOwned>(
        &self,
        key: Key,
        segment: &Segment,
        offset: u64,
        length: u32,
    ) -> Result<T, Lost> {
        let path = self.folder.file(&segment.name);
        let record = match self.files.read(segment.number, &path, offset, length as usize) {
            Ok(record) => record,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Lost::Vanished),
            Err(_) => return Err(Lost::Damaged),
        };
        let value = segment::payload(&record, key).and_then(|payload| postcard::from_bytes(payload).ok());
        segment.last_used.store(now(), Ordering::Relaxed);
        value.ok_or(Lost::Damaged)
    }

    /// Forgets a record that cannot be read, so that the one that is encoded in its place counts.
    fn lose(&self, key: Key, place: &Place, lost: &Lost) {
        let Place::Disk { segment, offset, .. } = place else { return };
        match lost {
            Lost::Vanished => {
                add(&self.counters.misses, 1);
                self.write_state().forget_segments(|other| other.number == segment.number);
            }
            Lost::Damaged => {
                add(&self.counters.damaged, 1);
                segment.is_damaged.store(true, Ordering::Relaxed);
                self.write_state().forget(key, segment, *offset);
            }
        }
    }

    fn write(&self, key: Key, value: &impl Serialize) {
        if self.has_stopped() {
            return;
        }
        let payload = postcard::to_allocvec(value).expect("a record can always be written to memory");
        let payload: Arc<[u8]> = payload.into();
        let mut pending = lock(&self.pending);
        self.write_state().places.insert(key, Place::Memory(Arc::clone(&payload)));
        pending.bytes += payload.len();
        pending.records.push((key, payload));
        pending.since.get_or_insert_with(Instant::now);
        let is_due = pending.is_due();
        drop(pending);
        if is_due {
            self.flush();
        }
    }

    /// Writes what was put and is not on disk yet. Needs no calling: it is done as the work goes on and at the end.
    pub fn flush(&self) {
        let pending = std::mem::take(&mut *lock(&self.pending));
        if pending.records.is_empty() {
            return;
        }
        let mut builder = Builder::new();
        pending.records.iter().for_each(|(key, payload)| builder.push(*key, payload));
        let written = if self.has_stopped() { None } else { self.write_segment(builder) };
        let Some(written) = written else {
            return self.write_state().give_up(&pending.records);
        };
        add(&self.counters.written, written.entries.len() as u64);
        add(&self.counters.bytes_written, written.bytes);
        self.write_state().settle(&pending.records, written);
        self.keep_books(false);
    }

    fn write_segment(&self, builder: Builder) -> Option<Written> {
        self.folder.write_segment(builder).inspect_err(|error| self.stop(error)).ok()
    }

    /// Brings `meta.json` up to date and the folder below its bound; at the end also merges segments.
    fn keep_books(&self, is_last: bool) {
        if self.temporary.is_some() || self.has_stopped() {
            return;
        }
        match self.try_to_keep_books(is_last) {
            // Nothing was to be stored: all that is lost is when the segments were last used.
            Err(error) if self.counters.written.load(Ordering::Relaxed) == 0 => {
                tracing::debug!("{}: meta.json is not written ({error})", self.folder.path().display());
            }
            Err(error) => self.stop(&error),
            Ok(()) => {}
        }
    }

    fn try_to_keep_books(&self, is_last: bool) -> io::Result<()> {
        // While work goes on nobody waits: the next segment, or the end, brings the books up to date.
        let wait = if is_last { MAX_LOCKED } else { Duration::ZERO };
        let Some(_lock) = self.folder.lock(wait)? else { return Ok(()) };
        let mut lines = books::lines(&self.folder, &self.read_state().lines())?;
        if is_last {
            merge(&self.folder, &mut lines, &self.read_state().damaged())?;
        }
        let evicted = books::evict(&mut lines, self.max_bytes);
        books::remove(&self.folder, &evicted);
        self.write_state().forget_segments(|segment| evicted.contains(&segment.name));
        self.folder.write_meta(&Meta::new(self.max_bytes, lines))
    }

    /// Writes nothing any more, and says so once.
    fn stop(&self, error: &io::Error) {
        let mut problem = lock(&self.problem);
        if problem.is_none() {
            let message = format!(
                "{}: encodings are not stored any more ({error}); the results are the same, the next run takes longer",
                self.folder.path().display()
            );
            tracing::warn!("{message}");
            *problem = Some(message);
        }
    }

    fn has_stopped(&self) -> bool {
        lock(&self.problem).is_some()
    }

    /// True for a store that goes with the run.
    pub fn is_temporary(&self) -> bool {
        self.temporary.is_some()
    }

    /// The folder that it lies in.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What it has done so far.
    pub fn stats(&self) -> Stats {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let bytes = self.read_state().segments().map(|segment| segment.bytes).sum();
        Stats {
            hits: count(&self.counters.hits),
            misses: count(&self.counters.misses),
            damaged: count(&self.counters.damaged),
            written: count(&self.counters.written),
            bytes_written: count(&self.counters.bytes_written),
            bytes,
            problem: lock(&self.problem).clone(),
        }
    }

    /// Writes what is left and tidies the folder, as dropping it does, and says what it has done.
    pub fn close(self) -> Stats {
        self.finish();
        self.stats()
    }

    fn finish(&self) {
        if self.is_closed.swap(true, Ordering::Relaxed) || self.temporary.is_some() {
            return;
        }
        self.flush();
        self.keep_books(true);
    }

    fn read_state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_state(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.finish();
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Store").field("folder", &self.folder.path()).finish_non_exhaustive()
    }
}

impl State {
    /// Takes a segment's records into the index.
    fn adopt(&mut self, name: String, bytes: u64, last_used: u64, loaded: &Loaded) {
        let segment = self.add_segment(name, bytes, loaded.entries.len(), last_used);
        segment.is_damaged.store(!loaded.is_whole, Ordering::Relaxed);
        for entry in &loaded.entries {
            self.places.insert(entry.key, Place::on_disk(&segment, entry));
        }
    }

    fn add_segment(&mut self, name: String, bytes: u64, entries: usize, last_used: u64) -> Arc<Segment> {
        let segment = Arc::new(Segment {
            number: self.segments.len(),
            name,
            bytes,
            entries: entries as u64,
            last_used: AtomicU64::new(last_used),
            is_damaged: AtomicBool::new(false),
            is_gone: AtomicBool::new(false),
        });
        self.segments.push(Arc::clone(&segment));
        segment
    }

    /// Takes these records out of memory, as they are in a segment now. Of a key that was put again meanwhile the later one
    /// stays.
    fn settle(&mut self, records: &[Record], written: Written) {
        let segment = self.add_segment(written.name, written.bytes, written.entries.len(), now());
        for (record, entry) in records.iter().zip(&written.entries) {
            if self.holds(record) {
                self.places.insert(entry.key, Place::on_disk(&segment, entry));
            }
        }
    }

    /// Takes these records out of memory, as they are nowhere else.
    fn give_up(&mut self, records: &[Record]) {
        for record in records {
            if self.holds(record) {
                self.places.remove(&record.0);
            }
        }
    }

    fn holds(&self, (key, payload): &Record) -> bool {
        matches!(self.places.get(key), Some(Place::Memory(held)) if Arc::ptr_eq(held, payload))
    }

    /// Forgets a record at this place; not one that was put elsewhere meanwhile.
    fn forget(&mut self, key: Key, segment: &Arc<Segment>, at: u64) {
        let is_there = |place: &Place| matches!(place, Place::Disk { segment: held, offset, .. } if Arc::ptr_eq(held, segment) && *offset == at);
        if self.places.get(&key).is_some_and(is_there) {
            self.places.remove(&key);
        }
    }

    fn forget_segments(&mut self, gone: impl Fn(&Segment) -> bool) {
        let gone: Vec<&Arc<Segment>> = self.segments.iter().filter(|segment| gone(segment)).collect();
        if gone.is_empty() {
            return;
        }
        gone.iter().for_each(|segment| segment.is_gone.store(true, Ordering::Relaxed));
        self.places.retain(|_, place| match place {
            Place::Memory(_) => true,
            Place::Disk { segment, .. } => !segment.is_gone.load(Ordering::Relaxed),
        });
    }

    /// The segments that were there when they were last read.
    fn segments(&self) -> impl Iterator<Item = &Segment> {
        self.segments.iter().map(Arc::as_ref).filter(|segment| !segment.is_gone.load(Ordering::Relaxed))
    }

    fn lines(&self) -> Lines {
        let line = |segment: &Segment| Line {
            bytes: segment.bytes,
            entries: segment.entries,
            last_used: segment.last_used.load(Ordering::Relaxed),
        };
        self.segments().map(|segment| (segment.name.clone(), line(segment))).collect()
    }

    /// The names of the segments in which something was found damaged.
    fn damaged(&self) -> Vec<String> {
        let is_damaged = |segment: &&Segment| segment.is_damaged.load(Ordering::Relaxed);
        self.segments().filter(is_damaged).map(|segment| segment.name.clone()).collect()
    }
}

impl Place {
    fn on_disk(segment: &Arc<Segment>, entry: &Entry) -> Self {
        Self::Disk { segment: Arc::clone(segment), offset: entry.offset, length: entry.length }
    }
}

/// The data are whole whatever a thread was at when it panicked.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn add(counter: &AtomicU64, count: u64) {
    counter.fetch_add(count, Ordering::Relaxed);
}
