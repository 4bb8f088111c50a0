use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::sample::Item;
use super::subject::{CANNOT_TELL, Subject};
use crate::error::{Error, Result};
use crate::report::read_back::{bytes_of, csv_rows, table_fault};

/// What people answered.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Labels {
    /// Names, in their order.
    pub annotators: Vec<String>,
    /// For each item of the sample, the answers by annotator: the position in the subject's answers. "Cannot tell" is no
    /// answer.
    pub of_item: Vec<BTreeMap<usize, usize>>,
    /// For each item, how many could not tell.
    pub n_undecided: Vec<usize>,
}

/// A label as it stands in a file.
struct Given {
    annotator: String,
    item: usize,
    label: String,
}

/// Reads the files that the page exported.
///
/// # Errors
/// [`Error::Read`]; [`Error::Table`] for a column or an item that is unknown, a label that is none of the answers, and two answers
/// of one annotator to one item that differ.
pub(super) fn read_labels(files: &[PathBuf], items: &[Item]) -> Result<Labels> {
    let places: BTreeMap<&str, usize> =
        items.iter().enumerate().map(|(at, item)| (item.item_id.as_str(), at)).collect();
    let mut found: BTreeMap<(String, usize), (String, &Path)> = BTreeMap::new();
    for file in files {
        for (row, given) in of_file(file, items, &places)? {
            let (label, item_id) = (given.label.clone(), &items[given.item].item_id);
            let key = (given.annotator, given.item);
            if let Some((other, where_else)) = found.get(&key).filter(|(other, _)| *other != label) {
                let message = format!(
                    "row {row}: {} labels item {item_id} `{label}`, and `{other}` in {}; keep one of them, or give two \
                     people two names",
                    key.0,
                    where_else.display()
                );
                return Err(table_fault(file, message));
            }
            found.insert(key, (label, file));
        }
    }
    let annotators: std::collections::BTreeSet<&String> =
        found.keys().map(|(annotator, _)| annotator).collect();
    let annotators: Vec<String> = annotators.into_iter().cloned().collect();
    let mut labels =
        Labels { of_item: vec![BTreeMap::new(); items.len()], n_undecided: vec![0; items.len()], annotators };
    for ((annotator, item), (label, _)) in found {
        let annotator = labels.annotators.binary_search(&annotator).expect("every annotator is listed");
        if label == CANNOT_TELL {
            labels.n_undecided[item] += 1;
        } else {
            let answers = Subject::from_name(&items[item].measure)?.answers();
            let answer =
                answers.iter().position(|answer| answer.label == label).expect("labels were checked");
            labels.of_item[item].insert(annotator, answer);
        }
    }
    Ok(labels)
}

/// The labels of one file with their rows, counted from 1 without the header; rows without a label hold a comment alone.
fn of_file(file: &Path, items: &[Item], places: &BTreeMap<&str, usize>) -> Result<Vec<(usize, Given)>> {
    let bytes = bytes_of(file)?;
    let columns = ["item_id", "annotator", "label", "comment"];
    let rows = csv_rows(file, &bytes, columns).map_err(|error| match error {
        // The mend is another one than for a table of a run.
        Error::Table { path, message } => {
            let what = message.split("; ").next().unwrap_or_default();
            let message = format!("{what}; give a file that label.html exported, with the columns item_id,annotator,label,comment");
            Error::Table { path, message }
        }
        other => other,
    })?;
    let mut given = vec![];
    for (at, [item_id, annotator, label, _]) in rows.into_iter().enumerate() {
        let row = at + 1;
        let refuse = |message: String| Err(table_fault(file, format!("row {row}: {message}")));
        let label = label.trim();
        if label.is_empty() {
            continue;
        }
        let Some(&item) = places.get(item_id.trim()) else {
            return refuse(format!(
                "item `{item_id}` is not in this sample; give labels of the sample in validation/sample.csv"
            ));
        };
        if annotator.trim().is_empty() {
            return refuse("`annotator` is empty; give the annotator's name".to_owned());
        }
        let subject = Subject::from_name(&items[item].measure)?;
        if !subject.answers().iter().any(|answer| answer.label == label) {
            let known: Vec<&str> = subject.answers().iter().map(|answer| answer.label).collect();
            return refuse(format!(
                "label `{label}` is none for {}; give one of {}",
                subject.name(),
                known.join(", ")
            ));
        }
        given.push((row, Given { annotator: annotator.trim().to_owned(), item, label: label.to_owned() }));
    }
    Ok(given)
}
