//! Pairs of sentences of one claim with the differences that readers would note down: how many of the rows of `framing` are among them, and how
//! many of them are found.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Task;
use super::claims_in_events::{articles, given_events, no_article};
use super::evaluation::{Evaluation, Figure, Figures, WorstPair};
use super::inputs::{Inputs, name_and_version};
use super::place::{Place, common};
use super::rows::{Groups, Rows};
use crate::error::{Error, Result};
use crate::framing::{FIGURES, Measures, rows};
use crate::job::{Job, LoadedEncoder, load_encoder, open_store};
use crate::pipeline::{Models, Proposed, documents, proposed};
use crate::records::{ArticleId, Corpus, CorpusSentence, Evidence, FramingDifference, SentenceId, Span};
use crate::store::CachedEncoder;

/// What a reader says of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Worth {
    /// It is there, and nobody would keep it.
    Trivial,
    /// A reader would keep it.
    Useful,
}

/// A difference that a reader noted down.
#[derive(Debug, Clone)]
struct Noted {
    dimension: String,
    /// Characters of the article's field, in a's sentence and in b's.
    words: [Option<Span>; 2],
    worth: Worth,
}

/// Two sentences with what a reader noted down.
struct Pair {
    event: String,
    sentences: [SentenceId; 2],
    noted: Vec<Noted>,
}

/// A pair of sentences with everything that the measures mark, and what readers say of it.
#[derive(Debug, Clone)]
pub struct FramingPair {
    /// The event.
    pub event: String,
    /// The sentences.
    pub sentences: [SentenceId; 2],
    /// What the measures mark.
    pub marked: Vec<Marked>,
    /// The labels: dimension and worth, and whether something marked matches it.
    pub noted: Vec<(String, Worth, bool)>,
}

/// A difference that a measure marks.
#[derive(Debug, Clone)]
pub struct Marked {
    /// The difference; its spans are bytes of the sentences.
    pub difference: FramingDifference,
    /// The same spans in characters of the articles' fields.
    pub words: [Option<Span>; 2],
    /// Of what its salience is made.
    pub figures: [f32; FIGURES.len()],
    /// `None` where no reader noted it down.
    pub worth: Option<Worth>,
}

/// Scores the rows of `framing` on labelled pairs. The file has an article per line; the labels a pair per line: `event`, where the sentences `a` and `b`
/// stand (`[article, field, start, end]` in characters), and `differences` with `dimension`, `a` and `b` (`[start, end]` or null) and `worth`.
pub(super) fn evaluate(inputs: &Inputs<'_>) -> Result<Evaluation> {
    let labels = inputs.labels("framing needs the labels too: parallax evaluate framing ARTICLES LABELS")?;
    inputs.observer.begin("comparing", None);
    let (read, model) = read(inputs.rows, &labels, inputs.job, |fault| inputs.reject(fault))?;
    let least = inputs.job.options.framing.min_salience;
    let scored: Vec<Scored> =
        read.pairs.iter().zip(&read.proposed).map(|of| Scored::new(&read.corpus, of, least)).collect();
    let events = read.pairs.iter().map(|pair| pair.event.clone()).collect();
    let groups = Groups::from_keys("event".to_owned(), events);
    let mut evaluation = inputs.evaluation(Task::Framing, "pair", scored.len(), &groups);
    evaluation.figures = figures(&scored, &inputs.bootstrap(&groups));
    evaluation.notes = notes(&scored, read.n_lost);
    evaluation.worst = worst(&read, least, inputs.options.worst);
    evaluation.model = model;
    Ok(evaluation)
}

