//! Prints everything that the measures of framing mark in labelled pairs of sentences, with its figures and what readers say of it, as CSV: what
//! `models/train_salience.py` reads. `words_a` and `words_b` are in characters of the article's field.
//!
//!     cargo run --release --example framing_pairs -- ARTICLES.jsonl LABELS.jsonl [MODEL] > rows.csv

use std::path::Path;

use parallax::evaluate::{Worth, framing_pairs};
use parallax::framing::FIGURES;
use parallax::job::Job;
use parallax::records::Span;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let [articles, labels] =
        [arguments.next(), arguments.next()].map(|of| of.ok_or("name the articles and the labels"));
    let mut job = Job::default();
    job.model = arguments.next().unwrap_or(job.model);
    let mut out = csv::Writer::from_writer(std::io::stdout().lock());
    let names =
        ["event", "pair", "dimension", "words_a", "words_b", "value_a", "value_b", "salience", "worth"];
    out.write_record(names.into_iter().chain(FIGURES))?;
    let worth = |worth: Option<Worth>| match worth {
        None => "none",
        Some(Worth::Trivial) => "trivial",
        Some(Worth::Useful) => "useful",
    };
    let span = |of: Option<Span>| of.map_or(String::new(), |span| format!("{}:{}", span.start, span.end));
    for pair in framing_pairs(Path::new(&articles?), Path::new(&labels?), &job)? {
        let id = pair.sentences.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        // What readers noted down and no measure marks is a row without figures.
        for (dimension, of, found) in &pair.noted {
            if !found {
                let row = [
                    &pair.event,
                    &id,
                    dimension,
                    "",
                    "",
                    "",
                    "",
                    "",
                    &format!("missed {}", worth(Some(*of))),
                ];
                out.write_record(row.into_iter().chain(FIGURES.map(|_| "")))?;
            }
        }
        for marked in &pair.marked {
            let (a, b) = (&marked.difference.a, &marked.difference.b);
            let row = [
                &pair.event,
                &id,
                &*marked.difference.dimension,
                &span(marked.words[0]),
                &span(marked.words[1]),
                &a.value,
                &b.value,
                &marked.difference.salience.to_string(),
                worth(marked.worth),
            ];
            out.write_record(
                row.into_iter().map(str::to_owned).chain(marked.figures.iter().map(f32::to_string)),
            )?;
        }
    }
    Ok(out.flush()?)
}
