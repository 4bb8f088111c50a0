//! `parallax validate`: what is drawn and printed, what is written and what stays, what is refused.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::process::{Command, Output};

use tempfile::TempDir;

const OUTLETS: [&str; 3] = ["Evening Star", "Morning Post", "River Echo"];
const CLAIMS: usize = 40;

/// A folder with the tables of a made-up run: forty claims of ten events, each with a sentence of every outlet.
struct Run(TempDir);

impl Run {
    fn new() -> Self {
        let run = Self(tempfile::tempdir().unwrap());
        run.write("out/run.json", "{\"config\":{}}\n");
        run.write(
            "out/articles.csv",
            "article_id,outlet\r\n0,Evening Star\r\n1,Morning Post\r\n2,River Echo\r\n",
        );
        let mut sentences = "sentence_id,text,copy_of\r\n".to_owned();
        let mut measures =
            "claim_id,event_id,sentence_id,article_id,outlet,measure,voice,value,words,spans,copy_of\r\n"
                .to_owned();
        let mut comparisons = "claim_id,event_id,outlet_a,outlet_b,sentence_id_a,sentence_id_b,text_a,text_b,probability,relation,tier,conflict\r\n".to_owned();
        for claim in 0..CLAIMS {
            let event = claim / 4;
            for (outlet, name) in OUTLETS.iter().enumerate() {
                let id = format!("{outlet}#{claim}");
                let _ = write!(sentences, "{id},{},\r\n", text(claim, outlet));
                for (measure, voice, value) in [
                    ("loaded_language", "narration", loaded(claim, outlet)),
                    ("loaded_language", "quotation", 0.5),
                    ("sentiment", "narration", (claim % 9) as f64 / 4.0 - 1.0),
                    ("anonymous_source", "all", (claim % 2) as f64),
                ] {
                    let _ = write!(
                        measures,
                        "c{claim:04},e{event:04},{id},{outlet},{name},{measure},{voice},{value},,,\r\n"
                    );
                }
            }
            let (probability, relation, tier, conflict) = match claim % 4 {
                0 => (0.97, "same", "confirmed", ""),
                1 => (0.86, "same", "confirmed", ""),
                2 if claim % 8 == 6 => (0.62, "partial", "", ""),
                2 => (0.75, "same", "possible", ""),
                _ => (0.42, "conflicting", "", "number"),
            };
            let _ = write!(
                comparisons,
                "c{claim:04},e{event:04},Evening Star,Morning Post,0#{claim},1#{claim},{},{},{probability},{relation},{tier},{conflict}\r\n",
                text(claim, 0),
                text(claim, 1)
            );
        }
        run.write("out/sentences.csv", sentences);
        run.write("out/measures.csv", measures);
        run.write("out/comparisons.csv", comparisons);
        run
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.path().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn run(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_parallax"));
        let Output { status, stdout, stderr } = command
            .arg("validate")
            .args(arguments)
            .current_dir(self.0.path())
            .env("NO_COLOR", "1")
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().replace(".exe", "");
        format!(
            "exit code {}\n-- stdout\n{}-- stderr\n{}",
            status.code().unwrap(),
            text(stdout),
            text(stderr)
        )
    }

    fn rows(&self, name: &str) -> Vec<BTreeMap<String, String>> {
        let mut reader = csv::Reader::from_path(self.0.path().join(name)).unwrap();
        reader.deserialize().map(|row| row.unwrap()).collect()
    }

    /// Labels every item of the sample as `label` says, in the file that the page would export.
    fn label(&self, name: &str, label: impl Fn(&BTreeMap<String, String>) -> &'static str) {
        let mut csv = "item_id,annotator,label,comment\r\n".to_owned();
        for item in self.rows("out/validation/sample.csv") {
            let _ = write!(csv, "{},{name},{},\r\n", item["item_id"], label(&item));
        }
        self.write(&format!("labels-{name}.csv"), csv);
    }
}

fn text(claim: usize, outlet: usize) -> String {
    format!("Sentence {claim} that the {} printed", OUTLETS[outlet])
}

/// The machine finds loaded words more often in outlet 0.
fn loaded(claim: usize, outlet: usize) -> f64 {
    let thousandths = ((claim * 7 + outlet * 3) % 20) * 25 + if outlet == 0 { 450 } else { 100 };
    thousandths as f64 / 1000.0
}

/// What a careful reader says: a third of the sentences of each outlet have loaded words.
fn careful(item: &BTreeMap<String, String>) -> &'static str {
    let number = item["sentence_id_a"].split('#').nth(1).unwrap().parse::<usize>().unwrap();
    match item["measure"].as_str() {
        "claims" if item["machine_label"].starts_with("contradict") => "contradict",
        "claims" if number % 10 == 5 => "different",
        "claims" if item["machine_label"] == "partial" && number % 3 == 0 => "partial",
        "claims" => "same",
        "sentiment" if number % 9 < 3 => "negative",
        "sentiment" if number % 9 < 7 => "neutral",
        "sentiment" => "positive",
        _ if number % 3 == 0 => "yes",
        _ => "no",
    }
}

