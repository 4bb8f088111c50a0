use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{Annotations, Article, ArticleId, Block, Sentence, SentenceId};

/// What each part of an article's body is, and in which language it stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Layout {
    /// ISO 639-3 code of the body's language ("eng"); "und" where the text is too short to tell.
    pub language: String,
    /// The body's parts in order. They do not overlap and cover every non-blank character.
    pub blocks: Vec<Block>,
    /// What a reader of the results should know about the body, in plain words.
    pub warnings: Vec<String>,
}

/// An article with all that is found in it without a model. A function of the article alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// As it was read.
    pub article: Article,
    /// The parts of its body.
    pub layout: Layout,
    /// In order.
    pub sentences: Vec<Sentence>,
    /// What the annotators found in each sentence.
    pub annotations: Vec<Annotations>,
}

/// The documents of a run in the order of their ids, with their sentences one behind the other.
///
/// A sentence's position counts through all documents. Positions are for the inside of a stage: what a stage hands on names
/// sentences by their ids.
#[derive(Debug, Clone, Default)]
pub struct Corpus {
    documents: Vec<Document>,
    /// Position of each document's first sentence, and the number of all sentences at the end.
    first: Vec<usize>,
    position: HashMap<ArticleId, usize>,
}

/// A sentence of a corpus with all that is known of it without a model.
#[derive(Debug, Clone, Copy)]
pub struct CorpusSentence<'run> {
    /// Position of its document in the corpus.
    pub document: usize,
    /// Its article.
    pub article: &'run Article,
    /// Where it stands.
    pub sentence: &'run Sentence,
    /// What the annotators found in it.
    pub annotations: &'run Annotations,
}

impl<'run> CorpusSentence<'run> {
    /// The sentence's words.
    pub fn text(&self) -> &'run str {
        self.sentence.text(self.article)
    }

    /// The outlet.
    pub fn outlet(&self) -> &'run str {
        &self.article.outlet
    }

    /// The sentence's id.
    pub fn id(&self) -> &'run SentenceId {
        &self.sentence.id
    }
}

impl Corpus {
    /// The corpus of these documents, in any order. No two may have one id.
    pub fn new(mut documents: Vec<Document>) -> Self {
        documents.sort_by(|a, b| a.article.id.cmp(&b.article.id));
        let ends = documents.iter().scan(0, |end, document| {
            *end += document.sentences.len();
            Some(*end)
        });
        let first = [0].into_iter().chain(ends).collect();
        let ids = documents.iter().map(|document| document.article.id.clone());
        let position = ids.enumerate().map(|(position, id)| (id, position)).collect();
        Self { documents, first, position }
    }

    /// The documents alone, in the order of their ids.
    pub fn into_documents(self) -> Vec<Document> {
        self.documents
    }

    /// In the order of their ids.
    pub fn documents(&self) -> &[Document] {
        &self.documents
    }

    /// In the order of their ids.
    pub fn articles(&self) -> impl ExactSizeIterator<Item = &Article> {
        self.documents.iter().map(|document| &document.article)
    }

    /// Position of a document.
    ///
    /// # Panics
    /// If the corpus has no such article.
    pub fn position_of(&self, article: &ArticleId) -> usize {
        self.position[article]
    }

    /// The document of an article.
    ///
    /// # Panics
    /// If the corpus has no such article.
    pub fn document(&self, article: &ArticleId) -> &Document {
        &self.documents[self.position_of(article)]
    }

    /// An article.
    ///
    /// # Panics
    /// If the corpus has no such article.
    pub fn article(&self, article: &ArticleId) -> &Article {
        &self.document(article).article
    }

    /// Number of all sentences.
    pub fn n_sentences(&self) -> usize {
        self.first.last().copied().unwrap_or(0)
    }

    /// Positions of a document's sentences.
    pub fn sentences_of(&self, document: usize) -> std::ops::Range<usize> {
        self.first[document]..self.first[document + 1]
    }

    /// Position of a sentence.
    ///
    /// # Panics
    /// If the corpus has no such sentence.
    pub fn sentence_position(&self, id: &SentenceId) -> usize {
        self.first[self.position_of(&id.article)] + id.index as usize
    }

    /// A sentence by its id.
    ///
    /// # Panics
    /// If the corpus has no such sentence.
    pub fn sentence(&self, id: &SentenceId) -> CorpusSentence<'_> {
        self.in_document(self.position_of(&id.article), id.index as usize)
    }

    /// A sentence by its position.
    ///
    /// # Panics
    /// If there are not so many sentences.
    pub fn sentence_at(&self, position: usize) -> CorpusSentence<'_> {
        let document = self.first.partition_point(|&first| first <= position) - 1;
        self.in_document(document, position - self.first[document])
    }

    /// Every sentence in order.
    pub fn sentences(&self) -> impl Iterator<Item = CorpusSentence<'_>> {
        let of_document = move |document: usize| {
            (0..self.documents[document].sentences.len()).map(move |index| self.in_document(document, index))
        };
        (0..self.documents.len()).flat_map(of_document)
    }

    fn in_document(&self, document: usize, index: usize) -> CorpusSentence<'_> {
        let Document { article, sentences, annotations, .. } = &self.documents[document];
        CorpusSentence { document, article, sentence: &sentences[index], annotations: &annotations[index] }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::records::{Field, Kind, Span};

    fn document(id: &str, n_sentences: u32) -> Document {
        let article = Article::new(id, "Post", "word ".repeat(n_sentences as usize));
        let sentence = |index: u32| {
            let span = Span::new(5 * index as usize, 5 * index as usize + 4);
            let id = SentenceId { article: article.id.clone(), index };
            Sentence { id, field: Field::Body, kind: Kind::Body, bytes: span, chars: span }
        };
        let sentences: Vec<Sentence> = (0..n_sentences).map(sentence).collect();
        let annotations = vec![Annotations::none(); sentences.len()];
        Document { article, layout: Layout::default(), sentences, annotations }
    }

    proptest! {
        #[test]
        fn ids_and_positions_lead_to_one_another(sizes in prop::collection::btree_map("[a-d]{1,2}", 0_u32..4, 0..6)) {
            let documents = sizes.iter().rev().map(|(id, &n)| document(id, n)).collect();
            let corpus = Corpus::new(documents);
            prop_assert!(corpus.articles().map(|article| article.id.as_str()).eq(sizes.keys().map(String::as_str)));
            prop_assert_eq!(corpus.sentences().count(), corpus.n_sentences());
            for (position, found) in corpus.sentences().enumerate() {
                prop_assert_eq!(corpus.sentence_position(found.id()), position);
                prop_assert_eq!(corpus.sentence_at(position).id(), found.id());
                prop_assert_eq!(corpus.sentence(found.id()).document, found.document);
                prop_assert!(corpus.sentences_of(found.document).contains(&position));
            }
        }
    }
}
