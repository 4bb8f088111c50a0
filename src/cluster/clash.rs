//! Whether two sentences of one thing contradict each other, on what, and by which words.

use super::Candidate;
use super::checks::{comparable_numbers, counted, is_update, same_time, times};
use super::evidence::{Evidence, negated, opposed, planned, renamed};
use super::pair::{Pair, Side};
use super::reprint::is_reprint;
use crate::records::{Conflict, Dependency, Name, Parsed, Quantity, Span};

/// A contradiction, if the two speak of the same thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clash {
    /// What they disagree on.
    pub kind: Conflict,
    /// The words that clash: those of the first sentence, those of the second.
    pub words: [Span; 2],
}

/// What the two disagree on, by the kind that is surest. Two prints of one text never clash.
pub(super) fn clash(pair: &Pair<'_>, [a, b]: &[Side<'_, '_>; 2], evidence: &Evidence) -> Option<Clash> {
    let is_dated_alike = evidence.dates_disagree == 0.0;
    let either = |find: Find| {
        let swapped = find(b, a).map(|[of_b, of_a]| [of_a, of_b]);
        find(a, b).into_iter().chain(swapped).min_by_key(|[of_a, of_b]| of_a.start + of_b.start)
    };
    let numbers = || {
        let (of_a, of_b) = (counted(a.this.annotations), counted(b.this.annotations));
        let found = clashes(&of_a, &of_b, |x, y| comparable_numbers(x, y), |of| of.span);
        let is_one_time = is_dated_alike && !is_update(&pair.a, &pair.b);
        found.into_iter().find(|words| is_one_time && stand_alike(pair, words))
    };
    let dates = || {
        let (of_a, of_b) = (times(&pair.a), times(&pair.b));
        let found = clashes(&of_a, &of_b, |x, y| same_time(x.0, y.0), |of| of.1);
        found.into_iter().find(|words| stand_alike(pair, words))
    };
    let clash = |kind: Conflict, words: Option<[Span; 2]>| words.map(|words| Clash { kind, words });
    clash(Conflict::Number, numbers())
        .or_else(|| clash(Conflict::Date, dates()))
        .or_else(|| clash(Conflict::Place, either(replaced_place)))
        .or_else(|| clash(Conflict::Polarity, either(opposed).or_else(|| either(negated))))
        .or_else(|| clash(Conflict::Modality, either(planned)))
        .filter(|_| !is_reprint(&pair.a, &pair.b))
}

type Find = fn(&Side<'_, '_>, &Side<'_, '_>) -> Option<[Span; 2]>;

/// Two places of which each stands where the other sentence has the other.
fn replaced_place(side: &Side<'_, '_>, other: &Side<'_, '_>) -> Option<[Span; 2]> {
    let theirs = renamed(other, side);
    let is_mutual =
        |(a, b): &(&Name, &Name)| theirs.iter().any(|(x, y)| (x.span, y.span) == (b.span, a.span));
    let mut pairs = renamed(side, other).into_iter().filter(is_mutual);
    pairs.find(|(ours, theirs)| ours.is_place && theirs.is_place).map(|(a, b)| [a.span, b.span])
}

/// The items that can be compared and are not the same; none where any two agree.
fn clashes<T>(
    a: &[T],
    b: &[T],
    same: impl Fn(&T, &T) -> Option<bool>,
    span: impl Fn(&T) -> Span,
) -> Vec<[Span; 2]> {
    let pairs = || a.iter().flat_map(|x| b.iter().map(move |y| (x, y)));
    if pairs().any(|(x, y)| same(x, y) == Some(true)) {
        return vec![];
    }
    let clashing = pairs().filter(|(x, y)| same(x, y) == Some(false));
    let mut found: Vec<[Span; 2]> = clashing.map(|(x, y)| [span(x), span(y)]).collect();
    found.sort_by_key(|[x, y]| x.start + y.start);
    found
}

/// Whether two spans stand in the same place of what is said: the words that govern them answer each other ("injured 12 officers",
/// "16 officers were wounded"; not "met on Sunday", "said on Monday"). True where no syntax tells.
fn stand_alike(pair: &Pair<'_>, [of_a, of_b]: &[Span; 2]) -> bool {
    match (governor(&pair.a, of_a), governor(&pair.b, of_b)) {
        (Some(a), Some(b)) => pair.cosines[[a, b]] >= pair.thresholds().alignment.aligned,
        (None, None) => true,
        _ => false,
    }
}

/// The word whose phrase or clause the span belongs to: what is done to the things counted, what happened on the day. Of a predicate
/// ("the rate was 36 percent"), its subject.
fn governor(of: &Candidate<'_>, span: &Span) -> Option<usize> {
    let syntax: &[Parsed] = of.encoding.syntax.as_ref()?;
    let spans = &of.encoding.words.spans;
    let is_inside = |word: usize| spans[word].overlaps(span);
    let head_of = |word: usize| syntax[word].head();
    let top = (0..spans.len())
        .filter(|&word| is_inside(word))
        .find(|&word| head_of(word).is_none_or(|head| !is_inside(head)))?;
    let skips = |word: usize| {
        let is_counted = syntax[top].relation == Dependency::Numeral && Some(word) == head_of(top);
        let is_time = |quantity: &Quantity| quantity.kind.is_time() && quantity.span.overlaps(&spans[word]);
        is_counted
            || PARTS_OF_DAYS.contains(&spans[word].slice(of.text))
            || of.annotations.quantities.iter().any(is_time)
    };
    let mut last = top;
    for _ in 0..MOST_STEPS {
        match head_of(last) {
            Some(head) if skips(head) => last = head,
            Some(head) => return Some(head),
            None => break,
        }
    }
    let is_subject = |&word: &usize| {
        head_of(word) == Some(last)
            && matches!(syntax[word].relation, Dependency::Subject | Dependency::PassiveSubject)
    };
    (0..spans.len()).find(is_subject)
}

/// Most steps up in a sentence, whose words may form a circle.
const MOST_STEPS: usize = 8;

/// Words that only say which part of a day.
const PARTS_OF_DAYS: [&str; 5] = ["morning", "noon", "afternoon", "evening", "night"];
