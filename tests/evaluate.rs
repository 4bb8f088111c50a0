//! `parallax evaluate`: the figures against scikit-learn and SciPy, and what it says of files that it cannot score.

use std::fs;
use std::io::Write;
use std::process::{Command, Output};

use flate2::Compression;
use flate2::write::GzEncoder;
use parallax::evaluate::figures::{Confusion, Ranking, Spearman, adjusted_rand, b_cubed, pearson};
use proptest::prelude::*;
use serde_json::{Value, json};

fn close(found: f64, expected: &Value, what: &str) {
    let expected = expected.as_f64().unwrap();
    assert!((found - expected).abs() < 1e-12, "{what}: {found} instead of {expected}");
}

fn floats(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}

fn positions(value: &Value) -> Vec<usize> {
    value.as_array().unwrap().iter().map(|value| value.as_u64().unwrap() as usize).collect()
}

/// `tests/golden/make_figures.py` made the values.
#[test]
fn figures_agree_with_scikit_learn_and_scipy() {
    let golden: Value = serde_json::from_str(include_str!("golden/figures.json")).unwrap();
    for case in golden["binary"].as_array().unwrap() {
        let labels: Vec<bool> = positions(&case["labels"]).iter().map(|&label| label == 1).collect();
        let ranking = Ranking::new(&floats(&case["scores"]), &labels);
        let weights = floats(&case["weights"]);
        close(ranking.auc(&weights), &case["auc"], "AUC");
        close(ranking.average_precision(&weights), &case["average_precision"], "average precision");
    }
    for case in golden["classes"].as_array().unwrap() {
        let (labels, given) = (positions(&case["labels"]), positions(&case["given"]));
        let n = case["n"].as_u64().unwrap() as usize;
        let confusion = Confusion::new(&labels, &given, &vec![1.0; labels.len()], n);
        close(confusion.macro_f1(), &case["macro_f1"], "macro-F1");
        close(confusion.balanced_accuracy(), &case["balanced_accuracy"], "balanced accuracy");
        close(confusion.accuracy(), &case["accuracy"], "accuracy");
    }
    for case in golden["correlation"].as_array().unwrap() {
        let (a, b, weights) = (floats(&case["a"]), floats(&case["b"]), floats(&case["weights"]));
        close(pearson(&a, &b, &weights), &case["pearson"], "Pearson");
        close(Spearman::new(&a, &b).correlation(&weights), &case["spearman"], "Spearman");
    }
    for case in golden["grouping"].as_array().unwrap() {
        let (groups, classes) = (positions(&case["groups"]), positions(&case["classes"]));
        let ones = vec![1.0; groups.len()];
        close(adjusted_rand(&groups, &classes, &ones), &case["adjusted_rand"], "adjusted Rand");
    }
}

/// The worked example of Amigó et al. 2009: each member's own share.
#[test]
fn b_cubed_counts_each_member() {
    // Groups {a a b} {b}: the a's share 2/3 of their group and all of their class.
    let (precision, recall) = b_cubed(&[0, 0, 0, 1], &[0, 0, 1, 1]);
    assert_eq!(precision, [2.0 / 3.0, 2.0 / 3.0, 1.0 / 3.0, 1.0]);
    assert_eq!(recall, [1.0, 1.0, 0.5, 0.5]);
}

#[test]
fn the_best_threshold_is_the_lowest_score_taken() {
    let scores = [0.1, 0.4, 0.35, 0.8];
    let ranking = Ranking::new(&scores, &[false, false, true, true]);
    assert_eq!(ranking.best_balanced_accuracy(&scores, &[1.0; 4]), (0.75, 0.35));
}

