/// How people are asked about a figure, on the page of `parallax validate`.
#[derive(Debug, PartialEq)]
pub struct Question {
    /// The heading.
    pub title: &'static str,
    /// The question, as the page asks it.
    pub question: &'static str,
    /// What the question means.
    pub definition: &'static str,
    /// True where one voice is judged at a time: the outlet's own words, or those that it quotes.
    pub is_of_voice: bool,
    /// The answers, in the order of the keys 1, 2, ...; where they are ordered, in the order of the scale. The last is always
    /// [`UNDECIDED`].
    pub answers: &'static [Answer],
    /// True where the answers stand in an order of more than two steps.
    pub is_ordered: bool,
    /// Where the bands of the figure part, in rising order.
    pub edges: &'static [f64],
    /// The names of the bands: one more than there are edges.
    pub bands: &'static [&'static str],
}

/// An answer that can be given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Answer {
    /// What the file of labels calls it.
    pub label: &'static str,
    /// What the page calls it.
    pub name: &'static str,
    /// What it means, for the annotator.
    pub meaning: &'static str,
    /// Its place on the figure's own scale; `None` where there is no such scale, or where nothing was decided.
    pub value: Option<f64>,
}

impl Answer {
    /// An answer with its place on the scale.
    pub const fn new(label: &'static str, name: &'static str, meaning: &'static str, value: f64) -> Self {
        Self { label, name, meaning, value: Some(value) }
    }
}

/// The answer that decides nothing. It counts neither for nor against.
pub const UNDECIDED: Answer = Answer {
    label: "cannot_tell",
    name: "Cannot tell",
    meaning: "The words do not allow an answer, or they are broken.",
    value: None,
};

/// A value that any value above zero reaches.
pub const ABOVE_ZERO: f64 = f64::MIN_POSITIVE;
