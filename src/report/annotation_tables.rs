//! The tables of what the annotators found in the sentences.

use super::cell::Cell;
use super::table::Table;
use super::tables::Tables;
use crate::records::{Attribution, CarriedSource, CorpusSentence, SentenceId, Span};

impl Tables<'_> {
    /// A row for each statement that is handed to a source, and for each quotation that goes on with the words of a source
    /// that an earlier sentence names.
    pub(super) fn attributions(&self) -> Table<'_> {
        let columns = [
            "sentence_id",
            "article_id",
            "outlet",
            "source",
            "source_start_char",
            "source_end_char",
            "source_sentence_id",
            "anonymous",
            "cue",
            "cue_start_char",
            "cue_end_char",
            "cue_kind",
            "kind",
            "content",
            "content_spans",
        ];
        let rows = self.run.corpus.sentences().flat_map(|sentence| {
            let annotations = sentence.annotations;
            let found = annotations.attributions.iter();
            let mut rows: Vec<_> = found.map(|found| self.attribution(sentence.id(), found)).collect();
            rows.extend(annotations.carried.map(|carried| self.carried(&sentence, &carried)));
            rows
        });
        Table::new(columns, rows)
    }

    /// A row for each clause: who does what to whom.
    pub(super) fn clauses(&self) -> Table<'_> {
        let columns = [
            "sentence_id",
            "article_id",
            "outlet",
            "verb",
            "verb_start_char",
            "verb_end_char",
            "clause_voice",
            "agent",
            "agent_start_char",
            "agent_end_char",
            "patient",
            "patient_start_char",
            "patient_end_char",
            "voice",
        ];
        let sentences = self.run.corpus.sentences().zip(&self.run.figures);
        let clauses = sentences.flat_map(|(sentence, figures)| {
            let clauses = figures.iter().flat_map(|figures| &figures.clauses);
            clauses.map(move |clause| (sentence.id(), clause))
        });
        let rows = clauses.map(|(sentence, clause)| {
            let mut row = self.of_sentence(sentence).to_vec();
            row.extend(self.words(sentence, clause.verb));
            row.push(clause.voice.as_str().into());
            row.extend(self.words_or_none(sentence, clause.agent));
            row.extend(self.words_or_none(sentence, clause.patient));
            row.push(self.voice(sentence, clause.verb).into());
            row
        });
        Table::new(columns, rows)
    }

    /// As [`Tables::words`]; empty cells for no words.
    pub(super) fn words_or_none(&self, sentence: &SentenceId, words: Option<Span>) -> [Cell; 3] {
        words.map_or([Cell::Empty, Cell::Empty, Cell::Empty], |span| self.words(sentence, span))
    }

    fn attribution(&self, sentence: &SentenceId, found: &Attribution) -> Vec<Cell> {
        let mut row = self.of_sentence(sentence).to_vec();
        row.extend(self.words_or_none(sentence, found.source));
        row.push(found.source.map(|_| sentence.to_string()).into());
        row.push(found.anonymous.into());
        row.extend(self.words(sentence, found.cue));
        row.extend([found.cue_kind.as_str().into(), found.kind.as_str().into()]);
        row.extend(self.words_and_spans(sentence, &found.content));
        row
    }

    fn carried(&self, sentence: &CorpusSentence<'_>, carried: &CarriedSource) -> Vec<Cell> {
        let id = sentence.id();
        let index = u32::try_from(carried.sentence).expect("a sentence of the article");
        let named_in = SentenceId { article: id.article.clone(), index };
        let mut row = self.of_sentence(id).to_vec();
        row.extend(self.words(&named_in, carried.source));
        row.extend([named_in.to_string().into(), carried.anonymous.into()]);
        row.extend([Cell::Empty, Cell::Empty, Cell::Empty, Cell::Empty, "direct".into()]);
        let quoted: Vec<_> = sentence.annotations.quotations.iter().map(|quoted| quoted.span).collect();
        row.extend(self.words_and_spans(id, &quoted));
        row
    }
}
