//! Records -> files and the summary on the terminal.

mod cell;
mod table;
mod tables;
mod annotation_tables;
mod outlet_tables;
mod run_json;
mod write;
mod summary;

pub(crate) use cell::safe_for_spreadsheets;
pub use summary::{SummaryOptions, printable, summary};
pub use table::Format;
pub use tables::is_column;
pub(crate) use write::write_whole;
pub use write::{abandon, prepare, recover, write};
