//! Prints the evidence on each pair of a labelled file as CSV, with 1 in the last column for a pair that is an edit: what `models/train_verifier.py` reads.
//!
//!     cargo run --release --example pair_evidence -- PAIRS.jsonl > evidence.csv

use std::path::Path;

use parallax::cluster::Evidence;
use parallax::evaluate::pair_evidence;
use parallax::job::Job;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args().nth(1).ok_or("name a file with the fields text_a and text_b")?;
    let mut out = csv::Writer::from_writer(std::io::stdout().lock());
    out.write_record(Evidence::NAMES.iter().chain(&["edited"]))?;
    for evidence in pair_evidence(Path::new(&file), &Job::default())? {
        let figures = evidence.values().map(|value| value.to_string());
        out.write_record(figures.into_iter().chain([u8::from(evidence.is_edited()).to_string()]))?;
    }
    Ok(out.flush()?)
}
