//! Finds who is named as the source of what is said, and by which words.

mod anonymity;
mod content;
mod source;
mod verbs;

use std::sync::LazyLock;

use self::source::{NounPhrase, is_auxiliary, is_be, phrase_after, phrase_before};
use self::verbs::{Class, Form, Verb};
use super::phrases::Phrases;
use super::voice;
use super::words::{Shape, Words};
use crate::records::{Attribution, AttributionKind, CueKind, Quotation, Span};

static CUES: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::parse(include_str!("../lists/attribution_cues.txt")));

/// All attributions of a sentence, in the order of their cues; empty where nothing is handed to a source.
///
/// An attribution is that of PARC3 (Pareti 2016): a source, the cue that links it, and the content. Besides saying, it
/// may be a stand ("praised", "criticism of"), a belief or an aim ("hopes", "is confident that"), or what a study shows.
/// The source is the noun phrase next to the cue, found by clause boundaries without a parser; `None` where there is none.
///
/// Left out are cues inside `quotations` (there the source hands statements on, not the outlet), and beliefs and aims in
/// a sentence in which something is said or judged, as they are mostly part of it. Hearsay ("reportedly") has no
/// source and is not `anonymous`: no source is claimed.
///
/// ```
/// use parallax::annotate::{attributions, quotations};
/// let text = "A senior official told reporters that talks went well.";
/// let found = &attributions(text, &quotations(text))[0];
/// assert_eq!(found.source.unwrap().slice(text), "A senior official");
/// assert!(found.anonymous);
/// ```
pub fn attributions(text: &str, quotations: &[Quotation]) -> Vec<Attribution> {
    let found = attributions_of(&Words::new(text), quotations);
    found.into_iter().map(|found| found.attribution).collect()
}

/// The attribution that stands for the sentence: one that says before one that judges or thinks, one with a source
/// before one without, and of those the first. `None` where there is none.
///
/// ```
/// use parallax::annotate::attribution;
/// let text = "The mill closed, according to the Gazette.";
/// assert_eq!(attribution(text, &[]).unwrap().cue.slice(text), "according to");
/// ```
pub fn attribution(text: &str, quotations: &[Quotation]) -> Option<Attribution> {
    main(&attributions_of(&Words::new(text), quotations)).cloned()
}

/// An attribution with what the choice of the main one needs.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub attribution: Attribution,
    class: Class,
    /// False for a cue that alone makes an attribution and beside a firm one is mostly part of the content.
    firm: bool,
}

impl Found {
    /// True where somebody is said to have said or judged something.
    pub fn is_speech(&self) -> bool {
        matches!(self.class, Class::Say | Class::Judge)
    }
}

/// Most cues of a sentence that count, the first ones: what they introduce may be all that follows each of them.
const MOST: usize = 16;

pub(super) fn main(found: &[Found]) -> Option<&Attribution> {
    let rank = |found: &&Found| (found.class != Class::Say, found.attribution.source.is_none());
    found.iter().min_by_key(rank).map(|found| &found.attribution)
}

pub(super) fn attributions_of(words: &Words, quotations: &[Quotation]) -> Vec<Found> {
    let mut search = Search { words, found: Vec::new(), subject: None };
    search.speaker_before_colon();
    let mut i = 0;
    while i < words.len() {
        i = search.cue_at(i).max(i + 1);
    }
    if search.found.iter().all(|found| is_quoted(found.attribution.cue, quotations)) {
        search.quote_after_colon();
    }
    search.found.retain(|found| !is_quoted(found.attribution.cue, quotations));
    if search.found.iter().any(|found| found.firm) {
        // Beliefs and aims in such a sentence are mostly part of what is said.
        search.found.retain(|found| found.firm);
    }
    search.found.sort_by_key(|found| found.attribution.cue);
    search.found.truncate(MOST);
    let unnamed = anonymity::asked_for(words);
    for found in &mut search.found {
        found.attribution.anonymous |= unnamed && anonymity::may_be_unnamed(words, found.attribution.source);
        found.attribution.content = content::content(words, &found.attribution);
    }
    set_kinds(words, &mut search.found, quotations);
    search.found
}

