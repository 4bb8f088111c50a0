use multiversion::multiversion;
use ndarray::{Array2, ArrayView1, ArrayView2, Axis, aview1};
use rten::ThreadPool;
use rten_gemm::{GemmExecutor, GemmInT, GemmInputA, GemmInputB, GemmOptions, GemmOutT, PackedBMatrix};
use rten_tensor::NdTensorView;

use super::graph_weights::GraphWeights;
use crate::arithmetic::{ROUNDING, largest, position_of_largest_size, smallest};

/// Multiplies whole numbers of 8 bits and adds the products up in 32, which no order and no processor changes.
type Products = GemmExecutor<u8, i8, i32>;

/// Multiplies the same numbers as floats.
type FloatProducts = GemmExecutor<f32, f32, f32>;

/// So many products of a step (0 to 255) and a weight (-128 to 127) can be added up in floats, in any order: no sum passes 2^24, up to which floats hold every
/// whole number.
const MOST_IN_FLOATS: usize = 512;

thread_local! {
    /// The products use the pool that they are called in: one thread, since the workers take whole batches instead.
    static POOL: ThreadPool = ThreadPool::with_num_threads(1);
    /// Asking the processor what it can do takes longer than a small product.
    static PRODUCTS: Products = Products::new();
    static FLOAT_PRODUCTS: FloatProducts = FloatProducts::new();
}

/// Runs `work`, products included, on one thread.
pub(super) fn on_one_thread<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let is_alone = rayon::current_thread_index().is_some() && rayon::current_num_threads() == 1;
    if is_alone { work() } else { POOL.with(|pool| pool.run(work)) }
}

/// Rows of floats, each rounded to 256 steps of its own between its smallest and its largest value, but for the value of the largest
/// size, which is kept as it is: most of the error would come from it (Dettmers et al., "LLM.int8()", arXiv 2208.07339, keep whole columns).
/// What a row gives depends on no other.
#[derive(Default)]
pub(super) struct RoundedRows {
    steps: Vec<u8>,
    /// The size of a row's step.
    scales: Vec<f32>,
    /// The step that stands for 0.
    zeros: Vec<i32>,
    /// Where the value that is kept stands, and the value.
    kept: Vec<(usize, f32)>,
}

impl RoundedRows {
    pub(super) fn clear(&mut self) {
        self.steps.clear();
        self.scales.clear();
        self.zeros.clear();
        self.kept.clear();
    }

    /// Forgets the rows and rounds those of `values`, each of this width, in their place.
    pub(super) fn round(&mut self, values: &[f32], width: usize) {
        self.clear();
        round(self, values, width);
    }

    /// Rounds one row of finite values more.
    #[inline(always)]
    pub(super) fn push(&mut self, row: &[f32]) {
        let at = position_of_largest_size(row);
        let (before, after) = (&row[..at], &row[at + 1..]);
        let low = smallest(after, smallest(before, 0.0));
        let high = largest(after, largest(before, 0.0));
        let range = high - low;
        let per_step = if range > 0.0 { 255.0 / range } else { 0.0 };
        let zero = (-low * per_step + ROUNDING) - ROUNDING;
        // In the bits of a float that is so much larger, the whole number stands last. Rounding may pass 255 by one.
        let step = |value: f32| {
            let step = value * per_step + (zero + ROUNDING);
            let step = if step > ROUNDING + 255.0 { ROUNDING + 255.0 } else { step };
            (if step < ROUNDING { ROUNDING } else { step }).to_bits() as u8
        };
        let first = self.steps.len();
        self.steps.resize(first + row.len(), 0);
        for (rounded, &value) in self.steps[first..].iter_mut().zip(row) {
            *rounded = step(value);
        }
        self.steps[first + at] = zero as u8;
        self.kept.push((at, row[at]));
        self.scales.push(range / 255.0);
        self.zeros.push(zero as i32);
    }

    pub(super) fn len(&self) -> usize {
        self.scales.len()
    }
}

#[multiversion(targets = "simd")]
fn round(rows: &mut RoundedRows, values: &[f32], width: usize) {
    for row in values.chunks_exact(width) {
        rows.push(row);
    }
}

/// Weights as the products read them.
enum Weights {
    Whole(PackedBMatrix<i8>),
    /// As floats, [`MOST_IN_FLOATS`] inputs in each part: for processors that add two products up in 16 bits, where large ones overflow (AVX2 without VNNI).
    Floats(Vec<PackedBMatrix<f32>>),
}

