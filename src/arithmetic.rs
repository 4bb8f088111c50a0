//! Arithmetic on 32-bit floats that gives the same bits on every processor: sums, products, quotients and roots alone, each
//! rounded on its own, in an order that the code fixes. Rust neither reorders nor fuses them.
//!
//! These functions are part of what calls them, and so compiled for the vectors that `multiversion` compiles those for: what they give
//! does not depend on it.

use multiversion::multiversion;
use ndarray::{Array2, ArrayView2};

/// Floats that are worked on side by side.
pub(crate) const LANES: usize = 16;

/// Takes the values up lane by lane, those behind the last full run into the first lanes, and joins the lanes.
#[inline(always)]
fn fold(
    values: &[f32],
    start: f32,
    take_up: impl Fn(f32, f32) -> f32,
    join: impl Fn(f32, f32) -> f32,
) -> f32 {
    let mut lanes = [start; LANES];
    let (runs, rest) = values.as_chunks::<LANES>();
    for run in runs {
        for (lane, &value) in lanes.iter_mut().zip(run) {
            *lane = take_up(*lane, value);
        }
    }
    for (lane, &value) in lanes.iter_mut().zip(rest) {
        *lane = take_up(*lane, value);
    }
    join_lanes(lanes, join)
}

#[inline(always)]
fn join_lanes(mut lanes: [f32; LANES], join: impl Fn(f32, f32) -> f32) -> f32 {
    let mut width = LANES;
    while width > 1 {
        width /= 2;
        for lane in 0..width {
            lanes[lane] = join(lanes[lane], lanes[lane + width]);
        }
    }
    lanes[0]
}

