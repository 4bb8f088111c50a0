use super::Span;

/// A word or phrase that speaks for a policy frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameWord {
    /// The words, in bytes of the sentence.
    pub span: Span,
    /// The frame: "economic", "health_and_safety".
    pub frame: &'static str,
}

/// How far a sentence speaks in the words of a policy frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FrameScore {
    /// The frame: "economic", "health_and_safety".
    pub frame: &'static str,
    /// The share of the sentence's content words that are of the frame, in [0, 1]; 0 for a sentence without content words.
    pub score: f32,
}
