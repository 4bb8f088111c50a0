//! `parallax models train-head` and `--head`: what is printed, what is written, what is refused.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

/// 60 sentences of our own, 30 plain and 30 loaded, of six made-up outlets.
const WORDING: &str = include_str!("fixtures/wording.jsonl");

struct Cli(TempDir);

impl Cli {
    /// A folder with the labelled sentences.
    fn new() -> Self {
        let cli = Self(tempfile::tempdir().unwrap());
        cli.file("wording.jsonl", WORDING);
        cli
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.0.path().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn text(&self, name: &str) -> String {
        String::from_utf8(self.read(name)).unwrap()
    }

    fn run(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_parallax"));
        let Output { status, stdout, stderr } = command
            .args(arguments)
            .current_dir(self.0.path())
            .env("NO_COLOR", "1")
            .env("PARALLAX_CACHE", self.0.path().join(".cache"))
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().replace(".exe", "");
        let (stdout, stderr) = (text(stdout), text(stderr));
        format!("exit code {}\n-- stdout\n{stdout}-- stderr\n{stderr}", status.code().unwrap())
    }

    fn train(&self, out: &str, more: &[&str]) -> String {
        let arguments = ["models", "train-head", "loaded-language", "wording.jsonl", "--out", out];
        self.run(&[&arguments, ["--group", "outlet", "--positive", "loaded"].as_slice(), more].concat())
    }

    /// The rows of a table as (column, value) lists.
    fn table(&self, name: &str) -> Vec<Vec<(String, String)>> {
        let mut reader = csv::Reader::from_path(self.0.path().join(name)).unwrap();
        let columns = reader.headers().unwrap().clone();
        let row = |row: csv::StringRecord| {
            columns.iter().zip(&row).map(|(column, value)| (column.to_owned(), value.to_owned())).collect()
        };
        reader.records().map(|record| row(record.unwrap())).collect()
    }
}

fn value<'a>(row: &'a [(String, String)], column: &str) -> &'a str {
    &row.iter().find(|(name, _)| name == column).unwrap_or_else(|| panic!("no column {column}")).1
}

#[test]
fn a_head_is_trained_and_then_used() {
    let cli = Cli::new();
    let notes =
        ["--mask-groups", "--licence", "our own", "--human-agreement", "one person wrote and labelled them"];
    insta::assert_snapshot!("trained", cli.train("head", &notes));
    insta::assert_snapshot!("card", cli.text("head/README.md"));

    cli.file(
        "in/a.txt",
        "The bridge over the river was closed on Monday after engineers found cracks in its pillar.",
    );
    cli.file("in/b.txt", "The disgraceful, crumbling bridge over the river was closed on Monday after bungling engineers found cracks in its pillar.");
    cli.file("in/articles.csv", "file,outlet\na.txt,Post\nb.txt,Star\n");
    let output = cli.run(&["compare", "in", "--out", "out", "--head", "loaded_language=head"]);
    insta::assert_snapshot!("compared", output);
    let sentences = cli.table("out/sentences.csv");
    let score = |row: usize| value(&sentences[row], "loaded_language").parse::<f32>().unwrap();
    assert!(score(0) < 0.5 && score(1) > 0.5, "{} {}", score(0), score(1));
    let comparisons = cli.table("out/comparisons.csv");
    let figure = |column: &str| value(&comparisons[0], column).parse::<f32>().unwrap();
    assert!(figure("loaded_language_a") < 0.5 && figure("loaded_language_b") > 0.5);
    let measures = cli.table("out/measures.csv");
    let n_figures = measures.iter().filter(|row| value(row, "measure") == "loaded_language").count();
    assert_eq!(n_figures, 2, "one of each sentence, by the head alone");
    let framing = cli.table("out/framing.csv");
    let row = framing.iter().find(|row| value(row, "dimension") == "loaded_language").unwrap();
    assert!(["disgraceful", "bungling", "crumbling"].contains(&value(row, "evidence_b")), "{row:?}");
    let run: serde_json::Value = serde_json::from_str(&cli.text("out/run.json")).unwrap();
    assert_eq!(run["heads"][0]["sha256"].as_str().unwrap().len(), 64);
    assert_eq!(run["config"]["heads"]["loaded_language"], "head");

    cli.file("jobs/job.toml", "inputs = ['../in']\nout = '../job'\n[heads]\nloaded_language = '../head'\n");
    assert!(cli.run(&["compare", "--job", "jobs/job.toml", "--quiet"]).starts_with("exit code 0"));
    assert_eq!(cli.table("job/comparisons.csv"), comparisons);
}

