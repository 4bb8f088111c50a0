//! The phases over Arrow record batches: what a cluster runs, each machine on some of the rows. The functions are those of
//! [`pipeline::parts`](crate::pipeline::parts); here rows become their records and back.
//!
//! Every stage but the first takes and gives [`Row`]s in any order and in any number of batches. A stage that goes by keys does with the rows of each
//! key what it would do with them alone, so several keys may come in one call, but all rows of a key must. Rows without a key ([`Row::is_for_all`]) go
//! with every one.
//!
//! `docs/spark.md` says how the stages are put together, and `python/parallax/spark.py` does it.

mod rows;
mod place;
mod tables;

use std::collections::{BTreeMap, BTreeSet};

use arrow_array::RecordBatch;
use arrow_cast::display::array_value_to_string;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::cluster::NameFrequency;
use crate::error::{Error, Result};
use crate::group::{GroupOptions, Profile, copies, group, windows};
use crate::job::{Job, LoadedEncoder, load_encoder, open_store};
use crate::models;
use crate::options::Options;
use crate::pipeline::parts::{
    ArticleFigures, Compared, Counts, Mapped, Matched, Part, Whole, compare_events, count_names,
    map_articles, match_events, outlet_figures, uses_of, wordings,
};
use crate::pipeline::{Models, Observer, Stoppable, thresholds_of, workers};
use crate::read::{Reading, is_of_a_taken_id, read_batches};
use crate::records::{Article, ArticleId, Claim, Copies, Corpus, Document, Event, Rejection, Thresholds};
use crate::statistics::{AlignedTerms, Uses};
use crate::store::CachedEncoder;
use place::{Placed, place_events, resolve_claims};
use rows::of_kind;
use tables::{table_rows, tables_of_outlets};

pub use place::PlaceOptions;
pub use rows::{Row, batches, read_rows, schema};

/// What stands for the name of a file in messages and ids.
const NAME: &str = "articles";

/// A phase over rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Articles -> `document`, `window`, `counts`, `rejected`: splits, annotates, encodes the beginnings, and says in which windows an article is looked at.
    /// The one stage whose input are articles, with the columns that `compare` takes.
    MapArticles,
    /// `counts`, `names` -> one of each: adds up.
    MergeCounts,
    /// `document` and the `counts` -> `names`: counts names.
    CountNames,
    /// `window`, by key -> `grouped`: groups the articles of a window.
    GroupArticles,
    /// `document`, by key -> `copied`, `table:copies`: what the articles of a window copied.
    FindCopies,
    /// All `grouped` and `copied` -> `event`, `article`, `copied`, `dropped`: the events, and the key under which each is matched.
    PlaceEvents,
    /// `document`, `event`, by key, and the counts -> `claim`, `tie`, `figures`: matches sentences.
    MatchPairs,
    /// All `grouped`, `claim`, `tie` -> `claim`, `event`, `article`: the claims, and the key under which each is compared.
    ResolveClaims,
    /// `document`, `copied`, `figures`, `event`, `claim`, by key, and the counts -> `table:...`, `observed`, `aligned`: compares claims.
    CompareClaims,
    /// `document`, `copied`, and the counts and all `aligned` -> `uses`: counts words.
    CountUses,
    /// All `observed`, `aligned`, `uses`, `rejected`, and the counts -> `table:outlets`, `table:wordings`, `table:rejected`.
    FinishTables,
}

impl Stage {
    /// Every stage, in order.
    pub const ALL: [Self; 11] = [
        Self::MapArticles,
        Self::MergeCounts,
        Self::CountNames,
        Self::GroupArticles,
        Self::FindCopies,
        Self::PlaceEvents,
        Self::MatchPairs,
        Self::ResolveClaims,
        Self::CompareClaims,
        Self::CountUses,
        Self::FinishTables,
    ];

