use super::part::{common_part, part_of, parts};
use super::{Side, of_numbers};
use crate::annotate::loaded_language;
use crate::records::{
    Dimension, FramingDifference, LoadedEvidence, LoadedLanguage, LoadedWord, Part, Reading, Span,
};

/// The measure's name in the tables.
pub(super) const MEASURE: &str = "loaded_language";

/// How loaded each part of the sentence is, with the words that make it so.
pub(super) fn readings(side: &Side<'_>) -> Vec<Reading> {
    let reading = |&part: &Part| {
        let LoadedLanguage { score, words } = of_part(side, part)?;
        let words = words.iter().map(|word| word.span).collect();
        Some(Reading { measure: MEASURE.into(), part, value: score, words })
    };
    parts(side.annotations.voice).iter().filter_map(reading).collect()
}

/// How loaded the two sentences are, with the words of each that raise it most: no names, and none that the other side has
/// as well, which cannot make the difference.
pub(super) fn difference(a: &Side<'_>, b: &Side<'_>, least: f32) -> Option<FramingDifference> {
    let part = common_part(a, b)?;
    let (of_a, of_b) = (of_part(a, part)?, of_part(b, part)?);
    let differs = (of_a.score - of_b.score).abs() >= least;
    let evidence_a = (of_a.score, strongest(a, b, &of_a.words));
    let evidence_b = (of_b.score, strongest(b, a, &of_b.words));
    differs.then(|| of_numbers(Dimension::LoadedLanguage, evidence_a, evidence_b))
}

fn of_part(side: &Side<'_>, part: Part) -> Option<LoadedLanguage> {
    let listed = side.listed.iter().filter(|word| part_of(side.annotations, &word.span) == part);
    let listed: Vec<LoadedWord> = listed.copied().collect();
    let of_part = side.part(part)?;
    Some(loaded_language(&listed, of_part.loaded?, &of_part.encoding.words.spans))
}

fn strongest(side: &Side<'_>, other: &Side<'_>, words: &[LoadedEvidence]) -> Option<Span> {
    let theirs = other.text.to_lowercase();
    let makes_difference = |word: &&LoadedEvidence| {
        let is_name = side.annotations.names.iter().any(|name| name.span.overlaps(&word.span));
        !is_name && !theirs.contains(&word.span.slice(side.text).to_lowercase())
    };
    let telling = words.iter().filter(makes_difference);
    telling.max_by(|a, b| a.share.total_cmp(&b.share)).map(|word| word.span)
}
