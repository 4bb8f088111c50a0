//! Finds the words that are handed over to a source: what stands before or behind source and cue.

use super::super::words::{Shape, Word, Words};
use crate::records::{Attribution, Span};

/// Fewer words than this behind "..., she said" tell when or where ("on Monday"), not what.
const FEWEST: usize = 4;

/// No more tokens between a source and a cue are looked at, which bounds the work at each cue.
const FARTHEST: usize = 40;

/// Bytes of content that are kept of one attribution: more is no sentence.
const LONGEST: usize = 4_000;

/// The content of an attribution, in order; at most one part on either side of its source and cue.
///
/// "She said that it rains" has it behind, "It rains, she said on Monday" before, "“It rains,” she said, “and pours”" on
/// both sides.
pub(super) fn content(words: &Words, attribution: &Attribution) -> Vec<Span> {
    let mut room = LONGEST;
    let cut = |span: Span| {
        let limit = span.start + room.min(span.len());
        let whole = &words[..words.partition_point(|word| word.span.end <= limit)];
        let end = match whole.last() {
            _ if limit == span.end => limit,
            last => last.map_or(span.start, |word| word.span.end.max(span.start)),
        };
        room -= end - span.start;
        Span::new(span.start, end)
    };
    of_cue(words, attribution).into_iter().map(cut).filter(|span| !span.is_empty()).collect()
}

fn of_cue(words: &Words, attribution: &Attribution) -> Vec<Span> {
    let block = attribution.source.map_or(attribution.cue, |source| source.hull(&attribution.cue));
    let first = words.partition_point(|word| word.span.end <= block.start);
    let last = words.partition_point(|word| word.span.start < block.end);
    let cue_leads = attribution.source.is_none_or(|source| attribution.cue.start < source.start);
    let (before, behind) =
        (Side::new(words, 0, first), Side::new(words, last, words.len()).without_listener());

    let before_opens = before.ends_with(",") || before.ends_with_quote();
    let behind_opens = behind.starts_with(",") || behind.starts_with_quote();
    let goes_behind = behind.starts_with("that") && behind.n_words() >= FEWEST
        || is_detached(words, attribution) && behind.n_words() >= 2 && !behind_opens;
    let has_before = !goes_behind
        && before.n_words() >= 2
        && before_opens
        && (cue_leads || before.ends_with_quote() || behind_opens || behind.n_words() < FEWEST);
    let has_behind = match has_before {
        true => behind_opens && behind.n_words() >= 2 && behind.goes_on(before.ends_with_quote()),
        false => behind.n_words() > 0,
    };
    let parts = [(has_before, before), (has_behind, behind)];
    parts.iter().filter(|(is_content, _)| *is_content).map(|(_, side)| side.span()).collect()
}

/// True for a cue that goes on with a source from further ahead: "Diaz said it rains, adding that", "Diaz left and said".
fn is_detached(words: &Words, attribution: &Attribution) -> bool {
    let Some(source) = attribution.source.filter(|source| source.end <= attribution.cue.start) else {
        return false;
    };
    let first = words.partition_point(|word| word.span.start < source.end);
    let between = words[first..].iter().take_while(|word| word.span.end <= attribution.cue.start);
    let mut between = between.take(FARTHEST);
    between.any(|word| matches!(&*word.lower, "," | "and" | "but" | "—"))
}

/// What stands on one side of source and cue.
struct Side<'w, 't> {
    words: &'w Words<'t>,
    from: usize,
    to: usize,
}

impl<'w, 't> Side<'w, 't> {
    fn new(words: &'w Words<'t>, from: usize, to: usize) -> Self {
        Self { words, from, to }
    }

    /// The most tokens between a cue and a quotation that it leads into.
    const LISTENER: usize = 12;

    /// Without the words between the cue and the comma or colon that leads into a quotation: `told the crowd on Monday, “...”`.
    fn without_listener(self) -> Self {
        let limit = (self.from + Self::LISTENER).min(self.to);
        let is_quote = |k: usize| self.words.get(k).is_some_and(|word| word.shape == Shape::Quote);
        let leads_in = |&k: &usize| matches!(self.words.lower(k), "," | ":") && is_quote(k + 1);
        let lead = (self.from..limit).take_while(|&k| !is_quote(k)).find(leads_in);
        Self { from: lead.map_or(self.from, |lead| lead.min(self.to)), ..self }
    }

    /// False for what only says more about the source or brings a cue of its own: ", the law professor", ", adding that".
    fn goes_on(&self, after_quote: bool) -> bool {
        let mut tokens =
            self.tokens().iter().skip_while(|word| !word.is_word() && word.shape != Shape::Quote);
        let Some(first) = tokens.next() else { return false };
        let says_more = first.lower.ends_with("ing") || matches!(&*first.lower, "who" | "which" | "whose");
        let names = after_quote && matches!(&*first.lower, "the" | "a" | "an" | "his" | "her" | "their");
        let is_quoted = || self.tokens().iter().any(|word| word.shape == Shape::Quote);
        !(says_more || names) || is_quoted()
    }

    fn tokens(&self) -> &[Word<'t>] {
        &self.words[self.from..self.to]
    }

    /// Counted up to the few that matter.
    fn n_words(&self) -> usize {
        self.tokens()
            .iter()
            .filter(|word| matches!(word.shape, Shape::Word | Shape::Number))
            .take(FEWEST)
            .count()
    }

    fn starts_with(&self, mark: &str) -> bool {
        self.tokens().first().is_some_and(|word| word.is(mark))
    }

    fn ends_with(&self, mark: &str) -> bool {
        self.tokens().last().is_some_and(|word| word.is(mark))
    }

    fn starts_with_quote(&self) -> bool {
        self.tokens().iter().find(|word| !word.is(".")).is_some_and(|word| word.shape == Shape::Quote)
    }

    fn ends_with_quote(&self) -> bool {
        self.tokens().last().is_some_and(|word| word.shape == Shape::Quote)
    }

    /// From the first to the last word, with quotation marks and without commas and stops around them.
    fn span(&self) -> Span {
        let is_inside = |word: &Word<'_>| word.shape != Shape::Mark;
        let tokens = self.tokens();
        let first = tokens.iter().position(is_inside).unwrap_or(0);
        let last = tokens.iter().rposition(is_inside).unwrap_or(tokens.len() - 1);
        Span::new(tokens[first].span.start, tokens[last].span.end)
    }
}
