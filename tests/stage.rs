//! The phases over rows of Arrow give the tables of the local run, however the rows are divided.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_cast::display::{ArrayFormatter, FormatOptions, array_value_to_string};
use arrow_ipc::reader::StreamReader;
use parallax::encode::EncodedSentences;
use parallax::job::{Job, compare_reading, open_store};
use parallax::pipeline::Silent;
use parallax::read::{read, read_batches};
use parallax::report::{record_batches, table_names};
use parallax::stage::{PlaceOptions, Row, Stage, batches, read_rows, run};

/// The seeds, each printed by three more outlets some days later with sentences left out, and one story that goes on from day to day.
fn articles() -> Vec<[String; 5]> {
    let seeds = read(&["seeds".into()], &Default::default()).unwrap().articles;
    let mut articles = vec![];
    for (n, seed) in seeds.iter().enumerate() {
        let lines: Vec<&str> = seed.body.lines().filter(|line| !line.trim().is_empty()).collect();
        for copy in 0..4 {
            let kept = lines.iter().enumerate().filter(|(at, _)| copy == 0 || at % (copy + 1) != 1);
            let body: Vec<&str> = kept.map(|(_, line)| *line).collect();
            let date = seed.date_published.map_or("2018-12-03".to_owned(), |date| date.to_string());
            articles.push([
                format!("seed{n}-{copy}"),
                format!("{} {copy}", seed.outlet),
                seed.headline.clone(),
                date,
                body.join("\n\n"),
            ]);
        }
    }
    let news = [
        "The senate approved the fishing treaty with Kenya on Monday. Rain fell in Oslo.",
        "The senate approved the fishing treaty with Kenya on Monday. Trams stood still in the capital.",
        "The senate approved the fishing treaty with Kenya on Monday. Bread is dearer than a year ago.",
    ];
    for (n, (text, day)) in news.iter().zip([3, 9, 15]).enumerate() {
        let of_outlets = [
            (
                "Post",
                "Police said on Monday that 12 protesters were arrested in Lima after a peaceful march.",
            ),
            ("Star", "Police claimed on Monday that 15 rioters were arrested in Lima after a violent march."),
        ];
        for (outlet, last) in of_outlets {
            let headline = format!("News of day {day}");
            articles.push([
                format!("day{n}{outlet}"),
                outlet.to_owned(),
                headline,
                format!("2019-03-{day:02}"),
                format!("{text} {last}"),
            ]);
        }
    }
    articles
}

fn batch(articles: &[[String; 5]]) -> RecordBatch {
    let column =
        |at: usize| Arc::new(StringArray::from_iter_values(articles.iter().map(|of| &of[at]))) as ArrayRef;
    let names = ["article_id", "outlet", "headline", "date_published", "body"];
    RecordBatch::try_from_iter(names.iter().enumerate().map(|(at, name)| (*name, column(at)))).unwrap()
}

/// The rows of a table as text, sorted, without the columns that say where a row was read.
fn sorted_rows(batches: &[RecordBatch]) -> Vec<String> {
    let mut rows = vec![];
    for batch in batches {
        let schema = batch.schema();
        let columns: Vec<_> = schema
            .fields()
            .iter()
            .zip(batch.columns())
            .filter(|(field, _)| !["row", "file"].contains(&field.name().as_str()))
            .map(|(field, column)| {
                (field.name(), ArrayFormatter::try_new(column, &FormatOptions::new()).unwrap())
            })
            .collect();
        rows.extend((0..batch.num_rows()).map(|row| {
            columns
                .iter()
                .map(|(name, cells)| format!("{name}={}", cells.value(row)))
                .collect::<Vec<_>>()
                .join(" | ")
        }));
    }
    rows.sort();
    rows
}

fn of_local_run(articles: &[[String; 5]], job: &Job) -> BTreeMap<String, Vec<String>> {
    let reading = || read_batches("articles", &[batch(articles)], &job.read);
    let finished = compare_reading(job, reading, &open_store(job).unwrap(), &Silent).unwrap();
    let table = |name: &&'static str| {
        let (_, batches) = record_batches(&finished.run, &finished.provenance.rejected, name).unwrap();
        ((*name).to_owned(), sorted_rows(&batches))
    };
    table_names().iter().map(table).collect()
}

/// A cluster of one machine that divides the rows of every stage into so many calls, in an order of its own.
struct Cluster<'a> {
    job: &'a Job,
    place: PlaceOptions,
    calls: usize,
}

