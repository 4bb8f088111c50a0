use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use clap::{Args, ValueEnum};
use parallax::report::printable;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::{Layer, Registry};

/// Where a run's log goes.
#[derive(Args)]
pub struct LogArguments {
    /// Append what happens to a file: stages, files that were written, warnings
    #[arg(long, value_name = "FILE", help_heading = "Log")]
    log: Option<PathBuf>,

    /// What the log is written as [default: text]
    #[arg(long, value_name = "FORMAT", value_enum, requires = "log", help_heading = "Log")]
    log_format: Option<LogFormat>,
}

#[derive(Clone, Copy, ValueEnum)]
enum LogFormat {
    /// A line each, for people
    Text,
    /// A JSON object a line
    Json,
}

impl LogArguments {
    /// Prints warnings on stderr from now on, and writes the log where one is asked for.
    pub fn install(&self) -> parallax::Result<()> {
        let log = self.log.as_deref().map(|path| self.layer(path)).transpose()?;
        let subscriber = Registry::default().with(log).with(Warnings);
        // Only a test would install a second one.
        let _ = tracing::subscriber::set_global_default(subscriber);
        Ok(())
    }

    fn layer(&self, path: &Path) -> parallax::Result<Box<dyn Layer<Registry> + Send + Sync>> {
        let file = OpenOptions::new().create(true).append(true).open(path).map_err(|error| {
            let message = format!(
                "{}: the log cannot be written: {error}; name another file with --log",
                path.display()
            );
            parallax::Error::Usage { message }
        })?;
        let layer = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(Mutex::new(file));
        Ok(match self.log_format {
            Some(LogFormat::Json) => layer.json().with_filter(LevelFilter::INFO).boxed(),
            _ => layer.with_filter(LevelFilter::INFO).boxed(),
        })
    }
}

/// Prints warnings as `warning: ...` on stderr.
struct Warnings;

impl<S: Subscriber> Layer<S> for Warnings {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if *event.metadata().level() == Level::WARN {
            let mut message = Message(String::new());
            event.record(&mut message);
            let _ = writeln!(io::stderr(), "warning: {}", printable(&message.0));
        }
    }
}

/// The words of an event.
struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}
