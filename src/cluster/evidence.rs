use std::collections::BTreeSet;

use super::checks;
use super::pair::{Pair, Side};
use super::{Candidate, NameFrequency};
use crate::records::{Name, Quantity, QuantityKind, Span};

/// The names of the figures of [`Evidence`], in their order. "min" and "max" are over the two sentences, so that the order of
/// the two does not matter.
pub const EVIDENCE: [&str; 44] = [
    "cosine",
    "coverage_min",
    "coverage_max",
    "coverage_all_min",
    "coverage_all_max",
    "rare_coverage_min",
    "rare_coverage_max",
    "aligned_min",
    "aligned_max",
    "left_over_min",
    "left_over_max",
    "left_over_weight_max",
    "same_words_min",
    "same_words_max",
    "same_run",
    "has_names",
    "name_overlap",
    "names_alone_min",
    "names_alone_max",
    "renamed",
    "replaced",
    "crossed",
    "near",
    "changed",
    "figures_changed",
    "times_changed",
    "poles_alone",
    "reordered",
    "numbers_agree",
    "numbers_disagree",
    "numbers_alone",
    "dates_agree",
    "dates_disagree",
    "negation_answered",
    "negation_count",
    "opposites",
    "plan_answered",
    "plan_alone",
    "other_speaker",
    "attributed_both",
    "attributed_one",
    "hedge_difference",
    "length_ratio",
    "length_min",
];

/// What speaks for and against two sentences' being one claim: one figure for each of [`EVIDENCE`]. Symmetric.
///
/// Shares are in [0, 1], cosines in [-1, 1], counts are cut off at 3 and divided by 3, flags are 0 or 1.
pub type Evidence = [f32; EVIDENCE.len()];

/// Weight from which on a word is a content word.
const CONTENT: f32 = 2.5;

/// Least cosine of a word and the word that answers it.
const ANSWERED: f32 = 0.55;

/// Least cosine of the word that a name or a negated verb is answered by.
const CLOSELY: f32 = 0.6;

/// Least cosine of a word and the opposite that answers it.
const OPPOSED: f32 = 0.5;

/// The evidence on two sentences; `names` tells what is rare among the sentences of the run.
pub fn evidence_of(a: &Candidate<'_>, b: &Candidate<'_>, names: &NameFrequency) -> Evidence {
    evidence(&Pair::new(*a, *b), names)
}

/// Numbers in words, from two on: "one" is more often a pronoun.
const NUMERALS: [&str; 14] = [
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "hundred",
    "thousand", "million",
];

/// Stretches of time that are told apart by the word alone.
const PERIODS: [&str; 14] = [
    "hour",
    "hours",
    "day",
    "days",
    "week",
    "weeks",
    "month",
    "months",
    "year",
    "years",
    "decade",
    "decades",
    "yesterday",
    "tomorrow",
];

