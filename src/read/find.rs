//! Inputs -> the files to read, in an order that does not depend on how they were given.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io;
use std::path::{MAIN_SEPARATOR_STR, Path, PathBuf};

use crate::error::{Error, Result};
use crate::records::Rejection;

/// What the inputs lead to.
#[derive(Default)]
pub(super) struct Found {
    /// The files to read, sorted by name; no file twice.
    pub sources: Vec<Source>,
    /// Files with other endings and folders of results, sorted.
    pub ignored: Vec<String>,
    /// Files and folders inside a given folder that cannot be reached.
    pub rejected: Vec<Rejection>,
}

/// A file to read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Source {
    /// The path for messages and records, with `/` between its parts.
    pub name: String,
    /// The path to open.
    pub path: PathBuf,
    /// The path without links and `..`: what tells whether two paths lead to the same file.
    pub real_path: PathBuf,
    /// The format.
    pub ending: Ending,
    /// How the file is packed.
    pub packing: Option<Packing>,
    /// True where the user named the file itself, false where it was found in a folder.
    pub given: bool,
}

impl Source {
    /// A file with an ending that works; an error where it is not there.
    pub(super) fn new(
        path: PathBuf,
        (ending, packing): (Ending, Option<Packing>),
        given: bool,
    ) -> io::Result<Self> {
        let real_path = if path.as_os_str() == STDIN { path.clone() } else { fs::canonicalize(&path)? };
        Ok(Self { name: name_of(&path), path, real_path, ending, packing, given })
    }

    /// What stands for a file where the rows are in memory.
    pub(super) fn in_memory(name: &str, ending: Ending) -> Self {
        let path = PathBuf::from(name);
        Self { name: name.to_owned(), real_path: path.clone(), path, ending, packing: None, given: true }
    }

    /// The file's name without its endings, trimmed.
    pub(super) fn stem(&self) -> String {
        let without = |path: &Path| PathBuf::from(path.file_stem().unwrap_or_default());
        let path = if self.packing.is_some() { without(&self.path) } else { self.path.clone() };
        without(&path).to_string_lossy().trim().to_owned()
    }

    /// True for what is read from standard input.
    pub(super) fn is_stdin(&self) -> bool {
        self.path.as_os_str() == STDIN
    }
}

/// The formats, by ending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Ending {
    Text,
    Html,
    Csv,
    Jsonl,
    Xlsx,
    Parquet,
}

/// How a file can be packed: an ending behind that of its format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Packing {
    Gzip,
    Zstd,
}

/// The name that stands for standard input.
pub(super) const STDIN: &str = "-";

impl Ending {
    /// The format, and how it is packed; `None` for an ending that no format has. Upper and lower case are the same.
    pub(super) fn of(path: &Path) -> Option<(Self, Option<Packing>)> {
        let ending = |path: &Path| Some(path.extension()?.to_str()?.to_ascii_lowercase());
        let packing = match ending(path)?.as_str() {
            "gz" => Some(Packing::Gzip),
            "zst" => Some(Packing::Zstd),
            _ => None,
        };
        let format = if packing.is_some() { ending(Path::new(path.file_stem()?))? } else { ending(path)? };
        let format = match format.as_str() {
            "txt" => Ending::Text,
            "html" | "htm" | "xhtml" => Ending::Html,
            "csv" | "tsv" => Ending::Csv,
            "jsonl" | "ndjson" => Ending::Jsonl,
            "xlsx" | "xlsm" => Ending::Xlsx,
            "parquet" => Ending::Parquet,
            _ => return None,
        };
        Some((format, packing))
    }

    /// True for a file that is one article.
    pub(super) const fn is_one_article(self) -> bool {
        matches!(self, Ending::Text | Ending::Html)
    }
}

