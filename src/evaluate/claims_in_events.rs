//! Whole articles with the claims that people saw in them: how much of it `compare` finds, and how much of what it finds is right.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use super::Task;
use super::bootstrap::Bootstrap;
use super::evaluation::{Evaluation, Figures, WorstPair};
use super::figures::Ranking;
use super::inputs::{Inputs, article, name_and_version};
use super::place::Place;
use super::rows::{Groups, Rows};
use crate::cluster::{ClusterOptions, Verification};
use crate::error::{Error, Result};
use crate::framing::Measures;
use crate::job::{Job, LoadedEncoder, load_encoder, open_store};
use crate::pipeline::{Matching, Models, Silent, documents, match_claims};
use crate::read::parse_day;
use crate::records::{
    Article, ArticleId, Corpus, CorpusSentence, Event, EventId, Field, Relation, Span, Tier,
};
use crate::statistics::quantile;
use crate::store::CachedEncoder;

/// Where the events come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EventsFrom {
    /// Those of the labels: how good matching is on its own.
    #[default]
    Given,
    /// The grouping of `compare`: how good a run is as a whole.
    Found,
}

/// A precision at which recall is given.
const PRECISION: f64 = 0.9;

/// What people say of a pair of sentences; of two labels the later counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Label {
    Partial,
    Same,
    Conflict,
}

/// Two sentences by their positions in the corpus, the lower first.
type Pair = (usize, usize);

/// What is known of a pair.
#[derive(Debug, Clone, Copy, Default)]
struct Known {
    event: usize,
    label: Option<Label>,
    /// The tier with which both are put into one claim.
    tier: Option<Tier>,
    /// True where `compare` says that they contradict each other.
    is_conflict: bool,
    /// The verifier's probability and the cosine, where the pair is looked at.
    scores: Option<(f64, f64)>,
}

impl Known {
    fn is_match(&self) -> bool {
        self.label.is_some()
    }

    fn is_same(&self) -> bool {
        self.label == Some(Label::Same)
    }

    fn is_given(&self, least: Tier) -> bool {
        // Tiers are ordered from the surest.
        self.tier.is_some_and(|tier| tier <= least)
    }
}

/// Scores the claims of whole articles. The file has an article per line (`article_id`, `event`, `outlet`, `headline`, `date`, `body`); the labels
/// an event per line: groups of `same` sentences, pairs that are `partial` or in `conflict`, and where each sentence stands.
pub(super) fn evaluate(inputs: &Inputs<'_>) -> Result<Evaluation> {
    let usage = "claims-in-events needs the labels too: parallax evaluate claims-in-events ARTICLES LABELS";
    let labels = inputs.labels(usage)?;
    let reject = |fault| inputs.reject(fault);
    let (articles, event_of) = articles(inputs.rows, reject)?;
    let (_, labels) = labels.sound(|row| LabelledEvent::read(&labels, row, &event_of), reject)?;
    inputs.observer.begin("splitting", Some(articles.len()));
    let corpus = documents(articles, &|n| inputs.observer.advance(n));
    let LoadedEncoder { encoder, verifier, thresholds, model, .. } = inputs.load_encoder()?;
    let (measures, store) = (Measures::shipped(), open_store(inputs.job)?);
    let cached = CachedEncoder::new(&encoder, &store);
    let models =
        Models { encoder: &cached, verifier: &verifier?, thresholds: &thresholds, measures: &measures };
    let given = (inputs.options.events == EventsFrom::Given).then(|| given_events(&corpus, &event_of));
    let found = match_claims(&corpus, given, &models, &inputs.job.options, inputs.observer)?;

    let places = Places::new(&corpus, &labels);
    let pairs = known_pairs(&corpus, &event_of, &labels, &places, &found, &inputs.job.options.cluster);
    let known: Vec<Known> = pairs.values().copied().collect();
    let names = event_names(&event_of);
    let groups =
        Groups::from_keys("event".to_owned(), known.iter().map(|of| names[of.event].to_owned()).collect());
    let mut evaluation = inputs.evaluation(Task::ClaimsInEvents, "pair", known.len(), &groups);
    evaluation.figures = figures(&known, &inputs.bootstrap(&groups));
    evaluation.notes = notes(&known, &names, &places, &found, inputs.options.events);
    evaluation.worst = worst(&corpus, &pairs, &names, inputs.options.worst);
    evaluation.model = name_and_version(&model);
    Ok(evaluation)
}

/// A pair of sentences that is looked at in labelled events.
#[derive(Debug, Clone, PartialEq)]
pub struct EventPair {
    /// The event.
    pub event: String,
    /// Where the two sentences stand: article, field, and characters of that field.
    pub places: [(ArticleId, Field, Span); 2],
    /// What was found.
    pub found: Verification,
}

