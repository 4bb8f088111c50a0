//! The phases in order: articles in, a [`Run`] with every record out. Nothing is read from files here, and nothing written.
//!
//! 1. `documents`: an article becomes sentences with what is found in them without a model. A function of the article.
//! 2. `encodings`: a text becomes an encoding, a function of model and text; of each sentence the figures are kept, of each article a
//!    profile, of the corpus its counts.
//! 3. `events`: profiles become events; documents become copies.
//! 4. `claims`: the sentences of an event become claims, and pairs of outlets on a claim comparisons.
//! 5. `framing`: claims become readings and differences, and these figures of outlets.
//!
//! A phase hands on whole records and changes none that it was handed.

mod clock;
mod documents;
mod encodings;
mod events;
mod claims;
mod framing;
mod outlets;
mod pairs;
pub mod parts;
mod stoppable;

use std::collections::BTreeSet;

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use serde::{Deserialize, Serialize};

use crate::cluster::{Verifications, Verifier};
use crate::encode::{Encoder, ModelFiles};
use crate::error::Result;
use crate::framing::Measures;
use crate::options::Options;
use crate::records::{
    Article, ArticleId, Claim, Comparison, Copies, Corpus, CorpusSentence, Coverage, Document, Event,
    Framing, Outlets, SentenceFigures, SentenceReadings, Target, Thresholds,
};
use crate::statistics::{OutletEstimates, Wording};

pub(crate) use clock::Clock;
pub use clock::{Observer, Silent};
pub use documents::{document, documents};
use encodings::Encodings;
pub(crate) use encodings::{head_of, is_matched, n_matched, profiles, unmasked};
pub(crate) use framing::{Proposed, proposed};
pub use pairs::{Related, relate};
pub(crate) use pairs::{annotate_whole, with_pairs};
pub use stoppable::Stoppable;

/// Where a model's folder holds the numbers that are for its encoder alone.
const THRESHOLDS: &str = "heads/thresholds.toml";

/// What reads the texts.
#[derive(Clone, Copy)]
pub struct Models<'run> {
    /// Gives encodings. Sentences that can be in a claim are asked for twice: an encoder that remembers
    /// ([`CachedEncoder`](crate::store::CachedEncoder)) makes them once.
    pub encoder: &'run dyn Encoder,
    /// Verifies pairs of sentences.
    pub verifier: &'run Verifier,
    /// Numbers that hold for the encoder.
    pub thresholds: &'run Thresholds,
    /// What is measured; the heads named there are those of [`Encoding::scores`](crate::records::Encoding::scores).
    pub measures: &'run Measures,
}

/// Everything that was found in some articles.
pub struct Run {
    /// What was asked.
    pub options: Options,
    /// What was measured; the heads named there are those of [`SentenceFigures::scores`].
    pub measures: Measures,
    /// The names of further columns of the input ([`Article::groups`]).
    pub groups: BTreeSet<String>,
    /// The articles with their sentences.
    pub corpus: Corpus,
    /// Whether every sentence was encoded that the model can read, and not only those that may be in a claim.
    pub is_encoded_whole: bool,
    /// One for each sentence of the corpus; `None` for what is not the outlet's own reporting, is in a language that the model
    /// does not know, or was not encoded.
    pub figures: Vec<Option<SentenceFigures>>,
    /// What the model could not read, in the order of the articles' ids.
    pub warnings: Vec<Warning>,
    /// Near-duplicate articles and copied sentences.
    pub copies: Copies,
    /// Articles on the same event, in the order of their first articles.
    pub events: Vec<Event>,
    /// What at least two outlets say.
    pub claims: Vec<Claim>,
    /// One for each claim: the number of its outlets that do not carry one another's words.
    pub independent_outlets: Vec<usize>,
    /// The names that outlets share on a claim.
    pub targets: Vec<Target>,
    /// Each claim as each pair of its outlets words it.
    pub comparisons: Vec<Comparison>,
    /// One for each comparison: how the framing differs.
    pub framing: Vec<Framing>,
    /// The figures of each sentence of a claim, in the order of the claims, then of the sentences.
    pub readings: Vec<SentenceReadings>,
    /// The outlets in the order of their names.
    pub outlets: Outlets,
    /// By how much the framing differs within matched claims.
    pub estimates: OutletEstimates,
    /// What outlets call the same things.
    pub wordings: Vec<Wording>,
    /// Each claim in each outlet.
    pub coverage: Vec<Coverage>,
    /// Seconds that each stage took, in order.
    pub seconds: Vec<(&'static str, f64)>,
}

impl Run {
    /// A run over no article.
    pub(crate) fn of_nothing(options: &Options) -> Self {
        Self {
            options: options.clone(),
            measures: Measures::shipped(),
            groups: BTreeSet::new(),
            corpus: Corpus::default(),
            is_encoded_whole: true,
            figures: vec![],
            warnings: vec![],
            copies: Copies::default(),
            events: vec![],
            claims: vec![],
            independent_outlets: vec![],
            targets: vec![],
            comparisons: vec![],
            framing: vec![],
            readings: vec![],
            outlets: Outlets::default(),
            estimates: OutletEstimates::default(),
            wordings: vec![],
            coverage: vec![],
            seconds: vec![],
        }
    }

