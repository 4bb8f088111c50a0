//! The stage as a whole, on folders made for the test.

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::*;
use crate::records::ArticleId;

/// A folder that is gone when the test ends.
struct Folder(tempfile::TempDir);

impl Folder {
    fn with<Bytes: AsRef<[u8]>>(files: &[(&str, Bytes)]) -> Self {
        let folder = Self(tempfile::tempdir().expect("a temporary folder"));
        for (name, bytes) in files {
            let path = folder.path(name);
            fs::create_dir_all(path.parent().expect("a file has a parent")).expect("folder made");
            fs::write(path, bytes).expect("file written");
        }
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn read(&self) -> Reading {
        read(&[self.0.path().to_owned()], &ReadOptions::default()).expect("the folder is read")
    }

    /// `file:row reason` for each rejection, the folder left out.
    fn rejected(&self, reading: &Reading) -> Vec<String> {
        let show = |r: &Rejection| {
            let row = r.row.map_or_else(String::new, |row| row.to_string());
            self.short(&format!("{}:{row} {}", r.file, r.reason))
        };
        reading.rejected.iter().map(show).collect()
    }

    fn short(&self, text: &str) -> String {
        text.replace(&format!("{}/", find::name_of(self.0.path())), "")
    }
}

/// An id with `#` in place of the ten digits of its hash.
fn shown_id(id: &ArticleId) -> String {
    match id.as_str().rsplit_once('-') {
        Some((stem, digits)) if digits.len() == 10 => format!("{stem}-#"),
        _ => id.to_string(),
    }
}

/// `id|outlet|headline|body|date|groups` of each article.
fn shown(reading: &Reading) -> Vec<String> {
    let show = |a: &Article| {
        let date = a.date_published.map_or_else(String::new, |date| date.to_string());
        let groups: Vec<_> = a.groups.iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("{}|{}|{}|{}|{date}|{}", shown_id(&a.id), a.outlet, a.headline, a.body, groups.join(","))
    };
    reading.articles.iter().map(show).collect()
}

fn read_one(name: &str, bytes: &[u8]) -> (Folder, Result<Reading>) {
    let folder = Folder::with(&[(name, bytes)]);
    let reading = read(&[folder.path(name)], &ReadOptions::default());
    (folder, reading)
}

#[test]
fn a_folder_of_texts_with_metadata() {
    let folder = Folder::with(&[
        ("a.txt", "Words of a.\r\n"),
        ("deep/b.txt", "\u{feff}Words of b."),
        ("c.txt", "Words of c."),
        ("notes.md", "no article"),
        ("articles.csv", "outlet,date_published,file,bias\nPost,2019-07-12,a.txt,left\nTimes,,deep/b.txt,\n"),
    ]);
    let reading = folder.read();
    assert_eq!(
        shown(&reading),
        [
            "a|Post||Words of a.\r\n|2019-07-12|bias=left",
            "b|Times||Words of b.||bias=",
            "c|unnamed-c||Words of c.||"
        ]
    );
    assert!(reading.articles[2].warnings[0].starts_with("no outlet is known"));
    assert!(reading.articles[0].warnings.is_empty());
    assert_eq!(reading.articles[0].origin.row, None);
    assert_eq!(reading.ignored.iter().map(|name| folder.short(name)).collect::<Vec<_>>(), ["notes.md"]);
    let inputs: Vec<_> = reading.inputs.iter().map(|input| folder.short(&input.file)).collect();
    assert_eq!(inputs, ["a.txt", "articles.csv", "c.txt", "deep/b.txt"]);
    assert_eq!(reading.inputs[0].bytes, 13);
    assert_eq!(reading.inputs[0].blake3, blake3::hash(b"Words of a.\r\n").to_hex().as_str());
    assert!(reading.rejected.is_empty());
}

#[test]
fn metadata_rows_that_lead_nowhere_are_rejected() {
    let rows = "A.txt,Post\na.txt,Post\n./a.txt,Times\n../x.txt,P\n/x.txt,P\n,P\nn.png,P\na.txt\n";
    let folder = Folder::with(&[("a.txt", "Words."), ("articles.csv", &format!("file,outlet\n{rows}"))]);
    let reading = folder.read();
    assert_eq!(shown(&reading), ["a|Post||Words.||"]);
    let rejected = folder.rejected(&reading);
    let wanted = [
        ":1 file `A.txt` does not exist",
        ":3 a.txt has a row already (articles.csv, row 2)",
        ":4 file `../x.txt` is not a path below this folder",
        ":5 file `/x.txt` is not a path below this folder",
        ":6 file `` is not a path below this folder",
        ":7 file `n.png` is no .txt or .html file",
        ":8 has 1 field where the header has 2",
    ];
    assert_eq!(rejected.len(), wanted.len(), "{rejected:#?}");
    for (found, wanted) in rejected.iter().zip(wanted) {
        assert!(found.starts_with(&format!("articles.csv{wanted}")), "{found}");
    }
}

#[test]
fn metadata_given_alone_leads_to_its_texts() {
    let folder = Folder::with(&[
        ("a.txt", "Words."),
        ("b.txt", "More."),
        ("articles.csv", "file,outlet\na.txt,Post\n"),
    ]);
    let reading = read(&[folder.path("articles.csv")], &ReadOptions::default()).expect("read");
    assert_eq!(shown(&reading), ["a|Post||Words.||"]);
    let both =
        read(&[folder.path("b.txt"), folder.path("articles.csv")], &ReadOptions::default()).expect("read");
    assert_eq!(shown(&both), ["a|Post||Words.||", "b|unnamed-b||More.||"]);
}

#[test]
fn articles_csv_with_a_text_column_is_a_table() {
    let folder = Folder::with(&[("articles.csv", "file,outlet,text\nx.txt,Post,Words.\n")]);
    assert_eq!(shown(&folder.read()), ["articles-#|Post||Words.||file=x.txt"]);
}

#[test]
fn tables_of_articles() {
    struct Case {
        name: &'static str,
        bytes: &'static [u8],
        articles: &'static [&'static str],
    }
    let cases = [
        Case {
            name: "t.csv",
            bytes: b"\xef\xbb\xbfid,outlet,text,x\n1,Post,\"One\n\"\"two\"\", three\",y\n",
            articles: &["1|Post||One\n\"two\", three||x=y"],
        },
        Case {
            name: "t.csv",
            bytes: b"Date;Title;TEXT;Publisher\r\n12 July 2019;T;Words;Post\r\n",
            articles: &["t-#|Post|T|Words|2019-07-12|"],
        },
        Case {
            name: "t.csv",
            bytes: b"outlet\ttext\nLe Monde\tUn \xe9t\xe9 tr\xe8s long, dit le pr\xe9sident.\n",
            articles: &["t-#|Le Monde||Un \u{e9}t\u{e9} tr\u{e8}s long, dit le pr\u{e9}sident.||"],
        },
        Case {
            name: "t.jsonl",
            bytes: b"\xef\xbb\xbf{\"text\": \"W\", \"outlet\": \"P\"}\r\n\n{\"id\": 5, \"body\": \"W\\n\", \"source\": \"Q\"}",
            articles: &["5|Q||W\n||", "t-#|P||W||"],
        },
        Case { name: "t.txt", bytes: b"\xff\xfeW\0.\0", articles: &["t|unnamed-t||W.||"] },
        Case { name: "t.csv", bytes: b"text,outlet\n", articles: &[] },
        Case { name: "t.jsonl", bytes: b"", articles: &[] },
    ];
    for case in cases {
        let reading = read_one(case.name, case.bytes).1.expect("a table");
        assert_eq!(shown(&reading), case.articles);
        assert!(reading.rejected.is_empty());
    }
}

