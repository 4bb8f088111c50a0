use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;

use super::{Article, ArticleId};

/// The days on which each outlet of a run has articles, by its name; `None` stands for articles without one.
pub type OutletDays = BTreeMap<String, BTreeSet<Option<Date>>>;

/// The outlets of a run in the order of their names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outlets {
    names: Vec<String>,
    days: Vec<BTreeSet<Option<Date>>>,
    of_article: HashMap<ArticleId, usize>,
}

impl Outlets {
    /// The outlets of these articles.
    pub fn new<'run>(articles: impl IntoIterator<Item = &'run Article>) -> Self {
        let articles: Vec<&Article> = articles.into_iter().collect();
        Self::of_part(Self::days_of(articles.iter().copied()), articles)
    }

    /// The outlets of a run, whose days are given, of which only these articles are at hand.
    pub fn of_part<'run>(days: OutletDays, articles: impl IntoIterator<Item = &'run Article>) -> Self {
        let (names, days): (Vec<String>, Vec<_>) = days.into_iter().unzip();
        let outlet = |article: &Article| {
            names.binary_search(&article.outlet).expect("the name of every article's outlet is listed")
        };
        let of_article = articles.into_iter().map(|article| (article.id.clone(), outlet(article))).collect();
        Self { names, days, of_article }
    }

    /// The days of these articles. Those of parts of a run are put together name by name.
    pub fn days_of<'run>(articles: impl IntoIterator<Item = &'run Article>) -> OutletDays {
        let mut days = OutletDays::new();
        for article in articles {
            days.entry(article.outlet.clone()).or_default().insert(article.date_published);
        }
        days
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

    /// The days on which an outlet has articles.
    pub fn days(&self, outlet: usize) -> &BTreeSet<Option<Date>> {
        &self.days[outlet]
    }
}
