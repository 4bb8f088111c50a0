use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use ndarray::{Array1, Array2, ArrayView2, Axis};
use rten::{Model, ModelOptions, NodeId, RunOptions, ThreadPool};
use rten_tensor::NdTensor;
use safetensors::SafeTensors;

use super::Encoder;
use super::head::{Head, floats};
use super::model::ModelFiles;
use super::tokenizer::{TextTokenizer, Tokens};
use super::words::words;
use crate::error::{Error, Result};
use crate::records::{Encoding, Span, TokenStates};

/// Tokens in a batch. More only costs memory: at 1,024 the matrix products already run at full speed.
const BATCH_TOKENS: usize = 1024;

/// Runs an ONNX graph with rten: pure Rust, no system library.
///
/// The workers each take whole batches and run them on one thread, rather than one batch at a time with several threads
/// inside each operator.
pub struct OnnxEncoder {
    model: Model,
    tokenizer: TextTokenizer,
    sentiment: Option<Head>,
    /// Inverse document frequency by vocabulary id; empty where the model brings none.
    idf: Vec<f32>,
    languages: Vec<String>,
    name: String,
    n_threads: usize,
    input: NodeId,
    embedding: NodeId,
    /// The layer that aligns words, then the layers of the sentiment head.
    layers: Vec<NodeId>,
}

/// Positions, in the list of texts, of texts with the same number of tokens.
type Batch = Vec<usize>;

