use super::Side;
use crate::records::{Attribution, Dimension, Evidence, FramingDifference, Part, Reading, Span};

/// The measure's name in the tables.
pub(super) const ANONYMOUS: &str = "anonymous_source";

/// The share of the sentence's sources that the words do not name, with these sources; none where it names no source and
/// leaves none unnamed. Cues inside quotations are not looked at, so this is always the outlet's own attribution.
pub(super) fn readings(side: &Side<'_>) -> Option<Reading> {
    let sourced: Vec<(Span, bool)> = side
        .annotations
        .attributions
        .iter()
        .filter_map(|attribution| Some((attribution.source?, attribution.anonymous)))
        .collect();
    let anonymous: Vec<Span> =
        sourced.iter().filter(|(_, anonymous)| *anonymous).map(|&(span, _)| span).collect();
    (!sourced.is_empty()).then(|| Reading {
        measure: ANONYMOUS.into(),
        part: Part::Narration,
        value: anonymous.len() as f32 / sourced.len() as f32,
        words: anonymous,
    })
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