pub(super) fn evidence(pair: &Pair<'_>, names: &NameFrequency) -> Evidence {
    let [a, b] = pair.sides();
    let both = |figure: &dyn Fn(&Side<'_, '_>) -> f32| {
        let (x, y) = (figure(&a), figure(&b));
        [x.min(y), x.max(y)]
    };
    let flag = |holds: bool| f32::from(u8::from(holds));
    let either = |holds: &dyn Fn(&Side<'_, '_>) -> bool| flag(holds(&a) || holds(&b));
    let count = |n: usize| n.min(3) as f32 / 3.0;

    let (one, other) = (pair.a.annotations, pair.b.annotations);
    let overlap = names.overlap(one, other);
    let numbers = checks::numbers(one, other);
    let dates = checks::dates(&pair.a, &pair.b);
    let attributed = [one, other].map(|side| side.attribution.is_some());
    let plans = [one, other].map(|side| !side.plans.is_empty());
    let lengths = both(&|side| content_weight(side.this));
    let renamed = [renamed(&a, names), renamed(&b, names)];

    let [coverage_min, coverage_max] = both(&|side| coverage(side, &|_, _| 1.0, false));
    let [coverage_all_min, coverage_all_max] = both(&|side| coverage(side, &|_, _| 1.0, true));
    let [rare_min, rare_max] =
        both(&|side| coverage(side, &|side, word| names.word_rarity(text_of(side, word)), true));
    let [left_min, left_max] = both(&|side| left_over(side).0);
    let [_, left_weight] = both(&|side| left_over(side).1 / 10.0);
    let [same_min, same_max] = both(&same_words);
    let [alone_min, alone_max] = both(&|side| count(names_alone(side, names)));
    [
        pair.similarity.cosine,
        coverage_min,
        coverage_max,
        coverage_all_min,
        coverage_all_max,
        rare_min,
        rare_max,
        pair.alignment.covered_a.min(pair.alignment.covered_b),
        pair.alignment.covered_a.max(pair.alignment.covered_b),
        left_min,
        left_max,
        left_weight,
        same_min,
        same_max,
        same_run(&a),
        flag(overlap.is_some()),
        overlap.unwrap_or(0.5),
        alone_min,
        alone_max,
        count(renamed[0].len().min(renamed[1].len())),
        count(replaced_places(pair, names)),
        flag(crossed(&a, names)),
        ((same_min - 0.5) * 2.0).clamp(0.0, 1.0),
        count(words_alone(&a, &is_plain).min(words_alone(&b, &is_plain))),
        count(words_alone(&a, &is_figure).min(words_alone(&b, &is_figure))),
        count(words_alone(&a, &is_time).min(words_alone(&b, &is_time))),
        count(words_alone(&a, &is_pole).max(words_alone(&b, &is_pole))),
        reordered(&a),
        count(numbers.agree),
        count(numbers.disagree),
        count(numbers.alone),
        count(dates.agree),
        count(dates.disagree),
        either(&|side| negates_what_is_affirmed(side)),
        flag(one.negations.len() % 2 != other.negations.len() % 2),
        flag(has_opposites(&a)),
        either(&|side| plans_what_is_done(side)),
        flag(plans[0] != plans[1]),
        either(&|side| checks::other_speaker(side.this, side.other, names)),
        flag(attributed[0] && attributed[1]),
        flag(attributed[0] != attributed[1]),
        (one.certainty.score - other.certainty.score).abs(),
        if lengths[1] > 0.0 { lengths[0] / lengths[1] } else { 1.0 },
        (1.0 + lengths[0]).ln() / 6.0,
    ]
}

fn text_of<'run>(side: &Side<'_, 'run>, word: usize) -> &'run str {
    side.words().spans[word].slice(side.this.text)
}

fn content_weight(candidate: &Candidate<'_>) -> f32 {
    candidate.encoding.words.weights.iter().filter(|&&weight| weight >= CONTENT).sum()
}

fn is_name(candidate: &Candidate<'_>, span: &Span) -> bool {
    candidate.annotations.names.iter().any(|name| name.span.overlaps(span))
}

/// Weighted mean of the words' best cosines with the other sentence; names aside unless `all`.
fn coverage(side: &Side<'_, '_>, rarity: &dyn Fn(&Side<'_, '_>, usize) -> f32, all: bool) -> f32 {
    let words = side.words();
    let (mut sum, mut total) = (0.0, 0.0);
    for word in 0..words.len() {
        if all || !is_name(side.this, &words.spans[word]) {
            let weight = words.weights[word] * rarity(side, word);
            sum += weight * side.best(word);
            total += weight;
        }
    }
    if total > 0.0 { sum / total } else { 0.0 }
}

/// The share of the content words' weight that no word of the other sentence answers, and the heaviest of these words.
fn left_over(side: &Side<'_, '_>) -> (f32, f32) {
    let words = side.words();
    let is_content = |&word: &usize| words.weights[word] >= CONTENT;
    let unanswered = (0..words.len()).filter(is_content).filter(|&word| side.best(word) < ANSWERED);
    let (sum, most) =
        unanswered.map(|word| words.weights[word]).fold((0.0_f32, 0.0_f32), |(s, m), w| (s + w, m.max(w)));
    let total = content_weight(side.this);
    (if total > 0.0 { sum / total } else { 0.0 }, most)
}

/// The share of the content words' weight whose very letters stand in the other sentence.
fn same_words(side: &Side<'_, '_>) -> f32 {
    let theirs: BTreeSet<String> = folded(side.other).into_iter().collect();
    let ours = folded(side.this);
    let words = side.words();
    let (mut same, mut total) = (0.0, 0.0);
    for (word, &weight) in ours.iter().zip(&words.weights).filter(|(_, weight)| **weight >= CONTENT) {
        total += weight;
        same += if theirs.contains(word) { weight } else { 0.0 };
    }
    if total > 0.0 { same / total } else { 0.0 }
}

