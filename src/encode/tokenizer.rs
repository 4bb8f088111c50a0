use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::{Value, json};
use tokenizers::{Tokenizer, TruncationParams};

use super::model::ModelManifest;
use crate::error::{Error, Result};
use crate::records::Span;

/// No tokenizer needs more bytes than this to fill the longest text that a model reads; what lies behind is not
/// tokenized, so that a line of five megabytes costs no more than a long sentence.
const MAX_BYTES: usize = 32 * 1024;

/// The tokens of one text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tokens {
    /// Vocabulary ids, the special tokens at both ends included.
    pub ids: Vec<u32>,
    /// Bytes of the text that each token covers; empty for a special token.
    pub spans: Vec<Span>,
    /// True where the text did not fit.
    pub truncated: bool,
}

/// A tokenizer that cuts at the model's longest text and never pads.
pub(super) struct TextTokenizer {
    tokenizer: Tokenizer,
    /// What is put before each text.
    prefix: String,
}

impl TextTokenizer {
    pub(super) fn new(json: &[u8], manifest: &ModelManifest) -> Result<Self> {
        Self::of(json, manifest.max_tokens, &manifest.prefix, &manifest.name)
    }

    /// The tokenizer of the model `model_name`, which reads `max_tokens` and asks for `prefix`.
    pub(super) fn of(json: &[u8], max_tokens: usize, prefix: &str, model_name: &str) -> Result<Self> {
        let refuse = |message: String| Error::Model { name: model_name.to_owned(), message };
        let mut tokenizer = Tokenizer::from_bytes(json)
            .map_err(|error| refuse(format!("tokenizer.json cannot be read: {error}")))?;
        let truncation = TruncationParams { max_length: max_tokens, ..TruncationParams::default() };
        tokenizer.with_truncation(Some(truncation)).map_err(|error| {
            refuse(format!("max_tokens = {max_tokens} does not fit the tokenizer: {error}"))
        })?;
        tokenizer.with_padding(None);
        Ok(Self { tokenizer, prefix: prefix.to_owned() })
    }

    /// Number of tokens in the vocabulary, those that were added to it included.
    pub(super) fn n_tokens(&self) -> usize {
        self.tokenizer.get_vocab_size(true)
    }

    /// The highest id that a token may have; 0 where there is no token.
    pub(super) fn highest_id(&self) -> u32 {
        self.tokenizer.get_vocab(true).into_values().max().unwrap_or(0)
    }

    pub(super) fn tokenize(&self, text: &str) -> Result<Tokens> {
        let head = &text[..text.floor_char_boundary(MAX_BYTES)];
        let input =
            if self.prefix.is_empty() { Cow::Borrowed(head) } else { Cow::Owned(self.prefix.clone() + head) };
        let encoding = self
            .tokenizer
            .encode(input, true)
            .map_err(|error| Error::Encode { n_tokens: 0, message: error.to_string() })?;
        // A token of the prefix covers nothing of the text.
        let in_text = |offset: usize| offset.saturating_sub(self.prefix.len());
        let offsets = encoding.get_offsets().iter();
        Ok(Tokens {
            ids: encoding.get_ids().to_vec(),
            spans: offsets.map(|&(start, end)| Span::new(in_text(start), in_text(end))).collect(),
            truncated: head.len() < text.len() || !encoding.get_overflowing().is_empty(),
        })
    }
}

/// The `tokenizer.json` of a BERT that brings only `vocab.txt`, and `tokenizer_config.json` where it is cased.
pub(super) fn bert_tokenizer(vocabulary: &[u8], config: Option<&[u8]>) -> Result<Vec<u8>, String> {
    let config: Value = config
        .map_or(Ok(Value::Null), serde_json::from_slice)
        .map_err(|error| format!("tokenizer_config.json: {error}"))?;
    let vocabulary = std::str::from_utf8(vocabulary).map_err(|_| "vocab.txt is not UTF-8")?;
    let ids: BTreeMap<&str, u32> = vocabulary.lines().zip(0..).collect();
    let id = |token: &str| ids.get(token).copied().ok_or_else(|| format!("vocab.txt has no {token}"));
    let special = |token: &str| -> Result<Value, String> {
        Ok(json!({
            "id": id(token)?, "content": token, "special": true,
            "single_word": false, "lstrip": false, "rstrip": false, "normalized": false,
        }))
    };
    let special: Result<Vec<Value>, String> =
        ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"].into_iter().map(special).collect();
    let tokenizer = json!({
        "version": "1.0",
        "added_tokens": special?,
        "normalizer": {
            "type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
            "strip_accents": config["strip_accents"],
            "lowercase": config["do_lower_case"].as_bool().unwrap_or(true),
        },
        "pre_tokenizer": { "type": "BertPreTokenizer" },
        "post_processor": {
            "type": "BertProcessing", "sep": ["[SEP]", id("[SEP]")?], "cls": ["[CLS]", id("[CLS]")?],
        },
        "model": {
            "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100, "vocab": ids,
        },
    });
    Ok(tokenizer.to_string().into_bytes())
}
