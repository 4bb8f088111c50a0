use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// How many segments are held open at once. Systems allow a process 256 files and more.
const MAX_OPEN: usize = 64;

/// The segments that were read last, held open.
#[derive(Default)]
pub(super) struct OpenFiles(Mutex<Files>);

#[derive(Default)]
struct Files {
    /// By the segment's number, with the time of its last use.
    open: HashMap<usize, (Arc<PositionedFile>, u64)>,
    /// Counts uses.
    time: u64,
}

impl OpenFiles {
    /// Bytes of the segment with this number, which lies at `path`.
    ///
    /// # Errors
    /// Where the file is gone, cannot be read or ends before.
    pub(super) fn read(
        &self,
        segment: usize,
        path: &Path,
        offset: u64,
        length: usize,
    ) -> io::Result<Vec<u8>> {
        let file = self.file(segment, path)?;
        let mut bytes = vec![0; length];
        file.read_exact_at(&mut bytes, offset)?;
        Ok(bytes)
    }

    fn file(&self, segment: usize, path: &Path) -> io::Result<Arc<PositionedFile>> {
        let mut files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        files.time += 1;
        let now = files.time;
        if let Some((file, time)) = files.open.get_mut(&segment) {
            *time = now;
            return Ok(Arc::clone(file));
        }
        let file = Arc::new(PositionedFile::new(File::open(path)?));
        if files.open.len() >= MAX_OPEN {
            let oldest = files.open.iter().min_by_key(|(_, (_, time))| *time).map(|(&segment, _)| segment);
            oldest.and_then(|segment| files.open.remove(&segment));
        }
        files.open.insert(segment, (Arc::clone(&file), now));
        Ok(file)
    }
}

/// A file that several threads read at once, each from a place of its own.
#[cfg(unix)]
struct PositionedFile(File);

#[cfg(unix)]
impl PositionedFile {
    fn new(file: File) -> Self {
        Self(file)
    }

    fn read_exact_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(&self.0, bytes, offset)
    }
}

/// A file that several threads read in turn, each from a place of its own.
#[cfg(not(unix))]
struct PositionedFile(Mutex<File>);

#[cfg(not(unix))]
impl PositionedFile {
    fn new(file: File) -> Self {
        Self(Mutex::new(file))
    }

    fn read_exact_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<()> {
        use std::io::{Read, Seek, SeekFrom};
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(offset))?;
        file.read_exact(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_files_than_the_bound_are_open() {
        let folder = tempfile::tempdir().unwrap();
        let path = |segment: usize| folder.path().join(segment.to_string());
        let files = OpenFiles::default();
        for segment in 0..MAX_OPEN + 10 {
            std::fs::write(path(segment), segment.to_string()).unwrap();
        }
        let read = |segment: usize| files.read(segment, &path(segment), 0, segment.to_string().len());
        for segment in (0..MAX_OPEN + 10).chain([0]) {
            assert_eq!(read(segment).unwrap(), segment.to_string().into_bytes());
        }
        let files = files.0.lock().unwrap();
        assert_eq!(files.open.len(), MAX_OPEN);
        assert!(files.open.contains_key(&0) && !files.open.contains_key(&1));
    }
}