#[test]
fn the_same_file_gives_the_same_bytes_on_any_number_of_threads() {
    let cli = Cli::new();
    for (out, threads) in [("one", "1"), ("two", "2")] {
        let output = cli.train(out, &["--threads", threads, "--quiet"]);
        assert!(output.starts_with("exit code 0"), "{output}");
    }
    for name in ["head.safetensors", "head.toml", "README.md"] {
        assert_eq!(cli.read(&format!("one/{name}")), cli.read(&format!("two/{name}")), "{name}");
    }
}

#[test]
fn a_head_of_three_classes_has_a_column_for_each() {
    let cli = Cli::new();
    let three: String = WORDING
        .lines()
        .enumerate()
        .map(|(i, line)| if i % 3 == 0 { line.replace("plain", "no idea") } else { line.to_owned() } + "\n")
        .collect();
    cli.file("three.jsonl", three);
    let output = cli.run(&[
        "models",
        "train-head",
        "other",
        "three.jsonl",
        "--out",
        "head",
        "--name",
        "wording_kind",
        "--quiet",
    ]);
    assert!(output.starts_with("exit code 0"), "{output}");
    cli.file("a.txt", "The council approved the fees.");
    assert!(
        cli.run(&["compare", "a.txt", "--out", "out", "--head", "wording_kind=head"])
            .starts_with("exit code 0")
    );
    let row = &cli.table("out/sentences.csv")[0];
    let sum: f32 = ["wording_kind_loaded", "wording_kind_no_idea", "wording_kind_plain"]
        .map(|column| value(row, column).parse::<f32>().unwrap())
        .iter()
        .sum();
    assert!((sum - 1.0).abs() < 1e-3, "{sum}");
}

#[test]
fn what_cannot_be_trained_says_where_and_how_to_mend_it() {
    let row = |text: &str, label: &str| {
        format!("{{\"text\": \"{text}\", \"label\": \"{label}\", \"outlet\": \"Post\"}}\n")
    };
    let two = row("A.", "x") + &row("B.", "y");
    let cases: &[(&str, Vec<u8>, &[&str], &str)] = &[
        ("empty", vec![], &[], "holds no rows"),
        (
            "json",
            b"{\"text\": \"A.\", \"label\": \"x\"}\nno json\n".to_vec(),
            &[],
            "line 2: is no JSON object",
        ),
        ("gzip", vec![0x1f, 0x8b, 8, 0, 1, 2, 3], &[], "cut short or damaged"),
        (
            "no_text",
            b"{\"label\": \"x\"}\n{\"label\": \"y\"}\n".to_vec(),
            &[],
            "line 1: field `text` is missing",
        ),
        ("no_label", b"{\"text\": \"x\"}\n".to_vec(), &[], "line 1: field `label` is missing"),
        ("no_group", two.clone().into(), &["--group", "event"], "line 1: field `event` is missing"),
        ("one_class", row("A.", "x").repeat(3).into(), &[], "fewer than two classes (x)"),
        (
            "unknown_label",
            (two.clone() + &row("C.", "z")).into(),
            &["--classes", "x,y"],
            "line 3: `label` is `z`",
        ),
        ("empty_class", two.clone().into(), &["--classes", "x,y,z"], "no row of the class `z`"),
        ("positive", two.clone().into(), &["--positive", "z"], "--positive z is none of the classes x, y"),
        (
            "few_groups",
            two.clone().into(),
            &["--group", "outlet"],
            "fewer groups than folds: 1 by `outlet`, 5 folds",
        ),
        ("few_texts", two.clone().into(), &[], "fewer groups than folds"),
        ("comma", (two.clone() + &row("C.", "a,b")).into(), &[], "holds a comma"),
        ("case", (two.clone() + &row("C.", "X")).into(), &[], "differ in case alone"),
        ("name", two.clone().into(), &["--name", "sentiment"], "is that of a column"),
        ("mask", two.clone().into(), &["--mask-groups"], "name their field with --group"),
        ("map", two.into(), &["--classes", "x,y", "--map", "z=q"], "`q` is no class here"),
    ];
    for (name, bytes, more, message) in cases {
        let cli = Cli::new();
        cli.file("rows.jsonl", bytes);
        let arguments = ["models", "train-head", "loaded-language", "rows.jsonl", "--out", "head"];
        let output = cli.run(&[&arguments, *more].concat());
        assert!(!output.starts_with("exit code 0") && output.contains(message), "{name}: {output}");
        assert!(!cli.0.path().join("head/head.toml").exists(), "{name}");
    }
    let cli = Cli::new();
    cli.file("mine/README.md", "mine");
    let output = cli.train("mine", &[]);
    assert!(output.starts_with("exit code 2") && output.contains("holds files and no head"), "{output}");
    assert_eq!(cli.text("mine/README.md"), "mine");
    let output = cli.run(&["models", "train-head", "other", "wording.jsonl", "--out", "head"]);
    assert!(output.starts_with("exit code 2") && output.contains("--name"), "{output}");
}

