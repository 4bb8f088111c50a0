use std::borrow::Cow;
use std::collections::BTreeSet;
use std::thread::{Builder, ScopedJoinHandle};

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, array};
use safetensors::SafeTensors;

use super::Encoder;
use super::batches::{Batch, batches_of_equal_length, ids_of, run_all};
use super::bert::BertEngine;
use super::engine::{Engine, Forward, SentimentModel};
use super::fingerprint::{self, Fingerprint};
use super::head::{Head, floats};
use super::model::{ModelFiles, ModelManifest};
use super::onnx::OnnxEngine;
use super::pair::{PairHead, PairSide};
use super::quantised::QuantisedEngine;
use super::readout::{heaviest, mean_states, pieces_of_words, word_shares, word_states};
use super::syntax::SyntaxHead;
use super::target::TargetHead;
use super::tokenizer::{TextTokenizer, Tokens};
use super::words::words;
use crate::error::{Error, Result};
use crate::records::{Encoding, PairReading, Score, Sentiment, Span, Words};

/// Most tokens of a sentence that are read in a pair, special ones included: the first ones and the last.
const PAIR_TOKENS: usize = 96;

/// Pairs whose sentences' states are held at once.
const PAIRS: usize = 4096;

/// Pairs that a worker takes at once.
const PAIRS_AT_ONCE: usize = 8;

/// The head for loaded language in a model's folder.
const LOADED: &str = "heads/loaded_language.safetensors";

/// A sentence with what words are split at, long enough that the products of another processor show in its encoding.
const PROBE: &str = "“It’s a U.S.-made probe,” Ms. O'Neil-Díaz said on May 3: of 1,500 cafés 3.5% didn't open, and the \
                     ministers – all well-known – weren’t told why (or by whom) before the vote.";

/// Some models bring more embeddings than tokens, so that the table's size is a multiple of at most this number.
const MAX_PADDING: u32 = 128;

/// A model's tokenizer, engine and heads.
///
/// The workers each take whole batches and run them on one thread, rather than one batch at a time with several threads
/// inside each operator.
pub struct ModelEncoder {
    engine: Box<dyn Engine>,
    tokenizer: TextTokenizer,
    sentiment: Option<Head>,
    /// What gives the sentiment in place of the head.
    sentiment_model: Option<Box<dyn SentimentModel>>,
    target: Option<TargetHead>,
    /// What reads two sentences together.
    pair: Option<PairHead>,
    /// What tells plain words from loaded ones.
    loaded: Option<Head>,
    syntax: Option<SyntaxHead>,
    /// Heads that the user brought.
    heads: Vec<Head>,
    /// Inverse document frequency by vocabulary id; empty where the model brings none.
    idf: Vec<f32>,
    languages: Vec<String>,
    name: String,
    /// True where the engine gives embeddings of length 1.
    is_normalised: bool,
    n_threads: usize,
    /// The layer whose states align words.
    alignment_layer: usize,
    /// Every layer that is read, in rising order.
    layers: Vec<usize>,
    /// The fingerprint of the model's files, its engine and what the probe gave.
    base: Fingerprint,
}

/// What is made of each text of a batch, whose tokens are among those of all texts.
type RunBatch<'run, T> = dyn Fn(&Batch, &[Tokens]) -> Result<Vec<T>, String> + Sync + 'run;

impl ModelEncoder {
    /// Loads the model, to be run by the engine that its weights are for: one of our own for a `model.onnx` in 8 bits as
    /// `models/build_encoder.py` writes it and for the `model.safetensors` of a BERT, rten for any other `model.onnx`.
    ///
    /// # Errors
    /// [`Error::Model`] where a file is missing, cannot be read or does not fit the others.
    pub fn new(files: &ModelFiles, n_threads: usize) -> Result<Self> {
        let engine: Result<Box<dyn Engine>, String> = match files.get("model.safetensors") {
            Some(weights) => BertEngine::new(files.require("config.json")?, weights, &files.manifest)
                .map(|engine| Box::new(engine) as _),
            None if files.get("rust_model.ot").is_some() => {
                Err("rust_model.ot is run by rust-bert only; give --engine rust-bert".to_owned())
            }
            None => of_graph(files.require("model.onnx")?.clone(), &files.manifest),
        };
        let engine = engine.map_err(|message| Error::Model { name: files.manifest.name.clone(), message })?;
        Self::with_engine(files, engine, n_threads)
    }

