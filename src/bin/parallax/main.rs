//! The command line: reads the arguments, runs the library, tells a person what came out.

mod args;
mod cache;
mod engine;
mod evaluate;
mod exit;
mod models;
mod progress;
mod train_head;
mod validate;

use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;

use args::{Arguments, Command, CompareArguments};
use exit::Outcome;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match &arguments.command {
        Command::Cache(arguments) => cache::run(arguments),
        Command::Compare(compare) => run_compare(compare),
        Command::Evaluate(evaluate) => evaluate.run(),
        Command::Models(arguments) => models::run(arguments),
        Command::Validate(validate) => validate.run(),
    };
    exit::code(outcome)
}

fn run_compare(arguments: &CompareArguments) -> anyhow::Result<Outcome> {
    let config = arguments.config()?;
    parallax::report::prepare(&config)?;
    let progress = progress::Bars::new(arguments.quiet);
    let run = parallax::pipeline::compare(&config, &progress)?;
    progress.finish();
    parallax::report::write(&run).context("the results were not written")?;
    if arguments.verbose {
        exit::list_seconds(&run.seconds);
    }
    if !arguments.quiet {
        exit::print(&parallax::report::summary(&run, &args::summary_options()))?;
    }
    exit::list_rejected(&run.rejected);
    Ok(if run.rejected.is_empty() { Outcome::Done } else { Outcome::SomeRejected })
}
