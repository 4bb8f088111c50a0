use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::false_discovery::benjamini_hochberg;
use super::observation::{Observation, Series};
use super::resample::Clusters;
use crate::records::Part;

/// When an estimate is made, and how: the `[statistics]` section of a job file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StatisticsOptions {
    /// Fewest claims for an estimate.
    pub min_claims: usize,
    /// Fewest events for an estimate: the intervals were tried on simulated corpora of 8 and more (`tests/statistics.rs`).
    pub min_events: usize,
    /// Fewest places in matched claims where an outlet has a term and another outlet other words, for a row of `wordings`.
    pub min_aligned: usize,
    /// Most pairs of outlets that have rows although they have fewer than `min_claims` claims in common: those with most. 800 outlets
    /// with one claim would give 319,600 pairs.
    pub unestimated_pairs: usize,
    /// Number of bootstrap samples, and of sign patterns where not all are looked at.
    pub samples: usize,
    /// Start of the random numbers; the same seed gives the same bytes.
    pub seed: u64,
    /// Adjusted p below which a difference is called one.
    pub false_discovery_rate: f64,
}

impl Default for StatisticsOptions {
    fn default() -> Self {
        Self {
            min_claims: 10,
            min_events: 8,
            min_aligned: 2,
            unestimated_pairs: 500,
            samples: 2000,
            seed: 0,
            false_discovery_rate: 0.05,
        }
    }
}

impl StatisticsOptions {
    /// Checks the ranges.
    ///
    /// # Errors
    /// The first option that is out of its range, with the range.
    pub fn check(&self) -> Result<(), String> {
        let Self { min_claims, min_events, samples, false_discovery_rate, .. } = *self;
        if min_claims == 0 || min_events < 2 {
            return Err("`statistics.min_claims` needs at least 1 and `statistics.min_events` at least 2: one event has no \
                        interval"
                .to_owned());
        }
        if !(100..=100_000).contains(&samples) {
            return Err(format!("`statistics.samples` is {samples}; give a number from 100 to 100000"));
        }
        if !(0.0..=1.0).contains(&false_discovery_rate) {
            return Err(format!(
                "`statistics.false_discovery_rate` is {false_discovery_rate}; give a number from 0 to 1"
            ));
        }
        Ok(())
    }
}

/// What is said of the difference of two outlets in one measure.
#[derive(Debug, Clone, PartialEq)]
pub struct OutletEstimate {
    /// Position in the list of outlets.
    pub outlet_a: usize,
    /// The other outlet.
    pub outlet_b: usize,
    /// The measure's name.
    pub measure: String,
    /// Whose words were measured.
    pub part: Part,
    /// Number of sentences that are counted.
    pub n_sentences: usize,
    /// Number of claims that are counted: those on which each outlet has a figure in words of its own.
    pub n_claims: usize,
    /// Number of events that the claims are of.
    pub n_events: usize,
    /// Number of claims left out since one outlet has nothing but words that the other prints as well.
    pub n_copied: usize,
    /// The figures; `None` where there are too few claims or events.
    pub estimate: Option<Estimate>,
}

/// The figures of an estimate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Mean over the claims of the difference, a less b. A claim's figure is the mean of the outlet's sentences in it.
    pub value: f64,
    /// The 95% interval: a cluster bootstrap over events.
    pub interval: (f64, f64),
    /// The mean difference over the mean of the two standard deviations of the claims' figures (Cohen's d_av, Lakens 2013,
    /// equation 10). `None` where nothing varies.
    pub effect_size: Option<f64>,
    /// The two-sided p-value of no difference, by flipping the signs of whole events.
    pub p_value: f64,
    /// The same, adjusted for all tests of the run (Benjamini & Hochberg 1995).
    pub p_adjusted: f64,
}

impl OutletEstimate {
    /// What the figures say, in words; never of an outlet, only of its sentences in matched claims.
    pub fn finding(&self, options: &StatisticsOptions) -> String {
        let StatisticsOptions { min_claims, min_events, false_discovery_rate, .. } = *options;
        let Some(estimate) = self.estimate else {
            return match self.n_claims < min_claims {
                true => format!("not estimated: {} of at least {min_claims} claims", self.n_claims),
                false => format!("not estimated: {} of at least {min_events} events", self.n_events),
            };
        };
        match estimate.p_adjusted {
            p if p >= false_discovery_rate => "no detectable difference".to_owned(),
            _ if estimate.value > 0.0 => "a is higher".to_owned(),
            _ => "a is lower".to_owned(),
        }
    }
}

