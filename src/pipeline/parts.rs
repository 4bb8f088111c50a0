//! The phases on parts of a corpus, for machines that each have some of it: the functions of the whole run, which joined give what it gives.
//!
//! An article goes through [`map_articles`] alone. What all parts must know of the others is counted ([`Counts`], [`NameFrequency`]).
//! Sentences are matched event by event and between each two neighbouring ones ([`match_events`]), so any events may be looked at together, if their
//! neighbours are there too. Claims are compared ([`compare_events`]) where all events are at hand that they have sentences of.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::claims::{self, Claims};
use super::clock::Clock;
use super::encodings::{self, Encodings, is_matched, n_matched};
use super::framing::{self, Background};
use super::outlets::{aligned_terms, count_uses, observed, series};
use super::{Models, Observer, Run, documents};
use crate::cluster::{NameFrequency, ShortNames, Tie};
use crate::error::{Error, Result};
use crate::group::Profile;
use crate::options::Options;
use crate::records::{
    Article, ArticleId, Claim, ClaimId, Copies, Corpus, CorpusSentence, Document, Event, EventId, OutletDays,
    Outlets, SentenceFigures,
};
use crate::statistics::{
    AlignedTerms, OutletEstimates, Uses, Wording, Wordings, coverage, independent_outlets, outlet_estimates,
};

pub use super::outlets::Observed;

/// What is counted of articles without a look at others. Counts of parts of a corpus are added up.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Counts {
    /// The outlets, with the days of their articles.
    pub days: OutletDays,
    /// The names of further columns of the input.
    pub groups: BTreeSet<String>,
    /// The names of one word.
    pub short: ShortNames,
    /// How many sentences hold each word.
    words: NameFrequency,
    /// Sentences that the model can read.
    n_matched: usize,
    /// Articles.
    pub n_articles: usize,
}

impl Counts {
    /// Adds what was counted of other articles.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        for (outlet, days) in other.days {
            self.days.entry(outlet).or_default().extend(days);
        }
        self.groups.extend(other.groups);
        Self {
            short: self.short.merge(other.short),
            words: self.words.merge(other.words),
            n_matched: self.n_matched + other.n_matched,
            n_articles: self.n_articles + other.n_articles,
            ..self
        }
    }
}

/// What all parts of a corpus know of it.
pub struct Whole {
    /// What was counted of all articles.
    pub counts: Counts,
    /// How rare names and words are.
    names: NameFrequency,
}

impl Whole {
    /// From the counts of all articles, and the counts of names ([`count_names`]) of all documents.
    pub fn new(counts: Counts, names: NameFrequency) -> Self {
        let names = names.merge(counts.words.clone());
        Self { counts, names }
    }

    fn outlets(&self, corpus: &Corpus) -> Outlets {
        Outlets::of_part(self.counts.days.clone(), corpus.articles())
    }

    fn is_encoded_whole(&self, options: &Options) -> bool {
        options.encode.takes_all(self.counts.n_matched)
    }
}

/// What becomes of articles without a look at others.
pub struct Mapped {
    /// Each with its profile; `None` where no sentence is matched.
    pub articles: Vec<(Document, Option<Profile>)>,
    /// What was counted.
    pub counts: Counts,
}

/// Splits and annotates articles, and encodes their beginnings.
///
/// # Errors
/// As [`compare_articles`](super::compare_articles).
pub fn map_articles(articles: Vec<Article>, models: &Models<'_>, observer: &dyn Observer) -> Result<Mapped> {
    documents::check_ids(&articles)?;
    let corpus = documents::documents(articles, &|_| ());
    let mut clock = Clock::new(observer);
    let words = NameFrequency::default();
    let Encodings { profiles, names: words, .. } = encodings::beginnings(&corpus, models, words, &mut clock)?;
    let counts = Counts {
        days: Outlets::days_of(corpus.articles()),
        groups: corpus.articles().flat_map(|article| article.groups.keys().cloned()).collect(),
        short: ShortNames::new(corpus.sentences().map(|sentence| sentence.annotations)),
        words,
        n_matched: n_matched(&corpus, models.encoder.languages()),
        n_articles: corpus.documents().len(),
    };
    let mut profiles: BTreeMap<ArticleId, Profile> =
        profiles.into_iter().map(|profile| (profile.article.clone(), profile)).collect();
    let with_profile = |document: Document| {
        let profile = profiles.remove(&document.article.id);
        (document, profile)
    };
    Ok(Mapped { articles: corpus.into_documents().into_iter().map(with_profile).collect(), counts })
}

