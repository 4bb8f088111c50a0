use ndarray::{Array1, Array2, ArrayView3, Axis};
use serde::{Deserialize, Serialize};

/// How the token states of a text become its sentence embedding. Special tokens count like any other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pooling {
    /// The mean of the token states.
    Mean,
    /// The first token's state.
    Cls,
    /// The largest value of each dimension.
    Max,
}

impl Pooling {
    /// The embeddings of the texts whose last layer's `states` have the shape `[texts, tokens, width]`: shape
    /// `[texts, width]`, each row of length 1 where `normalise` is true.
    pub(super) fn apply(self, states: ArrayView3<'_, f32>, normalise: bool) -> Array2<f32> {
        let mut embeddings = Array2::zeros((states.dim().0, states.dim().2));
        for (states, mut embedding) in states.outer_iter().zip(embeddings.outer_iter_mut()) {
            let pooled: Array1<f32> = match self {
                Self::Mean => states.mean_axis(Axis(0)).expect("a text has its special tokens"),
                Self::Cls => states.row(0).to_owned(),
                Self::Max => states.fold_axis(Axis(0), f32::NEG_INFINITY, |&a, &b| a.max(b)),
            };
            let length = pooled.dot(&pooled).sqrt();
            let scale = if normalise && length > 0.0 { length.recip() } else { 1.0 };
            embedding.assign(&(pooled * scale));
        }
        embeddings
    }
}

impl std::fmt::Display for Pooling {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Mean => "mean",
            Self::Cls => "cls",
            Self::Max => "max",
        })
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn each_pooling_does_what_its_name_says() {
        let states = array![[[3.0, 0.0], [1.0, 8.0]], [[0.0, 0.0], [0.0, 0.0]]];
        let pool = |pooling: Pooling, normalise| pooling.apply(states.view(), normalise);
        assert_eq!(pool(Pooling::Mean, false), array![[2.0, 4.0], [0.0, 0.0]]);
        assert_eq!(pool(Pooling::Cls, true), array![[1.0, 0.0], [0.0, 0.0]]);
        assert_eq!(pool(Pooling::Max, false), array![[3.0, 8.0], [0.0, 0.0]]);
    }
}
