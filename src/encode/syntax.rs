use std::ops::Range;

use half::f16;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, aview1, concatenate, s};
use safetensors::{Dtype, SafeTensors};

use super::eight_bit::EightBitLinear;
use super::model::ModelManifest;
use crate::records::{Dependency, Parsed, Span, Tag};

/// Figures of a word that the encoder's states do not hold: [`surface`].
const SURFACE: usize = 8;

/// Tells of each word its kind, its head and how it belongs to it: `models/syntax_head.py` says how. Its matrices are rounded to 8
/// bits.
pub(super) struct SyntaxHead {
    layers: Vec<usize>,
    input: EightBitLinear,
    context: Vec<EightBitLinear>,
    /// What is read of a word's state, one beside the other: [`Parts`].
    read: EightBitLinear,
    parts: Parts,
    arc: EightBitLinear,
    /// What speaks for a word as a head whatever the dependent.
    prior: Vec<f32>,
    /// What stands for the root beside the governors.
    root: Vec<f32>,
    /// What speaks for a head at a distance of -FAR to FAR words.
    distance: Vec<f32>,
    relation: EightBitLinear,
}

/// Where the outputs of [`SyntaxHead::read`] stand.
struct Parts {
    tag: Range<usize>,
    /// The word as a dependent, and as a governor.
    dependent: Range<usize>,
    governor: Range<usize>,
    /// The word below a head, and above a dependent.
    below: Range<usize>,
    above: Range<usize>,
}

/// A matrix product with a bias, as the file holds it.
struct Dense {
    /// Shape `[in, out]`.
    weight: Array2<f32>,
    bias: Vec<f32>,
}

impl Dense {
    fn without_bias(weight: Array2<f32>) -> Self {
        Self { bias: vec![0.0; weight.ncols()], weight }
    }

    fn in_eight_bits(&self) -> EightBitLinear {
        EightBitLinear::of_floats(self.weight.view(), &self.bias)
    }
}

impl SyntaxHead {
    /// Reads `heads/syntax.safetensors`: F16 tensors, with the layers, tags and relations in its metadata.
    pub(super) fn from_safetensors(bytes: &[u8], manifest: &ModelManifest) -> Result<Self, String> {
        let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(|error| error.to_string())?;
        let metadata = metadata.metadata().clone().unwrap_or_default();
        let field = |key: &str| metadata.get(key).map_or("", String::as_str);
        let layers: Result<Vec<usize>, _> = field("layers").split(',').map(str::parse).collect();
        let layers = layers.map_err(|_| format!("layers are `{}`, not numbers", field("layers")))?;
        if let Some(layer) = layers.iter().find(|&&layer| layer > manifest.layers) {
            return Err(format!("it reads layer {layer} and the model has {}", manifest.layers));
        }
        let names = |names: &[&str]| names.join(",");
        if field("tags") != names(&Tag::ALL.map(|(name, _)| name))
            || field("relations") != names(&Dependency::ALL.map(|(name, _)| name))
        {
            return Err("its tags or relations are not those that parallax knows".to_owned());
        }
        if manifest.max_tokens >= usize::from(Parsed::ROOT) {
            return Err("a text may have more words than it can count".to_owned());
        }
        let tensors = Tensors(SafeTensors::deserialize(bytes).map_err(|error| error.to_string())?);
        let n_context = (0..).take_while(|layer| tensors.has(&format!("context.{layer}.weight"))).count();
        let context = (0..n_context).map(|layer| tensors.dense(&format!("context.{layer}")));
        let context = context.collect::<Result<Vec<_>, _>>()?;
        let (input, relation) = (tensors.dense("input")?, tensors.dense("relation")?);
        let arc = Dense::without_bias(tensors.matrix("arc")?);
        let above = Dense::without_bias(tensors.matrix("above.weight")?.reversed_axes());
        let read = ["tag", "dependent", "governor", "below"].map(|name| tensors.dense(name));
        let [tag, dependent, governor, below] = read;
        let read = [tag?, dependent?, governor?, below?, above];
        let (prior, root, distance) =
            (tensors.vector("prior")?, tensors.vector("root")?, tensors.vector("distance")?);

        let hidden = input.weight.ncols();
        let (n_arc, n_relation) = (arc.weight.ncols(), relation.weight.nrows());
        let outputs = [Tag::ALL.len(), n_arc, n_arc, n_relation, n_relation];
        let is_shaped = |dense: &Dense, shape| dense.weight.dim() == shape;
        let fits = is_shaped(&input, (layers.len() * manifest.dimensions + SURFACE, hidden))
            && context.iter().all(|dense| is_shaped(dense, (3 * hidden, hidden)))
            && read.iter().zip(outputs).all(|(dense, n_outputs)| is_shaped(dense, (hidden, n_outputs)))
            && is_shaped(&arc, (n_arc, n_arc))
            && is_shaped(&relation, (n_relation, Dependency::ALL.len()))
            && (prior.len(), root.len()) == (n_arc, n_arc)
            && distance.len() % 2 == 1;
        if !fits || layers.is_empty() {
            return Err("its shapes do not fit each other or the model".to_owned());
        }
        let mut end = 0;
        let [tag, dependent, governor, below, above] = outputs.map(|n_outputs| {
            end += n_outputs;
            end - n_outputs..end
        });
        let weights: Vec<_> = read.iter().map(|dense| dense.weight.view()).collect();
        let joined = Dense {
            weight: concatenate(Axis(1), &weights).map_err(|error| error.to_string())?,
            bias: read.iter().flat_map(|dense| dense.bias.iter().copied()).collect(),
        };
        Ok(Self {
            layers,
            input: input.in_eight_bits(),
            context: context.iter().map(Dense::in_eight_bits).collect(),
            read: joined.in_eight_bits(),
            parts: Parts { tag, dependent, governor, below, above },
            arc: arc.in_eight_bits(),
            prior,
            root,
            distance,
            relation: relation.in_eight_bits(),
        })
    }