#[test]
fn bad_rows_cost_only_themselves() {
    let csv = "id,outlet,text\n1,Post,Words\n2,,Words\n3,Post,\n4,Post\n1,Post,Again\na#b,Post,Words\n5,Post,\"Words\n6,P,W\n";
    let (folder, reading) = read_one("t.csv", csv.as_bytes());
    let reading = reading.expect("a table");
    assert_eq!(shown(&reading), ["1|Post||Words||"]);
    let rejected = folder.rejected(&reading);
    let wanted = [
        "t.csv:2 the outlet is empty",
        "t.csv:3 the text is empty",
        "t.csv:4 has 2 fields where the header has 3",
        "t.csv:5 the id `1` is that of t.csv, row 1; rename the file or give another id",
        "t.csv:6 the id `a#b` holds `#`",
        "t.csv:7 the quote opened in line 8 is never closed, so that lines 8 to 9",
    ];
    assert_eq!(rejected.len(), wanted.len(), "{rejected:#?}");
    for (found, wanted) in rejected.iter().zip(wanted) {
        assert!(found.starts_with(wanted), "{found}");
    }
}

#[test]
fn a_file_that_is_no_table_stops_the_run_only_where_it_was_given() {
    struct Case {
        name: &'static str,
        bytes: &'static str,
        message: &'static str,
    }
    let cases = [
        Case {
            name: "t.csv",
            bytes: "outlet,words\nP,W\n",
            message: "column `text` is missing (found: outlet, words)",
        },
        Case { name: "t.csv", bytes: "", message: "it is empty" },
        Case { name: "t.jsonl", bytes: "\n [{}]", message: "it holds one JSON list" },
    ];
    for case in cases {
        let (folder, given) = read_one(case.name, case.bytes.as_bytes());
        let error = given.expect_err("an error").to_string();
        assert!(error.contains(case.message), "{error}");
        fs::write(folder.path("a.txt"), "Words.").expect("file written");
        let found = folder.read();
        assert_eq!(found.articles.len(), 1);
        assert!(found.rejected[0].reason.contains(case.message));
        assert!(folder.rejected(&found)[0].starts_with(&format!("{}: ", case.name)));
        assert!(!found.rejected[0].reason.contains(&folder.0.path().display().to_string()));
    }
}