impl Weights {
    /// As this processor reads them fastest: shape `[n_inputs, n_outputs]`.
    fn new(steps: &[i8], n_outputs: usize) -> Self {
        PRODUCTS.with(|executor| {
            if executor.may_saturate() {
                Self::floats(steps, n_outputs)
            } else {
                Self::Whole(executor.prepack_b(matrix(steps, n_outputs)))
            }
        })
    }

    fn floats(steps: &[i8], n_outputs: usize) -> Self {
        let part = |steps: &[i8]| {
            let floats: Vec<f32> = steps.iter().map(|&step| f32::from(step)).collect();
            FLOAT_PRODUCTS.with(|executor| executor.prepack_b(matrix(&floats, n_outputs)))
        };
        Self::Floats(steps.chunks(MOST_IN_FLOATS * n_outputs).map(part).collect())
    }
}

fn matrix<T>(values: &[T], width: usize) -> NdTensorView<'_, T, 2> {
    NdTensorView::from_data([values.len() / width, width], values)
}

/// A matrix product with a bias: weights in 8 bits, with one scale for each output.
pub(super) struct EightBitLinear {
    weights: Weights,
    /// The weights as they are: shape `[in, out]`.
    steps: Vec<i8>,
    scales: Vec<f32>,
    /// The sum of each output's steps: what a zero that is not step 0 adds to its product.
    sums: Vec<i32>,
    bias: Vec<f32>,
    n_inputs: usize,
}

impl EightBitLinear {
    /// Reads `NAME.weight.int8`, `NAME.weight.scale` and `NAME.bias` for each of `names`, whose outputs stand beside one
    /// another in this order.
    pub(super) fn read(
        graph: &GraphWeights,
        names: &[String],
        n_inputs: usize,
        n_outputs: usize,
    ) -> Result<Self, String> {
        let parts = names.iter().map(|name| graph.steps(&format!("{name}.weight.int8")));
        let parts = parts.collect::<Result<Vec<_>, _>>()?;
        let of_one = n_outputs / names.len();
        if let Some((rows, columns, _)) =
            parts.iter().find(|(rows, columns, _)| (*rows, *columns) != (n_inputs, of_one))
        {
            let name = &names[0];
            return Err(format!("`{name}` has the shape [{rows}, {columns}], not [{n_inputs}, {of_one}]"));
        }
        let steps: Vec<i8> = (0..n_inputs)
            .flat_map(|row| {
                parts.iter().flat_map(move |(_, _, steps)| &steps[row * of_one..(row + 1) * of_one])
            })
            .copied()
            .collect();
        let floats = |ending: &str| -> Result<Vec<f32>, String> {
            let of_parts = names.iter().map(|name| graph.floats(&format!("{name}.{ending}"), of_one));
            Ok(of_parts.collect::<Result<Vec<_>, _>>()?.concat())
        };
        Ok(Self::new(n_inputs, steps, floats("weight.scale")?, floats("bias")?))
    }

