use super::Span;

/// What the annotators found in one sentence. Every span counts bytes from the start of the sentence's own text.
#[derive(Debug, Clone, PartialEq)]
pub struct Annotations {
    /// Whose words the sentence is made of.
    pub voice: Voice,
    /// The parts of the sentence that stand between quotation marks, marks included.
    pub quotations: Vec<Quotation>,
    /// The attribution that stands for the sentence, if it has any.
    pub attribution: Option<Attribution>,
    /// Every attribution, in the order of their cues.
    pub attributions: Vec<Attribution>,
    /// How sure the sentence sounds.
    pub certainty: Certainty,
    /// Numbers, amounts and dates in order.
    pub quantities: Vec<Quantity>,
    /// Proper names in order.
    pub names: Vec<Name>,
    /// Words that negate ("not", "declined", "without"), in order.
    pub negations: Vec<Span>,
    /// Words at one end of a scale ("rose", "guilty"), in order.
    pub poles: Vec<Pole>,
    /// Words that say that what follows has not been done yet ("will", "plans to"), in order.
    pub plans: Vec<Span>,
    /// The model's sentiment; `None` for a sentence that was not encoded.
    pub sentiment: Option<Sentiment>,
}

/// Whose words a sentence is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Voice {
    /// The outlet's own words throughout.
    Narration,
    /// A quoted source's words throughout, the naming of the source aside.
    Quotation,
    /// Both.
    Mixed,
}

impl Voice {
    /// The name in the tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Voice::Narration => "narration",
            Voice::Quotation => "quotation",
            Voice::Mixed => "mixed",
        }
    }
}

/// Words between quotation marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quotation {
    /// The quoted part inside the sentence, with the marks that lie in the sentence.
    pub span: Span,
}

/// A statement handed to a source: who (source), by which words (cue), and what (content).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribution {
    /// The words that name the source; `None` where a cue names none ("it is alleged that").
    pub source: Option<Span>,
    /// The words that hand the statement over: "said", "according to".
    pub cue: Span,
    /// The words that are handed over, in order: "“I will stay,” she said, “and vote.”" has two parts. Empty where the
    /// sentence holds none of them.
    pub content: Vec<Span>,
    /// True where the source cannot be told from the words: "an official", "sources familiar with the talks".
    pub anonymous: bool,
}

/// How sure a sentence sounds.
#[derive(Debug, Clone, PartialEq)]
pub struct Certainty {
    /// In [0, 1]: 1 is stated plainly (no hedge), lower is more hedged; the least certain cue counts.
    pub score: f32,
    /// The words that lower it ("may", "expected to", "reportedly"), in order.
    pub hedges: Vec<Hedge>,
    /// The words that insist ("clearly", "undoubtedly"). They do not raise the score.
    pub boosters: Vec<Span>,
}

/// Words that make a statement less certain.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hedge {
    /// The words.
    pub span: Span,
    /// How certain they leave it: 0.75, 0.5 or 0.25.
    pub level: f32,
}

/// A number with what it counts, or a date.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantity {
    /// The words.
    pub span: Span,
    /// What kind of quantity it is.
    pub kind: QuantityKind,
    /// The value in the base unit (dollars, not millions of them). For a date see [`QuantityKind::Date`].
    pub value: f64,
    /// The unit or the counted noun in lower case ("percent", "usd", "migrants"); empty where there is none.
    pub unit: String,
    /// True where the words say that the number is rounded ("almost 130,000", "roughly 1500", "hundreds").
    pub approximate: bool,
}

/// Kinds of quantity. Two quantities are compared only when kind and unit are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum QuantityKind {
    /// A plain count: "1,500 migrants", "three people".
    Count,
    /// A share: "44%". The value is in percent.
    Percent,
    /// An amount of money: "$170 million".
    Money,
    /// A year: "2022".
    Year,
    /// A day or a month of the calendar: "June 26" is 626, "June" is 600, a weekday is 1 (Monday) to 7.
    Date,
    /// An order: "the second largest".
    Ordinal,
}

/// A proper name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The words.
    pub span: Span,
    /// The name in the form used for comparing: lower case, without titles and possessive, with common
    /// variants brought together ("u.s." and "us" are "united states").
    pub key: String,
    /// True for a country, a state of the United States or a large city.
    pub is_place: bool,
}

/// A word that stands at one end of a scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pole {
    /// The word.
    pub span: Span,
    /// What the scale is of: "level" for what rises and falls.
    pub scale: &'static str,
    /// Which end: true for "rose", false for "fell".
    pub up: bool,
}

impl Pole {
    /// True for the two ends of one scale.
    pub fn opposes(&self, other: &Pole) -> bool {
        self.scale == other.scale && self.up != other.up
    }
}

/// Probabilities of the three classes; they sum to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sentiment {
    /// In [0, 1].
    pub negative: f32,
    /// In [0, 1].
    pub neutral: f32,
    /// In [0, 1].
    pub positive: f32,
}

impl Sentiment {
    /// `positive - negative`, in [-1, 1]; 0 where neither outweighs the other.
    pub fn score(&self) -> f32 {
        self.positive - self.negative
    }
}
