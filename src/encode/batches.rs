//! Batches of texts of one length, and workers that take them.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::Builder;

use ndarray::Array2;

use super::eight_bit::on_one_thread;
use super::tokenizer::Tokens;
use crate::error::Result;

/// Tokens in a batch. More only costs memory: at 1,024 the matrix products already run at full speed.
const BATCH_TOKENS: usize = 1024;

/// Positions, in the list of texts, of texts with the same number of tokens.
pub(super) type Batch = Vec<usize>;

/// Runs the batches on so many workers, until all are done or one fails. Each result comes with its batch, in any order.
pub(super) fn run_all<T: Send>(
    batches: &[Batch],
    n_threads: usize,
    run: impl Fn(&Batch) -> Result<T> + Sync,
) -> Vec<(&Batch, Result<T>)> {
    let next = AtomicUsize::new(0);
    let failed = AtomicBool::new(false);
    let done = Mutex::new(Vec::with_capacity(batches.len()));
    let work = || {
        while let Some(batch) = batches.get(next.fetch_add(1, Ordering::Relaxed)) {
            let result = run(batch);
            let stop = result.is_err() || failed.load(Ordering::Relaxed);
            failed.store(stop, Ordering::Relaxed);
            done.lock().expect("no worker panics").push((batch, result));
            if stop {
                break;
            }
        }
    };
    std::thread::scope(|scope| {
        let start = |_: &usize| Builder::new().spawn_scoped(scope, || on_one_thread(work)).is_ok();
        let n = n_threads.min(batches.len());
        // Where the system lets fewer be started, those do the work, or the caller does.
        if (0..n).take_while(start).count() == 0 {
            on_one_thread(work);
        }
    });
    done.into_inner().expect("no worker panics")
}

/// Longest first, so that no worker is left alone with a long batch at the end.
pub(super) fn batches_of_equal_length(tokens: &[Tokens]) -> Vec<Batch> {
    let length = |text: usize| tokens[text].ids.len();
    let mut order: Vec<usize> = (0..tokens.len()).collect();
    order.sort_by_key(|&text| std::cmp::Reverse(length(text)));
    let mut batches: Vec<Batch> = vec![];
    for text in order {
        match batches.last_mut() {
            Some(batch)
                if length(batch[0]) == length(text) && (batch.len() + 1) * length(text) <= BATCH_TOKENS =>
            {
                batch.push(text);
            }
            _ => batches.push(vec![text]),
        }
    }
    batches
}

/// Shape `[texts, tokens]`.
pub(super) fn ids_of(batch: &Batch, tokens: &[Tokens]) -> Array2<u32> {
    let ids = batch.iter().flat_map(|&text| tokens[text].ids.iter().copied()).collect();
    Array2::from_shape_vec((batch.len(), tokens[batch[0]].ids.len()), ids).expect("a batch has one length")
}
