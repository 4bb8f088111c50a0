use arrow_array::RecordBatch;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::SchemaRef;

use super::Row;
use crate::error::Result;
use crate::options::Options;
use crate::pipeline::Run;
use crate::pipeline::parts::Counts;
use crate::records::{Copies, Corpus, Outlets, Rejection};
use crate::report::{record_batches, table_names};
use crate::statistics::{OutletEstimates, Wording};

/// Tables that are not made part by part.
const OF_ALL: [&str; 4] = ["outlets", "wordings", "copies", "rejected"];

/// The tables of a part, each as one row.
pub(super) fn table_rows(run: &Run) -> Result<Vec<Row>> {
    let names = table_names().iter().filter(|name| !OF_ALL.contains(name));
    names.map(|name| table_row(run, &[], name)).collect()
}

/// The tables `outlets`, `wordings` and `rejected`.
pub(super) fn tables_of_outlets(
    counts: Counts,
    estimates: OutletEstimates,
    wordings: Vec<Wording>,
    mut rejected: Vec<Rejection>,
    options: &Options,
) -> Result<Vec<Row>> {
    rejected.sort_by(|a, b| (&a.file, a.row, &a.reason).cmp(&(&b.file, b.row, &b.reason)));
    let run = Run {
        groups: counts.groups,
        outlets: Outlets::of_part(counts.days, []),
        estimates,
        wordings,
        ..Run::of_nothing(options)
    };
    ["outlets", "wordings", "rejected"].iter().map(|name| table_row(&run, &rejected, name)).collect()
}

/// The table `copies` of some articles.
pub(super) fn copies(corpus: Corpus, copies: Copies, options: &Options) -> Result<Vec<Row>> {
    let outlets = Outlets::new(corpus.articles());
    let run = Run { corpus, copies, outlets, ..Run::of_nothing(options) };
    Ok(vec![table_row(&run, &[], "copies")?])
}

fn table_row(run: &Run, rejected: &[Rejection], name: &str) -> Result<Row> {
    let (schema, batches) = record_batches(run, rejected, name)?;
    let n: usize = batches.iter().map(RecordBatch::num_rows).sum();
    Ok(Row {
        kind: format!("table:{name}"),
        id: String::new(),
        key: 0,
        n: i64::try_from(n).unwrap_or(i64::MAX),
        record: stream(&schema, &batches),
    })
}

/// An Arrow stream.
fn stream(schema: &SchemaRef, batches: &[RecordBatch]) -> Vec<u8> {
    let mut bytes = vec![];
    let mut writer =
        StreamWriter::try_new(&mut bytes, schema).expect("a schema of plain columns can be written");
    for batch in batches {
        writer.write(batch).expect("a batch of this schema can be written");
    }
    writer.finish().expect("nothing is left to fail");
    drop(writer);
    bytes
}
