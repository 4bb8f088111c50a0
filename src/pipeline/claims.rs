use rayon::prelude::*;

use super::Models;
use super::clock::Clock;
use super::encodings::is_matched;
use crate::annotate::is_statement;
use crate::clean::is_boilerplate;
use crate::cluster::{
    self, EventTerms, Material, NameFrequency, Partners, Tie, Verifications, cluster, compare_outlets,
};
use crate::encode::encode;
use crate::error::Result;
use crate::options::Options;
use crate::records::{Claim, Comparison, Corpus, CorpusSentence, Event};

/// What outlets have in common.
pub(super) struct Claims {
    /// What at least two outlets say.
    pub claims: Vec<Claim>,
    /// Each claim as each pair of its outlets words it, in the order of the claims.
    pub comparisons: Vec<Comparison>,
}

/// Matches the sentences of events and compares what was matched.
pub(super) fn claims(
    corpus: &Corpus,
    events: &[Event],
    names: &NameFrequency,
    matchable: &Matchable,
    models: &Models<'_>,
    options: &Options,
    clock: &mut Clock<'_>,
) -> Result<Claims> {
    clock.begin("matching", None);
    with_material(corpus, names, matchable, models, &|material| {
        let (claims, known) = cluster(material, events, models.verifier, &options.cluster)?;
        let comparisons = compare_outlets(&claims, known, material, models.verifier, &options.cluster)?;
        Ok(Claims { claims, comparisons })
    })
}

/// The claims within events, and what neighbouring events have in common beside them.
pub(super) fn claims_and_ties(
    corpus: &Corpus,
    events: &[Event],
    names: &NameFrequency,
    matchable: &Matchable,
    models: &Models<'_>,
    options: &Options,
    clock: &mut Clock<'_>,
) -> Result<(Vec<Claim>, Vec<Tie>)> {
    clock.begin("matching", None);
    with_material(corpus, names, matchable, models, &|material| {
        let (claims, ties, _) =
            cluster::claims_and_ties(material, events, models.verifier, &options.cluster)?;
        Ok((claims, ties))
    })
}

/// Compares the claims of some events as each pair of outlets words them.
pub(super) fn compared(
    corpus: &Corpus,
    events: &[Event],
    names: &NameFrequency,
    claims: Vec<Claim>,
    models: &Models<'_>,
    options: &Options,
    clock: &mut Clock<'_>,
) -> Result<Claims> {
    let matchable = matchable(corpus, events, names, true, models, options, clock)?;
    clock.begin("matching", None);
    let comparisons = with_material(corpus, names, &matchable, models, &|material| {
        compare_outlets(&claims, Verifications::new(), material, models.verifier, &options.cluster)
    })?;
    Ok(Claims { claims, comparisons })
}

/// The pairs of sentences that are looked at within events, with what the verifier says.
pub(super) fn candidates(
    corpus: &Corpus,
    events: &[Event],
    names: &NameFrequency,
    matchable: &Matchable,
    models: &Models<'_>,
    options: &Options,
) -> Result<Verifications> {
    with_material(corpus, names, matchable, models, &|material| {
        cluster::candidates(material, events, models.verifier, &options.cluster)
    })
}

/// What matching looks at.
pub(super) struct Matchable {
    /// Whether a sentence states something in the outlet's own reporting. One for each of the corpus.
    can_match: Vec<bool>,
    /// How rare words are in each event, by all these sentences.
    terms: EventTerms,
    /// Where not all of them were encoded, those that may have a partner by their words.
    partners: Option<Partners>,
}

impl Matchable {
    /// The sentences that are to be encoded where not all are. One for each of the corpus.
    pub(super) fn chosen(&self) -> Option<Vec<bool>> {
        self.partners.as_ref().map(Partners::anywhere)
    }
}

/// The sentences that are matched.
pub(super) fn matchable(
    corpus: &Corpus,
    events: &[Event],
    names: &NameFrequency,
    is_encoded_whole: bool,
    models: &Models<'_>,
    options: &Options,
    clock: &mut Clock<'_>,
) -> Result<Matchable> {
    let languages = models.encoder.languages();
    let can_match = |position: usize| {
        let sentence = corpus.sentence_at(position);
        is_matched(corpus, &sentence, languages) && can_be_claim(sentence.text())
    };
    let can_match: Vec<bool> = (0..corpus.n_sentences()).into_par_iter().map(can_match).collect();
    let is_looked_at = |sentence: &CorpusSentence<'_>| can_match[corpus.sentence_position(sentence.id())];
    let terms = EventTerms::new(corpus, events, &is_looked_at);
    let all = Matchable { can_match, terms, partners: None };
    if is_encoded_whole {
        return Ok(all);
    }
    clock.begin("choosing sentences", None);
    let partners = with_material(corpus, names, &all, models, &|material| {
        Ok(Partners::new(material, events, &options.cluster))
    })?;
    Ok(Matchable { partners: Some(partners), ..all })
}

/// False for what states nothing, and for boilerplate that stands within a paragraph.
fn can_be_claim(text: &str) -> bool {
    is_statement(text) && !is_boilerplate(text)
}

/// Hands over what matching reads of a run.
fn with_material<T>(
    corpus: &Corpus,
    names: &NameFrequency,
    Matchable { can_match, terms, partners }: &Matchable,
    models: &Models<'_>,
    read: &dyn Fn(&Material<'_>) -> Result<T>,
) -> Result<T> {
    read(&Material {
        corpus,
        is_matched: &|sentence| can_match[corpus.sentence_position(sentence.id())],
        partners: partners.as_ref(),
        encode: &|texts| encode(models.encoder, texts, &|_| ()),
        read: &|pairs| models.encoder.pair_readings(pairs, &|_| ()),
        names,
        terms,
    })
}
