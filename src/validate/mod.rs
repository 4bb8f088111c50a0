//! Tables of a run -> a sample for people to label -> how right the tables are, and estimates corrected by the labels.
//!
//! `sample`: `units` are what the tables have to label, `draw` draws them by strata, `page` makes the page to label them in;
//! `subject` has the questions. `score`: `labels` reads the answers, `figures` and `alpha` make shares, means and agreement of
//! them, `correction` the estimates of outlets; `report_tables` are what is written.
//!
//! `docs/validation.md` says how to use it, and what may not be inferred.

mod subject;
mod units;
mod draw;
mod page;
mod sample;
mod labels;
mod figures;
mod alpha;
mod correction;
mod score;
mod report_tables;
mod print;

pub use correction::MIN_LABELLED;
pub use figures::Figure;
pub use print::print;
pub use report_tables::schemas;
pub use sample::{FOLDER, Item, PAGE_FILE, SAMPLE_FILE, Sample, SampleOptions, StratumCount, sample};
pub use score::{
    Agreement, CorrectedEstimate, Correction, MeasureAgreement, Precision, Report, ScoreOptions, score,
};
pub use subject::{CANNOT_TELL, Subject};