/// Another, who differs now and then and cannot always tell.
fn hasty(item: &BTreeMap<String, String>) -> &'static str {
    let number = item["sentence_id_a"].split('#').nth(1).unwrap().parse::<usize>().unwrap();
    match (item["measure"].as_str(), number % 7) {
        (_, 0) => "cannot_tell",
        ("claims", 1) => "different",
        ("sentiment", 1) => "neutral",
        ("claims" | "sentiment", _) => careful(item),
        (_, 1) => "no",
        _ => careful(item),
    }
}

#[test]
fn help_shows_examples() {
    let run = Run::new();
    insta::assert_snapshot!("help_validate", run.run(&["--help"]));
    insta::assert_snapshot!("help_validate_sample", run.run(&["sample", "--help"]));
    insta::assert_snapshot!("help_validate_score", run.run(&["score", "--help"]));
}

#[test]
fn the_same_tables_and_options_give_the_same_bytes() {
    let run = Run::new();
    let arguments = ["sample", "out", "--n", "90"];
    insta::assert_snapshot!("sample", run.run(&arguments));
    let files = ["out/validation/sample.csv", "out/validation/label.html"].map(|name| run.read(name));
    assert!(run.run(&arguments).starts_with("exit code 0"));
    let again = ["out/validation/sample.csv", "out/validation/label.html"].map(|name| run.read(name));
    assert!(files == again);
    let other = Run::new();
    other.run(&["sample", "out", "--n", "90", "--seed", "1"]);
    assert!(other.read("out/validation/sample.csv") != files[0]);
}

#[test]
fn nothing_is_drawn_twice_and_every_stratum_says_how_it_was_drawn() {
    let run = Run::new();
    for n in ["32", "90", "200", "9999"] {
        run.run(&["sample", "out", "--n", n, "--force"]);
        let items = run.rows("out/validation/sample.csv");
        // 40 pairs, and 120 sentences with three measures; anonymous sources have no voice.
        assert_eq!(items.len(), n.parse::<usize>().unwrap().min(400));
        let ids: BTreeSet<&String> = items.iter().map(|item| &item["item_id"]).collect();
        assert_eq!(ids.len(), items.len());
        let mut strata: BTreeMap<(&str, &str), Vec<&BTreeMap<String, String>>> = BTreeMap::new();
        for item in &items {
            strata.entry((&item["measure"], &item["stratum"])).or_default().push(item);
        }
        for (stratum, items) in strata {
            let number = |name: &str| items[0][name].parse::<usize>().unwrap();
            assert_eq!(number("stratum_drawn"), items.len(), "{stratum:?}");
            assert!(items.len() >= number("stratum_size").min(2), "{stratum:?}");
            let probabilities: Vec<f64> =
                items.iter().map(|item| item["inclusion_probability"].parse().unwrap()).collect();
            assert!(probabilities.iter().all(|&p| p > 0.0 && p <= 1.0));
            if items.len() == number("stratum_size") {
                assert!(probabilities.iter().all(|&p| p == 1.0), "{stratum:?}");
            }
        }
    }
}

