use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::subject::Subject;
use crate::error::{Error, Result};
use crate::report::read_back::{need, read};

/// The voice that stands for all words of a sentence.
const ALL_VOICES: &str = "all";

/// Something that can be drawn: a pair of sentences of a claim, or a sentence with one measure of one voice.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Unit {
    pub subject: Subject,
    /// Empty for claims.
    pub voice: String,
    /// The band of the value; for claims after the tier, or after the kind of conflict.
    pub stratum: String,
    pub claim: String,
    pub event: String,
    /// Whose sentence it is: what the draw is balanced over. Empty for claims.
    pub outlet: String,
    /// One id, or two.
    pub sentences: Vec<String>,
    /// Their words, as they stand in the articles.
    pub texts: Vec<String>,
    /// The measure's value, or the probability that both make the same claim.
    pub machine_value: f64,
    /// What the machine takes it for: an answer's label; for a conflict with its kind, `contradict:number`.
    pub machine_label: String,
}

/// Every unit of the run that could be labelled, in the order of the subjects, then of the tables.
///
/// A measure without rows for `voice` is taken for all voices; one without rows is left out.
pub(super) fn units(folder: &Path, subjects: &[Subject], voice: &str) -> Result<Vec<Unit>> {
    let mut units = vec![];
    if subjects.contains(&Subject::CLAIMS) {
        units.extend(claims(folder)?);
    }
    let measures: Vec<Subject> =
        subjects.iter().copied().filter(|&subject| subject != Subject::CLAIMS).collect();
    if !measures.is_empty() {
        units.extend(sentences(folder, &measures, voice)?);
    }
    Ok(units)
}

fn claims(folder: &Path) -> Result<Vec<Unit>> {
    let columns = [
        "claim_id",
        "event_id",
        "sentence_id_a",
        "sentence_id_b",
        "text_a",
        "text_b",
        "probability",
        "relation",
        "tier",
        "conflict",
    ];
    let table = need(folder, "comparisons", columns)?;
    let (mut units, mut seen) = (vec![], BTreeSet::new());
    for (row, cells) in table.rows.iter().enumerate() {
        let [claim, event, id_a, id_b, text_a, text_b, probability, relation, tier, conflict] = cells;
        // A pair that is listed with two claims is one pair.
        if !seen.insert((id_a, id_b)) {
            continue;
        }
        let value = number(probability).ok_or_else(|| table.fault(row, "`probability` is no number"))?;
        let band = Subject::CLAIMS.band(value);
        let (stratum, label) = match relation.as_str() {
            "same" => (format!("{tier} {band}"), "same".to_owned()),
            "conflicting" if conflict.is_empty() => {
                ("conflicting, untyped".to_owned(), "contradict".to_owned())
            }
            "conflicting" => (format!("conflicting, {conflict}"), format!("contradict:{conflict}")),
            _ => (format!("partial {band}"), "partial".to_owned()),
        };
        units.push(Unit {
            subject: Subject::CLAIMS,
            voice: String::new(),
            stratum,
            claim: claim.clone(),
            event: event.clone(),
            outlet: String::new(),
            sentences: vec![id_a.clone(), id_b.clone()],
            texts: vec![text_a.clone(), text_b.clone()],
            machine_value: value,
            machine_label: label,
        });
    }
    Ok(units)
}

/// A row of `measures`, as it is read here.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct MeasureRow {
    pub subject: Subject,
    pub voice: String,
    pub claim: String,
    pub event: String,
    pub outlet: String,
    pub sentence: String,
    pub value: f64,
    /// The sentence whose words these are: another one for a copy.
    pub text: String,
}

/// The rows of `measures` that are of one of these subjects, of every voice; none where the run has no such table.
pub(super) fn measure_rows(folder: &Path, subjects: &[Subject]) -> Result<Vec<MeasureRow>> {
    let columns = ["measure", "voice", "claim_id", "event_id", "outlet", "sentence_id", "value", "copy_of"];
    let Some(table) = read(folder, "measures", columns)? else { return Ok(vec![]) };
    let names: BTreeMap<&str, Subject> = subjects.iter().map(|&subject| (subject.name(), subject)).collect();
    let mut rows = vec![];
    for (row, [measure, voice, claim, event, outlet, sentence, value, copy_of]) in
        table.rows.iter().enumerate()
    {
        let Some(&subject) = names.get(measure.as_str()) else { continue };
        rows.push(MeasureRow {
            subject,
            voice: voice.clone(),
            claim: claim.clone(),
            event: event.clone(),
            outlet: outlet.clone(),
            sentence: sentence.clone(),
            value: number(value).ok_or_else(|| table.fault(row, "`value` is no number"))?,
            text: if copy_of.is_empty() { sentence.clone() } else { copy_of.clone() },
        });
    }
    Ok(rows)
}

fn sentences(folder: &Path, subjects: &[Subject], voice: &str) -> Result<Vec<Unit>> {
    let rows = measure_rows(folder, subjects)?;
    let with_voice: BTreeSet<Subject> =
        rows.iter().filter(|row| row.voice == voice).map(|row| row.subject).collect();
    let is_wanted = |row: &&MeasureRow| match with_voice.contains(&row.subject) {
        true => row.voice == voice,
        false => row.voice == ALL_VOICES,
    };
    // A sentence that is listed with two claims is one sentence.
    let mut seen = BTreeSet::new();
    let wanted: Vec<&MeasureRow> =
        rows.iter().filter(is_wanted).filter(|row| seen.insert((row.subject, &row.sentence))).collect();
    if wanted.is_empty() {
        return Ok(vec![]);
    }
    let texts = need(folder, "sentences", ["sentence_id", "text"])?;
    let text_of: BTreeMap<&str, &str> =
        texts.rows.iter().map(|[id, text]| (id.as_str(), text.as_str())).collect();
    let unit = |row: &MeasureRow| {
        let text = text_of.get(row.sentence.as_str()).ok_or_else(|| {
            let message = format!(
                "has no sentence `{}`, which `measures` has; run `parallax compare` again",
                row.sentence
            );
            Error::Table { path: texts.path.clone(), message }
        })?;
        Ok(Unit {
            subject: row.subject,
            voice: row.voice.clone(),
            stratum: row.subject.band(row.value).to_owned(),
            claim: row.claim.clone(),
            event: row.event.clone(),
            outlet: row.outlet.clone(),
            sentences: vec![row.sentence.clone()],
            texts: vec![(*text).to_owned()],
            machine_value: row.value,
            machine_label: row.subject.nearest(row.value).map_or("", |answer| answer.label).to_owned(),
        })
    };
    let mut units = wanted.into_iter().map(unit).collect::<Result<Vec<Unit>>>()?;
    units.sort_by_key(|unit| unit.subject);
    Ok(units)
}

fn number(cell: &str) -> Option<f64> {
    cell.parse().ok().filter(|value: &f64| value.is_finite())
}
