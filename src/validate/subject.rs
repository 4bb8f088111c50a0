use std::sync::LazyLock;

use crate::error::{Error, Result};
use crate::framing::{Answer, Measures, Question, UNDECIDED};

/// The label of an answer that decides nothing. Such answers count neither for nor against.
pub const CANNOT_TELL: &str = UNDECIDED.label;

/// What people are asked about: pairs of sentences, or a figure of the measures. Subjects stand in the order in which they are asked
/// about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject(usize);

/// Every subject with its name.
static ALL: LazyLock<Vec<(&'static str, &'static Question)>> = LazyLock::new(|| {
    let measures = Measures::shipped();
    let of_measures = measures.figures().filter_map(|figure| Some((figure.name, figure.question?)));
    [("claims", &CLAIMS)].into_iter().chain(of_measures).collect()
});

static CLAIMS: Question = Question {
    title: "Claims",
    question: "Do these two sentences make the same claim?",
    definition: "A claim is what must be so for the sentence to be true. Compare what both sentences speak of; detail that only \
                 one of them has does not count, nor does the choice of words. A sentence may make several claims; go by what it mainly \
                 says. “[outlet]” stands for the name of a news outlet.",
    is_of_voice: false,
    answers: &[
        Answer {
            label: "same",
            name: "Same claim",
            meaning: "Both mainly say that the same thing is, was or will be so. One may say more than the other, or say it in other words.",
            value: None,
        },
        Answer {
            label: "partial",
            name: "They share a part",
            meaning: "Both say one same thing, and it is not what both are mainly about.",
            value: None,
        },
        Answer {
            label: "contradict",
            name: "Same matter, but they contradict each other",
            meaning: "Both cannot be true: another number, date or place for the same thing, or one denies what the other says.",
            value: None,
        },
        Answer {
            label: "different",
            name: "Different claims",
            meaning: "They say different things, be it about the same event.",
            value: None,
        },
        UNDECIDED,
    ],
    is_ordered: false,
    edges: &[0.5, 0.7, 0.8, 0.85, 0.9, 0.95],
    bands: &["0.00-0.50", "0.50-0.70", "0.70-0.80", "0.80-0.85", "0.85-0.90", "0.90-0.95", "0.95-1.00"],
};

impl Subject {
    /// Whether two sentences make the same claim, or contradict each other.
    pub const CLAIMS: Subject = Subject(0);

    /// All of them.
    pub fn all() -> impl Iterator<Item = Subject> {
        (0..ALL.len()).map(Subject)
    }

    /// The figure's name in the tables; `claims` for pairs of sentences.
    pub fn name(self) -> &'static str {
        ALL[self.0].0
    }

    /// How people are asked.
    pub fn question(self) -> &'static Question {
        ALL[self.0].1
    }

    /// The subject with this name.
    ///
    /// # Errors
    /// [`Error::Usage`] where there is none.
    pub fn from_name(name: &str) -> Result<Self> {
        Self::all().find(|subject| subject.name() == name).ok_or_else(|| {
            let names = Self::all().map(Subject::name).collect::<Vec<_>>().join(", ");
            Error::Usage { message: format!("`{name}` cannot be labelled; give some of {names}") }
        })
    }

    /// Which words of the sentence to judge, where that is not all of it.
    pub fn note(self, voice: &str) -> &'static str {
        match voice {
            _ if !self.question().is_of_voice => "",
            "narration" => "Judge the outlet’s own words only: leave out what stands in quotation marks.",
            "quotation" => "Judge only the words in quotation marks.",
            _ => "",
        }
    }

    /// The answers; the last is always [`CANNOT_TELL`].
    pub fn answers(self) -> &'static [Answer] {
        self.question().answers
    }

    /// The name of the band that a value of the figure (for claims: the probability) lies in.
    pub fn band(self, value: f64) -> &'static str {
        let Question { edges, bands, .. } = self.question();
        bands[edges.iter().filter(|&&edge| value >= edge).count()]
    }

    /// Where a stratum stands among the bands of its figure, from the lowest; claims have strata of other names, which all stand
    /// behind.
    pub(super) fn rank(self, stratum: &str) -> usize {
        let bands = self.question().bands;
        bands.iter().position(|name| *name == stratum).unwrap_or(bands.len())
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
        for subject in Subject::all() {
            let Question { edges, bands, .. } = subject.question();
            assert_eq!(edges.len() + 1, bands.len(), "{}", subject.name());
            assert!(edges.is_sorted());
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
            ("sentiment", -1.0, "below -0.5", Some("negative")),
            ("sentiment", -0.5, "from -0.5", Some("negative")),
            ("sentiment", 0.02, "from -0.1", Some("neutral")),
            ("sentiment", 1.0, "from 0.5", Some("positive")),
            ("loaded_language", 0.49, "0.25-0.50", Some("no")),
            ("loaded_language", 0.51, "0.50-0.75", Some("yes")),
            ("certainty", 0.75, "probable", Some("probable")),
            ("agentless_passive", 0.0, "none", Some("none")),
            ("agentless_passive", 0.4, "below half", Some("some")),
            ("scare_quotes", 7.0, "more", Some("3")),
            ("anonymous_source", 1.0, "every", Some("yes")),
            ("claims", 0.85, "0.85-0.90", None),
            ("claims", 1.0, "0.95-1.00", None),
        ] {
            let subject = Subject::from_name(subject).unwrap();
            assert_eq!(subject.band(value), band, "{} {value}", subject.name());
            assert_eq!(subject.nearest(value).map(|answer| answer.label), nearest);
        }
    }
}
