use serde::{Deserialize, Serialize};

use super::Span;

/// How a text that is worked on lies in the text as it was read, where markup, links or line ends were taken out of it.
///
/// Empty for a text that is worked on as it was read. The layers are in the order in which they were made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cuts(Vec<Layer>);

/// Pieces of a text in their order, the first at 0, then its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Layer {
    pieces: Vec<Piece>,
    end: At,
}

/// A piece of the text that is worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Piece {
    /// Where it begins, and where what it stands for begins and ends in the text before.
    here: At,
    before: At,
    before_end: At,
    /// True where the text before has the same words, false where they stand for something else (a blank for a tag).
    is_same: bool,
}

/// A place in a text, in bytes and in characters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct At {
    byte: usize,
    char: usize,
}

impl At {
    /// The place behind some words that begin here.
    fn behind(self, words: &str) -> Self {
        Self { byte: self.byte + words.len(), char: self.char + words.chars().count() }
    }
}

/// Something else in place of a stretch of a text: bytes of the text, and what stands for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Bytes of the text.
    pub span: Span,
    /// What stands there instead; may be empty.
    pub words: String,
}

impl Cuts {
    /// True where the text is worked on as it was read.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Makes some edits, which are in order and do not overlap, and notes where the rest lies.
    ///
    /// ```
    /// use parallax::records::{Cuts, Edit, Span};
    /// let mut cuts = Cuts::default();
    /// let tag = Edit { span: Span::new(0, 3), words: String::new() };
    /// assert_eq!(cuts.apply("<b>Café".into(), &[tag]), "Café");
    /// assert_eq!(cuts.chars(Span::new(0, 4)), Span::new(3, 7));
    /// ```
    pub fn apply(&mut self, text: String, edits: &[Edit]) -> String {
        if edits.is_empty() {
            return text;
        }
        let (mut result, mut pieces) = (String::with_capacity(text.len()), vec![]);
        let (mut here, mut before) = (At::default(), At::default());
        let mut put = |words: &str, of: &str, is_same: bool, result: &mut String| {
            let before_end = before.behind(of);
            if !words.is_empty() {
                pieces.push(Piece { here, before, before_end, is_same });
            }
            result.push_str(words);
            here = here.behind(words);
            before = before_end;
        };
        let mut done = 0;
        for Edit { span, words } in edits {
            let kept = &text[done..span.start];
            put(kept, kept, true, &mut result);
            put(words, span.slice(&text), false, &mut result);
            done = span.end;
        }
        put(&text[done..], &text[done..], true, &mut result);
        self.0.push(Layer { pieces, end: before });
        result
    }

    /// Characters of the text that is worked on, as characters of the text as it was read.
    pub fn chars(&self, span: Span) -> Span {
        self.mapped(span, |at| at.char)
    }

    /// The same for bytes.
    pub fn bytes(&self, span: Span) -> Span {
        self.mapped(span, |at| at.byte)
    }

    fn mapped(&self, span: Span, unit: fn(&At) -> usize) -> Span {
        self.0.iter().rev().fold(span, |span, layer| layer.mapped(span, unit))
    }
}

impl Layer {
    /// From the first to the last of the span's characters, so that what was cut at its ends is not in it.
    fn mapped(&self, span: Span, unit: fn(&At) -> usize) -> Span {
        let (start, _) = self.one(span.start, unit);
        let end = if span.is_empty() { start } else { self.one(span.end - 1, unit).1 };
        Span::new(start, end.max(start))
    }

    /// Where a unit of the text begins and ends in the text before.
    fn one(&self, at: usize, unit: fn(&At) -> usize) -> (usize, usize) {
        let next = self.pieces.partition_point(|piece| unit(&piece.here) <= at);
        let Some(piece) = next.checked_sub(1).map(|place| self.pieces[place]) else {
            return (unit(&self.end), unit(&self.end));
        };
        let before = unit(&piece.before);
        if piece.is_same {
            let start = (before + at - unit(&piece.here)).min(unit(&self.end));
            return (start, (start + 1).min(unit(&self.end)));
        }
        (before, unit(&piece.before_end))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_found_in_the_text_as_it_was_read() {
        let text = "<p>Café &amp; bar</p><p>It shut.</p>";
        let edit = |from: &str, words: &str, nth: usize| {
            let start = text.match_indices(from).nth(nth).unwrap().0;
            Edit { span: Span::new(start, start + from.len()), words: words.to_owned() }
        };
        let edits =
            [edit("<p>", "", 0), edit("&amp;", "&", 0), edit("</p><p>", "\n", 0), edit("</p>", "", 1)];
        let mut cuts = Cuts::default();
        let clean = cuts.apply(text.to_owned(), &edits);
        assert_eq!(clean, "Café & bar\nIt shut.");
        for (words, read) in
            [("Café", "Café"), ("& bar", "&amp; bar"), ("It shut.", "It shut."), ("&", "&amp;")]
        {
            let start = clean.find(words).unwrap();
            let bytes = cuts.bytes(Span::new(start, start + words.len()));
            assert_eq!(bytes.slice(text), read);
            let chars = clean[..start].chars().count();
            let chars = cuts.chars(Span::new(chars, chars + words.chars().count()));
            let found: String = text.chars().skip(chars.start).take(chars.len()).collect();
            assert_eq!(found, read);
        }
    }

    proptest! {
        #[test]
        fn what_was_kept_stands_where_it_stood(parts in proptest::collection::vec(("[a-zé]{0,4}", "[x-zß]{1,3}", "[qü]{0,2}"), 0..6), tail in "[a-zé]{0,4}") {
            let (mut text, mut edits) = (String::new(), vec![]);
            for (kept, cut, words) in &parts {
                text.push_str(kept);
                edits.push(Edit { span: Span::new(text.len(), text.len() + cut.len()), words: words.clone() });
                text.push_str(cut);
            }
            text.push_str(&tail);
            let mut cuts = Cuts::default();
            let clean = cuts.apply(text.clone(), &edits);
            for (start, char) in clean.char_indices() {
                let bytes = cuts.bytes(Span::new(start, start + char.len_utf8()));
                prop_assert!(bytes.end <= text.len());
                let is_kept = bytes.slice(&text) == char.to_string();
                let is_edit = edits.iter().any(|edit| edit.span == bytes && edit.words.contains(char));
                prop_assert!(is_kept || is_edit, "{char} {bytes:?} {text}");
            }
        }
    }
}
