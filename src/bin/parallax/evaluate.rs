use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use clap::builder::PossibleValuesParser;
use parallax::evaluate::{EvaluateOptions, EventsFrom, Fields, Task, evaluate, print};
use parallax::job::Job;
use regex::Regex;

use crate::args::named_folder;
use crate::engine::EngineArguments;
use crate::exit::{self, Outcome};
use crate::progress::Progress;
use crate::threads;

/// Score a labelled file: how well parallax does on it, with a 95% interval beside every figure
///
/// The file is JSONL, an object a line, plain or gzipped. What is scored is what `compare` runs, with the same model and the
/// same thresholds.
#[derive(Args)]
#[command(after_long_help = EXAMPLES)]
pub struct EvaluateArguments {
    /// What to score
    #[arg(value_name = "TASK", value_parser = PossibleValuesParser::new(Task::ALL.map(|(name, _)| name)))]
    task: String,

    /// The labelled file (.jsonl or .jsonl.gz; a treebank for agency)
    file: PathBuf,

    /// The labels of claims-in-events and of framing
    labels: Option<PathBuf>,

    /// Whether claims-in-events takes the labelled events or finds them itself
    #[arg(long, value_enum, default_value_t = EventsName::Given)]
    events: EventsName,

    /// List so many of the pairs that were judged wrong (claims-in-events, framing)
    #[arg(long, value_name = "N", default_value_t = 0)]
    worst: usize,

    /// Print JSON
    #[arg(long)]
    json: bool,

    /// Field of the text [default: text]
    #[arg(long, value_name = "FIELD", help_heading = "Fields")]
    text: Option<String>,

    /// Field of the first text of a pair [default: text_a]
    #[arg(long, value_name = "FIELD", help_heading = "Fields")]
    text_a: Option<String>,

    /// Field of the second text of a pair [default: text_b]
    #[arg(long, value_name = "FIELD", help_heading = "Fields")]
    text_b: Option<String>,

    /// Field of the label [default: label]
    #[arg(long, value_name = "FIELD", help_heading = "Fields")]
    label: Option<String>,

    /// Field of the target's first character [default: start]
    #[arg(long, value_name = "FIELD", help_heading = "Fields")]
    start: Option<String>,

    /// Field of the character behind the target [default: end]
    #[arg(long, value_name = "FIELD", help_heading = "Fields")]
    end: Option<String>,

    /// What a label stands for; CLASS - leaves its rows out. May be given more than once
    #[arg(long, value_name = "LABEL=CLASS", help_heading = "Fields", allow_hyphen_values = true)]
    map: Vec<String>,

    /// Field that rows of one outlet, event or topic share; whole groups are drawn for the intervals
    /// [default: the first of group, outlet, topic, event_id, qid, claim_id, article, doc_id that the rows have]
    #[arg(long, value_name = "FIELD", help_heading = "Intervals")]
    group: Option<String>,

    /// Part of the group field that names the group: what is in brackets, else the whole match
    #[arg(long, value_name = "REGEX", help_heading = "Intervals")]
    group_match: Option<Regex>,

    /// Bootstrap samples
    #[arg(long, value_name = "N", default_value_t = 1000, help_heading = "Intervals",
          value_parser = clap::value_parser!(u32).range(0..=100_000))]
    samples: u32,

    /// Seed of the bootstrap
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Intervals")]
    seed: u64,

    /// Take model and thresholds from a job file
    #[arg(long, value_name = "FILE")]
    job: Option<PathBuf>,

    /// The bundled model's name or a model's folder [default: parallax-en]
    #[arg(long, value_name = "NAME|DIR")]
    model: Option<String>,

    /// A head of your own, made by `models train-head`, and its name; may be given more than once
    #[arg(long = "head", value_name = "NAME=DIR", value_parser = named_folder)]
    heads: Vec<(String, PathBuf)>,

    #[command(flatten)]
    engine: EngineArguments,

    /// Worker threads; results are the same for any number [default: one for each core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,

    /// Print no progress
    #[arg(short, long)]
    quiet: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum EventsName {
    Given,
    Found,
}