    /// The model's tokenizer and heads around an engine that runs its weights.
    ///
    /// # Errors
    /// [`Error::Model`] where a file is missing, cannot be read or does not fit the others.
    pub fn with_engine(files: &ModelFiles, engine: Box<dyn Engine>, n_threads: usize) -> Result<Self> {
        let manifest = &files.manifest;
        let name = manifest.name.clone();
        let tokenizer = TextTokenizer::new(files.require("tokenizer.json")?, manifest)?;
        let sentiment = files
            .get("heads/sentiment.safetensors")
            .map(|bytes| read_sentiment(bytes, manifest))
            .transpose()
            .map_err(|message| Error::Model { name: name.clone(), message })?;
        let width = manifest.dimensions;
        let target = files.get(TargetHead::PATH).map(|bytes| TargetHead::new(bytes, width)).transpose();
        let target = target.map_err(|message| Error::Model { name: name.clone(), message })?;
        let pair = files.get(PairHead::PATH).map(|bytes| PairHead::new(bytes, width)).transpose();
        let pair = pair.map_err(|message| Error::Model { name: name.clone(), message })?;
        let loaded = files.get(LOADED).map(|bytes| read_loaded(bytes, manifest)).transpose();
        let loaded = loaded.map_err(|message| Error::Model { name: name.clone(), message })?;
        let syntax = files
            .get("heads/syntax.safetensors")
            .map(|bytes| SyntaxHead::from_safetensors(bytes, manifest))
            .transpose()
            .map_err(|message| Error::Model {
                name: name.clone(),
                message: format!("heads/syntax.safetensors: {message}"),
            })?;
        let idf = files.get("heads/idf.safetensors").map(|bytes| read_idf(bytes)).transpose();
        let idf = idf.map_err(|message| Error::Model { name: name.clone(), message })?;
        let mut encoder = Self {
            engine,
            tokenizer,
            sentiment,
            sentiment_model: None,
            target,
            pair,
            loaded,
            syntax,
            heads: vec![],
            idf: idf.unwrap_or_default(),
            languages: manifest.languages.clone(),
            name,
            is_normalised: manifest.normalise,
            n_threads: n_threads.max(1),
            alignment_layer: manifest.alignment_layer,
            layers: vec![],
            base: Fingerprint::default(),
        };
        encoder.list_layers();
        let probed = encoder.probe(manifest.dimensions)?;
        encoder.base = fingerprint::of_model(manifest, encoder.engine.name(), &probed);
        Ok(encoder)
    }

    /// The same encoder with the figures of these heads in [`Encoding::scores`]: of two classes the last, of more classes
    /// each. The heads must fit the model ([`Head::fits`]).
    pub fn with_heads(mut self, heads: Vec<Head>) -> Self {
        self.heads = heads;
        self.list_layers();
        self
    }

    /// The same encoder without the head that fills [`Encoding::loaded`]: a head of the user's own takes its place.
    pub fn without_loaded_language(mut self) -> Self {
        self.loaded = None;
        self.list_layers();
        self
    }

    /// The same encoder with the sentiment of texts by `model`, which gives no shares of words. The sentiment toward a
    /// target stays the head's.
    pub fn with_sentiment(mut self, model: Box<dyn SentimentModel>) -> Self {
        self.sentiment = None;
        self.sentiment_model = Some(model);
        self.list_layers();
        self
    }

    fn list_layers(&mut self) {
        self.layers = vec![self.alignment_layer];
        let heads = self.sentiment.iter().chain(&self.loaded).chain(&self.heads);
        self.layers.extend(heads.flat_map(Head::layers));
        self.layers.extend(self.syntax.iter().flat_map(SyntaxHead::layers));
        self.layers.sort_unstable();
        self.layers.dedup();
    }

