use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::annotate::annotate;
use crate::clean::clean;
use crate::error::{Error, Result};
use crate::records::{Article, Corpus, Document};
use crate::split::split;

/// The document of an article: its parts, its sentences and what is found in them. A function of the article alone.
pub fn document(article: Article) -> Document {
    let layout = clean(&article);
    let sentences = split(&article, &layout);
    let annotations = annotate(&article, &sentences);
    Document { layout, sentences, annotations, article }
}

/// The documents of the articles, as many at once as the current rayon pool has threads. `advance` is told of each, from any thread.
pub fn documents(articles: Vec<Article>, advance: &(dyn Fn(usize) + Sync)) -> Corpus {
    let of_article = |article: Article| {
        advance(1);
        document(article)
    };
    Corpus::new(articles.into_par_iter().map(of_article).collect())
}

/// Refuses two articles with one id.
pub(super) fn check_ids(articles: &[Article]) -> Result<()> {
    let mut seen = BTreeSet::new();
    match articles.iter().find(|article| !seen.insert(&article.id)) {
        None => Ok(()),
        Some(article) => Err(Error::Usage {
            message: format!("two articles have the id `{}`; give each one of its own", article.id),
        }),
    }
}
