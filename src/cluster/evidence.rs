use std::collections::BTreeSet;

use jiff::civil::Date;

use super::checks;
use super::pair::{Folded, Forms, Pair, Side};
use super::similarity::{coverage, weighted_mean};
use super::{Candidate, NameFrequency};
use crate::records::{Name, Quantity, Span, Thresholds, WordAlignment};

/// Declares the figures with their names, so that the two cannot part.
macro_rules! figures {
    ($($(#[doc = $doc:literal])* $name:ident,)*) => {
        /// What speaks for and against two sentences' being one claim. Symmetric: "min" and "max" are over the two sentences.
        ///
        /// Shares are in [0, 1], cosines in [-1, 1], counts are cut off at 3 and divided by 3, flags are 0 or 1.
        #[derive(Debug, Clone, Copy, PartialEq)]
        pub struct Evidence {
            $($(#[doc = $doc])* pub $name: f32,)*
        }

        impl Evidence {
            /// The names of the figures, in their order.
            pub const NAMES: [&'static str; [$(stringify!($name)),*].len()] = [$(stringify!($name)),*];

            /// The figures, in the order of [`Evidence::NAMES`].
            pub fn values(&self) -> [f32; Self::NAMES.len()] {
                [$(self.$name),*]
            }
        }
    };
}

figures! {
    /// Cosine of the two embeddings.
    cosine,
    /// How well the words of the sentence that is answered worse are answered, names aside ([`Similarity::coverage`](super::Similarity::coverage) of one side).
    coverage_min,
    /// The same of the other sentence.
    coverage_max,
    /// The same with names, of the sentence that is answered worse.
    coverage_all_min,
    /// The same of the other sentence.
    coverage_all_max,
    /// The same with words that are rare in the run weighing more, of the sentence that is answered worse.
    rare_coverage_min,
    /// The same of the other sentence.
    rare_coverage_max,
    /// Share of the word weight that is aligned, in the sentence with less of it.
    aligned_min,
    /// The same in the other sentence.
    aligned_max,
    /// Share of the content words' weight that nothing answers, in the sentence with less of it.
    left_over_min,
    /// The same in the other sentence.
    left_over_max,
    /// Weight of the heaviest content word that nothing answers, divided by 10.
    left_over_weight_max,
    /// Share of the content words' weight whose very letters stand in the other sentence, in the sentence with less of it.
    same_words_min,
    /// The same in the other sentence.
    same_words_max,
    /// Weight of the longest run of words that both have, cut off at 30 and divided by it.
    same_run,
    /// Flag: both have names or dates that can be compared.
    has_names,
    /// Weighted Dice coefficient of the names and of the dates that both have; 0.5 where they cannot be compared.
    name_overlap,
    /// Count of the names that the other sentence does not have, in the sentence with fewer.
    names_alone_min,
    /// The same in the other sentence.
    names_alone_max,
    /// Count of names in whose place the other sentence has another name.
    renamed,
    /// Count of places in whose place the other sentence has another place.
    replaced,
    /// Flag: two names that both have come in the other order.
    crossed,
    /// How near the two are in their letters: 0 where half of the content words or less are the same, 1 where all are.
    near,
    /// Count of content words that are no name, figure or time and that the other sentence lacks, in the sentence with fewer.
    changed,
    /// The same of numbers.
    figures_changed,
    /// The same of days, months, years and stretches of time.
    times_changed,
    /// Count of words with an opposite that the other sentence lacks, in the sentence with more.
    poles_alone,
    /// Share of the words that each has once, and both have, that come in another order.
    reordered,
    /// Count of quantities of one kind and unit that agree.
    numbers_agree,
    /// Count of quantities to which the other sentence has some of the same kind and unit, and none that agrees.
    numbers_disagree,
    /// Count of quantities of either that the other has none of the kind and unit to.
    numbers_alone,
    /// Count of dates that agree.
    dates_agree,
    /// Count of dates that can be compared with the other's and agree with none.
    dates_disagree,
    /// Flag: one negates a word that the other, without a negation, answers closely.
    negation_answered,
    /// Flag: one has an even number of negations and the other an odd one.
    negation_count,
    /// Flag: a word of one and its opposite in the other answer each other.
    opposites,
    /// Flag: one plans what the other, without a plan, answers closely.
    plan_answered,
    /// Flag: one of the two has words for a plan.
    plan_alone,
    /// Flag: one has a named speaker's words, and the other, attributed too, does not name that speaker.
    other_speaker,
    /// Flag: both are attributed.
    attributed_both,
    /// Flag: one of the two is attributed.
    attributed_one,
    /// Difference of their certainty, in [0, 1].
    hedge_difference,
    /// Weight of the content words of the shorter over that of the longer; 1 where neither has any.
    length_ratio,
    /// ln(1 + weight of the content words of the shorter), divided by 6.
    length_min,
    /// Cosine of the two sentences' terms, those that are rare in the event weighing more (tf-idf), in [0, 1].
    lexical,
    /// ln(1 + how much they have in common, however long they are: the sum of the inverse document frequencies of the terms of both),
    /// divided by 4.
    lexical_shared,
    /// How deep in its article the sentence stands that is nearer to the top ([`Candidate::depth`]), divided by 6.
    depth_min,
    /// The same of the other sentence.
    depth_max,
    /// Days between the days on which the two articles were published, cut off at 5 and divided by it; a day where one of them is not known.
    days_apart,
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

/// From this nearness on, a change of a few words is an edit and not another way to say it all.
const EDITED_FROM: f32 = 0.2;

impl Evidence {
    /// The evidence on two sentences; `names` tells what is rare among the sentences of the run, `thresholds` are those of the
    /// encoder.
    pub fn new(a: &Candidate<'_>, b: &Candidate<'_>, names: &NameFrequency, thresholds: &Thresholds) -> Self {
        let pair = Pair::new(*a, *b, thresholds);
        let forms = [&pair.a, &pair.b].map(|side| Forms::new(side, names));
        Self::of_pair(&pair, &pair.sides(forms.each_ref()), &pair.alignment(), names)
    }

    /// The evidence on a pair whose words were aligned.
    pub(super) fn of_pair(
        pair: &Pair<'_>,
        [a, b]: &[Side<'_, '_>; 2],
        alignment: &WordAlignment,
        names: &NameFrequency,
    ) -> Self {
        let both = |figure: &dyn Fn(&Side<'_, '_>, &Side<'_, '_>) -> f32| {
            let (x, y) = (figure(a, b), figure(b, a));
            [x.min(y), x.max(y)]
        };
        let either = |holds: &dyn Fn(&Side<'_, '_>, &Side<'_, '_>) -> bool| flag(holds(a, b) || holds(b, a));
        let alone = |is_wanted: WordKind| both(&|side, other| count(words_alone(side, other, is_wanted)));

        let (one, other) = (pair.a.annotations, pair.b.annotations);
        let overlap = names.overlap(one, other);
        let (numbers, dates) = (checks::numbers(one, other), checks::dates(&pair.a, &pair.b));
        let attributed = [one, other].map(|side| side.attribution.is_some());
        let renamed = [renamed(a, b), renamed(b, a)];
        let places = renamed
            .each_ref()
            .map(|pairs| pairs.iter().filter(|(ours, theirs)| ours.is_place && theirs.is_place).count());

        let [coverage_all_min, coverage_all_max] = both(&|side, _| coverage(side.this, side.best, |_| true));
        let [rare_coverage_min, rare_coverage_max] = both(&|side, _| rare_coverage(side));
        let [left_over_min, left_over_max] = both(&|side, _| left_over(side).0);
        let [_, left_over_weight_max] = both(&|side, _| left_over(side).1 / 10.0);
        let [same_words_min, same_words_max] = both(&same_words);
        let [names_alone_min, names_alone_max] = both(&|side, other| count(names_alone(side, other)));
        let depths = [&pair.a, &pair.b].map(|side| f32::from(side.depth) / f32::from(Candidate::DEEPEST));
        let [shorter, longer] = both(&|side, _| content_weight(side));
        Self {
            cosine: pair.similarity.cosine,
            coverage_min: pair.coverage[0].min(pair.coverage[1]),
            coverage_max: pair.coverage[0].max(pair.coverage[1]),
            coverage_all_min,
            coverage_all_max,
            rare_coverage_min,
            rare_coverage_max,
            aligned_min: alignment.covered_a.min(alignment.covered_b),
            aligned_max: alignment.covered_a.max(alignment.covered_b),
            left_over_min,
            left_over_max,
            left_over_weight_max,
            same_words_min,
            same_words_max,
            same_run: same_run(a, b),
            has_names: flag(overlap.is_some()),
            name_overlap: overlap.unwrap_or(0.5),
            names_alone_min,
            names_alone_max,
            renamed: count(renamed[0].len().min(renamed[1].len())),
            replaced: count(places[0].min(places[1])),
            crossed: flag(crossed(a, b)),
            near: ((same_words_min - 0.5) * 2.0).clamp(0.0, 1.0),
            changed: alone(is_plain)[0],
            figures_changed: alone(is_figure)[0],
            times_changed: alone(is_time)[0],
            poles_alone: alone(is_pole)[1],
            reordered: reordered(a, b),
            numbers_agree: count(numbers.agree),
            numbers_disagree: count(numbers.disagree),
            numbers_alone: count(numbers.alone),
            dates_agree: count(dates.agree),
            dates_disagree: count(dates.disagree),
            negation_answered: either(&|side, other| negated(side, other).is_some()),
            negation_count: flag(one.negations.len() % 2 != other.negations.len() % 2),
            opposites: flag(opposed(a, b).is_some()),
            plan_answered: either(&|side, other| planned(side, other).is_some()),
            plan_alone: flag(one.plans.is_empty() != other.plans.is_empty()),
            other_speaker: either(&checks::other_speaker),
            attributed_both: flag(attributed[0] && attributed[1]),
            attributed_one: flag(attributed[0] != attributed[1]),
            hedge_difference: (one.certainty.score - other.certainty.score).abs(),
            length_ratio: if longer > 0.0 { shorter / longer } else { 1.0 },
            length_min: (1.0 + shorter).ln() / 6.0,
            lexical: a.forms.terms.cosine(&b.forms.terms),
            lexical_shared: a.forms.terms.shared(&b.forms.terms).ln_1p() / 4.0,
            depth_min: depths[0].min(depths[1]),
            depth_max: depths[0].max(depths[1]),
            days_apart: days_apart(pair.a.date, pair.b.date),
        }
    }

    /// True where the two are alike but for a few words, numbers, dates or names that were put in the place of others, left
    /// out or moved. No fit decides on this, so that it holds for kinds of change that no training pair shows.
    pub fn is_edited(&self) -> bool {
        let changes = [
            self.changed,
            self.figures_changed,
            self.times_changed,
            self.poles_alone,
            self.reordered,
            self.names_alone_min,
            self.crossed,
            self.negation_count,
            self.opposites,
            self.plan_alone,
        ];
        self.near > EDITED_FROM && changes.iter().any(|&change| change > 0.0)
    }
}

fn flag(holds: bool) -> f32 {
    f32::from(u8::from(holds))
}

/// What is told on another day is more often something else.
fn days_apart(a: Option<Date>, b: Option<Date>) -> f32 {
    const MOST: u32 = 5;
    let days = a.zip(b).map_or(1, |(a, b)| (a - b).get_days().unsigned_abs());
    days.min(MOST) as f32 / MOST as f32
}

fn count(n: usize) -> f32 {
    n.min(3) as f32 / 3.0
}

fn content_weight(side: &Side<'_, '_>) -> f32 {
    let weights = side.words().weights.iter();
    weights.enumerate().filter(|(word, _)| side.is_content(*word)).map(|(_, weight)| weight).sum()
}

/// Coverage, names included, with the words that are rare in the run weighing more.
fn rare_coverage(side: &Side<'_, '_>) -> f32 {
    weighted_mean(side.best, |word| side.words().weights[word] * side.forms.rarity[word])
}

/// The share of the content words' weight that no word of the other sentence answers, and the heaviest of these words.
fn left_over(side: &Side<'_, '_>) -> (f32, f32) {
    let (weights, least) = (&side.words().weights, side.thresholds.alignment.answered);
    let is_unanswered = |(word, (_, best)): &(usize, (&f32, &f32))| side.is_content(*word) && **best < least;
    let unanswered =
        weights.iter().zip(side.best).enumerate().filter(is_unanswered).map(|(_, unanswered)| unanswered);
    let (sum, most) =
        unanswered.fold((0.0_f32, 0.0_f32), |(sum, most), (&weight, _)| (sum + weight, most.max(weight)));
    let total = content_weight(side);
    (if total > 0.0 { sum / total } else { 0.0 }, most)
}

/// The share of the content words' weight whose very letters stand in the other sentence.
fn same_words(side: &Side<'_, '_>, other: &Side<'_, '_>) -> f32 {
    let (mut same, mut total) = (0.0, 0.0);
    let words = side.forms.folded.iter().zip(&side.words().weights).enumerate();
    for (_, (word, &weight)) in words.filter(|(word, _)| side.is_content(*word)) {
        total += weight;
        same += if other.forms.distinct.contains(word) { weight } else { 0.0 };
    }
    if total > 0.0 { same / total } else { 0.0 }
}

/// Whether a word of a sentence is of some kind.
type WordKind = fn(&Side<'_, '_>, usize) -> bool;

/// How many words of a kind this sentence has whose very letters do not stand in the other.
fn words_alone(side: &Side<'_, '_>, other: &Side<'_, '_>, is_wanted: WordKind) -> usize {
    let is_alone =
        |&word: &usize| !other.forms.distinct.contains(&side.forms.folded[word]) && is_wanted(side, word);
    (0..side.forms.folded.len()).filter(is_alone).count()
}

/// A content word that is no name, no figure and no time.
fn is_plain(side: &Side<'_, '_>, word: usize) -> bool {
    side.is_content(word) && !side.this.is_name(word) && !is_figure(side, word) && !is_time(side, word)
}

/// A number, in digits or in words.
fn is_figure(side: &Side<'_, '_>, word: usize) -> bool {
    let text = side.forms.folded[word].text.as_str();
    NUMERALS.contains(&text) || (text.starts_with(|c: char| c.is_ascii_digit()) && !is_time(side, word))
}

/// A day, a month, a year, or a word for a stretch of time.
fn is_time(side: &Side<'_, '_>, word: usize) -> bool {
    let span = &side.words().spans[word];
    let is_date = |quantity: &Quantity| quantity.kind.is_time() && quantity.span.overlaps(span);
    PERIODS.contains(&side.forms.folded[word].text.as_str())
        || side.this.annotations.quantities.iter().any(is_date)
}

/// A word that has an opposite.
fn is_pole(side: &Side<'_, '_>, word: usize) -> bool {
    let span = &side.words().spans[word];
    side.this.annotations.poles.iter().any(|pole| pole.span.overlaps(span))
}

/// The share of the words that each sentence has once, and both have, that stand in another order: 0 where the order is the
/// same. Found by the longest run of them that keeps the order.
fn reordered(side: &Side<'_, '_>, other: &Side<'_, '_>) -> f32 {
    let once = |words: &[Folded], word: &Folded| words.iter().filter(|other| *other == word).count() == 1;
    let shared = side
        .forms
        .folded
        .iter()
        .filter(|word| once(&side.forms.folded, word) && once(&other.forms.folded, word));
    let places: Vec<usize> =
        shared.filter_map(|word| other.forms.folded.iter().position(|theirs| theirs == word)).collect();
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
fn same_run(side: &Side<'_, '_>, other: &Side<'_, '_>) -> f32 {
    let mut best = 0.0_f32;
    let mut before = vec![0.0; other.forms.folded.len() + 1];
    for (word, weight) in side.forms.folded.iter().zip(&side.words().weights) {
        let mut here = vec![0.0; other.forms.folded.len() + 1];
        for (j, theirs) in other.forms.folded.iter().enumerate() {
            if word == theirs {
                here[j + 1] = before[j] + weight;
                best = best.max(here[j + 1]);
            }
        }
        before = here;
    }
    best.min(30.0) / 30.0
}

/// How many different names of this sentence the other does not have.
fn names_alone(side: &Side<'_, '_>, other: &Side<'_, '_>) -> usize {
    let ours: BTreeSet<&String> = side.forms.names.iter().collect();
    ours.into_iter().filter(|name| !other.forms.names.contains(name)).count()
}

/// The names of this sentence that the other does not have.
fn missing_names<'run>(side: &Side<'_, 'run>, other: &Side<'_, '_>) -> Vec<&'run Name> {
    let names = side.this.annotations.names.iter().zip(&side.forms.names);
    names.filter(|(_, key)| !other.forms.names.contains(key)).map(|(name, _)| name).collect()
}

/// Pairs of different names of which each is answered by the other: another name stands in its place. Names that the other
/// sentence has elsewhere do not count.
pub(super) fn renamed<'a, 'b>(side: &Side<'_, 'a>, other: &Side<'_, 'b>) -> Vec<(&'a Name, &'b Name)> {
    let words = |of: &Side<'_, '_>, name: &Name| -> Vec<usize> {
        let spans = &of.words().spans;
        (0..spans.len()).filter(|&word| name.span.overlaps(&spans[word])).collect()
    };
    let cosine = |a: &Name, b: &Name| {
        let theirs = words(other, b);
        let pairs = words(side, a).into_iter().flat_map(|i| theirs.iter().map(move |&j| (i, j)));
        pairs.map(|pair| side.cosines[pair]).fold(-1.0, f32::max)
    };
    let theirs = missing_names(other, side);
    let least = side.thresholds.alignment.closely;
    let nearest = |a: &'a Name| {
        let answers = theirs.iter().map(|&b| (b, cosine(a, b))).filter(|(_, cosine)| *cosine >= least);
        answers.max_by(|x, y| x.1.total_cmp(&y.1)).map(|(b, _)| (a, b))
    };
    missing_names(side, other).into_iter().filter_map(nearest).collect()
}

/// True where two names that both sentences have stand in the other order.
fn crossed(side: &Side<'_, '_>, other: &Side<'_, '_>) -> bool {
    let order = |names: &[String]| -> Vec<String> {
        let mut seen = BTreeSet::new();
        names.iter().filter(|name| seen.insert(*name)).cloned().collect()
    };
    let (ours, theirs) = (order(&side.forms.names), order(&other.forms.names));
    let places = ours.iter().filter_map(|name| theirs.iter().position(|other| other == name));
    !places.is_sorted()
}

/// A negation and the word of the other sentence, which negates nothing, that closely answers the one behind it.
pub(super) fn negated(side: &Side<'_, '_>, other: &Side<'_, '_>) -> Option<[Span; 2]> {
    let annotations = other.this.annotations;
    let mut negations = side.this.annotations.negations.iter().filter(|_| annotations.negations.is_empty());
    negations.find_map(|span| answered_behind(side, other, span))
}

/// "will" or "plans to", and the word of the other sentence, which plans nothing, that closely answers the one behind it.
pub(super) fn planned(side: &Side<'_, '_>, other: &Side<'_, '_>) -> Option<[Span; 2]> {
    let annotations = other.this.annotations;
    let mut plans = side.this.annotations.plans.iter().filter(|_| annotations.plans.is_empty());
    plans.find_map(|span| answered_behind(side, other, span))
}

fn answered_behind(side: &Side<'_, '_>, other: &Side<'_, '_>, span: &Span) -> Option<[Span; 2]> {
    let words = side.words();
    let is_behind = |&word: &usize| words.spans[word].start >= span.end && words.weights[word] >= 2.0;
    let behind = (0..words.len()).find(is_behind)?;
    let row = side.cosines.row(behind);
    let answer = (0..row.len()).reduce(|best, word| if row[word] > row[best] { word } else { best })?;
    let is_close = row[answer] >= side.thresholds.alignment.closely;
    is_close.then(|| [Span { start: span.start, end: words.spans[behind].end }, other.words().spans[answer]])
}

/// A word and its opposite that answer each other.
pub(super) fn opposed(side: &Side<'_, '_>, other: &Side<'_, '_>) -> Option<[Span; 2]> {
    let word_of =
        |of: &Side<'_, '_>, span: &Span| of.words().spans.iter().position(|word| word.overlaps(span));
    let answers = |a: &Span, b: &Span| {
        let words = word_of(side, a).zip(word_of(other, b));
        words.is_some_and(|(i, j)| side.cosines[[i, j]] >= side.thresholds.alignment.opposed)
    };
    let (ours, theirs) = (&side.this.annotations.poles, &other.this.annotations.poles);
    ours.iter().find_map(|a| {
        let is_shared = theirs.iter().any(|b| a.scale == b.scale && a.up == b.up);
        let mut opposites = theirs.iter().filter(|b| !is_shared && a.opposes(b));
        opposites.find(|b| answers(&a.span, &b.span)).map(|b| [a.span, b.span])
    })
}
