//! Whose words: the outlet's own, and those that it quotes, apart.

use super::{PartEncoding, Side};
use crate::annotate::is_narration;
use crate::records::{Annotations, Encoding, Part, Span, Voice};

/// The parts that a sentence has: of `Narration` and `Quotation`, those with a statement.
pub(super) const fn parts(voice: Voice) -> &'static [Part] {
    match voice {
        Voice::Narration => &[Part::Narration],
        Voice::Quotation => &[Part::Quotation],
        Voice::Mixed => &[Part::Narration, Part::Quotation],
    }
}

/// The words of one part where the sentence holds others too: the rest is blank, byte for byte, so that every offset
/// stays. `None` where the sentence has no such part, or is nothing else.
///
/// ```
/// use parallax::annotate::annotate_sentence;
/// use parallax::framing::words_of_part;
/// use parallax::records::Part;
///
/// let text = "She called it “a farce” and left.";
/// let annotations = annotate_sentence(text);
/// assert_eq!(words_of_part(text, &annotations, Part::Quotation).unwrap().trim(), "“a farce”");
/// assert_eq!(words_of_part(text, &annotations, Part::Narration).unwrap().len(), text.len());
/// ```
pub fn words_of_part(text: &str, annotations: &Annotations, part: Part) -> Option<String> {
    if !parts(annotations.voice).contains(&part) || annotations.quotations.is_empty() {
        return None;
    }
    let mut kept = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let is_kept = part_of(annotations, &Span::new(at, at + c.len_utf8())) == part;
        if is_kept { kept.push(c) } else { kept.extend(std::iter::repeat_n(' ', c.len_utf8())) }
    }
    (kept != text).then_some(kept)
}

/// The part that some words of a sentence belong to: `Quotation` where they meet a direct quotation. Words between scare quotes
/// and titles are the outlet's.
pub fn part_of(annotations: &Annotations, words: &Span) -> Part {
    if is_own(annotations, words) { Part::Narration } else { Part::Quotation }
}

/// True for words of a sentence that are the outlet's own: they meet no direct quotation.
pub fn is_own(annotations: &Annotations, words: &Span) -> bool {
    is_narration(*words, &annotations.quotations)
}

impl<'run> Side<'run> {
    /// What the encoder gave for one part of the sentence; `None` where there is no such part.
    pub(super) fn encoding_of(&self, part: Part) -> Option<&'run Encoding> {
        self.part(part).map(|part| part.encoding)
    }

    /// The same with what the loaded-language head says of it.
    pub(super) fn part(&self, part: Part) -> Option<PartEncoding<'run>> {
        let has_part = parts(self.annotations.voice).contains(&part);
        match part {
            Part::Narration => has_part.then_some(self.narration),
            Part::Quotation => has_part.then_some(self.quotation),
            Part::Whole => None,
        }
    }

    /// Of the spans, those in one part.
    pub(super) fn within(&self, part: Part, spans: &[Span]) -> Vec<Span> {
        spans.iter().filter(|span| part_of(self.annotations, span) == part).copied().collect()
    }
}

/// The part in which two sentences are compared: the outlets' own words where both have some, else quoted words where both have
/// some; `None` where one tells and the other quotes.
pub(super) fn common_part(a: &Side<'_>, b: &Side<'_>) -> Option<Part> {
    let parts_of_b = parts(b.annotations.voice);
    parts(a.annotations.voice).iter().find(|part| parts_of_b.contains(part)).copied()
}
