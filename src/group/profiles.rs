//! What grouping compares of each article.

use std::collections::BTreeMap;

use jiff::civil::Date;
use ndarray::{Array1, Array2};
use serde::{Deserialize, Serialize};

use super::words::{Count, WordVector, count_words, distinctive_words};
use crate::records::{Article, ArticleId, Encoding, Kind, Span, Thresholds};

/// A headline counts as often as so many sentences: it says what the story is about.
const HEADLINE_WEIGHT: f32 = 2.0;

/// What a profile reads of a sentence.
#[derive(Debug, Clone, Copy)]
pub struct ProfileSentence<'run> {
    /// What it is part of.
    pub kind: Kind,
    /// Its words.
    pub text: &'run str,
    /// Byte offsets of each word into the text.
    pub spans: &'run [Span],
    /// The weight of each word ([`TokenStates::weights`](crate::records::TokenStates::weights)).
    pub weights: &'run [f32],
    /// Its embedding, of length 1; `None` where it was not encoded.
    pub embedding: Option<&'run [f32]>,
}

impl<'run> ProfileSentence<'run> {
    /// Of a sentence that was encoded.
    pub fn encoded(kind: Kind, text: &'run str, encoding: &'run Encoding) -> Self {
        let words = &encoding.words;
        Self {
            kind,
            text,
            spans: &words.spans,
            weights: &words.weights,
            embedding: Some(&encoding.embedding),
        }
    }
}

/// Characters of a body that order the articles; those with the same beginning are ordered by a hash of the whole.
const BEGINNING: usize = 200;

/// What grouping needs of one article. A function of the article and the encodings of its sentences.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Profile {
    /// The article.
    pub article: ArticleId,
    /// Day of publication, where known.
    pub date: Option<Date>,
    /// The article's place among others, whatever ids they have: its headline, the beginning of its body, a hash of the body.
    order: (String, String, [u8; 16]),
    /// The sum of the sentences' embeddings, scaled to length 1.
    embedding: Array1<f32>,
    /// The words with their counts.
    words: BTreeMap<String, Count>,
}

impl Profile {
    /// The profile of an article from its sentences, in order. `None` where none was encoded. `thresholds` are those of the
    /// encoder.
    pub fn new<'run>(
        article: &Article,
        sentences: impl IntoIterator<Item = ProfileSentence<'run>>,
        thresholds: &Thresholds,
    ) -> Option<Self> {
        let (mut words, mut sum) = (BTreeMap::new(), None);
        for sentence in sentences {
            let weight = if sentence.kind == Kind::Headline { HEADLINE_WEIGHT } else { 1.0 };
            if let Some(embedding) = sentence.embedding {
                let sum = sum.get_or_insert_with(|| Array1::<f32>::zeros(embedding.len()));
                sum.scaled_add(weight, &ndarray::aview1(embedding));
            }
            count_words(&sentence, weight, thresholds.words.story, &mut words);
        }
        let sum = sum?;
        let length = sum.dot(&sum).sqrt();
        Some(Self {
            article: article.id.clone(),
            date: article.date_published,
            order: order(article),
            embedding: sum / length.max(f32::MIN_POSITIVE),
            words,
        })
    }
}

fn order(article: &Article) -> (String, String, [u8; 16]) {
    let mut hash = [0; 16];
    hash.copy_from_slice(&blake3::hash(article.body.as_bytes()).as_bytes()[..16]);
    (article.headline.clone(), article.body.chars().take(BEGINNING).collect(), hash)
}

/// Days from the first of the year 0 to a day.
pub(super) fn day_number(day: Date) -> i32 {
    (day - Date::ZERO).get_days()
}

/// The profiles of a run side by side.
pub(super) struct Profiles {
    /// The article of each.
    pub articles: Vec<ArticleId>,
    /// Shape `[articles, width]`, each row of length 1.
    pub embeddings: Array2<f32>,
    /// Each article's distinctive words, a vector of length 1 (0 for an article without any).
    pub words: Vec<WordVector>,
    /// Day of publication as a number ([`day_number`]), where known.
    pub days: Vec<Option<i32>>,
}

impl Profiles {
    /// Of these articles in any order. Rows are in the order of their texts, so that sums are the same to the last bit.
    pub(super) fn new(mut profiles: Vec<Profile>) -> Self {
        profiles.sort_by(|a, b| (&a.order, &a.article).cmp(&(&b.order, &b.article)));
        let width = profiles.first().map_or(0, |profile| profile.embedding.len());
        let mut embeddings = Array2::zeros((profiles.len(), width));
        for (mut row, profile) in embeddings.rows_mut().into_iter().zip(&profiles) {
            row.assign(&profile.embedding);
        }
        let days = profiles.iter().map(|profile| profile.date.map(day_number)).collect();
        let (articles, counts): (Vec<_>, Vec<_>) =
            profiles.into_iter().map(|profile| (profile.article, profile.words)).unzip();
        Self { articles, embeddings, words: distinctive_words(&counts), days }
    }

    /// Number of articles.
    pub(super) fn len(&self) -> usize {
        self.articles.len()
    }
}
