//! Where the platform keeps what can be made or fetched again, and how files are read whole.

use std::fs::{self, File};
use std::io::{self, Error, ErrorKind, Read};
use std::path::{Path, PathBuf};

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

/// Most bytes of a file that people write by hand, or that says what lies beside it.
pub(crate) const MOST_OF_SETTINGS: u64 = 64 << 20;

/// Most bytes of a file with many texts, of its text unpacked, and of the weights of a model.
pub(crate) const MOST_OF_DATA: u64 = 4 << 30;

/// The bytes of a file, as it was at one moment. What is no regular file is not opened: a pipe may be waited for without end, and a
/// device may never end.
///
/// # Errors
/// What the system says; [`ErrorKind::InvalidData`] for what is no regular file, for more than `most` bytes, and for a file that is written to
/// meanwhile.
pub(crate) fn read_file(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let invalid = |message| Error::new(ErrorKind::InvalidData, message);
    let file = fs::metadata(path)?;
    if !file.is_file() && !file.is_dir() {
        return Err(invalid("it is a pipe or a device; copy what it holds into a file"));
    }
    let file = File::open(path)?;
    let state = || -> io::Result<_> { file.metadata().map(|file| (file.len(), file.modified().ok())) };
    let before = state()?;
    let bytes = read_within(&file, most)?;
    if state()? != before {
        return Err(invalid("it was written to while it was read; wait until it is whole"));
    }
    Ok(bytes)
}

/// All that a reader gives.
///
/// # Errors
/// What the reader says; [`ErrorKind::InvalidData`] for more than `most` bytes.
pub(crate) fn read_within(reader: impl Read, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = vec![];
    reader.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        let size = if most < 1 << 30 { format!("{} MB", most >> 20) } else { format!("{} GB", most >> 30) };
        return Err(Error::new(ErrorKind::InvalidData, format!("it holds more than {size}; split it")));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_whole_within_a_bound() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "words").unwrap();
        assert_eq!(read_file(&path, 5).unwrap(), b"words");
        assert!(read_file(&path, 4).unwrap_err().to_string().contains("more than 0 MB"));
        assert!(read_file(folder.path(), 5).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_is_refused_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let (pipe, link) = (folder.path().join("pipe"), folder.path().join("zeros"));
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        std::os::unix::fs::symlink("/dev/zero", &link).unwrap();
        for path in [pipe, link] {
            let error = read_file(&path, MOST_OF_DATA).unwrap_err().to_string();
            assert!(error.contains("a pipe or a device"), "{error}");
        }
    }

    #[test]
    fn a_file_that_grows_while_it_is_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, vec![b'x'; 1 << 20]).unwrap();
        let is_done = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                use std::io::Write;
                let mut file = File::options().append(true).open(&path).unwrap();
                while !is_done.load(std::sync::atomic::Ordering::Relaxed) {
                    file.write_all(&[b'x'; 4096]).unwrap();
                    // Where the reader waits for its turn, the disk is not to fill.
                    if file.metadata().unwrap().len() > 8 << 20 {
                        file.set_len(1 << 20).unwrap();
                    }
                }
            });
            // Reading takes longer than writing a page, so the writer is not missed.
            let refused = (0..100).any(|_| {
                read_file(&path, MOST_OF_DATA).is_err_and(|error| error.to_string().contains("written to"))
            });
            is_done.store(true, std::sync::atomic::Ordering::Relaxed);
            assert!(refused);
        });
    }
}
