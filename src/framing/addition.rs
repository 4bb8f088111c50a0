use super::edges::with_both_marks;
use super::pair::View;
use super::told::Held;
use super::tree::Tree;
use super::{Dimension, Measure, Shown, Side, is_family};
use crate::records::{Dependency, Evidence, FramingDifference, SentenceId, Span, Tag};

const ADDITION: &str = "addition";

/// The measure.
pub(super) static MEASURE: Measure = Measure {
    name: "addition",
    figures: &[],
    dimensions: &[Dimension {
        name: ADDITION,
        doc: "What one version of the claim has and the other has not. Values: `added`; on the other side `elsewhere`, with the sentence of that \
              outlet which tells it, `perhaps elsewhere`, with the one nearest in meaning, or `not in the article`.",
        shown: Shown::ValueAndWords,
    }],
    readings: |_| vec![],
    differences: |pair, _| pair.views().iter().flat_map(differences).collect(),
    card: include_str!("../../docs/measures/addition.md"),
    may_be_replaced: false,
};

/// What the words of an addition are called on the side that has them.
const ADDED: &str = "added";
/// What the other side is said to have.
pub(super) const ELSEWHERE: &str = "elsewhere";
const NOT_IN_THE_ARTICLE: &str = "not in the article";

/// The same where a sentence of the outlet is near in meaning and it is not sure that it tells the same.
const PERHAPS: &str = "perhaps elsewhere";

/// Cosine of the embeddings of a phrase and a sentence from which on the sentence tells the phrase, and from which on it may.
const LEAST_ALIKE: f32 = 0.6;
const LEAST_NEAR: f32 = 0.45;

/// The words of an addition that the other outlet has in no sentence, where this is one: its span, on side a where the flag says so.
pub fn unplaced(difference: &FramingDifference) -> Option<(Span, bool)> {
    let (a, b) = (&difference.a, &difference.b);
    if difference.dimension != ADDITION {
        return None;
    }
    match (a.span, b.span) {
        (Some(span), None) if b.value == NOT_IN_THE_ARTICLE => Some((span, true)),
        (None, Some(span)) if a.value == NOT_IN_THE_ARTICLE => Some((span, false)),
        _ => None,
    }
}

/// Puts an [`unplaced`] addition beside the sentence of the other outlet that is nearest to it in meaning, where one is near.
///
/// `phrase` is the embedding of the added words, `sentences` those of the other outlet's sentences on the event, the compared one left out.
pub fn placed_by_meaning<'run>(
    mut difference: FramingDifference,
    phrase: &[f32],
    sentences: impl Iterator<Item = (&'run SentenceId, &'run [f32])>,
) -> FramingDifference {
    let cosine = |sentence: &[f32]| phrase.iter().zip(sentence).map(|(x, y)| x * y).sum::<f32>();
    let cosines = sentences.map(|(id, sentence)| (id, cosine(sentence)));
    let nearest = cosines.reduce(|best, next| if next.1 > best.1 { next } else { best });
    let name = match nearest {
        Some((_, LEAST_ALIKE..)) => ELSEWHERE,
        Some((_, LEAST_NEAR..)) => PERHAPS,
        _ => return difference,
    };
    if let Some(((_, is_a), (id, _))) = unplaced(&difference).zip(nearest) {
        let theirs = if is_a { &mut difference.b } else { &mut difference.a };
        theirs.value = format!("{name}; {id}");
    }
    difference
}

/// Words of a phrase that say something and are new, at least; fewer with a name or a number among them.
const LEAST_WORDS: usize = 3;
const LEAST_WITH_NAME: usize = 2;

/// Share of the weight of a phrase's words that is new, at least.
const LEAST_NEW: f32 = 0.6;

/// Share of what an addition says, at most, that stands in the other sentence or beside it.
const MOST_AROUND: f32 = 0.6;

/// Share of what both sides say, by its weight, that a phrase may hold and still not be the claim itself.
const MOST_OF_CLAIM: f32 = 2.0 / 3.0;

/// Words of other phrases that may stand within one, as a share.
const MOST_FOREIGN: f32 = 0.4;

