use super::rows::Rows;
use crate::error::{Error, Result};

/// The classes of a task, and which label of a file stands for which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Classes {
    /// The classes in the order in which they are shown.
    pub names: Vec<String>,
    /// Label in lower case, with its class; no class for a label whose rows are left out. The last entry counts.
    labels: Vec<(String, Option<usize>)>,
}

impl Classes {
    /// Classes by name, and further labels that stand for them. A class's name is a label of it.
    pub fn new(names: &[&str], labels: &[(&str, &str)]) -> Self {
        let mut classes = Self { names: names.iter().map(|&name| name.to_owned()).collect(), labels: vec![] };
        for (position, name) in names.iter().enumerate() {
            classes.labels.push((name.to_lowercase(), Some(position)));
        }
        for (label, name) in labels {
            let class = classes.position(name).expect("a label stands for one of the classes");
            classes.labels.push((label.to_lowercase(), Some(class)));
        }
        classes
    }

    /// Adds what `--map` says: `LABEL=CLASS`, or `LABEL=-` to leave the label's rows out.
    ///
    /// # Errors
    /// [`Error::Usage`] for another form or a class that the task does not have.
    pub fn map(&mut self, mapping: &str) -> Result<()> {
        let known = self.names.join(", ");
        let refuse = |message: String| Error::Usage { message: format!("--map {mapping}: {message}") };
        let (label, class) = mapping.rsplit_once('=').ok_or_else(|| refuse("give LABEL=CLASS".to_owned()))?;
        let class = match class.trim() {
            "-" => None,
            name => Some(self.position(name).ok_or_else(|| {
                refuse(format!("`{name}` is no class here; give one of {known}, or - to leave the rows out"))
            })?),
        };
        self.labels.push((label.trim().to_lowercase(), class));
        Ok(())
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| known.eq_ignore_ascii_case(name))
    }

    /// The class of the label in `field` of row `row`; `None` for a row that is left out.
    ///
    /// # Errors
    /// [`Error::Labelled`] for a label that stands for no class.
    pub fn of_row(&self, rows: &Rows, row: usize, field: &str) -> Result<Option<usize>> {
        let label = rows.label(row, field)?;
        let lower = label.to_lowercase();
        let found = self.labels.iter().rev().find(|(known, _)| *known == lower);
        found.map(|(_, class)| *class).ok_or_else(|| {
            let message = format!(
                "`{field}` is `{label}`, which is none of the classes {}; say which it is with --map '{label}=CLASS', or \
                 leave its rows out with --map '{label}=-'",
                self.names.join(", ")
            );
            rows.fault(row, message)
        })
    }
}
