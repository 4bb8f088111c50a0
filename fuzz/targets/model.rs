//! The files of a model, around a BERT with a handful of weights that is made on the spot.

use std::collections::BTreeMap;
use std::fs;
use std::sync::LazyLock;

use ndarray::{Array1, Array2};
use parallax::cluster::Verifier;
use parallax::encode::{Encoder, Head, HeadFiles, ModelEncoder, ModelFiles, ModelManifest, read_manifest};
use parallax::framing::Measures;
use parallax::options::Options;
use parallax::pipeline::{Models, Related, Silent, relate, thresholds_of, verifier_of};
use parallax::records::{Encoding, Thresholds};
use safetensors::tensor::{Dtype, TensorView};
use sha2::{Digest, Sha256};

use super::{folder, split_choice};

const WORDS: [&str; 8] = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "the", "bridge", "was", "closed"];
const WIDTH: usize = 32;
const TEXTS: [&str; 4] =
    ["the bridge was closed", "", "The bridge – “closed”?", "was the bridge closed on Monday"];

const MANIFEST: &str = "\
name = 'tiny'
version = '1'
dimensions = 32
layers = 1
pooling = 'mean'
normalise = true
max_tokens = 16
languages = ['eng']
alignment_layer = 1
";

const CONFIG: &str = r#"{"model_type": "bert", "hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32,
"max_position_embeddings": 16, "vocab_size": 8, "hidden_act": "gelu", "layer_norm_eps": 1e-12}"#;

const TOKENIZER: &str = r#"{"version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": {"type": "Lowercase"},
"pre_tokenizer": {"type": "Whitespace"}, "decoder": null,
"post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]},
"model": {"type": "WordLevel", "vocab": {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "the": 4, "bridge": 5, "was": 6, "closed": 7},
"unk_token": "[UNK]"}}"#;

static WEIGHTS: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let square = vec![WIDTH, WIDTH];
    let mut shapes = vec![
        ("embeddings.word_embeddings.weight".to_owned(), vec![WORDS.len(), WIDTH]),
        ("embeddings.position_embeddings.weight".to_owned(), vec![16, WIDTH]),
        ("embeddings.token_type_embeddings.weight".to_owned(), vec![2, WIDTH]),
        ("embeddings.LayerNorm.weight".to_owned(), vec![WIDTH]),
        ("embeddings.LayerNorm.bias".to_owned(), vec![WIDTH]),
    ];
    for (part, shape) in [
        ("attention.self.query", &square),
        ("attention.self.key", &square),
        ("attention.self.value", &square),
        ("attention.output.dense", &square),
        ("intermediate.dense", &square),
        ("output.dense", &square),
        ("attention.output.LayerNorm", &vec![WIDTH]),
        ("output.LayerNorm", &vec![WIDTH]),
    ] {
        shapes.push((format!("encoder.layer.0.{part}.weight"), shape.clone()));
        shapes.push((format!("encoder.layer.0.{part}.bias"), vec![WIDTH]));
    }
    let values: Vec<u8> =
        (0..1024).flat_map(|n| (((n * 37) % 128) as f32 / 64.0 - 1.0).to_le_bytes()).collect();
    let views = shapes.iter().map(|(name, shape)| {
        let n = shape.iter().product::<usize>() * 4;
        (
            name.as_str(),
            TensorView::new(Dtype::F32, shape.clone(), &values[..n]).expect("the bytes fill the shape"),
        )
    });
    safetensors::serialize(views.collect::<BTreeMap<_, _>>(), None).expect("tensors can be written")
});

/// What stands in a model's folder but for the file of the input.
fn files() -> BTreeMap<&'static str, &'static [u8]> {
    BTreeMap::from([
        ("model.toml", MANIFEST.as_bytes()),
        ("config.json", CONFIG.as_bytes()),
        ("tokenizer.json", TOKENIZER.as_bytes()),
        ("model.safetensors", WEIGHTS.as_slice()),
    ])
}

/// Loads a model whose files are these, and runs it where it is taken. Gives what it says of pairs of texts; `None` where it is refused.
fn load(files: &BTreeMap<&str, &[u8]>) -> Option<Vec<Related>> {
    let folder = folder();
    fs::create_dir(folder.path().join("heads")).expect("a folder can be made");
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).expect("the file can be written");
    }
    let _ = read_manifest(folder.path());
    let files = ModelFiles::from_folder(folder.path()).ok()?;
    files.verify().expect("the hashes are those of the files");
    let (verifier, thresholds) = (verifier_of(&files), thresholds_of(&files));
    let encoder = ModelEncoder::new(&files, 1).ok()?;
    let encodings = encoder.encode(&TEXTS, &|_| ()).ok()?;
    encodings.iter().zip(TEXTS).for_each(|(encoding, text)| check_encoding(encoding, text, &files.manifest));
    let mentions = TEXTS.map(|text| (text, text.find("bridge").map_or((0, 0), |at| (at, at + 6))));
    let mentions = mentions.map(|(text, (start, end))| (text, parallax::records::Span::new(start, end)));
    let _ = encoder.target_sentiment(&mentions, &|_| ());
    let (verifier, thresholds) = (verifier.ok()?, thresholds.ok()?);
    let pairs: Vec<(String, String)> =
        [(0, 2), (0, 3), (1, 2)].map(|(a, b)| (TEXTS[a].to_owned(), TEXTS[b].to_owned())).to_vec();
    let measures = Measures::shipped();
    let models =
        Models { encoder: &encoder, verifier: &verifier, thresholds: &thresholds, measures: &measures };
    relate(&pairs, &models, &Options { threads: 1, ..Options::default() }, &Silent).ok()
}

