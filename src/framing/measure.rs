use std::collections::BTreeSet;

use super::heads;
use super::question::Question;
use super::salience::salience;
use super::{
    FramingOptions, Pair, Side, addition, agency, attribution, certainty, frames, loaded_language, placement,
};
use super::{quantity, quotation, tone, wording};
use crate::records::{FramingDifference, Reading};

/// One way to read a sentence and to compare two of them. Each stands in a file of its own, with a card in `docs/measures`.
#[derive(Debug)]
pub struct Measure {
    /// Its name: that of its file and its card.
    pub name: &'static str,
    /// What it reads in a sentence.
    pub figures: &'static [Figure],
    /// What can differ between two sentences.
    pub dimensions: &'static [Dimension],
    /// The figures of a sentence, of the outlet's own words and of quoted words apart.
    pub readings: fn(&Side<'_>) -> Vec<Reading>,
    /// What differs between two sentences of a claim, with the words that show it on both sides.
    pub differences: fn(&Pair<'_, '_>, &FramingOptions) -> Vec<FramingDifference>,
    /// Its card, in Markdown: what it means, how it is made, how good it is, what may not be inferred.
    pub card: &'static str,
    /// True where a head of the user's by the name of its only figure takes its place.
    pub may_be_replaced: bool,
}

/// A figure of a sentence: a name in the column `measure` of the tables `measures` and `outlets`.
#[derive(Debug)]
pub struct Figure {
    /// Its name.
    pub name: &'static str,
    /// What it is, with its unit and range.
    pub doc: &'static str,
    /// How people are asked about it; `None` where they are not.
    pub question: Option<&'static Question>,
}

/// A kind of difference: a name in the column `dimension` of the table `framing`.
#[derive(Debug)]
pub struct Dimension {
    /// Its name.
    pub name: &'static str,
    /// What differs, and what the values of the two sides are.
    pub doc: &'static str,
    /// What is shown of a side where there is little room.
    pub shown: Shown,
}

/// What is shown of one side of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Its words.
    Words,
    /// Its figure, then its words.
    Figure,
    /// The same with a plus before figures above 0.
    SignedFigure,
    /// What stands before the first semicolon of its value, then its words.
    ValueAndWords,
}

/// The measures that come with parallax, in the order of the tables. That of the frames is an experiment and has to be asked for.
static SHIPPED: [&Measure; 10] = [
    &tone::MEASURE,
    &wording::MEASURE,
    &addition::MEASURE,
    &loaded_language::MEASURE,
    &attribution::MEASURE,
    &certainty::MEASURE,
    &agency::MEASURE,
    &quantity::MEASURE,
    &quotation::MEASURE,
    &placement::MEASURE,
];

/// The measures of a run: those that come with parallax, any that a program adds, and the heads that the user brought.
#[derive(Debug, Clone)]
pub struct Measures {
    list: Vec<&'static Measure>,
    heads: Vec<String>,
}

impl Default for Measures {
    fn default() -> Self {
        Self::shipped()
    }
}

impl Measures {
    /// Those that come with parallax.
    pub fn shipped() -> Self {
        Self { list: SHIPPED.to_vec(), heads: vec![] }
    }

    /// The same with the policy frames, an experiment: two of three of their words may be wrong on other topics than the lists were made with.
    pub fn with_frames() -> Self {
        let mut measures = Self::shipped();
        measures.list.push(&frames::MEASURE);
        measures
    }

    /// Adds a measure behind the others.
    ///
    /// # Errors
    /// The name of a figure or dimension that is there already.
    pub fn with(mut self, measure: &'static Measure) -> Result<Self, String> {
        self.list.push(measure);
        self.check()
    }

    /// Adds the figures of heads, in the order of [`Encoding::scores`](crate::records::Encoding::scores). A head takes the place of a measure
    /// that may be replaced.
    ///
    /// # Errors
    /// The name of a figure that is there already.
    pub fn with_heads(mut self, names: Vec<String>) -> Result<Self, String> {
        let is_replaced = |measure: &Measure| {
            measure.may_be_replaced
                && measure.figures.iter().any(|figure| names.iter().any(|name| name == figure.name))
        };
        self.list.retain(|measure| !is_replaced(measure));
        self.heads = names;
        self.check()
    }

