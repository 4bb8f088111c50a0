//! `report.html`: written beside the tables, made again from them, and safe whatever the articles hold.

use std::fs;
use std::path::Path;

use parallax::job::{self, Job};
use parallax::pipeline::Silent;
use parallax::report::{self, Format};

const HOSTILE: &str = "</script><script>window.hacked=1</script><!--\u{202e}\u{1b}[31m";

/// What becomes markup when it is decoded once too often.
const ESCAPED: &str = "&lt;img src=x onerror=alert(1)&gt;";

/// Two outlets on one event, the one with an outlet, a headline and a text that try to run.
fn run(folder: &Path, formats: &[Format]) -> std::path::PathBuf {
    let (input, out) = (folder.join("in.jsonl"), folder.join("out"));
    let row = |id: &str, outlet: &str, text: &str| {
        serde_json::json!({"id": id, "outlet": outlet, "title": HOSTILE, "text": text, "date": "2024-03-05"})
            .to_string()
    };
    let a = format!(
        "The bridge over the river was closed on Monday {ESCAPED} after engineers found deep cracks in its main pillar."
    );
    let b = "The river bridge was closed on Monday after engineers found deep cracks in the main pillar, which the city had ignored.";
    fs::write(&input, [row("a", &format!("Post {HOSTILE}"), &a), row("b", "Star", b)].join("\n")).unwrap();
    let mut job = Job::default();
    (job.inputs, job.out, job.store) = (vec![input], out.clone(), None);
    report::prepare(&job.out, &job.inputs).unwrap();
    let finished = job::compare(&job, &Silent).unwrap();
    report::write(&finished.run, &finished.provenance, &job.out, formats).unwrap();
    out
}

#[test]
fn the_page_is_the_same_from_every_format_and_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let out = run(folder.path(), &Format::ALL);
    let page = fs::read_to_string(out.join("report.html")).unwrap();
    for kept in Format::ALL {
        let copy = folder.path().join(kept.extension());
        fs::create_dir(&copy).unwrap();
        for entry in fs::read_dir(&out).unwrap() {
            let path = entry.unwrap().path();
            let ending = path.extension().unwrap_or_default().to_string_lossy().into_owned();
            if ending == kept.extension() || ending == "json" {
                fs::copy(&path, copy.join(path.file_name().unwrap())).unwrap();
            }
        }
        let path = report::rebuild_page(&copy).unwrap();
        assert!(fs::read_to_string(path).unwrap() == page, "{}", kept.extension());
    }
}

#[test]
fn no_word_of_an_article_is_markup() {
    let folder = tempfile::tempdir().unwrap();
    let out = run(folder.path(), &[Format::Csv]);
    let page = fs::read_to_string(out.join("report.html")).unwrap();
    assert_eq!(page.matches("<script").count(), 2, "the data and the script");
    assert_eq!(page.matches("</script").count(), 2);
    assert!(!page.contains("<!--") && !page.contains('\u{1b}'));
    let data = page.split("id=\"data\">").nth(1).unwrap().split("</script>").next().unwrap();
    let data: serde_json::Value = serde_json::from_str(data).unwrap();
    assert_eq!(data["outlets"][0], format!("Post {HOSTILE}"));
    assert_eq!(data["claims"][0]["pairs"].as_array().map(Vec::len), Some(1), "{}", data["claims"]);
    let sentences = data["articles"][0]["sentences"].as_array().unwrap();
    let is_shown = |of: &serde_json::Value| {
        of[1].as_str().is_some_and(|text| text.contains("<img src=x onerror=alert(1)>"))
    };
    assert!(sentences.iter().any(is_shown), "{sentences:?}");
}

#[test]
fn a_folder_without_results_is_refused_with_a_mend() {
    let folder = tempfile::tempdir().unwrap();
    let error = report::rebuild_page(folder.path()).unwrap_err().to_string();
    assert!(error.contains("holds no run.json") && error.contains("parallax compare --out"), "{error}");
    fs::write(folder.path().join("run.json"), "{}").unwrap();
    let error = report::rebuild_page(folder.path()).unwrap_err().to_string();
    assert!(error.contains("holds no table `articles`; run `parallax compare` again"), "{error}");
}
