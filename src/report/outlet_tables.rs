//! The tables of the measures: each sentence's figures, and the estimates of outlets.

use super::cell::Cell;
use super::table::Table;
use super::tables::Tables;
use crate::records::{Reading, SentenceId, SentenceReadings, Span};
use crate::statistics::OutletEstimate;

impl Tables<'_> {
    /// A row for each sentence of a claim, measure and part.
    pub(super) fn measures(&self) -> Table<'_> {
        let columns = [
            "claim_id",
            "event_id",
            "sentence_id",
            "article_id",
            "outlet",
            "measure",
            "voice",
            "value",
            "words",
            "spans",
            "copy_of",
        ];
        let rows = self.run.readings.iter().flat_map(|of_sentence| self.measure_rows(of_sentence));
        Table::new(columns, rows)
    }

    fn measure_rows(&self, of: &SentenceReadings) -> Vec<Vec<Cell>> {
        let SentenceReadings { claim, sentence, readings } = of;
        let copy_of = self.copy_of(sentence);
        let row = |reading: &Reading| {
            let mut row: Vec<Cell> = vec![claim.to_string().into(), self.event_of(*claim).into()];
            row.extend(self.of_sentence(sentence));
            row.extend([reading.measure.as_ref().into(), reading.part.as_str().into(), reading.value.into()]);
            row.extend(self.words_and_spans(sentence, &reading.words));
            row.push(copy_of.clone().into());
            row
        };
        readings.iter().map(row).collect()
    }

    /// Several words of a sentence, and their character offsets: `"may; likely"` and `"10-13;20-26"`.
    pub(super) fn words_and_spans(&self, sentence: &SentenceId, words: &[Span]) -> [Cell; 2] {
        let text = self.text(sentence);
        let slices: Vec<&str> = words.iter().map(|span| span.slice(text)).collect();
        let offsets = words.iter().map(|&span| {
            let (start, end) = self.chars(sentence, span);
            format!("{start}-{end}")
        });
        [slices.join("; ").into(), offsets.collect::<Vec<_>>().join(";").into()]
    }

    /// A row for each outlet and pair of outlets, measure and part. The last columns are for `parallax validate score`.
    pub(super) fn outlets(&self) -> Table<'_> {
        let columns = [
            "outlet_a",
            "outlet_b",
            "measure",
            "voice",
            "estimate",
            "ci_low",
            "ci_high",
            "effect_size",
            "n_claims",
            "n_events",
            "n_sentences",
            "n_copied",
            "p_value",
            "p_adjusted",
            "finding",
            "corrected",
            "corrected_ci_low",
            "corrected_ci_high",
            "n_labelled",
        ];
        Table::new(columns, self.run.estimates.iter().map(|estimate| self.estimate(estimate)))
    }

    /// A row for each term and outlet that has it where another outlet has other words.
    pub(super) fn wordings(&self) -> Table<'_> {
        let columns = [
            "term",
            "outlet",
            "n_aligned",
            "alternatives",
            "n_uses",
            "n_words",
            "n_uses_others",
            "n_words_others",
            "log_odds",
            "z",
        ];
        let rows = self.run.wordings.iter().map(|wording| -> Vec<Cell> {
            let alternatives = wording.alternatives.iter().map(|(term, n)| format!("{term} ({n})"));
            vec![
                wording.term.as_str().into(),
                self.run.outlets.names()[wording.outlet].as_str().into(),
                wording.n_aligned.into(),
                alternatives.collect::<Vec<_>>().join("; ").into(),
                wording.uses.0.into(),
                wording.uses.1.into(),
                wording.uses_of_others.0.into(),
                wording.uses_of_others.1.into(),
                Cell::Figure(wording.log_odds.delta),
                Cell::Figure(wording.log_odds.z),
            ]
        });
        Table::new(columns, rows)
    }

    fn estimate(&self, of: &OutletEstimate) -> Vec<Cell> {
        let outlet = |position: usize| self.run.outlets.names()[position].as_str();
        let figure = |value: Option<f64>| value.map_or(Cell::Empty, Cell::Figure);
        let estimate = of.estimate;
        vec![
            outlet(of.outlet_a).into(),
            of.outlet_b.map(outlet).into(),
            of.measure.as_str().into(),
            of.part.as_str().into(),
            figure(estimate.map(|estimate| estimate.value)),
            figure(estimate.map(|estimate| estimate.interval.0)),
            figure(estimate.map(|estimate| estimate.interval.1)),
            figure(estimate.and_then(|estimate| estimate.effect_size)),
            of.n_claims.into(),
            of.n_events.into(),
            of.n_sentences.into(),
            of.n_copied.into(),
            figure(estimate.and_then(|estimate| estimate.p_value)),
            figure(estimate.and_then(|estimate| estimate.p_adjusted)),
            of.finding(&self.run.options.statistics).into(),
            Cell::Empty,
            Cell::Empty,
            Cell::Empty,
            Cell::Empty,
        ]
    }
}
