use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::alpha::{Level, alpha};
use super::correction::{Corrected, Labelled, MIN_LABELLED, correct};
use super::figures::{Figure, Stratum, mean, share};
use super::labels::{Labels, read_labels};
use super::report_tables;
use super::sample::{FOLDER, Item, SAMPLE_FILE, read_sample};
use super::subject::Subject;
use super::units::{MeasureRow, measure_rows, units};
use crate::error::{Error, Result};
use crate::evaluate::{Bootstrap, Groups};
use crate::report::read_back::{bytes_of, check_folder};
use crate::report::{Format, write_whole};
use crate::statistics::StatisticsOptions;

/// How labels are scored.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreOptions {
    /// Bootstrap samples for the agreement between annotators.
    pub samples: usize,
    /// Seed of that bootstrap.
    pub seed: u64,
}

impl Default for ScoreOptions {
    fn default() -> Self {
        Self { samples: 1000, seed: 0 }
    }
}

/// What came of the labels: `report.json`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Number of items in the sample.
    pub n_items: usize,
    /// Number of items with at least one answer.
    pub n_labelled: usize,
    /// Number of items that nobody could decide.
    pub n_undecided: usize,
    /// The annotators' names, in their order.
    pub annotators: Vec<String>,
    /// How many of the matches and of the conflicts people confirm.
    pub precision: Vec<Precision>,
    /// How far the machine's figures are those of people.
    pub measures: Vec<MeasureAgreement>,
    /// How far people agree with each other.
    pub agreement: Vec<Agreement>,
    /// What became of the estimates of outlets.
    pub corrections: Vec<Correction>,
    /// The estimates themselves, those that could not be corrected included.
    pub estimates: Vec<CorrectedEstimate>,
}

/// The share of pairs about which people say what the machine says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Precision {
    /// What the machine says: `same`, `shared` (a proposition; people's `same` and `partial` agree with it) or `contradict`.
    pub claim: &'static str,
    /// A stratum; or `all confirmed`, `all possible`, `all the same`, `all partial`, `all matches`, `all conflicts`.
    pub stratum: String,
    /// Number of pairs in it.
    pub size: usize,
    /// Number of pairs drawn.
    pub drawn: usize,
    /// Number of pairs with an answer.
    pub labelled: usize,
    /// The share, weighted by the design, with its 95% interval; `None` without labels.
    pub precision: Option<Figure>,
}

/// How far the machine's figures of one measure are those of people, in one band or in all of them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MeasureAgreement {
    /// The measure.
    pub measure: &'static str,
    /// Whose words.
    pub voice: String,
    /// A band of the machine's figure, or `all`.
    pub stratum: String,
    /// Number of sentences in it.
    pub size: usize,
    /// Number of sentences drawn.
    pub drawn: usize,
    /// Number of sentences with an answer.
    pub labelled: usize,
    /// The share of sentences where the answer nearest to the machine's figure is that of people, weighted by the design.
    pub same_answer: Option<Figure>,
    /// The mean of people's answers, on the measure's scale.
    pub human: Option<Figure>,
    /// The mean of the machine's figure less that of people: above 0 where the machine is too high.
    pub too_high: Option<Figure>,
}

/// Krippendorff's alpha.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Agreement {
    /// The [`Subject`]'s name.
    pub measure: &'static str,
    /// `nominal` or `ordinal`.
    pub level: &'static str,
    /// Number of items with two answers or more.
    pub n_items: usize,
    /// The figure; the interval is a bootstrap over events. `None` where all answers are the same, or there is no second one.
    pub alpha: Option<f64>,
    /// The interval's lower end.
    pub low: Option<f64>,
    /// The interval's upper end.
    pub high: Option<f64>,
}

/// What became of the estimates of one measure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Correction {
    /// The measure.
    pub measure: &'static str,
    /// Whose words.
    pub voice: String,
    /// Number of sentences with an answer.
    pub n_labelled: usize,
    /// Number of estimates, of pairs of outlets.
    pub n_estimates: usize,
    /// How many of them are corrected.
    pub n_corrected: usize,
    /// Why not all of them are; empty where they are.
    pub reason: String,
}