    /// Encodes two sentences and no words at all, so that files that do not fit one another are found out here. Gives what
    /// came out.
    fn probe(&self, dimensions: usize) -> Result<Vec<Encoding>> {
        let refuse =
            |message: &str| Err(Error::Model { name: self.name.clone(), message: message.to_owned() });
        if self.tokenizer.tokenize("")?.ids.is_empty() {
            return refuse(
                "tokenizer.json adds no special tokens, so that a text without words has none at all",
            );
        }
        if !self.idf.iter().all(|weight| weight.is_finite() && *weight >= 0.0) {
            return refuse("heads/idf.safetensors holds weights that are no numbers or below 0");
        }
        if !self.idf.is_empty() && self.idf.len() != self.tokenizer.n_tokens() {
            return refuse("heads/idf.safetensors does not have one weight for each token of tokenizer.json");
        }
        let highest = self.tokenizer.highest_id();
        if !self.engine.has_token(highest) {
            return refuse(&format!(
                "tokenizer.json has ids up to {highest}, and the weights have no embedding for that one; the tokenizer \
                 is of another model"
            ));
        }
        if self.engine.has_token(highest + MAX_PADDING) {
            return refuse(&format!(
                "tokenizer.json has ids up to {highest}, and the weights have embeddings for more than {MAX_PADDING} \
                 further ones; the tokenizer is of another model"
            ));
        }
        let encodings = self.encode(&["A probe.", "", PROBE], &|_| ())?;
        for encoding in &encodings {
            if encoding.embedding.len() != dimensions {
                return refuse(&format!(
                    "its embeddings have {} dimensions, model.toml says {dimensions}",
                    encoding.embedding.len()
                ));
            }
            let sentiment = encoding.sentiment.map_or(0.0, |sentiment| sentiment.score());
            if !encoding.embedding.iter().all(|value| value.is_finite()) || !sentiment.is_finite() {
                return refuse("its figures are no numbers; the weights are damaged");
            }
        }
        Ok(encodings)
    }

    /// Sentence embeddings only, in the order of `texts`: what the parity test and the bench compare.
    ///
    /// # Errors
    /// [`Error::Encode`] where the engine fails.
    pub fn embed(&self, texts: &[&str]) -> Result<Array2<f32>> {
        let encodings = self.encode(texts, &|_| ())?;
        let width = encodings.first().map_or(0, |encoding| encoding.embedding.len());
        let values = encodings.into_iter().flat_map(|encoding| encoding.embedding).collect();
        Ok(Array2::from_shape_vec((texts.len(), width), values).expect("every embedding has the same length"))
    }

    /// What a [`Head`] on these layers reads: the mean token states of each layer, joined in the order of `layers`. One row a
    /// text: shape `[texts, layers * width]`. `advance` is told how many texts were done since it was last called.
    ///
    /// # Errors
    /// [`Error::Encode`] where the engine fails or has no such layer.
    pub fn features(
        &self,
        texts: &[&str],
        layers: &[usize],
        advance: &(dyn Fn(usize) + Sync),
    ) -> Result<Array2<f32>> {
        let mut rising = layers.to_vec();
        rising.sort_unstable();
        rising.dedup();
        let rows = self.read_passes(texts, &rising, advance, &|_, _, forward, row| {
            let states = |layer: &usize| states_of(forward, &rising, *layer, row);
            mean_states(&layers.iter().map(states).collect::<Vec<_>>())
        })?;
        let width = rows.first().map_or(0, Array1::len);
        let values = rows.into_iter().flatten().collect();
        Ok(Array2::from_shape_vec((texts.len(), width), values).expect("every row has the same length"))
    }

    /// Runs the texts through the engine and reads what `read` makes of a text, its tokens, its batch's pass and its row
    /// in it. In the order of `texts`.
    fn read_passes<T: Clone + Send>(
        &self,
        texts: &[&str],
        layers: &[usize],
        advance: &(dyn Fn(usize) + Sync),
        read: &(dyn Fn(&str, &Tokens, &Forward, usize) -> T + Sync),
    ) -> Result<Vec<T>> {
        self.in_batches(texts, advance, &|batch, tokens| {
            let forward = self.engine.forward(ids_of(batch, tokens).view(), layers)?;
            let read = |(row, &text): (usize, &usize)| read(texts[text], &tokens[text], &forward, row);
            Ok(batch.iter().enumerate().map(read).collect())
        })
    }

