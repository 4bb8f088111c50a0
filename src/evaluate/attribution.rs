use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde_json::Value;

use super::Task;
use super::evaluation::{Evaluation, Figures};
use super::figures::{Confusion, Overlap};
use super::inputs::{Inputs, article, byte_of_char};
use super::rows::Rows;
use crate::annotate::annotate;
use crate::clean::clean;
use crate::error::Result;
use crate::records::{Annotations, QuotationKind, Sentence, Span, Voice};
use crate::split::split;

const PARTS: [&str; 3] = ["source", "cue", "content"];

/// The spans of one part (all sources, say) of an article: a list for each attribution.
type Spans = Vec<Vec<Span>>;

/// What was found in one article beside what is labelled.
struct Scored {
    /// Sentences by whether an attribution is labelled in them and whether one was found: `[labelled][found]`.
    sentences: [[f64; 2]; 2],
    /// For each of [`PARTS`]: spans that meet a span.
    spans: [Overlap; 3],
    /// For each of [`PARTS`]: characters that both have.
    characters: [Overlap; 3],
    /// Sources that sentences without one were given from beside them.
    carried: Overlap,
    /// Bytes in direct quotations, and labelled bytes of content that begins and ends with a double quotation mark.
    quoted: Overlap,
}

/// Who is named as the source of what. The articles' attributions are in a field `attributions` (a list of objects with
/// `source`, `cue` and `content`, each a list of `start` and `end` in characters), or a row each in the file beside this
/// one that has `_attributions` where this one has `_articles`, tied by `doc_id`.
pub(super) fn evaluate(inputs: &Inputs<'_>) -> Result<Evaluation> {
    let labelled = labelled(inputs)?;
    inputs.observer.begin("annotating", Some(inputs.rows.len()));
    let (rows, scored) = inputs.usable(|row| {
        inputs.observer.advance(1);
        score(inputs, row, &labelled(row)?)
    })?;
    let groups = inputs.groups(&rows, ("row", &|row| row.to_string()))?;
    let bootstrap = inputs.bootstrap(&groups);
    let mut evaluation = inputs.evaluation(Task::Attribution, "article", rows.len(), &groups);
    let mut figures = Figures::new(&bootstrap, rows.len());
    let sentences = |weights: &[f64]| {
        let mut counts = vec![vec![0.0; 2]; 2];
        for (row, weight) in scored.iter().zip(weights) {
            for (label, given) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                counts[label][given] += weight * row.sentences[label][given];
            }
        }
        Confusion { counts }
    };
    figures.add("sentence F1", |weights| sentences(weights).f1(1));
    figures.add("sentence precision", |weights| sentences(weights).precision(1));
    figures.add("sentence recall", |weights| sentences(weights).recall(1));
    figures.add("sentence macro-F1", |weights| sentences(weights).macro_f1());
    for (part, name) in PARTS.into_iter().enumerate() {
        let spans: Vec<Overlap> = scored.iter().map(|row| row.spans[part]).collect();
        let characters: Vec<Overlap> = scored.iter().map(|row| row.characters[part]).collect();
        figures.add(&format!("{name} span-overlap F1"), |weights| Overlap::sum(&spans, weights).f1());
        figures.add(&format!("{name} span precision"), |weights| Overlap::sum(&spans, weights).precision());
        figures.add(&format!("{name} span recall"), |weights| Overlap::sum(&spans, weights).recall());
        figures.add(&format!("{name} character F1"), |weights| Overlap::sum(&characters, weights).f1());
    }
    let carried: Vec<Overlap> = scored.iter().map(|row| row.carried).collect();
    let quoted: Vec<Overlap> = scored.iter().map(|row| row.quoted).collect();
    figures.add("carried source precision", |weights| Overlap::sum(&carried, weights).precision());
    figures.add("carried source recall", |weights| Overlap::sum(&carried, weights).recall());
    figures.add("voice: quotation that is content", |weights| Overlap::sum(&quoted, weights).precision());
    figures.add("voice: quoted content found", |weights| Overlap::sum(&quoted, weights).recall());
    evaluation.figures = figures.list;
    let total = |[[a, b], [c, d]]: [[f64; 2]; 2]| a + b + c + d;
    evaluation.notes = vec![
        format!(
            "{} sentences. A sentence has an attribution where a labelled cue starts in it; a span is right where it meets a \
             labelled span of the same part.",
            scored.iter().map(|row| total(row.sentences)).sum::<f64>(),
        ),
        "A source is carried to a sentence that is quoted throughout and has no attribution of its own; it is right where it meets \
         a labelled source whose content reaches into the sentence, and recall is over the sentences that have one. Such a \
         sentence has no cue, so it does not count for the sentence figures."
            .to_owned(),
        "Voice: of the bytes in direct quotations, the share that is labelled as content; of labelled content between double \
         quotation marks, the share that is in direct quotations."
            .to_owned(),
        "No kinds are labelled (direct or indirect, neutral or doubting), so none are scored.".to_owned(),
        "Of an article that several people labelled, the first one's labels are taken.".to_owned(),
    ];
    Ok(evaluation)
}

