use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write;

use super::lookup::Extra;
use super::schema::{Column, TableSchema};
use crate::framing::{Measure, Measures};

/// Every table of a run, with the columns that every run has: without those of the input and of the user's heads.
pub fn schemas() -> Vec<TableSchema> {
    super::tables::schemas(&Extra::default())
}

/// The first name that two columns of a table would have with heads whose figures have these names; `None` where there is none.
pub fn column_twice(heads: &[String]) -> Option<String> {
    let with_heads = Extra { heads: heads.to_vec(), ..Extra::default() };
    super::tables::schemas(&with_heads)
        .into_iter()
        .find_map(|table| {
            let mut seen = BTreeSet::new();
            table.columns.into_iter().map(|column| column.name).find(|name| !seen.insert(name.clone()))
        })
        .map(Cow::into_owned)
}

/// The tables, the dimensions of `framing` and the figures of `measures` as a document in Markdown.
pub fn documentation(schemas: &[TableSchema], measures: &Measures) -> String {
    let mut text = tables(schemas);
    text.push_str("\n## Dimensions\n\nOf the table `framing`.\n\n| dimension | what differs, and the values | card |\n|---|---|---|\n");
    for measure in measures.list() {
        for dimension in measure.dimensions {
            let _ = writeln!(text, "| `{}` | {} | {} |", dimension.name, dimension.doc, card(measure));
        }
    }
    text.push_str("\n## Figures\n\nOf the tables `measures` and `outlets`.\n\n| figure | what it is | card |\n|---|---|---|\n");
    for measure in measures.list() {
        for figure in measure.figures {
            let _ = writeln!(text, "| `{}` | {} | {} |", figure.name, figure.doc, card(measure));
        }
    }
    text
}

fn card(measure: &Measure) -> String {
    format!("[{name}](measures/{name}.md)", name = measure.name)
}

/// Tables as a document in Markdown.
pub fn tables(schemas: &[TableSchema]) -> String {
    let mut text = String::new();
    for TableSchema { name, doc, columns } in schemas {
        let _ = write!(text, "\n## {name}\n\n{doc}\n\n| column | type | meaning |\n|---|---|---|\n");
        for Column { name, kind, may_be_empty, doc } in columns {
            let or_empty = if *may_be_empty { " or empty" } else { "" };
            let _ =
                writeln!(text, "| `{name}` | {}{or_empty} | {} |", kind.as_str(), doc.replace('|', "\\|"));
        }
    }
    text
}
