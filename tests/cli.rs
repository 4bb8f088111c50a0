//! The command line: exit code, stdout and stderr, and what becomes of bad input.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use parallax::encode::Fingerprint;
use parallax::records::{Encoding, Span, TokenStates};
use parallax::report::schemas;
use parallax::store::{Store, StoreOptions};
use tempfile::TempDir;

/// A folder of its own to run the binary in.
struct Cli(TempDir);

impl Cli {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> &Self {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_parallax"));
        command.args(arguments).current_dir(self.0.path()).env("NO_COLOR", "1");
        // Encodings of the tests are none of the user's.
        command.env("PARALLAX_CACHE", self.0.path().join(".cache"));
        command
    }

    /// Exit code, stdout and stderr as one text, without what differs between machines.
    fn run(&self, arguments: &[&str]) -> String {
        let Output { status, stdout, stderr } = self.command(arguments).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().replace(".exe", "");
        format!(
            "exit code {}\n-- stdout\n{}-- stderr\n{}",
            status.code().unwrap(),
            text(stdout),
            text(stderr)
        )
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.path().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn rows(&self, name: &str) -> usize {
        csv::Reader::from_path(self.0.path().join(name))
            .unwrap()
            .records()
            .collect::<Result<Vec<_>, _>>()
            .unwrap()
            .len()
    }
}

const BRIDGE: &str =
    "The bridge over the river was closed on Monday after engineers found cracks in its main pillar.";
const BRIDGE_TOO: &str =
    "The river bridge was shut on Monday when engineers found cracks in the main pillar.";

#[test]
fn help_shows_examples_and_exit_codes() {
    insta::assert_snapshot!("help", Cli::new().run(&["--help"]));
    insta::assert_snapshot!("help_compare", Cli::new().run(&["compare", "--help"]));
}

#[test]
fn wrong_usage_exits_with_2() {
    for arguments in [
        &["compare"][..],
        &["compair"],
        &["compare", "x", "--format", "xls"],
        &["compare", "x", "--threads", "0"],
    ] {
        let output = Cli::new().run(arguments);
        assert!(output.starts_with("exit code 2"), "{output}");
    }
}

#[test]
fn two_outlets_that_say_the_same_share_a_claim() {
    let cli = Cli::new();
    cli.file("in/a.txt", BRIDGE).file("in/b.txt", BRIDGE_TOO);
    cli.file("in/articles.csv", "file,outlet\na.txt,Morning Post\nb.txt,Evening Star\n");
    insta::assert_snapshot!("two_outlets", cli.run(&["compare", "in", "--out", "out"]));
    assert_eq!(
        (cli.rows("out/articles.csv"), cli.rows("out/claims.csv"), cli.rows("out/mentions.csv")),
        (2, 1, 2)
    );
    assert!(cli.read("out/comparisons.csv").contains("\"Evening Star\",\"Morning Post\""));
}

/// Two outlets print one agency's text, the second behind a dateline and without its end; a third reports for
/// itself and quotes the same person.
#[test]
fn wire_copy_is_counted_once() {
    let cli = Cli::new();
    let pillar = "Engineers who inspected the bridge over the weekend had found cracks as wide as a hand in its main \
                  pillar, and the city council decided to stop all traffic at once.";
    let quote = "“We will not open this bridge until every one of us would drive a child across it,” Mayor Ann Cole \
                 said.";
    let buses =
        "Buses will take the northern bridge until the work is done, which may last well into the spring.";
    let own = "A local baker, Tom Hill, said on Tuesday that he had lost half of his guests since the closure and did \
               not know how to pay the rent for the shop beside the ramp.";
    let theirs = "After a weekend inspection that showed wide cracks in the bridge’s main pillar, the city council shut \
                  it to all traffic.";
    cli.file("in/a.txt", format!("{BRIDGE}\n\n{pillar}\n\n{quote}\n\n{buses}\n"))
        .file("in/b.txt", format!("RIVERTON (AP) — {BRIDGE}\n\n{pillar}\n\n{quote}\n"))
        .file("in/c.txt", format!("{BRIDGE_TOO}\n\n{own}\n\n{theirs}\n\n{quote}\n"));
    let dates = "a.txt,Morning Post,2024-03-05\nb.txt,Evening Star,2024-03-05\nc.txt,River Echo,2024-03-06\n";
    cli.file("in/articles.csv", format!("file,outlet,date_published\n{dates}"));
    insta::assert_snapshot!("wire_copy", cli.run(&["compare", "in", "--out", "out"]));
    insta::assert_snapshot!("wire_copy_copies", cli.read("out/copies.csv"));
    insta::assert_snapshot!("wire_copy_claims", cli.read("out/claims.csv"));
    let mut articles = csv::Reader::from_path(cli.0.path().join("out/articles.csv")).unwrap();
    let at = articles.headers().unwrap().iter().position(|name| name == "duplicate_of").unwrap();
    let originals: Vec<String> = articles.records().map(|row| row.unwrap()[at].to_owned()).collect();
    assert_eq!(originals, ["", "a", ""]);
}

#[test]
fn what_stops_a_run_says_where_and_how_to_mend_it() {
    struct Case {
        name: &'static str,
        files: &'static [(&'static str, &'static str)],
        arguments: &'static [&'static str],
    }
    for case in [
        Case { name: "empty_folder", files: &[("in/.keep", "")], arguments: &["compare", "in"] },
        Case { name: "no_such_input", files: &[], arguments: &["compare", "nowhere"] },
        Case {
            name: "missing_column",
            files: &[("a.csv", "title,body\nx,y\n")],
            arguments: &["compare", "a.csv"],
        },
        Case { name: "unknown_ending", files: &[("a.pdf", "x")], arguments: &["compare", "a.pdf"] },
        Case {
            name: "unknown_key",
            files: &[("job.toml", "inputs = ['in']\n[cluster]\nconfirm = 0.8\n")],
            arguments: &["compare", "--job", "job.toml"],
        },
        Case {
            name: "job_without_inputs",
            files: &[("job.toml", "")],
            arguments: &["compare", "--job", "job.toml"],
        },
        Case {
            name: "no_such_model",
            files: &[("a.txt", "x")],
            arguments: &["compare", "a.txt", "--model", "models/x"],
        },
        Case {
            name: "out_is_a_file",
            files: &[("a.txt", "Some words."), ("out", "")],
            arguments: &["compare", "a.txt", "--out", "out"],
        },
    ] {
        let cli = Cli::new();
        for (name, text) in case.files {
            cli.file(name, text);
        }
        insta::assert_snapshot!(case.name, cli.run(case.arguments));
    }
}

