//! Prints the evidence on each pair of a labelled file as CSV: what `models/train_verifier.py` reads.
//!
//!     cargo run --release --example pair_evidence -- PAIRS.jsonl > evidence.csv

use std::path::Path;

use parallax::cluster::EVIDENCE;
use parallax::config::Config;
use parallax::evaluate::pair_evidence;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args().nth(1).ok_or("name a file with the fields text_a and text_b")?;
    let mut out = csv::Writer::from_writer(std::io::stdout().lock());
    out.write_record(EVIDENCE)?;
    for evidence in pair_evidence(Path::new(&file), &Config::default())? {
        out.write_record(evidence.map(|value| value.to_string()))?;
    }
    Ok(out.flush()?)
}
