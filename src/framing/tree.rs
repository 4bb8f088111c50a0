use crate::records::{Dependency, Encoding, Parsed, Span, Tag};

/// The words of a sentence with those below each, as the head for syntax reads it.
pub(super) struct Tree<'run> {
    text: &'run str,
    words: &'run [Span],
    parse: &'run [Parsed],
    below: Vec<Vec<usize>>,
}

impl<'run> Tree<'run> {
    /// `None` where the model has no head for syntax.
    pub fn new(text: &'run str, encoding: &'run Encoding) -> Option<Self> {
        let (words, parse) = (encoding.words.spans.as_slice(), encoding.syntax.as_deref()?);
        let mut below = vec![vec![]; words.len()];
        for (word, parsed) in parse.iter().enumerate() {
            if let Some(head) = parsed.head().filter(|&head| head < words.len() && head != word) {
                below[head].push(word);
            }
        }
        Some(Self { text, words, parse, below })
    }

    pub fn len(&self) -> usize {
        self.words.len()
    }

    pub fn relation(&self, word: usize) -> Dependency {
        self.parse[word].relation
    }

    pub fn tag(&self, word: usize) -> Tag {
        self.parse[word].tag
    }

    /// Verb, noun or neither: what can answer each other.
    pub fn class(&self, word: usize) -> (bool, bool) {
        (self.tag(word).is_verb(), self.tag(word).is_nominal())
    }

    pub fn head(&self, word: usize) -> Option<usize> {
        self.parse[word].head().filter(|&head| head < self.len() && head != word)
    }

    pub fn below(&self, word: usize) -> &[usize] {
        &self.below[word]
    }

    /// The word and all below it, in order. Words may form a circle; each is there once.
    pub fn subtree(&self, word: usize) -> Vec<usize> {
        let (mut seen, mut open) = (vec![false; self.len()], vec![word]);
        while let Some(next) = open.pop() {
            if !std::mem::replace(&mut seen[next], true) {
                open.extend(&self.below[next]);
            }
        }
        (0..self.len()).filter(|&word| seen[word]).collect()
    }

    /// The noun with what stands before it and belongs to it ("illegal aliens", "the Texas senator"), determiners left out; the verb
    /// with its particle ("passed away"): the words that name, without what is told of it.
    pub fn core(&self, word: usize) -> Vec<usize> {
        let belongs = |below: &usize| {
            matches!(
                self.relation(*below),
                Dependency::Compound
                    | Dependency::Adjectival
                    | Dependency::Flat
                    | Dependency::VerbParticle
                    | Dependency::Fixed
            ) && below.abs_diff(word) <= MOST_APART
        };
        let mut words: Vec<usize> = self.below[word].iter().copied().filter(belongs).chain([word]).collect();
        words.sort_unstable();
        // "secretary of state": what directly follows with "of".
        let of = self.below[word].iter().copied().find(|&below| self.is_of(below, word));
        if let Some(of) = of.filter(|_| words.last() == Some(&word)) {
            words.extend(word + 1..=of);
        }
        // What stands apart from the head is not named with it.
        let at = words.iter().position(|&of| of == word).expect("it is there");
        let from = (1..=at).rev().take_while(|&n| words[n] - words[n - 1] == 1).last().map_or(at, |n| n - 1);
        let to = (at + 1..words.len()).take_while(|&n| words[n] - words[n - 1] == 1).last().unwrap_or(at);
        words[from..=to].to_vec()
    }

    /// True for what belongs to a noun with the "of" that directly follows it.
    fn is_of(&self, below: usize, word: usize) -> bool {
        let opens = |case: &usize| *case == word + 1 && self.is_case_of(*case);
        let is_near = below > word && below - word <= MOST_APART;
        is_near && self.relation(below) == Dependency::NominalModifier && self.below[below].iter().any(opens)
    }

    fn is_case_of(&self, word: usize) -> bool {
        self.relation(word) == Dependency::Case
            && self.words[word].slice(self.text).eq_ignore_ascii_case("of")
    }

    /// A phrase out to the ends of what it begins and ends in: the noun behind "of" at its beginning and behind a modifier at its end.
    pub fn closed(&self, phrase: &[usize]) -> Vec<usize> {
        let (Some(&from), Some(&to)) = (phrase.first(), phrase.last()) else { return vec![] };
        let belongs = |word: usize| {
            matches!(
                self.relation(word),
                Dependency::Compound
                    | Dependency::Adjectival
                    | Dependency::Determiner
                    | Dependency::Numeral
                    | Dependency::Possessive
            )
        };
        let noun_behind = |word: usize| {
            self.head(word).filter(|&head| belongs(word) && head > word && head - word <= MOST_APART)
        };
        let last = noun_behind(to).unwrap_or(to);
        // "hundreds of thousands", "some of the largest": without what they are of, the words say something else.
        let first = if self.is_case_of(from) { from.saturating_sub(1) } else { from };
        (first..=last).filter(|word| *word < from || *word > to || phrase.contains(word)).collect()
    }
}

/// Words that a noun's modifiers may stand away from it.
const MOST_APART: usize = 4;
