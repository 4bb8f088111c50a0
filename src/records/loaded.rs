use super::Span;

/// A word or phrase of the list that judges while it tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoadedWord {
    /// The words, in bytes of the sentence.
    pub span: Span,
    /// By what: "insult", "alarm", "praise" (the sections of the list).
    pub kind: &'static str,
}

/// How loaded the language of a sentence is, with the words that make it so.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadedLanguage {
    /// In [0, 1]; from 0.5 on the measure takes the sentence as loaded.
    pub score: f32,
    /// The words of the list, and the words that move the model's part most, in the order of the text. Empty where there
    /// are none.
    pub words: Vec<LoadedEvidence>,
}

/// A word that makes a sentence loaded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LoadedEvidence {
    /// The words, in bytes of the sentence.
    pub span: Span,
    /// The section of the list; `None` for a word that is not in the list and that the model goes by.
    pub kind: Option<&'static str>,
    /// How far it raises the score, in logits: above 0 it speaks for loaded.
    pub share: f32,
}
