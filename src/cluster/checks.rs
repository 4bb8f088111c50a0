use jiff::ToSpan;
use jiff::civil::Date;

use super::Candidate;
use super::clash::{Clash, clash};
use super::evidence::Evidence;
use super::pair::{Pair, Side};
use crate::records::{Annotations, Name, Quantity, QuantityKind, Span};

/// Least overlap of the names and dates of two sentences of one claim, where both have some.
const MIN_ANCHOR_OVERLAP: f32 = 1.0 / 3.0;

/// What the cheap checks say of a pair that looks alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing speaks against it.
    Pass,
    /// They disagree on something, if they speak of the same thing.
    Conflict(Clash),
    /// Two named speakers, or a named and another one: what each said is a claim of its own.
    OtherSpeaker,
    /// Their names and dates have too little in common.
    OtherNames,
}

/// What the evidence on a pair comes to.
pub(super) fn verdict(pair: &Pair<'_>, sides: &[Side<'_, '_>; 2], evidence: &Evidence) -> Verdict {
    if evidence.other_speaker > 0.0 {
        return Verdict::OtherSpeaker;
    }
    if evidence.has_names > 0.0 && evidence.name_overlap < MIN_ANCHOR_OVERLAP {
        return Verdict::OtherNames;
    }
    clash(pair, sides, evidence).map_or(Verdict::Pass, Verdict::Conflict)
}

/// True where this sentence's words are a named speaker's, and the other hands its own to a speaker and does not name that one
/// at all.
pub(super) fn other_speaker(side: &Side<'_, '_>, other: &Side<'_, '_>) -> bool {
    let attribution = other.this.annotations.attribution.as_ref();
    let is_attributed = attribution.is_some_and(|attribution| attribution.source.is_some());
    is_attributed && named_speaker(side).is_some_and(|speaker| !other.forms.names.contains(speaker))
}

/// The name that the source ends in: "Trump", "spokesman Matthew Miller", not "a Reuters report".
fn named_speaker<'pair>(side: &'pair Side<'_, '_>) -> Option<&'pair String> {
    let annotations = side.this.annotations;
    let attribution = annotations.attribution.as_ref().filter(|attribution| !attribution.anonymous)?;
    let source = attribution.source?;
    let is_last = |name: &Name| source.contains(&name.span) && name.span.end == source.end;
    side.forms.names.get(annotations.names.iter().position(is_last)?)
}

/// How many quantities of two sentences can be compared, and how they compare.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Compared {
    /// Quantities that one of the other sentence agrees with; the lower number of the two sentences.
    pub agree: usize,
    /// Quantities to which the other sentence has some of the same kind and unit, and none that agrees; the lower number.
    pub disagree: usize,
    /// Quantities of either that have none of the same kind and unit on the other side.
    pub alone: usize,
}

impl Compared {
    /// Compares every item of a with every one of b; `same` is `None` for two that cannot be compared.
    fn new<T>(a: &[T], b: &[T], same: impl Fn(&T, &T) -> Option<bool>) -> Self {
        let (one, other) = (Self::of_side(a, b, &same), Self::of_side(b, a, &same));
        Self {
            agree: one.agree.min(other.agree),
            disagree: one.disagree.min(other.disagree),
            alone: one.alone + other.alone,
        }
    }

    fn of_side<T>(these: &[T], others: &[T], same: &impl Fn(&T, &T) -> Option<bool>) -> Self {
        let mut found = Self::default();
        for x in these {
            let answers: Vec<bool> = others.iter().filter_map(|y| same(x, y)).collect();
            match (answers.is_empty(), answers.contains(&true)) {
                (true, _) => found.alone += 1,
                (false, true) => found.agree += 1,
                (false, false) => found.disagree += 1,
            }
        }
        found
    }
}

/// Compares what is counted, paid or shared out, by kind and unit.
pub(super) fn numbers(a: &Annotations, b: &Annotations) -> Compared {
    Compared::new(&counted(a), &counted(b), |x, y| comparable_numbers(x, y))
}

pub(super) fn counted(annotations: &Annotations) -> Vec<&Quantity> {
    let is_counted = |quantity: &&Quantity| quantity.kind.is_amount() && !quantity.unit.is_empty();
    annotations.quantities.iter().filter(is_counted).take(MAX_QUANTITIES).collect()
}

