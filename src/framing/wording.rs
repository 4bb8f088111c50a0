use super::counterpart::{Counterpart, is_one_surname};
use super::edges::with_both_marks;
use super::pair::View;
use super::tree::Tree;
use super::{Dimension, Measure, Pair, Shown, Side, is_family};
use crate::records::{CueKind, Dependency, Evidence, FramingDifference, Span, Tag};

const LABELLING: &str = "labelling";
const WORDING: &str = "wording";

/// The measure.
pub(super) static MEASURE: Measure = Measure {
    name: "wording",
    figures: &[],
    dimensions: &[
        Dimension {
            name: LABELLING,
            doc: "Other nouns for the same person, group or thing. Values: the words in lower case without plural.",
            shown: Shown::Words,
        },
        Dimension {
            name: WORDING,
            doc: "Other words for the same that are no nouns. Values: the words in lower case without plural.",
            shown: Shown::Words,
        },
    ],
    readings: |_| vec![],
    differences: |pair, _| differences(pair),
    card: include_str!("../../docs/measures/wording.md"),
    may_be_replaced: false,
};

/// Words of the two sides for the same thing: each pair of a row `labelling` or `wording` that is aligned and near enough, worth a row or not.
pub fn terms(pair: &Pair<'_, '_>) -> Vec<[Evidence; 2]> {
    let least = pair.a.thresholds.alignment.phrase;
    let is_near = |of_a: &Span, of_b: &Span| {
        let aligned = pair.alignment.pairs.iter().filter(|phrases| phrases.similarity >= least);
        aligned.into_iter().any(|phrases| phrases.a.overlaps(of_a) && phrases.b.overlaps(of_b))
    };
    let found = differences(pair)
        .into_iter()
        .filter(|found| found.a.span.zip(found.b.span).is_some_and(|(of_a, of_b)| is_near(&of_a, &of_b)));
    found.map(|found| [found.a, found.b]).collect()
}

/// Forms that are rare enough to be no function words by their weight and still only carry tense or number.
const AUXILIARIES: [&str; 16] = [
    "been", "being", "was", "were", "had", "has", "have", "having", "did", "does", "would", "could",
    "should", "will", "can", "may",
];

/// Phrases that answer each other in other words: those that are aligned, and those at one place of the syntax. A word is
/// in one pair, with what is nearest to it.
fn differences(pair: &Pair<'_, '_>) -> Vec<FramingDifference> {
    let [a, b] = pair.views();
    let aligned = pair.alignment.pairs.iter().filter_map(|phrases| of_phrases(&a, &b, phrases.a, phrases.b));
    let by_syntax = at_one_place(&a, &b).into_iter().filter_map(|(x, y)| of_words(&a, &b, x, y));
    let mut found: Vec<(Span, Span)> = aligned.chain(by_syntax).collect();
    let nearness = |(of_a, of_b): &(Span, Span)| {
        let pairs = a.side.words_in(of_a).flat_map(|x| b.side.words_in(of_b).map(move |y| (x, y)));
        pairs.map(|(x, y)| pair.cosines[[x, y]]).fold(-1.0, f32::max)
    };
    found.sort_by(|x, y| nearness(y).total_cmp(&nearness(x)).then_with(|| (x.0, x.1).cmp(&(y.0, y.1))));
    let mut chosen = apart(apart(put_otherwise(&a, &b), named_otherwise(&a, &b)), found);
    chosen.sort_unstable();
    chosen.into_iter().map(|(of_a, of_b)| difference(&a, &b, of_a, of_b)).collect()
}