/// Gives the attributions of an article: source, cue and content of each.
type OfRow<'run> = Box<dyn Fn(usize) -> Result<Vec<Value>> + 'run>;

fn labelled<'run>(inputs: &'run Inputs<'_>) -> Result<OfRow<'run>> {
    if inputs.rows.has("attributions") {
        return Ok(Box::new(|row| Ok(inputs.rows.list(row, "attributions")?.to_vec())));
    }
    let path = beside(inputs.rows)?;
    let rows = Rows::read(&path)?;
    let mut of_article: BTreeMap<String, Vec<(Value, Value)>> = BTreeMap::new();
    for row in 0..rows.len() {
        let parts = PARTS.iter().map(|part| Ok((part.to_string(), rows.value(row, part)?.clone())));
        let parts = Value::Object(parts.collect::<Result<_>>()?);
        let annotator = rows.get(row, "annotator").cloned().unwrap_or_default();
        of_article.entry(rows.label(row, "doc_id")?).or_default().push((annotator, parts));
    }
    Ok(Box::new(move |row| {
        let mut all = of_article.get(&inputs.rows.label(row, "doc_id")?).cloned().unwrap_or_default();
        if let Some((first, _)) = all.first().cloned() {
            all.retain(|(annotator, _)| *annotator == first);
        }
        Ok(all.into_iter().map(|(_, parts)| parts).collect())
    }))
}

fn beside(rows: &Rows) -> Result<PathBuf> {
    let name = rows.path.file_name().unwrap_or_default().to_string_lossy();
    let path = rows.path.with_file_name(name.replacen("_articles", "_attributions", 1));
    match name.contains("_articles") && path.exists() {
        true => Ok(path),
        false => Err(rows.file_fault(
            "the rows have no field `attributions`, and there is no file beside this one whose name has `_attributions` in \
             place of `_articles`"
                .to_owned(),
        )),
    }
}

fn score(inputs: &Inputs<'_>, row: usize, labelled: &[Value]) -> Result<Scored> {
    let text = inputs.text(row)?;
    let bytes = byte_of_char(text);
    let owned = owned(labelled, &bytes);
    let labelled: [Spans; 3] = {
        let of_part = |part: &str| -> Result<Spans> {
            let spans = labelled.iter().map(|parts| spans(parts.get(part), &bytes));
            let spans = spans.collect::<Option<Spans>>().ok_or_else(|| {
                inputs
                    .rows
                    .fault(row, format!("`{part}` is no list of start and end in characters of the text"))
            })?;
            Ok(spans.into_iter().filter(|spans| !spans.is_empty()).collect())
        };
        [of_part(PARTS[0])?, of_part(PARTS[1])?, of_part(PARTS[2])?]
    };
    let article = article("", "", text);
    let sentences = split(&article, &clean(&article));
    let annotations = annotate(&article, &sentences);
    let (mut given, mut counts) = ([vec![], vec![], vec![]], [[0.0; 2]; 2]);
    for (sentence, annotations) in sentences.iter().zip(&annotations) {
        let starts_here =
            |cue: &Vec<Span>| sentence.bytes.start <= cue[0].start && cue[0].start < sentence.bytes.end;
        let is_labelled = labelled[1].iter().any(starts_here);
        counts[usize::from(is_labelled)][usize::from(annotations.attribution.is_some())] += 1.0;
        for attribution in &annotations.attributions {
            let shifted = |spans: &[Span]| -> Vec<Span> {
                spans.iter().map(|span| span.shifted(sentence.bytes.start)).collect()
            };
            given[0].extend(attribution.source.map(|source| shifted(&[source])));
            given[1].push(shifted(&[attribution.cue]));
            given[2].extend(Some(shifted(&attribution.content)).filter(|content| !content.is_empty()));
        }
    }
    Ok(Scored {
        carried: carried(&owned, &sentences, &annotations),
        quoted: quoted(text, &labelled[2], &sentences, &annotations),
        sentences: counts,
        spans: std::array::from_fn(|part| meeting(&given[part], &labelled[part])),
        characters: std::array::from_fn(|part| shared_characters(&given[part], &labelled[part])),
    })
}