/// Everything that the measures mark in the labelled pairs of a file: what the salience is made from.
///
/// # Errors
/// [`Error::Labelled`] for the first row of either file that cannot be used, and whatever loading the model can say.
pub fn framing_pairs(
    articles_file: &std::path::Path,
    labels: &std::path::Path,
    job: &Job,
) -> Result<Vec<FramingPair>> {
    let (read, _) = read(&Rows::read(articles_file)?, &Rows::read(labels)?, job, Err)?;
    let pair = |(pair, proposed): (&Pair, &Proposed)| {
        let judged = judged(&read.corpus, pair, &differences(proposed));
        let sentences = [&pair.sentences[0], &pair.sentences[1]].map(|id| read.corpus.sentence(id));
        let marked = proposed.iter().zip(&judged).map(|((difference, figures), of)| Marked {
            words: [in_field(&sentences[0], &difference.a), in_field(&sentences[1], &difference.b)],
            difference: difference.clone(),
            figures: *figures,
            worth: of.worth,
        });
        let is_found = |n: usize| judged.iter().any(|of| of.matched.iter().any(|of| of.0 == n));
        let noted = pair
            .noted
            .iter()
            .enumerate()
            .map(|(n, noted)| (noted.dimension.clone(), noted.worth, is_found(n)));
        FramingPair {
            event: pair.event.clone(),
            sentences: pair.sentences.clone(),
            marked: marked.collect(),
            noted: noted.collect(),
        }
    };
    Ok(read.pairs.iter().zip(&read.proposed).map(pair).collect())
}

struct Read {
    corpus: Corpus,
    pairs: Vec<Pair>,
    proposed: Vec<Proposed>,
    /// Labelled pairs of which a sentence is none of ours.
    n_lost: usize,
}

/// The labelled pairs with what the measures mark, and the model's name.
fn read(
    rows: &Rows,
    labels: &Rows,
    job: &Job,
    reject: impl Fn(Error) -> Result<()>,
) -> Result<(Read, String)> {
    let (mut articles, mut event_of) = articles(rows, &reject)?;
    let (_, labelled) = labels.sound(|row| LabelledPair::read(labels, row, &event_of), reject)?;
    let wanted: BTreeSet<&str> = labelled.iter().map(|of| of.event.as_str()).collect();
    articles.retain(|article| wanted.contains(&*event_of[&article.id]));
    event_of.retain(|_, event| wanted.contains(&**event));
    let corpus = documents(articles, &|_| ());
    let n_labelled = labelled.len();
    let pairs: Vec<Pair> = labelled.into_iter().filter_map(|of| of.found(&corpus)).collect();
    let n_lost = n_labelled - pairs.len();
    let LoadedEncoder { encoder, verifier, thresholds, model, .. } = load_encoder(job)?;
    let (measures, store) = (Measures::shipped(), open_store(job)?);
    let cached = CachedEncoder::new(&encoder, &store);
    let models =
        Models { encoder: &cached, verifier: &verifier?, thresholds: &thresholds, measures: &measures };
    let sentences: Vec<[SentenceId; 2]> = pairs.iter().map(|pair| pair.sentences.clone()).collect();
    let events = given_events(&corpus, &event_of);
    let proposed = proposed(&corpus, &events, &sentences, &models, &job.options)?;
    Ok((Read { corpus, pairs, proposed, n_lost }, name_and_version(&model)))
}

/// A pair as the file of labels has it.
struct LabelledPair {
    event: String,
    places: [Place; 2],
    noted: Vec<Noted>,
}

impl LabelledPair {
    fn read(labels: &Rows, row: usize, event_of: &BTreeMap<ArticleId, String>) -> Result<Self> {
        let event = labels.label(row, "event")?;
        let place = |side: &str| {
            let place = labels.list(row, side)?;
            let parts = place.split_first().and_then(|(article, rest)| Some((article.as_str()?, rest)));
            let found = parts.and_then(|(article, rest)| Place::new(article.into(), rest));
            let found = found.ok_or_else(|| {
                labels.fault(row, format!("field `{side}` is no place; give [article, field, start, end]"))
            })?;
            if event_of.get(&found.article) != Some(&event) {
                return Err(labels.fault(row, no_article(&found.article, &event)));
            }
            Ok(found)
        };
        let places = [place("a")?, place("b")?];
        let noted = labels.list(row, "differences")?.iter().map(|difference| {
            note(difference).ok_or_else(|| {
                let shape = "dimension, a and b ([start, end] or null), worth (useful or trivial)";
                labels.fault(row, format!("a difference is not of the shape {shape}: {difference}"))
            })
        });
        let noted = noted.collect::<Result<_>>()?;
        Ok(Self { event, places, noted })
    }

    /// `None` where a sentence is none of ours.
    fn found(self, corpus: &Corpus) -> Option<Pair> {
        let [a, b] = self.places.map(|place| Some(corpus.sentence_at(place.position(corpus)?).id().clone()));
        Some(Pair { event: self.event, sentences: [a?, b?], noted: self.noted })
    }
}