    /// The layers whose states go in.
    pub(super) fn layers(&self) -> &[usize] {
        &self.layers
    }

    /// One entry for each of `words`, which come with their pieces' rows in `states`, the states of [`SyntaxHead::layers`].
    pub(super) fn parse(
        &self,
        text: &str,
        words: &[(Span, Vec<usize>)],
        states: &[ArrayView2<'_, f32>],
    ) -> Vec<Parsed> {
        if words.is_empty() {
            return vec![];
        }
        let of_words = self.words(inputs(text, words, states));
        let read = self.read.apply(of_words.view());
        let part = |columns: &Range<usize>| read.slice(s![.., columns.clone()]);
        let positive = |values: ArrayView2<'_, f32>| values.mapv(|value| value.max(0.0));
        let (dependent, governor) =
            (positive(part(&self.parts.dependent)), positive(part(&self.parts.governor)));
        let asked = self.arc.apply(dependent.view());
        let (prior, root) = (aview1(&self.prior), aview1(&self.root).mapv(|value| value.max(0.0)));
        // One product after the other: a product of matrices is added up as the processor likes.
        let priors: Vec<f32> = governor.rows().into_iter().map(|row| row.dot(&prior)).collect();
        let of_root = root.dot(&prior);
        let head = |word: usize| {
            let asked = asked.row(word);
            let score = |head: usize| asked.dot(&governor.row(head)) + priors[head];
            self.head(word, words.len(), score, asked.dot(&root) + of_root)
        };
        let heads: Vec<Option<usize>> = (0..words.len()).map(head).collect();
        let mut joined = part(&self.parts.below).to_owned();
        for (mut below, head) in joined.rows_mut().into_iter().zip(&heads) {
            if let Some(head) = *head {
                below += &part(&self.parts.above).row(head);
            }
        }
        let mut relations = self.relation.apply(positive(joined.view()).view());
        relations.column_mut(Dependency::Root as usize).fill(f32::NEG_INFINITY);
        let parsed = |(word, head): (usize, &Option<usize>)| {
            let tag = Tag::ALL[largest(part(&self.parts.tag).row(word))].1;
            let Some(head) = *head else {
                return Parsed { tag, head: Parsed::ROOT, relation: Dependency::Root };
            };
            let head = u16::try_from(head).expect("a text has fewer words than the root's number");
            Parsed { tag, head, relation: Dependency::ALL[largest(relations.row(word))].1 }
        };
        heads.iter().enumerate().map(parsed).collect()
    }

    /// The words' states, each with its neighbours: shape `[words, hidden]`.
    fn words(&self, inputs: Array2<f32>) -> Array2<f32> {
        let positive = |values: Array2<f32>| values.mapv_into(|value| value.max(0.0));
        let mut states = positive(self.input.apply(inputs.view()));
        for layer in &self.context {
            let edge = Array2::zeros((1, states.ncols()));
            let n = states.nrows();
            let before = concatenate![Axis(0), edge, states.slice(s![..n - 1, ..])];
            let after = concatenate![Axis(0), states.slice(s![1.., ..]), edge];
            let around = concatenate![Axis(1), before, states, after];
            states += &positive(layer.apply(around.view()));
        }
        states
    }

    /// The head of a word among so many; `None` for the root.
    fn head(&self, word: usize, n_words: usize, score: impl Fn(usize) -> f32, to_root: f32) -> Option<usize> {
        let far = self.distance.len() / 2;
        let distance = |head: usize| (head + far).saturating_sub(word).min(2 * far);
        let (mut best, mut head) = (to_root, None);
        for other in (0..n_words).filter(|&other| other != word) {
            let score = score(other) + self.distance[distance(other)];
            if score > best {
                (best, head) = (score, Some(other));
            }
        }
        head
    }
}

/// The mean states of each word's pieces, layer by layer, and its [`surface`]: shape `[words, layers * width + SURFACE]`.
fn inputs(text: &str, words: &[(Span, Vec<usize>)], states: &[ArrayView2<'_, f32>]) -> Array2<f32> {
    let width = states[0].ncols();
    let mut inputs = Array2::zeros((words.len(), states.len() * width + SURFACE));
    let mut end = 0;
    for ((span, pieces), mut row) in words.iter().zip(inputs.rows_mut()) {
        for (layer, states) in states.iter().enumerate() {
            let mut mean = row.slice_mut(s![layer * width..(layer + 1) * width]);
            pieces.iter().for_each(|&piece| mean += &states.row(piece));
            mean /= pieces.len() as f32;
        }
        let surface = surface(span.slice(text), &text[end..span.start], end == 0);
        row.slice_mut(s![states.len() * width..]).assign(&Array1::from_iter(surface));
        end = span.end;
    }
    inputs
}

/// What an uncased encoder does not see: capitals and the marks `before` a word. Each 0 or 1.
fn surface(word: &str, before: &str, is_first: bool) -> [f32; SURFACE] {
    let letters = || word.chars().filter(|c| c.is_alphabetic());
    [
        word.chars().next().is_some_and(char::is_uppercase),
        letters().count() > 1 && letters().all(char::is_uppercase),
        word.contains(|c: char| c.is_ascii_digit()),
        before.contains(','),
        before.contains(['.', ';', ':', '!', '?', '…', '–', '—', '-', '/']),
        before.contains(['"', '“', '”', '‘', '’', '\'', '(', ')', '[', ']', '*']),
        is_first,
        word.contains(['\'', '’']),
    ]
    .map(|is| if is { 1.0 } else { 0.0 })
}

/// Position of the largest value, the first of equal ones.
fn largest(values: ArrayView1<'_, f32>) -> usize {
    let larger = |best: usize, next: usize| if values[next] > values[best] { next } else { best };
    (0..values.len()).reduce(larger).expect("there is at least one value")
}

struct Tensors<'bytes>(SafeTensors<'bytes>);

impl Tensors<'_> {
    fn has(&self, name: &str) -> bool {
        self.0.tensor(name).is_ok()
    }

