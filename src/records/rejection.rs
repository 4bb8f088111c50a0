use serde::{Deserialize, Serialize};

/// An input that could not be used, and why. Each becomes a row of `rejected.csv`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Rejection {
    /// The file.
    pub file: String,
    /// The row of a table, counted from 1 with the header left out; `None` where the whole file is meant.
    pub row: Option<u64>,
    /// What is wrong and how to mend it, in plain words.
    pub reason: String,
}