fn note(difference: &Value) -> Option<Noted> {
    let span = |side: &str| -> Option<Option<Span>> {
        match difference.get(side)? {
            Value::Null => Some(None),
            Value::Array(ends) => {
                let end = |at: usize| usize::try_from(ends.get(at)?.as_u64()?).ok();
                let (start, end) = (end(0)?, end(1)?);
                (start <= end).then(|| Some(Span::new(start, end)))
            }
            _ => None,
        }
    };
    let worth = match difference.get("worth")?.as_str()? {
        "useful" => Worth::Useful,
        "trivial" => Worth::Trivial,
        _ => return None,
    };
    Some(Noted {
        dimension: difference.get("dimension")?.as_str()?.to_owned(),
        words: [span("a")?, span("b")?],
        worth,
    })
}

/// What readers say of a marked difference.
struct Judged {
    /// `None` where no reader noted it down.
    worth: Option<Worth>,
    /// The labels that it matches.
    matched: Vec<(usize, Match)>,
}

/// What readers say of each marked difference.
fn judged(corpus: &Corpus, pair: &Pair, marked: &[FramingDifference]) -> Vec<Judged> {
    let sentences = [&pair.sentences[0], &pair.sentences[1]].map(|id| corpus.sentence(id));
    let of_row = |found: &FramingDifference| {
        let words =
            [(&found.a, 0), (&found.b, 1)].map(|(evidence, side)| in_field(&sentences[side], evidence));
        let noted = pair.noted.iter().enumerate();
        let matched: Vec<(usize, Match)> =
            noted.filter_map(|(n, noted)| Some((n, is_one(&found.dimension, &words, noted)?))).collect();
        Judged { worth: matched.iter().map(|&(n, _)| pair.noted[n].worth).max(), matched }
    };
    marked.iter().map(of_row).collect()
}

/// The characters of the field that a side's evidence is.
fn in_field(sentence: &CorpusSentence<'_>, evidence: &Evidence) -> Option<Span> {
    let span = evidence.span?;
    let before = |bytes: usize| sentence.sentence.chars.start + sentence.text()[..bytes].chars().count();
    Some(Span::new(before(span.start), before(span.end)))
}

/// How a marked difference and a noted one are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Match {
    /// The words are the same, and a reader calls the difference otherwise.
    Words,
    /// Words and kind are the same.
    Kind,
}

/// Whether a marked difference is the noted one. Of one kind, the words of each side on which both have some are the same for the larger
/// part of the shorter; of two kinds, for the larger part of the longer on one side
/// at least, and the same sides have words.
fn is_one(dimension: &str, words: &[Option<Span>; 2], noted: &Noted) -> Option<Match> {
    let share = |side: usize, of: fn(usize, usize) -> usize| {
        words[side].zip(noted.words[side]).map(|(x, y)| 2 * common(&x, &y) >= of(x.len(), y.len()).max(1))
    };
    let sides = [share(0, usize::min), share(1, usize::min)];
    if sides == [None, None] {
        let is_bare = words.iter().chain(&noted.words).all(Option::is_none);
        return (is_bare && dimension == noted.dimension).then_some(Match::Kind);
    }
    if sides.contains(&Some(false)) {
        return None;
    }
    let is_whole = [share(0, usize::max), share(1, usize::max)].contains(&Some(true));
    // What has a counterpart on the other side is not said by one side alone.
    let has_sides = |words: &[Option<Span>; 2]| [words[0].is_some(), words[1].is_some()];
    let is_whole = is_whole && has_sides(words) == has_sides(&noted.words);
    match kind(dimension) == kind(&noted.dimension) {
        true => Some(Match::Kind),
        false => is_whole.then_some(Match::Words),
    }
}

/// Dimensions between which readers choose freely are one kind: choices of words, and who is said to have said it.
fn kind(dimension: &str) -> &str {
    match dimension {
        "wording" | "labelling" | "loaded_language" | "tone" => "words",
        "attribution" | "quotation" => "source",
        other => other,
    }
}

/// What is counted of a pair.
struct Scored {
    rows: Vec<Row>,
    useful: Vec<Useful>,
    n_trivial: usize,
}

struct Row {
    dimension: String,
    worth: Option<Worth>,
    /// True where a reader calls it useful in this kind of dimension.
    is_of_kind: bool,
}

