//! Finds what stands between quotation marks.

use crate::records::{Quotation, QuotationKind, Span};

/// The quoted parts of a text, marks included, in order and without overlap; each [`QuotationKind::Direct`], since only
/// its sentence tells more.
///
/// Straight and curly double quotes, guillemets, and single quotes that open a word and are closed in the same
/// paragraph (an apostrophe is neither). A quotation inside a quotation belongs to the outer one. One that its
/// paragraph does not close ends with the paragraph. Where the speech goes on, the next paragraph opens with a mark of
/// its own, by the custom of the press, and so starts a quotation itself; where it opens with none and closes one, it is
/// quoted up to there, as are up to two paragraphs without marks before it. Empty for a text without marks.
///
/// ```
/// use parallax::annotate::quotations;
/// let text = "He called it “a big deal” today.";
/// assert_eq!(quotations(text)[0].span.slice(text), "“a big deal”");
/// ```
pub fn quotations(text: &str) -> Vec<Quotation> {
    let mut paragraphs = paragraphs(text);
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    let mut found = Vec::new();
    let mut waiting = None;
    for (i, &paragraph) in paragraphs.iter().enumerate() {
        let next = paragraphs.get(i + 1).map_or("", |next| next.slice(text));
        let scan = Scan::new(text, paragraph, next.starts_with(['‘', '\'']));
        let before = found.len();
        let end = scan.run(&mut found);
        waiting = match (waiting, end) {
            (Some(waiting), ParagraphEnd { unopened: Some(close), .. }) => {
                let rest = found.split_off(before);
                close_over(&mut found, waiting, Span::new(paragraph.start, close));
                found.extend(rest.into_iter().filter(|quotation| quotation.span.start >= close));
                None
            }
            (Some(waiting), ParagraphEnd { is_plain: true, .. }) => waiting.longer(paragraph),
            _ => None,
        };
        if end.is_open {
            waiting = Some(Waiting { n_found: found.len(), paragraphs: [None; Waiting::MOST] });
        }
    }
    found
}

/// A quotation that a paragraph left open, and the paragraphs without marks since.
#[derive(Clone, Copy)]
struct Waiting {
    /// Quotations found up to then.
    n_found: usize,
    paragraphs: [Option<Span>; Waiting::MOST],
}

impl Waiting {
    const MOST: usize = 2;

    /// With one more paragraph; `None` where there are too many.
    fn longer(mut self, paragraph: Span) -> Option<Self> {
        let free = self.paragraphs.iter_mut().find(|slot| slot.is_none())?;
        *free = Some(paragraph);
        Some(self)
    }
}

fn close_over(found: &mut Vec<Quotation>, waiting: Waiting, last: Span) {
    found.truncate(waiting.n_found);
    let spans = waiting.paragraphs.into_iter().flatten().chain([last]);
    found.extend(spans.filter(|span| !span.is_empty()).map(direct));
}

fn direct(span: Span) -> Quotation {
    Quotation { span, kind: QuotationKind::Direct }
}

/// The part of each of the field's quotations that lies in `sentence`, counted from the sentence's start.
///
/// `quotations` are those of the whole field, in order.
pub(super) fn within(text: &str, quotations: &[Quotation], sentence: Span) -> Vec<Quotation> {
    let first = quotations.partition_point(|quotation| quotation.span.end <= sentence.start);
    let inside = quotations[first..].iter().take_while(|quotation| quotation.span.start < sentence.end);
    inside
        .filter_map(|quotation| {
            let start = quotation.span.start.max(sentence.start);
            let end = quotation.span.end.min(sentence.end);
            let span = trimmed(text, Span::new(start, end));
            let local = Span::new(span.start - sentence.start, span.end - sentence.start);
            (!span.is_empty()).then(|| direct(local))
        })
        .collect()
}

fn trimmed(text: &str, span: Span) -> Span {
    let slice = span.slice(text);
    let start = span.start + (slice.len() - slice.trim_start().len());
    Span::new(start, start + slice.trim().len())
}

/// Paragraphs end at a blank line, and at a line break unless the line breaks off in mid-phrase (texts that are
/// wrapped at a fixed width).
fn paragraphs(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices('\n') {
        let before = text[start..at].trim_end();
        let wrapped = before.ends_with(|c: char| c.is_alphanumeric() || c == ',');
        let blank_follows = text[at + 1..].trim_start_matches([' ', '\t', '\r']).starts_with('\n');
        let full = before.chars().rev().take_while(|&c| c != '\n').take(40).count() == 40;
        if !wrapped || blank_follows || !full {
            found.push(trimmed(text, Span::new(start, at)));
            start = at + 1;
        }
    }
    found.push(trimmed(text, Span::new(start, text.len())));
    found
}

