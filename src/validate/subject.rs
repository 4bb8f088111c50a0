use serde::Serialize;

use crate::error::{Error, Result};

/// What people are asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// Whether two sentences make the same claim, or contradict each other.
    Claims,
    /// How negative or positive the words are.
    Sentiment,
    /// Whether words are loaded.
    LoadedLanguage,
    /// How sure it sounds.
    Certainty,
    /// Whether a passive leaves out who acted.
    AgentlessPassive,
    /// How many expressions stand in scare quotes.
    ScareQuotes,
    /// Whether the source cannot be told from the words.
    AnonymousSource,
}

/// An answer that can be given.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Answer {
    /// What the file of labels calls it.
    pub label: &'static str,
    /// What the page calls it.
    pub name: &'static str,
    /// What it means, for the annotator.
    pub meaning: &'static str,
    /// Its place on the measure's own scale; `None` where there is no such scale, or where nothing was decided.
    #[serde(skip)]
    pub value: Option<f64>,
}

/// The label of an answer that decides nothing. Such answers count neither for nor against.
pub const CANNOT_TELL: &str = "cannot_tell";

const fn answer(
    label: &'static str,
    name: &'static str,
    meaning: &'static str,
    value: Option<f64>,
) -> Answer {
    Answer { label, name, meaning, value }
}

const UNDECIDED: Answer =
    answer(CANNOT_TELL, "Cannot tell", "The words do not allow an answer, or they are broken.", None);

const CLAIMS: [Answer; 4] = [
    answer(
        "same",
        "Same claim",
        "Both say that the same thing is, was or will be so. One may say more than the other, or say it in other words.",
        None,
    ),
    answer(
        "contradict",
        "Same matter, but they contradict each other",
        "Both cannot be true: another number, date or place for the same thing, or one denies what the other says.",
        None,
    ),
    answer("different", "Different claims", "They say different things, be it about the same event.", None),
    UNDECIDED,
];

const SENTIMENT: [Answer; 4] = [
    answer("negative", "Negative", "The words sound bad, worried, angry or disapproving.", Some(-1.0)),
    answer("neutral", "Neutral", "Matter-of-fact, or as much good as bad.", Some(0.0)),
    answer("positive", "Positive", "The words sound good, hopeful, glad or approving.", Some(1.0)),
    UNDECIDED,
];

const LOADED: [Answer; 3] = [
    answer("no", "No", "The words are those that one would choose to say it plainly.", Some(0.0)),
    answer("yes", "Yes", "At least one word or phrase is loaded.", Some(1.0)),
    UNDECIDED,
];

const CERTAINTY: [Answer; 5] = [
    answer("plain", "Stated as a fact", "Nothing weakens it.", Some(1.0)),
    answer("probable", "Probable", "“likely”, “is expected to”, “most experts think”.", Some(0.75)),
    answer("possible", "Possible", "“may”, “could”, “perhaps”, “reportedly”.", Some(0.5)),
    answer("doubtful", "Doubtful", "“unlikely”, “it is not clear whether”, “questionable”.", Some(0.25)),
    UNDECIDED,
];

const PASSIVE: [Answer; 5] = [
    answer("none", "In none", "No such verb is in the passive, or each passive says by whom.", Some(0.0)),
    answer("some", "In some", "In fewer than half of them.", Some(1.0 / 3.0)),
    answer("half", "In half", "Such as in one clause of two.", Some(0.5)),
    answer("most", "In most or all", "Also where there is just one such verb.", Some(1.0)),
    UNDECIDED,
];

const SCARE: [Answer; 5] = [
    answer("0", "None", "No quotation marks, or only around what someone said.", Some(0.0)),
    answer("1", "One", "One word or phrase.", Some(1.0)),
    answer("2", "Two", "Two words or phrases.", Some(2.0)),
    answer("3", "Three or more", "Counted as three.", Some(3.0)),
    UNDECIDED,
];

const ANONYMOUS: [Answer; 4] = [
    answer("no", "No", "No source is given, or every source could be looked up.", Some(0.0)),
    answer(
        "some",
        "One among several",
        "Several sources are given; some could be looked up, some not.",
        Some(0.5),
    ),
    answer("yes", "Yes", "A source is given, and the words do not say who it is.", Some(1.0)),
    UNDECIDED,
];

/// Where the bands of a measure part, in rising order, and their names: one more than there are edges.
struct Bands {
    edges: &'static [f64],
    names: &'static [&'static str],
}

/// A value that any value above zero reaches.
const ABOVE_ZERO: f64 = f64::MIN_POSITIVE;

impl Subject {
    /// All of them, in the order in which they are asked about.
    pub const ALL: [Subject; 7] = [
        Subject::Claims,
        Subject::Sentiment,
        Subject::LoadedLanguage,
        Subject::Certainty,
        Subject::AgentlessPassive,
        Subject::ScareQuotes,
        Subject::AnonymousSource,
    ];

