use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Task;
use super::bootstrap::Bootstrap;
use super::classes::Classes;
use super::evaluation::{Evaluation, Figures};
use super::options::EvaluateOptions;
use super::rows::{Groups, Rows, rejection};
use crate::cluster::Verifier;
use crate::encode::{Encoder, ModelEncoder, ModelManifest, encode};
use crate::error::{Error, Result};
use crate::job::Job;
use crate::job::{LoadedEncoder, load_encoder};
use crate::pipeline::Observer;
use crate::records::{Article, Encoding, Rejection};

/// Fields that rows of one group usually share. The first is taken that is there and tells at least two groups apart.
const GROUP_FIELDS: [&str; 8] =
    ["group", "outlet", "topic", "event_id", "qid", "claim_id", "article", "doc_id"];

/// What every task is handed.
pub(super) struct Inputs<'run> {
    pub rows: &'run Rows,
    pub job: &'run Job,
    pub options: &'run EvaluateOptions,
    pub observer: &'run dyn Observer,
    /// Rows that cannot be used.
    pub rejected: Mutex<Vec<Rejection>>,
}

/// Rows that are scored, with their labels as classes.
pub(super) struct Labelled {
    pub classes: Classes,
    /// The rows that are scored.
    pub rows: Vec<usize>,
    /// The class of each of them.
    pub labels: Vec<usize>,
    pub left_out: BTreeMap<String, usize>,
}

impl<'run> Inputs<'run> {
    pub(super) fn new(
        rows: &'run Rows,
        job: &'run Job,
        options: &'run EvaluateOptions,
        observer: &'run dyn Observer,
    ) -> Self {
        Self { rows, job, options, observer, rejected: Mutex::new(rows.rejected.clone()) }
    }

    /// The rows that can be used, with what `read` makes of each; the others are rejected.
    ///
    /// # Errors
    /// What is wrong with the first row where no row can be used, and whatever `read` says that is no fault of a row.
    pub(super) fn usable<T>(&self, read: impl Fn(usize) -> Result<T>) -> Result<(Vec<usize>, Vec<T>)> {
        let EvaluateOptions { fields, group_match, .. } = self.options;
        let read = |row: usize| {
            let read = read(row)?;
            let field = fields.group.as_deref();
            field.map(|field| Groups::key(self.rows, row, field, group_match.as_ref())).transpose()?;
            Ok(read)
        };
        self.rows.sound(read, |fault| self.reject(fault))
    }

    /// The second file, of labels, its lines that are no rows rejected; `usage` says how it is asked for.
    pub(super) fn labels(&self, usage: &str) -> Result<Rows> {
        let Some(path) = &self.options.labels else {
            return Err(Error::Usage { message: usage.to_owned() });
        };
        let labels = Rows::read_sound(path)?;
        self.rejected().extend(labels.rejected.iter().cloned());
        Ok(labels)
    }

    /// Notes the fault of a row.
    ///
    /// # Errors
    /// The fault itself, where it is not that of a row of the file or of that of the labels.
    pub(super) fn reject(&self, fault: Error) -> Result<()> {
        match fault {
            Error::Labelled { path, line: Some(line), message }
                if path == self.rows.path || Some(&path) == self.options.labels.as_ref() =>
            {
                self.rejected().push(rejection(&path, line, message));
                Ok(())
            }
            fault => Err(fault),
        }
    }

    fn rejected(&self) -> MutexGuard<'_, Vec<Rejection>> {
        self.rejected.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The label of every row by `classes` and by what `--map` adds to them; `check` looks at what else is read of a row.
    pub(super) fn labelled(
        &self,
        mut classes: Classes,
        field: &str,
        check: impl Fn(usize) -> Result<()>,
    ) -> Result<Labelled> {
        for mapping in &self.options.map {
            classes.map(mapping)?;
        }
        let class = |row: usize| {
            let class = classes.of_row(self.rows, row, field)?;
            class.map(|_| check(row)).transpose()?;
            Ok(class)
        };
        let (usable, found) = self.usable(class)?;
        let (mut rows, mut labels, mut left_out) = (vec![], vec![], BTreeMap::new());
        for (row, class) in usable.into_iter().zip(found) {
            match class {
                Some(class) => {
                    rows.push(row);
                    labels.push(class);
                }
                None => {
                    let reason = format!("label `{}`", self.rows.label(row, field)?);
                    *left_out.entry(reason).or_insert(0) += 1;
                }
            }
        }
        if rows.is_empty() {
            return Err(self.rows.file_fault("no row is left to score; see --map".to_owned()));
        }
        Ok(Labelled { classes, rows, labels, left_out })
    }

