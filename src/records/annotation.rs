use serde::{Deserialize, Serialize};

use super::named::named;
use super::{FrameWord, LoadedWord, Span};

/// What the annotators found in one sentence, without a model. Every span counts bytes from the start of the sentence's own text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Annotations {
    /// Whose words the sentence is made of.
    pub voice: Voice,
    /// The parts of the sentence that stand between quotation marks, marks included.
    pub quotations: Vec<Quotation>,
    /// The attribution that stands for the sentence, if it has any.
    pub attribution: Option<Attribution>,
    /// Every attribution, in the order of their cues.
    pub attributions: Vec<Attribution>,
    /// For a sentence that is quoted throughout and has no attribution of its own: whose words it goes on with.
    pub carried: Option<CarriedSource>,
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
    /// Loaded words of the list, in order.
    pub loaded: Vec<LoadedWord>,
    /// Words of the policy frames, in order.
    pub frames: Vec<FrameWord>,
}

impl Annotations {
    /// Those of a sentence in which nothing is found: narration, stated plainly.
    pub const fn none() -> Self {
        Self {
            voice: Voice::Narration,
            quotations: vec![],
            attribution: None,
            attributions: vec![],
            carried: None,
            certainty: Certainty { score: 1.0, hedges: vec![], boosters: vec![], factives: vec![] },
            quantities: vec![],
            names: vec![],
            negations: vec![],
            poles: vec![],
            plans: vec![],
            loaded: vec![],
            frames: vec![],
        }
    }
}

/// Whose words a sentence is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quotation {
    /// The quoted part inside the sentence, with the marks that lie in the sentence.
    pub span: Span,
    /// What the marks are for.
    pub kind: QuotationKind,
}

/// What quotation marks are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum QuotationKind {
    /// They give a source's words: `“It will rain,” she said`, `she called it “a disaster”`.
    Direct,
    /// They keep a distance from a word or a few, which nobody in the sentence is said to have used: `the “peace plan”`.
    Scare,
    /// They mark a title or a name: `the film “Night Train”`.
    Title,
}

impl QuotationKind {
    /// The name in the tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            QuotationKind::Direct => "direct",
            QuotationKind::Scare => "scare",
            QuotationKind::Title => "title",
        }
    }
}

/// A statement handed to a source: who (source), by which words (cue), and what (content).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// How much of the content stands between quotation marks.
    pub kind: AttributionKind,
    /// How the cue hands the statement on.
    pub cue_kind: CueKind,
}

/// How much of what is handed to a source is in the source's own words, by the marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum AttributionKind {
    /// Every word of the content is quoted directly: `“It will rain,” she said`.
    Direct,
    /// None is, or the sentence holds no content: `She said it will rain`.
    Indirect,
    /// Some are: `She said it will “rain cats and dogs”`.
    Mixed,
}

impl AttributionKind {
    /// The name in the tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            AttributionKind::Direct => "direct",
            AttributionKind::Indirect => "indirect",
            AttributionKind::Mixed => "mixed",
        }
    }
}

/// How a cue hands a statement on: what the outlet's choice of the verb says about whether it is so.
///
/// After the studies of reporting verbs in academic and news prose: Thompson & Ye (1991) and Hyland (1999) part verbs by
/// whether the writer takes the reported statement as true (factive: "acknowledge", "point out"), gives it with no
/// judgement, or keeps a distance; Caldas-Coulthard (1994) calls verbs like "say" and "ask" neutral, since they mark that
/// somebody speaks and nothing else; Recasens, Danescu-Niculescu-Mizil and Jurafsky (2013) find factive verbs ("reveal"),
/// assertive ones ("insist", "claim") and hedges where Wikipedia's editors saw a slant. "Admit", "concede" and "confess"
/// take for sure what they report, so they are assertive here; "claim", "contend" and "maintain", which those studies
/// count among the assertive verbs by their grammar, are doubting, as they leave open whether it is so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum CueKind {
    /// Somebody says it, no more: "said", "told", "according to", a colon.
    Neutral,
    /// It is taken as sure, or pressed: "confirmed", "revealed", "admitted", "insisted", "stressed".
    Assertive,
    /// It may not be so: "claimed", "alleged", "reportedly".
    Doubting,
    /// Something else than a statement: a stand ("praised"), a belief or an aim ("hopes"), a request or a promise.
    Other,
}

impl CueKind {
    /// The name in the tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            CueKind::Neutral => "neutral",
            CueKind::Assertive => "assertive",
            CueKind::Doubting => "doubting",
            CueKind::Other => "other",
        }
    }
}

/// The source of a sentence that is quoted throughout and names none, taken from a sentence beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarriedSource {
    /// The sentence that names the source: its `Sentence::index`.
    pub sentence: usize,
    /// The words that name it, counted from the start of that sentence.
    pub source: Span,
    /// True where the source cannot be told from the words.
    pub anonymous: bool,
}

/// How sure a sentence sounds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Certainty {
    /// In [0, 1]: 1 is stated plainly (no hedge), lower is more hedged; the least certain cue counts.
    pub score: f32,
    /// The words that lower it ("may", "expected to", "reportedly"), in order.
    pub hedges: Vec<Hedge>,
    /// The words that insist ("clearly", "undoubtedly"). They do not raise the score.
    pub boosters: Vec<Span>,
    /// The words that take what follows for a fact ("revealed that", "the fact that"). They do not raise the score.
    pub factives: Vec<Span>,
}