const EXAMPLES: &str = "\
Tasks, and the fields that their rows have:
  sentences        text, and sentence_spans ([[start, end], ...] in characters) or sentences (their texts)
  sentiment        text, label (negative, neutral, positive); start and end where it is toward a target; score
  claims           text_a, text_b and label (1 or match, 0 or other_instance) or score; or lists of paraphrases
  claims-in-events whole articles (article_id, event, outlet, headline, date, body) and, in a second file, an event per
                   line: event, same ([[sentence, ...], ...]), partial and conflict ([[sentence, sentence], ...]), and
                   sentences (id: [field, first character, end])
  framing          the same articles and, in a second file, a pair of sentences of one claim per line: event, a and b
                   ([article, field, first character, end]), differences (dimension, a, b, worth: useful or trivial)
  relations        text_a, text_b, label (same, partial, conflicting; entailment, neutral, contradiction)
  events           event_id, and text and title, or a list of articles that have them
  attribution      text, attributions; or doc_id and text in X_articles.jsonl beside X_attributions.jsonl
  quotations       text, label (direct, scare, title), of the first quotation in the text
  loaded-language  text, label or label_bias; by outlet; --head loaded_language=DIR scores a head of your own
  agency           a treebank in CoNLL-U (.conllu or .conllu.gz) with the relations of Universal Dependencies. The
                   bundled head was trained on UD English EWT: of that treebank, score the documents held out only
                   (models/train_syntax.py --held-out FILE writes them)
  certainty        text, label (1 or uncertain)
  checkability     text, label (1 or checkable); needs --head checkability=DIR
  frames           text, label (economic, legality, political, ...; see docs/measures/frames.md)

Examples:
  parallax evaluate claims pairs.jsonl.gz --group topic
  parallax evaluate sentiment ratings.jsonl --text sentence --label tone --map good=positive --map bad=negative
  parallax evaluate events triples.jsonl --json > events.json

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done but some rows were rejected: the figures are those of the other rows.
In claims-in-events and framing a row of one file that does not fit the other file is rejected as well.";

impl EvaluateArguments {
    pub fn run(&self) -> anyhow::Result<Outcome> {
        let mut job = self.job()?;
        job.options.threads = threads::start(job.options.threads)?;
        let options = self.options();
        let (_, task) =
            Task::ALL.into_iter().find(|(name, _)| *name == self.task).expect("clap knows the tasks");
        let progress = Progress::new(self.quiet);
        let evaluation = evaluate(task, &self.file, &job, &options, &progress)?;
        progress.finish();
        let text = match self.json {
            true => serde_json::to_string_pretty(&evaluation).context("the figures were not written")? + "\n",
            false => print(&evaluation),
        };
        exit::print(&text)?;
        exit::list_rejected(&evaluation.rejected, "with --json all are listed");
        Ok(Outcome::of(&evaluation.rejected))
    }

    fn job(&self) -> anyhow::Result<Job> {
        let mut job = match &self.job {
            Some(job) => Job::from_job_file(job)?,
            None => Job::default(),
        };
        job.model = self.model.clone().unwrap_or(job.model);
        job.heads.extend(self.heads.iter().cloned());
        self.engine.apply(&mut job);
        job.options.threads = self.threads.map_or(job.options.threads, usize::from);
        Ok(job)
    }

    fn options(&self) -> EvaluateOptions {
        EvaluateOptions {
            fields: Fields {
                text: self.text.clone(),
                text_a: self.text_a.clone(),
                text_b: self.text_b.clone(),
                label: self.label.clone(),
                start: self.start.clone(),
                end: self.end.clone(),
                group: self.group.clone(),
            },
            group_match: self.group_match.clone(),
            map: self.map.clone(),
            samples: self.samples as usize,
            seed: self.seed,
            labels: self.labels.clone(),
            events: match self.events {
                EventsName::Given => EventsFrom::Given,
                EventsName::Found => EventsFrom::Found,
            },
            worst: self.worst,
        }
    }
}
