//! Readers: what a file may hold, byte by byte.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::sync::LazyLock;

use parallax::job::Job;
use parallax::read::{DateOrder, ReadOptions, Reading, Row, articles, parse_day, read, read_lines};
use parallax::records::Span;

use super::articles::{check_cuts, check_reading};
use super::{folder, split_choice};

/// Options by a number: as they are, or with an order and a format of dates.
fn options(choice: usize) -> ReadOptions {
    let (date_order, date_format) = match choice % 4 {
        0 | 1 => (None, None),
        2 => (Some(DateOrder::DayFirst), None),
        _ => (Some(DateOrder::MonthFirst), Some("%d|%m|%Y".to_owned())),
    };
    ReadOptions { date_order, date_format, ..ReadOptions::default() }
}

/// Reads one file as it is read inside a folder, where no fault of it stops a run.
fn read_in_folder(name: &str, bytes: &[u8], options: &ReadOptions) -> Reading {
    let folder = folder();
    fs::write(folder.path().join(name), bytes).expect("the file can be written");
    let reading = read(&[folder.path().to_owned()], options).expect("a file in a folder stops nothing");
    // Given by its own path, the same comes of it, or the reason why nothing does.
    match read(&[folder.path().join(name)], options) {
        Ok(given) => {
            assert_eq!((given.articles, given.rejected), (reading.articles.clone(), reading.rejected.clone()))
        }
        Err(error) => assert!(reading.rejected.len() == 1 && !error.to_string().is_empty()),
    }
    reading
}

/// A table of articles. Each row is an article or a rejection.
pub fn csv(data: &[u8]) {
    let Some((choice, bytes)) = split_choice(data) else { return };
    let reading = read_in_folder("table.csv", bytes, &options(choice));
    let rows = check_reading(&reading);
    if rows == [None] {
        return;
    }
    let n = rows.len() as u64;
    assert_eq!(rows, (1..=n).map(Some).collect::<Vec<_>>(), "each row comes to one thing");
    // Where the bytes are the text, another reader counts the rows.
    if let Ok(text) = std::str::from_utf8(bytes)
        && !text.contains(['\u{feff}', '\u{1b}'])
    {
        let count = |delimiter: u8| {
            let mut reader = ::csv::ReaderBuilder::new();
            reader.flexible(true).delimiter(delimiter).from_reader(bytes).records().count() as u64
        };
        assert!(b",;\t".iter().any(|&delimiter| count(delimiter) == n), "{n} rows");
    }
}

/// Objects, one on each line. Each line that is not blank is an article or a rejection.
pub fn jsonl(data: &[u8]) {
    let Some((choice, bytes)) = split_choice(data) else { return };
    let options = options(choice);
    let of_file = read_in_folder("lines.jsonl", bytes, &options);
    check_reading(&of_file);
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(reading) = read_lines("lines", text, &options) else { return };
    let is_blank = |line: &str| line.trim().is_empty();
    let lines =
        (1..).zip(text.split('\n')).filter(|(_, line)| !is_blank(line)).map(|(number, _)| Some(number));
    assert_eq!(check_reading(&reading), lines.collect::<Vec<_>>(), "each line comes to one thing");
    for article in &reading.articles {
        let row = article.origin.row.expect("a line has a number") as usize;
        let line = text.split('\n').nth(row - 1).expect("the line is there");
        let object: BTreeMap<String, &serde_json::value::RawValue> =
            serde_json::from_str(line).expect("it was read");
        let texts = object.values().filter_map(|value| serde_json::from_str::<String>(value.get()).ok());
        let texts: Vec<String> = texts.collect();
        if article.body_cuts.is_empty() {
            assert!(texts.contains(&article.body), "the body stands in its line");
        }
    }
}

/// A text, in its own bytes, in UTF-16, or packed: the same words come out.
pub fn text(data: &[u8]) {
    let Some((choice, bytes)) = split_choice(data) else { return };
    let reading = read_in_folder("post.txt", bytes, &ReadOptions::default());
    assert_eq!(check_reading(&reading), [None]);
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if text.contains(['\0', '\u{1b}', '\u{feff}']) || text.is_empty() {
        return;
    }
    let row = Row { article_id: "post".into(), outlet: "Post".into(), text: text.into(), ..Row::default() };
    let of_row = articles([row]);
    let body = |reading: &Reading| {
        reading.articles.first().map(|article| (article.body.clone(), article.body_cuts.clone()))
    };
    assert_eq!(body(&reading), body(&of_row), "a file and a row give the same");
    if let Some((body, cuts)) = body(&reading) {
        check_cuts(text, &body, &cuts);
    }
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    let wide: Vec<u8> = units
        .flat_map(|unit| if choice % 2 == 0 { unit.to_le_bytes() } else { unit.to_be_bytes() })
        .collect();
    assert_eq!(body(&read_in_folder("post.txt", &wide, &ReadOptions::default())), body(&of_row), "UTF-16");
}

/// A saved page.
pub fn page(data: &[u8]) {
    let reading = read_in_folder("page.html", data, &ReadOptions::default());
    assert_eq!(check_reading(&reading), [None]);
    for article in &reading.articles {
        // The text as it was read is the page's own, which is not known here.
        let whole = article.body_cuts.chars(Span::new(0, article.body.chars().count()));
        assert!(whole.start <= whole.end);
    }
}

