use std::cmp::Reverse;
use std::collections::HashSet;
use std::fs;
use std::io;

use super::books::{Line, Lines, remove};
use super::folder::Folder;
use super::segment::{Builder, records};

/// What a segment has once it is large enough, in bytes.
pub(super) const SEGMENT_BYTES: usize = 8 << 20;

/// A segment with fewer bytes is small.
const SMALL_BYTES: u64 = 1 << 20;

/// So many small segments may stay.
const MAX_SMALL: usize = 64;

/// Makes few segments of many small ones, and sound ones of those that are known to be damaged. The lock must be held.
///
/// A run that knew the old segments does not find them any more and encodes again.
///
/// # Errors
/// Where the folder cannot be written. No record is lost then.
pub(super) fn merge(folder: &Folder, lines: &mut Lines, damaged: &[String]) -> io::Result<()> {
    let mut group = Group::new();
    for name in chosen(lines, damaged) {
        // What cannot be read stays where it is.
        let Ok(bytes) = fs::read(folder.file(&name)) else { continue };
        group.add(name.clone(), &bytes, lines[&name].last_used);
        if group.builder.len() >= SEGMENT_BYTES {
            group = group.write(folder, lines)?;
        }
    }
    group.write(folder, lines).map(|_| ())
}

/// Neighbours in time stand beside one another, so that what is not used any more can go alone.
fn chosen(lines: &Lines, damaged: &[String]) -> Vec<String> {
    let is_small = |name: &String| lines[name].bytes < SMALL_BYTES;
    let merges_small = lines.keys().filter(|name| is_small(name)).count() > MAX_SMALL;
    let is_chosen = |name: &String| damaged.contains(name) || (merges_small && is_small(name));
    let mut chosen: Vec<String> = lines.keys().filter(|name| is_chosen(name)).cloned().collect();
    chosen.sort_by_key(|name| Reverse(lines[name].last_used));
    chosen
}

/// Segments that become one.
struct Group {
    builder: Builder,
    names: Vec<String>,
    seen: HashSet<[u8; 32]>,
    last_used: u64,
}

impl Group {
    fn new() -> Self {
        Self { builder: Builder::new(), names: vec![], seen: HashSet::new(), last_used: 0 }
    }

    fn add(&mut self, name: String, bytes: &[u8], last_used: u64) {
        for (entry, payload) in records(bytes) {
            if self.seen.insert(entry.key.0) {
                self.builder.push(entry.key, payload);
            }
        }
        self.names.push(name);
        self.last_used = self.last_used.max(last_used);
    }

    /// Writes the one, then removes the many. Gives an empty group.
    fn write(self, folder: &Folder, lines: &mut Lines) -> io::Result<Self> {
        if !self.builder.is_empty() {
            let written = folder.write_segment(self.builder)?;
            let entries = written.entries.len() as u64;
            let line = Line { bytes: written.bytes, entries, last_used: self.last_used };
            lines.insert(written.name, line);
        }
        remove(folder, &self.names);
        lines.retain(|name, _| !self.names.contains(name));
        Ok(Self::new())
    }
}
