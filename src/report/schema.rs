//! What a table is: its columns, each with its name, its type, what it means and the way to its cell. Whatever is written, read again or
//! documented goes by this.

use std::borrow::Cow;

use super::cell::{Cell, Kind, Value};
use super::table::Table;

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: Cow<'static, str>,
    /// What its cells are.
    pub kind: Kind,
    /// True where a cell may be empty. Words may be empty in any column of words where the input gave none.
    pub may_be_empty: bool,
    /// What it means, in Markdown.
    pub doc: Cow<'static, str>,
}

/// A table as it is documented.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableSchema {
    /// Its name, and its files' name.
    pub name: &'static str,
    /// What its rows are and in what order they come, in Markdown.
    pub doc: &'static str,
    /// Its columns in their order.
    pub columns: Vec<Column>,
}

type CellOf<'run, C, Row> = Box<dyn Fn(&C, &Row) -> Cell + 'run>;

/// A table's columns with the way from a row to each cell. `C` is what all rows have in common.
pub(crate) struct Schema<'run, C, Row> {
    schema: TableSchema,
    cells: Vec<CellOf<'run, C, Row>>,
}

impl<'run, C, Row> Schema<'run, C, Row> {
    /// A table without columns.
    pub(crate) fn new(name: &'static str, doc: &'static str) -> Self {
        Self { schema: TableSchema { name, doc, columns: vec![] }, cells: vec![] }
    }

    /// Adds a column. What `cell` gives says what kind of column it is, and whether a cell may be empty.
    pub(crate) fn column<V: Value>(
        mut self,
        name: impl Into<Cow<'static, str>>,
        doc: impl Into<Cow<'static, str>>,
        cell: impl Fn(&C, &Row) -> V + 'run,
    ) -> Self {
        let (name, doc) = (name.into(), doc.into());
        self.schema.columns.push(Column { name, kind: V::KIND, may_be_empty: V::MAY_BE_EMPTY, doc });
        self.cells.push(Box::new(move |common, row| cell(common, row).into_cell()));
        self
    }

    /// The table as it is documented.
    pub(crate) fn into_schema(self) -> TableSchema {
        self.schema
    }

    /// The table with these rows.
    pub(crate) fn table(self, common: &'run C, rows: impl Iterator<Item = Row> + 'run) -> Table<'run>
    where
        C: 'run,
        Row: 'run,
    {
        let cells = self.cells;
        let row = move |row: Row| cells.iter().map(|cell| cell(common, &row)).collect();
        Table { schema: self.schema, rows: Box::new(rows.map(row)) }
    }
}