/// Every pair of sentences that is looked at in the events of a file of articles: what matching is trained on.
///
/// # Errors
/// [`Error::Labelled`] for the first row that cannot be used, and whatever loading the model can say.
pub fn event_pairs(articles_file: &std::path::Path, job: &Job) -> Result<Vec<EventPair>> {
    let (articles, event_of) = articles(&Rows::read(articles_file)?, Err)?;
    let corpus = documents(articles, &|_| ());
    let LoadedEncoder { encoder, verifier, thresholds, .. } = load_encoder(job)?;
    let (measures, store) = (Measures::shipped(), open_store(job)?);
    let cached = CachedEncoder::new(&encoder, &store);
    let models =
        Models { encoder: &cached, verifier: &verifier?, thresholds: &thresholds, measures: &measures };
    let given = given_events(&corpus, &event_of);
    let found = match_claims(&corpus, Some(given), &models, &job.options, &Silent)?;
    let pair = |((a, b), found): (Pair, Arc<Verification>)| {
        let sentences = [a, b].map(|position| corpus.sentence_at(position));
        let place = |of: &CorpusSentence<'_>| (of.article.id.clone(), of.sentence.field, of.sentence.chars);
        let event = event_of[&sentences[0].article.id].clone();
        let found = Arc::unwrap_or_clone(found);
        EventPair { event, places: [place(&sentences[0]), place(&sentences[1])], found }
    };
    Ok(found.candidates.into_iter().map(pair).collect())
}

/// The articles of the file, and the event of each.
pub(super) fn articles(
    rows: &Rows,
    reject: impl Fn(Error) -> Result<()>,
) -> Result<(Vec<Article>, BTreeMap<ArticleId, String>)> {
    let mut event_of = BTreeMap::new();
    let read = |row: usize| {
        let text = |field: &str| rows.get(row, field).and_then(Value::as_str).unwrap_or_default();
        let id = rows.label(row, "article_id")?;
        let read = Article {
            outlet: rows.text(row, "outlet")?.to_owned(),
            // As in `compare`, a date that is not understood is none.
            date_published: parse_day(text("date")).unwrap_or_default(),
            ..article(&id, text("headline"), rows.text(row, "body")?)
        };
        let event = rows.label(row, "event")?;
        if event_of.contains_key(&read.id) {
            return Err(rows.fault(row, format!("the article `{id}` is there twice; take one out")));
        }
        event_of.insert(read.id.clone(), event);
        Ok(read)
    };
    let (_, articles) = rows.sound(read, reject)?;
    Ok((articles, event_of))
}

/// What is said of a label whose article is not there.
pub(super) fn no_article(article: &ArticleId, event: &str) -> String {
    format!(
        "no article `{article}` of the event `{event}` in the file of articles, or its row cannot be used"
    )
}

/// What people say of the sentences of an event.
struct LabelledEvent {
    /// Its name.
    event: String,
    /// Each sentence by its id.
    sentences: Vec<(String, Place)>,
    /// The sentences of which every two have a label, by their ids.
    groups: Vec<(Label, Vec<String>)>,
}

impl LabelledEvent {
    fn read(labels: &Rows, row: usize, event_of: &BTreeMap<ArticleId, String>) -> Result<Self> {
        let fault = |message: String| labels.fault(row, message);
        let event = labels.label(row, "event")?;
        let places = labels.value(row, "sentences")?.as_object();
        let mut sentences = vec![];
        for (id, place) in places.ok_or_else(|| fault("field `sentences` is no object".to_owned()))? {
            let article: ArticleId = id.rsplit_once('#').map_or(id.as_str(), |(article, _)| article).into();
            if event_of.get(&article) != Some(&event) {
                return Err(fault(no_article(&article, &event)));
            }
            let place = place.as_array().and_then(|place| Place::new(article, place));
            sentences.push((id.clone(), place.ok_or_else(|| fault(format!("`{id}` has no place")))?));
        }
        let mut groups = vec![];
        for (field, label) in
            [("same", Label::Same), ("partial", Label::Partial), ("conflict", Label::Conflict)]
        {
            for group in labels.list(row, field)? {
                let ids =
                    group.as_array().ok_or_else(|| fault(format!("an entry of `{field}` is no list")))?;
                // Behind the two sentences of a conflict stands the reason.
                let n = if label == Label::Conflict { 2 } else { ids.len() };
                let ids = ids.iter().take(n).filter_map(|id| id.as_str().map(str::to_owned));
                groups.push((label, ids.collect()));
            }
        }
        Ok(Self { event, sentences, groups })
    }