#[test]
fn texts_that_are_none_are_rejected() {
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x04\0".as_slice();
    let folder = Folder::with(&[
        ("a.txt", png),
        ("b.txt", b" \n"),
        ("c.txt", b""),
        ("d.txt", b"Words."),
        ("e#.txt", b"W"),
    ]);
    let reading = folder.read();
    assert_eq!(reading.articles.len(), 1);
    let rejected = folder.rejected(&reading);
    for (found, wanted) in rejected.iter().zip([
        "a.txt: is not a text file",
        "b.txt: the text is empty",
        "c.txt: the text is empty",
        "e#.txt: the id `e#` holds `#`",
    ]) {
        assert!(found.starts_with(wanted), "{found}");
    }
    assert_eq!(reading.inputs.len(), 5);
}

#[test]
fn of_two_articles_with_one_id_the_first_by_file_is_kept() {
    let folder = Folder::with(&[
        ("b/x.txt", "Second."),
        ("a/x.txt", "First."),
        ("c.jsonl", "{\"id\": \"x\", \"text\": \"W\", \"outlet\": \"P\"}"),
    ]);
    let reading = folder.read();
    assert_eq!(shown(&reading), ["x|unnamed-x||First.||"]);
    let rejected = folder.rejected(&reading);
    assert!(rejected[0].starts_with("b/x.txt: the id `x` is that of a/x.txt; rename"), "{rejected:?}");
    assert!(rejected[1].starts_with("c.jsonl:1 the id `x` is that of a/x.txt; rename"), "{rejected:?}");
}

#[test]
fn options_name_the_columns() {
    let folder = Folder::with(&[("t.csv", "paper,text,outlet\nPost,Words,x\n"), ("u.txt", "W")]);
    let options = ReadOptions { outlet: Some("Paper".into()), ..ReadOptions::default() };
    let reading = read(&[folder.path("t.csv")], &options).expect("a table");
    assert_eq!(shown(&reading), ["t-#|Post||Words||outlet=x"]);
}

