//! How the results of a run take the place of those of an earlier one: whole or not at all, and one run at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::de::IgnoredAny;
use tempfile::{NamedTempFile, TempDir};

use super::read_back::RUN_FILE;
use super::result_files::{file_name, is_of_run, result_names};
use super::table::Format;
use super::tables::NAMES;
use crate::error::{Error, Result};

/// What the names of files begin with while they are written.
pub(super) const UNFINISHED: &str = ".parallax-tmp-";

/// What the names of folders begin with in which a run puts its files until all are there.
const STAGING: &str = ".parallax-new-";

/// The folder of a run whose files are all there and are being put in place. From the moment that it has this name, the run is
/// the result.
const COMMIT: &str = ".parallax-commit";

/// In a staging folder, locked by the run that writes there, so that another does not take it for a leftover.
const LOCK: &str = "lock";

/// So much is written, and removed again, before a run begins: a disk without room even for this can hold no results.
const PROBE_BYTES: usize = 1 << 16;

/// In a committed folder, the names of tables that are no part of the run, a line each: they are to be removed.
const STALE: &str = "stale";

/// Held while files are put in place: the staging folders of this process.
static STAGED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn staged() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    STAGED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Keeps this process from putting results in place from now on, and removes what it wrote so far and did not commit: for who is
/// about to end the process. Waits until files that are being put in place are there.
pub fn abandon() {
    let mut staged = staged();
    for folder in std::mem::take(&mut *staged) {
        // What cannot be removed is removed by the next run.
        let _ = fs::remove_dir_all(folder);
    }
    // Never let go: no thread may commit any more.
    std::mem::forget(staged);
}

/// Makes the folder for the results, before any work is done, and makes sure that they can be written and that nothing of the user's is
/// overwritten. Finishes what an earlier run was stopped in ([`recover`]).
///
/// # Errors
/// [`Error::Write`] where the folder cannot be made or written to, [`Error::Output`] where it is an input, where results would take the
/// place of an input, or of a file with the name of a table that no run wrote.
pub fn prepare(folder: &Path, inputs: &[PathBuf]) -> Result<()> {
    let refuse = |message: String| Error::Output { path: folder.to_owned(), message };
    if folder.exists() && !folder.is_dir() {
        return Err(refuse("is not a folder; name one for the results with --out".to_owned()));
    }
    let fail = |source| Error::Write { path: folder.to_owned(), source };
    fs::create_dir_all(folder).map_err(fail)?;
    let real = folder.canonicalize().map_err(fail)?;
    for input in inputs.iter().filter_map(|input| input.canonicalize().ok()) {
        if input == real {
            return Err(refuse(
                "is also an input; name another folder for the results with --out".to_owned(),
            ));
        }
        let name = input.file_name().unwrap_or_default().to_string_lossy();
        if input.parent() == Some(&real) && is_of_run(&name) {
            return Err(refuse(format!(
                "holds the input {name}, whose place the results would take; name another folder for them with --out"
            )));
        }
    }
    recover(folder)?;
    let is_ours = is_run_file(&folder.join(RUN_FILE));
    let foreign = result_names().chain([COMMIT.to_owned()]);
    let foreign = foreign.filter(|name| name == COMMIT || !is_ours);
    if let Some(name) = foreign.into_iter().find(|name| folder.join(name).exists()) {
        return Err(refuse(format!(
            "holds {name}, which no run wrote; name another folder for the results with --out"
        )));
    }
    probe(folder).map_err(fail)
}

/// True for the `run.json` of a run, whatever its version.
fn is_run_file(path: &Path) -> bool {
    #[derive(serde::Deserialize)]
    struct OfRun {
        #[serde(rename = "tables")]
        _tables: BTreeMap<String, IgnoredAny>,
    }
    let read = || serde_json::from_reader::<_, OfRun>(BufReader::new(File::open(path).ok()?)).ok();
    path.is_file() && read().is_some()
}

