//! The tables of a run -> what the page shows, as one JSON.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use serde::Serialize;

use super::super::read_back::{Table, need};
use super::super::stake::at_stake;
use crate::error::Result;

/// How much a page holds at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageBounds {
    /// Claims: those with most at stake.
    pub claims: usize,
    /// Bytes of articles that are in the page whole. Of the others the sentences of claims are there, each with the one before and the one behind it.
    pub text: usize,
}

impl Default for PageBounds {
    fn default() -> Self {
        Self { claims: 6_000, text: 12_000_000 }
    }
}

/// Everything that the page shows.
#[derive(Serialize)]
pub(super) struct Data {
    outlets: Vec<String>,
    articles: Vec<Article>,
    events: Vec<Event>,
    claims: Vec<ClaimRow>,
    estimates: Vec<Estimate>,
    wordings: Vec<Wording>,
    rejected: Vec<[String; 3]>,
    /// What is not in the page, in sentences.
    left_out: Vec<String>,
    n: Counts,
}

/// How much the tables hold.
#[derive(Serialize)]
pub(super) struct Counts {
    pub articles: usize,
    pub outlets: usize,
    pub events: usize,
    pub claims: usize,
    pub confirmed: usize,
    pub possible: usize,
    pub partial: usize,
    pub disputed: usize,
    pub differences: usize,
    pub warned: usize,
}

#[derive(Serialize)]
struct Article {
    id: String,
    outlet: usize,
    headline: String,
    url: String,
    date: String,
    n: usize,
    /// How many of them are headlines beside the body.
    head: usize,
    /// Some or all of its sentences, in order.
    sentences: Vec<Sentence>,
    /// True where all are there.
    whole: bool,
}

/// Its place in the article, its text, whether a new line begins with it, and its kind: 0 for the body, 1 for a headline, 2 for what is not matched.
#[derive(Serialize, Clone)]
struct Sentence(usize, String, u8, u8);

#[derive(Serialize)]
struct Event {
    id: String,
    label: String,
    first: String,
    last: String,
    articles: Vec<usize>,
    outlets: Vec<usize>,
}

#[derive(Serialize)]
struct ClaimRow {
    id: String,
    event: usize,
    text: String,
    tier: String,
    /// `match`, `part` or `conflict`.
    kind: &'static str,
    /// Whether two outlets or more make it, disputed or not.
    #[serde(skip)]
    is_shared: bool,
    independent: usize,
    weight: f64,
    mentions: Vec<Mention>,
    pairs: Vec<Pair>,
    /// For each outlet of its event, in their order, how it has the claim: 0 reported, else the reason.
    coverage: Vec<u8>,
}

/// Article, place of the sentence in it, and relation: 0 same, 1 partial, 2 conflicting.
#[derive(Serialize)]
struct Mention(usize, usize, u8);

#[derive(Serialize)]
struct Pair {
    /// Article and place of each side's sentence.
    a: (usize, usize),
    b: (usize, usize),
    relation: u8,
    conflict: String,
    clash: String,
    probability: f64,
    tier: String,
    differences: Vec<Difference>,
}

#[derive(Serialize)]
struct Difference {
    dimension: String,
    /// Where the words stand in each side's sentence, in units of UTF-16.
    a: Option<(usize, usize)>,
    b: Option<(usize, usize)>,
    value_a: String,
    value_b: String,
    salience: f64,
}

#[derive(Serialize)]
struct Estimate {
    a: usize,
    b: usize,
    measure: String,
    voice: String,
    estimate: f64,
    low: Option<f64>,
    high: Option<f64>,
    n_claims: usize,
    n_events: usize,
    p: Option<f64>,
    finding: String,
}

#[derive(Serialize)]
struct Wording {
    term: String,
    outlet: usize,
    n: usize,
    alternatives: String,
    log_odds: f64,
    z: f64,
    sentences: Vec<(usize, usize)>,
}

/// How an outlet has a claim, by what `coverage` says: the page's legend has them in this order.
const COVERAGE: [&str; 5] = ["", "below_threshold", "short_article", "outside_window", "no_article_on_event"];

