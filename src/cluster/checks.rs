use jiff::ToSpan;
use jiff::civil::Date;

use super::Candidate;
use super::anchors::NameFrequency;
use super::evidence::{has_opposites, negates_what_is_affirmed, plans_what_is_done, replaced_places};
use super::pair::Pair;
use crate::records::{Annotations, Conflict, Name, Quantity, QuantityKind};

/// Least overlap of the names and dates of two sentences of one claim, where both have some.
const MIN_ANCHOR_OVERLAP: f32 = 1.0 / 3.0;

/// Two rounded or approximate numbers are the same within this share of the larger.
const ROUNDING: f64 = 0.1;

/// What the cheap checks say of a pair that looks alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing speaks against it.
    Pass,
    /// They speak of the same thing and disagree: one claim if they are very alike.
    Conflict(Conflict),
    /// Two named speakers, or a named and another one: what each said is a claim of its own.
    OtherSpeaker,
    /// Their names and dates have too little in common.
    OtherNames,
}

/// Checks a pair; symmetric.
pub fn check(a: &Candidate<'_>, b: &Candidate<'_>, names: &NameFrequency) -> Verdict {
    check_pair(&Pair::new(*a, *b), names)
}

pub(super) fn check_pair(pair: &Pair<'_>, names: &NameFrequency) -> Verdict {
    let (a, b) = (&pair.a, &pair.b);
    if other_speaker(a, b, names) || other_speaker(b, a, names) {
        return Verdict::OtherSpeaker;
    }
    if names.overlap(a.annotations, b.annotations).is_some_and(|overlap| overlap < MIN_ANCHOR_OVERLAP) {
        return Verdict::OtherNames;
    }
    conflict(pair, names).map_or(Verdict::Pass, Verdict::Conflict)
}

/// What the two disagree on, by the kind that is surest.
fn conflict(pair: &Pair<'_>, names: &NameFrequency) -> Option<Conflict> {
    let (a, b) = (&pair.a, &pair.b);
    let [side_a, side_b] = pair.sides();
    let numbers = numbers(a.annotations, b.annotations).conflict() && !is_update(a, b);
    let negated = negates_what_is_affirmed(&side_a) || negates_what_is_affirmed(&side_b);
    match () {
        () if numbers => Some(Conflict::Number),
        () if dates(a, b).conflict() => Some(Conflict::Date),
        () if replaced_places(pair, names) > 0 => Some(Conflict::Place),
        () if negated || has_opposites(&side_a) => Some(Conflict::Polarity),
        () if plans_what_is_done(&side_a) || plans_what_is_done(&side_b) => Some(Conflict::Modality),
        () => None,
    }
}

/// True where a's words are a named speaker's, and b hands its own to a speaker and does not name that one at all.
pub(super) fn other_speaker(a: &Candidate<'_>, b: &Candidate<'_>, names: &NameFrequency) -> bool {
    let is_attributed =
        b.annotations.attribution.as_ref().is_some_and(|attribution| attribution.source.is_some());
    let is_named_in_b =
        |speaker: &Name| b.annotations.names.iter().any(|name| names.anchor(name) == names.anchor(speaker));
    is_attributed && named_speaker(a.annotations).is_some_and(|speaker| !is_named_in_b(speaker))
}

/// The name that the source ends in: "Trump", "spokesman Matthew Miller", not "a Reuters report".
fn named_speaker(annotations: &Annotations) -> Option<&Name> {
    let attribution = annotations.attribution.as_ref().filter(|attribution| !attribution.anonymous)?;
    let source = attribution.source?;
    annotations.names.iter().find(|name| source.contains(&name.span) && name.span.end == source.end)
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
    /// True where something can be compared and nothing agrees.
    pub(super) fn conflict(&self) -> bool {
        self.disagree > 0 && self.agree == 0
    }

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
    let same =
        |x: &&Quantity, y: &&Quantity| ((x.kind, &x.unit) == (y.kind, &y.unit)).then(|| same_number(x, y));
    Compared::new(&counted(a), &counted(b), same)
}

