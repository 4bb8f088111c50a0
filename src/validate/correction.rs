//! Estimates of outlets without the machine's errors, as far as people have labelled a sample.
//!
//! Design-based supervised learning (Egami, Hinck, Stewart & Wei 2023) and prediction-powered inference (Angelopoulos et al. 2023,
//! with the sample's probabilities known): each sentence gets the figure
//!
//! ```text
//! ỹ = ŷ + R/π · (y - ŷ)
//! ```
//!
//! where ŷ is the machine's figure, R is 1 where people labelled the sentence and 0 elsewhere, y is their mean, and π the
//! probability with which the sentence came into the labelled sample. Over the draws of the sample the mean of ỹ is y, whatever the
//! machine says; so the estimates of outlets, which are means of means, are right on average when they are made of ỹ.

use std::collections::{BTreeMap, BTreeSet};

use super::figures::Figure;
use super::units::MeasureRow;
use crate::records::Part;
use crate::statistics::{Estimate, Observation, OutletEstimate, Series, StatisticsOptions, outlet_estimates};

/// Fewest labelled sentences of each outlet of an estimate: with fewer, a few labels with large weights make all of it, and the
/// bootstrap does not know what they might have been.
pub const MIN_LABELLED: usize = 20;

/// What people say of one sentence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Labelled {
    /// The mean of the annotators' answers, on the measure's scale.
    pub human: f64,
    /// With what probability the sentence came into the labelled sample, above 0, at most 1.
    pub probability: f64,
}

/// The figure that stands for a sentence in corrected estimates.
fn pseudo_outcome(machine: f64, labelled: Option<&Labelled>) -> f64 {
    labelled.map_or(machine, |labelled| machine + (labelled.human - machine) / labelled.probability)
}

/// One estimate of the table `outlets`, corrected.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Corrected {
    pub outlet_a: String,
    pub outlet_b: String,
    /// Labelled sentences among those that the estimate counts.
    pub n_labelled: usize,
    /// As the machine has it; `None` where there are too few claims or events.
    pub raw: Option<Figure>,
    /// `None` where too few are labelled, or where there is no raw estimate either.
    pub figure: Option<Figure>,
}

/// Corrects every estimate of one measure and voice. `rows` are all its rows; `labelled` is by sentence.
pub(super) fn correct(
    rows: &[MeasureRow],
    labelled: &BTreeMap<String, Labelled>,
    options: &StatisticsOptions,
) -> Vec<Corrected> {
    let numbers = |name: fn(&MeasureRow) -> &str| -> Vec<&str> {
        rows.iter().map(name).collect::<BTreeSet<_>>().into_iter().collect()
    };
    let outlets = numbers(|row| &row.outlet);
    let (claims, events, texts) =
        (numbers(|row| &row.claim), numbers(|row| &row.event), numbers(|row| &row.text));
    let number = |names: &[&str], name: &str| names.binary_search(&name).expect("every name is listed");
    let observation = |row: &MeasureRow| Observation {
        claim: number(&claims, &row.claim),
        event: number(&events, &row.event),
        outlet: number(&outlets, &row.outlet),
        text: number(&texts, &row.text),
        value: row.value,
    };
    let raw: Vec<Observation> = rows.iter().map(observation).collect();
    let corrected = |(row, raw): (&MeasureRow, &Observation)| Observation {
        value: pseudo_outcome(row.value, labelled.get(&row.sentence)),
        ..*raw
    };
    let observations: Vec<Observation> = rows.iter().zip(&raw).map(corrected).collect();
    let is_labelled: Vec<bool> = rows.iter().map(|row| labelled.contains_key(&row.sentence)).collect();
    let counts = count_labelled(&observations, &is_labelled);
    let estimates = |observations: Vec<Observation>| {
        outlet_estimates(&[Series { measure: String::new(), part: Part::Whole, observations }], options)
            .of_pairs
    };
    let of_estimate = |(raw, corrected): (OutletEstimate, OutletEstimate)| {
        let (of_a, of_b) = counts[&(raw.outlet_a, raw.outlet_b)];
        let is_enough = of_a.min(of_b) >= MIN_LABELLED;
        Corrected {
            outlet_a: outlets[raw.outlet_a].to_owned(),
            outlet_b: outlets[raw.outlet_b].to_owned(),
            n_labelled: of_a + of_b,
            raw: raw.estimate.map(figure),
            figure: corrected.estimate.filter(|_| is_enough).map(figure),
        }
    };
    // The same claims are counted, so the pairs are the same.
    estimates(raw).into_iter().zip(estimates(observations)).map(of_estimate).collect()
}

fn figure(Estimate { value, interval: (low, high), .. }: Estimate) -> Figure {
    Figure { value, low, high }
}

