//! What stands several times is worked on once.

/// The distinct items in order, and the position of each item among them.
pub(crate) fn distinct<T: Ord + Copy>(items: &[T]) -> (Vec<T>, Vec<usize>) {
    let mut distinct = items.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    let position = |item: &T| distinct.binary_search(item).expect("it is among them");
    let positions = items.iter().map(position).collect();
    (distinct, positions)
}
