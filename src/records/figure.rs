use serde::de::{Deserialize, Deserializer, Error};

/// Further away from 0 no figure of a model lies: sums and products of such figures stay numbers.
pub const MOST: f64 = 1e6;

/// Reads a figure of a model: a number from -[`MOST`] to [`MOST`].
pub fn figure<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f32, D::Error> {
    let figure = f64::deserialize(deserializer)?;
    let is_sound = (-MOST..=MOST).contains(&figure);
    // JSON has no NaN, TOML does.
    let message =
        || D::Error::custom(format!("{figure:e} is no figure of a model, which lies between -1e6 and 1e6"));
    is_sound.then_some(figure as f32).ok_or_else(message)
}

/// Reads a list of them.
pub fn figures<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<f32>, D::Error> {
    #[derive(serde::Deserialize)]
    struct Figure(#[serde(deserialize_with = "figure")] f32);

    Ok(Vec::<Figure>::deserialize(deserializer)?.into_iter().map(|Figure(figure)| figure).collect())
}