/// Phrases of several words at one place of the syntax of which neither side has much of the other: "after she was critically wounded in a shooting
/// rampage" and "after she was shot in the head". The largest, no two with a word in common.
fn put_otherwise(a: &View<'_, '_>, b: &View<'_, '_>) -> Vec<(Span, Span)> {
    let Some((of_a, of_b)) = a.tree.zip(b.tree) else { return vec![] };
    let new = |view: &View<'_, '_>, words: &[usize]| {
        let content: Vec<usize> =
            words.iter().copied().filter(|&word| view.side.says_something(word)).collect();
        let other = content.iter().filter(|&&word| !view.counterparts.is_same(word)).count();
        content.len() >= LEAST_OF_PHRASE && 2 * other > content.len()
    };
    let mut found: Vec<(Span, Span)> = (0..of_a.len())
        .filter_map(|x| {
            let y =
                a.at_the_place_of(x).filter(|&y| !a.counterparts.is_same(x) && !b.counterparts.is_same(y))?;
            let (words_a, words_b) = (of_a.subtree(x), of_b.subtree(y));
            let is_new = new(a, &words_a) && new(b, &words_b);
            let spans = a.side.cover(&words_a).zip(b.side.cover(&words_b));
            spans.filter(|(of_a, of_b)| is_new && of_a.len().max(of_b.len()) <= MOST_OF_PHRASE)
        })
        .collect();
    found.sort_by_key(|(of_a, of_b)| (std::cmp::Reverse(of_a.len() + of_b.len()), *of_a, *of_b));
    apart(vec![], found)
}

/// One noun or name of both sides with other words before it: "the suspect" and "the mail bomb suspect", "Mayor Lopez" and "the embattled Mayor Lopez". A
/// loaded word alone makes no other name: it is a row of its own.
fn named_otherwise(a: &View<'_, '_>, b: &View<'_, '_>) -> Vec<(Span, Span)> {
    let Some((of_a, of_b)) = a.tree.zip(b.tree) else { return vec![] };
    let names_all = |tree: &Tree<'_>, word: usize| {
        tree.tag(word).is_nominal() && !matches!(tree.relation(word), Dependency::Compound | Dependency::Flat)
    };
    let has_more = |view: &View<'_, '_>, of: &[usize], noun: usize, others: &[usize]| {
        let name = view.side.name_at(&view.side.words()[noun]);
        of.iter().any(|&word| {
            let span = &view.side.words()[word];
            let is_of_name = name.is_some_and(|name| name.span.overlaps(span));
            let is_loaded = view.side.listed.iter().any(|listed| listed.span.overlaps(span));
            let is_said = |&theirs: &usize| is_family(view.side.word(word), view.other.word(theirs));
            let is_more = !is_of_name && !is_loaded && !others.iter().any(is_said);
            word != noun && view.side.says_something(word) && is_more
        })
    };
    let found = (0..of_a.len()).filter_map(|x| {
        let Counterpart::Same(y) = a.counterparts.words[x] else { return None };
        if !names_all(of_a, x) || !names_all(of_b, y) || b.counterparts.by(y) != Some(x) {
            return None;
        }
        let (words_a, words_b) = (of_a.named(x), of_b.named(y));
        let is_other = has_more(a, &words_a, x, &words_b) || has_more(b, &words_b, y, &words_a);
        let (span_a, span_b) = (a.side.cover(&words_a)?, b.side.cover(&words_b)?);
        let (span_a, span_b) = (with_both_marks(a.side.text, span_a), with_both_marks(b.side.text, span_b));
        let is_choice = !is_annotated(a.side, &span_a) && !is_annotated(b.side, &span_b);
        (is_other && is_choice).then_some((span_a, span_b))
    });
    apart(vec![], found.collect())
}

/// What was chosen, with each of what was found that has no word in common with what is chosen before it.
fn apart(mut chosen: Vec<(Span, Span)>, found: Vec<(Span, Span)>) -> Vec<(Span, Span)> {
    for (of_a, of_b) in found {
        if !chosen.iter().any(|(x, y)| x.overlaps(&of_a) || y.overlaps(&of_b)) {
            chosen.push((of_a, of_b));
        }
    }
    chosen
}

/// Words of a phrase put otherwise that say something, at least, and its bytes, at most.
const LEAST_OF_PHRASE: usize = 2;
const MOST_OF_PHRASE: usize = 160;

