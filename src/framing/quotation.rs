use super::part::{part_of, parts};
use super::question::{ABOVE_ZERO, UNDECIDED};
use super::{Answer, Dimension, Figure, Measure, Pair, Question, Shown, Side};
use crate::records::{Evidence, FramingDifference, Part, QuotationKind, Reading, Span};

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
        doc: "What is quoted and what is told, and scare quotes. Values: the voice, or `scare quotes`.",
        shown: Shown::ValueAndWords,
    }],
    readings,
    differences: |pair, _| differences(pair),
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

/// Whose words the two sentences are made of, with the first words that are quoted directly, and the words between scare quotes: where either
/// differs.
fn differences(&Pair { a, b, .. }: &Pair<'_, '_>) -> Vec<FramingDifference> {
    let row =
        |a: Evidence, b: Evidence| FramingDifference { dimension: QUOTATION.into(), a, b, difference: None };
    let voice = |side: &Side<'_>| Evidence {
        span: of_kind(side, QuotationKind::Direct).first().copied(),
        value: side.annotations.voice.as_str().to_owned(),
    };
    let scare = |side: &Side<'_>| {
        let span = of_kind(side, QuotationKind::Scare).first().copied();
        Evidence { span, value: span.map_or("none", |_| "scare quotes").to_owned() }
    };
    let rows = [(voice(a), voice(b)), (scare(a), scare(b))];
    rows.into_iter().filter(|(a, b)| a.value != b.value).map(|(a, b)| row(a, b)).collect()
}
