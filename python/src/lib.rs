//! parallax for Python: a thin layer over the library. What is read, compared and written is the library's; here, Python's objects
//! become its inputs, its records Arrow tables, its errors exceptions.

#![deny(unsafe_code)]

mod cluster;
mod error;
mod job;
mod read;
mod report;
mod stages;
mod watch;

use pyo3::prelude::*;

#[pymodule]
mod _parallax {
    #[pymodule_export]
    use super::cluster::stage;
    #[pymodule_export]
    use super::report::{Folder, Run, Table, schemas};
    #[pymodule_export]
    use super::stages::{compare, encode, relate, split};

    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");
}
