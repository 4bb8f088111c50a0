//! An encoder without weights: what it gives of a text is a function of its words.

use ndarray::Array2;
use parallax::Result;
use parallax::encode::{Encoder, Fingerprint, words};
use parallax::records::{
    Dependency, Encoding, PairReading, Parsed, Score, Sentiment, Span, Tag, TokenStates, Words,
};

const WIDTH: usize = 16;

/// Sentences with many words in common are near each other.
pub struct FakeEncoder;

impl Encoder for FakeEncoder {
    fn encode(&self, texts: &[&str], _: &(dyn Fn(usize) + Sync)) -> Result<Vec<Encoding>> {
        Ok(texts.iter().map(|text| encoding(text)).collect())
    }

    fn words(&self, texts: &[&str]) -> Result<Vec<Words>> {
        Ok(texts.iter().map(|text| encoding(text).words.into()).collect())
    }

    fn target_sentiment(
        &self,
        mentions: &[(&str, Span)],
        _: &(dyn Fn(usize) + Sync),
    ) -> Result<Vec<Option<Sentiment>>> {
        Ok(mentions.iter().map(|(text, span)| Some(sentiment(hash(span.slice(text))))).collect())
    }

    fn pair_readings(
        &self,
        pairs: &[(&str, &str)],
        _: &(dyn Fn(usize) + Sync),
    ) -> Result<Vec<Option<PairReading>>> {
        let reading = |(a, b): &(&str, &str)| {
            let bits = hash(a) ^ hash(b);
            let figure = |shift: u32| ((bits >> shift) & 0xf) as f32 - 6.0;
            Some(PairReading { shared: figure(0), same: figure(4), conflicting: figure(8) })
        };
        Ok(pairs.iter().map(reading).collect())
    }

    fn languages(&self) -> &[String] {
        static LANGUAGES: std::sync::LazyLock<Vec<String>> =
            std::sync::LazyLock::new(|| vec!["eng".to_owned()]);
        &LANGUAGES
    }

    fn fingerprint(&self) -> Fingerprint {
        Fingerprint([7; 32])
    }
}

fn hash(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

fn sentiment(bits: u64) -> Sentiment {
    let part = |shift: u32| ((bits >> shift) & 0xff) as f32 + 1.0;
    let (negative, neutral, positive) = (part(0), part(8), part(16));
    let sum = negative + neutral + positive;
    Sentiment { negative: negative / sum, neutral: neutral / sum, positive: positive / sum }
}

/// Of any text; with a parse by the words' hashes, which may go in circles.
pub fn encoding(text: &str) -> Encoding {
    let spans: Vec<Span> = words(text).into_iter().take(256).collect();
    let bits: Vec<u64> = spans.iter().map(|span| hash(&span.slice(text).to_lowercase())).collect();
    let mut embedding = vec![0.0_f32; WIDTH];
    let mut states = Array2::<i8>::zeros((spans.len(), WIDTH));
    for (row, &bits) in bits.iter().enumerate() {
        for column in 0..WIDTH {
            let value = ((bits >> (column * 4)) & 0xf) as i8 - 7;
            states[(row, column)] = value * 8;
            embedding[column] += f32::from(value);
        }
    }
    let length = embedding.iter().map(|value| value * value).sum::<f32>().sqrt();
    let embedding = if length > 0.0 {
        embedding.into_iter().map(|value| value / length).collect()
    } else {
        let mut first = vec![0.0; WIDTH];
        first[0] = 1.0;
        first
    };
    let scale = |row: usize| {
        let squares: f32 = states.row(row).iter().map(|&value| f32::from(value).powi(2)).sum();
        1.0 / squares.sqrt().max(1.0)
    };
    let scales = (0..spans.len()).map(scale).collect();
    let (tags, relations) = (Tag::ALL.map(|(_, tag)| tag), Dependency::ALL.map(|(_, relation)| relation));
    let parsed = |&bits: &u64| Parsed {
        tag: tags[(bits >> 3) as usize % tags.len()],
        head: match (bits >> 17) as usize % (spans.len() + 1) {
            head if head == spans.len() => Parsed::ROOT,
            head => head as u16,
        },
        relation: relations[(bits >> 11) as usize % relations.len()],
    };
    let shares: Vec<f32> = bits.iter().map(|bits| (bits % 17) as f32 / 8.0 - 1.0).collect();
    Encoding {
        embedding,
        sentiment: Some(sentiment(hash(text))),
        tone: shares.clone(),
        loaded: Some(Score { value: (hash(text) % 101) as f32 / 100.0, shares }),
        scores: vec![],
        syntax: Some(bits.iter().map(parsed).collect()),
        truncated: false,
        words: TokenStates {
            weights: bits.iter().map(|bits| (bits % 10) as f32).collect(),
            spans,
            states,
            scales,
        },
    }
}
