use crate::records::{Kind, Span};

/// One line of a body that holds something, with what it is as far as is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'body> {
    /// Byte offsets into the body, without blanks at either end.
    pub span: Span,
    /// The words of `span`.
    pub text: &'body str,
    /// `None` until a rule has claimed the line; what no rule claims is body text.
    pub kind: Option<Kind>,
}

/// The longest line in bytes that a rule reads as a whole: all that is not running text is shorter.
const MAX_LINE: usize = 600;

/// Every line of `body` that is not blank.
pub(super) fn lines(body: &str) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let mut start = 0;
    for raw in body.split_inclusive(is_line_end) {
        let text = raw.trim();
        if !text.is_empty() {
            let first = start + (raw.len() - raw.trim_start().len());
            lines.push(Line { span: Span::new(first, first + text.len()), text, kind: None });
        }
        start += raw.len();
    }
    lines
}

/// What Unicode counts as the end of a line (UAX #14: LF, VT, FF, CR, NEL, LS, PS).
const fn is_line_end(c: char) -> bool {
    matches!(c, '\n'..='\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

impl Line<'_> {
    /// True where no rule has claimed the line.
    pub fn is_open(&self) -> bool {
        self.kind.is_none()
    }

    /// True where the line is short enough to be anything but running text.
    pub fn is_readable(&self) -> bool {
        self.text.len() <= MAX_LINE
    }

    /// True where the line stops as a sentence does, or announces what follows.
    pub fn ends_with_punctuation(&self) -> bool {
        self.text.ends_with(['.', '!', '?', '…', ',', ';', ':', '"', '”', '\'', '’', ')', ']', '-', '–', '—'])
    }

    /// True for an open line of at least one full sentence.
    pub fn is_running_text(&self) -> bool {
        self.is_open() && self.text.len() >= 60 && self.ends_with_punctuation() && self.text.contains(' ')
    }

    /// Number of words, counted no further than `limit`.
    pub fn n_words(&self, limit: usize) -> usize {
        self.text.split_whitespace().take(limit).count()
    }

    /// True where the first letter or digit is a capital or a digit.
    pub fn starts_upper(&self) -> bool {
        let first = self.text.chars().find(|c| c.is_alphanumeric());
        first.is_some_and(|c| c.is_uppercase() || c.is_numeric())
    }
}
