use ndarray::{Array3, ArrayView2, ArrayViewMut3, Axis, s};
use rust_bert::bert::{BertConfig, BertEmbedding, BertEmbeddings, BertLayer};
use tch::{Device, Tensor, nn};

use super::per_thread::PerThread;
use super::rows::{ROWS, rows_of_ids};
use super::weights::Weights;
use crate::encode::bert::Config;
use crate::encode::engine::{Engine, Forward};
use crate::encode::model::ModelFiles;
use crate::encode::pooling::Pooling;

/// What rust-bert adds to a variance, whatever `config.json` says.
const EPSILON: f32 = 1e-12;

/// Runs the weights of a BERT (`model.safetensors` or `rust_model.ot`, with `config.json`) with rust-bert's layers.
///
pub(super) struct RustBertEngine {
    models: PerThread<Transformer>,
    vocabulary: usize,
    positions: usize,
    n_layers: usize,
    width: usize,
    pooling: Pooling,
    normalise: bool,
}

/// rust-bert's `BertModel` gives no states below its first layer and cannot stop early; these are its parts.
struct Transformer {
    embeddings: BertEmbeddings,
    layers: Vec<BertLayer>,
}

impl RustBertEngine {
    /// Loads the weights of a model.
    pub(super) fn new(files: &ModelFiles) -> Result<Self, String> {
        let weights = match (files.get("model.safetensors"), files.get("rust_model.ot")) {
            (Some(bytes), _) => Weights::from_safetensors(bytes)?,
            (None, Some(bytes)) => Weights::from_ot(bytes)?,
            (None, None) => {
                return Err("rust-bert runs the float weights of a BERT, and this model has only those for the engine \
                            onnx; run `parallax models fetch all-MiniLM-L6-v2` and give --model all-MiniLM-L6-v2, or \
                            --model with a folder that holds model.safetensors or rust_model.ot"
                    .to_owned());
            }
        };
        let json = files.get("config.json").ok_or("config.json is missing from its folder")?;
        let config = Config::read(json, &files.manifest)?;
        if config.layer_norm_eps != EPSILON {
            let found = config.layer_norm_eps;
            return Err(format!(
                "config.json: layer_norm_eps is {found:e}, and rust-bert knows {EPSILON:e} only; use --engine onnx"
            ));
        }
        let (vocabulary, positions) = (config.vocab_size, config.max_position_embeddings);
        let (n_layers, width) = (config.num_hidden_layers, config.hidden_size);
        let config = BertConfig {
            hidden_size: width as i64,
            intermediate_size: config.intermediate_size as i64,
            max_position_embeddings: positions as i64,
            num_attention_heads: config.num_attention_heads as i64,
            num_hidden_layers: n_layers as i64,
            type_vocab_size: config.type_vocab_size as i64,
            vocab_size: vocabulary as i64,
            ..BertConfig::default()
        };
        Ok(Self {
            models: PerThread::new(move || Transformer::new(&config, &weights))?,
            vocabulary,
            positions,
            n_layers,
            width,
            pooling: files.manifest.pooling,
            normalise: files.manifest.normalise,
        })
    }

    /// The states of the layers asked for, in rising order, and of no layer above the last of them.
    fn run(&self, ids: ArrayView2<'_, u32>, layers: &[usize]) -> Result<Vec<Array3<f32>>, String> {
        if let Some(id) = ids.iter().find(|&&id| id as usize >= self.vocabulary) {
            return Err(format!("token {id} is outside the vocabulary of {}", self.vocabulary));
        }
        if ids.ncols() > self.positions {
            return Err(format!("{} tokens are more than its {} positions", ids.ncols(), self.positions));
        }
        if let Some(layer) = layers.iter().find(|&&layer| layer > self.n_layers) {
            return Err(format!("the model has no layer {layer}"));
        }
        self.models.run(|transformer| {
            let mut kept = vec![Array3::zeros((ids.nrows(), ids.ncols(), self.width)); layers.len()];
            for (number, texts) in ids.axis_chunks_iter(Axis(0), ROWS).enumerate() {
                let rows = number * ROWS..number * ROWS + texts.nrows();
                let mut keep = |layer: usize, states: &Tensor| match layers.binary_search(&layer) {
                    Ok(position) => copy(states, kept[position].slice_mut(s![rows.clone(), .., ..])),
                    Err(_) => Ok(()),
                };
                let ids = rows_of_ids(texts);
                let states = transformer.embeddings.forward_t(Some(&ids), None, None, None, false);
                let mut states = states.map_err(|error| error.to_string())?;
                keep(0, &states)?;
                let needed = &transformer.layers[..layers.last().copied().unwrap_or(0)];
                for (below, layer) in needed.iter().enumerate() {
                    states = layer.forward_t(&states, None, None, None, false).hidden_state;
                    keep(below + 1, &states)?;
                }
            }
            Ok(kept)
        })
    }
}

impl Transformer {
    fn new(config: &BertConfig, weights: &Weights) -> Result<Self, String> {
        let mut store = nn::VarStore::new(Device::Cpu);
        let (root, layers) = (store.root(), store.root() / "encoder" / "layer");
        let transformer = Self {
            embeddings: BertEmbeddings::new(root / "embeddings", config),
            layers: (0..config.num_hidden_layers)
                .map(|layer| BertLayer::new(&layers / layer, config))
                .collect(),
        };
        weights.fill(&mut store)?;
        Ok(transformer)
    }
}

impl Engine for RustBertEngine {
    fn name(&self) -> &'static str {
        "rust-bert"
    }

    fn forward(&self, ids: ArrayView2<'_, u32>, layers: &[usize]) -> Result<Forward, String> {
        let keeps_last = layers.last() == Some(&self.n_layers);
        let mut asked = layers.to_vec();
        if !keeps_last {
            asked.push(self.n_layers);
        }
        let mut states = self.run(ids, &asked)?;
        let last = states.last().expect("the last layer was asked for");
        let embeddings = self.pooling.apply(last.view(), self.normalise);
        states.truncate(layers.len());
        Ok(Forward { embeddings, states })
    }

    fn states(&self, ids: ArrayView2<'_, u32>, layer: usize) -> Result<Array3<f32>, String> {
        Ok(self.run(ids, &[layer])?.remove(0))
    }
}

/// Copies the states of the first rows, as many as there is room for.
fn copy(states: &Tensor, mut to: ArrayViewMut3<'_, f32>) -> Result<(), String> {
    let values = to.as_slice_mut().ok_or("the states of a text lie apart")?;
    let n_values = values.len();
    states.contiguous().f_copy_data(values, n_values).map_err(|error| error.to_string())
}
