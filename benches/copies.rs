//! Seconds that finding copies takes, without the model: `benches/README.md` has the figures.
//!
//! ```sh
//! cargo bench --bench copies -- articles.jsonl --threads 2
//! cargo bench --bench copies -- articles.jsonl --threads 2 --dump found.jsonl   # for benches/check_copies.py
//! ```

use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::time::Instant;

use parallax::group::{CopyOptions, copies};
use parallax::pipeline::document;
use parallax::read::{ReadOptions, read};
use parallax::records::{Copies, Corpus, Document, Field, Kind};

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let value = |flag: &str| {
        arguments.iter().position(|argument| argument == flag).map(|at| arguments[at + 1].as_str())
    };
    let n_threads = value("--threads").map_or(2, |number| number.parse().expect("--threads takes a number"));
    let input = PathBuf::from(arguments.get(1).expect("name a file of articles"));
    let reading = read(&[input], &ReadOptions::default()).expect("the articles can be read");
    let corpus = Corpus::new(reading.articles.into_iter().map(document).collect());
    let workers =
        rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().expect("threads can be started");
    for run in 1..=3 {
        let start = Instant::now();
        let found = workers.install(|| copies(&corpus, &CopyOptions::default()));
        println!(
            "run {run}: {} articles, {} sentences, {} near-duplicates, {} copied spans: {:.2} s",
            corpus.documents().len(),
            corpus.n_sentences(),
            found.duplicate_of.len(),
            found.spans.len(),
            start.elapsed().as_secs_f64()
        );
        if let Some(path) = value("--dump").filter(|_| run == 1) {
            dump(path, &corpus, &found).expect("the dump can be written");
        }
    }
}

/// One line an article: what was compared and what was found.
fn dump(path: &str, corpus: &Corpus, found: &Copies) -> std::io::Result<()> {
    let mut file = BufWriter::new(std::fs::File::create(path)?);
    for (position, Document { article, .. }) in corpus.documents().iter().enumerate() {
        let sentences = corpus.sentences_of(position).map(|at| (at, corpus.sentence_at(at)));
        let running = sentences
            .filter(|(_, of)| of.sentence.kind == Kind::Body && of.sentence.field == Field::Body)
            .map(|(at, of)| {
                let quotations = of.annotations.quotations.iter();
                let quotations: Vec<[usize; 2]> =
                    quotations.map(|it| [it.span.start, it.span.end]).collect();
                let origin = corpus.sentence_position(found.origin_of(of.id()));
                serde_json::json!({"position": at, "text": of.text(), "quotations": quotations, "origin": origin})
            });
        let line = serde_json::json!({
            "article_id": article.id,
            "date_published": article.date_published.map(|date| date.to_string()),
            "duplicate_of": found.duplicate_of.get(&article.id),
            "sentences": running.collect::<Vec<_>>(),
        });
        writeln!(file, "{line}")?;
    }
    file.flush()
}
