use std::sync::Arc;

use super::inputs::Inputs;
use super::rows::Groups;
use crate::cluster::{Evidence, Verification};
use crate::encode::Encoder;
use crate::error::Result;
use crate::job::LoadedEncoder;
use crate::pipeline::with_pairs;

/// Pairs of texts, each text one sentence.
pub(super) struct Pairs {
    /// First and second text of each pair, one behind the other.
    texts: Vec<String>,
    /// The group of each pair.
    pub groups: Groups,
}

impl Pairs {
    /// The pairs of `text_a` and `text_b` of the given rows.
    pub(super) fn of_rows(inputs: &Inputs<'_>, rows: &[usize]) -> Result<Self> {
        let field_a = inputs.options.fields.text_a.as_deref().unwrap_or("text_a");
        let mut texts = vec![];
        for &row in rows {
            texts.extend(Self::texts_of(inputs, row)?.map(str::to_owned));
        }
        let first = |row: usize| inputs.rows.text(row, field_a).unwrap_or_default().to_owned();
        let groups = inputs.groups(rows, (&format!("equal {field_a}"), &first))?;
        Ok(Self { texts, groups })
    }

    /// Makes sure that a row has both texts.
    pub(super) fn check(inputs: &Inputs<'_>, row: usize) -> Result<()> {
        Self::texts_of(inputs, row).map(|_| ())
    }

    fn texts_of<'run>(inputs: &Inputs<'run>, row: usize) -> Result<[&'run str; 2]> {
        let fields = &inputs.options.fields;
        let text = |field: &Option<String>, usual: &str| {
            inputs.rows.text(row, field.as_deref().unwrap_or(usual)).map(str::trim)
        };
        Ok([text(&fields.text_a, "text_a")?, text(&fields.text_b, "text_b")?])
    }

    /// Neighbours in a list of paraphrases are the same; the first of a list and the first of the next list of its group
    /// are not. Gives the pairs and which are the same.
    pub(super) fn of_paraphrases(inputs: &Inputs<'_>) -> Result<(Self, Vec<bool>)> {
        let list = |row: usize| -> Result<Vec<&str>> {
            let list = inputs.rows.list(row, "paraphrases")?;
            let list: Vec<&str> = list.iter().filter_map(|text| text.as_str()).map(str::trim).collect();
            let message = || "`paraphrases` is an empty list; take the row out".to_owned();
            if list.is_empty() { Err(inputs.rows.fault(row, message())) } else { Ok(list) }
        };
        let (rows, lists) = inputs.usable(list)?;
        let of_row = inputs.groups(&rows, ("row", &|row| row.to_string()))?;
        let (mut texts, mut labels, mut keys) = (vec![], vec![], vec![]);
        let mut last_of_group: Vec<Option<String>> = vec![None; of_row.n()];
        for (list, &group) in lists.iter().zip(&of_row.of_row) {
            let mut push = |a: &str, b: &str, same| {
                texts.extend([a.to_owned(), b.to_owned()]);
                labels.push(same);
                keys.push(of_row.names[group].clone());
            };
            let first = list[0];
            list.windows(2).for_each(|pair| push(pair[0], pair[1], true));
            if let Some(other) = last_of_group[group].replace(first.to_owned()) {
                push(&other, first, false);
            }
        }
        Ok((Self { texts, groups: Groups::from_keys(of_row.field.clone(), keys) }, labels))
    }

    /// The evidence on each pair.
    pub(super) fn evidence(&self, inputs: &Inputs<'_>) -> Result<Vec<Evidence>> {
        let LoadedEncoder { encoder, thresholds, .. } = inputs.load_encoder()?;
        with_pairs(&self.texts(), &encoder, inputs.observer, |pairs, names| {
            Ok(pairs.iter().map(|(a, b)| Evidence::new(a, b, names, &thresholds)).collect())
        })
    }

    /// What the verifier says of each pair, and the model's name and version.
    pub(super) fn verify(&self, inputs: &Inputs<'_>) -> Result<(Vec<Verification>, String)> {
        let (encoder, verifier, model) = inputs.encoder_and_verifier()?;
        let read = |pairs: &[(&str, &str)]| encoder.pair_readings(pairs, &|_| ());
        let found = with_pairs(&self.texts(), &encoder, inputs.observer, |pairs, names| {
            verifier.verify(pairs, names, &read, 0.0)
        })?;
        Ok((found.into_iter().map(Arc::unwrap_or_clone).collect(), model))
    }

    fn texts(&self) -> Vec<&str> {
        self.texts.iter().map(String::as_str).collect()
    }
}
