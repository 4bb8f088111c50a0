//! Encodings that the store writes and reads per second, with one thread and with two, beside the time of encoding with a
//! cold and a warm store.
//!
//! ```sh
//! cargo bench --bench store
//! ```

use std::time::Instant;

use parallax::encode::{Encoder, ModelEncoder, ModelFiles};
use parallax::records::Encoding;
use parallax::store::{CachedEncoder, Store, StoreOptions};
use rayon::prelude::*;

fn main() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/sentences.txt");
    let text = std::fs::read_to_string(path).expect("the sentences are part of the repository");
    let sentences: Vec<&str> = text.lines().collect();
    let files = ModelFiles::bundled().expect("the default features bundle the model");
    let encoder = ModelEncoder::new(&files, 2).expect("the bundled model loads");
    let encode = |encoder: &dyn Encoder| encoder.encode(&sentences, &|_| ()).expect("the model runs");
    let encodings = encode(&encoder);

    // Interleaved, so that a slower minute of the machine hits both.
    for run in 1..=3 {
        let folder = tempfile::tempdir().expect("the system has a temporary folder");
        let options = StoreOptions::in_folder(folder.path().to_owned());
        let open = || Store::open(&options).expect("the folder is new");
        report(&format!("run {run}: the encoder alone"), sentences.len(), || encode(&encoder));
        for state in ["cold", "warm"] {
            let store = open();
            report(&format!("run {run}: with a {state} store"), sentences.len(), || {
                encode(&CachedEncoder::new(&encoder, &store))
            });
            report(&format!("run {run}: closing it"), sentences.len(), || store.close());
        }
    }
    for n_threads in [1, 2] {
        let pool =
            rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().expect("threads can be had");
        pool.install(|| speed(&encodings, n_threads));
    }
}

/// Puts and gets some hundred megabytes.
fn speed(encodings: &[Encoding], n_threads: usize) {
    let folder = tempfile::tempdir().expect("the system has a temporary folder");
    let options = StoreOptions::in_folder(folder.path().to_owned());
    let fingerprint = parallax::encode::Fingerprint([0; 32]);
    let texts: Vec<String> = (0..20_000).map(|number| format!("Text {number}.")).collect();
    let of = |position: usize| &encodings[position % encodings.len()];
    let store = Store::open(&options).expect("the folder is new");
    report(&format!("put, {n_threads} threads"), texts.len(), || {
        texts.par_iter().enumerate().for_each(|(position, text)| store.put(fingerprint, text, of(position)));
        store.flush();
    });
    println!("{:.1} kB a text", store.close().bytes as f64 / texts.len() as f64 / 1e3);
    let store = report("open", texts.len(), || Store::open(&options).expect("the folder is ours"));
    report(&format!("get, {n_threads} threads"), texts.len(), || {
        texts.par_iter().for_each(|text| assert!(store.get(fingerprint, text).is_some()));
    });
}

fn report<T>(what: &str, count: usize, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = work();
    let seconds = start.elapsed().as_secs_f64();
    println!("{what}: {seconds:.3} s, {:.0} a second", count as f64 / seconds);
    done
}
