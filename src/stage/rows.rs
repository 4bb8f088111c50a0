use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, ArrayRef, BinaryArray, Int64Array, RecordBatch, StringArray};
use arrow_cast::cast;
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::fault;
use crate::error::Result;

/// Most bytes of records in a batch, but for one record that is larger.
const BATCH: usize = 32 << 20;

/// What goes from stage to stage: a record with what it is joined and divided by. Their order is that of the fields.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    /// What it is.
    pub kind: String,
    /// Whose it is: an article's id, or empty.
    pub id: String,
    /// Which rows go into one call.
    pub key: i64,
    /// A number whose meaning depends on the kind: for a `document`, `window` or `event` 1 where the key is its own; for what `compare_claims` takes the number
    /// of the claim or event; for a table the number of its rows.
    pub n: i64,
    /// The record, in a form that only the same version of parallax reads (postcard); for a table an Arrow stream.
    pub record: Vec<u8>,
}

/// The columns of rows.
pub fn schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("kind", DataType::Utf8, false),
        Field::new("id", DataType::Utf8, false),
        Field::new("key", DataType::Int64, false),
        Field::new("n", DataType::Int64, false),
        Field::new("record", DataType::Binary, false),
    ]))
}

impl Row {
    pub(super) fn new(kind: &str, id: impl Into<String>, key: i64, n: i64, record: &impl Serialize) -> Self {
        let record = postcard::to_stdvec(record).expect("records can be written");
        Self { kind: kind.to_owned(), id: id.into(), key, n, record }
    }

    /// A row without a record.
    pub(super) fn without_record(kind: &str, id: impl Into<String>, key: i64, n: i64) -> Self {
        Self { kind: kind.to_owned(), id: id.into(), key, n, record: vec![] }
    }

    pub(super) fn record<T: DeserializeOwned>(&self) -> Result<T> {
        postcard::from_bytes(&self.record).map_err(|error| {
            fault(format!(
                "a row of the kind `{}` ({}) cannot be read ({error}); all stages must be of one version of parallax",
                self.kind, self.id
            ))
        })
    }

    /// True for counts, which go with the rows of every key.
    pub fn is_for_all(&self) -> bool {
        [super::COUNTS, super::NAMES].contains(&self.kind.as_str())
    }
}

/// The rows of a kind.
pub(super) fn of_kind<'a>(rows: &'a [Row], kind: &'a str) -> impl Iterator<Item = &'a Row> + use<'a> {
    rows.iter().filter(move |row| row.kind == kind)
}

/// Reads rows from batches with the columns of [`schema`]; their order and further columns do not matter.
///
/// # Errors
/// What is wrong with a batch.
pub fn read_rows(input: &[RecordBatch]) -> Result<Vec<Row>, String> {
    let mut rows = vec![];
    for batch in input {
        let column = |name: &str, data_type: &DataType| -> Result<ArrayRef, String> {
            let column = batch.column_by_name(name).ok_or_else(|| {
                let schema = batch.schema();
                let found: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
                format!(
                    "the column `{name}` is missing (found: {}); the stages take what a stage gave",
                    found.join(", ")
                )
            })?;
            let column = cast(column, data_type).map_err(|error| format!("the column `{name}`: {error}"))?;
            match column.null_count() {
                0 => Ok(column),
                _ => Err(format!("the column `{name}` has an empty cell")),
            }
        };
        let (kinds, ids) = (column("kind", &DataType::Utf8)?, column("id", &DataType::Utf8)?);
        let (keys, numbers) = (column("key", &DataType::Int64)?, column("n", &DataType::Int64)?);
        let records = column("record", &DataType::Binary)?;
        for at in 0..batch.num_rows() {
            rows.push(Row {
                kind: kinds.as_string::<i32>().value(at).to_owned(),
                id: ids.as_string::<i32>().value(at).to_owned(),
                key: keys.as_primitive::<Int64Type>().value(at),
                n: numbers.as_primitive::<Int64Type>().value(at),
                record: records.as_binary::<i32>().value(at).to_vec(),
            });
        }
    }
    Ok(rows)
}

/// Rows as batches of some megabytes; one empty batch where there are none.
pub fn batches(mut rows: Vec<Row>) -> Vec<RecordBatch> {
    rows.sort();
    let mut batches = vec![];
    let mut rest = rows.as_slice();
    while !rest.is_empty() || batches.is_empty() {
        let mut bytes = 0;
        let fits = |row: &&Row| {
            bytes += row.record.len();
            bytes <= BATCH
        };
        let n = rest.iter().take_while(fits).count().max(1).min(rest.len());
        let (these, others) = rest.split_at(n);
        let columns: Vec<ArrayRef> = vec![
            Arc::new(StringArray::from_iter_values(these.iter().map(|row| &row.kind))),
            Arc::new(StringArray::from_iter_values(these.iter().map(|row| &row.id))),
            Arc::new(Int64Array::from_iter_values(these.iter().map(|row| row.key))),
            Arc::new(Int64Array::from_iter_values(these.iter().map(|row| row.n))),
            Arc::new(BinaryArray::from_iter_values(these.iter().map(|row| &row.record))),
        ];
        batches.push(RecordBatch::try_new(schema(), columns).expect("the columns are those of the schema"));
        rest = others;
    }
    batches
}
