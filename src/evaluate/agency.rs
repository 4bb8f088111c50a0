use super::Task;
use super::conllu::{Token, tokens};
use super::evaluation::{Evaluation, Figures};
use super::figures::Overlap;
use super::inputs::Inputs;
use crate::annotate::agency::{Roles, roles};
use crate::error::{Error, Result};
use crate::records::{ClauseVoice, Span};

/// What was found in one sentence beside what is labelled.
#[derive(Debug, Default)]
struct Scored {
    passive: Overlap,
    /// The same by [`by_rules`].
    passive_by_rules: Overlap,
    /// Of the passive clauses that were found: right about whether somebody is named, and all.
    named: Share,
    /// The same by [`by_rules`].
    named_by_rules: Share,
    /// "By" phrases, over all passive clauses.
    by: Overlap,
    agent: Overlap,
    patient: Overlap,
}

#[derive(Debug, Default, Clone, Copy)]
struct Share {
    right: f64,
    all: f64,
}

/// A clause of the treebank, by positions in the list of words.
struct Labelled {
    verb: usize,
    is_passive: bool,
    agents: Vec<usize>,
    patients: Vec<usize>,
}

/// Who does what to whom: passive clauses, their "by" phrases, and the heads of agents and patients. Rows are the sentences of a
/// treebank with the relations of Universal Dependencies.
pub(super) fn evaluate(inputs: &Inputs<'_>) -> Result<Evaluation> {
    let (rows, trees) = inputs.usable(|row| {
        inputs.text(row)?;
        tokens(inputs.rows, row)
    })?;
    let (texts, groups) = inputs.texts(&rows)?;
    let (encoder, model) = inputs.encoder()?;
    let encodings = inputs.encode(&encoder, &texts)?;
    let mut scored = vec![];
    for (tree, (text, encoding)) in trees.iter().zip(texts.iter().zip(&encodings)) {
        let Some(parse) = &encoding.syntax else {
            return Err(Error::Usage {
                message: format!(
                    "the model {model} has no syntax head; use parallax-en, or a model with heads/syntax.safetensors"
                ),
            });
        };
        let words = &encoding.words.spans;
        let labelled = labelled(tree, words);
        scored.push(score(&labelled, &roles(text, words, parse), &by_rules(text, words)));
    }
    let bootstrap = inputs.bootstrap(&groups);
    let mut evaluation = inputs.evaluation(Task::Agency, "sentence", rows.len(), &groups);
    evaluation.model = model;
    let mut figures = Figures::new(&bootstrap, rows.len());
    let sum = |of: fn(&Scored) -> Overlap, weights: &[f64]| {
        Overlap::sum(&scored.iter().map(of).collect::<Vec<_>>(), weights)
    };
    let share = |of: fn(&Scored) -> Share, weights: &[f64]| {
        let total = |part: fn(&Share) -> f64| -> f64 {
            scored.iter().zip(weights).map(|(row, weight)| weight * part(&of(row))).sum()
        };
        total(|share| share.right) / total(|share| share.all)
    };
    figures.add("passive precision", |weights| sum(|row| row.passive, weights).precision());
    figures.add("passive recall", |weights| sum(|row| row.passive, weights).recall());
    figures.add("passive F1", |weights| sum(|row| row.passive, weights).f1());
    figures.add("agentless or by, accuracy", |weights| share(|row| row.named, weights));
    figures.add("by-agent F1", |weights| sum(|row| row.by, weights).f1());
    figures.add("agent F1", |weights| sum(|row| row.agent, weights).f1());
    figures.add("patient F1", |weights| sum(|row| row.patient, weights).f1());
    let by_rules: fn(&Scored) -> Overlap = |row| row.passive_by_rules;
    figures.add_baseline("passive precision", |weights| sum(by_rules, weights).precision());
    figures.add_baseline("passive recall", |weights| sum(by_rules, weights).recall());
    figures.add_baseline("passive F1", |weights| sum(by_rules, weights).f1());
    figures.add_baseline("agentless or by, accuracy", |weights| share(|row| row.named_by_rules, weights));
    evaluation.figures = figures.list;
    let total = |of: fn(&Scored) -> f64| scored.iter().map(of).sum::<f64>();
    evaluation.notes = vec![
        format!(
            "{} passive clauses, {} of them with \"by\" and who; {} agents and {} patients are labelled. A head is right where it \
             is that of the same verb. Accuracy is over the passive clauses that were found.",
            total(|row| row.passive.labelled),
            total(|row| row.by.labelled),
            total(|row| row.agent.labelled),
            total(|row| row.patient.labelled),
        ),
        "The baseline is a form of \"be\" or \"get\" and, at most two words on, one in -ed or -en or an irregular participle; \
         \"by\" among the three words behind it names who."
            .to_owned(),
        "The bundled syntax head was trained on UD English EWT: of that treebank only the documents that \
         models/train_syntax.py holds out (its --held-out writes them) say anything about it."
            .to_owned(),
    ];
    Ok(evaluation)
}

