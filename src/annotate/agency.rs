//! Who does what to whom: the clauses of a sentence, from the syntax of its words.

use crate::records::{Clause, ClauseVoice, Dependency, Parsed, Span, Tag};

/// Steps that are taken from word to word in search of a subject or of a phrase's end; the words may form a circle.
const MOST_STEPS: usize = 8;

/// A clause by the positions of its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Roles {
    /// The verb; the form of "be" where there is no other.
    pub verb: usize,
    /// Active or passive.
    pub voice: ClauseVoice,
    /// Head of the phrase that names who does it.
    pub agent: Option<usize>,
    /// Head of the phrase that names to whom it is done.
    pub patient: Option<usize>,
}

/// The clauses of a sentence in the order of their verbs. `words` are spans into `text`, `parse` has one entry for each.
///
/// A clause is a verb that is no modifier of a noun, or a form of "be" with what is no verb. A participle below a noun ("a man
/// shot by police") is none. Subjects are carried over to joined verbs ("arrested and shot him") and to infinitives ("tried to
/// shoot him"); a relative pronoun stands for the noun before it.
pub fn clauses(text: &str, words: &[Span], parse: &[Parsed]) -> Vec<Clause> {
    let sentence = Sentence::new(text, words, parse);
    let clause = |roles: &Roles| Clause {
        verb: sentence.verb_phrase(roles.verb),
        voice: roles.voice,
        agent: roles.agent.map(|head| sentence.noun_phrase(head)),
        patient: roles.patient.map(|head| sentence.noun_phrase(head)),
    };
    sentence.roles().iter().map(clause).collect()
}

/// The clauses as [`clauses`] gives them, by the positions of their words.
pub fn roles(text: &str, words: &[Span], parse: &[Parsed]) -> Vec<Roles> {
    Sentence::new(text, words, parse).roles()
}

/// Shares of a list of clauses.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Agency {
    /// Clauses that have a patient: transitive or passive ones. At least 1.
    pub n: usize,
    /// Share of them that are passive, in [0, 1].
    pub passive: f32,
    /// Share of them that are passive and do not say by whom, in [0, `passive`].
    pub agentless_passive: f32,
}

/// The shares of passive clauses among those of `clauses` that `counts` lets pass and that have a patient. A passive clause always
/// counts as having one, be it named or not. `None` where there is no such clause.
pub fn agency(clauses: &[Clause], counts: impl Fn(&Clause) -> bool) -> Option<Agency> {
    let is_passive = |clause: &Clause| clause.voice == ClauseVoice::Passive;
    let counted: Vec<&Clause> = clauses
        .iter()
        .filter(|clause| clause.patient.is_some() || is_passive(clause))
        .filter(|clause| counts(clause))
        .collect();
    let n = counted.len();
    let share =
        |is: &dyn Fn(&Clause) -> bool| counted.iter().filter(|clause| is(clause)).count() as f32 / n as f32;
    (n > 0).then(|| Agency {
        n,
        passive: share(&is_passive),
        agentless_passive: share(&Clause::is_agentless_passive),
    })
}

/// The words of one sentence with the words below each.
struct Sentence<'text> {
    text: &'text str,
    words: &'text [Span],
    parse: &'text [Parsed],
    below: Vec<Vec<usize>>,
}

impl<'text> Sentence<'text> {
    fn new(text: &'text str, words: &'text [Span], parse: &'text [Parsed]) -> Self {
        let n = words.len().min(parse.len());
        let mut below = vec![vec![]; n];
        for (word, parsed) in parse[..n].iter().enumerate() {
            if let Some(head) = parsed.head().filter(|&head| head < n && head != word) {
                below[head].push(word);
            }
        }
        Self { text, words: &words[..n], parse: &parse[..n], below }
    }

    fn roles(&self) -> Vec<Roles> {
        let of_verbs = (0..self.words.len()).filter(|&word| self.is_clause(word)).map(|verb| {
            let (voice, subject) = (self.voice(verb), self.subject(verb, 0));
            let (agent, patient) = match voice {
                ClauseVoice::Active => (subject, self.object(verb)),
                ClauseVoice::Passive => (self.by_agent(verb), subject),
            };
            Roles { verb, voice, agent, patient }
        });
        let of_copulas = (0..self.words.len()).filter(|&word| self.is_copula(word));
        let of_copulas =
            of_copulas.map(|verb| Roles { verb, voice: ClauseVoice::Active, agent: None, patient: None });
        let mut roles: Vec<Roles> = of_verbs.chain(of_copulas).collect();
        roles.sort_by_key(|roles| roles.verb);
        roles
    }

