//! Tasks with two classes: does a text have the property or not.

use super::Task;
use super::classes::Classes;
use super::evaluation::{ConfusionTable, Evaluation, Figures, GroupFigure};
use super::figures::{Confusion, Ranking};
use super::inputs::{Inputs, add_class_figures, name_and_version};
use super::rows::Groups;
use crate::annotate::{certainty as certainty_of, loaded_language as loaded_language_of, loaded_words};
use crate::encode::{OutletMask, hide_names};
use crate::error::{Error, Result};
use crate::pipeline::{head_of, unmasked};
use crate::records::{Encoding, Masked};

/// For each text how far it has the property, in [0, 1]; with the model's name and version.
type Score<'run> = dyn Fn(&[&str], &Groups) -> Result<(Vec<f32>, String)> + 'run;

/// What a task is about and how it is scored.
struct Detection<'run> {
    task: Task,
    /// The negative class, then the positive one.
    classes: [&'static str; 2],
    /// Further labels with their classes.
    labels: &'static [(&'static str, &'static str)],
    /// The label's field, where it is not `label`.
    label_field: &'static str,
    score: &'run Score<'run>,
    /// Texts with at least this score are given the positive class.
    threshold: f32,
    notes: Vec<String>,
}

const LOADED: [&str; 2] = ["not loaded", "loaded"];
const LOADED_LABELS: &[(&str, &str)] = &[
    ("0", "not loaded"),
    ("false", "not loaded"),
    ("plain", "not loaded"),
    ("non-biased", "not loaded"),
    ("1", "loaded"),
    ("true", "loaded"),
    ("biased", "loaded"),
];

/// Whether a text is loaded: by the head `loaded_language` where the user brings one, else by the shipped measure.
pub(super) fn loaded_language(inputs: &Inputs<'_>) -> Result<Evaluation> {
    if inputs.job.heads.contains_key("loaded_language") {
        return by_head(inputs, Task::LoadedLanguage, "loaded_language", LOADED, LOADED_LABELS, "label_bias");
    }
    let score = |texts: &[&str], groups: &Groups| shipped_loaded_language(inputs, texts, groups);
    let notes = vec![
        "By the shipped measure: the word list and the head heads/loaded_language.safetensors; loaded is given from 0.5."
            .to_owned(),
        "Where the rows are grouped by `outlet`, the outlets' names are masked in the texts.".to_owned(),
    ];
    Detection {
        task: Task::LoadedLanguage,
        classes: LOADED,
        labels: LOADED_LABELS,
        label_field: "label_bias",
        score: &score,
        threshold: 0.5,
        notes,
    }
    .evaluate(inputs)
}

fn shipped_loaded_language(
    inputs: &Inputs<'_>,
    texts: &[&str],
    groups: &Groups,
) -> Result<(Vec<f32>, String)> {
    let (encoder, model) = inputs.encoder()?;
    let encodings = inputs.encode(&encoder, texts)?;
    let names = if groups.field == "outlet" { groups.names.as_slice() } else { &[] };
    let mask =
        OutletMask::new(names.iter().map(String::as_str)).map_err(|message| Error::Usage { message })?;
    let pairs: Vec<(&str, &Encoding)> = texts.iter().copied().zip(&encodings).collect();
    let masked = hide_names(&encoder, &mask, &pairs)?;
    let score = |((text, encoding), masked): (&(&str, &Encoding), &Option<Masked>)| {
        let masked = masked.as_ref();
        let listed = unmasked(&loaded_words(text), masked);
        let head = head_of(encoding, masked)?;
        Some(loaded_language_of(&listed, head, &encoding.words.spans).score)
    };
    let scores: Option<Vec<f32>> = pairs.iter().zip(&masked).map(score).collect();
    let scores = scores.ok_or_else(|| Error::Usage {
        message: "the model has no head for loaded language; use parallax-en, or give a head of your own with --head \
                  loaded_language=DIR"
            .to_owned(),
    })?;
    Ok((scores, model))
}

/// Whether a text makes a claim that can be checked, by the head `checkability`.
pub(super) fn checkability(inputs: &Inputs<'_>) -> Result<Evaluation> {
    let labels = &[
        ("0", "not checkable"),
        ("false", "not checkable"),
        ("no", "not checkable"),
        ("1", "checkable"),
        ("true", "checkable"),
        ("yes", "checkable"),
    ];
    by_head(inputs, Task::Checkability, "checkability", ["not checkable", "checkable"], labels, "label")
}

/// Whether a text is hedged: a certainty below 1.
pub(super) fn certainty(inputs: &Inputs<'_>) -> Result<Evaluation> {
    let score = |texts: &[&str], _: &Groups| {
        Ok((texts.iter().map(|text| 1.0 - certainty_of(text).score).collect(), String::new()))
    };
    Detection {
        task: Task::Certainty,
        classes: ["certain", "uncertain"],
        labels: &[
            ("0", "certain"),
            ("false", "certain"),
            ("1", "uncertain"),
            ("true", "uncertain"),
            ("hedged", "uncertain"),
        ],
        label_field: "label",
        score: &score,
        threshold: f32::MIN_POSITIVE,
        notes: vec![
            "A text counts as uncertain where its certainty is below 1, that is where a hedge was found."
                .to_owned(),
        ],
    }
    .evaluate(inputs)
}

