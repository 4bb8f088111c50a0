use std::collections::{BTreeMap, BTreeSet};

use super::cell::Cell;
use super::table::Table;
use crate::framing::{MEASURES, part_of};
use crate::pipeline::Run;
use crate::records::{
    Article, ArticleId, Claim, ClaimId, Comparison, CorpusSentence, Document, EventId, Evidence, Framing,
    Part, Reading, Rejection, SentenceFigures, SentenceId, Span,
};

/// The names of all tables, in the order in which they are written.
pub(super) const NAMES: [&str; 15] = [
    "articles",
    "sentences",
    "attributions",
    "clauses",
    "claims",
    "mentions",
    "targets",
    "comparisons",
    "framing",
    "measures",
    "outlets",
    "wordings",
    "coverage",
    "copies",
    "rejected",
];

/// The columns of `sentences`, before those of the heads that the user brought.
const SENTENCES: [&str; 22] = [
    "sentence_id",
    "article_id",
    "outlet",
    "index",
    "field",
    "start_char",
    "end_char",
    "start_byte",
    "end_byte",
    "text",
    "kind",
    "voice",
    "sentiment_negative",
    "sentiment_neutral",
    "sentiment_positive",
    "sentiment",
    "certainty",
    "source",
    "cue",
    "anonymous_source",
    "claim_id",
    "copy_of",
];

/// The columns of `comparisons`, before those of the measures.
const COMPARISONS: [&str; 14] = [
    "claim_id",
    "event_id",
    "outlet_a",
    "outlet_b",
    "sentence_id_a",
    "sentence_id_b",
    "text_a",
    "text_b",
    "similarity",
    "cosine",
    "probability",
    "conflict_probability",
    "relation",
    "conflict",
];

/// What the three columns of a measure end in.
const SIDES: [&str; 3] = ["a", "b", "difference"];

/// The shipped measure whose place a head of the user's may take.
const LOADED_LANGUAGE: &str = "loaded_language";

/// True for a name that a figure of a head cannot have: a column of `sentences`, a measure, or a dimension of `framing` is
/// called so, or a column of `comparisons` would be.
pub fn is_column(name: &str) -> bool {
    let framing =
        ["tone", "wording", "labelling", "attribution", "agency", "quantity", "quotation", "placement"];
    let names = SENTENCES.iter().chain(&MEASURES).chain(&framing);
    let of_sides = SIDES.map(|side| format!("{name}_{side}"));
    names
        .filter(|&&column| column != LOADED_LANGUAGE)
        .chain(&COMPARISONS)
        .any(|&column| column == name || of_sides.iter().any(|of_side| of_side == column))
}

/// Makes one table after the other from the records of a run.
pub(super) struct Tables<'run> {
    pub(super) run: &'run Run,
    rejected: &'run [Rejection],
    /// The figures of each sentence of a claim.
    readings: BTreeMap<&'run SentenceId, &'run [Reading]>,
    event_of_article: BTreeMap<&'run ArticleId, EventId>,
    claim_of_sentence: BTreeMap<&'run SentenceId, ClaimId>,
    event_of_claim: BTreeMap<ClaimId, EventId>,
}

impl<'run> Tables<'run> {
    pub(super) fn new(run: &'run Run, rejected: &'run [Rejection]) -> Self {
        let events = run.events.iter();
        let claims = run.claims.iter();
        Self {
            run,
            rejected,
            readings: run.readings.iter().map(|of| (&of.sentence, of.readings.as_slice())).collect(),
            event_of_article: events
                .flat_map(|event| event.articles.iter().map(|article| (article, event.id)))
                .collect(),
            claim_of_sentence: claims
                .flat_map(|claim| claim.mentions.iter().map(|mention| (&mention.sentence, claim.id)))
                .collect(),
            event_of_claim: run.claims.iter().map(|claim| (claim.id, claim.event)).collect(),
        }
    }

