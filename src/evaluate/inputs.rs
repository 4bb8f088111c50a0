use std::collections::BTreeMap;

use super::Task;
use super::bootstrap::Bootstrap;
use super::classes::Classes;
use super::evaluation::{Evaluation, Figures};
use super::options::EvaluateOptions;
use super::rows::{Groups, Rows};
use crate::cluster::Verifier;
use crate::encode::{Encoder, ModelEncoder, ModelManifest, encode};
use crate::error::Result;
use crate::job::Job;
use crate::job::{LoadedEncoder, load_encoder};
use crate::pipeline::Observer;
use crate::records::{Article, Encoding};

/// Fields that rows of one group usually share. The first is taken that is there and tells at least two groups apart.
const GROUP_FIELDS: [&str; 8] =
    ["group", "outlet", "topic", "event_id", "qid", "claim_id", "article", "doc_id"];

/// What every task is handed.
pub(super) struct Inputs<'run> {
    pub rows: &'run Rows,
    pub job: &'run Job,
    pub options: &'run EvaluateOptions,
    pub observer: &'run dyn Observer,
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

impl Inputs<'_> {
    /// The label of every row by `classes` and by what `--map` adds to them.
    pub(super) fn labelled(&self, mut classes: Classes, field: &str) -> Result<Labelled> {
        for mapping in &self.options.map {
            classes.map(mapping)?;
        }
        let (mut rows, mut labels, mut left_out) = (vec![], vec![], BTreeMap::new());
        for row in 0..self.rows.len() {
            match classes.of_row(self.rows, row, field)? {
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
        let by_field = |field: &str| -> Result<Groups> {
            Ok(Groups::by_field(self.rows, field, self.options.group_match.as_ref())?.select(rows))
        };
        if let Some(field) = &self.options.fields.group {
            return by_field(field);
        }
        for field in GROUP_FIELDS.into_iter().filter(|field| self.rows.has(field)) {
            let groups = by_field(field)?;
            if groups.n() > 1 {
                return Ok(groups);
            }
        }
        Ok(Groups::from_keys(distinct.0.to_owned(), rows.iter().map(|&row| distinct.1(row)).collect()))
    }

    /// The texts of the given rows and their groups; where no field groups them, rows of one text hang together.
    pub(super) fn texts(&self, rows: &[usize]) -> Result<(Vec<&str>, Groups)> {
        let field = self.options.fields.text.as_deref().unwrap_or("text");
        let texts = rows.iter().map(|&row| self.rows.text(row, field)).collect::<Result<_>>()?;
        let text_of = |row: usize| self.rows.text(row, field).unwrap_or_default().to_owned();
        Ok((texts, self.groups(rows, (&format!("equal {field}"), &text_of))?))
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