/// Sets the kind of each attribution by how many words of its content stand in direct quotations.
pub(super) fn set_kinds(words: &Words, found: &mut [Found], quotations: &[Quotation]) {
    let tally = Tally::new(words, quotations);
    for found in found {
        let counts = found.attribution.content.iter().map(|part| tally.of(words, *part));
        let (spoken, quoted) = counts.fold((0, 0), |(a, b), (spoken, quoted)| (a + spoken, b + quoted));
        found.attribution.kind = match quoted {
            0 => AttributionKind::Indirect,
            _ if quoted == spoken => AttributionKind::Direct,
            _ => AttributionKind::Mixed,
        };
    }
}

/// How many words stand before each token, and how many of them in direct quotations.
struct Tally {
    before: Vec<(usize, usize)>,
}

impl Tally {
    fn new(words: &Words, quotations: &[Quotation]) -> Self {
        let mut quoted = voice::directs(quotations).peekable();
        let mut counts = (0, 0);
        let mut before = vec![counts];
        for word in words.iter() {
            while quoted.next_if(|span| span.end <= word.span.start).is_some() {}
            let is_spoken = matches!(word.shape, Shape::Word | Shape::Number);
            let is_quoted = is_spoken && quoted.peek().is_some_and(|span| span.overlaps(&word.span));
            counts = (counts.0 + usize::from(is_spoken), counts.1 + usize::from(is_quoted));
            before.push(counts);
        }
        Self { before }
    }

    /// Words in a span, and quoted words in it.
    fn of(&self, words: &Words, span: Span) -> (usize, usize) {
        let from = words.partition_point(|word| word.span.end <= span.start);
        let to = words.partition_point(|word| word.span.start < span.end).max(from);
        (self.before[to].0 - self.before[from].0, self.before[to].1 - self.before[from].1)
    }
}

/// True for a cue between quotation marks: there the source hands statements on, not the outlet.
fn is_quoted(cue: Span, quotations: &[Quotation]) -> bool {
    let first_after = quotations.partition_point(|quotation| quotation.span.end <= cue.start);
    quotations.get(first_after).is_some_and(|quotation| quotation.span.contains(&cue))
}

/// Words that stand before a colon and name no speaker.
const NO_SPEAKERS: &[&str] = &[
    "the",
    "a",
    "an",
    "this",
    "my",
    "source",
    "sources",
    "photo",
    "photos",
    "update",
    "updated",
    "watch",
    "read",
    "related",
    "video",
    "note",
    "exclusive",
    "email",
    "correction",
    "breaking",
    "opinion",
    "analysis",
    "review",
    "live",
    "copyright",
    "editor's",
    "key",
    "more",
    "contact",
    "date",
    "time",
    "question",
    "answer",
    "fact",
];

/// One pass over a sentence.
struct Search<'w, 't> {
    words: &'w Words<'t>,
    found: Vec<Found>,
    /// The source that a later participle goes on with (", adding that").
    subject: Option<NounPhrase>,
}

impl Search<'_, '_> {
    /// Looks for a cue that starts at token `i`; gives the token after it.
    fn cue_at(&mut self, i: usize) -> usize {
        if let Some((section, len)) = CUES.at(self.words, i) {
            let (name, kind) = section.split_once(' ').unwrap_or((section, ""));
            let kind = verbs::cue_kind(kind);
            match name {
                "by" => {
                    if let Some(source) = phrase_after(self.words, i + len) {
                        self.push(
                            Cue { from: i, to: i + len, class: Class::Say, kind, firm: true },
                            Some(source),
                        );
                    }
                    return i + len;
                }
                "hearsay" => {
                    self.push(Cue { from: i, to: i + len, class: Class::Think, kind, firm: false }, None);
                    return i + len;
                }
                "topic" => return self.topic(i, i + len - 1, kind),
                "attitude" => return self.attitude(i, i + len - 1, kind),
                "phrase" => {
                    return self.report(i, i + len, Verb::of_phrase(&self.words[i].lower, kind));
                }
                _ => {}
            }
        }
        match verbs::at(self.words, i) {
            Some(verb) => self.verb(i, verb),
            None => i + 1,
        }
    }

