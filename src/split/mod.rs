//! split: [`Article`], [`Layout`] -> [`Sentence`]s. Where each sentence starts and ends, in bytes and in characters.

mod abbreviation;
mod boundary;
mod mask;

use crate::records::{Article, Field, Kind, Layout, Sentence, SentenceId, Span};

/// The sentences of an article, in order. `layout` is what [`clean`](crate::clean::clean) says of it.
///
/// A headline that the body does not repeat comes first, as one
/// sentence whatever its punctuation. The sentences of the body do not overlap, lie in one block each, and cover
/// every character of the blocks that is not blank. An article without headline and blocks has none.
///
/// Rules: sentencex (<https://github.com/wikimedia/sentencex>), with quotation marks and brackets kept from it.
pub fn split(article: &Article, layout: &Layout) -> Vec<Sentence> {
    let mut sentences = Vec::new();
    let mut push = |field, kind, bytes, chars| {
        let index = u32::try_from(sentences.len()).expect("an article has fewer than four billion sentences");
        let id = SentenceId { article: article.id.clone(), index };
        sentences.push(Sentence { id, field, kind, bytes, chars });
    };
    if let Some(bytes) = headline(article, layout) {
        let chars = CharCounter::new(&article.headline).chars(bytes);
        push(Field::Headline, Kind::Headline, bytes, chars);
    }
    let language = two_letters(&layout.language);
    let mut counter = CharCounter::new(&article.body);
    for block in &layout.blocks {
        for span in boundary::sentences(block.span.slice(&article.body), language) {
            let bytes = span.shifted(block.span.start);
            push(Field::Body, block.kind, bytes, counter.chars(bytes));
        }
    }
    sentences
}

/// The headline beside the body without blanks at its ends; `None` where it is blank or the body has its own.
fn headline(article: &Article, layout: &Layout) -> Option<Span> {
    let text = article.headline.trim();
    if text.is_empty() || layout.blocks.iter().any(|block| block.kind == Kind::Headline) {
        return None;
    }
    let start = article.headline.len() - article.headline.trim_start().len();
    Some(Span::new(start, start + text.len()))
}

/// Turns rising byte offsets into character offsets in one pass over the text.
struct CharCounter<'text> {
    text: &'text str,
    byte: usize,
    char: usize,
}

impl<'text> CharCounter<'text> {
    const fn new(text: &'text str) -> Self {
        Self { text, byte: 0, char: 0 }
    }

    /// The same span in characters. It must not start before the end of the span asked for last.
    fn chars(&mut self, bytes: Span) -> Span {
        let start = self.advance(bytes.start);
        Span::new(start, self.advance(bytes.end))
    }

    fn advance(&mut self, byte: usize) -> usize {
        self.char += self.text[self.byte..byte].chars().count();
        self.byte = byte;
        self.char
    }
}

/// sentencex names languages by ISO 639-1; one that it does not know gets the rules of English.
fn two_letters(iso_639_3: &str) -> &'static str {
    match iso_639_3 {
        "amh" => "am",
        "ara" => "ar",
        "ben" => "bn",
        "bul" => "bg",
        "cat" => "ca",
        "cmn" => "zh",
        "dan" => "da",
        "deu" => "de",
        "ell" => "el",
        "fin" => "fi",
        "fra" => "fr",
        "guj" => "gu",
        "hin" => "hi",
        "hye" => "hy",
        "ita" => "it",
        "jpn" => "ja",
        "kan" => "kn",
        "mal" => "ml",
        "mar" => "mr",
        "mya" => "my",
        "nld" => "nl",
        "pan" => "pa",
        "pol" => "pl",
        "por" => "pt",
        "rus" => "ru",
        "slk" => "sk",
        "spa" => "es",
        "tam" => "ta",
        "tel" => "te",
        "ukr" => "uk",
        "urd" => "ur",
        _ => "en",
    }
}

#[cfg(test)]
mod tests;