/// The difference of two outlets in one measure, with people's labels and without.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CorrectedEstimate {
    /// The outlet whose name comes first.
    pub outlet_a: String,
    /// The other outlet.
    pub outlet_b: String,
    /// The measure.
    pub measure: &'static str,
    /// Whose words.
    pub voice: String,
    /// As the machine has it, a less b; `None` where there are too few claims or events.
    pub raw: Option<Figure>,
    /// Corrected for the machine's errors; `None` where too few are labelled.
    pub corrected: Option<Figure>,
    /// Number of labelled sentences among those that the estimate counts.
    pub n_labelled: usize,
}

/// Scores what people labelled in the sample of `folder`. Nothing is written.
///
/// # Errors
/// [`Error::Output`] where `folder` holds no run, no sample, or tables of another run than the sample's; [`Error::Table`] and
/// [`Error::Read`] for a file that cannot be used, with its row.
pub fn score(folder: &Path, labels: &[PathBuf], options: &ScoreOptions) -> Result<Report> {
    check_folder(folder)?;
    let items = read_sample(folder)?;
    check_sample(folder, &items)?;
    let labels = read_labels(labels, &items)?;
    let scored = Scored { items: &items, labels: &labels };
    let corrected = corrected(folder, &scored)?;
    let estimates = corrected.iter().flat_map(|(correction, estimates)| {
        estimates.iter().map(|of| CorrectedEstimate {
            outlet_a: of.outlet_a.clone(),
            outlet_b: of.outlet_b.clone(),
            measure: correction.measure,
            voice: correction.voice.clone(),
            raw: of.raw,
            corrected: of.figure,
            n_labelled: of.n_labelled,
        })
    });
    let estimates = estimates.collect();
    Ok(Report {
        n_items: items.len(),
        n_labelled: labels.of_item.iter().filter(|answers| !answers.is_empty()).count(),
        n_undecided: (0..items.len())
            .filter(|&at| labels.of_item[at].is_empty() && labels.n_undecided[at] > 0)
            .count(),
        annotators: labels.annotators.clone(),
        precision: scored.precision(),
        measures: scored.measures(),
        agreement: scored.agreement(options),
        corrections: corrected.into_iter().map(|(correction, _)| correction).collect(),
        estimates,
    })
}

/// Makes sure that the sample is one of these tables: every item is there with the same figure, and the strata have the same
/// sizes.
fn check_sample(folder: &Path, items: &[Item]) -> Result<()> {
    let subjects: BTreeSet<Subject> =
        items.iter().map(|item| Subject::from_name(&item.measure)).collect::<Result<_>>()?;
    let voice = items.iter().map(|item| item.voice.as_str()).find(|voice| *voice == "quotation");
    let units = units(folder, &subjects.into_iter().collect::<Vec<_>>(), voice.unwrap_or("narration"))?;
    let mut sizes: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    let mut figures: BTreeMap<(&str, &str, &[String]), f64> = BTreeMap::new();
    for unit in &units {
        *sizes.entry((unit.subject.name(), &unit.voice, &unit.stratum)).or_default() += 1;
        figures.insert((unit.subject.name(), &unit.voice, &unit.sentences), unit.machine_value);
    }
    let is_there = |item: &Item| {
        let sentences = [&item.sentence_id_a, &item.sentence_id_b].map(String::clone);
        let n = if item.sentence_id_b.is_empty() { 1 } else { 2 };
        let figure = figures.get(&(item.measure.as_str(), item.voice.as_str(), &sentences[..n]));
        let size = sizes.get(&(item.measure.as_str(), item.voice.as_str(), item.stratum.as_str()));
        figure == Some(&item.machine_value) && size == Some(&item.stratum_size)
    };
    match items.iter().find(|item| !is_there(item)) {
        None => Ok(()),
        Some(item) => Err(Error::Output {
            path: folder.join(FOLDER).join(SAMPLE_FILE),
            message: format!(
                "was drawn from other tables than those in {} (item {} differs); score it in the folder that it was drawn in, or run \
                 `parallax compare` there with the same input and settings",
                folder.display(),
                item.item_id
            ),
        }),
    }
}

