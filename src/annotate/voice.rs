//! Decides whose words a sentence is made of.

use std::sync::LazyLock;

use super::phrases::Phrases;
use super::words::Words;
use crate::records::{Attribution, Quotation, QuotationKind, Span, Voice};

/// Words that may stand around a quotation without being a statement of the outlet's own.
static FRAME: LazyLock<Phrases> = LazyLock::new(|| Phrases::parse(include_str!("lists/frame_words.txt")));

/// The voice of a span of a sentence, both counted from the sentence's start: narration where it meets no direct
/// quotation, quotation where one holds it, mixed otherwise. The words between scare quotes and titles are the outlet's.
/// An empty span is narration.
///
/// ```
/// use parallax::annotate::{quotations, voice_of_span};
/// use parallax::records::{Span, Voice};
/// let text = "“We met,” said the mayor.";
/// let quoted = quotations(text);
/// assert_eq!(voice_of_span(Span::new(3, 9), &quoted), Voice::Quotation);
/// assert_eq!(voice_of_span(Span::new(14, 18), &quoted), Voice::Narration);
/// ```
pub fn voice_of_span(span: Span, quotations: &[Quotation]) -> Voice {
    let first = quotations.partition_point(|quotation| quotation.span.end <= span.start);
    let mut meeting = directs(&quotations[first..]).take_while(|quoted| quoted.start < span.end).peekable();
    match meeting.peek() {
        Some(quoted) if quoted.contains(&span) && !span.is_empty() => Voice::Quotation,
        Some(_) if !span.is_empty() => Voice::Mixed,
        _ => Voice::Narration,
    }
}

/// True where every word of a span is the outlet's own: it meets no direct quotation.
pub fn is_narration(span: Span, quotations: &[Quotation]) -> bool {
    voice_of_span(span, quotations) == Voice::Narration
}

/// The parts of a sentence that are a source's words, in order.
pub(super) fn directs(quotations: &[Quotation]) -> impl Iterator<Item = Span> {
    let direct = quotations.iter().filter(|quotation| quotation.kind == QuotationKind::Direct);
    direct.map(|quotation| quotation.span)
}

/// The voice of a sentence.
///
/// [`Voice::Narration`] where nothing is quoted directly; [`Voice::Quotation`] where all that stands outside the quotation
/// marks is sources, cues and the words around them ("in a statement", "on Monday"); [`Voice::Mixed`] otherwise.
///
/// ```
/// use parallax::annotate::{attributions, quotations, voice};
/// use parallax::records::Voice;
/// let text = "“We met,” said the mayor.";
/// let quoted = quotations(text);
/// assert_eq!(voice(text, &quoted, &attributions(text, &quoted)), Voice::Quotation);
/// ```
pub fn voice(text: &str, quotations: &[Quotation], attributions: &[Attribution]) -> Voice {
    voice_of(&Words::new(text), quotations, attributions)
}

pub(super) fn voice_of(words: &Words, quotations: &[Quotation], attributions: &[Attribution]) -> Voice {
    if directs(quotations).next().is_none() {
        return Voice::Narration;
    }
    let mut naming: Vec<Span> =
        attributions.iter().flat_map(|found| found.source.into_iter().chain([found.cue])).collect();
    naming.extend(directs(quotations));
    naming.sort_unstable();
    // Spans may lie in one another, so what counts is how far any of those before reaches.
    let mut reach = 0;
    let mut next = 0;
    for word in words.iter().filter(|word| word.is_word()) {
        while next < naming.len() && naming[next].start <= word.span.start {
            reach = reach.max(naming[next].end);
            next += 1;
        }
        if word.span.start >= reach && !FRAME.contains(&word.lower) {
            return Voice::Mixed;
        }
    }
    Voice::Quotation
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{attributions, quotations};
    use super::*;

    #[test]
    fn tells_whose_words() {
        struct Case {
            text: &'static str,
            voice: Voice,
        }
        let cases = [
            Case { text: "The talks went on.", voice: Voice::Narration },
            Case { text: "", voice: Voice::Narration },
            Case { text: "“We will go on,” said the minister.", voice: Voice::Quotation },
            Case { text: "“We will go on.”", voice: Voice::Quotation },
            Case {
                text: "“Every week it’s closer,” said an administration official.",
                voice: Voice::Quotation,
            },
            Case { text: "“Yes,” Mr. Moreau said in a statement on Tuesday.", voice: Voice::Quotation },
            Case { text: "Lindqvist called the vote “a farce” and left the hall.", voice: Voice::Mixed },
            Case { text: "The two nations are “great allies.”", voice: Voice::Mixed },
        ];
        for case in cases {
            let quoted = quotations(case.text);
            let found = voice(case.text, &quoted, &attributions(case.text, &quoted));
            assert_eq!(found, case.voice, "{}", case.text);
        }
    }

    #[test]
    fn tells_the_voice_of_a_span() {
        struct Case {
            text: &'static str,
            words: &'static str,
            voice: Voice,
        }
        let cases = [
            Case { text: "“We met,” said the mayor.", words: "We met", voice: Voice::Quotation },
            Case { text: "“We met,” said the mayor.", words: "“We met,”", voice: Voice::Quotation },
            Case { text: "“We met,” said the mayor.", words: "the mayor", voice: Voice::Narration },
            Case { text: "“We met,” said the mayor.", words: "met,” said", voice: Voice::Mixed },
            Case { text: "“We met,” said the mayor.", words: "", voice: Voice::Narration },
            Case { text: "No marks here.", words: "marks", voice: Voice::Narration },
        ];
        for case in cases {
            let start = case.text.find(case.words).unwrap();
            let span = Span::new(start, start + case.words.len());
            let quoted = quotations(case.text);
            assert_eq!(voice_of_span(span, &quoted), case.voice, "{} in {}", case.words, case.text);
            assert_eq!(is_narration(span, &quoted), case.voice == Voice::Narration);
        }
    }

    #[test]
    fn scare_quotes_and_titles_are_narration() {
        let quoted = |kind| [Quotation { span: Span::new(4, 12), kind }];
        let inside = Span::new(5, 9);
        assert!(is_narration(inside, &quoted(QuotationKind::Scare)));
        assert!(is_narration(inside, &quoted(QuotationKind::Title)));
        assert!(!is_narration(inside, &quoted(QuotationKind::Direct)));
    }

    proptest! {
        #[test]
        fn a_span_is_narration_where_it_meets_no_quotation(
            text in "[ab “”\".]{0,40}", a in 0usize..40, b in 0usize..40,
        ) {
            let quoted = quotations(&text);
            let (start, end) = (a.min(b).min(text.len()), a.max(b).min(text.len()));
            let span = Span::new(start, end);
            let met = |byte: usize| quoted.iter().any(|q| q.span.start <= byte && byte < q.span.end);
            let n_met = (start..end).filter(|byte| met(*byte)).count();
            let voice = voice_of_span(span, &quoted);
            prop_assert_eq!(voice == Voice::Narration, n_met == 0);
            if voice == Voice::Quotation {
                prop_assert_eq!(n_met, span.len());
            }
        }
    }
}
