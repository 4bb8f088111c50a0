use std::fmt::Write;

use super::evaluation::{ConfusionTable, Evaluation, Figure, GroupFigure, WorstPair};
use crate::report::printable;

/// Groups that are shown one by one.
const MOST_GROUPS: usize = 30;

/// The evaluation for a person to read: what was scored, the figures with their intervals, the tables, the notes.
pub fn print(evaluation: &Evaluation) -> String {
    let mut text = String::new();
    let line = &mut text;
    let plural = if evaluation.n == 1 { "" } else { "s" };
    let groups = if evaluation.n_groups == 1 { "group" } else { "groups" };
    let _ = write!(
        line,
        "{} of {}: {} {}{plural}",
        evaluation.task, evaluation.file, evaluation.n, evaluation.unit
    );
    let _ = write!(line, ", {} {groups} ({})", evaluation.n_groups, evaluation.group);
    if !evaluation.model.is_empty() {
        let _ = write!(line, ", model {}", evaluation.model);
    }
    text.push_str("\n\n");
    add_figures(&mut text, &evaluation.figures);
    if let Some(table) = &evaluation.confusion {
        add_confusion(&mut text, table);
    }
    if !evaluation.by_group.is_empty() {
        add_groups(&mut text, &evaluation.group, &evaluation.by_group);
    }
    if !evaluation.rejected.is_empty() {
        let _ = writeln!(
            text,
            "\nRejected: {} of the rows; the figures are those of the others.",
            evaluation.rejected.len()
        );
    }
    for (reason, n) in &evaluation.left_out {
        let _ = writeln!(text, "\nLeft out: {n} with {reason}.");
    }
    for note in &evaluation.notes {
        let _ = writeln!(text, "\n{note}");
    }
    for WorstPair { group, given, labelled, probability, text_a, text_b } in &evaluation.worst {
        let _ = writeln!(text, "\n{group}: {given} at {probability:.2}, labelled {labelled}");
        let _ = writeln!(text, "  {}\n  {}", printable(text_a), printable(text_b));
    }
    text
}

fn add_figures(text: &mut String, figures: &[Figure]) {
    let width = figures.iter().map(|figure| label(figure).chars().count()).max().unwrap_or(0);
    let _ = writeln!(text, "{:width$}   value   95% interval", "");
    for figure in figures {
        let value = figure.value.map_or("    -".to_owned(), |value| format!("{value:5.3}"));
        let interval = figure
            .interval
            .map_or("-".to_owned(), |interval| format!("{:.3} to {:.3}", interval.low, interval.high));
        let _ = writeln!(text, "{:width$}   {value}   {interval}", label(figure));
    }
}

fn label(figure: &Figure) -> String {
    let mark = if figure.baseline { " (baseline)" } else { "" };
    format!("{}{mark}", figure.name)
}

fn add_confusion(text: &mut String, table: &ConfusionTable) {
    let width = table.classes.iter().map(|class| class.len()).max().unwrap_or(0).max("label".len());
    let _ = write!(text, "\n{:width$}", "label");
    table.classes.iter().for_each(|class| {
        let _ = write!(text, "   given {class}");
    });
    text.push('\n');
    for (class, counts) in table.classes.iter().zip(&table.counts) {
        let _ = write!(text, "{class:width$}");
        for (given, count) in table.classes.iter().zip(counts) {
            let _ = write!(text, "   {count:>width$}", width = given.len() + "given ".len());
        }
        text.push('\n');
    }
}

fn add_groups(text: &mut String, field: &str, groups: &[GroupFigure]) {
    let shown = &groups[..groups.len().min(MOST_GROUPS)];
    let width = shown.iter().map(|group| group.group.chars().count()).max().unwrap_or(0).max(field.len());
    let _ = writeln!(text, "\n{field:width$}    rows   positive   macro-F1");
    for group in shown {
        let figure = group.macro_f1.map_or("one class".to_owned(), |value| format!("{value:.3}"));
        let _ =
            writeln!(text, "{:width$}   {:>5}   {:>8}   {figure:>8}", group.group, group.n, group.n_positive);
    }
    if groups.len() > shown.len() {
        let _ = writeln!(text, "and {} more; --json has them all", groups.len() - shown.len());
    }
}