    /// The groups of the given rows: by the field that was asked for or a usual one, else `distinct` tells them apart.
    pub(super) fn groups(
        &self,
        rows: &[usize],
        distinct: (&str, &dyn Fn(usize) -> String),
    ) -> Result<Groups> {
        let by_field =
            |field: &str| Groups::of_some(self.rows, rows, field, self.options.group_match.as_ref());
        if let Some(field) = &self.options.fields.group {
            return by_field(field);
        }
        // Nobody asked for these: one that not every row has groups nothing.
        let mut usual = GROUP_FIELDS.into_iter().filter_map(|field| by_field(field).ok());
        if let Some(groups) = usual.find(|groups| groups.n() > 1) {
            return Ok(groups);
        }
        Ok(Groups::from_keys(distinct.0.to_owned(), rows.iter().map(|&row| distinct.1(row)).collect()))
    }

    /// The texts of the given rows and their groups; where no field groups them, rows of one text hang together.
    pub(super) fn texts(&self, rows: &[usize]) -> Result<(Vec<&str>, Groups)> {
        let texts = rows.iter().map(|&row| self.text(row)).collect::<Result<_>>()?;
        let text_of = |row: usize| self.text(row).unwrap_or_default().to_owned();
        Ok((texts, self.groups(rows, (&format!("equal {}", self.text_field()), &text_of))?))
    }

    fn text_field(&self) -> &str {
        self.options.fields.text.as_deref().unwrap_or("text")
    }

    /// The text of a row.
    pub(super) fn text(&self, row: usize) -> Result<&str> {
        self.rows.text(row, self.text_field())
    }

    pub(super) fn bootstrap(&self, groups: &Groups) -> Bootstrap {
        self.observer.begin("scoring", None);
        Bootstrap::new(groups, self.options.samples, self.options.seed)
    }

    /// The encoder that `compare` would use.
    pub(super) fn load_encoder(&self) -> Result<LoadedEncoder> {
        self.observer.begin("loading the model", None);
        load_encoder(self.job)
    }

    /// The encoder that `compare` would use, and its name and version.
    pub(super) fn encoder(&self) -> Result<(ModelEncoder, String)> {
        let LoadedEncoder { encoder, model, .. } = self.load_encoder()?;
        Ok((encoder, name_and_version(&model)))
    }

    /// The encoder, the verifier that goes with it, and the model's name and version.
    pub(super) fn encoder_and_verifier(&self) -> Result<(ModelEncoder, Verifier, String)> {
        let LoadedEncoder { encoder, verifier, model, .. } = self.load_encoder()?;
        Ok((encoder, verifier?, name_and_version(&model)))
    }

    /// One encoding for each text.
    pub(super) fn encode(&self, encoder: &dyn Encoder, texts: &[&str]) -> Result<Vec<Encoding>> {
        self.observer.begin("encoding", Some(texts.len()));
        encode(encoder, texts, &|n| self.observer.advance(n))
    }

    /// An evaluation with everything but figures.
    pub(super) fn evaluation(&self, task: Task, unit: &'static str, n: usize, groups: &Groups) -> Evaluation {
        let name = self.rows.path.file_name().unwrap_or(self.rows.path.as_os_str());
        Evaluation {
            task: task.name().to_owned(),
            file: name.to_string_lossy().into_owned(),
            unit,
            n,
            left_out: BTreeMap::new(),
            rejected: self.rejected().clone(),
            group: groups.field.clone(),
            n_groups: groups.n(),
            model: String::new(),
            figures: vec![],
            confusion: None,
            by_group: vec![],
            notes: vec![],
            worst: vec![],
        }
    }
}

/// The figures that every choice between classes has.
pub(super) fn add_class_figures(
    figures: &mut Figures<'_>,
    classes: &[String],
    labels: &[usize],
    confusion: &(dyn Fn(&[f64]) -> super::figures::Confusion + Sync),
) {
    figures.add("macro-F1", |weights| confusion(weights).macro_f1());
    figures.add("accuracy", |weights| confusion(weights).accuracy());
    figures.add("balanced accuracy", |weights| confusion(weights).balanced_accuracy());
    for (class, name) in classes.iter().enumerate() {
        if labels.contains(&class) {
            figures.add(&format!("F1 of {name}"), |weights| confusion(weights).f1(class));
        }
    }
}

/// "parallax-en 1.0.0".
pub(super) fn name_and_version(model: &ModelManifest) -> String {
    format!("{} {}", model.name, model.version).trim_end().to_owned()
}

/// An article for `compare`'s stages.
pub(super) fn article(id: &str, headline: &str, body: &str) -> Article {
    Article { headline: headline.to_owned(), ..Article::new(id, "", body) }
}

/// Byte offset of each character, and the text's length behind them.
pub(super) fn byte_of_char(text: &str) -> Vec<usize> {
    text.char_indices().map(|(byte, _)| byte).chain([text.len()]).collect()
}
