use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use ndarray::{Array2, ArrayView2, Axis};
use safetensors::SafeTensors;

use super::Encoder;
use super::engine::{Engine, Forward};
use super::head::{Head, floats};
use super::model::ModelFiles;
use super::onnx::OnnxEngine;
use super::readout::{mean_states, pieces_of_words, tone, word_states};
use super::target::TargetHead;
use super::tokenizer::{TextTokenizer, Tokens};
use super::words::words;
use crate::error::{Error, Result};
use crate::records::{Encoding, Sentiment, Span};

/// Tokens in a batch. More only costs memory: at 1,024 the matrix products already run at full speed.
const BATCH_TOKENS: usize = 1024;

/// A model's tokenizer, engine and heads.
///
/// The workers each take whole batches and run them on one thread, rather than one batch at a time with several threads
/// inside each operator.
pub struct ModelEncoder {
    engine: Box<dyn Engine>,
    tokenizer: TextTokenizer,
    sentiment: Option<Head>,
    target: Option<TargetHead>,
    /// Inverse document frequency by vocabulary id; empty where the model brings none.
    idf: Vec<f32>,
    languages: Vec<String>,
    name: String,
    n_threads: usize,
    /// The layer whose states align words.
    alignment_layer: usize,
    /// Every layer that is read, in rising order.
    layers: Vec<usize>,
}

/// Positions, in the list of texts, of texts with the same number of tokens.
type Batch = Vec<usize>;

impl ModelEncoder {
    /// Loads the model, to be run by the default engine.
    ///
    /// # Errors
    /// [`Error::Model`] where a file is missing, cannot be read or does not fit the others.
    pub fn new(files: &ModelFiles, n_threads: usize) -> Result<Self> {
        let graph = files.require("model.onnx")?.clone();
        let engine = OnnxEngine::new(graph, files.manifest.layers)
            .map_err(|message| Error::Model { name: files.manifest.name.clone(), message })?;
        Self::with_engine(files, Box::new(engine), n_threads)
    }

    /// The model's tokenizer and heads around an engine that runs its weights.
    ///
    /// # Errors
    /// [`Error::Model`] where a file is missing, cannot be read or does not fit the others.
    pub fn with_engine(files: &ModelFiles, engine: Box<dyn Engine>, n_threads: usize) -> Result<Self> {
        let manifest = &files.manifest;
        let name = manifest.name.clone();
        let tokenizer = TextTokenizer::new(files.require("tokenizer.json")?, manifest.max_tokens, &name)?;
        let sentiment = files
            .get("heads/sentiment.safetensors")
            .map(|bytes| Head::sentiment(bytes, manifest.dimensions, &name))
            .transpose()?;
        let target = files.get("heads/target_sentiment.onnx").cloned().map(TargetHead::new).transpose();
        let target = target.map_err(|message| Error::Model { name: name.clone(), message })?;
        let idf = files.get("heads/idf.safetensors").map(|bytes| read_idf(bytes)).transpose();
        let idf = idf.map_err(|message| Error::Model { name: name.clone(), message })?;
        let mut layers = vec![manifest.alignment_layer];
        layers.extend(sentiment.iter().flat_map(|head| &head.layers));
        layers.sort_unstable();
        layers.dedup();
        let encoder = Self {
            engine,
            tokenizer,
            sentiment,
            target,
            idf: idf.unwrap_or_default(),
            languages: manifest.languages.clone(),
            name,
            n_threads: n_threads.max(1),
            alignment_layer: manifest.alignment_layer,
            layers,
        };
        encoder.probe(manifest.dimensions)?;
        Ok(encoder)
    }