    /// `The mayor’s answer: “No.”`: a colon before a quotation, where nothing else hands it to a source.
    fn quote_after_colon(&mut self) {
        let opens = |i: &usize| self.words[*i].is(":") && self.words[*i + 1].shape == Shape::Quote;
        if let Some(colon) = (1..self.words.len().saturating_sub(1)).find(opens) {
            self.push(Cue::colon(colon), None);
        }
    }

    /// "Miller: Talks will go on": a headline's or a transcript's speaker before a colon.
    fn speaker_before_colon(&mut self) {
        let Some(colon) = self.words.iter().take(7).position(|word| word.is(":")) else {
            return;
        };
        let label = self.words.iter().take(colon).all(|word| word.is_capitalised());
        let names_nobody = NO_SPEAKERS.contains(&self.words.lower(0)) || self.words[0].text.len() == 1;
        let starts_well = colon > 0 && !names_nobody;
        if label && starts_well && self.words.len() > colon + 4 {
            self.push(Cue::colon(colon), Some(NounPhrase { from: 0, to: colon }));
        }
    }

    /// "the minister’s claim that ...", "criticism of ...": a noun with the word that opens what is said.
    fn topic(&mut self, i: usize, end: usize, kind: CueKind) -> usize {
        let before = i.checked_sub(1).map_or("", |k| self.words.lower(k));
        let owned = i > 0 && self.words[i - 1].is_possessive();
        let source = match before {
            "his" | "her" | "their" | "its" | "my" | "our" | "your" => {
                Some(NounPhrase { from: i - 1, to: i })
            }
            _ if owned => phrase_before(self.words, i),
            _ => None,
        };
        self.push(Cue { from: i, to: end, class: Class::Think, kind, firm: false }, source);
        end
    }

    /// "The mayor is confident that ...": an adjective with the word that opens what is thought.
    fn attitude(&mut self, i: usize, end: usize, kind: CueKind) -> usize {
        let lead = Lead::of(self.words, i);
        let source = lead.be.then(|| phrase_before(self.words, lead.start)).flatten();
        if !source.is_some_and(|source| self.is_own_voice(source, Class::Think)) {
            self.push(Cue { from: lead.cue, to: end, class: Class::Think, kind, firm: false }, source);
        }
        end
    }

    /// A form of a reporting verb at token `i`; gives the token after the cue.
    fn verb(&mut self, i: usize, verb: Verb) -> usize {
        self.report(i, self.cue_end(i), verb)
    }

    /// A verb at token `i`, of which the last token is before `end`.
    fn report(&mut self, i: usize, end: usize, verb: Verb) -> usize {
        let lead = Lead::of(self.words, i);
        let source = match verb.form {
            Form::Ing => self.participle(i, &lead),
            _ if lead.be && verb.is_participle() => return self.passive(end, verb, &lead),
            _ if verb.is_past() && self.words.lower(i + 1) == "by" => phrase_after(self.words, i + 2),
            // "wants to praise": what somebody else wants.
            _ if lead.infinitive && verb.class != Class::Say => return i + 1,
            _ if lead.infinitive => self.infinitive(i),
            _ => self.finite(i, verb, &lead),
        };
        // "According to a Reuters report": a source already, and no subject.
        let source = source.filter(|source| self.words.lower(source.from) != "according");
        if source.is_some_and(|source| self.is_own_voice(source, verb.class)) {
            return i + 1;
        }
        let Some(source) = source else {
            if !self.may_lack_source(i, verb, &lead) {
                return i + 1;
            }
            let firm = verb.class == Class::Say && !lead.infinitive;
            self.push(Cue { from: lead.cue, to: end, class: verb.class, kind: verb.kind, firm }, None);
            return end;
        };
        let firm = match verb.class {
            Class::Say => !lead.infinitive,
            Class::Judge => verb.is_past(),
            Class::Think | Class::Show => false,
        };
        if verb.class == Class::Say || self.subject.is_none() {
            self.subject = Some(source);
        }
        self.push(Cue { from: lead.cue, to: end, class: verb.class, kind: verb.kind, firm }, Some(source));
        end
    }

