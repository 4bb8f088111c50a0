//! Encodings on disk, so that no text is encoded twice: neither in two runs nor after a run that was stopped.
//!
//! The store is content-addressed. The key of an encoding is a hash of the encoder's
//! [`Fingerprint`](crate::encode::Fingerprint) and the text, so an entry is never out of date: another model, head or version
//! asks for other keys. What is stored never changes a result; it only saves the time of making it.
//!
//! The folder holds segments, each written whole under a temporary name and never changed, and `meta.json`, which says
//! when each was last used. Every record has a checksum that is compared when it is read. A damaged record is
//! as good as none: the text is encoded again. Above the bound, the segments that were not used for longest go first.
//!
//! Several runs may use one folder at once.

mod options;
mod key;
mod segment;
mod open_files;
mod folder;
mod books;
mod merge;
mod encoding_store;
mod cached_encoder;

pub use books::{Contents, contents};
pub use cached_encoder::CachedEncoder;
pub use encoding_store::{Stats, Store};
pub use folder::{Cleared, clear};
pub use options::StoreOptions;

#[cfg(test)]
mod tests;