/// The items with their labels.
/// What the machine says of a pair of sentences, as its precision asks about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Same,
    /// They share a proposition; people who see the same claim say so, too.
    Shared,
    Contradict,
}

impl Said {
    fn by_machine(label: &str) -> Self {
        match label {
            "same" => Self::Same,
            "partial" => Self::Shared,
            _ => Self::Contradict,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Shared => "shared",
            Self::Contradict => "contradict",
        }
    }

    fn is_right(self, answer: &str) -> bool {
        match self {
            Self::Same => answer == "same",
            Self::Shared => matches!(answer, "same" | "partial"),
            Self::Contradict => answer == "contradict",
        }
    }
}

struct Scored<'a> {
    items: &'a [Item],
    labels: &'a Labels,
}

impl Scored<'_> {
    /// The items of one subject.
    fn of(&self, subject: Subject) -> Vec<usize> {
        (0..self.items.len()).filter(|&at| self.items[at].measure == subject.name()).collect()
    }

    /// One stratum from some of its items, with a figure for each that has an answer. The weights are of a probability that takes in
    /// how many of the stratum's items were answered.
    fn stratum(&self, items: &[usize], figure: &dyn Fn(usize) -> Option<f64>) -> Stratum {
        let size = items.first().map_or(0, |&at| self.items[at].stratum_size);
        let weighed = |&at: &usize| Some((figure(at)?, 1.0 / self.items[at].inclusion_probability));
        Stratum { size, values: items.iter().filter_map(weighed).collect() }
    }

    /// The share of an item's annotators who chose an answer for which `is_right` holds.
    fn right(&self, at: usize, is_right: impl Fn(usize) -> bool) -> Option<f64> {
        let answers = &self.labels.of_item[at];
        let n_right = answers.values().filter(|&&answer| is_right(answer)).count();
        (!answers.is_empty()).then(|| n_right as f64 / answers.len() as f64)
    }

    /// The mean of an item's answers, on the scale of the measure.
    fn human(&self, subject: Subject, at: usize) -> Option<f64> {
        let answers = &self.labels.of_item[at];
        let values: Vec<f64> =
            answers.values().filter_map(|&answer| subject.answers()[answer].value).collect();
        (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
    }

    /// The strata of a subject with their items, from the lowest band to the highest.
    fn strata_of(&self, subject: Subject) -> Vec<(&str, Vec<usize>)> {
        let mut strata: BTreeMap<(usize, &str), Vec<usize>> = BTreeMap::new();
        for at in self.of(subject) {
            let name = self.items[at].stratum.as_str();
            strata.entry((subject.rank(name), name)).or_default().push(at);
        }
        strata.into_iter().map(|((_, name), items)| (name, items)).collect()
    }

    fn precision(&self) -> Vec<Precision> {
        let strata = self.strata_of(Subject::CLAIMS);
        let machine = |items: &[usize]| Said::by_machine(&self.items[items[0]].machine_label);
        let row = |said: Said, name: String, members: &[&Vec<usize>]| {
            let right =
                |at: usize| self.right(at, |answer| said.is_right(Subject::CLAIMS.answers()[answer].label));
            let strata: Vec<Stratum> = members.iter().map(|items| self.stratum(items, &right)).collect();
            Precision {
                claim: said.name(),
                stratum: name,
                size: strata.iter().map(|stratum| stratum.size).sum(),
                drawn: members.iter().map(|items| items.len()).sum(),
                labelled: strata.iter().map(|stratum| stratum.values.len()).sum(),
                precision: share(&strata),
            }
        };
        let mut rows: Vec<Precision> =
            strata.iter().map(|(name, items)| row(machine(items), (*name).to_owned(), &[items])).collect();
        for (said, name, prefix, of) in [
            (Said::Same, "all confirmed", "confirmed ", &[Said::Same][..]),
            (Said::Same, "all possible", "possible ", &[Said::Same]),
            (Said::Same, "all the same", "", &[Said::Same]),
            (Said::Shared, "all partial", "", &[Said::Shared]),
            (Said::Shared, "all matches", "", &[Said::Same, Said::Shared]),
            (Said::Contradict, "all conflicts", "", &[Said::Contradict]),
        ] {
            let is_member =
                |name: &str, items: &[usize]| name.starts_with(prefix) && of.contains(&machine(items));
            let members: Vec<&Vec<usize>> = strata
                .iter()
                .filter(|(name, items)| is_member(name, items))
                .map(|(_, items)| items)
                .collect();
            if !members.is_empty() {
                rows.push(row(said, name.to_owned(), &members));
            }
        }
        rows
    }

    fn measures(&self) -> Vec<MeasureAgreement> {
        let mut rows = vec![];
        for subject in Subject::all().filter(|&subject| subject != Subject::CLAIMS) {
            let strata = self.strata_of(subject);
            let row = |name: &str, members: &[&Vec<usize>]| {
                let strata = |figure: &dyn Fn(usize) -> Option<f64>| -> Vec<Stratum> {
                    members.iter().map(|items| self.stratum(items, figure)).collect()
                };
                let answer = |at: usize| {
                    self.right(at, |answer| subject.answers()[answer].label == self.items[at].machine_label)
                };
                let answered = strata(&answer);
                MeasureAgreement {
                    measure: subject.name(),
                    voice: self.items[members[0][0]].voice.clone(),
                    stratum: name.to_owned(),
                    size: answered.iter().map(|stratum| stratum.size).sum(),
                    drawn: members.iter().map(|items| items.len()).sum(),
                    labelled: answered.iter().map(|stratum| stratum.values.len()).sum(),
                    same_answer: share(&answered),
                    human: mean(&strata(&|at| self.human(subject, at))),
                    too_high: mean(&strata(&|at| {
                        Some(self.items[at].machine_value - self.human(subject, at)?)
                    })),
                }
            };
            rows.extend(strata.iter().map(|(name, items)| row(name, &[items])));
            if !strata.is_empty() {
                rows.push(row("all", &strata.iter().map(|(_, items)| items).collect::<Vec<_>>()));
            }
        }
        rows
    }

    fn agreement(&self, options: &ScoreOptions) -> Vec<Agreement> {
        let of_subject = |subject: Subject| {
            let items: Vec<usize> =
                self.of(subject).into_iter().filter(|&at| self.labels.of_item[at].len() > 1).collect();
            if items.is_empty() {
                return None;
            }
            let units: Vec<Vec<usize>> =
                items.iter().map(|&at| self.labels.of_item[at].values().copied().collect()).collect();
            let events = items.iter().map(|&at| self.items[at].event_id.clone()).collect();
            let level = if subject.question().is_ordered { Level::Ordinal } else { Level::Nominal };
            let n_answers = subject.answers().len();
            let figure = |weights: &[f64]| alpha(&units, weights, n_answers, level).unwrap_or(f64::NAN);
            let bootstrap = Bootstrap::new(
                &Groups::from_keys("event_id".to_owned(), events),
                options.samples,
                options.seed,
            );
            let value = Some(figure(&vec![1.0; units.len()])).filter(|value| value.is_finite());
            let interval = value.and_then(|_| bootstrap.interval(figure));
            Some(Agreement {
                measure: subject.name(),
                level: level.as_str(),
                n_items: units.len(),
                alpha: value,
                low: interval.map(|(low, _)| low),
                high: interval.map(|(_, high)| high),
            })
        };
        Subject::all().filter_map(of_subject).collect()
    }

    /// The labels of one measure by sentence; or the stratum in which no drawn sentence has one, so that nothing is known of it.
    fn labelled(&self, subject: Subject) -> Result<BTreeMap<String, Labelled>, &str> {
        let mut labelled = BTreeMap::new();
        for (name, items) in self.strata_of(subject) {
            let answered: Vec<(usize, f64)> =
                items.iter().filter_map(|&at| Some((at, self.human(subject, at)?))).collect();
            if answered.is_empty() {
                return Err(name);
            }
            // Those without an answer are taken for a random part of the stratum's sample.
            let part = answered.len() as f64 / items.len() as f64;
            labelled.extend(answered.into_iter().map(|(at, human)| {
                let item = &self.items[at];
                (
                    item.sentence_id_a.clone(),
                    Labelled { human, probability: item.inclusion_probability * part },
                )
            }));
        }
        Ok(labelled)
    }
}

