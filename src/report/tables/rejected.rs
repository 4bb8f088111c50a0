use super::super::lookup::{Extra, Lookup, RunSchema};
use crate::records::Rejection;

type Row<'run> = &'run Rejection;

pub(super) fn schema<'run>(_: &Extra) -> RunSchema<'run, Row<'run>> {
    RunSchema::<Row<'run>>::new("rejected", "One row per input that could not be used.")
        .column("file", "The file.", |_, of| of.file.as_str())
        .column("row", "The row of a CSV without its header, or the line of a JSONL; empty where the whole file could not be used.", |_, of| of.row.map(|row| row as usize))
        .column("reason", "Why, and how to mend it.", |_, of| of.reason.as_str())
}

pub(super) fn rows<'run>(lookup: &Lookup<'run>) -> impl Iterator<Item = Row<'run>> + use<'run> {
    lookup.rejected.iter()
}
