//! What is known of a difference, whatever its dimension.

use super::addition::{ELSEWHERE, held, is_cue, is_name_or_number, same_around};
use super::attribution::{ANONYMOUS, NONE, PRONOUN};
use super::counterpart::Counterpart;
use super::edges::Edges;
use super::pair::View;
use super::{Pair, Side, is_own};
use crate::annotate::calendar::is_day_or_month;
use crate::records::{CueKind, Dependency, Evidence, FramingDifference, Pole, Span, Tag};

/// What is known of a difference, whatever its dimension: the figures from which the salience is made.
pub const FIGURES: [&str; 60] = [
    "both",
    "words",
    "words_of_shorter",
    "weight",
    "new",
    "same",
    "names",
    "numbers",
    "loaded",
    "listed",
    "loaded_gap",
    "tone_gap",
    "tone",
    "quoted",
    "near",
    "covered",
    "covered_of_shorter",
    "shared_words",
    "difference",
    "elsewhere",
    "told",
    "beside",
    "headline",
    "of_headline",
    "absent",
    "anonymous",
    "stand",
    "attributed",
    "clause",
    "apposition",
    "connective",
    "of_cue",
    "share_of_sentence",
    "other_words",
    "of_pair",
    "verb",
    "noun",
    "adjective",
    "weight_gap",
    "opposed",
    "aligned",
    "place",
    "likeness",
    "near_squared",
    "near_in_the_mean",
    "both_own",
    "pronoun",
    "likeness_beside",
    "likeness_around",
    "same_around",
    "whole",
    "joined_before",
    "joined_behind",
    "unpaired",
    "hanging_before",
    "hanging",
    "goes_on",
    "verb_behind",
    "day",
    "saying",
];

/// The figures of a difference, in the order of [`FIGURES`]. Each is the same from either side.
///
/// `of_pair` is the share of the words' weight in that of all that was marked in the pair, in this dimension.
pub fn figures(
    pair: &Pair<'_, '_>,
    found: &FramingDifference,
    all: &[FramingDifference],
) -> [f32; FIGURES.len()] {
    let views = pair.views();
    let sides = [(&views[0], &found.a), (&views[1], &found.b)];
    let both = found.a.span.is_some() && found.b.span.is_some();
    let of_sides = sides.map(|(view, evidence)| SideFigures::new(view, evidence, !both));
    let [a, b] = &of_sides;
    let larger = |figure: fn(&SideFigures) -> f32| figure(a).max(figure(b));
    let sum = |figure: fn(&SideFigures) -> f32| figure(a) + figure(b);
    let gap = |figure: fn(&SideFigures) -> f32| (figure(a) - figure(b)).abs();
    let [nearest, in_the_mean] = near(pair, found);
    let values = [found.a.value.as_str(), found.b.value.as_str()];
    let any_value = |begins: &str| f32::from(values.iter().any(|value| value.starts_with(begins)));
    let stand = [CueKind::Assertive, CueKind::Doubting].map(CueKind::as_str);
    let is_headline = [pair.a, pair.b].map(|side| side.place.is_headline);
    let alignment = pair.alignment;
    let shared = views.iter().map(|view| view.shared().count());
    [
        f32::from(both),
        larger(|of| of.words) / 8.0,
        if both { a.words.min(b.words) / 8.0 } else { 0.0 },
        sum(|of| of.weight) / 30.0,
        larger(|of| of.new),
        if both { sum(|of| of.same) / 2.0 } else { larger(|of| of.same) },
        larger(|of| of.names),
        larger(|of| of.numbers),
        larger(|of| of.loaded),
        larger(|of| of.listed),
        gap(|of| of.loaded),
        gap(|of| of.tone),
        larger(|of| of.tone.abs()),
        larger(|of| of.quoted),
        nearest,
        (alignment.covered_a + alignment.covered_b) / 2.0,
        alignment.covered_a.min(alignment.covered_b),
        shared.min().unwrap_or(0) as f32 / 8.0,
        found.difference.map_or(0.0, |difference| difference.abs().min(1.0)),
        any_value(ELSEWHERE),
        larger(|of| of.told),
        larger(|of| of.beside),
        f32::from(is_headline[0] || is_headline[1]),
        f32::from(
            sides.iter().any(|(view, evidence)| evidence.span.is_some() && view.side.place.is_headline),
        ),
        f32::from(values.contains(&NONE)),
        any_value(ANONYMOUS),
        f32::from(
            values.iter().any(|value| value.split("; ").nth(1).is_some_and(|kind| stand.contains(&kind))),
        ),
        views.iter().map(attributed).fold(0.0, f32::max),
        larger(|of| of.clause),
        larger(|of| of.apposition),
        larger(|of| of.connective),
        larger(|of| of.of_cue),
        larger(|of| of.share_of_sentence),
        of_sides.iter().map(|of| of.other_words).fold(0.0, f32::max) / 20.0,
        of_pair(&views, found, all),
        sum(|of| of.verb),
        sum(|of| of.noun),
        sum(|of| of.adjective),
        if both { gap(|of| of.mean_weight) / 4.0 } else { 0.0 },
        f32::from(is_opposed(pair, found)),
        f32::from(both && is_aligned(pair, found)),
        larger(|of| of.place),
        larger(|of| of.likeness),
        nearest * nearest,
        in_the_mean,
        f32::from(both && a.quoted + b.quoted == 0.0),
        any_value(PRONOUN),
        larger(|of| of.likeness_beside),
        larger(|of| of.likeness_around),
        larger(|of| of.same_around),
        larger(|of| of.whole),
        larger(|of| of.edges.joined_before),
        larger(|of| of.edges.joined_behind),
        larger(|of| of.edges.unpaired),
        larger(|of| of.edges.hanging_before),
        larger(|of| of.edges.hanging),
        larger(|of| of.edges.goes_on),
        larger(|of| of.edges.verb_behind),
        larger(|of| of.day),
        larger(|of| of.saying),
    ]
}

