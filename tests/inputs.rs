//! The files that people have: saved pages, spreadsheets, Parquet, packed files, markup, broken lines; and that a dirty copy of a corpus reads like the clean one.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use parallax::read::{ReadOptions, Reading, read};
use parallax::records::Article;
use serde_json::Value;

fn reading(inputs: &[PathBuf]) -> Reading {
    read(inputs, &ReadOptions::default()).unwrap()
}

/// What each of 20 made-up pages says, as far as it is found. The figures are those of docs/guides/inputs.md.
#[test]
fn articles_are_found_in_pages_of_twenty_templates() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/pages");
    let expected: Value =
        serde_json::from_str(&fs::read_to_string(folder.join("expected.json")).unwrap()).unwrap();
    let reading = reading(&[PathBuf::from(format!("{}/page-*.html", folder.display()))]);
    assert!(reading.rejected.is_empty(), "{:?}", reading.rejected);
    let words = |text: &Value| text.as_str().unwrap().to_owned();
    let junk: Vec<String> = expected["junk"].as_array().unwrap().iter().map(words).collect();
    let mut found: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut n_sentences, mut n_junk) = (0, 0);
    for (name, page) in expected["pages"].as_object().unwrap() {
        let article = reading.articles.iter().find(|article| article.origin.file.ends_with(name)).unwrap();
        let date = article.date_published.map(|day| day.to_string()).unwrap_or_default();
        let author = article.groups.get("author").cloned().unwrap_or_default();
        for (field, value) in [
            ("outlet", &article.outlet),
            ("headline", &article.headline),
            ("author", &author),
            ("date", &date),
            ("url", &article.url),
        ] {
            let is_found = *value == words(&page[field]);
            if !is_found {
                eprintln!("{name}: {field} is {value:?}");
            }
            *found.entry(field).or_default() += usize::from(is_found);
        }
        let text = page["text"].as_array().unwrap();
        n_sentences += text.iter().filter(|paragraph| article.body.contains(&words(paragraph))).count();
        n_junk += junk.iter().filter(|junk| article.body.contains(*junk)).count();
    }
    eprintln!("{found:?}, {n_sentences} paragraphs of 120, {n_junk} pieces that are none");
    let least = [("outlet", 20), ("headline", 20), ("author", 20), ("date", 20), ("url", 20)];
    for (field, least) in least {
        assert!(found[field] >= least, "{field}: {}", found[field]);
    }
    assert!(n_sentences == 120 && n_junk == 0, "{n_sentences} paragraphs, {n_junk} pieces that are none");
}

const ROWS: [[&str; 4]; 3] = [
    ["Post", "Bridge shut", "The bridge over the river was closed on Monday.", "2024-03-05"],
    ["Star", "Tram fares", "The council raised the price of a tram ticket.", "2024-03-06"],
    ["Post", "Fire", "A fire destroyed the old theatre; nobody was hurt.", "2024-03-07"],
];

fn told(reading: &Reading) -> Vec<[String; 4]> {
    let mut all: Vec<[String; 4]> = reading
        .articles
        .iter()
        .map(|article| {
            let date = article.date_published.map(|day| day.to_string()).unwrap_or_default();
            [article.outlet.clone(), article.headline.clone(), article.body.clone(), date]
        })
        .collect();
    all.sort_by(|x, y| x[3].cmp(&y[3]));
    all
}

#[test]
fn one_table_reads_alike_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let jsonl: Vec<String> = ROWS
        .iter()
        .map(|[outlet, title, text, date]| {
            serde_json::json!({"outlet": outlet, "title": title, "text": text, "date": date}).to_string()
        })
        .collect();
    fs::write(path("a.jsonl"), jsonl.join("\n")).unwrap();
    let csv =
        std::iter::once("outlet,title,text,date".to_owned()).chain(ROWS.iter().map(|row| row.join(",")));
    let csv = csv.collect::<Vec<_>>().join("\n");
    fs::write(path("b.csv"), &csv).unwrap();
    let mut gzip = flate2::write::GzEncoder::new(vec![], flate2::Compression::fast());
    std::io::Write::write_all(&mut gzip, csv.as_bytes()).unwrap();
    fs::write(path("c.csv.gz"), gzip.finish().unwrap()).unwrap();
    fs::write(path("d.jsonl.zst"), zstd::stream::encode_all(jsonl.join("\n").as_bytes(), 1).unwrap())
        .unwrap();
    let expected: Vec<[String; 4]> = ROWS.iter().map(|row| row.map(str::to_owned)).collect();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tables");
    for file in [
        path("a.jsonl"),
        path("b.csv"),
        path("c.csv.gz"),
        path("d.jsonl.zst"),
        fixtures.join("articles.xlsx"),
        fixtures.join("articles.parquet"),
    ] {
        let reading = reading(std::slice::from_ref(&file));
        assert_eq!(told(&reading), expected, "{}", file.display());
        assert!(
            reading.articles[0].id.as_str().starts_with(['a', 'b', 'c', 'd']),
            "{}",
            reading.articles[0].id
        );
    }
}

