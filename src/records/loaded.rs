use serde::{Deserialize, Serialize};

use super::named::named;
use super::{Score, Span};

named! {
    /// In what way a word is loaded: the sections of our list.
    LoadedKind, 16:
    /// What people are called.
    Insult = "insult",
    /// Doubt, mockery, knowing better.
    Sneer = "sneer",
    /// Disaster, fear, things out of hand.
    Alarm = "alarm",
    /// Strong words for criticism.
    Attack = "attack",
    /// Violence, where none was done.
    Violence = "violence",
    /// Heroes, splendour, virtue.
    Praise = "praise",
    /// Disgust, failure, folly, vice.
    Scorn = "scorn",
    /// Bigotry, tyranny, oppression.
    Accusation = "accusation",
    /// Names of political camps and of what they want.
    Label = "label",
    /// Hidden hands.
    Conspiracy = "conspiracy",
    /// Untruth, flight, betrayal.
    Deceit = "deceit",
    /// How somebody said it.
    Speaking = "speaking",
    /// More than plain.
    Intensifier = "intensifier",
    /// The writer's own view.
    Stance = "stance",
    /// Small, stupid, weak.
    Belittle = "belittle",
    /// Sensation.
    Hype = "hype",
}

/// A word or phrase of the list that judges while it tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadedWord {
    /// The words, in bytes of the sentence.
    pub span: Span,
    /// In what way.
    pub kind: LoadedKind,
}

/// How loaded the language of a sentence is, with the words that make it so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LoadedLanguage {
    /// In [0, 1]; from 0.5 on the measure takes the sentence as loaded.
    pub score: f32,
    /// The words of the list, and the words that move the model's part most, in the order of the text. Empty where there
    /// are none.
    pub words: Vec<LoadedEvidence>,
}

/// A word that makes a sentence loaded.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LoadedEvidence {
    /// The words, in bytes of the sentence.
    pub span: Span,
    /// The section of the list; `None` for a word that is not in the list and that the model goes by.
    pub kind: Option<LoadedKind>,
    /// How far it raises the score, in logits: above 0 it speaks for loaded.
    pub share: f32,
}

/// A text that holds names of the run's outlets, read with the names hidden. It depends on the run, so it is no part of the
/// text's [`Encoding`](super::Encoding).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Masked {
    /// The names' spans in the text as it was, in order.
    pub names: Vec<Span>,
    /// What the loaded-language head says of the text with the names hidden, with its shares handed to the words of the text
    /// as it was: 0 for words of a name. `None` where the model brings no such head.
    pub loaded: Option<Score>,
}

impl Masked {
    /// True for words that are part of a name.
    pub fn hides(&self, words: &Span) -> bool {
        self.names.iter().any(|name| name.overlaps(words))
    }
}
