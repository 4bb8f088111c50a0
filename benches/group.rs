//! Seconds of the grouping alone on real words with made-up embeddings, so that nothing is encoded.
//!
//! ```sh
//! cargo bench --bench group -- articles.jsonl
//! ```
//! A row has `text`, and may have `title` and `date`. Each article is one sentence of its first 400 words; its embedding is the
//! normalised sum of a fixed random direction for each word, as wide as the bundled model's.

use std::time::Instant;

use parallax::group::{GroupOptions, Profile, ProfileSentence, events_of};
use parallax::read::parse_day;
use parallax::records::{Article, Encoding, Kind, Span, Thresholds, TokenStates};
use serde_json::Value;

const WIDTH: usize = 384;
const MAX_WORDS: usize = 400;

fn main() {
    // Cargo passes `--bench` as well.
    let path = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let file = std::fs::read_to_string(path.expect("name a JSONL file")).expect("the file can be read");
    let rows = file.lines().map(|line| serde_json::from_str(line).expect("a JSON object a line"));
    let articles: Vec<Article> = rows.enumerate().map(|(n, row)| article(n, &row)).collect();
    let profile = |article: &Article| {
        let body = article.body.as_str();
        let encoding = encoding(body);
        let sentence = ProfileSentence::encoded(Kind::Body, body, &encoding);
        Profile::new(article, [sentence], &Thresholds::default()).expect("it has one sentence")
    };
    let profiles: Vec<Profile> = articles.iter().map(profile).collect();
    for run in 1..=3 {
        let profiles = profiles.clone();
        let start = Instant::now();
        let events = events_of(profiles, &GroupOptions::default(), &Thresholds::default());
        let seconds = start.elapsed().as_secs_f64();
        let largest = events.iter().map(|event| event.articles.len()).max().unwrap_or(0);
        println!(
            "run {run}: {} articles, {} events (largest {largest}), {seconds:.2} s",
            articles.len(),
            events.len()
        );
    }
}

fn article(n: usize, row: &Value) -> Article {
    let field = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
    let body: Vec<&str> =
        field("title").split_whitespace().chain(field("text").split_whitespace()).take(MAX_WORDS).collect();
    let date_published = parse_day(field("date")).unwrap_or_default();
    Article { date_published, ..Article::new(format!("{n:06}"), field("outlet"), body.join(" ")) }
}

fn encoding(text: &str) -> Encoding {
    let mut embedding = vec![0.0_f32; WIDTH];
    let (mut spans, mut start) = (vec![], 0);
    for word in text.split(' ') {
        spans.push(Span::new(start, start + word.len()));
        start += word.len() + 1;
        add_direction(word, &mut embedding);
    }
    let length = embedding.iter().map(|x| x * x).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
    embedding.iter_mut().for_each(|x| *x /= length);
    let n = spans.len();
    // Words of four letters and more stand for those that are rare enough to count.
    let weights = spans.iter().map(|span| if span.end - span.start >= 4 { 6.0 } else { 1.0 }).collect();
    let words = TokenStates { spans, weights, states: ndarray::Array2::zeros((n, 1)), scales: vec![1.0; n] };
    Encoding::without_heads(embedding, words)
}

/// FNV-1a of the word seeds a xorshift generator.
fn add_direction(word: &str, sum: &mut [f32]) {
    let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let mut state = word.bytes().fold(0xcbf2_9ce4_8422_2325, mix) | 1;
    for x in sum {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        *x += (state >> 40) as f32 / (1_u64 << 23) as f32 - 1.0;
    }
}
