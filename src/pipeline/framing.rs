use std::collections::BTreeMap;

use super::Models;
use super::claims::Claims;
use super::clock::Clock;
use super::encodings::{clauses_of, head_of, mask, unmasked};
use crate::cluster::{NameFrequency, shared_names};
use crate::encode::{OutletMask, encode, hide_names};
use crate::error::Result;
use crate::framing::{Pair, PartEncoding, Place, Side, words_of_part};
use crate::options::Options;
use crate::records::{
    Claim, Clause, Comparison, Corpus, Encoding, Framing, Kind, LoadedWord, Masked, Mention, Outlets, Part,
    Relation, SentenceId, SentenceReadings, Span, Target, Thresholds,
};
use crate::statistics::position_in_article;

/// Claims whose sentences are held with their encodings at once.
const CHUNK: usize = 256;

/// How outlets word their claims.
pub(super) struct Framed {
    /// The names that outlets share on a claim.
    pub targets: Vec<Target>,
    /// One for each comparison.
    pub framing: Vec<Framing>,
    /// The figures of each sentence of a claim, in the order of the claims, then of the sentences.
    pub readings: Vec<SentenceReadings>,
}

/// Reads the sentences of the claims by every measure, and marks what differs between outlets.
pub(super) fn framing(
    corpus: &Corpus,
    outlets: &Outlets,
    names: &NameFrequency,
    claimed: &Claims,
    models: &Models<'_>,
    options: &Options,
    clock: &mut Clock<'_>,
) -> Result<Framed> {
    let targets = targets(corpus, names, &claimed.claims, models, clock)?;
    let mask = mask(outlets)?;
    let of_sentence =
        targets.chunk_by(|a, b| a.sentence == b.sentence).map(|of| (&of[0].sentence, of)).collect();
    let (mut framing, mut readings) = (vec![], vec![]);
    clock.begin("comparing", Some(claimed.claims.len()));
    let mut comparisons = claimed.comparisons.as_slice();
    for claims in claimed.claims.chunks(CHUNK) {
        let read = read(corpus, claims, models, &mask)?;
        let sides = Sides { corpus, read: &read, thresholds: models.thresholds, targets: &of_sentence };
        let last = claims.last().expect("a chunk is not empty").id;
        let end = comparisons.iter().rposition(|comparison| comparison.claim == last).map_or(0, |at| at + 1);
        framing
            .extend(comparisons[..end].iter().map(|comparison| sides.framing(comparison, models, options)));
        comparisons = &comparisons[end..];
        readings.extend(claims.iter().flat_map(|claim| sides.readings(claim, models)));
        clock.advance(claims.len());
    }
    Ok(Framed { targets, framing, readings })
}

/// The names that outlets share on a claim, with the sentiment toward each.
fn targets(
    corpus: &Corpus,
    names: &NameFrequency,
    claims: &[Claim],
    models: &Models<'_>,
    clock: &mut Clock<'_>,
) -> Result<Vec<Target>> {
    let shared = shared_names(claims, corpus, names);
    clock.begin("reading targets", Some(shared.len()));
    let mentions: Vec<(&str, Span)> =
        shared.iter().map(|name| (corpus.sentence(&name.sentence).text(), name.span)).collect();
    let sentiments = models.encoder.target_sentiment(&mentions, &|n| clock.advance(n))?;
    let targets = shared.into_iter().zip(sentiments).map(|(name, sentiment)| Target {
        claim: name.claim,
        sentence: name.sentence,
        key: name.key,
        span: name.span,
        sentiment,
    });
    Ok(targets.collect())
}

/// A sentence of a claim as it was read for the measures.
struct Read {
    encoding: Encoding,
    masked: Option<Masked>,
    listed: Vec<LoadedWord>,
    clauses: Vec<Clause>,
    /// The outlet's own words and the quoted words of a sentence that holds both, encoded apart; also the quoted words of a sentence
    /// in which only the source is named beside them.
    parts: BTreeMap<Part, (Encoding, Option<Masked>)>,
}

/// Reads the sentences of some claims.
fn read<'run>(
    corpus: &Corpus,
    claims: &'run [Claim],
    models: &Models<'_>,
    mask: &OutletMask,
) -> Result<BTreeMap<&'run SentenceId, Read>> {
    let mentions = claims.iter().flat_map(|claim| &claim.mentions);
    let ids: Vec<&SentenceId> = mentions.map(|mention| &mention.sentence).collect();
    let texts: Vec<&str> = ids.iter().map(|id| corpus.sentence(id).text()).collect();
    let whole = encode_masked(&texts, models, mask)?;
    let mut read = BTreeMap::new();
    for ((id, text), (encoding, masked)) in ids.iter().zip(texts).zip(whole) {
        let of_sentence = Read {
            listed: unmasked(&corpus.sentence(id).annotations.loaded, masked.as_ref()),
            clauses: clauses_of(text, &encoding),
            encoding,
            masked,
            parts: BTreeMap::new(),
        };
        read.insert(*id, of_sentence);
    }
    let parts = parts(corpus, &ids);
    let words: Vec<&str> = parts.iter().map(|(_, _, words)| words.as_str()).collect();
    for ((id, part, _), of_part) in parts.iter().zip(encode_masked(&words, models, mask)?) {
        read.get_mut(id).expect("its sentence was read").parts.insert(*part, of_part);
    }
    Ok(read)
}

