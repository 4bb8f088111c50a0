//! A job: what is read, by which model, with which options, and where the results go. Defaults < job file < flags.
//!
//! [`compare`] is [`compare_articles`](crate::pipeline::compare_articles) with files around it: it reads the inputs, loads the
//! model and opens the encoding store.

mod encoder;
mod file;
mod run;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::framing::Measures;
use crate::options::Options;
use crate::platform::{MOST_OF_SETTINGS, read_file};
use crate::read::ReadOptions;
use crate::report::{Format, column_twice};
use crate::store::StoreOptions;

pub use encoder::{LoadedEncoder, load_encoder};
pub use run::{Finished, compare, compare_reading, compare_with, open_store, prepare};

/// What a run of `compare` is asked to do. In a job file every key may be left out, and the options of the stages are sections.
///
/// ```
/// let job: parallax::job::Job = toml::from_str("inputs = ['seeds']\n[group]\nwindow_days = 3").unwrap();
/// assert_eq!(job.options.group.window_days, 3);
/// assert_eq!(job.model, "parallax-en");
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "file::JobFile", into = "file::JobFile")]
pub struct Job {
    /// Folders and files to read.
    pub inputs: Vec<PathBuf>,
    /// Folder that the results go to; made where it is missing.
    pub out: PathBuf,
    /// What the tables are written as.
    pub formats: Vec<Format>,
    /// `parallax-en`, the model that is part of the binary, the name of one that was fetched, or a model's folder.
    pub model: String,
    /// What runs the model.
    pub engine: EngineName,
    /// Folder of a sentiment classifier that rust-bert runs in place of the model's sentiment head.
    pub sentiment: Option<PathBuf>,
    /// Heads that the user brought: the folder of each by the name that its columns get. A name is in lower case with
    /// `_`, and not that of a column that is there anyway.
    pub heads: BTreeMap<String, PathBuf>,
    /// How tables are read.
    pub read: ReadOptions,
    /// The options of the stages.
    pub options: Options,
    /// Where encodings are kept from run to run; `None` where they are not. No result depends on it, so it is no part of a job file.
    pub store: Option<StoreOptions>,
}

/// What runs a model.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EngineName {
    /// Pure Rust, in every build: rten for `model.onnx`, our own code for the `model.safetensors` of a BERT.
    #[default]
    Onnx,
    /// rust-bert on libtorch, for the float weights of a BERT; in builds with the feature `rust-bert`.
    RustBert,
}

impl Default for Job {
    fn default() -> Self {
        Self {
            inputs: vec![],
            out: PathBuf::from("parallax-out"),
            formats: vec![Format::Csv],
            model: "parallax-en".to_owned(),
            engine: EngineName::default(),
            sentiment: None,
            heads: BTreeMap::new(),
            read: ReadOptions::default(),
            options: Options::default(),
            store: None,
        }
    }
}

impl Job {
    /// Reads a job file. Relative paths in it are taken from the file's own folder, so that a job can be moved with
    /// its data and run from anywhere; a path that it leaves out has its default, from the current folder.
    ///
    /// # Errors
    /// [`Error::Read`] where the file cannot be read; [`Error::Config`] for a key that does not exist (with the nearest
    /// one that does) or a value that does not fit.
    pub fn from_job_file(path: &Path) -> Result<Self> {
        let bytes = read_file(path, MOST_OF_SETTINGS)
            .map_err(|source| Error::Read { path: path.to_owned(), source })?;
        let refuse = |message: String| Error::Config { path: path.to_owned(), message };
        let text =
            String::from_utf8(bytes).map_err(|_| refuse("is not UTF-8; save it as UTF-8".to_owned()))?;
        let mut job: Self = toml::from_str(&text).map_err(|error| refuse(explain(&error)))?;
        job.check().map_err(refuse)?;
        let names_out = text.parse::<toml::Table>().is_ok_and(|table| table.contains_key("out"));
        job.resolve_paths(path.parent().unwrap_or(Path::new("")), names_out);
        Ok(job)
    }

