//! Claims -> figures of outlets: who has which claim and why not, how many outlets speak for themselves, and by how much
//! the framing of matched claims differs between outlets, with intervals.
//!
//! `observation` is what goes in: one figure of one sentence of a claim. `outlets` makes the estimates, over `resample`
//! (bootstrap and sign flips of whole events) and `false_discovery` (many tests at once). `wordings` counts what each outlet
//! calls the same thing, over `log_odds`.

mod coverage;
mod independence;
mod observation;
mod resample;
mod false_discovery;
mod log_odds;
mod outlets;
mod wordings;

pub use coverage::{coverage, position_in_article};
pub use false_discovery::benjamini_hochberg;
pub use independence::independent_outlets;
pub use log_odds::{LogOdds, log_odds};
pub use observation::{Observation, Series};
pub use outlets::{Estimate, OutletEstimate, OutletEstimates, StatisticsOptions, outlet_estimates};
pub use resample::{below, quantile};
pub use wordings::{AlignedTerms, Uses, Wording, Wordings};