    /// Its pairs whose sentences are of different outlets and are all there.
    fn pairs(&self, corpus: &Corpus, places: &Places) -> Vec<(Pair, Label)> {
        let outlet = |position: usize| corpus.sentence_at(position).outlet();
        let mut pairs = vec![];
        for (label, ids) in &self.groups {
            let members: Vec<usize> = ids.iter().filter_map(|id| places.of_label.get(id).copied()).collect();
            for (n, &a) in members.iter().enumerate() {
                let others = members[n + 1..].iter().filter(|&&b| outlet(a) != outlet(b));
                pairs.extend(others.map(|&b| ((a, b), *label)));
            }
        }
        pairs
    }
}

/// The labelled events, in the order of their names.
pub(super) fn given_events(corpus: &Corpus, event_of: &BTreeMap<ArticleId, String>) -> Vec<Event> {
    let mut events: BTreeMap<&String, Vec<ArticleId>> = BTreeMap::new();
    for article in corpus.articles() {
        events.entry(&event_of[&article.id]).or_default().push(article.id.clone());
    }
    let event =
        |articles: Vec<ArticleId>| Event { id: EventId::new(&articles[0]), articles, neighbours: vec![] };
    events.into_values().map(event).collect()
}

fn event_names(event_of: &BTreeMap<ArticleId, String>) -> Vec<&str> {
    event_of.values().map(String::as_str).collect::<BTreeSet<_>>().into_iter().collect()
}

/// Where the labelled sentences are in the corpus.
struct Places {
    /// The sentence of ours that has most of a labelled sentence's characters, at least half of the shorter one's.
    of_label: BTreeMap<String, usize>,
    /// Number of labelled sentences, and of those that are ours to the character.
    n_labelled: usize,
    n_exact: usize,
}

impl Places {
    fn new(corpus: &Corpus, labels: &[LabelledEvent]) -> Self {
        let mut places = Self { of_label: BTreeMap::new(), n_labelled: 0, n_exact: 0 };
        for (id, place) in labels.iter().flat_map(|event| &event.sentences) {
            places.n_labelled += 1;
            if let Some(position) = place.position(corpus) {
                let is_new = places.of_label.insert(id.clone(), position).is_none();
                let is_exact = corpus.sentence_at(position).sentence.chars == place.span;
                places.n_exact += usize::from(is_new && is_exact);
            }
        }
        places
    }
}

/// Every pair that is labelled, given or looked at, in events with labels.
fn known_pairs(
    corpus: &Corpus,
    event_of: &BTreeMap<ArticleId, String>,
    labels: &[LabelledEvent],
    places: &Places,
    found: &Matching,
    options: &ClusterOptions,
) -> BTreeMap<Pair, Known> {
    let names = event_names(event_of);
    let event = |position: usize| {
        let of = event_of[&corpus.sentence_at(position).article.id].as_str();
        names.binary_search(&of).expect("every event is listed")
    };
    let mut pairs: BTreeMap<Pair, Known> = BTreeMap::new();
    let mut note = |(a, b): Pair, note: &dyn Fn(&mut Known)| {
        let known = pairs
            .entry((a.min(b), a.max(b)))
            .or_insert_with(|| Known { event: event(a), ..Known::default() });
        note(known);
    };
    for (pair, label) in labels.iter().flat_map(|event| event.pairs(corpus, places)) {
        note(pair, &|known| known.label = known.label.max(Some(label)));
    }
    for (&pair, found) in &found.candidates {
        let scores = (f64::from(found.shared), f64::from(found.similarity.cosine));
        note(pair, &|known| known.scores = Some(scores));
    }
    // Two sentences of a claim that were not verified as a pair are there for others of it.
    let tier = |a: usize, b: usize| {
        let verified = found.candidates.get(&(a.min(b), a.max(b)));
        verified.and_then(|found| options.tier(found)).unwrap_or(Tier::Possible)
    };
    for claim in &found.claims {
        let making: Vec<_> = claim.making().map(|of| corpus.sentence_position(&of.sentence)).collect();
        for (n, &a) in making.iter().enumerate() {
            for &b in &making[n + 1..] {
                if corpus.sentence_at(a).outlet() != corpus.sentence_at(b).outlet() {
                    note((a, b), &|known| known.tier = Some(tier(a, b)));
                }
            }
        }
    }
    for (claim, partial) in
        found.claims.iter().flat_map(|claim| claim.partial.iter().map(move |of| (claim, of)))
    {
        let [a, b] = [&partial.with, &partial.mention.sentence].map(|id| corpus.sentence_position(id));
        debug_assert!(claim.making().any(|mention| mention.sentence == partial.with));
        note((a, b), &|known| known.tier = Some(partial.mention.tier));
    }
    for comparison in found.comparisons.iter().filter(|of| of.relation == Relation::Conflicting) {
        let [a, b] = [&comparison.sentence_a, &comparison.sentence_b].map(|id| corpus.sentence_position(id));
        note((a, b), &|known| known.is_conflict = true);
    }
    let labelled: BTreeSet<&str> = labels.iter().map(|of| of.event.as_str()).collect();
    pairs.retain(|&(a, b), _| [a, b].iter().all(|&position| labelled.contains(names[event(position)])));
    pairs
}

