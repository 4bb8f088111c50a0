use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use parallax::encode::EncodedSentences;
use parallax::job::{Job, check_head_name};
use parallax::report::{Format, SummaryOptions};
use parallax::store::StoreOptions;

use crate::cache::CacheArguments;
use crate::check::CheckArguments;
use crate::engine::EngineArguments;
use crate::evaluate::EvaluateArguments;
use crate::log::LogArguments;
use crate::models::ModelsArguments;
use crate::shell::{CompletionsArguments, ManArguments};
use crate::stage::StageArguments;
use crate::validate::ValidateArguments;

/// Lines up what several news outlets say about the same events, claim by claim, and marks how the wording moves.
///
/// Gives evidence, not verdicts: what each outlet wrote, where it stands, and how it differs.
#[derive(Parser)]
#[command(name = "parallax", version, max_term_width = 100)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    Compare(CompareArguments),
    Check(CheckArguments),
    Report(ReportArguments),
    Evaluate(Box<EvaluateArguments>),
    Models(Box<ModelsArguments>),
    Validate(ValidateArguments),
    Cache(CacheArguments),
    Stage(StageArguments),
    Completions(CompletionsArguments),
    Man(ManArguments),
}

/// Compare articles of several outlets: tables of claims, of differences in framing and of coverage
#[derive(Args)]
#[command(after_long_help = EXAMPLES)]
pub struct CompareArguments {
    /// Folders and files: .txt and .html (one article each, with an optional articles.csv), .csv, .jsonl, .xlsx,
    /// .parquet, any of them packed as .gz or .zst; `-` is JSONL from standard input
    #[arg(value_name = "INPUT", required_unless_present = "job")]
    inputs: Vec<PathBuf>,

    /// Folder for the tables, run.json and report.html [default: parallax-out]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Read inputs and settings from a TOML file; flags win over it
    #[arg(long, value_name = "FILE")]
    job: Option<PathBuf>,

    /// What the tables are written as; may be given more than once [default: csv]
    #[arg(long = "format", value_name = "FORMAT", value_enum)]
    formats: Vec<FormatName>,

    /// A name that `parallax models list` shows or a model's folder [default: parallax-en]
    #[arg(long, value_name = "NAME|DIR")]
    model: Option<String>,

    #[command(flatten)]
    engine: EngineArguments,

    /// A head of your own, made by `models train-head`, and the name of its columns; may be given more than once
    #[arg(long = "head", value_name = "NAME=DIR", value_parser = named_folder)]
    heads: Vec<(String, PathBuf)>,

    /// Seek claims in the whole corpus, not only within an event and its neighbours
    #[arg(long)]
    across_events: bool,

    /// Which sentences the model reads: all, those that may be in a claim by their words (candidates: several times faster,
    /// and the others have no figures), or all of a run of at most 20,000 (auto) [default: auto]
    #[arg(long, value_name = "WHICH", value_enum)]
    encode: Option<EncodeName>,

    /// Worker threads; results are the same for any number [default: one for each core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,

    /// Folder in which encodings are kept from run to run [default: the platform's cache folder]
    #[arg(long, value_name = "DIR", help_heading = "Cache")]
    cache: Option<PathBuf>,

    /// Keep no encodings
    #[arg(long, conflicts_with_all = ["cache", "cache_size"], help_heading = "Cache")]
    no_cache: bool,

    /// Most that is kept, such as 500MB or 8GB; what was not used for longest goes first [default: 8GB]
    #[arg(long, value_name = "SIZE", value_parser = size, help_heading = "Cache")]
    cache_size: Option<u64>,

    #[command(flatten)]
    pub log: LogArguments,

    /// Print no summary and no progress; warnings and errors still go to stderr
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,

    /// Print how long each stage took
    #[arg(short, long)]
    pub verbose: bool,
}

/// Make report.html anew from the tables of a run
///
/// `parallax compare` writes the page beside its tables; this makes it again, as after an update or where tables were moved.
#[derive(Args)]
#[command(after_long_help = "Example:\n  parallax report parallax-out")]
pub struct ReportArguments {
    /// The folder that `parallax compare --out` wrote
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
}

const EXAMPLES: &str = "\
Examples:
  parallax compare seeds                          a folder of .txt files
  parallax compare a.csv b.xlsx --out results     tables of articles (columns outlet and text at least)
  parallax compare 'saved-pages/*.html'           web pages as a browser saves them
  zcat corpus.jsonl.gz | parallax compare -       JSONL from standard input
  parallax compare --job seeds/job.toml           everything from a job file
  parallax compare seeds --format csv --format jsonl
  parallax compare seeds --head loaded_language=heads/babe

