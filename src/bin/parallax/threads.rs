use std::sync::RwLock;
use std::thread::{Builder, available_parallelism, scope};
use std::time::Duration;

use rayon::ThreadPoolBuilder;

/// Starts the threads that a command works with: as many as were asked for (0 is one for each core), or fewer where the system lets no
/// more be started. Returns how many that are.
pub fn start(asked: usize) -> anyhow::Result<usize> {
    let cores = || available_parallelism().map_or(1, usize::from);
    let wanted = if asked == 0 { cores() } else { asked };
    let there = startable(needed(wanted));
    let Some(n) = (1..=wanted).rev().find(|&n| needed(n) <= there) else {
        anyhow::bail!(
            "only {there} threads can be started, and {} are needed; end other programs, or raise the bound of the system (`ulimit -u`)",
            needed(1)
        );
    };
    if n < wanted {
        // Those that were tried are counted for a while, too.
        std::thread::sleep(Duration::from_millis(20));
        tracing::warn!("only {there} threads can be started: {n} of {wanted} work; results are the same");
    }
    // An error would say that it is there already.
    let _ = ThreadPoolBuilder::new().num_threads(n).build_global();
    Ok(n)
}

/// Most threads that there are at once with `n` workers: two pools, what each worker encodes with, which is hardly ever more than eight
/// batches, and as many again, since the system counts a thread for a while after its end; and four that watch and show how far the run is.
const fn needed(n: usize) -> usize {
    let batches = if n < 8 { n } else { 8 };
    2 * n + 2 * n * batches + 4
}

/// How many threads can be there at once, up to `most`.
fn startable(most: usize) -> usize {
    let gate = RwLock::new(());
    scope(|scope| {
        let closed = gate.write();
        let is_started = |_: &usize| Builder::new().spawn_scoped(scope, || drop(gate.read())).is_ok();
        let n = (0..most).take_while(is_started).count();
        drop(closed);
        n
    })
}
