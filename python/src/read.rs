use std::path::PathBuf;

use parallax::read::{ReadOptions, Reading, read, read_batches, read_lines};
use pyo3::prelude::*;
use pyo3_arrow::PyTable;

/// What stands for a file's name in messages, ids and `run.json` where articles were in memory.
const NAME: &str = "articles";

/// Where the articles are. Python says which: a frame is no list of paths because it is empty.
pub enum Source {
    /// Folders and files.
    Paths(Vec<PathBuf>),
    /// JSON objects, one on each line.
    Lines(String),
    /// Rows.
    Table(PyTable),
}

impl Source {
    /// `kind` is `paths`, `lines` or `table` (anything with `__arrow_c_stream__`).
    pub fn new(kind: &str, value: &Bound<'_, PyAny>) -> PyResult<Self> {
        match kind {
            "paths" => value.extract().map(Self::Paths),
            "lines" => value.extract().map(Self::Lines),
            _ => value.extract().map(Self::Table),
        }
    }

    /// The paths of a job; none for articles in memory.
    pub fn paths(&self) -> Vec<PathBuf> {
        match self {
            Self::Paths(paths) => paths.clone(),
            _ => vec![],
        }
    }

    /// Whether there is not a row in it.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Paths(_) => false,
            Self::Lines(text) => text.trim().is_empty(),
            Self::Table(table) => table.batches().iter().all(|batch| batch.num_rows() == 0),
        }
    }

    pub fn read(&self, options: &ReadOptions) -> parallax::Result<Reading> {
        match self {
            Self::Paths(paths) => read(paths, options),
            Self::Lines(text) => read_lines(NAME, text, options),
            Self::Table(table) => read_batches(NAME, table.batches(), options),
        }
    }
}