A run that was interrupted or killed leaves earlier results as they are; the same command goes on
from the encodings that it kept.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done but some inputs were rejected (see rejected.csv),
130 and 143 interrupted.";

/// `NAME=DIR`.
pub fn named_folder(argument: &str) -> Result<(String, PathBuf), String> {
    match argument.split_once('=') {
        Some((name, folder)) if !folder.is_empty() => {
            check_head_name(name)?;
            Ok((name.to_owned(), PathBuf::from(folder)))
        }
        _ => Err("give NAME=DIR, such as loaded_language=heads/babe".to_owned()),
    }
}

/// A number of bytes, with KB, MB, GB or TB (powers of 1,024) or without.
fn size(argument: &str) -> Result<u64, String> {
    let text = argument.trim().to_ascii_uppercase();
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == ' ');
    let power = match text[digits.len()..].trim() {
        "" | "B" => 0,
        "K" | "KB" | "KIB" => 1,
        "M" | "MB" | "MIB" => 2,
        "G" | "GB" | "GIB" => 3,
        "T" | "TB" | "TIB" => 4,
        unit => {
            return Err(format!("`{unit}` is no unit of size; give bytes, KB, MB, GB or TB, such as 8GB"));
        }
    };
    let bytes = digits.parse::<u64>().ok().and_then(|n| n.checked_mul(1 << (10 * power)));
    bytes.ok_or_else(|| format!("`{argument}` is no size; give a whole number with a unit, such as 8GB"))
}

#[derive(Clone, Copy, ValueEnum)]
enum EncodeName {
    Auto,
    All,
    Candidates,
}

impl From<EncodeName> for EncodedSentences {
    fn from(name: EncodeName) -> Self {
        match name {
            EncodeName::Auto => Self::Auto,
            EncodeName::All => Self::All,
            EncodeName::Candidates => Self::Candidates,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum FormatName {
    Csv,
    Jsonl,
    Parquet,
}

impl From<FormatName> for Format {
    fn from(name: FormatName) -> Self {
        match name {
            FormatName::Csv => Format::Csv,
            FormatName::Jsonl => Format::Jsonl,
            FormatName::Parquet => Format::Parquet,
        }
    }
}

impl CompareArguments {
    /// Defaults < job file < flags.
    pub fn job(&self) -> anyhow::Result<Job> {
        let mut job = match &self.job {
            Some(file) => Job::from_job_file(file)?,
            None => Job::default(),
        };
        if !self.inputs.is_empty() {
            job.inputs = self.inputs.clone();
        }
        if !self.formats.is_empty() {
            job.formats = self.formats.iter().map(|&name| name.into()).collect();
        }
        job.formats.sort();
        job.formats.dedup();
        job.out = self.out.clone().unwrap_or(job.out);
        job.model = self.model.clone().unwrap_or(job.model);
        job.heads.extend(self.heads.iter().cloned());
        self.engine.apply(&mut job);
        job.options.cluster.across_events |= self.across_events;
        job.options.encode.sentences = self.encode.map_or(job.options.encode.sentences, Into::into);
        job.options.threads = self.threads.map_or(job.options.threads, usize::from);
        job.store = self.store()?;
        let message = match (job.inputs.is_empty(), job.formats.is_empty()) {
            (true, _) => "the job names no inputs; add `inputs = [\"...\"]` or give them on the command line",
            (_, true) => "the job asks for no format; give `formats = [\"csv\"]` or leave the key out",
            _ => return Ok(job),
        };
        let path = self.job.clone().unwrap_or_default();
        Err(parallax::Error::Config { path, message: message.to_owned() }.into())
    }
}

impl CompareArguments {
    fn store(&self) -> parallax::Result<Option<StoreOptions>> {
        if self.no_cache {
            return Ok(None);
        }
        let mut options = match &self.cache {
            Some(folder) => StoreOptions::in_folder(folder.clone()),
            None => StoreOptions::platform()?,
        };
        options.max_bytes = self.cache_size.unwrap_or(options.max_bytes);
        Ok(Some(options))
    }
}

/// As wide as the terminal; 100 columns where stdout is none.
pub fn summary_options() -> SummaryOptions {
    let default = SummaryOptions::default();
    let width = terminal_size::terminal_size().map_or(default.width, |(width, _)| usize::from(width.0));
    SummaryOptions { width, ..default }
}
