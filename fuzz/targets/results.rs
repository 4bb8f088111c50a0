//! The results of a run: what is written reads back the same, and a folder with anything in it is read or refused.

use std::collections::BTreeMap;
use std::fs;
use std::sync::LazyLock;

use parallax::cluster::Verifier;
use parallax::framing::Measures;
use parallax::options::Options;
use parallax::pipeline::{Models, Run, Silent, compare_articles};
use parallax::read::{Reading, Row, articles};
use parallax::records::{ModelUsed, Provenance, Thresholds};
use parallax::report::{self, Folder, Format, PageBounds, SummaryOptions};
use parallax::validate::{SampleOptions, ScoreOptions, sample, score};

use super::articles::{check_document, check_reading};
use super::fake::FakeEncoder;
use super::{folder, split_choice};

/// The verifier of the model in the repository.
static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| {
    const VERIFIER: &[u8] = include_bytes!("../../models/parallax-en/heads/verifier.json");
    const DECISION: &[u8] = include_bytes!("../../models/parallax-en/heads/decision.json");
    let verifier = Verifier::from_json(VERIFIER, "parallax-en", Thresholds::default()).expect("it is sound");
    verifier.with_decision(DECISION, "parallax-en").expect("it is sound")
});

fn compare(reading: Reading) -> (Run, Provenance) {
    let measures = Measures::with_frames();
    let models = Models {
        encoder: &FakeEncoder,
        verifier: &VERIFIER,
        thresholds: &Thresholds::default(),
        measures: &measures,
    };
    let mut options = Options { threads: 1, ..Options::default() };
    options.statistics.samples = 100;
    let run =
        compare_articles(reading.articles, &options, &models, &Silent).expect("articles can be compared");
    let model = ModelUsed { name: "fake".into(), version: "1".into(), sha256: BTreeMap::new() };
    let provenance = Provenance {
        config: serde_json::json!({}),
        model,
        heads: vec![],
        inputs: reading.inputs,
        ignored: reading.ignored,
        rejected: reading.rejected,
        notes: reading.notes,
    };
    (run, provenance)
}

/// What parts the articles of an input, and an article's outlet, headline and text.
const BEHIND_ARTICLE: char = '\u{1e}';
const BEHIND_FIELD: char = '\u{1f}';

fn rows(text: &str) -> Vec<Row> {
    let row = |article: &str| {
        let mut fields = article.splitn(4, BEHIND_FIELD).map(str::to_owned);
        let mut next = || fields.next().unwrap_or_default();
        Row { outlet: next(), headline: next(), date_published: next(), text: next(), ..Row::default() }
    };
    text.split(BEHIND_ARTICLE).take(6).map(row).collect()
}

/// Articles are compared, and the tables read back what was found, in each format; offsets lie in the text as it was read.
pub fn run(data: &[u8]) {
    let Some((choice, bytes)) = split_choice(data) else { return };
    // The time of a run grows with the square of its sentences; `annotate` has the long texts.
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(6_000)]);
    let rows = rows(&text);
    let n = rows.len();
    let read: BTreeMap<u64, Row> = (1..).zip(rows.clone()).collect();
    let reading = articles(rows);
    assert_eq!(check_reading(&reading), (1..=n as u64).map(Some).collect::<Vec<_>>());
    let (run, provenance) = compare(reading);
    run.corpus.documents().iter().for_each(check_document);
    check_records(&run);
    check_offsets(&run, &read);
    // Files take most of the time, so one choice in four writes them.
    if choice / 3 % 4 == 0 {
        check_files(&run, &provenance, Format::ALL[choice % 3]);
    }
}

/// The tables in a format read back as they were made, and the page is made of them again.
fn check_files(run: &Run, provenance: &Provenance, format: Format) {
    let folder = folder();
    report::prepare(folder.path(), &[]).expect("the folder is empty");
    report::write(run, provenance, folder.path(), &[format]).expect("results can be written");
    let page = fs::read(folder.path().join("report.html")).expect("it was written");
    let back = Folder::open(folder.path()).expect("it was written");
    for &name in report::table_names() {
        let (_, of_run) =
            report::record_batches(run, &provenance.rejected, name).expect("the table is known");
        let (_, of_file) = back.record_batches(name).unwrap_or_else(|error| panic!("{name}: {error}"));
        let n_rows = |batches: &[arrow_array::RecordBatch]| {
            batches.iter().map(|batch| batch.num_rows()).sum::<usize>()
        };
        assert_eq!(n_rows(&of_run), n_rows(&of_file), "{name}");
        if n_rows(&of_run) > 0 {
            assert_eq!(of_run, of_file, "{name}");
        }
    }
    report::rebuild_page(folder.path()).expect("the tables are sound");
    assert!(
        page == fs::read(folder.path().join("report.html")).expect("it was written"),
        "the page is the same"
    );
    let summary = report::summary(run, &provenance.rejected, folder.path(), &SummaryOptions::default());
    assert!(!summary.is_empty());
    if let Ok(drawn) = sample(folder.path(), &SampleOptions::default()) {
        drawn.write(folder.path(), true).expect("a sample can be written");
        let _ = score(folder.path(), &[], &ScoreOptions { samples: 10, ..ScoreOptions::default() });
    }
}

