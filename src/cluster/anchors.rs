use std::collections::{BTreeMap, BTreeSet};

use crate::records::{Annotations, Quantity, QuantityKind};

/// How rare each name and date is among the sentences of the run.
#[derive(Debug, Clone, Default)]
pub struct NameFrequency {
    sentences_with: BTreeMap<String, usize>,
    n_sentences: usize,
}

impl NameFrequency {
    /// Counts the sentences that each name and date stands in.
    pub fn new(annotations: &[Annotations]) -> Self {
        let mut sentences_with = BTreeMap::new();
        for anchor in annotations.iter().flat_map(anchors) {
            *sentences_with.entry(anchor).or_insert(0) += 1;
        }
        Self {
            sentences_with,
            n_sentences: annotations.len(),
        }
    }

    /// ln((N + 1) / n): 0 for what stands in every sentence.
    fn weight(&self, anchor: &str) -> f32 {
        let n = self.sentences_with.get(anchor).copied().unwrap_or(0).max(1);
        ((self.n_sentences + 1) as f32 / n as f32).ln()
    }

    /// Dice coefficient of the two sentences' names and dates, each weighted by its rarity, in [0, 1]; `None` where
    /// either has none.
    pub(super) fn overlap(&self, a: &Annotations, b: &Annotations) -> Option<f32> {
        let (a, b) = (anchors(a), anchors(b));
        if a.is_empty() || b.is_empty() {
            return None;
        }
        let sum = |anchors: &mut dyn Iterator<Item = &String>| {
            anchors.map(|anchor| self.weight(anchor)).sum::<f32>()
        };
        let total = sum(&mut a.iter()) + sum(&mut b.iter());
        Some(if total > 0.0 {
            2.0 * sum(&mut a.intersection(&b)) / total
        } else {
            1.0
        })
    }
}

/// What ties a sentence to the world: the last word of each name, so that "Morales" is "Jimmy Morales", and the dates.
fn anchors(annotations: &Annotations) -> BTreeSet<String> {
    let names = annotations.names.iter().map(|name| name_anchor(&name.key));
    let dates = annotations.quantities.iter().filter_map(date_anchor);
    names.chain(dates).collect()
}

/// "united states" stays whole: its last word alone names nothing.
pub(super) fn name_anchor(key: &str) -> String {
    match key.rsplit(' ').next() {
        Some(last) if !last.ends_with('s') || key.split(' ').count() == 1 => last.to_owned(),
        _ => key.to_owned(),
    }
}

fn date_anchor(quantity: &Quantity) -> Option<String> {
    match quantity.kind {
        // A day and its month are the same anchor: one outlet gives the day, the other the month.
        QuantityKind::Date if quantity.value >= 100.0 => {
            Some(format!("month {}", (quantity.value / 100.0).floor()))
        }
        QuantityKind::Date => Some(format!("weekday {}", quantity.value)),
        QuantityKind::Year => Some(format!("year {}", quantity.value)),
        _ => None,
    }
}