fn folded(candidate: &Candidate<'_>) -> Vec<String> {
    candidate.encoding.words.spans.iter().map(|span| span.slice(candidate.text).to_lowercase()).collect()
}

/// How many words of a kind this sentence has whose very letters do not stand in the other.
fn words_alone(side: &Side<'_, '_>, is_wanted: &dyn Fn(&Side<'_, '_>, usize, &str) -> bool) -> usize {
    let theirs: BTreeSet<String> = folded(side.other).into_iter().collect();
    let ours = folded(side.this);
    let alone = ours
        .iter()
        .enumerate()
        .filter(|(word, text)| !theirs.contains(*text) && is_wanted(side, *word, text));
    alone.count()
}

/// A content word that is no name, no figure and no time.
fn is_plain(side: &Side<'_, '_>, word: usize, text: &str) -> bool {
    side.words().weights[word] >= CONTENT
        && !is_name(side.this, &side.words().spans[word])
        && !is_figure(side, word, text)
        && !is_time(side, word, text)
}

/// A number, in digits or in words.
fn is_figure(side: &Side<'_, '_>, word: usize, text: &str) -> bool {
    NUMERALS.contains(&text) || (text.starts_with(|c: char| c.is_ascii_digit()) && !is_time(side, word, text))
}

/// A day, a month, a year, or a word for a stretch of time.
fn is_time(side: &Side<'_, '_>, word: usize, text: &str) -> bool {
    let span = &side.words().spans[word];
    let is_date = |quantity: &Quantity| {
        matches!(quantity.kind, QuantityKind::Date | QuantityKind::Year) && quantity.span.overlaps(span)
    };
    PERIODS.contains(&text) || side.this.annotations.quantities.iter().any(is_date)
}

/// A word that has an opposite.
fn is_pole(side: &Side<'_, '_>, word: usize, _: &str) -> bool {
    let span = &side.words().spans[word];
    side.this.annotations.poles.iter().any(|pole| pole.span.overlaps(span))
}

/// The share of the words that each sentence has once, and both have, that stand in another order: 0 where the order is the
/// same. Found by the longest run of them that keeps the order.
fn reordered(side: &Side<'_, '_>) -> f32 {
    let (ours, theirs) = (folded(side.this), folded(side.other));
    let once = |words: &[String], word: &String| words.iter().filter(|other| *other == word).count() == 1;
    let shared = ours.iter().filter(|word| once(&ours, word) && once(&theirs, word));
    let places: Vec<usize> =
        shared.filter_map(|word| theirs.iter().position(|other| other == word)).collect();
    let mut longest: Vec<usize> = vec![];
    for &place in &places {
        let end = longest.partition_point(|&last| last < place);
        match longest.get_mut(end) {
            Some(last) => *last = place,
            None => longest.push(place),
        }
    }
    if places.is_empty() { 0.0 } else { 1.0 - longest.len() as f32 / places.len() as f32 }
}

/// Weight of the longest run of words that both sentences have, cut off at 30 and divided by it.
fn same_run(side: &Side<'_, '_>) -> f32 {
    let (ours, theirs) = (folded(side.this), folded(side.other));
    let mut best = 0.0_f32;
    let mut before = vec![0.0; theirs.len() + 1];
    for (word, weight) in ours.iter().zip(&side.words().weights) {
        let mut here = vec![0.0; theirs.len() + 1];
        for (j, other) in theirs.iter().enumerate() {
            if word == other {
                here[j + 1] = before[j] + weight;
                best = best.max(here[j + 1]);
            }
        }
        before = here;
    }
    best.min(30.0) / 30.0
}

/// Names of this sentence that the other does not have and that no word of it answers.
fn names_alone(side: &Side<'_, '_>, names: &NameFrequency) -> usize {
    let theirs: BTreeSet<String> =
        side.other.annotations.names.iter().map(|name| names.anchor(name)).collect();
    let ours: BTreeSet<String> = side.this.annotations.names.iter().map(|name| names.anchor(name)).collect();
    ours.difference(&theirs).count()
}

