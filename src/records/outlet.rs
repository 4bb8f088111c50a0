use std::collections::HashMap;

use super::{Article, ArticleId};

/// The outlets of a run in the order of their names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outlets {
    names: Vec<String>,
    of_article: HashMap<ArticleId, usize>,
    articles: Vec<Vec<ArticleId>>,
}

impl Outlets {
    /// The outlets of these articles.
    pub fn new<'run>(articles: impl IntoIterator<Item = &'run Article>) -> Self {
        let articles: Vec<&Article> = articles.into_iter().collect();
        let mut names: Vec<String> = articles.iter().map(|article| article.outlet.clone()).collect();
        names.sort_unstable();
        names.dedup();
        let (mut of_article, mut of_outlet) = (HashMap::new(), vec![vec![]; names.len()]);
        for article in articles {
            let outlet =
                names.binary_search(&article.outlet).expect("the name of every article's outlet is listed");
            of_article.insert(article.id.clone(), outlet);
            of_outlet[outlet].push(article.id.clone());
        }
        Self { names, of_article, articles: of_outlet }
    }

    /// The names, in order; an outlet's position is its number elsewhere.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Position of an article's outlet.
    ///
    /// # Panics
    /// If the article is none of the run's.
    pub fn of_article(&self, article: &ArticleId) -> usize {
        self.of_article[article]
    }

    /// An outlet's articles, in the order in which they were given.
    pub fn articles(&self, outlet: usize) -> &[ArticleId] {
        &self.articles[outlet]
    }
}
