use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::lookup::Extra;
use super::schema::Column;
use super::tables::schemas;

use crate::pipeline::Run;
use crate::records::{Document, HeadUsed, InputFile, ModelUsed, Provenance, Tier};

/// What `run.json` holds: enough to tell what was run on what, and to run it again.
#[derive(Serialize)]
pub(super) struct RunJson<'run> {
    version: &'static str,
    config: &'run serde_json::Value,
    model: &'run ModelUsed,
    heads: &'run [HeadUsed],
    inputs: &'run [InputFile],
    ignored: &'run [String],
    counts: BTreeMap<&'static str, usize>,
    /// The kind of each column of each table: what a program needs to read CSV.
    tables: BTreeMap<&'static str, Columns>,
    warnings: Vec<String>,
    /// The one part that differs from run to run.
    timings: Timings<'run>,
}

#[derive(Serialize)]
struct Timings<'run> {
    threads: usize,
    seconds: BTreeMap<&'run str, f64>,
}

impl<'run> RunJson<'run> {
    pub(super) fn new(run: &'run Run, provenance: &'run Provenance, extra: &Extra) -> Self {
        let seconds = run.seconds.iter().map(|&(stage, seconds)| (stage, (seconds * 1e3).round() / 1e3));
        Self {
            version: env!("CARGO_PKG_VERSION"),
            config: &provenance.config,
            model: &provenance.model,
            heads: &provenance.heads,
            inputs: &provenance.inputs,
            ignored: &provenance.ignored,
            counts: counts(run, provenance),
            tables: schemas(extra).into_iter().map(|schema| (schema.name, Columns(schema.columns))).collect(),
            warnings: provenance.notes.iter().cloned().chain(warnings(run)).collect(),
            timings: Timings { threads: run.options.threads, seconds: seconds.collect() },
        }
    }
}

/// The columns of a table in their order, each with its kind.
struct Columns(Vec<Column>);

impl Serialize for Columns {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|column| (&column.name, column.kind)))
    }
}

fn counts(run: &Run, provenance: &Provenance) -> BTreeMap<&'static str, usize> {
    let matches = || run.claims.iter().filter(|claim| claim.is_match());
    let (n_matches, confirmed) =
        (matches().count(), matches().filter(|claim| claim.tier == Tier::Confirmed).count());
    let in_claims = run.claims.iter().map(|claim| claim.mentions.len()).sum();
    BTreeMap::from([
        ("articles", run.corpus.documents().len()),
        ("outlets", run.outlets.names().len()),
        ("rejected", provenance.rejected.len()),
        ("sentences", run.corpus.n_sentences()),
        ("sentences_encoded", run.figures.iter().flatten().count()),
        ("sentences_in_claims", in_claims),
        ("events", run.events.len()),
        ("claims", run.claims.len()),
        ("claims_confirmed", confirmed),
        ("claims_possible", n_matches - confirmed),
        (
            "claims_disputed_only",
            run.claims.iter().filter(|claim| !claim.is_match() && claim.disputing().count() > 0).count(),
        ),
        (
            "claims_partial_only",
            run.claims.iter().filter(|claim| !claim.is_match() && claim.disputing().count() == 0).count(),
        ),
        ("claims_on_one_independent_outlet", on_one_independent_outlet(run)),
        ("comparisons", run.comparisons.len()),
        ("outlet_pairs_left_out", run.estimates.n_pairs_left_out),
        ("near_duplicate_articles", run.copies.duplicate_of.len()),
        ("copied_spans", run.copies.spans.len()),
    ])
}

/// Number of claims of two outlets or more that all carry one text.
pub(super) fn on_one_independent_outlet(run: &Run) -> usize {
    let claims = run.claims.iter().zip(&run.independent_outlets);
    claims.filter(|&(claim, &n)| claim.mentions.len() > 1 && n == 1).count()
}

fn warnings(run: &Run) -> Vec<String> {
    let of_document = |document: &'_ Document| -> Vec<String> {
        let warnings = run.warnings_of(document).into_iter();
        warnings.map(|warning| format!("{}: {warning}", document.article.id)).collect()
    };
    run.corpus.documents().iter().flat_map(of_document).collect()
}
