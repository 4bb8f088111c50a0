//! The vocabulary: what the stages hand to one another. Imports nothing else of this crate.

mod bytes;
mod named;
mod span;
mod id;
mod article;
mod document;
mod sentence;
mod annotation;
mod encoding;
pub(crate) mod figure;
mod claim;
mod copy;
mod cuts;
mod alignment;
mod framing;
mod loaded;
mod frame;
mod target;
mod thresholds;
mod measure;
mod outlet;
mod pair;
mod parse;
mod clause;
mod rejection;
mod provenance;

pub use alignment::{AlignedPhrase, WordAlignment};
pub use annotation::{
    Annotations, Attribution, AttributionKind, Bound, CarriedSource, Certainty, CueKind, Hedge, Name, Pole,
    Quantity, QuantityKind, Quotation, QuotationKind, Scale, Sentiment, Voice,
};
pub use article::{Article, Block, Kind, Origin};
pub use claim::{Claim, Coverage, CoverageStatus, Event, Mention, PartialMention, Tier};
pub use clause::{Clause, ClauseVoice};
pub use copy::{CopiedSpan, Copies};
pub use cuts::{Cuts, Edit};
pub use document::{Corpus, CorpusSentence, Document, Layout};
pub use encoding::{Encoding, Score, SentenceFigures, TokenStates, Words};
pub use frame::{Frame, FrameScore, FrameWord};
pub use framing::{Comparison, Conflict, Evidence, Framing, FramingDifference, Relation};
pub(crate) use id::content_digits;
pub use id::{ArticleId, ClaimId, EventId, SentenceId};
pub use loaded::{LoadedEvidence, LoadedKind, LoadedLanguage, LoadedWord, Masked};
pub use measure::{Part, Reading, SentenceReadings};
pub use outlet::{OutletDays, Outlets};
pub use pair::PairReading;
pub use parse::{Dependency, Parsed, Tag};
pub use provenance::{HeadUsed, InputFile, ModelUsed, Provenance};
pub use rejection::Rejection;
pub use sentence::{Field, Sentence};
pub use span::Span;
pub use target::Target;
pub use thresholds::{AlignmentThresholds, LevelThresholds, Thresholds, WordThresholds};
