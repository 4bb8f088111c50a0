use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use serde::{Deserialize, Serialize};

use super::correction::MIN_LABELLED;
use super::draw::{Drawn, LEAST_OF_STRATUM, draw, share_out, shuffle};
use super::page;
use super::subject::Subject;
use super::units::{Unit, units};
use crate::error::{Error, Result};
use crate::report::read_back::{bytes_of, check_folder, need, table_fault};
use crate::report::{as_in_article, safe_for_spreadsheets, write_whole};

/// The folder, inside that of the run, for everything that has to do with validation.
pub const FOLDER: &str = "validation";

/// The sample.
pub const SAMPLE_FILE: &str = "sample.csv";

/// The page to label it in.
pub const PAGE_FILE: &str = "label.html";

/// How a sample is drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct SampleOptions {
    /// Number of items, of all kinds together.
    pub n: usize,
    /// Seed of the draw.
    pub seed: u64,
    /// What people are to be asked about; all that the tables allow where none is given.
    pub subjects: Vec<Subject>,
    /// `narration`, `quotation` or `all`: the words whose measures are sampled.
    pub voice: String,
    /// Whether a sample with other contents may be replaced.
    pub force: bool,
}

impl Default for SampleOptions {
    fn default() -> Self {
        Self { n: 200, seed: 0, subjects: vec![], voice: "narration".to_owned(), force: false }
    }
}

/// A row of `sample.csv`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// Made from what is asked: the same question has the same id in every sample.
    pub item_id: String,
    /// `claims` or `measure`.
    pub kind: String,
    /// The [`Subject`]'s name.
    pub measure: String,
    /// `narration`, `quotation` or `all`; empty for claims.
    pub voice: String,
    /// The stratum within measure and voice.
    pub stratum: String,
    /// Number of units in it.
    pub stratum_size: usize,
    /// How many of them were drawn.
    pub stratum_drawn: usize,
    /// With what probability this one could be drawn, above 0, at most 1.
    pub inclusion_probability: f64,
    /// The claim.
    pub claim_id: String,
    /// Its event.
    pub event_id: String,
    /// The sentence; of claims the first one.
    pub sentence_id_a: String,
    /// Of claims the second one.
    pub sentence_id_b: String,
    /// The words.
    pub text_a: String,
    /// Of claims the words of the second one.
    pub text_b: String,
    /// The measure's value; of claims the probability of the same claim.
    pub machine_value: f64,
    /// The answer that the machine gives.
    pub machine_label: String,
}

/// What was drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// In the order in which they are asked about.
    pub items: Vec<Item>,
    /// What stands in the page in place of each item's texts: the same words with the names of outlets masked.
    masked: Vec<Vec<String>>,
    /// Number of items of each measure and outlet.
    of_outlets: BTreeMap<(String, String), usize>,
}

/// Draws a sample from the tables in `folder`. Nothing is written.
///
/// # Errors
/// [`Error::Output`] or [`Error::Table`] where `folder` does not hold the tables of a run; [`Error::Usage`] where there is nothing
/// to draw, or `n` is too small for the strata.
pub fn sample(folder: &Path, options: &SampleOptions) -> Result<Sample> {
    check_folder(folder)?;
    let subjects =
        if options.subjects.is_empty() { Subject::all().collect() } else { options.subjects.clone() };
    let units = units(folder, &subjects, &options.voice)?;
    if units.is_empty() {
        let names = subjects.iter().map(|subject| subject.name()).collect::<Vec<_>>().join(", ");
        let message = format!(
            "{}: there is nothing to label of {names}; the tables hold no claim with it, or come from an older version",
            folder.display()
        );
        return Err(Error::Usage { message });
    }
    let items = draw_items(&units, options)?;
    let outlets = need(folder, "articles", ["outlet"])?;
    let mask = page::Mask::new(outlets.rows.iter().map(|[outlet]| outlet.as_str()));
    let masked =
        items.iter().map(|(unit, _)| unit.texts.iter().map(|text| mask.apply(text)).collect()).collect();
    let mut of_outlets: BTreeMap<(String, String), usize> = BTreeMap::new();
    for (unit, item) in &items {
        *of_outlets.entry((item.measure.clone(), unit.outlet.clone())).or_default() += 1;
    }
    Ok(Sample { items: items.into_iter().map(|(_, item)| item).collect(), masked, of_outlets })
}

/// The strata of one subject: their names, and the units of each by outlet.
type Strata<'a> = BTreeMap<&'a str, BTreeMap<&'a str, Vec<usize>>>;