    /// The job with what `settings` says, a JSON object with the keys of a job file; within a section, what it leaves out stays. Paths stay as they are.
    ///
    /// # Errors
    /// [`Error::Config`] as for [`Job::from_job_file`].
    ///
    /// ```
    /// use parallax::job::Job;
    /// let job = Job::default().with(serde_json::json!({ "cluster": { "across_events": true } })).unwrap();
    /// assert!(job.options.cluster.across_events);
    /// let error = Job::default().with(serde_json::json!({ "clster": {} })).unwrap_err().to_string();
    /// assert!(error.contains("did you mean `cluster`?"), "{error}");
    /// let error = Job::default().with(serde_json::json!({ "threads": "two" })).unwrap_err().to_string();
    /// assert!(error.starts_with("options: `threads`: invalid type"), "{error}");
    /// ```
    pub fn with(self, settings: serde_json::Value) -> Result<Self> {
        let refuse = |message: String| Error::Config { path: PathBuf::from("options"), message };
        let store = self.store.clone();
        let mut job = self.to_json();
        merge(&mut job, settings);
        let job: Self = serde_path_to_error::deserialize(job).map_err(|error| {
            let (key, message) = (error.path().to_string(), error.inner().to_string());
            let at = if message.starts_with("unknown field") { String::new() } else { format!("`{key}`: ") };
            refuse(format!("{at}{message}{}", nearest_key(&message)))
        })?;
        job.check().map_err(refuse)?;
        Ok(Self { store, ..job })
    }

    /// Refuses paths that cannot be written down: `run.json` names them.
    pub(crate) fn check_paths(&self) -> Result<()> {
        let mut paths =
            self.inputs.iter().chain(self.heads.values()).chain(&self.sentiment).chain([&self.out]);
        match paths.find(|path| path.to_str().is_none()) {
            None => Ok(()),
            Some(path) => Err(Error::Usage {
                message: format!(
                    "{}: the path is not UTF-8; rename it, or give its folder from above",
                    path.display()
                ),
            }),
        }
    }

    /// The job with the keys of a job file.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        // By way of text: 0.67 stays 0.67, where a number of 32 bits made one of 64 would have more digits.
        let text = serde_json::to_string(self).expect("a job can be written as JSON");
        serde_json::from_str(&text).expect("it was just written")
    }

    fn check(&self) -> Result<(), String> {
        self.options.check()?;
        self.heads.keys().try_for_each(|name| check_head_name(name))?;
        let is_empty = |path: &PathBuf| path.as_os_str().is_empty();
        if self.inputs.iter().chain(self.heads.values()).chain(&self.sentiment).any(is_empty)
            || is_empty(&self.out)
            || self.model.is_empty()
        {
            return Err(
                "a path is empty; name a folder or a file, \".\" for the job file's own folder".to_owned()
            );
        }
        Ok(())
    }

    fn resolve_paths(&mut self, folder: &Path, names_out: bool) {
        let out = Some(&mut self.out).filter(|_| names_out);
        let given = self.inputs.iter_mut().chain(self.heads.values_mut()).chain(&mut self.sentiment);
        for path in given.chain(out) {
            // Without the dots that `inputs = ["."]` would leave in every file's name.
            *path = folder.join(&path).components().collect();
        }
        // A name stays a name, unless there is a folder called so beside the job file.
        let is_name = !self.model.contains(['/', '\\']) && !folder.join(&self.model).is_dir();
        if self.model != Self::default().model && !is_name {
            self.model = folder.join(&self.model).display().to_string();
        }
    }
}

/// Checks a head's name: lower case, digits and `_`, beginning with a letter, and not the name of a column that is there
/// anyway.
///
/// # Errors
/// What is wrong and how to mend it.
pub fn check_head_name(name: &str) -> Result<(), String> {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) || !name.chars().all(is_plain) {
        return Err(format!(
            "the head's name `{name}` cannot be a column; begin with a lower-case letter and use a-z, 0-9 and _, such as \
             loaded_language"
        ));
    }
    if measures(vec![name.to_owned()], true).is_err() {
        return Err(format!(
            "the head's name `{name}` is that of a column or a measure that is there anyway; choose another"
        ));
    }
    Ok(())
}

/// The measures of a run with heads whose figures have these names.
///
/// # Errors
/// The first name that two columns, measures or dimensions of `framing` would have.
fn measures(heads: Vec<String>, frames: bool) -> Result<Measures, String> {
    match column_twice(&heads) {
        Some(name) => Err(name),
        None if frames => Measures::with_frames().with_heads(heads),
        None => Measures::shipped().with_heads(heads),
    }
}

