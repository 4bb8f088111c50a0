//! Texts -> [`Encoding`]s: one pass of the encoder gives the embedding, the words' vectors and the heads' outputs.
//!
//! A batch holds texts of exactly the same number of tokens, so there is no padding: what a text gives does not
//! depend on the texts around it, on the batch size or on the number of threads, down to the last bit.

mod words;
mod growth;
mod tokenizer;
mod pooling;
mod model;
mod head;
mod head_files;
mod fingerprint;
mod readout;
mod engine;
mod batches;
mod graph_weights;
mod eight_bit;
mod transformer;
mod quantised;
mod onnx;
mod onnx_lengths;
mod target;
mod pair;
mod syntax;
mod bert;
#[cfg(feature = "rust-bert")]
pub mod rust_bert;
#[cfg(not(feature = "rust-bert"))]
#[path = "rust_bert_missing.rs"]
pub mod rust_bert;
mod encoder;
mod mask;

pub use words::words;

use serde::{Deserialize, Serialize};

use crate::distinct::distinct;
use crate::error::Result;
use crate::records::{Encoding, PairReading, Sentiment, Span, Words};

pub use encoder::ModelEncoder;
pub use engine::{Engine, Forward, SentimentModel};
pub use fingerprint::Fingerprint;
pub use head::Head;
pub use head_files::{HEAD_MANIFEST, HEAD_WEIGHTS, HeadEncoder, HeadFiles, HeadManifest};
pub use mask::{MaskedText, OutletMask, hide_names};
pub(crate) use model::sha256_of;
pub use model::{ModelFiles, ModelManifest, is_inside, is_pickle, read_manifest};
pub use pooling::Pooling;

/// Which sentences are encoded: the `[encode]` section of a job file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EncodeOptions {
    /// Which of the sentences that the model can read.
    pub sentences: EncodedSentences,
}

/// Which sentences are encoded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EncodedSentences {
    /// All of a run of at most [`EncodeOptions::FEW`] sentences, else the candidates.
    #[default]
    Auto,
    /// Every sentence.
    All,
    /// Each article's headline and first sentences, which tell events apart, and the sentences that may have a partner in an article
    /// of another outlet by their words. The others have no figures of the model and are in no claim.
    Candidates,
}

impl EncodeOptions {
    /// Most sentences of a run that are all encoded unless it is asked otherwise.
    pub const FEW: usize = 20_000;

    /// Whether a run of so many sentences encodes them all.
    pub fn takes_all(&self, n_sentences: usize) -> bool {
        match self.sentences {
            EncodedSentences::Auto => n_sentences <= Self::FEW,
            EncodedSentences::All => true,
            EncodedSentences::Candidates => false,
        }
    }
}

/// Turns texts into encodings.
pub trait Encoder: Sync {
    /// One encoding for each text, in the order of `texts`. `advance` is told how many texts were done since it was
    /// last called, from any thread.
    ///
    /// # Errors
    /// [`Error::Encode`](crate::Error::Encode) where the engine fails.
    fn encode(&self, texts: &[&str], advance: &(dyn Fn(usize) + Sync)) -> Result<Vec<Encoding>>;

    /// The words of each text as [`Encoder::encode`] gives them, without their states: nothing is run for them.
    ///
    /// # Errors
    /// [`Error::Encode`](crate::Error::Encode) where the tokenizer fails.
    fn words(&self, texts: &[&str]) -> Result<Vec<Words>>;

    /// The sentiment of each text toward the words of it that the span covers, in the order of `mentions`; `None` where the
    /// model has no head for it, or does not read so far. `advance` as in [`Encoder::encode`].
    ///
    /// # Errors
    /// [`Error::Encode`](crate::Error::Encode) where the engine fails.
    fn target_sentiment(
        &self,
        mentions: &[(&str, Span)],
        advance: &(dyn Fn(usize) + Sync),
    ) -> Result<Vec<Option<Sentiment>>>;

    /// What the model says of two sentences read together, in the order of `pairs`; `None` where it has no network for it. Symmetric.
    /// `advance` as in [`Encoder::encode`].
    ///
    /// # Errors
    /// [`Error::Encode`](crate::Error::Encode) where the engine fails.
    fn pair_readings(
        &self,
        pairs: &[(&str, &str)],
        advance: &(dyn Fn(usize) + Sync),
    ) -> Result<Vec<Option<PairReading>>>;

    /// ISO 639-3 codes of the languages that the model knows.
    fn languages(&self) -> &[String];

    /// What its encodings depend on: two encoders that give different bytes for some text have different fingerprints.
    fn fingerprint(&self) -> Fingerprint;
}

/// Encodes `texts` without encoding any text twice; the result has one entry for each of `texts`.
///
/// `advance` is told of every text, repeated ones included.
///
/// # Errors
/// As [`Encoder::encode`].
pub fn encode(
    encoder: &dyn Encoder,
    texts: &[&str],
    advance: &(dyn Fn(usize) + Sync),
) -> Result<Vec<Encoding>> {
    let (distinct, positions) = distinct(texts);
    let encodings = encoder.encode(&distinct, advance)?;
    advance(texts.len() - distinct.len());
    let mut uses = vec![0; distinct.len()];
    positions.iter().for_each(|&position| uses[position] += 1);
    let mut encodings: Vec<Option<Encoding>> = encodings.into_iter().map(Some).collect();
    // The last use takes the encoding, so that only repeated texts are held twice.
    let hand_out = |position: usize| {
        uses[position] -= 1;
        if uses[position] == 0 { encodings[position].take() } else { encodings[position].clone() }
    };
    Ok(positions.into_iter().map(hand_out).map(|encoding| encoding.expect("it has a use left")).collect())
}
