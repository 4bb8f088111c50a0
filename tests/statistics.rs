//! The estimates of outlets: right on made corpora whose truth is known, and equal to the reference implementations.

use parallax::job::{Job, compare};
use parallax::pipeline::Silent;
use parallax::records::Part;
use parallax::statistics::{
    Observation, Series, StatisticsOptions, benjamini_hochberg, log_odds, outlet_estimates,
};
use proptest::prelude::*;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// Random numbers for made corpora.
struct Random(ChaCha8Rng);

impl Random {
    fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Mean 0, standard deviation 1 (Box & Muller 1958).
    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (2.0 * std::f64::consts::PI * self.uniform()).cos()
    }

    fn below(&mut self, n: usize) -> usize {
        (self.uniform() * n as f64) as usize
    }
}

/// A made corpus of `n_outlets` outlets: events differ in their level and in the outlets' difference, claims within them too.
/// Outlet 0 is higher than the others by `difference`.
fn corpus(random: &mut Random, n_events: usize, n_outlets: usize, difference: f64) -> Vec<Observation> {
    let mut observations = vec![];
    let (mut claim, mut text) = (0, 0);
    for event in 0..n_events {
        let level = random.normal();
        let of_event: Vec<f64> = (0..n_outlets).map(|_| 0.2 * random.normal()).collect();
        for _ in 0..1 + random.below(4) {
            let of_claim = 0.5 * random.normal();
            for (outlet, shift) in of_event.iter().enumerate() {
                for _ in 0..1 + random.below(2) {
                    let value = level + of_claim + shift + 0.4 * random.normal();
                    let value = if outlet == 0 { value + difference } else { value };
                    observations.push(Observation { claim, event, outlet, text, value });
                    text += 1;
                }
            }
            claim += 1;
        }
    }
    observations
}

fn series(measure: &str, observations: Vec<Observation>) -> Series {
    Series { measure: measure.to_owned(), part: Part::Narration, observations }
}

#[test]
fn intervals_cover_the_truth_in_93_to_97_of_100_made_corpora() {
    let options = StatisticsOptions { samples: 1000, ..StatisticsOptions::default() };
    for n_events in [8, 12, 20, 40] {
        let mut random = Random(ChaCha8Rng::seed_from_u64(n_events as u64));
        let covers = |_: &usize| {
            let made = series("tone", corpus(&mut random, n_events, 2, 0.3));
            let estimates =
                outlet_estimates(&[made], &StatisticsOptions { min_claims: 1, ..options.clone() });
            let (low, high) = estimates.of_pairs[0].estimate.unwrap().interval;
            low <= 0.3 && 0.3 <= high
        };
        let share = (0..500).filter(covers).count() as f64 / 500.0;
        println!("{n_events} events: {:.1}% of 500 intervals cover the truth", share * 100.0);
        assert!((0.93..=0.97).contains(&share), "{n_events} events: {share}");
    }
}

#[test]
fn on_null_data_few_adjusted_p_values_are_below_5_percent() {
    let mut random = Random(ChaCha8Rng::seed_from_u64(3));
    let (mut n_tests, mut n_below, mut n_raw_below) = (0, 0, 0);
    for _ in 0..200 {
        let made: Vec<Series> =
            (0..4).map(|m| series(&m.to_string(), corpus(&mut random, 15, 3, 0.0))).collect();
        let options = StatisticsOptions { samples: 500, ..StatisticsOptions::default() };
        for estimate in
            outlet_estimates(&made, &options).of_pairs.iter().filter_map(|estimate| estimate.estimate)
        {
            n_tests += 1;
            n_below += usize::from(estimate.p_adjusted < 0.05);
            n_raw_below += usize::from(estimate.p_value < 0.05);
        }
    }
    let (adjusted, raw) = (n_below as f64 / n_tests as f64, n_raw_below as f64 / n_tests as f64);
    println!(
        "{n_tests} null tests: {:.2}% adjusted and {:.2}% raw p below 0.05",
        adjusted * 100.0,
        raw * 100.0
    );
    assert!(n_tests == 200 * 4 * 3 && adjusted <= 0.05, "{adjusted}");
    assert!((0.03..=0.07).contains(&raw), "the test itself is off: {raw}");
}

