use std::borrow::Borrow;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::cell::as_in_article;
use super::documentation::schemas;
use super::parquet::read as read_parquet;
use super::replace::recover;
use super::schema::TableSchema;
use super::table::Format;
use crate::error::{Error, Result, unwound};
use crate::platform::read_file;

/// What a run's folder has when it is whole.
pub(super) const RUN_FILE: &str = "run.json";

/// The rows of one table of a run, with the cells of `N` columns in the order in which they were asked for. Texts stand as in
/// the article; a cell that is empty, or null, is empty.
pub(crate) struct Table<const N: usize> {
    pub path: PathBuf,
    pub rows: Vec<[String; N]>,
}

impl<const N: usize> Table<N> {
    /// A fault of one row, counted from 1 without the header.
    pub(crate) fn fault(&self, row: usize, message: &str) -> Error {
        table_fault(&self.path, format!("row {}: {message}", row + 1))
    }
}

pub(crate) fn table_fault(path: &Path, message: String) -> Error {
    Error::Table { path: path.to_owned(), message }
}

/// Makes sure that `folder` holds the tables of a run that came to its end; what a run was stopped in is finished.
///
/// # Errors
/// [`Error::Output`] where it does not.
pub(crate) fn check_folder(folder: &Path) -> Result<()> {
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

/// The text of `run.json`, and what is read of it.
///
/// # Errors
/// [`Error::Read`] and [`Error::Table`].
pub(super) fn run_json<T: DeserializeOwned>(folder: &Path) -> Result<(String, T)> {
    let path = folder.join(RUN_FILE);
    let text = String::from_utf8(bytes_of(&path)?);
    let text =
        text.map_err(|_| table_fault(&path, "it is not UTF-8; run `parallax compare` again".to_owned()))?;
    let read = serde_json::from_str(&text);
    let fault =
        |error| table_fault(&path, format!("{error}; run `parallax compare` again with this version"));
    read.map_err(fault).map(|read| (text, read))
}

/// The bytes of a file that a run wrote.
pub(crate) fn bytes_of(path: &Path) -> Result<Vec<u8>> {
    read_file(path, u64::MAX - 1).map_err(|source| Error::Read { path: path.to_owned(), source })
}

/// For a name that none of `names` is.
pub(super) fn no_such_table<S: Borrow<str>>(name: &str, names: &[S]) -> Error {
    Error::Usage { message: format!("`{name}` is no table; there are {}", names.join(", ")) }
}

/// Reads a table of a run, in the first of its formats that is there. `None` where there is none.
///
/// # Errors
/// [`Error::Read`] and [`Error::Table`].
pub(crate) fn read<const N: usize>(
    folder: &Path,
    name: &str,
    columns: [&'static str; N],
) -> Result<Option<Table<N>>> {
    assert!(is_known(name, &columns), "{name} has no such columns: {columns:?}");
    Ok(read_rows(folder, name, &columns)?.map(|(path, rows)| Table { path, rows: arrays(rows) }))
}

/// Rows, each with as many cells as columns were asked for.
type Rows = Vec<Vec<String>>;

/// As [`read`], for columns that are not known beforehand: the file and its rows.
fn read_rows(folder: &Path, name: &str, columns: &[&str]) -> Result<Option<(PathBuf, Rows)>> {
    let found = Format::ALL.map(|format| (format, folder.join(format!("{name}.{}", format.extension()))));
    let Some((format, path)) = found.into_iter().find(|(_, path)| path.exists()) else { return Ok(None) };
    let rows = match format {
        Format::Csv => csv_cells(&path, &bytes_of(&path)?, columns)?,
        Format::Jsonl => json_rows(&path, &bytes_of(&path)?, columns)?,
        Format::Parquet => parquet_rows(&path, columns)?,
    };
    Ok(Some((path, rows)))
}

fn arrays<const N: usize>(rows: Rows) -> Vec<[String; N]> {
    rows.into_iter().map(|row| row.try_into().expect("a cell for each column")).collect()
}

/// As [`read`], for a table that every run has.
pub(crate) fn need<const N: usize>(
    folder: &Path,
    name: &str,
    columns: [&'static str; N],
) -> Result<Table<N>> {
    read(folder, name, columns)?.ok_or_else(|| without(folder, name))
}

/// As [`need`], for columns that are not known beforehand.
pub(super) fn need_rows(folder: &Path, name: &str, columns: &[&str]) -> Result<(PathBuf, Rows)> {
    read_rows(folder, name, columns)?.ok_or_else(|| without(folder, name))
}

fn without(folder: &Path, name: &str) -> Error {
    Error::Output {
        path: folder.to_owned(),
        message: format!(
            "holds no table `{name}`; run `parallax compare` again with this version, with --out for this folder"
        ),
    }
}

fn missing(path: &Path, column: &str, found: &str) -> Error {
    let message = format!(
        "column `{column}` is missing (found: {found}); run `parallax compare` again with this version"
    );
    table_fault(path, message)
}

/// The rows of a CSV file as they are written, a byte order mark aside.
pub(crate) fn csv_rows<const N: usize>(
    path: &Path,
    bytes: &[u8],
    columns: [&'static str; N],
) -> Result<Vec<[String; N]>> {
    csv_cells(path, bytes, &columns).map(arrays)
}

fn csv_cells(path: &Path, bytes: &[u8], columns: &[&str]) -> Result<Rows> {
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
    let places = columns.iter().map(|column| place(column)).collect::<Result<Vec<usize>>>()?;
    let row = |record: csv::Result<csv::StringRecord>| {
        let record = record.map_err(fault)?;
        Ok(places.iter().map(|&at| as_in_article(&record[at]).to_owned()).collect())
    };
    reader.records().map(row).collect()
}

/// Whether `compare` writes such a table.
fn is_known(name: &str, columns: &[&str]) -> bool {
    let schemas = schemas();
    let table = schemas.iter().find(|schema| schema.name == name);
    let has = |table: &TableSchema, name: &str| table.columns.iter().any(|column| column.name == name);
    table.is_some_and(|table| columns.iter().all(|column| has(table, column)))
}

fn parquet_rows(path: &Path, columns: &[&str]) -> Result<Rows> {
    let fault = |message: String| {
        table_fault(path, format!("{message}; run `parallax compare` again with this version"))
    };
    unwound(|| read_parquet(path, columns), "it is damaged").map_err(fault)
}

fn json_rows(path: &Path, bytes: &[u8], columns: &[&str]) -> Result<Rows> {
    let lines = bytes.split(|&byte| byte == b'\n').enumerate();
    let row = |(at, line): (usize, &[u8])| {
        let fault = |error: serde_json::Error| table_fault(path, format!("line {}: {error}", at + 1));
        let fields: Map<String, Value> = serde_json::from_slice(line).map_err(fault)?;
        let found = || fields.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        let cell = |&column: &&str| match fields.get(column).ok_or_else(|| missing(path, column, &found()))? {
            Value::Null => Ok(String::new()),
            Value::String(text) => Ok(text.clone()),
            other => Ok(other.to_string()),
        };
        columns.iter().map(cell).collect()
    };
    lines.filter(|(_, line)| !line.is_empty()).map(row).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn csv_and_jsonl_are_read_alike() {
        let folder = tempfile::tempdir().unwrap();
        let columns = ["reason", "file", "row"];
        assert!(read(folder.path(), "rejected", columns).unwrap().is_none());
        let csv = folder.path().join("rejected.csv");
        fs::write(&csv, "file,row,reason\r\n\"1, 2\",,'=3\r\n").unwrap();
        let of_csv = read(folder.path(), "rejected", columns).unwrap().unwrap();
        assert_eq!(of_csv.rows, [["=3", "1, 2", ""].map(str::to_owned)]);
        fs::write(&csv, "file,row\r\n").unwrap();
        let error = read(folder.path(), "rejected", columns).err().unwrap().to_string();
        assert!(error.contains("column `reason` is missing (found: file, row)"), "{error}");
        fs::remove_file(csv).unwrap();
        let jsonl = folder.path().join("rejected.jsonl");
        fs::write(&jsonl, "{\"file\":\"1, 2\",\"row\":null,\"reason\":\"=3\",\"w\":1}\n").unwrap();
        assert_eq!(read(folder.path(), "rejected", columns).unwrap().unwrap().rows, of_csv.rows);
        fs::write(&jsonl, "{\"file\":1}\n").unwrap();
        let error = read(folder.path(), "rejected", columns).err().unwrap().to_string();
        assert!(error.contains("column `reason` is missing (found: file)"), "{error}");
    }
}