#[test]
fn what_is_damaged_is_told_with_a_mend() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes, message) in [
        ("a.xlsx", &b"not a workbook"[..], "save it as .xlsx or .csv again"),
        ("e.html", "<div>".repeat(20_000).as_bytes(), "within each other; save its text"),
        ("b.parquet", b"not parquet", "write the file again"),
        ("c.csv.gz", b"not gzip", "cannot be read"),
        ("d.html", b"<html><body></body></html>", "save its text as .txt"),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let result = read(&[path], &ReadOptions::default());
        let told = match &result {
            Err(error) => format!("{error}"),
            Ok(reading) => reading.rejected[0].reason.clone(),
        };
        assert!(told.contains(message), "{name}: {told}");
    }
    let reading = reading(&[folder.path().to_owned()]);
    assert_eq!(reading.rejected.len(), 5, "in a folder each costs only itself");
}

/// The text as it was read, at the offsets that the tables give.
fn as_read(text: &str, article: &Article, words: &str) -> String {
    let start = article.body.find(words).unwrap_or_else(|| panic!("{words:?} is not in {:?}", article.body));
    let chars = article.body[..start].chars().count();
    let span = article.body_cuts.chars(parallax::records::Span::new(chars, chars + words.chars().count()));
    text.chars().skip(span.start).take(span.len()).collect()
}

#[test]
fn offsets_refer_to_the_text_as_it_was_read() {
    let folder = tempfile::tempdir().unwrap();
    let text =
        "<p>Café <b>owners</b> &amp; guests were told on Monday.</p><p>“It is over,” the mayor said.</p>";
    let path = folder.path().join("a.jsonl");
    fs::write(&path, serde_json::json!({"outlet": "Post", "text": text}).to_string()).unwrap();
    let reading = reading(&[path]);
    let article = &reading.articles[0];
    assert!(article.warnings[0].contains("pieces of markup taken out"), "{:?}", article.warnings);
    assert_eq!(as_read(text, article, "owners & guests"), "owners</b> &amp; guests");
    assert_eq!(as_read(text, article, "“It is over,”"), "“It is over,”");
}

#[test]
fn a_column_that_may_hold_the_dates_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    fs::write(&path, "Quelle;Titel;text;Datum\nPost;x;words of it;5.3.2024\n").unwrap();
    let error = read(std::slice::from_ref(&path), &ReadOptions::default()).unwrap_err().to_string();
    assert!(error.contains("column `outlet` is missing") && error.contains("is it `Quelle`?"), "{error}");
    let options = ReadOptions { outlet: Some("Quelle".to_owned()), ..ReadOptions::default() };
    let reading = read(std::slice::from_ref(&path), &options).unwrap();
    assert!(
        reading.notes.iter().any(|note| note.contains("date_published = \"Datum\"")),
        "{:?}",
        reading.notes
    );
    let options = ReadOptions {
        date_published: Some("Datum".to_owned()),
        date_format: Some("%d.%m.%Y".to_owned()),
        ..options
    };
    let reading = read(&[path], &options).unwrap();
    assert_eq!(reading.articles[0].date_published.map(|day| day.to_string()).as_deref(), Some("2024-03-05"));
}

/// The claims of a run: for each pair of sentences in `comparisons` their words, blanks and hyphens aside.
fn pairs(folder: &Path) -> std::collections::BTreeSet<[String; 2]> {
    use parallax::job::{self, Job};
    let mut job = Job::default();
    (job.inputs, job.store) = (vec![folder.to_owned()], None);
    let run = job::compare(&job, &parallax::pipeline::Silent).unwrap().run;
    let words = |id| run.corpus.sentence(id).text().chars().filter(|char| char.is_alphanumeric()).collect();
    run.comparisons.iter().map(|of| [words(&of.sentence_a), words(&of.sentence_b)]).collect()
}