fn number(cell: &str) -> f64 {
    cell.parse().unwrap_or_default()
}

fn count(cell: &str) -> usize {
    cell.parse().unwrap_or_default()
}

fn maybe(cell: &str) -> Option<f64> {
    cell.parse().ok()
}

/// The relation of a pair that contradicts each other.
const CONFLICTING: u8 = 2;

fn relation(cell: &str) -> u8 {
    match cell {
        "partial" => 1,
        "conflicting" => CONFLICTING,
        _ => 0,
    }
}

/// A sentence of the table `sentences`.
struct Line {
    start: usize,
    end: usize,
    text: String,
    kind: u8,
    /// True for a headline that stands beside the body.
    is_beside: bool,
}

/// Where a sentence is: its article and its place in it.
type Place = (usize, usize);

struct Texts {
    /// The sentences of each article.
    lines: Vec<Vec<Line>>,
    places: HashMap<String, Place>,
}

impl Texts {
    fn place(&self, id: &str) -> Option<Place> {
        self.places.get(id).copied()
    }

    fn line(&self, (article, at): Place) -> &Line {
        &self.lines[article][at]
    }

    /// Words of a sentence as UTF-16 units of it, by where they begin in the field: of several places that hold them the nearest, since markup that was taken out
    /// counts in the field and not in the sentence. `None` where there are none.
    fn units(&self, place: Place, words: &str, start: &str) -> Option<(usize, usize)> {
        let line = self.line(place);
        let start = start.parse::<usize>().ok()?.saturating_sub(line.start);
        let wanted = line.text.char_indices().nth(start).map_or(line.text.len(), |(at, _)| at);
        let found = line.text.match_indices(words).map(|(at, _)| at).min_by_key(|at| at.abs_diff(wanted))?;
        let units = |text: &str| text.chars().map(char::len_utf16).sum::<usize>();
        let before = units(&line.text[..found]);
        (!words.is_empty()).then(|| (before, before + units(words)))
    }
}

/// Reads the tables of a run that came to its end.
///
/// # Errors
/// Where a table is missing or cannot be read.
pub(super) fn read(folder: &Path, bounds: PageBounds) -> Result<Data> {
    let of_articles = need(
        folder,
        "articles",
        ["article_id", "outlet", "headline", "url", "date_published", "n_sentences", "warnings", "event_id"],
    )?;
    let outlets: Vec<String> =
        of_articles.rows.iter().map(|row| row[1].clone()).collect::<BTreeSet<_>>().into_iter().collect();
    let outlet_of: HashMap<&str, usize> =
        outlets.iter().enumerate().map(|(at, name)| (name.as_str(), at)).collect();
    let outlet = |name: &str| outlet_of.get(name).copied().unwrap_or_default();
    let article_of: HashMap<&str, usize> =
        of_articles.rows.iter().enumerate().map(|(at, row)| (row[0].as_str(), at)).collect();
    let texts = texts(folder, &article_of)?;

    let of_events = need(folder, "events", ["event_id", "label", "first_date", "last_date"])?;
    let event_of: HashMap<&str, usize> =
        of_events.rows.iter().enumerate().map(|(at, row)| (row[0].as_str(), at)).collect();
    let mut of_event_id: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, row) in of_articles.rows.iter().enumerate() {
        of_event_id.entry(row[7].as_str()).or_default().push(at);
    }
    let events: Vec<Event> = of_events
        .rows
        .iter()
        .map(|[id, label, first, last]| {
            let articles: Vec<usize> = of_event_id.get(id.as_str()).cloned().unwrap_or_default();
            let of_event: BTreeSet<usize> =
                articles.iter().map(|&article| outlet(&of_articles.rows[article][1])).collect();
            Event {
                id: id.clone(),
                label: label.clone(),
                first: first.clone(),
                last: last.clone(),
                articles,
                outlets: of_event.into_iter().collect(),
            }
        })
        .collect();

    let mut claims = claims(folder, &event_of, &texts)?;
    let covered = coverage(folder, &claims, &events, outlet)?;
    claims.iter_mut().zip(covered).for_each(|(claim, covered)| claim.coverage = covered);
    let n = Counts {
        articles: of_articles.rows.len(),
        outlets: outlets.len(),
        events: events.len(),
        claims: claims.len(),
        confirmed: claims.iter().filter(|claim| claim.is_shared && claim.tier == "confirmed").count(),
        possible: claims.iter().filter(|claim| claim.is_shared && claim.tier != "confirmed").count(),
        partial: claims.iter().filter(|claim| claim.kind == "part").count(),
        disputed: claims.iter().filter(|claim| claim.kind == "conflict").count(),
        differences: claims.iter().flat_map(|claim| &claim.pairs).map(|pair| pair.differences.len()).sum(),
        warned: of_articles.rows.iter().filter(|row| !row[6].is_empty()).count(),
    };
    let mut left_out = vec![];
    let n_claims = claims.len();
    if n_claims > bounds.claims {
        claims = weightiest(claims, bounds.claims);
        left_out.push(format!(
            "The page shows the {} claims of {n_claims} with most at stake; claims.csv and comparisons.csv have all.",
            bounds.claims
        ));
    }
    let wordings = wordings(folder, outlet, &texts)?;
    let (articles, n_cut) = articles(&of_articles, &claims, &wordings, &texts, outlet, bounds.text);
    if n_cut > 0 {
        left_out.push(format!(
            "Of {n_cut} articles the page holds the sentences of claims with those beside them, not the whole text; sentences.csv has all."
        ));
    }
    let rejected = need(folder, "rejected", ["file", "row", "reason"])?.rows;
    let estimates = estimates(folder, outlet)?;
    Ok(Data { outlets, articles, events, claims, estimates, wordings, rejected, left_out, n })
}