fn counted(annotations: &Annotations) -> Vec<&Quantity> {
    let is_counted = |quantity: &&Quantity| {
        matches!(quantity.kind, QuantityKind::Count | QuantityKind::Percent | QuantityKind::Money)
            && !quantity.unit.is_empty()
    };
    annotations.quantities.iter().filter(is_counted).take(MAX_QUANTITIES).collect()
}

fn same_number(a: &Quantity, b: &Quantity) -> bool {
    let difference = (a.value - b.value).abs();
    difference == 0.0
        || ((a.approximate || b.approximate) && difference <= ROUNDING * a.value.abs().max(b.value.abs()))
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
fn is_update(a: &Candidate<'_>, b: &Candidate<'_>) -> bool {
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
enum When {
    Day(i16),
    Month(i16),
    Weekday(i8),
    Year(i64),
}

/// Days of a year that a week has, for comparing days across a year's end.
const WEEK: i16 = 7;

/// Compares days, weekdays, months and years. A weekday is a day where the article's date is known: the last one up to that
/// date, or the next one in a sentence that plans. "June" agrees with "June 26".
pub(super) fn dates(a: &Candidate<'_>, b: &Candidate<'_>) -> Compared {
    Compared::new(&times(a), &times(b), |x, y| same_time(*x, *y))
}

fn times(candidate: &Candidate<'_>) -> Vec<When> {
    let quantities = candidate.annotations.quantities.iter();
    quantities.filter_map(|quantity| time(quantity, candidate)).take(MAX_QUANTITIES).collect()
}

fn time(quantity: &Quantity, candidate: &Candidate<'_>) -> Option<When> {
    let (month, day) = ((quantity.value / 100.0) as i8, (quantity.value % 100.0) as i8);
    match quantity.kind {
        QuantityKind::Year => Some(When::Year(quantity.value as i64)),
        QuantityKind::Date if month == 0 => Some(weekday(day, candidate)),
        QuantityKind::Date if day == 0 => Some(When::Month(i16::from(month))),
        // A leap year has every day of the calendar.
        QuantityKind::Date => Date::new(2024, month, day).ok().map(|date| When::Day(date.day_of_year())),
        _ => None,
    }
}

fn weekday(day: i8, candidate: &Candidate<'_>) -> When {
    let Some(published) = candidate.date else { return When::Weekday(day) };
    let since = (published.weekday().to_monday_one_offset() - day).rem_euclid(7);
    let ahead = !candidate.annotations.plans.is_empty() && since != 0;
    let days = if ahead { 7 - i64::from(since) } else { -i64::from(since) };
    let date = published.checked_add(days.days()).unwrap_or(published);
    Date::new(2024, date.month(), date.day()).map_or(When::Weekday(day), |date| When::Day(date.day_of_year()))
}

fn same_time(a: When, b: When) -> Option<bool> {
    let month_of = |day: i16| {
        let date = Date::new(2024, 1, 1).ok()?.checked_add(i64::from(day - 1).days()).ok()?;
        Some(i16::from(date.month()))
    };
    match (a, b) {
        // "Friday" may be this one or the last one.
        (When::Day(a), When::Day(b)) => Some(a == b || (a - b).abs() == WEEK),
        (When::Month(a), When::Month(b)) => Some(a == b),
        (When::Month(month), When::Day(day)) | (When::Day(day), When::Month(month)) => {
            Some(month_of(day) == Some(month))
        }
        (When::Weekday(a), When::Weekday(b)) => Some(a == b),
        (When::Year(a), When::Year(b)) => Some(a == b),
        _ => None,
    }
}

/// Most quantities of a sentence that are compared: one with more is a table.
const MAX_QUANTITIES: usize = 32;