/// Writes a little where the results will be written first.
fn probe(folder: &Path) -> io::Result<()> {
    let staging = Staging::new(folder, &lock(folder)?)?;
    write_file(&staging.folder.path().join(RUN_FILE), |writer| writer.write_all(&[0; PROBE_BYTES]))
}

/// Fills a staging folder and puts its files in place of those of an earlier run.
pub(super) fn replace(
    folder: &Path,
    formats: &[Format],
    fill: impl FnOnce(&Path) -> io::Result<()>,
) -> io::Result<()> {
    let staging = Staging::new(folder, &lock(folder)?)?;
    fill(staging.folder.path())?;
    write_stale(staging.folder.path(), formats)?;
    let _alone = lock(folder)?;
    let mut staged = staged();
    staging.commit(folder, &mut staged)?;
    put_in_place(folder, usize::MAX)
}

/// Notes the tables in formats that were not asked for.
fn write_stale(staging: &Path, formats: &[Format]) -> io::Result<()> {
    let other = || Format::ALL.into_iter().filter(|format| !formats.contains(format));
    write_file(&staging.join(STALE), |writer| {
        NAMES
            .into_iter()
            .flat_map(|name| other().map(move |format| file_name(name, format)))
            .try_for_each(|name| writeln!(writer, "{name}"))
    })
}

/// A folder for the files of a run until all are there; it is removed when it is dropped before it is committed.
pub(super) struct Staging {
    pub folder: TempDir,
    /// Keeps the lock.
    _lock: File,
}

impl Staging {
    /// Until it holds its own lock, it looks like a leftover: so `folder` is to be locked meanwhile.
    pub(super) fn new(folder: &Path, _alone: &Alone) -> io::Result<Self> {
        let staging = TempDir::with_prefix_in(STAGING, folder)?;
        let lock = File::create(staging.path().join(LOCK))?;
        // Where there are no locks, nobody can get this one, which is what it is for.
        let _ = lock.lock();
        staged().insert(staging.path().to_owned());
        Ok(Self { folder: staging, _lock: lock })
    }

    /// Makes the files of the folder the results.
    fn commit(self, folder: &Path, staged: &mut BTreeSet<PathBuf>) -> io::Result<()> {
        // What another run committed and was stopped in comes first.
        put_in_place(folder, usize::MAX)?;
        let staging = self.folder.path();
        fs::remove_file(staging.join(LOCK))?;
        sync(staging)?;
        fs::rename(staging, folder.join(COMMIT))?;
        staged.remove(staging);
        sync(folder)
    }
}

/// Finishes what an earlier run into `folder` was stopped in: files of a committed run are put in place, and what no run is working
/// on any more is removed. Says whether results were put in place.
///
/// # Errors
/// [`Error::Write`] where that fails.
pub fn recover(folder: &Path) -> Result<bool> {
    let fail = |source| Error::Write { path: folder.to_owned(), source };
    let _alone = lock(folder).map_err(fail)?;
    let is_committed = folder.join(COMMIT).join(STALE).is_file();
    put_in_place(folder, usize::MAX).map_err(fail)?;
    if is_committed {
        tracing::warn!(
            "{}: a run was stopped while it put its results in place; they are all there now",
            folder.display()
        );
    }
    remove_unfinished(folder).map_err(fail)?;
    Ok(is_committed)
}

/// Puts the files of a committed run in place, `run.json` last, then removes the tables that are no part of the run. After `most`
/// steps it stops, as if it were killed. What is done is not done again, so that it can be taken up at any point.
fn put_in_place(folder: &Path, most: usize) -> io::Result<()> {
    let commit = folder.join(COMMIT);
    let Ok(stale) = fs::read_to_string(commit.join(STALE)) else { return Ok(()) };
    let mut names = vec![];
    for entry in fs::read_dir(&commit)? {
        let name = entry?.file_name().into_string().unwrap_or_default();
        names.extend(Some(name).filter(|name| is_of_run(name)));
    }
    names.sort_by_key(|name| (name == RUN_FILE, name.clone()));
    let mut steps = 0..most;
    for name in names {
        if steps.next().is_none() {
            return Ok(());
        }
        fs::rename(commit.join(&name), folder.join(&name))?;
    }
    for name in stale.lines().filter(|name| is_of_run(name)) {
        if steps.next().is_none() {
            return Ok(());
        }
        remove_if_there(&folder.join(name))?;
    }
    if steps.next().is_none() {
        return Ok(());
    }
    sync(folder)?;
    remove_own(&commit)
}

