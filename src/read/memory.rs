//! Tables that a caller has in memory: what a file with the same rows gives.

use arrow_array::RecordBatch;

use super::decode::Decoded;
use super::draft::Drafts;
use super::find::{Ending, Source};
use super::parquet_table::{Cells, ROWS};
use super::{ReadOptions, Reading, csv_table, finish, jsonl, parquet_table};
use crate::error::{Error, Result};
use crate::records::InputFile;

/// Reads articles from JSON objects, one on each line, as from a `.jsonl` file. `name` stands for the name of the file, in messages and in the ids of
/// articles that have none.
///
/// # Errors
/// [`Error::Table`] for one JSON list. A line that holds no article is a [`Rejection`](crate::records::Rejection).
///
/// ```
/// use parallax::read::{ReadOptions, read_lines};
/// let reading = read_lines("articles", "{\"outlet\": \"Post\", \"text\": \"It rained.\"}", &ReadOptions::default())?;
/// assert_eq!(reading.articles[0].outlet, "Post");
/// # Ok::<(), parallax::Error>(())
/// ```
pub fn read_lines(name: &str, text: &str, options: &ReadOptions) -> Result<Reading> {
    let mut drafts = Drafts::default();
    let source = Source::in_memory(name, Ending::Jsonl);
    jsonl::read(&source, &Decoded::of_text(text), options, &mut drafts)?;
    let inputs = vec![input(name, text.len(), blake3::hash(text.as_bytes()))];
    Ok(finish(drafts, options, Reading { inputs, ..Reading::default() }))
}

/// Reads articles from the rows of an Arrow table, as from a `.parquet` file: columns of lists, structures and bytes are left empty. All batches have the
/// schema of the first. `name` stands for the name of the file, in messages and in the ids of articles that have none.
///
/// # Errors
/// [`Error::MissingColumn`] where a column that is needed is not there, [`Error::Table`] for more than 2 GB of text or a column that
/// cannot be written as text.
pub fn read_batches(name: &str, batches: &[RecordBatch], options: &ReadOptions) -> Result<Reading> {
    let source = Source::in_memory(name, Ending::Parquet);
    let Some(first) = batches.first() else { return Ok(Reading::default()) };
    let header = first.schema().fields().iter().map(|field| field.name().clone()).collect();
    let mut table = Cells::new(header);
    // Some rows at once, so that the bound on the text is looked at before all of it is copied.
    let pieces = batches.iter().flat_map(|batch| {
        let starts = (0..batch.num_rows()).step_by(ROWS);
        starts.map(|start| batch.slice(start, ROWS.min(batch.num_rows() - start)))
    });
    for piece in pieces {
        parquet_table::add(&mut table, &piece)
            .map_err(|message| Error::Table { path: source.path.clone(), message })?;
    }
    let (n_bytes, hash) = table.hash();
    let (mut drafts, mut notes) = (Drafts::default(), vec![]);
    csv_table::read_cells(&source, table, options, &mut drafts, &mut notes)?;
    let inputs = vec![input(name, n_bytes, hash)];
    Ok(finish(drafts, options, Reading { inputs, notes, ..Reading::default() }))
}

fn input(name: &str, n_bytes: usize, hash: blake3::Hash) -> InputFile {
    InputFile { file: name.to_owned(), bytes: n_bytes as u64, blake3: hash.to_hex().to_string() }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{ArrayRef, Float64Array, Int64Array, StringArray};

    use super::*;

    #[test]
    fn rows_in_memory_are_those_of_a_file() {
        let text = |cells: Vec<Option<&str>>| Arc::new(StringArray::from(cells)) as ArrayRef;
        let batch = RecordBatch::try_from_iter([
            ("id", Arc::new(Int64Array::from(vec![7, 8, 9])) as ArrayRef),
            ("outlet", text(vec![Some("Post"), None, Some("Star")])),
            ("body", text(vec![Some("It rained."), Some("It snowed."), Some("It hailed.")])),
            ("bias", Arc::new(Float64Array::from(vec![Some(0.5), None, None])) as ArrayRef),
        ])
        .unwrap();
        let of_batches = read_batches("articles", &[batch], &ReadOptions::default()).unwrap();
        let lines = r#"{"id": 7, "outlet": "Post", "body": "It rained.", "bias": 0.5}
            {"id": 8, "outlet": null, "body": "It snowed.", "bias": null}
            {"id": 9, "outlet": "Star", "body": "It hailed.", "bias": null}"#;
        let of_lines = read_lines("articles", lines, &ReadOptions::default()).unwrap();
        assert_eq!(of_batches.articles, of_lines.articles);
        assert_eq!(of_batches.articles[0].groups["bias"], "0.5");
        assert_eq!((of_batches.rejected.len(), of_lines.rejected.len()), (1, 1));
        assert_eq!(of_batches.inputs[0].file, "articles");
    }

    #[test]
    fn a_table_without_what_is_needed_says_so() {
        let batch = RecordBatch::try_from_iter([(
            "text",
            Arc::new(StringArray::from(vec!["It rained."])) as ArrayRef,
        )])
        .unwrap();
        let error = read_batches("articles", &[batch], &ReadOptions::default()).unwrap_err().to_string();
        assert!(error.starts_with("articles: column `outlet` is missing (found: text)"), "{error}");
        assert!(read_lines("articles", "[1]", &ReadOptions::default()).is_err());
        assert!(read_batches("articles", &[], &ReadOptions::default()).unwrap().articles.is_empty());
    }
}
