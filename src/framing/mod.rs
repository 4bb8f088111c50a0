//! Two outlets' sentences on one claim -> [`FramingDifference`]s: one file per measure.
//!
//! A [`Measure`] says what it reads in a sentence, what it marks in a pair of them and how people are asked about it; [`Measures`] is the
//! list of all. A new one is a file, its card in `docs/measures`, and a line in that list.

mod measure;
mod pair;
mod counterpart;
mod family;
mod tree;
mod told;
mod edges;
mod figures;
mod salience;
mod question;
mod part;
mod tone;
mod wording;
mod addition;
mod loaded_language;
mod attribution;
mod certainty;
mod quantity;
mod quotation;
mod placement;
mod agency;
mod frames;
mod heads;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::records::{
    Annotations, Clause, Encoding, Evidence, FramingDifference, LoadedWord, Name, Score, SentenceId, Span,
    Thresholds,
};

pub use addition::{placed_by_meaning, unplaced};
pub use counterpart::{Counterpart, Counterparts};
pub use family::is_family;
pub use figures::{FIGURES, figures};
pub use measure::{Dimension, Figure, Measure, Measures, Shown, rows};
pub use pair::Pair;
pub use part::{is_own, part_of, words_of_part};
pub use placement::Place;
pub use question::{ABOVE_ZERO, Answer, Question, UNDECIDED};
pub use salience::one_claim_once_marked;
pub use told::Told;
pub use wording::{folded_word, terms};

/// When a difference is worth a row: the `[framing]` section of a job file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FramingOptions {
    /// Least difference of two sentiments (each in [-1, 1]) that is listed.
    pub min_tone: f32,
    /// Least difference of two certainties (each in [0, 1]) that is listed.
    pub min_certainty: f32,
    /// Least difference of two figures of loaded language, or of a head that the user brought (each in [0, 1]), that is listed.
    pub min_head: f32,
    /// Least salience of a row, in [0, 1].
    pub min_salience: f32,
    /// Whether the policy frames are measured: an experiment, whose word lists are of few topics.
    pub frames: bool,
}

impl Default for FramingOptions {
    fn default() -> Self {
        Self { min_tone: 0.3, min_certainty: 0.25, min_head: 0.25, min_salience: 0.4, frames: false }
    }
}

impl FramingOptions {
    /// Checks the ranges.
    ///
    /// # Errors
    /// The first option that is out of its range, with the range.
    pub fn check(&self) -> Result<(), String> {
        let differences = [
            ("framing.min_tone", self.min_tone),
            ("framing.min_certainty", self.min_certainty),
            ("framing.min_head", self.min_head),
        ];
        if let Some((key, value)) = differences.into_iter().find(|(_, value)| !(0.0..=2.0).contains(value)) {
            return Err(format!("`{key}` is {value}; give a number from 0 to 2"));
        }
        match (0.0..=1.0).contains(&self.min_salience) {
            true => Ok(()),
            false => {
                Err(format!("`framing.min_salience` is {}; give a number from 0 to 1", self.min_salience))
            }
        }
    }
}

/// One outlet's sentence with all that the measures read of it.
#[derive(Debug, Clone, Copy)]
pub struct Side<'run> {
    /// The sentence's words; every span counts from its start.
    pub text: &'run str,
    /// What the annotators found.
    pub annotations: &'run Annotations,
    /// Its loaded words, those that are part of an outlet's name left out.
    pub listed: &'run [LoadedWord],
    /// Its clauses.
    pub clauses: &'run [Clause],
    /// What the encoder gave for the sentence.
    pub encoding: &'run Encoding,
    /// What it gave for the outlet's own words alone ([`words_of_part`]); that of the sentence where it holds no others.
    pub narration: PartEncoding<'run>,
    /// What it gave for the quoted words alone; that of the sentence where it holds no others.
    pub quotation: PartEncoding<'run>,
    /// Where the sentence stands.
    pub place: Place,
    /// Those of the encoder.
    pub thresholds: &'run Thresholds,
    /// The sentence.
    pub id: &'run SentenceId,
    /// For a sentence that is quoted throughout and names no source: whose words it goes on with.
    pub carried: Option<Carried<'run>>,
    /// The first place at which its outlet makes the claim.
    pub foremost: Place,
    /// What its outlet tells of the event.
    pub told: &'run Told,
    /// The sentences before and behind it, with their encodings.
    pub beside: [Option<(&'run str, &'run Encoding)>; 2],
}

/// A source that another sentence names.
#[derive(Debug, Clone, Copy)]
pub struct Carried<'run> {
    /// The words that name it.
    pub source: &'run str,
    /// True where the source cannot be told from the words.
    pub anonymous: bool,
}

