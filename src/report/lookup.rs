use std::collections::{BTreeMap, BTreeSet};

use super::cell::Value;
use super::schema::Schema;
use crate::framing::part_of;
use crate::pipeline::Run;
use crate::records::{
    ArticleId, Claim, ClaimId, CorpusSentence, Document, EventId, Part, Reading, Rejection, Relation,
    SentenceId, Span,
};

/// Columns that a table has beside its own: what they are depends on the run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Extra {
    /// The further columns of the input, in the order of their names.
    pub groups: Vec<String>,
    /// The figures of the heads that the user brought.
    pub heads: Vec<String>,
}

impl Extra {
    pub(super) fn of(run: &Run) -> Self {
        Self { groups: run.groups.iter().cloned().collect(), heads: run.measures.heads().to_vec() }
    }
}

/// The records of a run, each to be found by its id.
pub(super) struct Lookup<'run> {
    pub run: &'run Run,
    pub rejected: &'run [Rejection],
    pub extra: Extra,
    /// The figures of each sentence of a claim.
    readings: BTreeMap<&'run SentenceId, &'run [Reading]>,
    event_of_article: BTreeMap<&'run ArticleId, EventId>,
    claim_of_sentence: BTreeMap<&'run SentenceId, ClaimId>,
    event_of_claim: BTreeMap<ClaimId, EventId>,
    /// How many pairs of a claim's outlets are compared.
    n_compared: BTreeMap<ClaimId, usize>,
}

impl<'run> Lookup<'run> {
    pub(super) fn new(run: &'run Run, rejected: &'run [Rejection]) -> Self {
        Self {
            run,
            rejected,
            extra: Extra::of(run),
            readings: run.readings.iter().map(|of| (&of.sentence, of.readings.as_slice())).collect(),
            event_of_article: run
                .events
                .iter()
                .flat_map(|event| event.articles.iter().map(|article| (article, event.id)))
                .collect(),
            claim_of_sentence: run
                .claims
                .iter()
                .flat_map(|claim| claim.mentions.iter().map(|mention| (&mention.sentence, claim.id)))
                .collect(),
            event_of_claim: run.claims.iter().map(|claim| (claim.id, claim.event)).collect(),
            n_compared: n_compared(run),
        }
    }

    /// Pairs of a claim's outlets that are not compared.
    pub(super) fn n_pairs_left_out(&self, claim: &Claim) -> usize {
        let outlets: BTreeSet<&str> =
            claim.mentions.iter().map(|mention| self.outlet(&mention.sentence)).collect();
        let n_pairs = outlets.len() * outlets.len().saturating_sub(1) / 2;
        n_pairs.saturating_sub(self.n_compared.get(&claim.id).copied().unwrap_or(0))
    }

    /// The event that an article reports; `None` where it was not looked at.
    pub(super) fn event_of_article(&self, article: &ArticleId) -> Option<String> {
        self.event_of_article.get(article).map(EventId::to_string)
    }

    /// The event of a claim.
    pub(super) fn event_of(&self, claim: ClaimId) -> String {
        self.event_of_claim[&claim].to_string()
    }

    /// The claim that a sentence is part of.
    pub(super) fn claim_of(&self, sentence: &SentenceId) -> Option<ClaimId> {
        self.claim_of_sentence.get(sentence).copied()
    }

    /// The claims that an article has a part in.
    pub(super) fn claims_of(&self, document: &Document) -> BTreeSet<ClaimId> {
        document.sentences.iter().filter_map(|sentence| self.claim_of(&sentence.id)).collect()
    }

    /// The sentence that a sentence is a copy of.
    pub(super) fn copy_of(&self, sentence: &SentenceId) -> Option<String> {
        self.run.copies.origin.get(sentence).map(SentenceId::to_string)
    }

    /// A measure's figure of a claim's sentence, quoted words left out.
    pub(super) fn own_figure(&self, sentence: &SentenceId, measure: &str) -> Option<f32> {
        let is_own = |reading: &&Reading| reading.measure == measure && reading.part != Part::Quotation;
        self.readings.get(sentence)?.iter().find(is_own).map(|reading| reading.value)
    }