/// Share of what both sides have that this side hands to a source.
fn attributed(view: &View<'_, '_>) -> f32 {
    let side = view.side;
    let shared: Vec<usize> = view.shared().collect();
    let is_handed = |&&word: &&usize| {
        let span = side.words()[word];
        let mut content = side.annotations.attribution.iter().flat_map(|attribution| &attribution.content);
        content.any(|content| content.contains(&span))
    };
    shared.iter().filter(is_handed).count() as f32 / shared.len().max(1) as f32
}

/// The weight of a difference's words that the other side has not, as a share of that of the weightiest of its dimension.
fn of_pair(views: &[View<'_, '_>; 2], found: &FramingDifference, all: &[FramingDifference]) -> f32 {
    let weight = |of: &FramingDifference| -> f32 {
        let sides = [(&views[0], &of.a), (&views[1], &of.b)];
        sides.iter().map(|(view, evidence)| evidence.span.map_or(0.0, |span| weight_alone(view, &span))).sum()
    };
    let of_dimension = all.iter().filter(|other| other.dimension == found.dimension);
    let most = of_dimension.map(weight).fold(f32::MIN_POSITIVE, f32::max);
    weight(found) / most
}

fn weight_alone(view: &View<'_, '_>, span: &Span) -> f32 {
    let words = view.side.words_in(span).filter(|&word| !view.counterparts.is_same(word));
    words.map(|word| view.side.weight(word)).sum()
}

/// True where the words stand at two ends of one scale.
fn is_opposed(pair: &Pair<'_, '_>, found: &FramingDifference) -> bool {
    let Some((of_a, of_b)) = found.a.span.zip(found.b.span) else { return false };
    let poles = |side: &Side<'_>, span: Span| -> Vec<Pole> {
        side.annotations.poles.iter().filter(|pole| span.contains(&pole.span)).copied().collect()
    };
    let theirs = poles(pair.b, of_b);
    poles(pair.a, of_a).iter().any(|pole| theirs.iter().any(|other| pole.opposes(other)))
}

fn is_aligned(pair: &Pair<'_, '_>, found: &FramingDifference) -> bool {
    let Some((of_a, of_b)) = found.a.span.zip(found.b.span) else { return false };
    pair.alignment.pairs.iter().any(|phrases| phrases.a.overlaps(&of_a) && phrases.b.overlaps(&of_b))
}