    fn floats(&self, name: &str) -> Result<(Vec<usize>, Vec<f32>), String> {
        let tensor = self.0.tensor(name).map_err(|error| format!("{name}: {error}"))?;
        if tensor.dtype() != Dtype::F16 {
            return Err(format!("{name} is {:?}, not F16", tensor.dtype()));
        }
        let bytes = tensor.data().as_chunks::<2>().0;
        let values: Vec<f32> = bytes.iter().map(|&bytes| f16::from_le_bytes(bytes).to_f32()).collect();
        if values.iter().all(|value| value.is_finite()) {
            return Ok((tensor.shape().to_vec(), values));
        }
        Err(format!("{name} holds values that are no numbers; the file is damaged"))
    }

    fn vector(&self, name: &str) -> Result<Vec<f32>, String> {
        Ok(self.floats(name)?.1)
    }

    fn matrix(&self, name: &str) -> Result<Array2<f32>, String> {
        let (shape, values) = self.floats(name)?;
        let &[rows, columns] = shape.as_slice() else { return Err(format!("{name} is not a matrix")) };
        Array2::from_shape_vec((rows, columns), values).map_err(|error| error.to_string())
    }

    fn dense(&self, name: &str) -> Result<Dense, String> {
        let weight = self.matrix(&format!("{name}.weight"))?.reversed_axes();
        let bias = self.vector(&format!("{name}.bias"))?;
        if bias.len() != weight.ncols() {
            return Err(format!("{name}.bias does not have one value for each row of {name}.weight"));
        }
        Ok(Dense { weight, bias })
    }
}
