use std::time::Instant;

/// Is told how a run goes. Every method may be called from any thread.
pub trait Observer: Sync {
    /// A stage begins. `total` is the number of units that it will report, where that is known.
    fn begin(&self, stage: &'static str, total: Option<usize>);
    /// So many more units are done.
    fn advance(&self, n: usize);
    /// Whether the run is to stop, as soon as it can. It ends with [`Error::Stopped`](crate::Error::Stopped) then.
    fn stop(&self) -> bool {
        false
    }
}

/// An observer that looks away.
pub struct Silent;

impl Observer for Silent {
    fn begin(&self, _: &'static str, _: Option<usize>) {}
    fn advance(&self, _: usize) {}
}

/// Times the stages and tells the observer of them.
pub(crate) struct Clock<'run> {
    observer: &'run dyn Observer,
    stages: Vec<(&'static str, f64)>,
    last: Instant,
}

impl<'run> Clock<'run> {
    pub(crate) fn new(observer: &'run dyn Observer) -> Self {
        Self { observer, stages: vec![], last: Instant::now() }
    }

    pub(crate) fn begin(&mut self, stage: &'static str, total: Option<usize>) {
        self.close();
        self.stages.push((stage, 0.0));
        self.observer.begin(stage, total);
    }

    pub(crate) fn advance(&self, n: usize) {
        self.observer.advance(n);
    }

    fn close(&mut self) {
        if let Some((stage, seconds)) = self.stages.last_mut() {
            *seconds = self.last.elapsed().as_secs_f64();
            tracing::info!(stage, seconds = *seconds, "stage done");
        }
        self.last = Instant::now();
    }

    /// The stages with their seconds, in order.
    pub(crate) fn finish(mut self) -> Vec<(&'static str, f64)> {
        self.close();
        self.stages
    }
}