    /// False for a word that is rather a noun: behind a determiner or an owner, or where it may be one by its form.
    fn may_lack_source(&self, i: usize, verb: Verb, lead: &Lead) -> bool {
        let names = |k: usize| source::is_determiner(self.words.lower(k)) || self.words[k].is_possessive();
        let is_noun = lead.start > 0 && names(lead.start - 1) || i > 0 && names(i - 1);
        !is_noun && (!verb.noun_too || lead.infinitive || lead.modal)
    }

    /// "went on to say": the subject of the clause before.
    fn infinitive(&self, i: usize) -> Option<NounPhrase> {
        self.subject.or_else(|| source::first_subject(self.words, i))
    }

    /// True for "I think", "you know": the writer and the reader are no sources.
    fn is_own_voice(&self, source: NounPhrase, class: Class) -> bool {
        let word = self.words.lower(source.from);
        let person = source.to == source.from + 1;
        let outlet =
            matches!(word, "i" | "we" | "you") || matches!(word.split('\'').next(), Some("i" | "we" | "you"));
        let thing = matches!(word, "it" | "which" | "this" | "that" | "these" | "there");
        person && (word == "you" || class != Class::Say && outlet || class == Class::Think && thing)
    }

    fn finite(&self, i: usize, verb: Verb, lead: &Lead) -> Option<NounPhrase> {
        let inverted = verb.class == Class::Say && self.is_inverted(i);
        if let Some(source) = phrase_after(self.words, i + 1).filter(|_| inverted) {
            return Some(source);
        }
        let Some(source) = phrase_before(self.words, lead.start) else {
            return self.goes_on(i, verb, lead);
        };
        verbs::agrees(self.words, i, verb, lead.start, lead.modal, lead.infinitive).then_some(source)
    }

    /// "... and said", "..., but warned": the subject of the clause before.
    fn goes_on(&self, i: usize, verb: Verb, lead: &Lead) -> Option<NounPhrase> {
        let before = lead.start.checked_sub(1).map_or("", |k| self.words.lower(k));
        let joined = matches!(before, "and" | "but" | "," | "or" | "—");
        let finite = verb.is_past() || verb.form == Form::Third && !verb.noun_too;
        if !joined || !finite || lead.infinitive {
            return None;
        }
        self.subject.or_else(|| source::first_subject(self.words, i))
    }

    /// `," said the minister`: the cue before the source.
    fn is_inverted(&self, i: usize) -> bool {
        let words = self.words;
        let after_quote =
            i == 0 || words[i - 1].shape == Shape::Quote || matches!(words.lower(i - 1), "so" | "as");
        let after_comma = i > 0 && matches!(words.lower(i - 1), "," | "—" | "–" | "-" | "..." | "…");
        if !after_quote && !after_comma || source::starts_content(words, i + 1) {
            return false;
        }
        after_quote || source::ends_sentence(words, i + 1) || !source::is_apposition_before(words, i - 1)
    }