#[test]
fn bad_rows_are_listed_and_nothing_else_is_lost() {
    let cli = Cli::new();
    cli.file("in/good.txt", BRIDGE)
        .file("in/empty.txt", " \n ")
        .file("in/picture.txt", [0x89, b'P', b'N', b'G', 0, 0, 1]);
    cli.file(
        "in/latin1.txt",
        b"The caf\xe9 near the bridge was closed as well, its owner said on Tuesday afternoon.",
    );
    cli.file(
        "in/table.csv",
        "id,outlet,text\r\n1,Star,\"Two\nlines.\"\r\n1,Star,Again.\r\n2,,No outlet.\r\n3,Star,\r\n",
    );
    cli.file("in/lines.jsonl", "{\"id\": 9, \"outlet\": \"Post\", \"text\": \"A line.\"}\nnot json\n");
    let output = cli.run(&["compare", "in", "--out", "out", "--quiet"]);
    insta::assert_snapshot!("bad_rows", output);
    assert_eq!(cli.rows("out/articles.csv"), 4);
    assert_eq!(cli.rows("out/rejected.csv"), 6);
}

#[cfg(unix)]
#[test]
fn an_unreadable_file_in_a_folder_is_a_rejection() {
    let cli = Cli::new();
    cli.file("in/good.txt", BRIDGE);
    std::os::unix::fs::symlink("nowhere", cli.0.path().join("in/gone.txt")).unwrap();
    let output = cli.run(&["compare", "in", "--out", "out", "--quiet"]);
    assert!(output.starts_with("exit code 3"), "{output}");
    assert!(cli.read("out/rejected.csv").contains("in/gone.txt"));
}

#[test]
fn a_body_of_one_long_line_and_an_article_without_sentences_are_kept() {
    let cli = Cli::new();
    cli.file("in/long.txt", "word ".repeat(1_000_000))
        .file("in/dots.txt", "… … …")
        .file("in/good.txt", BRIDGE);
    let output = cli.run(&["compare", "in", "--out", "out", "--quiet"]);
    assert!(output.starts_with("exit code 0"), "{output}");
    assert_eq!(cli.rows("out/articles.csv"), 3);
    let articles = cli.read("out/articles.csv");
    assert!(
        articles.contains("longer than the model reads") && articles.contains("no running text"),
        "{articles}"
    );
}

