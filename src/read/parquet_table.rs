//! A Parquet file -> a table.

use arrow_array::{Array, StringArray};
use arrow_cast::cast;
use arrow_schema::DataType;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::csv_table::Cells;

/// The columns that can be written as text; others (lists, structures, bytes) are left empty.
///
/// # Errors
/// What is wrong with the file, in plain words.
pub(super) fn table(bytes: Vec<u8>) -> Result<Cells, String> {
    let fault = |error: &dyn std::fmt::Display| format!("{error}; write the file again");
    let reader = ParquetRecordBatchReaderBuilder::try_new(::bytes::Bytes::from(bytes))
        .map_err(|error| fault(&error))?;
    let header: Vec<String> = reader.schema().fields().iter().map(|field| field.name().clone()).collect();
    let mut rows = vec![];
    for batch in reader.build().map_err(|error| fault(&error))? {
        let batch = batch.map_err(|error| fault(&error))?;
        let columns: Vec<Option<StringArray>> = batch.columns().iter().map(|column| text(column)).collect();
        rows.extend((0..batch.num_rows()).map(|row| {
            let cell = |column: &Option<StringArray>| {
                column
                    .as_ref()
                    .filter(|column| column.is_valid(row))
                    .map_or(String::new(), |column| column.value(row).to_owned())
            };
            columns.iter().map(cell).collect()
        }));
    }
    Ok(Cells { header, rows })
}

fn text(column: &dyn Array) -> Option<StringArray> {
    let is_nested = column.data_type().is_nested()
        || matches!(
            column.data_type(),
            DataType::Binary | DataType::LargeBinary | DataType::FixedSizeBinary(_)
        );
    if is_nested {
        return None;
    }
    let text = cast(column, &DataType::Utf8).ok()?;
    text.as_any().downcast_ref::<StringArray>().cloned()
}