fn figures(known: &[Known], bootstrap: &Bootstrap) -> Vec<super::Figure> {
    let mut figures = Figures::new(bootstrap, known.len());
    let sum = |weights: &[f64], is: &dyn Fn(&Known) -> bool| -> f64 {
        known.iter().zip(weights).filter(|(of, _)| is(of)).map(|(_, weight)| weight).sum()
    };
    let share = |weights: &[f64], part: &dyn Fn(&Known) -> bool, whole: &dyn Fn(&Known) -> bool| {
        sum(weights, &|of| part(of) && whole(of)) / sum(weights, whole)
    };
    let precision = |weights: &[f64], is: &dyn Fn(&Known) -> bool, given: &dyn Fn(&Known) -> bool| {
        if known.iter().any(is) { share(weights, is, given) } else { f64::NAN }
    };
    for (name, least) in [("both tiers", Tier::Possible), ("confirmed", Tier::Confirmed)] {
        let given = move |of: &Known| of.is_given(least);
        figures.add(&format!("{name}: precision, any match"), |weights| {
            precision(weights, &Known::is_match, &given)
        });
        figures
            .add(&format!("{name}: precision, same"), |weights| precision(weights, &Known::is_same, &given));
        figures.add(&format!("{name}: recall of same"), |weights| share(weights, &given, &Known::is_same));
    }
    figures.add("recall of same among the pairs looked at", |weights| {
        share(weights, &|of| of.scores.is_some(), &Known::is_same)
    });
    let scored: Vec<usize> = (0..known.len()).filter(|&pair| known[pair].scores.is_some()).collect();
    let ranking = |score: fn((f64, f64)) -> f64, is: fn(&Known) -> bool| {
        let scores: Vec<f64> = scored.iter().filter_map(|&pair| known[pair].scores).map(score).collect();
        Ranking::new(&scores, &scored.iter().map(|&pair| is(&known[pair])).collect::<Vec<bool>>())
    };
    // What is not looked at comes behind everything, where it adds nothing.
    let average_precision = |ranking: &Ranking, is: fn(&Known) -> bool, weights: &[f64]| {
        let of_scored: Vec<f64> = scored.iter().map(|&pair| weights[pair]).collect();
        let looked_at = share(weights, &|of| of.scores.is_some(), &is);
        ranking.average_precision(&of_scored) * looked_at
    };
    let (any, same) = (ranking(|(same, _)| same, Known::is_match), ranking(|(same, _)| same, Known::is_same));
    figures.add("average precision, any match", |weights| average_precision(&any, Known::is_match, weights));
    figures.add("average precision, same", |weights| average_precision(&same, Known::is_same, weights));
    let by_cosine = ranking(|(_, cosine)| cosine, Known::is_match);
    figures.add_baseline("average precision of the cosine, any match", |weights| {
        average_precision(&by_cosine, Known::is_match, weights)
    });
    let order = by_score(known, &scored);
    figures.add("recall of same at the threshold where 90% are any match", |weights| {
        recall_at_precision(known, &order, weights) / sum(weights, &Known::is_same)
    });
    let labelled = |of: &Known| of.label == Some(Label::Conflict);
    figures.add("conflicting: precision", |weights| precision(weights, &labelled, &|of| of.is_conflict));
    figures.add("conflicting: recall", |weights| share(weights, &|of| of.is_conflict, &labelled));
    figures.list
}

/// The pairs that are looked at, the surest first.
fn by_score(known: &[Known], scored: &[usize]) -> Vec<usize> {
    let mut order = scored.to_vec();
    let score = |pair: usize| known[pair].scores.map_or(0.0, |(same, _)| same);
    order.sort_by(|&a, &b| score(b).total_cmp(&score(a)).then(a.cmp(&b)));
    order
}

