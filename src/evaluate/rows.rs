use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use regex::Regex;
use serde_json::{Map, Value};

use crate::encode::sha256_of;
use crate::error::{Error, Result};
use crate::platform::{MOST_OF_DATA, read_file};
use crate::records::Rejection;

/// Most bytes of one line; a longer one is no labelled row.
const MAX_LINE: u64 = 64 * 1024 * 1024;

/// A labelled file: JSONL, an object a line, plain or gzipped (told by its first bytes, not by its name).
#[derive(Debug, Clone)]
pub struct Rows {
    /// The file.
    pub path: PathBuf,
    /// Hash of the file's bytes, packed as they were, in hexadecimal.
    pub sha256: String,
    pub(super) rows: Vec<Row>,
    /// Lines that are no rows.
    pub(super) rejected: Vec<Rejection>,
}

#[derive(Debug, Clone)]
pub(super) struct Row {
    /// Counted from 1.
    pub line: usize,
    pub fields: Map<String, Value>,
}

impl Rows {
    /// Reads the whole file. Blank lines are passed over.
    ///
    /// # Errors
    /// [`Error::Read`] where the file cannot be read, [`Error::Labelled`] for a line that is no JSON object, for broken
    /// gzip and for a file without rows.
    pub fn read(path: &Path) -> Result<Self> {
        let rows = Self::read_sound(path)?;
        match rows.rejected.first() {
            None => Ok(rows),
            Some(first) => Err(fault_of(path, first)),
        }
    }

    /// As [`Rows::read`], with the lines that are no JSON objects as rejections.
    ///
    /// # Errors
    /// As [`Rows::read`]; the first rejection where there are no rows.
    pub(super) fn read_sound(path: &Path) -> Result<Self> {
        let refuse = |line, message: String| Error::Labelled { path: path.to_owned(), line, message };
        let file =
            read_file(path, MOST_OF_DATA).map_err(|source| Error::Read { path: path.to_owned(), source })?;
        let mut lines = unpacked(&file);
        let (mut rows, mut rejected, mut bytes) = (vec![], vec![], vec![]);
        for line in 1.. {
            bytes.clear();
            let n = lines.by_ref().take(MAX_LINE).read_until(b'\n', &mut bytes).map_err(|error| {
                refuse(Some(line), format!("{error}; the file is cut short or damaged: fetch it again"))
            })?;
            if n == 0 {
                break;
            }
            let bytes =
                if line == 1 { bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes) } else { &bytes };
            if bytes.trim_ascii().is_empty() {
                continue;
            }
            match serde_json::from_slice(bytes) {
                Ok(fields) => rows.push(Row { line, fields }),
                Err(error) => {
                    let reason = format!("is no JSON object ({error}); give one object a line (JSONL)");
                    rejected.push(rejection(path, line, reason));
                }
            }
        }
        if let (true, Some(first)) = (rows.is_empty(), rejected.first()) {
            return Err(fault_of(path, first));
        }
        if rows.is_empty() {
            return Err(refuse(
                None,
                "holds no rows; give a labelled file with one JSON object a line".to_owned(),
            ));
        }
        Ok(Self { path: path.to_owned(), sha256: sha256_of(&file), rows, rejected })
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// True for no rows, which [`Rows::read`] never gives.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// True where the first row has the field.
    pub fn has(&self, field: &str) -> bool {
        self.rows.first().is_some_and(|row| row.fields.contains_key(field))
    }

    /// The value of `field` in row `row`; `None` where it is missing or null.
    pub fn get(&self, row: usize, field: &str) -> Option<&Value> {
        self.rows[row].fields.get(field).filter(|value| !value.is_null())
    }

    /// The value of `field` in row `row`.
    ///
    /// # Errors
    /// [`Error::Labelled`] where it is missing, with the fields that are there.
    pub fn value(&self, row: usize, field: &str) -> Result<&Value> {
        self.get(row, field).ok_or_else(|| {
            let found: Vec<&str> = self.rows[row].fields.keys().map(String::as_str).collect();
            self.fault(
                row,
                format!(
                    "field `{field}` is missing (found: {}); name the field that holds it",
                    found.join(", ")
                ),
            )
        })
    }

    /// A text that is not blank.
    ///
    /// # Errors
    /// [`Error::Labelled`] where the field is missing, is no string or is blank.
    pub fn text(&self, row: usize, field: &str) -> Result<&str> {
        match self.value(row, field)?.as_str() {
            Some(text) if !text.trim().is_empty() => Ok(text),
            Some(_) => Err(self.fault(row, format!("field `{field}` is blank; fill it or take the row out"))),
            None => Err(self.fault(row, format!("field `{field}` is no text"))),
        }
    }

    /// A string, number or truth value as text: `1` and `"1"` are the same label.
    ///
    /// # Errors
    /// [`Error::Labelled`] where the field is missing, or is a list or an object.
    pub fn label(&self, row: usize, field: &str) -> Result<String> {
        as_label(self.value(row, field)?)
            .ok_or_else(|| self.fault(row, format!("field `{field}` is a list or an object, not a label")))
    }

