use rayon::prelude::*;

use super::clock::Clock;
use super::{Models, Warning};
use crate::annotate::agency::clauses;
use crate::annotate::loaded_language;
use crate::cluster::{NameFrequency, ShortNames};
use crate::encode::{Encoder, OutletMask, encode, hide_names};
use crate::error::{Error, Result};
use crate::group::{Profile, ProfileSentence};
use crate::options::Options;
use crate::records::{
    Clause, Corpus, CorpusSentence, Document, Encoding, Kind, LoadedWord, Masked, Outlets, Score,
    SentenceFigures, SentenceId, Thresholds, Words,
};

/// Sentences that are encoded before what is kept of them is made and the rest let go. Enough for full batches of every length.
const CHUNK: usize = 4096;

/// First sentences of an article's body whose embeddings tell events apart: `docs/experiments/grouping.md` has the figures of others.
const LEAD: usize = 5;

/// What is kept of the encodings that tell events apart.
pub(super) struct Encodings {
    /// As [`Matched::figures`]; `None` where only the articles' beginnings were encoded.
    pub figures: Option<Vec<Option<SentenceFigures>>>,
    /// Of each article with a matched sentence.
    pub profiles: Vec<Profile>,
    /// How rare names and words are in the corpus.
    pub names: NameFrequency,
}

/// What is kept of the sentences that matching works on.
pub(super) struct Matched {
    /// One for each sentence of the corpus; `None` for those that are not matched.
    pub figures: Vec<Option<SentenceFigures>>,
    /// What the model could not read.
    pub warnings: Vec<Warning>,
}

/// Encodes the sentences that can be matched, some articles after the other, and keeps of each encoding what later phases ask of
/// every sentence; or, where `options` says so, the beginnings of the articles alone.
pub(super) fn encodings(
    corpus: &Corpus,
    outlets: &Outlets,
    models: &Models<'_>,
    options: &Options,
    clock: &mut Clock<'_>,
) -> Result<Encodings> {
    let n_matched = n_matched(corpus, models.encoder.languages());
    if !options.encode.takes_all(n_matched) {
        return beginnings(corpus, models, names_of(corpus), clock);
    }
    let mut names = names_of(corpus);
    let mut read = FiguresOf::new(corpus, outlets, models)?;
    clock.begin("encoding", Some(n_matched));
    let profiles = by_article(corpus, models, &|n| clock.advance(n), &mut |chunk| {
        for (sentence, encoding) in chunk {
            if let Some(encoding) = encoding {
                names.count_words(sentence.text(), &encoding.words.spans);
            }
        }
        read.read(chunk)
    })?;
    Ok(Encodings { figures: Some(read.figures), profiles, names })
}

/// Encodes headlines and first sentences; of all other sentences the words are counted, in addition to what `names` has.
pub(super) fn beginnings(
    corpus: &Corpus,
    models: &Models<'_>,
    mut names: NameFrequency,
    clock: &mut Clock<'_>,
) -> Result<Encodings> {
    let encoder = models.encoder;
    let is_matched = |sentence: &CorpusSentence<'_>| is_matched(corpus, sentence, encoder.languages());
    let kind = |of: &CorpusSentence<'_>| of.sentence.kind;
    let (mut profiles, mut first) = (vec![], 0);
    clock.begin("encoding the beginnings", Some(corpus.documents().len()));
    while first < corpus.documents().len() {
        let end = end_of_chunk(corpus, first);
        let sentences: Vec<Vec<CorpusSentence<'_>>> = (first..end)
            .map(|document| corpus.sentences_of(document).map(|at| corpus.sentence_at(at)))
            .map(|sentences| sentences.filter(is_matched).collect())
            .collect();
        let texts: Vec<&str> = sentences.iter().flatten().map(CorpusSentence::text).collect();
        let mut words = encoder.words(&texts)?.into_iter();
        let leads = sentences.iter().flat_map(|of| of.iter().take(n_lead(of.iter().map(kind))));
        let leads: Vec<&str> = leads.map(CorpusSentence::text).collect();
        let mut embeddings = encode(encoder, &leads, &|_| ())?.into_iter().map(|encoding| encoding.embedding);
        let mut read = vec![];
        for sentences in sentences.into_iter().filter(|of| !of.is_empty()) {
            let n_lead = n_lead(sentences.iter().map(kind)).min(sentences.len());
            let lead: Vec<Vec<f32>> = embeddings.by_ref().take(n_lead).collect();
            read.push(Beginning { lead, words: words.by_ref().take(sentences.len()).collect(), sentences });
        }
        let at_once = read.len().div_ceil(rayon::current_num_threads()).max(1);
        let counts: Vec<NameFrequency> = read.par_chunks(at_once).map(count_words).collect();
        names = counts.into_iter().fold(names, NameFrequency::merge);
        profiles.par_extend(read.par_iter().filter_map(|of| of.profile(models.thresholds)));
        clock.advance(end - first);
        first = end;
    }
    Ok(Encodings { figures: None, profiles, names })
}

/// The matched sentences of an article, with the words of each and the embeddings of the first.
struct Beginning<'run> {
    sentences: Vec<CorpusSentence<'run>>,
    words: Vec<Words>,
    lead: Vec<Vec<f32>>,
}

impl Beginning<'_> {
    fn profile(&self, thresholds: &Thresholds) -> Option<Profile> {
        let read = self.sentences.iter().zip(&self.words).enumerate();
        let read = read.map(|(n, (sentence, words))| ProfileSentence {
            kind: sentence.sentence.kind,
            text: sentence.text(),
            spans: &words.spans,
            weights: &words.weights,
            embedding: self.lead.get(n).map(Vec::as_slice),
        });
        Profile::new(self.sentences[0].article, read, thresholds)
    }
}

