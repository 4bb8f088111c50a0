//! Figures for matching and grouping on labelled files, over the functions that `compare` uses:
//!
//! ```sh
//! cargo run --release --example matching_figures -- pairs nanco_dev.jsonl ecbplus_pairs_dev.jsonl
//! cargo run --release --example matching_figures -- events neus_allsides_val.jsonl
//! ```
//!
//! `pairs` reads `text_a`, `text_b` and `label` (1 or "match" for the same claim); `events` reads rows with `event_id`
//! and `articles` of `title` and `text`. Gzipped files are to be unpacked first.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use parallax::annotate::annotate;
use parallax::clean::clean;
use parallax::cluster::{Candidate, NameFrequency, Verdict, check, similarity};
use parallax::encode::{ModelEncoder, ModelFiles, encode};
use parallax::group::{GroupOptions, group};
use parallax::records::{Annotations, Article, Encoding, Origin, Sentence};
use parallax::split::split;
use serde_json::Value;

const THRESHOLDS: [f32; 5] = [0.60, 0.64, 0.68, 0.72, 0.76];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (task, files) = arguments.split_first().ok_or("usage: matching_figures pairs|events FILE...")?;
    let encoder = ModelEncoder::new(&ModelFiles::bundled()?, 2)?;
    for file in files {
        let text = fs::read_to_string(file)?;
        let rows = text.lines().map(serde_json::from_str).collect::<Result<Vec<Value>, _>>()?;
        println!("\n{file}: {} rows", rows.len());
        match task.as_str() {
            "pairs" => pairs(&encoder, &rows)?,
            "events" => events(&encoder, &rows)?,
            other => return Err(format!("unknown task {other}; give pairs or events").into()),
        }
    }
    Ok(())
}

fn article(id: String, headline: &str, body: &str) -> Article {
    clean(Article {
        id,
        outlet: String::new(),
        headline: headline.to_owned(),
        body: body.to_owned(),
        url: String::new(),
        date_published: None,
        groups: BTreeMap::new(),
        origin: Origin { file: String::new(), row: None },
        language: String::new(),
        blocks: vec![],
        warnings: vec![],
    })
}

/// Each text as one sentence: annotated as it would be in an article of its own.
fn whole(text: &str) -> Annotations {
    let article = article("x".to_owned(), text, "");
    annotate(&article, &split(&article, 0)).remove(0)
}

fn pairs(encoder: &ModelEncoder, rows: &[Value]) -> Result<(), Box<dyn std::error::Error>> {
    let field = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().trim().to_owned();
    let texts: Vec<String> =
        rows.iter().flat_map(|row| [field(row, "text_a"), field(row, "text_b")]).collect();
    let labels: Vec<bool> = rows.iter().map(|row| row["label"] == 1 || row["label"] == "match").collect();
    let encodings = encode(encoder, &texts.iter().map(String::as_str).collect::<Vec<_>>(), &|_| ())?;
    let annotations: Vec<Annotations> = texts.iter().map(|text| whole(text)).collect();
    let names = NameFrequency::new(&annotations);
    let candidate = |i: usize| Candidate {
        sentence: i,
        article: i,
        text: &texts[i],
        encoding: &encodings[i],
        annotations: &annotations[i],
    };
    let scored = (0..rows.len()).map(|row| {
        let (a, b) = (candidate(2 * row), candidate(2 * row + 1));
        (similarity(&a, &b), check(&a, &b, &names))
    });
    let scored: Vec<_> = scored.collect();
    let column = |value: &dyn Fn(usize) -> f32| (0..rows.len()).map(value).collect::<Vec<f32>>();
    for (name, scores) in [
        ("cosine", column(&|row| scored[row].0.cosine)),
        ("coverage", column(&|row| scored[row].0.coverage)),
        ("score (mean of both)", column(&|row| scored[row].0.score)),
    ] {
        println!("AUC {:.3}  {name}", auc(&scores, &labels));
    }
    println!("threshold  kept of same  kept of others   with checks: kept of same  kept of others");
    for threshold in THRESHOLDS {
        let share = |label: bool, checked: bool| {
            let of_label = (0..rows.len()).filter(|&row| labels[row] == label);
            let kept = of_label.clone().filter(|&row| {
                let forbidden = matches!(scored[row].1, Verdict::OtherSpeaker | Verdict::OtherNames);
                scored[row].0.score >= threshold && !(checked && forbidden)
            });
            kept.count() as f32 / of_label.count() as f32
        };
        let shares = [(true, false), (false, false), (true, true), (false, true)].map(|(l, c)| share(l, c));
        println!(
            "{threshold:.2}       {:>12.3}  {:>14.3}   {:>25.3}  {:>14.3}",
            shares[0], shares[1], shares[2], shares[3]
        );
    }
    Ok(())
}

