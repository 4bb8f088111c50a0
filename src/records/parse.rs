use serde::{Deserialize, Serialize};

use super::named::named;

/// The syntax of one word: its kind, the word that it belongs to, and how.
///
/// Kinds and relations are those of Universal Dependencies (<https://universaldependencies.org/u/dep/>), on words that
/// contain no punctuation and are not cut at apostrophes: "doesn't" is one auxiliary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parsed {
    /// The word's kind.
    pub tag: Tag,
    /// Position of the word that this one belongs to, [`Parsed::ROOT`] where it belongs to none. Words may form a circle.
    pub head: u16,
    /// How it belongs to that word.
    pub relation: Dependency,
}

impl Parsed {
    /// The head of a word that belongs to no other.
    pub const ROOT: u16 = u16::MAX;

    /// Position of the head; `None` for a root.
    pub fn head(&self) -> Option<usize> {
        (self.head != Self::ROOT).then_some(usize::from(self.head))
    }
}

named! {
    /// The kind of a word: a universal part of speech, a verb with its form.
    Tag, 20:
    /// "new".
    Adjective = "ADJ",
    /// "by".
    Adposition = "ADP",
    /// "soon".
    Adverb = "ADV",
    /// "was", "would", "doesn't".
    Auxiliary = "AUX",
    /// "and".
    Coordinator = "CCONJ",
    /// "the".
    Determiner = "DET",
    /// "yes".
    Interjection = "INTJ",
    /// "law".
    Noun = "NOUN",
    /// "1,500".
    Number = "NUM",
    /// "to", "not".
    Particle = "PART",
    /// "they".
    Pronoun = "PRON",
    /// "Berlin".
    ProperNoun = "PROPN",
    /// "because".
    Subordinator = "SCONJ",
    /// Anything else.
    Other = "X",
    /// "shot", "shoots".
    FiniteVerb = "VERB:fin",
    /// "to shoot", "will shoot".
    Infinitive = "VERB:inf",
    /// "shooting".
    Gerund = "VERB:ger",
    /// "has shot".
    ActiveParticiple = "VERB:part",
    /// "was shot": a participle with an auxiliary or a subject of the passive, or joined to one that has it.
    PassiveParticiple = "VERB:pass",
    /// "a man shot by police", "wounded people": a passive participle without them.
    ReducedParticiple = "VERB:reduced",
}

impl Tag {
    /// True for every form of a verb but an auxiliary.
    pub fn is_verb(self) -> bool {
        self >= Tag::FiniteVerb
    }

    /// True for nouns, names, verbs, adjectives, adverbs and interjections.
    pub fn is_content(self) -> bool {
        self.is_verb()
            || matches!(
                self,
                Tag::Noun | Tag::ProperNoun | Tag::Adjective | Tag::Adverb | Tag::Interjection | Tag::Other
            )
    }

    /// True for nouns, names, pronouns and numbers.
    pub fn is_nominal(self) -> bool {
        matches!(self, Tag::Noun | Tag::ProperNoun | Tag::Pronoun | Tag::Number)
    }
}

named! {
    /// How a word belongs to its head: the relations of Universal Dependencies, less the finer ones that nothing asks for.
    Dependency, 35:
    /// Belongs to no word.
    Root = "root",
    /// Subject of an active clause.
    Subject = "nsubj",
    /// Subject of a passive clause.
    PassiveSubject = "nsubj:pass",
    /// A clause as subject.
    ClauseSubject = "csubj",
    /// A clause as subject of a passive clause.
    PassiveClauseSubject = "csubj:pass",
    /// Object.
    Object = "obj",
    /// Who is given something.
    IndirectObject = "iobj",
    /// A noun phrase that says when, where, how.
    Oblique = "obl",
    /// Who does it, in a passive clause: "by police".
    Agent = "obl:agent",
    /// Auxiliary.
    Auxiliary = "aux",
    /// Auxiliary of the passive.
    PassiveAuxiliary = "aux:pass",
    /// "is" before what is no verb.
    Copula = "cop",
    /// A noun phrase below a noun: "of Texas".
    NominalModifier = "nmod",
    /// "their", "Berlin's".
    Possessive = "nmod:poss",
    /// An adposition.
    Case = "case",
    /// A determiner.
    Determiner = "det",
    /// An adjective.
    Adjectival = "amod",
    /// A number.
    Numeral = "nummod",
    /// A noun before a noun.
    Compound = "compound",
    /// "up" of "gave up".
    VerbParticle = "compound:prt",
    /// The further words of a name.
    Flat = "flat",
    /// An apposition.
    Apposition = "appos",
    /// The further members of a list.
    Conjunct = "conj",
    /// "and" before a conjunct.
    Coordination = "cc",
    /// "to", "that", "because" before a clause.
    Marker = "mark",
    /// An adverb.
    Adverbial = "advmod",
    /// A clause that says when, why, how.
    AdverbialClause = "advcl",
    /// A clause without a relative pronoun below a noun.
    NounClause = "acl",
    /// A relative clause.
    RelativeClause = "acl:relcl",
    /// A clause whose subject stands in the clause above it.
    OpenComplement = "xcomp",
    /// A clause as object.
    Complement = "ccomp",
    /// A clause put beside another.
    Parataxis = "parataxis",
    /// "there", "it" without a referent.
    Expletive = "expl",
    /// The further words of a fixed expression.
    Fixed = "fixed",
    /// Anything else.
    Other = "dep",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_stand_at_their_own_place() {
        for (place, (name, tag)) in Tag::ALL.into_iter().enumerate() {
            assert_eq!((tag as usize, tag.name()), (place, name));
        }
        for (place, (name, relation)) in Dependency::ALL.into_iter().enumerate() {
            assert_eq!((relation as usize, relation.name()), (place, name));
        }
    }
}