/// The words of each part of the sentences that hold others too.
fn parts<'run>(corpus: &Corpus, ids: &[&'run SentenceId]) -> Vec<(&'run SentenceId, Part, String)> {
    let of_part = |id: &'run SentenceId, part: Part| {
        let sentence = corpus.sentence(id);
        words_of_part(sentence.text(), sentence.annotations, part).map(|words| (id, part, words))
    };
    let parts = |&id: &&'run SentenceId| {
        [Part::Narration, Part::Quotation].into_iter().filter_map(move |part| of_part(id, part))
    };
    ids.iter().flat_map(parts).collect()
}

/// Each text's encoding, and what it says with the outlets' names hidden.
fn encode_masked(
    texts: &[&str],
    models: &Models<'_>,
    mask: &OutletMask,
) -> Result<Vec<(Encoding, Option<Masked>)>> {
    let encodings = encode(models.encoder, texts, &|_| ())?;
    let pairs: Vec<(&str, &Encoding)> = texts.iter().copied().zip(&encodings).collect();
    let masked = hide_names(models.encoder, mask, &pairs)?;
    Ok(encodings.into_iter().zip(masked).collect())
}

/// What the measures read of the sentences of some claims.
struct Sides<'run> {
    corpus: &'run Corpus,
    read: &'run BTreeMap<&'run SentenceId, Read>,
    thresholds: &'run Thresholds,
    /// Those of each sentence; a sentence is in one claim.
    targets: &'run BTreeMap<&'run SentenceId, &'run [Target]>,
}

impl<'run> Sides<'run> {
    fn side(&self, id: &SentenceId) -> Side<'run> {
        let sentence = self.corpus.sentence(id);
        let read = &self.read[id];
        let whole =
            PartEncoding { encoding: &read.encoding, loaded: head_of(&read.encoding, read.masked.as_ref()) };
        let of_part = |part: Part| {
            let apart = read.parts.get(&part);
            apart.map_or(whole, |(encoding, masked)| PartEncoding {
                encoding,
                loaded: head_of(encoding, masked.as_ref()),
            })
        };
        Side {
            text: sentence.text(),
            annotations: sentence.annotations,
            listed: &read.listed,
            clauses: &read.clauses,
            encoding: &read.encoding,
            narration: of_part(Part::Narration),
            quotation: of_part(Part::Quotation),
            targets: self.targets.get(id).copied().unwrap_or_default(),
            thresholds: self.thresholds,
            place: place(self.corpus, id),
        }
    }

    /// How the two sentences of a comparison differ.
    fn framing(&self, comparison: &Comparison, models: &Models<'_>, options: &Options) -> Framing {
        let Comparison { claim, sentence_a, sentence_b, alignment, .. } = comparison;
        let differences = || {
            let (a, b) = (self.side(sentence_a), self.side(sentence_b));
            models.measures.differences(&Pair { a: &a, b: &b, alignment }, &options.framing)
        };
        // Where one says more than the other, the words differ because what they say does.
        let is_comparable = comparison.relation != Relation::Partial;
        Framing {
            claim: *claim,
            sentence_a: sentence_a.clone(),
            sentence_b: sentence_b.clone(),
            differences: if is_comparable { differences() } else { vec![] },
        }
    }

    /// The figures of each sentence of a claim.
    fn readings(&self, claim: &Claim, models: &Models<'_>) -> Vec<SentenceReadings> {
        let read = |mention: &Mention| SentenceReadings {
            claim: claim.id,
            sentence: mention.sentence.clone(),
            readings: models.measures.readings(&self.side(&mention.sentence)),
        };
        claim.mentions.iter().map(read).collect()
    }
}

/// Where a sentence stands.
fn place(corpus: &Corpus, id: &SentenceId) -> Place {
    let sentences = &corpus.document(&id.article).sentences;
    let index = id.index as usize;
    Place {
        is_headline: sentences[index].kind == Kind::Headline,
        n_before: sentences[..index].iter().filter(|sentence| sentence.kind == Kind::Body).count(),
        depth: position_in_article(corpus, id),
    }
}