struct Useful {
    dimension: String,
    found: Option<Match>,
}

impl Scored {
    fn new(corpus: &Corpus, (pair, proposed): (&Pair, &Proposed), least: f32) -> Self {
        let rows = rows_of(proposed, least);
        let judged = judged(corpus, pair, &rows);
        let is_useful = |n: usize| pair.noted[n].worth == Worth::Useful;
        let found = |n: usize| {
            let matched = judged.iter().flat_map(|of| &of.matched);
            matched.filter(|of| of.0 == n).map(|of| of.1).max()
        };
        let dimensions = rows.iter().map(|found| found.dimension.to_string());
        let row = |(dimension, of): (String, &Judged)| Row {
            dimension,
            worth: of.worth,
            is_of_kind: of.matched.iter().any(|&(n, how)| how == Match::Kind && is_useful(n)),
        };
        Self {
            rows: dimensions.zip(&judged).map(row).collect(),
            useful: (0..pair.noted.len())
                .filter(|&n| is_useful(n))
                .map(|n| Useful { dimension: pair.noted[n].dimension.clone(), found: found(n) })
                .collect(),
            n_trivial: pair.noted.iter().filter(|noted| noted.worth == Worth::Trivial).count(),
        }
    }

    fn n_rows(&self, is: impl Fn(&Row) -> bool) -> f64 {
        self.rows.iter().filter(|row| is(row)).count() as f64
    }

    fn n_useful(&self, is: impl Fn(&Useful) -> bool) -> f64 {
        self.useful.iter().filter(|useful| is(useful)).count() as f64
    }
}

/// What becomes a row of what the measures mark.
fn rows_of(proposed: &Proposed, least: f32) -> Vec<FramingDifference> {
    rows(differences(proposed), least)
}

/// What the measures mark, without its figures.
fn differences(proposed: &Proposed) -> Vec<FramingDifference> {
    proposed.iter().map(|(found, _)| found.clone()).collect()
}

fn figures(scored: &[Scored], bootstrap: &super::Bootstrap) -> Vec<Figure> {
    let mut figures = Figures::new(bootstrap, scored.len());
    let ratio = |weights: &[f64], part: &dyn Fn(&Scored) -> f64, whole: &dyn Fn(&Scored) -> f64| {
        let sum = |of: &dyn Fn(&Scored) -> f64| -> f64 {
            scored.iter().zip(weights).map(|(pair, weight)| weight * of(pair)).sum()
        };
        sum(part) / sum(whole)
    };
    let all_rows = |of: &Scored| of.rows.len() as f64;
    let all_useful = |of: &Scored| of.useful.len() as f64;
    let flag = |is: bool| f64::from(u8::from(is));
    let is_labelled = scored.iter().any(|of| !of.useful.is_empty() || of.n_trivial > 0);
    let of_rows = |weights: &[f64], part: &dyn Fn(&Scored) -> f64| {
        if is_labelled { ratio(weights, part, &all_rows) } else { f64::NAN }
    };
    figures.add("rows: share that is useful", |weights| {
        of_rows(weights, &|of| of.n_rows(|row| row.worth == Some(Worth::Useful)))
    });
    figures.add("rows: share that is useful, in the dimension that readers say", |weights| {
        of_rows(weights, &|of| of.n_rows(|row| row.is_of_kind))
    });
    figures.add("rows: share that is there, useful or trivial", |weights| {
        of_rows(weights, &|of| of.n_rows(|row| row.worth.is_some()))
    });
    figures.add("useful differences that are found", |weights| {
        ratio(weights, &|of| of.n_useful(|useful| useful.found.is_some()), &all_useful)
    });
    figures.add("useful differences that are found, in the dimension that readers say", |weights| {
        ratio(weights, &|of| of.n_useful(|useful| useful.found == Some(Match::Kind)), &all_useful)
    });
    figures.add("pairs without a useful difference that get a row", |weights| {
        let is_bare = |of: &Scored| of.useful.is_empty();
        ratio(weights, &|of| flag(is_bare(of) && !of.rows.is_empty()), &|of| flag(is_bare(of)))
    });
    figures.add("rows of a pair", |weights| ratio(weights, &all_rows, &|_| 1.0));
    let of_rows = scored.iter().flat_map(|of| of.rows.iter().map(|row| row.dimension.as_str()));
    let of_labels = scored.iter().flat_map(|of| of.useful.iter().map(|useful| useful.dimension.as_str()));
    for dimension in of_rows.chain(of_labels).collect::<BTreeSet<&str>>() {
        figures.add(&format!("{dimension}: share of its rows that is useful"), |weights| {
            let is_of = |row: &Row| row.dimension == dimension;
            ratio(weights, &|of| of.n_rows(|row| is_of(row) && row.worth == Some(Worth::Useful)), &|of| {
                of.n_rows(is_of)
            })
        });
        figures.add(&format!("{dimension}: useful ones that are found"), |weights| {
            let is_of = |useful: &Useful| useful.dimension == dimension;
            ratio(weights, &|of| of.n_useful(|useful| is_of(useful) && useful.found.is_some()), &|of| {
                of.n_useful(is_of)
            })
        });
    }
    figures.list
}

