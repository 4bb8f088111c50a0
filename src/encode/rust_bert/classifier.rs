use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use ndarray::{Array1, Array2, Axis};
use rust_bert::bert::{BertConfig, BertForSequenceClassification};
use rust_bert::distilbert::{DistilBertConfig, DistilBertModelClassifier};
use rust_bert::pipelines::sequence_classification::SequenceClassificationOption;
use rust_bert::roberta::{RobertaConfig, RobertaForSequenceClassification};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tch::{Device, nn};

use super::per_thread::PerThread;
use super::rows::{ROWS, rows_of_ids};
use super::weights::Weights;
use crate::encode::batches::{batches_of_equal_length, ids_of, run_all};
use crate::encode::engine::SentimentModel;
use crate::encode::head::softmax;
use crate::encode::model::sha256_of;
use crate::encode::tokenizer::{TextTokenizer, Tokens, bert_tokenizer};
use crate::error::{Error, Result};
use crate::platform::{MOST_OF_DATA, read_file};
use crate::records::Sentiment;

/// The longest text in tokens, where the model has as many positions.
const MAX_TOKENS: usize = 512;

/// A sentiment classifier that rust-bert runs: the model of its sentiment pipeline, with all the probabilities (the
/// pipeline gives that of the likeliest class) and without padding (the pipeline attends to it).
pub(super) struct Classifier {
    models: PerThread<SequenceClassificationOption>,
    tokenizer: TextTokenizer,
    classes: Classes,
    n_threads: usize,
    sha256: BTreeMap<String, String>,
}

/// Which class stands where in the model's output. A model of two classes has no neutral.
#[derive(Debug, PartialEq, Eq)]
struct Classes {
    negative: usize,
    neutral: Option<usize>,
    positive: usize,
}

/// What is read of `config.json`; the rest is rust-bert's own.
#[derive(Deserialize)]
struct Config {
    model_type: String,
    max_position_embeddings: usize,
    #[serde(default)]
    id2label: HashMap<usize, String>,
}

impl Classifier {
    /// Loads the classifier in a folder.
    pub(super) fn from_folder(folder: &Path, n_threads: usize) -> Result<Self, String> {
        let mut sha256 = BTreeMap::new();
        let mut read = |file: &str| {
            let bytes = read_file(&folder.join(file), MOST_OF_DATA).ok()?;
            sha256.insert(file.to_owned(), sha256_of(&bytes));
            Some(bytes)
        };
        let json = read("config.json").ok_or("there is no config.json in it that can be read")?;
        let config: Config = parse(&json)?;
        let weights = match (read("model.safetensors"), read("rust_model.ot")) {
            (Some(bytes), _) => Weights::from_safetensors(&bytes)?,
            (None, Some(bytes)) => Weights::from_ot(&bytes)?,
            (None, None) => {
                return Err("there is neither model.safetensors nor rust_model.ot in it".to_owned());
            }
        };
        let tokenizer = match (read("tokenizer.json"), read("vocab.txt"), config.model_type.as_str()) {
            (Some(json), _, _) => json,
            (None, Some(vocabulary), "bert" | "distilbert") => {
                bert_tokenizer(&vocabulary, read("tokenizer_config.json").as_deref())?
            }
            _ => return Err("there is no tokenizer.json in it".to_owned()),
        };
        // RoBERTa counts positions from its padding token on.
        let reserved = if config.model_type.ends_with("roberta") { 2 } else { 0 };
        let max_tokens = config.max_position_embeddings.saturating_sub(reserved).min(MAX_TOKENS);
        let classes = Classes::of(&config.id2label)?;
        let models = PerThread::new(model_builder(&config.model_type, &json, weights)?)?;
        let name = folder.display().to_string();
        let tokenizer =
            TextTokenizer::of(&tokenizer, max_tokens, "", &name).map_err(|error| error.to_string())?;
        Ok(Self { models, tokenizer, classes, n_threads: n_threads.max(1), sha256 })
    }

    /// Probabilities of a batch: shape `[texts, tokens]` in, one a text out.
    fn classify(&self, ids: Array2<u32>) -> Result<Vec<Sentiment>, String> {
        self.models.run(|model| {
            let mut sentiment = vec![];
            for texts in ids.axis_chunks_iter(Axis(0), ROWS) {
                let logits = model.forward_t(Some(&rows_of_ids(texts)), None, None, None, None, false);
                let logits = Vec::<Vec<f32>>::try_from(logits).map_err(|error| error.to_string())?;
                let logits = logits.into_iter().take(texts.nrows());
                sentiment.extend(logits.map(|logits| self.classes.sentiment(logits)));
            }
            Ok(sentiment)
        })
    }
}

impl SentimentModel for Classifier {
    fn sha256(&self) -> &BTreeMap<String, String> {
        &self.sha256
    }

