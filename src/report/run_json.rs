use std::collections::BTreeMap;

use serde::Serialize;

use crate::config::Config;
use crate::pipeline::Run;
use crate::read::InputFile;
use crate::records::Tier;

/// What `run.json` holds: enough to tell what was run on what, and to run it again.
#[derive(Serialize)]
pub(super) struct RunJson<'run> {
    version: &'static str,
    config: Config,
    model: Model<'run>,
    heads: Vec<Head<'run>>,
    inputs: &'run [InputFile],
    ignored: &'run [String],
    counts: BTreeMap<&'static str, usize>,
    warnings: Vec<String>,
    /// The one part that differs from run to run.
    timings: Timings<'run>,
}

#[derive(Serialize)]
struct Model<'run> {
    name: &'run str,
    version: &'run str,
    sha256: &'run BTreeMap<String, String>,
}

#[derive(Serialize)]
struct Head<'run> {
    /// The name that its columns have.
    name: &'run str,
    /// What `head.toml` calls it.
    trained_as: &'run str,
    task: &'run str,
    classes: &'run [String],
    sha256: &'run str,
}

#[derive(Serialize)]
struct Timings<'run> {
    threads: usize,
    seconds: BTreeMap<&'run str, f64>,
}

impl<'run> RunJson<'run> {
    pub(super) fn new(run: &'run Run) -> Self {
        let seconds = run.seconds.iter().map(|&(stage, seconds)| (stage, (seconds * 1e3).round() / 1e3));
        Self {
            version: env!("CARGO_PKG_VERSION"),
            config: without_chance(&run.config),
            model: Model { name: &run.model.name, version: &run.model.version, sha256: &run.model.sha256 },
            heads: heads(run),
            inputs: &run.inputs,
            ignored: &run.ignored,
            counts: counts(run),
            warnings: warnings(run),
            timings: Timings { threads: run.config.threads, seconds: seconds.collect() },
        }
    }
}

fn heads(run: &Run) -> Vec<Head<'_>> {
    let heads = run.config.heads.keys().zip(&run.heads);
    heads
        .map(|(name, head)| Head {
            name,
            trained_as: &head.name,
            task: &head.task,
            classes: &head.classes,
            sha256: &head.sha256,
        })
        .collect()
}

/// The config without what no result depends on: the order of the inputs and the number of threads.
fn without_chance(config: &Config) -> Config {
    let mut config = config.clone();
    config.inputs.sort();
    config.threads = 0;
    config
}

fn counts(run: &Run) -> BTreeMap<&'static str, usize> {
    let confirmed = run.claims.iter().filter(|claim| claim.tier == Tier::Confirmed).count();
    let in_claims = run.claims.iter().map(|claim| claim.mentions.len()).sum();
    BTreeMap::from([
        ("articles", run.articles.len()),
        ("outlets", run.outlets.names().len()),
        ("rejected", run.rejected.len()),
        ("sentences", run.sentences.len()),
        ("sentences_encoded", run.encodings.iter().flatten().count()),
        ("sentences_in_claims", in_claims),
        ("events", run.events.len()),
        ("claims", run.claims.len()),
        ("claims_confirmed", confirmed),
        ("claims_possible", run.claims.len() - confirmed),
        ("claims_on_one_independent_outlet", run.independent_outlets.iter().filter(|&&n| n == 1).count()),
        ("comparisons", run.comparisons.len()),
        ("near_duplicate_articles", run.copies.duplicate_of.iter().flatten().count()),
        ("copied_spans", run.copies.spans.len()),
    ])
}

fn warnings(run: &Run) -> Vec<String> {
    let articles = run.articles.iter();
    articles
        .flat_map(|article| article.warnings.iter().map(|warning| format!("{}: {warning}", article.id)))
        .collect()
}
