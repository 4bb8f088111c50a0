use std::io::{self, Write};

use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};

use super::cell::Cell;

/// What a table is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// RFC 4180, UTF-8, a header row, lines ended by CRLF. Words that a spreadsheet would run are made safe.
    Csv,
    /// One JSON object a line, with the same names; words exactly as they stand in the article.
    Jsonl,
}

impl Format {
    /// Every format.
    pub const ALL: [Format; 2] = [Format::Csv, Format::Jsonl];

    /// The ending of the files.
    pub const fn extension(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Jsonl => "jsonl",
        }
    }
}

/// A table whose rows are made one after the other: every row has one cell for each column.
pub(super) struct Table<'run> {
    pub columns: Vec<String>,
    pub rows: Box<dyn Iterator<Item = Vec<Cell>> + 'run>,
}

impl<'run> Table<'run> {
    pub(super) fn new<'a>(
        columns: impl IntoIterator<Item = &'a str>,
        rows: impl Iterator<Item = Vec<Cell>> + 'run,
    ) -> Self {
        Self { columns: columns.into_iter().map(str::to_owned).collect(), rows: Box::new(rows) }
    }

    pub(super) fn write(self, format: Format, writer: impl Write) -> io::Result<()> {
        match format {
            Format::Csv => self.write_csv(writer),
            Format::Jsonl => self.write_jsonl(writer),
        }
    }

    fn write_csv(self, writer: impl Write) -> io::Result<()> {
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(writer);
        writer.write_record(&self.columns)?;
        for row in self.rows {
            writer.write_record(row.iter().map(|cell| cell.to_csv().into_owned()))?;
        }
        writer.flush()
    }

    fn write_jsonl(self, mut writer: impl Write) -> io::Result<()> {
        for row in self.rows {
            serde_json::to_writer(&mut writer, &Object { columns: &self.columns, row: &row })?;
            writer.write_all(b"\n")?;
        }
        writer.flush()
    }
}

/// A row as a JSON object, its fields in the order of the columns.
struct Object<'a> {
    columns: &'a [String],
    row: &'a [Cell],
}

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.row.len()))?;
        for (column, cell) in self.columns.iter().zip(self.row) {
            map.serialize_entry(column, cell)?;
        }
        map.end()
    }
}
