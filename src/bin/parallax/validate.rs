use std::fmt::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use parallax::report::printable;
use parallax::validate::{
    MIN_LABELLED, PAGE_FILE, SAMPLE_FILE, Sample, SampleOptions, ScoreOptions, Subject, print, sample, score,
};

use crate::exit::{self, Outcome};
use crate::threads;

/// Let people check the tables: draw a sample to label, then score the labels
///
/// `sample` draws sentences and pairs of sentences and makes a page to label them in, offline, in any browser. `score` reads
/// what people answered and says how right the tables are; it corrects the estimates of outlets for the machine's errors.
#[derive(Args)]
#[command(after_long_help = EXAMPLES)]
pub struct ValidateArguments {
    #[command(subcommand)]
    command: ValidateCommand,
}

#[derive(Subcommand)]
enum ValidateCommand {
    Sample(SampleArguments),
    Score(ScoreArguments),
}

/// Draw a stratified sample and make the page to label it in
///
/// Strata are bands of the machine's figure, so that rare cases are seen too; within a stratum, outlets are balanced. The same
/// tables and options give the same bytes.
#[derive(Args)]
#[command(after_long_help = SAMPLE_EXAMPLES)]
struct SampleArguments {
    /// The folder of a finished run
    #[arg(value_name = "DIR")]
    folder: PathBuf,

    /// Number of items, half of them claims where there are enough
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    n: u32,

    /// Ask about these alone: claims, sentiment, loaded_language, certainty, agentless_passive, scare_quotes, anonymous_source
    /// [default: all that the tables have]
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    only: Vec<String>,

    /// Whose words the measures are of
    #[arg(long, value_enum, default_value_t = VoiceName::Narration)]
    voice: VoiceName,

    /// Seed of the draw
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,

    /// Replace a sample with other contents; labels of that one can no longer be scored
    #[arg(long)]
    force: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum VoiceName {
    Narration,
    Quotation,
}

/// Score the labels of one or more people
///
/// Writes validation/report.json, precision.csv, measures.csv and agreement.csv, and fills the columns corrected, corrected_ci_low,
/// corrected_ci_high and n_labelled of the table `outlets`. docs/validation.md has the formulae.
#[derive(Args)]
#[command(after_long_help = SCORE_EXAMPLES)]
struct ScoreArguments {
    /// The folder of the run that the sample was drawn from
    #[arg(value_name = "DIR")]
    folder: PathBuf,

    /// Files that the page exported
    #[arg(value_name = "LABELS.csv", required = true)]
    labels: Vec<PathBuf>,

    /// Bootstrap samples for the agreement between annotators
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(0..=100_000))]
    samples: u32,

    /// Seed of that bootstrap
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  parallax compare corpus.csv --out results
  parallax validate sample results --n 200    writes results/validation/label.html
  parallax validate score results labels-ann.csv labels-ben.csv

Exit codes: 0 done, 1 failed, 2 wrong usage.";

const SAMPLE_EXAMPLES: &str = "\
Give label.html to the annotators, and not sample.csv: it shows what the machine says.

Examples:
  parallax validate sample results
  parallax validate sample results --n 300 --only loaded_language    for corrected estimates
  parallax validate sample results --n 100 --only claims --seed 7";

const SCORE_EXAMPLES: &str = "\
Examples:
  parallax validate score results labels-ann.csv
  parallax validate score results labels-*.csv --json > report.json";

impl ValidateArguments {
    pub fn run(&self) -> anyhow::Result<Outcome> {
        threads::start(0)?;
        match &self.command {
            ValidateCommand::Sample(arguments) => arguments.run(),
            ValidateCommand::Score(arguments) => arguments.run(),
        }
    }
}

impl SampleArguments {
    fn run(&self) -> anyhow::Result<Outcome> {
        let options = SampleOptions {
            n: self.n as usize,
            seed: self.seed,
            subjects: self.only.iter().map(|name| Subject::from_name(name)).collect::<Result<_, _>>()?,
            voice: match self.voice {
                VoiceName::Narration => "narration",
                VoiceName::Quotation => "quotation",
            }
            .to_owned(),
            force: self.force,
        };
        let drawn = sample(&self.folder, &options)?;
        let folder = drawn.write(&self.folder, options.force)?;
        let (page, table) = (folder.join(PAGE_FILE), folder.join(SAMPLE_FILE));
        let mut text = sample_text(&drawn);
        let _ = writeln!(text, "\nOpen {} in a browser; export the labels, then run", page.display());
        let _ = writeln!(text, "  parallax validate score {} LABELS.csv...", self.folder.display());
        let _ =
            writeln!(text, "Keep {} from the annotators: it shows what the machine says.", table.display());
        exit::print(&text)?;
        Ok(Outcome::Done)
    }
}

fn sample_text(sample: &Sample) -> String {
    let strata = sample.strata();
    let mut text = format!("{} items drawn from {} strata\n", sample.items.len(), strata.len());
    let width = strata.iter().map(|stratum| stratum.stratum.chars().count()).max().unwrap_or(0);
    let mut last = "";
    for stratum in &strata {
        if stratum.measure != last {
            let of = strata.iter().filter(|other| other.measure == stratum.measure);
            let (drawn, size) = of.fold((0, 0), |(drawn, size), of| (drawn + of.drawn, size + of.size));
            let voice = if stratum.voice.is_empty() { String::new() } else { format!(", {}", stratum.voice) };
            let _ = writeln!(text, "\n{}{voice}: {drawn} of {size}", stratum.measure);
            if stratum.measure != Subject::CLAIMS.name() && sample.n_correctable(&stratum.measure) < 2 {
                let n_outlets = sample.n_outlets(&stratum.measure);
                let mend = match drawn < size {
                    true => format!(
                        "`--only {} --n {}` gives each of the {n_outlets} outlets here about so many",
                        stratum.measure,
                        (MIN_LABELLED * n_outlets).min(size)
                    ),
                    false => "the run has no more".to_owned(),
                };
                let _ = writeln!(
                    text,
                    "  too few to correct estimates: that takes {MIN_LABELLED} labelled sentences of each of two outlets; {mend}"
                );
            }
            last = &stratum.measure;
        }
        let name = printable(&stratum.stratum);
        let _ = writeln!(text, "  {name:width$}  {:>5} of {:>6}", stratum.drawn, stratum.size);
    }
    text
}

impl ScoreArguments {
    fn run(&self) -> anyhow::Result<Outcome> {
        let options = ScoreOptions { samples: self.samples as usize, seed: self.seed };
        let report = score(&self.folder, &self.labels, &options)?;
        report.write(&self.folder)?;
        let text = match self.json {
            true => serde_json::to_string_pretty(&report)? + "\n",
            false => print(&report, &self.folder),
        };
        exit::print(&text)?;
        Ok(Outcome::Done)
    }
}