/// What is said of pairs of outlets.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OutletEstimates {
    /// In the order of the series, then of `outlet_a`, then of `outlet_b`.
    pub of_pairs: Vec<OutletEstimate>,
    /// Number of pairs with a claim in common that are not among them ([`StatisticsOptions::unestimated_pairs`]).
    pub n_pairs_left_out: usize,
}

/// Estimates for each pair of outlets that have a claim in common, in each series; of pairs with too few claims for an estimate, for those
/// with most claims ([`StatisticsOptions::unestimated_pairs`]).
///
/// A pair is compared within matched claims alone: the mean of the claims' differences. Words that both print (copies) are left out. P-values are adjusted over all pairs and series together. All cores of the current rayon pool are used.
///
/// ```
/// use parallax::records::Part;
/// use parallax::statistics::{Observation, Series, StatisticsOptions, outlet_estimates};
///
/// // In each of twelve events, outlet 0 is higher by 0.5.
/// let of = |event: usize| [0, 1].map(|outlet| Observation {
///     claim: event, event, outlet, text: event * 2 + outlet, value: if outlet == 0 { 0.5 } else { 0.0 },
/// });
/// let series = Series {
///     measure: "sentiment".to_owned(), part: Part::Narration, observations: (0..12).flat_map(of).collect(),
/// };
/// let estimates = outlet_estimates(&[series], &StatisticsOptions::default());
/// assert_eq!(estimates.of_pairs[0].estimate.unwrap().value, 0.5);
/// ```
pub fn outlet_estimates(series: &[Series], options: &StatisticsOptions) -> OutletEstimates {
    let by_claim: Vec<Vec<OfOutlet<'_>>> = series.iter().map(by_claim).collect();
    let (pairs, n_pairs_left_out) = pairs(&by_claim, options);
    let estimates = series.iter().zip(&by_claim);
    let mut of_pairs: Vec<OutletEstimate> =
        estimates.flat_map(|(series, claims)| of_series(series, claims, &pairs, options)).collect();
    let mut tested: Vec<&mut Estimate> =
        of_pairs.iter_mut().filter_map(|estimate| estimate.estimate.as_mut()).collect();
    let p_values: Vec<f64> = tested.iter().map(|estimate| estimate.p_value).collect();
    for (estimate, adjusted) in tested.iter_mut().zip(benjamini_hochberg(&p_values)) {
        estimate.p_adjusted = adjusted;
    }
    OutletEstimates { of_pairs, n_pairs_left_out }
}

/// The sentences of a claim by outlet.
type OfOutlet<'a> = BTreeMap<usize, Vec<&'a Observation>>;

/// Two outlets, the lower position first.
type OutletPair = (usize, usize);

/// Each claim, in their order.
fn by_claim(series: &Series) -> Vec<OfOutlet<'_>> {
    let mut claims: BTreeMap<usize, OfOutlet<'_>> = BTreeMap::new();
    for observation in &series.observations {
        claims.entry(observation.claim).or_default().entry(observation.outlet).or_default().push(observation);
    }
    claims.into_values().collect()
}

fn pairs_of<'claim, 'a>(
    claim: &'claim OfOutlet<'a>,
) -> impl Iterator<Item = (OutletPair, [&'claim [&'a Observation]; 2])> {
    claim.iter().enumerate().flat_map(move |(position, (&a, of_a))| {
        claim.iter().skip(position + 1).map(move |(&b, of_b)| ((a, b), [of_a.as_slice(), of_b.as_slice()]))
    })
}