/// Why a file below a folder is not read, and what to do, where it may well hold articles or somebody may wonder. `None` for settings, pictures and the like.
pub fn why_left_out(name: &str) -> Option<String> {
    let (_, ending) = name.rsplit_once('.')?;
    Some(match ending.to_ascii_lowercase().as_str() {
        "pdf" => format!(
            "a PDF is not read; make text of it with `pdftotext -raw {}` (package poppler-utils; not -layout, which puts two columns side by side)",
            quoted(name)
        ),
        "xls" | "ods" | "xlsb" => "of spreadsheets only .xlsx is read; save it as .xlsx or .csv".to_owned(),
        "doc" | "docx" | "odt" | "rtf" | "pages" => {
            "documents of a word processor are not read; save it as plain text (.txt)".to_owned()
        }
        "json" => "JSON is read with one object on each line (.jsonl); `jq -c '.[]'` makes that of a list"
            .to_owned(),
        "xml" | "mht" | "mhtml" | "webarchive" | "eml" | "msg" | "epub" => {
            "this format is not read; save it as .html or .txt".to_owned()
        }
        "md" | "text" | "log" | "dat" | "tab" => {
            "only .txt is read as text; rename it if it is an article".to_owned()
        }
        "zip" | "7z" | "rar" | "tar" | "tgz" | "bz2" | "xz" => {
            "archives are not opened, but .gz and .zst of single files are; unpack it".to_owned()
        }
        _ => return None,
    })
}

/// A name as a shell takes it.
fn quoted(name: &str) -> String {
    let is_plain = name.chars().all(|char| char.is_ascii_alphanumeric() || "-_./".contains(char));
    if is_plain { name.to_owned() } else { format!("'{}'", name.replace('\'', r"'\''")) }
}

/// The files that `inputs` lead to.
pub(super) fn find(inputs: &[PathBuf]) -> Result<Found> {
    // Sorted, so that of two faulty inputs the same one is always reported.
    let (mut inputs, ignored) = expanded(inputs)?;
    inputs.sort();
    let mut found = Found { ignored, ..Found::default() };
    for input in &inputs {
        let cannot_read = |source| Error::Read { path: input.clone(), source };
        if input.as_os_str() == STDIN {
            found.sources.push(Source::new(input.clone(), (Ending::Jsonl, None), true).map_err(cannot_read)?);
            continue;
        }
        let metadata = fs::metadata(input).map_err(cannot_read)?;
        if metadata.is_dir() {
            search(input, &mut found)?;
        } else if !metadata.is_file() {
            return Err(Error::Usage {
                message: format!(
                    "{}: is a pipe or a device, which may never end; give a file, or JSONL on standard input as `-`",
                    name_of(input)
                ),
            });
        } else {
            let other = || match why_left_out(&name_of(input)) {
                Some(why) => Error::Usage { message: format!("{}: {why}", name_of(input)) },
                None => Error::NoArticles { path: input.clone() },
            };
            let ending = Ending::of(input).ok_or_else(other)?;
            found.sources.push(Source::new(input.clone(), ending, true).map_err(cannot_read)?);
        }
    }
    found.ignored.sort();
    found.ignored.dedup();
    found.rejected.sort();
    found.rejected.dedup();
    found.sources = without_repeats(found.sources);
    Ok(found)
}

/// The inputs with patterns such as `news/*.html` replaced by the files and folders that fit them.
///
/// # Errors
/// [`Error::Usage`] for a pattern that nothing fits.
pub fn named(inputs: &[PathBuf]) -> Result<Vec<PathBuf>> {
    expanded(inputs).map(|(inputs, _)| inputs)
}