fn draw_items<'a>(units: &'a [Unit], options: &SampleOptions) -> Result<Vec<(&'a Unit, Item)>> {
    let mut by_subject: BTreeMap<Subject, Strata> = BTreeMap::new();
    for (position, unit) in units.iter().enumerate() {
        let strata = by_subject.entry(unit.subject).or_default();
        strata.entry(&unit.stratum).or_default().entry(&unit.outlet).or_default().push(position);
    }
    let allocations = allocate(options.n, &by_subject)?;
    let mut random = ChaCha8Rng::seed_from_u64(options.seed);
    let mut items = vec![];
    for (strata, n_of_strata) in by_subject.values().zip(allocations) {
        let mut of_subject = vec![];
        for (outlets, n) in strata.values().zip(n_of_strata) {
            let groups: Vec<Vec<usize>> = outlets.values().cloned().collect();
            let size = groups.iter().map(Vec::len).sum();
            let drawn = draw(n, &groups, &mut random);
            of_subject.extend(drawn.into_iter().map(|drawn| item(&units[drawn.unit], drawn, size, n)));
        }
        // In a random order, so that whoever stops half-way has labelled a random half of each stratum.
        shuffle(&mut of_subject, &mut random);
        items.extend(of_subject);
    }
    Ok(items)
}

fn item(unit: &Unit, drawn: Drawn, stratum_size: usize, stratum_drawn: usize) -> (&Unit, Item) {
    let part = |parts: &[String], at: usize| parts.get(at).cloned().unwrap_or_default();
    let is_claim = unit.subject == Subject::CLAIMS;
    let item = Item {
        item_id: item_id(unit),
        kind: if is_claim { "claims" } else { "measure" }.to_owned(),
        measure: unit.subject.name().to_owned(),
        voice: unit.voice.clone(),
        stratum: unit.stratum.clone(),
        stratum_size,
        stratum_drawn,
        inclusion_probability: drawn.probability,
        claim_id: unit.claim.clone(),
        event_id: unit.event.clone(),
        sentence_id_a: part(&unit.sentences, 0),
        sentence_id_b: part(&unit.sentences, 1),
        text_a: part(&unit.texts, 0),
        text_b: part(&unit.texts, 1),
        machine_value: unit.machine_value,
        machine_label: unit.machine_label.clone(),
    };
    (unit, item)
}

/// What is asked decides the id, so a label of one sample cannot be taken for that of another question.
fn item_id(unit: &Unit) -> String {
    let mut hasher = blake3::Hasher::new();
    let parts = [unit.subject.name(), &unit.voice].into_iter();
    for part in parts.chain(unit.sentences.iter().chain(&unit.texts).map(String::as_str)) {
        hasher.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
    }
    hasher.finalize().to_hex()[..16].to_owned()
}

/// How many are drawn from each stratum of each subject: even between claims and measures, then between measures, then
/// between the strata of each, none with fewer than [`LEAST_OF_STRATUM`] that has so many.
fn allocate(n: usize, by_subject: &BTreeMap<Subject, Strata>) -> Result<Vec<Vec<usize>>> {
    let sizes: Vec<Vec<usize>> = by_subject
        .values()
        .map(|strata| strata.values().map(|outlets| outlets.values().map(Vec::len).sum()).collect())
        .collect();
    let least: Vec<usize> =
        sizes.iter().map(|sizes| sizes.iter().map(|&size| size.min(LEAST_OF_STRATUM)).sum()).collect();
    let least_of_all: usize = least.iter().sum();
    if n < least_of_all {
        let names = by_subject.keys().map(|subject| subject.name()).collect::<Vec<_>>().join(", ");
        let message = format!(
            "--n {n} is too few for the strata of {names}; give at least {least_of_all}, or fewer of these with --only"
        );
        return Err(Error::Usage { message });
    }
    let totals: Vec<usize> = sizes.iter().map(|sizes| sizes.iter().sum()).collect();
    // Two kinds where there are claims: the first subject, and all others.
    let n_kinds = usize::from(by_subject.contains_key(&Subject::CLAIMS));
    let (claims, measures) = totals.split_at(n_kinds);
    let of_kinds = share_out(n, &[claims.iter().sum(), measures.iter().sum()]);
    let mut of_subjects = share_out(of_kinds[0], claims);
    of_subjects.extend(share_out(of_kinds[1], measures));
    raise_to_least(&mut of_subjects, &least);
    Ok(of_subjects.iter().zip(&sizes).map(|(&n, sizes)| over_strata(n, sizes)).collect())
}

/// Lifts what is below its least to it, one at a time from whoever has most above its own.
fn raise_to_least(shares: &mut [usize], least: &[usize]) {
    while let Some(poor) = (0..shares.len()).find(|&i| shares[i] < least[i]) {
        let rich = (0..shares.len()).max_by_key(|&i| shares[i].saturating_sub(least[i]));
        let Some(rich) = rich.filter(|&i| shares[i] > least[i]) else { return };
        shares[rich] -= 1;
        shares[poor] += 1;
    }
}

fn over_strata(n: usize, sizes: &[usize]) -> Vec<usize> {
    let mut shares = share_out(n, sizes);
    let least: Vec<usize> = sizes.iter().map(|&size| size.min(LEAST_OF_STRATUM)).collect();
    raise_to_least(&mut shares, &least);
    shares
}