impl OnnxEncoder {
    /// Loads the model. Weights in 8 bits are turned into 32 bits here, once.
    ///
    /// # Errors
    /// [`Error::Model`] where a file is missing, cannot be read or does not fit the others.
    pub fn new(files: &ModelFiles, n_threads: usize) -> Result<Self> {
        let manifest = &files.manifest;
        let name = manifest.name.clone();
        let refuse = |message: String| Error::Model { name: name.clone(), message };
        let model = load_graph(files.require("model.onnx")?.clone()).map_err(&refuse)?;
        let node = |id: &str| model.node_id(id).map_err(|_| refuse(format!("model.onnx has no `{id}`")));
        let tokenizer = TextTokenizer::new(files.require("tokenizer.json")?, manifest.max_tokens, &name)?;
        let sentiment = files
            .get("heads/sentiment.safetensors")
            .map(|bytes| Head::sentiment(bytes, manifest.dimensions, &name))
            .transpose()?;
        let idf =
            files.get("heads/idf.safetensors").map(|bytes| read_idf(bytes)).transpose().map_err(&refuse)?;
        let mut layers = vec![manifest.alignment_layer];
        layers.extend(sentiment.iter().flat_map(|head| &head.layers));
        let layers =
            layers.iter().map(|layer| node(&format!("token_states_{layer}"))).collect::<Result<_>>()?;
        let encoder = Self {
            input: node("input_ids")?,
            embedding: node("sentence_embedding")?,
            layers,
            tokenizer,
            sentiment,
            idf: idf.unwrap_or_default(),
            languages: manifest.languages.clone(),
            n_threads: n_threads.max(1),
            model,
            name,
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

    fn run_batch(
        &self,
        batch: &Batch,
        texts: &[&str],
        tokens: &[Tokens],
        pool: &Arc<ThreadPool>,
    ) -> Result<Vec<Encoding>> {
        let n_tokens = tokens[batch[0]].ids.len();
        let outputs =
            self.run_graph(batch, tokens, pool).map_err(|message| Error::Encode { n_tokens, message })?;
        let encoding =
            |(row, &text): (usize, &usize)| self.encoding(texts[text], &tokens[text], &outputs, row);
        Ok(batch.iter().enumerate().map(encoding).collect())
    }

    /// The values of every output that is needed, each for the whole batch.
    fn run_graph(&self, batch: &Batch, tokens: &[Tokens], pool: &Arc<ThreadPool>) -> Result<Outputs, String> {
        let n_tokens = tokens[batch[0]].ids.len();
        let ids =
            batch.iter().flat_map(|&text| tokens[text].ids.iter().map(|&id| id as i32)).collect::<Vec<_>>();
        let ids = NdTensor::from_data([batch.len(), n_tokens], ids);
        let mut nodes: Vec<NodeId> =
            std::iter::once(self.embedding).chain(self.layers.iter().copied()).collect();
        nodes.sort_unstable();
        nodes.dedup();
        let options = RunOptions::default().with_thread_pool(Some(pool.clone()));
        let values = self.model.run(vec![(self.input, ids.into())], &nodes, Some(options));
        let values = values.map_err(|error| error.to_string())?;
        let floats =
            values.into_iter().map(|value| value.into_tensor::<f32>().map(|tensor| tensor.into_data()));
        let values = floats.collect::<Option<_>>().ok_or("an output is not of 32-bit floats")?;
        let outputs = Outputs { nodes, values, n_texts: batch.len(), n_tokens };
        let n_states = outputs.value(self.embedding).len() * n_tokens;
        if self.layers.iter().any(|&layer| outputs.value(layer).len() != n_states) {
            return Err("the token states are not as wide as the embedding".to_owned());
        }
        Ok(outputs)
    }

    fn encoding(&self, text: &str, tokens: &Tokens, outputs: &Outputs, row: usize) -> Encoding {
        let embedding = outputs.embedding(self.embedding, row);
        let states: Vec<ArrayView2<'_, f32>> =
            self.layers.iter().map(|&layer| outputs.states(layer, row, embedding.len())).collect();
        let pieces = pieces_of_words(&words(text), &tokens.spans);
        let features = self.sentiment.as_ref().map(|head| (head, mean_states(&states[1..])));
        Encoding {
            embedding: embedding.to_vec(),
            words: self.word_states(&pieces, tokens, states[0]),
            sentiment: features.as_ref().map(|(head, features)| head.apply(features)),
            tone: features
                .map_or(vec![], |(head, features)| tone(&pieces, &states[1..], &head.direction(&features))),
            truncated: tokens.truncated,
        }
    }

    fn word_states(
        &self,
        words: &[(Span, Vec<usize>)],
        tokens: &Tokens,
        states: ArrayView2<'_, f32>,
    ) -> TokenStates {
        let (rows, scales): (Vec<Vec<i8>>, Vec<f32>) =
            words.iter().map(|(_, pieces)| quantised_mean(&states, pieces)).unzip();
        TokenStates {
            spans: words.iter().map(|&(span, _)| span).collect(),
            weights: words.iter().map(|(_, pieces)| self.weight(pieces, tokens)).collect(),
            states: Array2::from_shape_vec((words.len(), states.ncols()), rows.concat())
                .expect("one row for each word"),
            scales,
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

    /// The weight of the rarest piece; 1 where the model brings no frequencies.
    fn weight(&self, pieces: &[usize], tokens: &Tokens) -> f32 {
        let weight = |&piece: &usize| self.idf.get(tokens.ids[piece] as usize).copied().unwrap_or(1.0);
        pieces.iter().map(weight).fold(0.0, f32::max)
    }
}

impl Encoder for OnnxEncoder {
    fn encode(&self, texts: &[&str], advance: &(dyn Fn(usize) + Sync)) -> Result<Vec<Encoding>> {
        let tokens = self.tokenize(texts)?;
        let batches = batches_of_equal_length(&tokens);
        let next = AtomicUsize::new(0);
        let failed = AtomicBool::new(false);
        let done = Mutex::new(Vec::with_capacity(batches.len()));
        std::thread::scope(|scope| {
            for _ in 0..self.n_threads.min(batches.len()) {
                scope.spawn(|| {
                    let pool = Arc::new(ThreadPool::with_num_threads(1));
                    while let Some(batch) = batches.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let result = self.run_batch(batch, texts, &tokens, &pool);
                        let stop = result.is_err() || failed.load(Ordering::Relaxed);
                        failed.store(stop, Ordering::Relaxed);
                        done.lock().expect("no worker panics").push((batch, result));
                        advance(batch.len());
                        if stop {
                            break;
                        }
                    }
                });
            }
        });
        let mut encodings: Vec<Option<Encoding>> = vec![None; texts.len()];
        for (batch, result) in done.into_inner().expect("no worker panics") {
            for (&text, encoding) in batch.iter().zip(result?) {
                encodings[text] = Some(encoding);
            }
        }
        Ok(encodings.into_iter().map(|encoding| encoding.expect("every text is in one batch")).collect())
    }

    fn languages(&self) -> &[String] {
        &self.languages
    }
}

impl std::fmt::Debug for OnnxEncoder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("OnnxEncoder").field("name", &self.name).finish_non_exhaustive()
    }
}

/// What one run of the graph gives.
struct Outputs {
    /// In rising order, with the values of each in `values`.
    nodes: Vec<NodeId>,
    values: Vec<Vec<f32>>,
    n_texts: usize,
    n_tokens: usize,
}

impl Outputs {
    fn value(&self, node: NodeId) -> &[f32] {
        &self.values[self.nodes.binary_search(&node).expect("it was asked for")]
    }