    /// What `run` gives for each text of each batch, in the order of `texts`.
    fn in_batches<T: Clone + Send>(
        &self,
        texts: &[&str],
        advance: &(dyn Fn(usize) + Sync),
        run: &RunBatch<'_, T>,
    ) -> Result<Vec<T>> {
        let tokens = self.tokenize(texts)?;
        let batches = batches_of_equal_length(&tokens);
        let run = |batch: &Batch| {
            let n_tokens = tokens[batch[0]].ids.len();
            let results = run(batch, &tokens).map_err(|message| Error::Encode { n_tokens, message });
            advance(batch.len());
            results
        };
        let mut results: Vec<Option<T>> = vec![None; texts.len()];
        for (batch, of_batch) in run_all(&batches, self.n_threads, run) {
            for (&text, result) in batch.iter().zip(of_batch?) {
                results[text] = Some(result);
            }
        }
        Ok(results.into_iter().map(|result| result.expect("every text is in one batch")).collect())
    }

    fn encoding(&self, text: &str, tokens: &Tokens, forward: &Forward, row: usize) -> Encoding {
        let states = |layer: &usize| states_of(forward, &self.layers, *layer, row);
        let pieces = pieces_of_words(&words(text), &tokens.spans);
        let of_head = |head: &Head| -> Vec<_> { head.layers().iter().map(states).collect() };
        let (sentiment, tone) = match &self.sentiment {
            Some(head) => read_tone(head, &pieces, &of_head(head)),
            None => (None, vec![]),
        };
        let loaded = self.loaded.as_ref().and_then(|head| read_scores(head, &pieces, &of_head(head)).pop());
        let syntax = self.syntax.as_ref().map(|head| {
            let states: Vec<_> = head.layers().iter().map(states).collect();
            head.parse(text, &pieces, &states)
        });
        let scores = self.heads.iter().flat_map(|head| read_scores(head, &pieces, &of_head(head))).collect();
        Encoding {
            embedding: self.unit(forward.embeddings.row(row)),
            words: word_states(&pieces, states(&self.alignment_layer), |piece| {
                self.weight(tokens.ids[piece])
            }),
            sentiment,
            tone,
            loaded,
            scores,
            syntax,
            truncated: tokens.truncated,
        }
    }

    /// The embedding at length 1, also of a model that does not scale it: cosines are the same.
    fn unit(&self, embedding: ArrayView1<'_, f32>) -> Vec<f32> {
        if self.is_normalised {
            return embedding.to_vec();
        }
        let length = embedding.dot(&embedding).sqrt().max(f32::MIN_POSITIVE);
        embedding.map(|value| value / length).to_vec()
    }

    /// The tokens of each text, each worker taking a run of the texts.
    fn tokenize(&self, texts: &[&str]) -> Result<Vec<Tokens>> {
        let tokenize = |texts: &[&str]| -> Result<Vec<Tokens>> {
            texts.iter().map(|text| self.tokenizer.tokenize(text)).collect()
        };
        let parts = texts.chunks(texts.len().div_ceil(self.n_threads).max(1));
        let tokens: Result<Vec<Vec<Tokens>>> = std::thread::scope(|scope| {
            let start = |part| Builder::new().spawn_scoped(scope, move || tokenize(part)).map_err(|_| part);
            let workers: Vec<_> = parts.map(start).collect();
            // A part for which no thread can be started is done here.
            let finish = |worker: Result<ScopedJoinHandle<'_, _>, _>| match worker {
                Ok(worker) => worker.join().expect("no worker panics"),
                Err(part) => tokenize(part),
            };
            workers.into_iter().map(finish).collect()
        });
        Ok(tokens?.concat())
    }

    /// Reads pairs whose sentences' states are held at once.
    fn read_pairs(
        &self,
        head: &PairHead,
        pairs: &[(&str, &str)],
        advance: &(dyn Fn(usize) + Sync),
    ) -> Result<Vec<PairReading>> {
        let texts: BTreeSet<&str> = pairs.iter().flat_map(|&(a, b)| [a, b]).collect();
        let texts: Vec<&str> = texts.into_iter().collect();
        let sides = self.in_batches(&texts, &|_| (), &|batch, tokens| {
            // A batch's texts are of one length, so all are cut at the same place.
            let ids = cut(&ids_of(batch, tokens));
            let states = self.engine.states(ids.view(), head.layer)?;
            let side = |row: usize| (ids.row(row).to_vec(), states.index_axis(Axis(0), row).to_owned());
            Ok((0..batch.len()).map(side).collect())
        })?;
        let side = |text: &str| {
            let (ids, states) = &sides[texts.binary_search(&text).expect("its text was read")];
            PairSide { ids, states: states.view() }
        };
        let batches: Vec<Batch> =
            (0..pairs.len()).collect::<Vec<_>>().chunks(PAIRS_AT_ONCE).map(<[usize]>::to_vec).collect();
        let read = |batch: &Batch| {
            // Sums of floats depend on their order, so a pair is always read in the same one.
            let sides = |&pair: &usize| {
                let (a, b) = pairs[pair];
                (side(a.min(b)), side(a.max(b)))
            };
            let readings = head.apply(&batch.iter().map(sides).collect::<Vec<_>>(), |id| self.weight(id));
            advance(batch.len());
            Ok(readings)
        };
        let mut readings = vec![None; pairs.len()];
        for (batch, of_batch) in run_all(&batches, self.n_threads, read) {
            for (&pair, reading) in batch.iter().zip(of_batch?) {
                readings[pair] = Some(reading);
            }
        }
        Ok(readings.into_iter().map(|reading| reading.expect("every pair is in one batch")).collect())
    }

    /// Inverse document frequency of a token; 1 where the model brings no frequencies.
    fn weight(&self, id: u32) -> f32 {
        self.idf.get(id as usize).copied().unwrap_or(1.0)
    }
}

