//! Tables in Arrow's memory format.

use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef};

use super::cell::{Cell, Kind};
use super::schema::Column;
use super::table::Table;

/// Rows of a batch.
const BATCH: usize = 8192;

/// The names and types of a table's columns. Words may be null: an empty cell is.
pub(super) fn schema(columns: &[Column]) -> SchemaRef {
    let field = |column: &Column| {
        let data_type = match column.kind {
            Kind::Text => DataType::Utf8,
            Kind::Integer => DataType::Int64,
            Kind::Number => DataType::Float64,
            Kind::Boolean => DataType::Boolean,
        };
        Field::new(&*column.name, data_type, column.may_be_empty || column.kind == Kind::Text)
    };
    Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<Field>>()))
}

/// A table's schema and its rows, some thousand at a time: each batch is made when it is asked for.
pub(super) fn batches(table: Table<'_>) -> (SchemaRef, impl Iterator<Item = RecordBatch>) {
    let Table { schema: of_table, rows } = table;
    let schema = schema(&of_table.columns);
    let (mut rows, of_batches) = (rows.peekable(), Arc::clone(&schema));
    let batches = std::iter::from_fn(move || {
        rows.peek()?;
        let batch: Vec<Vec<Cell>> = rows.by_ref().take(BATCH).collect();
        let columns = of_table.columns.iter().enumerate();
        let arrays = columns.map(|(at, column)| array(column.kind, &batch, at)).collect();
        let batch = RecordBatch::try_new(Arc::clone(&of_batches), arrays);
        Some(batch.expect("a column's cells are of its kind, and empty only where they may be"))
    });
    (schema, batches)
}

/// One column of a batch of rows.
fn array(kind: Kind, rows: &[Vec<Cell>], at: usize) -> ArrayRef {
    let cells = rows.iter().map(|row| &row[at]);
    match kind {
        Kind::Text => Arc::new(cells.map(Cell::text).collect::<StringArray>()),
        Kind::Integer => Arc::new(cells.map(Cell::integer).collect::<Int64Array>()),
        Kind::Number => Arc::new(cells.map(Cell::figure).collect::<Float64Array>()),
        Kind::Boolean => Arc::new(cells.map(Cell::flag).collect::<BooleanArray>()),
    }
}
