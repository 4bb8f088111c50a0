use serde::{Deserialize, Serialize};

use super::figure::figure;

/// Numbers that hold for one encoder: from which cosine or weight on something counts. A model's folder has them in
/// `heads/thresholds.toml`, beside the verifier; a model without that file has those of the bundled one.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Weights of words.
    pub words: WordThresholds,
    /// Cosines of words.
    pub alignment: AlignmentThresholds,
    /// Similarities of articles.
    pub level: LevelThresholds,
}

/// Weights of words: inverse document frequencies, at least 0.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WordThresholds {
    /// From here on a word is no function word.
    #[serde(deserialize_with = "figure")]
    pub content: f32,
    /// From here on a word can tell stories apart ("said" and "people" cannot).
    #[serde(deserialize_with = "figure")]
    pub story: f32,
}

/// Cosines of the vectors of two words, each in [-1, 1].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AlignmentThresholds {
    /// Least of two words that are each other's nearest and count as aligned. Of the bundled model, unrelated words of one
    /// sentence lie around 0.3.
    #[serde(deserialize_with = "figure")]
    pub aligned: f32,
    /// Least of a word and the word that answers it.
    #[serde(deserialize_with = "figure")]
    pub answered: f32,
    /// Least of the word that a name, or the verb behind a negation or a plan, is answered by.
    #[serde(deserialize_with = "figure")]
    pub closely: f32,
    /// Least of a word and the opposite that answers it.
    #[serde(deserialize_with = "figure")]
    pub opposed: f32,
    /// Least mean of two phrases that are taken to name the same thing.
    #[serde(deserialize_with = "figure")]
    pub phrase: f32,
}

/// Similarities of an article to its near ones, in [0, 1].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LevelThresholds {
    /// Least level in a large corpus: below it, articles are merely of the same kind of text.
    #[serde(deserialize_with = "figure")]
    pub lowest: f32,
    /// A neighbour counts for no more than this, so that copies of one wire story do not push away the other articles on
    /// the event.
    #[serde(deserialize_with = "figure")]
    pub highest: f32,
    /// Least level where a corpus has no articles to fill the ranks, so that this alone decides.
    #[serde(deserialize_with = "figure")]
    pub alone: f32,
}

impl Default for WordThresholds {
    fn default() -> Self {
        Self { content: 2.5, story: 3.0 }
    }
}

impl Default for AlignmentThresholds {
    fn default() -> Self {
        Self { aligned: 0.5, answered: 0.55, closely: 0.6, opposed: 0.5, phrase: 0.6 }
    }
}

impl Default for LevelThresholds {
    fn default() -> Self {
        Self { lowest: 0.3, highest: 0.55, alone: 0.48 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_figure_is_refused() {
        for value in ["1e308", "nan", "-inf"] {
            let error = toml::from_str::<Thresholds>(&format!("[level]\nlowest = {value}")).unwrap_err();
            assert!(error.to_string().contains("is no figure of a model"), "{error}");
        }
    }

    #[test]
    fn the_bundled_model_spells_out_the_defaults() {
        let file = include_str!("../../models/parallax-en/heads/thresholds.toml");
        assert_eq!(toml::from_str::<Thresholds>(file).unwrap(), Thresholds::default());
        // Every number stands there, so that nobody has to look for it in the code.
        let written = toml::to_string(&Thresholds::default()).unwrap();
        let keys = |text: &str| -> Vec<String> {
            text.lines().filter_map(|line| Some(line.split_once(" = ")?.0.to_owned())).collect()
        };
        assert_eq!(keys(file), keys(&written));
    }
}
