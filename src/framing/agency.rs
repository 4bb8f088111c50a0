use super::pair::View;
use super::part::{part_of, parts};
use super::question::{ABOVE_ZERO, UNDECIDED};
use super::{Answer, Dimension, Figure, Measure, Pair, Question, Shown, Side};
use crate::annotate::agency::agency;
use crate::records::{Clause, ClauseVoice, Evidence, FramingDifference, Part, Reading, Span};

const PASSIVE: &str = "passive";
const AGENTLESS_PASSIVE: &str = "agentless_passive";
const AGENCY: &str = "agency";

/// The measure.
pub(super) static MEASURE: Measure = Measure {
    name: "agency",
    figures: &[
        Figure {
            name: PASSIVE,
            doc: "Share of passive clauses among those in which something is done to someone, from 0 to 1.",
            question: None,
        },
        Figure {
            name: AGENTLESS_PASSIVE,
            doc: "Share of passive clauses that do not say by whom, among the same.",
            question: Some(&QUESTION),
        },
    ],
    dimensions: &[Dimension {
        name: AGENCY,
        doc: "Verbs that answer each other, of which one is passive, does not say by whom, or has another who acts. Values: `active` or `passive`, who does it, to whom.",
        shown: Shown::ValueAndWords,
    }],
    readings,
    differences: |pair, _| differences(pair),
    card: include_str!("../../docs/measures/agency.md"),
    may_be_replaced: false,
};

static QUESTION: Question = Question {
    title: "Passive voice",
    question: "In how many clauses is it left out who acted?",
    definition: "Take the verbs with someone or something that the act is done to: “police shot two men”, “two men were shot”. How many \
                 of them are in the passive without saying by whom? “Two men were shot” and “mistakes were made” leave it out; “were \
                 arrested by police” does not. “The shop is closed”, a state, is no passive.",
    is_of_voice: true,
    answers: &[
        Answer::new("none", "In none", "No such verb is in the passive, or each passive says by whom.", 0.0),
        Answer::new("some", "In some", "In fewer than half of them.", 1.0 / 3.0),
        Answer::new("half", "In half", "Such as in one clause of two.", 0.5),
        Answer::new("most", "In most or all", "Also where there is just one such verb.", 1.0),
        UNDECIDED,
    ],
    is_ordered: true,
    edges: &[ABOVE_ZERO, 0.5],
    bands: &["none", "below half", "half and more"],
};

/// The shares of passive clauses and of those that do not say by whom, among the clauses that have a patient, with their verbs.
fn readings(side: &Side<'_>) -> Vec<Reading> {
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
            reading(PASSIVE, found.passive, passive),
            reading(AGENTLESS_PASSIVE, found.agentless_passive, agentless),
        ])
    };
    parts(side.annotations.voice).iter().filter_map(of_part).flatten().collect()
}

/// Clauses around verbs that answer each other, of which one is passive and the other is not, or one says by whom and the other does not, or both
/// say it of others. The value is the voice, then who does it and to whom.
fn differences(pair: &Pair<'_, '_>) -> Vec<FramingDifference> {
    let [a, b] = pair.views();
    let verb = |view: &View<'_, '_>, clause: &Clause| view.side.words_in(&clause.verb).last();
    let answers = |x: &Clause, y: &Clause| {
        let by = verb(&a, x).and_then(|word| a.counterparts.by(word));
        by.is_some() && by == verb(&b, y)
    };
    let mut found = vec![];
    for of_a in a.side.clauses {
        let of_b = b.side.clauses.iter().find(|of_b| answers(of_a, of_b));
        let of_b = of_b.filter(|of_b| differs(of_a, of_b) || acts_otherwise(&a, of_a, of_b));
        found.extend(of_b.map(|of_b| a.difference(AGENCY, evidence(a.side, of_a), evidence(b.side, of_b))));
    }
    found
}

/// True where both say who acts, and neither word of the one answers one of the other; a pronoun may stand for anyone.
fn acts_otherwise(a: &View<'_, '_>, of_a: &Clause, of_b: &Clause) -> bool {
    let Some((x, y)) = of_a.agent.zip(of_b.agent) else { return false };
    let says = |side: &Side<'_>, span: &Span| side.words_in(span).any(|word| side.weight(word) > 0.0);
    let answered = a.side.words_in(&x).filter_map(|word| a.counterparts.by(word));
    let is_answered = answered.into_iter().any(|by| y.contains(&a.other.words()[by]));
    says(a.side, &x) && says(a.other, &y) && !is_answered
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
