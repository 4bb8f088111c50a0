use std::borrow::Cow;
use std::io::{self, Write};

use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};

use super::cell::Cell;
use super::parquet;
use super::schema::{Column, TableSchema};

/// What a table is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// RFC 4180, UTF-8, a header row, lines ended by CRLF. Words are in quotation marks, and those that a spreadsheet would run are made safe.
    Csv,
    /// One JSON object per line, with the same names; words exactly as they stand in the article.
    Jsonl,
    /// Apache Parquet with the columns' types, compressed by zstd; words exactly as they stand in the article.
    Parquet,
}

impl Format {
    /// Every format. Where a table is there in several, the first of these is read.
    pub const ALL: [Format; 3] = [Format::Csv, Format::Jsonl, Format::Parquet];

    /// The ending of the files.
    pub const fn extension(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Jsonl => "jsonl",
            Format::Parquet => "parquet",
        }
    }
}

/// A table whose rows are made one after the other: every row has one cell for each column.
pub(crate) struct Table<'run> {
    pub schema: TableSchema,
    pub rows: Box<dyn Iterator<Item = Vec<Cell>> + 'run>,
}

impl Table<'_> {
    pub(crate) fn write(self, format: Format, writer: &mut (dyn Write + Send)) -> io::Result<()> {
        match format {
            Format::Csv => self.write_csv(writer),
            Format::Jsonl => self.write_jsonl(writer),
            Format::Parquet => parquet::write(self, writer),
        }
    }

    fn write_csv(self, writer: &mut (dyn Write + Send)) -> io::Result<()> {
        let header = self.schema.columns.iter().map(|column| Cell::Text(column.name.clone().into_owned()));
        for row in std::iter::once(header.collect()).chain(self.rows) {
            let fields: Vec<Cow<'_, str>> = row.iter().map(Cell::to_csv).collect();
            write!(writer, "{}\r\n", fields.join(","))?;
        }
        writer.flush()
    }

    fn write_jsonl(self, writer: &mut (dyn Write + Send)) -> io::Result<()> {
        for row in self.rows {
            serde_json::to_writer(&mut *writer, &Object { columns: &self.schema.columns, row: &row })?;
            writer.write_all(b"\n")?;
        }
        writer.flush()
    }
}

/// A row as a JSON object, its fields in the order of the columns.
struct Object<'a> {
    columns: &'a [Column],
    row: &'a [Cell],
}

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.row.len()))?;
        for (column, cell) in self.columns.iter().zip(self.row) {
            map.serialize_entry(&column.name, cell)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::schema::Schema;

    #[test]
    fn words_stand_in_quotation_marks_and_figures_do_not() {
        type Row = (&'static str, Option<&'static str>, usize, f64, bool);
        let table = Schema::<(), Row>::new("t", "")
            .column("words", "", |(), row| row.0)
            .column("more", "", |(), row| row.1)
            .column("count", "", |(), row| row.2)
            .column("figure", "", |(), row| row.3)
            .column("flag", "", |(), row| row.4);
        let rows = [
            ("a;=1", Some("2024"), 3, -0.5, true),
            ("say \"b\",\nc", None, 0, 0.25, false),
            ("", None, 1, 1.0, true),
        ];
        let mut csv = vec![];
        table.table(&(), rows.into_iter()).write(Format::Csv, &mut csv).unwrap();
        let expected = [
            "\"words\",\"more\",\"count\",\"figure\",\"flag\"",
            "\"a;=1\",\"2024\",3,-0.5,true",
            "\"say \"\"b\"\",\nc\",,0,0.25,false",
            ",,1,1,true",
            "",
        ];
        assert_eq!(String::from_utf8(csv).unwrap(), expected.join("\r\n"));
    }
}
