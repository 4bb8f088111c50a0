//! CSV text -> rows of cells.

use std::path::Path;

use csv::{Reader, ReaderBuilder, StringRecord};

use crate::error::{Error, Result};

use super::quotes::{self, Fault, FaultKind};

/// The rows of a CSV file (RFC 4180), one after the other.
pub(super) struct CsvRows<'text> {
    /// The column names, trimmed; one that is blank becomes `column_N`, with N counted from 1.
    pub header: Vec<String>,
    text: &'text str,
    reader: Reader<&'text [u8]>,
    delimiter: u8,
    n_read: u64,
    /// True after a row whose quoting may have joined or cut rows, until one fits again.
    out_of_step: bool,
}

/// One row.
pub(super) struct Row {
    /// Counted from 1, the header left out.
    pub number: u64,
    /// As many cells as the header has, or the reason why the row cannot be used.
    pub cells: std::result::Result<StringRecord, String>,
    /// What a reader of the row should know.
    pub warning: Option<String>,
}

impl<'text> CsvRows<'text> {
    /// Reads the header. `path` is for messages.
    pub(super) fn open(path: &Path, text: &'text str) -> Result<Self> {
        let broken = |message: String| Error::Table { path: path.to_owned(), message };
        let delimiter = delimiter_of(text);
        let mut reader = reader_of(text, delimiter);
        let header = reader.headers().map_err(|error| broken(error.to_string()))?.clone();
        if header.iter().all(|name| name.trim().is_empty()) {
            return Err(broken("it is empty; its first line must name the columns".to_owned()));
        }
        let raw = bytes_between(text, 0, reader.position().byte());
        header_fault(raw, delimiter).map_or(Ok(()), |message| Err(broken(message)))?;
        let header = names_of(header.iter()).map_err(broken)?;
        Ok(Self { header, text, reader, delimiter, n_read: 0, out_of_step: false })
    }

    /// The record's cells, or why it cannot be used; and a warning.
    fn check(&mut self, cells: StringRecord, line: u64, raw: &[u8]) -> (CellsOrReason, Option<String>) {
        let line_of = |fault: Fault| line + count_lines(&raw[..fault.offset]);
        let last_line = line + count_lines(raw.trim_ascii_end());
        let fault = quotes::worst_fault(raw, self.delimiter);
        if let Some(reason) = fault.and_then(|fault| fatal(fault, line_of(fault), last_line)) {
            self.out_of_step = true;
            return (Err(reason), None);
        }
        if cells.len() != self.header.len() {
            return (Err(wrong_count(cells.len(), self.header.len())), None);
        }
        match (fault, std::mem::take(&mut self.out_of_step)) {
            (Some(_), true) => {
                self.out_of_step = true;
                (Err(PART_OF_A_BROKEN_ROW.to_owned()), None)
            }
            (None, true) => (Ok(cells), Some(AFTER_A_BROKEN_ROW.to_owned())),
            (Some(fault), false) => (Ok(cells), harmless(fault, line_of(fault))),
            (None, false) => (Ok(cells), None),
        }
    }
}

const PART_OF_A_BROKEN_ROW: &str =
    "stands after a row with a broken quote and cannot be told from it; mend that row";
const AFTER_A_BROKEN_ROW: &str = "the row before this one has a broken quote: check this one";

type CellsOrReason = std::result::Result<StringRecord, String>;

impl Iterator for CsvRows<'_> {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        let mut cells = StringRecord::new();
        // The text is in memory and valid UTF-8, so that reading it cannot fail.
        if !self.reader.read_record(&mut cells).ok()? {
            return None;
        }
        self.n_read += 1;
        let (start, line) = cells.position().map_or((0, 0), |position| (position.byte(), position.line()));
        let end = self.reader.position().byte();
        let raw = bytes_between(self.text, start, end);
        let (cells, warning) = self.check(cells, line, raw);
        Some(Row { number: self.n_read, cells, warning })
    }
}

fn reader_of(text: &str, delimiter: u8) -> Reader<&[u8]> {
    // Flexible, so that a row with too few cells is ours to report and does not end the table.
    ReaderBuilder::new().flexible(true).delimiter(delimiter).from_reader(text.as_bytes())
}

/// The delimiter that cuts the header into most columns; a comma where two do.
fn delimiter_of(text: &str) -> u8 {
    let n_columns = |delimiter: u8| reader_of(text, delimiter).headers().map_or(0, StringRecord::len);
    [b'\t', b';', b','].into_iter().max_by_key(|delimiter| n_columns(*delimiter)).unwrap_or(b',')
}

/// The names of columns, trimmed; one that is blank becomes `column_N`, with N counted from 1.
pub(super) fn names_of<'a>(
    header: impl Iterator<Item = &'a str>,
) -> std::result::Result<Vec<String>, String> {
    let mut names: Vec<String> = vec![];
    for (index, name) in header.enumerate() {
        let name = match name.trim() {
            "" => format!("column_{}", index + 1),
            name => name.to_owned(),
        };
        if names.contains(&name) {
            return Err(format!("it has two columns named `{name}`; rename or remove one"));
        }
        names.push(name);
    }
    Ok(names)
}

/// The reason where a fault leaves no way to tell the row's cells.
fn fatal(fault: Fault, line: u64, last_line: u64) -> Option<String> {
    match fault.kind {
        FaultKind::NeverClosed => Some(format!(
            "the quote opened in line {line} is never closed, so that lines {line} to {last_line}, the end of the \
             file, are left out; close it, and write a quote inside a field as two"
        )),
        FaultKind::ClosedEarlyAcrossLines => Some(format!(
            "the quote opened in line {line} is not closed before the next one, so that lines {line} to {last_line} \
             are left out; close it, and write a quote inside a field as two"
        )),
        FaultKind::InPlainField | FaultKind::ClosedEarly => None,
    }
}

