use serde::{Deserialize, Serialize};

/// What a network that reads two sentences together says of them: log-odds at the rate of the pairs that it was trained on. What
/// they come to at the rate of a run is for matching to say.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PairReading {
    /// That they share a proposition.
    pub shared: f32,
    /// That what both mainly say is the same.
    pub same: f32,
    /// That they cannot both be true.
    pub conflicting: f32,
}