    /// Rounds a matrix of floats, of shape `[in, out]`, to 127 steps on either side of 0 for each output.
    pub(super) fn of_floats(weight: ArrayView2<'_, f32>, bias: &[f32]) -> Self {
        let scale = |column: ArrayView1<'_, f32>| {
            column.fold(f32::MIN_POSITIVE, |largest, value| largest.max(value.abs())) / 127.0
        };
        let scales: Vec<f32> = weight.axis_iter(Axis(1)).map(scale).collect();
        let step = |((_, output), value): ((usize, usize), &f32)| (value / scales[output]).round() as i8;
        let steps: Vec<i8> = weight.indexed_iter().map(step).collect();
        Self::new(weight.nrows(), steps, scales, bias.to_vec())
    }

    /// `steps` have the shape `[n_inputs, outputs]`.
    fn new(n_inputs: usize, steps: Vec<i8>, scales: Vec<f32>, bias: Vec<f32>) -> Self {
        let mut sums = vec![0; bias.len()];
        for row in steps.chunks_exact(bias.len()) {
            sums.iter_mut().zip(row).for_each(|(sum, &step)| *sum += i32::from(step));
        }
        Self { weights: Weights::new(&steps, bias.len()), steps, scales, sums, bias, n_inputs }
    }

    pub(super) fn n_outputs(&self) -> usize {
        self.bias.len()
    }

    /// The products of steps, row by row; [`EightBitLinear::row`] makes floats of them.
    pub(super) fn multiply(&self, rows: &RoundedRows, products: &mut Vec<i32>) {
        products.resize(rows.len() * self.n_outputs(), 0);
        match &self.weights {
            Weights::Whole(weights) => {
                let steps = matrix(&rows.steps, self.n_inputs);
                PRODUCTS.with(|executor| run(executor, steps, weights, products));
            }
            Weights::Floats(parts) => {
                let steps: Vec<f32> = rows.steps.iter().map(|&step| f32::from(step)).collect();
                let steps = matrix(&steps, self.n_inputs);
                let mut sums = vec![0.0; products.len()];
                for (part, weights) in parts.iter().enumerate() {
                    let first = part * MOST_IN_FLOATS;
                    let of_part = steps.slice((.., first..self.n_inputs.min(first + MOST_IN_FLOATS)));
                    FLOAT_PRODUCTS.with(|executor| run(executor, of_part, weights, &mut sums));
                    add_whole(products, &sums, part == 0);
                }
            }
        }
    }

    /// The floats that row `row` of the products stands for, into `values`.
    #[inline(always)]
    pub(super) fn row(&self, rows: &RoundedRows, products: &[i32], row: usize, values: &mut [f32]) {
        let n = self.n_outputs();
        let (scale, zero, (at, kept)) = (rows.scales[row], rows.zeros[row], rows.kept[row]);
        let (products, values) = (&products[row * n..(row + 1) * n], &mut values[..n]);
        let of_kept = &self.steps[at * n..(at + 1) * n];
        let (sums, scales, bias) = (&self.sums[..n], &self.scales[..n], &self.bias[..n]);
        for at in 0..n {
            let product = products[at].wrapping_sub(zero.wrapping_mul(sums[at]));
            let sum = product as f32 * scale + kept * f32::from(of_kept[at]);
            values[at] = sum * scales[at] + bias[at];
        }
    }

    /// The floats that the products stand for: shape `[rows, outputs]`.
    pub(super) fn outputs(&self, rows: &RoundedRows, products: &[i32], values: &mut [f32]) {
        outputs(self, rows, products, values);
    }

    /// The outputs of some rows of floats: shape `[rows, outputs]`.
    pub(super) fn apply(&self, rows: ArrayView2<'_, f32>) -> Array2<f32> {
        let mut rounded = RoundedRows::default();
        let (mut products, mut outputs) = (vec![], Array2::zeros((rows.nrows(), self.n_outputs())));
        let rows = rows.as_standard_layout();
        rounded.round(rows.as_slice().expect("it was brought into this layout"), self.n_inputs);
        self.multiply(&rounded, &mut products);
        self.outputs(&rounded, &products, outputs.as_slice_mut().expect("it is in standard layout"));
        outputs
    }

    /// The outputs of one row.
    pub(super) fn apply_to_one(&self, row: &[f32]) -> Vec<f32> {
        self.apply(aview1(row).insert_axis(Axis(0))).into_raw_vec_and_offset().0
    }
}

/// The product of two matrices, in place of what `products` holds.
fn run<A: GemmInT, B: GemmInT, Sum: GemmOutT>(
    executor: &GemmExecutor<A, B, Sum>,
    rows: NdTensorView<'_, A, 2>,
    weights: &PackedBMatrix<B>,
    products: &mut [Sum],
) {
    executor
        .gemm(products, GemmInputA::Unpacked(rows), GemmInputB::Packed(weights), GemmOptions::default())
        .expect("the shapes fit, and the weights were packed for the same processor");
}

/// Adds floats that are whole numbers, to nothing where they are the first.
#[multiversion(targets = "simd")]
fn add_whole(products: &mut [i32], sums: &[f32], is_first: bool) {
    for (product, &sum) in products.iter_mut().zip(sums) {
        *product = sum as i32 + if is_first { 0 } else { *product };
    }
}

