//! The engine rust-bert and its sentiment classifiers, with the float32 weights of all-MiniLM-L6-v2: against
//! sentence-transformers, against our own engine, and against themselves.
//!
//! The weights are 91 MB and not in the repository. `.ci/run` makes libtorch, fetches the weights and runs these tests:
//!
//! ```sh
//! models/make_libtorch && . target/libtorch/env
//! PARALLAX_CACHE=target/model-cache cargo run --release -- models fetch all-MiniLM-L6-v2
//! cargo test --release --features rust-bert --test rust_bert
//! ```
#![cfg(feature = "rust-bert")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use ndarray::{Array1, Array2, Axis, s};
use parallax::encode::rust_bert::{classifier, engine};
use parallax::encode::{Encoder, ModelEncoder, ModelFiles};
use parallax::job::{EngineName, Finished, Job, compare};
use parallax::pipeline::Silent;
use parallax::records::{Claim, Reading, SentenceId};
use parallax::report::Format;
use safetensors::SafeTensors;
use tch::Tensor;
use tempfile::TempDir;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn model() -> PathBuf {
    Path::new(ROOT).join("target/model-cache/models/all-MiniLM-L6-v2")
}

fn files(folder: &Path) -> ModelFiles {
    ModelFiles::from_folder(folder).expect("fetch the model first, as the head of this file says")
}

fn rust_bert(n_threads: usize) -> ModelEncoder {
    let files = files(&model()).with_heads_of(ModelFiles::bundled().unwrap());
    ModelEncoder::with_engine(&files, engine(&files).unwrap(), n_threads).unwrap()
}

static ENCODER: LazyLock<ModelEncoder> = LazyLock::new(|| rust_bert(2));

fn sentences() -> Vec<String> {
    let path = Path::new(ROOT).join("tests/golden/sentences.txt");
    fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect()
}

/// Of every length down to no word at all, among them several that are the only one of their length.
fn short_texts() -> Vec<String> {
    let words = "The minister said on Monday that the talks would go on for as long as they had to";
    let words: Vec<&str> = words.split(' ').collect();
    (0..=words.len()).map(|n| words[..n].join(" ")).collect()
}

fn as_strs(texts: &[String]) -> Vec<&str> {
    texts.iter().map(String::as_str).collect()
}

fn least_cosine(a: &Array2<f32>, b: &Array2<f32>) -> f32 {
    (a * b).sum_axis(Axis(1)).fold(1.0, |least, &cosine| least.min(cosine))
}

fn largest_difference(a: &Array2<f32>, b: &Array2<f32>) -> f32 {
    (a - b).fold(0.0, |largest, difference| largest.max(difference.abs()))
}

fn tensor(bytes: &[u8], name: &str) -> Array2<f32> {
    let tensors = SafeTensors::deserialize(bytes).unwrap();
    let tensor = tensors.tensor(name).unwrap();
    let values: Vec<f32> =
        tensor.data().as_chunks::<4>().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect();
    let rows = if tensor.shape().len() == 1 { 1 } else { tensor.shape()[0] };
    Array2::from_shape_vec((rows, values.len() / rows), values).unwrap()
}

#[test]
fn embeddings_agree_with_sentence_transformers() {
    let reference = fs::read(Path::new(ROOT).join("tests/golden/embeddings.safetensors")).unwrap();
    let ours = ENCODER.embed(&as_strs(&sentences())).unwrap();
    let least = least_cosine(&ours, &tensor(&reference, "embeddings"));
    println!("rust-bert against sentence-transformers: cosine {least:.7} at least");
    assert!(least >= 0.9999, "cosine is {least} at least");
}

#[test]
fn embeddings_and_states_agree_with_our_own_engine() {
    let own = ModelEncoder::new(&files(&model()), 2).unwrap();
    let texts = [sentences(), short_texts()].concat();
    let texts = as_strs(&texts);
    let least = least_cosine(&ENCODER.embed(&texts).unwrap(), &own.embed(&texts).unwrap());
    println!("rust-bert against our own engine: cosine {least:.7} at least");
    assert!(least >= 0.9999, "cosine is {least} at least");
    for layer in 0..=6 {
        let states = |encoder: &ModelEncoder| encoder.features(&texts, &[layer], &|_| ()).unwrap();
        let difference = largest_difference(&states(&ENCODER), &states(&own));
        println!("layer {layer}: mean states differ by {difference:.1e} at most");
        assert!(difference < 1e-4, "layer {layer}: {difference}");
    }
}

