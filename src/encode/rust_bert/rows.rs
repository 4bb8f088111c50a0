use ndarray::ArrayView2;
use tch::Tensor;

/// Texts that go through a model at once. libtorch takes other paths for products of few rows than for those of many, so
/// that the last bit would depend on the batch: here every text of one length is in a product of the same shape. Four
/// are as fast as any more.
pub(super) const ROWS: usize = 4;

/// The ids of at most so many texts as a tensor of exactly so many rows, the first repeated for those that are missing.
pub(super) fn rows_of_ids(ids: ArrayView2<'_, u32>) -> Tensor {
    let (n_texts, n_tokens) = ids.dim();
    let mut values: Vec<i64> = ids.iter().map(|&id| i64::from(id)).collect();
    for _ in n_texts..ROWS {
        values.extend_from_within(..n_tokens);
    }
    Tensor::from_slice(&values).view([ROWS as i64, n_tokens as i64])
}
