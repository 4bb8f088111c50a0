use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use parallax::Error;
use parallax::read::why_left_out;
use parallax::records::Rejection;
use parallax::report::printable;

/// How a command ended where nothing stopped it.
pub enum Outcome {
    /// All is done.
    Done,
    /// Done, and some inputs could not be used.
    SomeRejected,
}

impl Outcome {
    /// What a command that is done ends with.
    pub fn of(rejected: &[Rejection]) -> Self {
        if rejected.is_empty() { Outcome::Done } else { Outcome::SomeRejected }
    }
}

/// 0 done, 1 failed, 2 a wrong job file or output folder (clap exits with 2 as well), 3 done with rejected inputs. A
/// reader that hung up is not a failure.
pub fn code(outcome: anyhow::Result<Outcome>) -> ExitCode {
    match outcome {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::SomeRejected) => ExitCode::from(3),
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // The causes behind one another. A job file's own lines are shown below its name.
            let message = format!("{error:#}");
            let lines = message.lines().map(printable).collect::<Vec<_>>().join("\n");
            let _ = writeln!(io::stderr(), "error: {lines}");
            let is_wrong_usage = matches!(
                error.downcast_ref(),
                Some(Error::Config { .. } | Error::Output { .. } | Error::Usage { .. })
            );
            ExitCode::from(if is_wrong_usage { 2 } else { 1 })
        }
    }
}

/// Prints to stdout, without styles where it is not a terminal.
pub fn print(text: &str) -> io::Result<()> {
    let mut stdout = anstream::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

/// Says on stderr how long each stage took. A stderr that is closed is no failure.
pub fn list_seconds(stages: &[(&str, f64)]) {
    for (stage, seconds) in stages {
        let _ = writeln!(io::stderr(), "{stage:<18} {seconds:>8.2} s");
    }
}

/// Says on stderr what could not be used; the first few, since a wrong column name rejects every row, and where the others are.
pub fn list_rejected(rejected: &[Rejection], others: &str) {
    const MOST: usize = 10;
    for rejection in rejected.iter().take(MOST) {
        let row = rejection.row.map_or(String::new(), |row| format!(": row {row}"));
        let _ = writeln!(
            io::stderr(),
            "rejected: {}{row}: {}",
            printable(&rejection.file),
            printable(&rejection.reason)
        );
    }
    if rejected.len() > MOST {
        let _ = writeln!(io::stderr(), "rejected: {} more; {others}", rejected.len() - MOST);
    }
}

/// Says on stderr which files below the given folders are not read although somebody may take them for articles, why, and what to do.
pub fn list_ignored(ignored: &[String]) {
    const MOST: usize = 10;
    let left_out: Vec<(&String, String)> =
        ignored.iter().filter_map(|name| Some((name, why_left_out(name)?))).collect();
    for (name, why) in left_out.iter().take(MOST) {
        let _ = writeln!(io::stderr(), "left out: {}: {}", printable(name), printable(why));
    }
    if left_out.len() > MOST {
        let _ = writeln!(
            io::stderr(),
            "left out: {} more, listed in run.json (`ignored`)",
            left_out.len() - MOST
        );
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let mut causes = error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>());
    causes.any(|cause| cause.kind() == ErrorKind::BrokenPipe)
}