/// Relations of participles and gerunds that are no clauses.
const MODIFIERS: [&str; 9] = ["amod", "compound", "case", "mark", "fixed", "flat", "cc", "advmod", "det"];

fn labelled(tokens: &[Token], words: &[Span]) -> Vec<Labelled> {
    let word = |token: usize| words.iter().position(|word| word.overlaps(&tokens[token].span));
    let is_verb = |token: &usize| {
        let Token { upos, relation, features, .. } = &tokens[*token];
        upos == "VERB"
            && !MODIFIERS.contains(&main(relation))
            && (!features.contains("Voice=Pass") || is_passive(tokens, *token))
    };
    let clause = |token: usize| {
        let is_passive = is_passive(tokens, token);
        let below = |wanted: &dyn Fn(&str) -> bool| -> Vec<usize> {
            let belongs = |below: &&Token| {
                below.enhanced.iter().any(|(head, relation)| *head == token && wanted(relation))
            };
            let below = tokens.iter().enumerate().filter(|(_, below)| belongs(below));
            below.filter_map(|(below, _)| word(below)).collect()
        };
        let subjects =
            below(&|relation| relation.starts_with("nsubj") && !relation.starts_with("nsubj:outer"));
        let (agents, patients) = match is_passive {
            true => (below(&|relation| relation.starts_with("obl:agent")), subjects),
            false => (subjects, below(&|relation| main(relation) == "obj")),
        };
        Some(Labelled { verb: word(token)?, is_passive, agents, patients })
    };
    (0..tokens.len()).filter(is_verb).filter_map(clause).collect()
}

/// "nsubj" of "nsubj:pass".
fn main(relation: &str) -> &str {
    relation.split(':').next().unwrap_or(relation)
}

/// A participle with a passive auxiliary or a passive subject, or joined to such a one.
fn is_passive(tokens: &[Token], mut verb: usize) -> bool {
    for _ in 0..tokens.len() {
        let below =
            || tokens.iter().filter(|token| token.head == Some(verb)).map(|token| token.relation.as_str());
        if below().any(|relation| {
            ["aux:pass", "nsubj:pass", "csubj:pass"].iter().any(|passive| relation.starts_with(passive))
        }) {
            return true;
        }
        let is_own = below().any(|relation| ["aux", "cop", "nsubj", "csubj", "mark"].contains(&relation));
        let Token { relation, head, features, .. } = &tokens[verb];
        let is_participle = features.contains("Voice=Pass");
        match head {
            Some(head) if relation == "conj" && is_participle && !is_own => verb = *head,
            _ => return false,
        }
    }
    false
}

fn score(labelled: &[Labelled], found: &[Roles], by_rules: &[(usize, bool)]) -> Scored {
    let mut scored = Scored::default();
    let mut is_labelled: Vec<(usize, bool)> = labelled
        .iter()
        .filter(|clause| clause.is_passive)
        .map(|clause| (clause.verb, !clause.agents.is_empty()))
        .collect();
    is_labelled.dedup_by_key(|(verb, _)| *verb);
    let passive = found.iter().filter(|roles| roles.voice == ClauseVoice::Passive);
    let passive: Vec<(usize, bool)> = passive.map(|roles| (roles.verb, roles.agent.is_some())).collect();
    (scored.passive, scored.named) = compare(&is_labelled, &passive);
    (scored.passive_by_rules, scored.named_by_rules) = compare(&is_labelled, by_rules);
    let with_by = |clauses: &[(usize, bool)]| -> Vec<(usize, bool)> {
        clauses.iter().copied().filter(|(_, by)| *by).collect()
    };
    (scored.by, _) = compare(&with_by(&is_labelled), &with_by(&passive));
    scored.agent = heads(labelled, found, |clause| &clause.agents, |roles| roles.agent);
    scored.patient = heads(labelled, found, |clause| &clause.patients, |roles| roles.patient);
    scored
}

