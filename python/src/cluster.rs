use parallax::stage::{PlaceOptions, Stage, run};
use parallax::{Error, Result};
use pyo3::prelude::*;
use pyo3_arrow::PyTable;

use crate::error::exception;
use crate::job::{Cache, job};
use crate::report::Table;
use crate::watch::watched;

#[pyfunction]
pub fn stage(
    py: Python<'_>,
    name: &str,
    rows: PyTable,
    settings: &str,
    place: &str,
    cache: Cache,
) -> PyResult<Table> {
    let given = watched(py, None, |observer| -> Result<_> {
        let job = job(None, settings, &cache)?;
        let place: PlaceOptions = serde_json::from_str(place)
            .map_err(|error| Error::Usage { message: format!("place: {error}") })?;
        let stage = Stage::named(name)?;
        let batches = run(stage, rows.batches(), &job, &place, observer)?;
        Ok((batches[0].schema(), batches))
    })?;
    given.map(Table::new).map_err(|error| exception(py, &error))
}