impl<'run> Side<'run> {
    /// The words of the sentence's encoding.
    fn words(&self) -> &'run [Span] {
        &self.encoding.words.spans
    }

    /// A word's text.
    fn word(&self, word: usize) -> &'run str {
        self.words()[word].slice(self.text)
    }

    /// A word's weight; 0 for a function word.
    fn weight(&self, word: usize) -> f32 {
        if is_content(self, self.encoding, word) { self.encoding.words.weights[word] } else { 0.0 }
    }

    /// True for a word that is no function word.
    fn says_something(&self, word: usize) -> bool {
        self.weight(word) > 0.0
    }

    /// The name that words are part of.
    fn name_at(&self, span: &Span) -> Option<&'run Name> {
        self.annotations.names.iter().find(|name| name.span.overlaps(span))
    }

    /// True for words that are part of a name.
    fn is_name(&self, span: &Span) -> bool {
        self.name_at(span).is_some()
    }

    /// The words in a span that are no function words.
    fn content_in(&self, span: &Span) -> impl Iterator<Item = usize> + '_ {
        self.words_in(span).filter(|&word| self.says_something(word))
    }

    /// The positions of the words that lie in a span.
    fn words_in(&self, span: &Span) -> std::ops::Range<usize> {
        let words = self.words();
        let from = words.partition_point(|word| word.start < span.start);
        from..words.partition_point(|word| word.end <= span.end).max(from)
    }

    /// From the first to the last of some words.
    fn cover(&self, words: &[usize]) -> Option<Span> {
        let (first, last) = (words.iter().min()?, words.iter().max()?);
        Some(Span::new(self.words()[*first].start, self.words()[*last].end))
    }
}

/// What the encoder gave for one part of a sentence.
#[derive(Debug, Clone, Copy)]
pub struct PartEncoding<'run> {
    /// The encoding.
    pub encoding: &'run Encoding,
    /// What the loaded-language head says with the names of the run's outlets hidden; `None` where the model brings no such head.
    pub loaded: Option<&'run Score>,
}

/// Most words that are shown for one figure.
const MAX_WORDS: usize = 3;

/// The word with the largest of `shares` (one a word of the side's encoding) in one direction; the first of equals.
/// Passed over are function words and names, which move a figure by the company that they keep, and words that the
/// other side has as well, which cannot make the difference; `None` where nothing is left.
fn strongest_word(
    side: &Side<'_>,
    encoding: &Encoding,
    other: &Side<'_>,
    shares: &[f32],
    upwards: bool,
) -> Option<Span> {
    let words = &encoding.words;
    let signed = |&word: &usize| if upwards { shares[word] } else { -shares[word] };
    let lower = |side: &Side<'_>, span: &Span| span.slice(side.text).to_lowercase();
    let theirs: Vec<String> = other.encoding.words.spans.iter().map(|span| lower(other, span)).collect();
    let is_shown = |&word: &usize| {
        is_telling(side, encoding, word) && !theirs.contains(&lower(side, &words.spans[word]))
    };
    let shown = (0..shares.len()).filter(is_shown);
    shown
        .reduce(|best, word| if signed(&word) > signed(&best) { word } else { best })
        .map(|word| words.spans[word])
}

/// The words that move a figure furthest in one direction, the strongest first: three at most, function words and names
/// passed over.
fn moving_words(side: &Side<'_>, encoding: &Encoding, shares: &[f32], upwards: bool) -> Vec<Span> {
    let signed = |word: usize| if upwards { shares[word] } else { -shares[word] };
    let mut moving: Vec<usize> =
        (0..shares.len()).filter(|&word| signed(word) > 0.0 && is_telling(side, encoding, word)).collect();
    moving.sort_by(|&a, &b| signed(b).total_cmp(&signed(a)));
    moving.truncate(MAX_WORDS);
    moving.into_iter().map(|word| encoding.words.spans[word]).collect()
}

/// True for a word of `encoding` that is no function word and no name.
fn is_telling(side: &Side<'_>, encoding: &Encoding, word: usize) -> bool {
    let span = encoding.words.spans[word];
    is_content(side, encoding, word) && !side.is_name(&span)
}

/// True for a word that is no function word: by its kind where the model has a head for syntax, and by its weight.
fn is_content(side: &Side<'_>, encoding: &Encoding, word: usize) -> bool {
    let kinds = encoding.syntax.as_ref();
    let is_rare = encoding.words.weights[word] >= side.thresholds.words.content;
    is_rare && kinds.is_none_or(|kinds| kinds[word].tag.is_content())
}

/// A difference of two numbers, with the words that show each.
fn of_numbers(
    dimension: impl Into<Cow<'static, str>>,
    a: (f32, Option<Span>),
    b: (f32, Option<Span>),
) -> FramingDifference {
    let evidence = |(value, span): (f32, Option<Span>)| Evidence { span, value: format!("{value:.4}") };
    FramingDifference {
        dimension: dimension.into(),
        a: evidence(a),
        b: evidence(b),
        difference: Some(a.0 - b.0),
        salience: 0.0,
    }
}
