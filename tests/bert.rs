//! The float32 weights of all-MiniLM-L6-v2 in our own engine, against sentence-transformers and against themselves.
//!
//! The weights are 91 MB and not in the repository. `.ci/run` fetches them below `target/` and runs these tests:
//!
//! ```sh
//! PARALLAX_CACHE=target/model-cache cargo run --release -- models fetch all-MiniLM-L6-v2
//! cargo test --release --test bert -- --ignored
//! ```

use std::path::Path;
use std::time::Instant;

use ndarray::{Array2, Axis};
use parallax::encode::{Encoder, ModelEncoder, ModelFiles};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn fetched(n_threads: usize) -> ModelEncoder {
    let folder = Path::new(ROOT).join("target/model-cache/models/all-MiniLM-L6-v2");
    let files =
        ModelFiles::from_folder(&folder).expect("fetch the model first, as the head of this file says");
    ModelEncoder::new(&files, n_threads).unwrap()
}

fn lines(path: &str) -> Vec<String> {
    std::fs::read_to_string(Path::new(ROOT).join(path)).unwrap().lines().map(str::to_owned).collect()
}

fn reference() -> Array2<f32> {
    let bytes = std::fs::read(Path::new(ROOT).join("tests/golden/embeddings.safetensors")).unwrap();
    let tensors = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    let tensor = tensors.tensor("embeddings").unwrap();
    let values = tensor.data().as_chunks::<4>().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect();
    Array2::from_shape_vec((tensor.shape()[0], tensor.shape()[1]), values).unwrap()
}

#[test]
#[ignore = "needs the fetched weights; .ci/run runs it"]
fn embeddings_agree_with_sentence_transformers() {
    let sentences = lines("tests/golden/sentences.txt");
    let sentences: Vec<&str> = sentences.iter().map(String::as_str).collect();
    let ours = fetched(2).embed(&sentences).unwrap();
    let cosines = (&ours * &reference()).sum_axis(Axis(1));
    let least = cosines.fold(1.0_f32, |a, &b| a.min(b));
    println!("our engine at 32 bits against sentence-transformers: cosine {least:.7} at least");
    assert!(least >= 0.999_99, "cosine is {least} at least");
}

#[test]
#[ignore = "needs the fetched weights; .ci/run runs it"]
fn an_encoding_does_not_depend_on_batch_order_or_threads() {
    let sentences = lines("tests/golden/sentences.txt");
    let sentences: Vec<&str> = sentences.iter().map(String::as_str).collect();
    let (one, two) = (fetched(1), fetched(2));
    let together = two.encode(&sentences, &|_| ()).unwrap();
    let reversed: Vec<&str> = sentences.iter().rev().copied().collect();
    let mut back = one.encode(&reversed, &|_| ()).unwrap();
    back.reverse();
    assert!(together == back);
    for (text, encoding) in sentences.iter().zip(&together).step_by(7) {
        assert_eq!(&one.encode(&[text], &|_| ()).unwrap()[0], encoding, "{text}");
    }
}

/// Prints the figures of `benches/README.md`, interleaved so that a slower minute of the machine hits both engines:
/// `cargo test --release --test bert -- --ignored --nocapture speed`.
#[test]
#[ignore = "measures; takes half a minute"]
fn speed_beside_the_bundled_model() {
    let sentences = lines("benches/sentences.txt");
    let sentences: Vec<&str> = sentences.iter().map(String::as_str).collect();
    let bundled = ModelEncoder::new(&ModelFiles::bundled().unwrap(), 2).unwrap();
    let fetched = fetched(2);
    for run in 1..=3 {
        for (name, encoder) in [("bundled, rten", &bundled), ("fetched, our engine", &fetched)] {
            let start = Instant::now();
            encoder.encode(&sentences, &|_| ()).unwrap();
            let speed = sentences.len() as f64 / start.elapsed().as_secs_f64();
            println!("run {run}: {name}: {speed:.1} sentences/s");
        }
    }
}
