use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Task;
use super::evaluation::{Evaluation, Figures};
use super::figures::{adjusted_rand, b_cubed};
use super::inputs::{Inputs, article, name_and_version};
use super::rows::Groups;
use crate::encode::Encoder;
use crate::error::Result;
use crate::framing::Measures;
use crate::group::events_of;
use crate::job::LoadedEncoder;
use crate::pipeline::{Models, documents, n_matched, profiles};
use crate::read::parse_day;
use crate::records::{Article, ArticleId, Event};

/// Which articles report the same event: all articles of the file are pooled into one corpus. A row is an article with an
/// `event_id`, or an event with a list of `articles`; articles have `text` and may have `title` and `date_published` or
/// `date`.
pub(super) fn evaluate(inputs: &Inputs<'_>) -> Result<Evaluation> {
    let Labelled { articles, events, n_blank } = read(inputs)?;
    let ids: Vec<ArticleId> = articles.iter().map(|article| article.id.clone()).collect();
    let n_dated = articles.iter().filter(|article| article.date_published.is_some()).count();
    inputs.observer.begin("splitting", Some(articles.len()));
    let advance = |n| inputs.observer.advance(n);
    let corpus = documents(articles, &advance);
    let LoadedEncoder { encoder, verifier, thresholds, model, .. } = inputs.load_encoder()?;
    let measures = Measures::shipped();
    let models =
        Models { encoder: &encoder, verifier: &verifier?, thresholds: &thresholds, measures: &measures };
    inputs.observer.begin("encoding", Some(n_matched(&corpus, encoder.languages())));
    let profiles = profiles(&corpus, &models, &advance)?;
    inputs.observer.begin("grouping", None);
    let found = events_of(profiles, &inputs.job.options.group, &thresholds);

    // An article without a sentence that the model knows is in no event of `compare`: here it is one of its own.
    let members =
        found.iter().enumerate().flat_map(|(n, event)| event.articles.iter().map(move |id| (id, n)));
    let event_of: BTreeMap<&ArticleId, usize> = members.collect();
    let alone = |article: usize| found.len() + article;
    let given: Vec<usize> =
        ids.iter().enumerate().map(|(n, id)| event_of.get(id).copied().unwrap_or(alone(n))).collect();
    let groups = Groups::from_keys("event".to_owned(), events);
    let classes = &groups.of_row;
    let (precision, recall) = b_cubed(&given, classes);
    let mean = |values: &[f64], weights: &[f64]| {
        values.iter().zip(weights).map(|(value, weight)| value * weight).sum::<f64>()
            / weights.iter().sum::<f64>()
    };
    let bootstrap = inputs.bootstrap(&groups);
    let mut evaluation = inputs.evaluation(Task::Events, "article", ids.len(), &groups);
    let mut figures = Figures::new(&bootstrap, ids.len());
    figures.add("B-cubed F1", |weights| {
        let (precision, recall) = (mean(&precision, weights), mean(&recall, weights));
        2.0 * precision * recall / (precision + recall)
    });
    figures.add("B-cubed precision", |weights| mean(&precision, weights));
    figures.add("B-cubed recall", |weights| mean(&recall, weights));
    figures.add("adjusted Rand index", |weights| adjusted_rand(&given, classes, weights));
    evaluation.figures = figures.list;
    let n_given = given.iter().collect::<BTreeSet<_>>().len();
    evaluation.notes = vec![
        format!(
            "{} labelled events, {n_given} found at threshold {}; {n_dated} articles have a date.",
            groups.n(),
            inputs.job.options.group.threshold
        ),
        neighbour_note(&found, &given, classes),
    ];
    if n_blank > 0 {
        evaluation.left_out.insert("an empty text".to_owned(), n_blank);
    }
    evaluation.model = name_and_version(&model);
    Ok(evaluation)
}

/// How many neighbours an event has, and how much of what was split they bring back.
fn neighbour_note(found: &[Event], given: &[usize], labelled: &[usize]) -> String {
    let mut counts: Vec<usize> = found.iter().map(|event| event.neighbours.len()).collect();
    counts.sort_unstable();
    let median = counts.get(counts.len() / 2).copied().unwrap_or(0);
    let (mut n_split, mut n_neighbours) = (0, 0);
    for a in 0..given.len() {
        for b in (a + 1..given.len()).filter(|&b| labelled[a] == labelled[b] && given[a] != given[b]) {
            n_split += 1;
            let pair = found.get(given[a]).zip(found.get(given[b]));
            n_neighbours += usize::from(pair.is_some_and(|(a, b)| a.neighbours.contains(&b.id)));
        }
    }
    format!(
        "An event has {median} neighbours (median); of {n_split} pairs of one labelled event that were split, \
         {n_neighbours} are in neighbouring events."
    )
}

/// The articles of the file.
struct Labelled {
    articles: Vec<Article>,
    /// The event of each.
    events: Vec<String>,
    /// Articles without a text, which `compare` rejects.
    n_blank: usize,
}

/// Fields that hold the day of publication, as `compare` knows them.
const DATE_FIELDS: [&str; 2] = ["date_published", "date"];

/// The first of the fields that is there; empty where none is.
fn first_of<'row>(text: &impl Fn(&str) -> Option<&'row str>, fields: [&str; 2]) -> &'row str {
    fields.into_iter().find_map(text).unwrap_or_default()
}

fn read(inputs: &Inputs<'_>) -> Result<Labelled> {
    let mut corpus = Labelled { articles: vec![], events: vec![], n_blank: 0 };
    let label_field = inputs.options.fields.label.as_deref().unwrap_or("event_id");
    let (_, found) = inputs.usable(|row| Ok((inputs.rows.label(row, label_field)?, told(inputs, row)?)))?;
    let (mut seen, mut n_blank): (BTreeMap<String, usize>, usize) = (BTreeMap::new(), 0);
    for (event, told) in found {
        let mut push = |title: &str, text: &str, date: &str| {
            // As unique as the ids of a corpus are.
            let position = *seen.entry(event.clone()).and_modify(|n| *n += 1).or_insert(0);
            // As in `compare`, a date that is not understood is none.
            let date_published = parse_day(date).unwrap_or_default();
            let id = format!("{event}-{position}");
            corpus.articles.push(Article { date_published, ..article(&id, title, text) });
            corpus.events.push(event.clone());
        };
        for [title, text, date] in told {
            match text.trim().is_empty() {
                true => n_blank += 1,
                false => push(title, text, date),
            }
        }
    }
    Ok(Labelled { n_blank, ..corpus })
}

/// Title, text and date of each article of a row.
fn told<'run>(inputs: &Inputs<'run>, row: usize) -> Result<Vec<[&'run str; 3]>> {
    let text_field = inputs.options.fields.text.as_deref().unwrap_or("text");
    if inputs.rows.get(row, "articles").is_none() {
        let rows = inputs.rows;
        let text = |field: &str| rows.get(row, field).and_then(Value::as_str);
        let date = first_of(&text, DATE_FIELDS);
        return Ok(vec![[text("title").unwrap_or_default(), rows.text(row, text_field)?, date]]);
    }
    let of_event = |article: &'run Value| {
        let text = |field: &str| article.get(field).and_then(Value::as_str);
        let words = text(text_field)
            .ok_or_else(|| inputs.rows.fault(row, format!("an entry of `articles` has no `{text_field}`")))?;
        Ok([text("title").unwrap_or_default(), words, first_of(&text, DATE_FIELDS)])
    };
    inputs.rows.list(row, "articles")?.iter().map(of_event).collect()
}
