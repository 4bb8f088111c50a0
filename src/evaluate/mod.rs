//! Labelled files -> figures: how well each stage does what it says, over the functions that `compare` uses.
//!
//! `rows` reads a labelled file, `classes` its labels; `figures` are the measures, `bootstrap` their intervals.

mod rows;
mod classes;
mod bootstrap;
pub mod figures;

pub use bootstrap::Bootstrap;
pub use classes::Classes;
pub use rows::{Groups, Rows};