#[test]
fn a_true_difference_is_found_and_its_size_is_right() {
    let mut random = Random(ChaCha8Rng::seed_from_u64(9));
    let made = series("tone", corpus(&mut random, 60, 2, 0.5));
    let options = StatisticsOptions::default();
    let estimates = outlet_estimates(&[made], &options).of_pairs;
    let [pair] = &estimates[..] else { panic!("one pair of outlets") };
    let estimate = pair.estimate.unwrap();
    assert!((estimate.value - 0.5).abs() < 0.15, "{}", estimate.value);
    assert!(estimate.effect_size.unwrap() > 0.2 && estimate.p_adjusted < 0.01);
    assert_eq!(pair.finding(&options), "a is higher");
}

#[test]
fn too_little_data_gives_no_estimate_and_the_reason() {
    let mut random = Random(ChaCha8Rng::seed_from_u64(1));
    let options = StatisticsOptions::default();
    let observations = corpus(&mut random, 3, 2, 0.0);
    let n_claims = observations.iter().map(|observation| observation.claim).max().unwrap() + 1;
    let estimates = outlet_estimates(&[series("tone", observations.clone())], &options).of_pairs;
    assert!(estimates.iter().all(|estimate| estimate.estimate.is_none()));
    assert_eq!(estimates[0].finding(&options), format!("not estimated: {n_claims} of at least 10 claims"));
    let few_events = StatisticsOptions { min_claims: 1, ..options };
    let estimates = outlet_estimates(&[series("tone", observations)], &few_events).of_pairs;
    assert_eq!(estimates[0].finding(&few_events), "not estimated: 3 of at least 8 events");
}

#[test]
fn of_pairs_without_an_estimate_those_with_most_claims_have_rows() {
    // Outlet 0 has twelve claims with outlet 1, two with outlet 2 and one with outlet 3; outlets 2 and 3 have one.
    let of_claim = |(claim, outlets): (usize, &[usize])| -> Vec<Observation> {
        let of = |&outlet: &usize| Observation {
            claim,
            event: claim,
            outlet,
            text: claim * 4 + outlet,
            value: outlet as f64,
        };
        outlets.iter().map(of).collect()
    };
    let with_others: [&[usize]; 3] = [&[0, 2], &[0, 2, 3], &[0, 1]];
    let claims = with_others.into_iter().chain(std::iter::repeat_n(&[0, 1][..], 11));
    let made = [series("tone", claims.enumerate().flat_map(of_claim).collect())];
    struct Case {
        unestimated_pairs: usize,
        pairs: &'static [(usize, usize)],
        n_left_out: usize,
    }
    for case in [
        Case { unestimated_pairs: 500, pairs: &[(0, 1), (0, 2), (0, 3), (2, 3)], n_left_out: 0 },
        Case { unestimated_pairs: 2, pairs: &[(0, 1), (0, 2), (0, 3)], n_left_out: 1 },
        Case { unestimated_pairs: 0, pairs: &[(0, 1)], n_left_out: 3 },
    ] {
        let options =
            StatisticsOptions { unestimated_pairs: case.unestimated_pairs, ..StatisticsOptions::default() };
        let found = outlet_estimates(&made, &options);
        let pairs: Vec<_> = found.of_pairs.iter().map(|of| (of.outlet_a, of.outlet_b)).collect();
        assert_eq!((pairs.as_slice(), found.n_pairs_left_out), (case.pairs, case.n_left_out));
    }
}

#[test]
fn the_same_words_in_two_outlets_are_no_evidence_on_their_difference() {
    let copies = (0..20).flat_map(|claim| {
        [0, 1].map(|outlet| Observation { claim, event: claim, outlet, text: claim, value: 0.1 })
    });
    let estimates =
        outlet_estimates(&[series("tone", copies.collect())], &StatisticsOptions::default()).of_pairs;
    let pair = &estimates[0];
    assert_eq!((pair.n_claims, pair.n_copied, pair.estimate), (0, 20, None));
}