/// The ways in which a phrase belongs to the rest of its sentence.
const OF_PHRASES: [Dependency; 17] = [
    Dependency::Apposition,
    Dependency::NounClause,
    Dependency::RelativeClause,
    Dependency::AdverbialClause,
    Dependency::NominalModifier,
    Dependency::Oblique,
    Dependency::Agent,
    Dependency::Conjunct,
    Dependency::Parataxis,
    Dependency::Complement,
    Dependency::OpenComplement,
    Dependency::Object,
    Dependency::Subject,
    Dependency::Adjectival,
    Dependency::Other,
    Dependency::PassiveSubject,
    Dependency::ClauseSubject,
];

/// Phrases of one side that the other has nothing for, in order.
fn differences(view: &View<'_, '_>) -> Vec<FramingDifference> {
    let row = |span: Span| {
        let ours = Evidence { span: Some(span), value: ADDED.to_owned() };
        let value = match held(view, &span).elsewhere() {
            Some(sentence) => format!("{ELSEWHERE}; {sentence}"),
            None => NOT_IN_THE_ARTICLE.to_owned(),
        };
        view.difference(ADDITION, ours, Evidence { span: None, value })
    };
    additions(view).into_iter().map(row).collect()
}

/// How much of what a phrase says the other outlet tells elsewhere.
pub(super) fn held<'run>(view: &View<'_, 'run>, span: &Span) -> Held<'run> {
    let side = view.side;
    let words: Vec<(&str, f32)> =
        side.content_in(span).map(|word| (side.word(word), side.weight(word))).collect();
    view.other.told.held(&words, view.other.id)
}

fn additions(view: &View<'_, '_>) -> Vec<Span> {
    let n = view.side.words().len();
    let is_new: Vec<bool> = (0..n).map(|word| view.is_new(word)).collect();
    let mut phrases = view.tree.map_or(vec![], |tree| below_the_shared(view, tree, &is_new));
    let is_taken = |phrases: &[Vec<usize>], word: usize| phrases.iter().any(|phrase| phrase.contains(&word));
    let rest: Vec<bool> = (0..n).map(|word| is_new[word] && !is_taken(&phrases, word)).collect();
    phrases.extend(runs(view, &rest, |word| is_taken(&phrases, word)));
    let whole = |phrase: &Vec<usize>| view.tree.map_or(phrase.clone(), |tree| with_verb(view, tree, phrase));
    let parts = phrases.iter().flat_map(|phrase| between_semicolons(view.side, whole(phrase), &is_new));
    let spans = parts.filter_map(|part| view.side.cover(&part));
    let spans = spans.map(|span| with_both_marks(view.side.text, span));
    let mut spans: Vec<Span> = spans.filter(|span| same_around(view, span) < MOST_AROUND).collect();
    spans.sort_unstable();
    spans
}

/// A phrase with what a reader needs to take it by itself: the new verb or participle right before it that it belongs to ("known as the act", "did not meet
/// the aims"), and all of what it begins and ends in.
fn with_verb(view: &View<'_, '_>, tree: &Tree<'_>, phrase: &[usize]) -> Vec<usize> {
    let closed = tree.closed(phrase);
    let (Some(&first), Some(verb)) = (closed.first(), tree.top(phrase).and_then(|top| tree.head(top))) else {
        return closed;
    };
    let is_new = tree.tag(verb).is_verb() && view.is_new(verb) && !is_cue(view.side, verb);
    let is_open = |word: usize| !view.side.says_something(word) && tree.is_joined(word);
    let is_before = verb < first && (verb + 1..first).all(is_open) && tree.is_joined(first);
    // "insisted that ...": what is handed over is told by itself.
    let takes_verb = is_new && is_before && !tree.is_word(first, "that");
    if takes_verb { (tree.start_of_verb(verb)..first).chain(closed).collect() } else { closed }
}

