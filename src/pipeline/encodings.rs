use super::clock::Clock;
use super::{Models, Warning};
use crate::annotate::agency::clauses;
use crate::annotate::loaded_language;
use crate::cluster::{NameFrequency, ShortNames};
use crate::encode::{Encoder, OutletMask, encode, hide_names};
use crate::error::{Error, Result};
use crate::group::Profile;
use crate::records::{
    Clause, Corpus, CorpusSentence, Document, Encoding, Kind, LoadedWord, Masked, Outlets, Score,
    SentenceFigures, SentenceId,
};

/// Sentences that are encoded before what is kept of them is made and the rest let go. Enough for full batches of every length.
const CHUNK: usize = 4096;

/// What is kept of the encodings.
pub(super) struct Encodings {
    /// One for each sentence of the corpus; `None` for those that are not matched.
    pub figures: Vec<Option<SentenceFigures>>,
    /// Of each article with a matched sentence.
    pub profiles: Vec<Profile>,
    /// How rare names and words are in the corpus.
    pub names: NameFrequency,
    /// What the model could not read.
    pub warnings: Vec<Warning>,
}

/// Encodes the sentences that can be matched, some articles after the other, and keeps of each encoding what later phases ask of
/// every sentence.
pub(super) fn encodings(
    corpus: &Corpus,
    outlets: &Outlets,
    models: &Models<'_>,
    clock: &mut Clock<'_>,
) -> Result<Encodings> {
    let encoder = models.encoder;
    let mask = mask(outlets)?;
    let mut names = names_of(corpus);
    let mut warnings = warnings_of_language(corpus, encoder.languages());
    let mut figures = Vec::with_capacity(corpus.n_sentences());
    clock.begin("encoding", Some(n_matched(corpus, encoder.languages())));
    let profiles = by_article(corpus, models, &|n| clock.advance(n), &mut |chunk| {
        let texts: Vec<(&str, &Encoding)> = chunk
            .iter()
            .filter_map(|(sentence, encoding)| Some((sentence.text(), encoding.as_ref()?)))
            .collect();
        texts.iter().for_each(|(text, encoding)| names.count_words(text, &encoding.words));
        let mut masked = hide_names(encoder, &mask, &texts)?.into_iter();
        for (sentence, encoding) in chunk {
            let of_sentence = encoding.as_ref().map(|encoding| {
                let masked = masked.next().expect("every encoded text was looked at");
                figures_of(sentence, encoding, masked.as_ref())
            });
            warnings
                .extend(of_sentence.as_ref().and_then(|figures| warning_of_truncation(sentence, figures)));
            figures.push(of_sentence);
        }
        Ok(())
    })?;
    warnings.sort_by(|a, b| a.article.cmp(&b.article));
    Ok(Encodings { figures, profiles, names, warnings })
}

/// The profiles of the articles alone.
pub(crate) fn profiles(
    corpus: &Corpus,
    models: &Models<'_>,
    advance: &(dyn Fn(usize) + Sync),
) -> Result<Vec<Profile>> {
    by_article(corpus, models, advance, &mut |_| Ok(()))
}

/// A sentence, with its encoding where it is matched.
type Encoded<'run> = (CorpusSentence<'run>, Option<Encoding>);

/// Encodes chunk by chunk of whole articles, shows each chunk to `read`, and gives the articles' profiles.
fn by_article(
    corpus: &Corpus,
    models: &Models<'_>,
    advance: &(dyn Fn(usize) + Sync),
    read: &mut dyn FnMut(&[Encoded<'_>]) -> Result<()>,
) -> Result<Vec<Profile>> {
    let (mut profiles, mut first) = (vec![], 0);
    while first < corpus.documents().len() {
        let end = end_of_chunk(corpus, first);
        let chunk = encode_documents(corpus, first..end, models.encoder, advance)?;
        read(&chunk)?;
        let of_article = chunk.chunk_by(|(a, _), (b, _)| a.document == b.document);
        profiles.extend(of_article.filter_map(|of_article| profile(of_article, models)));
        first = end;
    }
    Ok(profiles)
}

/// The document behind the last of a chunk that begins with `first`.
fn end_of_chunk(corpus: &Corpus, first: usize) -> usize {
    let start = corpus.sentences_of(first).start;
    let n = corpus.documents().len();
    (first + 1..n).find(|&document| corpus.sentences_of(document).end - start > CHUNK).unwrap_or(n)
}

fn encode_documents<'run>(
    corpus: &'run Corpus,
    documents: std::ops::Range<usize>,
    encoder: &dyn Encoder,
    advance: &(dyn Fn(usize) + Sync),
) -> Result<Vec<Encoded<'run>>> {
    let languages = encoder.languages();
    let sentences: Vec<CorpusSentence<'_>> = documents
        .flat_map(|document| corpus.sentences_of(document))
        .map(|at| corpus.sentence_at(at))
        .collect();
    let is_matched = |sentence: &CorpusSentence<'_>| is_matched(corpus, sentence, languages);
    let texts: Vec<&str> =
        sentences.iter().filter(|sentence| is_matched(sentence)).map(CorpusSentence::text).collect();
    let mut encodings = encode(encoder, &texts, advance)?.into_iter();
    let encoded = |sentence: CorpusSentence<'run>| {
        let encoding = is_matched(&sentence).then(|| encodings.next().expect("one for each text"));
        (sentence, encoding)
    };
    Ok(sentences.into_iter().map(encoded).collect())
}

