use super::Task;
use super::classes::Classes;
use super::evaluation::{ConfusionTable, Evaluation, Figures};
use super::figures::Confusion;
use super::inputs::{Inputs, add_class_figures};
use crate::error::Result;
use crate::pipeline::annotate_whole;
use crate::records::QuotationKind;

const KINDS: [QuotationKind; 3] = [QuotationKind::Direct, QuotationKind::Scare, QuotationKind::Title];

/// What the first quotation marks of each text are for: direct speech, distance or a title.
pub(super) fn evaluate(inputs: &Inputs<'_>) -> Result<Evaluation> {
    let classes = Classes::new(&[KINDS.map(QuotationKind::as_str).as_slice(), &["none"]].concat(), &[]);
    let field = inputs.options.fields.label.as_deref().unwrap_or("label");
    let labelled = inputs.labelled(classes, field, |row| inputs.text(row).map(|_| ()))?;
    let (texts, groups) = inputs.texts(&labelled.rows)?;
    let given: Vec<usize> = texts.iter().map(|text| class(text)).collect();
    let bootstrap = inputs.bootstrap(&groups);
    let mut figures = Figures::new(&bootstrap, texts.len());
    let labels = &labelled.labels;
    let confusion = |weights: &[f64]| Confusion::new(labels, &given, weights, KINDS.len() + 1);
    add_class_figures(&mut figures, &labelled.classes.names, labels, &confusion);
    let mut evaluation = inputs.evaluation(Task::Quotations, "text", texts.len(), &groups);
    evaluation.figures = figures.list;
    evaluation.confusion = Some(ConfusionTable::new(&labelled.classes.names, labels, &given));
    evaluation.left_out = labelled.left_out;
    evaluation.notes = vec!["`none`: no quotation marks were found in the text.".to_owned()];
    Ok(evaluation)
}

/// Position in [`KINDS`], or behind them where nothing is quoted.
fn class(text: &str) -> usize {
    let first = annotate_whole(text).quotations.first().map(|quotation| quotation.kind);
    first.and_then(|kind| KINDS.iter().position(|known| *known == kind)).unwrap_or(KINDS.len())
}
