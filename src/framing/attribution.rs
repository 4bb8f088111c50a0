use super::Side;
use crate::records::{Attribution, CueKind, Dimension, Evidence, FramingDifference, Part, Reading, Span};

/// The measures' names in the tables.
pub(super) const MEASURES: [&str; 2] = ["anonymous_source", "doubting_cue"];

/// The share of the sentence's sources that the words do not name, with these; and the share of its cues of saying that leave open whether it is so,
/// with these. Neither for a sentence without any. Cues inside quotations are not looked at, so this is always the outlet's own
/// attribution.
pub(super) fn readings(side: &Side<'_>) -> Vec<Reading> {
    let attributions = &side.annotations.attributions;
    let sources = attributions.iter().filter_map(|found| Some((found.source?, found.anonymous)));
    let cues = attributions.iter().filter(|found| found.cue_kind != CueKind::Other);
    let cues = cues.map(|found| (found.cue, found.cue_kind == CueKind::Doubting));
    let shares = [share(sources), share(cues)];
    let reading = |(measure, share): (&'static str, Option<(f32, Vec<Span>)>)| {
        let (value, words) = share?;
        Some(Reading { measure: measure.into(), part: Part::Narration, value, words })
    };
    MEASURES.into_iter().zip(shares).filter_map(reading).collect()
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
pub(super) fn difference(a: &Side<'_>, b: &Side<'_>) -> Option<FramingDifference> {
    let (evidence_a, evidence_b) = (evidence(a), evidence(b));
    (evidence_a.value != evidence_b.value).then_some(FramingDifference {
        dimension: Dimension::Attribution,
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
