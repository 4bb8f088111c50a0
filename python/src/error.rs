use std::error::Error as _;

use parallax::Error;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

/// The exception for an error: the class of its kind in `parallax.errors`, with the message and the causes that the command line prints.
pub fn exception(py: Python<'_>, error: &Error) -> PyErr {
    let message = message(error);
    let class = py.import("parallax.errors").and_then(|module| module.getattr(class(error)));
    match class.and_then(|class| class.call1((&message,))) {
        Ok(value) => PyErr::from_value(value),
        Err(_) => PyRuntimeError::new_err(message),
    }
}

/// The error and its causes, one behind the other.
fn message(error: &Error) -> String {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        message += &format!(": {error}");
        cause = error.source();
    }
    message
}

fn class(error: &Error) -> &'static str {
    match error {
        Error::Read { .. } => "ReadError",
        Error::Write { .. } => "WriteError",
        Error::Results { .. } => "ResultsError",
        Error::NoArticles { .. } => "NoArticlesError",
        Error::NothingRead { .. } => "NothingReadError",
        Error::MissingColumn { .. } => "MissingColumnError",
        Error::Table { .. } => "TableError",
        Error::Output { .. } => "OutputError",
        Error::Config { .. } => "ConfigError",
        Error::Usage { .. } => "UsageError",
        Error::Labelled { .. } => "LabelledError",
        Error::Model { .. } => "ModelError",
        Error::Head { .. } => "HeadError",
        Error::Fetch { .. } => "FetchError",
        Error::Store { .. } => "StoreError",
        Error::Encode { .. } => "EncodeError",
        Error::Stage { .. } => "StageError",
        Error::Threads { .. } => "ThreadsError",
        Error::Stopped => "StoppedError",
        _ => "ParallaxError",
    }
}
