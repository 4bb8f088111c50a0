use crate::annotate::calendar::is_day_or_month;
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

    /// The word of a phrase that stands below none of its others; the first, where there are several.
    pub fn top(&self, phrase: &[usize]) -> Option<usize> {
        phrase.iter().copied().find(|&word| self.head(word).is_none_or(|head| !phrase.contains(&head)))
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

    /// A noun with all that stands before it and belongs to it ("the oldest and richest clubs"), determiners left out, and the rest of a name
    /// behind it.
    pub fn named(&self, noun: usize) -> Vec<usize> {
        let names = |below: &usize| {
            matches!(self.relation(*below), Dependency::Compound | Dependency::Adjectival | Dependency::Flat)
        };
        let (all, naming) = (self.subtree(noun), self.below[noun].iter().copied().filter(names));
        let from = (0..noun).rev().take_while(|word| all.contains(word)).last().unwrap_or(noun);
        let starts = naming.clone().filter(|&word| word < noun).map(|word| self.subtree(word)[0]);
        let first = starts.filter(|&word| word >= from && noun - word <= MOST_BEFORE).min().unwrap_or(noun);
        let is_naming = |&word: &usize| naming.clone().any(|of| of == word);
        let last = (noun + 1..self.len()).take_while(is_naming).last().unwrap_or(noun);
        (first..=last).collect()
    }

    /// True for what belongs to a noun with the "of" that directly follows it.
    fn is_of(&self, below: usize, word: usize) -> bool {
        let opens = |case: &usize| *case == word + 1 && self.is_case_of(*case);
        let is_near = below > word && below - word <= MOST_APART;
        is_near && self.relation(below) == Dependency::NominalModifier && self.below[below].iter().any(opens)
    }

    fn is_case_of(&self, word: usize) -> bool {
        self.relation(word) == Dependency::Case && self.is_word(word, "of")
    }

    /// True for `text`, in whatever case.
    pub fn is_word(&self, word: usize, text: &str) -> bool {
        self.words[word].slice(self.text).eq_ignore_ascii_case(text)
    }

    /// True where nothing but a space parts a word from the one before it.
    pub fn is_joined(&self, word: usize) -> bool {
        word > 0 && self.words[word - 1].joins(&self.words[word], self.text)
    }

    /// The first of the words right before a verb that are part of it ("did not", "could").
    pub fn start_of_verb(&self, verb: usize) -> usize {
        let is_part = |word: &usize| {
            self.is_joined(*word + 1)
                && self.head(*word) == Some(verb)
                && matches!(self.tag(*word), Tag::Auxiliary | Tag::Particle | Tag::Adverb)
        };
        (0..verb).rev().take_while(is_part).last().unwrap_or(verb)
    }

    /// The last of the nouns right behind an adjective ("local | law enforcement agencies"), or behind a part of a name: the reading of the syntax may cut
    /// them. `word` itself where none is there.
    fn end_of_name(&self, word: usize) -> usize {
        let is_cut = match self.tag(word) {
            Tag::Adjective => true,
            Tag::ProperNoun => word + 1 < self.len() && self.tag(word + 1) == Tag::ProperNoun,
            _ => false,
        };
        let goes_on = |&at: &usize| {
            let word = self.words[at].slice(self.text).to_lowercase();
            self.is_joined(at)
                && matches!(self.tag(at), Tag::Noun | Tag::ProperNoun)
                && !is_day_or_month(&word)
        };
        (word + 1..self.len()).take_while(goes_on).last().filter(|_| is_cut).unwrap_or(word)
    }

    /// A phrase out to the ends of what it begins and ends in: the noun behind "of" at its beginning, the noun behind a modifier and the rest of a name at its
    /// end.
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
        let last = self.end_of_name(noun_behind(to).unwrap_or(to));
        // "hundreds of thousands", "some of the largest": without what they are of, the words say something else.
        let first = if self.is_case_of(from) { from.saturating_sub(1) } else { from };
        (first..=last).filter(|word| *word < from || *word > to || phrase.contains(word)).collect()
    }
}

/// Words that a noun's modifiers may stand away from it.
const MOST_APART: usize = 4;

/// Words before a noun that name it with it, at most.
const MOST_BEFORE: usize = 8;
