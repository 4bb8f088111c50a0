//! Word lists, and the search for their phrases in a sentence.

use std::collections::HashMap;

use super::words::Words;

/// Phrases of one or more words, each with a label. The longest phrase that starts at a word wins.
#[derive(Debug)]
pub(super) struct Phrases {
    by_first: HashMap<&'static str, Vec<Phrase>>,
}

#[derive(Debug)]
struct Phrase {
    rest: Vec<&'static str>,
    label: &'static str,
}

impl Phrases {
    /// Reads a list: `#` starts a comment, `[label]` a section, any other line is a phrase of that section.
    ///
    /// Apostrophes are straight; tokens of a phrase are parted by blanks, as [`Words`] parts them.
    pub fn parse(list: &'static str) -> Self {
        let mut by_first: HashMap<&'static str, Vec<Phrase>> = HashMap::new();
        for (label, line) in entries(list) {
            let mut tokens = line.split_whitespace();
            let Some(first) = tokens.next() else { continue };
            by_first.entry(first).or_default().push(Phrase { rest: tokens.collect(), label });
        }
        for phrases in by_first.values_mut() {
            phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.rest.len()));
        }
        Phrases { by_first }
    }

    /// The longest phrase that starts at token `i`: its label and its number of tokens.
    pub fn at(&self, words: &Words, i: usize) -> Option<(&'static str, usize)> {
        let candidates = self.by_first.get(words.lower(i))?;
        let fits =
            |phrase: &&Phrase| phrase.rest.iter().enumerate().all(|(k, w)| words.lower(i + 1 + k) == *w);
        candidates.iter().find(fits).map(|phrase| (phrase.label, phrase.rest.len() + 1))
    }

    /// The label of a phrase of one word.
    pub fn label(&self, word: &str) -> Option<&'static str> {
        self.by_first.get(word)?.iter().find(|phrase| phrase.rest.is_empty()).map(|phrase| phrase.label)
    }

    /// True where the list holds this one word under any label.
    pub fn contains(&self, word: &str) -> bool {
        self.label(word).is_some()
    }
}

/// The entries of a list with the section that each stands in ("" before the first).
pub(super) fn entries(list: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let mut section = "";
    list.lines().filter_map(move |line| {
        let line = line.split('#').next().unwrap_or_default().trim();
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name;
            return None;
        }
        (!line.is_empty()).then_some((section, line))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_phrase_wins() {
        let phrases = Phrases::parse("# ours\n[a]\nno\n[b]\nno longer\n");
        let words = Words::new("It no longer says no");
        assert_eq!(phrases.at(&words, 1), Some(("b", 2)));
        assert_eq!(phrases.at(&words, 4), Some(("a", 1)));
        assert_eq!(phrases.at(&words, 9), None);
        assert!(phrases.contains("no") && !phrases.contains("longer"));
    }
}
