use std::io::{self, Write};
use std::path::Path;
use std::sync::Weak;

use indicatif::HumanCount;
use parallax::report::{abandon, printable};
use parallax::store::Store;

/// Ends the process where a person or the system asks for it (Ctrl-C, SIGTERM): within a second, with what was encoded kept, results of
/// an earlier run untouched, and a message that says so. Exit codes 130 and 143. The store stays the caller's, who drops it at the end.
pub fn watch(out: &Path, store: Weak<Store>) {
    let out = out.to_owned();
    on_signal(move |signal| {
        abandon();
        let _ = writeln!(io::stderr(), "\n{}", message(&out, &store));
        std::process::exit(128 + signal);
    });
}

fn message(out: &Path, store: &Weak<Store>) -> String {
    let name = printable(&out.display().to_string());
    let results = match out.join("run.json").exists() {
        true => format!("the results in {name} are those of the earlier run"),
        false => format!("nothing was written to {name}"),
    };
    let kept = match store.upgrade() {
        Some(store) => kept(&store),
        None => "the run was about to end".to_owned(),
    };
    format!("interrupted: {results}; {kept}")
}

/// What a second run will find.
fn kept(store: &Store) -> String {
    if store.is_temporary() {
        // It goes with the process, which drops nothing on its way out.
        let _ = std::fs::remove_dir_all(store.folder());
        return "no encodings were kept (--no-cache)".to_owned();
    }
    store.flush();
    let stats = store.stats();
    match stats.problem {
        Some(problem) => format!("encodings could not be kept: {}", printable(&problem)),
        // What was found there is counted each time that it is looked up, so it says nothing of how much is kept.
        None => format!(
            "what this run encoded is kept ({} records) beside that of earlier runs: the same command goes on from there",
            HumanCount(stats.written)
        ),
    }
}

#[cfg(unix)]
fn on_signal(end: impl Fn(i32) + Send + 'static) {
    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    // Without a handler the system ends the process as it always does, so that is no reason to stop.
    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) else { return };
    let _ = std::thread::Builder::new().spawn(move || {
        if let Some(signal) = signals.forever().next() {
            end(signal);
        }
    });
}

#[cfg(not(unix))]
fn on_signal(_: impl Fn(i32) + Send + 'static) {}
