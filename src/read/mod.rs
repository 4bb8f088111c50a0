//! Files -> [`Article`].
//!
//! A folder is searched for files; each file's bytes become text; a format turns the text into drafts; a draft that
//! holds what an article needs becomes one, any other a [`Rejection`]. Last, ids that are used twice are told apart.
//! What comes out depends on the files alone, not on the order in which they are given.

mod options;
mod find;
mod unpack;
mod decode;
mod quotes;
mod csv_rows;
mod columns;
mod date;
mod implausible;
mod draft;
mod csv_table;
mod jsonl;
mod sheet;
mod parquet_table;
mod html;
mod text_folder;
mod ids;
mod repair;
mod memory;
mod rows;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use crate::error::{Error, Result, unwound};
use crate::platform::{MOST_OF_DATA, read_file};
use crate::records::{Article, InputFile, Origin, Rejection};

use csv_rows::CsvRows;
use decode::Decoded;
use draft::Drafts;
use find::{Ending, Source};
use text_folder::Metadata;

pub use date::{DateOrder, parse_day};
pub use find::{named, why_left_out};
pub(crate) use ids::is_of_a_taken_id;
pub use memory::{read_batches, read_lines};
pub use options::ReadOptions;
pub use rows::{Row, articles};

/// What the inputs hold.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// The articles, sorted by id; no two ids are the same. May be empty where every row was rejected.
    pub articles: Vec<Article>,
    /// Rows and files that could not be used, sorted by file and row.
    pub rejected: Vec<Rejection>,
    /// Files below the given folders that were passed over because of their ending, and whole folders that hold the
    /// results of an earlier run; sorted. Names that begin with a dot are left out.
    pub ignored: Vec<String>,
    /// Every file whose bytes were read, rejected or not; sorted by name.
    pub inputs: Vec<InputFile>,
    /// What is to be known of whole files: how their dates were read.
    pub notes: Vec<String>,
}

/// Reads the articles of files and folders.
///
/// A folder is searched through all its subfolders for `.txt`, `.html`, `.csv`, `.jsonl`, `.xlsx` and `.parquet` files, and for those packed by gzip or zstd. A `.txt` or `.html` file is one
/// article; an `articles.csv` in a folder above it or beside it says whose (columns `file`, `outlet`, `headline`,
/// `url`, `date_published`). Any other table, and each line of a `.jsonl`, holds its articles whole; see
/// [`ReadOptions`] for the columns. A file that two inputs reach is read once. `-` is a `.jsonl` from standard input; a name with `*` is a pattern.
///
/// # Errors
/// - [`Error::Read`]: an input does not exist or cannot be read.
/// - [`Error::NoArticles`]: an input is a folder without any such file, or a file with another ending.
/// - [`Error::MissingColumn`], [`Error::Table`]: a table given by its own path lacks a column or is no table at all.
///
/// A fault inside a folder or a table stops nothing: it becomes a [`Rejection`], and all else is read.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use parallax::read::{ReadOptions, read};
///
/// let folder = std::env::temp_dir().join(format!("parallax-read-{}", std::process::id()));
/// std::fs::create_dir_all(&folder)?;
/// std::fs::write(folder.join("morning.txt"), "The mayor resigned on Friday.")?;
/// std::fs::write(folder.join("articles.csv"), "file,outlet\nmorning.txt,The Morning\n")?;
///
/// let reading = read(&[folder.clone()], &ReadOptions::default())?;
/// assert_eq!(reading.articles[0].id.as_str(), "morning");
/// assert_eq!(reading.articles[0].outlet, "The Morning");
/// assert!(reading.rejected.is_empty());
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok(())
/// # }
/// ```
pub fn read(inputs: &[PathBuf], options: &ReadOptions) -> Result<Reading> {
    let found = find::find(inputs)?;
    let mut reading = Reading { ignored: found.ignored, rejected: found.rejected, ..Reading::default() };
    let (mut texts, tables): (Vec<_>, Vec<_>) =
        found.sources.into_iter().partition(|source| source.ending.is_one_article());

    let mut drafts = Drafts::default();
    let mut metadata = Metadata::default();
    for source in &tables {
        let read = read_table(source, options, &mut metadata, &mut drafts, &mut reading);
        stop_or_reject(source, read, &mut reading.rejected)?;
    }
    metadata.add_unfound(&mut texts);
    for source in &texts {
        let text = load(source, &mut reading);
        let read =
            text.map(|text| match text.map(|text| text_folder::draft(source, text, metadata.take(source))) {
                Some(Ok(draft)) => drafts.push(draft, &source.stem()),
                Some(Err(reason)) => drafts.reject(Origin { file: source.name.clone(), row: None }, reason),
                None => {}
            });
        stop_or_reject(source, read, &mut reading.rejected)?;
    }
    Ok(finish(drafts, options, reading))
}

