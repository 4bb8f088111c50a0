use std::collections::{BTreeMap, BTreeSet};

use super::cell::Cell;
use super::table::Table;
use crate::framing::{MEASURES, part_of};
use crate::pipeline::Run;
use crate::records::{Comparison, Evidence, Part, Reading, Sentence, Span};
use crate::statistics::sentences_per_article;

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
    /// The figures of each sentence of a claim.
    readings: BTreeMap<usize, &'run [Reading]>,
    event_of_article: BTreeMap<usize, usize>,
    claim_of_sentence: BTreeMap<usize, usize>,
    n_sentences: Vec<usize>,
}

impl<'run> Tables<'run> {
    pub(super) fn new(run: &'run Run) -> Self {
        let events = run.events.iter().enumerate();
        let claims = run.claims.iter().enumerate();
        Self {
            run,
            readings: run.readings.iter().map(|of| (of.sentence, of.readings.as_slice())).collect(),
            event_of_article: events
                .flat_map(|(e, event)| event.articles.iter().map(move |&a| (a, e)))
                .collect(),
            claim_of_sentence: claims
                .flat_map(|(c, claim)| claim.mentions.iter().map(move |m| (m.sentence, c)))
                .collect(),
            n_sentences: sentences_per_article(run.articles.len(), &run.sentences),
        }
    }

