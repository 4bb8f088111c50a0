use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::{Value, json};
use tokenizers::{Encoding, ModelWrapper, PostProcessor, Tokenizer, TruncationParams};

use super::growth::growth;
use super::model::ModelManifest;
use crate::error::{Error, Result, unwound};
use crate::records::Span;

/// No tokenizer needs more bytes than this to fill the longest text that a model reads; what lies behind is not
/// tokenized, so that a line of five megabytes costs no more than a long sentence.
const MAX_BYTES: usize = 32 * 1024;

/// Most bytes that a text may come to while it is tokenized. Only of a tokenizer that can make it more than a thousand times as long is less
/// than [`MAX_BYTES`] read.
const MAX_GROWN: f64 = 1000.0 * MAX_BYTES as f64;

/// Most characters of a word that are looked up piece by piece: that takes time with the square of their number.
const MAX_WORD: usize = 1000;

/// What is said where the library panics.
const DAMAGED: &str = "it is damaged; fetch or export it again";

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
    /// Bytes of a text that are read, at most.
    most_bytes: usize,
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
        // Before the file is loaded, which runs its normalizer on its own tokens.
        let growth = growth(json).map_err(|message| refuse(format!("tokenizer.json {message}")))?;
        let read = || Tokenizer::from_bytes(json).map_err(|error| error.to_string());
        let mut tokenizer = unwound(read, DAMAGED)
            .map_err(|error| refuse(format!("tokenizer.json cannot be read: {error}")))?;
        let n_added = tokenizer.get_post_processor().map_or(0, |processor| processor.added_tokens(false));
        if n_added >= max_tokens {
            return Err(refuse(format!(
                "tokenizer.json puts {n_added} tokens around a text, and max_tokens is {max_tokens}; give more in model.toml"
            )));
        }
        if matches!(tokenizer.get_model(), ModelWrapper::WordPiece(model) if model.max_input_chars_per_word > MAX_WORD)
        {
            return Err(refuse(format!(
                "tokenizer.json: `max_input_chars_per_word` is more than {MAX_WORD}; 100 is usual"
            )));
        }
        let truncation = TruncationParams { max_length: max_tokens, ..TruncationParams::default() };
        tokenizer.with_truncation(Some(truncation)).map_err(|error| {
            refuse(format!("max_tokens = {max_tokens} does not fit the tokenizer: {error}"))
        })?;
        tokenizer.with_padding(None);
        let most_bytes = MAX_BYTES.min((MAX_GROWN / growth) as usize);
        let read = Self { tokenizer, most_bytes, prefix: prefix.to_owned() };
        // What is around every text, once, so that a fault in it is told before a run.
        read.encoding("").map_err(|error| refuse(format!("tokenizer.json cannot be used: {error}")))?;
        Ok(read)
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
        let head = &text[..text.floor_char_boundary(self.most_bytes)];
        let input =
            if self.prefix.is_empty() { Cow::Borrowed(head) } else { Cow::Owned(self.prefix.clone() + head) };
        let encoding = self
            .encoding(&input)
            .map_err(|error| Error::Encode { n_tokens: 0, message: format!("tokenizer.json: {error}") })?;
        // A token of the prefix covers nothing of the text.
        let in_text = |offset: usize| offset.saturating_sub(self.prefix.len());
        let offsets = encoding.get_offsets().iter();
        Ok(Tokens {
            ids: encoding.get_ids().to_vec(),
            spans: offsets.map(|&(start, end)| Span::new(in_text(start), in_text(end))).collect(),
            truncated: head.len() < text.len() || !encoding.get_overflowing().is_empty(),
        })
    }

    fn encoding(&self, input: &str) -> Result<Encoding, String> {
        unwound(|| self.tokenizer.encode(input, true).map_err(|error| error.to_string()), DAMAGED)
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A tokenizer of four words, and what is to be changed in it.
    fn refused(pointer: &str, value: Value) -> String {
        let mut json = json!({
            "version": "1.0", "added_tokens": [], "normalizer": {"type": "Lowercase"}, "pre_tokenizer": {"type": "Whitespace"},
            "post_processor": {"type": "TemplateProcessing",
                "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}], "pair": [],
                "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [1], "tokens": ["[CLS]"]}}},
            "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                "max_input_chars_per_word": 100, "vocab": {"[UNK]": 0, "[CLS]": 1, "a": 2, "##a": 3}},
        });
        let read = |json: &Value| TextTokenizer::of(json.to_string().as_bytes(), 16, "", "mine");
        assert_eq!(read(&json).unwrap().tokenize("aa a").unwrap().ids, [1, 2, 3, 2]);
        *json.pointer_mut(pointer).unwrap() = value;
        read(&json).err().unwrap().to_string()
    }

    #[test]
    fn a_tokenizer_that_is_damaged_or_costs_more_than_any_in_use_is_refused() {
        for (pointer, value, message) in [
            (
                "/normalizer",
                json!({"type": "Replace", "pattern": {"String": "a"}, "content": "a".repeat(10_000)}),
                "can make a text 10000 times as long",
            ),
            (
                "/post_processor/special_tokens/[CLS]",
                json!({"id": "[CLS]", "ids": vec![1; 100], "tokens": vec!["[CLS]"; 100]}),
                "puts 100 tokens around a text, and max_tokens is 16",
            ),
            ("/post_processor/special_tokens", json!({}), "cannot be used: it is damaged"),
            (
                "/model/max_input_chars_per_word",
                json!(100_000),
                "`max_input_chars_per_word` is more than 1000",
            ),
        ] {
            let refused = refused(pointer, value);
            assert!(refused.contains(message), "{refused}");
        }
    }
}