/// Counts the names of some documents. `short` are those of the whole corpus. Counts of parts are merged.
pub fn count_names(documents: &[Document], short: &ShortNames) -> NameFrequency {
    let mut names = NameFrequency::new(short.clone());
    documents.iter().flat_map(|document| &document.annotations).for_each(|of| names.count_names(of));
    names
}

/// The figures of an article's encoded sentences, each with its place in the article.
pub type ArticleFigures = (ArticleId, Vec<(u32, SentenceFigures)>);

/// What some events have to say.
pub struct Matched {
    /// The claims within the events, in no order.
    pub claims: Vec<Claim>,
    /// What neighbouring events have in common beside them.
    pub ties: Vec<Tie>,
    /// The figures of the sentences that were encoded for it. Those of one article may be in several parts, the same in all that have them.
    pub figures: Vec<ArticleFigures>,
}

/// Seeks claims within events, and ties between them and their neighbours. `corpus` has the articles of all of these events; neighbours that are not there are
/// passed over.
///
/// # Errors
/// As [`compare_articles`](super::compare_articles).
pub fn match_events(
    corpus: &Corpus,
    events: &[Event],
    whole: &Whole,
    models: &Models<'_>,
    options: &Options,
    observer: &dyn Observer,
) -> Result<Matched> {
    if options.cluster.across_events {
        let message =
            "across_events looks at the whole corpus at once: it cannot be done in parts".to_owned();
        return Err(Error::Usage { message });
    }
    let mut clock = Clock::new(observer);
    let known: BTreeSet<EventId> = events.iter().map(|event| event.id).collect();
    let within = |event: &Event| Event {
        neighbours: event.neighbours.iter().copied().filter(|neighbour| known.contains(neighbour)).collect(),
        ..event.clone()
    };
    let events: Vec<Event> = events.iter().map(within).collect();
    let outlets = whole.outlets(corpus);
    let is_encoded_whole = whole.is_encoded_whole(options);
    let matchable =
        claims::matchable(corpus, &events, &whole.names, is_encoded_whole, models, options, &mut clock)?;
    let chosen = matchable.chosen().unwrap_or_else(|| {
        let languages = models.encoder.languages();
        corpus.sentences().map(|sentence| is_matched(corpus, &sentence, languages)).collect()
    });
    let matched = encodings::matched(corpus, &outlets, None, Some(chosen), models, &mut clock)?;
    let (claims, ties) =
        claims::claims_and_ties(corpus, &events, &whole.names, &matchable, models, options, &mut clock)?;
    let mut figures: BTreeMap<&ArticleId, Vec<(u32, SentenceFigures)>> = BTreeMap::new();
    for (sentence, of_sentence) in corpus.sentences().zip(matched.figures) {
        if let Some(of_sentence) = of_sentence {
            figures.entry(&sentence.article.id).or_default().push((sentence.id().index, of_sentence));
        }
    }
    let figures = figures.into_iter().map(|(article, of_article)| (article.clone(), of_article)).collect();
    Ok(Matched { claims, ties, figures })
}

/// A part of a corpus with all that was found in it.
pub struct Part {
    /// Its articles: those of its events, and such as are in none.
    pub corpus: Corpus,
    /// Its events, in their order.
    pub events: Vec<Event>,
    /// The claims of its events, in their order. All their sentences are of its articles.
    pub claims: Vec<Claim>,
    /// The number of each claim and of its event in the whole corpus.
    pub numbers: BTreeMap<ClaimId, (usize, usize)>,
    /// What its articles copied, from whatever article.
    pub copies: Copies,
    /// The figures of its articles.
    pub figures: Vec<ArticleFigures>,
}

