use std::io::{self, IsTerminal, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use parallax::pipeline::Observer;

/// Where stderr is no terminal, a line is printed each time that this long has passed.
const INTERVAL: Duration = Duration::from_secs(30);

/// Changes [`INTERVAL`], in seconds: for tests.
const INTERVAL_VARIABLE: &str = "PARALLAX_PROGRESS_SECONDS";

/// So much of a stage must have passed before its rate says anything.
const LEAST_TIME: Duration = Duration::from_secs(2);

/// Says on stderr how far a run is: a bar for the stage under way where stderr is a terminal, else a line every 30 seconds.
pub struct Progress {
    quiet: bool,
    bar: Mutex<ProgressBar>,
    stage: Arc<Mutex<Stage>>,
}

/// The stage under way.
#[derive(Default)]
struct Stage {
    name: &'static str,
    total: Option<usize>,
    done: usize,
    began: Option<Instant>,
}

impl Stage {
    /// `encoding: 12,400 of 320,000, 351/s, 14 min left`, as far as it can be told.
    fn line(&self) -> Option<String> {
        let took = self.began?.elapsed();
        let mut line = format!("{}: ", self.name);
        let Some(total) = self.total else { return Some(line + &format!("{} s", took.as_secs())) };
        line += &format!("{} of {}", HumanCount(self.done as u64), HumanCount(total as u64));
        if took >= LEAST_TIME && self.done > 0 {
            let rate = self.done as f64 / took.as_secs_f64();
            let left = total.saturating_sub(self.done) as f64 / rate;
            line += &format!(", {rate:.0}/s, {} left", time(left));
        }
        Some(line)
    }
}

/// Seconds as a person says them.
fn time(seconds: f64) -> String {
    match seconds {
        s if s < 90.0 => format!("{s:.0} s"),
        s if s < 5400.0 => format!("{:.0} min", s / 60.0),
        s => format!("{:.1} h", s / 3600.0),
    }
}

impl Progress {
    pub fn new(quiet: bool) -> Self {
        let progress = Self {
            quiet,
            bar: Mutex::new(ProgressBar::hidden()),
            stage: Arc::new(Mutex::new(Stage::default())),
        };
        if !quiet && !io::stderr().is_terminal() {
            progress.print_lines();
        }
        progress
    }

    /// Prints a line now and then, until the process or this ends.
    fn print_lines(&self) {
        let stage = Arc::downgrade(&self.stage);
        let seconds = std::env::var(INTERVAL_VARIABLE).ok().and_then(|seconds| seconds.parse().ok());
        let interval = seconds.map_or(INTERVAL, Duration::from_secs_f64);
        // Where no thread can be started, nothing is shown.
        let _ = std::thread::Builder::new().spawn(move || {
            loop {
                std::thread::sleep(interval);
                let Some(stage) = stage.upgrade() else { return };
                if let Some(line) = held(&stage).line() {
                    let _ = writeln!(io::stderr(), "{line}");
                }
            }
        });
    }

    /// Takes the last bar away.
    pub fn finish(&self) {
        held(&self.bar).finish_and_clear();
        *held(&self.stage) = Stage::default();
    }
}

fn held<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Observer for Progress {
    fn begin(&self, stage: &'static str, total: Option<usize>) {
        self.finish();
        *held(&self.stage) = Stage { name: stage, total, done: 0, began: Some(Instant::now()) };
        if self.quiet {
            return;
        }
        let (bar, template) = match total {
            Some(total) => (ProgressBar::new(total as u64), "{msg:<18} {bar:32} {pos}/{len}  {eta} left"),
            None => (ProgressBar::new_spinner(), "{msg:<18} {spinner} {elapsed}"),
        };
        bar.set_draw_target(ProgressDrawTarget::stderr());
        bar.set_style(ProgressStyle::with_template(template).expect("a valid template"));
        bar.set_message(stage);
        bar.enable_steady_tick(Duration::from_millis(200));
        *held(&self.bar) = bar;
    }

    fn advance(&self, n: usize) {
        held(&self.bar).inc(n as u64);
        held(&self.stage).done += n;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_can_be_told() {
        let ago = |seconds: u64| Instant::now().checked_sub(Duration::from_secs(seconds));
        struct Case {
            stage: Stage,
            line: Option<&'static str>,
        }
        let stage = |total, done, began| Stage { name: "encoding", total, done, began };
        for Case { stage, line } in [
            Case { stage: Stage::default(), line: None },
            Case { stage: stage(None, 0, ago(7)), line: Some("encoding: 7 s") },
            Case { stage: stage(Some(900), 0, ago(9)), line: Some("encoding: 0 of 900") },
            Case { stage: stage(Some(9000), 90, ago(1)), line: Some("encoding: 90 of 9,000") },
            Case {
                stage: stage(Some(9000), 1000, ago(10)),
                line: Some("encoding: 1,000 of 9,000, 100/s, 80 s left"),
            },
            Case {
                stage: stage(Some(1_000_000), 1000, ago(10)),
                line: Some("encoding: 1,000 of 1,000,000, 100/s, 2.8 h left"),
            },
        ] {
            assert_eq!(stage.line().as_deref(), line);
        }
    }
}
