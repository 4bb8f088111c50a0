//! The vocabulary: what the stages hand to one another. Imports nothing else of this crate.

mod named;
mod span;
mod article;
mod sentence;
mod annotation;
mod encoding;
mod claim;
mod copy;
mod alignment;
mod framing;
mod loaded;
mod frame;
mod target;
mod measure;
mod outlet;
mod parse;
mod clause;
mod rejection;

pub use alignment::{AlignedPhrase, WordAlignment};
pub use annotation::{
    Annotations, Attribution, AttributionKind, CarriedSource, Certainty, CueKind, Hedge, Name, Pole,
    Quantity, QuantityKind, Quotation, QuotationKind, Scale, Sentiment, Voice,
};
pub use article::{Article, Block, Kind, Origin};
pub use claim::{Claim, Coverage, CoverageStatus, Event, Mention, Tier};
pub use clause::{Clause, ClauseVoice};
pub use copy::{CopiedSpan, Copies};
pub use encoding::{Encoding, Score, TokenStates};
pub use frame::{Frame, FrameScore, FrameWord};
pub use framing::{Comparison, Conflict, Dimension, Evidence, FramingDifference, Relation};
pub use loaded::{LoadedEvidence, LoadedKind, LoadedLanguage, LoadedWord};
pub use measure::{Part, Reading, SentenceReadings};
pub use outlet::Outlets;
pub use parse::{Dependency, Parsed, Tag};
pub use rejection::Rejection;
pub use sentence::{Field, Sentence};
pub use span::Span;
pub use target::Target;