#[test]
fn another_language_is_kept_flagged_and_not_matched() {
    let cli = Cli::new();
    let german = "Die Brücke über den Fluss wurde am Montag gesperrt, nachdem Ingenieure Risse im Hauptpfeiler \
                  gefunden hatten. Die Stadt sucht nun nach einer Lösung für die vielen Pendler.";
    cli.file("in/a.txt", german).file("in/b.txt", german).file("in/c.txt", BRIDGE);
    let output = cli.run(&["compare", "in", "--out", "out", "--quiet"]);
    assert!(output.starts_with("exit code 0"), "{output}");
    assert_eq!((cli.rows("out/articles.csv"), cli.rows("out/claims.csv")), (3, 0));
    assert!(cli.read("out/articles.csv").contains("language `deu` is not one that the model knows"));
}

#[test]
fn nothing_in_an_article_runs_in_a_spreadsheet_or_a_terminal() {
    let cli = Cli::new();
    let body = format!("=HYPERLINK(\"http://x\",\"y\")\n{BRIDGE} \u{1b}[31mred\u{7}");
    cli.file("in/a.txt", &body).file("in/b.txt", BRIDGE_TOO);
    cli.file(
        "in/articles.csv",
        "file,outlet\na.txt,=1+1\nb.txt,\u{1b}[2JStar\n\u{1b}[2J\u{202e}evil.txt,X\n",
    );
    let output = cli.run(&["compare", "in", "--out", "out"]);
    assert!(output.contains("evil.txt") && !output.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{output:?}");
    let mut cells = csv::Reader::from_path(cli.0.path().join("out/sentences.csv")).unwrap();
    for row in cells.records() {
        assert!(row.unwrap().iter().all(|cell| !cell.starts_with(['=', '+', '@'])));
    }
}

#[test]
fn results_of_an_earlier_run_are_replaced_and_other_files_are_left_alone() {
    let cli = Cli::new();
    cli.file("a.txt", BRIDGE).file("out/notes.md", "mine");
    cli.run(&["compare", "a.txt", "--out", "out", "--format", "csv", "--format", "jsonl"]);
    assert!(cli.0.path().join("out/claims.jsonl").exists());
    cli.run(&["compare", "a.txt", "--out", "out"]);
    assert!(!cli.0.path().join("out/claims.jsonl").exists());
    assert_eq!(cli.read("out/notes.md"), "mine");
}

#[test]
fn nothing_of_the_users_is_overwritten() {
    let cli = Cli::new();
    cli.file("in/a.txt", BRIDGE)
        .file("in/articles.csv", "file,outlet\na.txt,Post\n")
        .file("mine/claims.csv", "mine");
    insta::assert_snapshot!("out_is_the_input", cli.run(&["compare", "in", "--out", "in"]));
    insta::assert_snapshot!("out_holds_a_foreign_table", cli.run(&["compare", "in", "--out", "mine"]));
    assert_eq!(cli.read("in/articles.csv"), "file,outlet\na.txt,Post\n");
    assert_eq!(cli.read("mine/claims.csv"), "mine");
}

#[test]
fn what_a_killed_run_left_is_not_read_and_is_replaced() {
    let cli = Cli::new();
    // One file of the first run into this folder is in its place, the others are not.
    cli.file("in/a.txt", BRIDGE)
        .file("in/out/.parallax-commit/run.json", "{\"tables\": {}}")
        .file("in/out/.parallax-commit/mentions.csv", "claim_id\n");
    cli.file("in/out/.parallax-commit/stale", "").file("in/out/.parallax-new-y/claims.csv", "half");
    cli.file("in/out/.parallax-new-y/lock", "");
    cli.file("in/out/sentences.csv", "id,outlet,text\na,Other,Half a table.\n");
    let found = cli.run(&["compare", "in", "--out", "elsewhere", "--quiet"]);
    assert!(found.starts_with("exit code 0"), "{found}");
    assert_eq!(cli.rows("elsewhere/articles.csv"), 1);
    let output = cli.run(&["compare", "in", "--out", "in/out", "--quiet"]);
    assert!(output.starts_with("exit code 0"), "{output}");
    assert_eq!(cli.rows("in/out/articles.csv"), 1);
    let left: Vec<_> =
        fs::read_dir(cli.0.path().join("in/out")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_str().unwrap().starts_with('.')), "{left:?}");
    assert!(left.iter().any(|name| name == "run.json"));
}

