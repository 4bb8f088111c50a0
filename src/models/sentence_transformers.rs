//! From the files of a sentence-transformers model to its `model.toml`.

use serde_json::Value;

use crate::encode::Pooling;

/// What the files say of the model.
#[derive(Debug, PartialEq)]
pub(super) struct Description {
    pub dimensions: usize,
    pub layers: usize,
    pub pooling: Pooling,
    pub normalise: bool,
    pub max_tokens: usize,
    pub prefix: String,
    /// True for a model whose weights our own engine runs.
    pub is_bert: bool,
}

impl Description {
    /// The layer that aligns words where nothing else is said: the last but one of a BERT. Only the last is known of others.
    pub(super) fn alignment_layer(&self) -> usize {
        if self.is_bert { self.layers.saturating_sub(1).max(1) } else { self.layers }
    }
}

/// The files that say what a model is, each parsed and `Null` where there is none.
pub(super) struct Files {
    config: Value,
    modules: Value,
    pooling: Value,
    sentence_bert: Value,
    prompts: Value,
}

impl Files {
    /// Reads each with `json`, which is given its path below the model's folder.
    pub(super) fn read<E>(mut json: impl FnMut(&str) -> Result<Value, E>) -> Result<Self, E> {
        let (config, modules) = (json("config.json")?, json("modules.json")?);
        let pooling = pooling_file(&modules).map_or(Ok(Value::Null), |path| json(&path))?;
        let (sentence_bert, prompts) =
            (json("sentence_bert_config.json")?, json("config_sentence_transformers.json")?);
        Ok(Self { config, modules, pooling, sentence_bert, prompts })
    }

    /// What they say.
    ///
    /// # Errors
    /// What is missing or not known here.
    pub(super) fn describe(&self) -> Result<Description, String> {
        describe(&self.config, &self.modules, &self.pooling, &self.sentence_bert, &self.prompts)
    }
}

/// The file that says how a model pools, as `modules.json` names its folder; `None` where there is no pooling module.
fn pooling_file(modules: &Value) -> Option<String> {
    let module = modules.as_array()?.iter().find(|module| kind(module) == "Pooling")?;
    Some(format!("{}/config.json", module["path"].as_str()?))
}

fn describe(
    config: &Value,
    modules: &Value,
    pooling: &Value,
    sentence_bert: &Value,
    prompts: &Value,
) -> Result<Description, String> {
    for module in modules.as_array().into_iter().flatten() {
        if !["Transformer", "Pooling", "Normalize"].contains(&kind(module)) {
            return Err(format!(
                "modules.json has a module `{}`; a transformer with pooling and normalising is known here",
                kind(module)
            ));
        }
    }
    let number = |key: &str| config[key].as_u64().map(|value| value as usize);
    let need = |key: &str| number(key).ok_or_else(|| format!("config.json has no number `{key}`"));
    let positions = number("max_position_embeddings").unwrap_or(512);
    let longest = sentence_bert["max_seq_length"].as_u64().map_or(positions, |length| length as usize);
    Ok(Description {
        dimensions: need("hidden_size")?,
        layers: need("num_hidden_layers")?,
        pooling: how_it_pools(pooling)?,
        // A bare transformer says nothing; only cosines are compared, so nothing hangs on it.
        normalise: modules
            .as_array()
            .is_none_or(|modules| modules.iter().any(|module| kind(module) == "Normalize")),
        max_tokens: longest.min(positions),
        prefix: prompt(prompts),
        is_bert: config["model_type"] == "bert",
    })
}

/// The last part of a module's type.
fn kind(module: &Value) -> &str {
    module["type"].as_str().unwrap_or("").rsplit('.').next().unwrap_or("")
}

fn how_it_pools(pooling: &Value) -> Result<Pooling, String> {
    let known = [("mean_tokens", Pooling::Mean), ("cls_token", Pooling::Cls), ("max_tokens", Pooling::Max)];
    let Some(fields) = pooling.as_object() else {
        return Ok(Pooling::Mean);
    };
    let modes = fields.iter().filter(|(_, value)| **value == Value::Bool(true));
    let modes: Vec<&str> = modes.filter_map(|(key, _)| key.strip_prefix("pooling_mode_")).collect();
    match modes.as_slice() {
        [mode] => known.into_iter().find(|(name, _)| name == mode).map(|(_, pooling)| pooling),
        _ => None,
    }
    .ok_or_else(|| format!("it pools by {}; one of mean, cls and max is known here", modes.join(" and ")))
}

/// The prompt that the model asks for by default, or for sentences that are compared with one another.
fn prompt(prompts: &Value) -> String {
    let name = prompts["default_prompt_name"].as_str().unwrap_or("query");
    prompts["prompts"][name].as_str().unwrap_or("").to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn config() -> Value {
        json!({"hidden_size": 8, "num_hidden_layers": 2, "model_type": "bert", "max_position_embeddings": 32})
    }

    fn modules(kinds: &[&str]) -> Value {
        let module = |kind| json!({"path": format!("1_{kind}"), "type": format!("sentence_transformers.models.{kind}")});
        kinds.iter().map(module).collect()
    }

    #[test]
    fn a_usual_model_is_described() {
        let modules = modules(&["Transformer", "Pooling", "Normalize"]);
        assert_eq!(pooling_file(&modules).unwrap(), "1_Pooling/config.json");
        let pooling =
            json!({"word_embedding_dimension": 8, "pooling_mode_cls_token": true, "include_prompt": true});
        let prompts = json!({"prompts": {"query": "query: "}});
        let sentence_bert = json!({"max_seq_length": 64});
        let found = describe(&config(), &modules, &pooling, &sentence_bert, &prompts).unwrap();
        let expected = Description {
            dimensions: 8,
            layers: 2,
            pooling: Pooling::Cls,
            normalise: true,
            max_tokens: 32,
            prefix: "query: ".to_owned(),
            is_bert: true,
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_not_known_is_refused() {
        let null = Value::Null;
        let dense = describe(&config(), &modules(&["Transformer", "Dense"]), &null, &null, &null);
        assert!(dense.unwrap_err().contains("`Dense`"));
        let last = json!({"pooling_mode_lasttoken": true});
        assert!(describe(&config(), &null, &last, &null, &null).unwrap_err().contains("lasttoken"));
        assert!(describe(&json!({}), &null, &null, &null, &null).unwrap_err().contains("hidden_size"));
    }
}
