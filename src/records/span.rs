use serde::{Deserialize, Serialize};

/// A half-open range of byte offsets, `start..end`, into a text that the owner of the span names.
///
/// Both ends lie on character boundaries of that text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset one past the last byte.
    pub end: usize,
}

impl Span {
    /// The span `start..end`.
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The words that the span covers in `text`.
    ///
    /// # Panics
    /// If the span does not lie in `text` or cuts a character.
    ///
    /// ```
    /// use parallax::records::Span;
    /// assert_eq!(Span::new(4, 7).slice("one two"), "two");
    /// ```
    pub fn slice<'text>(&self, text: &'text str) -> &'text str {
        &text[self.start..self.end]
    }

    /// True where nothing but white space parts this span from the one behind it in `text`; false where the other does not stand behind it.
    ///
    /// ```
    /// use parallax::records::Span;
    /// assert!(Span::new(0, 3).joins(&Span::new(4, 7), "one two"));
    /// assert!(!Span::new(0, 3).joins(&Span::new(5, 8), "one, two"));
    /// ```
    pub fn joins(&self, behind: &Span, text: &str) -> bool {
        text.get(self.end..behind.start).is_some_and(|between| between.trim().is_empty())
    }

    /// Length in bytes.
    pub const fn len(&self) -> usize {
        self.end - self.start
    }

    /// True where the span covers no byte.
    pub const fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// True where the two spans share at least one byte.
    pub const fn overlaps(&self, other: &Span) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// True where `other` lies wholly inside this span.
    pub const fn contains(&self, other: &Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The smallest span that covers both.
    pub fn hull(&self, other: &Span) -> Span {
        Span::new(self.start.min(other.start), self.end.max(other.end))
    }

    /// The same span counted from `offset` bytes earlier: from a sentence's text to the text that it stands in.
    pub const fn shifted(&self, offset: usize) -> Span {
        Span::new(self.start + offset, self.end + offset)
    }
}