    /// The name on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MapArticles => "map_articles",
            Self::MergeCounts => "merge_counts",
            Self::CountNames => "count_names",
            Self::GroupArticles => "group_articles",
            Self::FindCopies => "find_copies",
            Self::PlaceEvents => "place_events",
            Self::MatchPairs => "match_pairs",
            Self::ResolveClaims => "resolve_claims",
            Self::CompareClaims => "compare_claims",
            Self::CountUses => "count_uses",
            Self::FinishTables => "finish_tables",
        }
    }

    /// The stage of this name.
    ///
    /// # Errors
    /// [`Error::Usage`] with the names that there are.
    pub fn named(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == name).ok_or_else(|| Error::Usage {
            message: format!(
                "there is no stage `{name}`; the stages are {}",
                Self::ALL.map(Self::as_str).join(", ")
            ),
        })
    }
}

/// Runs a stage on some batches. What it gives depends on the rows alone, not on their order or on how they are divided.
///
/// # Errors
/// [`Error::Stage`] for rows that are not the stage's, or are damaged; as [`job::compare`](crate::job::compare).
pub fn run(
    stage: Stage,
    input: &[RecordBatch],
    job: &Job,
    place: &PlaceOptions,
    observer: &dyn Observer,
) -> Result<Vec<RecordBatch>> {
    let fail = |message: String| Error::Stage { stage: stage.as_str(), message };
    workers(job.options.threads)?.install(|| {
        let rows = match stage {
            Stage::MapArticles => {
                let (articles, rejected) = read(input, job)?;
                with_models(job, observer, |models| mapped(articles, rejected, models, job, observer))?
            }
            _ => {
                let mut rows = read_rows(input).map_err(fail)?;
                rows.sort();
                of_rows(stage, rows, job, place, observer).map_err(|error| match error {
                    Error::Stage { message, .. } => fail(message),
                    other => other,
                })?
            }
        };
        Ok(batches(rows))
    })
}

fn of_rows(
    stage: Stage,
    rows: Vec<Row>,
    job: &Job,
    place: &PlaceOptions,
    observer: &dyn Observer,
) -> Result<Vec<Row>> {
    let options = &job.options;
    match stage {
        Stage::MapArticles => unreachable!("it takes articles"),
        Stage::MergeCounts => merge_counts(&rows),
        Stage::CountNames => {
            let counts: Counts = one(&rows, COUNTS)?;
            let documents = documents(&rows)?;
            Ok(vec![Row::new(NAMES, "", 0, 0, &count_names(&documents, &counts.short))])
        }
        Stage::GroupArticles => {
            let thresholds = thresholds_of(&models::load(&job.model)?)?;
            by_key(rows, |_, rows| grouped(rows, &options.group, &thresholds))
        }
        Stage::FindCopies => by_key(rows, |_, rows| copied(rows, options)),
        Stage::PlaceEvents => place_events(&rows, place),
        Stage::MatchPairs => with_models(job, observer, |models| {
            let whole = whole(&rows)?;
            by_key(rows, |key, rows| matched(key, rows, &whole, models, job, observer))
        }),
        Stage::ResolveClaims => resolve_claims(&rows, place),
        Stage::CompareClaims => with_models(job, observer, |models| {
            let whole = whole(&rows)?;
            by_key(rows, |_, rows| compared(rows, &whole, models, job, observer))
        }),
        Stage::CountUses => with_models(job, observer, |models| {
            let corpus = Corpus::new(documents(&rows)?);
            let copies = Copies::joined(all::<Copies>(&rows, COPIED)?);
            let uses = uses_of(&corpus, &copies, &whole(&rows)?, aligned(&rows)?, models);
            Ok(vec![Row::new(USES, "", 0, 0, &uses)])
        }),
        Stage::FinishTables => {
            let observed = all::<Vec<_>>(&rows, OBSERVED)?.into_iter().flatten().collect();
            let uses = all::<Uses>(&rows, USES)?;
            let rejected = all::<Rejection>(&rows, REJECTED)?;
            let estimates = outlet_figures(observed, options);
            let wordings = wordings(aligned(&rows)?, uses, options);
            tables_of_outlets(one(&rows, COUNTS)?, estimates, wordings, rejected, options)
        }
    }
}

