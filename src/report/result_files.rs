//! The names of the files of a run's results.

use super::read_back::RUN_FILE;
use super::table::Format;
use super::tables::NAMES;

/// The page for people.
pub(super) const PAGE_FILE: &str = "report.html";

/// The page, `run.json` and every file that a table can be.
pub(super) fn result_names() -> impl Iterator<Item = String> {
    let others = [PAGE_FILE, RUN_FILE].map(str::to_owned).into_iter();
    others.chain(NAMES.into_iter().flat_map(|name| Format::ALL.map(|format| file_name(name, format))))
}

pub(super) fn file_name(table: &str, format: Format) -> String {
    format!("{table}.{}", format.extension())
}

/// True for the name of a file that a run writes: nothing else is moved or removed, whatever a folder from elsewhere holds.
pub(super) fn is_of_run(name: &str) -> bool {
    result_names().any(|result| result == name)
}
