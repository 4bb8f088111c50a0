use super::Models;
use super::clock::Clock;
use super::encodings::is_matched;
use crate::annotate::is_statement;
use crate::clean::is_boilerplate;
use crate::cluster::{
    self, EventTerms, Material, NameFrequency, Verifications, cluster, compare_outlets, have_partners,
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
    may_match: &[bool],
    models: &Models<'_>,
    options: &Options,
    clock: &mut Clock<'_>,
) -> Result<Claims> {
    clock.begin("matching", None);
    with_material(corpus, events, names, may_match, models, &|material| {
        let (claims, known) = cluster(material, events, models.verifier, &options.cluster)?;
        let comparisons = compare_outlets(&claims, known, material, models.verifier, &options.cluster)?;
        Ok(Claims { claims, comparisons })
    })
}

/// The pairs of sentences that are looked at within events, with what the verifier says.
pub(super) fn candidates(
    corpus: &Corpus,
    events: &[Event],
    names: &NameFrequency,
    may_match: &[bool],
    models: &Models<'_>,
    options: &Options,
) -> Result<Verifications> {
    with_material(corpus, events, names, may_match, models, &|material| {
        cluster::candidates(material, events, models.verifier, &options.cluster)
    })
}

/// Whether each sentence of the corpus may be in a claim by its words: see [`have_partners`].
pub(super) fn with_partners(
    corpus: &Corpus,
    events: &[Event],
    models: &Models<'_>,
    options: &Options,
) -> Result<Vec<bool>> {
    let languages = models.encoder.languages();
    let may_match: Vec<bool> = corpus
        .sentences()
        .map(|sentence| is_matched(corpus, &sentence, languages) && can_be_claim(sentence.text()))
        .collect();
    with_material(corpus, events, &NameFrequency::default(), &may_match, models, &|material| {
        Ok(have_partners(material, events, &options.cluster))
    })
}

/// False for what states nothing, and for boilerplate that stands within a paragraph.
pub(super) fn can_be_claim(text: &str) -> bool {
    is_statement(text) && !is_boilerplate(text)
}

/// Hands over what matching reads of a run. `may_match` says of each sentence of the corpus whether it is looked at; how rare words are in
/// an event is told by all its sentences.
fn with_material<T>(
    corpus: &Corpus,
    events: &[Event],
    names: &NameFrequency,
    may_match: &[bool],
    models: &Models<'_>,
    read: &dyn Fn(&Material<'_>) -> Result<T>,
) -> Result<T> {
    let languages = models.encoder.languages();
    let is_matched = |sentence: &CorpusSentence<'_>| {
        is_matched(corpus, sentence, languages) && can_be_claim(sentence.text())
    };
    read(&Material {
        corpus,
        is_matched: &|sentence| may_match[corpus.sentence_position(sentence.id())],
        encode: &|texts| encode(models.encoder, texts, &|_| ()),
        read: &|pairs| models.encoder.pair_readings(pairs, &|_| ()),
        names,
        terms: &EventTerms::new(corpus, events, &is_matched),
    })
}
