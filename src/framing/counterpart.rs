use super::{Side, is_family};
use crate::records::{Span, WordAlignment};

/// What the other sentence has for each word of one.
#[derive(Debug, Clone, PartialEq)]
pub struct Counterparts {
    /// One for each word of the side's encoding.
    pub words: Vec<Counterpart>,
}

/// What the other sentence has for a word.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Counterpart {
    /// The other sentence has a word of its family, a form of its name, or its number: that word's position.
    Same(usize),
    /// Another word stands where it stands: that word's position.
    Other(usize),
    /// The other sentence has nothing for it.
    None,
}

impl Counterparts {
    /// Of the words of `side` by those of `other`. `aligned` are the phrases that answer each other, `side`'s first.
    pub(super) fn new(side: &Side<'_>, other: &Side<'_>, aligned: &[(Span, Span)]) -> Self {
        let (ours, theirs) = (side.words(), other.words());
        let mut words = vec![Counterpart::None; ours.len()];
        for &(of_side, of_other) in aligned {
            let within = |words: &[Span], phrase: Span| -> Vec<usize> {
                (0..words.len()).filter(|&word| phrase.contains(&words[word])).collect()
            };
            // The words of a pair of phrases answer each other one by one.
            for (i, j) in within(ours, of_side).into_iter().zip(within(theirs, of_other)) {
                words[i] = Counterpart::Other(j);
            }
        }
        let folded: Vec<&str> = theirs.iter().map(|span| span.slice(other.text)).collect();
        for (i, span) in ours.iter().enumerate() {
            let text = span.slice(side.text);
            let is_same =
                |j: &usize| is_family(text, folded[*j]) || is_one_name(side, span, other, &theirs[*j]);
            let aligned = match words[i] {
                Counterpart::Other(j) => Some(j).filter(is_same),
                _ => None,
            };
            // The word that it is aligned with comes first, then the nearest by its place.
            let place = |j: usize| (j * ours.len().max(1)).abs_diff(i * theirs.len().max(1));
            let same = aligned.or_else(|| (0..theirs.len()).filter(is_same).min_by_key(|&j| (place(j), j)));
            let number = || number_of(side, span, other);
            if let Some(j) = same.or_else(number) {
                words[i] = Counterpart::Same(j);
            }
        }
        Self { words }
    }

    /// True for a word that the other sentence has too.
    pub fn is_same(&self, word: usize) -> bool {
        matches!(self.words[word], Counterpart::Same(_))
    }

    /// True for a word that the other sentence has too or answers by another.
    pub fn is_answered(&self, word: usize) -> bool {
        self.words[word] != Counterpart::None
    }

    /// The word that answers it.
    pub fn by(&self, word: usize) -> Option<usize> {
        match self.words[word] {
            Counterpart::Same(by) | Counterpart::Other(by) => Some(by),
            Counterpart::None => None,
        }
    }
}

/// The phrases of an alignment, those of a first or those of b.
pub(super) fn aligned(alignment: &WordAlignment, is_a: bool) -> Vec<(Span, Span)> {
    let pairs = alignment.pairs.iter();
    pairs.map(|pair| if is_a { (pair.a, pair.b) } else { (pair.b, pair.a) }).collect()
}

/// True for words of two names of which one is the end or the beginning of the other: "Trump" and "Donald Trump".
fn is_one_name(side: &Side<'_>, span: &Span, other: &Side<'_>, theirs: &Span) -> bool {
    let begins = |whole: &str, part: &str| whole.strip_prefix(part).is_some_and(|rest| rest.starts_with(' '));
    is_one_surname(side, span, other, theirs)
        || key_at(side, span).zip(key_at(other, theirs)).is_some_and(|(x, y)| begins(x, y) || begins(y, x))
}

/// True for words of two names that are the same or end alike: "Guatemala" and "Guatemalan", "Trump" and "Donald Trump".
pub(super) fn is_one_surname(side: &Side<'_>, span: &Span, other: &Side<'_>, theirs: &Span) -> bool {
    let ends = |whole: &str, part: &str| whole.strip_suffix(part).is_some_and(|rest| rest.ends_with(' '));
    let names = key_at(side, span).zip(key_at(other, theirs));
    names.is_some_and(|(x, y)| x == y || ends(x, y) || ends(y, x))
}

/// The name that words are part of, in the form used for comparing.
fn key_at<'run>(side: &Side<'run>, span: &Span) -> Option<&'run str> {
    side.name_at(span).map(|name| name.key.as_str())
}

/// The word of the other side in a quantity that agrees with the one that this word is part of.
fn number_of(side: &Side<'_>, span: &Span, other: &Side<'_>) -> Option<usize> {
    let quantity = side.annotations.quantities.iter().find(|quantity| quantity.span.contains(span))?;
    let theirs = other
        .annotations
        .quantities
        .iter()
        .find(|theirs| theirs.kind == quantity.kind && theirs.value == quantity.value)?;
    other.words().iter().position(|word| theirs.span.overlaps(word))
}