#[test]
fn an_outlet_outside_the_date_window_could_not_have_reported() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write(
        "a.txt",
        "The bridge over the river Arden was closed on Monday after cracks were found in two pillars.",
    );
    write(
        "b.txt",
        "The bridge over the river Arden was shut on Monday when cracks were found in two pillars.",
    );
    write("c.txt", "Voters in Chile will choose a new president in the autumn of this year.");
    write("d.txt", "Voters in Peru will choose a new parliament in the spring of this year.");
    let rows = "file,outlet,date_published\na.txt,A,2020-05-04\nb.txt,B,2020-05-05\nc.txt,C,2021-05-04\nd.txt,D,2020-05-06\n";
    write("articles.csv", rows);
    let job = Job { inputs: vec![folder.path().to_owned()], ..Job::default() };
    let run = compare(&job, &Silent).unwrap().run;
    let reasons: Vec<(&str, &str)> =
        run.coverage.iter().map(|row| (row.outlet.as_str(), row.status.reason())).collect();
    assert_eq!(reasons, [("A", ""), ("B", ""), ("C", "outside_window"), ("D", "no_article_on_event")]);
}

#[derive(serde::Deserialize)]
struct Golden {
    log_odds: Vec<GoldenLogOdds>,
    benjamini_hochberg: Vec<GoldenAdjusted>,
}

#[derive(serde::Deserialize)]
struct GoldenLogOdds {
    ours: Vec<f64>,
    theirs: Vec<f64>,
    prior: Vec<f64>,
    z: Vec<f64>,
}

#[derive(serde::Deserialize)]
struct GoldenAdjusted {
    p: Vec<f64>,
    adjusted: Vec<f64>,
}

#[test]
fn log_odds_and_adjusted_p_values_are_those_of_convokit_and_statsmodels() {
    let golden: Golden = serde_json::from_str(include_str!("golden/statistics.json")).unwrap();
    for case in &golden.log_odds {
        let sum = |counts: &[f64]| counts.iter().sum::<f64>();
        for (word, z) in case.z.iter().enumerate() {
            let side = |counts: &[f64]| (counts[word], sum(counts));
            let found = log_odds(side(&case.ours), side(&case.theirs), side(&case.prior));
            assert!((found.z - z).abs() < 1e-9, "word {word}: {} for {z}", found.z);
        }
    }
    for case in &golden.benjamini_hochberg {
        for (found, expected) in benjamini_hochberg(&case.p).iter().zip(&case.adjusted) {
            assert!((found - expected).abs() < 1e-9, "{found} for {expected}");
        }
    }
}

proptest! {
    #[test]
    fn the_order_of_the_observations_does_not_matter(seed in 0u64..500) {
        let mut random = Random(ChaCha8Rng::seed_from_u64(seed));
        let observations = corpus(&mut random, 9, 3, 0.1);
        let mut turned = observations.clone();
        turned.sort_by_key(|observation| (observation.claim, observation.outlet, observation.text));
        let options = StatisticsOptions { min_claims: 1, samples: 100, ..StatisticsOptions::default() };
        prop_assert_eq!(
            outlet_estimates(&[series("tone", observations)], &options),
            outlet_estimates(&[series("tone", turned)], &options)
        );
    }

    #[test]
    fn outlets_with_exchanged_names_have_the_opposite_difference(seed in 0u64..500) {
        let mut random = Random(ChaCha8Rng::seed_from_u64(seed));
        let observations = corpus(&mut random, 10, 2, 0.1);
        let exchanged = observations.iter().map(|o| Observation { outlet: 1 - o.outlet, ..*o }).collect();
        let options = StatisticsOptions { min_claims: 1, samples: 200, ..StatisticsOptions::default() };
        let pair = |observations| {
            outlet_estimates(&[series("tone", observations)], &options).of_pairs[0].estimate.unwrap()
        };
        let (one, other) = (pair(observations), pair(exchanged));
        prop_assert!((one.value + other.value).abs() < 1e-12);
        prop_assert!((one.interval.0 + other.interval.1).abs() < 1e-9);
        prop_assert_eq!(one.p_value, other.p_value);
    }
}
