use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use tempfile::NamedTempFile;

use super::run_json::RunJson;
use super::table::Format;
use super::tables::{NAMES, Tables};
use crate::error::{Error, Result};
use crate::pipeline::Run;

/// The file whose presence says that the folder holds the results of a run, whole.
const RUN_FILE: &str = "run.json";

/// Writes every table in every format, then `run.json`, into the run's output folder.
///
/// Each file appears whole or not at all. `run.json` of an earlier run goes first and the new one comes last, so a
/// folder with a `run.json` never mixes two runs. Files that are not ours are left alone.
///
/// # Errors
/// [`Error::Write`] where the folder or a file cannot be written.
pub fn write(run: &Run) -> Result<()> {
    let folder = run.config.out.as_path();
    fs::create_dir_all(folder).map_err(|source| Error::Write { path: folder.to_owned(), source })?;
    remove(&folder.join(RUN_FILE))?;
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
    })
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(Error::Write { path: path.to_owned(), source })
        }
        _ => Ok(()),
    }
}

/// Writes to a file without a name that is put in place when it is whole.
fn write_whole(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let put = || -> io::Result<()> {
        let file = NamedTempFile::new_in(folder)?;
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
