//! A Parquet file -> a table.

use arrow_array::{Array, RecordBatch, StringArray};
use arrow_cast::cast;
use arrow_schema::DataType;
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder};

pub(super) use super::csv_table::Cells;

/// Rows that are unpacked at once, and bytes of text in all, at most.
pub(super) const ROWS: usize = 64;
const MOST: usize = 2 << 30;

/// The columns that can be written as text; others (lists, structures, bytes) are left empty.
///
/// # Errors
/// What is wrong with the file, in plain words.
pub(super) fn table(bytes: Vec<u8>) -> Result<Cells, String> {
    let fault = |error: &dyn std::fmt::Display| format!("{error}; write the file again");
    // The file's own types are enough; the schema that writers add is not needed, and may be damaged.
    let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    let reader = ParquetRecordBatchReaderBuilder::try_new_with_options(::bytes::Bytes::from(bytes), options)
        .map_err(|error| fault(&error))?
        .with_batch_size(ROWS);
    let header: Vec<String> = reader.schema().fields().iter().map(|field| field.name().clone()).collect();
    let mut table = Cells::new(header);
    for batch in reader.build().map_err(|error| fault(&error))? {
        add(&mut table, &batch.map_err(|error| fault(&error))?)?;
    }
    Ok(table)
}

/// Adds the rows of a batch.
///
/// # Errors
/// What is wrong, in plain words: more text than can be held.
pub(super) fn add(table: &mut Cells, batch: &RecordBatch) -> Result<(), String> {
    let columns = batch.columns().iter().map(|column| text(column)).collect::<Result<Vec<_>, String>>()?;
    for row in 0..batch.num_rows() {
        let cell = |column: &Option<StringArray>| {
            let column = column.as_ref().filter(|column| column.is_valid(row));
            column.map_or(String::new(), |column| column.value(row).to_owned())
        };
        table.push(columns.iter().map(cell).collect());
        if table.n_bytes() > MOST {
            return Err("it holds more than 2 GB of text; split it".to_owned());
        }
    }
    Ok(())
}

/// A column as text; `None` for lists, structures and bytes.
fn text(column: &dyn Array) -> Result<Option<StringArray>, String> {
    let is_nested = column.data_type().is_nested()
        || matches!(
            column.data_type(),
            DataType::Binary | DataType::LargeBinary | DataType::FixedSizeBinary(_)
        );
    if is_nested {
        return Ok(None);
    }
    let text = cast(column, &DataType::Utf8).map_err(|error| format!("{error}; write the column as text"))?;
    Ok(text.as_any().downcast_ref::<StringArray>().cloned())
}