/// What is said of a part, and what it adds to what is said of the whole.
pub struct Compared {
    /// The run over the part: what its tables but `outlets` and `wordings` are made of.
    pub run: Run,
    /// For [`outlet_figures`].
    pub observed: Vec<Observed>,
    /// For [`uses_of`] and [`wordings`].
    pub aligned: Vec<AlignedTerms>,
}

/// Compares the claims of a part of a corpus.
///
/// # Errors
/// As [`compare_articles`](super::compare_articles).
pub fn compare_events(
    part: Part,
    whole: &Whole,
    models: &Models<'_>,
    options: &Options,
    observer: &dyn Observer,
) -> Result<Compared> {
    let Part { corpus, events, claims, numbers, copies, figures } = part;
    let mut clock = Clock::new(observer);
    let outlets = whole.outlets(&corpus);
    let mut of_sentence: Vec<Option<SentenceFigures>> = vec![None; corpus.n_sentences()];
    for (article, of_article) in figures {
        let start = corpus.sentences_of(corpus.position_of(&article)).start;
        for (index, figures) in of_article {
            of_sentence[start + index as usize] = Some(figures);
        }
    }
    let claimed = claims::compared(&corpus, &events, &whole.names, claims, models, options, &mut clock)?;
    let background = Background { outlets: &outlets, events: &events, names: &whole.names };
    let framed = framing::framing(&corpus, &background, &claimed, models, options, &mut clock)?;
    let Claims { claims, comparisons } = claimed;
    Ok(Compared {
        observed: observed(&outlets, &copies, &claims, &numbers, &framed.readings),
        aligned: aligned_terms(&corpus, &outlets, &copies, &framed.framing),
        run: Run {
            measures: models.measures.clone(),
            groups: whole.counts.groups.clone(),
            is_encoded_whole: whole.is_encoded_whole(options),
            warnings: encodings::warnings(&corpus, &of_sentence, models),
            figures: of_sentence,
            independent_outlets: independent_outlets(&corpus, &claims, &copies),
            coverage: coverage(&corpus, &outlets, &events, &claims, options.group.window_days),
            copies,
            events,
            claims,
            targets: framed.targets,
            comparisons,
            framing: framed.framing,
            readings: framed.readings,
            outlets,
            corpus,
            ..Run::of_nothing(options)
        },
    })
}

/// Counts the outlets' own words in some documents. `aligned` is that of all parts, `copies` what these documents copied.
pub fn uses_of(
    corpus: &Corpus,
    copies: &Copies,
    whole: &Whole,
    aligned: Vec<AlignedTerms>,
    models: &Models<'_>,
) -> Uses {
    let languages = models.encoder.languages();
    let is_read = |sentence: &CorpusSentence<'_>| is_matched(corpus, sentence, languages);
    let mut wordings = Wordings::new(aligned);
    count_uses(&mut wordings, corpus, &whole.outlets(corpus), copies, &is_read);
    wordings.uses
}

/// What is said of pairs of outlets, of what was observed in all parts.
pub fn outlet_figures(mut observed: Vec<Observed>, options: &Options) -> OutletEstimates {
    // Of each claim in the order in which its part has them.
    observed.sort_by_key(|of| of.claim);
    outlet_estimates(&series(&observed), &options.statistics)
}

/// What outlets call the same things, of all parts.
pub fn wordings(
    aligned: Vec<AlignedTerms>,
    uses: impl IntoIterator<Item = Uses>,
    options: &Options,
) -> Vec<Wording> {
    let mut wordings = Wordings::new(aligned);
    uses.into_iter().for_each(|of_part| wordings.uses.add(of_part));
    wordings.finish(options.statistics.min_aligned)
}