#[inline(always)]
fn larger(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

#[inline(always)]
fn smaller(a: f32, b: f32) -> f32 {
    if a < b { a } else { b }
}

#[inline(always)]
pub(crate) fn sum(values: &[f32]) -> f32 {
    fold(values, 0.0, |sum, value| sum + value, |a, b| a + b)
}

#[inline(always)]
pub(crate) fn sum_of_squares(values: &[f32]) -> f32 {
    fold(values, 0.0, |sum, value| sum + value * value, |a, b| a + b)
}

/// The largest of `values` and `start`.
#[inline(always)]
pub(crate) fn largest(values: &[f32], start: f32) -> f32 {
    fold(values, start, larger, larger)
}

/// The smallest of `values` and `start`.
#[inline(always)]
pub(crate) fn smallest(values: &[f32], start: f32) -> f32 {
    fold(values, start, smaller, smaller)
}

/// Where the value furthest from 0 stands, the first of equals. There is one value at least.
#[inline(always)]
pub(crate) fn position_of_largest_size(values: &[f32]) -> usize {
    let size = fold(values, 0.0, |size, value| larger(size, value.abs()), larger);
    let has = |values: &[f32]| values.iter().fold(false, |has, value| has | (value.abs() == size));
    let (runs, _) = values.as_chunks::<LANES>();
    let run = runs.iter().position(|run| has(run)).unwrap_or(runs.len());
    let behind = values[run * LANES..].iter().position(|value| value.abs() == size);
    behind.map_or(0, |at| run * LANES + at)
}

/// Added to a float below 2^22 and taken off again, it leaves the nearest whole number.
pub(crate) const ROUNDING: f32 = 12_582_912.0; // 1.5 * 2^23

/// e to the power of `x`, which counts as -87 below that and as 88 above.
///
/// 2^n times a polynomial on the rest, which is within ln(2)/2 (Moshier, "Cephes", expf): relative error below 2e-7.
#[inline(always)]
fn exp(x: f32) -> f32 {
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    let x = smaller(larger(x, -87.0), 88.0);
    let shifted = x * std::f32::consts::LOG2_E + ROUNDING;
    let n = shifted - ROUNDING;
    let rest = x - n * LN_2_HIGH - n * LN_2_LOW;
    let mut polynomial = 1.987_569_1e-4_f32;
    for coefficient in [1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5] {
        polynomial = polynomial * rest + coefficient;
    }
    let of_rest = polynomial * rest * rest + rest + 1.0;
    let exponent = shifted.to_bits().wrapping_sub(ROUNDING.to_bits()).wrapping_add(127);
    of_rest * f32::from_bits(exponent << 23)
}

/// The probability that log-odds stand for.
pub(crate) fn sigmoid(log_odds: f32) -> f32 {
    1.0 / (1.0 + exp(-log_odds))
}

/// The Gaussian error linear unit, x Φ(x). The error function is 7.1.26 of Abramowitz and Stegun, "Handbook of Mathematical
/// Functions": absolute error below 3e-7.
#[inline(always)]
pub(crate) fn gelu(x: f32) -> f32 {
    let scaled = x * std::f32::consts::FRAC_1_SQRT_2;
    let size = scaled.abs();
    let t = 1.0 / (1.0 + 0.327_591_1 * size);
    let mut polynomial = 1.061_405_4_f32;
    for coefficient in [-1.453_152, 1.421_413_8, -0.284_496_74, 0.254_829_6] {
        polynomial = polynomial * t + coefficient;
    }
    let erf = (1.0 - polynomial * t * exp(-(size * size))).copysign(x);
    0.5 * x * (1.0 + erf)
}

/// Turns the first `n` scores into shares that add up to 1, and the others into 0. There is one at least.
#[inline(always)]
pub(crate) fn softmax(scores: &mut [f32], n: usize) {
    let highest = largest(&scores[..n], f32::NEG_INFINITY);
    for score in scores.iter_mut() {
        *score = exp(*score - highest);
    }
    scores[n..].fill(0.0);
    let scale = 1.0 / sum(scores);
    for score in scores {
        *score *= scale;
    }
}

/// Brings a row to mean 0 and variance 1, then scales and shifts it.
#[inline(always)]
pub(crate) fn layer_norm(row: &mut [f32], gamma: &[f32], beta: &[f32], epsilon: f32) {
    let width = row.len() as f32;
    let mean = sum(row) / width;
    for value in row.iter_mut() {
        *value -= mean;
    }
    let scale = 1.0 / (sum_of_squares(row) / width + epsilon).sqrt();
    for ((value, gamma), beta) in row.iter_mut().zip(gamma).zip(beta) {
        *value = *value * scale * gamma + beta;
    }
}

/// Others whose products with a row are made together.
const TOGETHER: usize = 4;

/// The inner products of each row with each of `others`: shape `[rows, others]`. Both are of one width.
pub(crate) fn inner_products(rows: ArrayView2<'_, f32>, others: ArrayView2<'_, f32>) -> Array2<f32> {
    products(rows, others, multiply)
}

/// The inner products of each row with each of `others`, without rounding: shape `[rows, others]`. Both are of one width, of 100,000 at most.
pub(crate) fn eight_bit_products(rows: ArrayView2<'_, i8>, others: ArrayView2<'_, i8>) -> Array2<i32> {
    products(rows, others, multiply_eight_bits)
}

/// What `multiply` makes of the rows, the others and their width, each row behind the one before.
fn products<T: Clone, Product: Default>(
    rows: ArrayView2<'_, T>,
    others: ArrayView2<'_, T>,
    multiply: fn(&[T], &[T], usize, &mut [Product]),
) -> Array2<Product> {
    let mut products = Array2::default((rows.nrows(), others.nrows()));
    let width = rows.ncols();
    debug_assert_eq!(width, others.ncols());
    let (rows, others) = (rows.as_standard_layout(), others.as_standard_layout());
    if let (Some(rows), Some(others), Some(products)) =
        (rows.as_slice(), others.as_slice(), products.as_slice_mut())
    {
        multiply(rows, others, width, products);
    }
    products
}

#[multiversion(targets = "simd")]
fn multiply(rows: &[f32], others: &[f32], width: usize, products: &mut [f32]) {
    if products.is_empty() || width == 0 {
        return;
    }
    let n_others = others.len() / width;
    for (row, products) in rows.chunks_exact(width).zip(products.chunks_exact_mut(n_others)) {
        let (row_runs, row_rest) = row.as_chunks::<LANES>();
        for (others, products) in others.chunks(TOGETHER * width).zip(products.chunks_mut(TOGETHER)) {
            // Of fewer than so many, the last stands for those that are missing.
            let other = |at: usize| &others[at.min(products.len() - 1) * width..][..width];
            let others: [&[f32]; TOGETHER] = std::array::from_fn(other);
            let runs = others.map(|other| other.as_chunks::<LANES>());
            let mut sums = [[0.0; LANES]; TOGETHER];
            for (at, run) in row_runs.iter().enumerate() {
                for (sums, (runs, _)) in sums.iter_mut().zip(runs) {
                    for ((sum, a), b) in sums.iter_mut().zip(run).zip(&runs[at]) {
                        *sum += a * b;
                    }
                }
            }
            for ((product, sums), (_, rest)) in products.iter_mut().zip(&mut sums).zip(runs) {
                for ((sum, a), b) in sums.iter_mut().zip(row_rest).zip(rest) {
                    *sum += a * b;
                }
                *product = join_lanes(*sums, |a, b| a + b);
            }
        }
    }
}

#[multiversion(targets = "simd")]
fn multiply_eight_bits(rows: &[i8], others: &[i8], width: usize, products: &mut [i32]) {
    if products.is_empty() || width == 0 {
        return;
    }
    let n_others = others.len() / width;
    for (row, products) in rows.chunks_exact(width).zip(products.chunks_exact_mut(n_others)) {
        for (other, product) in others.chunks_exact(width).zip(products) {
            // No sum overflows at such widths. Checked sums would be made one after the other.
            let add = |sum: i32, (&a, &b): (&i8, &i8)| sum.wrapping_add(i32::from(a) * i32::from(b));
            *product = row.iter().zip(other).fold(0, add);
        }
    }
}

/// The mean of rows.
#[inline(always)]
pub(crate) fn mean(states: &[f32], width: usize) -> Vec<f32> {
    let mut mean = vec![0.0; width];
    for row in states.chunks_exact(width) {
        mean.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
    }
    let scale = 1.0 / (states.len() / width) as f32;
    mean.iter_mut().for_each(|value| *value *= scale);
    mean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_that_of_the_standard_library() {
        for step in -8_000..8_000 {
            let x = step as f32 / 100.0;
            let (ours, exact) = (exp(x), f64::from(x).exp());
            assert!((f64::from(ours) / exact - 1.0).abs() < 3e-7, "exp({x}) = {ours}, not {exact}");
        }
        assert!(exp(-1000.0) < 1e-37 && exp(1000.0).is_finite());
    }

    #[test]
    fn sigmoid_is_that_of_the_standard_library_and_stays_within_0_and_1() {
        for step in -4_000..4_000 {
            let x = step as f32 / 100.0;
            let (ours, exact) = (f64::from(sigmoid(x)), 1.0 / (1.0 + (-f64::from(x)).exp()));
            assert!((ours / exact - 1.0).abs() < 4e-7, "sigmoid({x}) = {ours}, not {exact}");
        }
        assert_eq!((sigmoid(0.0), sigmoid(f32::INFINITY)), (0.5, 1.0));
        assert!((0.0..1e-37).contains(&sigmoid(f32::NEG_INFINITY)));
    }

    /// x Φ(x), by SciPy 1.15: `x * scipy.stats.norm.cdf(x)`.
    #[test]
    fn gelu_is_that_of_its_table() {
        let table = [
            (-10.0, -7.619_853e-23),
            (-3.0, -0.004_049_694),
            (-1.0, -0.15865525),
            (-0.1, -0.046017216),
            (0.0, 0.0),
            (0.5, 0.34573123),
            (2.0, 1.9544997),
            (8.0, 8.0),
        ];
        for (x, expected) in table {
            let found = gelu(x);
            assert!((found - expected).abs() < 1e-6, "gelu({x}) = {found}, not {expected}");
        }
    }

    #[test]
    fn softmax_leaves_out_what_only_fills_the_lanes() {
        let mut scores = [1.0, 2.0, 3.0, 50.0, f32::NAN];
        softmax(&mut scores, 3);
        let expected = [0.090_030_57, 0.244_728_48, 0.665_240_94, 0.0, 0.0];
        assert!(scores.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{scores:?}");
    }

    #[test]
    fn layer_norm_has_mean_and_variance_of_what_it_is_told() {
        let mut row = [1.0, 2.0, 3.0, 4.0];
        layer_norm(&mut row, &[1.0, 1.0, 1.0, 2.0], &[0.0, 0.0, 0.0, 1.0], 0.0);
        let expected = [-1.341_640_8, -0.447_213_6, 0.447_213_6, 3.683_281_6];
        assert!(row.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{row:?}");
    }

    #[test]
    fn the_largest_size_is_found_where_it_first_stands() {
        let at = |n: usize, places: &[(usize, f32)]| {
            let mut values = vec![0.5; n];
            places.iter().for_each(|&(place, value)| values[place] = value);
            position_of_largest_size(&values)
        };
        assert_eq!(at(1, &[]), 0);
        assert_eq!(at(50, &[(49, -3.0)]), 49);
        assert_eq!(at(50, &[(49, 3.0), (17, -3.0), (33, 3.0)]), 17);
        assert_eq!(at(32, &[(31, 2.0), (16, 2.0)]), 16);
        assert_eq!(at(16, &[]), 0);
        assert_eq!(position_of_largest_size(&[f32::NAN; 20]), 0);
    }

    #[test]
    fn inner_products_are_those_of_every_two_rows() {
        for (n_rows, n_others, width) in [(3, 9, 37), (1, 1, 16), (2, 4, 3), (0, 3, 5), (3, 0, 5)] {
            let matrix = |n: usize| {
                Array2::from_shape_fn((n, width), |(row, at)| ((row * 31 + at * 17) % 23) as f32 - 11.0)
            };
            let (rows, others) = (matrix(n_rows), matrix(n_others));
            // Small whole numbers, so that every sum is exact.
            assert_eq!(inner_products(rows.view(), others.view()), rows.dot(&others.t()));
        }
    }

    #[test]
    fn products_of_eight_bits_are_those_of_whole_numbers() {
        for (n_rows, n_others, width) in [(3, 9, 37), (1, 1, 384), (2, 4, 1), (0, 3, 5), (3, 0, 5)] {
            let matrix = |n: usize, first: i8| {
                let value = |(row, at): (usize, usize)| [first, -128, 127, 3][(row + at) % 4];
                Array2::from_shape_fn((n, width), value)
            };
            let (rows, others) = (matrix(n_rows, -128), matrix(n_others, 127));
            let exact = rows.mapv(i32::from).dot(&others.mapv(i32::from).t());
            assert_eq!(eight_bit_products(rows.view(), others.view()), exact);
        }
    }

    #[multiversion(targets = "simd")]
    fn in_vectors(values: &[f32]) -> Vec<f32> {
        work(values)
    }

    #[inline(always)]
    fn work(values: &[f32]) -> Vec<f32> {
        let mut row: Vec<f32> = values.iter().map(|&value| gelu(value)).collect();
        layer_norm(&mut row, &vec![0.7; values.len()], &vec![0.1; values.len()], 1e-12);
        softmax(&mut row, values.len() - 3);
        row.extend([sum(&row), sum_of_squares(values), largest(values, 0.0), smallest(values, 0.0)]);
        row
    }

    #[test]
    fn vectors_change_no_bit() {
        let values: Vec<f32> = (0..1000).map(|at: i32| ((at * 7919) % 1013) as f32 / 97.0 - 5.0).collect();
        let bits = |values: Vec<f32>| values.into_iter().map(f32::to_bits).collect::<Vec<_>>();
        assert_eq!(bits(in_vectors(&values)), bits(work(&values)));
    }
}