    /// The measure's name in the tables; `claims` for pairs of sentences.
    pub const fn name(self) -> &'static str {
        match self {
            Subject::Claims => "claims",
            Subject::Sentiment => "sentiment",
            Subject::LoadedLanguage => "loaded_language",
            Subject::Certainty => "certainty",
            Subject::AgentlessPassive => "agentless_passive",
            Subject::ScareQuotes => "scare_quotes",
            Subject::AnonymousSource => "anonymous_source",
        }
    }

    /// The subject with this name.
    ///
    /// # Errors
    /// [`Error::Usage`] where there is none.
    pub fn from_name(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|subject| subject.name() == name).ok_or_else(|| {
            let names = Self::ALL.map(Subject::name).join(", ");
            Error::Usage { message: format!("`{name}` cannot be labelled; give some of {names}") }
        })
    }

    /// The heading of its questions.
    pub const fn title(self) -> &'static str {
        match self {
            Subject::Claims => "Claims",
            Subject::Sentiment => "Tone",
            Subject::LoadedLanguage => "Loaded words",
            Subject::Certainty => "Certainty",
            Subject::AgentlessPassive => "Passive voice",
            Subject::ScareQuotes => "Scare quotes",
            Subject::AnonymousSource => "Sources",
        }
    }

    /// Which words of the sentence to judge, where that is not all of it.
    pub fn note(self, voice: &str) -> &'static str {
        match (self, voice) {
            (Subject::ScareQuotes | Subject::AnonymousSource, _) => "",
            (_, "narration") => {
                "Judge the outlet’s own words only: leave out what stands in quotation marks."
            }
            (_, "quotation") => "Judge only the words in quotation marks.",
            _ => "",
        }
    }

    /// The question, as the page asks it.
    pub const fn question(self) -> &'static str {
        match self {
            Subject::Claims => "Do these two sentences make the same claim?",
            Subject::Sentiment => "How do the words sound?",
            Subject::LoadedLanguage => "Are there loaded words?",
            Subject::Certainty => "How sure does it sound?",
            Subject::AgentlessPassive => "In how many clauses is it left out who acted?",
            Subject::ScareQuotes => "How many words or phrases stand in scare quotes?",
            Subject::AnonymousSource => "Is there a source that the words do not identify?",
        }
    }

    /// What the question means.
    pub const fn definition(self) -> &'static str {
        match self {
            Subject::Claims => {
                "A claim is what must be so for the sentence to be true. Compare what both sentences speak of; detail that only \
                 one of them has does not count, nor does the choice of words. “[outlet]” stands for the name of a news outlet."
            }
            Subject::Sentiment => {
                "Judge the words as an ordinary reader would hear them: not whether the event is good or bad, not whether you \
                 agree, and not whether the writer is for or against someone."
            }
            Subject::LoadedLanguage => {
                "A word is loaded if it approves or disapproves where a plainer word for the same thing would not: “slammed” \
                 for “criticised”, “regime” for “government”. A word for a bad thing (“murder”) is not loaded for that."
            }
            Subject::Certainty => {
                "Judge how sure the sentence sounds that what it says is so, not how likely you find it. Where its parts \
                 differ, take the least certain one. That someone is quoted as saying it does not make it less certain."
            }
            Subject::AgentlessPassive => {
                "Take the verbs with someone or something that the act is done to: “police shot two men”, “two men were shot”. How many \
                 of them are in the passive without saying by whom? “Two men were shot” and “mistakes were made” leave it out; “were \
                 arrested by police” does not. “The shop is closed”, a state, is no passive."
            }
            Subject::ScareQuotes => {
                "Quotation marks around a word or a short phrase by which the writer keeps a distance from it, or marks it as \
                 so-called: the “experts”. Words quoted because someone said them, titles, and names do not count."
            }
            Subject::AnonymousSource => {
                "A source is whoever the words name for what is said. It is not identified if nobody could look up who it \
                 was: “officials said”, “critics argue”, “it was reported”. “The ministry said” and “Smith said” are identified."
            }
        }
    }

    /// The answers, in the order of the keys 1, 2, ...; where [`is_ordered`](Self::is_ordered), in the order of the scale. The last
    /// is always [`CANNOT_TELL`].
    pub const fn answers(self) -> &'static [Answer] {
        match self {
            Subject::Claims => &CLAIMS,
            Subject::Sentiment => &SENTIMENT,
            Subject::LoadedLanguage => &LOADED,
            Subject::Certainty => &CERTAINTY,
            Subject::AgentlessPassive => &PASSIVE,
            Subject::ScareQuotes => &SCARE,
            Subject::AnonymousSource => &ANONYMOUS,
        }
    }

    /// Whether the answers stand in an order of more than two steps.
    pub const fn is_ordered(self) -> bool {
        matches!(
            self,
            Subject::Sentiment
                | Subject::Certainty
                | Subject::AgentlessPassive
                | Subject::ScareQuotes
                | Subject::AnonymousSource
        )
    }

    /// The name of the band that a value of the measure (for claims: the probability) lies in.
    pub fn band(self, value: f64) -> &'static str {
        let bands = self.bands();
        bands.names[bands.edges.iter().filter(|&&edge| value >= edge).count()]
    }

    /// Where a stratum stands among the bands of its measure, from the lowest; claims have strata of other names, which all stand
    /// behind.
    pub(super) fn rank(self, stratum: &str) -> usize {
        let names = self.bands().names;
        names.iter().position(|name| *name == stratum).unwrap_or(names.len())
    }

    const fn bands(self) -> Bands {
        match self {
            Subject::Claims => Bands {
                edges: &[0.5, 0.7, 0.8, 0.85, 0.9, 0.95],
                names: &[
                    "0.00-0.50",
                    "0.50-0.70",
                    "0.70-0.80",
                    "0.80-0.85",
                    "0.85-0.90",
                    "0.90-0.95",
                    "0.95-1.00",
                ],
            },
            Subject::Sentiment => Bands {
                edges: &[-0.5, -0.1, 0.1, 0.5],
                names: &["below -0.5", "from -0.5", "from -0.1", "from 0.1", "from 0.5"],
            },
            Subject::LoadedLanguage => Bands {
                edges: &[0.25, 0.5, 0.75],
                names: &["0.00-0.25", "0.25-0.50", "0.50-0.75", "0.75-1.00"],
            },
            Subject::Certainty => {
                Bands { edges: &[0.375, 0.625, 0.875], names: &["doubtful", "possible", "probable", "plain"] }
            }
            Subject::AgentlessPassive => {
                Bands { edges: &[ABOVE_ZERO, 0.5], names: &["none", "below half", "half and more"] }
            }
            Subject::ScareQuotes => Bands { edges: &[ABOVE_ZERO, 1.5], names: &["none", "one", "more"] },
            Subject::AnonymousSource => {
                Bands { edges: &[ABOVE_ZERO, 0.75], names: &["none", "some", "every"] }
            }
        }
    }

    /// The answer whose place on the scale is nearest to a value; the first of two that are equally near. `None` for claims.
    pub fn nearest(self, value: f64) -> Option<&'static Answer> {
        let placed = self.answers().iter().filter_map(|answer| Some((answer, (answer.value? - value).abs())));
        placed.min_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(answer, _)| answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_subject_has_bands_with_names_and_answers_with_distinct_labels() {
        for subject in Subject::ALL {
            let bands = subject.bands();
            assert_eq!(bands.edges.len() + 1, bands.names.len(), "{}", subject.name());
            assert!(bands.edges.is_sorted());
            let answers = subject.answers();
            assert_eq!(answers.last().unwrap().label, CANNOT_TELL);
            let labels: std::collections::BTreeSet<_> = answers.iter().map(|answer| answer.label).collect();
            assert_eq!(labels.len(), answers.len());
            assert_eq!(Subject::from_name(subject.name()).unwrap(), subject);
            let values: Vec<f64> = answers.iter().filter_map(|answer| answer.value).collect();
            assert!(values.is_sorted() || values.is_sorted_by(|a, b| a > b), "{}", subject.name());
        }
        assert!(Subject::from_name("bias").is_err());
    }

    #[test]
    fn a_value_has_one_band_and_one_nearest_answer() {
        for (subject, value, band, nearest) in [
            (Subject::Sentiment, -1.0, "below -0.5", Some("negative")),
            (Subject::Sentiment, -0.5, "from -0.5", Some("negative")),
            (Subject::Sentiment, 0.02, "from -0.1", Some("neutral")),
            (Subject::Sentiment, 1.0, "from 0.5", Some("positive")),
            (Subject::LoadedLanguage, 0.49, "0.25-0.50", Some("no")),
            (Subject::LoadedLanguage, 0.51, "0.50-0.75", Some("yes")),
            (Subject::Certainty, 0.75, "probable", Some("probable")),
            (Subject::AgentlessPassive, 0.0, "none", Some("none")),
            (Subject::AgentlessPassive, 0.4, "below half", Some("some")),
            (Subject::ScareQuotes, 7.0, "more", Some("3")),
            (Subject::AnonymousSource, 1.0, "every", Some("yes")),
            (Subject::Claims, 0.85, "0.85-0.90", None),
            (Subject::Claims, 1.0, "0.95-1.00", None),
        ] {
            assert_eq!(subject.band(value), band, "{} {value}", subject.name());
            assert_eq!(subject.nearest(value).map(|answer| answer.label), nearest);
        }
    }
}
