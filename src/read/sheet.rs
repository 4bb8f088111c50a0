//! A workbook of Excel -> a table: its first sheet that is not empty, whose first row names the columns.

use std::io::{Cursor, Read};

use calamine::{DataRef, Reader, Xlsx, XlsxError};

use super::csv_rows::names_of;
use super::csv_table::Cells;

/// Most bytes that the parts of a workbook may have unpacked, and its cells as text: a small file can unpack to any size.
const MOST: u64 = 1 << 30;

/// The cells as text; dates as `2019-07-12`. A cell to the right of the last column that has a name is left out.
///
/// # Errors
/// What is wrong with the file, in plain words.
pub(super) fn table(bytes: Vec<u8>) -> Result<Cells, String> {
    let fault = |error: XlsxError| format!("{error}; save it as .xlsx or .csv again");
    check_size(&bytes)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(fault)?;
    for name in book.sheet_names() {
        let mut reader = book.worksheet_cells_reader(&name).map_err(fault)?;
        // Only cells that are there: one at the far end of a sheet must not cost those before it.
        let mut rows: Vec<(u32, Vec<String>)> = vec![];
        let (mut n_bytes, mut n_columns) = (0, None);
        while let Some(cell) = reader.next_cell().map_err(fault)? {
            let ((row, column), text) = (cell.get_position(), text(cell.get_value()));
            if text.trim().is_empty() {
                continue;
            }
            if rows.last().is_none_or(|(last, _)| *last != row) {
                n_columns = n_columns.or(rows.last().map(|(_, header)| header.len()));
                rows.push((row, vec![]));
            }
            let column = column as usize;
            if n_columns.is_some_and(|n| column >= n) {
                continue;
            }
            let (_, cells) = rows.last_mut().expect("one was put there");
            n_bytes += text.len() as u64;
            if column > MOST_COLUMNS || n_bytes > MOST {
                return Err(format!(
                    "a sheet has more than {MOST_COLUMNS} columns or 1 GB of text; split it"
                ));
            }
            cells.resize(cells.len().max(column + 1), String::new());
            cells[column] = text;
        }
        if rows.is_empty() {
            continue;
        }
        let (first, header) = rows.remove(0);
        let header = names_of(header.iter().map(String::as_str))?;
        let filled = |(row, mut cells): (u32, Vec<String>)| {
            cells.resize(header.len(), String::new());
            Some((u64::from(row.checked_sub(first)?), cells))
        };
        let rows: Option<_> = rows.into_iter().map(filled).collect();
        let rows =
            rows.ok_or("a row stands before the names of the columns; save it as .xlsx or .csv again")?;
        return Ok(Cells::with_rows(header, rows));
    }
    Err("it is empty; its first row must name the columns".to_owned())
}

/// Most columns of a sheet.
const MOST_COLUMNS: usize = 16_384;

/// Refuses a workbook whose parts are too large, before any is unpacked.
fn check_size(bytes: &[u8]) -> Result<(), String> {
    let fault = |error: zip::result::ZipError| format!("{error}; save it as .xlsx or .csv again");
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(fault)?;
    let mut left = MOST;
    for part in 0..archive.len() {
        let part = archive.by_index(part).map_err(fault)?;
        // What a part says of its size may be wrong.
        let n = std::io::copy(&mut part.take(left + 1), &mut std::io::sink())
            .map_err(|error| format!("{error}; save it as .xlsx or .csv again"))?;
        left = left.checked_sub(n).ok_or("it holds more than 1 GB unpacked; split it")?;
    }
    Ok(())
}

fn text(cell: &DataRef<'_>) -> String {
    match cell {
        DataRef::Empty | DataRef::Error(_) => String::new(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Int(value) => value.to_string(),
        DataRef::Float(value) => value.to_string(),
        DataRef::Bool(value) => value.to_string(),
        DataRef::DateTime(moment) if moment.is_datetime() => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        DataRef::DateTime(moment) => moment.as_f64().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    /// A workbook with these rows, each with its number and its cells.
    fn book(rows: &[(u32, [&str; 2])]) -> Vec<u8> {
        let row = |(row, cells): &(u32, [&str; 2])| {
            let cell = |(column, text): (char, &str)| {
                format!(r#"<c r="{column}{row}" t="inlineStr"><is><t>{text}</t></is></c>"#)
            };
            let cells: String = ['A', 'B'].into_iter().zip(*cells).map(cell).collect();
            format!(r#"<row r="{row}">{cells}</row>"#)
        };
        let rows: String = rows.iter().map(row).collect();
        const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let relation = |kind: &str, target: &str| {
            format!(
                r#"<Relationships><Relationship Id="r1" Type="{OFFICE}/{kind}" Target="{target}"/></Relationships>"#
            )
        };
        let sheets = r#"<sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets>"#;
        let parts = [
            ("_rels/.rels", relation("officeDocument", "xl/workbook.xml")),
            ("xl/_rels/workbook.xml.rels", relation("worksheet", "worksheets/sheet1.xml")),
            ("xl/workbook.xml", format!(r#"<workbook xmlns:r="{OFFICE}">{sheets}</workbook>"#)),
            ("xl/worksheets/sheet1.xml", format!("<worksheet><sheetData>{rows}</sheetData></worksheet>")),
        ];
        let mut book = zip::ZipWriter::new(Cursor::new(vec![]));
        let stored =
            zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        for (name, content) in parts {
            book.start_file(name, stored).unwrap();
            book.write_all(content.as_bytes()).unwrap();
        }
        book.finish().unwrap().into_inner()
    }

    #[test]
    fn rows_have_their_numbers_and_stand_behind_the_header() {
        let header = ["outlet", "text"];
        let found = table(book(&[(3, header), (4, ["Post", "It rained."]), (9, ["Star", ""])])).unwrap();
        assert_eq!(found.header, header);
        let row = |number: u64, cells: [&str; 2]| (number, cells.map(str::to_owned).to_vec());
        assert_eq!(found.rows, [row(1, ["Post", "It rained."]), row(6, ["Star", ""])]);
        let reason = table(book(&[(9, header), (3, ["Post", "It rained."])])).err().unwrap();
        assert!(reason.contains("a row stands before the names of the columns; save it"), "{reason}");
    }

    #[test]
    fn what_is_no_workbook_is_told() {
        assert!(table(b"words".to_vec()).err().unwrap().contains("save it as .xlsx"));
    }
}
