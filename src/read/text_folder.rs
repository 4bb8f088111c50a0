//! Texts, one article a file, and the `articles.csv` that says whose they are.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Component, Path, PathBuf};

use csv::StringRecord;

use crate::records::{Origin, Rejection};

use super::columns::{self, Columns};
use super::csv_rows::{CsvRows, Row};
use super::csv_table;
use super::decode::Decoded;
use super::draft::Draft;
use super::find::{Ending, Source};
use super::html;
use super::options::{ReadOptions, Role};

const FILE_COLUMN: &str = "file";

/// True for an `articles.csv` that describes texts beside it instead of holding them.
pub(super) fn is_metadata(source: &Source, header: &[String], options: &ReadOptions) -> bool {
    let is_named_so = source.path.file_name().is_some_and(|name| name.eq_ignore_ascii_case("articles.csv"));
    is_named_so
        && columns::position(header, &[FILE_COLUMN]).is_some()
        && columns::position(header, &options.names(Role::Text)).is_none()
}

/// What every `articles.csv` says, by text.
#[derive(Default)]
pub(super) struct Metadata {
    by_text: HashMap<PathBuf, Listed>,
}

/// A text and its row.
struct Listed {
    text: Source,
    row: Draft,
}

impl Metadata {
    /// Takes in the rows of one `articles.csv`; gives back those that cannot be used.
    pub(super) fn read(
        &mut self,
        source: &Source,
        rows: CsvRows<'_>,
        options: &ReadOptions,
    ) -> Vec<Rejection> {
        let file = columns::position(&rows.header, &[FILE_COLUMN]).unwrap_or_default();
        let columns = Columns::of_metadata(&rows.header, options, file);
        let mut rejected = Vec::new();
        for Row { number, cells, warning } in rows {
            let origin = Origin { file: source.name.clone(), row: Some(number) };
            let listed = cells.and_then(|cells| {
                let text = listed_text(source, &cells, file)?;
                let mut row = csv_table::draft(origin.clone(), &columns, &cells);
                row.warnings.extend(warning);
                self.add(Listed { text, row })
            });
            if let Err(reason) = listed {
                rejected.push(Rejection { file: origin.file, row: origin.row, reason });
            }
        }
        rejected
    }

    fn add(&mut self, listed: Listed) -> Result<(), String> {
        if let Some(Listed { text, row }) = self.by_text.get(&listed.text.real_path) {
            let Origin { file, row } = &row.origin;
            let row = row.unwrap_or_default();
            return Err(format!("{} has a row already ({file}, row {row}); take one of them out", text.name));
        }
        self.by_text.insert(listed.text.real_path.clone(), listed);
        Ok(())
    }

    /// Adds the texts that have a row and that no input has led to, as where `articles.csv` alone was given.
    pub(super) fn add_unfound(&self, texts: &mut Vec<Source>) {
        let found: HashSet<_> = texts.iter().map(|text| &text.real_path).collect();
        let is_new = |listed: &&Listed| !found.contains(&listed.text.real_path);
        let mut unfound: Vec<_> =
            self.by_text.values().filter(is_new).map(|listed| listed.text.clone()).collect();
        unfound.sort();
        texts.append(&mut unfound);
    }

    /// The row of `text`.
    pub(super) fn take(&mut self, text: &Source) -> Option<Draft> {
        self.by_text.remove(&text.real_path).map(|listed| listed.row)
    }
}

/// The text that a row names; the reason where there is none.
fn listed_text(source: &Source, cells: &StringRecord, file: usize) -> Result<Source, String> {
    let name = cells.get(file).unwrap_or_default();
    let inside = |part| matches!(part, Component::Normal(_) | Component::CurDir);
    if name.is_empty() || !Path::new(name).components().all(inside) {
        return Err(format!("file `{name}` is not a path below this folder; name the text relative to it"));
    }
    let Some(ending) = Ending::of(Path::new(name)).filter(|(ending, _)| ending.is_one_article()) else {
        return Err(format!(
            "file `{name}` is no .txt or .html file; list the others nowhere, they are read by themselves"
        ));
    };
    let path = source.path.parent().unwrap_or(Path::new("")).join(name);
    Source::new(path, ending, false).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            format!("file `{name}` does not exist; mind upper and lower case, or add it")
        }
        _ => format!("file `{name}` cannot be read: {error}"),
    })
}

/// A text, or a saved page, with what its row says, which wins over what the page says. Without either it is still an article, of an outlet that stands for itself.
///
/// # Errors
/// The reason where no article is found in a page.
pub(super) fn draft(source: &Source, mut file: Decoded, row: Option<Draft>) -> Result<Draft, String> {
    let origin = Origin { file: source.name.clone(), row: None };
    let stem = source.stem();
    let mut draft = row.unwrap_or_else(|| Draft::empty(origin.clone()));
    if source.ending == Ending::Html {
        let page = html::page(&file.text)?;
        for (of_row, of_page) in [
            (&mut draft.outlet, page.outlet),
            (&mut draft.headline, page.headline),
            (&mut draft.url, page.url),
            (&mut draft.date, page.date),
        ] {
            if of_row.trim().is_empty() {
                *of_row = of_page;
            }
        }
        if !page.author.is_empty() {
            draft.groups.entry("author".to_owned()).or_insert(page.author);
        }
        file.text = page.body;
        draft.is_of_page = true;
    }
    draft.origin = origin;
    if draft.id.trim().is_empty() {
        draft.id = stem.clone();
    }
    if draft.outlet.trim().is_empty() {
        draft.outlet = format!("unnamed-{stem}");
        draft.warnings.push(
            "no outlet is known for this text; give it a row in an articles.csv (columns file, outlet) in its folder"
                .to_owned(),
        );
    }
    let warnings = file.warnings_for(&file.text);
    draft.warnings.extend(warnings);
    draft.body = file.text;
    Ok(draft)
}
