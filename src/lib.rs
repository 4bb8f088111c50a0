//! parallax lines up what several news outlets say about the same events, claim by claim, and marks how the wording
//! moves.
//!
//! A run goes through these stages, each a module, in this order:
//!
//! 1. [`read`]: files become articles.
//! 2. [`clean`]: captions, datelines, "read next" lines and embedded posts are marked; nothing is deleted.
//! 3. [`split`]: articles become sentences, as offsets into the text as read.
//! 4. [`encode`]: one pass of the model over each distinct sentence gives its embedding, a vector for each word and the
//!    sentiment; [`store`] keeps what it gave for the next run.
//! 5. [`annotate`]: voice, attribution, certainty, quantities, names, loaded words, frames and clauses of each sentence.
//! 6. [`group`]: articles on the same event.
//! 7. [`align`]: which words of one sentence answer which of the other.
//! 8. [`cluster`]: sentences of different outlets that make the same claim, or contradict each other.
//! 9. [`framing`]: how the two differ, with the words that show it.
//! 10. [`statistics`]: which outlet has which claim, and by how much the framing differs between outlets.
//! 11. [`report`]: tables, `run.json` and the summary.
//!
//! [`models`] finds, checks and fetches the models that [`encode`] runs.
//!
//! [`records`] is what the stages hand to one another, [`pipeline`] runs them, [`options`] says how, [`job`] on which files; [`evaluate`] scores them
//! on labelled files, [`train`] makes heads of one's own, [`validate`] samples a run for people to label and scores their labels.
//!
//! ```
//! use parallax::job::{Job, compare};
//! use parallax::pipeline::Silent;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let folder = tempfile::tempdir()?;
//! std::fs::write(folder.path().join("post.txt"), "The bridge was closed on Monday after cracks were found.")?;
//! std::fs::write(folder.path().join("star.txt"), "The bridge was shut on Monday when cracks were found.")?;
//!
//! let job = Job { inputs: vec![folder.path().to_owned()], ..Job::default() };
//! let run = compare(&job, &Silent)?.run;
//! assert_eq!(run.claims.len(), 1);
//! assert_eq!(run.claims[0].mentions.len(), 2);
//! # Ok(())
//! # }
//! ```

#![deny(unsafe_code)]
#![warn(missing_docs)]

// In the order in which data flows.
pub mod records;
pub mod error;
mod platform;
mod arithmetic;
mod distinct;
pub mod read;
pub mod clean;
pub mod split;
pub mod encode;
pub mod store;
pub mod annotate;
pub mod group;
pub mod align;
pub mod cluster;
pub mod framing;
pub mod statistics;
pub mod models;
pub mod options;
pub mod pipeline;
pub mod report;
pub mod job;
pub mod stage;
pub mod evaluate;
pub mod train;
pub mod validate;

pub use error::{Error, Result};