/// Claims name sentences that are there, of outlets that differ; probabilities are probabilities.
fn check_records(run: &Run) {
    assert_eq!(run.figures.len(), run.corpus.n_sentences());
    assert_eq!(run.independent_outlets.len(), run.claims.len());
    assert_eq!(run.framing.len(), run.comparisons.len());
    for claim in &run.claims {
        assert!(!claim.mentions.is_empty());
        for mention in &claim.mentions {
            let _ = run.corpus.sentence(&mention.sentence);
            assert!((0.0..=1.0).contains(&mention.probability), "{}", mention.probability);
        }
    }
}

/// Each sentence as offsets of the tables lies in the field as it was read.
fn check_offsets(run: &Run, read: &BTreeMap<u64, Row>) {
    for of in run.corpus.sentences() {
        let row = &read[&of.article.origin.row.expect("a row has a number")];
        let (field, cuts) = match of.sentence.field {
            parallax::records::Field::Headline => (&row.headline, &of.article.headline_cuts),
            parallax::records::Field::Body => (&row.text, &of.article.body_cuts),
        };
        let found = cuts.bytes(of.sentence.bytes).slice(field);
        if cuts.is_empty() {
            assert_eq!(found, of.text());
        }
    }
}

const SEED: &str = "Post\u{1f}Bridge shut\u{1f}2024-03-05\u{1f}The bridge was closed on Monday after cracks were found. “It is a shame,” the mayor said.\u{1e}\
                    Star\u{1f}\u{1f}2024-03-05\u{1f}The bridge was closed on Monday when cracks were found. Ann Lee, the mayor, said it was a disgrace.\u{1e}\
                    Sun\u{1f}\u{1f}\u{1f} ";

/// The files of a small run and of a sample of it, by name, in each format.
static RESULTS: LazyLock<[BTreeMap<String, Vec<u8>>; 3]> = LazyLock::new(|| {
    let (run, provenance) = compare(articles(rows(SEED)));
    assert!(!run.claims.is_empty());
    Format::ALL.map(|format| {
        let folder = folder();
        report::prepare(folder.path(), &[]).expect("the folder is empty");
        report::write(&run, &provenance, folder.path(), &[format]).expect("results can be written");
        let drawn = sample(folder.path(), &SampleOptions::default()).expect("there is a claim");
        drawn.write(folder.path(), true).expect("a sample can be written");
        let names = fs::read_dir(folder.path())
            .expect("it is there")
            .map(|entry| entry.expect("it is there").file_name());
        let names = names.map(|name| name.into_string().expect("it is ours")).chain([SAMPLE.to_owned()]);
        let files = names.filter(|name| folder.path().join(name).is_file());
        files.map(|name| (name.clone(), fs::read(folder.path().join(&name)).expect("it is there"))).collect()
    })
});

/// Where a sample lies, and a file of people's labels.
const SAMPLE: &str = "validation/sample.csv";
const LABELS: &str = "validation/labels.csv";

/// A folder of results with one of its files by the input: `run.json`, a table in one of the formats, a sample, or labels, in which
/// `ITEM0` stands for the first item of the sample.
pub fn report(data: &[u8]) {
    let Some((format, rest)) = split_choice(data) else { return };
    let Some((file, bytes)) = split_choice(rest) else { return };
    let format = Format::ALL[format % 3];
    let names = report::table_names();
    let changed = match file % (names.len() + 3) {
        0 => "run.json".to_owned(),
        1 => SAMPLE.to_owned(),
        2 => LABELS.to_owned(),
        table => format!("{}.{}", names[table - 3], format.extension()),
    };
    let folder = folder();
    fs::create_dir(folder.path().join("validation")).expect("a folder can be made");
    let sound = &RESULTS[Format::ALL.iter().position(|other| *other == format).expect("it is one of these")];
    for (name, content) in sound {
        fs::write(folder.path().join(name), content).expect("the file can be written");
    }
    let labels: Vec<_> = (changed == LABELS).then(|| folder.path().join(LABELS)).into_iter().collect();
    let bytes = if changed == LABELS { with_items(bytes, &sound[SAMPLE]) } else { bytes.to_vec() };
    fs::write(folder.path().join(changed), bytes).expect("the file can be written");
    let _ = score(folder.path(), &labels, &ScoreOptions { samples: 10, ..ScoreOptions::default() });
    let _ = sample(folder.path(), &SampleOptions::default());
    let Ok(back) = Folder::open(folder.path()) else { return };
    for name in back.table_names() {
        let _ = back.record_batches(&name);
    }
    let _ = back.page(PageBounds::default());
    let _ = back.page(PageBounds { claims: 1, text: 10 });
}

/// Labels with the ids of the sample's items in place of `ITEM0` and the like.
fn with_items(labels: &[u8], sample: &[u8]) -> Vec<u8> {
    let mut labels = String::from_utf8_lossy(labels).into_owned();
    let items = csv::Reader::from_reader(sample)
        .into_records()
        .map(|record| record.expect("it was written just now"));
    for (number, item) in items.enumerate().take(10) {
        labels = labels.replace(&format!("ITEM{number}"), &item[0]);
    }
    labels.into_bytes()
}