    /// Names a figure or dimension that is there twice. A figure and a dimension of one measure may share a name.
    fn check(self) -> Result<Self, String> {
        let mut taken: BTreeSet<&str> = BTreeSet::new();
        for measure in &self.list {
            let names = measure.figures.iter().map(|figure| figure.name);
            let of_measure: BTreeSet<&str> =
                names.chain(measure.dimensions.iter().map(|dimension| dimension.name)).collect();
            if let Some(twice) = of_measure.iter().find(|name| taken.contains(*name)) {
                return Err((*twice).to_owned());
            }
            taken.extend(of_measure);
        }
        match self.heads.iter().find(|head| !taken.insert(head)) {
            Some(twice) => Err(twice.clone()),
            None => Ok(self),
        }
    }

    /// The measures in the order of the tables, without heads.
    pub fn list(&self) -> &[&'static Measure] {
        &self.list
    }

    /// The names of the heads' figures.
    pub fn heads(&self) -> &[String] {
        &self.heads
    }

    /// Every figure but those of heads.
    pub fn figures(&self) -> impl Iterator<Item = &'static Figure> {
        self.list.iter().flat_map(|measure| measure.figures)
    }

    /// Every dimension but those of heads.
    pub fn dimensions(&self) -> impl Iterator<Item = &'static Dimension> {
        self.list.iter().flat_map(|measure| measure.dimensions)
    }

    /// What is shown of a side of a difference of this dimension.
    pub fn shown(&self, dimension: &str) -> Shown {
        let found = self.dimensions().find(|of| of.name == dimension);
        found.map_or(Shown::Figure, |dimension| dimension.shown)
    }

    /// Every figure of one sentence: each measure for the outlet's own words and for quoted words apart.
    pub fn readings(&self, side: &Side<'_>) -> Vec<Reading> {
        let mut found: Vec<Reading> = self.list.iter().flat_map(|measure| (measure.readings)(side)).collect();
        found.extend(heads::readings(side, &self.heads));
        found
    }

    /// The differences in the framing of one claim by two outlets that are worth a row, the most salient first; of equals in the order of
    /// the measures. `probability` is that of the two sentences making one claim: where they do not, no difference is worth anything.
    pub fn differences(
        &self,
        pair: &Pair<'_, '_>,
        probability: f32,
        options: &FramingOptions,
    ) -> Vec<FramingDifference> {
        let mut found = self.proposed(pair, options);
        found.iter_mut().for_each(|difference| difference.salience *= probability);
        rows(found, options.min_salience)
    }

    /// Everything that any measure marks, with its salience, in the order of the measures.
    pub fn proposed(&self, pair: &Pair<'_, '_>, options: &FramingOptions) -> Vec<FramingDifference> {
        let mut found: Vec<FramingDifference> =
            self.list.iter().flat_map(|measure| (measure.differences)(pair, options)).collect();
        if pair.is_one_text() {
            found.retain(|difference| !OF_TEXT.contains(&&*difference.dimension));
        }
        let salience: Vec<f32> = found.iter().map(|difference| salience(pair, difference, &found)).collect();
        found.iter_mut().zip(salience).for_each(|(difference, salience)| difference.salience = salience);
        found.extend(heads::differences(pair, &self.heads, options.min_head));
        found
    }
}

/// What becomes a row of what was marked: what has the least salience, the most salient first. A word is in one row of choices of words and additions,
/// the more salient one; a loaded word or a tone within such a row is no further one.
pub fn rows(mut marked: Vec<FramingDifference>, least_salience: f32) -> Vec<FramingDifference> {
    marked.retain(|difference| difference.salience >= least_salience);
    marked.sort_by(|x, y| y.salience.total_cmp(&x.salience));
    let rank = |of: &FramingDifference| OF_WORDS.iter().position(|group| group.contains(&&*of.dimension));
    let mut order: Vec<usize> = (0..marked.len()).collect();
    order.sort_by_key(|&at| rank(&marked[at]));
    let mut kept: Vec<usize> = vec![];
    for at in order {
        let says_it = |&row: &usize| rank(&marked[row]).is_some() && says_it(&marked[row], &marked[at]);
        if rank(&marked[at]).is_none() || !kept.iter().any(says_it) {
            kept.push(at);
        }
    }
    let marked = marked.into_iter().enumerate();
    marked.filter(|(at, _)| kept.contains(at)).map(|(_, difference)| difference).collect()
}

