use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value;
use tokenizers::{NormalizerWrapper, PreTokenizerWrapper};

/// What is read of `tokenizer.json` before anything of it is run.
#[derive(Deserialize)]
struct Steps {
    normalizer: Option<NormalizerWrapper>,
    pre_tokenizer: Option<PreTokenizerWrapper>,
}

/// No tokenizer that is in use makes a text so many times as long; ALBERT's may come to 4,400.
const MOST: f64 = 5_000.0;

/// How many times as many bytes as it has a text may come to, at most, before it is cut into tokens: 1 or more.
///
/// # Errors
/// What is wrong: no tokenizer, a step that is not known here, steps that can make a text longer than any tokenizer in use does.
pub(super) fn growth(tokenizer_json: &[u8]) -> Result<f64, String> {
    let steps: Steps =
        serde_json::from_slice(tokenizer_json).map_err(|error| format!("cannot be read: {error}"))?;
    // As it was understood: a file may leave out what a step is called.
    let steps = [serde_json::to_value(steps.normalizer), serde_json::to_value(steps.pre_tokenizer)];
    let mut growth = 1.0;
    for step in steps {
        growth *= of_step(&step.map_err(|error| error.to_string())?)?;
    }
    match growth <= MOST {
        true => Ok(growth),
        false => Err(format!("can make a text {growth:.0} times as long; more than {MOST} is refused")),
    }
}

/// For Unicode's forms and for lower case: "What are the maximum expansion factors" in Unicode's FAQ on normalization, in UTF-8.
fn of_step(step: &Value) -> Result<f64, String> {
    let text = |field: &str| step[field].as_str().unwrap_or_default();
    let all = |field: &str| -> Result<f64, String> {
        step[field].as_array().into_iter().flatten().map(of_step).product()
    };
    let Some(kind) = step["type"].as_str() else {
        return if step.is_null() { Ok(1.0) } else { Err("has a step without `type`".to_owned()) };
    };
    Ok(match kind {
        "Sequence" if step["normalizers"].is_array() => all("normalizers")?,
        "Sequence" => all("pretokenizers")?,
        "NFC" | "NFD" => 3.0,
        "NFKC" | "NFKD" => 11.0,
        "Lowercase" => 1.5,
        // The form NFD and lower case; blanks around Chinese characters, which have three bytes.
        "BertNormalizer" => 3.0 * 1.5 * 5.0 / 3.0,
        "Strip" | "StripAccents" | "Nmt" => 1.0,
        "Precompiled" => longest_of(text("precompiled_charsmap"))?,
        "Prepend" => 1.0 + text("prepend").len() as f64,
        "Replace" => of_replacement(&step["pattern"], text("content").len() as f64),
        // A byte becomes a character of two; a blank may come before it.
        "ByteLevel" => 3.0,
        // A blank becomes a character of up to four bytes, and one may come before it.
        "Metaspace" => 8.0,
        "BertPreTokenizer" | "CharDelimiterSplit" | "Digits" | "FixedLength" | "Punctuation" | "Split"
        | "UnicodeScripts" | "Whitespace" | "WhitespaceSplit" => 1.0,
        other => return Err(format!("has a step `{other}`, which is not known here")),
    })
}

/// Each stretch that fits is replaced by `n_bytes`; an expression may fit between any two bytes.
fn of_replacement(pattern: &Value, n_bytes: f64) -> f64 {
    match pattern["String"].as_str() {
        Some(pattern) if !pattern.is_empty() => (n_bytes / pattern.len() as f64).max(1.0),
        _ => 1.0 + 2.0 * n_bytes,
    }
}