/// The sources of each labelled attribution that has any, and its content.
fn owned(labelled: &[Value], bytes: &[usize]) -> Vec<(Vec<Span>, Vec<Span>)> {
    let part = |parts: &Value, name: &str| spans(parts.get(name), bytes).unwrap_or_default();
    let all = labelled.iter().map(|parts| (part(parts, "source"), part(parts, "content")));
    all.filter(|(source, _)| !source.is_empty()).collect()
}

/// Carried sources against the labelled ones whose content reaches into the sentence.
fn carried(owned: &[(Vec<Span>, Vec<Span>)], sentences: &[Sentence], annotations: &[Annotations]) -> Overlap {
    let mut overlap = Overlap::default();
    for (sentence, annotations) in sentences.iter().zip(annotations) {
        if annotations.voice != Voice::Quotation || annotations.attribution.is_some() {
            continue;
        }
        let reaches = |content: &Span| content.overlaps(&sentence.bytes);
        let owners = owned.iter().filter(|(_, content)| content.iter().any(reaches));
        let sources: Vec<Span> = owners.flat_map(|(source, _)| source.clone()).collect();
        let given = annotations
            .carried
            .and_then(|carried| Some(carried.source.shifted(sentences.get(carried.sentence)?.bytes.start)));
        let right = given.is_some_and(|given| sources.iter().any(|source| source.overlaps(&given)));
        overlap.given += f64::from(u8::from(given.is_some()));
        overlap.labelled += f64::from(u8::from(!sources.is_empty()));
        overlap.given_right += f64::from(u8::from(right));
        overlap.labelled_found += f64::from(u8::from(right));
    }
    overlap
}

/// Direct quotations against labelled content: all of it for precision, that between double quotation marks for recall.
fn quoted(text: &str, content: &Spans, sentences: &[Sentence], annotations: &[Annotations]) -> Overlap {
    let bytes = |spans: &mut dyn Iterator<Item = Span>| -> BTreeSet<usize> {
        spans.flat_map(|span| span.start..span.end).collect()
    };
    let given = bytes(&mut sentences.iter().zip(annotations).flat_map(|(sentence, annotations)| {
        let direct =
            annotations.quotations.iter().filter(|quotation| quotation.kind == QuotationKind::Direct);
        direct.map(|quotation| quotation.span.shifted(sentence.bytes.start))
    }));
    let is_quoted = |span: &Span| {
        let words = span.slice(text).trim();
        words.len() > 6 && words.starts_with(['"', '“']) && words.ends_with(['"', '”'])
    };
    let all = bytes(&mut content.iter().flatten().copied());
    let quoted = bytes(&mut content.iter().flatten().copied().filter(is_quoted));
    Overlap {
        given_right: given.intersection(&all).count() as f64,
        given: given.len() as f64,
        labelled_found: quoted.intersection(&given).count() as f64,
        labelled: quoted.len() as f64,
    }
}

fn spans(part: Option<&Value>, bytes: &[usize]) -> Option<Vec<Span>> {
    let Some(part) = part.filter(|part| !part.is_null()) else { return Some(vec![]) };
    let offset =
        |value: &Value, field: &str| bytes.get(usize::try_from(value.get(field)?.as_u64()?).ok()?).copied();
    let span = |value: &Value| Some(Span::new(offset(value, "start")?, offset(value, "end")?));
    part.as_array()?.iter().map(span).collect()
}

/// A list of parts meets another where any two of their spans overlap.
fn meeting(given: &Spans, labelled: &Spans) -> Overlap {
    let meets = |a: &[Span], b: &[Span]| a.iter().any(|a| b.iter().any(|b| a.overlaps(b)));
    Overlap {
        given_right: given
            .iter()
            .filter(|given| labelled.iter().any(|labelled| meets(given, labelled)))
            .count() as f64,
        given: given.len() as f64,
        labelled_found: labelled
            .iter()
            .filter(|labelled| given.iter().any(|given| meets(given, labelled)))
            .count() as f64,
        labelled: labelled.len() as f64,
    }
}

fn shared_characters(given: &Spans, labelled: &Spans) -> Overlap {
    let bytes = |spans: &Spans| -> BTreeSet<usize> {
        spans.iter().flatten().flat_map(|span| span.start..span.end).collect()
    };
    let (given, labelled) = (bytes(given), bytes(labelled));
    let both = given.intersection(&labelled).count() as f64;
    Overlap {
        given_right: both,
        given: given.len() as f64,
        labelled_found: both,
        labelled: labelled.len() as f64,
    }
}
