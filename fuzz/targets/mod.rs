//! What is done with the bytes of an input, target by target: a function of the crate is called as the product calls it, and what comes
//! out is held to what its documentation says. `fuzz/src/main.rs` feeds them by coverage, `tests/fuzz_corpus.rs` with `fuzz/corpus`.

mod articles;
mod fake;
mod files;
mod model;
mod results;
mod store;
mod texts;

/// What is done with the bytes of an input. Panics where something does not hold.
pub type Target = fn(&[u8]);

/// The targets by their names, in the order in which `.ci/fuzz` runs them.
pub const TARGETS: &[(&str, Target)] = &[
    ("csv", files::csv),
    ("jsonl", files::jsonl),
    ("text", files::text),
    ("page", files::page),
    ("folder", files::folder_rows),
    ("sheet", files::sheet),
    ("parquet", files::parquet),
    ("packed", files::packed),
    ("repair", texts::repair),
    ("clean", texts::clean),
    ("split", texts::split),
    ("quotations", texts::quotations),
    ("annotate", texts::annotate),
    ("store", store::store),
    ("model", model::model),
    ("heads", model::heads),
    ("job", files::job),
    ("report", results::report),
    ("run", results::run),
];

/// The first byte chooses between a target's ways, the rest is the input.
fn split_choice(data: &[u8]) -> Option<(usize, &[u8])> {
    data.split_first().map(|(&choice, rest)| (usize::from(choice), rest))
}

/// A folder of its own for one input.
fn folder() -> tempfile::TempDir {
    tempfile::Builder::new().prefix("parallax-fuzz-").tempdir().expect("a folder can be made")
}