impl Encoder for ModelEncoder {
    fn encode(&self, texts: &[&str], advance: &(dyn Fn(usize) + Sync)) -> Result<Vec<Encoding>> {
        let mut encodings =
            self.read_passes(texts, &self.layers, advance, &|text, tokens, forward, row| {
                self.encoding(text, tokens, forward, row)
            })?;
        if let Some(model) = &self.sentiment_model {
            for (encoding, sentiment) in encodings.iter_mut().zip(model.sentiment(texts)?) {
                encoding.sentiment = Some(sentiment);
            }
        }
        Ok(encodings)
    }

    fn words(&self, texts: &[&str]) -> Result<Vec<Words>> {
        let of_text = |(&text, tokens): (&&str, Tokens)| {
            let weight = |piece: &usize| self.weight(tokens.ids[*piece]);
            let (spans, weights) = pieces_of_words(&words(text), &tokens.spans)
                .into_iter()
                .map(|(span, pieces)| (span, heaviest(&pieces, weight)))
                .unzip();
            Words { spans, weights }
        };
        Ok(texts.iter().zip(self.tokenize(texts)?).map(of_text).collect())
    }

    fn target_sentiment(
        &self,
        mentions: &[(&str, Span)],
        advance: &(dyn Fn(usize) + Sync),
    ) -> Result<Vec<Option<Sentiment>>> {
        let Some(head) = &self.target else { return Ok(vec![None; mentions.len()]) };
        let texts: Vec<&str> = mentions.iter().map(|(text, _)| *text).collect();
        self.in_batches(&texts, advance, &|batch, tokens| {
            let ids = ids_of(batch, tokens);
            let is_target = |(row, token): (usize, usize)| {
                let (_, target) = mentions[batch[row]];
                tokens[batch[row]].spans[token].overlaps(&target)
            };
            let target = Array2::from_shape_fn(ids.dim(), is_target);
            Ok(head.apply(self.engine.states(ids.view(), head.layer)?.view(), target.view()))
        })
    }

    fn pair_readings(
        &self,
        pairs: &[(&str, &str)],
        advance: &(dyn Fn(usize) + Sync),
    ) -> Result<Vec<Option<PairReading>>> {
        let Some(head) = &self.pair else { return Ok(vec![None; pairs.len()]) };
        let mut readings = Vec::with_capacity(pairs.len());
        for chunk in pairs.chunks(PAIRS) {
            readings.extend(self.read_pairs(head, chunk, advance)?.into_iter().map(Some));
        }
        Ok(readings)
    }

    fn languages(&self) -> &[String] {
        &self.languages
    }