    fn sentiment(&self, texts: &[&str]) -> Result<Vec<Sentiment>> {
        let tokens = texts.iter().map(|text| self.tokenizer.tokenize(text));
        let tokens: Vec<Tokens> = tokens.collect::<Result<_>>()?;
        let batches = batches_of_equal_length(&tokens);
        let run = |batch: &Vec<usize>| {
            let ids = ids_of(batch, &tokens);
            let n_tokens = ids.ncols();
            self.classify(ids).map_err(|message| Error::Encode { n_tokens, message })
        };
        let mut sentiment = vec![None; texts.len()];
        for (batch, of_batch) in run_all(&batches, self.n_threads, run) {
            for (&text, found) in batch.iter().zip(of_batch?) {
                sentiment[text] = Some(found);
            }
        }
        Ok(sentiment.into_iter().map(|found| found.expect("every text is in one batch")).collect())
    }
}

/// What builds a model on the weights.
fn model_builder(
    model_type: &str,
    json: &[u8],
    weights: Weights,
) -> Result<impl Fn() -> Result<SequenceClassificationOption, String> + Send + Sync + 'static, String> {
    enum Kind {
        Bert(BertConfig),
        DistilBert(DistilBertConfig),
        Roberta(RobertaConfig),
    }
    let kind = match model_type {
        "bert" => Kind::Bert(parse(json)?),
        "distilbert" => Kind::DistilBert(parse(json)?),
        "roberta" | "xlm-roberta" => Kind::Roberta(parse(json)?),
        other => {
            return Err(format!(
                "config.json: model_type is `{other}`; bert, distilbert, roberta and xlm-roberta are known here"
            ));
        }
    };
    Ok(move || {
        let mut store = nn::VarStore::new(Device::Cpu);
        let root = store.root();
        let model = match &kind {
            Kind::Bert(config) => {
                BertForSequenceClassification::new(root, config).map(SequenceClassificationOption::Bert)
            }
            Kind::DistilBert(config) => {
                DistilBertModelClassifier::new(root, config).map(SequenceClassificationOption::DistilBert)
            }
            Kind::Roberta(config) => {
                RobertaForSequenceClassification::new(root, config).map(SequenceClassificationOption::Roberta)
            }
        };
        let model = model.map_err(|error| format!("config.json: {error}"))?;
        weights.fill(&mut store)?;
        Ok(model)
    })
}

fn parse<T: DeserializeOwned>(json: &[u8]) -> Result<T, String> {
    serde_json::from_slice(json).map_err(|error| format!("config.json: {error}"))
}

impl Classes {
    /// Reads `id2label`: negative and positive, or negative, neutral and positive, in any order and case.
    fn of(labels: &HashMap<usize, String>) -> Result<Self, String> {
        let at = |name: &str| {
            let mut found = labels.iter().filter(|(_, label)| label.eq_ignore_ascii_case(name));
            found.next().map(|(&position, _)| position)
        };
        let neutral = at("neutral");
        match (at("negative"), at("positive"), labels.len()) {
            (Some(negative), Some(positive), n) if n == 2 + usize::from(neutral.is_some()) => {
                Ok(Self { negative, neutral, positive })
            }
            _ => {
                let mut labels: Vec<_> = labels.iter().collect();
                labels.sort();
                let labels: Vec<&str> = labels.into_iter().map(|(_, label)| label.as_str()).collect();
                Err(format!(
                    "config.json: id2label is to name negative and positive, or negative, neutral and positive; it \
                     names: {}",
                    labels.join(", ")
                ))
            }
        }
    }

    fn sentiment(&self, logits: Vec<f32>) -> Sentiment {
        let shares = softmax(&Array1::from_vec(logits));
        Sentiment {
            negative: shares[self.negative],
            neutral: self.neutral.map_or(0.0, |neutral| shares[neutral]),
            positive: shares[self.positive],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes(labels: &[&str]) -> Result<Classes, String> {
        Classes::of(&labels.iter().map(|&label| label.to_owned()).enumerate().collect())
    }

    #[test]
    fn classes_are_found_by_name() {
        let two = classes(&["NEGATIVE", "POSITIVE"]).unwrap();
        assert_eq!(two, Classes { negative: 0, neutral: None, positive: 1 });
        let sentiment = two.sentiment(vec![0.0, 0.0]);
        assert_eq!((sentiment.negative, sentiment.neutral, sentiment.positive), (0.5, 0.0, 0.5));
        let three = classes(&["positive", "neutral", "negative"]).unwrap();
        assert_eq!(three, Classes { negative: 2, neutral: Some(1), positive: 0 });
        for wrong in [&["LABEL_0", "LABEL_1"][..], &["negative", "positive", "mixed"], &[]] {
            assert!(classes(wrong).unwrap_err().contains("id2label"), "{wrong:?}");
        }
    }
}
