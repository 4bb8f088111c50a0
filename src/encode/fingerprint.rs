use std::collections::BTreeMap;

use blake3::Hasher;

use super::head::Head;
use super::model::ModelManifest;
use crate::records::Encoding;

/// The version of what an encoding holds and how it is made of a model's states. It is to rise with every change that
/// gives other bytes for some text: of the records, of how words are split, of how states are read.
const ENCODING_VERSION: u32 = 1;

/// Files of a model that no encoding depends on.
const COMPARING: [&str; 3] = ["heads/decision.json", "heads/thresholds.toml", "heads/verifier.json"];

/// A hash of everything that an encoder's encodings depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Fingerprint(pub [u8; 32]);

impl std::fmt::Display for Fingerprint {
    /// 64 hexadecimal digits.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

/// A hash of fields that are told apart by their lengths.
struct Fields(Hasher);

impl Fields {
    fn new(what: &str) -> Self {
        Self(Hasher::new()).with(what.as_bytes())
    }

    fn with(mut self, field: &[u8]) -> Self {
        self.0.update(&(field.len() as u64).to_le_bytes()).update(field);
        self
    }

    fn with_number(self, number: usize) -> Self {
        self.with(&(number as u64).to_le_bytes())
    }

    fn with_hashes(self, hashes: &BTreeMap<String, String>) -> Self {
        let fields = self.with_number(hashes.len());
        hashes.iter().fold(fields, |fields, (path, sha256)| {
            fields.with(path.as_bytes()).with(sha256.to_ascii_lowercase().as_bytes())
        })
    }

    fn finish(self) -> Fingerprint {
        Fingerprint(*self.0.finalize().as_bytes())
    }
}

/// Of a model with the heads that it brings, run by the engine of this name. `probed` is what some texts give: where the
/// same files give other bits, as on a processor with other instructions, that shows in it.
pub(super) fn of_model(manifest: &ModelManifest, engine: &str, probed: &[Encoding]) -> Fingerprint {
    let probed = postcard::to_allocvec(probed).expect("encodings can always be written to memory");
    Fields::new("model")
        .with_number(ENCODING_VERSION as usize)
        .with(env!("CARGO_PKG_VERSION").as_bytes())
        .with(engine.as_bytes())
        .with_hashes(&of_encodings(&manifest.sha256))
        .with(manifest.pooling.to_string().as_bytes())
        .with_number(usize::from(manifest.normalise))
        .with_number(manifest.max_tokens)
        .with(manifest.prefix.as_bytes())
        .with_number(manifest.alignment_layer)
        .with_number(manifest.dimensions)
        .with_number(manifest.layers)
        .with(&probed)
        .finish()
}

/// The hashes of the files that encodings are made with: what only compares them is left out.
fn of_encodings(sha256: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let is_made_with = |path: &str| !COMPARING.contains(&path);
    let files = sha256.iter().filter(|(path, _)| is_made_with(path));
    files.map(|(path, sha256)| (path.clone(), sha256.clone())).collect()
}

/// Of the model `base` with what the run adds to it or takes from it: the model's own head for loaded language, the
/// user's heads in their order, and the hashes of a sentiment classifier.
pub(super) fn with_parts(
    base: Fingerprint,
    has_loaded: bool,
    heads: &[Head],
    sentiment: Option<&BTreeMap<String, String>>,
) -> Fingerprint {
    let fields = Fields::new("parts").with(&base.0).with_number(usize::from(has_loaded));
    let fields = fields.with_number(heads.len());
    let fields = heads.iter().fold(fields, |fields, head| fields.with(&head.to_safetensors()));
    match sentiment {
        Some(hashes) => fields.with(b"classifier").with_hashes(hashes).finish(),
        None => fields.with(b"head").finish(),
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::records::{Dependency, Parsed, Score, Sentiment, Span, Tag, TokenStates};

    /// What is stored has no names of fields: bytes of another layout would be read as something else.
    #[test]
    fn another_layout_of_encodings_is_another_version() {
        let score = |value: f32| Score { value, shares: vec![0.5, -0.5] };
        let parsed = |tag, head, relation| Parsed { tag, head, relation };
        let encoding = Encoding {
            embedding: vec![0.6, 0.8],
            words: TokenStates {
                spans: vec![Span::new(0, 5), Span::new(300, 305)],
                weights: vec![1.5, 2.5],
                states: Array2::from_shape_fn((2, 3), |(word, at)| (word * 100 + at) as i8 - 50),
                scales: vec![0.01, 0.02],
            },
            sentiment: Some(Sentiment { negative: 0.1, neutral: 0.2, positive: 0.7 }),
            tone: vec![0.25, -0.25],
            loaded: Some(score(0.3)),
            scores: vec![score(0.4)],
            syntax: Some(vec![
                parsed(Tag::ReducedParticiple, Parsed::ROOT, Dependency::Root),
                parsed(Tag::Adjective, 0, Dependency::Other),
            ]),
            truncated: true,
        };
        let bytes = postcard::to_allocvec(&encoding).unwrap();
        assert_eq!(
            (ENCODING_VERSION, blake3::hash(&bytes).to_hex().as_str()),
            (1, "24896d546b3c3768834ffa3d1f28720dbf8ae8002d3c0db114de0d89151789c3"),
            "raise ENCODING_VERSION and write the new hash here"
        );
    }
}