/// Passive clauses, each with whether it says by whom: those in both, and the share of them that say the same of it.
fn compare(labelled: &[(usize, bool)], found: &[(usize, bool)]) -> (Overlap, Share) {
    let both = labelled.iter().filter_map(|&(verb, by)| {
        found.iter().find(|&&(found, _)| found == verb).map(|&(_, found)| found == by)
    });
    let both: Vec<bool> = both.collect();
    let all = both.len() as f64;
    let overlap = Overlap {
        given_right: all,
        given: found.len() as f64,
        labelled_found: all,
        labelled: labelled.len() as f64,
    };
    (overlap, Share { right: both.iter().filter(|&&same| same).count() as f64, all })
}

/// Heads of agents or patients. Of several that are joined by "and", any is right.
fn heads(
    labelled: &[Labelled],
    found: &[Roles],
    wanted: impl Fn(&Labelled) -> &Vec<usize>,
    given: impl Fn(&Roles) -> Option<usize>,
) -> Overlap {
    let right = found.iter().filter(|roles| {
        let is_head = |clause: &&Labelled| {
            clause.verb == roles.verb && given(roles).is_some_and(|head| wanted(clause).contains(&head))
        };
        labelled.iter().any(|clause| is_head(&clause))
    });
    let right = right.count() as f64;
    Overlap {
        given_right: right,
        given: found.iter().filter(|roles| given(roles).is_some()).count() as f64,
        labelled_found: right,
        labelled: labelled.iter().filter(|clause| !wanted(clause).is_empty()).count() as f64,
    }
}

const BE_OR_GET: [&str; 22] = [
    "am", "is", "are", "was", "were", "be", "been", "being", "isn't", "aren't", "wasn't", "weren't", "isnt",
    "wasnt", "it's", "he's", "she's", "get", "gets", "got", "getting", "gotten",
];

/// Participles that end in neither -ed nor -en.
const IRREGULAR: [&str; 64] = [
    "bent",
    "bound",
    "bought",
    "brought",
    "built",
    "burnt",
    "caught",
    "cut",
    "dealt",
    "done",
    "drawn",
    "fed",
    "felt",
    "flown",
    "fought",
    "found",
    "gone",
    "grown",
    "heard",
    "held",
    "hit",
    "hung",
    "hurt",
    "kept",
    "known",
    "laid",
    "led",
    "left",
    "lent",
    "lit",
    "lost",
    "made",
    "meant",
    "met",
    "paid",
    "put",
    "read",
    "run",
    "said",
    "seen",
    "sent",
    "set",
    "shot",
    "shown",
    "shut",
    "sold",
    "sought",
    "spent",
    "split",
    "spread",
    "struck",
    "stuck",
    "sung",
    "sworn",
    "taught",
    "thought",
    "thrown",
    "told",
    "torn",
    "understood",
    "won",
    "worn",
    "wound",
    "withdrawn",
];

/// Passive clauses by their form alone: the participle's place, and whether "by" follows.
fn by_rules(text: &str, words: &[Span]) -> Vec<(usize, bool)> {
    let lower: Vec<String> =
        words.iter().map(|word| word.slice(text).to_lowercase().replace('’', "'")).collect();
    let is_participle = |word: &String| {
        word.len() > 3 && (word.ends_with("ed") || word.ends_with("en")) || IRREGULAR.contains(&word.as_str())
    };
    let auxiliaries = (0..lower.len()).filter(|&word| BE_OR_GET.contains(&lower[word].as_str()));
    let mut found: Vec<usize> = auxiliaries
        .filter_map(|auxiliary| {
            (auxiliary + 1..lower.len().min(auxiliary + 4))
                .find(|&word| is_participle(&lower[word]) && !BE_OR_GET.contains(&lower[word].as_str()))
        })
        .collect();
    found.dedup();
    let by = |verb: usize| lower[verb + 1..].iter().take(3).any(|word| word == "by");
    found.into_iter().map(|verb| (verb, by(verb))).collect()
}
