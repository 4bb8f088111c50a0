use super::Side;
use super::part::{part_of, parts};
use crate::annotate::agency::agency;
use crate::records::{
    Clause, ClauseVoice, Dimension, Evidence, FramingDifference, Part, Reading, Span, WordAlignment,
};

/// The measures' names in the tables.
pub(super) const MEASURES: [&str; 2] = ["passive", "agentless_passive"];

/// The shares of passive clauses and of those that do not say by whom, among the clauses that have a patient, with their verbs.
pub(super) fn readings(side: &Side<'_>) -> Vec<Reading> {
    let clauses = side.clauses;
    let of_part = |&part: &Part| {
        let is_of_part = |clause: &Clause| part_of(side.annotations, &clause.verb) == part;
        let found = agency(clauses, is_of_part)?;
        let verbs = |is: &dyn Fn(&Clause) -> bool| -> Vec<Span> {
            clauses
                .iter()
                .filter(|clause| is_of_part(clause) && is(clause))
                .map(|clause| clause.verb)
                .collect()
        };
        let passive = verbs(&|clause| clause.voice == ClauseVoice::Passive);
        let agentless = verbs(&Clause::is_agentless_passive);
        let reading =
            |measure: &'static str, value, words| Reading { measure: measure.into(), part, value, words };
        Some([
            reading(MEASURES[0], found.passive, passive),
            reading(MEASURES[1], found.agentless_passive, agentless),
        ])
    };
    parts(side.annotations.voice).iter().filter_map(of_part).flatten().collect()
}

/// Clauses around verbs that answer each other, of which one is passive and the other is not, or one says by whom and the
/// other does not. The value is the voice, then who does it and to whom.
pub(super) fn differences(a: &Side<'_>, b: &Side<'_>, alignment: &WordAlignment) -> Vec<FramingDifference> {
    // The words of a pair of phrases answer each other one by one.
    let place = |side: &Side<'_>, phrase: &Span, verb: &Span| {
        let words = side.encoding.words.spans.iter().filter(|word| phrase.contains(word));
        words.enumerate().find(|(_, word)| word.end == verb.end).map(|(place, _)| place)
    };
    let answers = |x: &Clause, y: &Clause| {
        alignment.pairs.iter().any(|pair| {
            let places = place(a, &pair.a, &x.verb).zip(place(b, &pair.b, &y.verb));
            places.is_some_and(|(of_a, of_b)| of_a == of_b)
        })
    };
    let mut found = vec![];
    for of_a in a.clauses {
        let of_b = b.clauses.iter().find(|of_b| answers(of_a, of_b));
        found.extend(of_b.filter(|of_b| differs(of_a, of_b)).map(|of_b| FramingDifference {
            dimension: Dimension::Agency,
            a: evidence(a, of_a),
            b: evidence(b, of_b),
            difference: None,
        }));
    }
    found
}

/// True where the voices differ, or only one passive clause names who does it.
fn differs(a: &Clause, b: &Clause) -> bool {
    let is_passive = |clause: &Clause| clause.voice == ClauseVoice::Passive;
    let has_patient = |clause: &Clause| clause.patient.is_some() || is_passive(clause);
    let is_agentless = |clause: &Clause| clause.is_agentless_passive();
    has_patient(a) && has_patient(b) && (is_passive(a) != is_passive(b) || is_agentless(a) != is_agentless(b))
}

fn evidence(side: &Side<'_>, clause: &Clause) -> Evidence {
    let voice = clause.voice.as_str();
    let named = |span: Option<Span>| span.map_or("not named", |span| span.slice(side.text));
    let value = format!("{voice}; agent: {}; patient: {}", named(clause.agent), named(clause.patient));
    Evidence { span: Some(clause.verb), value }
}
