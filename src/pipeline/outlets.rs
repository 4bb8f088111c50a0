use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::claims::Claims;
use super::events::Events;
use super::framing::Framed;
use crate::encode::words;
use crate::framing::{folded_word, is_own};
use crate::options::Options;
use crate::records::{
    Claim, ClaimId, Copies, Corpus, CorpusSentence, Coverage, EventId, Framing, Outlets, Part, SentenceId,
    SentenceReadings,
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
    let order: BTreeMap<EventId, usize> =
        found.events.iter().enumerate().map(|(n, event)| (event.id, n)).collect();
    let numbers = claimed.claims.iter().enumerate().map(|(n, claim)| (claim.id, (n, order[&claim.event])));
    let Events { copies, .. } = found;
    let observed = observed(outlets, copies, &claimed.claims, &numbers.collect(), &framed.readings);
    let mut wordings = Wordings::new(aligned_terms(corpus, outlets, copies, &framed.framing));
    count_uses(&mut wordings, corpus, outlets, copies, is_read);
    OutletFigures {
        independent_outlets: independent_outlets(corpus, &claimed.claims, copies),
        estimates: outlet_estimates(&series(&observed), &options.statistics),
        wordings: wordings.finish(options.statistics.min_aligned),
        coverage: coverage(corpus, outlets, &found.events, &claimed.claims, options.group.window_days),
    }
}

/// The figures of a sentence of a claim, to be set beside those of others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    /// Number of the claim.
    pub(super) claim: usize,
    /// Number of the claim's event.
    event: usize,
    outlet: usize,
    /// The sentence, or that of which it is a copy.
    origin: SentenceId,
    figures: Vec<(String, Part, f32)>,
}

/// The figures of the claims' sentences, in their order. Sentences that dispute a claim do not make it and are left out. `numbers` are those of each claim and of
/// its event.
pub(super) fn observed(
    outlets: &Outlets,
    copies: &Copies,
    claims: &[Claim],
    numbers: &BTreeMap<ClaimId, (usize, usize)>,
    readings: &[SentenceReadings],
) -> Vec<Observed> {
    let disputing = claims.iter().flat_map(|claim| claim.disputing().map(|of| (claim.id, &of.sentence)));
    let disputing: BTreeSet<(ClaimId, &SentenceId)> = disputing.collect();
    let making = readings.iter().filter(|of| !disputing.contains(&(of.claim, &of.sentence)));
    let observed = making.map(|SentenceReadings { claim, sentence, readings }| {
        let (claim, event) = numbers[claim];
        let figures = readings.iter().map(|of| (of.measure.to_string(), of.part, of.value));
        Observed {
            claim,
            event,
            outlet: outlets.of_article(&sentence.article),
            origin: copies.origin_of(sentence).clone(),
            figures: figures.collect(),
        }
    });
    observed.collect()
}

/// The figures measure by measure.
pub(super) fn series(observed: &[Observed]) -> Vec<Series> {
    let mut texts: BTreeMap<&SentenceId, usize> = BTreeMap::new();
    let mut series: BTreeMap<(&str, Part), Vec<Observation>> = BTreeMap::new();
    for Observed { claim, event, outlet, origin, figures } in observed {
        let n_texts = texts.len();
        let text = *texts.entry(origin).or_insert(n_texts);
        for (measure, part, value) in figures {
            let (claim, event, outlet) = (*claim, *event, *outlet);
            let observation = Observation { claim, event, outlet, text, value: f64::from(*value) };
            series.entry((measure, *part)).or_default().push(observation);
        }
    }
    let named = |((measure, part), observations): ((&str, Part), Vec<Observation>)| Series {
        measure: measure.to_owned(),
        part,
        observations,
    };
    series.into_iter().map(named).collect()
}

/// Counts the outlets' own words: quoted words and copied sentences are left out.
pub(super) fn count_uses(
    wordings: &mut Wordings,
    corpus: &Corpus,
    outlets: &Outlets,
    copies: &Copies,
    is_read: &dyn Fn(&CorpusSentence<'_>) -> bool,
) {
    let read = corpus.sentences().filter(|sentence| is_read(sentence));
    for sentence in read.filter(|sentence| !copies.origin.contains_key(sentence.id())) {
        let text = sentence.text();
        let own = words(text).into_iter().filter(|word| is_own(sentence.annotations, word));
        let own: Vec<String> = own.map(|word| folded_word(word.slice(text))).collect();
        wordings.read(outlets.of_article(&sentence.article.id), &own);
    }
}

/// The own words of two outlets for the same thing, seen from both; quoted words and copied sentences are left out.
pub(super) fn aligned_terms(
    corpus: &Corpus,
    outlets: &Outlets,
    copies: &Copies,
    framing: &[Framing],
) -> Vec<AlignedTerms> {
    framing.iter().flat_map(|framing| aligned_in(corpus, outlets, copies, framing)).collect()
}

fn aligned_in(corpus: &Corpus, outlets: &Outlets, copies: &Copies, framing: &Framing) -> Vec<AlignedTerms> {
    let Framing { sentence_a: a, sentence_b: b, .. } = framing;
    if copies.origin_of(a) == copies.origin_of(b) {
        return vec![];
    }
    let annotations = [a, b].map(|id| corpus.sentence(id).annotations);
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
            place: ([a, b][this].clone(), span.start),
            other_sentence: [a, b][other].clone(),
        }));
    }
    aligned
}