/// A phrase cut where a semicolon stands between two of its words; of one that is cut, the parts that say something new.
fn between_semicolons(side: &Side<'_>, phrase: Vec<usize>, is_new: &[bool]) -> Vec<Vec<usize>> {
    let words = side.words();
    let goes_on = |x: &usize, y: &usize| !side.text[words[*x].end..words[*y].start].contains(';');
    let mut parts: Vec<Vec<usize>> = phrase.chunk_by(goes_on).map(<[usize]>::to_vec).collect();
    if parts.len() > 1 {
        parts.retain(|part| says_something_new(side, part, is_new));
    }
    parts
}

/// Share of the weights of a phrase's words that the other sentence or one beside it has too, in whatever form: a reader finds it there.
pub(super) fn same_around(view: &View<'_, '_>, span: &Span) -> f32 {
    let (side, beside) = (view.side, view.other.beside);
    let is_beside = |word: usize| {
        let mut others = beside
            .iter()
            .flatten()
            .flat_map(|(text, encoding)| encoding.words.spans.iter().map(move |other| other.slice(text)));
        others.any(|other| is_family(side.word(word), other))
    };
    let weight = |is: &dyn Fn(usize) -> bool| -> f32 {
        side.words_in(span).filter(|&word| is(word)).map(|word| side.weight(word)).sum()
    };
    let around = weight(&|word| view.counterparts.is_same(word) || is_beside(word));
    around / weight(&|_| true).max(f32::MIN_POSITIVE)
}

/// The largest phrases, by the syntax, most of which is new.
fn below_the_shared(view: &View<'_, '_>, tree: &Tree<'_>, is_new: &[bool]) -> Vec<Vec<usize>> {
    let of_phrases = (0..tree.len()).filter(|&word| {
        OF_PHRASES.contains(&tree.relation(word))
            && !is_put_otherwise(view, word)
            && !is_handed_over(view, tree, word)
    });
    let mut phrases: Vec<Vec<usize>> = of_phrases
        .map(|word| trimmed(tree, tree.subtree(word)))
        .filter(|phrase| says_something_new(view.side, phrase, is_new) && is_together(phrase))
        .filter(|phrase| !is_the_claim(view, phrase))
        .collect();
    phrases.sort_by_key(|phrase| (std::cmp::Reverse(phrase.len()), phrase[0]));
    let mut chosen: Vec<Vec<usize>> = vec![];
    for phrase in phrases {
        if chosen.iter().all(|other| !phrase.iter().any(|word| other.contains(word))) {
            chosen.push(phrase);
        }
    }
    chosen
}

/// True for a phrase that the other side puts otherwise at the same place, which is a choice of words or another doer; a place at which the other side
/// has what this side has as well is none.
fn is_put_otherwise(view: &View<'_, '_>, word: usize) -> bool {
    view.at_the_place_of(word).is_some_and(|other| !view.other_counterparts.is_answered(other))
}

/// True for what is handed to a source as a whole ("said that the lawsuit was without merit"): that is the claim itself, and what is added lies within it.
fn is_handed_over(view: &View<'_, '_>, tree: &Tree<'_>, word: usize) -> bool {
    let relations = [Dependency::Complement, Dependency::OpenComplement, Dependency::ClauseSubject];
    relations.contains(&tree.relation(word)) && tree.head(word).is_some_and(|verb| is_cue(view.side, verb))
}

/// True for a phrase with most of what both sides say: that is the claim itself.
fn is_the_claim(view: &View<'_, '_>, phrase: &[usize]) -> bool {
    let weight = |is: &dyn Fn(usize) -> bool| -> f32 {
        view.shared().filter(|&word| is(word)).map(|word| view.side.weight(word)).sum()
    };
    let all = weight(&|_| true);
    weight(&|word| phrase.contains(&word)) > MOST_OF_CLAIM * all && all > 0.0
}

/// Without "and" and the like at its ends, and without what opens something else at its end ("of the").
fn trimmed(tree: &Tree<'_>, phrase: Vec<usize>) -> Vec<usize> {
    let is_joint = |word: &&usize| tree.tag(**word) == Tag::Coordinator;
    let opens = |word: &&usize| {
        matches!(tree.tag(**word), Tag::Coordinator | Tag::Adposition | Tag::Determiner | Tag::Subordinator)
            && tree.relation(**word) != Dependency::VerbParticle
    };
    let from = phrase.iter().take_while(is_joint).count();
    let to = phrase.len() - phrase[from..].iter().rev().take_while(opens).count();
    phrase[from..to].to_vec()
}