/// Removes the folders that runs which were killed while they wrote have left: those that no run holds the lock of.
fn remove_unfinished(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name());
        let may_be_left = name == COMMIT || name.to_string_lossy().starts_with(STAGING);
        if may_be_left && entry.file_type()?.is_dir() {
            let lock = path.join(LOCK);
            let is_held = lock.is_file() && File::open(&lock)?.try_lock().is_err();
            if !is_held {
                remove_own(&path)?;
            }
        }
    }
    Ok(())
}

/// Removes a run's hidden folder with the files that a run writes. A folder that no run made, and one that holds anything else, stays
/// with what is not a run's.
fn remove_own(folder: &Path) -> io::Result<()> {
    let mut names = vec![];
    for entry in fs::read_dir(folder)? {
        names.push(entry?.file_name().into_string().unwrap_or_default());
    }
    let is_mark = |name: &str| [LOCK, STALE].contains(&name);
    if !names.is_empty() && !names.iter().any(|name| is_mark(name)) {
        return Ok(());
    }
    // Last what marks it as a run's, so that it can be taken up where this is stopped.
    names.sort_by_key(|name| is_mark(name));
    for name in names.iter().filter(|name| is_mark(name) || is_of_run(name)) {
        remove_if_there(&folder.join(name))?;
    }
    match fs::remove_dir(folder) {
        Err(error) if error.kind() != io::ErrorKind::DirectoryNotEmpty => Err(error),
        _ => Ok(()),
    }
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Writes a new file and makes sure that it is on the disk.
pub(super) fn write_file(
    path: &Path,
    write: impl FnOnce(&mut (dyn Write + Send)) -> io::Result<()>,
) -> io::Result<()> {
    let mut writer = BufWriter::new(File::create_new(path)?);
    write(&mut writer)?;
    let file = writer.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()
}

/// As long as it lives, no other process, and no other thread, makes a staging folder, puts results in place or clears up in a folder.
pub(super) struct Alone {
    _folder: Option<File>,
}

/// Waits until nobody else is at work in the folder, which takes seconds at most, and keeps others from it.
#[cfg(unix)]
pub(super) fn lock(folder: &Path) -> io::Result<Alone> {
    use std::fs::TryLockError;

    let file = File::open(folder)?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => {
            tracing::warn!(
                "{}: another run is putting its results in place; waiting for it",
                folder.display()
            );
            file.lock()?;
        }
        // A file system without such locks, as some that lie behind a network: two runs that end at once are not kept apart there.
        Err(TryLockError::Error(error)) => tracing::debug!("{}: cannot be locked: {error}", folder.display()),
        Ok(()) => {}
    }
    Ok(Alone { _folder: Some(file) })
}

#[cfg(not(unix))]
pub(super) fn lock(_: &Path) -> io::Result<Alone> {
    Ok(Alone { _folder: None })
}