/// Reads one file with many articles into `metadata` or `drafts`.
fn read_table(
    source: &Source,
    options: &ReadOptions,
    metadata: &mut Metadata,
    drafts: &mut Drafts,
    reading: &mut Reading,
) -> Result<()> {
    if matches!(source.ending, Ending::Xlsx | Ending::Parquet) {
        let bytes = bytes_of(source, reading)?;
        // A damaged file may make a library panic; that costs the file alone.
        let table = || match source.ending {
            Ending::Xlsx => sheet::table(bytes),
            _ => parquet_table::table(bytes),
        };
        let table = unwound(table, "it is damaged; write it again")
            .map_err(|message| Error::Table { path: source.path.clone(), message })?;
        return csv_table::read_cells(source, table, options, drafts, &mut reading.notes);
    }
    let Some(file) = load(source, reading)? else {
        return Ok(());
    };
    if source.ending == Ending::Jsonl {
        return jsonl::read(source, &file, options, drafts);
    }
    let rows = CsvRows::open(&source.path, &file.text)?;
    if text_folder::is_metadata(source, &rows.header, options) {
        reading.rejected.extend(metadata.read(source, rows, options));
        return Ok(());
    }
    csv_table::read(source, &file, rows, options, drafts, &mut reading.notes)
}

/// The file's text; `None` where it is not text and was rejected.
fn load(source: &Source, reading: &mut Reading) -> Result<Option<Decoded>> {
    match decode::decode(bytes_of(source, reading)?) {
        Ok(decoded) => Ok(Some(decoded)),
        Err(reason) => {
            reading.rejected.push(Rejection { file: source.name.clone(), row: None, reason });
            Ok(None)
        }
    }
}

/// The file's bytes, unpacked.
fn bytes_of(source: &Source, reading: &mut Reading) -> Result<Vec<u8>> {
    let fail = |error| Error::Read { path: source.path.clone(), source: error };
    let bytes = match source.is_stdin() {
        true => unpack::stdin(),
        false => read_file(&source.path, MOST_OF_DATA),
    };
    let bytes = bytes.map_err(fail)?;
    reading.inputs.push(InputFile {
        file: source.name.clone(),
        bytes: bytes.len() as u64,
        blake3: blake3::hash(&bytes).to_hex().to_string(),
    });
    let packing = source.packing.or_else(|| unpack::packing_of(&bytes).filter(|_| source.is_stdin()));
    match packing {
        None => Ok(bytes),
        Some(packing) => unpack::unpack(&bytes, packing).map_err(fail),
    }
}

/// A file that the user named must be readable; one that was merely found in a folder costs only itself.
fn stop_or_reject(source: &Source, read: Result<()>, rejected: &mut Vec<Rejection>) -> Result<()> {
    match read {
        Err(error) if !source.given => {
            rejected.push(Rejection { file: source.name.clone(), row: None, reason: reason_of(&error) });
            Ok(())
        }
        other => other,
    }
}

/// The error's message without the path, which a rejection has in a column of its own.
fn reason_of(error: &Error) -> String {
    let message = error.to_string();
    let (Error::Read { path, .. }
    | Error::NoArticles { path }
    | Error::MissingColumn { path, .. }
    | Error::Table { path, .. }) = error
    else {
        return message;
    };
    let message = message.strip_prefix(&format!("{}: ", path.display())).unwrap_or(&message).to_owned();
    match std::error::Error::source(error) {
        Some(cause) => format!("{message}: {cause}"),
        None => message,
    }
}

/// Makes ids unique and puts everything in its order.
fn finish(mut drafts: Drafts, options: &ReadOptions, mut reading: Reading) -> Reading {
    let rejected = std::mem::take(&mut drafts.rejected);
    let (articles, notes) = drafts.into_articles(options);
    let (articles, duplicates) = ids::reject_duplicates(articles);
    reading.notes.extend(notes);
    reading.notes.sort();
    reading.articles = articles;
    reading.articles.sort_by(|a, b| a.id.cmp(&b.id));
    implausible::leave_out_implausible_dates(&mut reading.articles);
    reading.rejected.extend(rejected);
    reading.rejected.extend(duplicates);
    reading.rejected.sort();
    reading.inputs.sort();
    reading
}
