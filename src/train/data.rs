use std::collections::BTreeSet;

use super::TrainOptions;
use crate::encode::OutletMask;
use crate::error::{Error, Result};
use crate::evaluate::{Classes, Groups, Rows};

/// Labelled texts, ready to be encoded.
pub(super) struct Data {
    /// The texts of the rows, masked where that was asked for.
    pub texts: Vec<String>,
    /// The class of each row, a position in `classes`.
    pub labels: Vec<usize>,
    /// The classes; of two, the last is the positive one.
    pub classes: Vec<String>,
    /// Which rows hang together; where no field was given, rows of the same text.
    pub groups: Groups,
    /// Rows of the file that a mapping left out.
    pub n_left_out: usize,
    /// Texts in which a group's name was masked.
    pub n_masked: usize,
    /// Hash of the file in hexadecimal.
    pub sha256: String,
}

impl Data {
    pub(super) fn read(options: &TrainOptions) -> Result<Self> {
        let rows = Rows::read(&options.file)?;
        let names = class_names(options, &rows)?;
        let mut classes = Classes::new(&names.iter().map(String::as_str).collect::<Vec<_>>(), &[]);
        options.maps.iter().try_for_each(|mapping| classes.map(mapping))?;
        let (mut kept, mut labels, mut texts) = (vec![], vec![], vec![]);
        for row in 0..rows.len() {
            if let Some(class) = classes.of_row(&rows, row, &options.label)? {
                texts.push(rows.text(row, &options.text)?.to_owned());
                labels.push(class);
                kept.push(row);
            }
        }
        if let Some(empty) = (0..names.len()).find(|class| !labels.contains(class)) {
            return Err(rows.file_fault(format!(
                "has no row of the class `{}`; leave it out of --classes, or label some",
                names[empty]
            )));
        }
        let groups = match &options.group {
            Some(field) => Groups::by_field(&rows, field, None)?.select(&kept),
            None => Groups::from_keys("text".to_owned(), texts.clone()),
        };
        let n_masked = if options.mask_groups { mask(&mut texts, &groups.names)? } else { 0 };
        let n_left_out = rows.len() - kept.len();
        Ok(Self { texts, labels, classes: names, groups, n_left_out, n_masked, sha256: rows.sha256 })
    }
}

/// The classes that were given, or else every label that no mapping names; the positive one last.
fn class_names(options: &TrainOptions, rows: &Rows) -> Result<Vec<String>> {
    let mut names = options.classes.clone();
    if names.is_empty() {
        let mapped: Vec<String> = options
            .maps
            .iter()
            .filter_map(|mapping| mapping.rsplit_once('='))
            .map(|(label, _)| lower(label))
            .collect();
        let labels: Result<BTreeSet<String>> =
            (0..rows.len()).map(|row| rows.label(row, &options.label)).collect();
        names = labels?.into_iter().filter(|label| !mapped.contains(&lower(label))).collect();
    }
    if let Some(positive) = &options.positive {
        let position = names.iter().position(|name| lower(name) == lower(positive)).ok_or_else(|| {
            rows.file_fault(format!(
                "--positive {positive} is none of the classes {}; give one of them",
                names.join(", ")
            ))
        })?;
        let positive = names.remove(position);
        names.push(positive);
    }
    let distinct: BTreeSet<String> = names.iter().map(|name| lower(name)).collect();
    let fault = if distinct.len() < names.len() {
        format!("two classes differ in case alone ({}); write them alike", names.join(", "))
    } else if names.len() < 2 {
        format!(
            "`{}` has fewer than two classes ({}); label rows of another",
            options.label,
            names.join(", ")
        )
    } else if names.len() > MOST_CLASSES {
        format!(
            "`{}` has {} different labels, which is no list of classes; name the field with --label, or the classes with \
             --classes",
            options.label,
            names.len()
        )
    } else if let Some(name) = names.iter().find(|name| name.contains(',') || name.is_empty()) {
        format!("the class `{name}` is empty or holds a comma; give it another name in the file")
    } else {
        return Ok(names);
    };
    Err(rows.file_fault(fault))
}

/// More classes than a table could show.
const MOST_CLASSES: usize = 50;

fn lower(label: &str) -> String {
    label.trim().to_lowercase()
}

/// Hides every group's name; returns how many texts had one.
fn mask(texts: &mut [String], names: &[String]) -> Result<usize> {
    let mask = OutletMask::new(names.iter().map(String::as_str))
        .map_err(|fault| Error::Usage { message: format!("--mask-groups: {fault}; group by outlet") })?;
    let mut n = 0;
    for text in texts {
        if let Some(masked) = mask.mask(text) {
            *text = masked.text;
            n += 1;
        }
    }
    Ok(n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_masked_as_whole_words_in_any_case() {
        let mut texts =
            ["The MORNING POST said so.", "A postman said so.", "Morning posted it."].map(str::to_owned);
        assert_eq!(mask(&mut texts, &["Post".to_owned(), "Morning Post".to_owned()]).unwrap(), 1);
        assert_eq!(texts, ["The the outlet said so.", "A postman said so.", "Morning posted it."]);
    }
}
