use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use parallax::records::Rejection;

/// How a command ended where nothing stopped it.
pub enum Outcome {
    /// All is done.
    Done,
    /// Done, and some inputs could not be used.
    SomeRejected,
}

/// 0 done, 1 failed, 3 done with rejected inputs; clap itself exits with 2. A reader that hung up is not a failure.
pub fn code(outcome: anyhow::Result<Outcome>) -> ExitCode {
    match outcome {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::SomeRejected) => ExitCode::from(3),
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // One line, the causes behind one another.
            let _ = writeln!(io::stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Prints to stdout, without styles where it is not a terminal.
pub fn print(text: &str) -> io::Result<()> {
    let mut stdout = anstream::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

/// Says on stderr what could not be used; the first few, since a wrong column name rejects every row.
pub fn list_rejected(rejected: &[Rejection]) {
    const MOST: usize = 10;
    for rejection in rejected.iter().take(MOST) {
        let row = rejection.row.map_or(String::new(), |row| format!(": row {row}"));
        let _ = writeln!(io::stderr(), "rejected: {}{row}: {}", rejection.file, rejection.reason);
    }
    if rejected.len() > MOST {
        let _ = writeln!(
            io::stderr(),
            "rejected: {} more, listed in the table `rejected`",
            rejected.len() - MOST
        );
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let mut causes = error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>());
    causes.any(|cause| cause.kind() == ErrorKind::BrokenPipe)
}
