use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

use super::arrow::batches;
use super::cell::{Cell, Kind};
use super::documentation::schemas;
use super::page::{self, PageBounds};
use super::read_back::{check_folder, need_rows, no_such_table, run_json, table_fault};
use super::schema::{Column, TableSchema};
use super::table::Table;
use crate::error::Result;

/// The results of a run that came to its end, in the folder that it wrote.
pub struct Folder {
    path: PathBuf,
    run_json: String,
    tables: BTreeMap<String, Columns>,
}

/// What is read of `run.json`.
#[derive(serde::Deserialize)]
struct RunFile {
    tables: BTreeMap<String, Columns>,
}

/// The columns of a table in their order.
struct Columns(Vec<(String, Kind)>);

impl Folder {
    /// The folder's results; what a run was stopped in is finished first.
    ///
    /// # Errors
    /// [`Error::Output`](crate::Error::Output) where the folder holds none, [`Error::Read`](crate::Error::Read) and [`Error::Table`](crate::Error::Table) where `run.json` cannot be read.
    pub fn open(folder: &Path) -> Result<Self> {
        check_folder(folder)?;
        let (run_json, run): (String, RunFile) = run_json(folder)?;
        Ok(Self { path: folder.to_owned(), run_json, tables: run.tables })
    }

    /// The names of the tables, in the order of their names.
    pub fn table_names(&self) -> Vec<String> {
        self.tables.keys().cloned().collect()
    }

    /// `run.json` as it stands there.
    pub fn run_json(&self) -> &str {
        &self.run_json
    }

    /// A table, in the first of its formats that is there, with the types that `run.json` gives its columns.
    ///
    /// # Errors
    /// [`Error::Usage`](crate::Error::Usage) for a name that no table has, [`Error::Output`](crate::Error::Output), [`Error::Read`](crate::Error::Read) and [`Error::Table`](crate::Error::Table) where it is missing or cannot be read.
    pub fn record_batches(&self, name: &str) -> Result<(SchemaRef, Vec<RecordBatch>)> {
        let Some(Columns(columns)) = self.tables.get(name) else {
            return Err(no_such_table(name, &self.table_names()));
        };
        let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
        let (path, rows) = need_rows(&self.path, name, &names)?;
        if columns.is_empty() {
            return Err(table_fault(&path, "run.json names no column of it".to_owned()));
        }
        let schema = schema(name, columns);
        let cell = |row: usize, column: &Column, text: &str| {
            let is_missing = text.is_empty() && !column.may_be_empty && column.kind != Kind::Text;
            let found = Cell::of_text(text, column.kind).filter(|_| !is_missing);
            found.ok_or_else(|| {
                let (name, kind) = (&column.name, column.kind.as_str());
                table_fault(&path, format!("row {}: `{name}` is `{text}`, which is no {kind}", row + 1))
            })
        };
        let of_row = |(at, row): (usize, Vec<String>)| {
            schema.columns.iter().zip(row).map(|(column, text)| cell(at, column, &text)).collect()
        };
        let cells = rows.into_iter().enumerate().map(of_row).collect::<Result<Vec<Vec<Cell>>>>()?;
        let (schema, batches) = batches(Table { schema, rows: Box::new(cells.into_iter()) });
        Ok((schema, batches.collect()))
    }

    /// `report.html`, made of the tables.
    ///
    /// # Errors
    /// [`Error::Output`](crate::Error::Output), [`Error::Read`](crate::Error::Read) and [`Error::Table`](crate::Error::Table) where a table is missing or cannot be read.
    pub fn page(&self, bounds: PageBounds) -> Result<String> {
        page::render(&self.path, bounds)
    }
}

/// A table's columns as `run.json` has them. What is not known of a column: it may be empty.
fn schema(name: &str, columns: &[(String, Kind)]) -> TableSchema {
    let known = schemas().into_iter().find(|schema| schema.name == name);
    let known = known.unwrap_or(TableSchema { name: "", doc: "", columns: vec![] });
    let column = |(name, kind): &(String, Kind)| {
        let of_table =
            known.columns.iter().find(|column| column.name == name.as_str() && column.kind == *kind);
        let unknown =
            || Column { name: name.clone().into(), kind: *kind, may_be_empty: true, doc: "".into() };
        of_table.cloned().unwrap_or_else(unknown)
    };
    TableSchema { columns: columns.iter().map(column).collect(), ..known }
}

impl<'de> Deserialize<'de> for Columns {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Columns;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("the kind of each column")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Columns, A::Error> {
                let mut columns = vec![];
                while let Some(column) = map.next_entry()? {
                    columns.push(column);
                }
                Ok(Columns(columns))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}
