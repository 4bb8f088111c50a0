use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::run_json::RunJson;
use super::table::Format;
use super::tables::{NAMES, Tables};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::pipeline::Run;

/// The file whose presence says that the folder holds the results of a run, whole.
const RUN_FILE: &str = "run.json";

/// The file that says that a run began to write here and did not end: the tables beside it are not to be used.
const INCOMPLETE_FILE: &str = "run.incomplete";

/// What the names of files begin with while they are written.
const UNFINISHED: &str = ".parallax-";

/// Makes the folder for the results, before any work is done, and makes sure that nothing of the user's is overwritten.
///
/// # Errors
/// [`Error::Write`] where the folder cannot be made, [`Error::Output`] where it is an input, or holds a file with the
/// name of a table that no run wrote.
pub fn prepare(config: &Config) -> Result<()> {
    let folder = config.out.as_path();
    let refuse = |message: String| Error::Output { path: folder.to_owned(), message };
    if folder.exists() && !folder.is_dir() {
        return Err(refuse("is not a folder; name one for the results with --out".to_owned()));
    }
    let fail = |source| Error::Write { path: folder.to_owned(), source };
    fs::create_dir_all(folder).map_err(fail)?;
    let real = folder.canonicalize().map_err(fail)?;
    if config.inputs.iter().any(|input| input.canonicalize().is_ok_and(|input| input == real)) {
        return Err(refuse("is also an input; name another folder for the results with --out".to_owned()));
    }
    let is_ours = [RUN_FILE, INCOMPLETE_FILE].iter().any(|name| folder.join(name).exists());
    let foreign = table_paths(folder).find(|(path, _)| !is_ours && path.exists());
    if let Some((path, _)) = foreign {
        let name = path.file_name().unwrap_or_default().display().to_string();
        return Err(refuse(format!(
            "holds {name}, which no run wrote; name another folder for the results with --out"
        )));
    }
    NamedTempFile::with_prefix_in(UNFINISHED, folder).map_err(fail)?;
    Ok(())
}

/// Every file that a table can be, with the format.
fn table_paths(folder: &Path) -> impl Iterator<Item = (PathBuf, Format)> {
    let named = |name: &str, format: Format| (folder.join(format!("{name}.{}", format.extension())), format);
    NAMES.into_iter().flat_map(move |name| Format::ALL.map(|format| named(name, format)))
}

/// Writes every table in every format, then `run.json`, into the run's output folder.
///
/// Each file appears whole or not at all. `run.json` of an earlier run goes first and the new one comes last, so a
/// folder with a `run.json` never mixes two runs; until then `run.incomplete` stands in its place. Files with other
/// names are left alone.
///
/// # Errors
/// As [`prepare`], and [`Error::Write`] where a file cannot be written.
pub fn write(run: &Run) -> Result<()> {
    prepare(&run.config)?;
    let folder = run.config.out.as_path();
    write_whole(&folder.join(INCOMPLETE_FILE), |_| Ok(()))?;
    remove(&folder.join(RUN_FILE))?;
    remove_unfinished(folder)?;
    let tables = Tables::new(run);
    for name in NAMES {
        let table = tables.table(name);
        for format in Format::ALL {
            let path = folder.join(format!("{}.{}", table.name, format.extension()));
            if run.config.formats.contains(&format) {
                write_whole(&path, |writer| table.write(format, writer))?;
            } else {
                // A table of an earlier run in a format that was not asked for now would not fit the others.
                remove(&path)?;
            }
        }
    }
    write_whole(&folder.join(RUN_FILE), |mut writer| {
        serde_json::to_writer_pretty(&mut writer, &RunJson::new(run))?;
        writer.write_all(b"\n")
    })?;
    remove(&folder.join(INCOMPLETE_FILE))
}

/// Removes what a run that was killed while it wrote has left.
fn remove_unfinished(folder: &Path) -> Result<()> {
    let entries = fs::read_dir(folder).map_err(|source| Error::Write { path: folder.to_owned(), source })?;
    let is_unfinished = |path: &PathBuf| {
        path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(UNFINISHED.as_bytes()))
    };
    entries.flatten().map(|entry| entry.path()).filter(is_unfinished).try_for_each(|path| remove(&path))
}

pub(crate) fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(Error::Write { path: path.to_owned(), source })
        }
        _ => Ok(()),
    }
}

/// Writes to a file of another name that is put in place when it is whole.
pub(crate) fn write_whole(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let put = || -> io::Result<()> {
        let file = NamedTempFile::with_prefix_in(UNFINISHED, folder)?;
        let mut writer = BufWriter::new(file);
        write(&mut writer)?;
        let file = writer.into_inner().map_err(io::IntoInnerError::into_error)?;
        make_readable(file.as_file())?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    };
    put().map_err(|source| Error::Write { path: path.to_owned(), source })
}

/// Temporary files are the owner's alone; results are for whoever may read the folder.
#[cfg(unix)]
fn make_readable(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn make_readable(_: &fs::File) -> io::Result<()> {
    Ok(())
}