    pub(super) fn table(&self, name: &str) -> Table {
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

    fn articles(&self) -> Table {
        let groups: BTreeSet<&String> =
            self.run.articles.iter().flat_map(|article| article.groups.keys()).collect();
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
        let mut table = Table::new("articles", columns);
        table.columns.extend(groups.iter().map(|group| format!("group_{group}")));
        for (position, article) in self.run.articles.iter().enumerate() {
            let mut row: Vec<Cell> = vec![
                article.id.as_str().into(),
                article.outlet.as_str().into(),
                article.headline.as_str().into(),
                article.url.as_str().into(),
                article.date_published.map(|date| date.to_string()).into(),
                article.language.as_str().into(),
                self.event_of_article.get(&position).map(|&event| event_id(event)).into(),
                self.n_sentences[position].into(),
                self.n_claims(position).into(),
                self.run.copies.duplicate_of[position].map(|original| self.article_id(original)).into(),
                article.warnings.join("; ").into(),
                article.origin.file.as_str().into(),
                article.origin.row.map(|row| row as usize).into(),
            ];
            row.extend(groups.iter().map(|group| article.groups.get(*group).cloned().into()));
            table.rows.push(row);
        }
        table
    }

    fn n_claims(&self, article: usize) -> usize {
        let first = self.run.sentences.partition_point(|sentence| sentence.article < article);
        let end = self.run.sentences.partition_point(|sentence| sentence.article <= article);
        self.claim_of_sentence.range(first..end).map(|(_, claim)| claim).collect::<BTreeSet<_>>().len()
    }

    fn sentences(&self) -> Table {
        let mut table = Table::new("sentences", SENTENCES);
        table.columns.extend(self.shipped_loaded_language().map(str::to_owned));
        table.columns.extend(self.run.measures.iter().cloned());
        for (position, (sentence, annotations)) in
            self.run.sentences.iter().zip(&self.run.annotations).enumerate()
        {
            let article = &self.run.articles[sentence.article];
            let text = sentence.text(article);
            let words = |span: Span| span.slice(text).to_owned();
            let sentiment = annotations.sentiment;
            let attribution = annotations.attribution.as_ref();
            let mut row: Vec<Cell> = vec![
                sentence.id(article).into(),
                article.id.as_str().into(),
                article.outlet.as_str().into(),
                sentence.index.into(),
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
                self.claim_of_sentence.get(&position).map(|&claim| claim_id(claim)).into(),
                self.copy_of(position).into(),
            ];
            row.extend(self.shipped_loaded_language().map(|_| Cell::from(self.loaded_language(position))));
            row.extend(self.scores(position).map(Cell::from));
            table.rows.push(row);
        }
        table
    }

    fn claims(&self) -> Table {
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
        let mut table = Table::new("claims", columns);
        for (position, claim) in self.run.claims.iter().enumerate() {
            let articles: BTreeSet<usize> =
                claim.mentions.iter().map(|mention| self.sentence(mention.sentence).article).collect();
            let outlets: BTreeSet<&str> =
                articles.iter().map(|&article| self.run.articles[article].outlet.as_str()).collect();
            table.rows.push(vec![
                claim_id(position).into(),
                event_id(claim.event).into(),
                self.text(claim.medoid).into(),
                self.sentence_id(claim.medoid).into(),
                claim.mentions.len().into(),
                articles.len().into(),
                outlets.len().into(),
                self.run.independent_outlets[position].into(),
                claim.disputing().count().into(),
                claim.tier.as_str().into(),
            ]);
        }
        table
    }

    fn mentions(&self) -> Table {
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
        let mut table = Table::new("mentions", columns);
        for (position, claim) in self.run.claims.iter().enumerate() {
            for mention in &claim.mentions {
                let article = &self.run.articles[self.sentence(mention.sentence).article];
                table.rows.push(vec![
                    claim_id(position).into(),
                    self.sentence_id(mention.sentence).into(),
                    article.id.as_str().into(),
                    article.outlet.as_str().into(),
                    mention.similarity.into(),
                    mention.probability.into(),
                    mention.relation.as_str().into(),
                    mention.tier.as_str().into(),
                ]);
            }
        }
        table
    }

    fn targets(&self) -> Table {
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
        let mut table = Table::new("targets", columns);
        for target in &self.run.targets {
            let article = &self.run.articles[self.sentence(target.sentence).article];
            let mut row: Vec<Cell> = vec![
                claim_id(target.claim).into(),
                self.sentence_id(target.sentence).into(),
                article.id.as_str().into(),
                article.outlet.as_str().into(),
                target.key.as_str().into(),
            ];
            row.extend(self.words(target.sentence, target.span));
            row.extend([
                target.sentiment.map(|sentiment| sentiment.negative).into(),
                target.sentiment.map(|sentiment| sentiment.neutral).into(),
                target.sentiment.map(|sentiment| sentiment.positive).into(),
                target.sentiment.map(|sentiment| sentiment.score()).into(),
                self.voice(target.sentence, target.span).into(),
            ]);
            table.rows.push(row);
        }
        table
    }

    fn comparisons(&self) -> Table {
        let mut table = Table::new("comparisons", COMPARISONS);
        for measure in self.measure_names() {
            table.columns.extend(SIDES.map(|side| format!("{measure}_{side}")));
        }
        for comparison in &self.run.comparisons {
            let Comparison { sentence_a: a, sentence_b: b, .. } = *comparison;
            let mut row: Vec<Cell> = vec![
                claim_id(comparison.claim).into(),
                event_id(self.run.claims[comparison.claim].event).into(),
                self.outlet(a).into(),
                self.outlet(b).into(),
                self.sentence_id(a).into(),
                self.sentence_id(b).into(),
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
            table.rows.push(row);
        }
        table
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

    fn loaded_language(&self, position: usize) -> Option<f32> {
        self.run.annotations[position].loaded_language
    }

    /// The figure of a claim's sentence, quoted words left out.
    fn own_figure(&self, position: usize, measure: &str) -> Option<f32> {
        let is_own = |reading: &&Reading| reading.measure == measure && reading.part != Part::Quotation;
        self.readings[&position].iter().find(is_own).map(|reading| reading.value)
    }

    /// The heads' figures for one sentence; empty ones where it was not encoded.
    fn scores(&self, position: usize) -> impl Iterator<Item = Option<f32>> {
        let encoding = self.run.encodings[position].as_ref();
        (0..self.run.measures.len())
            .map(move |measure| encoding.map(|encoding| encoding.scores[measure].value))
    }

    fn framing(&self) -> Table {
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
        let mut table = Table::new("framing", columns);
        for comparison in &self.run.comparisons {
            let Comparison { sentence_a: a, sentence_b: b, .. } = *comparison;
            for difference in &comparison.differences {
                let mut row: Vec<Cell> = vec![
                    claim_id(comparison.claim).into(),
                    self.outlet(a).into(),
                    self.outlet(b).into(),
                    self.sentence_id(a).into(),
                    self.sentence_id(b).into(),
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
                table.rows.push(row);
            }
        }
        table
    }

    fn evidence(&self, sentence: usize, evidence: &Evidence) -> [Cell; 3] {
        self.words_or_none(sentence, evidence.span)
    }

    /// The words and their character offsets into the sentence's field of the article.
    pub(super) fn words(&self, sentence: usize, span: Span) -> [Cell; 3] {
        let (start, end) = self.chars(sentence, span);
        [span.slice(self.text(sentence)).into(), start.into(), end.into()]
    }

    /// Whose words some words of a sentence are.
    pub(super) fn voice(&self, sentence: usize, span: Span) -> &'static str {
        part_of(&self.run.annotations[sentence], &span).as_str()
    }

    /// Character offsets, into the sentence's field of the article, of words of the sentence.
    pub(super) fn chars(&self, sentence: usize, span: Span) -> (usize, usize) {
        let text = self.text(sentence);
        let start = self.sentence(sentence).chars.start + text[..span.start].chars().count();
        (start, start + span.slice(text).chars().count())
    }

    fn coverage(&self) -> Table {
        let columns = ["claim_id", "outlet", "status", "reason", "n_sentences", "first_position"];
        let mut table = Table::new("coverage", columns);
        for row in &self.run.coverage {
            table.rows.push(vec![
                claim_id(row.claim).into(),
                row.outlet.as_str().into(),
                row.status.as_str().into(),
                row.status.reason().into(),
                row.n_sentences.into(),
                row.first_position.into(),
            ]);
        }
        table
    }

    fn copies(&self) -> Table {
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
        let mut table = Table::new("copies", columns);
        for span in &self.run.copies.spans {
            let (article, source) = (&self.run.articles[span.article], &self.run.articles[span.source]);
            table.rows.push(vec![
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
            ]);
        }
        table
    }

    fn rejected(&self) -> Table {
        let mut table = Table::new("rejected", ["file", "row", "reason"]);
        for rejection in &self.run.rejected {
            table.rows.push(vec![
                rejection.file.as_str().into(),
                rejection.row.map(|row| row as usize).into(),
                rejection.reason.as_str().into(),
            ]);
        }
        table
    }

    /// The sentence that a sentence is a copy of.
    pub(super) fn copy_of(&self, position: usize) -> Option<String> {
        let origin = self.run.copies.origin[position];
        (origin != position).then(|| self.sentence_id(origin))
    }

    fn article_id(&self, position: usize) -> &'run str {
        &self.run.articles[position].id
    }

    pub(super) fn sentence(&self, position: usize) -> &'run Sentence {
        &self.run.sentences[position]
    }

    pub(super) fn text(&self, position: usize) -> &'run str {
        let sentence = self.sentence(position);
        sentence.text(&self.run.articles[sentence.article])
    }

    pub(super) fn sentence_id(&self, position: usize) -> String {
        let sentence = self.sentence(position);
        sentence.id(&self.run.articles[sentence.article])
    }

    fn outlet(&self, position: usize) -> &'run str {
        &self.run.articles[self.sentence(position).article].outlet
    }
}

/// `c0001` for the first claim.
pub(super) fn claim_id(position: usize) -> String {
    format!("c{:04}", position + 1)
}

/// `e0001` for the first event.
pub(super) fn event_id(position: usize) -> String {
    format!("e{:04}", position + 1)
}