/// The kinds of rows.
const DOCUMENT: &str = "document";
const WINDOW: &str = "window";
const COUNTS: &str = "counts";
const NAMES: &str = "names";
const GROUPED: &str = "grouped";
const COPIED: &str = "copied";
const EVENT: &str = "event";
const ARTICLE: &str = "article";
const DROPPED: &str = "dropped";
const CLAIM: &str = "claim";
const TIE: &str = "tie";
const FIGURES: &str = "figures";
const OBSERVED: &str = "observed";
const ALIGNED: &str = "aligned";
const USES: &str = "uses";
const REJECTED: &str = "rejected";

/// What grouping takes of an article.
#[derive(Debug, Serialize, Deserialize)]
struct Window {
    outlet: String,
    day: Option<Date>,
    n_sentences: usize,
    profile: Option<Profile>,
}

/// The articles of some batches, and those that cannot be used, by their ids. What depends on how the rows are divided is refused: an order of day and month that
/// the dates of a batch show, and an id that two articles of a batch have.
fn read(input: &[RecordBatch], job: &Job) -> Result<(Vec<Article>, Vec<Rejection>)> {
    let stage = Stage::MapArticles.as_str();
    let Reading { mut articles, rejected, notes, .. } = read_batches(NAME, input, &job.read)?;
    if let Some(note) = notes.first() {
        let message = format!(
            "{note} (each part of the articles is read by itself here, so the order cannot be left open)"
        );
        return Err(Error::Stage { stage, message });
    }
    if let Some(taken) = rejected.iter().find(|rejection| is_of_a_taken_id(rejection)) {
        return Err(Error::Stage { stage, message: taken.reason.clone() });
    }
    articles.iter_mut().for_each(|article| article.origin.row = None);
    let named = |Rejection { file, row, reason }: Rejection| {
        let id = row.and_then(|row| id_of_row(input, usize::try_from(row).ok()?.checked_sub(1)?));
        let file = id.map_or(file.clone(), |id| format!("{file}, article_id {id}"));
        Rejection { file, row: None, reason }
    };
    Ok((articles, rejected.into_iter().map(named).collect()))
}

/// What the column `article_id` or `id` says of a row of some batches; `None` where there is no such column, or nothing in it.
fn id_of_row(input: &[RecordBatch], mut row: usize) -> Option<String> {
    for batch in input {
        if row < batch.num_rows() {
            let column = ["article_id", "id"].iter().find_map(|name| batch.column_by_name(name))?;
            return array_value_to_string(column, row).ok().filter(|id| !id.is_empty());
        }
        row -= batch.num_rows();
    }
    None
}

fn mapped(
    articles: Vec<Article>,
    rejected: Vec<Rejection>,
    models: &Models<'_>,
    job: &Job,
    observer: &dyn Observer,
) -> Result<Vec<Row>> {
    let Mapped { articles, counts } = map_articles(articles, models, observer)?;
    let mut rows = vec![Row::new(COUNTS, "", 0, 0, &counts)];
    for (document, profile) in articles {
        let Document { article, sentences, .. } = &document;
        let (id, day) = (article.id.as_str(), article.date_published);
        let window = Window { outlet: article.outlet.clone(), day, n_sentences: sentences.len(), profile };
        for (n, key) in windows(day, &job.options.group).into_iter().enumerate() {
            let is_own = i64::from(n == 0);
            rows.push(Row::new(DOCUMENT, id, key, is_own, &document));
            rows.push(Row::new(WINDOW, id, key, is_own, &window));
        }
    }
    rows.extend(rejected.iter().map(|of| Row::new(REJECTED, "", 0, 0, of)));
    Ok(rows)
}

fn merge_counts(rows: &[Row]) -> Result<Vec<Row>> {
    let mut merged = vec![];
    if let Some(counts) = all::<Counts>(rows, COUNTS)?.into_iter().reduce(Counts::merge) {
        merged.push(Row::new(COUNTS, "", 0, 0, &counts));
    }
    if let Some(names) = all::<NameFrequency>(rows, NAMES)?.into_iter().reduce(NameFrequency::merge) {
        merged.push(Row::new(NAMES, "", 0, 0, &names));
    }
    Ok(merged)
}