/// Bytes of the longest replacement of a SentencePiece map: the length of a trie, the trie, then replacements that end with a zero byte.
fn longest_of(map: &str) -> Result<f64, String> {
    let bytes = STANDARD.decode(map).ok().filter(|bytes| bytes.len() >= 4);
    let bytes = bytes.ok_or("has a damaged precompiled_charsmap")?;
    let (length, rest) = bytes.split_at(4);
    let trie = u32::from_le_bytes(length.try_into().expect("four bytes")) as usize;
    let replacements = rest.get(trie..).unwrap_or_default();
    Ok(replacements.split(|&byte| byte == 0).map(<[u8]>::len).max().unwrap_or(0).max(1) as f64)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn growth_of(normalizer: Value, pre_tokenizer: Value) -> Result<f64, String> {
        growth(
            json!({"normalizer": normalizer, "pre_tokenizer": pre_tokenizer, "model": {}})
                .to_string()
                .as_bytes(),
        )
    }

    fn replace(pattern: Value, content: &str) -> Value {
        json!({"type": "Replace", "pattern": pattern, "content": content})
    }

    fn charsmap(replacements: &[u8]) -> Value {
        let map = [&4_u32.to_le_bytes()[..], &[0; 4], replacements].concat();
        json!({"type": "Precompiled", "precompiled_charsmap": STANDARD.encode(map)})
    }

    #[test]
    fn tokenizers_that_are_in_use_pass() {
        let bert = json!({"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null, "lowercase": true});
        let metaspace =
            json!({"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true});
        let byte_level =
            json!({"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true});
        let sequence = |steps: Value| json!({"type": "Sequence", "normalizers": steps});
        let nmt_nfkc = charsmap(&[&[b'x'; 33][..], b"\0y\0"].concat());
        let albert = sequence(json!([
            replace(json!({"String": "``"}), "\""),
            replace(json!({"String": "''"}), "\""),
            {"type": "NFKD"}, {"type": "StripAccents"}, {"type": "Lowercase"}, nmt_nfkc,
        ]));
        let roberta = sequence(json!([nmt_nfkc, replace(json!({"Regex": " {2,}"}), "▁")]));
        let split = json!({"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, metaspace]});
        for (name, normalizer, pre_tokenizer, expected) in [
            ("none", Value::Null, Value::Null, 1.0),
            ("BERT", bert, json!({"type": "BertPreTokenizer"}), 7.5),
            ("GPT-2", Value::Null, byte_level.clone(), 3.0),
            ("CLIP", sequence(json!([{"type": "NFC"}, {"type": "Lowercase"}])), byte_level, 13.5),
            ("XLM-R", roberta, split, 33.0 * 7.0 * 8.0),
            ("ALBERT", albert, metaspace, 11.0 * 1.5 * 33.0 * 8.0),
        ] {
            assert_eq!(growth_of(normalizer, pre_tokenizer).unwrap(), expected, "{name}");
        }
    }

    #[test]
    fn a_tokenizer_that_makes_texts_long_is_refused() {
        let long = "x".repeat(10_000);
        let doubling = || replace(json!({"String": "a"}), "aa");
        let many: Vec<Value> = (0..20).map(|_| doubling()).collect();
        let nested = json!({"type": "Sequence", "normalizers": [
            {"type": "Sequence", "normalizers": many[..10]}, {"type": "Sequence", "normalizers": many[10..]}
        ]});
        let byte_levels: Vec<Value> = (0..20)
            .map(|_| json!({"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false}))
            .collect();
        for (normalizer, pre_tokenizer) in [
            (replace(json!({"String": "a"}), &long), Value::Null),
            (replace(json!({"Regex": "(?=e)"}), &long), Value::Null),
            (json!({"type": "Prepend", "prepend": long}), Value::Null),
            (charsmap(long.as_bytes()), Value::Null),
            (nested, Value::Null),
            (Value::Null, json!({"type": "Sequence", "pretokenizers": byte_levels})),
        ] {
            let refused = growth_of(normalizer, pre_tokenizer).unwrap_err();
            assert!(refused.contains("times as long; more than 5000 is refused"), "{refused}");
        }
    }
}
