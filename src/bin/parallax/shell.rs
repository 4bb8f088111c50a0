//! What a shell and a manual want to know of the command line.

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::args::Arguments;
use crate::exit::{self, Outcome};

const NAME: &str = "parallax";

/// Print a script that completes commands and flags
#[derive(Args)]
#[command(after_long_help = COMPLETIONS)]
pub struct CompletionsArguments {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

const COMPLETIONS: &str = "\
Examples:
  parallax completions bash > ~/.local/share/bash-completion/completions/parallax
  parallax completions zsh > ~/.zfunc/_parallax
  parallax completions fish > ~/.config/fish/completions/parallax.fish";

/// Print the man page, or write one for each command
#[derive(Args)]
#[command(after_long_help = MAN)]
pub struct ManArguments {
    /// Folder for the pages of all commands
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

const MAN: &str = "\
Examples:
  parallax man | man -l -
  parallax man --out ~/.local/share/man/man1";

/// The command line as the manual has it: `help` has no page of its own.
fn command() -> clap::Command {
    Arguments::command().disable_help_subcommand(true)
}

impl CompletionsArguments {
    pub fn run(&self) -> anyhow::Result<Outcome> {
        let mut script = vec![];
        clap_complete::generate(self.shell, &mut Arguments::command(), NAME, &mut script);
        exit::print(&String::from_utf8(script).context("a script is text")?)?;
        Ok(Outcome::Done)
    }
}

impl ManArguments {
    pub fn run(&self) -> anyhow::Result<Outcome> {
        match &self.out {
            Some(folder) => {
                std::fs::create_dir_all(folder)
                    .and_then(|()| clap_mangen::generate_to(command(), folder))
                    .with_context(|| format!("{}: the pages cannot be written", folder.display()))?;
            }
            None => {
                let mut page = vec![];
                clap_mangen::Man::new(command()).render(&mut page)?;
                exit::print(&String::from_utf8(page).context("a page is text")?)?;
            }
        }
        Ok(Outcome::Done)
    }
}