    /// What a reader should know about an article: how it was read, what its body is, what the model could not read.
    pub fn warnings_of<'run>(&'run self, document: &'run Document) -> Vec<&'run str> {
        let id = &document.article.id;
        let first = self.warnings.partition_point(|warning| warning.article < *id);
        let of_model = self.warnings[first..].iter().take_while(|warning| warning.article == *id);
        let before = document.article.warnings.iter().chain(&document.layout.warnings).map(String::as_str);
        before.chain(of_model.map(|warning| warning.message.as_str())).collect()
    }
}

/// What a reader of the results should know about an article and the model, in plain words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// The article.
    pub article: ArticleId,
    /// What it is.
    pub message: String,
}

/// Compares articles in memory: the whole of parallax but for files. [`job::compare`](crate::job::compare) is this with files around it.
///
/// The same articles, options and models give the same records, whatever the order of the articles, the threads and what the encoder
/// remembers.
///
/// # Errors
/// [`Error::Usage`](crate::Error::Usage) for options out of their ranges, two articles with one id, or more outlets than can
/// be looked for in texts; [`Error::Encode`](crate::Error::Encode) where the encoder fails, [`Error::Stopped`](crate::Error::Stopped) where the
/// observer wants it to stop.
///
/// ```
/// use parallax::encode::{ModelEncoder, ModelFiles};
/// use parallax::framing::Measures;
/// use parallax::options::Options;
/// use parallax::pipeline::{Models, Silent, compare_articles, thresholds_of, verifier_of};
/// use parallax::records::Article;
///
/// let files = ModelFiles::bundled()?;
/// let encoder = ModelEncoder::new(&files, 1)?;
/// let (verifier, thresholds) = (verifier_of(&files)?, thresholds_of(&files)?);
/// let measures = Measures::shipped();
/// let models = Models { encoder: &encoder, verifier: &verifier, thresholds: &thresholds, measures: &measures };
/// let articles = vec![
///     Article::new("a", "Post", "The bridge was closed on Monday after cracks were found."),
///     Article::new("b", "Star", "The bridge was shut on Monday when cracks were found."),
/// ];
/// let run = compare_articles(articles, &Options::default(), &models, &Silent)?;
/// assert_eq!(run.claims[0].mentions.len(), 2);
/// # Ok::<(), parallax::Error>(())
/// ```
pub fn compare_articles(
    articles: Vec<Article>,
    options: &Options,
    models: &Models<'_>,
    observer: &dyn Observer,
) -> Result<Run> {
    options.check().map_err(|message| crate::Error::Usage { message })?;
    documents::check_ids(&articles)?;
    let stoppable = Stoppable::new(models.encoder, observer);
    let models = &Models { encoder: &stoppable, ..*models };
    workers(options.threads)?.install(|| {
        let mut clock = Clock::new(observer);
        clock.begin("splitting", Some(articles.len()));
        let corpus = documents(articles, &|n| clock.advance(n));
        stoppable.check()?;
        let outlets = Outlets::new(corpus.articles());
        let Encodings { figures, profiles, names } =
            encodings::encodings(&corpus, &outlets, models, options, &mut clock)?;
        let found = events::events(&corpus, profiles, models, options, &mut clock);
        stoppable.check()?;
        let (events, is_encoded_whole) = (&found.events, figures.is_some());
        let matchable =
            claims::matchable(&corpus, events, &names, is_encoded_whole, models, options, &mut clock)?;
        let matched = encodings::matched(&corpus, &outlets, figures, matchable.chosen(), models, &mut clock)?;
        let claimed = claims::claims(&corpus, events, &names, &matchable, models, options, &mut clock)?;
        let background = framing::Background { outlets: &outlets, events, names: &names };
        let framed = framing::framing(&corpus, &background, &claimed, models, options, &mut clock)?;
        let is_read =
            |sentence: &CorpusSentence<'_>| is_matched(&corpus, sentence, models.encoder.languages());
        let figures = outlets::figures(&corpus, &outlets, &found, &claimed, &framed, &is_read, options);
        Ok(Run {
            options: options.clone(),
            measures: models.measures.clone(),
            groups: corpus.articles().flat_map(|article| article.groups.keys().cloned()).collect(),
            is_encoded_whole,
            figures: matched.figures,
            warnings: matched.warnings,
            copies: found.copies,
            events: found.events,
            claims: claimed.claims,
            independent_outlets: figures.independent_outlets,
            targets: framed.targets,
            comparisons: claimed.comparisons,
            framing: framed.framing,
            readings: framed.readings,
            estimates: figures.estimates,
            wordings: figures.wordings,
            coverage: figures.coverage,
            outlets,
            corpus,
            seconds: clock.finish(),
        })
    })
}