/// Makes sure that the names in a folder are on the disk.
#[cfg(unix)]
pub(super) fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
pub(super) fn sync(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Writes to a file of another name that is put in place when it is whole.
pub(crate) fn write_whole(
    path: &Path,
    write: impl FnOnce(&mut (dyn Write + Send)) -> io::Result<()>,
) -> Result<()> {
    let put = || -> io::Result<()> {
        // What a link leads to is replaced, and not the link; a device or a pipe is not.
        let path = &if path.is_symlink() { fs::canonicalize(path)? } else { path.to_owned() };
        if path.exists() && !path.is_file() {
            return Err(io::Error::other("it is there and no file"));
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let file = NamedTempFile::with_prefix_in(UNFINISHED, folder)?;
        let mut writer = BufWriter::new(file);
        write(&mut writer)?;
        let file = writer.into_inner().map_err(io::IntoInnerError::into_error)?;
        match fs::metadata(path) {
            Ok(before) => file.as_file().set_permissions(before.permissions())?,
            Err(_) => make_readable(file.as_file())?,
        }
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    };
    put().map_err(|source| Error::Write { path: path.to_owned(), source })
}

/// Temporary files are the owner's alone; results are for whoever may read the folder.
#[cfg(unix)]
fn make_readable(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn make_readable(_: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The files of a folder with their contents, those that are being written left out.
    fn files(folder: &Path) -> BTreeMap<String, String> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let shown = entries.filter(|path| !path.file_name().unwrap().to_str().unwrap().starts_with('.'));
        let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
        shown.map(|path| (name(&path), fs::read_to_string(&path).unwrap())).collect()
    }

    fn named(files: &[(&str, &str)]) -> BTreeMap<String, String> {
        files.iter().map(|&(name, text)| (name.to_owned(), text.to_owned())).collect()
    }

    const OLD: [(&str, &str); 4] =
        [("claims.csv", "old"), ("claims.jsonl", "old"), ("notes.txt", "mine"), ("run.json", "old")];
    const NEW: [(&str, &str); 3] = [("claims.csv", "new"), ("notes.txt", "mine"), ("run.json", "new")];

    fn old_run() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        OLD.iter().for_each(|(name, text)| fs::write(folder.path().join(name), text).unwrap());
        folder
    }

    /// Writes the new run's files into a staging folder.
    fn staged_run(folder: &Path) -> Staging {
        let staging = Staging::new(folder, &lock(folder).unwrap()).unwrap();
        for name in ["claims.csv", "run.json"] {
            write_file(&staging.folder.path().join(name), |writer| writer.write_all(b"new")).unwrap();
        }
        write_stale(staging.folder.path(), &[Format::Csv]).unwrap();
        staging
    }

    #[test]
    fn a_run_that_is_stopped_anywhere_leaves_all_of_the_old_or_can_be_finished() {
        let folder = old_run();
        drop(staged_run(folder.path()));
        assert_eq!(files(folder.path()), named(&OLD));
        // A kill leaves the staging folder, and the lock with its process: not here, so the lock is let go by hand.
        let killed = staged_run(folder.path());
        std::mem::forget(killed.folder);
        drop(killed._lock);
        assert_eq!(files(folder.path()), named(&OLD));
        assert!(!recover(folder.path()).unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), OLD.len());

        for n_steps in 0..40 {
            let folder = old_run();
            staged_run(folder.path()).commit(folder.path(), &mut staged()).unwrap();
            put_in_place(folder.path(), n_steps).unwrap();
            let stopped = folder.path().join(COMMIT).exists();
            assert_eq!(recover(folder.path()).unwrap(), stopped, "{n_steps}");
            assert_eq!(files(folder.path()), named(&NEW), "{n_steps}");
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), NEW.len());
            if !stopped {
                return;
            }
        }
        panic!("it never came to an end");
    }

    #[test]
    fn a_fault_while_the_files_are_written_leaves_the_old_ones() {
        let folder = old_run();
        let full = |_: &Path| Err(io::Error::from(io::ErrorKind::StorageFull));
        assert_eq!(
            replace(folder.path(), &[Format::Csv], full).unwrap_err().kind(),
            io::ErrorKind::StorageFull
        );
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), OLD.len());
        assert_eq!(files(folder.path()), named(&OLD));
    }

    #[test]
    fn a_committed_folder_from_elsewhere_moves_and_removes_nothing_but_results() {
        let folder = old_run();
        let commit = folder.path().join(COMMIT);
        fs::create_dir(&commit).unwrap();
        fs::write(commit.join(STALE), "notes.txt\n../notes.txt\nclaims.jsonl\n").unwrap();
        fs::write(commit.join("notes.txt"), "theirs").unwrap();
        fs::write(commit.join("claims.csv"), "new").unwrap();
        fs::write(commit.join("run.json"), "new").unwrap();
        recover(folder.path()).unwrap();
        assert_eq!(files(folder.path()), named(&NEW));
    }

    #[test]
    fn what_a_run_did_not_write_is_never_removed() {
        let folder = old_run();
        let mine = [
            ".parallax-tmp-notes",
            ".parallax-new-notes",
            ".parallax-new-mine/claims.csv",
            ".parallax-new-draft/lock",
            ".parallax-new-draft/chapter.txt",
            ".parallax-commit/stale",
            ".parallax-commit/chapter.txt",
        ]
        .map(|name| folder.path().join(name));
        for path in &mine {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        // What a kill between the making of a folder and the end of its removal leaves.
        for left in [".parallax-new-empty", ".parallax-new-killed"] {
            fs::create_dir(folder.path().join(left)).unwrap();
        }
        for name in [LOCK, STALE, "claims.csv"] {
            fs::write(folder.path().join(".parallax-new-killed").join(name), "").unwrap();
        }
        recover(folder.path()).unwrap();
        for path in mine.iter().filter(|path| !path.ends_with(LOCK) && !path.ends_with(STALE)) {
            assert!(path.exists(), "{}", path.display());
        }
        assert!(!folder.path().join(".parallax-new-empty").exists());
        assert!(!folder.path().join(".parallax-new-killed").exists());
        fs::write(folder.path().join(RUN_FILE), "{\"tables\": {}}").unwrap();
        let refused = prepare(folder.path(), &[]).unwrap_err().to_string();
        assert!(refused.contains("holds .parallax-commit, which no run wrote"), "{refused}");
    }

    #[test]
    fn a_folder_that_cannot_be_used_is_refused_before_any_work() {
        struct Case {
            files: &'static [(&'static str, &'static str)],
            input: &'static str,
            message: &'static str,
        }
        const RUN: (&str, &str) = ("run.json", "{\"tables\": {}}");
        for case in [
            Case {
                files: &[RUN, ("sentences.csv", "")],
                input: "sentences.csv",
                message: "holds the input sentences.csv",
            },
            Case { files: &[("mine.csv", "")], input: "mine.csv", message: "" },
            Case {
                files: &[("articles.csv", "")],
                input: "",
                message: "holds articles.csv, which no run wrote",
            },
            Case {
                files: &[("run.json", "{\"laps\": 3}")],
                input: "",
                message: "holds run.json, which no run wrote",
            },
            Case { files: &[RUN, ("articles.csv", "")], input: "", message: "" },
        ] {
            let folder = tempfile::tempdir().unwrap();
            case.files.iter().for_each(|(name, text)| fs::write(folder.path().join(name), text).unwrap());
            let inputs = Some(folder.path().join(case.input)).filter(|_| !case.input.is_empty());
            let prepared = prepare(folder.path(), inputs.as_slice());
            let refused = prepared.map_or_else(|error| error.to_string(), |()| String::new());
            assert_eq!(refused.is_empty(), case.message.is_empty(), "{refused}");
            assert!(refused.contains(case.message), "{refused}");
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), case.files.len());
        }
    }

    #[test]
    fn runs_that_end_at_once_each_find_their_turn() {
        let folder = old_run();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..5 {
                        let fill = |staging: &Path| {
                            let file = |name: &str| {
                                write_file(&staging.join(name), |writer| writer.write_all(b"new"))
                            };
                            file("claims.csv")?;
                            file("run.json")
                        };
                        replace(folder.path(), &[Format::Csv], fill).unwrap();
                        recover(folder.path()).unwrap();
                    }
                });
            }
        });
        assert_eq!(files(folder.path()), named(&NEW));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), NEW.len());
    }

    #[test]
    fn what_another_run_is_writing_is_left_alone() {
        let folder = old_run();
        let living = staged_run(folder.path());
        recover(folder.path()).unwrap();
        living.commit(folder.path(), &mut staged()).unwrap();
        recover(folder.path()).unwrap();
        assert_eq!(files(folder.path()), named(&NEW));
    }
}
