use super::question::{ABOVE_ZERO, UNDECIDED};
use super::{Answer, Dimension, Figure, Measure, Pair, Question, Shown, Side};
use crate::records::{Attribution, CueKind, Evidence, FramingDifference, Part, Reading, Span};

const ANONYMOUS_SOURCE: &str = "anonymous_source";
const DOUBTING_CUE: &str = "doubting_cue";
const ATTRIBUTION: &str = "attribution";

/// The measure.
pub(super) static MEASURE: Measure = Measure {
    name: "attribution",
    figures: &[
        Figure {
            name: ANONYMOUS_SOURCE,
            doc: "Share of the sentence's sources that cannot be told from the words, from 0 to 1.",
            question: Some(&QUESTION),
        },
        Figure {
            name: DOUBTING_CUE,
            doc: "Share of its cues that leave open whether it is so (\"claimed\"), from 0 to 1.",
            question: None,
        },
    ],
    dimensions: &[Dimension {
        name: ATTRIBUTION,
        doc: "Who is named as the source, and by which cue. Values: `none`, `unnamed`, `anonymous` or `named`, then cue and source.",
        shown: Shown::ValueAndWords,
    }],
    readings,
    differences: |pair, _| difference(pair).into_iter().collect(),
    card: include_str!("../../docs/measures/attribution.md"),
    may_be_replaced: false,
};

static QUESTION: Question = Question {
    title: "Sources",
    question: "Is there a source that the words do not identify?",
    definition: "A source is whoever the words name for what is said. It is not identified if nobody could look up who it \
                 was: “officials said”, “critics argue”, “it was reported”. “The ministry said” and “Smith said” are identified.",
    is_of_voice: false,
    answers: &[
        Answer::new("no", "No", "No source is given, or every source could be looked up.", 0.0),
        Answer::new(
            "some",
            "One among several",
            "Several sources are given; some could be looked up, some not.",
            0.5,
        ),
        Answer::new("yes", "Yes", "A source is given, and the words do not say who it is.", 1.0),
        UNDECIDED,
    ],
    is_ordered: true,
    edges: &[ABOVE_ZERO, 0.75],
    bands: &["none", "some", "every"],
};

/// The share of the sentence's sources that the words do not name, with these; and the share of its cues of saying that leave open whether it is so,
/// with these. Neither for a sentence without any. Cues inside quotations are not looked at, so this is always the outlet's own
/// attribution.
fn readings(side: &Side<'_>) -> Vec<Reading> {
    let attributions = &side.annotations.attributions;
    let sources = attributions.iter().filter_map(|found| Some((found.source?, found.anonymous)));
    let cues = attributions.iter().filter(|found| found.cue_kind != CueKind::Other);
    let cues = cues.map(|found| (found.cue, found.cue_kind == CueKind::Doubting));
    let shares = [(ANONYMOUS_SOURCE, share(sources)), (DOUBTING_CUE, share(cues))];
    let reading = |(measure, share): (&'static str, Option<(f32, Vec<Span>)>)| {
        let (value, words) = share?;
        Some(Reading { measure: measure.into(), part: Part::Narration, value, words })
    };
    shares.into_iter().filter_map(reading).collect()
}

/// The share of the spans that are marked, and these; `None` without spans.
fn share(spans: impl Iterator<Item = (Span, bool)>) -> Option<(f32, Vec<Span>)> {
    let spans: Vec<(Span, bool)> = spans.collect();
    let marked: Vec<Span> = spans.iter().filter(|(_, is_marked)| *is_marked).map(|&(span, _)| span).collect();
    (!spans.is_empty()).then(|| (marked.len() as f32 / spans.len() as f32, marked))
}

/// Who is named as the source and by which cue, where that differs.
///
/// The values are `none`, `unnamed` (the cue names no source), `anonymous` or `named`, then the cue and the source.
fn difference(&Pair { a, b, .. }: &Pair<'_, '_>) -> Option<FramingDifference> {
    let (evidence_a, evidence_b) = (evidence(a), evidence(b));
    (evidence_a.value != evidence_b.value).then_some(FramingDifference {
        dimension: ATTRIBUTION.into(),
        a: evidence_a,
        b: evidence_b,
        difference: None,
    })
}

fn evidence(side: &Side<'_>) -> Evidence {
    let Some(attribution) = &side.annotations.attribution else {
        return Evidence { span: None, value: "none".to_owned() };
    };
    let cue = attribution.cue.slice(side.text).to_lowercase();
    let (kind, source) = match attribution.source {
        None => ("unnamed", ""),
        Some(source) if attribution.anonymous => ("anonymous", source.slice(side.text)),
        Some(source) => ("named", source.slice(side.text)),
    };
    let value =
        [kind, &cue, source].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ");
    Evidence { span: Some(words(attribution)), value }
}

/// Source and cue where they stand side by side; where other words part them, the source, or else the cue.
fn words(attribution: &Attribution) -> Span {
    const MOST_BETWEEN: usize = 2;
    let (cue, source) = (attribution.cue, attribution.source.unwrap_or(attribution.cue));
    let joined = Span::new(source.start.min(cue.start), source.end.max(cue.end));
    if joined.len() <= source.len() + cue.len() + MOST_BETWEEN { joined } else { source }
}
