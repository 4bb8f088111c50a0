//! What the measures of framing read of the claims' sentences, and what they find.

use std::collections::BTreeMap;

use super::Observer;
use crate::align::align;
use crate::cluster::{Candidate, Material};
use crate::config::Config;
use crate::encode::{Encoder, OutletMask, encode, mask_loaded};
use crate::error::Result;
use crate::framing::{Place, Side, differences, readings, words_of_part};
use crate::records::{Claim, Comparison, Encoding, Kind, Part, Sentence, SentenceReadings, Target};
use crate::statistics::{position_in_article, sentences_per_article};

/// The outlet's own words and the quoted words of the claims' sentences that hold both, encoded apart; also the quoted words
/// of a sentence in which only the source is named beside them.
pub(super) fn encode_parts(
    encoder: &dyn Encoder,
    mask: &OutletMask,
    material: &Material<'_>,
    claims: &[Claim],
    observer: &dyn Observer,
) -> Result<BTreeMap<(usize, Part), Encoding>> {
    let mut texts = BTreeMap::new();
    for mention in claims.iter().flat_map(|claim| &claim.mentions) {
        for part in [Part::Narration, Part::Quotation] {
            let annotations = &material.annotations[mention.sentence];
            let words = words_of_part(material.text(mention.sentence), annotations, part);
            texts.extend(words.map(|words| ((mention.sentence, part), words)));
        }
    }
    let words: Vec<&str> = texts.values().map(String::as_str).collect();
    let mut encodings = encode(encoder, &words, &|n| observer.advance(n))?;
    // Words of a name are no longer among the sentence's listed words, so here only the head needs the mask.
    let mut listed = vec![vec![]; words.len()];
    let read = words.into_iter().zip(&mut encodings).zip(&mut listed);
    mask_loaded(encoder, mask, read.map(|((text, encoding), listed)| (text, encoding, listed)))?;
    Ok(texts.into_keys().zip(encodings).collect())
}

/// What the measures of framing read of each sentence of a claim.
pub(super) struct Sides<'run> {
    material: &'run Material<'run>,
    targets: &'run [Target],
    parts: &'run BTreeMap<(usize, Part), Encoding>,
    /// Where each sentence stands.
    places: Vec<Place>,
}

impl<'run> Sides<'run> {
    pub(super) fn new(
        material: &'run Material<'run>,
        targets: &'run [Target],
        parts: &'run BTreeMap<(usize, Part), Encoding>,
    ) -> Self {
        Self { material, targets, parts, places: places(material.articles.len(), material.sentences) }
    }

    fn side(&self, claim: usize, sentence: usize) -> Side<'run> {
        let candidate = self.material.candidate(sentence).expect("a matched sentence was encoded");
        let Candidate { text, encoding, annotations, .. } = candidate;
        let of_sentence = |target: &Target| (target.claim, target.sentence);
        let first = self.targets.partition_point(|target| of_sentence(target) < (claim, sentence));
        let end = self.targets.partition_point(|target| of_sentence(target) <= (claim, sentence));
        let of_part = |part| self.parts.get(&(sentence, part)).unwrap_or(encoding);
        Side {
            text,
            encoding,
            annotations,
            narration: of_part(Part::Narration),
            quotation: of_part(Part::Quotation),
            targets: &self.targets[first..end],
            place: self.places[sentence],
        }
    }

    /// Aligns the words of each comparison and marks what differs.
    pub(super) fn add_differences(
        &self,
        comparisons: &mut [Comparison],
        measures: &[String],
        config: &Config,
    ) {
        for comparison in comparisons {
            let a = self.side(comparison.claim, comparison.sentence_a);
            let b = self.side(comparison.claim, comparison.sentence_b);
            comparison.alignment = align(&a.encoding.words, &b.encoding.words);
            comparison.differences = differences(&a, &b, &comparison.alignment, measures, &config.framing);
        }
    }

    /// The figures of each sentence of a claim.
    pub(super) fn readings(&self, claims: &[Claim], measures: &[String]) -> Vec<SentenceReadings> {
        let mentions = claims.iter().enumerate().flat_map(|(claim, of_claim)| {
            of_claim.mentions.iter().map(move |mention| (claim, mention.sentence))
        });
        let read = |(claim, sentence)| SentenceReadings {
            claim,
            sentence,
            readings: readings(&self.side(claim, sentence), measures),
        };
        mentions.map(read).collect()
    }
}

/// Where each sentence stands; `sentences` are in the order of their articles.
fn places(n_articles: usize, sentences: &[Sentence]) -> Vec<Place> {
    let n_sentences = sentences_per_article(n_articles, sentences);
    let mut n_before = vec![0; n_articles];
    let place = |sentence: &Sentence| {
        let before = n_before[sentence.article];
        n_before[sentence.article] += usize::from(sentence.kind == Kind::Body);
        Place {
            is_headline: sentence.kind == Kind::Headline,
            n_before: before,
            depth: position_in_article(sentence, n_sentences[sentence.article]),
        }
    };
    sentences.iter().map(place).collect()
}
