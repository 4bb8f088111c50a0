//! Finds words that have an opposite.

use std::sync::LazyLock;

use super::phrases::Phrases;
use super::words::Words;
use crate::records::{Pole, Scale};

static OPPOSITES: LazyLock<Phrases> = LazyLock::new(|| Phrases::parse(include_str!("lists/opposites.txt")));

/// The words that stand at one end of a scale ("rose", "rejected", "guilty"), in order. A word at the other end of the same
/// scale denies it, if both speak of the same thing.
///
/// ```
/// use parallax::annotate::poles;
/// let (rose, fell) = (&poles("Prices rose.")[0], &poles("Prices fell.")[0]);
/// assert!(rose.opposes(fell) && !rose.opposes(rose));
/// ```
pub fn poles(text: &str) -> Vec<Pole> {
    poles_of(&Words::new(text))
}

pub(super) fn poles_of(words: &Words) -> Vec<Pole> {
    let pole = |i: usize| {
        let (scale, end) = OPPOSITES.label(words.lower(i))?.split_once(' ')?;
        Some(Pole { span: words.span(i, i + 1), scale: Scale::named(scale)?, up: end == "up" })
    };
    (0..words.len()).filter_map(pole).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::annotate::phrases::entries;

    #[test]
    fn every_section_is_an_end_of_a_scale() {
        for (section, word) in entries(include_str!("lists/opposites.txt")) {
            assert!(!poles(word).is_empty(), "`{word}` of [{section}] is at no end of a scale");
        }
    }
}