impl Cluster<'_> {
    fn run(&self, stage: Stage, rows: Vec<Row>) -> Vec<Row> {
        read_rows(&run(stage, &batches(rows), self.job, &self.place, &Silent).unwrap()).unwrap()
    }

    /// All rows of a key in one call, the last first.
    fn by_key(&self, stage: Stage, rows: Vec<Row>, with_all: &[Row]) -> Vec<Row> {
        let mut calls: Vec<Vec<Row>> = vec![vec![]; self.calls];
        for row in rows.into_iter().rev() {
            let call = usize::try_from(row.key.rem_euclid(self.calls as i64)).unwrap();
            calls[call].push(row);
        }
        let calls = calls.into_iter().filter(|rows| !rows.is_empty());
        calls.flat_map(|rows| self.run(stage, [rows, with_all.to_vec()].concat())).collect()
    }

    /// The tables, and the ids of the articles that were dropped from matching.
    fn compare(&self, articles: &[[String; 5]]) -> (BTreeMap<String, Vec<String>>, Vec<String>) {
        let of_kind = |rows: &[Row], kind: &str| -> Vec<Row> {
            rows.iter().filter(|row| row.kind == kind).cloned().collect()
        };
        let parts = articles.chunks(articles.len().div_ceil(self.calls));
        let mapped: Vec<Row> = parts
            .flat_map(|part| run(Stage::MapArticles, &[batch(part)], self.job, &self.place, &Silent).unwrap())
            .flat_map(|batch| read_rows(&[batch]).unwrap())
            .collect();
        let counts = self.run(Stage::MergeCounts, of_kind(&mapped, "counts"));
        let documents: Vec<Row> = of_kind(&mapped, "document").into_iter().filter(|row| row.n == 1).collect();
        let names = documents
            .chunks(documents.len().div_ceil(self.calls))
            .flat_map(|part| self.run(Stage::CountNames, [part, &counts].concat()))
            .collect::<Vec<_>>();
        let with_all = self.run(Stage::MergeCounts, [counts, names].concat());
        let grouped = self.by_key(Stage::GroupArticles, of_kind(&mapped, "window"), &[]);
        let copied = self.by_key(Stage::FindCopies, of_kind(&mapped, "document"), &[]);
        let placed = self.run(Stage::PlaceEvents, [grouped.clone(), of_kind(&copied, "copied")].concat());
        let with_documents = |placed: &[Row]| -> Vec<Row> {
            let documents: BTreeMap<&str, &Row> =
                documents.iter().map(|row| (row.id.as_str(), row)).collect();
            let document = |row: Row| Row {
                kind: "document".into(),
                record: documents[row.id.as_str()].record.clone(),
                ..row
            };
            of_kind(placed, "article").into_iter().map(document).collect()
        };
        let rows = [with_documents(&placed), of_kind(&placed, "event")].concat();
        let matched = self.by_key(Stage::MatchPairs, rows, &with_all);
        let resolved = [of_kind(&matched, "claim"), of_kind(&matched, "tie"), grouped].concat();
        let resolved = self.run(Stage::ResolveClaims, resolved);
        let articles = of_kind(&resolved, "article");
        let key_of: BTreeMap<&str, i64> = articles.iter().map(|row| (row.id.as_str(), row.key)).collect();
        let with_key = |row: Row| Row { key: key_of[row.id.as_str()], ..row };
        let rows = [
            with_documents(&resolved),
            of_kind(&resolved, "event"),
            of_kind(&resolved, "claim"),
            of_kind(&placed, "copied").into_iter().map(with_key).collect(),
            of_kind(&matched, "figures").into_iter().map(with_key).collect(),
        ];
        let compared = self.by_key(Stage::CompareClaims, rows.concat(), &with_all);
        let aligned = of_kind(&compared, "aligned");
        let rows = [documents.as_slice(), &of_kind(&placed, "copied"), &with_all, &aligned].concat();
        let uses = self.run(Stage::CountUses, rows);
        let rows = [of_kind(&compared, "observed"), aligned, uses, of_kind(&mapped, "rejected"), with_all];
        let finished = self.run(Stage::FinishTables, rows.concat());
        let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for row in compared.iter().chain(&copied).chain(&finished) {
            let Some(name) = row.kind.strip_prefix("table:") else { continue };
            let batches: Vec<RecordBatch> =
                StreamReader::try_new(Cursor::new(&row.record), None).unwrap().map(Result::unwrap).collect();
            assert_eq!(
                batches.iter().map(RecordBatch::num_rows).sum::<usize>(),
                usize::try_from(row.n).unwrap()
            );
            if name == "rejected" && row.n > 0 {
                let files = batches[0].column_by_name("file").unwrap();
                assert_eq!(array_value_to_string(files, 0).unwrap(), "articles, article_id none");
            }
            tables.entry(name.to_owned()).or_default().extend(sorted_rows(&batches));
        }
        tables.values_mut().for_each(|rows| rows.sort());
        (tables, of_kind(&placed, "dropped").into_iter().map(|row| row.id).collect())
    }
}