#[test]
fn one_long_line_is_an_article() {
    let body = "word ".repeat(1 << 20);
    let reading = read_one("long.txt", body.as_bytes()).1.expect("a text");
    assert_eq!(reading.articles[0].body, body);
}

/// Files of every format, with ids that meet, broken rows and a folder's metadata.
fn assorted() -> Folder {
    Folder::with(&[
        ("a/x.txt", "Words of x."),
        ("a/y.txt", "Words of y."),
        ("a/articles.csv", "file,outlet\nx.txt,Post\nnone.txt,Post\n"),
        ("b/x.txt", "Other words."),
        ("b/t.csv", "id,outlet,text\ny,Post,Words\n2,,Words\n3,Post,\"open\n"),
        ("c.jsonl", "{\"id\": \"y\", \"text\": \"W\", \"outlet\": \"P\"}\nbroken\n"),
    ])
}

proptest! {
    #[test]
    fn the_order_of_the_inputs_does_not_matter(
        order in Just(["a", "b", "c.jsonl", "a/x.txt", "b/t.csv", "", "a/articles.csv"]).prop_shuffle(),
    ) {
        let folder = assorted();
        let inputs: Vec<_> = order.iter().map(|name| folder.path(name)).collect();
        let mut sorted = inputs.clone();
        sorted.sort();
        let (one, other) = (read(&inputs, &ReadOptions::default()), read(&sorted, &ReadOptions::default()));
        let (one, other) = (one.expect("read"), other.expect("read"));
        prop_assert_eq!(format!("{one:?}"), format!("{other:?}"));
        prop_assert_eq!(one.articles.len(), 2);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in any::<Vec<u8>>(), name in "t\\.(txt|csv|jsonl)") {
        let (_folder, _reading) = read_one(&name, &bytes);
    }

    #[test]
    fn any_broken_csv_is_read_or_refused(rest in "[a\",;\r\n]{0,60}") {
        let (_folder, reading) = read_one("t.csv", format!("text,outlet\n{rest}").as_bytes());
        let reading = reading.expect("the header is sound");
        prop_assert!(reading.articles.iter().all(|article| !article.body.trim().is_empty()));
    }

    #[test]
    fn every_row_is_an_article_or_a_rejection(
        rows in prop::collection::vec(prop::collection::vec("[a-c\",\n é]{0,4}", 1..5), 0..30),
    ) {
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        writer.write_record(["id", "outlet", "text"]).expect("written to memory");
        rows.iter().for_each(|row| writer.write_record(row).expect("written to memory"));
        let bytes = writer.into_inner().expect("flushed to memory");
        let reading = read_one("t.csv", &bytes).1.expect("a table");
        prop_assert_eq!(reading.articles.len() + reading.rejected.len(), rows.len());
    }

    #[test]
    fn every_line_is_an_article_or_a_rejection(
        lines in prop::collection::vec("\\{\"id\": [0-9], \"text\": \"[a ]\", \"outlet\": (\"P\"|null|[0-9])\\}?|[a{}]{1,5}", 0..20),
    ) {
        let reading = read_one("t.jsonl", lines.join("\n").as_bytes()).1.expect("lines");
        prop_assert_eq!(reading.articles.len() + reading.rejected.len(), lines.len());
    }

    #[test]
    fn a_body_is_kept_as_it_is(body in "[^\u{0}\u{1b}\u{ad}\u{feff}]{0,40}[a-z]") {
        let reading = read_one("t.txt", body.as_bytes()).1.expect("a text");
        prop_assert_eq!(&reading.articles[0].body, &body);
        let line = serde_json::json!({"text": body, "outlet": "P"}).to_string();
        let reading = read_one("t.jsonl", line.as_bytes()).1.expect("a line");
        prop_assert_eq!(&reading.articles[0].body, &body);
    }
}

#[test]
fn paths_are_shown_as_they_were_given() {
    let folder = assorted();
    let reading = read(&[folder.path("a/../a")], &ReadOptions::default()).expect("read");
    let name = find::name_of(&Path::new(folder.0.path()).join("a/../a/x.txt"));
    assert_eq!(reading.articles[0].origin.file, name);
}