/// What matching finds in a corpus, for who scores it.
pub(crate) struct Matching {
    /// The events, given or found.
    pub events: Vec<Event>,
    /// What at least two outlets say.
    pub claims: Vec<Claim>,
    /// Each claim as each pair of its outlets words it.
    pub comparisons: Vec<Comparison>,
    /// The pairs of sentences that were looked at.
    pub candidates: Verifications,
}

/// Matches the claims of a corpus as [`compare_articles`] does, within events that are given or found.
pub(crate) fn match_claims(
    corpus: &Corpus,
    given: Option<Vec<Event>>,
    models: &Models<'_>,
    options: &Options,
    observer: &dyn Observer,
) -> Result<Matching> {
    let mut clock = Clock::new(observer);
    let outlets = Outlets::new(corpus.articles());
    let Encodings { figures, profiles, names } =
        encodings::encodings(corpus, &outlets, models, options, &mut clock)?;
    let events = match given {
        Some(events) => events,
        None => events::events(corpus, profiles, models, options, &mut clock).events,
    };
    let is_encoded_whole = figures.is_some();
    let matchable =
        claims::matchable(corpus, &events, &names, is_encoded_whole, models, options, &mut clock)?;
    let claimed = claims::claims(corpus, &events, &names, &matchable, models, options, &mut clock)?;
    let candidates = claims::candidates(corpus, &events, &names, &matchable, models, options)?;
    Ok(Matching { events, claims: claimed.claims, comparisons: claimed.comparisons, candidates })
}

/// The verifier that a model brings, or one that goes by similarity alone.
///
/// # Errors
/// [`Error::Model`](crate::Error::Model) where the model's `heads/verifier.json` is damaged or of another version, or its
/// `heads/thresholds.toml` is wrong.
pub fn verifier_of(files: &ModelFiles) -> Result<Verifier> {
    let thresholds = thresholds_of(files)?;
    let verifier = match files.get(Verifier::PATH) {
        Some(bytes) => Verifier::from_json(bytes, &files.manifest.name, thresholds)?,
        None => Verifier::by_similarity(thresholds),
    };
    match files.get(Verifier::DECISION) {
        Some(bytes) => verifier.with_decision(bytes, &files.manifest.name),
        None => Ok(verifier),
    }
}

/// The thresholds that a model brings, or those of the bundled one.
///
/// # Errors
/// [`Error::Model`](crate::Error::Model) where the model's `heads/thresholds.toml` is wrong.
pub fn thresholds_of(files: &ModelFiles) -> Result<Thresholds> {
    let Some(bytes) = files.get(THRESHOLDS) else { return Ok(Thresholds::default()) };
    let read = |bytes| {
        toml::from_str(std::str::from_utf8(bytes).map_err(|error| error.to_string())?)
            .map_err(|error| error.to_string())
    };
    read(bytes).map_err(|message| crate::Error::Model {
        name: files.manifest.name.clone(),
        message: format!("{THRESHOLDS}: {message}"),
    })
}

/// So many worker threads, as in [`n_threads`].
///
/// # Errors
/// [`Error::Threads`](crate::Error::Threads) where the system does not let them be started.
pub(crate) fn workers(asked: usize) -> Result<ThreadPool> {
    let n = n_threads(asked);
    let failed = |error: ThreadPoolBuildError| crate::Error::Threads { n, message: error.to_string() };
    ThreadPoolBuilder::new().num_threads(n).build().map_err(failed)
}

/// The number of threads: as many as there are processors for 0.
pub(crate) fn n_threads(asked: usize) -> usize {
    match asked {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        asked => asked,
    }
}