/// The parser's message, which shows the line; for a key that does not exist, also the nearest one that does.
fn explain(error: &toml::de::Error) -> String {
    format!("{}{}", error.to_string().trim(), nearest_key(error.message()))
}

/// A line that names the key that was meant, where serde's message is about one that does not exist.
fn nearest_key(message: &str) -> String {
    // serde writes: unknown field `key`, expected one of `a`, `b`
    let mut quoted = message.split('`').skip(1).step_by(2);
    let nearest = match quoted.next() {
        Some(key) if message.starts_with("unknown field") => {
            quoted.min_by_key(|known| strsim::damerau_levenshtein(key, known))
        }
        _ => None,
    };
    nearest.map_or(String::new(), |nearest| format!("\ndid you mean `{nearest}`?"))
}

/// Puts the values of `settings` in the place of those of `job`, key by key.
fn merge(job: &mut serde_json::Value, settings: serde_json::Value) {
    match (job, settings) {
        (serde_json::Value::Object(job), serde_json::Value::Object(settings)) => {
            for (key, value) in settings {
                merge(job.entry(key).or_insert(serde_json::Value::Null), value);
            }
        }
        (job, settings) => *job = settings,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(text: &str) -> Result<Job> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("job.toml");
        std::fs::write(&path, text).unwrap();
        Job::from_job_file(&path)
    }

    #[test]
    fn a_wrong_job_says_where_and_how_to_mend_it() {
        struct Case {
            job: &'static str,
            message: &'static str,
        }
        for case in [
            Case { job: "input = ['a']", message: "did you mean `inputs`?" },
            Case { job: "[group]\nwindow_day = 3", message: "did you mean `window_days`?" },
            Case { job: "[read]\noutlets = 'press'", message: "did you mean `outlet`?" },
            Case {
                job: "[cluster]\npossible = 0.99",
                message: "`cluster.possible` is above `cluster.confirmed`",
            },
            Case { job: "[cluster]\nconfirmed = 7.0", message: "`cluster.confirmed` is 7" },
            Case {
                job: "[copies]\nsentence_jaccard = 0.1",
                message: "`copies.sentence_jaccard` is 0.1; give a number from 0.35 to 1",
            },
            Case { job: "[copies]\nmin_words = 2", message: "`copies.min_words` is 2; give at least 3" },
            Case { job: "[framing]\nmin_tone = nan", message: "`framing.min_tone` is NaN" },
            Case { job: "[statistics]\nmin_events = 1", message: "`statistics.min_events` at least 2" },
            Case { job: "[statistics]\nsamples = 7", message: "`statistics.samples` is 7" },
            Case { job: "threads = 100000", message: "give at most 1024" },
            Case { job: "out = ''", message: "a path is empty" },
            Case { job: "formats = ['xls']", message: "csv" },
            Case { job: "inputs = [", message: "job.toml" },
        ] {
            let message = job(case.job).unwrap_err().to_string();
            assert!(message.contains(case.message), "{message}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_path_that_cannot_be_written_down_is_refused_before_any_work() {
        use std::os::unix::ffi::OsStrExt;

        let path = PathBuf::from(std::ffi::OsStr::from_bytes(b"b\xff"));
        let job = Job { inputs: vec![path], ..Job::default() };
        let error = compare(&job, &crate::pipeline::Silent).err().unwrap().to_string();
        assert!(error.contains("the path is not UTF-8"), "{error}");
    }

    #[test]
    fn relative_paths_are_taken_from_the_job_files_folder() {
        let found = job("inputs = ['articles', '/absolute']\nout = 'results'").unwrap();
        assert!(found.inputs[0].is_absolute() && found.inputs[0].ends_with("articles"));
        assert_eq!(found.inputs[1], Path::new("/absolute"));
        assert!(found.out.is_absolute());
    }

    #[test]
    fn the_example_job_spells_out_the_defaults() {
        let job = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/job.toml");
        let job = Job::from_job_file(&job).unwrap();
        let defaults = Job { inputs: job.inputs.clone(), out: job.out.clone(), ..Job::default() };
        assert_eq!(job, defaults);
    }

    #[test]
    fn the_resolved_job_reads_back_as_itself() {
        let job = Job::default();
        assert_eq!(toml::from_str::<Job>(&toml::to_string(&job).unwrap()).unwrap(), job);
    }
}
