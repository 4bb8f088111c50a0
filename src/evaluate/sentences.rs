use std::collections::BTreeSet;

use super::Task;
use super::evaluation::{Evaluation, Figures};
use super::figures::Overlap;
use super::inputs::{Inputs, article, byte_of_char};
use crate::clean::clean;
use crate::error::Result;
use crate::records::{Article, Sentence};
use crate::split::split;

/// What splitting one text gave.
struct Scored {
    /// Ends of sentences, the last of the text aside.
    boundaries: Overlap,
    /// Whole sentences, from the first to the last character.
    sentences: Overlap,
    /// True where every sentence is right.
    is_right: bool,
    /// True where the sentences lie in the text, in order, and leave no visible character out.
    covers: bool,
}

/// Where sentences end. Rows have `text` and either `sentence_spans` (pairs of characters counted from 0) or `sentences`
/// (their texts in order).
pub(super) fn evaluate(inputs: &Inputs<'_>) -> Result<Evaluation> {
    inputs.observer.begin("splitting", Some(inputs.rows.len()));
    let (rows, scored) = inputs.usable(|row| {
        inputs.observer.advance(1);
        score(inputs, row)
    })?;
    let groups = inputs.groups(&rows, ("row", &|row| row.to_string()))?;
    let bootstrap = inputs.bootstrap(&groups);
    let mut evaluation = inputs.evaluation(Task::Sentences, "text", rows.len(), &groups);
    let mut figures = Figures::new(&bootstrap, rows.len());
    let boundaries: Vec<Overlap> = scored.iter().map(|row| row.boundaries).collect();
    let sentences: Vec<Overlap> = scored.iter().map(|row| row.sentences).collect();
    figures.add("boundary F1", |weights| Overlap::sum(&boundaries, weights).f1());
    figures.add("boundary precision", |weights| Overlap::sum(&boundaries, weights).precision());
    figures.add("boundary recall", |weights| Overlap::sum(&boundaries, weights).recall());
    figures.add("whole-sentence F1", |weights| Overlap::sum(&sentences, weights).f1());
    let share = |is: &dyn Fn(&Scored) -> bool, weights: &[f64]| {
        let hits =
            scored.iter().zip(weights).filter(|(row, _)| is(row)).map(|(_, weight)| weight).sum::<f64>();
        hits / weights.iter().sum::<f64>()
    };
    figures.add("texts without a fault", |weights| share(&|row| row.is_right, weights));
    figures.add("texts whose offsets cover them", |weights| share(&|row| row.covers, weights));
    evaluation.figures = figures.list;
    evaluation.notes = vec![format!(
        "{} of {} texts without a fault, {} labelled sentences. A boundary is the end of a sentence that is not the text's last.",
        scored.iter().filter(|row| row.is_right).count(),
        rows.len(),
        sentences.iter().map(|row| row.labelled).sum::<f64>(),
    )];
    Ok(evaluation)
}

fn score(inputs: &Inputs<'_>, row: usize) -> Result<Scored> {
    let text = inputs.text(row)?;
    let labelled = match inputs.rows.has("sentence_spans") {
        true => spans(inputs, row, text)?,
        false => texts(inputs, row, text)?,
    };
    let article = article("", "", text);
    let found = split(&article, &clean(&article));
    let given: Vec<(usize, usize)> =
        found.iter().map(|sentence| (sentence.bytes.start, sentence.bytes.end)).collect();
    let ends = |spans: &[(usize, usize)]| -> BTreeSet<usize> {
        spans.iter().take(spans.len().saturating_sub(1)).map(|span| span.1).collect()
    };
    let all = |spans: &[(usize, usize)]| -> BTreeSet<(usize, usize)> { spans.iter().copied().collect() };
    Ok(Scored {
        boundaries: overlap(&ends(&given), &ends(&labelled)),
        sentences: overlap(&all(&given), &all(&labelled)),
        is_right: given == labelled,
        covers: covers(&article, &found),
    })
}

fn overlap<T: Ord>(given: &BTreeSet<T>, labelled: &BTreeSet<T>) -> Overlap {
    let both = given.intersection(labelled).count() as f64;
    Overlap {
        given_right: both,
        given: given.len() as f64,
        labelled_found: both,
        labelled: labelled.len() as f64,
    }
}

/// True where the sentences lie in the body, in order, and only blanks lie between them.
fn covers(article: &Article, sentences: &[Sentence]) -> bool {
    let mut end = 0;
    for sentence in sentences {
        let between = article.body.get(end..sentence.bytes.start);
        if between.is_none_or(|between| !between.trim().is_empty()) {
            return false;
        }
        end = sentence.bytes.end;
    }
    article.body.get(end..).is_some_and(|rest| rest.trim().is_empty())
}

/// Labelled spans in bytes, without blanks at either end.
fn spans(inputs: &Inputs<'_>, row: usize, text: &str) -> Result<Vec<(usize, usize)>> {
    let bytes = byte_of_char(text);
    let of_list = |span: &serde_json::Value| {
        let offset = |i: usize| bytes.get(usize::try_from(span.get(i)?.as_u64()?).ok()?).copied();
        Some((offset(0)?, offset(1)?)).filter(|(start, end)| start < end)
    };
    let spans = inputs.rows.list(row, "sentence_spans")?.iter().map(of_list).collect::<Option<Vec<_>>>();
    let spans = spans.ok_or_else(|| {
        let message = "`sentence_spans` is no list of [start, end] in characters of the text".to_owned();
        inputs.rows.fault(row, message)
    })?;
    Ok(spans.into_iter().map(|span| trimmed(text, span)).collect())
}

/// The labelled sentences found in the text, one behind the other.
fn texts(inputs: &Inputs<'_>, row: usize, text: &str) -> Result<Vec<(usize, usize)>> {
    let (mut from, mut spans) = (0, vec![]);
    for sentence in inputs.rows.list(row, "sentences")? {
        let sentence = sentence.as_str().unwrap_or_default().trim();
        let Some(start) = text[from..].find(sentence).filter(|_| !sentence.is_empty()) else {
            let message =
                format!("`sentences`: \"{sentence}\" does not stand in the text behind the one before it");
            return Err(inputs.rows.fault(row, message));
        };
        spans.push((from + start, from + start + sentence.len()));
        from += start + sentence.len();
    }
    Ok(spans)
}

fn trimmed(text: &str, (start, end): (usize, usize)) -> (usize, usize) {
    let words = &text[start..end];
    (end - words.trim_start().len(), start + words.trim_end().len())
}