fn profile(of_article: &[Encoded<'_>], models: &Models<'_>) -> Option<Profile> {
    let article = of_article.first()?.0.article;
    Profile::new(article, of_article.iter().filter_map(with_encoding), models.thresholds)
}

/// A sentence that was encoded: what it is part of, its words, its encoding.
fn with_encoding<'run>(
    (sentence, encoding): &'run Encoded<'run>,
) -> Option<(Kind, &'run str, &'run Encoding)> {
    Some((sentence.sentence.kind, sentence.text(), encoding.as_ref()?))
}

/// True for a sentence that is the outlet's own reporting in a language that the model knows: only these are encoded and matched.
pub(crate) fn is_matched(corpus: &Corpus, sentence: &CorpusSentence<'_>, languages: &[String]) -> bool {
    sentence.sentence.kind.is_reporting() && is_known(&corpus.documents()[sentence.document], languages)
}

fn is_known(document: &Document, languages: &[String]) -> bool {
    let language = &document.layout.language;
    language == "und" || languages.contains(language)
}

/// Number of sentences that are encoded.
pub(crate) fn n_matched(corpus: &Corpus, languages: &[String]) -> usize {
    corpus.sentences().filter(|sentence| is_matched(corpus, sentence, languages)).count()
}

/// A mask of the run's outlets.
pub(super) fn mask(outlets: &Outlets) -> Result<OutletMask> {
    OutletMask::new(outlets.names().iter().map(String::as_str)).map_err(|message| Error::Usage { message })
}

/// The counts of the corpus without its words.
fn names_of(corpus: &Corpus) -> NameFrequency {
    let annotations = || corpus.sentences().map(|sentence| sentence.annotations);
    let mut names = NameFrequency::new(ShortNames::new(annotations()));
    annotations().for_each(|annotations| names.count_names(annotations));
    names
}

fn figures_of(
    sentence: &CorpusSentence<'_>,
    encoding: &Encoding,
    masked: Option<&Masked>,
) -> SentenceFigures {
    let listed = unmasked(&sentence.annotations.loaded, masked);
    let loaded = head_of(encoding, masked);
    SentenceFigures {
        sentiment: encoding.sentiment,
        loaded_language: loaded.map(|head| loaded_language(&listed, head, &encoding.words.spans).score),
        scores: encoding.scores.iter().map(|score| score.value).collect(),
        clauses: clauses_of(sentence.text(), encoding),
        truncated: encoding.truncated,
    }
}

/// The clauses of a sentence; none where the model brings no head for syntax.
pub(super) fn clauses_of(text: &str, encoding: &Encoding) -> Vec<Clause> {
    encoding.syntax.as_ref().map_or(vec![], |parse| clauses(text, &encoding.words.spans, parse))
}

/// Of the loaded words of a sentence, those that are no part of an outlet's name.
pub(crate) fn unmasked(listed: &[LoadedWord], masked: Option<&Masked>) -> Vec<LoadedWord> {
    let is_kept = |word: &&LoadedWord| masked.is_none_or(|masked| !masked.hides(&word.span));
    listed.iter().filter(is_kept).copied().collect()
}

/// What the loaded-language head says with the outlets' names hidden.
pub(crate) fn head_of<'run>(encoding: &'run Encoding, masked: Option<&'run Masked>) -> Option<&'run Score> {
    masked.map_or(encoding.loaded.as_ref(), |masked| masked.loaded.as_ref())
}

fn warnings_of_language(corpus: &Corpus, languages: &[String]) -> Vec<Warning> {
    let unknown = corpus.documents().iter().filter(|document| !is_known(document, languages));
    let warning = |document: &Document| Warning {
        article: document.article.id.clone(),
        message: format!(
            "language `{}` is not one that the model knows ({}): not matched",
            document.layout.language,
            languages.join(", ")
        ),
    };
    unknown.map(warning).collect()
}

fn warning_of_truncation(sentence: &CorpusSentence<'_>, figures: &SentenceFigures) -> Option<Warning> {
    let SentenceId { article, index } = sentence.id();
    figures.truncated.then(|| Warning {
        article: article.clone(),
        message: format!("sentence {index} is longer than the model reads: its end was left out"),
    })
}