    fn fingerprint(&self) -> Fingerprint {
        let sentiment = self.sentiment_model.as_ref().map(|model| model.sha256());
        fingerprint::with_parts(self.base, self.loaded.is_some(), &self.heads, sentiment)
    }
}

impl std::fmt::Debug for ModelEncoder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("ModelEncoder").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The engine for a `model.onnx`.
fn of_graph(bytes: Cow<'static, [u8]>, manifest: &ModelManifest) -> Result<Box<dyn Engine>, String> {
    if let Some(engine) = QuantisedEngine::read(&bytes, manifest)? {
        return Ok(Box::new(engine));
    }
    Ok(Box::new(OnnxEngine::new(bytes, manifest)?))
}

/// The token states of one layer for one text of a batch, of a pass that was asked for `layers`, which rise.
fn states_of<'forward>(
    forward: &'forward Forward,
    layers: &[usize],
    layer: usize,
    row: usize,
) -> ArrayView2<'forward, f32> {
    let position = layers.binary_search(&layer).expect("every layer that is read was asked for");
    forward.states[position].index_axis(Axis(0), row)
}

/// What is read of texts in a pair: shape `[texts, at most PAIR_TOKENS]`.
fn cut(ids: &Array2<u32>) -> Array2<u32> {
    let n_tokens = ids.ncols();
    if n_tokens <= PAIR_TOKENS {
        return ids.clone();
    }
    let kept: Vec<usize> = (0..PAIR_TOKENS - 1).chain([n_tokens - 1]).collect();
    ids.select(Axis(1), &kept)
}

/// The sentiment head, whose classes are negative, neutral and positive in this order.
fn read_sentiment(bytes: &[u8], manifest: &ModelManifest) -> Result<Head, String> {
    let head = Head::from_safetensors(bytes)
        .and_then(|head| head.fits(manifest.dimensions, manifest.layers).map(|()| head))
        .map_err(|message| format!("heads/sentiment.safetensors: {message}"))?;
    match head.classes().iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["negative", "neutral", "positive"] => Ok(head),
        other => Err(format!(
            "heads/sentiment.safetensors: classes are `{}`, not negative,neutral,positive",
            other.join(",")
        )),
    }
}

/// The head for loaded language, whose classes are plain and loaded in this order.
fn read_loaded(bytes: &[u8], manifest: &ModelManifest) -> Result<Head, String> {
    let head = Head::from_safetensors(bytes)
        .and_then(|head| head.fits(manifest.dimensions, manifest.layers).map(|()| head))
        .map_err(|message| format!("{LOADED}: {message}"))?;
    match head.classes().iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["plain", "loaded"] => Ok(head),
        other => Err(format!("{LOADED}: classes are `{}`, not plain,loaded", other.join(","))),
    }
}

/// The sentiment, and each word's share of the logit of positive over negative.
fn read_tone(
    head: &Head,
    words: &[(Span, Vec<usize>)],
    states: &[ArrayView2<'_, f32>],
) -> (Option<Sentiment>, Vec<f32>) {
    let features = mean_states(states);
    let given = head.probabilities(features.view());
    let sentiment = Sentiment { negative: given[0], neutral: given[1], positive: given[2] };
    let positive_over_negative: Array1<f32> = array![-1.0, 0.0, 1.0];
    let direction = head.direction(&features, &positive_over_negative);
    (Some(sentiment), word_shares(words, states, &direction))
}

/// The figures of a head: of two classes the last, of more classes each.
fn read_scores(head: &Head, words: &[(Span, Vec<usize>)], states: &[ArrayView2<'_, f32>]) -> Vec<Score> {
    let features = mean_states(states);
    let given = head.probabilities(features.view());
    let n_classes = given.len();
    let shown = if n_classes == 2 { 1..2 } else { 0..n_classes };
    let score = |class: usize| {
        let direction = head.direction(&features, &Head::over_the_rest(&given, class));
        Score { value: given[class], shares: word_shares(words, states, &direction) }
    };
    shown.map(score).collect()
}

fn read_idf(bytes: &[u8]) -> Result<Vec<f32>, String> {
    let tensors =
        SafeTensors::deserialize(bytes).map_err(|error| format!("heads/idf.safetensors: {error}"))?;
    Ok(floats(&tensors, "idf")?.1)
}
