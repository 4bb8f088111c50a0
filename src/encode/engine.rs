use std::collections::BTreeMap;

use ndarray::{Array2, Array3, ArrayView2, arr2};

use crate::error::Result;
use crate::records::Sentiment;

/// Runs a transformer on token ids. Everything around it (tokens, batches, words, heads) is the same for every engine.
pub trait Engine: Send + Sync {
    /// Its name. Two engines that may give other bits for the same weights have different ones.
    fn name(&self) -> &'static str;

    /// One forward pass. `ids` has the shape `[texts, tokens]`: texts of exactly the same number of tokens, special tokens
    /// included, so that nothing is padded. `layers` are the layers whose token states are wanted, in rising
    /// order, each once; 0 is what goes into the first.
    ///
    /// It runs on the calling thread and is called from several at once; what a text gives must not depend on the other
    /// rows.
    ///
    /// # Errors
    /// What the engine said.
    fn forward(&self, ids: ArrayView2<'_, u32>, layers: &[usize]) -> Result<Forward, String>;

    /// The token states of one layer, as [`Engine::forward`] gives them. An engine that can stop behind that layer does.
    ///
    /// # Errors
    /// What the engine said.
    fn states(&self, ids: ArrayView2<'_, u32>, layer: usize) -> Result<Array3<f32>, String> {
        Ok(self.forward(ids, &[layer])?.states.remove(0))
    }

    /// Whether the model has an embedding for the token `id`. Asked at load time, to find a tokenizer of another model.
    fn has_token(&self, id: u32) -> bool {
        self.forward(arr2(&[[id]]).view(), &[]).is_ok()
    }
}

/// What one forward pass gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Forward {
    /// The sentence embeddings, pooled and scaled as the model asks: shape `[texts, width]`.
    pub embeddings: Array2<f32>,
    /// The token states of each layer that was asked for, in that order: each of shape `[texts, tokens, width]`.
    pub states: Vec<Array3<f32>>,
}

/// Says of texts whether they are negative, neutral or positive, in place of a model's sentiment head.
pub trait SentimentModel: Send + Sync {
    /// Hashes of its files in hexadecimal, by their names.
    fn sha256(&self) -> &BTreeMap<String, String>;

    /// In the order of `texts`; what one gives must not depend on the others.
    ///
    /// # Errors
    /// [`Error::Encode`](crate::Error::Encode) where the model fails.
    fn sentiment(&self, texts: &[&str]) -> Result<Vec<Sentiment>>;
}
