use std::collections::BTreeMap;

use jiff::civil::Date;

use serde::{Deserialize, Serialize};

use super::{ArticleId, Cuts, Field, Span};

/// Where an article came from: enough to find it again and to name it in a message.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Origin {
    /// The file, as its path was given or found below a folder that was given.
    pub file: String,
    /// The row of a table, counted from 1 with the header left out; `None` for a file that is one article.
    pub row: Option<u64>,
}

/// One article of one outlet, as it was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Article {
    /// Unique in a run.
    pub id: ArticleId,
    /// The outlet's name as given. Two spellings are two outlets.
    pub outlet: String,
    /// The headline as given beside the body; empty where there is none.
    pub headline: String,
    /// The text that is worked on: as read (decoded to UTF-8, BOM dropped), without what `body_cuts` says. Offsets of records refer to it; the tables give
    /// those of the text as read.
    pub body: String,
    /// Where the headline lies in the headline as read.
    #[serde(default)]
    pub headline_cuts: Cuts,
    /// Where the body lies in the text as read.
    #[serde(default)]
    pub body_cuts: Cuts,
    /// Address of the article; empty where unknown.
    pub url: String,
    /// Day of publication; `None` where it is unknown or could not be understood (then a warning says so).
    pub date_published: Option<Date>,
    /// Columns that the tool does not know, by name: opaque groups, carried to the `articles` table.
    pub groups: BTreeMap<String, String>,
    /// Where the article was read from.
    pub origin: Origin,
    /// What a reader of the results should know about how the article was read, in plain words.
    pub warnings: Vec<String>,
}

impl Article {
    /// An article of which no more is known than its id, its outlet and its text. The other fields can be filled in.
    ///
    /// [`read::articles`](crate::read::articles) makes articles of rows, with checks and dates; this takes what it is given.
    ///
    /// ```
    /// use parallax::records::Article;
    /// let article = Article {
    ///     headline: "Bridge shut".to_owned(),
    ///     ..Article::new("post-1", "Morning Post", "The bridge was closed on Monday.")
    /// };
    /// assert_eq!(article.id.as_str(), "post-1");
    /// ```
    pub fn new(id: impl Into<ArticleId>, outlet: impl Into<String>, body: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            outlet: outlet.into(),
            headline: String::new(),
            body: body.into(),
            headline_cuts: Cuts::default(),
            body_cuts: Cuts::default(),
            url: String::new(),
            date_published: None,
            groups: BTreeMap::new(),
            origin: Origin { file: String::new(), row: None },
            warnings: vec![],
        }
    }

    /// Where a field of the article lies in the field as it was read.
    pub const fn cuts(&self, field: Field) -> &Cuts {
        match field {
            Field::Headline => &self.headline_cuts,
            Field::Body => &self.body_cuts,
        }
    }

    /// What orders articles by age: the day of publication, those without one last, then the id.
    pub fn age(&self) -> (bool, Option<Date>, &ArticleId) {
        (self.date_published.is_none(), self.date_published, &self.id)
    }
}

/// A stretch of an article's body that is one kind of thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Byte offsets into the article's body, without blanks at either end.
    pub span: Span,
    /// What the stretch is.
    pub kind: Kind,
}

/// What a stretch of an article is. Only `Headline` and `Body` are matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// The article's headline or its standfirst.
    Headline,
    /// The running text.
    Body,
    /// A crosshead between paragraphs.
    Subheading,
    /// Place, agency and date before the first sentence: "WASHINGTON (AP) —".
    Dateline,
    /// Words that belong to a photograph or a video.
    Caption,
    /// "Read next", contributor lines, sign-up offers: not reporting.
    Boilerplate,
    /// A post of a social network put into the text.
    EmbeddedPost,
}

impl Kind {
    /// The name in the tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::Headline => "headline",
            Kind::Body => "body",
            Kind::Subheading => "subheading",
            Kind::Dateline => "dateline",
            Kind::Caption => "caption",
            Kind::Boilerplate => "boilerplate",
            Kind::EmbeddedPost => "embedded_post",
        }
    }

    /// True for what an outlet reports in its own article: only these sentences are matched and measured.
    pub const fn is_reporting(self) -> bool {
        matches!(self, Kind::Headline | Kind::Body)
    }
}
