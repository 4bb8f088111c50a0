use ndarray::Array2;

use super::Side;
use super::counterpart::{Counterparts, aligned};
use super::tree::Tree;
use crate::records::{Dependency, Evidence, FramingDifference, Span, WordAlignment};

/// Two sentences of one claim, with what each has of the other.
pub struct Pair<'pair, 'run> {
    /// Outlet a's.
    pub a: &'pair Side<'run>,
    /// Outlet b's.
    pub b: &'pair Side<'run>,
    /// Which of their words answer each other.
    pub alignment: &'pair WordAlignment,
    /// What b has for each word of a, and a for each word of b.
    pub counterparts: [Counterparts; 2],
    /// Cosine of every word of a with every word of b.
    pub(super) cosines: Array2<f32>,
    trees: [Option<Tree<'run>>; 2],
}

/// One side of a pair, seen from there.
#[derive(Clone, Copy)]
pub(super) struct View<'view, 'run> {
    pub side: &'view Side<'run>,
    pub other: &'view Side<'run>,
    /// What the other side has for each word.
    pub counterparts: &'view Counterparts,
    /// What this side has for each word of the other.
    pub other_counterparts: &'view Counterparts,
    pub tree: Option<&'view Tree<'run>>,
    pub other_tree: Option<&'view Tree<'run>>,
    cosines: &'view Array2<f32>,
    is_a: bool,
}

impl<'pair, 'run> Pair<'pair, 'run> {
    /// Finds the counterparts of each word.
    pub fn new(a: &'pair Side<'run>, b: &'pair Side<'run>, alignment: &'pair WordAlignment) -> Self {
        let counterparts = [
            Counterparts::new(a, b, &aligned(alignment, true)),
            Counterparts::new(b, a, &aligned(alignment, false)),
        ];
        let cosines = a.encoding.words.cosines(&b.encoding.words);
        let trees = [a, b].map(|side| Tree::new(side.text, side.encoding));
        Self { a, b, alignment, counterparts, cosines, trees }
    }

    /// True where each has every word of the other, in whatever form, but for names.
    pub fn is_one_text(&self) -> bool {
        let is_said = |view: &View<'_, '_>| {
            let mut words = view.side.words().iter().enumerate();
            words.all(|(word, span)| view.counterparts.is_same(word) || view.side.is_name(span))
        };
        self.views().iter().all(is_said)
    }

    pub(super) fn views(&self) -> [View<'_, 'run>; 2] {
        let view = |at: usize| {
            let (side, other) = if at == 0 { (self.a, self.b) } else { (self.b, self.a) };
            View {
                side,
                other,
                counterparts: &self.counterparts[at],
                other_counterparts: &self.counterparts[1 - at],
                tree: self.trees[at].as_ref(),
                other_tree: self.trees[1 - at].as_ref(),
                cosines: &self.cosines,
                is_a: at == 0,
            }
        };
        [view(0), view(1)]
    }
}

/// Relations in which one thing stands below a word, or where another has the same opener.
const OF_ONE: [Dependency; 9] = [
    Dependency::Subject,
    Dependency::PassiveSubject,
    Dependency::Object,
    Dependency::Agent,
    Dependency::Oblique,
    Dependency::NominalModifier,
    Dependency::AdverbialClause,
    Dependency::NounClause,
    Dependency::Complement,
];

impl View<'_, '_> {
    /// A difference of which this side has `ours` and the other `theirs`.
    pub fn difference(&self, dimension: &'static str, ours: Evidence, theirs: Evidence) -> FramingDifference {
        let (a, b) = if self.is_a { (ours, theirs) } else { (theirs, ours) };
        FramingDifference { dimension: dimension.into(), a, b, difference: None, salience: 0.0 }
    }

    /// A figure of this side less one of the other, as a less b.
    pub fn signed(&self, difference: f32) -> f32 {
        if self.is_a { difference } else { -difference }
    }

    /// Words of the other sentence that answer those of a phrase of this one: from the first to the last, where they are close
    /// together; `None` where nothing answers it.
    pub fn answering(&self, phrase: &Span) -> Option<Span> {
        let mut by: Vec<usize> =
            self.side.words_in(phrase).filter_map(|word| self.counterparts.by(word)).collect();
        by.sort_unstable();
        by.dedup();
        self.other.cover(&by)
    }

    /// The word of the other sentence that stands at the same place of the syntax and is of the same class: below a word that answers the one that this stands
    /// below, in the same way, opened by the same word ("after", "by"). `None` for a place at which many things may stand side by side.
    pub fn at_the_place_of(&self, word: usize) -> Option<usize> {
        let (tree, theirs) = self.tree.zip(self.other_tree)?;
        let relation = tree.relation(word);
        if !OF_ONE.contains(&relation) {
            return None;
        }
        let above = tree.head(word).and_then(|head| self.counterparts.by(head))?;
        let opener = |tree: &Tree<'_>, side: &Side<'_>, word: usize| {
            let opens =
                |below: &&usize| matches!(tree.relation(**below), Dependency::Case | Dependency::Marker);
            tree.below(word).iter().find(opens).map(|&opener| side.word(opener).to_lowercase())
        };
        let ours = opener(tree, self.side, word);
        let is_same = |&below: &usize| {
            theirs.relation(below) == relation
                && theirs.class(below) == tree.class(word)
                && opener(theirs, self.other, below) == ours
        };
        theirs.below(above).iter().copied().find(is_same)
    }

    /// Cosine of a word with the nearest of the other sentence, 0 at least.
    pub fn nearest(&self, word: usize) -> f32 {
        let cosines = if self.is_a { self.cosines.row(word) } else { self.cosines.column(word) };
        cosines.iter().copied().fold(0.0, f32::max)
    }

    /// The words that say something and that the other sentence has too.
    pub fn shared(&self) -> impl Iterator<Item = usize> + '_ {
        let words = 0..self.side.words().len();
        words.filter(|&word| self.side.says_something(word) && self.counterparts.is_same(word))
    }

    /// True for a word that says something and that the other sentence has nothing for.
    pub fn is_new(&self, word: usize) -> bool {
        self.side.says_something(word) && !self.counterparts.is_answered(word)
    }
}