fn grouped(rows: &[Row], options: &GroupOptions, thresholds: &Thresholds) -> Result<Vec<Row>> {
    let (mut own, mut profiles) = (BTreeMap::new(), vec![]);
    for row in of_kind(rows, WINDOW) {
        let Window { outlet, day, n_sentences, profile } = row.record()?;
        profiles.extend(profile);
        if row.n == 1 {
            own.insert(ArticleId::from(&row.id), Placed { outlet, day, n_sentences, grouped: None });
        }
    }
    for of_article in group(profiles, options, thresholds) {
        if let Some(placed) = own.get_mut(&of_article.article) {
            placed.grouped = Some(of_article);
        }
    }
    Ok(own.iter().map(|(article, placed)| Row::new(GROUPED, article.as_str(), 0, 0, placed)).collect())
}

fn copied(rows: &[Row], options: &Options) -> Result<Vec<Row>> {
    let own: BTreeSet<ArticleId> =
        of_kind(rows, DOCUMENT).filter(|row| row.n == 1).map(|row| ArticleId::from(&row.id)).collect();
    let corpus = Corpus::new(documents(rows)?);
    let found = copies(&corpus, &options.copies).of(|article| own.contains(article));
    let mut copied: Vec<Row> = copied_rows(found.clone()).collect();
    copied.extend(tables::copies(corpus, found, options)?);
    Ok(copied)
}

/// A row for each article that copied something.
fn copied_rows(copies: Copies) -> impl Iterator<Item = Row> {
    let of_articles = copies.by_article().into_iter();
    of_articles.map(|(article, of)| Row::new(COPIED, article.as_str(), 0, 0, &of))
}

fn matched(
    key: i64,
    rows: &[Row],
    whole: &Whole,
    models: &Models<'_>,
    job: &Job,
    observer: &dyn Observer,
) -> Result<Vec<Row>> {
    let corpus = Corpus::new(documents(rows)?);
    let mut events = events(rows, &corpus)?;
    events.sort_by(|(_, a), (_, b)| a.articles.cmp(&b.articles));
    let own: BTreeSet<_> = events.iter().filter(|(n, _)| *n == 1).map(|(_, event)| event.id).collect();
    let events: Vec<Event> = events.into_iter().map(|(_, event)| event).collect();
    let Matched { claims, ties, figures } =
        match_events(&corpus, &events, whole, models, &job.options, observer)?;
    let mut found = vec![];
    for claim in claims.iter().filter(|claim| own.contains(&claim.event)) {
        found.push(Row::new(CLAIM, claim.id.to_string(), key, 0, claim));
    }
    // The earlier event's part has the ties.
    let event_of: BTreeMap<&ArticleId, &Event> =
        events.iter().flat_map(|event| event.articles.iter().map(move |article| (article, event))).collect();
    for tie in &ties {
        let earlier = tie.sentences().map(|sentence| event_of[&sentence.article]);
        let earlier = earlier.into_iter().min_by_key(|event| &event.articles).expect("a tie is of two");
        if own.contains(&earlier.id) {
            found.push(Row::new(TIE, "", key, 0, tie));
        }
    }
    found.extend(figures.iter().map(|of| Row::new(FIGURES, of.0.as_str(), key, 0, of)));
    Ok(found)
}

fn compared(
    rows: &[Row],
    whole: &Whole,
    models: &Models<'_>,
    job: &Job,
    observer: &dyn Observer,
) -> Result<Vec<Row>> {
    let corpus = Corpus::new(documents(rows)?);
    let mut events = events(rows, &corpus)?;
    events.sort_by_key(|(number, _)| *number);
    let mut claims: Vec<(i64, Claim)> = numbered(rows, CLAIM)?;
    claims.sort_by_key(|(number, _)| *number);
    let number_of: BTreeMap<_, usize> =
        events.iter().map(|(number, event)| (event.id, *number as usize)).collect();
    let number = |(number, claim): &(i64, Claim)| match number_of.get(&claim.event) {
        Some(&event) => Ok((claim.id, (*number as usize, event))),
        None => Err(fault(format!("the event {} of the claim {} is not there", claim.event, claim.id))),
    };
    let numbers: Result<BTreeMap<_, _>> = claims.iter().map(number).collect();
    let part = Part {
        numbers: numbers?,
        events: events.into_iter().map(|(_, event)| event).collect(),
        claims: claims.into_iter().map(|(_, claim)| claim).collect(),
        copies: Copies::joined(all::<Copies>(rows, COPIED)?),
        figures: all::<ArticleFigures>(rows, FIGURES)?,
        corpus,
    };
    let Compared { run, observed, aligned } = compare_events(part, whole, models, &job.options, observer)?;
    let mut found = table_rows(&run)?;
    if !observed.is_empty() {
        found.push(Row::new(OBSERVED, "", 0, 0, &observed));
    }
    if !aligned.is_empty() {
        found.push(Row::new(ALIGNED, "", 0, 0, &aligned));
    }
    Ok(found)
}

