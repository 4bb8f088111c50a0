use super::Task;
use super::classes::Classes;
use super::evaluation::{ConfusionTable, Evaluation, Figures};
use super::figures::{Confusion, Spearman, pearson};
use super::inputs::{Inputs, add_class_figures, byte_of_char};
use crate::encode::Encoder;
use crate::error::{Error, Result};
use crate::records::{Sentiment, Span};

const NAMES: [&str; 3] = ["negative", "neutral", "positive"];

/// The sentiment of texts, or toward a target where the rows have `start` and `end`, its characters counted from 0. Where
/// they have a `score` as well, the correlation with it.
pub(super) fn evaluate(inputs: &Inputs<'_>) -> Result<Evaluation> {
    let fields = &inputs.options.fields;
    let (start, end) = (fields.start.as_deref().unwrap_or("start"), fields.end.as_deref().unwrap_or("end"));
    let classes = Classes::new(
        &NAMES,
        &[("neg", "negative"), ("-1", "negative"), ("neu", "neutral"), ("pos", "positive")],
    );
    let toward_target = inputs.rows.has(start) && inputs.rows.has(end);
    // Every field is read before the encoder runs, so that a fault costs no minutes.
    let check = |row: usize| {
        let text = inputs.text(row)?;
        if toward_target {
            target(inputs, row, text, start, end)?;
        }
        if inputs.rows.has("score") {
            inputs.rows.number(row, "score")?;
        }
        Ok(())
    };
    let labelled = inputs.labelled(classes, fields.label.as_deref().unwrap_or("label"), check)?;
    let (texts, groups) = inputs.texts(&labelled.rows)?;
    let rows = || labelled.rows.iter().zip(&texts);
    let targets = toward_target.then(|| {
        rows()
            .map(|(&row, text)| Ok((*text, target(inputs, row, text, start, end)?)))
            .collect::<Result<Vec<_>>>()
    });
    let targets = targets.transpose()?;
    let scores = inputs
        .rows
        .has("score")
        .then(|| rows().map(|(&row, _)| inputs.rows.number(row, "score")).collect::<Result<Vec<f64>>>());
    let scores = scores.transpose()?;

    let (encoder, model) = inputs.encoder()?;
    let of_texts = of_texts(inputs, &encoder, &texts)?;
    let of_targets = targets.map(|targets| of_targets(inputs, &encoder, &targets)).transpose()?;
    // What the model cannot see is seen only now.
    let is_read = |&at: &usize| of_targets.as_ref().is_none_or(|all| all[at].is_some());
    let (read, unread): (Vec<usize>, Vec<usize>) = (0..texts.len()).partition(is_read);
    let message = "the target lies behind the last token that the model reads; shorten the text";
    let fault = |&at: &usize| inputs.rows.fault(labelled.rows[at], message.to_owned());
    if let (true, Some(first)) = (read.is_empty(), unread.first()) {
        return Err(fault(first));
    }
    unread.iter().try_for_each(|at| inputs.reject(fault(at)))?;
    let groups = groups.select(&read);
    let labels = &read.iter().map(|&at| labelled.labels[at]).collect::<Vec<usize>>();
    let of_texts: Vec<Sentiment> = read.iter().map(|&at| of_texts[at]).collect();
    let of_targets: Option<Vec<Sentiment>> =
        of_targets.map(|all| read.iter().filter_map(|&at| all[at]).collect());
    let scores = scores.map(|scores| read.iter().map(|&at| scores[at]).collect::<Vec<f64>>());
    let bootstrap = inputs.bootstrap(&groups);
    let mut figures = Figures::new(&bootstrap, labels.len());
    let given_texts: Vec<usize> = of_texts.iter().map(class).collect();
    let given: Vec<usize> =
        of_targets.as_ref().map_or(given_texts.clone(), |all| all.iter().map(class).collect());
    let confusion = |weights: &[f64]| Confusion::new(labels, &given, weights, NAMES.len());
    add_class_figures(&mut figures, &labelled.classes.names, labels, &confusion);
    if of_targets.is_some() {
        let of_texts = |weights: &[f64]| Confusion::new(labels, &given_texts, weights, NAMES.len());
        figures
            .add_baseline("macro-F1 of the whole text's sentiment", |weights| of_texts(weights).macro_f1());
    }
    if let Some(scores) = scores {
        add_correlations(&scores, of_targets.as_ref().unwrap_or(&of_texts), &mut figures);
    }

    let mut evaluation = inputs.evaluation(Task::Sentiment, "text", labels.len(), &groups);
    evaluation.figures = figures.list;
    evaluation.confusion = Some(ConfusionTable::new(&labelled.classes.names, labels, &given));
    evaluation.left_out = labelled.left_out;
    evaluation.notes.push(match toward_target {
        true => format!("Toward the target that `{start}` and `{end}` mark."),
        false => "Of the text as a whole.".to_owned(),
    });
    evaluation.model = model;
    Ok(evaluation)
}

fn of_texts(inputs: &Inputs<'_>, encoder: &dyn Encoder, texts: &[&str]) -> Result<Vec<Sentiment>> {
    let encodings = inputs.encode(encoder, texts)?;
    let sentiment = encodings.iter().map(|encoding| encoding.sentiment).collect::<Option<Vec<Sentiment>>>();
    sentiment.ok_or_else(|| Error::Usage {
        message:
            "the model has no sentiment head; use parallax-en, or a model with heads/sentiment.safetensors"
                .to_owned(),
    })
}

fn of_targets(
    inputs: &Inputs<'_>,
    encoder: &dyn Encoder,
    mentions: &[(&str, Span)],
) -> Result<Vec<Option<Sentiment>>> {
    inputs.observer.begin("reading targets", Some(mentions.len()));
    let sentiments = encoder.target_sentiment(mentions, &|n| inputs.observer.advance(n))?;
    if sentiments.iter().all(Option::is_none) {
        let message = "the model has no head for the sentiment toward a target; use parallax-en, or name fields that do \
                       not exist with --start and --end to score whole texts";
        return Err(Error::Usage { message: message.to_owned() });
    }
    Ok(sentiments)
}

fn target(inputs: &Inputs<'_>, row: usize, text: &str, start: &str, end: &str) -> Result<Span> {
    let bytes = byte_of_char(text);
    let byte = |field: &str| -> Result<Option<usize>> {
        let offset = inputs.rows.number(row, field)?;
        Ok(bytes.get(offset as usize).copied().filter(|_| offset >= 0.0 && offset.fract() == 0.0))
    };
    match (byte(start)?, byte(end)?) {
        (Some(start), Some(end)) if start < end => Ok(Span::new(start, end)),
        _ => {
            let n = bytes.len() - 1;
            let message = format!(
                "`{start}` and `{end}` are no stretch of the text, which has {n} characters; count characters, not bytes, from 0"
            );
            Err(inputs.rows.fault(row, message))
        }
    }
}

fn add_correlations(scores: &[f64], sentiment: &[Sentiment], figures: &mut Figures<'_>) {
    let given: Vec<f64> = sentiment.iter().map(|sentiment| f64::from(sentiment.score())).collect();
    let ranks = Spearman::new(&given, scores);
    figures.add("Pearson's r with `score`", |weights| pearson(&given, scores, weights));
    figures.add("Spearman's r with `score`", |weights| ranks.correlation(weights));
}

/// The likeliest class; of equals the first.
fn class(sentiment: &Sentiment) -> usize {
    let shares = [sentiment.negative, sentiment.neutral, sentiment.positive];
    (1..3).fold(0, |best, class| if shares[class] > shares[best] { class } else { best })
}
