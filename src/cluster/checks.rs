use super::Candidate;
use super::anchors::NameFrequency;
use crate::records::{Annotations, Conflict, Name, Quantity, QuantityKind, Span, TokenStates};

/// Least overlap of the names and dates of two sentences of one claim, where both have some.
const MIN_ANCHOR_OVERLAP: f32 = 1.0 / 3.0;

/// Two rounded or approximate numbers are the same within this share of the larger.
const ROUNDING: f64 = 0.1;

/// Least cosine of a negated word and the word that answers it.
const MIN_ANSWER: f32 = 0.6;

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
    if other_speaker(a, b, names) || other_speaker(b, a, names) {
        return Verdict::OtherSpeaker;
    }
    if names.overlap(a.annotations, b.annotations).is_some_and(|overlap| overlap < MIN_ANCHOR_OVERLAP) {
        return Verdict::OtherNames;
    }
    let conflict = number_conflict(a.annotations, b.annotations)
        .or_else(|| date_conflict(a.annotations, b.annotations))
        .or_else(|| polarity_conflict(a, b));
    conflict.map_or(Verdict::Pass, Verdict::Conflict)
}

/// True where a's words are a named speaker's, and b hands its own to a speaker and does not name that one at all.
fn other_speaker(a: &Candidate<'_>, b: &Candidate<'_>, names: &NameFrequency) -> bool {
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

/// Counts of the same thing of which no two agree.
fn number_conflict(a: &Annotations, b: &Annotations) -> Option<Conflict> {
    let comparable = |quantity: &&Quantity| {
        matches!(quantity.kind, QuantityKind::Count | QuantityKind::Percent | QuantityKind::Money)
            && !quantity.unit.is_empty()
    };
    let pairs = pairs_of_same_kind(a, b, comparable);
    let conflicting = !pairs.is_empty() && pairs.iter().all(|(a, b)| !same_number(a, b));
    conflicting.then_some(Conflict::Number)
}

fn same_number(a: &Quantity, b: &Quantity) -> bool {
    let difference = (a.value - b.value).abs();
    difference == 0.0
        || ((a.approximate || b.approximate) && difference <= ROUNDING * a.value.abs().max(b.value.abs()))
}

/// Days of the calendar, weekdays or years, of which no two agree. "June" agrees with "June 26".
fn date_conflict(a: &Annotations, b: &Annotations) -> Option<Conflict> {
    let is_date = |quantity: &&Quantity| matches!(quantity.kind, QuantityKind::Date | QuantityKind::Year);
    let pairs = pairs_of_same_kind(a, b, is_date);
    let comparable: Vec<_> = pairs.iter().filter(|(a, b)| is_weekday(a) == is_weekday(b)).collect();
    let conflicting = !comparable.is_empty() && comparable.iter().all(|(a, b)| !same_date(a, b));
    conflicting.then_some(Conflict::Date)
}

fn is_weekday(quantity: &Quantity) -> bool {
    quantity.kind == QuantityKind::Date && quantity.value < 100.0
}

fn same_date(a: &Quantity, b: &Quantity) -> bool {
    let month_only =
        |quantity: &Quantity| quantity.kind == QuantityKind::Date && quantity.value % 100.0 == 0.0;
    let month = |quantity: &Quantity| (quantity.value / 100.0).floor();
    a.value == b.value || ((month_only(a) || month_only(b)) && !is_weekday(a) && month(a) == month(b))
}

/// Most quantities of a sentence that are compared: one with more is a table.
const MAX_QUANTITIES: usize = 32;

/// Every quantity of a with every one of b of the same kind and unit.
fn pairs_of_same_kind<'run>(
    a: &'run Annotations,
    b: &'run Annotations,
    wanted: impl Fn(&&Quantity) -> bool,
) -> Vec<(&'run Quantity, &'run Quantity)> {
    let of_b: Vec<&Quantity> = b.quantities.iter().filter(&wanted).take(MAX_QUANTITIES).collect();
    let of_a = a.quantities.iter().filter(&wanted).take(MAX_QUANTITIES);
    of_a.flat_map(|x| of_b.iter().filter(|y| (x.kind, &x.unit) == (y.kind, &y.unit)).map(move |&y| (x, y)))
        .collect()
}

/// One negates a word that the other affirms.
fn polarity_conflict(a: &Candidate<'_>, b: &Candidate<'_>) -> Option<Conflict> {
    let conflicting = match (a.annotations.negations.is_empty(), b.annotations.negations.is_empty()) {
        (false, true) => affirms(b, a),
        (true, false) => affirms(a, b),
        _ => false,
    };
    conflicting.then_some(Conflict::Polarity)
}

/// True where the word after a negation of `negated` is answered closely in `plain`, which negates nothing.
fn affirms(plain: &Candidate<'_>, negated: &Candidate<'_>) -> bool {
    let cosines = negated.encoding.words.cosines(&plain.encoding.words);
    let mut negated_words = negated
        .annotations
        .negations
        .iter()
        .filter_map(|negation| word_after(&negated.encoding.words, negation));
    negated_words.any(|word| cosines.row(word).iter().any(|&cosine| cosine >= MIN_ANSWER))
}

/// The first content word behind the negation.
fn word_after(words: &TokenStates, negation: &Span) -> Option<usize> {
    (0..words.len()).find(|&word| words.spans[word].start >= negation.end && words.weights[word] >= 2.0)
}