/// The events with their rows' numbers; refused where an article of one is not there.
fn events(rows: &[Row], corpus: &Corpus) -> Result<Vec<(i64, Event)>> {
    let known: BTreeSet<&ArticleId> = corpus.articles().map(|article| &article.id).collect();
    let events: Vec<(i64, Event)> = numbered(rows, EVENT)?;
    for (_, event) in &events {
        if let Some(article) = event.articles.iter().find(|article| !known.contains(article)) {
            return Err(fault(format!(
                "the document of {article} is not there, an article of the event {}; all rows of a key go into one call",
                event.id
            )));
        }
    }
    Ok(events)
}

fn fault(message: String) -> Error {
    Error::Stage { stage: "", message }
}

/// Loads the job's model, with the store that it asks for.
fn with_models<T>(
    job: &Job,
    observer: &dyn Observer,
    work: impl FnOnce(&Models<'_>) -> Result<T>,
) -> Result<T> {
    let LoadedEncoder { encoder, verifier, thresholds, measures, .. } = load_encoder(job)?;
    let store = open_store(job)?;
    let stoppable = Stoppable::new(&encoder, observer);
    let cached = CachedEncoder::new(&stoppable, &store);
    let models =
        Models { encoder: &cached, verifier: &verifier?, thresholds: &thresholds, measures: &measures };
    work(&models)
}

/// Does some work with the rows of each key, and those that go with every key.
fn by_key(rows: Vec<Row>, work: impl Fn(i64, &[Row]) -> Result<Vec<Row>>) -> Result<Vec<Row>> {
    let mut of_key: BTreeMap<i64, Vec<Row>> = BTreeMap::new();
    for row in rows.into_iter().filter(|row| !row.is_for_all()) {
        of_key.entry(row.key).or_default().push(row);
    }
    let mut found = vec![];
    for (key, rows) in of_key {
        found.extend(work(key, &rows)?);
    }
    Ok(found)
}

fn whole(rows: &[Row]) -> Result<Whole> {
    Ok(Whole::new(one(rows, COUNTS)?, one(rows, NAMES)?))
}

/// The documents, each once: an article may be there for several windows.
fn documents(rows: &[Row]) -> Result<Vec<Document>> {
    let mut seen = BTreeSet::new();
    let rows = of_kind(rows, DOCUMENT).filter(|row| seen.insert(&row.id));
    rows.map(Row::record).collect()
}

fn aligned(rows: &[Row]) -> Result<Vec<AlignedTerms>> {
    Ok(all::<Vec<AlignedTerms>>(rows, ALIGNED)?.into_iter().flatten().collect())
}

/// The records of a kind, in the order of the rows.
fn all<T: serde::de::DeserializeOwned>(rows: &[Row], kind: &str) -> Result<Vec<T>> {
    of_kind(rows, kind).map(Row::record).collect()
}

/// The same, each with its row's number.
fn numbered<T: serde::de::DeserializeOwned>(rows: &[Row], kind: &str) -> Result<Vec<(i64, T)>> {
    of_kind(rows, kind).map(|row| Ok((row.n, row.record()?))).collect()
}

/// The one record of a kind.
fn one<T: serde::de::DeserializeOwned>(rows: &[Row], kind: &str) -> Result<T> {
    let mut of_kind = of_kind(rows, kind);
    match (of_kind.next(), of_kind.next()) {
        (Some(row), None) => row.record(),
        (None, _) => Err(fault(format!("no row of the kind `{kind}` is there"))),
        (Some(_), Some(_)) => {
            Err(fault(format!("several rows of the kind `{kind}` are there; merge_counts makes them one")))
        }
    }
}
