use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize, Serializer};

use crate::records::{Annotations, Name, Quantity, QuantityKind, Span, TokenStates};

/// How rare each name, date and word is among the sentences of the run.
///
/// Counts of two parts of a corpus can be merged ([`NameFrequency::merge`]) if names were counted with the same [`ShortNames`] in both.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct NameFrequency {
    short: ShortNames,
    n_sentences: usize,
    sentences_with: BTreeMap<String, usize>,
    /// How many sentences hold each word, in lower case.
    #[serde(serialize_with = "in_order")]
    sentences_with_word: HashMap<String, usize>,
}

/// The same counts are the same bytes.
fn in_order<S: Serializer>(counts: &HashMap<String, usize>, serializer: S) -> Result<S::Ok, S::Error> {
    counts.iter().collect::<BTreeMap<_, _>>().serialize(serializer)
}

/// The names of one word that a corpus has: where it has "Morales", "Jimmy Morales" is compared as "Morales".
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShortNames(BTreeSet<String>);

impl ShortNames {
    /// Those of some sentences.
    pub fn new<'run>(annotations: impl IntoIterator<Item = &'run Annotations>) -> Self {
        let names = annotations.into_iter().flat_map(|annotations| &annotations.names);
        Self(names.filter(|name| !name.key.contains(' ')).map(|name| name.key.clone()).collect())
    }

    /// Those of two parts of a corpus.
    pub fn merge(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }
}

impl NameFrequency {
    /// Counts of no sentence.
    pub fn new(short: ShortNames) -> Self {
        Self { short, ..Self::default() }
    }

    /// Counts of all these sentences at once; `sentences` gives each that was encoded with its words.
    pub fn of<'run>(
        annotations: &[Annotations],
        sentences: impl IntoIterator<Item = (&'run str, &'run TokenStates)>,
    ) -> Self {
        let mut frequency = Self::new(ShortNames::new(annotations));
        annotations.iter().for_each(|annotations| frequency.count_names(annotations));
        sentences.into_iter().for_each(|(text, words)| frequency.count_words(text, &words.spans));
        frequency
    }

    /// Counts the names and dates of one more sentence.
    pub fn count_names(&mut self, annotations: &Annotations) {
        self.n_sentences += 1;
        for anchor in self.anchors(annotations) {
            *self.sentences_with.entry(anchor).or_insert(0) += 1;
        }
    }

    /// Counts the words of one more sentence.
    pub fn count_words(&mut self, text: &str, words: &[Span]) {
        let distinct: BTreeSet<String> = words.iter().map(|span| span.slice(text).to_lowercase()).collect();
        for word in distinct {
            *self.sentences_with_word.entry(word).or_insert(0) += 1;
        }
    }

    /// The counts of two parts of a corpus that share no sentence.
    pub fn merge(mut self, other: Self) -> Self {
        self.short = self.short.merge(other.short);
        self.n_sentences += other.n_sentences;
        for (anchor, n) in other.sentences_with {
            *self.sentences_with.entry(anchor).or_insert(0) += n;
        }
        for (word, n) in other.sentences_with_word {
            *self.sentences_with_word.entry(word).or_insert(0) += n;
        }
        self
    }

    /// How rare a word is among the sentences of the run: ln((N + 1) / n) / ln(N + 1), from near 0 for a word of every
    /// sentence to 1 for a word of one. `word` is in lower case.
    pub(super) fn word_rarity(&self, word: &str) -> f32 {
        let n = self.sentences_with_word.get(word).copied().unwrap_or(0).max(1);
        let all = (self.n_sentences + 1) as f32;
        (all / n as f32).ln() / all.ln()
    }

    /// The form in which a name is compared: its last word where the run has that word as a name of its own, so that
    /// "Jimmy Morales" is "Morales"; the whole name otherwise, so that "United States" stays whole.
    pub(super) fn anchor(&self, name: &Name) -> String {
        let last = name.key.rsplit(' ').next().unwrap_or_default();
        if self.short.0.contains(last) { last.to_owned() } else { name.key.clone() }
    }

    /// ln((N + 1) / n): 0 for what stands in every sentence.
    fn weight(&self, anchor: &str) -> f32 {
        let n = self.sentences_with.get(anchor).copied().unwrap_or(0).max(1);
        ((self.n_sentences + 1) as f32 / n as f32).ln()
    }

    /// What ties a sentence to the world: its names and dates.
    fn anchors(&self, annotations: &Annotations) -> BTreeSet<String> {
        let names = annotations.names.iter().map(|name| self.anchor(name));
        names.chain(dates(annotations)).collect()
    }

    /// Dice coefficient of the two sentences' names and of the dates that both have, each weighted by its rarity, in
    /// [0, 1]; `None` where either has none. A date that only one side has says nothing here: leaving it out is no
    /// disagreement, and another date is for the check of dates to find.
    pub(super) fn overlap(&self, a: &Annotations, b: &Annotations) -> Option<f32> {
        let (dates_a, dates_b): (BTreeSet<String>, BTreeSet<String>) =
            (dates(a).collect(), dates(b).collect());
        let (mut a, mut b) = (self.anchors(a), self.anchors(b));
        let is_of_one_side = |anchor: &String| dates_a.contains(anchor) != dates_b.contains(anchor);
        a.retain(|anchor| !is_of_one_side(anchor));
        b.retain(|anchor| !is_of_one_side(anchor));
        if a.is_empty() || b.is_empty() {
            return None;
        }
        let sum = |anchors: &mut dyn Iterator<Item = &String>| {
            anchors.map(|anchor| self.weight(anchor)).sum::<f32>()
        };
        let total = sum(&mut a.iter()) + sum(&mut b.iter());
        Some(if total > 0.0 { 2.0 * sum(&mut a.intersection(&b)) / total } else { 1.0 })
    }
}

fn dates(annotations: &Annotations) -> impl Iterator<Item = String> {
    annotations.quantities.iter().filter_map(date_anchor)
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
