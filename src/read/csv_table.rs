//! A CSV table with an article in each row.

use csv::StringRecord;

use crate::error::Result;
use crate::records::Origin;

use super::columns::Columns;
use super::csv_rows::CsvRows;
use super::decode::Decoded;
use super::draft::{Draft, Drafts};
use super::find::Source;
use super::options::{ReadOptions, Role};

/// Adds each row of the table to `drafts`.
pub(super) fn read(
    source: &Source,
    file: &Decoded,
    rows: CsvRows<'_>,
    options: &ReadOptions,
    drafts: &mut Drafts,
    notes: &mut Vec<String>,
) -> Result<()> {
    let columns = Columns::of_table(&source.path, &rows.header, options)?;
    notes.extend(columns.proposals(&source.name, &rows.header));
    for row in rows {
        let origin = Origin { file: source.name.clone(), row: Some(row.number) };
        match row.cells {
            Err(reason) => drafts.reject(origin, reason),
            Ok(cells) => {
                let mut draft = draft(origin, &columns, &cells);
                draft.warnings.extend(row.warning);
                drafts.push(draft.warn_of_encoding(file), &source.stem());
            }
        }
    }
    Ok(())
}

/// A table that is no text: of a spreadsheet, of a Parquet file. Every row has as many cells as the header.
pub(super) struct Cells {
    pub header: Vec<String>,
    /// Each with its number: 1 is the row behind the header.
    pub rows: Vec<(u64, Vec<String>)>,
    n_bytes: usize,
}

impl Cells {
    /// A table without rows.
    pub(super) fn new(header: Vec<String>) -> Self {
        Self { header, rows: vec![], n_bytes: 0 }
    }

    /// A table with these rows, each with its number.
    pub(super) fn with_rows(header: Vec<String>, rows: Vec<(u64, Vec<String>)>) -> Self {
        Self { rows, ..Self::new(header) }
    }

    /// Adds the next row.
    pub(super) fn push(&mut self, cells: Vec<String>) {
        self.n_bytes += cells.iter().map(String::len).sum::<usize>();
        self.rows.push((self.rows.len() as u64 + 1, cells));
    }

    /// Bytes of text in all rows.
    pub(super) fn n_bytes(&self) -> usize {
        self.n_bytes
    }

    /// The bytes of text, and a hash of names and cells.
    pub(super) fn hash(&self) -> (usize, blake3::Hash) {
        let mut hasher = blake3::Hasher::new();
        for cell in self.header.iter().chain(self.rows.iter().flat_map(|(_, cells)| cells)) {
            hasher.update(&(cell.len() as u64).to_le_bytes()).update(cell.as_bytes());
        }
        (self.n_bytes, hasher.finalize())
    }
}

/// Adds each row that is not blank to `drafts`; its number counts from 1 without the header.
pub(super) fn read_cells(
    source: &Source,
    table: Cells,
    options: &ReadOptions,
    drafts: &mut Drafts,
    notes: &mut Vec<String>,
) -> Result<()> {
    let columns = Columns::of_table(&source.path, &table.header, options)?;
    notes.extend(columns.proposals(&source.name, &table.header));
    for (number, row) in table.rows {
        if row.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let origin = Origin { file: source.name.clone(), row: Some(number) };
        drafts.push(draft(origin, &columns, &StringRecord::from(row)), &source.stem());
    }
    Ok(())
}

/// A row of a table of articles, or of an `articles.csv`, which leaves the body empty.
pub(super) fn draft(origin: Origin, columns: &Columns, cells: &StringRecord) -> Draft {
    Draft {
        origin,
        id: columns.cell(Role::Id, cells),
        outlet: columns.cell(Role::Outlet, cells),
        headline: columns.cell(Role::Headline, cells),
        body: columns.cell(Role::Text, cells),
        url: columns.cell(Role::Url, cells),
        date: columns.cell(Role::Date, cells),
        groups: columns.groups(cells),
        warnings: Vec::new(),
        is_of_page: false,
    }
}
