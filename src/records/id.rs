use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The id of an article: the `article_id` column, the file's name, or a hash of what the article says. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ArticleId(Arc<str>);

impl ArticleId {
    /// The id as it stands in the tables.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<T: AsRef<str>> From<T> for ArticleId {
    fn from(id: T) -> Self {
        Self(Arc::from(id.as_ref()))
    }
}

impl fmt::Display for ArticleId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The id of a sentence: its article and its place in it, written `article_id#index`. The order of ids is that of the articles'
/// ids, then of the places.
///
/// ```
/// use parallax::records::SentenceId;
/// let id: SentenceId = "post-1#12".parse().unwrap();
/// assert_eq!((id.article.as_str(), id.index, id.to_string()), ("post-1", 12, "post-1#12".to_owned()));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SentenceId {
    /// The article.
    pub article: ArticleId,
    /// Position in the article, counted from 0; a headline that stands beside the body comes first.
    pub index: u32,
}

impl fmt::Display for SentenceId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}#{}", self.article, self.index)
    }
}

impl FromStr for SentenceId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.rsplit_once('#').and_then(|(article, index)| Some((article, index.parse().ok()?)));
        let (article, index) =
            parts.ok_or_else(|| format!("`{text}` is no id of a sentence, which is `article_id#index`"))?;
        Ok(Self { article: article.into(), index })
    }
}

impl Serialize for SentenceId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SentenceId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Bits of a hash that an id has: ten hexadecimal digits. Of 20,000 claims two have the same with a probability of 0.02%, and
/// then one of them moves on (see [`ClaimId::new`]).
const BITS: u32 = 40;

/// An id that is a hash of content, written as a letter and ten hexadecimal digits.
macro_rules! hashed_id {
    ($(#[$doc:meta])* $name:ident, $letter:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u64);

        impl $name {
            fn of(parts: &[&str]) -> Self {
                Self(hash(parts) >> (u64::BITS - BITS))
            }

            /// The next id: for one of two whose content has the same hash.
            pub fn next(self) -> Self {
                Self((self.0 + 1) & ((1 << BITS) - 1))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, "{}{:010x}", $letter, self.0)
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                let digits = text.strip_prefix($letter).filter(|digits| digits.len() == 10);
                let value = digits.and_then(|digits| u64::from_str_radix(digits, 16).ok());
                value.map(Self).ok_or_else(|| {
                    format!("`{text}` is no id: it is to be `{}` and ten hexadecimal digits", $letter)
                })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

hashed_id! {
    /// The id of an event: a hash of its first article's id. It stays while that article is the event's first by day of
    /// publication, then by id, whatever other articles are added.
    EventId, 'e'
}

hashed_id! {
    /// The id of a claim: a hash of its medoid, that is of the article's id and of the sentence's words. It stays while that
    /// sentence stands for the claim, whatever other articles are added; other words or another medoid give another id.
    ClaimId, 'c'
}

impl EventId {
    /// The id of the event whose first article this is.
    pub fn new(first: &ArticleId) -> Self {
        Self::of(&[first.as_str()])
    }
}

impl ClaimId {
    /// The id of the claim for which the sentence of this article with these words stands. Two claims of a run whose hashes are
    /// the same are told apart by [`ClaimId::next`].
    pub fn new(article: &ArticleId, words: &str) -> Self {
        Self::of(&[article.as_str(), words])
    }
}

/// Part of an article's id where none was given: a hash of what the article says, ten hexadecimal digits.
pub(crate) fn content_digits(outlet: &str, headline: &str, body: &str, url: &str, date: &str) -> String {
    format!("{:010x}", hash(&[outlet, headline, body, url, date]) >> (u64::BITS - BITS))
}

/// BLAKE3 of the parts, each behind its length, so that no two lists of parts run together. The first eight bytes.
fn hash(parts: &[&str]) -> u64 {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    let bytes: [u8; 8] = hasher.finalize().as_bytes()[..8].try_into().expect("eight bytes");
    u64::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_id_is_a_letter_and_ten_digits_and_reads_back() {
        let claim = ClaimId::new(&"a".into(), "The bridge was closed.");
        // As Python's package blake3 gives it: a digest that must not change, or every stored id would.
        assert_eq!(claim.to_string(), "c3ece75ab3e");
        assert_eq!(claim.to_string().parse(), Ok(claim));
        assert_eq!(serde_json::from_str::<ClaimId>(&serde_json::to_string(&claim).unwrap()).unwrap(), claim);
        for wrong in ["", "c", "e0123456789", "c012345678", "c01234567xy"] {
            assert!(wrong.parse::<ClaimId>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_last_id_is_followed_by_the_first() {
        let last: EventId = "effffffffff".parse().unwrap();
        assert_eq!(last.next().to_string(), "e0000000000");
    }

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(ClaimId::new(&"ab".into(), "c"), ClaimId::new(&"a".into(), "bc"));
    }

    proptest! {
        #[test]
        fn sentence_ids_read_back_and_are_ordered_by_article_then_place(
            a in "[a-c#]{1,3}", b in "[a-c]{1,3}", i in 0_u32..20, j in 0_u32..20
        ) {
            let (first, second) = (
                SentenceId { article: a.as_str().into(), index: i },
                SentenceId { article: b.as_str().into(), index: j },
            );
            prop_assert_eq!(first.to_string().parse::<SentenceId>().unwrap(), first.clone());
            prop_assert_eq!(first.cmp(&second), (a, i).cmp(&(b, j)));
        }
    }
}
