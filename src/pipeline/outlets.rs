use std::collections::BTreeMap;

use super::claims::Claims;
use super::events::Events;
use super::framing::Framed;
use crate::encode::words;
use crate::framing::{folded_word, is_own};
use crate::options::Options;
use crate::records::{
    Claim, ClaimId, Corpus, CorpusSentence, Coverage, EventId, Framing, Outlets, Part, SentenceReadings,
};
use crate::statistics::{
    AlignedTerms, Observation, OutletEstimates, Series, Wording, Wordings, coverage, independent_outlets,
    outlet_estimates,
};

/// What is said of outlets.
pub(super) struct OutletFigures {
    /// One for each claim.
    pub independent_outlets: Vec<usize>,
    /// By how much the framing differs within matched claims.
    pub estimates: OutletEstimates,
    /// What outlets call the same things.
    pub wordings: Vec<Wording>,
    /// Each claim in each outlet.
    pub coverage: Vec<Coverage>,
}

/// Makes figures of outlets of the claims and their framing.
pub(super) fn figures(
    corpus: &Corpus,
    outlets: &Outlets,
    found: &Events,
    claimed: &Claims,
    framed: &Framed,
    is_read: &dyn Fn(&CorpusSentence<'_>) -> bool,
    options: &Options,
) -> OutletFigures {
    let series = series(corpus, outlets, found, &claimed.claims, &framed.readings);
    OutletFigures {
        independent_outlets: independent_outlets(corpus, &claimed.claims, &found.copies),
        estimates: outlet_estimates(&series, &options.statistics),
        wordings: wordings(corpus, outlets, found, &framed.framing, is_read, options.statistics.min_aligned),
        coverage: coverage(corpus, outlets, &found.events, &claimed.claims, options.group.window_days),
    }
}

/// The figures of the claims' sentences, measure by measure. Sentences that dispute a claim do not make it and are left out.
fn series(
    corpus: &Corpus,
    outlets: &Outlets,
    found: &Events,
    claims: &[Claim],
    readings: &[SentenceReadings],
) -> Vec<Series> {
    let claim_of: BTreeMap<ClaimId, usize> =
        claims.iter().enumerate().map(|(n, claim)| (claim.id, n)).collect();
    let event_of: BTreeMap<EventId, usize> =
        found.events.iter().enumerate().map(|(n, event)| (event.id, n)).collect();
    let mut series: BTreeMap<(&str, Part), Vec<Observation>> = BTreeMap::new();
    for SentenceReadings { claim, sentence, readings } in readings {
        let claim = claim_of[claim];
        if claims[claim].disputing().any(|mention| mention.sentence == *sentence) {
            continue;
        }
        let observation = Observation {
            claim,
            event: event_of[&claims[claim].event],
            outlet: outlets.of_article(&sentence.article),
            text: corpus.sentence_position(found.copies.origin_of(sentence)),
            value: 0.0,
        };
        for reading in readings {
            let observation = Observation { value: f64::from(reading.value), ..observation };
            series.entry((&*reading.measure, reading.part)).or_default().push(observation);
        }
    }
    let named = |((measure, part), observations): ((&str, Part), Vec<Observation>)| Series {
        measure: measure.to_owned(),
        part,
        observations,
    };
    series.into_iter().map(named).collect()
}

/// What outlets call the same things, in their own words: quoted words and copied sentences are left out.
fn wordings(
    corpus: &Corpus,
    outlets: &Outlets,
    found: &Events,
    framing: &[Framing],
    is_read: &dyn Fn(&CorpusSentence<'_>) -> bool,
    min_aligned: usize,
) -> Vec<Wording> {
    let aligned = framing.iter().flat_map(|framing| aligned_terms(corpus, outlets, found, framing));
    let mut wordings = Wordings::new(aligned.collect());
    let read = corpus.sentences().filter(|sentence| is_read(sentence));
    for sentence in read.filter(|sentence| !found.copies.origin.contains_key(sentence.id())) {
        let text = sentence.text();
        let own = words(text).into_iter().filter(|word| is_own(sentence.annotations, word));
        let own: Vec<String> = own.map(|word| folded_word(word.slice(text))).collect();
        wordings.read(outlets.of_article(&sentence.article.id), &own);
    }
    wordings.finish(min_aligned)
}

/// The own words of two outlets for the same thing, seen from both.
fn aligned_terms(corpus: &Corpus, outlets: &Outlets, found: &Events, framing: &Framing) -> Vec<AlignedTerms> {
    let Framing { sentence_a: a, sentence_b: b, .. } = framing;
    if found.copies.origin_of(a) == found.copies.origin_of(b) {
        return vec![];
    }
    let annotations = [a, b].map(|id| corpus.sentence(id).annotations);
    let positions = [a, b].map(|id| corpus.sentence_position(id));
    let of_outlet = [a, b].map(|id| outlets.of_article(&id.article));
    let mut aligned = vec![];
    for [term_a, term_b] in &framing.terms {
        let Some((span_a, span_b)) = term_a.span.zip(term_b.span) else { continue };
        if !is_own(annotations[0], &span_a) || !is_own(annotations[1], &span_b) {
            continue;
        }
        let sides = [(0, 1, span_a, term_a, term_b), (1, 0, span_b, term_b, term_a)];
        aligned.extend(sides.map(|(this, other, span, ours, theirs)| AlignedTerms {
            outlet: of_outlet[this],
            term: ours.value.clone(),
            other: theirs.value.clone(),
            place: (positions[this], span.start),
            other_sentence: positions[other],
        }));
    }
    aligned
}
