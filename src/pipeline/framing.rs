use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::Models;
use super::claims::Claims;
use super::clock::Clock;
use super::encodings::{clauses_of, head_of, mask, unmasked};
use crate::align::align;
use crate::cluster::{NameFrequency, is_same, shared_names};
use crate::distinct::distinct;
use crate::encode::{OutletMask, encode, hide_names, words};
use crate::error::Result;
use crate::framing::{
    Carried, FIGURES, Pair, PartEncoding, Place, Side, Told, figures, one_claim_once_marked,
    placed_by_meaning, terms, unplaced, words_of_part,
};
use crate::options::Options;
use crate::records::{
    ArticleId, Claim, Clause, Comparison, Corpus, Encoding, Event, Framing, FramingDifference, Kind,
    LoadedWord, Masked, Mention, Outlets, Part, Relation, SentenceId, SentenceReadings, Span, Target,
    Thresholds,
};
use crate::statistics::position_in_article;

/// Claims whose sentences are held with their encodings at once.
const CHUNK: usize = 256;

/// Texts that are encoded at once for their embeddings alone.
const TEXTS: usize = 1024;

/// How outlets word their claims.
pub(super) struct Framed {
    /// The names that outlets share on a claim.
    pub targets: Vec<Target>,
    /// One for each comparison.
    pub framing: Vec<Framing>,
    /// The figures of each sentence of a claim, in the order of the claims, then of the sentences.
    pub readings: Vec<SentenceReadings>,
}

/// What is known of the run besides its claims.
pub(super) struct Background<'run> {
    pub outlets: &'run Outlets,
    pub events: &'run [Event],
    pub names: &'run NameFrequency,
}

