use std::sync::Mutex;

/// Models on one set of weights, one for each thread that is running one: a tensor of libtorch may go from thread to
/// thread, but two threads may not use it at once.
pub(super) struct PerThread<M> {
    build: Box<dyn Fn() -> Result<M, String> + Send + Sync>,
    idle: Mutex<Vec<M>>,
}

impl<M: Send> PerThread<M> {
    /// Builds the first model, so that weights that do not fit are found out here.
    pub(super) fn new(build: impl Fn() -> Result<M, String> + Send + Sync + 'static) -> Result<Self, String> {
        // One thread inside each operator: the workers take whole batches instead.
        tch::set_num_threads(1);
        let first = build()?;
        Ok(Self { build: Box::new(build), idle: Mutex::new(vec![first]) })
    }

    /// Runs a model that no other thread is running.
    pub(super) fn run<T>(&self, run: impl FnOnce(&M) -> Result<T, String>) -> Result<T, String> {
        let idle = self.idle.lock().expect("no worker panics").pop();
        let model = idle.map_or_else(&self.build, Ok)?;
        let result = tch::no_grad(|| run(&model));
        self.idle.lock().expect("no worker panics").push(model);
        result
    }
}