#[test]
fn the_page_shows_neither_the_machines_figures_nor_outlets() {
    let run = Run::new();
    run.run(&["sample", "out"]);
    let page = run.read("out/validation/label.html");
    let data = page.split("id=\"data\">").nth(1).unwrap().split("</script>").next().unwrap();
    let data: serde_json::Value = serde_json::from_str(data).unwrap();
    assert_eq!(data["items"].as_array().unwrap().len(), 200);
    for item in data["items"].as_array().unwrap() {
        let fields: Vec<&String> = item.as_object().unwrap().keys().collect();
        assert_eq!(fields, ["id", "note", "subject", "texts"]);
        assert!(
            item["texts"].as_array().unwrap().iter().all(|text| text.as_str().unwrap().contains("[outlet]"))
        );
    }
    assert!(OUTLETS.iter().all(|outlet| !page.contains(outlet)));
    assert!(page.contains("default-src 'none'"));
}

#[test]
fn a_sample_is_not_lost_by_accident() {
    let run = Run::new();
    run.run(&["sample", "out", "--n", "60"]);
    let before = run.read("out/validation/sample.csv");
    insta::assert_snapshot!("sample_is_there", run.run(&["sample", "out", "--n", "61"]));
    assert_eq!(run.read("out/validation/sample.csv"), before);
    assert!(run.run(&["sample", "out", "--n", "61", "--force"]).starts_with("exit code 0"));
    assert_ne!(run.read("out/validation/sample.csv"), before);
}

#[test]
fn labels_of_two_people_are_scored() {
    let run = Run::new();
    run.run(&["sample", "out", "--n", "240"]);
    run.label("Ann", careful);
    run.label("Ben", hasty);
    insta::assert_snapshot!("score", run.run(&["score", "out", "labels-Ann.csv", "labels-Ben.csv"]));
    for name in ["precision", "measures", "agreement", "corrected"] {
        insta::assert_snapshot!(format!("score_{name}"), run.read(&format!("out/validation/{name}.csv")));
    }
    let report: serde_json::Value = serde_json::from_str(&run.read("out/validation/report.json")).unwrap();
    assert_eq!(report["n_items"], 240);
    // A second time, the same bytes.
    let corrected = run.read("out/validation/corrected.csv");
    run.run(&["score", "out", "labels-Ben.csv", "labels-Ann.csv"]);
    assert_eq!(run.read("out/validation/corrected.csv"), corrected);
}

#[test]
fn estimates_are_corrected_in_a_table_of_their_own() {
    let run = Run::new();
    run.run(&["sample", "out", "--n", "100", "--only", "loaded_language"]);
    run.label("Ann", careful);
    assert!(run.run(&["score", "out", "labels-Ann.csv"]).starts_with("exit code 0"));
    let rows = run.rows("out/validation/corrected.csv");
    assert_eq!(rows.len(), 3, "one for each pair of outlets");
    for row in &rows {
        let number = |column: &str| row[column].parse::<f64>().unwrap();
        let [low, value, high] = ["corrected_ci_low", "corrected", "corrected_ci_high"].map(number);
        assert!(low <= value && value <= high && number("n_labelled") >= 40.0, "{row:?}");
        // The careful reader sees a third in every outlet; the machine sees half as much again in one of them.
        assert!(value.abs() < 0.25 && low <= 0.0 && 0.0 <= high, "{row:?}");
        let raw = number("estimate");
        assert!((raw.abs() > 0.3) == row.values().any(|cell| cell == OUTLETS[0]), "{row:?}");
    }
    // Without labels of the measure nothing is corrected.
    run.write("labels-none.csv", "item_id,annotator,label,comment\r\n");
    assert!(run.run(&["score", "out", "labels-none.csv"]).starts_with("exit code 0"));
    assert!(
        run.rows("out/validation/corrected.csv")
            .iter()
            .all(|row| row["corrected"].is_empty() && row["n_labelled"] == "0")
    );
}