#[test]
fn files_of_a_model_that_do_not_fit_are_refused() {
    let bundled = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/parallax-en");
    let manifest = fs::read_to_string(bundled.join("model.toml")).unwrap();
    let tokenizer = fs::read_to_string(bundled.join("tokenizer.json")).unwrap();
    for (name, manifest, tokenizer, message) in [
        ("tampered", manifest.clone(), tokenizer.replacen("the", "teh", 1), "tokenizer.json has sha256"),
        (
            "max_tokens",
            manifest.replace("max_tokens = 256", "max_tokens = 2"),
            tokenizer.clone(),
            "give at least 8",
        ),
        ("languages", manifest.replace("\"eng\"", "\"en\""), tokenizer.clone(), "ISO 639-3"),
        (
            "dimensions",
            manifest.replace("dimensions = 384", "dimensions = 100"),
            tokenizer.clone(),
            "does not fit",
        ),
        (
            "outside",
            manifest.replace("\"tokenizer.json\"", "\"../tokenizer.json\""),
            tokenizer.clone(),
            "lies outside",
        ),
        (
            "layer",
            manifest.replace("alignment_layer = 5", "alignment_layer = 9"),
            tokenizer.clone(),
            "alignment_layer = 9 is above layers = 6",
        ),
        ("unknown", manifest.replace("layers = 6", "layer = 6"), tokenizer.clone(), "unknown field `layer`"),
    ] {
        let cli = Cli::new();
        cli.file("a.txt", BRIDGE)
            .file("model/model.toml", &manifest)
            .file("model/tokenizer.json", &tokenizer)
            .file("model/model.onnx", fs::read(bundled.join("model.onnx")).unwrap());
        let heads = [
            "sentiment.safetensors",
            "loaded_language.safetensors",
            "syntax.safetensors",
            "target_sentiment.onnx",
            "idf.safetensors",
            "thresholds.toml",
            "verifier.json",
            "decision.json",
            "pair.onnx",
        ];
        for file in heads.map(|head| format!("heads/{head}")) {
            cli.file(&format!("model/{file}"), fs::read(bundled.join(&file)).unwrap());
        }
        let output = cli.run(&["compare", "a.txt", "--model", "model"]);
        assert!(output.starts_with("exit code 1") && output.contains(message), "{name}: {output}");
    }
}

#[cfg(not(feature = "rust-bert"))]
#[test]
fn what_this_build_is_without_says_how_to_get_it() {
    let cli = Cli::new();
    cli.file("a.txt", BRIDGE);
    for arguments in [["--engine", "rust-bert"], ["--sentiment", "folder"]] {
        let output = cli.run(&[&["compare", "a.txt"], arguments.as_slice()].concat());
        assert!(output.starts_with("exit code 2") && output.contains("--features rust-bert"), "{output}");
    }
}

#[test]
fn many_alike_sentences_take_time_in_proportion() {
    let cli = Cli::new();
    let body = |outlet: usize| -> String {
        (0..60)
            .map(|i| format!("Resident {i} of street {outlet} said the water reached window {i}.\n"))
            .collect()
    };
    for outlet in 0..6 {
        cli.file(&format!("in/{outlet}.txt"), body(outlet));
    }
    let lines = "x\n".repeat(200_000);
    cli.file("lines/a.txt", &lines)
        .file("lines/b.txt", &lines)
        .file("lines/c.txt", "$5 million, ".repeat(20_000));
    for input in ["in", "lines"] {
        let output = cli.run(&["compare", input, "--out", "out", "--quiet"]);
        assert!(output.starts_with("exit code 0"), "{output}");
    }
}

#[test]
fn results_are_not_read_as_articles() {
    let cli = Cli::new();
    cli.file("a.txt", BRIDGE);
    cli.run(&["compare", "."]);
    let again = cli.run(&["compare", "."]);
    assert!(again.contains("1 article ·"), "{again}");
}

#[test]
fn a_reader_that_hangs_up_is_no_failure() {
    let cli = Cli::new();
    cli.file("a.txt", BRIDGE);
    let mut child =
        cli.command(&["compare", "a.txt", "--out", "out"]).stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn shells_and_manuals_know_every_command() {
    let cli = Cli::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = cli.run(&["completions", shell]);
        assert!(script.starts_with("exit code 0") && script.contains("across-events"), "{shell}: {script}");
    }
    let page = cli.run(&["man"]);
    assert!(page.contains(".TH parallax 1") && page.contains("compare"), "{page}");
    assert!(cli.run(&["man", "--out", "pages"]).starts_with("exit code 0"));
    let compare = cli.read("pages/parallax-compare.1");
    assert!(compare.contains("across\\-events"), "{compare}");
    assert!(cli.0.path().join("pages/parallax-models-fetch.1").exists());
}

