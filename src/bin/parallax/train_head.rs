use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, ValueEnum};
use parallax::train::{Task, TrainOptions, prepare, train, write};

use crate::exit::{self, Outcome};
use crate::progress::Progress;
use crate::threads;

/// Train a head on a labelled file of your own: its figures, its card, and columns of its own in `compare`
///
/// The file is JSONL, an object a line, plain or gzipped, and stays where it is. Each text is encoded once; what is
/// trained is a small classifier on top, measured in cross-validation beside three baselines.
#[derive(Args)]
#[command(after_long_help = EXAMPLES)]
pub struct TrainHeadArguments {
    /// What the head tells: decides its name and what its card warns of
    #[arg(value_enum)]
    task: TaskName,

    /// The labelled file (.jsonl or .jsonl.gz)
    file: PathBuf,

    /// Folder for head.safetensors, head.toml and README.md, the card
    #[arg(long, value_name = "DIR")]
    out: PathBuf,

    /// The head's name: a-z, 0-9 and _ [default: loaded_language, checkability, own_sentiment or own_certainty, by task]
    #[arg(long)]
    name: Option<String>,

    /// Field of the text
    #[arg(long, value_name = "FIELD", default_value = "text", help_heading = "Fields")]
    text: String,

    /// Field of the label
    #[arg(long, value_name = "FIELD", default_value = "label", help_heading = "Fields")]
    label: String,

    /// Field that rows of one outlet, event or author share: no group lies on both sides of a split
    #[arg(long, value_name = "FIELD", help_heading = "Fields")]
    group: Option<String>,

    /// Put "the outlet" in place of every group's name in the texts, so that the head cannot learn the names
    #[arg(long, help_heading = "Fields")]
    mask_groups: bool,

    /// The classes in order [default: every label of the file]
    #[arg(long, value_name = "CLASS,...", value_delimiter = ',', help_heading = "Classes")]
    classes: Vec<String>,

    /// Of two classes, the one whose probability is shown [default: the last]
    #[arg(long, value_name = "CLASS", help_heading = "Classes")]
    positive: Option<String>,

    /// What a label stands for; CLASS - leaves its rows out. May be given more than once
    #[arg(long, value_name = "LABEL=CLASS", help_heading = "Classes", allow_hyphen_values = true)]
    map: Vec<String>,

    /// Folds of the cross-validation
    #[arg(long, value_name = "N", default_value_t = 5, help_heading = "Measuring",
          value_parser = clap::value_parser!(u8).range(2..=20))]
    folds: u8,

    /// Seed of the folds and of the bootstrap
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Measuring",
          value_parser = clap::value_parser!(u64).range(0..=i64::MAX as u64))]
    seed: u64,

    /// Licence of the labelled file, for the card
    #[arg(long, value_name = "TEXT", help_heading = "Card")]
    licence: Option<String>,

    /// How far people agree on the labels, for the card
    #[arg(long, value_name = "TEXT", help_heading = "Card")]
    human_agreement: Option<String>,

    /// The bundled model's name or a model's folder
    #[arg(long, value_name = "NAME|DIR", default_value = "parallax-en")]
    model: String,

    /// Worker threads; results are the same for any number [default: one for each core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,

    /// Print no figures and no progress
    #[arg(short, long)]
    quiet: bool,
}

const EXAMPLES: &str = "\
Examples:
  parallax models train-head loaded-language babe.jsonl.gz --out heads/babe \\
      --label label_bias --positive Biased --map 'No agreement=-' --group outlet --mask-groups
  parallax models train-head checkability claims.jsonl --out heads/checkability --group speaker
  parallax models train-head other frames.jsonl --out heads/frames --name frame --group outlet
  parallax compare seeds --head loaded_language=heads/babe

Exit codes: 0 done, 1 failed, 2 wrong usage.";

#[derive(Clone, Copy, ValueEnum)]
enum TaskName {
    Sentiment,
    LoadedLanguage,
    Certainty,
    Checkability,
    /// A construct of your own; give it a --name
    Other,
}

impl From<TaskName> for Task {
    fn from(name: TaskName) -> Self {
        match name {
            TaskName::Sentiment => Task::Sentiment,
            TaskName::LoadedLanguage => Task::LoadedLanguage,
            TaskName::Certainty => Task::Certainty,
            TaskName::Checkability => Task::Checkability,
            TaskName::Other => Task::Other,
        }
    }
}

impl TrainHeadArguments {
    fn options(&self) -> TrainOptions {
        TrainOptions {
            task: self.task.into(),
            file: self.file.clone(),
            out: self.out.clone(),
            name: self.name.clone(),
            text: self.text.clone(),
            label: self.label.clone(),
            group: self.group.clone(),
            mask_groups: self.mask_groups,
            classes: self.classes.clone(),
            positive: self.positive.clone(),
            maps: self.map.clone(),
            folds: usize::from(self.folds),
            seed: self.seed,
            model: self.model.clone(),
            threads: self.threads.map_or(0, usize::from),
            licence: self.licence.clone(),
            human_agreement: self.human_agreement.clone(),
        }
    }

    pub fn run(&self) -> anyhow::Result<Outcome> {
        prepare(&self.out)?;
        let progress = Progress::new(self.quiet);
        let mut options = self.options();
        options.threads = threads::start(options.threads)?;
        let trained = train(&options, &progress)?;
        progress.finish();
        write(&trained, &self.out).context("the head was not written")?;
        if !self.quiet {
            let folder = parallax::report::printable(&self.out.display().to_string());
            let name = &trained.manifest.name;
            exit::print(&format!(
                "{}\nThe head and its card are in {folder}; use it: parallax compare INPUT --head {name}={folder}\n",
                trained.summary
            ))?;
        }
        Ok(Outcome::Done)
    }
}