/// An `articles.csv` with texts beside it; some of its rows name them.
fn folder_with_rows(bytes: &[u8]) -> Reading {
    let folder = folder();
    let path = folder.path();
    fs::create_dir(path.join("a")).expect("a folder can be made");
    for (name, text) in
        [("a.txt", "The bridge was closed."), ("a/b.txt", "It rained."), ("c.html", "<p>Words.</p>")]
    {
        fs::write(path.join(name), text).expect("the file can be written");
    }
    fs::write(path.join("articles.csv"), bytes).expect("the file can be written");
    read(&[path.to_owned()], &ReadOptions::default()).expect("a file in a folder stops nothing")
}

/// The table beside texts. Every text is an article or a rejection, whatever the table says.
pub fn folder_rows(data: &[u8]) {
    let reading = folder_with_rows(data);
    check_reading(&reading);
    let names = reading.articles.iter().map(|article| &article.origin.file);
    let names: Vec<&String> = names.chain(reading.rejected.iter().map(|rejection| &rejection.file)).collect();
    for text in ["a.txt", "a/b.txt", "c.html"] {
        assert!(names.iter().any(|name| name.ends_with(text)), "{text} is left out");
    }
}

/// The parts of a workbook, by number.
const PARTS: [&str; 6] = [
    "xl/worksheets/sheet1.xml",
    "xl/sharedStrings.xml",
    "xl/styles.xml",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "_rels/.rels",
];

/// What stands in those parts that the input does not give.
const CONTENTS: [&str; 6] = [
    r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>outlet</t></is></c><c r="B1" t="s"><v>0</v></c></row><row r="2"><c r="A2" t="s"><v>1</v></c><c r="B2" t="s"><v>2</v></c></row></sheetData></worksheet>"#,
    r#"<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="3" uniqueCount="3"><si><t>text</t></si><si><t>Post</t></si><si><r><t>It rained.</t></r></si></sst>"#,
    r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy-mm-dd"/></numFmts><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs></styleSheet>"#,
    r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Articles" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
    r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#,
    r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
];

/// A workbook of Excel: as bytes, or with one of its parts by the input and sound checksums around it.
pub fn sheet(data: &[u8]) {
    let Some((choice, bytes)) = split_choice(data) else { return };
    let book = match choice % (PARTS.len() + 1) {
        0 => bytes.to_vec(),
        part => workbook(part - 1, bytes),
    };
    check_reading(&read_in_folder("book.xlsx", &book, &ReadOptions::default()));
    // The parts around the input are sound.
    static SOUND: LazyLock<Reading> = LazyLock::new(|| {
        read_in_folder("book.xlsx", &workbook(0, CONTENTS[0].as_bytes()), &ReadOptions::default())
    });
    assert_eq!(SOUND.articles[0].body, "It rained.");
}

fn workbook(part: usize, bytes: &[u8]) -> Vec<u8> {
    let mut book = zip::ZipWriter::new(std::io::Cursor::new(vec![]));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (at, (name, content)) in PARTS.into_iter().zip(CONTENTS).enumerate() {
        book.start_file(name, stored).expect("a part can be added");
        book.write_all(if at == part { bytes } else { content.as_bytes() }).expect("it is in memory");
    }
    book.finish().expect("it is in memory").into_inner()
}

/// A Parquet file.
pub fn parquet(data: &[u8]) {
    check_reading(&read_in_folder("table.parquet", data, &ReadOptions::default()));
}

/// A file packed by gzip or zstd.
pub fn packed(data: &[u8]) {
    let Some((choice, bytes)) = split_choice(data) else { return };
    let name = ["a.txt.gz", "a.txt.zst", "a.jsonl.gz", "a.csv.zst"][choice % 4];
    check_reading(&read_in_folder(name, bytes, &ReadOptions::default()));
}

/// A job file, and a day. A job that is read can be written and read again.
pub fn job(data: &[u8]) {
    let Some((choice, bytes)) = split_choice(data) else { return };
    if choice % 4 == 0 {
        let Ok(text) = std::str::from_utf8(bytes) else { return };
        // What is read as a day is read again as the same.
        if let Ok(Some(day)) = parse_day(text) {
            assert_eq!(parse_day(&day.to_string()), Ok(Some(day)));
        }
        return;
    }
    if choice % 4 == 1 {
        let Ok(settings) = serde_json::from_slice(bytes) else { return };
        let _ = Job::default().with(settings);
        return;
    }
    let folder = folder();
    let path = folder.path().join("job.toml");
    fs::write(&path, bytes).expect("the file can be written");
    let Ok(job) = Job::from_job_file(&path) else { return };
    let again = toml::to_string(&job).expect("a job can be written");
    fs::write(&path, &again).expect("the file can be written");
    let again = Job::from_job_file(&path).unwrap_or_else(|error| panic!("{error}\n{again}"));
    assert_eq!(again.options, job.options);
    assert_eq!((&again.inputs, &again.heads, &again.read), (&job.inputs, &job.heads, &job.read));
}
