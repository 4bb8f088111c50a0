//! Seconds that finding copies takes, without the model: `benches/README.md` has the figures.
//!
//! ```sh
//! cargo bench --bench copies -- articles.jsonl --threads 2
//! cargo bench --bench copies -- articles.jsonl --threads 2 --dump found.jsonl   # for benches/check_copies.py
//! ```

use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::time::Instant;

use parallax::annotate::annotate;
use parallax::clean::clean;
use parallax::group::{CopyOptions, copies};
use parallax::read::{ReadOptions, read};
use parallax::records::{Annotations, Article, Copies, Field, Kind, Sentence};
use parallax::split::split;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let value = |flag: &str| {
        arguments.iter().position(|argument| argument == flag).map(|at| arguments[at + 1].as_str())
    };
    let n_threads = value("--threads").map_or(2, |number| number.parse().expect("--threads takes a number"));
    let input = PathBuf::from(arguments.get(1).expect("name a file of articles"));
    let reading = read(&[input], &ReadOptions::default()).expect("the articles can be read");
    let articles: Vec<Article> = reading.articles.into_iter().map(clean).collect();
    let sentences: Vec<Vec<Sentence>> =
        articles.iter().enumerate().map(|(position, article)| split(article, position)).collect();
    let annotations: Vec<Annotations> = articles
        .iter()
        .zip(&sentences)
        .flat_map(|(article, sentences)| annotate(article, sentences))
        .collect();
    let sentences = sentences.concat();
    let workers =
        rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().expect("threads can be started");
    for run in 1..=3 {
        let start = Instant::now();
        let found = workers.install(|| copies(&articles, &sentences, &annotations, &CopyOptions::default()));
        println!(
            "run {run}: {} articles, {} sentences, {} near-duplicates, {} copied spans: {:.2} s",
            articles.len(),
            sentences.len(),
            found.duplicate_of.iter().flatten().count(),
            found.spans.len(),
            start.elapsed().as_secs_f64()
        );
        if let Some(path) = value("--dump").filter(|_| run == 1) {
            dump(path, &articles, &sentences, &annotations, &found).expect("the dump can be written");
        }
    }
}

/// One line an article: what was compared and what was found.
fn dump(
    path: &str,
    articles: &[Article],
    sentences: &[Sentence],
    annotations: &[Annotations],
    found: &Copies,
) -> std::io::Result<()> {
    let mut file = BufWriter::new(std::fs::File::create(path)?);
    let mut at = 0;
    for (position, article) in articles.iter().enumerate() {
        let start = at;
        at += sentences[start..].iter().take_while(|sentence| sentence.article == position).count();
        let is_running =
            |at: &usize| sentences[*at].kind == Kind::Body && sentences[*at].field == Field::Body;
        let running = (start..at).filter(is_running).map(|at| {
            let sentence = &sentences[at];
            let quotations: Vec<[usize; 2]> =
                annotations[at].quotations.iter().map(|it| [it.span.start, it.span.end]).collect();
            let text = sentence.text(article);
            serde_json::json!({"position": at, "text": text, "quotations": quotations, "origin": found.origin[at]})
        });
        let line = serde_json::json!({
            "article_id": article.id,
            "date_published": article.date_published.map(|date| date.to_string()),
            "duplicate_of": found.duplicate_of[position].map(|original| &articles[original].id),
            "sentences": running.collect::<Vec<_>>(),
        });
        writeln!(file, "{line}")?;
    }
    file.flush()
}