/// The counts of the words of some articles.
fn count_words(articles: &[Beginning<'_>]) -> NameFrequency {
    let mut names = NameFrequency::default();
    for Beginning { sentences, words, .. } in articles {
        for (sentence, words) in sentences.iter().zip(words) {
            names.count_words(sentence.text(), &words.spans);
        }
    }
    names
}

/// Of so many matched sentences of an article its profile has the embeddings: the headline, which comes first, and [`LEAD`] of the body.
fn n_lead(kinds: impl Iterator<Item = Kind>) -> usize {
    kinds.filter(|&kind| kind == Kind::Headline).count() + LEAD
}

/// The figures of the sentences that were encoded before, or of the chosen ones, which are encoded here.
pub(super) fn matched(
    corpus: &Corpus,
    outlets: &Outlets,
    encoded: Option<Vec<Option<SentenceFigures>>>,
    chosen: Option<Vec<bool>>,
    models: &Models<'_>,
    clock: &mut Clock<'_>,
) -> Result<Matched> {
    let figures = match encoded {
        Some(figures) => figures,
        None => {
            let chosen = &chosen.expect("where not all are encoded, some are chosen");
            clock.begin("encoding", Some(chosen.iter().filter(|&&chosen| chosen).count()));
            encode_chosen(corpus, outlets, chosen, models, clock)?
        }
    };
    let warnings = warnings(corpus, &figures, models);
    Ok(Matched { figures, warnings })
}

/// What the model could not read. `figures` has one for each sentence.
pub(super) fn warnings(
    corpus: &Corpus,
    figures: &[Option<SentenceFigures>],
    models: &Models<'_>,
) -> Vec<Warning> {
    let mut warnings = warnings_of_language(corpus, models.encoder.languages());
    let read = corpus.sentences().zip(figures);
    warnings.extend(read.filter_map(|(sentence, of)| warning_of_truncation(&sentence, of.as_ref()?)));
    warnings.sort_by(|a, b| a.article.cmp(&b.article));
    warnings
}

/// The figures of the chosen sentences alone. One for each sentence of the corpus.
fn encode_chosen(
    corpus: &Corpus,
    outlets: &Outlets,
    chosen: &[bool],
    models: &Models<'_>,
    clock: &Clock<'_>,
) -> Result<Vec<Option<SentenceFigures>>> {
    let mut read = FiguresOf::new(corpus, outlets, models)?;
    let mut first = 0;
    while first < corpus.n_sentences() {
        let mut n_chosen = 0;
        let is_enough = |at: &usize| {
            n_chosen += usize::from(chosen[*at]);
            n_chosen == CHUNK
        };
        let end = (first..corpus.n_sentences()).find(is_enough).map_or(corpus.n_sentences(), |last| last + 1);
        let texts = (first..end).filter(|&at| chosen[at]).map(|at| corpus.sentence_at(at).text());
        let mut encodings =
            encode(models.encoder, &texts.collect::<Vec<_>>(), &|n| clock.advance(n))?.into_iter();
        let encoded = |at: usize| {
            let encoding = chosen[at].then(|| encodings.next().expect("one for each text"));
            (corpus.sentence_at(at), encoding)
        };
        read.read(&(first..end).map(encoded).collect::<Vec<_>>())?;
        first = end;
    }
    Ok(read.figures)
}

/// Makes figures of encodings, in the order of the corpus.
struct FiguresOf<'run> {
    encoder: &'run dyn Encoder,
    mask: OutletMask,
    figures: Vec<Option<SentenceFigures>>,
}

impl<'run> FiguresOf<'run> {
    fn new(corpus: &Corpus, outlets: &Outlets, models: &Models<'run>) -> Result<Self> {
        let figures = Vec::with_capacity(corpus.n_sentences());
        Ok(Self { encoder: models.encoder, mask: mask(outlets)?, figures })
    }

    fn read(&mut self, chunk: &[Encoded<'_>]) -> Result<()> {
        let encoded = chunk.iter().filter_map(|(of, encoding)| Some((of.text(), encoding.as_ref()?)));
        let mut masked = hide_names(self.encoder, &self.mask, &encoded.collect::<Vec<_>>())?.into_iter();
        self.figures.extend(chunk.iter().map(|(sentence, encoding)| {
            let encoding = encoding.as_ref()?;
            let masked = masked.next().expect("every encoded text was looked at");
            Some(figures_of(sentence, encoding, masked.as_ref()))
        }));
        Ok(())
    }
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

fn profile<'run>(of_article: &'run [Encoded<'run>], models: &Models<'_>) -> Option<Profile> {
    let article = of_article.first()?.0.article;
    let sentences: Vec<ProfileSentence<'_>> = of_article.iter().filter_map(with_encoding).collect();
    let n_lead = n_lead(sentences.iter().map(|of| of.kind));
    let without = |of: ProfileSentence<'run>| ProfileSentence { embedding: None, ..of };
    let read = sentences.iter().enumerate().map(|(n, &of)| if n < n_lead { of } else { without(of) });
    Profile::new(article, read, models.thresholds)
}

fn with_encoding<'run>((sentence, encoding): &'run Encoded<'run>) -> Option<ProfileSentence<'run>> {
    Some(ProfileSentence::encoded(sentence.sentence.kind, sentence.text(), encoding.as_ref()?))
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
