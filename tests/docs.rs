//! The documents say what the code does: `docs/tables.md` is made from the tables' schema, README stays short, links lead somewhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use parallax::framing::Measures;
use parallax::report::{documentation, schemas, tables_documentation};
use parallax::validate;

const HEAD: &str = "\
# Tables

Made from the code by `make docs`; do not edit.

Every run of `parallax compare` writes these tables as CSV, JSONL or Parquet (`--format`), with the same columns in each. `run.json` lists
each column with its type, so that a program need not guess.

- CSV is RFC 4180 in UTF-8 with a header row. Every text is in quotation marks; a number, a truth value and what is missing is not.
  A text that a spreadsheet would run as a formula begins with an apostrophe. JSONL and
  Parquet hold every text exactly as it stands in the article.
- `text` columns may be empty wherever the input gave nothing. Other columns are empty only where their type says \"or empty\".
- A number has at most four decimals.
- Offsets count from 0 and are half-open. They refer to the field (`body` or `headline`) as it was read.
- The columns of the input that parallax does not know are in `articles` as `group_NAME`. A head that the user brought adds a column of its
  name to `sentences`.

How to read the results: [reading.md](reading.md). What each measure means: [measures](measures/README.md).
";

const VALIDATE: &str = "
# Tables of `parallax validate score`

In the folder `validation` of the run. [validation.md](validation.md) has the formulae.
";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_document_of_the_tables_is_that_of_the_schema() {
    let text = [
        HEAD,
        &documentation(&schemas(), &Measures::shipped()),
        VALIDATE,
        &tables_documentation(&validate::schemas()),
    ]
    .concat();
    let path = root().join("docs/tables.md");
    if std::env::var_os("PARALLAX_WRITE_DOCS").is_some() {
        fs::write(&path, &text).unwrap();
    }
    assert!(fs::read_to_string(path).unwrap() == text, "docs/tables.md is out of date: run `make docs`");
}

#[test]
fn no_table_has_a_column_twice_and_each_is_documented() {
    let names: Vec<&str> = schemas().iter().map(|table| table.name).collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    for table in schemas().into_iter().chain(validate::schemas()) {
        let columns: BTreeSet<&str> = table.columns.iter().map(|column| &*column.name).collect();
        assert_eq!(columns.len(), table.columns.len(), "{}", table.name);
        let texts = table.columns.iter().map(|column| &*column.doc).chain([table.doc]);
        for doc in texts {
            assert!(doc.ends_with(['.', '`']), "{}: `{doc}`", table.name);
        }
    }
}

#[test]
fn the_comparisons_are_a_table_that_a_person_can_read() {
    let comparisons = schemas().into_iter().find(|table| table.name == "comparisons").unwrap();
    assert!(comparisons.columns.len() <= 25);
}

#[test]
fn each_measure_has_its_card_and_its_place_in_the_list_of_cards() {
    let list = fs::read_to_string(root().join("docs/measures/README.md")).unwrap();
    for measure in Measures::shipped().list() {
        assert!(list.contains(&format!("[{name}]({name}.md)", name = measure.name)), "{}", measure.name);
        for figure in measure.figures.iter().filter(|figure| !figure.name.starts_with("frame_")) {
            assert!(measure.card.contains(&format!("`{}`", figure.name)), "{}", figure.name);
            assert!(list.contains(&format!("`{}`", figure.name)), "{}", figure.name);
        }
        for dimension in measure.dimensions {
            assert!(measure.card.contains(&format!("`{}`", dimension.name)), "{}", dimension.name);
        }
    }
}

#[test]
fn the_readme_is_short() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let n_lines = readme.lines().count();
    assert!(n_lines <= 140, "README.md has {n_lines} lines");
}

/// Every Markdown file of the repository.
fn documents() -> Vec<PathBuf> {
    let mut found = vec![];
    let mut folders: Vec<PathBuf> = vec![root().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.is_dir()
                && !name.starts_with('.')
                && !["target", "out", "parallax-out", "node_modules"].contains(&name)
            {
                folders.push(path);
            } else if name.ends_with(".md") {
                found.push(path);
            }
        }
    }
    found
}

#[test]
fn links_lead_somewhere() {
    let link = regex::Regex::new(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)").unwrap();
    let mut n_links = 0;
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        for found in link.captures_iter(&text) {
            let target = document.parent().unwrap().join(&found[1]);
            assert!(target.exists(), "{}: {}", document.display(), &found[1]);
            n_links += 1;
        }
    }
    assert!(n_links > 50, "{n_links}");
}
