use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use arrow_array::RecordBatch;
use arrow_ipc::reader::StreamReader;
use arrow_ipc::writer::StreamWriter;
use clap::Args;
use parallax::job::Job;
use parallax::pipeline::Silent;
use parallax::stage::{PlaceOptions, Stage, run};
use parallax::store::StoreOptions;

use crate::exit::Outcome;
use crate::threads;

/// Run one phase over Arrow streams, for clusters: what comes in depends on the phase, what goes out is an Arrow stream on standard output
///
/// The phases of `compare`, each on some of the rows. docs/spark.md says what each takes and gives, and how they are put together; `parallax.spark` in Python does it on
/// Apache Spark.
#[derive(Args)]
#[command(after_long_help = EXAMPLES)]
pub struct StageArguments {
    /// The phase: map_articles, merge_counts, count_names, group_articles, find_copies, place_events, match_pairs, resolve_claims, compare_claims, count_uses,
    /// finish_tables
    #[arg(value_name = "NAME", value_parser = |name: &str| Stage::named(name).map_err(|error| error.to_string()))]
    stage: Stage,

    /// Files of Arrow streams, put one behind the other; `-` is standard input [default: -]
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Read settings from a TOML file
    #[arg(long, value_name = "FILE")]
    job: Option<PathBuf>,

    /// Worker threads; results are the same for any number [default: one for each core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,

    /// Folder in which encodings are kept from call to call [default: none are kept]
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,

    /// place_events, resolve_claims: sentences that go into one call [default: 20000]
    #[arg(long, value_name = "N")]
    sentences: Option<usize>,

    /// place_events: most articles of an event that are matched [default: 2000]
    #[arg(long, value_name = "N")]
    articles: Option<usize>,
}

const EXAMPLES: &str = "\
Examples:
  parallax stage map_articles < articles.arrow > mapped.arrow
  parallax stage merge_counts mapped-*.arrow > counts.arrow
  parallax stage match_pairs counts.arrow - --threads 1 < rows-of-key-7.arrow > found-7.arrow

Exit codes: 0 done, 1 failed, 2 wrong usage.";

impl StageArguments {
    pub fn run(&self) -> anyhow::Result<Outcome> {
        if io::stdout().is_terminal() {
            bail!("the output is an Arrow stream; send it to a file or a program (`> out.arrow`)");
        }
        let mut job = self.job.as_deref().map(Job::from_job_file).transpose()?.unwrap_or_default();
        let threads = self.threads.map_or(job.options.threads, usize::from);
        job.options.threads = threads::start(threads)?;
        job.store = self.cache.clone().map(StoreOptions::in_folder);
        let default = PlaceOptions::default();
        let place = PlaceOptions {
            sentences: self.sentences.unwrap_or(default.sentences),
            articles: self.articles.unwrap_or(default.articles),
        };
        let stdin = [PathBuf::from("-")];
        let files = if self.files.is_empty() { &stdin[..] } else { &self.files };
        let mut input = vec![];
        for file in files {
            input.extend(
                read(file)
                    .with_context(|| format!("{} is no Arrow stream that can be read", file.display()))?,
            );
        }
        write(&run(self.stage, &input, &job, &place, &Silent)?)?;
        Ok(Outcome::Done)
    }
}

fn read(file: &Path) -> anyhow::Result<Vec<RecordBatch>> {
    let reader: Box<dyn Read> = match file == Path::new("-") {
        true => Box::new(io::stdin().lock()),
        false => Box::new(File::open(file)?),
    };
    Ok(StreamReader::try_new_buffered(reader, None)?.collect::<Result<_, _>>()?)
}

fn write(batches: &[RecordBatch]) -> anyhow::Result<()> {
    let schema = batches.first().context("a stage gives one batch at least")?.schema();
    let mut writer = StreamWriter::try_new_buffered(io::stdout().lock(), &schema)?;
    batches.iter().try_for_each(|batch| writer.write(batch))?;
    writer.finish()?;
    Ok(())
}