#[test]
fn tables_in_jsonl_alone_are_sampled_and_scored_alike() {
    let (csv, jsonl) = (Run::new(), Run::new());
    for name in ["articles", "sentences", "comparisons", "measures"] {
        let mut lines = String::new();
        for row in jsonl.rows(&format!("out/{name}.csv")) {
            let number = |key: &str| ["value", "probability", "estimate"].contains(&key);
            let fields: Vec<String> = row
                .iter()
                .map(|(key, value)| match value.as_str() {
                    "" => format!("\"{key}\":null"),
                    _ if number(key) => format!("\"{key}\":{value}"),
                    _ => format!("\"{key}\":{}", serde_json::to_string(value).unwrap()),
                })
                .collect();
            let _ = writeln!(lines, "{{{}}}", fields.join(","));
        }
        fs::remove_file(jsonl.0.path().join(format!("out/{name}.csv"))).unwrap();
        jsonl.write(&format!("out/{name}.jsonl"), lines);
    }
    for run in [&csv, &jsonl] {
        assert!(run.run(&["sample", "out", "--n", "300"]).starts_with("exit code 0"));
        run.label("Ann", careful);
    }
    assert!(csv.read("out/validation/sample.csv") == jsonl.read("out/validation/sample.csv"));
    let score = ["score", "out", "labels-Ann.csv"];
    assert_eq!(csv.run(&score), jsonl.run(&score));
    let corrected = csv.rows("out/validation/corrected.csv");
    assert_eq!(corrected, jsonl.rows("out/validation/corrected.csv"));
    assert!(corrected.iter().any(|row| !row["corrected"].is_empty()));
}

#[test]
fn what_cannot_be_drawn_or_scored_says_where_and_how_to_mend_it() {
    let run = Run::new();
    run.write("empty/notes.txt", "mine");
    let mut refused = String::new();
    let mut refuse = |arguments: &[&str]| {
        let _ = writeln!(refused, "$ parallax validate {}\n{}", arguments.join(" "), run.run(arguments));
    };
    refuse(&["sample", "empty"]);
    refuse(&["sample", "out", "--n", "5"]);
    refuse(&["sample", "out", "--only", "claims,bias"]);
    refuse(&["sample", "out", "--only", "certainty"]);
    refuse(&["score", "out", "labels.csv"]);
    run.run(&["sample", "out", "--n", "60", "--only", "claims"]);
    let item = run.rows("out/validation/sample.csv")[0]["item_id"].clone();
    refuse(&["score", "out", "nowhere.csv"]);
    for (name, rows) in [
        ("columns", "id,label\nx,same\n".to_owned()),
        ("item", "item_id,annotator,label,comment\n0123,Ann,same,\n".to_owned()),
        ("label", format!("item_id,annotator,label,comment\n{item},Ann,yes,\n")),
        ("nobody", format!("item_id,annotator,label,comment\n{item},,same,\n")),
        ("short", format!("item_id,annotator,label,comment\n{item},Ann\n")),
        ("first", format!("item_id,annotator,label,comment\n{item},Ann,same,\n")),
        ("second", format!("item_id,annotator,label,comment\n{item},Ann,different,\n")),
    ] {
        run.write(&format!("{name}.csv"), rows);
    }
    for name in ["columns.csv", "item.csv", "label.csv", "nobody.csv", "short.csv"] {
        refuse(&["score", "out", name]);
    }
    refuse(&["score", "out", "first.csv", "second.csv"]);
    let changed = run.read("out/comparisons.csv").replace("0.97", "0.96");
    run.write("out/comparisons.csv", changed);
    refuse(&["score", "out", "first.csv"]);
    insta::assert_snapshot!("refused", refused.replace(&item, "ITEM"));
    // Nothing was written by a command that was refused.
    assert!(!run.0.path().join("out/validation/report.json").exists());
}
