//! The one error type of the library, and how a panic of another library becomes an error. Each message says where, what, and how to mend it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

/// Everything that can stop a run. A single bad row does not: it becomes a [`Rejection`](crate::records::Rejection).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder could not be read.
    #[error("{}: cannot be read", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A result could not be written. What stood there before is untouched.
    #[error("{}: cannot be written", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The results could not be written. Those of an earlier run are as they were.
    #[error("{}: the results were not written{}", path.display(), if *kept { "; those of the earlier run are as they were" } else { "; nothing was left there" })]
    Results {
        /// The folder.
        path: PathBuf,
        /// True where the folder holds the results of an earlier run.
        kept: bool,
        /// What the system said.
        source: std::io::Error,
    },
    /// A stage was given rows that it cannot work on.
    #[error("stage {stage}: {message}")]
    Stage {
        /// The stage.
        stage: &'static str,
        /// What is wrong, and how to mend it.
        message: String,
    },
    /// The system does not let the worker threads be started.
    #[error(
        "{n} worker threads cannot be started ({message}); ask for fewer (`threads`), or end other programs"
    )]
    Threads {
        /// How many were asked for.
        n: usize,
        /// What the system said.
        message: String,
    },
    /// An input holds nothing that can be an article.
    #[error("{}: no article found; give .txt, .html, .csv, .jsonl, .xlsx or .parquet files (.gz and .zst too), or a folder that holds some", path.display())]
    NoArticles {
        /// The input.
        path: PathBuf,
    },
    /// None of the inputs could be used.
    #[error(
        "nothing could be read: {n} rejected, the first ({first}) since {reason}; earlier results are kept"
    )]
    NothingRead {
        /// How many inputs were rejected.
        n: usize,
        /// The first of them: a file, with its row.
        first: String,
        /// Why it could not be used.
        reason: String,
    },
    /// A table lacks a column that is needed.
    #[error("{}: column `{column}` is missing (found: {found}); add it, or name the column that holds it with `[read] {column} = \"...\"` in a job file", path.display())]
    MissingColumn {
        /// The table.
        path: PathBuf,
        /// The column that is needed.
        column: &'static str,
        /// The columns that are there, joined by commas.
        found: String,
    },
    /// A table cannot be read as what its ending says.
    #[error("{}: is not a table that can be read: {message}", path.display())]
    Table {
        /// The table.
        path: PathBuf,
        /// What is wrong, with line or row, and how to mend it.
        message: String,
    },
    /// The folder for the results cannot be used without harm.
    #[error("{}: {message}", path.display())]
    Output {
        /// The folder.
        path: PathBuf,
        /// Why not, and how to mend it.
        message: String,
    },
    /// A job file is wrong.
    #[error("{}: {message}", path.display())]
    Config {
        /// The job file.
        path: PathBuf,
        /// What is wrong and how to mend it.
        message: String,
    },
    /// The command was given something that it cannot use.
    #[error("{message}")]
    Usage {
        /// What is wrong and how to mend it.
        message: String,
    },
    /// A labelled file is wrong.
    #[error("{}{}: {message}", path.display(), line.map_or(String::new(), |line| format!(": line {line}")))]
    Labelled {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1; `None` for a fault of the file as a whole.
        line: Option<usize>,
        /// What is wrong and how to mend it.
        message: String,
    },
    /// A model cannot be used.
    #[error("model {name}: {message}")]
    Model {
        /// The model's name or folder.
        name: String,
        /// What is wrong and how to mend it.
        message: String,
    },
    /// A head that is not the model's own cannot be used.
    #[error("head {name} ({}): {message}", path.display())]
    Head {
        /// The name that it was given.
        name: String,
        /// Its folder.
        path: PathBuf,
        /// What is wrong and how to mend it.
        message: String,
    },
    /// A model could not be fetched. What was in the cache before is untouched.
    #[error("fetching {name}: {message}")]
    Fetch {
        /// The model's name.
        name: String,
        /// What is wrong and how to mend it.
        message: String,
    },
    /// The folder for stored encodings cannot be used without harm. What lies there is untouched.
    #[error("{}: {message}", path.display())]
    Store {
        /// The folder.
        path: PathBuf,
        /// Why not, and how to mend it.
        message: String,
    },
    /// The observer of a run asked it to stop.
    #[error("the run was stopped before its end; nothing was written")]
    Stopped,
    /// The encoder failed on a batch.
    #[error("the encoder failed on a text of {n_tokens} tokens: {message}")]
    Encode {
        /// Tokens of the longest text of the batch.
        n_tokens: usize,
        /// What the engine said.
        message: String,
    },
}

/// What `run` gives; `damaged` where it panics. Libraries that read what other programs wrote may panic at a file that was made up or damaged.
pub(crate) fn unwound<T>(run: impl FnOnce() -> Result<T, String>, damaged: &str) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| Err(damaged.to_owned()))
}

/// `Result` with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;
