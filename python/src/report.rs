use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::{Array, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::SchemaRef;
use parallax::job::Finished;
use parallax::report::{self, Format, PageBounds};
use parallax::{Error, Result};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use pyo3_arrow::PyTable;
use serde_json::{Map, Value, json};

use crate::error::exception;

/// A table by the Arrow C interface, which pandas, polars, pyarrow and DuckDB know.
#[pyclass(frozen, module = "parallax._parallax")]
pub struct Table {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

impl Table {
    pub fn new((schema, batches): (SchemaRef, Vec<RecordBatch>)) -> Self {
        Self { schema, batches }
    }
}

#[pymethods]
impl Table {
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let table = PyTable::try_new(self.batches.clone(), Arc::clone(&self.schema))?;
        Bound::new(py, table)?.call_method1("__arrow_c_stream__", (requested_schema,))
    }

    #[getter]
    fn column_names(&self) -> Vec<String> {
        self.schema.fields().iter().map(|field| field.name().clone()).collect()
    }

    #[getter]
    fn num_rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// The first `most` rows, each a JSON object.
    fn rows(&self, most: usize) -> Vec<String> {
        let places = self.batches.iter().flat_map(|batch| (0..batch.num_rows()).map(move |row| (batch, row)));
        // In the order of the columns, which a `Map` would sort.
        let object = |(batch, row): (&RecordBatch, usize)| {
            let names = self.schema.fields().iter().map(|field| json!(field.name()));
            let cells =
                names.zip(batch.columns()).map(|(name, column)| format!("{name}:{}", value(column, row)));
            format!("{{{}}}", cells.collect::<Vec<_>>().join(","))
        };
        places.take(most).map(object).collect()
    }
}

/// A cell of a column of one of the types that tables have.
fn value(column: &dyn Array, row: usize) -> Value {
    if column.is_null(row) {
        return Value::Null;
    }
    let column = column.as_any();
    let text = column.downcast_ref::<StringArray>().map(|cells| json!(cells.value(row)));
    let integer = || column.downcast_ref::<Int64Array>().map(|cells| json!(cells.value(row)));
    let figure = || column.downcast_ref::<Float64Array>().map(|cells| json!(cells.value(row)));
    let flag = || column.downcast_ref::<BooleanArray>().map(|cells| json!(cells.value(row)));
    text.or_else(integer).or_else(figure).or_else(flag).unwrap_or_default()
}

/// A run that came to its end, in memory.
#[pyclass(frozen, module = "parallax._parallax")]
pub struct Run(pub Finished);

#[pymethods]
impl Run {
    fn table_names(&self) -> Vec<&'static str> {
        report::table_names().to_vec()
    }

    fn table(&self, py: Python<'_>, name: &str) -> PyResult<Table> {
        py.detach(|| report::record_batches(&self.0.run, &self.0.provenance.rejected, name))
            .map(Table::new)
            .map_err(|error| exception(py, &error))
    }

    fn run_json(&self) -> String {
        report::run_json(&self.0.run, &self.0.provenance)
    }

    fn page(&self, py: Python<'_>, most_claims: usize, most_text: usize) -> PyResult<String> {
        let bounds = PageBounds { claims: most_claims, text: most_text };
        py.detach(|| report::page(&self.0.run, &self.0.provenance, bounds))
            .map_err(|error| exception(py, &error))
    }

    fn write_page(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        let write = || {
            let page = report::page(&self.0.run, &self.0.provenance, PageBounds::default())?;
            report::write_page(&path, &page)
        };
        py.detach(write).map_err(|error| exception(py, &error))
    }

    fn write(&self, py: Python<'_>, folder: PathBuf, formats: Vec<String>) -> PyResult<()> {
        let formats = formats_of(&formats).map_err(|error| exception(py, &error))?;
        let inputs = self.0.provenance.config["inputs"].as_array().map_or(&[][..], Vec::as_slice);
        let inputs: Vec<PathBuf> = inputs.iter().filter_map(Value::as_str).map(PathBuf::from).collect();
        let write = || {
            report::prepare(&folder, &inputs)?;
            report::write(&self.0.run, &self.0.provenance, &folder, &formats)
        };
        py.detach(write).map_err(|error| exception(py, &error))
    }
}

/// The formats of these names, each once.
fn formats_of(names: &[String]) -> Result<Vec<Format>> {
    let known = Format::ALL.map(Format::extension);
    match names.iter().find(|name| !known.contains(&name.as_str())) {
        None if !names.is_empty() => {
            let is_asked = |format: &Format| names.iter().any(|name| name == format.extension());
            Ok(Format::ALL.into_iter().filter(is_asked).collect())
        }
        wrong => {
            let what = wrong.map_or("formats is empty".to_owned(), |name| format!("`{name}` is no format"));
            Err(Error::Usage { message: format!("{what}; give some of {}", known.join(", ")) })
        }
    }
}

/// The results that an earlier run left in a folder.
#[pyclass(frozen, module = "parallax._parallax")]
pub struct Folder(report::Folder);

#[pymethods]
impl Folder {
    #[new]
    fn new(py: Python<'_>, folder: PathBuf) -> PyResult<Self> {
        report::Folder::open(&folder).map(Self).map_err(|error| exception(py, &error))
    }

    fn table_names(&self) -> Vec<String> {
        self.0.table_names()
    }

    fn table(&self, py: Python<'_>, name: &str) -> PyResult<Table> {
        py.detach(|| self.0.record_batches(name)).map(Table::new).map_err(|error| exception(py, &error))
    }

    fn run_json(&self) -> String {
        self.0.run_json().to_owned()
    }

    fn page(&self, py: Python<'_>, most_claims: usize, most_text: usize) -> PyResult<String> {
        let bounds = PageBounds { claims: most_claims, text: most_text };
        py.detach(|| self.0.page(bounds)).map_err(|error| exception(py, &error))
    }

    fn write_page(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        py.detach(|| report::write_page(&path, &self.0.page(PageBounds::default())?))
            .map_err(|error| exception(py, &error))
    }
}

/// What the tables and their columns hold, as JSON: by a table's name its `doc` and its `columns`.
#[pyfunction]
pub fn schemas() -> String {
    let table = |schema: report::TableSchema| {
        let columns = schema.columns.iter().map(|column| (column.name.to_string(), json!(column.doc)));
        let columns = columns.collect::<Map<String, Value>>();
        (schema.name.to_owned(), json!({ "doc": schema.doc, "columns": columns }))
    };
    Value::Object(report::schemas().into_iter().map(table).collect()).to_string()
}
