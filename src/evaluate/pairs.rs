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
        let fields = &inputs.options.fields;
        let field_a = fields.text_a.as_deref().unwrap_or("text_a");
        let field_b = fields.text_b.as_deref().unwrap_or("text_b");
        let mut texts = vec![];
        for &row in rows {
            texts.push(inputs.rows.text(row, field_a)?.trim().to_owned());
            texts.push(inputs.rows.text(row, field_b)?.trim().to_owned());
        }
        let first = |row: usize| inputs.rows.text(row, field_a).unwrap_or_default().to_owned();
        let groups = inputs.groups(rows, (&format!("equal {field_a}"), &first))?;
        Ok(Self { texts, groups })
    }

    /// Neighbours in a list of paraphrases are the same; the first of a list and the first of the next list of its group
    /// are not. Gives the pairs and which are the same.
    pub(super) fn of_paraphrases(inputs: &Inputs<'_>) -> Result<(Self, Vec<bool>)> {
        let all: Vec<usize> = (0..inputs.rows.len()).collect();
        let of_row = inputs.groups(&all, ("row", &|row| row.to_string()))?;
        let (mut texts, mut labels, mut keys) = (vec![], vec![], vec![]);
        let mut last_of_group: Vec<Option<String>> = vec![None; of_row.n()];
        for row in all {
            let list = inputs.rows.list(row, "paraphrases")?;
            let list: Vec<&str> = list.iter().filter_map(|text| text.as_str()).map(str::trim).collect();
            let group = of_row.of_row[row];
            let mut push = |a: &str, b: &str, same| {
                texts.extend([a.to_owned(), b.to_owned()]);
                labels.push(same);
                keys.push(of_row.names[group].clone());
            };
            let Some(&first) = list.first() else {
                return Err(inputs
                    .rows
                    .fault(row, "`paraphrases` is an empty list; take the row out".to_owned()));
            };
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
