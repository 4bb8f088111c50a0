//! One binary with all targets: `PARALLAX_FUZZ` names the one that is run. `.ci/fuzz` builds and runs it.

#![no_main]

#[path = "../targets/mod.rs"]
mod targets;

use std::panic;
use std::process::abort;
use std::sync::{LazyLock, Mutex, PoisonError};

use libfuzzer_sys::fuzz_target;

static TARGET: LazyLock<targets::Target> = LazyLock::new(|| {
    let name = std::env::var("PARALLAX_FUZZ").unwrap_or_default();
    let found = targets::TARGETS.iter().find(|(known, _)| *known == name);
    let Some((_, target)) = found else {
        let names: Vec<&str> = targets::TARGETS.iter().map(|(name, _)| *name).collect();
        eprintln!("set PARALLAX_FUZZ to one of: {}", names.join(" "));
        std::process::exit(2);
    };
    watch_panics();
    *target
});

/// What the last panic of another crate said. `parallax` may catch it.
static FOREIGN: Mutex<String> = Mutex::new(String::new());

/// A panic of ours ends the process at once, with its input kept. One of another crate does so only where nothing catches it: a damaged
/// workbook may make a library panic, which costs the file alone.
fn watch_panics() {
    panic::set_hook(Box::new(|panic| {
        let is_foreign = panic.location().is_some_and(|at| at.file().contains("/registry/src/"));
        if is_foreign {
            *FOREIGN.lock().unwrap_or_else(PoisonError::into_inner) = panic.to_string();
        } else {
            eprintln!("{panic}\n{}", std::backtrace::Backtrace::force_capture());
            abort();
        }
    }));
}

fuzz_target!(|data: &[u8]| {
    let target = *TARGET;
    if panic::catch_unwind(|| target(data)).is_err() {
        eprintln!("not caught: {}", FOREIGN.lock().unwrap_or_else(PoisonError::into_inner));
        abort();
    }
});
