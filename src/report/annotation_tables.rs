//! The tables of what the annotators found in the sentences.

use super::cell::Cell;
use super::table::Table;
use super::tables::Tables;
use crate::records::{Attribution, CarriedSource, Span};

impl Tables<'_> {
    /// A row for each statement that is handed to a source, and for each quotation that goes on with the words of a source
    /// that an earlier sentence names.
    pub(super) fn attributions(&self) -> Table {
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
        let mut table = Table::new("attributions", columns);
        for (sentence, annotations) in self.run.annotations.iter().enumerate() {
            for attribution in &annotations.attributions {
                let row = self.attribution(sentence, attribution);
                table.rows.push(row);
            }
            table.rows.extend(annotations.carried.map(|carried| self.carried(sentence, &carried)));
        }
        table
    }

    /// A row for each clause: who does what to whom.
    pub(super) fn clauses(&self) -> Table {
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
        let mut table = Table::new("clauses", columns);
        for (sentence, annotations) in self.run.annotations.iter().enumerate() {
            for clause in &annotations.clauses {
                let mut row = self.of_sentence(sentence);
                row.extend(self.words(sentence, clause.verb));
                row.push(clause.voice.as_str().into());
                row.extend(self.words_or_none(sentence, clause.agent));
                row.extend(self.words_or_none(sentence, clause.patient));
                row.push(self.voice(sentence, clause.verb).into());
                table.rows.push(row);
            }
        }
        table
    }

    /// As [`Tables::words`]; empty cells for no words.
    pub(super) fn words_or_none(&self, sentence: usize, words: Option<Span>) -> [Cell; 3] {
        words.map_or([Cell::Empty, Cell::Empty, Cell::Empty], |span| self.words(sentence, span))
    }

    fn of_sentence(&self, position: usize) -> Vec<Cell> {
        let article = &self.run.articles[self.sentence(position).article];
        vec![self.sentence_id(position).into(), article.id.as_str().into(), article.outlet.as_str().into()]
    }

    fn attribution(&self, sentence: usize, found: &Attribution) -> Vec<Cell> {
        let mut row = self.of_sentence(sentence);
        row.extend(self.words_or_none(sentence, found.source));
        row.push(found.source.map(|_| self.sentence_id(sentence)).into());
        row.push(found.anonymous.into());
        row.extend(self.words(sentence, found.cue));
        row.extend([found.cue_kind.as_str().into(), found.kind.as_str().into()]);
        row.extend(self.words_and_spans(sentence, &found.content));
        row
    }

    fn carried(&self, sentence: usize, carried: &CarriedSource) -> Vec<Cell> {
        let first = sentence - self.sentence(sentence).index;
        let named_in = first + carried.sentence;
        let mut row = self.of_sentence(sentence);
        row.extend(self.words(named_in, carried.source));
        row.extend([self.sentence_id(named_in).into(), carried.anonymous.into()]);
        row.extend([Cell::Empty, Cell::Empty, Cell::Empty, Cell::Empty, "direct".into()]);
        let quoted: Vec<_> =
            self.run.annotations[sentence].quotations.iter().map(|quoted| quoted.span).collect();
        row.extend(self.words_and_spans(sentence, &quoted));
        row
    }
}
