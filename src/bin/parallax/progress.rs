use std::sync::Mutex;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use parallax::pipeline::Observer;

/// A bar on stderr for the stage under way: with a count where the stage has one, else a spinner. Nothing is drawn
/// where stderr is not a terminal.
pub struct Bars {
    quiet: bool,
    bar: Mutex<ProgressBar>,
}

impl Bars {
    pub fn new(quiet: bool) -> Self {
        Self { quiet, bar: Mutex::new(ProgressBar::hidden()) }
    }

    /// Takes the last bar away.
    pub fn finish(&self) {
        self.bar.lock().expect("no thread panics while it draws").finish_and_clear();
    }
}

impl Observer for Bars {
    fn begin(&self, stage: &'static str, total: Option<usize>) {
        self.finish();
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
        *self.bar.lock().expect("no thread panics while it draws") = bar;
    }

    fn advance(&self, n: usize) {
        self.bar.lock().expect("no thread panics while it draws").inc(n as u64);
    }
}