#[test]
fn an_encoding_does_not_depend_on_batch_order_or_threads() {
    let texts = [sentences(), short_texts()].concat();
    let texts = as_strs(&texts);
    let together = ENCODER.encode(&texts, &|_| ()).unwrap();
    let one_thread = rust_bert(1);
    let reversed: Vec<&str> = texts.iter().rev().copied().collect();
    let mut back = one_thread.encode(&reversed, &|_| ()).unwrap();
    back.reverse();
    assert!(together == back);
    for (text, encoding) in texts.iter().zip(&together) {
        assert_eq!(&one_thread.encode(&[text], &|_| ()).unwrap()[0], encoding, "{text}");
    }
}

#[test]
fn the_bundled_heads_work_on_the_weights_that_they_were_trained_for() {
    let golden = fs::read(Path::new(ROOT).join("tests/golden/sentiment.json")).unwrap();
    let golden: serde_json::Value = serde_json::from_slice(&golden).unwrap();
    let expected: Vec<[f32; 3]> = serde_json::from_value(golden["probabilities"].clone()).unwrap();
    let encodings = ENCODER.encode(&as_strs(&sentences()), &|_| ()).unwrap();
    let difference = |(encoding, expected): (&parallax::records::Encoding, &[f32; 3])| {
        let found = encoding.sentiment.unwrap();
        [found.negative, found.neutral, found.positive]
            .iter()
            .zip(expected)
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f32::max)
    };
    let differences: Array1<f32> = encodings.iter().zip(&expected).map(difference).collect();
    let mean = differences.mean().unwrap();
    println!("a probability at 32 bits differs from that at 8 bits by {mean:.4} on average");
    assert!(mean < 0.02, "{mean}");
}

fn compare_seeds(engine: EngineName, model: String, sentiment: Option<PathBuf>) -> Finished {
    let inputs = vec![Path::new(ROOT).join("seeds")];
    compare(&Job { inputs, engine, model, sentiment, ..Job::default() }, &Silent).unwrap()
}

/// The sentences of each claim.
fn claims(found: &Finished) -> BTreeSet<Vec<SentenceId>> {
    let sentences = |claim: &Claim| claim.mentions.iter().map(|mention| mention.sentence.clone()).collect();
    found.run.claims.iter().map(sentences).collect()
}

