use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use parallax::job::{LoadedEncoder, compare_reading, load_encoder, open_store};
use parallax::pipeline::{self, Models, Related, Stoppable, document};
use parallax::records::{Article, Relation};
use parallax::store::CachedEncoder;
use parallax::{Error, Result};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::error::exception;
use crate::job::{Cache, job};
use crate::read::Source;
use crate::report::{Run, Table};
use crate::watch::watched;

#[pyfunction]
pub fn compare(
    py: Python<'_>,
    source: (String, Bound<'_, PyAny>),
    settings: &str,
    job_file: Option<PathBuf>,
    cache: Cache,
    progress: Option<Bound<'_, PyAny>>,
) -> PyResult<Run> {
    let source = Source::new(&source.0, &source.1)?;
    let finished = watched(py, progress.as_ref(), |observer| {
        let mut job = job(job_file.as_deref(), settings, &cache)?;
        let source = match (source, job.inputs.is_empty()) {
            (Source::Paths(paths), false) if paths.is_empty() => Source::Paths(job.inputs.clone()),
            (Source::Paths(paths), true) if paths.is_empty() => {
                let message = "nothing to compare; give articles, or a job file that names inputs".to_owned();
                return Err(Error::Usage { message });
            }
            (source, _) => source,
        };
        if source.is_empty() {
            let message = "nothing to compare; there is no row in articles".to_owned();
            return Err(Error::Usage { message });
        }
        job.inputs = source.paths();
        compare_reading(&job, || source.read(&job.read), &open_store(&job)?, observer)
    })?;
    finished.map(Run).map_err(|error| exception(py, &error))
}

#[pyfunction]
pub fn encode<'py>(
    py: Python<'py>,
    texts: Vec<String>,
    settings: &str,
    cache: Cache,
    progress: Option<Bound<'py, PyAny>>,
) -> PyResult<(Bound<'py, PyBytes>, usize)> {
    let encoded = watched(py, progress.as_ref(), |observer| -> Result<(Vec<u8>, usize)> {
        let job = job(None, settings, &cache)?;
        let (store, LoadedEncoder { encoder, model, .. }) = (open_store(&job)?, load_encoder(&job)?);
        let encoder = Stoppable::new(&encoder, observer);
        let encoder = CachedEncoder::new(&encoder, &store);
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        observer.begin("encoding", Some(texts.len()));
        let encodings = parallax::encode::encode(&encoder, &texts, &|n| observer.advance(n))?;
        let values = encodings.iter().flat_map(|of| &of.embedding).flat_map(|value| value.to_le_bytes());
        Ok((values.collect(), model.dimensions))
    })?;
    let (values, width) = encoded.map_err(|error| exception(py, &error))?;
    Ok((PyBytes::new(py, &values), width))
}

#[pyfunction]
pub fn relate(
    py: Python<'_>,
    pairs: Vec<(String, String)>,
    settings: &str,
    cache: Cache,
    progress: Option<Bound<'_, PyAny>>,
) -> PyResult<Table> {
    let related = watched(py, progress.as_ref(), |observer| -> Result<_> {
        let job = job(None, settings, &cache)?;
        let store = open_store(&job)?;
        let LoadedEncoder { encoder, verifier, thresholds, measures, .. } = load_encoder(&job)?;
        let (encoder, verifier) = (CachedEncoder::new(&encoder, &store), verifier?);
        let models =
            Models { encoder: &encoder, verifier: &verifier, thresholds: &thresholds, measures: &measures };
        pipeline::relate(&pairs, &models, &job.options, observer)
    })?;
    let related = related.map_err(|error| exception(py, &error))?;
    let rows = || pairs.iter().zip(&related);
    type Row<'a> = (&'a (String, String), &'a Related);
    let text =
        |cell: fn(Row<'_>) -> Option<String>| Arc::new(rows().map(cell).collect::<StringArray>()) as ArrayRef;
    let figure = |cell: fn(&Related) -> f32| {
        Arc::new(related.iter().map(|of| Some(f64::from(cell(of)))).collect::<Float64Array>()) as ArrayRef
    };
    let columns = [
        ("text_a", text(|((a, _), _)| Some(a.clone()))),
        ("text_b", text(|((_, b), _)| Some(b.clone()))),
        ("relation", text(|(_, of)| Some(of.relation.map_or("none", Relation::as_str).to_owned()))),
        ("tier", text(|(_, of)| of.tier.map(|tier| tier.as_str().to_owned()))),
        ("shared", figure(|of| of.shared)),
        ("same", figure(|of| of.same)),
        ("conflict", text(|(_, of)| of.conflict.as_ref().map(|(kind, _)| kind.as_str().to_owned()))),
        ("conflict_words", text(|(_, of)| of.conflict.as_ref().map(|(_, words)| words.join(" | ")))),
        ("cosine", figure(|of| of.cosine)),
    ];
    Ok(table(columns.into_iter().map(|(name, cells)| (name, cells, true))))
}

#[pyfunction]
pub fn split(py: Python<'_>, text: &str, headline: &str) -> Table {
    let mut article = Article::new("article", "", text);
    headline.clone_into(&mut article.headline);
    let document = py.detach(|| document(article));
    let sentences = || document.sentences.iter().zip(&document.annotations);
    let words = |cells: Vec<&str>| Arc::new(StringArray::from(cells)) as ArrayRef;
    let number = |cells: Vec<usize>| {
        let cells = cells.into_iter().map(|n| i64::try_from(n).unwrap_or(i64::MAX));
        Arc::new(cells.collect::<Int64Array>()) as ArrayRef
    };
    let columns = [
        ("index", number(sentences().map(|(of, _)| of.id.index as usize).collect())),
        ("field", words(sentences().map(|(of, _)| of.field.as_str()).collect())),
        ("start_char", number(sentences().map(|(of, _)| of.chars.start).collect())),
        ("end_char", number(sentences().map(|(of, _)| of.chars.end).collect())),
        ("text", words(sentences().map(|(of, _)| of.text(&document.article)).collect())),
        ("kind", words(sentences().map(|(of, _)| of.kind.as_str()).collect())),
        ("voice", words(sentences().map(|(_, of)| of.voice.as_str()).collect())),
    ];
    table(columns.into_iter().map(|(name, cells)| (name, cells, false)))
}

fn table<'a>(columns: impl Iterator<Item = (&'a str, ArrayRef, bool)>) -> Table {
    let batch = RecordBatch::try_from_iter_with_nullable(columns).expect("columns of one length");
    Table::new((batch.schema(), vec![batch]))
}
