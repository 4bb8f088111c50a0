use std::fmt::Write;
use std::path::Path;

use super::figures::Figure;
use super::score::Report;
use crate::report::printable;

/// The report for a person to read.
pub fn print(report: &Report, folder: &Path) -> String {
    let mut text = String::new();
    let names: Vec<String> = report.annotators.iter().map(|name| printable(name)).collect();
    let _ = writeln!(
        text,
        "{} of {} items labelled by {}; {} that nobody could decide",
        report.n_labelled,
        report.n_items,
        if names.is_empty() { "nobody".to_owned() } else { names.join(", ") },
        report.n_undecided
    );
    add_precision(&mut text, report);
    add_measures(&mut text, report);
    add_agreement(&mut text, report);
    add_corrections(&mut text, report);
    let _ = writeln!(
        text,
        "\nTables and report.json are in {}; corrected estimates in corrected.csv",
        folder.join(super::FOLDER).display()
    );
    text
}

fn figure(figure: Option<Figure>) -> String {
    figure.map_or("-".to_owned(), |Figure { value, low, high }| format!("{value:.2} [{low:.2}, {high:.2}]"))
}

fn add_precision(text: &mut String, report: &Report) {
    for (claim, title) in [
        ("same", "The same claim: the share where people see the same claim [95%]"),
        (
            "shared",
            "A shared part: the share where people see the same claim or a part that both share [95%]",
        ),
        ("contradict", "Conflicts: the share where people see a contradiction [95%]"),
    ] {
        let rows: Vec<_> = report.precision.iter().filter(|row| row.claim == claim).collect();
        if rows.is_empty() {
            continue;
        }
        let _ = writeln!(text, "\n{title}");
        let width = rows.iter().map(|row| row.stratum.chars().count()).max().unwrap_or(0);
        for row in rows {
            let (name, precision) = (printable(&row.stratum), figure(row.precision));
            let _ =
                writeln!(text, "  {name:width$}  {precision:<20} {} labelled of {}", row.labelled, row.size);
        }
    }
}

fn add_measures(text: &mut String, report: &Report) {
    let mut last = "";
    for row in &report.measures {
        if row.measure != last {
            let _ = writeln!(text, "\n{}, {}: machine against people [95%]", row.measure, row.voice);
            let _ = writeln!(
                text,
                "  {:14}  {:20} {:20} machine less people",
                "machine's band", "same answer", "people's mean"
            );
            last = row.measure;
        }
        let _ = writeln!(
            text,
            "  {:14}  {:20} {:20} {:20} {} labelled of {}",
            row.stratum,
            figure(row.same_answer),
            figure(row.human),
            figure(row.too_high),
            row.labelled,
            row.size
        );
    }
}

fn add_agreement(text: &mut String, report: &Report) {
    text.push_str("\nAgreement between annotators: Krippendorff's alpha [95%, bootstrap over events]\n");
    if report.agreement.is_empty() {
        text.push_str("  none: no item has answers of two people\n");
    }
    for row in &report.agreement {
        let interval = match (row.low, row.high) {
            (Some(low), Some(high)) => format!(" [{low:.2}, {high:.2}]"),
            _ => String::new(),
        };
        let alpha = row
            .alpha
            .map_or("none, all answers are the same".to_owned(), |alpha| format!("{alpha:.2}{interval}"));
        let _ = writeln!(text, "  {:17}  {alpha:<20} {} items, {}", row.measure, row.n_items, row.level);
    }
}

fn add_corrections(text: &mut String, report: &Report) {
    text.push_str("\nEstimates of outlets, corrected for the machine's errors\n");
    if report.corrections.is_empty() {
        text.push_str("  none: the sample asks about no measure\n");
    }
    for row in &report.corrections {
        let _ = writeln!(
            text,
            "  {:17}  {} of {} estimates, from {} labelled sentences{}",
            row.measure,
            row.n_corrected,
            row.n_estimates,
            row.n_labelled,
            if row.reason.is_empty() { String::new() } else { format!(": {}", printable(&row.reason)) }
        );
    }
}