/// What becomes of each measure of the sample, with the estimates to write.
fn corrected(folder: &Path, scored: &Scored) -> Result<Vec<(Correction, Vec<Corrected>)>> {
    let subjects: Vec<Subject> = Subject::all()
        .filter(|&subject| subject != Subject::CLAIMS && !scored.of(subject).is_empty())
        .collect();
    if subjects.is_empty() {
        return Ok(vec![]);
    }
    let rows = measure_rows(folder, &subjects)?;
    let options = statistics_options(folder)?;
    let of_subject = |&subject: &Subject| {
        let items = scored.of(subject);
        let voice = scored.items[items[0]].voice.clone();
        let rows: Vec<MeasureRow> =
            rows.iter().filter(|row| row.subject == subject && row.voice == voice).cloned().collect();
        let (labelled, mut reason) = match scored.labelled(subject) {
            Ok(labelled) => (labelled, String::new()),
            Err(stratum) => (BTreeMap::new(), format!("no sentence of the stratum `{stratum}` is labelled")),
        };
        let estimates = correct(&rows, &labelled, &options);
        let n_corrected = estimates.iter().filter(|estimate| estimate.figure.is_some()).count();
        if reason.is_empty() && n_corrected < estimates.len() {
            reason = format!(
                "the others have fewer than {MIN_LABELLED} labelled sentences of an outlet, or too few claims or events for any estimate"
            );
        }
        let correction = Correction {
            measure: subject.name(),
            voice,
            n_labelled: items.iter().filter(|&&at| !scored.labels.of_item[at].is_empty()).count(),
            n_estimates: estimates.len(),
            n_corrected,
            reason,
        };
        (correction, estimates)
    };
    Ok(subjects.iter().map(of_subject).collect())
}

