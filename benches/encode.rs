//! Sentences per second of the encoder alone, on `benches/sentences.txt`. `benches/run` sets it beside onnxruntime,
//! `benches/run_rust_bert` the engines beside one another.
//!
//! ```sh
//! cargo bench --bench encode -- --threads 2
//! cargo bench --features rust-bert --bench encode -- --threads 2 --model DIR
//! ```

use std::path::Path;
use std::time::Instant;

use parallax::encode::{Encoder, ModelEncoder, ModelFiles};

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let value = |flag: &str| {
        arguments.iter().position(|argument| argument == flag).map(|at| arguments[at + 1].as_str())
    };
    let n_threads = value("--threads").map_or(2, |number| number.parse().expect("--threads takes a number"));
    let files = ModelFiles::bundled().expect("the default features bundle the model");
    let bundled = ModelEncoder::new(&files, n_threads).expect("the bundled model loads");
    let Some(folder) = value("--model") else {
        println!("parallax {:.1} sentences/s", speed(&bundled));
        return;
    };
    let files = ModelFiles::from_folder(Path::new(folder)).expect("--model takes a model's folder");
    let files = files.with_heads_of(ModelFiles::bundled().expect("it was loaded before"));
    let mut encoders = vec![
        ("onnx, the bundled 8-bit weights", bundled),
        ("onnx, 32-bit weights", ModelEncoder::new(&files, n_threads).expect("the model loads")),
    ];
    encoders.extend(rust_bert(&files, n_threads));
    // Interleaved, so that a slower minute of the machine hits every engine.
    for run in 1..=3 {
        for (name, encoder) in &encoders {
            println!("run {run}: {name}: {:.1} sentences/s", speed(encoder));
        }
    }
}

#[cfg(feature = "rust-bert")]
fn rust_bert(files: &ModelFiles, n_threads: usize) -> Option<(&'static str, ModelEncoder)> {
    let engine = parallax::encode::rust_bert::engine(files).expect("the model loads");
    let encoder = ModelEncoder::with_engine(files, engine, n_threads).expect("the model loads");
    Some(("rust-bert, 32-bit weights", encoder))
}

#[cfg(not(feature = "rust-bert"))]
fn rust_bert(_: &ModelFiles, _: usize) -> Option<(&'static str, ModelEncoder)> {
    None
}

fn speed(encoder: &ModelEncoder) -> f64 {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/sentences.txt");
    let text = std::fs::read_to_string(path).expect("the sentences are part of the repository");
    let sentences: Vec<&str> = text.lines().collect();
    encoder.encode(&sentences[..100], &|_| ()).expect("the model runs");
    let start = Instant::now();
    let encodings = encoder.encode(&sentences, &|_| ()).expect("the model runs");
    assert_eq!(encodings.len(), sentences.len());
    sentences.len() as f64 / start.elapsed().as_secs_f64()
}