#[test]
fn parts_give_the_tables_of_the_whole() {
    let mut articles = articles();
    articles.push(["none".into(), "Post".into(), String::new(), String::new(), " ".into()]);
    let articles = articles;
    struct Case {
        period_days: u32,
        sentences: EncodedSentences,
        calls: usize,
        place: PlaceOptions,
    }
    let place = |sentences: usize| PlaceOptions { sentences, ..PlaceOptions::default() };
    for case in [
        Case { period_days: 0, sentences: EncodedSentences::All, calls: 1, place: place(100_000) },
        Case { period_days: 0, sentences: EncodedSentences::Candidates, calls: 3, place: place(1) },
        Case { period_days: 5, sentences: EncodedSentences::All, calls: 5, place: place(150) },
        Case { period_days: 90, sentences: EncodedSentences::Candidates, calls: 2, place: place(40) },
    ] {
        let mut job = Job::default();
        job.options.group.period_days = case.period_days;
        job.options.encode.sentences = case.sentences;
        job.options.framing.min_salience = 0.01;
        job.options.threads = 2;
        let expected = of_local_run(&articles, &job);
        let found = Cluster { job: &job, place: case.place.clone(), calls: case.calls }.compare(&articles);
        let (found, dropped) = found;
        assert!(dropped.is_empty());
        assert!(expected["claims"].len() > 20, "{} claims", expected["claims"].len());
        for name in ["events", "copies", "framing", "outlets", "targets"] {
            assert!(!expected[name].is_empty(), "{name}");
        }
        for name in table_names() {
            let (expected, found) = (&expected[*name], &found[*name]);
            let first = expected.iter().zip(found).find(|(expected, found)| expected != found);
            assert_eq!(first, None, "{name}, {} days, {} calls", case.period_days, case.calls);
            assert_eq!(expected.len(), found.len(), "{name}");
        }
    }
}

#[test]
fn articles_of_too_large_events_are_dropped_from_matching_and_named() {
    let articles = articles();
    let job = Job::default();
    let place = PlaceOptions { articles: 3, ..PlaceOptions::default() };
    let (found, dropped) = Cluster { job: &job, place, calls: 2 }.compare(&articles);
    assert!(!dropped.is_empty());
    let expected = of_local_run(&articles, &job);
    // They are in every table of articles and events all the same, and in no claim.
    assert_eq!(found["articles"].len(), articles.len());
    assert_eq!(found["sentences"].len(), expected["sentences"].len());
    assert_eq!(found["events"].len(), expected["events"].len());
    for article in &dropped {
        assert!(
            found["mentions"].iter().all(|row| !row.contains(&format!("article_id={article} "))),
            "{article}"
        );
    }
    assert!(found["claims"].len() < expected["claims"].len() && found["claims"].len() > 5);
}

#[test]
fn wrong_rows_are_refused_with_what_is_wrong() {
    let run_on = |stage: Stage, batches: &[RecordBatch]| {
        run(stage, batches, &Job::default(), &PlaceOptions::default(), &Silent).unwrap_err().to_string()
    };
    let articles = articles();
    let error = run_on(Stage::GroupArticles, &[batch(&articles)]);
    assert!(error.starts_with("stage group_articles: the column `kind` is missing"), "{error}");
    let damaged = Row { kind: "window".into(), id: "a".into(), key: 0, n: 1, record: vec![255; 3] };
    let error = run_on(Stage::GroupArticles, &batches(vec![damaged]));
    assert!(error.contains("all stages must be of one version"), "{error}");
    let error = run_on(Stage::MatchPairs, &batches(vec![]));
    assert_eq!(error, "stage match_pairs: no row of the kind `counts` is there");
    let mut dated = articles[..2].to_vec();
    (dated[0][3], dated[1][3]) = ("13/07/2019".into(), "07/08/2019".into());
    let error = run_on(Stage::MapArticles, &[batch(&dated)]);
    assert!(error.contains("date_order"), "{error}");
    let error = run_on(Stage::MapArticles, &[batch(&articles[..1]), batch(&articles[..1])]);
    assert!(error.starts_with("stage map_articles: the id `seed0-0` is that of articles, row 1"), "{error}");
    let of_two = |row: &Row| [row.clone(), Row { n: 0, ..row.clone() }];
    let mapped =
        run(Stage::MapArticles, &[batch(&articles[..1])], &Job::default(), &PlaceOptions::default(), &Silent);
    let window = read_rows(&mapped.unwrap()).unwrap().into_iter().filter(|row| row.kind == "window");
    let grouped = run(
        Stage::GroupArticles,
        &batches(window.collect()),
        &Job::default(),
        &PlaceOptions::default(),
        &Silent,
    );
    let twice: Vec<Row> = read_rows(&grouped.unwrap()).unwrap().iter().flat_map(of_two).collect();
    let error = run_on(Stage::PlaceEvents, &batches(twice));
    assert_eq!(error, "stage place_events: two articles have the id `seed0-0`; give each one of its own");
    assert!(Stage::named("match").unwrap_err().to_string().contains("match_pairs"));
    for stage in Stage::ALL {
        assert_eq!(Stage::named(stage.as_str()).unwrap(), stage);
    }
}