/// What a mark can do, by its shape and its neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// A mark that stands for opening or closing, by what is open.
    Double {
        opens: bool,
        closes: bool,
    },
    Single {
        opens: bool,
        closes: bool,
    },
}

/// What a paragraph hands on to the next.
#[derive(Debug, Clone, Copy)]
struct ParagraphEnd {
    /// A double mark was left open.
    is_open: bool,
    /// The end of the first double mark, where it closes and nothing is open.
    unopened: Option<usize>,
    /// There is no double mark.
    is_plain: bool,
}

/// One pass over one paragraph.
struct Scan<'t> {
    text: &'t str,
    paragraph: Span,
    /// The next paragraph opens with a single mark, so that one may stay open in this.
    goes_on: bool,
    /// Where the outermost quotation starts, and whether it is a single one.
    open: Option<(usize, bool)>,
    /// False once a single mark was found to have no partner: its paragraph is read again without single marks,
    /// once, which keeps the pass linear.
    singles: bool,
    /// The first double mark: where it ends, and whether it can only close.
    first_double: Option<(usize, bool)>,
}

impl<'t> Scan<'t> {
    fn new(text: &'t str, paragraph: Span, goes_on: bool) -> Self {
        Scan { text, paragraph, goes_on, open: None, singles: true, first_double: None }
    }

    fn run(mut self, found: &mut Vec<Quotation>) -> ParagraphEnd {
        self.pass(self.paragraph.start, found);
        if let Some((start, true)) = self.open {
            if start == self.paragraph.start && self.goes_on {
                found.push(direct(self.paragraph));
            } else {
                self.open = None;
                self.singles = false;
                self.pass(start, found);
            }
        }
        let is_open = matches!(self.open, Some((_, false)));
        if let Some((start, false)) = self.open {
            found.push(direct(Span::new(start, self.paragraph.end)));
        }
        let unopened = self.first_double.filter(|(_, closes)| *closes).map(|(end, _)| end);
        ParagraphEnd { is_open, unopened, is_plain: self.first_double.is_none() }
    }

    fn pass(&mut self, from: usize, found: &mut Vec<Quotation>) {
        let mut previous = self.text[self.paragraph.start..from].chars().next_back();
        let mut chars = self.text[from..self.paragraph.end].char_indices().peekable();
        while let Some((offset, c)) = chars.next() {
            let mut next = chars.peek().map(|&(_, c)| c);
            // Older wire copy writes '' for a double mark.
            if c == '\'' && next == Some('\'') {
                chars.next();
                next = chars.peek().map(|&(_, c)| c);
                if let Some(mark) = mark(previous, '"', next) {
                    self.meet(mark, from + offset, 2, found);
                }
                previous = Some('"');
                continue;
            }
            if let Some(mark) = mark(previous, c, next) {
                self.meet(mark, from + offset, c.len_utf8(), found);
            }
            previous = Some(c);
        }
    }

    fn meet(&mut self, mark: Mark, at: usize, len: usize, found: &mut Vec<Quotation>) {
        let (single, opens, closes) = match mark {
            Mark::Double { opens, closes } => (false, opens, closes),
            Mark::Single { opens, closes } => (true, opens, closes),
        };
        if !single {
            self.first_double.get_or_insert((at + len, closes && !opens && self.open.is_none()));
        }
        match self.open {
            Some((start, open_single)) if open_single == single && closes => {
                found.push(direct(Span::new(start, at + len)));
                self.open = None;
            }
            None if opens && (!single || self.singles) => self.open = Some((at, single)),
            _ => {}
        }
    }
}

fn mark(previous: Option<char>, c: char, next: Option<char>) -> Option<Mark> {
    let after_word = previous.is_some_and(|p| !p.is_whitespace() && !is_opener(p));
    let before_word = next.is_some_and(|n| !n.is_whitespace());
    let letter_after = next.is_some_and(char::is_alphanumeric);
    Some(match c {
        // Some typists close with the opening mark.
        '“' if after_word && !letter_after => Mark::Double { opens: false, closes: true },
        '“' | '„' | '«' => Mark::Double { opens: true, closes: false },
        '”' | '»' => Mark::Double { opens: false, closes: true },
        // An inch mark (5'10") opens nothing, as a blank or a full stop follows it.
        '"' => Mark::Double { opens: before_word && (!after_word || letter_after), closes: true },
        '‘' => Mark::Single { opens: letter_after && !after_word, closes: false },
        '’' => Mark::Single { opens: false, closes: after_word && !letter_after },
        '\'' => Mark::Single { opens: letter_after && !after_word, closes: after_word && !letter_after },
        _ => return None,
    })
}