/// The inputs with patterns such as `news/*.html` replaced by what fits them; a name that is there is no pattern. Behind them the names of files that fit and cannot be read.
fn expanded(inputs: &[PathBuf]) -> Result<(Vec<PathBuf>, Vec<String>)> {
    let (mut expanded, mut ignored) = (vec![], vec![]);
    for input in inputs {
        let name = input.to_string_lossy();
        if !name.contains(['*', '?', '[']) || input.exists() {
            expanded.push(input.clone());
            continue;
        }
        let wrong = |message: String| Error::Usage { message: format!("{name}: {message}") };
        let paths = glob::glob(&name).map_err(|error| wrong(format!("is no pattern: {error}")))?;
        let before = expanded.len();
        for path in paths {
            let path = path.map_err(|error| wrong(error.to_string()))?;
            match path.is_dir() || Ending::of(&path).is_some() {
                true => expanded.push(path),
                false => ignored.push(name_of(&path)),
            }
        }
        if expanded.len() == before {
            return Err(wrong("no file that can be read fits this pattern".to_owned()));
        }
    }
    Ok((expanded, ignored))
}

/// Each file once, under the first of its names.
fn without_repeats(mut sources: Vec<Source>) -> Vec<Source> {
    sources.sort();
    let mut position_of = HashMap::new();
    let mut kept: Vec<Source> = Vec::new();
    for source in sources {
        let position = *position_of.entry(source.real_path.clone()).or_insert(kept.len());
        match kept.get_mut(position) {
            Some(first) => first.given |= source.given,
            None => kept.push(source),
        }
    }
    kept
}

/// Adds the files below `folder`.
fn search(folder: &Path, found: &mut Found) -> Result<()> {
    let n_before = found.sources.len();
    // Links can lead back up: each folder is entered once.
    let mut entered = HashSet::new();
    let mut to_enter = vec![folder.to_owned()];
    while let Some(next) = to_enter.pop() {
        match fs::canonicalize(&next).and_then(|real_path| Ok((real_path, entries(&next)?))) {
            Ok((real_path, _)) if entered.contains(&real_path) => {}
            Ok((_, paths)) if next != folder && holds_results(&next, &paths) => {
                found.ignored.push(name_of(&next))
            }
            Ok((real_path, paths)) => {
                entered.insert(real_path);
                paths.into_iter().for_each(|path| sort_out(path, &mut to_enter, found));
            }
            Err(source) if next == folder => return Err(Error::Read { path: next, source }),
            Err(error) => found.rejected.push(unreachable(&next, &error)),
        }
    }
    if found.sources.len() == n_before {
        return Err(Error::NoArticles { path: folder.to_owned() });
    }
    Ok(())
}

/// The paths in a folder that are not hidden, in order.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        if !name.as_encoded_bytes().starts_with(b".") {
            paths.push(folder.join(name));
        }
    }
    paths.sort();
    Ok(paths)
}

/// True for the folder that an earlier run wrote: its tables have columns `text` and `outlet` and would be read as
/// articles where the results were put below the folder that was read.
fn holds_results(folder: &Path, paths: &[PathBuf]) -> bool {
    // A run that was stopped while it put its first results in place.
    if folder.join(".parallax-commit").exists() {
        return true;
    }
    let has_run = paths.iter().any(|path| path.ends_with("run.json"));
    has_run && paths.iter().any(|path| path.file_stem().is_some_and(|stem| stem == "mentions"))
}

/// Puts what lies at `path` where it belongs.
fn sort_out(path: PathBuf, to_enter: &mut Vec<PathBuf>, found: &mut Found) {
    if path.is_dir() {
        to_enter.push(path);
        return;
    }
    match Ending::of(&path) {
        // A pipe or a device would block or never end.
        Some(ending) if path.is_file() || !path.exists() => match Source::new(path.clone(), ending, false) {
            Ok(source) => found.sources.push(source),
            Err(error) => found.rejected.push(unreachable(&path, &error)),
        },
        _ => found.ignored.push(name_of(&path)),
    }
}

fn unreachable(path: &Path, error: &io::Error) -> Rejection {
    let reason = format!("cannot be read: {error}");
    Rejection { file: name_of(path), row: None, reason }
}

