use rayon::prelude::*;

use super::encoding_store::Store;
use crate::encode::{Encoder, Fingerprint};
use crate::error::Result;
use crate::records::{Encoding, PairReading, Sentiment, Span, Words};

/// How much is handed to the encoder before it is put into the store. A run that is to stop ends the chunk that it is at.
struct Chunk {
    texts: usize,
    /// For each thread; one text may be longer.
    bytes: usize,
}

/// Enough that texts of one length make full batches.
const TEXTS: Chunk = Chunk { texts: 512, bytes: 24 << 10 };

/// The states of a sentence serve all its pairs among them.
const PAIRS: Chunk = Chunk { texts: 1024, bytes: usize::MAX };

impl Chunk {
    /// The first of `positions`, as many as fit, and the rest.
    fn cut<'of>(&self, positions: &'of [usize], asked: &[&str]) -> (&'of [usize], &'of [usize]) {
        let (most, mut bytes) = (self.bytes.saturating_mul(rayon::current_num_threads()), 0);
        let fits = |&&position: &&usize| {
            let fits = bytes < most;
            bytes += asked[position].len();
            fits
        };
        positions.split_at(positions.iter().take(self.texts).take_while(fits).count())
    }
}

/// An encoder that asks the store first and puts into it what it had to encode. It gives what the encoder alone gives,
/// byte for byte, whatever is in the store.
pub struct CachedEncoder<'a> {
    encoder: &'a dyn Encoder,
    store: &'a Store,
    fingerprint: Fingerprint,
}

impl<'a> CachedEncoder<'a> {
    /// The encoder with the store before it.
    pub fn new(encoder: &'a dyn Encoder, store: &'a Store) -> Self {
        Self { encoder, store, fingerprint: encoder.fingerprint() }
    }

    /// What is found for each of `asked`, and what `make` gives for those without, in the order of `asked`.
    ///
    /// `make` is handed positions, longest texts first, so that a chunk's texts are about equally long; what one text gives
    /// does not depend on the others.
    fn find_or_make<T: Send>(
        &self,
        asked: &[&str],
        advance: &(dyn Fn(usize) + Sync),
        chunk: &Chunk,
        find: impl Fn(usize) -> Option<T> + Sync,
        make: impl Fn(&[usize]) -> Result<Vec<T>>,
    ) -> Result<Vec<T>> {
        let found = |position| find(position).inspect(|_| advance(1));
        let mut results: Vec<Option<T>> = (0..asked.len()).into_par_iter().map(found).collect();
        let mut missing: Vec<usize> =
            (0..asked.len()).filter(|&position| results[position].is_none()).collect();
        missing.sort_by_key(|&position| std::cmp::Reverse(asked[position].len()));
        let mut rest = missing.as_slice();
        while !rest.is_empty() {
            let (first, behind) = chunk.cut(rest, asked);
            for (&position, made) in first.iter().zip(make(first)?) {
                results[position] = Some(made);
            }
            rest = behind;
        }
        Ok(results.into_iter().map(|result| result.expect("each was found or made")).collect())
    }
}

impl Encoder for CachedEncoder<'_> {
    fn encode(&self, texts: &[&str], advance: &(dyn Fn(usize) + Sync)) -> Result<Vec<Encoding>> {
        let find = |position: usize| self.store.get(self.fingerprint, texts[position]);
        self.find_or_make(texts, advance, &TEXTS, find, |chunk| {
            let of_chunk: Vec<&str> = chunk.iter().map(|&position| texts[position]).collect();
            let encodings = self.encoder.encode(&of_chunk, advance)?;
            of_chunk
                .par_iter()
                .zip(&encodings)
                .for_each(|(text, encoding)| self.store.put(self.fingerprint, text, encoding));
            Ok(encodings)
        })
    }

    fn words(&self, texts: &[&str]) -> Result<Vec<Words>> {
        self.encoder.words(texts)
    }

    fn target_sentiment(
        &self,
        mentions: &[(&str, Span)],
        advance: &(dyn Fn(usize) + Sync),
    ) -> Result<Vec<Option<Sentiment>>> {
        let texts: Vec<&str> = mentions.iter().map(|(text, _)| *text).collect();
        let find = |position: usize| {
            let (text, span) = mentions[position];
            self.store.get_target_sentiment(self.fingerprint, text, span)
        };
        self.find_or_make(&texts, advance, &TEXTS, find, |chunk| {
            let of_chunk: Vec<(&str, Span)> = chunk.iter().map(|&position| mentions[position]).collect();
            let sentiments = self.encoder.target_sentiment(&of_chunk, advance)?;
            for (&(text, span), &sentiment) in of_chunk.iter().zip(&sentiments) {
                self.store.put_target_sentiment(self.fingerprint, text, span, sentiment);
            }
            Ok(sentiments)
        })
    }

    fn pair_readings(
        &self,
        pairs: &[(&str, &str)],
        advance: &(dyn Fn(usize) + Sync),
    ) -> Result<Vec<Option<PairReading>>> {
        let longer: Vec<&str> = pairs.iter().map(|&(a, b)| if a.len() >= b.len() { a } else { b }).collect();
        let find = |position: usize| self.store.get_pair_reading(self.fingerprint, pairs[position]);
        self.find_or_make(&longer, advance, &PAIRS, find, |chunk| {
            let of_chunk: Vec<(&str, &str)> = chunk.iter().map(|&position| pairs[position]).collect();
            let readings = self.encoder.pair_readings(&of_chunk, advance)?;
            for (&pair, &reading) in of_chunk.iter().zip(&readings) {
                self.store.put_pair_reading(self.fingerprint, pair, reading);
            }
            Ok(readings)
        })
    }

    fn languages(&self) -> &[String] {
        self.encoder.languages()
    }

    fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }
}