/// The sentences, article by article.
fn texts(folder: &Path, article_of: &HashMap<&str, usize>) -> Result<Texts> {
    let table = need(
        folder,
        "sentences",
        ["sentence_id", "article_id", "field", "start_char", "end_char", "text", "kind"],
    )?;
    let mut texts = Texts { lines: (0..article_of.len()).map(|_| vec![]).collect(), places: HashMap::new() };
    for [id, article, field, start, end, text, kind] in table.rows {
        let Some(&article) = article_of.get(article.as_str()) else { continue };
        let kind = match (kind.as_str(), field.as_str()) {
            (_, "headline") | ("headline", _) => 1,
            ("body", _) => 0,
            _ => 2,
        };
        texts.places.insert(id, (article, texts.lines[article].len()));
        let is_beside = field == "headline";
        texts.lines[article].push(Line { start: count(&start), end: count(&end), text, kind, is_beside });
    }
    Ok(texts)
}

fn claims(folder: &Path, event_of: &HashMap<&str, usize>, texts: &Texts) -> Result<Vec<ClaimRow>> {
    let table = need(
        folder,
        "claims",
        ["claim_id", "event_id", "text", "tier", "n_independent_outlets", "n_outlets", "n_disputing"],
    )?;
    let mut claims: Vec<ClaimRow> = vec![];
    let mut position: HashMap<String, usize> = HashMap::new();
    for [id, event, text, tier, independent, n_outlets, n_disputing] in table.rows {
        position.insert(id.clone(), claims.len());
        let kind = match (count(&n_outlets), count(&n_disputing)) {
            (_, 1..) => "conflict",
            (0 | 1, _) => "part",
            _ => "match",
        };
        let event = event_of.get(event.as_str()).copied().unwrap_or_default();
        claims.push(ClaimRow {
            id,
            event,
            text,
            tier,
            kind,
            is_shared: count(&n_outlets) > 1,
            independent: count(&independent),
            weight: 0.0,
            mentions: vec![],
            pairs: vec![],
            coverage: vec![],
        });
    }
    for [claim, sentence, how] in need(folder, "mentions", ["claim_id", "sentence_id", "relation"])?.rows {
        if let (Some(&claim), Some((article, at))) = (position.get(&claim), texts.place(&sentence)) {
            claims[claim].mentions.push(Mention(article, at, relation(&how)));
        }
    }
    // Each difference is put beside its pair of sentences.
    let mut pair_of: HashMap<(usize, Place, Place), usize> = HashMap::new();
    let columns = [
        "claim_id",
        "sentence_id_a",
        "sentence_id_b",
        "relation",
        "conflict",
        "conflict_words",
        "probability",
        "tier",
    ];
    for [claim, of_a, of_b, how, conflict, clash, probability, tier] in
        need(folder, "comparisons", columns)?.rows
    {
        let sides = position.get(&claim).zip(texts.place(&of_a)).zip(texts.place(&of_b));
        let Some(((&claim, a), b)) = sides else { continue };
        pair_of.insert((claim, a, b), claims[claim].pairs.len());
        let (relation, probability) = (relation(&how), number(&probability));
        claims[claim].pairs.push(Pair {
            a,
            b,
            relation,
            conflict,
            clash,
            probability,
            tier,
            differences: vec![],
        });
    }
    let columns = [
        "claim_id",
        "sentence_id_a",
        "sentence_id_b",
        "dimension",
        "evidence_a",
        "start_char_a",
        "evidence_b",
        "start_char_b",
        "value_a",
        "value_b",
        "salience",
    ];
    for row in need(folder, "framing", columns)?.rows {
        let [claim, of_a, of_b, dimension, words_a, start_a, words_b, start_b, value_a, value_b, salience] =
            row;
        let sides = position.get(&claim).zip(texts.place(&of_a)).zip(texts.place(&of_b));
        let Some(((&claim, a), b)) = sides else { continue };
        let Some(&pair) = pair_of.get(&(claim, a, b)) else { continue };
        claims[claim].pairs[pair].differences.push(Difference {
            dimension,
            a: texts.units(a, &words_a, &start_a),
            b: texts.units(b, &words_b, &start_b),
            value_a,
            value_b,
            salience: number(&salience),
        });
    }
    for claim in &mut claims {
        let salience = claim.pairs.iter().flat_map(|pair| &pair.differences).map(|of| of.salience);
        claim.weight = at_stake(salience, claim.pairs.iter().any(|pair| pair.relation == CONFLICTING));
    }
    Ok(claims)
}

