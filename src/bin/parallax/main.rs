//! The command line: reads the arguments, runs the library, tells a person what came out.

#![deny(unsafe_code)]

mod args;
mod cache;
mod check;
mod engine;
mod evaluate;
mod exit;
mod interrupt;
mod log;
mod models;
mod progress;
mod shell;
mod stage;
mod threads;
mod train_head;
mod validate;

use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use parallax::job::{self, Finished};
use parallax::report;

use args::{Arguments, Command, CompareArguments, ReportArguments};
use exit::Outcome;
use progress::Progress;

/// A run makes and lets go of many small records on all threads. The C library's allocator took a fifth of the time that is not the model's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match &arguments.command {
        Command::Cache(arguments) => cache::run(arguments),
        Command::Compare(compare) => run_compare(compare),
        Command::Check(arguments) => arguments.run(),
        Command::Report(arguments) => run_report(arguments),
        Command::Evaluate(evaluate) => evaluate.run(),
        Command::Models(arguments) => models::run(arguments),
        Command::Validate(validate) => validate.run(),
        Command::Stage(arguments) => arguments.run(),
        Command::Completions(arguments) => arguments.run(),
        Command::Man(arguments) => arguments.run(),
    };
    exit::code(outcome)
}

fn run_compare(arguments: &CompareArguments) -> anyhow::Result<Outcome> {
    let mut job = arguments.job()?;
    arguments.log.install()?;
    job.options.threads = threads::start(job.options.threads)?;
    job::prepare(&job)?;
    let store = Arc::new(job::open_store(&job)?);
    interrupt::watch(&job.out, Arc::downgrade(&store));
    let progress = Progress::new(arguments.quiet);
    let Finished { run, provenance } = job::compare_with(&job, &store, &progress)?;
    progress.finish();
    report::write(&run, &provenance, &job.out, &job.formats)?;
    if arguments.verbose {
        exit::list_seconds(&run.seconds);
    }
    if !arguments.quiet {
        let options = args::summary_options();
        exit::print(&report::summary(&run, &provenance.rejected, &job.out, &options))?;
    }
    exit::list_rejected(&provenance.rejected, "the table `rejected` has all");
    exit::list_ignored(&provenance.ignored);
    Ok(Outcome::of(&provenance.rejected))
}

fn run_report(arguments: &ReportArguments) -> anyhow::Result<Outcome> {
    let page = report::rebuild_page(&arguments.folder)?;
    exit::print(&format!("{}\n", report::printable(&page.display().to_string())))?;
    Ok(Outcome::Done)
}
