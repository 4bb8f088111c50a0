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
    /// Reads a list: `#` starts a comment, `[label]` a section, any other line holds phrases of that section with `, `
    /// between them. Of a phrase that stands in two sections the first counts.
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

    /// Every phrase in order, none inside another: its label, and the tokens from and up to which it reaches. A phrase of
    /// one word may be a possessive.
    pub fn found<'list>(
        &'list self,
        words: &'list Words<'_>,
    ) -> impl Iterator<Item = (&'static str, usize, usize)> + 'list {
        let mut next = 0;
        (0..words.len()).filter_map(move |i| {
            let (label, len) = match self.at(words, i) {
                _ if i < next => return None,
                None if words[i].is_possessive() => (self.label(words[i].base())?, 1),
                found => found?,
            };
            next = i + len;
            Some((label, i, next))
        })
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
    list.lines().flat_map(move |line| {
        let line = line.split('#').next().unwrap_or_default().trim();
        let name = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        section = name.unwrap_or(section);
        let of_line = section;
        let phrases = if name.is_some() { "" } else { line };
        phrases.split(", ").filter(|phrase| !phrase.is_empty()).map(move |phrase| (of_line, phrase))
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

    #[test]
    fn a_line_may_hold_several_phrases_and_none_is_found_inside_another() {
        let phrases = Phrases::parse("[a] # of one kind\nmob, mobs\n[b]\nangry mob, mob\n");
        let words = Words::new("The mob’s leader met an angry mob of mobs");
        let found: Vec<_> = phrases.found(&words).collect();
        assert_eq!(found, [("a", 1, 2), ("b", 5, 7), ("a", 8, 9)]);
    }
}