/// Area under the ROC curve: the chance that a pair of the same claim scores above another; ties count half.
fn auc(scores: &[f32], labels: &[bool]) -> f64 {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| scores[a].total_cmp(&scores[b]));
    let (mut rank, mut rank_sum) = (0.0, 0.0);
    for ties in order.chunk_by(|&a, &b| scores[a] == scores[b]) {
        let mean_rank = rank + (ties.len() as f64 + 1.0) / 2.0;
        rank_sum += mean_rank * ties.iter().filter(|&&row| labels[row]).count() as f64;
        rank += ties.len() as f64;
    }
    let positive = labels.iter().filter(|&&label| label).count() as f64;
    let negative = labels.len() as f64 - positive;
    (rank_sum - positive * (positive + 1.0) / 2.0) / (positive * negative)
}

fn events(encoder: &ModelEncoder, rows: &[Value]) -> Result<(), Box<dyn std::error::Error>> {
    let (mut articles, mut truth): (Vec<Article>, Vec<usize>) = (vec![], vec![]);
    for (event, row) in rows.iter().enumerate() {
        for of_event in row["articles"].as_array().ok_or("`articles` is no list")? {
            let text = |name: &str| of_event[name].as_str().unwrap_or_default();
            articles.push(article(format!("{event}-{}", articles.len()), text("title"), text("text")));
            truth.push(event);
        }
    }
    let sentences: Vec<Sentence> =
        articles.iter().enumerate().flat_map(|(position, article)| split(article, position)).collect();
    let texts: Vec<&str> =
        sentences.iter().map(|sentence| sentence.text(&articles[sentence.article])).collect();
    let encodings: Vec<Option<Encoding>> = encode(encoder, &texts, &|_| ())?.into_iter().map(Some).collect();
    println!("threshold  B-cubed precision  recall     F1  events");
    for threshold in [0.36, 0.38, 0.40, 0.42, 0.44, 0.46] {
        let found =
            group(&articles, &sentences, &encodings, &GroupOptions { threshold, ..GroupOptions::default() });
        let groups: Vec<BTreeSet<usize>> =
            found.iter().map(|event| event.articles.iter().copied().collect()).collect();
        let (precision, recall) = b_cubed(&groups, &truth);
        let f1 = 2.0 * precision * recall / (precision + recall);
        println!("{threshold:.2}       {precision:>17.3}  {recall:>6.3}  {f1:>5.3}  {:>6}", groups.len());
    }
    Ok(())
}

/// Bagga & Baldwin 1998: for each member, the share of its group that is of its class, and the reverse; averaged.
fn b_cubed(groups: &[BTreeSet<usize>], truth: &[usize]) -> (f64, f64) {
    let (mut precision, mut recall, mut n) = (0.0, 0.0, 0.0);
    for group in groups {
        for &member in group {
            let same = group.iter().filter(|&&other| truth[other] == truth[member]).count() as f64;
            let class = truth.iter().filter(|&&class| class == truth[member]).count() as f64;
            precision += same / group.len() as f64;
            recall += same / class;
            n += 1.0;
        }
    }
    (precision / n, recall / n)
}