/// What an article goes on with, so that it is as long as articles are.
const REST: [&str; 3] = [
    "Nothing of the kind had happened in the district for a generation, and many people came to look. A group of pupils brought flowers. The owner of a bakery \
     across the street gave away bread until noon, and an old man told anybody who would listen how the place had looked when he was a boy.",
    "The opposition called for an inquiry by the end of the month. Two of its members left the room before the vote was taken. Asked why, one of them pointed to \
     the budget, which has been in the red for six years, and to a letter that nobody had answered.",
    "Forecasters expect rain for the rest of the week. The market on Saturday will take place all the same, under a roof that volunteers have put up between the \
     library and the post office, and the band of the fire brigade will play from ten o'clock on.",
];

/// Each made-up event as three outlets tell it, from the pages, and the seeds.
fn corpus() -> Vec<[String; 4]> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut rows = vec![];
    for entry in fs::read_dir(root.join("seeds")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "txt") {
            let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
            rows.push([
                stem.clone(),
                format!("Outlet {stem}"),
                fs::read_to_string(&path).unwrap(),
                "2019-07-13".to_owned(),
            ]);
        }
    }
    let told = [
        [
            "The bridge over the river was closed on Monday after engineers found cracks in its main pillar. Buses will take the northern bridge until the work is done, the city said.",
            "The river bridge was closed on Monday when engineers found cracks in the main pillar. The city said that buses would take the northern bridge until the work is done.",
        ],
        [
            "The city council voted on Thursday to raise the price of a tram ticket to three dollars. Mayor Ann Cole said the money would be used to buy forty new trams.",
            "On Thursday the city council voted to raise the tram ticket price to three dollars. The money would be used to buy forty new trams, Mayor Ann Cole said.",
        ],
        [
            "A fire destroyed the old theatre in Riverton on Sunday night, and nobody was hurt. Police arrested a man who had worked in the theatre as a stagehand.",
            "The old theatre in Riverton was destroyed by a fire on Sunday night, but nobody was hurt. Police arrested a man who had been a stagehand in the theatre.",
        ],
    ];
    for (event, of_event) in told.iter().enumerate() {
        for (outlet, text) in of_event.iter().enumerate() {
            let date = format!("2024-03-{:02}", 13 + 4 * event);
            let text = format!("{text} {}", REST[(2 * event + outlet) % REST.len()]);
            rows.push([format!("e{event}o{outlet}"), format!("Paper {outlet}"), text, date]);
        }
    }
    rows.sort();
    rows
}

#[test]
fn a_dirty_copy_gives_the_claims_of_the_clean_one() {
    let folder = tempfile::tempdir().unwrap();
    let rows = corpus();
    let write =
        |name: &str, delimiter: u8, change: &dyn Fn(&str) -> String, date: &dyn Fn(&str) -> String| {
            let path = folder.path().join(name);
            let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_path(&path).unwrap();
            writer.write_record(["id", "source", "content", "published"]).unwrap();
            for [id, outlet, text, day] in &rows {
                writer.write_record([id, outlet, &change(text), &date(day)]).unwrap();
            }
            writer.flush().unwrap();
            pairs(&path)
        };
    let same = |text: &str| text.to_owned();
    let clean = write("clean.csv", b',', &same, &same);
    assert!(clean.len() >= 7, "{clean:?}");
    let escaped =
        |text: &str| text.replace('&', "&amp;").replace('’', "&#8217;").replace("Monday", "<b>Monday</b>");
    let marked = |text: &str| {
        let lines = text.lines().map(|line| format!("<p class=\"x\">{}</p>", escaped(line)));
        lines.collect::<Vec<_>>().join("")
    };
    let both = |text: &str| {
        let line = |line: &str| format!("<p class=\"x\">{}</p>", textwrap::fill(&escaped(line), 60));
        text.lines().map(line).collect::<Vec<_>>().join("\n")
    };
    let wrapped =
        |text: &str| text.lines().map(|line| textwrap::fill(line, 60)).collect::<Vec<_>>().join("\n");
    let day_first = |day: &str| {
        let parts: Vec<&str> = day.split('-').collect();
        format!("{}/{}/{}", parts[2], parts[1], parts[0])
    };
    for (name, found) in [
        ("markup", write("markup.csv", b',', &marked, &same)),
        ("broken lines", write("wrapped.csv", b',', &wrapped, &same)),
        ("semicolons and dates with the day first", write("semicolons.csv", b';', &same, &day_first)),
        ("all of it", write("all.csv", b';', &both, &day_first)),
    ] {
        let n = clean.intersection(&found).count() as f64;
        let (recall, precision) = (n / clean.len() as f64, n / found.len().max(1) as f64);
        eprintln!("{name}: {recall:.3} of the pairs, {precision:.3} of what is found");
        assert!(recall >= 0.9 && precision >= 0.9, "{name}: {recall:.3} and {precision:.3}");
    }
}