/// A stratum of a sample, for a person to read.
#[derive(Debug, Clone, PartialEq)]
pub struct StratumCount {
    /// The [`Subject`]'s name.
    pub measure: String,
    /// The voice; empty for claims.
    pub voice: String,
    /// The stratum.
    pub stratum: String,
    /// Number of units in it.
    pub size: usize,
    /// Number drawn.
    pub drawn: usize,
}

impl Sample {
    /// Number of outlets with so many sentences of a measure in the sample that their estimates can be corrected.
    pub fn n_correctable(&self, measure: &str) -> usize {
        self.of_outlets.iter().filter(|((of, _), n)| of == measure && **n >= MIN_LABELLED).count()
    }

    /// Number of outlets of which sentences of a measure were drawn.
    pub fn n_outlets(&self, measure: &str) -> usize {
        self.of_outlets.keys().filter(|(of, _)| of == measure).count()
    }

    /// The strata that were drawn from, by subject, from the lowest band to the highest.
    pub fn strata(&self) -> Vec<StratumCount> {
        let of_item = |item: &Item| {
            let subject = Subject::from_name(&item.measure).ok();
            let rank = subject.map(|subject| subject.rank(&item.stratum));
            let count = StratumCount {
                measure: item.measure.clone(),
                voice: item.voice.clone(),
                stratum: item.stratum.clone(),
                size: item.stratum_size,
                drawn: item.stratum_drawn,
            };
            ((subject, rank, item.stratum.clone()), count)
        };
        self.items.iter().map(of_item).collect::<BTreeMap<_, _>>().into_values().collect()
    }

    /// The bytes of `sample.csv`.
    pub fn to_csv(&self) -> Vec<u8> {
        let mut writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .quote_style(csv::QuoteStyle::NonNumeric)
            .from_writer(vec![]);
        for item in &self.items {
            let guarded = |text: &str| safe_for_spreadsheets(text).into_owned();
            let item = Item {
                claim_id: guarded(&item.claim_id),
                event_id: guarded(&item.event_id),
                sentence_id_a: guarded(&item.sentence_id_a),
                sentence_id_b: guarded(&item.sentence_id_b),
                text_a: guarded(&item.text_a),
                text_b: guarded(&item.text_b),
                stratum: guarded(&item.stratum),
                ..item.clone()
            };
            writer.serialize(item).expect("memory takes every row");
        }
        writer.into_inner().expect("memory takes every row")
    }

    /// The page to label the sample in.
    pub fn to_page(&self) -> String {
        page::render(&self.items, &self.masked)
    }

    /// Writes `sample.csv` and `label.html` into the folder `validation` of the run's folder, each whole or not at all, and
    /// returns that folder.
    ///
    /// # Errors
    /// [`Error::Output`] where there is a sample with other contents and `force` is false; [`Error::Write`].
    pub fn write(&self, folder: &Path, force: bool) -> Result<PathBuf> {
        let folder = folder.join(FOLDER);
        let path = folder.join(SAMPLE_FILE);
        let csv = self.to_csv();
        let other = bytes_of(&path).is_ok_and(|there| there != csv);
        if other && !force {
            let message = "is there already, with other contents: labels of that sample could no longer be scored. Give the options that \
                           it was drawn with, or --force to replace it";
            return Err(Error::Output { path, message: message.to_owned() });
        }
        fs::create_dir_all(&folder).map_err(|source| Error::Write { path: folder.clone(), source })?;
        let page = self.to_page();
        write_whole(&folder.join(PAGE_FILE), |writer| writer.write_all(page.as_bytes()))?;
        write_whole(&path, |writer| writer.write_all(&csv))?;
        Ok(folder)
    }
}

/// Reads `validation/sample.csv` of a run's folder.
pub(super) fn read_sample(folder: &Path) -> Result<Vec<Item>> {
    let path = folder.join(FOLDER).join(SAMPLE_FILE);
    if !path.exists() {
        let message = format!("holds no {FOLDER}/{SAMPLE_FILE}; draw one with `parallax validate sample`");
        return Err(Error::Output { path: folder.to_owned(), message });
    }
    let bytes = bytes_of(&path)?;
    let rows = csv::Reader::from_reader(bytes.as_slice()).into_deserialize::<Item>();
    let item = |(row, item): (usize, csv::Result<Item>)| {
        let item = item.map_err(|error| {
            let message = format!("row {}: {error}; draw the sample again, or restore the file", row + 1);
            table_fault(&path, message)
        })?;
        let plain = |text: &str| as_in_article(text).to_owned();
        Ok(Item {
            claim_id: plain(&item.claim_id),
            event_id: plain(&item.event_id),
            sentence_id_a: plain(&item.sentence_id_a),
            sentence_id_b: plain(&item.sentence_id_b),
            text_a: plain(&item.text_a),
            text_b: plain(&item.text_b),
            stratum: plain(&item.stratum),
            ..item
        })
    };
    rows.enumerate().map(item).collect()
}