    pub(super) fn table(&self, name: &str) -> Table<'_> {
        match name {
            "articles" => self.articles(),
            "sentences" => self.sentences(),
            "attributions" => self.attributions(),
            "clauses" => self.clauses(),
            "claims" => self.claims(),
            "mentions" => self.mentions(),
            "targets" => self.targets(),
            "comparisons" => self.comparisons(),
            "framing" => self.framing(),
            "measures" => self.measures(),
            "outlets" => self.outlets(),
            "wordings" => self.wordings(),
            "coverage" => self.coverage(),
            "copies" => self.copies(),
            "rejected" => self.rejected(),
            _ => unreachable!("NAMES lists every table"),
        }
    }

    fn articles(&self) -> Table<'_> {
        let groups: BTreeSet<&String> =
            self.run.corpus.articles().flat_map(|article| article.groups.keys()).collect();
        let columns = [
            "article_id",
            "outlet",
            "headline",
            "url",
            "date_published",
            "language",
            "event_id",
            "n_sentences",
            "n_claims",
            "duplicate_of",
            "warnings",
            "file",
            "row",
        ];
        let of_groups = groups.clone();
        let row = move |document: &'run Document| {
            let Document { article, layout, sentences, .. } = document;
            let mut row: Vec<Cell> = vec![
                article.id.as_str().into(),
                article.outlet.as_str().into(),
                article.headline.as_str().into(),
                article.url.as_str().into(),
                article.date_published.map(|date| date.to_string()).into(),
                layout.language.as_str().into(),
                self.event_of_article.get(&article.id).map(EventId::to_string).into(),
                sentences.len().into(),
                self.n_claims(document).into(),
                self.run.copies.duplicate_of.get(&article.id).map(ArticleId::to_string).into(),
                self.run.warnings_of(document).join("; ").into(),
                article.origin.file.as_str().into(),
                article.origin.row.map(|row| row as usize).into(),
            ];
            row.extend(of_groups.iter().map(|group| article.groups.get(*group).cloned().into()));
            row
        };
        let mut table = Table::new(columns, self.run.corpus.documents().iter().map(row));
        table.columns.extend(groups.iter().map(|group| format!("group_{group}")));
        table
    }

    fn n_claims(&self, document: &Document) -> usize {
        let claims =
            document.sentences.iter().filter_map(|sentence| self.claim_of_sentence.get(&sentence.id));
        claims.collect::<BTreeSet<_>>().len()
    }

    fn sentences(&self) -> Table<'_> {
        let sentences = self.run.corpus.sentences().zip(&self.run.figures);
        let rows = sentences.map(|(sentence, figures)| self.sentence_row(&sentence, figures.as_ref()));
        let mut table = Table::new(SENTENCES, rows);
        table.columns.extend(self.shipped_loaded_language().map(str::to_owned));
        table.columns.extend(self.run.measures.iter().cloned());
        table
    }

    fn sentence_row(&self, of: &CorpusSentence<'_>, figures: Option<&SentenceFigures>) -> Vec<Cell> {
        let CorpusSentence { article, sentence, annotations, .. } = *of;
        let text = of.text();
        let words = |span: Span| span.slice(text).to_owned();
        let sentiment = figures.and_then(|figures| figures.sentiment);
        let attribution = annotations.attribution.as_ref();
        let mut row: Vec<Cell> = vec![
            sentence.id.to_string().into(),
            article.id.as_str().into(),
            article.outlet.as_str().into(),
            (sentence.id.index as usize).into(),
            sentence.field.as_str().into(),
            sentence.chars.start.into(),
            sentence.chars.end.into(),
            sentence.bytes.start.into(),
            sentence.bytes.end.into(),
            text.into(),
            sentence.kind.as_str().into(),
            annotations.voice.as_str().into(),
            sentiment.map(|sentiment| sentiment.negative).into(),
            sentiment.map(|sentiment| sentiment.neutral).into(),
            sentiment.map(|sentiment| sentiment.positive).into(),
            sentiment.map(|sentiment| sentiment.score()).into(),
            annotations.certainty.score.into(),
            attribution.and_then(|attribution| attribution.source).map(words).into(),
            attribution.map(|attribution| words(attribution.cue)).into(),
            attribution.map(|attribution| attribution.anonymous).into(),
            self.claim_of_sentence.get(&sentence.id).map(ClaimId::to_string).into(),
            self.copy_of(&sentence.id).into(),
        ];
        let loaded = figures.and_then(|figures| figures.loaded_language);
        row.extend(self.shipped_loaded_language().map(|_| Cell::from(loaded)));
        let score = |measure: usize| Cell::from(figures.map(|figures| figures.scores[measure]));
        row.extend((0..self.run.measures.len()).map(score));
        row
    }

    fn claims(&self) -> Table<'_> {
        let columns = [
            "claim_id",
            "event_id",
            "text",
            "medoid_sentence_id",
            "n_sentences",
            "n_articles",
            "n_outlets",
            "n_independent_outlets",
            "n_disputing",
            "tier",
        ];
        let row = |(claim, &n_independent): (&Claim, &usize)| -> Vec<Cell> {
            let articles: BTreeSet<&ArticleId> =
                claim.mentions.iter().map(|mention| &mention.sentence.article).collect();
            let outlets: BTreeSet<&str> =
                articles.iter().map(|article| self.run.corpus.article(article).outlet.as_str()).collect();
            vec![
                claim.id.to_string().into(),
                claim.event.to_string().into(),
                self.text(&claim.medoid).into(),
                claim.medoid.to_string().into(),
                claim.mentions.len().into(),
                articles.len().into(),
                outlets.len().into(),
                n_independent.into(),
                claim.disputing().count().into(),
                claim.tier.as_str().into(),
            ]
        };
        Table::new(columns, self.run.claims.iter().zip(&self.run.independent_outlets).map(row))
    }

    fn mentions(&self) -> Table<'_> {
        let columns = [
            "claim_id",
            "sentence_id",
            "article_id",
            "outlet",
            "similarity",
            "probability",
            "relation",
            "tier",
        ];
        let mentions = self
            .run
            .claims
            .iter()
            .flat_map(|claim| claim.mentions.iter().map(move |mention| (claim, mention)));
        let rows = mentions.map(|(claim, mention)| {
            let mut row = vec![claim.id.to_string().into()];
            row.extend(self.of_sentence(&mention.sentence));
            row.extend([
                mention.similarity.into(),
                mention.probability.into(),
                mention.relation.as_str().into(),
                mention.tier.as_str().into(),
            ]);
            row
        });
        Table::new(columns, rows)
    }

    fn targets(&self) -> Table<'_> {
        let columns = [
            "claim_id",
            "sentence_id",
            "article_id",
            "outlet",
            "target",
            "words",
            "start_char",
            "end_char",
            "sentiment_negative",
            "sentiment_neutral",
            "sentiment_positive",
            "sentiment",
            "voice",
        ];
        let rows = self.run.targets.iter().map(|target| {
            let mut row = vec![target.claim.to_string().into()];
            row.extend(self.of_sentence(&target.sentence));
            row.push(target.key.as_str().into());
            row.extend(self.words(&target.sentence, target.span));
            row.extend([
                target.sentiment.map(|sentiment| sentiment.negative).into(),
                target.sentiment.map(|sentiment| sentiment.neutral).into(),
                target.sentiment.map(|sentiment| sentiment.positive).into(),
                target.sentiment.map(|sentiment| sentiment.score()).into(),
                self.voice(&target.sentence, target.span).into(),
            ]);
            row
        });
        Table::new(columns, rows)
    }

    fn comparisons(&self) -> Table<'_> {
        let rows = self.run.comparisons.iter().map(|comparison| self.comparison(comparison));
        let mut table = Table::new(COMPARISONS, rows);
        for measure in self.measure_names() {
            table.columns.extend(SIDES.map(|side| format!("{measure}_{side}")));
        }
        table
    }

    fn comparison(&self, comparison: &Comparison) -> Vec<Cell> {
        let Comparison { sentence_a: a, sentence_b: b, .. } = comparison;
        let mut row: Vec<Cell> = vec![
            comparison.claim.to_string().into(),
            self.event_of(comparison.claim).into(),
            self.outlet(a).into(),
            self.outlet(b).into(),
            a.to_string().into(),
            b.to_string().into(),
            self.text(a).into(),
            self.text(b).into(),
            comparison.similarity.into(),
            comparison.cosine.into(),
            comparison.probability.into(),
            comparison.conflict_probability.into(),
            comparison.relation.as_str().into(),
            comparison.conflict.map(|conflict| conflict.as_str()).into(),
        ];
        for measure in self.measure_names() {
            let (of_a, of_b) = (self.own_figure(a, measure), self.own_figure(b, measure));
            let difference = of_a.zip(of_b).map(|(a, b)| a - b);
            row.extend([of_a.into(), of_b.into(), difference.into()]);
        }
        row
    }

    /// The measures of the comparisons table; each has the columns `M_a`, `M_b` and `M_difference`.
    fn measure_names(&self) -> impl Iterator<Item = &'run str> {
        let has_place = |measure: &&str| !self.run.measures.iter().any(|of_head| of_head == measure);
        MEASURES.into_iter().filter(has_place).chain(self.run.measures.iter().map(String::as_str))
    }

    /// The column of the shipped measure of loaded language; `None` where a head of the user's has its place.
    fn shipped_loaded_language(&self) -> Option<&'static str> {
        (!self.run.measures.iter().any(|measure| measure == LOADED_LANGUAGE)).then_some(LOADED_LANGUAGE)
    }

    /// The figure of a claim's sentence, quoted words left out.
    fn own_figure(&self, sentence: &SentenceId, measure: &str) -> Option<f32> {
        let is_own = |reading: &&Reading| reading.measure == measure && reading.part != Part::Quotation;
        self.readings[sentence].iter().find(is_own).map(|reading| reading.value)
    }

    fn framing(&self) -> Table<'_> {
        let columns = [
            "claim_id",
            "outlet_a",
            "outlet_b",
            "sentence_id_a",
            "sentence_id_b",
            "dimension",
            "evidence_a",
            "start_char_a",
            "end_char_a",
            "evidence_b",
            "start_char_b",
            "end_char_b",
            "value_a",
            "value_b",
            "difference",
            "voice_a",
            "voice_b",
        ];
        let rows = self.run.framing.iter().flat_map(|framing| self.framing_rows(framing));
        Table::new(columns, rows)
    }

    fn framing_rows(&self, framing: &Framing) -> Vec<Vec<Cell>> {
        let Framing { claim, sentence_a: a, sentence_b: b, differences } = framing;
        let mut rows = vec![];
        for difference in differences {
            let mut row: Vec<Cell> = vec![
                claim.to_string().into(),
                self.outlet(a).into(),
                self.outlet(b).into(),
                a.to_string().into(),
                b.to_string().into(),
                difference.dimension.as_str().into(),
            ];
            row.extend(self.evidence(a, &difference.a));
            row.extend(self.evidence(b, &difference.b));
            row.extend([
                difference.a.value.as_str().into(),
                difference.b.value.as_str().into(),
                difference.difference.into(),
                difference.a.span.map(|span| self.voice(a, span)).into(),
                difference.b.span.map(|span| self.voice(b, span)).into(),
            ]);
            rows.push(row);
        }
        rows
    }

    fn evidence(&self, sentence: &SentenceId, evidence: &Evidence) -> [Cell; 3] {
        self.words_or_none(sentence, evidence.span)
    }

    /// Id, article and outlet of a sentence.
    pub(super) fn of_sentence(&self, sentence: &SentenceId) -> [Cell; 3] {
        [sentence.to_string().into(), sentence.article.as_str().into(), self.outlet(sentence).into()]
    }

    /// The words and their character offsets into the sentence's field of the article.
    pub(super) fn words(&self, sentence: &SentenceId, span: Span) -> [Cell; 3] {
        let (start, end) = self.chars(sentence, span);
        [span.slice(self.text(sentence)).into(), start.into(), end.into()]
    }

    /// Whose words some words of a sentence are.
    pub(super) fn voice(&self, sentence: &SentenceId, span: Span) -> &'static str {
        part_of(self.sentence(sentence).annotations, &span).as_str()
    }

    /// Character offsets, into the sentence's field of the article, of words of the sentence.
    pub(super) fn chars(&self, sentence: &SentenceId, span: Span) -> (usize, usize) {
        let text = self.text(sentence);
        let start = self.sentence(sentence).sentence.chars.start + text[..span.start].chars().count();
        (start, start + span.slice(text).chars().count())
    }

    fn coverage(&self) -> Table<'_> {
        let columns = ["claim_id", "outlet", "status", "reason", "n_sentences", "first_position"];
        let rows = self.run.coverage.iter().map(|row| -> Vec<Cell> {
            vec![
                row.claim.to_string().into(),
                row.outlet.as_str().into(),
                row.status.as_str().into(),
                row.status.reason().into(),
                row.n_sentences.into(),
                row.first_position.into(),
            ]
        });
        Table::new(columns, rows)
    }

    fn copies(&self) -> Table<'_> {
        let columns = [
            "article_id",
            "outlet",
            "start_char",
            "end_char",
            "source_article_id",
            "source_outlet",
            "source_start_char",
            "source_end_char",
            "n_words",
            "jaccard",
            "text",
        ];
        let corpus = &self.run.corpus;
        let rows = self.run.copies.spans.iter().map(|span| -> Vec<Cell> {
            let (article, source): (&Article, &Article) =
                (corpus.article(&span.article), corpus.article(&span.source));
            vec![
                article.id.as_str().into(),
                article.outlet.as_str().into(),
                span.chars.start.into(),
                span.chars.end.into(),
                source.id.as_str().into(),
                source.outlet.as_str().into(),
                span.source_chars.start.into(),
                span.source_chars.end.into(),
                span.n_words.into(),
                span.jaccard.into(),
                span.bytes.slice(&article.body).into(),
            ]
        });
        Table::new(columns, rows)
    }

    fn rejected(&self) -> Table<'_> {
        let rows = self.rejected.iter().map(|rejection| -> Vec<Cell> {
            vec![
                rejection.file.as_str().into(),
                rejection.row.map(|row| row as usize).into(),
                rejection.reason.as_str().into(),
            ]
        });
        Table::new(["file", "row", "reason"], rows)
    }

    /// The sentence that a sentence is a copy of.
    pub(super) fn copy_of(&self, sentence: &SentenceId) -> Option<String> {
        self.run.copies.origin.get(sentence).map(SentenceId::to_string)
    }

    /// The event of a claim.
    pub(super) fn event_of(&self, claim: ClaimId) -> String {
        self.event_of_claim[&claim].to_string()
    }

    pub(super) fn sentence(&self, id: &SentenceId) -> CorpusSentence<'run> {
        self.run.corpus.sentence(id)
    }

    pub(super) fn text(&self, id: &SentenceId) -> &'run str {
        self.sentence(id).text()
    }

    fn outlet(&self, id: &SentenceId) -> &'run str {
        self.sentence(id).outlet()
    }
}
