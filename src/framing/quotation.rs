use super::pair::View;
use super::part::{part_of, parts};
use super::question::{ABOVE_ZERO, UNDECIDED};
use super::{Answer, Dimension, Figure, Measure, Question, Shown, Side};
use crate::records::{Evidence, FramingDifference, Part, Quotation, QuotationKind, Reading, Span};

const QUOTED_SHARE: &str = "quoted_share";
const SCARE_QUOTES: &str = "scare_quotes";
const QUOTATION: &str = "quotation";

/// The measure.
pub(super) static MEASURE: Measure = Measure {
    name: "quotation",
    figures: &[
        Figure {
            name: QUOTED_SHARE,
            doc: "Share of the words that are quoted directly, from 0 to 1.",
            question: None,
        },
        Figure {
            name: SCARE_QUOTES,
            doc: "Number of expressions in scare quotes.",
            question: Some(&QUESTION),
        },
    ],
    dimensions: &[Dimension {
        name: QUOTATION,
        doc: "Words that one quotes and the other tells, and scare quotes. Values: `quoted` or `scare quotes`; on the other side `told` or `not there`.",
        shown: Shown::ValueAndWords,
    }],
    readings,
    differences: |pair, _| pair.views().iter().flat_map(differences).collect(),
    card: include_str!("../../docs/measures/quotation.md"),
    may_be_replaced: false,
};

static QUESTION: Question = Question {
    title: "Scare quotes",
    question: "How many words or phrases stand in scare quotes?",
    definition: "Quotation marks around a word or a short phrase by which the writer keeps a distance from it, or marks it as \
                 so-called: the “experts”. Words quoted because someone said them, titles, and names do not count.",
    is_of_voice: false,
    answers: &[
        Answer::new("0", "None", "No quotation marks, or only around what someone said.", 0.0),
        Answer::new("1", "One", "One word or phrase.", 1.0),
        Answer::new("2", "Two", "Two words or phrases.", 2.0),
        Answer::new("3", "Three or more", "Counted as three.", 3.0),
        UNDECIDED,
    ],
    is_ordered: true,
    edges: &[ABOVE_ZERO, 1.5],
    bands: &["none", "one", "more"],
};

/// The share of the sentence's words that are quoted directly, with the quotations (none for a sentence without words), and the number
/// of its scare quotes, with these.
fn readings(side: &Side<'_>) -> Vec<Reading> {
    let words = &side.encoding.words.spans;
    let quoted = words.iter().filter(|word| part_of(side.annotations, word) == Part::Quotation).count();
    let share = (!words.is_empty()).then(|| Reading {
        measure: QUOTED_SHARE.into(),
        part: Part::Whole,
        value: quoted as f32 / words.len() as f32,
        words: of_kind(side, QuotationKind::Direct),
    });
    let scare = of_kind(side, QuotationKind::Scare);
    let count = Reading {
        measure: SCARE_QUOTES.into(),
        part: Part::Narration,
        value: scare.len() as f32,
        words: scare,
    };
    let has_narration = parts(side.annotations.voice).contains(&Part::Narration);
    share.into_iter().chain(has_narration.then_some(count)).collect()
}

fn of_kind(side: &Side<'_>, kind: QuotationKind) -> Vec<Span> {
    let quotations = side.annotations.quotations.iter().filter(|quotation| quotation.kind == kind);
    quotations.map(|quotation| quotation.span).collect()
}

/// Words of a quotation that the other side has in its own words, at least; as a share of those that say something.
const LEAST_TOLD: f32 = 0.4;

/// Direct quotations whose words the other side tells without marks, and scare quotes around what it has without marks or not at all. What
/// both print between marks is no difference, wherever the marks stand.
fn differences(view: &View<'_, '_>) -> Vec<FramingDifference> {
    let (side, other) = (view.side, view.other);
    let is_quoted = |word: usize| {
        let span = other.words()[word];
        other.annotations.quotations.iter().any(|quotation| quotation.span.overlaps(&span))
    };
    let row = |quotation: &Quotation| {
        let content: Vec<usize> = side.content_in(&quotation.span).collect();
        let by: Vec<usize> = content.iter().filter_map(|&word| view.counterparts.by(word)).collect();
        let told = Evidence { span: other.cover(&by), value: TOLD.to_owned() };
        let ours = |value: &str| Evidence { span: Some(quotation.span), value: value.to_owned() };
        let share = by.len() as f32 / content.len().max(1) as f32;
        if by.iter().any(|&word| is_quoted(word)) {
            return None;
        }
        match quotation.kind {
            QuotationKind::Direct if share >= LEAST_TOLD => {
                Some(view.difference(QUOTATION, ours("quoted"), told))
            }
            QuotationKind::Scare if by.is_empty() => Some(view.difference(
                QUOTATION,
                ours("scare quotes"),
                Evidence { span: None, value: "not there".to_owned() },
            )),
            QuotationKind::Scare => Some(view.difference(QUOTATION, ours("scare quotes"), told)),
            QuotationKind::Direct | QuotationKind::Title => None,
        }
    };
    side.annotations.quotations.iter().filter_map(row).collect()
}

const TOLD: &str = "told";
