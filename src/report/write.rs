use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use tempfile::TempDir;

use super::arrow::batches;
use super::lookup::{Extra, Lookup};
use super::page::{self, PageBounds};
use super::read_back::{RUN_FILE, check_folder, no_such_table};
use super::replace::{Staging, UNFINISHED, lock, replace, sync, write_file, write_whole};
use super::result_files::{PAGE_FILE, file_name};
use super::run_json::RunJson;
use super::table::Format;
use super::tables::{NAMES, table};
use crate::error::{Error, Result};
use crate::pipeline::Run;
use crate::records::{Provenance, Rejection};

/// Writes every table in every format, then `run.json` and `report.html`, into `folder`, which went through [`prepare`](super::prepare).
///
/// The results change as a whole: all files are written into a folder beside the old ones, and only when the last is there do they take
/// their places. Until then a fault, a full disk or a kill leaves the results of an earlier run as they are; from then on, what a
/// kill leaves undone is done by the next command that uses the folder ([`recover`](super::recover)). Tables of the earlier run in formats that were not
/// asked for now are removed, since they would not fit the others. Files with other names are left alone. Of two runs into
/// one folder at the same time, the results are those of the one that ends last.
///
/// # Errors
/// [`Error::Results`] where a file cannot be written.
pub fn write(run: &Run, provenance: &Provenance, folder: &Path, formats: &[Format]) -> Result<()> {
    let fill = |staging: &Path| {
        fill(run, provenance, staging, formats)?;
        // Made of the tables, so that `parallax report` makes the same of them.
        let page = page::render(staging, PageBounds::default()).map_err(io::Error::other)?;
        write_file(&staging.join(PAGE_FILE), |writer| writer.write_all(page.as_bytes()))
    };
    replace(folder, formats, fill).map_err(|source| Error::Results {
        path: folder.to_owned(),
        kept: folder.join(RUN_FILE).exists(),
        source,
    })?;
    tracing::info!(folder = %folder.display(), tables = NAMES.len() * formats.len(), "results written");
    Ok(())
}

/// Makes `report.html` anew from the tables in a folder of results, and gives its path. What an earlier run was stopped in is finished first.
///
/// # Errors
/// [`Error::Output`] for a folder without the results of a run, [`Error::Read`] and [`Error::Table`] where a table is missing or cannot be read,
/// [`Error::Write`] where the page cannot be written.
pub fn rebuild_page(folder: &Path) -> Result<PathBuf> {
    check_folder(folder)?;
    let path = folder.join(PAGE_FILE);
    let fail = |source| Error::Write { path: path.clone(), source };
    // The tables stay those of one run while they are read.
    let alone = lock(folder).map_err(fail)?;
    let page = page::render(folder, PageBounds::default())?;
    let put = || -> io::Result<()> {
        let staging = Staging::new(folder, &alone)?;
        let written = staging.folder.path().join(PAGE_FILE);
        write_file(&written, |writer| writer.write_all(page.as_bytes()))?;
        fs::rename(written, &path)?;
        sync(folder)
    };
    put().map_err(fail)?;
    Ok(path)
}

/// Writes a page, whole or not at all.
///
/// # Errors
/// [`Error::Write`] where it cannot be written.
pub fn write_page(path: &Path, page: &str) -> Result<()> {
    write_whole(path, |writer| writer.write_all(page.as_bytes()))
}

/// The names of the tables, in the order in which they are written.
pub fn table_names() -> &'static [&'static str] {
    &NAMES
}

/// A table of a run in Arrow's memory format, with the cells that its Parquet file has. `rejected` are the inputs that could not be used.
///
/// # Errors
/// [`Error::Usage`] for a name that no table has.
pub fn record_batches(
    run: &Run,
    rejected: &[Rejection],
    name: &str,
) -> Result<(SchemaRef, Vec<RecordBatch>)> {
    if !NAMES.contains(&name) {
        return Err(no_such_table(name, &NAMES));
    }
    let lookup = Lookup::new(run, rejected);
    let (schema, batches) = batches(table(name, &lookup));
    Ok((schema, batches.collect()))
}

/// The text of `run.json`.
pub fn run_json(run: &Run, provenance: &Provenance) -> String {
    let extra = Extra::of(run);
    let run_json = RunJson::new(run, provenance, &extra);
    serde_json::to_string_pretty(&run_json).expect("texts and numbers can be written as JSON") + "\n"
}

/// The text of `report.html`, with no more in it than `bounds` say.
///
/// # Errors
/// [`Error::Results`] where no temporary files can be written: the page is made of tables.
pub fn page(run: &Run, provenance: &Provenance, bounds: PageBounds) -> Result<String> {
    let fail = |source| Error::Results { path: std::env::temp_dir(), kept: false, source };
    let folder = TempDir::with_prefix(UNFINISHED).map_err(fail)?;
    fill(run, provenance, folder.path(), &[Format::Parquet]).map_err(fail)?;
    page::render(folder.path(), bounds)
}

/// Writes the tables and `run.json`.
fn fill(run: &Run, provenance: &Provenance, folder: &Path, formats: &[Format]) -> io::Result<()> {
    let lookup = Lookup::new(run, &provenance.rejected);
    for name in NAMES {
        for &format in formats {
            let path = folder.join(file_name(name, format));
            write_file(&path, |writer| table(name, &lookup).write(format, writer))?;
        }
    }
    write_file(&folder.join(RUN_FILE), |writer| writer.write_all(run_json(run, provenance).as_bytes()))
}