fn is_opener(c: char) -> bool {
    matches!(c, '(' | '[' | '{' | '—' | '–' | '-' | '/' | '“' | '"' | '„' | '«')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn finds_quotations() {
        struct Case {
            text: &'static str,
            quoted: &'static [&'static str],
        }
        let cases = [
            Case { text: "No marks here.", quoted: &[] },
            Case { text: "“ASAP,” said an aide.", quoted: &["“ASAP,”"] },
            Case { text: "\"Yes,\" she said. \"No,\" he said.", quoted: &["\"Yes,\"", "\"No,\""] },
            Case {
                text: "He said “she told me ‘no’ twice” today.", quoted: &["“she told me ‘no’ twice”"]
            },
            Case { text: "close to ‘a safe deal’ and", quoted: &["‘a safe deal’"] },
            Case { text: "It’s the officials’ plan, isn’t it?", quoted: &[] },
            Case { text: "in US 'legal limbo' by October", quoted: &["'legal limbo'"] },
            Case { text: "rock 'n roll of the '90s, don't", quoted: &[] },
            Case { text: "He is 5'10\" tall and \"proud\".", quoted: &["\"proud\""] },
            Case {
                text: "“It never ends.\n\n“It goes on,” he said.",
                quoted: &["“It never ends.", "“It goes on,”"],
            },
            Case { text: "“Left open.\n\nNarration here.", quoted: &["“Left open."] },
            Case {
                text: "“It never ends.\n\nIt goes on,” he said.",
                quoted: &["“It never ends.", "It goes on,”"],
            },
            Case {
                text: "\"It never ends.\n\nIt goes on,\" he said. \"Yes.\"",
                quoted: &["\"It never ends.", "It goes on,\"", "\"Yes.\""],
            },
            Case {
                text: "“It never ends.\n\nIt goes ‘on’.\n\nIt stops,” he said.",
                quoted: &["“It never ends.", "It goes ‘on’.", "It stops,”"],
            },
            Case {
                text: "“It never ends.\n\n“It goes on.\n\n“It stops,” he said.",
                quoted: &["“It never ends.", "“It goes on.", "“It stops,”"],
            },
            // Too many paragraphs between: the mark that closes is a slip.
            Case {
                text: "“It never ends.\n\nOne.\n\nTwo.\n\nThree.\n\nIt stops,” he said.",
                quoted: &["“It never ends."],
            },
            Case { text: "He left.\n\nIt stops,” he said.", quoted: &[] },
            Case {
                text: "“Left open.\n\nHe spoke of “a plan” and left.",
                quoted: &["“Left open.", "“a plan”"],
            },
            Case {
                text: "‘It never ends.\n\n‘It goes on,’ he said.",
                quoted: &["‘It never ends.", "‘It goes on,’"],
            },
            Case { text: "‘Tis the season.\n\nNarration here.", quoted: &[] },
            Case {
                text: "“She told me: ‘Go’, and I went.”", quoted: &["“She told me: ‘Go’, and I went.”"]
            },
            Case {
                text: "‘She told me “go” and I went.’", quoted: &["‘She told me “go” and I went.’"]
            },
            Case { text: "a “ghost town.” (Photo", quoted: &["“ghost town.”"] },
            Case {
                text: "The minister said that “this line is wrapped at a width\nand goes on” there.",
                quoted: &["“this line is wrapped at a width\nand goes on”"],
            },
        ];
        for case in cases {
            let found = quotations(case.text);
            let found: Vec<&str> = found.iter().map(|q| q.span.slice(case.text)).collect();
            assert_eq!(found, case.quoted, "{}", case.text);
        }
    }

    #[test]
    fn a_sentence_gets_its_part() {
        let text = "“One. Two,” he said.";
        let all = quotations(text);
        let second = Span::new(text.find("Two").unwrap(), text.len());
        let part = within(text, &all, second);
        assert_eq!(part.len(), 1);
        assert_eq!(part[0].span.shifted(second.start).slice(text), "Two,”");
    }

    proptest! {
        #[test]
        fn spans_are_ordered_and_slice(text in "[a-c \"'“”‘’\n.é-]{0,60}") {
            let mut last = 0;
            for quotation in quotations(&text) {
                prop_assert!(quotation.span.start >= last && !quotation.span.is_empty());
                prop_assert!(!quotation.span.slice(&text).is_empty());
                last = quotation.span.end;
            }
        }
    }
}