/// By the probability that a head which the user brought gives to its last class.
fn by_head(
    inputs: &Inputs<'_>,
    task: Task,
    name: &'static str,
    classes: [&'static str; 2],
    labels: &'static [(&'static str, &'static str)],
    label_field: &'static str,
) -> Result<Evaluation> {
    if !inputs.job.heads.contains_key(name) {
        let message = format!(
            "{task} is scored by a head, and none ships; give one with --head {name}=DIR (`parallax models train-head \
             {task} FILE --out DIR` makes one)",
            task = task.name()
        );
        return Err(Error::Usage { message });
    }
    let loaded = inputs.load_encoder()?;
    let Some(measure) = loaded.measures.heads().iter().position(|measure| measure == name) else {
        let message =
            format!("the head {name} has more than two classes; {} needs one with two", task.name());
        return Err(Error::Usage { message });
    };
    let score = |texts: &[&str], _: &Groups| {
        let encodings = inputs.encode(&loaded.encoder, texts)?;
        let scores = encodings.iter().map(|encoding| encoding.scores[measure].value).collect();
        Ok((scores, name_and_version(&loaded.model)))
    };
    let file = inputs.rows.sha256.as_str();
    let trained_here = loaded
        .heads
        .iter()
        .any(|head| head.training.get("file_sha256").and_then(|hash| hash.as_str()) == Some(file));
    let mut notes = vec![format!("{} is given from a probability of 0.5.", classes[1])];
    if trained_here {
        notes.push(
            "The head was trained on this very file: these are no figures on unseen data. Those are in its card, from \
             cross-validation."
                .to_owned(),
        );
    }
    Detection { task, classes, labels, label_field, score: &score, threshold: 0.5, notes }.evaluate(inputs)
}

impl Detection<'_> {
    fn evaluate(self, inputs: &Inputs<'_>) -> Result<Evaluation> {
        let fields = &inputs.options.fields;
        let usual = if inputs.rows.has(self.label_field) { self.label_field } else { "label" };
        let classes = Classes::new(&self.classes, self.labels);
        let field = fields.label.as_deref().unwrap_or(usual);
        let labelled = inputs.labelled(classes, field, |row| inputs.text(row).map(|_| ()))?;
        let (texts, groups) = inputs.texts(&labelled.rows)?;
        let (scores, model) = (self.score)(&texts, &groups)?;
        let labels = &labelled.labels;
        let given: Vec<usize> = scores.iter().map(|&score| usize::from(score >= self.threshold)).collect();
        let scores: Vec<f64> = scores.into_iter().map(f64::from).collect();
        let is_positive: Vec<bool> = labels.iter().map(|&class| class == 1).collect();
        let ranking = Ranking::new(&scores, &is_positive);

        let bootstrap = inputs.bootstrap(&groups);
        let mut evaluation = inputs.evaluation(self.task, "text", texts.len(), &groups);
        let mut figures = Figures::new(&bootstrap, texts.len());
        let confusion = |weights: &[f64]| Confusion::new(labels, &given, weights, 2);
        add_class_figures(&mut figures, &labelled.classes.names, labels, &confusion);
        let positive = self.classes[1];
        figures.add(&format!("precision of {positive}"), |weights| confusion(weights).precision(1));
        figures.add(&format!("recall of {positive}"), |weights| confusion(weights).recall(1));
        figures.add("AUC", |weights| ranking.auc(weights));
        evaluation.figures = figures.list;
        evaluation.confusion = Some(ConfusionTable::new(&labelled.classes.names, labels, &given));
        evaluation.by_group = match self.task {
            Task::LoadedLanguage => by_group(&groups, labels, &given),
            _ => vec![],
        };
        evaluation.left_out = labelled.left_out;
        evaluation.notes = self.notes;
        evaluation.model = model;
        Ok(evaluation)
    }
}

/// macro-F1 within each group, the largest group first.
fn by_group(groups: &Groups, labels: &[usize], given: &[usize]) -> Vec<GroupFigure> {
    let of_group = |group: usize| {
        let weights: Vec<f64> =
            groups.of_row.iter().map(|&of_row| if of_row == group { 1.0 } else { 0.0 }).collect();
        let rows = || groups.of_row.iter().zip(labels).filter(|(of_row, _)| **of_row == group);
        let (n, n_positive) = (rows().count(), rows().filter(|(_, label)| **label == 1).count());
        let macro_f1 = Confusion::new(labels, given, &weights, 2).macro_f1();
        let has_both = n_positive > 0 && n_positive < n;
        GroupFigure {
            group: groups.names[group].clone(),
            n,
            n_positive,
            macro_f1: has_both.then_some(macro_f1),
        }
    };
    let mut figures: Vec<GroupFigure> = (0..groups.n()).map(of_group).collect();
    figures.sort_by(|a, b| b.n.cmp(&a.n).then_with(|| a.group.cmp(&b.group)));
    figures
}
