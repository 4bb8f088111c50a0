use super::Task;
use super::classes::Classes;
use super::evaluation::{ConfusionTable, Evaluation, Figures};
use super::figures::Confusion;
use super::inputs::{Inputs, add_class_figures};
use super::pairs::Pairs;
use crate::error::Result;
use crate::records::Relation;

const RELATIONS: [Relation; 3] = [Relation::Same, Relation::Partial, Relation::Conflicting];

/// How pairs of texts relate. What is no match for `compare` is `partial`.
pub(super) fn evaluate(inputs: &Inputs<'_>) -> Result<Evaluation> {
    let names = RELATIONS.map(Relation::as_str);
    let classes = Classes::new(
        &names,
        &[
            ("entailment", "same"),
            ("match", "same"),
            ("equivalent", "same"),
            ("neutral", "partial"),
            ("other_instance", "partial"),
            ("related", "partial"),
            ("contradiction", "conflicting"),
        ],
    );
    let field = inputs.options.fields.label.as_deref().unwrap_or("label");
    let labelled = inputs.labelled(classes, field, |row| Pairs::check(inputs, row))?;
    let pairs = Pairs::of_rows(inputs, &labelled.rows)?;
    let (scored, model) = pairs.verify(inputs)?;
    let given: Vec<usize> =
        scored.iter().map(|pair| inputs.job.options.cluster.relation(pair) as usize).collect();
    let labels = &labelled.labels;

    let mut evaluation = inputs.evaluation(Task::Relations, "pair", labels.len(), &pairs.groups);
    let bootstrap = inputs.bootstrap(&pairs.groups);
    let mut figures = Figures::new(&bootstrap, labels.len());
    let confusion = |weights: &[f64]| Confusion::new(labels, &given, weights, RELATIONS.len());
    add_class_figures(&mut figures, &labelled.classes.names, labels, &confusion);
    evaluation.figures = figures.list;
    evaluation.confusion = Some(ConfusionTable::new(&labelled.classes.names, labels, &given));
    evaluation.left_out = labelled.left_out;
    evaluation.notes = vec![
        "A pair that `compare` would not match is given `partial`. Means are over the relations that are labelled.".to_owned(),
    ];
    evaluation.model = model;
    Ok(evaluation)
}
