//! What a run is asked to do, whatever its articles are: the options of each stage.
//!
//! Each stage has its own, with their defaults, ranges and check. What is to be read and where results go is a
//! [`Job`](crate::job::Job).

use serde::{Deserialize, Serialize};

use crate::cluster::ClusterOptions;
use crate::encode::EncodeOptions;
use crate::framing::FramingOptions;
use crate::group::{CopyOptions, GroupOptions};
use crate::statistics::StatisticsOptions;

/// Most worker threads that can be asked for.
pub const MAX_THREADS: usize = 1024;

/// The options of every stage.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Which sentences are encoded.
    pub encode: EncodeOptions,
    /// When words count as copied.
    pub copies: CopyOptions,
    /// How articles are grouped into events.
    pub group: GroupOptions,
    /// How sentences are matched.
    pub cluster: ClusterOptions,
    /// When a difference is worth a row.
    pub framing: FramingOptions,
    /// When outlets are compared, and how.
    pub statistics: StatisticsOptions,
    /// Number of worker threads; 0 is one for each core. No result depends on it.
    pub threads: usize,
}

impl Options {
    /// Checks every option.
    ///
    /// # Errors
    /// The first that is out of its range, by its name in a job file, with the range.
    pub fn check(&self) -> Result<(), String> {
        self.copies.check()?;
        self.group.check()?;
        self.cluster.check()?;
        self.framing.check()?;
        self.statistics.check()?;
        match self.threads {
            0..=MAX_THREADS => Ok(()),
            threads => Err(format!("`threads` is {threads}; give at most {MAX_THREADS}")),
        }
    }
}
