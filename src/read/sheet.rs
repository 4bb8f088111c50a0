//! A spreadsheet -> a table: its first sheet that is not empty, whose first row names the columns.

use std::io::Cursor;

use calamine::{Data, Reader, open_workbook_auto_from_rs};

use super::csv_rows::names_of;
use super::csv_table::Cells;

/// The cells as text; dates as `2019-07-12`.
///
/// # Errors
/// What is wrong with the file, in plain words.
pub(super) fn table(bytes: Vec<u8>) -> Result<Cells, String> {
    let fault = |error: calamine::Error| format!("{error}; save it as .xlsx or .csv again");
    let mut book = open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(fault)?;
    for name in book.sheet_names() {
        let sheet = book.worksheet_range(&name).map_err(fault)?;
        let mut rows = sheet.rows().map(|row| row.iter().map(text).collect::<Vec<String>>());
        let Some(header) = rows.find(|row| row.iter().any(|cell| !cell.trim().is_empty())) else { continue };
        return Ok(Cells { header: names_of(header.iter().map(String::as_str))?, rows: rows.collect() });
    }
    Err("it is empty; its first row must name the columns".to_owned())
}

fn text(cell: &Data) -> String {
    match cell {
        Data::Empty | Data::Error(_) => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Int(value) => value.to_string(),
        Data::Float(value) => value.to_string(),
        Data::Bool(value) => value.to_string(),
        Data::DateTime(moment) if moment.is_datetime() => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        Data::DateTime(moment) => moment.as_f64().to_string(),
    }
}