fn notes(scored: &[Scored], n_lost: usize) -> Vec<String> {
    let n_useful: usize = scored.iter().map(|of| of.useful.len()).sum();
    let n_trivial: usize = scored.iter().map(|of| of.n_trivial).sum();
    let n_none = scored.iter().filter(|of| of.useful.is_empty()).count();
    let n_rows: usize = scored.iter().map(|of| of.rows.len()).sum();
    vec![
        format!(
            "{n_useful} useful and {n_trivial} trivial differences are labelled; {n_none} pairs have no useful one. {n_rows} rows."
        ),
        format!("{n_lost} labelled pairs are left out: a sentence of theirs is none of ours."),
    ]
}

/// Rows that no reader noted down, the most salient first.
fn worst(read: &Read, least: f32, most: usize) -> Vec<WorstPair> {
    let mut wrong: Vec<(f32, WorstPair)> = vec![];
    for (pair, proposed) in read.pairs.iter().zip(&read.proposed) {
        let sentences = [&pair.sentences[0], &pair.sentences[1]].map(|id| read.corpus.sentence(id));
        let rows = rows_of(proposed, least);
        for (found, Judged { worth, .. }) in rows.iter().zip(judged(&read.corpus, pair, &rows)) {
            if worth == Some(Worth::Useful) {
                continue;
            }
            let side = |at: usize, evidence: &Evidence| {
                let words = evidence.span.map_or("", |span| span.slice(sentences[at].text()));
                format!("[{}] {words} <- {}", evidence.value, sentences[at].text())
            };
            let row = WorstPair {
                group: format!("{} {}", pair.event, found.dimension),
                given: "row",
                labelled: if worth.is_some() { "trivial" } else { "not noted" },
                probability: f64::from(found.salience),
                text_a: side(0, &found.a),
                text_b: side(1, &found.b),
            };
            wrong.push((found.salience, row));
        }
    }
    wrong.sort_by(|(x, _), (y, _)| y.total_cmp(x));
    wrong.into_iter().take(most).map(|(_, row)| row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_a_label_where_kind_and_words_are_the_same() {
        let noted = |dimension: &str, a: Option<(usize, usize)>, b: Option<(usize, usize)>| Noted {
            dimension: dimension.to_owned(),
            words: [a, b].map(|span| span.map(|(start, end)| Span::new(start, end))),
            worth: Worth::Useful,
        };
        let label = noted("labelling", Some((10, 20)), Some((40, 50)));
        for (dimension, a, b, same) in [
            ("labelling", Some((10, 20)), Some((40, 50)), Some(Match::Kind)),
            ("wording", Some((12, 16)), Some((30, 60)), Some(Match::Kind)),
            ("wording", Some((12, 16)), Some((0, 10)), None),
            ("wording", Some((12, 16)), None, Some(Match::Kind)),
            ("agency", Some((10, 20)), Some((40, 50)), Some(Match::Words)),
            ("addition", Some((8, 20)), None, None),
        ] {
            let words = noted(dimension, a, b).words;
            assert_eq!(is_one(dimension, &words, &label), same, "{dimension} {a:?} {b:?}");
        }
        let placement = noted("placement", None, None);
        assert_eq!(is_one("placement", &[None, None], &placement), Some(Match::Kind));
        assert_eq!(is_one("tone", &[None, None], &placement), None);
    }
}
