//! Tables as Parquet files, and back.

use std::io::{self, Write};
use std::path::Path;

use arrow_array::{Array, ArrayRef, BooleanArray, Float64Array, Int64Array, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;

use super::arrow::batches;
use super::table::Table;

/// Writes a table. The same rows give the same bytes.
pub(super) fn write(table: Table<'_>, writer: &mut (dyn Write + Send)) -> io::Result<()> {
    let (schema, batches) = batches(table);
    let level = ZstdLevel::try_new(3).expect("a level of zstd");
    let properties = WriterProperties::builder().set_compression(Compression::ZSTD(level));
    let properties = properties.set_created_by("parallax".to_owned()).build();
    let mut file = ArrowWriter::try_new(writer, schema, Some(properties)).map_err(as_io)?;
    for batch in batches {
        file.write(&batch).map_err(as_io)?;
    }
    file.close().map(|_| ()).map_err(as_io)
}

/// The words of a table's file, column by column name: each row's cells for the columns asked for, as they would stand in CSV
/// (an empty cell is empty), but for the guard against spreadsheets. `Err` says what is wrong.
pub(crate) fn read(path: &Path, columns: &[&str]) -> Result<Vec<Vec<String>>, String> {
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| error.to_string())?;
    let names: Vec<String> = builder.schema().fields().iter().map(|field| field.name().clone()).collect();
    let place = |column: &&str| {
        let found = names.iter().position(|name| name == column);
        found.ok_or_else(|| format!("column `{column}` is missing (found: {})", names.join(", ")))
    };
    let places = columns.iter().map(place).collect::<Result<Vec<usize>, String>>()?;
    let mut rows = vec![];
    for batch in builder.build().map_err(|error| error.to_string())? {
        let batch = batch.map_err(|error| error.to_string())?;
        for row in 0..batch.num_rows() {
            rows.push(places.iter().map(|&at| cell(batch.column(at), row)).collect::<Result<_, _>>()?);
        }
    }
    Ok(rows)
}

/// A cell of a column that one of our own types has.
fn cell(array: &ArrayRef, row: usize) -> Result<String, String> {
    if array.is_null(row) {
        return Ok(String::new());
    }
    let array = array.as_any();
    if let Some(words) = array.downcast_ref::<StringArray>() {
        Ok(words.value(row).to_owned())
    } else if let Some(integers) = array.downcast_ref::<Int64Array>() {
        Ok(integers.value(row).to_string())
    } else if let Some(figures) = array.downcast_ref::<Float64Array>() {
        Ok(figures.value(row).to_string())
    } else if let Some(flags) = array.downcast_ref::<BooleanArray>() {
        Ok(flags.value(row).to_string())
    } else {
        Err("a column has a type that parallax does not write".to_owned())
    }
}

fn as_io(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(source) => match source.downcast::<io::Error>() {
            Ok(source) => *source,
            Err(source) => io::Error::other(source),
        },
        other => io::Error::other(other),
    }
}
