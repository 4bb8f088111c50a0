use std::sync::Arc;

use super::{Models, Observer, Stoppable};
use crate::annotate::annotate;
use crate::cluster::{Candidate, NameFrequency, TermFrequency, Verification};
use crate::encode::{Encoder, encode};
use crate::error::{Error, Result};
use crate::options::Options;
use crate::records::{
    Annotations, Article, Conflict, Field, Kind, Relation, Sentence, SentenceId, Span, Tier,
};

/// How the two texts of a pair relate, outside of any event.
#[derive(Debug, Clone, PartialEq)]
pub struct Related {
    /// How surely they share a proposition; `None` where `compare` would not match them.
    pub tier: Option<Tier>,
    /// How they relate; `None` where `compare` would not match them.
    pub relation: Option<Relation>,
    /// The probability that they share a proposition, in [0, 1].
    pub shared: f32,
    /// The probability that both mainly say the same, in [0, 1].
    pub same: f32,
    /// The cosine of their embeddings, in [-1, 1].
    pub cosine: f32,
    /// What they contradict each other on, with the words of the first and of the second; `None` for other relations.
    pub conflict: Option<(Conflict, [String; 2])>,
}

/// How the two texts of each pair relate, each text taken as one sentence, in the order of `pairs`. A word is as rare as it is among all these texts, which
/// stand for one event.
///
/// # Errors
/// [`Error::Usage`] for options out of their ranges, [`Error::Encode`] where the encoder fails, [`Error::Stopped`] where the observer wants it to stop.
pub fn relate(
    pairs: &[(String, String)],
    models: &Models<'_>,
    options: &Options,
    observer: &dyn Observer,
) -> Result<Vec<Related>> {
    options.check().map_err(|message| Error::Usage { message })?;
    let texts: Vec<&str> = pairs.iter().flat_map(|(a, b)| [a.as_str(), b.as_str()]).collect();
    let encoder = Stoppable::new(models.encoder, observer);
    let read = |pairs: &[(&str, &str)]| encoder.pair_readings(pairs, &|_| ());
    let found = with_pairs(&texts, &encoder, observer, |pairs, names| {
        models.verifier.verify(pairs, names, &read, 0.0)
    })?;
    let related = |((a, b), found): (&(String, String), Arc<Verification>)| {
        let cluster = &options.cluster;
        let (tier, is_conflict) = (cluster.tier(&found), cluster.is_conflict(&found));
        let words = |[of_a, of_b]: [Span; 2]| [of_a.slice(a).to_owned(), of_b.slice(b).to_owned()];
        Related {
            tier: tier.or_else(|| is_conflict.then_some(Tier::Possible)),
            relation: (tier.is_some() || is_conflict).then(|| cluster.relation(&found)),
            shared: found.shared,
            same: found.same,
            cosine: found.similarity.cosine,
            conflict: found.clash().filter(|_| is_conflict).map(|clash| (clash.kind, words(clash.words))),
        }
    };
    Ok(pairs.iter().zip(found).map(related).collect())
}

/// Calls `verify` with the pairs that `texts` holds one behind the other, encoded and annotated; each stands at a middle depth. Names and words count as rare or common
/// among these texts.
pub(crate) fn with_pairs<T>(
    texts: &[&str],
    encoder: &dyn Encoder,
    observer: &dyn Observer,
    verify: impl Fn(&[(Candidate<'_>, Candidate<'_>)], &NameFrequency) -> Result<Vec<T>>,
) -> Result<Vec<T>> {
    observer.begin("encoding", Some(texts.len()));
    let encodings = encode(encoder, texts, &|n| observer.advance(n))?;
    let annotations: Vec<Annotations> = texts.iter().map(|text| annotate_whole(text)).collect();
    let words = texts.iter().copied().zip(encodings.iter().map(|encoding| &encoding.words));
    let names = NameFrequency::of(&annotations, words);
    let terms = TermFrequency::of(texts.iter().copied());
    let id = |index: usize| SentenceId { article: "".into(), index: index as u32 };
    let ids: Vec<SentenceId> = (0..texts.len()).map(id).collect();
    let candidate = |i: usize| Candidate {
        position: i,
        id: &ids[i],
        document: i,
        outlet: "",
        date: None,
        text: texts[i],
        encoding: &encodings[i],
        annotations: &annotations[i],
        terms: &terms,
        depth: Candidate::SOMEWHERE,
    };
    let pairs: Vec<_> = (0..texts.len()).step_by(2).map(|i| (candidate(i), candidate(i + 1))).collect();
    verify(&pairs, &names)
}

/// A text annotated as one sentence of a body, whatever the splitter would make of it.
pub(crate) fn annotate_whole(text: &str) -> Annotations {
    let article = Article::new("", "", text);
    let sentence = Sentence {
        id: SentenceId { article: article.id.clone(), index: 0 },
        field: Field::Body,
        kind: Kind::Body,
        bytes: Span::new(0, text.len()),
        chars: Span::new(0, text.chars().count()),
    };
    annotate(&article, &[sentence]).remove(0)
}
