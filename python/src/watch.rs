use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use parallax::pipeline::Observer;
use pyo3::prelude::*;

/// How often Python is asked whether the run is to stop, and told how far it is.
const INTERVAL: Duration = Duration::from_millis(100);

/// A stage as it begins: its name and the number of its units.
type Begun = (&'static str, Option<usize>);

/// What a run under way and the thread of Python tell each other.
#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    /// The stages that began.
    begun: Mutex<Vec<Begun>>,
    /// Units done in the last of them.
    done: AtomicUsize,
}

impl Observer for Shared {
    fn begin(&self, stage: &'static str, total: Option<usize>) {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        self.done.store(0, Ordering::Relaxed);
        begun.push((stage, total));
    }

    fn advance(&self, n: usize) {
        self.done.fetch_add(n, Ordering::Relaxed);
    }

    fn stop(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

impl Shared {
    /// Calls `progress` with each stage that it does not know yet, and with how far the last one is.
    fn tell(&self, progress: &Bound<'_, PyAny>, told: &mut usize) -> PyResult<()> {
        let begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner)[*told..].to_vec();
        for &(stage, total) in &begun {
            progress.call1((stage, 0, total))?;
        }
        *told += begun.len();
        let last = self.begun.lock().unwrap_or_else(PoisonError::into_inner).last().copied();
        let done = self.done.load(Ordering::Relaxed);
        last.filter(|_| begun.is_empty())
            .map_or(Ok(()), |(stage, total)| progress.call1((stage, done, total)).map(drop))
    }
}

/// Runs `work` on a thread of its own, with Python free to run others. Calls `progress` with a stage's name, the units done and their number (`None` where it
/// is not known), some ten times a second. Ctrl-C, and an exception of `progress`, stop the work as soon as it can be stopped, and are raised then.
pub fn watched<T: Send>(
    py: Python<'_>,
    progress: Option<&Bound<'_, PyAny>>,
    work: impl FnOnce(&dyn Observer) -> T + Send,
) -> PyResult<T> {
    let shared = Shared::default();
    let (send, receive) = mpsc::channel();
    thread::scope(|scope| {
        let worker = scope.spawn(|| {
            // When it is dropped, the work is done, or has panicked.
            let _done = send;
            work(&shared)
        });
        let (mut raised, mut told) = (None, 0);
        let receive = Mutex::new(receive);
        let is_done = || {
            let receive = receive.lock().unwrap_or_else(PoisonError::into_inner);
            receive.recv_timeout(INTERVAL) != Err::<(), _>(mpsc::RecvTimeoutError::Timeout)
        };
        let mut goes_on = true;
        while goes_on {
            // Looked at once more behind the end, so that a short run tells of all its stages.
            goes_on = !py.detach(is_done);
            let mut tell = || progress.map_or(Ok(()), |progress| shared.tell(progress, &mut told));
            if raised.is_none()
                && let Err(error) = py.check_signals().and_then(|()| tell())
            {
                shared.stop.store(true, Ordering::Relaxed);
                raised = Some(error);
            }
        }
        let result = py.detach(|| worker.join()).unwrap_or_else(|panic| resume_unwind(panic));
        raised.map_or(Ok(result), Err)
    })
}