    pub(super) fn sentence(&self, id: &SentenceId) -> CorpusSentence<'run> {
        self.run.corpus.sentence(id)
    }

    pub(super) fn text(&self, id: &SentenceId) -> &'run str {
        self.sentence(id).text()
    }

    pub(super) fn outlet(&self, id: &SentenceId) -> &'run str {
        self.sentence(id).outlet()
    }

    /// Some words of a sentence.
    pub(super) fn words(&self, sentence: &SentenceId, span: Span) -> &'run str {
        span.slice(self.text(sentence))
    }

    /// Whose words some words of a sentence are.
    pub(super) fn voice(&self, sentence: &SentenceId, span: Span) -> &'static str {
        part_of(self.sentence(sentence).annotations, &span).as_str()
    }

    /// Character offsets, into the sentence's field of the article as it was read, of words of the sentence.
    pub(super) fn chars(&self, sentence: &SentenceId, span: Span) -> Span {
        let of = self.sentence(sentence);
        let start = of.sentence.chars.start + of.text()[..span.start].chars().count();
        let chars = Span::new(start, start + span.slice(of.text()).chars().count());
        of.article.cuts(of.sentence.field).chars(chars)
    }

    /// Several words of a sentence: `may; likely`.
    pub(super) fn all_words(&self, sentence: &SentenceId, words: &[Span]) -> String {
        words.iter().map(|&span| self.words(sentence, span)).collect::<Vec<_>>().join("; ")
    }

    /// Their character offsets: `10-13;20-26`.
    pub(super) fn all_chars(&self, sentence: &SentenceId, words: &[Span]) -> String {
        let offsets = words.iter().map(|&span| {
            let Span { start, end } = self.chars(sentence, span);
            format!("{start}-{end}")
        });
        offsets.collect::<Vec<_>>().join(";")
    }
}

/// Some words of a sentence.
pub(super) type Words<'run> = (&'run SentenceId, Span);

/// What can be shown as words with their offsets: words, or words that may be missing.
pub(super) trait MaybeWords<'run> {
    type Text: Value;
    type Offset: Value;

    fn text(self, lookup: &Lookup<'run>) -> Self::Text;
    fn offset(self, lookup: &Lookup<'run>, of: fn(Span) -> usize) -> Self::Offset;
}

impl<'run> MaybeWords<'run> for Words<'run> {
    type Text = &'run str;
    type Offset = usize;

    fn text(self, lookup: &Lookup<'run>) -> &'run str {
        lookup.words(self.0, self.1)
    }

    fn offset(self, lookup: &Lookup<'run>, of: fn(Span) -> usize) -> usize {
        of(lookup.chars(self.0, self.1))
    }
}

impl<'run> MaybeWords<'run> for Option<Words<'run>> {
    type Text = Option<&'run str>;
    type Offset = Option<usize>;

    fn text(self, lookup: &Lookup<'run>) -> Self::Text {
        self.map(|words| words.text(lookup))
    }

    fn offset(self, lookup: &Lookup<'run>, of: fn(Span) -> usize) -> Self::Offset {
        self.map(|words| words.offset(lookup, of))
    }
}

/// A table of a run.
pub(super) type RunSchema<'run, Row> = Schema<'run, Lookup<'run>, Row>;

/// Columns that several tables have.
impl<'run, Row> RunSchema<'run, Row> {
    /// The columns `sentence_id`, `article_id` and `outlet`.
    pub(super) fn sentence(self, of: impl Fn(&Row) -> &'run SentenceId + Copy + 'run) -> Self {
        self.column("sentence_id", "The sentence.", move |_, row| of(row).to_string())
            .column("article_id", "Its article.", move |_, row| of(row).article.as_str())
            .column("outlet", "Its outlet.", move |lookup, row| lookup.outlet(of(row)))
    }

    /// Words, and where they begin and end in the sentence's field: three columns.
    pub(super) fn words<W: MaybeWords<'run>>(
        self,
        [words, start, end]: [&'static str; 3],
        doc: &'static str,
        of: impl Fn(&Lookup<'run>, &Row) -> W + Copy + 'run,
    ) -> Self {
        let offset = "Offset into the sentence's field, in characters.";
        self.column(words, doc, move |lookup, row| of(lookup, row).text(lookup))
            .column(start, offset, move |lookup, row| of(lookup, row).offset(lookup, |span| span.start))
            .column(end, offset, move |lookup, row| of(lookup, row).offset(lookup, |span| span.end))
    }
}

fn n_compared(run: &Run) -> BTreeMap<ClaimId, usize> {
    let mut n_compared = BTreeMap::new();
    for comparison in run.comparisons.iter().filter(|comparison| comparison.relation != Relation::Partial) {
        *n_compared.entry(comparison.claim).or_insert(0) += 1;
    }
    n_compared
}