#[multiversion(targets = "simd")]
fn outputs(linear: &EightBitLinear, rows: &RoundedRows, products: &[i32], values: &mut [f32]) {
    for (row, values) in values.chunks_exact_mut(linear.n_outputs()).enumerate() {
        linear.row(rows, products, row, values);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn linear(n_inputs: usize, n_outputs: usize) -> (EightBitLinear, Vec<i8>) {
        let steps: Vec<i8> = (0..n_inputs * n_outputs)
            .map(|at| ((at * 37) % 255) as i16 - 127)
            .map(|step| step as i8)
            .collect();
        let scales = (0..n_outputs).map(|output| 0.001 * (output + 1) as f32).collect();
        (EightBitLinear::new(n_inputs, steps.clone(), scales, vec![0.5; n_outputs]), steps)
    }

    #[test]
    fn a_row_is_rounded_to_steps_but_for_its_largest_value() {
        let mut rows = RoundedRows::default();
        for row in [[-1.0, 0.0, 1.55], [0.0, 0.0, 0.0], [3.0, 4.0, 5.1], [-2.0, -1.0, -0.5]] {
            rows.push(&row);
            let at = rows.len() - 1;
            for (&step, value) in rows.steps[at * 3..].iter().zip(row) {
                let (kept, exact) = rows.kept[at];
                let of_step = (i32::from(step) - rows.zeros[at]) as f32 * rows.scales[at];
                let given = if value == exact && row[kept] == value { of_step + exact } else { of_step };
                assert!((given - value).abs() <= rows.scales[at] / 2.0 + 1e-6, "{value} became {given}");
            }
        }
    }

    /// At the ends of the range, where sums of two products overflow 16 bits, and sums of more than 512 what floats hold.
    #[test]
    fn floats_give_what_whole_numbers_give() {
        for n_inputs in [64, MOST_IN_FLOATS, MOST_IN_FLOATS + 1, 3 * MOST_IN_FLOATS] {
            let (_, mut steps) = linear(n_inputs, 48);
            for row in steps.chunks_exact_mut(48) {
                (row[0], row[1]) = (i8::MIN, i8::MAX);
            }
            let mut linear = EightBitLinear::new(n_inputs, steps.clone(), vec![1.0; 48], vec![0.0; 48]);
            let mut rows = RoundedRows::default();
            rows.push(&vec![1.0; n_inputs]);
            rows.push(&(0..n_inputs).map(|at| if at % 3 == 0 { -1.0 } else { 1.0 }).collect::<Vec<f32>>());
            rows.push(&(0..n_inputs).map(|at| at as f32).collect::<Vec<f32>>());
            let exact: Vec<i32> = (0..3 * 48)
                .map(|at| {
                    let (row, output) = (at / 48, at % 48);
                    let product = |input: usize| {
                        i32::from(rows.steps[row * n_inputs + input]) * i32::from(steps[input * 48 + output])
                    };
                    (0..n_inputs).map(product).sum()
                })
                .collect();
            let mut products = vec![];
            linear.multiply(&rows, &mut products);
            assert_eq!(products, exact);
            linear.weights = Weights::floats(&steps, 48);
            linear.multiply(&rows, &mut products);
            assert_eq!(products, exact);
        }
    }

    #[test]
    fn a_product_is_near_that_of_floats() {
        let (linear, steps) = linear(64, 48);
        let row: Vec<f32> = (0..64).map(|at| ((at * 29) % 17) as f32 / 7.0 - 1.0).collect();
        for (output, found) in linear.apply_to_one(&row).into_iter().enumerate() {
            let scale = linear.scales[output];
            let exact = 0.5
                + (0..64)
                    .map(|input| row[input] * f32::from(steps[input * 48 + output]) * scale)
                    .sum::<f32>();
            let most = 64.0 * 127.0 * scale * (2.4 / 255.0) / 2.0;
            assert!((found - exact).abs() < most, "{found}, not {exact}");
        }
    }

    #[test]
    fn floats_are_rounded_by_their_outputs() {
        let weight = Array2::from_shape_fn((64, 3), |(input, output)| {
            ((input * 13 % 29) as f32 / 14.0 - 1.0) * 10_f32.powi(output as i32)
        });
        let row: Vec<f32> = (0..64).map(|at| ((at * 29) % 17) as f32 / 17.0).collect();
        let found = EightBitLinear::of_floats(weight.view(), &[0.0, 1.0, 2.0]).apply_to_one(&row);
        for (output, found) in found.into_iter().enumerate() {
            let exact = weight.column(output).dot(&aview1(&row)) + output as f32;
            assert!((found - exact).abs() < 0.1 * 10_f32.powi(output as i32), "{found}, not {exact}");
        }
    }
}