    /// The embedding of the batch's text `row`.
    fn embedding(&self, node: NodeId, row: usize) -> &[f32] {
        let value = self.value(node);
        let width = value.len() / self.n_texts;
        &value[row * width..(row + 1) * width]
    }

    /// The token states of the batch's text `row`: shape `[tokens, width]`.
    fn states(&self, node: NodeId, row: usize, width: usize) -> ArrayView2<'_, f32> {
        let size = self.n_tokens * width;
        let states = &self.value(node)[row * size..(row + 1) * size];
        ArrayView2::from_shape((self.n_tokens, width), states)
            .expect("the graph gives one state for each token")
    }
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

fn load_graph(bytes: Cow<'static, [u8]>) -> Result<Model, String> {
    let mut options = ModelOptions::with_all_ops();
    options.prepack_weights(true);
    match bytes {
        Cow::Borrowed(bytes) => options.load_static_slice(bytes),
        Cow::Owned(bytes) => options.load(bytes),
    }
    .map_err(|error| format!("model.onnx cannot be loaded: {error}"))
}

fn read_idf(bytes: &[u8]) -> Result<Vec<f32>, String> {
    let tensors =
        SafeTensors::deserialize(bytes).map_err(|error| format!("heads/idf.safetensors: {error}"))?;
    Ok(floats(&tensors, "idf")?.1)
}

/// The words that have at least one token, with the positions of their tokens.
fn pieces_of_words(words: &[Span], tokens: &[Span]) -> Vec<(Span, Vec<usize>)> {
    let mut first = 0;
    let mut found = vec![];
    for &word in words {
        while first < tokens.len() && tokens[first].end <= word.start {
            first += 1;
        }
        let reached = (first..tokens.len()).take_while(|&piece| tokens[piece].start < word.end);
        let pieces: Vec<usize> = reached.filter(|&piece| tokens[piece].overlaps(&word)).collect();
        if !pieces.is_empty() {
            found.push((word, pieces));
        }
    }
    found
}

/// The means over all tokens of each layer's states, joined.
fn mean_states(layers: &[ArrayView2<'_, f32>]) -> Array1<f32> {
    let means =
        layers.iter().flat_map(|states| states.mean_axis(Axis(0)).expect("a text has its special tokens"));
    means.collect()
}

/// Each word's share of the logit whose gradient is `direction`, less the mean of the words.
fn tone(words: &[(Span, Vec<usize>)], layers: &[ArrayView2<'_, f32>], direction: &Array1<f32>) -> Vec<f32> {
    let width = layers[0].ncols();
    let mut of_token = Array1::<f32>::zeros(layers[0].nrows());
    for (layer, states) in layers.iter().enumerate() {
        of_token += &states.dot(&direction.slice(ndarray::s![layer * width..(layer + 1) * width]));
    }
    of_token /= layers[0].nrows() as f32;
    let of_word: Array1<f32> =
        words.iter().map(|(_, pieces)| pieces.iter().map(|&piece| of_token[piece]).sum()).collect();
    let mean = of_word.mean().unwrap_or(0.0);
    (of_word - mean).to_vec()
}

/// Mean of the pieces' states at length 1, in 8 bits, and the scale.
fn quantised_mean(states: &ArrayView2<'_, f32>, pieces: &[usize]) -> (Vec<i8>, f32) {
    let mut sum = Array1::<f32>::zeros(states.ncols());
    for &piece in pieces {
        sum += &states.row(piece);
    }
    let length = sum.dot(&sum).sqrt().max(f32::MIN_POSITIVE);
    let largest = sum.fold(f32::MIN_POSITIVE, |a, &b| a.max(b.abs()));
    let row = sum.iter().map(|value| (value / largest * 127.0).round() as i8).collect();
    (row, largest / 127.0 / length)
}