#[test]
fn the_seeds_have_the_same_claims() {
    let bundled = compare_seeds(EngineName::Onnx, Job::default().model, None);
    let rust_bert = compare_seeds(EngineName::RustBert, model().display().to_string(), None);
    assert_eq!(claims(&rust_bert), claims(&bundled));
    assert!(rust_bert.run.figures.iter().flatten().any(|figures| figures.sentiment.is_some()));
    let out = tempfile::tempdir().unwrap();
    let Finished { run, provenance } = &rust_bert;
    parallax::report::prepare(&out.path().join("out"), &[]).unwrap();
    parallax::report::write(run, provenance, &out.path().join("out"), &[Format::Csv]).unwrap();
    let json = fs::read_to_string(out.path().join("out/run.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["config"]["engine"], "rust-bert");
    assert!(json["model"]["sha256"]["model.safetensors"].is_string(), "{json}");
}

/// The fetched model's folder with some files replaced; `None` takes one away.
fn altered(changes: &[(&str, Option<Vec<u8>>)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in ["model.toml", "config.json", "tokenizer.json", "model.safetensors"] {
        fs::copy(model().join(file), folder.path().join(file)).unwrap();
    }
    let toml = fs::read_to_string(folder.path().join("model.toml")).unwrap();
    let unpinned = toml.split("[sha256]").next().unwrap();
    fs::write(folder.path().join("model.toml"), unpinned).unwrap();
    for (file, bytes) in changes {
        match bytes {
            Some(bytes) => fs::write(folder.path().join(file), bytes).unwrap(),
            None => fs::remove_file(folder.path().join(file)).unwrap(),
        }
    }
    folder
}

#[test]
fn the_weights_may_be_in_rust_berts_own_format() {
    let folder = altered(&[("model.safetensors", None)]);
    let tensors: Vec<(String, Tensor)> = Tensor::read_safetensors(model().join("model.safetensors")).unwrap();
    // As rust-bert's converter writes them: under the names that the model's class gives them.
    let named: Vec<(String, &Tensor)> =
        tensors.iter().map(|(name, tensor)| (format!("bert.{name}"), tensor)).collect();
    Tensor::save_multi(&named, folder.path().join("rust_model.ot")).unwrap();
    let files = files(folder.path());
    let encoder = ModelEncoder::with_engine(&files, engine(&files).unwrap(), 1).unwrap();
    let texts = ["The bridge was closed on Monday.", "A short one."];
    assert_eq!(encoder.embed(&texts).unwrap(), ENCODER.embed(&texts).unwrap());
    let message = ModelEncoder::new(&files, 1).unwrap_err().to_string();
    assert!(message.contains("--engine rust-bert"), "{message}");
}

#[test]
fn what_cannot_be_run_says_why_and_how_to_mend_it() {
    let config = || -> serde_json::Value {
        serde_json::from_slice(&fs::read(model().join("config.json")).unwrap()).unwrap()
    };
    let with = |key: &str, value: serde_json::Value| {
        let mut config = config();
        config[key] = value;
        Some(config.to_string().into_bytes())
    };
    struct Case {
        file: &'static str,
        bytes: Option<Vec<u8>>,
        message: &'static str,
    }
    for case in [
        Case { file: "config.json", bytes: with("layer_norm_eps", 1e-5.into()), message: "layer_norm_eps" },
        Case { file: "config.json", bytes: with("vocab_size", 30523.into()), message: "word_embeddings" },
        Case {
            file: "config.json",
            bytes: with("intermediate_size", 1535.into()),
            message: "asks for [1535]",
        },
        Case { file: "config.json", bytes: with("model_type", "t5".into()), message: "model_type" },
        Case { file: "config.json", bytes: None, message: "config.json is missing" },
        Case { file: "model.safetensors", bytes: Some(vec![0; 100]), message: "model.safetensors" },
    ] {
        let folder = altered(&[(case.file, case.bytes)]);
        let message = engine(&files(folder.path())).err().unwrap().to_string();
        assert!(message.contains(case.message), "{message}");
    }
    let broken = altered(&[("model.safetensors", None), ("rust_model.ot", Some(vec![7; 100]))]);
    let message = engine(&files(broken.path())).err().unwrap().to_string();
    assert!(message.contains("rust_model.ot cannot be read"), "{message}");
    let message = engine(&ModelFiles::bundled().unwrap()).err().unwrap().to_string();
    assert!(message.contains("parallax models fetch all-MiniLM-L6-v2"), "{message}");
    let engine = engine(&files(&model())).unwrap();
    assert!(engine.forward(Array2::from_elem((1, 3), 30522).view(), &[]).is_err());
    assert!(engine.forward(Array2::from_elem((1, 513), 7).view(), &[]).is_err());
    assert!(engine.forward(Array2::from_elem((1, 3), 7).view(), &[7]).is_err());
}

/// A linear classifier on the tanh of the pooler's outputs, as `BertForSequenceClassification` has it.
struct Fitted {
    /// Shape `[classes, 384]`.
    weight: Array2<f32>,
    /// Shape `[classes]`.
    bias: Array1<f32>,
}

const CLASSES: [&str; 3] = ["negative", "neutral", "positive"];

fn softmax(logits: &Array2<f32>) -> Array2<f32> {
    let mut shares = logits.mapv(f32::exp);
    for mut row in shares.rows_mut() {
        row /= row.sum();
    }
    shares
}

/// What the pooler makes of each text: shape `[texts, 384]`. Computed without the classifier.
fn pooled(texts: &[&str]) -> Array2<f32> {
    let bytes = fs::read(model().join("model.safetensors")).unwrap();
    let (weight, bias) = (tensor(&bytes, "pooler.dense.weight"), tensor(&bytes, "pooler.dense.bias"));
    let engine = engine(&files(&model())).unwrap();
    let tokenizer = tokenizers::Tokenizer::from_file(model().join("tokenizer.json")).unwrap();
    let first_states = texts.iter().flat_map(|text| {
        let ids = tokenizer.encode(*text, true).unwrap();
        let n_tokens = ids.get_attention_mask().iter().sum::<u32>() as usize;
        let ids = Array2::from_shape_vec((1, n_tokens), ids.get_ids()[..n_tokens].to_vec()).unwrap();
        engine.states(ids.view(), 6).unwrap().slice(s![0, 0, ..]).to_vec()
    });
    let states = Array2::from_shape_vec((texts.len(), 384), first_states.collect()).unwrap();
    (states.dot(&weight.t()) + bias).mapv(f32::tanh)
}

/// Sentences of the repository with their sentiment.
fn labelled() -> (Vec<String>, Vec<usize>) {
    let rows = ["newsmtsc", "nyt"].iter().flat_map(|name| {
        let path = Path::new(ROOT).join(format!("models/golden/{name}.jsonl"));
        let text = fs::read_to_string(path).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<serde_json::Value>>()
    });
    let row = |row: serde_json::Value| {
        let class = CLASSES.iter().position(|class| row["label"] == *class).unwrap();
        (row["text"].as_str().unwrap().to_owned(), class)
    };
    rows.map(row).unzip()
}

/// Gradient descent on the cross-entropy.
fn fit(features: &Array2<f32>, labels: &[usize]) -> Fitted {
    let mut fitted = Fitted { weight: Array2::zeros((3, features.ncols())), bias: Array1::zeros(3) };
    for _ in 0..400 {
        let mut errors = softmax(&(features.dot(&fitted.weight.t()) + &fitted.bias));
        for (mut row, &label) in errors.rows_mut().into_iter().zip(labels) {
            row[label] -= 1.0;
        }
        let rate = 0.5 / labels.len() as f32;
        fitted.weight -= &(errors.t().dot(features) * rate);
        fitted.bias -= &(errors.sum_axis(Axis(0)) * rate);
    }
    fitted
}

/// A folder with the fetched model and this classifier on it, its classes in the order of `order`.
fn classifier_folder(fitted: &Fitted, order: &[usize]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut tensors: Vec<(String, Tensor)> = Tensor::read_safetensors(model().join("model.safetensors"))
        .unwrap()
        .into_iter()
        .map(|(name, tensor)| (format!("bert.{name}"), tensor))
        .collect();
    let weight = fitted.weight.select(Axis(0), order).into_iter().collect::<Vec<f32>>();
    let bias = fitted.bias.select(Axis(0), order).to_vec();
    tensors
        .push(("classifier.weight".to_owned(), Tensor::from_slice(&weight).view([order.len() as i64, 384])));
    tensors.push(("classifier.bias".to_owned(), Tensor::from_slice(&bias)));
    Tensor::write_safetensors(&tensors, folder.path().join("model.safetensors")).unwrap();
    let mut config: serde_json::Value =
        serde_json::from_slice(&fs::read(model().join("config.json")).unwrap()).unwrap();
    let labels =
        order.iter().enumerate().map(|(id, &class)| (id.to_string(), CLASSES[class].to_uppercase().into()));
    config["id2label"] = serde_json::Value::Object(labels.collect());
    fs::write(folder.path().join("config.json"), config.to_string()).unwrap();
    fs::copy(model().join("tokenizer.json"), folder.path().join("tokenizer.json")).unwrap();
    folder
}

#[test]
fn a_classifier_gives_the_probabilities_that_its_weights_say() {
    let (texts, labels) = labelled();
    let texts = as_strs(&texts);
    let features = pooled(&texts);
    let fitted = fit(&features, &labels);
    let expected = softmax(&(features.dot(&fitted.weight.t()) + &fitted.bias));
    let folder = classifier_folder(&fitted, &[2, 0, 1]);
    let two_threads = classifier(folder.path(), 2).unwrap();
    let found = two_threads.sentiment(&texts).unwrap();
    for (found, expected) in found.iter().zip(expected.rows()) {
        for (found, expected) in [found.negative, found.neutral, found.positive].iter().zip(expected) {
            assert!((found - expected).abs() < 1e-4, "{found} and {expected}");
        }
    }
    let right = expected
        .rows()
        .into_iter()
        .zip(&labels)
        .filter(|(row, label)| row.iter().all(|share| *share <= row[**label]));
    println!(
        "the classifier knows {} of the {} sentences that it was fitted on",
        right.count(),
        labels.len()
    );

    // The same bits alone, in any batch, in any order.
    let one_thread = classifier(folder.path(), 1).unwrap();
    let reversed: Vec<&str> = texts.iter().rev().copied().collect();
    let mut back = one_thread.sentiment(&reversed).unwrap();
    back.reverse();
    assert_eq!(back, found);
    for (text, found) in texts.iter().zip(&found).step_by(3) {
        assert_eq!(one_thread.sentiment(&[text]).unwrap(), [*found], "{text}");
    }

    // In a run, in place of the head's figures, and with no share of a word.
    let found_run = compare_seeds(EngineName::Onnx, Job::default().model, Some(folder.path().to_owned()));
    let Finished { run, provenance } = &found_run;
    let position = run.figures.iter().position(Option::is_some).unwrap();
    let text = run.corpus.sentence_at(position).text();
    let figures = run.figures[position].as_ref().unwrap();
    assert_eq!(figures.sentiment, Some(two_threads.sentiment(&[text]).unwrap()[0]));
    let is_tone = |reading: &&Reading| reading.measure == "sentiment";
    let tones = run.readings.iter().flat_map(|of| of.readings.iter().filter(is_tone));
    assert!(tones.into_iter().all(|reading| reading.words.is_empty()));
    assert!(provenance.model.sha256.contains_key("sentiment/model.safetensors"));

    // A classifier of two classes has no neutral; vocab.txt serves where there is no tokenizer.json.
    let two = classifier_folder(&fitted, &[0, 2]);
    let tokenizer = tokenizers::Tokenizer::from_file(model().join("tokenizer.json")).unwrap();
    let mut vocabulary: Vec<(String, u32)> = tokenizer.get_vocab(false).into_iter().collect();
    vocabulary.sort_by_key(|(_, id)| *id);
    let vocabulary: String = vocabulary.into_iter().map(|(token, _)| token + "\n").collect();
    fs::write(two.path().join("vocab.txt"), vocabulary).unwrap();
    fs::remove_file(two.path().join("tokenizer.json")).unwrap();
    let two = classifier(two.path(), 1).unwrap().sentiment(&texts).unwrap();
    for (two, three) in two.iter().zip(&found) {
        let expected = three.positive / (three.positive + three.negative);
        assert!(two.neutral == 0.0 && (two.positive - expected).abs() < 1e-4, "{two:?} and {three:?}");
    }
}

#[test]
fn a_folder_that_holds_no_classifier_is_refused() {
    let fitted = Fitted { weight: Array2::zeros((3, 384)), bias: Array1::zeros(3) };
    let message = |change: &dyn Fn(&Path)| {
        let folder = classifier_folder(&fitted, &[0, 1, 2]);
        change(folder.path());
        classifier(folder.path(), 1).err().unwrap().to_string()
    };
    let without = |file: &str| message(&|folder| fs::remove_file(folder.join(file)).unwrap());
    let without_config = without("config.json");
    assert!(without_config.contains("no config.json"), "{without_config}");
    let without_weights = without("model.safetensors");
    assert!(without_weights.contains("neither model.safetensors nor rust_model.ot"), "{without_weights}");
    let without_tokenizer = without("tokenizer.json");
    assert!(without_tokenizer.contains("no tokenizer.json"), "{without_tokenizer}");
    let of_an_encoder = message(&|folder| {
        fs::copy(model().join("config.json"), folder.join("config.json")).unwrap();
    });
    assert!(of_an_encoder.contains("id2label"), "{of_an_encoder}");
}
