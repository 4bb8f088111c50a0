//! Every input of `fuzz/corpus` through its fuzz target: what once broke something stays mended.

#[path = "../fuzz/targets/mod.rs"]
mod targets;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

#[test]
fn every_input_of_the_corpus_holds() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let mut folders = BTreeSet::new();
    for entry in fs::read_dir(&corpus).unwrap() {
        folders.insert(entry.unwrap().file_name().into_string().unwrap());
    }
    let names: BTreeSet<String> = targets::TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(folders, names, "each target has its inputs");
    for (name, target) in targets::TARGETS {
        for entry in fs::read_dir(corpus.join(name)).unwrap() {
            let path = entry.unwrap().path();
            // Shown where one fails.
            println!("{}", path.display());
            target(&fs::read(path).unwrap());
        }
    }
}
