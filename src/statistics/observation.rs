use crate::records::Part;

/// One measure in one part of the sentences of claims: what the estimates of outlets are made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// The measure's name in the tables.
    pub measure: String,
    /// Whose words were measured.
    pub part: Part,
    /// One for each sentence for which the measure has a figure.
    pub observations: Vec<Observation>,
}

/// The figure of one sentence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Observation {
    /// Number of the claim that the sentence makes.
    pub claim: usize,
    /// Number of the claim's event.
    pub event: usize,
    /// Position of the sentence's outlet in the list of outlets.
    pub outlet: usize,
    /// Number of the sentence's text: the same for a sentence and its copies.
    pub text: usize,
    /// The figure.
    pub value: f64,
}
