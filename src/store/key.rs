use blake3::Hasher;

use crate::encode::Fingerprint;
use crate::records::Span;

/// The address of a record: a hash of what it was made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key(pub [u8; 32]);

impl Key {
    /// Of the encoding of a text.
    pub(super) fn of_encoding(fingerprint: Fingerprint, text: &str) -> Self {
        let mut hasher = Hasher::new();
        hasher.update(b"encoding").update(&fingerprint.0).update(text.as_bytes());
        Self(*hasher.finalize().as_bytes())
    }

    /// Of the sentiment of a text toward the words that the span covers.
    pub(super) fn of_target(fingerprint: Fingerprint, text: &str, span: Span) -> Self {
        let mut hasher = Hasher::new();
        hasher.update(b"a target").update(&fingerprint.0);
        hasher.update(&(span.start as u64).to_le_bytes()).update(&(span.end as u64).to_le_bytes());
        hasher.update(text.as_bytes());
        Self(*hasher.finalize().as_bytes())
    }

    /// Of what is read of two texts together, in either order.
    pub(super) fn of_pair(fingerprint: Fingerprint, (a, b): (&str, &str)) -> Self {
        let (first, second) = if a <= b { (a, b) } else { (b, a) };
        let mut hasher = Hasher::new();
        hasher.update(b"two texts").update(&fingerprint.0);
        hasher.update(&(first.len() as u64).to_le_bytes());
        hasher.update(first.as_bytes()).update(second.as_bytes());
        Self(*hasher.finalize().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_has_another_key() {
        let (one, two) = (Fingerprint([1; 32]), Fingerprint([2; 32]));
        let mut keys = vec![
            Key::of_encoding(one, "a").0,
            Key::of_encoding(one, "b").0,
            Key::of_encoding(two, "a").0,
            Key::of_target(one, "a", Span::new(0, 1)).0,
            Key::of_target(one, "a", Span::new(0, 0)).0,
            Key::of_target(two, "a", Span::new(0, 1)).0,
            Key::of_target(one, "b", Span::new(0, 1)).0,
            Key::of_pair(one, ("a", "bc")).0,
            Key::of_pair(one, ("ab", "c")).0,
            Key::of_pair(two, ("a", "bc")).0,
        ];
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), 10);
        assert_eq!(Key::of_pair(one, ("bc", "a")), Key::of_pair(one, ("a", "bc")));
        assert_eq!(Key::of_encoding(one, "a"), Key::of_encoding(one, "a"));
    }
}