/// Number of `same` pairs above the lowest threshold above which nine of ten pairs are a match.
fn recall_at_precision(known: &[Known], order: &[usize], weights: &[f64]) -> f64 {
    let (mut matches, mut taken, mut same, mut best) = (0.0, 0.0, 0.0, 0.0);
    for &pair in order {
        taken += weights[pair];
        matches += if known[pair].is_match() { weights[pair] } else { 0.0 };
        same += if known[pair].is_same() { weights[pair] } else { 0.0 };
        if taken > 0.0 && matches / taken >= PRECISION {
            best = same;
        }
    }
    best
}

fn notes(
    known: &[Known],
    names: &[&str],
    places: &Places,
    found: &Matching,
    from: EventsFrom,
) -> Vec<String> {
    let count = |label: Label| known.iter().filter(|of| of.label == Some(label)).count();
    let events = match from {
        EventsFrom::Given => "given".to_owned(),
        EventsFrom::Found => format!("{} found by the grouping", found.events.len()),
    };
    let of_event = |event: usize| {
        let same = || known.iter().filter(move |of| of.event == event && of.is_same());
        let n_found = same().filter(|of| of.is_given(Tier::Possible)).count();
        (same().count() > 0).then(|| n_found as f64 / same().count() as f64)
    };
    let mut recall: Vec<f64> = (0..names.len()).filter_map(of_event).collect();
    recall.sort_by(f64::total_cmp);
    let quartile = |at: f64| if recall.is_empty() { f64::NAN } else { quantile(&recall, at) };
    vec![
        format!(
            "Pairs of sentences of different outlets in one event: {} same, {} partial, {} in conflict (any match: all three). Events: {events}.",
            count(Label::Same),
            count(Label::Partial),
            count(Label::Conflict)
        ),
        format!(
            "{} labelled sentences: {} are sentences of ours to the character, {} more have most of one, {} none.",
            places.n_labelled,
            places.n_exact,
            places.of_label.len() - places.n_exact,
            places.n_labelled - places.of_label.len()
        ),
        format!(
            "Recall of same by event, both tiers: quartiles {:.2}, {:.2}, {:.2}.",
            quartile(0.25),
            quartile(0.5),
            quartile(0.75)
        ),
    ]
}

/// The surest matches that are none, then conflicts that are none.
fn worst(corpus: &Corpus, pairs: &BTreeMap<Pair, Known>, names: &[&str], most: usize) -> Vec<WorstPair> {
    let is_wrong = |of: &Known| {
        (of.tier.is_some() && !of.is_match()) || (of.is_conflict && of.label != Some(Label::Conflict))
    };
    let mut wrong: Vec<(&Pair, &Known)> = pairs.iter().filter(|(_, of)| is_wrong(of)).collect();
    let score = |of: &Known| of.scores.map_or(0.0, |(same, _)| same);
    wrong.sort_by(|(a, of_a), (b, of_b)| score(of_b).total_cmp(&score(of_a)).then(a.cmp(b)));
    let pair = |(&(a, b), of): (&Pair, &Known)| {
        let [a, b] = [a, b].map(|position| corpus.sentence_at(position));
        WorstPair {
            group: names[of.event].to_owned(),
            given: if of.is_conflict { "conflicting" } else { of.tier.map_or("", Tier::as_str) },
            labelled: match of.label {
                None => "no match",
                Some(Label::Partial) => "partial",
                Some(Label::Same) => "same",
                Some(Label::Conflict) => "conflict",
            },
            probability: score(of),
            text_a: a.text().to_owned(),
            text_b: b.text().to_owned(),
        }
    };
    wrong.into_iter().take(most).map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recall_is_taken_at_the_lowest_threshold_that_keeps_the_precision() {
        let known = |label: Option<Label>, score: f64| Known {
            label,
            scores: Some((score, 0.0)),
            ..Known::default()
        };
        let mut pairs: Vec<Known> =
            (0..9).map(|n| known(Some(Label::Same), 0.9 - f64::from(n) / 100.0)).collect();
        pairs.push(known(None, 0.5));
        pairs.push(known(Some(Label::Partial), 0.4));
        pairs.push(known(None, 0.3));
        pairs.push(known(Some(Label::Same), 0.2));
        let scored: Vec<usize> = (0..pairs.len()).collect();
        let order = by_score(&pairs, &scored);
        let ones = vec![1.0; pairs.len()];
        // Nine of ten, then ten of eleven, then ten of twelve.
        assert_eq!(recall_at_precision(&pairs, &order, &ones), 9.0);
        pairs[9].label = Some(Label::Same);
        assert_eq!(recall_at_precision(&pairs, &order, &ones), 11.0);
    }
}
