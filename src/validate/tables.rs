use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::report::recover;

/// What a run's folder has when it is whole.
const RUN_FILE: &str = "run.json";

/// The rows of one table of a run, with the cells of `N` columns in the order in which they were asked for. Texts stand as in
/// the article; a cell that is empty, or null, is empty.
pub(super) struct Table<const N: usize> {
    pub path: PathBuf,
    pub rows: Vec<[String; N]>,
}

impl<const N: usize> Table<N> {
    /// A fault of one row, counted from 1 without the header.
    pub(super) fn fault(&self, row: usize, message: &str) -> Error {
        table_fault(&self.path, format!("row {}: {message}", row + 1))
    }
}

pub(super) fn table_fault(path: &Path, message: String) -> Error {
    Error::Table { path: path.to_owned(), message }
}

/// Makes sure that `folder` holds the tables of a run that came to its end; what a run was stopped in is finished.
///
/// # Errors
/// [`Error::Output`] where it does not.
pub(super) fn check_folder(folder: &Path) -> Result<()> {
    if folder.is_dir() {
        recover(folder)?;
    }
    match folder.join(RUN_FILE).exists() {
        true => Ok(()),
        false => Err(Error::Output {
            path: folder.to_owned(),
            message: "holds no run.json, so it is not the folder of a finished run; give one that `parallax compare --out` wrote"
                .to_owned(),
        }),
    }
}

/// The files of a table that are there: CSV first.
pub(super) fn paths(folder: &Path, name: &str) -> Vec<PathBuf> {
    let files = ["csv", "jsonl"].map(|ending| folder.join(format!("{name}.{ending}")));
    files.into_iter().filter(|path| path.exists()).collect()
}

/// Reads a table of a run, from CSV where both forms are there. `None` where there is neither.
///
/// # Errors
/// [`Error::Read`] and [`Error::Table`].
pub(super) fn read<const N: usize>(
    folder: &Path,
    name: &str,
    columns: [&'static str; N],
) -> Result<Option<Table<N>>> {
    let Some(path) = paths(folder, name).into_iter().next() else { return Ok(None) };
    let bytes = fs::read(&path).map_err(|source| Error::Read { path: path.clone(), source })?;
    let is_csv = path.extension().is_some_and(|ending| ending == "csv");
    let rows = if is_csv { csv_rows(&path, &bytes, columns)? } else { json_rows(&path, &bytes, columns)? };
    Ok(Some(Table { path, rows }))
}

/// As [`read`], for a table that every run has.
pub(super) fn need<const N: usize>(
    folder: &Path,
    name: &str,
    columns: [&'static str; N],
) -> Result<Table<N>> {
    read(folder, name, columns)?.ok_or_else(|| Error::Output {
        path: folder.to_owned(),
        message: format!(
            "holds no table `{name}`; run `parallax compare` again with this version, with --out for this folder"
        ),
    })
}

fn missing(path: &Path, column: &str, found: &str) -> Error {
    let message = format!(
        "column `{column}` is missing (found: {found}); run `parallax compare` again with this version"
    );
    table_fault(path, message)
}

/// The rows of a CSV file as they are written, a byte order mark aside.
pub(super) fn csv_rows<const N: usize>(
    path: &Path,
    bytes: &[u8],
    columns: [&'static str; N],
) -> Result<Vec<[String; N]>> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let fault = |error: csv::Error| {
        table_fault(path, format!("{error}; every row needs as many cells as the header"))
    };
    let mut reader = csv::Reader::from_reader(bytes);
    let header = reader.headers().map_err(fault)?.clone();
    let place = |column: &str| {
        let found = || header.iter().collect::<Vec<_>>().join(", ");
        header.iter().position(|name| name == column).ok_or_else(|| missing(path, column, &found()))
    };
    let mut places = [0; N];
    for (at, column) in places.iter_mut().zip(columns) {
        *at = place(column)?;
    }
    let row = |record: csv::Result<csv::StringRecord>| {
        let record = record.map_err(fault)?;
        Ok(places.map(|at| as_in_article(&record[at]).to_owned()))
    };
    reader.records().map(row).collect()
}

fn json_rows<const N: usize>(
    path: &Path,
    bytes: &[u8],
    columns: [&'static str; N],
) -> Result<Vec<[String; N]>> {
    let lines = bytes.split(|&byte| byte == b'\n').enumerate();
    let row = |(at, line): (usize, &[u8])| {
        let fault = |error: serde_json::Error| table_fault(path, format!("line {}: {error}", at + 1));
        let fields: Map<String, Value> = serde_json::from_slice(line).map_err(fault)?;
        let mut cells = columns.map(|_| String::new());
        for (cell, column) in cells.iter_mut().zip(columns) {
            let found = || fields.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
            *cell = match fields.get(column).ok_or_else(|| missing(path, column, &found()))? {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
        }
        Ok(cells)
    };
    lines.filter(|(_, line)| !line.is_empty()).map(row).collect()
}

/// Takes away the apostrophe that keeps a spreadsheet from running a cell (`report` puts it there).
pub(super) fn as_in_article(cell: &str) -> &str {
    let words = cell.trim_start_matches('\'');
    let is_guarded = words.len() < cell.len()
        && words.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
    if is_guarded { &cell[1..] } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guarded_cell_is_read_as_it_stood_in_the_article() {
        for (cell, text) in [
            ("'=1", "=1"),
            ("''=1", "'=1"),
            ("'tis", "'tis"),
            ("=1", "=1"),
            ("", ""),
            ("'", "'"),
            ("'-x", "-x"),
        ] {
            assert_eq!(as_in_article(cell), text);
        }
    }

    #[test]
    fn both_forms_of_a_table_are_read_alike() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.csv"), "x,y,z\r\n\"1, 2\",,'=3\r\n").unwrap();
        fs::write(folder.path().join("b.jsonl"), "{\"x\":\"1, 2\",\"y\":null,\"z\":\"=3\",\"w\":1}\n")
            .unwrap();
        let a = read(folder.path(), "a", ["z", "x", "y"]).unwrap().unwrap();
        let b = read(folder.path(), "b", ["z", "x", "y"]).unwrap().unwrap();
        assert_eq!(a.rows, [["=3", "1, 2", ""].map(str::to_owned)]);
        assert_eq!(a.rows, b.rows);
        assert!(read(folder.path(), "c", ["x"]).unwrap().is_none());
        for name in ["a", "b"] {
            let error = read(folder.path(), name, ["outlet"]).err().unwrap().to_string();
            assert!(error.contains("column `outlet` is missing (found: "), "{error}");
        }
    }
}