fn difference(a: &View<'_, '_>, b: &View<'_, '_>, of_a: Span, of_b: Span) -> FramingDifference {
    let is_label = ends_in_noun(a.side, &of_a) && ends_in_noun(b.side, &of_b);
    let evidence =
        |side: &Side<'_>, span: Span| Evidence { span: Some(span), value: folded_words(side, &span) };
    let dimension = if is_label { LABELLING } else { WORDING };
    a.difference(dimension, evidence(a.side, of_a), evidence(b.side, of_b))
}

/// Two phrases without the words that both begin and end with; `None` where nothing is left of one, or what is left is no choice of
/// words.
fn of_phrases(a: &View<'_, '_>, b: &View<'_, '_>, of_a: Span, of_b: Span) -> Option<(Span, Span)> {
    let (of_a, of_b) = (content_words(a, &of_a), content_words(b, &of_b));
    let same = |x: &usize, y: &usize| {
        a.counterparts.words[*x] == Counterpart::Same(*y) || is_family(a.side.word(*x), b.side.word(*y))
    };
    let n_before = of_a.iter().zip(&of_b).take_while(|(x, y)| same(x, y)).count();
    let (of_a, of_b) = (&of_a[n_before..], &of_b[n_before..]);
    let n_behind = of_a.iter().rev().zip(of_b.iter().rev()).take_while(|(x, y)| same(x, y)).count();
    let (of_a, of_b) = (&of_a[..of_a.len() - n_behind], &of_b[..of_b.len() - n_behind]);
    let all_same =
        |view: &View<'_, '_>, words: &[usize]| words.iter().all(|&word| view.counterparts.is_same(word));
    if all_same(a, of_a) || all_same(b, of_b) {
        return None;
    }
    let (span_a, span_b) = (a.side.cover(of_a)?, b.side.cover(of_b)?);
    let is_choice = !is_annotated(a.side, &span_a)
        && !is_annotated(b.side, &span_b)
        && !is_one_surname(a.side, &span_a, b.side, &span_b);
    is_choice.then_some((span_a, span_b))
}

/// The same for two words, each with what is named with it.
fn of_words(a: &View<'_, '_>, b: &View<'_, '_>, x: usize, y: usize) -> Option<(Span, Span)> {
    let core = |view: &View<'_, '_>, word: usize| view.tree.map_or(vec![word], |tree| tree.core(word));
    let (of_a, of_b) = (a.side.cover(&core(a, x))?, b.side.cover(&core(b, y))?);
    of_phrases(a, b, of_a, of_b)
}

/// Words of the same class that the other side has not and that stand at one place: below words that answer each other, in one way, or
/// above such words.
fn at_one_place(a: &View<'_, '_>, b: &View<'_, '_>) -> Vec<(usize, usize)> {
    let Some((of_a, of_b)) = a.tree.zip(b.tree) else { return vec![] };
    let open = |view: &View<'_, '_>, tree: &Tree<'_>| -> Vec<usize> {
        let is_open = |&word: &usize| view.side.says_something(word) && !view.counterparts.is_same(word);
        (0..tree.len()).filter(is_open).collect()
    };
    let theirs = open(b, of_b);
    let place = |tree: &Tree<'_>, word: usize| role(tree.relation(word));
    let stand_below = |x: usize, y: usize| {
        let heads = of_a.head(x).zip(of_b.head(y));
        heads.is_some_and(|(x, y)| a.counterparts.by(x) == Some(y)) && place(of_a, x) == place(of_b, y)
    };
    let stand_above = |x: usize, y: usize| {
        let answered = |below: &usize| {
            let by = a.counterparts.by(*below)?;
            of_b.below(y).contains(&by).then_some((role(of_a.relation(*below)), role(of_b.relation(by))))
        };
        of_a.below(x).iter().filter_map(answered).any(|(of_x, of_y)| of_x == of_y && of_x != Role::Other)
    };
    let fit = |x: usize, y: usize| of_a.class(x) == of_b.class(y) && (stand_below(x, y) || stand_above(x, y));
    let pairs = open(a, of_a)
        .into_iter()
        .flat_map(|x| theirs.iter().filter(move |&&y| fit(x, y)).map(move |&y| (x, y)));
    pairs.collect()
}