fn check_encoding(encoding: &Encoding, text: &str, manifest: &ModelManifest) {
    assert_eq!(encoding.embedding.len(), manifest.dimensions);
    let words = &encoding.words;
    let n = words.len();
    assert_eq!((words.weights.len(), words.scales.len(), words.states.nrows()), (n, n, n));
    assert!(words.spans.iter().all(|span| !span.slice(text).is_empty()));
    assert!([encoding.tone.len()].iter().all(|&len| len == 0 || len == n));
    assert!(encoding.syntax.iter().all(|parsed| parsed.len() == n));
    for parsed in encoding.syntax.iter().flatten() {
        assert!(parsed.head().is_none_or(|head| head < n));
    }
}

/// One of the files that every model has, by the input; or `model.onnx`, or `vocab.txt`, in place of the usual ones.
pub fn model(data: &[u8]) {
    let Some((choice, bytes)) = split_choice(data) else { return };
    let mut files = files();
    let onnx =
        MANIFEST.replace("layers = 1", "layers = 2").replace("alignment_layer = 1", "alignment_layer = 2");
    match choice % 7 {
        0 => _ = files.insert("model.toml", bytes),
        1 => _ = files.insert("config.json", bytes),
        2 => _ = files.insert("tokenizer.json", bytes),
        3 => _ = files.insert("model.safetensors", bytes),
        4 => {
            files.remove("tokenizer.json");
            files.insert("vocab.txt", bytes);
        }
        5 => {
            files.remove("tokenizer.json");
            files.insert("vocab.txt", b"[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\nbridge\nwas");
            files.insert("tokenizer_config.json", bytes);
        }
        _ => {
            files.remove("model.safetensors");
            files.remove("config.json");
            files.insert("model.toml", onnx.as_bytes());
            files.insert("model.onnx", bytes);
        }
    }
    load(&files);
    static SOUND: LazyLock<bool> = LazyLock::new(|| load(&self::files()).is_some());
    assert!(*SOUND, "the files around the input are sound");
}

/// The heads of a model with a sound file of each. Those of `corpus` have a byte before them, the choice.
const HEADS: [(&str, &[u8]); 9] = [
    ("heads/sentiment.safetensors", include_bytes!("../corpus/heads/sentiment").split_at(1).1),
    ("heads/loaded_language.safetensors", include_bytes!("../corpus/heads/loaded").split_at(1).1),
    ("heads/syntax.safetensors", include_bytes!("../corpus/heads/syntax").split_at(1).1),
    ("heads/idf.safetensors", include_bytes!("../corpus/heads/idf").split_at(1).1),
    ("heads/target_sentiment.onnx", include_bytes!("../corpus/heads/target").split_at(1).1),
    ("heads/pair.onnx", include_bytes!("../corpus/heads/pair").split_at(1).1),
    ("heads/decision.json", include_bytes!("../corpus/heads/decision").split_at(1).1),
    ("heads/verifier.json", include_bytes!("../corpus/heads/verifier").split_at(1).1),
    ("heads/thresholds.toml", include_bytes!("../corpus/heads/thresholds").split_at(1).1),
];

/// A head that a model brings, or one of the user's own.
pub fn heads(data: &[u8]) {
    let Some((choice, bytes)) = split_choice(data) else { return };
    let way = choice % (HEADS.len() + 2);
    if let Some((head, _)) = HEADS.get(way) {
        let mut files = files();
        files.extend(HEADS);
        files.insert(head, bytes);
        load(&files);
        static SOUND: LazyLock<bool> = LazyLock::new(|| {
            let mut files = self::files();
            files.extend(HEADS);
            load(&files).is_some()
        });
        assert!(*SOUND, "the files around the input are sound");
        return;
    }
    match way - HEADS.len() {
        0 => weights(bytes),
        _ => manifest(bytes),
    }
    let _ = Verifier::from_json(bytes, "tiny", Thresholds::default());
    let _ = Verifier::by_similarity(Thresholds::default()).with_decision(bytes, "tiny");
}

/// `head.safetensors`: what is read can be written and read again, and gives probabilities.
fn weights(bytes: &[u8]) {
    let Ok(head) = Head::from_safetensors(bytes) else { return };
    let again = Head::from_safetensors(&head.to_safetensors()).expect("it was written just now");
    assert!(again == head);
    if head.fits(WIDTH, 1).is_ok() {
        let features = Array1::from_elem(WIDTH * head.layers().len(), 0.5_f32);
        assert_eq!(head.probabilities(features.view()).len(), head.classes().len());
    }
}

/// `head.toml` beside a sound `head.safetensors`.
fn manifest(bytes: &[u8]) {
    let classes = vec!["no".to_owned(), "yes".to_owned()];
    let head = Head::linear(classes, vec![1], Array2::zeros((2, WIDTH)), Array1::zeros(2)).expect("it fits");
    let head = head.to_safetensors();
    // The hash that the seeds' text leaves to be filled in.
    let hash: String = Sha256::digest(&head).iter().map(|byte| format!("{byte:02x}")).collect();
    let text = String::from_utf8_lossy(bytes).replace("HASH", &hash);
    let folder = folder();
    fs::write(folder.path().join("head.toml"), text).expect("the file can be written");
    fs::write(folder.path().join("head.safetensors"), head).expect("the file can be written");
    let model: ModelManifest = toml::from_str(MANIFEST).expect("it is sound");
    if let Ok(files) = HeadFiles::from_folder("mine", folder.path(), &model) {
        assert_eq!(files.measures("mine"), ["mine"]);
    }
}
