//! The tables that `parallax validate score` writes.

use super::figures::Figure;
use super::score::{Agreement, CorrectedEstimate, MeasureAgreement, Precision, Report};
use crate::report::{Schema, Table, TableSchema};

/// The tables of a report.
pub(super) fn tables(report: &Report) -> [Table<'_>; 4] {
    [
        precision().table(report, report.precision.iter()),
        measures().table(report, report.measures.iter()),
        agreement().table(report, report.agreement.iter()),
        corrected().table(report, report.estimates.iter()),
    ]
}

/// What they are.
pub fn schemas() -> Vec<TableSchema> {
    vec![
        precision().into_schema(),
        measures().into_schema(),
        agreement().into_schema(),
        corrected().into_schema(),
    ]
}

fn precision<'run>() -> Schema<'run, Report, &'run Precision> {
    Schema::<Report, &Precision>::new("precision", "One row per stratum of pairs, then sums.")
        .column(
            "claim",
            "What is asked: `same`, `shared` (`same` and `partial` agree with it) or `contradict`.",
            |_, of| of.claim,
        )
        .column(
            "stratum",
            "The stratum: a tier or `partial` with a band of `probability`, or a kind of conflict.",
            |_, of| of.stratum.as_str(),
        )
        .column("size", "Number of pairs in it.", |_, of| of.size)
        .column("drawn", "Number of pairs in the sample.", |_, of| of.drawn)
        .column("labelled", "Number of pairs with an answer.", |_, of| of.labelled)
        .figure(["precision", "ci_low", "ci_high"], "The share of pairs about which people say so.", |of| {
            of.precision
        })
}

fn measures<'run>() -> Schema<'run, Report, &'run MeasureAgreement> {
    Schema::<Report, &MeasureAgreement>::new(
        "measures",
        "One row per measure and band of the machine's figure, then `all`.",
    )
    .column("measure", "The measure.", |_, of| of.measure)
    .column("voice", "Whose words.", |_, of| of.voice.as_str())
    .column("stratum", "The band, or `all`.", |_, of| of.stratum.as_str())
    .column("size", "Number of sentences in it.", |_, of| of.size)
    .column("drawn", "Number of sentences in the sample.", |_, of| of.drawn)
    .column("labelled", "Number of sentences with an answer.", |_, of| of.labelled)
    .figure(
        ["same_answer", "same_answer_ci_low", "same_answer_ci_high"],
        "The share of sentences where the answer nearest to the machine's figure is that of people.",
        |of| of.same_answer,
    )
    .figure(
        ["human", "human_ci_low", "human_ci_high"],
        "The mean of people's answers, on the measure's scale.",
        |of| of.human,
    )
    .figure(
        ["too_high", "too_high_ci_low", "too_high_ci_high"],
        "The mean of the machine's figure less that of people.",
        |of| of.too_high,
    )
}

fn agreement<'run>() -> Schema<'run, Report, &'run Agreement> {
    Schema::<Report, &Agreement>::new(
        "agreement",
        "One row per measure, and one for `claims`: how far the annotators agree.",
    )
    .column("measure", "The measure, or `claims`.", |_, of| of.measure)
    .column("level", "`nominal` or `ordinal`.", |_, of| of.level)
    .column("n_annotators", "Number of annotators.", |report, _| report.annotators.len())
    .column("n_items", "Number of items with two answers or more.", |_, of| of.n_items)
    .column("alpha", "Krippendorff's alpha; empty where all answers are the same.", |_, of| of.alpha)
    .column("ci_low", "Lower end of its 95% interval, a bootstrap over events.", |_, of| of.low)
    .column("ci_high", "Upper end.", |_, of| of.high)
}

fn corrected<'run>() -> Schema<'run, Report, &'run CorrectedEstimate> {
    Schema::<Report, &CorrectedEstimate>::new("corrected", "One row per row of `outlets` whose measure and voice people labelled.")
        .column("outlet_a", "The outlet whose name comes first.", |_, of| of.outlet_a.as_str())
        .column("outlet_b", "The other outlet.", |_, of| of.outlet_b.as_str())
        .column("measure", "The measure.", |_, of| of.measure)
        .column("voice", "Whose words.", |_, of| of.voice.as_str())
        .figure(["estimate", "ci_low", "ci_high"], "The difference as in `outlets`, a less b.", |of| of.raw)
        .figure(["corrected", "corrected_ci_low", "corrected_ci_high"], "The difference without the machine's errors; empty where an outlet has fewer than 20 labelled sentences in it.", |of| of.corrected)
        .column("n_labelled", "Number of labelled sentences among those that the estimate counts.", |_, of| of.n_labelled)
}

impl<'run, Row: 'run> Schema<'run, Report, &'run Row> {
    /// A figure with the ends of its interval: three columns.
    fn figure(
        self,
        [value, low, high]: [&'static str; 3],
        doc: &'static str,
        of: impl Fn(&Row) -> Option<Figure> + Copy + 'run,
    ) -> Self {
        self.column(value, doc, move |_, row| of(row).map(|figure| figure.value))
            .column(low, "Lower end of its 95% interval.", move |_, row| of(row).map(|figure| figure.low))
            .column(high, "Upper end.", move |_, row| of(row).map(|figure| figure.high))
    }
}