    fn word(&self, word: usize) -> &'text str {
        self.words[word].slice(self.text)
    }

    fn is(&self, word: usize, forms: &[&str]) -> bool {
        forms.iter().any(|form| self.word(word).eq_ignore_ascii_case(form))
    }

    /// The head of a word that lies in the sentence.
    fn head(&self, word: usize) -> Option<usize> {
        self.parse[word].head().filter(|&head| head < self.words.len() && head != word)
    }

    /// The first word below `word` that belongs to it in one of these ways.
    fn child(&self, word: usize, how: &[Dependency]) -> Option<usize> {
        self.below[word].iter().copied().find(|&child| how.contains(&self.parse[child].relation))
    }

    fn is_clause(&self, word: usize) -> bool {
        let Parsed { tag, relation, .. } = self.parse[word];
        let is_reduced =
            matches!(tag, Tag::PassiveParticiple | Tag::ReducedParticiple) && !self.is_passive(word);
        tag.is_verb()
            && !is_reduced
            && !matches!(
                relation,
                Dependency::Adjectival
                    | Dependency::Compound
                    | Dependency::Case
                    | Dependency::Marker
                    | Dependency::Fixed
                    | Dependency::Flat
                    | Dependency::Coordination
                    | Dependency::Adverbial
                    | Dependency::Determiner
            )
    }

    fn is_copula(&self, word: usize) -> bool {
        let predicate_is_no_clause = self.head(word).is_none_or(|head| !self.is_clause(head));
        self.parse[word].relation == Dependency::Copula && predicate_is_no_clause
    }

    fn voice(&self, verb: usize) -> ClauseVoice {
        if self.is_passive(verb) { ClauseVoice::Passive } else { ClauseVoice::Active }
    }

    /// True for a verb with a passive auxiliary, and for a passive participle with a subject or joined to another verb.
    fn is_passive(&self, verb: usize) -> bool {
        let Parsed { tag, relation, .. } = self.parse[verb];
        let has = |how: &[Dependency]| self.child(verb, how).is_some();
        let subjects = [Dependency::PassiveSubject, Dependency::PassiveClauseSubject];
        tag.is_verb() && has(&[Dependency::PassiveAuxiliary])
            || tag == Tag::PassiveParticiple && (relation == Dependency::Conjunct || has(&subjects))
    }

    /// Head of the "by" phrase of a passive clause.
    fn by_agent(&self, verb: usize) -> Option<usize> {
        let is_agent = |child: usize| {
            matches!(self.parse[child].relation, Dependency::Oblique | Dependency::Agent)
                && self.opener(child, &["by"]).is_some()
        };
        self.below[verb].iter().copied().find(|&child| is_agent(child))
    }

    /// Head of the subject's phrase: the verb's own subject, or that of the clause which it is joined to or completes.
    fn subject(&self, verb: usize, steps: usize) -> Option<usize> {
        let own = self.child(verb, &[Dependency::Subject, Dependency::PassiveSubject]);
        if let Some(subject) = own {
            return Some(self.antecedent(subject, verb).unwrap_or(subject));
        }
        let has_clause = self.child(
            verb,
            &[Dependency::ClauseSubject, Dependency::PassiveClauseSubject, Dependency::Expletive],
        );
        let head = self.head(verb).filter(|_| steps < MOST_STEPS && has_clause.is_none())?;
        match self.parse[verb].relation {
            Dependency::Conjunct if self.parse[head].tag.is_verb() => self.subject(head, steps + 1),
            Dependency::OpenComplement => self
                .child(head, &[Dependency::Object, Dependency::IndirectObject])
                .or_else(|| self.subject(head, steps + 1)),
            _ => None,
        }
    }

    /// Head of the object's phrase.
    fn object(&self, verb: usize) -> Option<usize> {
        let object = self.child(verb, &[Dependency::Object])?;
        Some(self.antecedent(object, verb).unwrap_or(object))
    }

    /// The noun that a relative pronoun below `verb` stands for.
    fn antecedent(&self, pronoun: usize, verb: usize) -> Option<usize> {
        if !self.is(pronoun, &["who", "which", "that", "whom"]) || pronoun > verb {
            return None;
        }
        let mut clause = verb;
        for _ in 0..MOST_STEPS {
            let head = self.head(clause)?;
            match self.parse[clause].relation {
                Dependency::RelativeClause => return Some(head).filter(|&head| head < pronoun),
                Dependency::Conjunct | Dependency::OpenComplement => clause = head,
                _ => return None,
            }
        }
        None
    }

    /// From the first auxiliary to the verb.
    fn verb_phrase(&self, verb: usize) -> Span {
        let auxiliaries = [Dependency::Auxiliary, Dependency::PassiveAuxiliary];
        let first = self.child(verb, &auxiliaries).filter(|&first| first < verb).unwrap_or(verb);
        self.words[first].hull(&self.words[verb])
    }

    /// The head of a noun phrase with what stands before it, an "of" phrase behind it and what is joined to it by "and".
    fn noun_phrase(&self, head: usize) -> Span {
        let mut inside = vec![false; self.words.len()];
        self.mark_noun_phrase(head, &mut inside, 0);
        let first = (0..head).rev().take_while(|&word| inside[word]).last().unwrap_or(head);
        let last = (head + 1..inside.len()).take_while(|&word| inside[word]).last().unwrap_or(head);
        self.words[first].hull(&self.words[last])
    }

    fn mark_noun_phrase(&self, head: usize, inside: &mut [bool], steps: usize) {
        if steps > MOST_STEPS || std::mem::replace(&mut inside[head], true) {
            return;
        }
        for &child in &self.below[head] {
            let opener = match self.parse[child].relation {
                Dependency::NominalModifier => self.opener(child, &["of"]),
                Dependency::Conjunct if self.parse[child].tag.is_nominal() => {
                    self.opener(child, &["and", "or"])
                }
                _ => None,
            };
            let opener = opener.filter(|&opener| head < opener && opener < child);
            let stands_before = match self.parse[child].relation {
                Dependency::Adverbial => child < head,
                Dependency::Determiner
                | Dependency::Adjectival
                | Dependency::Numeral
                | Dependency::Compound
                | Dependency::Possessive
                | Dependency::Flat => true,
                _ => false,
            };
            if let Some(opener) = opener {
                inside[opener] = true;
            }
            if stands_before || opener.is_some() {
                self.mark_noun_phrase(child, inside, steps + 1);
            }
        }
    }

    /// The first word below `word` that opens its phrase and is one of these.
    fn opener(&self, word: usize, forms: &[&str]) -> Option<usize> {
        let opens =
            |child: usize| matches!(self.parse[child].relation, Dependency::Case | Dependency::Coordination);
        self.below[word].iter().copied().find(|&child| opens(child) && self.is(child, forms))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever a head makes of the words, circles and heads outside the sentence included.
        #[test]
        fn any_parse_gives_clauses_whose_spans_slice(
            words in prop::collection::vec(("[a-zé]{1,5}|who|of|and", 0..20_usize, 0..12_u16, 0..35_usize), 0..10)
        ) {
            let (mut text, mut spans, mut parse) = (String::new(), vec![], vec![]);
            for (word, tag, head, relation) in &words {
                spans.push(Span::new(text.len(), text.len() + word.len()));
                text += &format!("{word} ");
                let head = if *head == 11 { Parsed::ROOT } else { *head };
                let (tag, relation) = (Tag::ALL[*tag].1, Dependency::ALL[*relation].1);
                parse.push(Parsed { tag, head, relation });
            }
            let found = clauses(&text, &spans, &parse);
            prop_assert_eq!(found.len(), roles(&text, &spans, &parse).len());
            for clause in &found {
                let parts = [Some(clause.verb), clause.agent, clause.patient];
                prop_assert!(parts.iter().flatten().all(|span| !span.slice(&text).is_empty()));
            }
            if let Some(shares) = agency(&found, |_| true) {
                prop_assert!(shares.agentless_passive <= shares.passive && shares.passive <= 1.0);
            }
        }
    }
}