fn is_together(phrase: &[usize]) -> bool {
    let Some((first, last)) = phrase.first().zip(phrase.last()) else { return false };
    let n = last - first + 1;
    (n - phrase.len()) as f32 <= MOST_FOREIGN * n as f32
}

/// True where enough of a phrase's words are new, by number and by weight.
fn says_something_new(side: &Side<'_>, phrase: &[usize], is_new: &[bool]) -> bool {
    let content: Vec<usize> = phrase.iter().copied().filter(|&word| side.says_something(word)).collect();
    let new: Vec<usize> = content.iter().copied().filter(|&word| is_new[word]).collect();
    let weight = |words: &[usize]| words.iter().map(|&word| side.weight(word)).sum::<f32>();
    let least =
        if new.iter().any(|&word| is_name_or_number(side, word)) { LEAST_WITH_NAME } else { LEAST_WORDS };
    new.len() >= least && weight(&new) >= LEAST_NEW * weight(&content)
}

pub(super) fn is_name_or_number(side: &Side<'_>, word: usize) -> bool {
    let span = side.words()[word];
    let amounts = side.annotations.quantities.iter().filter(|quantity| quantity.kind.is_amount());
    side.is_name(&span) || amounts.into_iter().any(|quantity| quantity.span.overlaps(&span))
}

/// True for a word that hands something to a source, which is a matter of attribution.
pub(super) fn is_cue(side: &Side<'_>, word: usize) -> bool {
    let span = side.words()[word];
    side.annotations.attributions.iter().any(|attribution| attribution.cue.overlaps(&span))
}

/// Runs of new words, function words between them included, where the syntax found no phrase or there is none.
fn runs(view: &View<'_, '_>, is_new: &[bool], is_taken: impl Fn(usize) -> bool) -> Vec<Vec<usize>> {
    let side = view.side;
    let (mut found, mut run): (Vec<Vec<usize>>, Vec<usize>) = (vec![], vec![]);
    for (word, &is_new_word) in is_new.iter().enumerate() {
        let is_parted = run.last().is_some_and(|&last| {
            let between = &side.text[side.words()[last].end..side.words()[word].start];
            between.contains([';', ':', '—', '“', '”', '"'])
        });
        if is_parted || !is_new_word && (side.says_something(word) || is_taken(word)) {
            found.push(std::mem::take(&mut run));
        }
        if is_new_word {
            run.push(word);
        }
    }
    found.push(run);
    let is_enough = |run: &Vec<usize>| {
        !run.is_empty() && says_something_new(side, run, is_new) && run.len() >= LEAST_WORDS
    };
    let whole = |run: Vec<usize>| match view.tree {
        None => Some((run[0]..=run[run.len() - 1]).collect()),
        Some(tree) => phrase_around(view, tree, &run),
    };
    let is_free = |phrase: &Vec<usize>| !phrase.iter().any(|&word| is_taken(word));
    found.into_iter().filter(is_enough).filter_map(whole).filter(is_free).collect()
}

/// The phrase that a run of new words is most of: all that hangs below the lowest word above them; `None` where that holds much else.
fn phrase_around(view: &View<'_, '_>, tree: &Tree<'_>, run: &[usize]) -> Option<Vec<usize>> {
    let mut top = run[0];
    for _ in 0..tree.len() {
        let phrase = tree.subtree(top);
        if run.iter().all(|word| phrase.contains(word)) {
            let phrase = trimmed(tree, phrase);
            let n_shared = phrase.iter().filter(|&&word| view.counterparts.is_same(word)).count();
            let is_mostly_new = n_shared <= run.len() && !is_the_claim(view, &phrase) && is_together(&phrase);
            return is_mostly_new.then_some(phrase);
        }
        top = tree.head(top)?;
    }
    None
}
