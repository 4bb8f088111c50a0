use std::collections::BTreeSet;

use super::Task;
use super::classes::Classes;
use super::evaluation::{ConfusionTable, Evaluation, Figures};
use super::figures::{Confusion, Ranking};
use super::inputs::{Inputs, add_class_figures};
use crate::annotate::{frame_scores, frame_words};
use crate::error::Result;
use crate::records::Frame;

/// What a text is given that has no word of any labelled frame.
const NONE: usize = Frame::NAMES.len();

/// A table of more classes is too wide to be read.
const MOST_CLASSES: usize = 10;

/// The policy frame of a text, of those that the file labels: the one with the highest score; of equals the one whose word
/// comes first. Nothing is trained.
pub(super) fn evaluate(inputs: &Inputs<'_>) -> Result<Evaluation> {
    let field = inputs.options.fields.label.as_deref().unwrap_or("label");
    let classes = Classes::new(&Frame::NAMES, &[]);
    let labelled = inputs.labelled(classes, field, |row| inputs.text(row).map(|_| ()))?;
    let (texts, groups) = inputs.texts(&labelled.rows)?;
    let labels = &labelled.labels;
    let candidates: BTreeSet<usize> = labels.iter().copied().collect();
    let scores: Vec<Vec<f64>> = texts.iter().map(|text| scores_of(text)).collect();
    let given: Vec<usize> =
        texts.iter().zip(&scores).map(|(text, scores)| strongest(text, scores, &candidates)).collect();

    let bootstrap = inputs.bootstrap(&groups);
    let mut figures = Figures::new(&bootstrap, texts.len());
    let confusion = |weights: &[f64]| Confusion::new(labels, &given, weights, NONE + 1);
    add_class_figures(&mut figures, &labelled.classes.names, labels, &confusion);
    for &frame in &candidates {
        let is_frame: Vec<bool> = labels.iter().map(|&label| label == frame).collect();
        let of_frame: Vec<f64> = scores.iter().map(|scores| scores[frame]).collect();
        let ranking = Ranking::new(&of_frame, &is_frame);
        figures.add(&format!("AUC of {}", Frame::NAMES[frame]), |weights| ranking.auc(weights));
    }
    let n_of = |frame: usize| labels.iter().filter(|&&label| label == frame).count();
    let commonest = candidates.iter().rev().copied().max_by_key(|&frame| n_of(frame)).unwrap_or_default();
    let same = vec![commonest; labels.len()];
    figures.add_baseline("macro-F1 of the commonest frame", |weights| {
        Confusion::new(labels, &same, weights, NONE + 1).macro_f1()
    });

    let mut evaluation = inputs.evaluation(Task::Frames, "text", texts.len(), &groups);
    evaluation.figures = figures.list;
    let names: Vec<String> = Frame::NAMES.iter().chain(&["none"]).map(|&name| name.to_owned()).collect();
    let table = shown(&names, &ConfusionTable::new(&names, labels, &given));
    evaluation.confusion = Some(table).filter(|table| table.classes.len() <= MOST_CLASSES);
    evaluation.left_out = labelled.left_out;
    evaluation.notes = vec![
        "The frame with the largest share of the content words, of the frames that the file labels; none where no word of \
         them was found, which counts as wrong."
            .to_owned(),
    ];
    Ok(evaluation)
}

fn scores_of(text: &str) -> Vec<f64> {
    frame_scores(text, &frame_words(text)).iter().map(|score| f64::from(score.score)).collect()
}

fn strongest(text: &str, scores: &[f64], candidates: &BTreeSet<usize>) -> usize {
    let in_order = frame_words(text).into_iter().filter_map(|word| {
        let frame = word.frame as usize;
        candidates.contains(&frame).then_some(frame)
    });
    // `rev`, since of equals `max_by` takes the last.
    let mut in_order: Vec<usize> = in_order.collect();
    in_order.reverse();
    in_order.into_iter().max_by(|&a, &b| scores[a].total_cmp(&scores[b])).unwrap_or(NONE)
}

/// The table without classes that were neither labelled nor given.
fn shown(names: &[String], table: &ConfusionTable) -> ConfusionTable {
    let is_used = |class: &usize| {
        table.counts[*class].iter().any(|&n| n > 0) || table.counts.iter().any(|row| row[*class] > 0)
    };
    let used: Vec<usize> = (0..names.len()).filter(is_used).collect();
    ConfusionTable {
        classes: used.iter().map(|&class| names[class].clone()).collect(),
        counts: used
            .iter()
            .map(|&row| used.iter().map(|&class| table.counts[row][class]).collect())
            .collect(),
    }
}
