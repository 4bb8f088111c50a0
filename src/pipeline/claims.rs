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
    /// Whether a sentence may be in a claim. One for each of the corpus.
    pub may_match: Vec<bool>,
    /// How rare words are in each event, by all its sentences that state something.
    terms: EventTerms,
}

/// The sentences that state something in the outlet's own reporting; where not all of them were encoded, those that may have a partner
/// by their words ([`have_partners`]).
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
    let can_match = |sentence: CorpusSentence<'_>| {
        is_matched(corpus, &sentence, languages) && can_be_claim(sentence.text())
    };
    let may_match: Vec<bool> = corpus.sentences().map(can_match).collect();
    let is_looked_at = |sentence: &CorpusSentence<'_>| may_match[corpus.sentence_position(sentence.id())];
    let terms = EventTerms::new(corpus, events, &is_looked_at);
    let all = Matchable { may_match, terms };
    if is_encoded_whole {
        return Ok(all);
    }
    clock.begin("choosing sentences", None);
    let may_match = with_material(corpus, names, &all, models, &|material| {
        Ok(have_partners(material, events, &options.cluster))
    })?;
    Ok(Matchable { may_match, ..all })
}

/// False for what states nothing, and for boilerplate that stands within a paragraph.
fn can_be_claim(text: &str) -> bool {
    is_statement(text) && !is_boilerplate(text)
}

/// Hands over what matching reads of a run.
fn with_material<T>(
    corpus: &Corpus,
    names: &NameFrequency,
    Matchable { may_match, terms }: &Matchable,
    models: &Models<'_>,
    read: &dyn Fn(&Material<'_>) -> Result<T>,
) -> Result<T> {
    read(&Material {
        corpus,
        is_matched: &|sentence| may_match[corpus.sentence_position(sentence.id())],
        encode: &|texts| encode(models.encoder, texts, &|_| ()),
        read: &|pairs| models.encoder.pair_readings(pairs, &|_| ()),
        names,
        terms,
    })
}