/// Words that make a statement less certain.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Hedge {
    /// The words.
    pub span: Span,
    /// How certain they leave it: 0.75, 0.5 or 0.25.
    pub level: f32,
}

/// A number with what it counts, or a date.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Quantity {
    /// The words.
    pub span: Span,
    /// What kind of quantity it is.
    pub kind: QuantityKind,
    /// The value in the base unit (dollars, not millions of them). For a date see [`QuantityKind::Date`].
    pub value: f64,
    /// The unit or the counted noun in lower case ("percent", "usd", "migrants"); empty where there is none.
    pub unit: String,
    /// What the last digit that was written is worth: 0.1 in "5.9 percent", a million in "$43 million", 1000 in "130,000" (which may
    /// be rounded), 1 in "16" and in "50". 0 for dates and orders.
    pub step: f64,
    /// How the words bound the value.
    pub bound: Bound,
}

/// How words bound a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Bound {
    /// "1,500".
    Exact,
    /// "roughly 1,500", "a third".
    About,
    /// "more than 1,500", "at least".
    AtLeast,
    /// "almost 1,500", "up to".
    AtMost,
    /// "hundreds": the value is the least that the word can mean.
    Order,
}

impl Quantity {
    /// True where the words say that the number is rounded ("almost 130,000", "roughly 1500", "hundreds").
    pub fn is_approximate(&self) -> bool {
        self.bound != Bound::Exact
    }

    /// Whether both can be true of one thing, units aside: what is written with fewer digits may be rounded ("$43 million" and
    /// "$43,885,310"), "about" is a tenth either way, "more than" up to a half more, "almost" up to a quarter less, "hundreds" up to ten
    /// times as many.
    pub fn agrees(&self, other: &Self) -> bool {
        let (a, b) = (self.range(other.step < self.step), other.range(self.step < other.step));
        a[0] <= b[1] && b[0] <= a[1]
    }

    /// The least and the most that the words can mean; `is_coarse` where the other number has finer digits.
    fn range(&self, is_coarse: bool) -> [f64; 2] {
        let is_rounded = is_coarse && matches!(self.bound, Bound::Exact | Bound::About);
        let (below, above) = if is_rounded { (self.step / 2.0, self.step) } else { (0.0, 0.0) };
        let (least, most) = (self.value - below, self.value + above);
        match self.bound {
            Bound::Exact => [least, most],
            Bound::About => [0.9 * least, 1.1 * most],
            Bound::AtLeast => [least, 1.5 * most],
            Bound::AtMost => [0.75 * least, most],
            Bound::Order => [least, 10.0 * most],
        }
    }
}

/// Kinds of quantity. Two quantities are compared only when kind and unit are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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

impl QuantityKind {
    /// True for what is counted, paid or shared out.
    pub fn is_amount(self) -> bool {
        matches!(self, QuantityKind::Count | QuantityKind::Percent | QuantityKind::Money)
    }

    /// True for days, months and years.
    pub fn is_time(self) -> bool {
        matches!(self, QuantityKind::Date | QuantityKind::Year)
    }
}

/// A proper name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Name {
    /// The words.
    pub span: Span,
    /// The name in the form used for comparing: lower case, without titles and possessive, with common
    /// variants brought together ("u.s." and "us" are "united states").
    pub key: String,
    /// True for a country, a state of the United States or a large city.
    pub is_place: bool,
}

named! {
    /// What a word with an opposite is a matter of.
    Scale, 24:
    /// "rise" and "fall".
    Level = "level",
    /// "accept" and "reject".
    Approval = "approval",
    /// "support" and "oppose".
    Support = "support",
    /// "praise" and "criticize".
    Praise = "praise",
    /// "confirm" and "deny".
    Truth = "truth",
    /// "win" and "lose".
    Outcome = "outcome",
    /// "guilty" and "innocent".
    Verdict = "verdict",
    /// "arrested" and "released".
    Custody = "custody",
    /// "survived" and "died".
    Life = "life",
    /// "begin" and "end".
    Start = "start",
    /// "agree" and "disagree".
    Agreement = "agreement",
    /// "hire" and "fire".
    Employment = "employment",
    /// "upheld" and "overturned".
    Ruling = "ruling",
    /// "legal" and "illegal".
    Law = "law",
    /// "expand" and "reduce".
    Size = "size",
    /// "improve" and "worsen".
    Quality = "quality",
    /// "majority" and "minority".
    Share = "share",
    /// "likely" and "unlikely".
    Odds = "odds",
    /// "safe" and "dangerous".
    Safety = "safety",
    /// "before" and "after".
    Time = "time",
    /// "ahead" and "behind".
    Rank = "rank",
    /// "ally" and "enemy".
    Peace = "peace",
    /// "optimistic" and "pessimistic".
    Hope = "hope",
    /// "with" and "without".
    Presence = "presence",
}

/// A word that stands at one end of a scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pole {
    /// The word.
    pub span: Span,
    /// What the scale is of.
    pub scale: Scale,
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
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
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
