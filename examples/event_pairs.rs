//! Prints every pair of sentences that matching looks at in the events of a file of articles, with its evidence and what the pair
//! network says, as CSV: what `models/train_decision.py` reads.
//!
//!     cargo run --release --example event_pairs -- ARTICLES.jsonl [MODEL] > pairs.csv

use std::path::Path;

use parallax::cluster::Evidence;
use parallax::evaluate::event_pairs;
use parallax::job::Job;
use parallax::records::Field;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args().nth(1).ok_or("name a file of articles with the field `event`")?;
    let mut job = Job::default();
    job.model = std::env::args().nth(2).unwrap_or(job.model);
    let mut out = csv::Writer::from_writer(std::io::stdout().lock());
    let sides =
        ["a", "b"].map(|side| ["article", "field", "start", "end"].map(|part| format!("{part}_{side}")));
    let names = [
        "read_shared",
        "read_same",
        "read_conflicting",
        "edited",
        "conflicting",
        "conflict",
        "clash_a",
        "clash_b",
    ];
    let header = std::iter::once("event").chain(sides.iter().flatten().map(String::as_str));
    out.write_record(header.chain(names).chain(Evidence::NAMES))?;
    for pair in event_pairs(Path::new(&file), &job)? {
        let mut row = vec![pair.event];
        for (article, field, span) in &pair.places {
            let field = if *field == Field::Headline { "headline" } else { "body" };
            row.extend([article.to_string(), field.to_owned(), span.start.to_string(), span.end.to_string()]);
        }
        let found = &pair.found;
        let read = |part: fn(&parallax::records::PairReading) -> f32| {
            found.reading.as_ref().map_or(String::new(), |reading| part(reading).to_string())
        };
        row.extend([read(|of| of.shared), read(|of| of.same), read(|of| of.conflicting)]);
        row.extend([u8::from(found.is_edited).to_string(), found.conflicting.to_string()]);
        row.push(found.clash().map_or(String::new(), |clash| clash.kind.as_str().to_owned()));
        let clash =
            |side: usize| found.clash().map(|of| format!("{}:{}", of.words[side].start, of.words[side].end));
        row.extend([0, 1].map(|side| clash(side).unwrap_or_default()));
        row.extend(found.evidence.values().map(|value| value.to_string()));
        out.write_record(row)?;
    }
    Ok(out.flush()?)
}
