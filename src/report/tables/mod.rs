//! One file per table: what its columns are, and its rows.

use super::lookup::{Extra, Lookup};
use super::schema::TableSchema;
use super::table::Table;

/// The tables in the order in which they are written. Each is a module with `schema` and `table`.
macro_rules! tables {
    ($($name:ident)*) => {
        $(mod $name;)*

        /// The names of all tables.
        pub(super) const NAMES: [&str; [$(stringify!($name)),*].len()] = [$(stringify!($name)),*];

        /// What each table is.
        pub(super) fn schemas(extra: &Extra) -> Vec<TableSchema> {
            vec![$($name::schema(extra).into_schema()),*]
        }

        /// A table by its name.
        pub(super) fn table<'run>(name: &str, lookup: &'run Lookup<'run>) -> Table<'run> {
            match name {
                $(stringify!($name) => $name::schema(&lookup.extra).table(lookup, $name::rows(lookup)),)*
                _ => unreachable!("NAMES lists every table"),
            }
        }
    };
}

tables! {
    events
    articles
    sentences
    claims
    mentions
    comparisons
    framing
    measures
    targets
    attributions
    clauses
    coverage
    outlets
    wordings
    copies
    rejected
}
