//! Records -> files and the summary on the terminal.
//!
//! `schema` says what a table is, `tables` has one file for each, `lookup` finds records by their ids; `table`, `arrow` and `parquet` write rows,
//! `read_back` and `folder` read them again, `page` makes `report.html` of them, `write` writes the files of a run, `replace` puts them
//! in place of those of an earlier one.

mod cell;
mod schema;
mod table;
mod arrow;
mod parquet;
mod lookup;
mod stake;
mod tables;
mod documentation;
mod run_json;
pub(crate) mod page;
mod result_files;
mod replace;
mod write;
pub(crate) mod read_back;
mod folder;
mod summary;

pub use cell::Kind;
pub(crate) use cell::{as_in_article, safe_for_spreadsheets};
pub use documentation::{column_twice, documentation, schemas, tables as tables_documentation};
pub use folder::Folder;
pub use page::PageBounds;
pub(crate) use replace::write_whole;
pub use replace::{abandon, prepare, recover};
pub(crate) use schema::Schema;
pub use schema::{Column, TableSchema};
pub use summary::{SummaryOptions, printable, summary};
pub use table::Format;
pub(crate) use table::Table;
pub use write::{page, rebuild_page, record_batches, run_json, table_names, write, write_page};
