use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use clap::Args;
use parallax::job::Job;
use parallax::pipeline::documents;
use parallax::read::{Reading, read};
use parallax::records::{Article, Corpus};
use parallax::report::printable;

use crate::exit::{self, Outcome};
use crate::threads;

/// Say what would be read, and what not, before a long run
///
/// Reads the inputs as `compare` does and writes nothing: articles, outlets, dates, languages, lengths, texts that are there twice, and what is left out, with the reason.
#[derive(Args)]
#[command(
    after_long_help = "Examples:\n  parallax check corpus.xlsx\n  parallax check --job job.toml\n\nExit codes: 0 all can be read, 1 failed, 2 wrong usage, 3 some inputs cannot be used."
)]
pub struct CheckArguments {
    /// As for `parallax compare`
    #[arg(value_name = "INPUT", required_unless_present = "job")]
    inputs: Vec<PathBuf>,

    /// Read inputs and settings from a TOML file; inputs that are given win over it
    #[arg(long, value_name = "FILE")]
    job: Option<PathBuf>,
}

/// Most outlets and languages that are listed.
const MOST: usize = 12;

/// An article with fewer words than this can hardly share a claim.
const SHORT: usize = 50;

impl CheckArguments {
    pub fn run(&self) -> anyhow::Result<Outcome> {
        let mut job = self.job.as_deref().map(Job::from_job_file).transpose()?.unwrap_or_default();
        if !self.inputs.is_empty() {
            job.inputs.clone_from(&self.inputs);
        }
        threads::start(job.options.threads)?;
        let Reading { articles, rejected, ignored, inputs, notes } = read(&job.inputs, &job.read)?;
        let corpus = documents(articles, &|_| ());
        let mut lines = vec![format!(
            "{} in {}",
            count(corpus.documents().len(), "article"),
            count(inputs.len(), "file")
        )];
        if !corpus.documents().is_empty() {
            lines.extend([outlets(&corpus), dates(&corpus), languages(&corpus), lengths(&corpus)]);
            lines.extend(unnamed(&corpus));
            lines.extend(twice(&corpus));
            lines.extend(warnings(&corpus));
        }
        lines.extend(notes.into_iter().map(|note| format!("note: {note}")));
        if !rejected.is_empty() {
            lines.push(format!("{} cannot be used (see stderr)", count(rejected.len(), "input")));
        }
        let page: String = lines.iter().flat_map(|line| [printable(line), "\n".to_owned()]).collect();
        exit::print(&page)?;
        exit::list_rejected(&rejected, "`parallax compare` lists all in the table `rejected`");
        exit::list_ignored(&ignored);
        Ok(Outcome::of(&rejected))
    }
}

fn count(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}

/// `name (n), name (n), … 3 more`, the most frequent first.
fn listed<'a>(names: impl Iterator<Item = &'a str>) -> (usize, String) {
    let mut n_of: BTreeMap<&str, usize> = BTreeMap::new();
    names.for_each(|name| *n_of.entry(name).or_default() += 1);
    let mut all: Vec<(&str, usize)> = n_of.into_iter().collect();
    all.sort_by_key(|&(name, n)| (std::cmp::Reverse(n), name));
    let mut shown: Vec<String> = all.iter().take(MOST).map(|(name, n)| format!("{name} ({n})")).collect();
    if all.len() > MOST {
        shown.push(format!("{} more", all.len() - MOST));
    }
    (all.len(), shown.join(", "))
}

fn outlets(corpus: &Corpus) -> String {
    let (n, shown) = listed(corpus.articles().map(|article| article.outlet.as_str()));
    let alone = if n == 1 { "; claims are compared between outlets, so at least two are needed" } else { "" };
    format!("{}: {shown}{alone}", count(n, "outlet"))
}

fn dates(corpus: &Corpus) -> String {
    let days: BTreeSet<_> = corpus.articles().filter_map(|article| article.date_published).collect();
    let without = corpus.articles().filter(|article| article.date_published.is_none()).count();
    let span = match (days.first(), days.last()) {
        (Some(first), Some(last)) => format!("dates from {first} to {last}"),
        _ => "no dates".to_owned(),
    };
    match without {
        0 => span,
        n => format!("{span}; {} without one", count(n, "article")),
    }
}

fn languages(corpus: &Corpus) -> String {
    let (_, shown) = listed(corpus.documents().iter().map(|document| document.layout.language.as_str()));
    format!("languages: {shown}")
}

fn words(article: &Article) -> usize {
    article.body.split_whitespace().count()
}

fn lengths(corpus: &Corpus) -> String {
    let mut all: Vec<usize> = corpus.articles().map(words).collect();
    all.sort_unstable();
    let short = all.iter().filter(|&&n| n < SHORT).count();
    let rest = if short == 0 {
        String::new()
    } else {
        format!("; {} of fewer than {SHORT}", count(short, "article"))
    };
    format!(
        "words: {} to {}, half of the articles have {} or more{rest}",
        all[0],
        all[all.len() - 1],
        all[all.len() / 2]
    )
}

/// Articles of which no outlet is known: each counts as an outlet of its own.
fn unnamed(corpus: &Corpus) -> Option<String> {
    let is_unnamed =
        |article: &&Article| article.warnings.iter().any(|warning| warning.starts_with("no outlet is known"));
    let ids: Vec<&str> = corpus.articles().filter(is_unnamed).map(|article| article.id.as_str()).collect();
    let first = ids.first()?;
    Some(format!(
        "{} without a known outlet, such as {first}: each counts as an outlet of its own; name them in an articles.csv (columns file, outlet)",
        count(ids.len(), "article")
    ))
}

/// Articles whose text is that of another, word by word.
fn twice(corpus: &Corpus) -> Option<String> {
    let mut texts: BTreeMap<Vec<&str>, Vec<&Article>> = BTreeMap::new();
    for article in corpus.articles() {
        texts.entry(article.body.split_whitespace().collect()).or_default().push(article);
    }
    let more: usize = texts.values().map(|of| of.len() - 1).sum();
    let example = texts.values().find(|of| of.len() > 1)?;
    let names = [&example[0].id, &example[1].id].map(ToString::to_string).join(" and ");
    Some(format!("{} with the text of another, such as {names}", count(more, "article")))
}

/// What was remarked when the articles were read.
fn warnings(corpus: &Corpus) -> Option<String> {
    let warned = corpus
        .documents()
        .iter()
        .filter(|document| !document.article.warnings.is_empty() || !document.layout.warnings.is_empty());
    let warned: Vec<_> = warned.collect();
    let first = warned.first()?;
    let warning = first.article.warnings.iter().chain(&first.layout.warnings).next()?;
    Some(format!(
        "{} with a warning, such as {}: {warning}",
        count(warned.len(), "article"),
        first.article.id
    ))
}
