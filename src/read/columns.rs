//! Which column of a table holds what.

use std::collections::BTreeMap;
use std::path::Path;

use csv::StringRecord;

use crate::error::{Error, Result};

use super::options::{ReadOptions, Role, same_name};

/// The columns of a table by what they hold.
#[derive(Debug)]
pub(super) struct Columns {
    /// For each role, in the order of [`Role::ALL`].
    by_role: [Option<usize>; Role::ALL.len()],
    groups: Vec<(usize, String)>,
}

impl Columns {
    /// The columns of a table of articles, which needs a text and an outlet and every column that an option names.
    pub(super) fn of_table(path: &Path, header: &[String], options: &ReadOptions) -> Result<Self> {
        let by_role = Role::ALL.map(|role| position(header, &options.names(role)));
        for role in Role::ALL {
            let wanted = role.is_needed() || options.set(role).is_some();
            if wanted && by_role[role as usize].is_none() {
                let mut found = header.join(", ");
                if let Some(column) = proposal(header, role) {
                    found += &format!("; is it `{column}`?");
                }
                return Err(Error::MissingColumn { path: path.to_owned(), column: role.option(), found });
            }
        }
        Ok(Self::new(header, by_role, None))
    }

    /// Columns that look like a date or a headline and have no name for it, with what to write so that they are read as such.
    pub(super) fn proposals(&self, file: &str, header: &[String]) -> Vec<String> {
        let open =
            [Role::Date, Role::Headline].into_iter().filter(|role| self.by_role[*role as usize].is_none());
        open.filter_map(|role| {
            let (column, option) = (proposal(header, role)?, role.option());
            Some(format!(
                "{file}: no column for {option}; `{column}` looks like one and is only carried along: say `{option} = \"{column}\"` under [read] in a \
                 job file to use it"
            ))
        })
        .collect()
    }

    /// The columns of an `articles.csv`, whose column `file` names the text. No other column is needed, and the
    /// usual names work even where an option names another for the tables.
    pub(super) fn of_metadata(header: &[String], options: &ReadOptions, file: usize) -> Self {
        let usual = ReadOptions::default();
        let by_role = Role::ALL.map(|role| match role {
            Role::Text => None,
            _ => position(header, &options.names(role)).or_else(|| position(header, &usual.names(role))),
        });
        Self::new(header, by_role, Some(file))
    }

    fn new(header: &[String], by_role: [Option<usize>; Role::ALL.len()], file: Option<usize>) -> Self {
        let is_group = |index: &usize| Some(*index) != file && !by_role.contains(&Some(*index));
        let groups = (0..header.len()).filter(is_group).map(|index| (index, header[index].clone())).collect();
        Self { by_role, groups }
    }

    /// The row's cell for `role`; empty where the table has no such column.
    pub(super) fn cell(&self, role: Role, cells: &StringRecord) -> String {
        let index = self.by_role[role as usize];
        index.and_then(|index| cells.get(index)).unwrap_or_default().to_owned()
    }

    /// The row's cells that have no role, by column.
    pub(super) fn groups(&self, cells: &StringRecord) -> BTreeMap<String, String> {
        let group = |(index, name): &(usize, String)| {
            (name.clone(), cells.get(*index).unwrap_or_default().to_owned())
        };
        self.groups.iter().map(group).collect()
    }
}

/// Names that a column without a role may have, as a whole and in lower case, by what it then holds.
const LIKELY: [(Role, &[&str]); 4] = [
    (
        Role::Date,
        &[
            "datum",
            "fecha",
            "data",
            "date published",
            "date_published",
            "publication_date",
            "publication date",
            "pubdate",
            "pub_date",
            "publish_date",
            "published_at",
            "published_on",
            "publishdate",
            "created",
            "created_at",
            "timestamp",
            "day",
            "erscheinungsdatum",
            "veröffentlicht",
        ],
    ),
    (
        Role::Headline,
        &["titel", "título", "titulo", "titre", "header", "subject", "überschrift", "schlagzeile"],
    ),
    (
        Role::Outlet,
        &[
            "medium",
            "media",
            "newspaper",
            "paper",
            "zeitung",
            "quelle",
            "outlet_name",
            "source_name",
            "publication",
            "site",
            "domain",
            "journal",
        ],
    ),
    (
        Role::Text,
        &[
            "article",
            "article_text",
            "full_text",
            "fulltext",
            "maintext",
            "story",
            "content_text",
            "texto",
            "texte",
            "inhalt",
            "volltext",
        ],
    ),
];

/// A column that looks like the one for `role`, where none has a name for it.
fn proposal(header: &[String], role: Role) -> Option<&String> {
    let (_, names) = LIKELY.iter().find(|(of, _)| *of == role)?;
    header.iter().find(|column| names.contains(&column.trim().to_lowercase().as_str()))
}

/// The column with the first of `names` that any column has.
pub(super) fn position(header: &[String], names: &[&str]) -> Option<usize> {
    names.iter().find_map(|name| header.iter().position(|column| same_name(column, name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(names: &str) -> Vec<String> {
        names.split(',').map(str::to_owned).collect()
    }

    #[test]
    fn columns_are_found_by_their_usual_names() {
        let names = header("Link,content,publisher,text,Date,title,id,bias");
        let columns =
            Columns::of_table(Path::new("t.csv"), &names, &ReadOptions::default()).expect("columns");
        let cells = StringRecord::from(names.clone());
        let found = Role::ALL.map(|role| columns.cell(role, &cells));
        assert_eq!(found, ["id", "text", "publisher", "title", "Link", "Date"]);
        let groups: Vec<_> = columns.groups(&cells).into_keys().collect();
        assert_eq!(groups, ["bias", "content"]);
    }

    #[test]
    fn a_missing_column_is_named_with_the_ones_that_are_there() {
        struct Case {
            header: &'static str,
            options: ReadOptions,
            column: &'static str,
        }
        let usual = ReadOptions::default();
        let set = ReadOptions { headline: Some("kicker".into()), ..ReadOptions::default() };
        let cases = [
            Case { header: "id,outlet", options: usual.clone(), column: "text" },
            Case { header: "id,text", options: usual, column: "outlet" },
            Case { header: "text,outlet,title", options: set, column: "headline" },
        ];
        for case in cases {
            let error = Columns::of_table(Path::new("t.csv"), &header(case.header), &case.options)
                .expect_err("missing");
            let message = error.to_string();
            assert!(message.contains(&format!("column `{}` is missing", case.column)), "{message}");
            assert!(message.contains(&header(case.header).join(", ")), "{message}");
        }
    }
}