    /// Encodes a sentence and no words at all, so that files that do not fit one another are found out here.
    fn probe(&self, dimensions: usize) -> Result<()> {
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
        for encoding in self.encode(&["A probe.", ""], &|_| ())? {
            if encoding.embedding.len() != dimensions {
                return refuse("model.onnx does not give embeddings of the length that model.toml says");
            }
            let sentiment = encoding.sentiment.map_or(0.0, |sentiment| sentiment.score());
            if !encoding.embedding.iter().all(|value| value.is_finite()) || !sentiment.is_finite() {
                return refuse("its figures are no numbers; the weights are damaged");
            }
        }
        Ok(())
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

    fn run_batch(&self, batch: &Batch, texts: &[&str], tokens: &[Tokens]) -> Result<Vec<Encoding>> {
        let forward = self.forward(batch, tokens)?;
        let encoding =
            |(row, &text): (usize, &usize)| self.encoding(texts[text], &tokens[text], &forward, row);
        Ok(batch.iter().enumerate().map(encoding).collect())
    }

    fn forward(&self, batch: &Batch, tokens: &[Tokens]) -> Result<Forward> {
        let ids = ids_of(batch, tokens);
        let n_tokens = ids.ncols();
        self.engine.forward(ids.view(), &self.layers).map_err(|message| Error::Encode { n_tokens, message })
    }

    fn run_targets(
        &self,
        head: &TargetHead,
        batch: &Batch,
        mentions: &[(&str, Span)],
        tokens: &[Tokens],
    ) -> Result<Vec<Sentiment>> {
        let ids = ids_of(batch, tokens);
        let is_target = |(row, token): (usize, usize)| {
            let (_, target) = mentions[batch[row]];
            if tokens[batch[row]].spans[token].overlaps(&target) { 1.0 } else { 0.0 }
        };
        let target = Array2::from_shape_fn(ids.dim(), is_target);
        let states = self.engine.states(ids.view(), head.layer);
        let sentiment = states.and_then(|states| head.apply(states, target));
        sentiment.map_err(|message| Error::Encode { n_tokens: ids.ncols(), message })
    }

    fn encoding(&self, text: &str, tokens: &Tokens, forward: &Forward, row: usize) -> Encoding {
        let states = |layer: &usize| -> ArrayView2<'_, f32> {
            let position = self.layers.binary_search(layer).expect("every layer that is read was asked for");
            forward.states[position].index_axis(Axis(0), row)
        };
        let pieces = pieces_of_words(&words(text), &tokens.spans);
        let (sentiment, tone) = match &self.sentiment {
            Some(head) => {
                let states: Vec<_> = head.layers.iter().map(states).collect();
                let features = mean_states(&states);
                (Some(head.apply(&features)), tone(&pieces, &states, &head.direction(&features)))
            }
            None => (None, vec![]),
        };
        Encoding {
            embedding: forward.embeddings.row(row).to_vec(),
            words: word_states(&pieces, states(&self.alignment_layer), |piece| {
                self.weight(tokens.ids[piece])
            }),
            sentiment,
            tone,
            truncated: tokens.truncated,
        }
    }

    /// The tokens of each text, each worker taking a run of the texts.
    fn tokenize(&self, texts: &[&str]) -> Result<Vec<Tokens>> {
        let tokenize = |texts: &[&str]| -> Result<Vec<Tokens>> {
            texts.iter().map(|text| self.tokenizer.tokenize(text)).collect()
        };
        let parts = texts.chunks(texts.len().div_ceil(self.n_threads).max(1));
        let tokens: Result<Vec<Vec<Tokens>>> = std::thread::scope(|scope| {
            let workers: Vec<_> = parts.map(|part| scope.spawn(move || tokenize(part))).collect();
            workers.into_iter().map(|worker| worker.join().expect("no worker panics")).collect()
        });
        Ok(tokens?.concat())
    }

    /// Inverse document frequency of a token; 1 where the model brings no frequencies.
    fn weight(&self, id: u32) -> f32 {
        self.idf.get(id as usize).copied().unwrap_or(1.0)
    }
}

