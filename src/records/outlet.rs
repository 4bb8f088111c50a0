use serde::{Deserialize, Serialize};

use super::Article;

/// The outlets of a run in the order of their names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outlets {
    names: Vec<String>,
    of_article: Vec<usize>,
    articles: Vec<Vec<usize>>,
}

impl Outlets {
    /// The outlets of the run's articles.
    pub fn new(articles: &[Article]) -> Self {
        let mut names: Vec<String> = articles.iter().map(|article| article.outlet.clone()).collect();
        names.sort_unstable();
        names.dedup();
        let position = |article: &Article| {
            names.binary_search(&article.outlet).expect("the name of every article's outlet is listed")
        };
        let of_article: Vec<usize> = articles.iter().map(position).collect();
        let mut of_outlet = vec![vec![]; names.len()];
        of_article.iter().enumerate().for_each(|(article, &outlet)| of_outlet[outlet].push(article));
        Self { names, of_article, articles: of_outlet }
    }

    /// The names, in order; an outlet's position is its number elsewhere.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Position of an article's outlet.
    pub fn of_article(&self, article: usize) -> usize {
        self.of_article[article]
    }

    /// Positions of an outlet's articles in the run's list of articles, in rising order.
    pub fn articles(&self, outlet: usize) -> &[usize] {
        &self.articles[outlet]
    }
}