/// The pairs that get rows, and how many do not. A pair has as many claims as the series has in which it has most.
fn pairs(series: &[Vec<OfOutlet<'_>>], options: &StatisticsOptions) -> (HashSet<OutletPair>, usize) {
    let mut most: HashMap<OutletPair, usize> = HashMap::new();
    for claims in series {
        let mut of_series: HashMap<OutletPair, usize> = HashMap::new();
        for (pair, _) in claims.iter().flat_map(pairs_of) {
            *of_series.entry(pair).or_default() += 1;
        }
        for (pair, n) in of_series {
            let most = most.entry(pair).or_default();
            *most = n.max(*most);
        }
    }
    let mut pairs: Vec<(OutletPair, usize)> = most.into_iter().collect();
    pairs.sort_unstable_by_key(|&(pair, n)| (Reverse(n), pair));
    let n_enough = pairs.partition_point(|&(_, n)| n >= options.min_claims);
    let n_kept = pairs.len().min(n_enough + options.unestimated_pairs);
    let kept = pairs[..n_kept].iter().map(|&(pair, _)| pair);
    (kept.collect(), pairs.len() - n_kept)
}

fn of_series(
    series: &Series,
    claims: &[OfOutlet<'_>],
    pairs: &HashSet<OutletPair>,
    options: &StatisticsOptions,
) -> Vec<OutletEstimate> {
    // The claims of each pair, in their order.
    let mut found: BTreeMap<OutletPair, Sample> = BTreeMap::new();
    for (pair, [of_a, of_b]) in claims.iter().flat_map(pairs_of).filter(|(pair, _)| pairs.contains(pair)) {
        found.entry(pair).or_default().add(of_a, of_b);
    }
    let estimate = |((outlet_a, outlet_b), sample): (OutletPair, Sample)| {
        let clusters = sample.clusters();
        OutletEstimate {
            outlet_a,
            outlet_b,
            measure: series.measure.clone(),
            part: series.part,
            n_sentences: sample.n_sentences,
            n_claims: sample.events.len(),
            n_events: clusters.len(),
            n_copied: sample.n_copied,
            estimate: sample.estimate(&clusters, options),
        }
    };
    found.into_par_iter().map(estimate).collect()
}

/// The claims' figures of two outlets side by side.
#[derive(Debug, Default)]
struct Sample {
    /// The event of each claim.
    events: Vec<usize>,
    /// The mean of outlet a's sentences in each claim.
    a: Vec<f64>,
    /// That of outlet b's.
    b: Vec<f64>,
    n_sentences: usize,
    n_copied: usize,
}

impl Sample {
    fn add(&mut self, of_a: &[&Observation], of_b: &[&Observation]) {
        let own = |ours: &[&'_ Observation], theirs: &[&Observation]| -> Vec<Observation> {
            let is_own = |sentence: &&&Observation| theirs.iter().all(|other| other.text != sentence.text);
            ours.iter().filter(is_own).map(|&&sentence| sentence).collect()
        };
        let (own_a, own_b) = (own(of_a, of_b), own(of_b, of_a));
        if own_a.is_empty() || own_b.is_empty() {
            self.n_copied += 1;
            return;
        }
        self.events.push(own_a[0].event);
        self.a.push(mean(&own_a.iter().collect::<Vec<_>>()));
        self.b.push(mean(&own_b.iter().collect::<Vec<_>>()));
        self.n_sentences += own_a.len() + own_b.len();
    }

    fn clusters(&self) -> Clusters {
        let differences = self.a.iter().zip(&self.b).map(|(a, b)| a - b);
        Clusters::new(self.events.iter().copied().zip(differences))
    }

    fn estimate(&self, clusters: &Clusters, options: &StatisticsOptions) -> Option<Estimate> {
        // Two clusters are the fewest that vary.
        if self.events.len() < options.min_claims.max(1) || clusters.len() < options.min_events.max(2) {
            return None;
        }
        let value = clusters.mean();
        let deviation = (standard_deviation(&self.a) + standard_deviation(&self.b)) / 2.0;
        Some(Estimate {
            value,
            interval: clusters.interval(options.samples, options.seed),
            effect_size: (deviation > 0.0).then(|| value / deviation),
            p_value: clusters.sign_flip_p(options.samples, options.seed),
            // Known when all are tested.
            p_adjusted: f64::NAN,
        })
    }
}

fn mean(sentences: &[&Observation]) -> f64 {
    sentences.iter().map(|sentence| sentence.value).sum::<f64>() / sentences.len() as f64
}

/// With n-1 in the denominator; 0 for fewer than two values.
fn standard_deviation(values: &[f64]) -> f64 {
    if values.len() < 2 {
        return 0.0;
    }
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (squares / (values.len() - 1) as f64).sqrt()
}