/// Cosine of the nearest two words of the evidence that are not the same, and of all such pairs in the mean; 0 where one side has no words.
fn near(pair: &Pair<'_, '_>, found: &FramingDifference) -> [f32; 2] {
    let Some((of_a, of_b)) = found.a.span.zip(found.b.span) else { return [0.0; 2] };
    let theirs: Vec<usize> = pair.b.content_in(&of_b).collect();
    let is_open = |x: usize, y: usize| pair.counterparts[0].words[x] != Counterpart::Same(y);
    let pairs = pair.a.content_in(&of_a).flat_map(|x| theirs.iter().map(move |&y| (x, y)));
    let open: Vec<f32> = pairs.filter(|&(x, y)| is_open(x, y)).map(|(x, y)| pair.cosines[[x, y]]).collect();
    let mean = open.iter().sum::<f32>() / open.len().max(1) as f32;
    [open.into_iter().fold(0.0, f32::max), mean]
}

/// What is known of one side's words.
#[derive(Default)]
struct SideFigures {
    /// Words that say something.
    words: f32,
    /// The weights of those that the other side has not.
    weight: f32,
    /// Share of their weights without any counterpart, and with the same word.
    new: f32,
    same: f32,
    names: f32,
    numbers: f32,
    /// Their shares of the loaded-language head, in logits, and whether one is in the list.
    loaded: f32,
    listed: f32,
    /// Their shares of the sentiment, in logits.
    tone: f32,
    /// 1 where they are quoted.
    quoted: f32,
    /// How much of them the other outlet tells elsewhere, and beside the compared sentence, as shares of their weights; where the other side
    /// has no words of its own.
    told: f32,
    beside: f32,
    /// 1 where a verb with a subject is among them; where they are an apposition; where they open with a word such as "because"; where they belong to a
    /// verb of saying.
    clause: f32,
    apposition: f32,
    connective: f32,
    of_cue: f32,
    share_of_sentence: f32,
    /// Words of the other sentence that say something.
    other_words: f32,
    /// 1 where their head is one.
    verb: f32,
    noun: f32,
    adjective: f32,
    mean_weight: f32,
    /// Where they begin in the sentence, from 0 to 1.
    place: f32,
    /// Cosine of each word with the nearest of the other sentence, the mean by weights; of the sentences beside that, and of all three; where the other
    /// side has no words of its own.
    likeness: f32,
    likeness_beside: f32,
    likeness_around: f32,
    /// Share of the weights of words that one of the three has too, in whatever form.
    same_around: f32,
    /// 1 for all that hangs below one word.
    whole: f32,
    edges: Edges,
    /// 1 where one of them is a day, a month or another word for a time; where one is a word for saying something.
    day: f32,
    saying: f32,
}

/// Words for a time, beside days and months.
const TIMES: [&str; 12] = [
    "today",
    "yesterday",
    "week",
    "weekend",
    "month",
    "year",
    "morning",
    "evening",
    "afternoon",
    "night",
    "a.m",
    "p.m",
];

/// Words for saying something, and for where it was said.
const SAYING: [&str; 18] = [
    "said",
    "says",
    "told",
    "tweeted",
    "wrote",
    "added",
    "according",
    "statement",
    "spokesman",
    "spokeswoman",
    "spokesperson",
    "interview",
    "reporters",
    "announced",
    "conference",
    "twitter",
    "tweet",
    "remarks",
];

/// True for a day, a month (but "may" and "march"), and other words for a time; `word` in lower case.
fn is_time(word: &str) -> bool {
    is_day_or_month(word) || TIMES.contains(&word)
}

/// Words that say how two things hang together.
const CONNECTIVES: [&str; 16] = [
    "because", "although", "though", "despite", "after", "amid", "while", "but", "if", "unless", "even",
    "since", "without", "as", "saying", "in",
];