/// Whether two quantities are the same; `None` where they count different things.
pub(super) fn comparable_numbers(x: &Quantity, y: &Quantity) -> Option<bool> {
    ((x.kind, &x.unit) == (y.kind, &y.unit)).then(|| x.agrees(y))
}

/// Words by which a number is one of victims, cases or arrests, which grows as a story goes on.
const TOLLS: [&str; 16] = [
    "arrest",
    "casualt",
    "cases",
    "dead",
    "death",
    "died",
    "hospitali",
    "hurt",
    "infect",
    "injur",
    "killed",
    "missing",
    "toll",
    "victim",
    "wounded",
    "detained",
];

/// True where the later of two articles gives the higher toll: the story went on, and nobody contradicts anybody.
pub(super) fn is_update(a: &Candidate<'_>, b: &Candidate<'_>) -> bool {
    let (earlier, later) = match a.date.zip(b.date) {
        Some((of_a, of_b)) if of_a < of_b => (a, b),
        Some((of_a, of_b)) if of_b < of_a => (b, a),
        _ => return false,
    };
    let is_toll = |candidate: &Candidate<'_>| {
        let text = candidate.text.to_lowercase();
        TOLLS.iter().any(|word| text.contains(word))
    };
    let grew = |x: &Quantity, y: &Quantity| (x.kind, &x.unit) == (y.kind, &y.unit) && y.value > x.value;
    let (before, after) = (counted(earlier.annotations), counted(later.annotations));
    is_toll(a) && is_toll(b) && before.iter().any(|x| after.iter().any(|y| grew(x, y)))
}

/// A date as far as a sentence and its article's date tell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// A day of [`ANY_YEAR`].
    Day(Date),
    Month(i8),
    Weekday(i8),
    Year(i64),
}

/// Days and months are compared without their year. This one is a leap year and has every day.
const ANY_YEAR: i16 = 2024;

/// Compares days, weekdays, months and years. A weekday is a day where the article's date is known: the last one up to that
/// date, or the next one in a sentence that plans. "June" agrees with "June 26".
pub(super) fn dates(a: &Candidate<'_>, b: &Candidate<'_>) -> Compared {
    Compared::new(&times(a), &times(b), |x, y| same_time(x.0, y.0))
}

pub(super) fn times(candidate: &Candidate<'_>) -> Vec<(When, Span)> {
    let quantities = candidate.annotations.quantities.iter();
    let times = quantities.filter_map(|quantity| Some((time(quantity, candidate)?, quantity.span)));
    times.take(MAX_QUANTITIES).collect()
}

fn time(quantity: &Quantity, candidate: &Candidate<'_>) -> Option<When> {
    let (month, day) = ((quantity.value / 100.0) as i8, (quantity.value % 100.0) as i8);
    match quantity.kind {
        QuantityKind::Year => Some(When::Year(quantity.value as i64)),
        QuantityKind::Date if month == 0 => Some(weekday(day, candidate)),
        QuantityKind::Date if day == 0 => Some(When::Month(month)),
        QuantityKind::Date => Date::new(ANY_YEAR, month, day).ok().map(When::Day),
        _ => None,
    }
}

fn weekday(day: i8, candidate: &Candidate<'_>) -> When {
    let Some(published) = candidate.date else { return When::Weekday(day) };
    let since = (published.weekday().to_monday_one_offset() - day).rem_euclid(7);
    let ahead = !candidate.annotations.plans.is_empty() && since != 0;
    let days = if ahead { 7 - i64::from(since) } else { -i64::from(since) };
    let date = published.checked_add(days.days()).unwrap_or(published);
    Date::new(ANY_YEAR, date.month(), date.day()).map_or(When::Weekday(day), When::Day)
}

pub(super) fn same_time(a: When, b: When) -> Option<bool> {
    match (a, b) {
        // "Friday" may be this one or the last one.
        (When::Day(a), When::Day(b)) => Some(matches!((a - b).get_days().abs(), 0 | 7)),
        (When::Month(a), When::Month(b)) => Some(a == b),
        (When::Month(month), When::Day(day)) | (When::Day(day), When::Month(month)) => {
            Some(day.month() == month)
        }
        (When::Weekday(a), When::Weekday(b)) => Some(a == b),
        (When::Year(a), When::Year(b)) => Some(a == b),
        _ => None,
    }
}

/// Most quantities of a sentence that are compared: one with more is a table.
const MAX_QUANTITIES: usize = 32;
