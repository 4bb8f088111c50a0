//! `parallax cache`: shows and empties the store of encodings.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use indicatif::{HumanBytes, HumanCount};
use parallax::report::printable;
use parallax::store::{self, Cleared, Contents, StoreOptions};

use crate::exit::{self, Outcome};

/// Show and clear the encodings that earlier runs stored
#[derive(Args)]
#[command(after_long_help = EXAMPLES)]
pub struct CacheArguments {
    #[command(subcommand)]
    command: CacheCommand,
}

const EXAMPLES: &str = "\
Examples:
  parallax cache show
  parallax cache clear
  parallax cache show --cache /data/encodings

Stored encodings save time and never change a result. They lie in the folder `encodings` of the
platform's cache folder, or of the one that PARALLAX_CACHE names. What was not used for longest goes
by itself once there is more than the bound.";

#[derive(Subcommand)]
enum CacheCommand {
    /// Show how much is stored, and where
    Show(Folder),
    /// Remove every stored encoding; other files in the folder stay
    Clear(Folder),
}

#[derive(Args)]
struct Folder {
    /// The folder of the encodings [default: the platform's]
    #[arg(long = "cache", value_name = "DIR")]
    folder: Option<PathBuf>,
}

impl Folder {
    fn options(&self) -> parallax::Result<StoreOptions> {
        match &self.folder {
            Some(folder) => Ok(StoreOptions::in_folder(folder.clone())),
            None => StoreOptions::platform(),
        }
    }
}

/// Runs a subcommand.
pub fn run(arguments: &CacheArguments) -> anyhow::Result<Outcome> {
    let text = match &arguments.command {
        CacheCommand::Show(folder) => {
            let options = folder.options()?;
            contents_text(&store::contents(&options.folder)?, options.max_bytes)
        }
        CacheCommand::Clear(folder) => {
            let folder = folder.options()?.folder;
            cleared_text(&folder, &store::clear(&folder)?)
        }
    };
    exit::print(&text)?;
    Ok(Outcome::Done)
}

/// `max_bytes` is the bound where no run has noted its own.
fn contents_text(contents: &Contents, max_bytes: u64) -> String {
    let lines = [
        ("folder", printable(&contents.folder.display().to_string())),
        ("segments", HumanCount(contents.segments as u64).to_string()),
        ("entries", HumanCount(contents.entries).to_string()),
        ("size", HumanBytes(contents.bytes).to_string()),
        ("bound", HumanBytes(contents.max_bytes.unwrap_or(max_bytes)).to_string()),
        ("last used", contents.last_used.map_or("never".to_owned(), date)),
    ];
    lines.iter().map(|(key, value)| format!("{key:<16} {value}\n")).collect()
}

/// Of seconds since the epoch, in UTC.
fn date(seconds: u64) -> String {
    let timestamp =
        i64::try_from(seconds).ok().and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    timestamp.map_or("unknown".to_owned(), |timestamp| timestamp.strftime("%Y-%m-%d %H:%M UTC").to_string())
}

fn cleared_text(folder: &Path, cleared: &Cleared) -> String {
    let folder = printable(&folder.display().to_string());
    match cleared.segments {
        0 => format!("{folder}: nothing is stored there\n"),
        1 => format!("{folder}: removed 1 segment ({})\n", HumanBytes(cleared.bytes)),
        segments => format!("{folder}: removed {segments} segments ({})\n", HumanBytes(cleared.bytes)),
    }
}