impl Encoder for ModelEncoder {
    fn encode(&self, texts: &[&str], advance: &(dyn Fn(usize) + Sync)) -> Result<Vec<Encoding>> {
        let tokens = self.tokenize(texts)?;
        let batches = batches_of_equal_length(&tokens);
        let run = |batch: &Batch| {
            let encodings = self.run_batch(batch, texts, &tokens);
            advance(batch.len());
            encodings
        };
        let mut encodings: Vec<Option<Encoding>> = vec![None; texts.len()];
        for (batch, result) in run_all(&batches, self.n_threads, run) {
            for (&text, encoding) in batch.iter().zip(result?) {
                encodings[text] = Some(encoding);
            }
        }
        Ok(encodings.into_iter().map(|encoding| encoding.expect("every text is in one batch")).collect())
    }

    fn target_sentiment(
        &self,
        mentions: &[(&str, Span)],
        advance: &(dyn Fn(usize) + Sync),
    ) -> Result<Option<Vec<Sentiment>>> {
        let Some(head) = &self.target else { return Ok(None) };
        let texts: Vec<&str> = mentions.iter().map(|(text, _)| *text).collect();
        let tokens = self.tokenize(&texts)?;
        let batches = batches_of_equal_length(&tokens);
        let run = |batch: &Batch| {
            let sentiment = self.run_targets(head, batch, mentions, &tokens);
            advance(batch.len());
            sentiment
        };
        let mut sentiments: Vec<Option<Sentiment>> = vec![None; mentions.len()];
        for (batch, result) in run_all(&batches, self.n_threads, run) {
            for (&mention, sentiment) in batch.iter().zip(result?) {
                sentiments[mention] = Some(sentiment);
            }
        }
        Ok(Some(
            sentiments
                .into_iter()
                .map(|sentiment| sentiment.expect("every mention is in one batch"))
                .collect(),
        ))
    }

    fn languages(&self) -> &[String] {
        &self.languages
    }
}

impl std::fmt::Debug for ModelEncoder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("ModelEncoder").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Runs the batches on so many workers, until all are done or one fails. Each result comes with its batch, in any order.
fn run_all<T: Send>(
    batches: &[Batch],
    n_threads: usize,
    run: impl Fn(&Batch) -> Result<T> + Sync,
) -> Vec<(&Batch, Result<T>)> {
    let next = AtomicUsize::new(0);
    let failed = AtomicBool::new(false);
    let done = Mutex::new(Vec::with_capacity(batches.len()));
    std::thread::scope(|scope| {
        for _ in 0..n_threads.min(batches.len()) {
            scope.spawn(|| {
                while let Some(batch) = batches.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let result = run(batch);
                    let stop = result.is_err() || failed.load(Ordering::Relaxed);
                    failed.store(stop, Ordering::Relaxed);
                    done.lock().expect("no worker panics").push((batch, result));
                    if stop {
                        break;
                    }
                }
            });
        }
    });
    done.into_inner().expect("no worker panics")
}

/// Longest first, so that no worker is left alone with a long batch at the end.
fn batches_of_equal_length(tokens: &[Tokens]) -> Vec<Batch> {
    let length = |text: usize| tokens[text].ids.len();
    let mut order: Vec<usize> = (0..tokens.len()).collect();
    order.sort_by_key(|&text| std::cmp::Reverse(length(text)));
    let mut batches: Vec<Batch> = vec![];
    for text in order {
        match batches.last_mut() {
            Some(batch)
                if length(batch[0]) == length(text) && (batch.len() + 1) * length(text) <= BATCH_TOKENS =>
            {
                batch.push(text);
            }
            _ => batches.push(vec![text]),
        }
    }
    batches
}

/// Shape `[texts, tokens]`.
fn ids_of(batch: &Batch, tokens: &[Tokens]) -> Array2<u32> {
    let ids = batch.iter().flat_map(|&text| tokens[text].ids.iter().copied()).collect();
    Array2::from_shape_vec((batch.len(), tokens[batch[0]].ids.len()), ids).expect("a batch has one length")
}

fn read_idf(bytes: &[u8]) -> Result<Vec<f32>, String> {
    let tensors =
        SafeTensors::deserialize(bytes).map_err(|error| format!("heads/idf.safetensors: {error}"))?;
    Ok(floats(&tensors, "idf")?.1)
}
