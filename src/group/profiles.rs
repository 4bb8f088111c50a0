//! What grouping compares of each article.

use std::collections::BTreeMap;

use jiff::civil::Date;
use ndarray::{Array1, Array2};

use super::words::{Weighted, WordVector, distinctive_words};
use crate::records::{Article, Encoding, Kind, Sentence};

/// A headline counts as often as so many sentences: it says what the story is about.
const HEADLINE_WEIGHT: f32 = 2.0;

/// The articles that hold an encoded sentence. Rows run in parallel and are ordered by the articles' texts, so that sums
/// are the same to the last bit in whatever order the articles came.
pub(super) struct Profiles {
    /// Position of each in the run's list of articles.
    pub articles: Vec<usize>,
    /// Shape `[articles, width]`: the sentences' mean embedding, scaled to length 1.
    pub embeddings: Array2<f32>,
    /// Each article's distinctive words, a vector of length 1 (0 for an article without any).
    pub words: Vec<WordVector>,
    /// Day of publication, where known.
    pub dates: Vec<Option<Date>>,
}

impl Profiles {
    pub(super) fn new(
        articles: &[Article],
        sentences: &[Sentence],
        encodings: &[Option<Encoding>],
    ) -> Profiles {
        let mut of_article: BTreeMap<usize, Vec<Weighted<'_>>> = BTreeMap::new();
        for (sentence, encoding) in sentences.iter().zip(encodings) {
            if let Some(encoding) = encoding {
                let text = sentence.text(&articles[sentence.article]);
                let weight = if sentence.kind == Kind::Headline { HEADLINE_WEIGHT } else { 1.0 };
                of_article.entry(sentence.article).or_default().push(Weighted { text, encoding, weight });
            }
        }
        let mut texts: Vec<(usize, Vec<Weighted<'_>>)> = of_article.into_iter().collect();
        texts.sort_by_key(|&(article, _)| {
            let Article { headline, body, id, .. } = &articles[article];
            (headline, body, id)
        });
        let (members, texts): (Vec<usize>, Vec<_>) = texts.into_iter().unzip();
        Profiles {
            embeddings: mean_embeddings(&texts),
            words: distinctive_words(&texts),
            dates: members.iter().map(|&article| articles[article].date_published).collect(),
            articles: members,
        }
    }

    /// Number of articles.
    pub(super) fn len(&self) -> usize {
        self.articles.len()
    }
}

fn mean_embeddings(texts: &[Vec<Weighted<'_>>]) -> Array2<f32> {
    let width = texts.first().map_or(0, |sentences| sentences[0].encoding.embedding.len());
    let mut means = Array2::zeros((texts.len(), width));
    for (mut row, sentences) in means.rows_mut().into_iter().zip(texts) {
        let mut sum = Array1::<f32>::zeros(width);
        for sentence in sentences {
            sum.scaled_add(sentence.weight, &ndarray::aview1(&sentence.encoding.embedding));
        }
        let length = sum.dot(&sum).sqrt();
        row.assign(&(sum / length.max(f32::MIN_POSITIVE)));
    }
    means
}