impl SideFigures {
    fn new(view: &View<'_, '_>, evidence: &Evidence, is_one_sided: bool) -> Self {
        let Some(span) = evidence.span else { return Self::default() };
        let side = view.side;
        let held = held(view, &span);
        let inside = side.words_in(&span);
        let first = inside.clone().next().map(|word| side.word(word));
        // The word of the span whose head stands outside.
        let head = view.tree.and_then(|tree| {
            let is_top = |word: &usize| tree.head(*word).is_none_or(|head| !inside.contains(&head));
            inside.clone().find(is_top).map(|word| (tree, word))
        });
        let nearest = |word: usize| view.nearest(word);
        let beside: Vec<_> = view.other.beside.iter().flatten().collect();
        let of_beside: Vec<_> = match is_one_sided {
            true => beside.iter().map(|(_, encoding)| side.encoding.words.cosines(&encoding.words)).collect(),
            false => vec![],
        };
        let nearest_beside =
            |word: usize| of_beside.iter().flat_map(|cosines| cosines.row(word).to_vec()).fold(0.0, f32::max);
        let weight_of_sentence = (0..side.words().len()).map(|word| side.weight(word)).sum::<f32>();
        let words: Vec<usize> = side.content_in(&span).collect();
        let weight = |is: &dyn Fn(usize) -> bool| -> f32 {
            words.iter().filter(|&&word| is(word)).map(|&word| side.weight(word)).sum()
        };
        let all = weight(&|_| true).max(f32::MIN_POSITIVE);
        let mean = |of: &dyn Fn(usize) -> f32| {
            words.iter().map(|&word| side.weight(word) * of(word)).sum::<f32>() / all
        };
        let is_name = |word: usize| side.is_name(&side.words()[word]);
        let has = |is: &dyn Fn(&str) -> bool| {
            f32::from(inside.clone().any(|word| is(&side.word(word).to_lowercase())))
        };
        let sum_of = |shares: Option<&[f32]>| -> f32 {
            let shares = shares.unwrap_or_default();
            words.iter().filter_map(|&word| shares.get(word)).sum()
        };
        Self {
            words: words.len() as f32,
            weight: weight(&|word| !view.counterparts.is_same(word)),
            new: weight(&|word| view.is_new(word)) / all,
            same: weight(&|word| view.counterparts.is_same(word)) / all,
            names: f32::from(words.iter().any(|&word| is_name(word))),
            numbers: f32::from(words.iter().any(|&word| is_name_or_number(side, word) && !is_name(word))),
            loaded: sum_of(side.narration.loaded.map(|score| score.shares.as_slice())),
            listed: f32::from(side.listed.iter().any(|word| word.span.overlaps(&span))),
            tone: sum_of(Some(&side.encoding.tone)),
            quoted: f32::from(!is_own(side.annotations, &span)),
            told: if is_one_sided { held.most.map_or(0.0, |(_, share)| share) } else { 0.0 },
            beside: if is_one_sided { held.beside } else { 0.0 },
            clause: f32::from(side.clauses.iter().any(|clause| span.contains(&clause.verb))),
            apposition: f32::from(
                head.is_some_and(|(tree, head)| tree.relation(head) == Dependency::Apposition),
            ),
            connective: f32::from(
                first.is_some_and(|word| CONNECTIVES.contains(&word.to_lowercase().as_str())),
            ),
            of_cue: f32::from(
                head.and_then(|(tree, head)| tree.head(head)).is_some_and(|verb| is_cue(side, verb)),
            ),
            share_of_sentence: all / weight_of_sentence.max(all),
            other_words: (0..view.other.words().len()).filter(|&word| view.other.says_something(word)).count()
                as f32,
            verb: f32::from(head.is_some_and(|(tree, head)| tree.tag(head).is_verb())),
            noun: f32::from(head.is_some_and(|(tree, head)| tree.tag(head).is_nominal())),
            adjective: f32::from(
                head.is_some_and(|(tree, head)| matches!(tree.tag(head), Tag::Adjective | Tag::Adverb)),
            ),
            mean_weight: weight(&|_| true) / words.len().max(1) as f32,
            place: span.start as f32 / side.text.len().max(1) as f32,
            likeness: mean(&nearest),
            likeness_beside: if is_one_sided { mean(&nearest_beside) } else { 0.0 },
            likeness_around: if is_one_sided {
                mean(&|word| nearest(word).max(nearest_beside(word)))
            } else {
                0.0
            },
            same_around: if is_one_sided { same_around(view, &span) } else { 0.0 },
            whole: f32::from(view.tree.is_some_and(|tree| {
                inside.clone().any(|word| tree.subtree(word).iter().copied().eq(inside.clone()))
            })),
            edges: Edges::new(side.text, side.words(), &inside, &span),
            day: has(&is_time),
            saying: has(&|word| SAYING.contains(&word)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_modal_verb_is_no_month() {
        assert!(is_time("tuesday") && is_time("october") && is_time("a.m") && is_time("week"));
        assert!(!is_time("may") && !is_time("march") && !is_time("schools"));
    }
}
