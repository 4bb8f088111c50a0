//! Sentences per second of the encoder alone, on `benches/sentences.txt`. `benches/run` sets it beside onnxruntime.
//!
//! ```sh
//! cargo bench --bench encode -- --threads 2
//! ```

use std::time::Instant;

use parallax::encode::{Encoder, ModelEncoder, ModelFiles};

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let n_threads = arguments.iter().position(|argument| argument == "--threads");
    let n_threads = n_threads.map_or(2, |at| arguments[at + 1].parse().expect("--threads takes a number"));
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/sentences.txt");
    let text = std::fs::read_to_string(path).expect("the sentences are part of the repository");
    let sentences: Vec<&str> = text.lines().collect();
    let files = ModelFiles::bundled().expect("the default features bundle the model");
    let encoder = ModelEncoder::new(&files, n_threads).expect("the bundled model loads");
    encoder.encode(&sentences[..100], &|_| ()).expect("the bundled model runs");
    let start = Instant::now();
    let encodings = encoder.encode(&sentences, &|_| ()).expect("the bundled model runs");
    let seconds = start.elapsed().as_secs_f64();
    assert_eq!(encodings.len(), sentences.len());
    println!("parallax {:.1} sentences/s", sentences.len() as f64 / seconds);
}
