use half::f16;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, concatenate, s};
use safetensors::{Dtype, SafeTensors};

use super::model::ModelManifest;
use crate::records::{Dependency, Parsed, Span, Tag};

/// Figures of a word that the encoder's states do not hold: [`surface`].
const SURFACE: usize = 8;

/// Tells of each word its kind, its head and how it belongs to it: `models/syntax_head.py` says how.
pub(super) struct SyntaxHead {
    layers: Vec<usize>,
    input: Dense,
    context: Vec<Dense>,
    tag: Dense,
    dependent: Dense,
    governor: Dense,
    /// Shape `[dependent, governor]`.
    arc: Array2<f32>,
    /// What speaks for a word as a head whatever the dependent.
    prior: Array1<f32>,
    /// What stands for the root beside the governors.
    root: Array1<f32>,
    /// What speaks for a head at a distance of -FAR to FAR words.
    distance: Array1<f32>,
    below: Dense,
    above: Array2<f32>,
    root_above: Array1<f32>,
    relation: Dense,
}

/// A matrix product with a bias.
struct Dense {
    /// Shape `[in, out]`.
    weight: Array2<f32>,
    bias: Array1<f32>,
}

impl Dense {
    /// Each row of `rows` alone.
    fn apply(&self, rows: ArrayView2<'_, f32>) -> Array2<f32> {
        rows.dot(&self.weight) + &self.bias
    }

    fn relu(&self, rows: ArrayView2<'_, f32>) -> Array2<f32> {
        self.apply(rows).mapv_into(|value| value.max(0.0))
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
        let head = Self {
            context: context.collect::<Result<_, _>>()?,
            input: tensors.dense("input")?,
            tag: tensors.dense("tag")?,
            dependent: tensors.dense("dependent")?,
            governor: tensors.dense("governor")?,
            arc: tensors.matrix("arc")?,
            prior: tensors.vector("prior")?,
            root: tensors.vector("root")?,
            distance: tensors.vector("distance")?,
            below: tensors.dense("below")?,
            above: tensors.matrix("above.weight")?.reversed_axes(),
            root_above: tensors.vector("root_above")?,
            relation: tensors.dense("relation")?,
            layers,
        };
        head.check(manifest.dimensions).map(|()| head)
    }

    fn check(&self, width: usize) -> Result<(), String> {
        let hidden = self.input.weight.ncols();
        let (arc, relation) = (self.dependent.weight.ncols(), self.below.weight.ncols());
        let shapes = [
            (&self.input.weight, (self.layers.len() * width + SURFACE, hidden)),
            (&self.tag.weight, (hidden, Tag::ALL.len())),
            (&self.dependent.weight, (hidden, arc)),
            (&self.governor.weight, (hidden, arc)),
            (&self.arc, (arc, arc)),
            (&self.below.weight, (hidden, relation)),
            (&self.above, (hidden, relation)),
            (&self.relation.weight, (relation, Dependency::ALL.len())),
        ];
        let context = self.context.iter().map(|layer| (&layer.weight, (3 * hidden, hidden)));
        let fit = shapes.into_iter().chain(context).all(|(matrix, shape)| matrix.dim() == shape);
        let lengths = [(self.prior.len(), arc), (self.root.len(), arc), (self.root_above.len(), relation)];
        if fit && lengths.iter().all(|(length, wanted)| length == wanted) && self.distance.len() % 2 == 1 {
            return Ok(());
        }
        Err("its shapes do not fit each other or the model".to_owned())
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
        let words_states = self.words(inputs(text, words, states));
        let tags = self.tag.apply(words_states.view());
        let (dependent, governor) =
            (self.dependent.relu(words_states.view()), self.governor.relu(words_states.view()));
        let asked = dependent.dot(&self.arc);
        let arcs = asked.dot(&governor.t()) + governor.dot(&self.prior);
        let root = self.root.mapv(|value| value.max(0.0));
        let to_root = asked.dot(&root) + root.dot(&self.prior);
        let (below, above) = (self.below.apply(words_states.view()), words_states.dot(&self.above));
        let parsed = (0..words.len()).map(|word| {
            let tag = Tag::ALL[largest(tags.row(word))].1;
            let head = self.head(word, arcs.row(word), to_root[word]);
            let Some(head) = head else {
                return Parsed { tag, head: Parsed::ROOT, relation: Dependency::Root };
            };
            let joined = (&below.row(word) + &above.row(head)).mapv_into(|value| value.max(0.0));
            let mut relations = joined.dot(&self.relation.weight) + &self.relation.bias;
            relations[Dependency::Root as usize] = f32::NEG_INFINITY;
            let head = u16::try_from(head).expect("a text has fewer words than the root's number");
            Parsed { tag, head, relation: Dependency::ALL[largest(relations.view())].1 }
        });
        parsed.collect()
    }

    /// The words' states, each with its neighbours: shape `[words, hidden]`.
    fn words(&self, inputs: Array2<f32>) -> Array2<f32> {
        let mut states = self.input.relu(inputs.view());
        for layer in &self.context {
            let edge = Array2::zeros((1, states.ncols()));
            let n = states.nrows();
            let before = concatenate![Axis(0), edge, states.slice(s![..n - 1, ..])];
            let after = concatenate![Axis(0), states.slice(s![1.., ..]), edge];
            let around = concatenate![Axis(1), before, states, after];
            states += &layer.relu(around.view());
        }
        states
    }

    /// The head of a word; `None` for the root.
    fn head(&self, word: usize, scores: ArrayView1<'_, f32>, to_root: f32) -> Option<usize> {
        let far = self.distance.len() / 2;
        let distance = |head: usize| (head + far).saturating_sub(word).min(2 * far);
        let (mut best, mut head) = (to_root, None);
        for other in (0..scores.len()).filter(|&other| other != word) {
            let score = scores[other] + self.distance[distance(other)];
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

    fn vector(&self, name: &str) -> Result<Array1<f32>, String> {
        Ok(Array1::from_vec(self.floats(name)?.1))
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