/// Reads the sentences of the claims by every measure, and marks what differs between outlets.
pub(super) fn framing(
    corpus: &Corpus,
    background: &Background<'_>,
    claimed: &Claims,
    models: &Models<'_>,
    options: &Options,
    clock: &mut Clock<'_>,
) -> Result<Framed> {
    let Background { outlets, events, names } = *background;
    let targets = targets(corpus, names, &claimed.claims, models, clock)?;
    let mask = mask(outlets)?;
    let (mut framing, mut readings) = (vec![], vec![]);
    clock.begin("comparing", Some(claimed.claims.len()));
    let mut comparisons = claimed.comparisons.as_slice();
    for claims in claimed.claims.chunks(CHUNK) {
        let mentions = claims.iter().flat_map(|claim| &claim.mentions);
        let ids: Vec<&SentenceId> = mentions.map(|mention| &mention.sentence).collect();
        let read = read(corpus, &ids, models, &mask)?;
        let told = told(corpus, outlets, events, &ids);
        let neighbours = neighbours(corpus, &ids, models)?;
        let foremost = foremost(corpus, outlets, claims);
        let sides = Sides {
            corpus,
            read: &read,
            neighbours: &neighbours,
            thresholds: models.thresholds,
            told: &told,
            foremost: &foremost,
        };
        let last = claims.last().expect("a chunk is not empty").id;
        let end = comparisons.iter().rposition(|comparison| comparison.claim == last).map_or(0, |at| at + 1);
        let compared = &comparisons[..end];
        let marked =
            compared.par_iter().map(|comparison| sides.framing(comparison, models, options)).collect();
        framing.extend(located(corpus, &told, marked, models)?);
        comparisons = &comparisons[end..];
        readings.par_extend(claims.par_iter().flat_map_iter(|claim| sides.readings(claim, models)));
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
    // Copies are read once.
    let mentions: Vec<(&str, Span)> =
        shared.iter().map(|name| (corpus.sentence(&name.sentence).text(), name.span)).collect();
    let (distinct, positions) = distinct(&mentions);
    clock.begin("reading targets", Some(distinct.len()));
    let sentiments = models.encoder.target_sentiment(&distinct, &|n| clock.advance(n))?;
    let targets = shared.into_iter().zip(positions).map(|(name, position)| Target {
        claim: name.claim,
        sentence: name.sentence,
        key: name.key,
        span: name.span,
        sentiment: sentiments[position],
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

/// Reads some sentences.
fn read<'run>(
    corpus: &Corpus,
    ids: &[&'run SentenceId],
    models: &Models<'_>,
    mask: &OutletMask,
) -> Result<BTreeMap<&'run SentenceId, Read>> {
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
    let parts = parts(corpus, ids);
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
    /// The encodings of the sentences before and behind those.
    neighbours: &'run BTreeMap<SentenceId, Encoding>,
    thresholds: &'run Thresholds,
    /// What each outlet tells of an event, by one of its articles' ids.
    told: &'run BTreeMap<&'run ArticleId, Arc<Told>>,
    /// The first place at which the outlet of a sentence makes its claim.
    foremost: &'run BTreeMap<&'run SentenceId, Place>,
}

/// What every measure marks between two sentences, with the figures of which its salience is made.
pub(crate) type Proposed = Vec<(FramingDifference, [f32; FIGURES.len()])>;

/// Everything that the measures mark in some pairs of sentences of one event, before any is left out.
pub(crate) fn proposed(
    corpus: &Corpus,
    events: &[Event],
    pairs: &[[SentenceId; 2]],
    models: &Models<'_>,
    options: &Options,
) -> Result<Vec<Proposed>> {
    let outlets = Outlets::new(corpus.articles());
    let mask = mask(&outlets)?;
    let (foremost, mut found) = (BTreeMap::new(), vec![]);
    for pairs in pairs.chunks(CHUNK) {
        let ids: BTreeSet<&SentenceId> = pairs.iter().flatten().collect();
        let ids: Vec<&SentenceId> = ids.into_iter().collect();
        let read = read(corpus, &ids, models, &mask)?;
        let told = told(corpus, &outlets, events, &ids);
        let neighbours = neighbours(corpus, &ids, models)?;
        let thresholds = models.thresholds;
        let sides = Sides {
            corpus,
            read: &read,
            neighbours: &neighbours,
            thresholds,
            told: &told,
            foremost: &foremost,
        };
        found.extend(pairs.iter().map(|[a, b]| {
            let alignment = align(&read[a].encoding.words, &read[b].encoding.words, thresholds);
            let (a, b) = (sides.side(a), sides.side(b));
            let pair = Pair::new(&a, &b, &alignment);
            let differences = models.measures.proposed(&pair, &options.framing);
            differences.iter().map(|of| (of.clone(), figures(&pair, of, &differences))).collect()
        }));
    }
    Ok(found)
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
            thresholds: self.thresholds,
            place: place(self.corpus, id),
            id: sentence.id(),
            carried: self.carried(id),
            foremost: self.foremost.get(id).copied().unwrap_or_else(|| place(self.corpus, id)),
            told: &self.told[&id.article],
            beside: beside(self.corpus, id).map(|beside| self.beside(beside?)),
        }
    }

    fn beside(&self, id: SentenceId) -> Option<(&'run str, &'run Encoding)> {
        let (known, encoding) = self.neighbours.get_key_value(&id)?;
        Some((self.corpus.sentence(known).text(), encoding))
    }

    /// Whose words a sentence goes on with.
    fn carried(&self, id: &SentenceId) -> Option<Carried<'run>> {
        let carried = self.corpus.sentence(id).annotations.carried?;
        let from = SentenceId { index: u32::try_from(carried.sentence).ok()?, article: id.article.clone() };
        let text = self.corpus.sentence(&from).text();
        Some(Carried { source: carried.source.slice(text), anonymous: carried.anonymous })
    }

    /// How the two sentences of a comparison differ.
    fn framing(&self, comparison: &Comparison, models: &Models<'_>, options: &Options) -> Framing {
        let Comparison { claim, sentence_a, sentence_b, alignment, .. } = comparison;
        let mut framing = Framing {
            claim: *claim,
            sentence_a: sentence_a.clone(),
            sentence_b: sentence_b.clone(),
            differences: vec![],
            terms: vec![],
        };
        if is_alike(comparison) {
            let (a, b) = (self.side(sentence_a), self.side(sentence_b));
            let pair = Pair::new(&a, &b, alignment);
            let is_conflict = comparison.relation == Relation::Conflicting;
            let one_claim =
                one_claim_once_marked(is_conflict, comparison.probability, comparison.same_probability);
            framing.differences = models.measures.differences(&pair, one_claim, &options.framing);
            framing.terms = terms(&pair);
        }
        framing
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

/// Whether the words of two sentences can be held against each other: they contradict each other or mainly say the same. Where one says more than the
/// other, the words differ because what they say does. The same holds for two sentences of a claim that do not match each other, only a third one.
fn is_alike(comparison: &Comparison) -> bool {
    match comparison.relation {
        Relation::Conflicting => true,
        Relation::Same => is_same(comparison.tier, comparison.same_probability),
        Relation::Partial => false,
    }
}

/// Looks for what is added among the other outlet's sentences by its meaning, where the words told nothing.
fn located(
    corpus: &Corpus,
    told: &BTreeMap<&ArticleId, Arc<Told>>,
    framing: Vec<Framing>,
    models: &Models<'_>,
) -> Result<Vec<Framing>> {
    // The added words, and the other outlet's sentence.
    let added = |framing: &Framing, (span, is_a): (Span, bool)| {
        let ids = [&framing.sentence_a, &framing.sentence_b];
        let [this, other] = if is_a { ids } else { [ids[1], ids[0]] };
        (span.slice(corpus.sentence(this).text()).to_owned(), other.clone())
    };
    let all: Vec<(String, SentenceId)> = framing
        .iter()
        .flat_map(|of| of.differences.iter().filter_map(unplaced).map(|found| added(of, found)))
        .collect();
    let mut texts: BTreeSet<&str> = all.iter().map(|(phrase, _)| phrase.as_str()).collect();
    for (_, other) in &all {
        texts.extend(told[&other.article].sentences().iter().map(|id| corpus.sentence(id).text()));
    }
    let texts: Vec<&str> = texts.into_iter().collect();
    let mut embedding: BTreeMap<&str, Vec<f32>> = BTreeMap::new();
    // An encoding holds far more than its embedding.
    for texts in texts.chunks(TEXTS) {
        let encodings = encode(models.encoder, texts, &|_| ())?;
        embedding.extend(texts.iter().copied().zip(encodings.into_iter().map(|of| of.embedding)));
    }
    let placed = |of: &Framing, difference: FramingDifference| {
        let Some((phrase, other)) = unplaced(&difference).map(|found| added(of, found)) else {
            return difference;
        };
        let ids = told[&other.article].sentences().iter().filter(|id| **id != other);
        let sentences = ids.map(|id| (id, embedding[corpus.sentence(id).text()].as_slice()));
        placed_by_meaning(difference, &embedding[phrase.as_str()], sentences)
    };
    let whole = |of: Framing| {
        let differences = of.differences.iter().map(|difference| placed(&of, difference.clone())).collect();
        Framing { differences, ..of }
    };
    Ok(framing.into_iter().map(whole).collect())
}

/// The sentences before and behind one, within its field.
fn beside(corpus: &Corpus, id: &SentenceId) -> [Option<SentenceId>; 2] {
    let sentences = &corpus.document(&id.article).sentences;
    let index = id.index as usize;
    let field = sentences[index].field;
    [index.checked_sub(1), index.checked_add(1)].map(|other| {
        let sentence = sentences.get(other?)?;
        (sentence.field == field).then(|| sentence.id.clone())
    })
}

/// The encodings of the sentences before and behind some.
fn neighbours(
    corpus: &Corpus,
    ids: &[&SentenceId],
    models: &Models<'_>,
) -> Result<BTreeMap<SentenceId, Encoding>> {
    let wanted: BTreeSet<SentenceId> = ids.iter().flat_map(|id| beside(corpus, id)).flatten().collect();
    let texts: Vec<&str> = wanted.iter().map(|id| corpus.sentence(id).text()).collect();
    let encodings = encode(models.encoder, &texts, &|_| ())?;
    Ok(wanted.into_iter().zip(encodings).collect())
}

/// What each outlet tells of the events of some sentences, by the ids of its articles.
fn told<'run>(
    corpus: &'run Corpus,
    outlets: &Outlets,
    events: &'run [Event],
    ids: &[&SentenceId],
) -> BTreeMap<&'run ArticleId, Arc<Told>> {
    let wanted: BTreeSet<&ArticleId> = ids.iter().map(|id| &id.article).collect();
    let mut told = BTreeMap::new();
    for event in events.iter().filter(|event| event.articles.iter().any(|article| wanted.contains(article))) {
        let mut of_outlet: BTreeMap<usize, Vec<&ArticleId>> = BTreeMap::new();
        for article in &event.articles {
            of_outlet.entry(outlets.of_article(article)).or_default().push(article);
        }
        for articles in
            of_outlet.into_values().filter(|articles| articles.iter().any(|of| wanted.contains(of)))
        {
            let positions =
                articles.iter().flat_map(|article| corpus.sentences_of(corpus.position_of(article)));
            let sentences = positions.map(|position| corpus.sentence_at(position)).map(|sentence| {
                let text = sentence.text();
                (sentence.id().clone(), words(text).iter().map(|word| word.slice(text)).collect())
            });
            let of_articles = Arc::new(Told::new(sentences));
            told.extend(articles.into_iter().map(|article| (article, Arc::clone(&of_articles))));
        }
    }
    told
}

/// The first place at which the outlet of each mention makes the claim.
fn foremost<'run>(
    corpus: &Corpus,
    outlets: &Outlets,
    claims: &'run [Claim],
) -> BTreeMap<&'run SentenceId, Place> {
    let mut foremost = BTreeMap::new();
    for claim in claims {
        let mut first: BTreeMap<usize, Place> = BTreeMap::new();
        let outlet = |mention: &Mention| outlets.of_article(&mention.sentence.article);
        for mention in claim.making() {
            let here = place(corpus, &mention.sentence);
            let best = first.entry(outlet(mention)).or_insert(here);
            if (!here.is_headline, here.n_before) < (!best.is_headline, best.n_before) {
                *best = here;
            }
        }
        let mentions = claim.mentions.iter();
        foremost
            .extend(mentions.filter_map(|mention| Some((&mention.sentence, *first.get(&outlet(mention))?))));
    }
    foremost
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
