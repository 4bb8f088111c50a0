use ndarray::Array2;

use serde::{Deserialize, Serialize};

use super::bytes::{floats, matrix};
use super::{Clause, Parsed, Sentiment, Span};
use crate::arithmetic::eight_bit_products;

/// What one pass of the encoder gives for one text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Encoding {
    /// The sentence embedding, scaled to length 1; its inner product with another is the cosine in [-1, 1].
    #[serde(with = "floats")]
    pub embedding: Vec<f32>,
    /// The words with their states, for alignment.
    pub words: TokenStates,
    /// The sentiment head's probabilities; `None` where the model brings no such head.
    pub sentiment: Option<Sentiment>,
    /// How far each word of `words` moves the sentiment, in logits of positive over negative: above 0 it speaks for
    /// positive. The words' mean is 0. Empty where the model brings no such head.
    #[serde(with = "floats")]
    pub tone: Vec<f32>,
    /// How loaded the loaded-language head finds the text; [`loaded_language`](crate::annotate::loaded_language) adds the
    /// list to it. `None` where the model brings no such head.
    pub loaded: Option<Score>,
    /// The figures of the run's further heads, in the order of the run's measures.
    pub scores: Vec<Score>,
    /// The syntax of each word of `words`; `None` where the model brings no head for it.
    pub syntax: Option<Vec<Parsed>>,
    /// True where the text was longer than the model reads and its end was left out.
    pub truncated: bool,
}

impl Encoding {
    /// What a model without heads gives.
    pub fn without_heads(embedding: Vec<f32>, words: TokenStates) -> Self {
        Self {
            embedding,
            words,
            sentiment: None,
            tone: vec![],
            loaded: None,
            scores: vec![],
            syntax: None,
            truncated: false,
        }
    }
}

/// What a run keeps of every encoded sentence. The rest of its [`Encoding`] is let go, and asked for again for the sentences that
/// can be in a claim.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SentenceFigures {
    /// The sentiment; `None` where the model brings no such head.
    pub sentiment: Option<Sentiment>,
    /// How loaded the sentence is, in [0, 1], with the names of the run's outlets hidden; `None` where the model brings no such
    /// head, or a head of the user's takes the measure's place.
    pub loaded_language: Option<f32>,
    /// The values of the run's further heads, in the order of the run's measures.
    pub scores: Vec<f32>,
    /// Clauses in the order of their verbs; empty where the model brings no head for syntax.
    pub clauses: Vec<Clause>,
    /// True where the sentence was longer than the model reads and its end was left out.
    pub truncated: bool,
}

/// One figure of a head on one text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// The probability of the figure's class, in [0, 1].
    pub value: f32,
    /// How far each word of the encoding's `words` moves it, in logits of the class over the rest: above 0 it speaks
    /// for the class. The words' mean is 0.
    #[serde(with = "floats")]
    pub shares: Vec<f32>,
}

/// The words of a text as the tokenizer splits them.
#[derive(Debug, Clone, PartialEq)]
pub struct Words {
    /// Byte offsets of each word into the text.
    pub spans: Vec<Span>,
    /// As [`TokenStates::weights`].
    pub weights: Vec<f32>,
}

impl From<TokenStates> for Words {
    fn from(words: TokenStates) -> Self {
        Self { spans: words.spans, weights: words.weights }
    }
}

/// The words of a text with one vector each, from one layer of the encoder.
///
/// A word is what the tokenizer splits at blanks and punctuation; its vector is the mean of its pieces' states,
/// scaled to length 1 and stored in 8 bits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TokenStates {
    /// Byte offsets of each word into the text that was encoded.
    pub spans: Vec<Span>,
    /// Weight of each word: the inverse document frequency of its rarest piece, at least 0.
    #[serde(with = "floats")]
    pub weights: Vec<f32>,
    /// Shape `[words, width]`. The vector of word `i` is `states[i] * scales[i]`.
    #[serde(with = "matrix")]
    pub states: Array2<i8>,
    /// One scale for each word, above 0.
    #[serde(with = "floats")]
    pub scales: Vec<f32>,
}

impl TokenStates {
    /// Number of words.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// True for a text without words.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Cosine of every word here with every word of `other`: shape `[self.len(), other.len()]`, each in [-1, 1] up to
    /// the rounding to 8 bits. The sums are of integers, so they are exact on every machine.
    pub fn cosines(&self, other: &TokenStates) -> Array2<f32> {
        let products = eight_bit_products(self.states.view(), other.states.view());
        // In this order the product is the same from either side, down to the last bit.
        let cosine =
            |((i, j), &product): ((usize, usize), &i32)| product as f32 * (self.scales[i] * other.scales[j]);
        let cosines = products.indexed_iter().map(cosine).collect();
        Array2::from_shape_vec(products.dim(), cosines).expect("one for each product")
    }
}