proptest! {
    #[test]
    fn figures_stay_in_their_ranges(rows in prop::collection::vec((0usize..3, 0usize..3, -5i8..5, 0u8..3), 1..60)) {
        let labels: Vec<usize> = rows.iter().map(|row| row.0).collect();
        let given: Vec<usize> = rows.iter().map(|row| row.1).collect();
        let scores: Vec<f64> = rows.iter().map(|row| f64::from(row.2)).collect();
        let weights: Vec<f64> = rows.iter().map(|row| f64::from(row.3)).collect();
        let positive: Vec<bool> = labels.iter().map(|&label| label == 1).collect();
        let (confusion, ranking) = (Confusion::new(&labels, &given, &weights, 3), Ranking::new(&scores, &positive));
        let in_unit = [
            confusion.macro_f1(),
            confusion.accuracy(),
            confusion.balanced_accuracy(),
            ranking.auc(&weights),
            ranking.average_precision(&weights),
        ];
        for figure in in_unit {
            prop_assert!(figure.is_nan() || (-1e-12..=1.0 + 1e-12).contains(&figure), "{figure}");
        }
        let (precision, recall) = b_cubed(&given, &labels);
        prop_assert!(precision.iter().chain(&recall).all(|share| *share > 0.0 && *share <= 1.0));
        let rand = adjusted_rand(&labels, &labels, &vec![1.0; labels.len()]);
        prop_assert!(rand.is_nan() || (rand - 1.0).abs() < 1e-9);
    }

    /// Scores in reverse give the rest to 1; counting every row twice changes nothing.
    #[test]
    fn auc_is_symmetric(rows in prop::collection::vec((any::<bool>(), -9i8..9), 2..80)) {
        let labels: Vec<bool> = rows.iter().map(|row| row.0).collect();
        prop_assume!(labels.contains(&true) && labels.contains(&false));
        let scores: Vec<f64> = rows.iter().map(|row| f64::from(row.1)).collect();
        let reversed: Vec<f64> = scores.iter().map(|score| -score).collect();
        let (one, two) = (vec![1.0; rows.len()], vec![2.0; rows.len()]);
        let auc = Ranking::new(&scores, &labels).auc(&one);
        prop_assert!((auc + Ranking::new(&reversed, &labels).auc(&one) - 1.0).abs() < 1e-12);
        prop_assert!((auc - Ranking::new(&scores, &labels).auc(&two)).abs() < 1e-12);
    }
}

/// Runs `parallax evaluate` on a file of this content and gives exit code, stdout and stderr.
fn evaluate(task: &str, bytes: &[u8], arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("rows.jsonl"), bytes).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_parallax"));
    command.args(["evaluate", task, "rows.jsonl"]).args(arguments).current_dir(folder.path());
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    format!("exit code {}\n-- stdout\n{}-- stderr\n{}", status.code().unwrap(), text(stdout), text(stderr))
}