/// The weightiest claims, in the order in which they were.
fn weightiest(claims: Vec<ClaimRow>, most: usize) -> Vec<ClaimRow> {
    let mut order: Vec<usize> = (0..claims.len()).collect();
    order.sort_by(|&x, &y| claims[y].weight.total_cmp(&claims[x].weight).then(x.cmp(&y)));
    let kept: BTreeSet<usize> = order.into_iter().take(most).collect();
    claims.into_iter().enumerate().filter(|(at, _)| kept.contains(at)).map(|(_, claim)| claim).collect()
}

/// For each claim how each outlet of its event has it.
fn coverage(
    folder: &Path,
    claims: &[ClaimRow],
    events: &[Event],
    outlet: impl Fn(&str) -> usize,
) -> Result<Vec<Vec<u8>>> {
    let position: HashMap<&str, usize> =
        claims.iter().enumerate().map(|(at, claim)| (claim.id.as_str(), at)).collect();
    let outlets = |claim: &ClaimRow| events.get(claim.event).map_or(&[][..], |event| &event.outlets);
    let mut covered: Vec<Vec<u8>> = claims.iter().map(|claim| vec![1; outlets(claim).len()]).collect();
    for [claim, name, status, reason] in
        need(folder, "coverage", ["claim_id", "outlet", "status", "reason"])?.rows
    {
        let Some(&claim) = position.get(claim.as_str()) else { continue };
        if let Ok(at) = outlets(&claims[claim]).binary_search(&outlet(&name)) {
            let how = COVERAGE.iter().position(|of| *of == reason).unwrap_or(1) as u8;
            covered[claim][at] = if status == "reported" { 0 } else { how };
        }
    }
    Ok(covered)
}