/// The path as it stands in records, the same on every system.
pub(super) fn name_of(path: &Path) -> String {
    path.to_string_lossy().replace(MAIN_SEPARATOR_STR, "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_with(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().expect("a file has a parent")).expect("folder made");
            fs::write(path, "x").expect("file written");
        }
        folder
    }

    fn names(found: &Found, folder: &Path) -> Vec<String> {
        let prefix = format!("{}/", name_of(folder));
        found.sources.iter().map(|source| source.name.replace(&prefix, "")).collect()
    }

    #[test]
    fn a_folder_is_searched_in_order() {
        let folder =
            folder_with(&["b.txt", "a/z.CSV", "a/b/c.jsonl", "n.png", ".h.txt", ".g/x.txt", "README"]);
        let found = find(&[folder.path().to_owned()]).expect("found");
        assert_eq!(names(&found, folder.path()), ["a/b/c.jsonl", "a/z.CSV", "b.txt"]);
        let ignored: Vec<_> = found.ignored.iter().map(|name| name.rsplit('/').next()).collect();
        assert_eq!(ignored, [Some("README"), Some("n.png")]);
    }

    #[test]
    fn a_file_that_two_inputs_reach_is_found_once() {
        let folder = folder_with(&["a.txt", "b.txt"]);
        let (root, file) = (folder.path().to_owned(), folder.path().join("b.txt"));
        let found = find(&[file.clone(), root.clone(), root.join("./b.txt"), file]).expect("found");
        assert_eq!(names(&found, folder.path()), ["./b.txt", "a.txt"]);
        assert_eq!(found.sources.iter().map(|s| s.given).collect::<Vec<_>>(), [true, false]);
    }

    #[test]
    fn results_of_an_earlier_run_are_passed_over() {
        let folder = folder_with(&["a.txt", "out/run.json", "out/mentions.csv", "out/sentences.csv"]);
        let found = find(&[folder.path().to_owned()]).expect("found");
        assert_eq!(names(&found, folder.path()), ["a.txt"]);
        assert!(found.ignored[0].ends_with("/out"));
    }

    #[test]
    fn a_pattern_is_what_fits_it() {
        let folder = folder_with(&["a.txt", "b.html", "c.pdf", "d/e.txt"]);
        let found = find(&[folder.path().join("*")]).expect("found");
        assert_eq!(names(&found, folder.path()), ["a.txt", "b.html", "d/e.txt"]);
        assert!(found.ignored.len() == 1 && found.ignored[0].ends_with("/c.pdf"), "{:?}", found.ignored);
        assert!(
            find(&[folder.path().join("*.csv")])
                .err()
                .expect("none")
                .to_string()
                .contains("fits this pattern")
        );
    }

    #[cfg(unix)]
    #[test]
    fn links_that_lead_back_or_nowhere_do_no_harm() {
        let folder = folder_with(&["a/b.txt"]);
        std::os::unix::fs::symlink(folder.path(), folder.path().join("a/up")).expect("linked");
        std::os::unix::fs::symlink("/nowhere", folder.path().join("gone.txt")).expect("linked");
        let found = find(&[folder.path().to_owned()]).expect("found");
        assert_eq!(names(&found, folder.path()), ["a/b.txt"]);
        assert!(found.rejected[0].file.ends_with("gone.txt"));
        assert!(found.rejected[0].reason.starts_with("cannot be read: "));
    }

    #[test]
    fn what_is_not_there_stops_the_run() {
        let folder = folder_with(&["a.png"]);
        struct Case {
            input: PathBuf,
            message: &'static str,
        }
        let cases = [
            Case { input: folder.path().join("none.txt"), message: "cannot be read" },
            Case { input: folder.path().to_owned(), message: "no article found; give .txt, .html, .csv" },
            Case { input: folder.path().join("a.png"), message: "no article found; give .txt, .html, .csv" },
        ];
        for case in cases {
            let error = find(&[case.input]).err().expect("an error").to_string();
            assert!(error.contains(case.message), "{error}");
        }
    }
}