/// The warning where a fault leaves the cells certain but perhaps not their quotes.
fn harmless(fault: Fault, line: u64) -> Option<String> {
    (fault.kind == FaultKind::ClosedEarly)
        .then(|| format!("line {line}: words after a closing quote; write a quote inside a field as two"))
}

fn header_fault(raw: &[u8], delimiter: u8) -> Option<String> {
    let fault = quotes::worst_fault(raw, delimiter).filter(|fault| fault.kind > FaultKind::ClosedEarly)?;
    let line = 1 + count_lines(&raw[..fault.offset]);
    Some(format!("line {line}: a quote in the header is not closed; close it"))
}

fn wrong_count(found: usize, wanted: usize) -> String {
    let s = if found == 1 { "" } else { "s" };
    format!(
        "has {found} field{s} where the header has {wanted}; put a field that holds the delimiter or a newline \
         between double quotes"
    )
}

fn bytes_between(text: &str, start: u64, end: u64) -> &[u8] {
    text.as_bytes().get(start as usize..end as usize).unwrap_or_default()
}

fn count_lines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each row as its cells joined by `|`, or `! reason`.
    fn rows(text: &str) -> Vec<String> {
        let show = |row: Row| match row.cells {
            Ok(cells) => cells.iter().collect::<Vec<_>>().join("|"),
            Err(reason) => format!("! {reason}"),
        };
        CsvRows::open(Path::new("t.csv"), text).expect("a table").map(show).collect()
    }

    #[test]
    fn sound_tables() {
        struct Case {
            text: &'static str,
            rows: &'static [&'static str],
        }
        let cases = [
            Case { text: "a,b\n1,2\n3,4", rows: &["1|2", "3|4"] },
            Case { text: "a,b\r\n1,2\r\n\r\n3,4\r\n", rows: &["1|2", "3|4"] },
            Case { text: "a,b\n\"1\n,\"\"x\",2\n", rows: &["1\n,\"x|2"] },
            Case { text: "a;b\n1,5;2\n", rows: &["1,5|2"] },
            Case { text: "a\tb\n1,5\t2;\n", rows: &["1,5|2;"] },
            Case { text: "\"a,x\";b\n1;2\n", rows: &["1|2"] },
            Case { text: "a\n1\n", rows: &["1"] },
            Case { text: "a,b\n", rows: &[] },
        ];
        for case in cases {
            assert_eq!(rows(case.text), case.rows, "{:?}", case.text);
        }
    }

    #[test]
    fn rows_with_too_few_or_too_many_cells_are_told() {
        let rows = rows("a,b\n1\n1,2,3\n1,2\n");
        assert!(rows[0].starts_with("! has 1 field where the header has 2;"), "{}", rows[0]);
        assert!(rows[1].starts_with("! has 3 fields where the header has 2;"), "{}", rows[1]);
        assert_eq!(rows[2], "1|2");
    }

    #[test]
    fn a_quote_that_is_never_closed_is_told_with_its_line() {
        let rows = rows("a,b\n1,2\n3,\"4\n5,6\n7,8\n");
        assert_eq!(rows[0], "1|2");
        assert!(rows[1].contains("opened in line 3 is never closed, so that lines 3 to 5,"), "{}", rows[1]);
        assert_eq!(rows.len(), 2);
    }

    #[test]
    fn a_quote_that_the_next_row_closes_is_told_with_its_lines() {
        let rows = rows("a,b\n\n1,\"open\n2,\"two\"\n3,\"three\"\n");
        assert!(rows[0].contains("opened in line 3 is not closed"), "{}", rows[0]);
        assert!(rows[0].contains("lines 3 to 4 are left out"), "{}", rows[0]);
        assert_eq!(rows[1], "3|three");
    }

    #[test]
    fn the_rest_of_a_broken_row_does_not_pass_for_a_row() {
        let rows = rows("a,b\nx,\"one\n\"two\" three\nfour\",five\n6,7\n");
        assert!(rows[0].starts_with("! the quote opened in line 2"), "{}", rows[0]);
        assert!(rows[1].starts_with("! stands after a row with a broken quote"), "{}", rows[1]);
        assert_eq!(rows[2], "6|7");
    }

    #[test]
    fn harmless_quotes_are_kept() {
        let text = "a,b\n5\" nails,x\n\"Fire\" at mill,y\n";
        assert_eq!(rows(text), ["5\" nails|x", "Fire at mill|y"]);
        let warnings: Vec<_> =
            CsvRows::open(Path::new("t.csv"), text).expect("a table").map(|row| row.warning).collect();
        assert_eq!(warnings[0], None);
        assert!(warnings[1].as_ref().is_some_and(|warning| warning.starts_with("line 3: ")));
    }

    #[test]
    fn headers_that_cannot_be_used() {
        struct Case {
            text: &'static str,
            message: &'static str,
        }
        let cases = [
            Case { text: "", message: "it is empty" },
            Case { text: "\n\n", message: "it is empty" },
            Case { text: ",,\n1,2,3\n", message: "it is empty" },
            Case { text: "a,\"b\n1,2\n", message: "line 1: a quote in the header is not closed" },
            Case { text: "a,b,a\n1,2,3\n", message: "two columns named `a`" },
        ];
        for case in cases {
            let error = CsvRows::open(Path::new("t.csv"), case.text).err().expect("an error").to_string();
            assert!(error.contains(case.message), "{error}");
        }
    }

    #[test]
    fn blank_column_names_get_a_number() {
        let table = CsvRows::open(Path::new("t.csv"), ", b ,\n1,2,3\n").expect("a table");
        assert_eq!(table.header, ["column_1", "b", "column_3"]);
    }
}