/// The settings that the raw estimates were made with: `config.statistics` of `run.json`.
fn statistics_options(folder: &Path) -> Result<StatisticsOptions> {
    let path = folder.join("run.json");
    let bytes = bytes_of(&path)?;
    let refuse = |error: serde_json::Error| Error::Table {
        path: path.clone(),
        message: format!("{error}; run `parallax compare` again with this version"),
    };
    let run: serde_json::Value = serde_json::from_slice(&bytes).map_err(refuse)?;
    match run["config"].get("statistics") {
        Some(options) => serde_json::from_value(options.clone()).map_err(refuse),
        None => Ok(StatisticsOptions::default()),
    }
}

impl Report {
    /// Writes `report.json` and the tables `precision`, `measures`, `agreement` and `corrected` as CSV into the folder `validation`,
    /// each whole or not at all.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn write(&self, folder: &Path) -> Result<()> {
        let folder = folder.join(FOLDER);
        for table in report_tables::tables(self) {
            let path = folder.join(format!("{}.csv", table.schema.name));
            write_whole(&path, |writer| table.write(Format::Csv, writer))?;
        }
        let json = serde_json::to_string_pretty(self).expect("a report can be written as JSON") + "\n";
        write_whole(&folder.join("report.json"), |writer| writer.write_all(json.as_bytes()))
    }
}