/// Pairs of different names of which each is answered by the other: another name stands in its place. Names that the other
/// sentence has elsewhere do not count.
fn renamed<'pair>(side: &Side<'pair, '_>, names: &NameFrequency) -> Vec<(&'pair Name, &'pair Name)> {
    let alone = |of: &'pair Candidate<'_>, than: &Candidate<'_>| -> Vec<&'pair Name> {
        let theirs: BTreeSet<String> = than.annotations.names.iter().map(|name| names.anchor(name)).collect();
        of.annotations.names.iter().filter(|name| !theirs.contains(&names.anchor(name))).collect()
    };
    let (ours, theirs) = (alone(side.this, side.other), alone(side.other, side.this));
    let cosine = |a: &Name, b: &Name| {
        let words = |of: &Candidate<'_>, name: &Name| -> Vec<usize> {
            let spans = &of.encoding.words.spans;
            (0..spans.len()).filter(|&word| name.span.overlaps(&spans[word])).collect()
        };
        let theirs = words(side.other, b);
        let pairs = words(side.this, a).into_iter().flat_map(|i| theirs.iter().map(move |&j| (i, j)));
        pairs.map(|pair| side.cosines[pair]).fold(-1.0, f32::max)
    };
    let nearest = |a: &'pair Name| {
        theirs
            .iter()
            .map(|&b| (b, cosine(a, b)))
            .filter(|(_, cosine)| *cosine >= CLOSELY)
            .max_by(|x, y| x.1.total_cmp(&y.1))
    };
    ours.into_iter().filter_map(|a| nearest(a).map(|(b, _)| (a, b))).collect()
}

/// How many places another place stands for.
pub(super) fn replaced_places(pair: &Pair<'_>, names: &NameFrequency) -> usize {
    let places = pair.sides().map(|side| {
        renamed(&side, names).iter().filter(|(ours, theirs)| ours.is_place && theirs.is_place).count()
    });
    places[0].min(places[1])
}

/// True where two names that both sentences have stand in the other order, with other words between them than "and".
fn crossed(side: &Side<'_, '_>, names: &NameFrequency) -> bool {
    let order = |of: &Candidate<'_>| -> Vec<String> {
        let mut seen = BTreeSet::new();
        let anchors = of.annotations.names.iter().map(|name| names.anchor(name));
        anchors.filter(|anchor| seen.insert(anchor.clone())).collect()
    };
    let (ours, theirs) = (order(side.this), order(side.other));
    let places: Vec<usize> =
        ours.iter().filter_map(|anchor| theirs.iter().position(|other| other == anchor)).collect();
    places.windows(2).any(|pair| pair[0] > pair[1])
}

/// True where the word behind a negation is answered closely in the other sentence, which negates nothing.
pub(super) fn negates_what_is_affirmed(side: &Side<'_, '_>) -> bool {
    side.other.annotations.negations.is_empty()
        && side.this.annotations.negations.iter().any(|span| is_answered_behind(side, span))
}

/// True where the word behind "will" or "plans to" is answered closely in the other sentence, which plans nothing.
pub(super) fn plans_what_is_done(side: &Side<'_, '_>) -> bool {
    side.other.annotations.plans.is_empty()
        && side.this.annotations.plans.iter().any(|span| is_answered_behind(side, span))
}

fn is_answered_behind(side: &Side<'_, '_>, span: &Span) -> bool {
    let words = side.words();
    let behind =
        (0..words.len()).find(|&word| words.spans[word].start >= span.end && words.weights[word] >= 2.0);
    behind.is_some_and(|word| side.best(word) >= CLOSELY)
}

/// True where a word and its opposite answer each other.
pub(super) fn has_opposites(side: &Side<'_, '_>) -> bool {
    let word_of =
        |of: &Candidate<'_>, span: &Span| of.encoding.words.spans.iter().position(|word| word.overlaps(span));
    let answers = |a: &Span, b: &Span| {
        let words = word_of(side.this, a).zip(word_of(side.other, b));
        words.is_some_and(|(i, j)| side.cosines[[i, j]] >= OPPOSED)
    };
    let (ours, theirs) = (&side.this.annotations.poles, &side.other.annotations.poles);
    ours.iter().any(|a| {
        let is_shared = theirs.iter().any(|b| a.scale == b.scale && a.up == b.up);
        !is_shared && theirs.iter().any(|b| a.opposes(b) && answers(&a.span, &b.span))
    })
}
