//! What grouping compares of each article.

use std::collections::BTreeMap;

use jiff::civil::Date;
use ndarray::{Array1, Array2};

use super::words::{Count, WordVector, count_words, distinctive_words};
use crate::records::{Article, ArticleId, Encoding, Kind, Thresholds};

/// A headline counts as often as so many sentences: it says what the story is about.
const HEADLINE_WEIGHT: f32 = 2.0;

/// What grouping needs of one article. A function of the article and the encodings of its sentences.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The article.
    pub article: ArticleId,
    /// Day of publication, where known.
    date: Option<Date>,
    /// The sum of the sentences' embeddings, scaled to length 1.
    embedding: Array1<f32>,
    /// The words with their counts.
    words: BTreeMap<String, Count>,
}

impl Profile {
    /// The profile of an article from its encoded sentences, in order: of each what it is part of, its words and what the encoder
    /// gave. `None` where there is no sentence. `thresholds` are those of the encoder.
    pub fn new<'run>(
        article: &Article,
        sentences: impl IntoIterator<Item = (Kind, &'run str, &'run Encoding)>,
        thresholds: &Thresholds,
    ) -> Option<Self> {
        let (mut words, mut sum) = (BTreeMap::new(), None);
        for (kind, text, encoding) in sentences {
            let weight = if kind == Kind::Headline { HEADLINE_WEIGHT } else { 1.0 };
            let sum = sum.get_or_insert_with(|| Array1::<f32>::zeros(encoding.embedding.len()));
            sum.scaled_add(weight, &ndarray::aview1(&encoding.embedding));
            count_words(text, &encoding.words, weight, thresholds.words.story, &mut words);
        }
        let sum = sum?;
        let length = sum.dot(&sum).sqrt();
        Some(Self {
            article: article.id.clone(),
            date: article.date_published,
            embedding: sum / length.max(f32::MIN_POSITIVE),
            words,
        })
    }
}

/// The profiles of a run side by side. Rows are in the order of the profiles.
pub(super) struct Profiles {
    /// The article of each.
    pub articles: Vec<ArticleId>,
    /// Shape `[articles, width]`, each row of length 1.
    pub embeddings: Array2<f32>,
    /// Each article's distinctive words, a vector of length 1 (0 for an article without any).
    pub words: Vec<WordVector>,
    /// Day of publication, where known.
    pub dates: Vec<Option<Date>>,
}

impl Profiles {
    pub(super) fn new(profiles: Vec<Profile>) -> Self {
        let width = profiles.first().map_or(0, |profile| profile.embedding.len());
        let mut embeddings = Array2::zeros((profiles.len(), width));
        for (mut row, profile) in embeddings.rows_mut().into_iter().zip(&profiles) {
            row.assign(&profile.embedding);
        }
        let dates = profiles.iter().map(|profile| profile.date).collect();
        let (articles, counts): (Vec<_>, Vec<_>) =
            profiles.into_iter().map(|profile| (profile.article, profile.words)).unzip();
        Self { articles, embeddings, words: distinctive_words(&counts), dates }
    }

    /// Number of articles.
    pub(super) fn len(&self) -> usize {
        self.articles.len()
    }
}
