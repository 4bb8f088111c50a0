//! parallax lines up what several news outlets say about the same events, claim by claim, and marks how the wording
//! moves.

// In the order in which data flows.
pub mod records;
pub mod error;
pub mod read;
pub mod clean;
pub mod split;
pub mod encode;
pub mod annotate;
pub mod group;
pub mod cluster;
pub mod align;
pub mod framing;
pub mod statistics;
pub mod report;
pub mod config;
pub mod pipeline;

pub use error::{Error, Result};