    /// A number.
    ///
    /// # Errors
    /// [`Error::Labelled`] where the field is missing or is no number.
    pub fn number(&self, row: usize, field: &str) -> Result<f64> {
        let value = self.value(row, field)?;
        let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok());
        number
            .filter(|number| number.is_finite())
            .ok_or_else(|| self.fault(row, format!("field `{field}` is {value}, not a number")))
    }

    /// A list.
    ///
    /// # Errors
    /// [`Error::Labelled`] where the field is missing or is no list.
    pub fn list(&self, row: usize, field: &str) -> Result<&[Value]> {
        let list = self.value(row, field)?.as_array().map(Vec::as_slice);
        list.ok_or_else(|| self.fault(row, format!("field `{field}` is no list")))
    }

    /// The rows that `read` can read, with what it makes of each. The faults of the others are handed to `reject`.
    ///
    /// # Errors
    /// What is wrong with the first row where no row can be read, what `read` says that is no fault of a row, and whatever `reject` gives back.
    pub(super) fn sound<T>(
        &self,
        mut read: impl FnMut(usize) -> Result<T>,
        reject: impl Fn(Error) -> Result<()>,
    ) -> Result<(Vec<usize>, Vec<T>)> {
        let (mut rows, mut sound, mut faults) = (vec![], vec![], vec![]);
        for row in 0..self.len() {
            match read(row) {
                Ok(read) => {
                    rows.push(row);
                    sound.push(read);
                }
                Err(fault @ Error::Labelled { .. }) => faults.push(fault),
                Err(other) => return Err(other),
            }
        }
        if sound.is_empty() && !faults.is_empty() {
            return Err(faults.swap_remove(0));
        }
        faults.into_iter().try_for_each(reject)?;
        Ok((rows, sound))
    }

    /// An error that names the row's line.
    pub fn fault(&self, row: usize, message: String) -> Error {
        Error::Labelled { path: self.path.clone(), line: Some(self.rows[row].line), message }
    }

    /// An error about the file as a whole.
    pub fn file_fault(&self, message: String) -> Error {
        Error::Labelled { path: self.path.clone(), line: None, message }
    }
}

/// A row of the file that cannot be used.
pub(super) fn rejection(path: &Path, line: usize, reason: String) -> Rejection {
    Rejection { file: path.display().to_string(), row: Some(line as u64), reason }
}

/// A rejection as what stops the run.
fn fault_of(path: &Path, Rejection { row, reason, .. }: &Rejection) -> Error {
    Error::Labelled {
        path: path.to_owned(),
        line: row.and_then(|row| usize::try_from(row).ok()),
        message: reason.clone(),
    }
}

/// Unpacks gzip where the file starts with its two marks.
pub(super) fn unpacked(file: &[u8]) -> Box<dyn BufRead + '_> {
    let is_gzip = file.starts_with(&[0x1f, 0x8b]);
    if is_gzip { Box::new(BufReader::new(MultiGzDecoder::new(file))) } else { Box::new(file) }
}

fn as_label(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

/// Which rows hang together: outlets, events, topics. Whole groups are drawn when an interval is made, and no group lies on
/// both sides of a split.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Groups {
    /// What the groups were taken from, for the reader.
    pub field: String,
    /// The group of each row, in `0..n`, numbered in the order in which they come.
    pub of_row: Vec<usize>,
    /// The groups' names, by number.
    pub names: Vec<String>,
}

impl Groups {
    /// Groups by `field`, or where `pattern` is given by what it matches in that field: its first group in brackets that
    /// takes part, else the whole match.
    ///
    /// # Errors
    /// [`Error::Labelled`] where a row lacks the field or the pattern does not match it.
    pub fn by_field(rows: &Rows, field: &str, pattern: Option<&Regex>) -> Result<Self> {
        Self::of_some(rows, &(0..rows.len()).collect::<Vec<usize>>(), field, pattern)
    }

    /// As [`Groups::by_field`], of some of the rows.
    pub(super) fn of_some(rows: &Rows, some: &[usize], field: &str, pattern: Option<&Regex>) -> Result<Self> {
        let keys = some.iter().map(|&row| Self::key(rows, row, field, pattern));
        let keys: Vec<String> = keys.collect::<Result<_>>()?;
        let field = pattern.map_or(field.to_owned(), |pattern| format!("{field} as {pattern}"));
        Ok(Self::from_keys(field, keys))
    }

    /// The name of a row's group.
    pub(super) fn key(rows: &Rows, row: usize, field: &str, pattern: Option<&Regex>) -> Result<String> {
        let value = rows.label(row, field)?;
        match pattern {
            None => Ok(value),
            Some(pattern) => matched(pattern, &value).ok_or_else(|| {
                rows.fault(row, format!("`{field}` is `{value}`, which `{pattern}` does not match"))
            }),
        }
    }

    /// Groups by equal keys.
    pub fn from_keys(field: String, keys: Vec<String>) -> Self {
        let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
        let mut names = vec![];
        let number = |key: String| {
            *numbers.entry(key.clone()).or_insert_with(|| {
                names.push(key);
                names.len() - 1
            })
        };
        let of_row = keys.into_iter().map(number).collect();
        Self { field, of_row, names }
    }

    /// Number of groups.
    pub fn n(&self) -> usize {
        self.names.len()
    }

    /// The groups of some of the rows, which are numbered anew.
    pub fn select(&self, rows: &[usize]) -> Self {
        Self::from_keys(
            self.field.clone(),
            rows.iter().map(|&row| self.names[self.of_row[row]].clone()).collect(),
        )
    }
}

fn matched(pattern: &Regex, value: &str) -> Option<String> {
    let captures = pattern.captures(value)?;
    let first = captures.iter().skip(1).flatten().next();
    Some(first.or_else(|| captures.get(0))?.as_str().to_owned())
}