#[test]
fn the_readme_shows_what_the_main_command_prints() {
    let cli = Cli::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = cli.run(&["compare", root.join("seeds").to_str().unwrap(), "--out", "out"]);
    let printed = output.split_once("-- stdout\n").unwrap().1.split_once("-- stderr").unwrap().0;
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let shown = readme.split("```text\n").nth(1).unwrap().split("…\n```").next().unwrap();
    assert!(
        shown.lines().count() > 15 && printed.starts_with(shown),
        "README.md does not show this:\n{printed}"
    );
}

#[test]
fn the_example_job_gives_what_the_flags_give() {
    let cli = Cli::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let job = root.join("seeds/job.toml");
    let (seeds, job) = (root.join("seeds"), job.to_str().unwrap());
    cli.run(&["compare", seeds.to_str().unwrap(), "--out", "flags", "--quiet"]);
    let output = cli.run(&["compare", "--job", job, "--out", "job", "--quiet"]);
    assert!(output.starts_with("exit code 0"), "{output}");
    for table in schemas().into_iter().map(|table| table.name) {
        assert_eq!(cli.read(&format!("flags/{table}.csv")), cli.read(&format!("job/{table}.csv")), "{table}");
    }
}

/// A store with `n` encodings of ten words in `folder`.
fn store_encodings(folder: &Path, n: usize) {
    let words = TokenStates {
        spans: (0..10).map(|word| Span::new(word * 6, word * 6 + 5)).collect(),
        weights: vec![1.0; 10],
        states: ndarray::Array2::zeros((10, 384)),
        scales: vec![1.0; 10],
    };
    let encoding = Encoding::without_heads(vec![0.5; 384], words);
    let store = Store::open(&StoreOptions::in_folder(folder.to_owned())).unwrap();
    (0..n).for_each(|n| store.put(Fingerprint([1; 32]), &format!("Text {n}."), &encoding));
    assert_eq!(store.close().problem, None);
}

#[test]
fn the_cache_is_shown_and_cleared() {
    let cli = Cli::new();
    insta::assert_snapshot!("help_cache", cli.run(&["cache", "--help"]));
    insta::assert_snapshot!("cache_show_nothing", cli.run(&["cache", "show", "--cache", "stored"]));
    insta::assert_snapshot!("cache_clear_nothing", cli.run(&["cache", "clear", "--cache", "stored"]));
    store_encodings(&cli.0.path().join("stored"), 1_200);
    cli.file("stored/notes.txt", "mine");
    insta::with_settings!({filters => vec![(r"\d{4}-\d\d-\d\d \d\d:\d\d", "DATE")]}, {
        insta::assert_snapshot!("cache_show", cli.run(&["cache", "show", "--cache", "stored"]));
    });
    insta::assert_snapshot!("cache_clear", cli.run(&["cache", "clear", "--cache", "stored"]));
    assert_eq!(fs::read_dir(cli.0.path().join("stored")).unwrap().count(), 1);
}

#[test]
fn without_a_folder_the_cache_is_the_platforms() {
    let cli = Cli::new();
    let cache = cli.0.path().join("platform");
    store_encodings(&cache.join("encodings"), 1);
    let show = cli.command(&["cache", "show"]).env("PARALLAX_CACHE", &cache).output().unwrap();
    let shown = String::from_utf8(show.stdout).unwrap();
    assert!(shown.contains("entries          1\n"), "{shown}");
    let clear = cli.command(&["cache", "clear"]).env("PARALLAX_CACHE", &cache).status().unwrap();
    assert!(clear.success());
    assert_eq!(fs::read_dir(cache.join("encodings")).unwrap().count(), 0);
}

#[test]
fn a_cache_that_is_none_is_refused_with_the_mend() {
    let cli = Cli::new();
    cli.file("file", "x").file("foreign/meta.json", "{}");
    let meta = r#"{"store": "parallax encodings", "format": 99}"#;
    cli.file("newer/meta.json", meta);
    for (name, folder) in [("cache_file", "file"), ("cache_foreign", "foreign"), ("cache_newer", "newer")] {
        insta::assert_snapshot!(name, cli.run(&["cache", "show", "--cache", folder]));
    }
    assert_eq!(cli.read("newer/meta.json"), meta);
    cli.run(&["cache", "clear", "--cache", "newer"]);
    cli.run(&["cache", "clear", "--cache", "foreign"]);
    assert_eq!(cli.read("foreign/meta.json"), "{}");
    assert!(cli.run(&["cache", "show", "--cache", "newer"]).starts_with("exit code 0"));
}