/// What a word is to the one above it, as far as two versions of a sentence have to agree on it.
#[derive(PartialEq, Eq)]
enum Role {
    Doer,
    Undergoer,
    Modifier,
    Other,
}

fn role(relation: Dependency) -> Role {
    match relation {
        Dependency::Subject | Dependency::Agent => Role::Doer,
        Dependency::Object | Dependency::PassiveSubject => Role::Undergoer,
        Dependency::Adjectival
        | Dependency::Compound
        | Dependency::NominalModifier
        | Dependency::Apposition => Role::Modifier,
        _ => Role::Other,
    }
}

/// The words of a phrase that are not function words.
fn content_words(view: &View<'_, '_>, phrase: &Span) -> Vec<usize> {
    let is_auxiliary = |word: &usize| AUXILIARIES.contains(&view.side.word(*word).to_lowercase().as_str());
    view.side.content_in(phrase).filter(|word| !is_auxiliary(word)).collect()
}

/// True for a phrase whose last word is a noun; false where the model has no head for syntax.
fn ends_in_noun(side: &Side<'_>, phrase: &Span) -> bool {
    let last = side.encoding.words.spans.iter().rposition(|word| phrase.contains(word));
    let kind = side.encoding.syntax.as_ref().zip(last).map(|(kinds, last)| kinds[last].tag);
    kind.is_some_and(|kind| matches!(kind, Tag::Noun | Tag::ProperNoun))
}

/// True for the words of a source, a cue, a number or a date, which have dimensions of their own.
fn is_annotated(side: &Side<'_>, phrase: &Span) -> bool {
    // "The council's brutal plan" is no source that anything is handed to.
    let attribution = side.annotations.attribution.iter().filter(|of| of.cue_kind != CueKind::Other);
    let attribution =
        attribution.flat_map(|attribution| attribution.source.into_iter().chain([attribution.cue]));
    let quantities = side.annotations.quantities.iter().map(|quantity| quantity.span);
    attribution.chain(quantities).any(|span| span.contains(phrase))
}

/// The words of a phrase, folded and joined by blanks.
fn folded_words(side: &Side<'_>, phrase: &Span) -> String {
    let words = side.encoding.words.spans.iter().filter(|word| phrase.contains(word));
    words.map(|word| folded_word(word.slice(side.text))).collect::<Vec<_>>().join(" ")
}

/// A word in lower case, with straight apostrophes, without possessive, plural and full stops: "Migrants’" is "migrant".
///
/// ```
/// assert_eq!(parallax::framing::folded_word("U.S.’s"), "us");
/// ```
pub fn folded_word(word: &str) -> String {
    let lower = word.to_lowercase().replace('’', "'");
    let word = lower.strip_suffix("'s").or(lower.strip_suffix('\'')).unwrap_or(&lower);
    if let Some(stem) = word.strip_suffix("ies").filter(|stem| stem.len() > 2) {
        return format!("{stem}y");
    }
    let stem = word.strip_suffix('s').filter(|stem| stem.len() > 2 && !stem.ends_with(['s', 'i', 'u']));
    stem.unwrap_or(word).replace('.', "")
}

#[cfg(test)]
mod tests {
    use super::folded_word;

    #[test]
    fn folding_keeps_what_makes_another_word() {
        for (a, b, same) in [
            ("Migrants’", "migrant", true),
            ("U.S.", "US", true),
            ("Guatemala's", "Guatemala", true),
            ("Guatemala", "Guatemalan", false),
            ("crisis", "crises", false),
            ("immigration", "migration", false),
            ("agencies", "agency", true),
            ("experiences", "experience", true),
        ] {
            assert_eq!(folded_word(a) == folded_word(b), same, "{a} / {b}");
        }
    }
}
