use std::collections::BTreeMap;

use jiff::civil::Date;

use serde::{Deserialize, Serialize};

use super::Span;

/// Where an article came from: enough to find it again and to name it in a message.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Origin {
    /// The file, as its path was given or found below a folder that was given.
    pub file: String,
    /// The row of a table, counted from 1 with the header left out; `None` for a file that is one article.
    pub row: Option<u64>,
}

/// One article of one outlet.
///
/// `read` fills everything down to `origin`; `clean` fills `language`, `blocks` and more `warnings`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Article {
    /// Unique in a run: the `article_id` column, or the file's name without its ending.
    pub id: String,
    /// The outlet's name as given. Two spellings are two outlets.
    pub outlet: String,
    /// The headline as given beside the body; empty where there is none.
    pub headline: String,
    /// The text as read (decoded to UTF-8, BOM dropped, nothing else changed). Every offset refers to it.
    pub body: String,
    /// Address of the article; empty where unknown.
    pub url: String,
    /// Day of publication; `None` where it is unknown or could not be understood (then a warning says so).
    pub date_published: Option<Date>,
    /// Columns that the tool does not know, by name: opaque groups, carried to the `articles` table.
    pub groups: BTreeMap<String, String>,
    /// Where the article was read from.
    pub origin: Origin,
    /// ISO 639-3 code of the body's language ("eng"); "und" where the text is too short to tell.
    pub language: String,
    /// The body's parts in order. They do not overlap and cover every non-blank character.
    pub blocks: Vec<Block>,
    /// What a reader of the results should know about this article, in plain words.
    pub warnings: Vec<String>,
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