fn lines(rows: &[Value]) -> Vec<u8> {
    rows.iter().flat_map(|row| format!("{row}\n").into_bytes()).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(vec![], Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

const SENTENCES: &str =
    r#"{"text": "It rained. Then it stopped.", "sentences": ["It rained.", "Then it stopped."]}"#;

#[test]
fn a_file_that_cannot_be_scored_is_refused_with_line_field_and_remedy() {
    let row = |text: &str, label: Value| json!({"text": text, "label": label});
    let good = row("It may rain.", json!(1));
    let cases: Vec<(&str, Vec<u8>, &[&str])> = vec![
        ("certainty", vec![], &[]),
        ("certainty", b"\n\n".to_vec(), &[]),
        ("certainty", b"not json\n".to_vec(), &[]),
        ("certainty", b"[1, 2]\n".to_vec(), &[]),
        ("certainty", lines(&[good.clone(), json!({"text": "No label."})]), &[]),
        ("certainty", lines(&[good.clone(), json!({"label": 1})]), &[]),
        ("certainty", lines(&[good.clone(), row(" ", json!(0))]), &[]),
        ("certainty", lines(&[good.clone(), row("Words.", json!("perhaps"))]), &[]),
        ("certainty", lines(&[good.clone(), row("Words.", json!(["certain"]))]), &[]),
        ("certainty", lines(std::slice::from_ref(&good)), &["--map", "1=sure"]),
        ("certainty", lines(std::slice::from_ref(&good)), &["--map", "1"]),
        ("certainty", lines(std::slice::from_ref(&good)), &["--map", "1=-"]),
        ("certainty", lines(std::slice::from_ref(&good)), &["--group", "outlet"]),
        ("certainty", lines(std::slice::from_ref(&good)), &["--group", "text", "--group-match", "^x"]),
        ("sentences", lines(&[json!({"text": "One. Two.", "sentences": ["One.", "Three."]})]), &[]),
        ("sentences", lines(&[json!({"text": "One. Two.", "sentence_spans": [[0, 99]]})]), &[]),
        ("sentiment", lines(&[json!({"text": "Good.", "label": 1})]), &[]),
        ("sentiment", lines(&[json!({"text": "Good.", "label": "positive", "start": 3, "end": 3})]), &[]),
        ("claims", lines(&[json!({"text_a": "One.", "label": 1})]), &[]),
        ("claims", lines(&[json!({"paraphrases": []})]), &[]),
        ("events", lines(&[json!({"event_id": "e", "articles": [{"title": "No text"}]})]), &[]),
        ("attribution", lines(&[json!({"doc_id": "d", "text": "One."})]), &[]),
        ("checkability", lines(&[row("Words.", json!(1))]), &[]),
        ("frames", lines(&[row("Words.", json!("weather"))]), &[]),
    ];
    let outputs: Vec<String> = cases
        .iter()
        .map(|(task, bytes, arguments)| {
            let shown = String::from_utf8_lossy(bytes);
            format!(
                "$ parallax evaluate {task} {}\n{shown}{}",
                arguments.join(" "),
                evaluate(task, bytes, arguments)
            )
        })
        .collect();
    insta::assert_snapshot!("evaluate_refused", outputs.join("\n"));
}

/// The value that is printed beside a figure's name.
fn figure(printed: &str, name: &str) -> f64 {
    let line = printed.lines().find(|line| line.starts_with(&format!("{name}  "))).expect(name);
    line[name.len()..].split_whitespace().next().unwrap().parse().unwrap()
}

#[test]
fn quotations_are_scored_by_kind() {
    let row = |text: &str, label: &str| json!({"text": text, "label": label});
    let printed = evaluate(
        "quotations",
        &lines(&[
            row("The so-called “plan” failed.", "scare"),
            row("“It fell,” Diaz said.", "direct"),
            row("The film “Night Train” opened.", "title"),
            row("The film “Night Train” opened on Friday.", "direct"),
        ]),
        &[],
    );
    assert!(printed.starts_with("exit code 0"), "{printed}");
    assert_eq!(figure(&printed, "accuracy"), 0.75);
    assert_eq!(figure(&printed, "F1 of scare"), 1.0);
    let refused = evaluate("quotations", &lines(&[row("“It fell.”", "irony")]), &[]);
    assert!(refused.starts_with("exit code 1"), "{refused}");
}

#[test]
fn carried_sources_and_voice_are_scored_by_labelled_content() {
    let text = "“It fell,” Diaz said. “It will reopen.”";
    let span = |words: &str| {
        let start = text.find(words).unwrap();
        let start = text[..start].chars().count();
        json!([{"start": start, "end": start + words.chars().count()}])
    };
    let row = |source: &str| {
        let content = json!([span("“It fell,”")[0], span("“It will reopen.”")[0]]);
        json!({"text": text, "attributions": [{"source": span(source), "cue": span("said"), "content": content}]})
    };
    let printed = evaluate("attribution", &lines(&[row("Diaz")]), &[]);
    for name in [
        "sentence F1",
        "carried source precision",
        "carried source recall",
        "voice: quotation that is content",
        "voice: quoted content found",
    ] {
        assert_eq!(figure(&printed, name), 1.0, "{printed}");
    }
    let printed = evaluate("attribution", &lines(&[row("will")]), &[]);
    assert_eq!(figure(&printed, "carried source precision"), 0.0, "{printed}");
}

#[test]
fn gzip_is_told_by_its_bytes_and_damage_is_refused() {
    let plain = evaluate("sentences", SENTENCES.as_bytes(), &[]);
    assert!(plain.starts_with("exit code 0"), "{plain}");
    let packed = gzip(SENTENCES.as_bytes());
    assert_eq!(evaluate("sentences", &packed, &[]), plain);
    let cut = evaluate("sentences", &packed[..packed.len() - 12], &[]);
    assert!(cut.starts_with("exit code 1") && cut.contains("cut short or damaged"), "{cut}");
}

#[test]
fn json_has_the_same_figures() {
    let rows = include_bytes!("../models/golden/ewt.jsonl");
    let text = evaluate("sentences", rows, &[]);
    let json = evaluate("sentences", rows, &["--json"]);
    let json: Value =
        serde_json::from_str(&json[json.find('{').unwrap()..json.rfind('}').unwrap() + 1]).unwrap();
    for figure in json["figures"].as_array().unwrap() {
        let (value, interval) = (figure["value"].as_f64().unwrap(), &figure["interval"]);
        let (low, high) = (interval["low"].as_f64().unwrap(), interval["high"].as_f64().unwrap());
        let shown = format!("{value:5.3}   {low:.3} to {high:.3}");
        assert!(text.contains(&shown), "{shown} is not in\n{text}");
        assert!(low <= value && value <= high);
    }
}

#[test]
fn wrong_usage_exits_with_2() {
    for arguments in
        [&["evaluate"][..], &["evaluate", "mood", "x"], &["evaluate", "claims", "x", "--group-match", "("]]
    {
        let output = Command::new(env!("CARGO_BIN_EXE_parallax")).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
}

/// Intervals and figures do not depend on the threads; another seed gives another interval and the same figure.
#[test]
fn the_seed_moves_the_interval_alone() {
    let rows = include_bytes!("../models/golden/ewt.jsonl");
    let first = evaluate("sentences", rows, &["--threads", "1"]);
    assert_eq!(first, evaluate("sentences", rows, &["--threads", "4"]));
    let other = evaluate("sentences", rows, &["--seed", "1"]);
    assert_ne!(first, other);
    let values = |text: &str| -> Vec<String> {
        text.lines().filter_map(|line| line.split("   ").nth(1)).map(str::to_owned).collect()
    };
    assert_eq!(values(&first), values(&other));
}

/// Two events of two outlets each; our own articles and labels.
fn claims_in_events(folder: &std::path::Path) -> [String; 2] {
    let article = |id: &str, event: &str, outlet: &str, body: &str| json!({"article_id": id, "event": event, "outlet": outlet, "headline": "", "date": "2024-03-01", "body": body});
    let articles = [
        article(
            "a",
            "one",
            "Post",
            "The bridge in Arden was closed on Monday after engineers found cracks. Nobody knows why.",
        ),
        article(
            "b",
            "one",
            "Star",
            "Engineers found cracks in the bridge in Arden, which was closed on Monday. Traffic was slow.",
        ),
        article(
            "c",
            "two",
            "Post",
            "The council will build a new school in Belmont next year. Parents were glad to hear it.",
        ),
        article(
            "d",
            "two",
            "Star",
            "A new school will be built in Belmont by the council next year. It will have a pool.",
        ),
    ];
    let body = |id: usize| articles[id]["body"].as_str().unwrap();
    let first = |id: usize| json!(["body", 0, body(id).find(". ").unwrap() + 1]);
    let second = |id: usize| json!(["body", body(id).find(". ").unwrap() + 2, body(id).chars().count()]);
    let labels = [
        json!({"event": "one", "same": [["a#0", "b#0"]], "partial": [], "conflict": [],
               "sentences": {"a#0": first(0), "a#1": second(0), "b#0": first(1), "b#1": second(1)}}),
        json!({"event": "two", "same": [["c#0", "d#0"]], "partial": [["c#1", "d#1"]], "conflict": [["c#0", "d#1", "a pool"]],
               "sentences": {"c#0": first(2), "c#1": second(2), "d#0": first(3), "d#1": second(3)}}),
    ];
    let write = |name: &str, rows: &[Value]| {
        let path = folder.join(name);
        fs::write(&path, rows.iter().map(|row| format!("{row}\n")).collect::<String>()).unwrap();
        path.to_str().unwrap().to_owned()
    };
    [write("articles.jsonl", &articles), write("labels.jsonl", &labels)]
}

fn evaluate_claims(folder: &std::path::Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_parallax"))
        .args(["evaluate", "claims-in-events", "--quiet"])
        .args(arguments)
        .env("PARALLAX_CACHE", folder.join("cache"))
        .output()
        .unwrap()
}

#[test]
fn claims_of_whole_articles_are_scored() {
    let folder = tempfile::tempdir().unwrap();
    let [articles, labels] = claims_in_events(folder.path());
    for events in ["given", "found"] {
        let output = evaluate_claims(
            folder.path(),
            &[&articles, &labels, "--events", events, "--json", "--worst", "3"],
        );
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
        let figure = |name: &str| {
            let figures = printed["figures"].as_array().unwrap();
            let found = figures.iter().find(|figure| figure["name"] == name);
            found.unwrap_or_else(|| panic!("no figure {name}"))["value"].clone()
        };
        assert_eq!(figure("both tiers: recall of same"), 1.0, "{events}: {printed:#}");
        assert_eq!(figure("both tiers: precision, any match"), 1.0);
        assert_eq!(figure("conflicting: recall"), 0.0);
        assert_eq!(printed["n_groups"], 2);
        let notes = printed["notes"].to_string();
        assert!(notes.contains("2 same, 1 partial, 1 in conflict"), "{notes}");
        assert!(notes.contains("8 labelled sentences: 8 are sentences of ours"), "{notes}");
        assert!(printed.get("worst").is_none(), "nothing was judged wrong");
    }
}

#[test]
fn labels_that_do_not_fit_the_articles_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let [articles, labels] = claims_in_events(folder.path());
    let refused = |arguments: &[&str], message: &str| {
        let output = evaluate_claims(folder.path(), arguments);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && stderr.contains(message), "{stderr}");
    };
    refused(&[&articles], "needs the labels too: parallax evaluate claims-in-events ARTICLES LABELS");
    let other = folder.path().join("other.jsonl");
    let other = other.to_str().unwrap();
    let first = fs::read_to_string(&labels).unwrap().lines().next().unwrap().to_owned();
    fs::write(other, first.replace("\"a#0\"", "\"z#0\"")).unwrap();
    refused(&[&articles, other], "line 1: no article `z` of the event `one` in the file of articles");
    fs::write(other, fs::read_to_string(&articles).unwrap().replace("\"b\"", "\"a\"")).unwrap();
    refused(&[other, &labels], "row 2: the article `a` is there twice");
    fs::write(other, "{\"event\":\"one\",\"same\":[],\"partial\":[],\"conflict\":[],\"sentences\":{\"a#0\":[\"body\",3]}}\n").unwrap();
    refused(&[&articles, other], "`a#0` has no place");
}

fn evaluate_framing(folder: &std::path::Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_parallax"))
        .args(["evaluate", "framing", "--quiet"])
        .args(arguments)
        .env("PARALLAX_CACHE", folder.join("cache"))
        .output()
        .unwrap()
}

/// Two articles of one event, and labels of their first sentences: what is added, and another name for the same people.
fn framing_labels(folder: &std::path::Path) -> [String; 2] {
    let a = "The council will close six schools in the north of the city.";
    let b = "The council will close six schools in the north of the city, although hundreds of angry parents had signed a petition.";
    let article = |id: &str, outlet: &str, body: &str| json!({"article_id": id, "event": "one", "outlet": outlet, "headline": "", "date": "2024-03-01", "body": body});
    let added = b.find("although").unwrap();
    let labels = json!({
        "event": "one", "a": ["a", "body", 0, a.len()], "b": ["b", "body", 0, b.len()],
        "differences": [
            {"dimension": "addition", "a": null, "b": [added, b.len() - 1], "worth": "useful"},
            {"dimension": "placement", "a": null, "b": null, "worth": "useful"},
        ],
    });
    let write = |name: &str, text: String| {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let articles = format!("{}\n{}\n", article("a", "Post", a), article("b", "Star", b));
    [write("articles.jsonl", articles), write("labels.jsonl", format!("{labels}\n"))]
}

#[test]
fn differences_in_framing_are_scored() {
    let folder = tempfile::tempdir().unwrap();
    let [articles, labels] = framing_labels(folder.path());
    let output = evaluate_framing(folder.path(), &[&articles, &labels, "--json", "--worst", "3"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
    let figure = |name: &str| {
        let figures = printed["figures"].as_array().unwrap();
        figures.iter().find(|figure| figure["name"] == name).map(|figure| figure["value"].clone())
    };
    assert_eq!(figure("addition: useful ones that are found"), Some(json!(1.0)), "{printed:#}");
    assert_eq!(figure("placement: useful ones that are found"), Some(json!(0.0)), "{printed:#}");
    assert_eq!(figure("useful differences that are found"), Some(json!(0.5)));
    assert!(printed["notes"].to_string().contains("2 useful and 0 trivial differences are labelled"));
}

#[test]
fn labels_of_framing_that_do_not_fit_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let [articles, labels] = framing_labels(folder.path());
    let refused = |arguments: &[&str], message: &str| {
        let output = evaluate_framing(folder.path(), arguments);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && stderr.contains(message), "{stderr}");
    };
    refused(&[&articles], "needs the labels too: parallax evaluate framing ARTICLES LABELS");
    let text = fs::read_to_string(&labels).unwrap();
    let other = folder.path().join("other.jsonl");
    for (from, to, message) in [
        ("[\"a\",", "[\"z\",", "line 1: no article `z` of the event `one` in the file of articles"),
        ("\"one\"", "\"two\"", "no article `a` of the event `two` in the file of articles"),
        ("\"useful\"", "\"nice\"", "a difference is not of the shape"),
        ("[\"a\",\"body\",0,", "[\"a\",\"body\",\"x\",", "field `a` is no place"),
    ] {
        assert!(text.contains(from), "{text}");
        fs::write(&other, text.replace(from, to)).unwrap();
        refused(&[&articles, other.to_str().unwrap()], message);
    }
}

#[test]
fn a_bad_row_is_rejected_and_the_others_are_scored() {
    let row = |text: &str, label: &str| json!({"text": text, "label": label});
    let pair = |a: &str, b: &str, label: u8| json!({"text_a": a, "text_b": b, "label": label});
    let far = format!("{}The mayor was right.", "It rained in Arden all day. ".repeat(200));
    let target = |text: &str, start: usize| json!({"text": text, "label": "positive", "start": start, "end": start + 5});
    let attributed = |content: Value| json!({"text": "“It fell,” Diaz said.", "attributions": [{"source": [{"start": 11, "end": 15}], "cue": [{"start": 16, "end": 20}], "content": content}]});
    for (task, good, bad) in [
        (
            "sentences",
            vec![serde_json::from_str(SENTENCES).unwrap()],
            vec![json!({"text": "One.", "sentences": ["Two."]})],
        ),
        (
            "certainty",
            vec![row("It may fall.", "1"), row("It fell.", "0")],
            vec![row("It fell.", "perhaps"), row(" ", "1")],
        ),
        (
            "quotations",
            vec![row("“It fell,” Diaz said.", "direct")],
            vec![row("“It fell.”", "irony"), json!({"label": "direct"})],
        ),
        (
            "attribution",
            vec![attributed(json!([{"start": 0, "end": 10}]))],
            vec![attributed(json!([{"start": 0, "end": 999}])), json!({"text": "It fell."})],
        ),
        (
            "claims",
            vec![
                pair("The bridge was closed.", "They closed the bridge.", 1),
                pair("It rained.", "She won.", 0),
            ],
            vec![pair("The bridge was closed.", " ", 1), json!({"text_a": "One.", "text_b": "Two."})],
        ),
        (
            "sentiment",
            vec![target("The mayor was right and brave.", 4)],
            // The last of them is seen to be out of reach only when it is read.
            vec![target("The mayor was right.", 400), target(&far, far.len() - 16)],
        ),
        (
            "events",
            vec![json!({"event_id": "e", "text": "The bridge in Arden was closed.", "title": ""})],
            vec![json!({"text": "No event."}), json!({"event_id": "f", "articles": [{"title": "No text"}]})],
        ),
    ] {
        let alone = evaluate(task, &lines(&good), &["--quiet", "--json"]);
        assert!(alone.starts_with("exit code 0"), "{alone}");
        // Bad rows first, between and last, and a line that is no row.
        let mut mixed = lines(&bad);
        mixed.extend(b"no row\n");
        mixed.extend(lines(&good));
        mixed.extend(lines(&bad));
        let scored = evaluate(task, &mixed, &["--quiet", "--json"]);
        assert!(scored.starts_with("exit code 3"), "{task}: {scored}");
        let json = |printed: &str| -> Value {
            serde_json::from_str(&printed[printed.find('{').unwrap()..printed.rfind("}\n").unwrap() + 1])
                .unwrap()
        };
        let (alone, with_bad) = (json(&alone), json(&scored));
        assert_eq!(with_bad["figures"], alone["figures"], "{task}");
        let rejected: Vec<u64> =
            with_bad["rejected"].as_array().unwrap().iter().map(|of| of["row"].as_u64().unwrap()).collect();
        let (n_bad, n_good) = (bad.len() as u64, good.len() as u64);
        let lines = (1..=n_bad + 1).chain(n_bad + n_good + 2..=2 * n_bad + n_good + 1);
        assert_eq!(rejected, lines.collect::<Vec<u64>>(), "{task}: {scored}");
        assert!(scored.contains("rejected: rows.jsonl: row 1: "), "{scored}");
    }
}

#[test]
fn a_bad_row_of_two_files_is_rejected_and_the_others_are_scored() {
    type Run = fn(&std::path::Path, &[&str]) -> Output;
    let claims_in_events: (fn(&std::path::Path) -> [String; 2], Run) = (claims_in_events, evaluate_claims);
    for (files, run) in [claims_in_events, (framing_labels, evaluate_framing)] {
        let folder = tempfile::tempdir().unwrap();
        let [articles, labels] = files(folder.path());
        let scored = |articles: &str, labels: &str| {
            let output = run(folder.path(), &[articles, labels, "--json"]);
            let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
            (output.status.code(), printed, String::from_utf8_lossy(&output.stderr).into_owned())
        };
        let (code, alone, stderr) = scored(&articles, &labels);
        assert_eq!(code, Some(0), "{stderr}");
        // An event of its own, whose labels and third article cannot be used: what is found in it is not scored.
        let third = |id: &str, outlet: &str| {
            let body = format!("The harbour in Arden was closed after the storm, {outlet} said on Monday.");
            json!({"article_id": id, "event": "three", "outlet": outlet, "headline": "", "body": body})
        };
        let (x, y, bad) = (third("x", "Post"), third("y", "Star"), third("z", ""));
        let mut more = fs::read_to_string(&articles).unwrap();
        let n_articles = more.lines().count() as u64;
        more.push_str(&format!("{x}\n{y}\n{bad}\n"));
        let of_bad = fs::read_to_string(&labels).unwrap();
        let first = of_bad.lines().next().unwrap();
        let of_bad =
            first.replace("\"a#", "\"z#").replace("[\"a\"", "[\"z\"").replace("\"one\"", "\"three\"");
        let mut other = format!("{of_bad}\nno row\n");
        other.push_str(&fs::read_to_string(&labels).unwrap());
        let write = |name: &str, text: String| {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            path.to_str().unwrap().to_owned()
        };
        let (more, other) = (write("more.jsonl", more), write("other.jsonl", other));
        let (code, with_bad, stderr) = scored(&more, &other);
        assert_eq!(code, Some(3), "{stderr}");
        assert_eq!(with_bad["figures"], alone["figures"]);
        let rejected: Vec<(String, u64)> = with_bad["rejected"]
            .as_array()
            .unwrap()
            .iter()
            .map(|of| {
                let file = std::path::Path::new(of["file"].as_str().unwrap()).file_name().unwrap();
                (file.to_str().unwrap().to_owned(), of["row"].as_u64().unwrap())
            })
            .collect();
        let wanted = [("more.jsonl", n_articles + 3), ("other.jsonl", 1), ("other.jsonl", 2)];
        assert_eq!(rejected, wanted.map(|(file, row)| (file.to_owned(), row)));
        assert!(stderr.contains("more.jsonl: row "), "{stderr}");
    }
}

#[test]
fn what_nobody_labelled_has_no_figure() {
    let rows = [json!({"text": "It rained. “It fell,” Diaz said.", "attributions": []})];
    let printed = evaluate("attribution", &lines(&rows), &[]);
    for name in ["sentence F1", "sentence precision", "cue span precision", "cue span-overlap F1"] {
        let line = printed.lines().find(|line| line.starts_with(&format!("{name}  "))).unwrap();
        assert!(line.ends_with("    -   -"), "{line}");
    }
    let json = evaluate("attribution", &lines(&rows), &["--json"]);
    assert!(json.contains("\"value\": null") && !json.contains("\"value\": 0.0"), "{json}");
}
