//! Hides the names of outlets from a head, so that it cannot go by who wrote a sentence.

use regex::{Regex, RegexBuilder};

use super::Encoder;
use super::encode;
use crate::error::Result;
use crate::records::{Encoding, Masked, Score, Span};

/// What stands for a name.
const MASK: &str = "the outlet";

/// The names of outlets, to be hidden in texts.
#[derive(Debug, Clone)]
pub struct OutletMask {
    /// `None` where there are no names.
    pattern: Option<Regex>,
}

/// A text with names hidden.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaskedText {
    /// The text with "the outlet" for each name.
    pub text: String,
    /// The names' spans in the text as it was, in order.
    names: Vec<Span>,
}

impl OutletMask {
    /// A mask of `names`, whole words in any case, the longest first; blank names are left out.
    ///
    /// # Errors
    /// Why the names cannot be looked for: they are too many.
    pub fn new<'name>(names: impl IntoIterator<Item = &'name str>) -> Result<Self, String> {
        let mut names: Vec<&str> = names.into_iter().map(str::trim).filter(|name| !name.is_empty()).collect();
        names.sort_unstable();
        names.dedup();
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        if names.is_empty() {
            return Ok(Self { pattern: None });
        }
        let escaped: Vec<String> = names.iter().map(|name| regex::escape(name)).collect();
        let pattern = RegexBuilder::new(&format!(r"\b(?:{})\b", escaped.join("|")))
            .case_insensitive(true)
            .size_limit(64 << 20)
            .build()
            .map_err(|_| format!("{} names are too many to look for", names.len()))?;
        Ok(Self { pattern: Some(pattern) })
    }

    /// The text with its names hidden; `None` where it has none.
    pub fn mask(&self, text: &str) -> Option<MaskedText> {
        let pattern = self.pattern.as_ref()?;
        let names: Vec<Span> =
            pattern.find_iter(text).map(|name| Span::new(name.start(), name.end())).collect();
        (!names.is_empty()).then(|| MaskedText { text: pattern.replace_all(text, MASK).into_owned(), names })
    }
}

impl MaskedText {
    /// Where a span of the text as it was lies in the masked text; `None` where it holds a part of a name.
    pub fn masked(&self, span: &Span) -> Option<Span> {
        if self.names.iter().any(|name| name.overlaps(span)) {
            return None;
        }
        let before = self.names.iter().filter(|name| name.end <= span.start);
        let (removed, added) =
            before.fold((0, 0), |(removed, added), name| (removed + name.len(), added + MASK.len()));
        Some(Span::new(span.start + added - removed, span.end + added - removed))
    }
}

/// The texts that hold a name, read with the names hidden: one more pass for these, and none for the others. `None` for a text
/// that holds no name. In the order of `texts`, each with its encoding.
///
/// # Errors
/// As [`Encoder::encode`].
pub fn hide_names(
    encoder: &dyn Encoder,
    mask: &OutletMask,
    texts: &[(&str, &Encoding)],
) -> Result<Vec<Option<Masked>>> {
    let masked: Vec<Option<MaskedText>> = texts.iter().map(|(text, _)| mask.mask(text)).collect();
    let again: Vec<&str> = masked.iter().flatten().map(|masked| masked.text.as_str()).collect();
    let mut again = encode(encoder, &again, &|_| ())?.into_iter();
    let read = |(masked, (_, encoding)): (Option<MaskedText>, &(&str, &Encoding))| {
        let masked = masked?;
        let again = again.next().expect("every text with a name was read again");
        let loaded = again.loaded.map(|score| of_original(&masked, &score, &again.words.spans, encoding));
        Some(Masked { names: masked.names, loaded })
    };
    Ok(masked.into_iter().zip(texts).map(read).collect())
}

/// The figure of the masked text, with its shares handed to the words of the text as it was.
fn of_original(masked: &MaskedText, score: &Score, words: &[Span], encoding: &Encoding) -> Score {
    let share = |span: &Span| {
        let position = words.binary_search(&masked.masked(span)?).ok()?;
        score.shares.get(position).copied()
    };
    let shares = encoding.words.spans.iter().map(|span| share(span).unwrap_or(0.0)).collect();
    Score { value: score.value, shares }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn mask(names: &[&str]) -> OutletMask {
        OutletMask::new(names.iter().copied()).unwrap()
    }

    #[test]
    fn names_are_masked_as_whole_words_in_any_case() {
        struct Case {
            text: &'static str,
            masked: Option<&'static str>,
        }
        for case in [
            Case { text: "The MORNING POST said so.", masked: Some("The the outlet said so.") },
            Case { text: "A postman said so.", masked: None },
            Case { text: "Morning posted it.", masked: None },
            Case { text: "Post, Morning Post", masked: Some("the outlet, the outlet") },
            Case { text: "", masked: None },
        ] {
            let found = mask(&["Post", "Morning Post", "", " "]).mask(case.text);
            assert_eq!(found.as_ref().map(|masked| masked.text.as_str()), case.masked, "{}", case.text);
        }
        assert_eq!(mask(&[]).mask("Post"), None);
    }

    proptest! {
        #[test]
        fn what_is_no_name_is_found_again(text in "(post|é|a| |\\PC){0,30}") {
            let Some(masked) = mask(&["post"]).mask(&text) else { return Ok(()) };
            for (start, c) in text.char_indices() {
                let span = Span::new(start, start + c.len_utf8());
                if let Some(found) = masked.masked(&span) {
                    prop_assert_eq!(found.slice(&masked.text), span.slice(&text));
                }
            }
        }
    }
}