/// The articles with as much of their text as there is room for, those of the weightiest claims first; and the number of those that are cut.
fn articles(
    table: &Table<8>,
    claims: &[ClaimRow],
    wordings: &[Wording],
    texts: &Texts,
    outlet: impl Fn(&str) -> usize,
    most_text: usize,
) -> (Vec<Article>, usize) {
    let mut wanted: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    let mut weight: BTreeMap<usize, f64> = BTreeMap::new();
    for claim in claims {
        let of_pairs = claim.pairs.iter().flat_map(|pair| [pair.a, pair.b]);
        let of_mentions = claim.mentions.iter().map(|&Mention(article, at, _)| (article, at));
        for (article, at) in of_pairs.chain(of_mentions) {
            let near = at.saturating_sub(1)..(at + 2).min(texts.lines[article].len());
            wanted.entry(article).or_default().extend(near);
            let heaviest = weight.entry(article).or_default();
            *heaviest = heaviest.max(claim.weight);
        }
    }
    for &(article, at) in wordings.iter().flat_map(|wording| &wording.sentences) {
        wanted.entry(article).or_default().insert(at);
    }
    let mut order: Vec<usize> = weight.keys().copied().collect();
    order.sort_by(|x, y| weight[y].total_cmp(&weight[x]).then(x.cmp(y)));
    let mut room = most_text;
    let mut whole = BTreeSet::new();
    for article in order {
        let bytes: usize = texts.lines[article].iter().map(|line| line.text.len()).sum();
        if bytes <= room {
            room -= bytes;
            whole.insert(article);
        }
    }
    let n_cut = weight.keys().filter(|article| !whole.contains(article)).count();
    let none = BTreeSet::new();
    let article = |(at, [id, name, headline, url, date, n, _, _]): (usize, &[String; 8])| {
        let lines = &texts.lines[at];
        let is_whole = whole.contains(&at);
        let shown = wanted.get(&at).unwrap_or(&none);
        let sentence = |place: usize| {
            let before = place.checked_sub(1).map(|before| &lines[before]);
            // A blank line or a line end lies between two sentences that stand further apart than by one blank.
            let is_new = before.is_none_or(|before| before.kind == 1 || lines[place].start > before.end + 1);
            Sentence(place, lines[place].text.clone(), u8::from(is_new), lines[place].kind)
        };
        Article {
            id: id.clone(),
            outlet: outlet(name),
            headline: headline.clone(),
            url: url.clone(),
            date: date.clone(),
            n: count(n),
            head: lines.iter().take_while(|line| line.is_beside).count(),
            sentences: (0..lines.len())
                .filter(|place| is_whole || shown.contains(place))
                .map(sentence)
                .collect(),
            whole: is_whole,
        }
    };
    (table.rows.iter().enumerate().map(article).collect(), n_cut)
}

fn estimates(folder: &Path, outlet: impl Fn(&str) -> usize) -> Result<Vec<Estimate>> {
    let columns = [
        "outlet_a",
        "outlet_b",
        "measure",
        "voice",
        "estimate",
        "ci_low",
        "ci_high",
        "n_claims",
        "n_events",
        "p_adjusted",
        "finding",
    ];
    // The page shows figures, and says nothing of pairs that have none.
    let rows = need(folder, "outlets", columns)?.rows.into_iter().filter(|row| !row[4].is_empty());
    let estimate = |[a, b, measure, voice, estimate, low, high, n_claims, n_events, p, finding]: [String;
                        11]| Estimate {
        a: outlet(&a),
        b: outlet(&b),
        measure,
        voice,
        estimate: number(&estimate),
        low: maybe(&low),
        high: maybe(&high),
        n_claims: count(&n_claims),
        n_events: count(&n_events),
        p: maybe(&p),
        finding,
    };
    Ok(rows.map(estimate).collect())
}

fn wordings(folder: &Path, outlet: impl Fn(&str) -> usize, texts: &Texts) -> Result<Vec<Wording>> {
    let columns = ["term", "outlet", "n_aligned", "alternatives", "log_odds", "z", "sentence_ids"];
    let rows = need(folder, "wordings", columns)?.rows.into_iter();
    let wording = |[term, name, n, alternatives, log_odds, z, ids]: [String; 7]| Wording {
        term,
        outlet: outlet(&name),
        n: count(&n),
        alternatives,
        log_odds: number(&log_odds),
        z: number(&z),
        sentences: ids.split("; ").filter_map(|id| texts.place(id)).collect(),
    };
    Ok(rows.map(wording).collect())
}