#[test]
fn a_head_that_cannot_be_used_says_why() {
    let cli = Cli::new();
    cli.file("a.txt", "The bridge was closed.");
    assert!(cli.train("head", &["--quiet"]).starts_with("exit code 0"));
    let toml = cli.text("head/head.toml");
    let weights = cli.read("head/head.safetensors");
    let folder = |name: &str, toml: &str, weights: &[u8]| {
        cli.file(&format!("{name}/head.toml"), toml);
        cli.file(&format!("{name}/head.safetensors"), weights);
    };
    let encoder = toml.split("[encoder]").nth(1).unwrap();
    let sha256 = encoder.split('"').nth(3).unwrap();
    folder("encoder", &toml.replace(sha256, &"0".repeat(64)), &weights);
    folder("cut", &toml, &weights[..weights.len() - 4]);
    folder("classes", &toml.replacen("\"loaded\"", "\"ladden\"", 1), &weights);
    folder("toml", "name = 3", &weights);
    cli.file("alone/head.toml", &toml);
    for (argument, code, message) in [
        ("x=encoder", 1, "was trained on the encoder parallax-en"),
        ("x=cut", 1, "copy or train the head again"),
        ("x=classes", 1, "name other classes"),
        ("x=toml", 1, "head.toml"),
        ("x=alone", 1, "head.safetensors"),
        ("x=nowhere", 1, "there is no such folder"),
        ("x", 2, "give NAME=DIR"),
        ("X=head", 2, "cannot be a column"),
        ("sentiment=head", 2, "is that of a column"),
        ("text=head", 2, "is that of a column"),
        ("tone=head", 2, "is that of a column"),
        ("outlet=head", 2, "is that of a column"),
    ] {
        let output = cli.run(&["compare", "a.txt", "--out", "out", "--head", argument]);
        assert!(output.starts_with(&format!("exit code {code}\n")), "{argument}: {output}");
        assert!(output.contains(message), "{argument}: {output}");
    }
}

#[test]
fn the_guide_shows_what_training_prints() {
    let cli = Cli::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    cli.file("tests/fixtures/wording.jsonl", WORDING);
    let output = cli.run(&[
        "models",
        "train-head",
        "loaded-language",
        "tests/fixtures/wording.jsonl",
        "--out",
        "heads/wording",
        "--group",
        "outlet",
        "--positive",
        "loaded",
        "--mask-groups",
    ]);
    let printed = output.split_once("-- stdout\n").unwrap().1.split_once("-- stderr").unwrap().0;
    let readme = fs::read_to_string(root.join("docs/guides/heads.md")).unwrap();
    assert!(readme.contains(printed), "heads.md does not show this:\n{printed}");
}