/// The labelled sentences of each pair of outlets, of the two apart: those alone that its estimate counts, in claims of both and in words
/// that the other does not print as well.
fn count_labelled(
    observations: &[Observation],
    is_labelled: &[bool],
) -> BTreeMap<(usize, usize), (usize, usize)> {
    let mut claims: BTreeMap<usize, BTreeMap<usize, Vec<usize>>> = BTreeMap::new();
    for (position, observation) in observations.iter().enumerate() {
        claims.entry(observation.claim).or_default().entry(observation.outlet).or_default().push(position);
    }
    let labelled_own = |ours: &[usize], theirs: &[usize]| {
        let is_own =
            |at: usize| theirs.iter().all(|&other| observations[other].text != observations[at].text);
        ours.iter().filter(|&&at| is_labelled[at] && is_own(at)).count()
    };
    let mut counts: BTreeMap<(usize, usize), (usize, usize)> = BTreeMap::new();
    for outlets in claims.values() {
        for (position, (&a, of_a)) in outlets.iter().enumerate() {
            for (&b, of_b) in outlets.iter().skip(position + 1) {
                let count = counts.entry((a, b)).or_default();
                count.0 += labelled_own(of_a, of_b);
                count.1 += labelled_own(of_b, of_a);
            }
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::{RngCore, SeedableRng};

    use super::super::draw::{draw, share_out};
    use super::super::subject::Subject;
    use super::*;

    fn chance(random: &mut ChaCha8Rng, p: f64) -> bool {
        ((random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64) < p
    }

    /// A sentence of a made corpus: its row with the machine's figure, and what people would say.
    struct Made {
        row: MeasureRow,
        human: f64,
    }

    /// Two outlets, `n_events` events of one to four claims with one or two sentences each. Outlet a has loaded words
    /// in 40% of its sentences, b in 25%; events differ. The machine overlooks most of a's words and sees some in b's that are none.
    fn corpus(random: &mut ChaCha8Rng, n_events: usize) -> Vec<Made> {
        let mut made = vec![];
        let mut claim = 0;
        for event in 0..n_events {
            let level = 0.3 * (random.next_u32() as f64 / 2f64.powi(32) - 0.5);
            for _ in 0..1 + random.next_u32() % 4 {
                claim += 1;
                for (outlet, share, found, invented) in [("a", 0.40, 0.45, 0.05), ("b", 0.25, 0.80, 0.20)] {
                    for at in 0..1 + random.next_u32() % 2 {
                        let is_loaded = chance(random, share + level);
                        let is_seen = chance(random, if is_loaded { found } else { invented });
                        // Scores that are more or less sure.
                        let value = (random.next_u32() % 50) as f64 / 100.0 + if is_seen { 0.5 } else { 0.0 };
                        let row = MeasureRow {
                            subject: Subject::from_name("loaded_language").unwrap(),
                            voice: "narration".to_owned(),
                            claim: format!("c{claim:04}"),
                            event: format!("e{event:04}"),
                            outlet: outlet.to_owned(),
                            sentence: format!("{outlet}{claim}#{at}"),
                            value,
                            text: format!("{outlet}{claim}#{at}"),
                        };
                        made.push(Made { row, human: f64::from(u8::from(is_loaded)) });
                    }
                }
            }
        }
        made
    }

    /// Labels of `n` sentences, drawn by bands of the score and balanced over outlets, as `validate sample` does.
    fn labels(made: &[Made], n: usize, random: &mut ChaCha8Rng) -> BTreeMap<String, Labelled> {
        let mut strata: BTreeMap<&str, BTreeMap<&str, Vec<usize>>> = BTreeMap::new();
        for (at, Made { row, .. }) in made.iter().enumerate() {
            let band = row.subject.band(row.value);
            strata.entry(band).or_default().entry(&row.outlet).or_default().push(at);
        }
        let sizes: Vec<usize> = strata.values().map(|outlets| outlets.values().map(Vec::len).sum()).collect();
        let mut labelled = BTreeMap::new();
        for (outlets, n) in strata.values().zip(share_out(n, &sizes)) {
            let groups: Vec<Vec<usize>> = outlets.values().cloned().collect();
            for drawn in draw(n, &groups, random) {
                let Made { row, human } = &made[drawn.unit];
                let label = Labelled { human: *human, probability: drawn.probability };
                labelled.insert(row.sentence.clone(), label);
            }
        }
        labelled
    }

    /// In what share of made corpora the interval of the difference covers the truth: raw, corrected.
    fn coverage(n_corpora: usize, n_events: usize, n_labels: usize, seed: u64) -> (f64, f64) {
        const TRUTH: f64 = 0.40 - 0.25;
        let options = StatisticsOptions { samples: 500, ..StatisticsOptions::default() };
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let (mut raw, mut corrected) = (0, 0);
        for _ in 0..n_corpora {
            let made = corpus(&mut random, n_events);
            let labelled = labels(&made, n_labels, &mut random);
            let rows: Vec<MeasureRow> = made.iter().map(|made| made.row.clone()).collect();
            let covers = |labelled: &BTreeMap<String, Labelled>, is_raw: bool| {
                let estimates = correct(&rows, labelled, &options);
                let pair = estimates.into_iter().next().unwrap();
                assert_eq!(pair.n_labelled, if is_raw { rows.len() } else { n_labels });
                let figure = pair.figure.unwrap();
                figure.low <= TRUTH && TRUTH <= figure.high
            };
            // The raw estimate: every sentence labelled by the machine itself.
            let by_machine =
                |row: &MeasureRow| (row.sentence.clone(), Labelled { human: row.value, probability: 1.0 });
            raw += usize::from(covers(&rows.iter().map(by_machine).collect(), true));
            corrected += usize::from(covers(&labelled, false));
        }
        (raw as f64 / n_corpora as f64, corrected as f64 / n_corpora as f64)
    }

    #[test]
    fn corrected_intervals_cover_the_truth_and_raw_ones_do_not() {
        for (n_events, n_labels, seed) in [(20, 60, 5), (40, 60, 5), (40, 120, 7), (100, 120, 8)] {
            let (raw, corrected) = coverage(500, n_events, n_labels, seed);
            assert!((0.93..=0.97).contains(&corrected), "{n_events} events, {n_labels} labels: {corrected}");
            assert!(raw < 0.5, "{n_events} events: {raw}");
        }
    }

    /// Prints the table in docs/validation.md; takes minutes.
    #[test]
    #[ignore = "prints figures for a document"]
    fn coverage_in_many_made_corpora() {
        for (n_events, n_labels) in [(20, 60), (40, 60), (40, 120), (60, 150)] {
            let (raw, corrected) = coverage(4000, n_events, n_labels, 1);
            println!("| {n_events} | {n_labels} | {:.1}% | {:.1}% |", raw * 100.0, corrected * 100.0);
        }
    }

    #[test]
    fn with_every_sentence_labelled_the_estimate_is_that_of_the_labels() {
        let made = corpus(&mut ChaCha8Rng::seed_from_u64(1), 30);
        let all = |made: &Made| (made.row.sentence.clone(), Labelled { human: made.human, probability: 1.0 });
        let rows: Vec<MeasureRow> = made.iter().map(|made| made.row.clone()).collect();
        let by_people: Vec<MeasureRow> =
            made.iter().map(|made| MeasureRow { value: made.human, ..made.row.clone() }).collect();
        let options = StatisticsOptions::default();
        let labelled: BTreeMap<String, Labelled> = made.iter().map(all).collect();
        let figures = |rows: &[MeasureRow]| -> Vec<Option<Figure>> {
            correct(rows, &labelled, &options).into_iter().map(|corrected| corrected.figure).collect()
        };
        assert_eq!(figures(&rows), figures(&by_people));
        // Without a single label there is no corrected figure; nor where both print the same text.
        let none = correct(&rows, &BTreeMap::new(), &options);
        assert!(none.iter().all(|estimate| estimate.figure.is_none() && estimate.n_labelled == 0));
        let one_text: Vec<MeasureRow> =
            rows.iter().map(|row| MeasureRow { text: "agency#0".to_owned(), ..row.clone() }).collect();
        let copies = correct(&one_text, &labelled, &options);
        assert_eq!((copies[0].figure, copies[0].n_labelled), (None, 0));
    }

    proptest! {
        /// Over all draws of one sentence of `n`, each with the probability 1/n, the mean of ỹ is the mean of y.
        #[test]
        fn the_pseudo_outcome_is_unbiased(figures in prop::collection::vec((-1.0_f64..1.0, -1.0_f64..1.0), 1..20)) {
            let probability = 1.0 / figures.len() as f64;
            let total = |labelled: usize| -> f64 {
                let outcome = |(at, (machine, human)): (usize, &(f64, f64))| {
                    let label = Labelled { human: *human, probability };
                    pseudo_outcome(*machine, (at == labelled).then_some(&label))
                };
                figures.iter().enumerate().map(outcome).sum()
            };
            let mean = (0..figures.len()).map(total).sum::<f64>() * probability;
            let truth: f64 = figures.iter().map(|(_, human)| human).sum();
            prop_assert!((mean - truth).abs() < 1e-9);
        }
    }
}
