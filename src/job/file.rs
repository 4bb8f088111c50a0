use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{EngineName, Job};
use crate::cluster::ClusterOptions;
use crate::encode::EncodeOptions;
use crate::framing::FramingOptions;
use crate::group::{CopyOptions, GroupOptions};
use crate::options::Options;
use crate::read::ReadOptions;
use crate::report::Format;
use crate::statistics::StatisticsOptions;

/// A job as it stands in a file and in `run.json`: all keys on one level, and a section for each stage.
#[derive(Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct JobFile {
    inputs: Vec<PathBuf>,
    out: PathBuf,
    formats: Vec<Format>,
    model: String,
    engine: EngineName,
    #[serde(skip_serializing_if = "Option::is_none")]
    sentiment: Option<PathBuf>,
    threads: usize,
    heads: BTreeMap<String, PathBuf>,
    read: ReadOptions,
    encode: EncodeOptions,
    copies: CopyOptions,
    group: GroupOptions,
    cluster: ClusterOptions,
    framing: FramingOptions,
    statistics: StatisticsOptions,
}

impl Default for JobFile {
    fn default() -> Self {
        Job::default().into()
    }
}

impl From<Job> for JobFile {
    fn from(job: Job) -> Self {
        let Job { inputs, out, formats, model, engine, sentiment, heads, read, options, store: _ } = job;
        let Options { encode, copies, group, cluster, framing, statistics, threads } = options;
        Self {
            inputs,
            out,
            formats,
            model,
            engine,
            sentiment,
            threads,
            heads,
            read,
            encode,
            copies,
            group,
            cluster,
            framing,
            statistics,
        }
    }
}

impl From<JobFile> for Job {
    fn from(file: JobFile) -> Self {
        let JobFile { encode, copies, group, cluster, framing, statistics, threads, .. } = file;
        Self {
            inputs: file.inputs,
            out: file.out,
            formats: file.formats,
            model: file.model,
            engine: file.engine,
            sentiment: file.sentiment,
            heads: file.heads,
            read: file.read,
            options: Options { encode, copies, group, cluster, framing, statistics, threads },
            store: None,
        }
    }
}
