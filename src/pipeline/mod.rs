//! The stages in order: files in, a [`Run`] with every record out. Nothing is written here.

mod outlets;
mod sides;

use std::time::Instant;

use rayon::ThreadPoolBuilder;

use crate::annotate::agency::clauses;
use crate::annotate::{annotate, loaded_language};
use crate::clean::clean;
use crate::cluster::{Material, NameFrequency, Verifier, cluster, compare_outlets, shared_targets};
use crate::config::{Config, EngineName};
use crate::encode::{
    Encoder, HeadFiles, HeadManifest, ModelEncoder, ModelFiles, ModelManifest, OutletMask, encode,
    mask_loaded, rust_bert,
};
use crate::error::{Error, Result};
use crate::group::{copies, group};
use crate::models;
use crate::read::{InputFile, read};
use crate::records::{
    Annotations, Article, Claim, Comparison, Copies, Coverage, Encoding, Event, Outlets, Rejection, Sentence,
    SentenceReadings, Span, Target,
};
use crate::split::split;
use crate::statistics::{OutletEstimate, Wording, coverage, independent_outlets, outlet_estimates};
use outlets::{series, wordings};
use sides::{Sides, encode_parts};

/// Everything that a run of `compare` found.
pub struct Run {
    /// What was asked, with defaults filled in.
    pub config: Config,
    /// The model that was used.
    pub model: ModelManifest,
    /// The heads that the user brought, in the order of the names that they were given.
    pub heads: Vec<HeadManifest>,
    /// The names of the heads' figures, in the order of [`Encoding::scores`].
    pub measures: Vec<String>,
    /// The files that were read.
    pub inputs: Vec<InputFile>,
    /// Files below an input folder that are not articles.
    pub ignored: Vec<String>,
    /// Inputs that could not be used.
    pub rejected: Vec<Rejection>,
    /// In the order of their ids.
    pub articles: Vec<Article>,
    /// In the order of their articles, then of their place in them.
    pub sentences: Vec<Sentence>,
    /// One for each sentence.
    pub annotations: Vec<Annotations>,
    /// One for each sentence; `None` for what is not the outlet's own reporting or is in a language the model does not
    /// know.
    pub encodings: Vec<Option<Encoding>>,
    /// Near-duplicate articles and copied sentences.
    pub copies: Copies,
    /// Articles on the same event.
    pub events: Vec<Event>,
    /// What at least two outlets say.
    pub claims: Vec<Claim>,
    /// One for each claim: the number of its outlets that do not carry one another's words.
    pub independent_outlets: Vec<usize>,
    /// The names that outlets share on a claim.
    pub targets: Vec<Target>,
    /// Each claim as each pair of its outlets words it.
    pub comparisons: Vec<Comparison>,
    /// The figures of each sentence of a claim, in the order of the claims, then of the sentences.
    pub readings: Vec<SentenceReadings>,
    /// The outlets in the order of their names.
    pub outlets: Outlets,
    /// By how much the framing differs within matched claims.
    pub estimates: Vec<OutletEstimate>,
    /// What outlets call the same things.
    pub wordings: Vec<Wording>,
    /// Each claim in each outlet.
    pub coverage: Vec<Coverage>,
    /// Seconds that each stage took, in order.
    pub seconds: Vec<(&'static str, f64)>,
}

/// Is told how a run goes. Every method may be called from any thread.
pub trait Observer: Sync {
    /// A stage begins. `total` is the number of units that it will report, where that is known.
    fn begin(&self, stage: &'static str, total: Option<usize>);
    /// So many more units are done.
    fn advance(&self, n: usize);
}

/// An observer that looks away.
pub struct Silent;

impl Observer for Silent {
    fn begin(&self, _: &'static str, _: Option<usize>) {}
    fn advance(&self, _: usize) {}
}

/// Runs every stage on the inputs of `config`.
///
/// # Errors
/// Whatever stops the run as a whole: see [`Error`]. Inputs that cannot be used are listed in
/// [`Run::rejected`] instead.
pub fn compare(config: &Config, observer: &dyn Observer) -> Result<Run> {
    let mut clock = Clock { observer, stages: vec![], last: Instant::now() };

    clock.begin("reading", None);
    let reading = read(&config.inputs, &config.read)?;

    clock.begin("splitting", Some(reading.articles.len()));
    let mut articles: Vec<Article> = reading.articles.into_iter().map(clean).collect();
    let (sentences, mut annotations) = sentences_of(&articles, observer);

    clock.begin("finding copies", None);
    let n_threads = n_threads(config.threads);
    let workers = ThreadPoolBuilder::new().num_threads(n_threads).build().expect("threads can be started");
    let copies = workers.install(|| copies(&articles, &sentences, &annotations, &config.copies));

    clock.begin("loading the model", None);
    let LoadedEncoder { encoder, verifier, model, heads, measures } = load_encoder(config)?;
    let verifier = verifier?;

    let wanted = sentences_to_encode(&mut articles, &sentences, encoder.languages());
    clock.begin("encoding", Some(wanted.len()));
    let mut encodings = encode_sentences(&encoder, &articles, &sentences, &wanted, observer)?;
    let outlets = Outlets::new(&articles);
    let mask = OutletMask::new(outlets.names().iter().map(String::as_str))
        .map_err(|message| Error::Usage { message })?;
    let texts = sentences.iter().map(|sentence| sentence.text(&articles[sentence.article]));
    let read = texts.zip(&mut encodings).zip(&mut annotations);
    let read = read.filter_map(|((text, encoding), of)| Some((text, encoding.as_mut()?, &mut of.loaded)));
    mask_loaded(&encoder, &mask, read)?;
    for ((sentence, annotations), encoding) in sentences.iter().zip(&mut annotations).zip(&encodings) {
        let Some(encoding) = encoding else { continue };
        annotations.sentiment = encoding.sentiment;
        annotations.loaded_language =
            loaded_language(&annotations.loaded, encoding).map(|loaded| loaded.score);
        if let Some(parse) = &encoding.syntax {
            let text = sentence.text(&articles[sentence.article]);
            annotations.clauses = clauses(text, &encoding.words.spans, parse);
        }
    }
    warn_of_truncation(&mut articles, &sentences, &encodings);

    clock.begin("grouping", None);
    let events = workers.install(|| group(&articles, &sentences, &encodings, &config.group));

    clock.begin("matching", None);
    let encoded = sentences.iter().zip(&encodings).filter_map(|(sentence, encoding)| {
        Some((sentence.text(&articles[sentence.article]), &encoding.as_ref()?.words))
    });
    let names = NameFrequency::new(&annotations, encoded);
    let material = Material {
        articles: &articles,
        sentences: &sentences,
        encodings: &encodings,
        annotations: &annotations,
        names: &names,
    };
    let (claims, known) = workers.install(|| cluster(&material, &events, &verifier, &config.cluster));

    clock.begin("reading targets", None);
    let targets = targets(&encoder, &material, &claims, observer)?;

    clock.begin("reading quotes apart", None);
    let parts = encode_parts(&encoder, &mask, &material, &claims, observer)?;

    clock.begin("comparing", None);
    let mut comparisons =
        workers.install(|| compare_outlets(&claims, known, &material, &verifier, &config.cluster));
    let sides = Sides::new(&material, &targets, &parts);
    sides.add_differences(&mut comparisons, &measures, config);
    let readings = sides.readings(&claims, &measures);
    let coverage = coverage(&articles, &outlets, &sentences, &events, &claims, config.group.window_days);
    let independent_outlets = independent_outlets(&articles, &sentences, &claims, &copies);
    let series = series(&readings, &sentences, &claims, &copies, &outlets);
    let estimates = workers.install(|| outlet_estimates(&series, &config.statistics));
    let wordings = wordings(&comparisons, &material, &copies, &outlets);

    Ok(Run {
        seconds: clock.finish(),
        config: config.clone(),
        model,
        heads,
        measures,
        inputs: reading.inputs,
        ignored: reading.ignored,
        rejected: reading.rejected,
        articles,
        sentences,
        annotations,
        encodings,
        copies,
        events,
        claims,
        independent_outlets,
        targets,
        comparisons,
        readings,
        outlets,
        estimates,
        wordings,
        coverage,
    })
}

/// The encoder that a config asks for, with its heads.
pub(crate) struct LoadedEncoder {
    pub encoder: ModelEncoder,
    /// What verifies pairs of sentences. An error does not stop those who want the encoder alone: a verifier is fitted on what
    /// the encoder gives, so a model may have one of an older version.
    pub verifier: Result<Verifier>,
    /// What the model says of itself.
    pub model: ModelManifest,
    /// What the heads say of themselves.
    pub heads: Vec<HeadManifest>,
    /// The names of the heads' figures, in the order in which the encoder gives them.
    pub measures: Vec<String>,
}

/// Loads the model and the heads.
///
/// # Errors
/// [`Error::Model`] where one cannot be found or used, [`Error::Config`]
/// where a head's name is taken, [`Error::Usage`]
/// where the config asks for rust-bert and this build is without it.
pub(crate) fn load_encoder(config: &Config) -> Result<LoadedEncoder> {
    let mut files = models::load(&config.model)?;
    if let Ok(bundled) = ModelFiles::bundled() {
        files = files.with_heads_of(bundled);
    }
    let (mut heads, mut manifests, mut measures) = (vec![], vec![], vec![]);
    for (name, folder) in &config.heads {
        let head = HeadFiles::from_folder(name, folder, &files.manifest)?;
        measures.extend(head.measures(name));
        heads.push(head.head);
        manifests.push(head.manifest);
    }
    config.check_measures(&measures)?;
    let n_threads = n_threads(config.threads);
    let mut encoder = match config.engine {
        EngineName::Onnx => ModelEncoder::new(&files, n_threads)?,
        EngineName::RustBert => ModelEncoder::with_engine(&files, rust_bert::engine(&files)?, n_threads)?,
    };
    if measures.iter().any(|measure| measure == "loaded_language") {
        encoder = encoder.without_loaded_language();
    }
    let verifier = verifier_of(&files);
    let mut model = files.manifest;
    if let Some(folder) = &config.sentiment {
        let classifier = rust_bert::classifier(folder, n_threads)?;
        let hashes = classifier.sha256().iter();
        model.sha256.extend(hashes.map(|(file, sha256)| (format!("sentiment/{file}"), sha256.clone())));
        encoder = encoder.with_sentiment(classifier);
    }
    Ok(LoadedEncoder { encoder: encoder.with_heads(heads), verifier, model, heads: manifests, measures })
}

/// The verifier that a model brings, or one that goes by similarity alone.
///
/// # Errors
/// [`Error::Model`] where the model's `heads/verifier.json` is damaged or of another version.
pub fn verifier_of(files: &ModelFiles) -> Result<Verifier> {
    match files.get(Verifier::PATH) {
        Some(bytes) => Verifier::from_json(bytes, &files.manifest.name),
        None => Ok(Verifier::default()),
    }
}

pub(crate) fn n_threads(asked: usize) -> usize {
    match asked {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        asked => asked,
    }
}

pub(crate) fn sentences_of(
    articles: &[Article],
    observer: &dyn Observer,
) -> (Vec<Sentence>, Vec<Annotations>) {
    let (mut sentences, mut annotations) = (vec![], vec![]);
    for (position, article) in articles.iter().enumerate() {
        let of_article = split(article, position);
        annotations.extend(annotate(article, &of_article));
        sentences.extend(of_article);
        observer.advance(1);
    }
    (sentences, annotations)
}

/// The positions of the sentences that are the outlet's own reporting in a language that the model knows. Articles in
/// another language get a warning.
pub(crate) fn sentences_to_encode(
    articles: &mut [Article],
    sentences: &[Sentence],
    languages: &[String],
) -> Vec<usize> {
    let is_known = |article: &Article| article.language == "und" || languages.contains(&article.language);
    for article in articles.iter_mut().filter(|article| !is_known(article)) {
        let known = languages.join(", ");
        let warning =
            format!("language `{}` is not one that the model knows ({known}): not matched", article.language);
        article.warnings.push(warning);
    }
    let is_wanted =
        |sentence: &Sentence| sentence.kind.is_reporting() && is_known(&articles[sentence.article]);
    (0..sentences.len()).filter(|&position| is_wanted(&sentences[position])).collect()
}

pub(crate) fn encode_sentences(
    encoder: &dyn Encoder,
    articles: &[Article],
    sentences: &[Sentence],
    wanted: &[usize],
    observer: &dyn Observer,
) -> Result<Vec<Option<Encoding>>> {
    let text = |&position: &usize| sentences[position].text(&articles[sentences[position].article]);
    let texts: Vec<&str> = wanted.iter().map(text).collect();
    let mut encodings = vec![None; sentences.len()];
    for (&position, encoding) in wanted.iter().zip(encode(encoder, &texts, &|n| observer.advance(n))?) {
        encodings[position] = Some(encoding);
    }
    Ok(encodings)
}

fn warn_of_truncation(articles: &mut [Article], sentences: &[Sentence], encodings: &[Option<Encoding>]) {
    for (sentence, encoding) in sentences.iter().zip(encodings) {
        if encoding.as_ref().is_some_and(|encoding| encoding.truncated) {
            let warning =
                format!("sentence {} is longer than the model reads: its end was left out", sentence.index);
            articles[sentence.article].warnings.push(warning);
        }
    }
}

/// The names that outlets share on a claim, with the sentiment toward each.
fn targets(
    encoder: &dyn Encoder,
    material: &Material<'_>,
    claims: &[Claim],
    observer: &dyn Observer,
) -> Result<Vec<Target>> {
    let outlet = |sentence| material.outlet(sentence);
    let mut targets = shared_targets(claims, &outlet, material.annotations, material.names);
    let mentions: Vec<(&str, Span)> =
        targets.iter().map(|target| (material.text(target.sentence), target.span)).collect();
    let sentiments = encoder.target_sentiment(&mentions, &|n| observer.advance(n))?;
    for (target, sentiment) in targets.iter_mut().zip(sentiments) {
        target.sentiment = sentiment;
    }
    Ok(targets)
}

/// Times the stages and tells the observer of them.
struct Clock<'run> {
    observer: &'run dyn Observer,
    stages: Vec<(&'static str, f64)>,
    last: Instant,
}

impl Clock<'_> {
    fn begin(&mut self, stage: &'static str, total: Option<usize>) {
        self.close();
        self.stages.push((stage, 0.0));
        self.observer.begin(stage, total);
    }

    fn close(&mut self) {
        if let Some((_, seconds)) = self.stages.last_mut() {
            *seconds = self.last.elapsed().as_secs_f64();
        }
        self.last = Instant::now();
    }

    fn finish(mut self) -> Vec<(&'static str, f64)> {
        self.close();
        self.stages
    }
}