/// True where a row has words of the difference on every side on which that has some.
fn says_it(row: &FramingDifference, difference: &FramingDifference) -> bool {
    let sides = [(difference.a.span, row.a.span), (difference.b.span, row.b.span)];
    let mut told = sides.into_iter().filter_map(|(ours, theirs)| Some((ours?, theirs)));
    told.all(|(ours, theirs)| theirs.is_some_and(|theirs| theirs.overlaps(&ours)))
}

/// Dimensions that two prints of the same words cannot differ in.
const OF_TEXT: [&str; 9] = [
    "tone",
    "wording",
    "labelling",
    "addition",
    "loaded_language",
    "attribution",
    "certainty",
    "agency",
    "quantity",
];

/// Dimensions whose rows are of words, each of which is in one; the later group gives way.
const OF_WORDS: [&[&str]; 2] = [&["addition", "wording", "labelling"], &["loaded_language", "tone"]];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::{Evidence, Span};

    static OTHER: Measure = Measure {
        name: "other",
        figures: &[Figure { name: "boosters", doc: "Taken.", question: None }],
        dimensions: &[],
        readings: |_| vec![],
        differences: |_, _| vec![],
        card: "",
        may_be_replaced: false,
    };

    #[test]
    fn no_two_measures_share_a_name() {
        assert!(Measures::shipped().check().is_ok());
        assert_eq!(Measures::shipped().with(&OTHER).unwrap_err(), "boosters");
        for (heads, taken) in [
            (vec!["hype"], None),
            (vec!["loaded_language"], None),
            (vec!["hype", "hype"], Some("hype")),
            (vec!["frame_economic"], None),
            (vec!["certainty"], Some("certainty")),
            (vec!["labelling"], Some("labelling")),
            (vec!["addition"], Some("addition")),
        ] {
            let heads = heads.into_iter().map(str::to_owned).collect();
            assert_eq!(Measures::shipped().with_heads(heads).err().as_deref(), taken);
        }
    }

    #[test]
    fn words_are_in_one_row() {
        let difference = |dimension: &'static str, a: Option<(usize, usize)>, b: Option<(usize, usize)>| {
            let evidence = |span: Option<(usize, usize)>| Evidence {
                span: span.map(|(start, end)| Span::new(start, end)),
                value: String::new(),
            };
            let (a, b) = (evidence(a), evidence(b));
            FramingDifference { dimension: dimension.into(), a, b, difference: None, salience: 0.0 }
        };
        let sorted = vec![
            difference("loaded_language", Some((5, 9)), None),
            difference("addition", Some((0, 20)), None),
            difference("wording", Some((0, 4)), Some((3, 8))),
            difference("labelling", Some((2, 6)), Some((4, 9))),
            difference("attribution", Some((0, 4)), None),
            difference("placement", None, None),
        ];
        let rows = rows(sorted, 0.0);
        let rows: Vec<&str> = rows.iter().map(|row| &*row.dimension).collect();
        // The loaded word is part of what is added, and the label of the choice of words.
        assert_eq!(rows, ["addition", "wording", "attribution", "placement"]);
    }

    #[test]
    fn frames_are_there_where_they_are_asked_for() {
        assert!(Measures::shipped().figures().all(|figure| !figure.name.starts_with("frame_")));
        let head = vec!["frame_economic".to_owned()];
        assert_eq!(Measures::with_frames().with_heads(head).unwrap_err(), "frame_economic");
    }

    #[test]
    fn a_head_takes_the_place_of_a_measure_that_may_be_replaced() {
        let replaced = Measures::shipped().with_heads(vec!["loaded_language".to_owned()]).unwrap();
        assert!(replaced.list().iter().all(|measure| measure.name != "loaded_language"));
        assert_eq!(replaced.list().len(), Measures::shipped().list().len() - 1);
    }
}
