use std::path::PathBuf;

use clap::{Args, ValueEnum};
use parallax::job::{EngineName, Job};

/// What runs the model.
#[derive(Args)]
pub struct EngineArguments {
    /// What runs the model: onnx is in every build, rust-bert in those with libtorch [default: onnx]
    #[arg(long, value_enum)]
    engine: Option<EngineFlag>,

    /// A sentiment classifier for rust-bert in place of the model's sentiment head
    #[arg(long, value_name = "DIR")]
    sentiment: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum EngineFlag {
    Onnx,
    RustBert,
}

impl EngineArguments {
    /// Puts what was given over what the job says.
    pub fn apply(&self, job: &mut Job) {
        job.engine = match self.engine {
            Some(EngineFlag::Onnx) => EngineName::Onnx,
            Some(EngineFlag::RustBert) => EngineName::RustBert,
            None => job.engine,
        };
        if self.sentiment.is_some() {
            job.sentiment.clone_from(&self.sentiment);
        }
    }
}