    /// The source of "saying", "adding": the subject of "is saying", the noun before it, or that of the main clause.
    fn participle(&mut self, i: usize, lead: &Lead) -> Option<NounPhrase> {
        if lead.be {
            return phrase_before(self.words, lead.start);
        }
        let before = if lead.start == 0 { "" } else { self.words.lower(lead.start - 1) };
        let detached = matches!(
            before,
            "," | "—" | "–" | "by" | "while" | "after" | "before" | "without" | "in" | "and"
        );
        if detached {
            self.subject = self.subject.or_else(|| source::first_subject(self.words, i));
            return self.subject;
        }
        if source::is_preposition(before) || source::is_determiner(before) {
            return None;
        }
        phrase_before(self.words, lead.start)
    }

    /// "is said to", "was announced by the minister": the source is behind "by" or not named.
    fn passive(&mut self, end: usize, verb: Verb, lead: &Lead) -> usize {
        let by = (end..(end + 4).min(self.words.len())).find(|&k| self.words.is_at(k, "by"));
        let source = by.and_then(|by| phrase_after(self.words, by + 1));
        let firm = verb.class == Class::Say;
        self.push(Cue { from: lead.cue, to: end, class: verb.class, kind: verb.kind, firm }, source);
        end
    }

    /// "declined to comment" is one cue.
    fn cue_end(&self, i: usize) -> usize {
        let turned_down = ["decline", "refuse"].iter().any(|stem| self.words.lower(i).starts_with(stem));
        let verb_follows = self.words.get(i + 2).is_some_and(|word| word.is_word());
        if turned_down && self.words.lower(i + 1) == "to" && verb_follows { i + 3 } else { i + 1 }
    }

    fn push(&mut self, cue: Cue, source: Option<NounPhrase>) {
        let anonymous = source.is_some_and(|source| anonymity::is_anonymous(self.words, source));
        let source = source.map(|phrase| source::span(self.words, phrase));
        let attribution = Attribution {
            source,
            cue: self.words.span(cue.from, cue.to),
            content: vec![],
            anonymous,
            kind: AttributionKind::Indirect,
            cue_kind: cue.kind,
        };
        self.found.push(Found { attribution, class: cue.class, firm: cue.firm });
    }
}

/// The tokens of a cue, `from..to`, and what it is.
struct Cue {
    from: usize,
    to: usize,
    class: Class,
    kind: CueKind,
    /// As in [`Found`].
    firm: bool,
}

impl Cue {
    fn colon(at: usize) -> Self {
        Cue { from: at, to: at + 1, class: Class::Say, kind: CueKind::Neutral, firm: true }
    }
}

/// The auxiliaries and adverbs in front of a verb: "has also", "did not".
struct Lead {
    /// First token of them, or the verb itself.
    start: usize,
    /// Where the cue starts: the first auxiliary, or the verb.
    cue: usize,
    /// A form of "be" stands directly before the verb, adverbs aside.
    be: bool,
    /// A modal or a form of "do" or "have" is among them.
    modal: bool,
    /// "to" stands before the verb.
    infinitive: bool,
}

impl Lead {
    const LONGEST: usize = 6;

    fn of(words: &Words, verb: usize) -> Lead {
        let mut lead = Lead { start: verb, cue: verb, be: false, modal: false, infinitive: false };
        let mut nearest = true;
        while lead.start > 0 && verb - lead.start < Self::LONGEST {
            let word = words.lower(lead.start - 1);
            if is_auxiliary(word) {
                lead.be |= nearest && is_be(word);
                nearest &= matches!(word, "not" | "never");
                lead.modal |= !is_be(word);
                lead.start -= 1;
                lead.cue = lead.start;
                if source::is_contracted_subject(word) {
                    // "he’s saying": the word is source and auxiliary in one.
                    lead.start += 1;
                    lead.cue = lead.start;
                    break;
                }
            } else if source::is_adverb(words, lead.start - 1) {
                lead.start -= 1;
            } else {
                lead.infinitive = word == "to";
                break;
            }
        }
        lead
    }
}

#[cfg(test)]
mod tests;
