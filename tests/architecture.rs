//! Imports point one way: records <- error <- the stages <- models, config <- pipeline <- evaluate <- bin.

use std::fs;
use std::path::{Path, PathBuf};

/// Stages may import `records`, `error` and themselves.
const STAGES: [&str; 9] =
    ["read", "clean", "split", "encode", "annotate", "group", "cluster", "align", "framing"];

/// What else may be imported by what.
const ALLOWED: [(&str, &[&str]); 14] = [
    ("records", &["records"]),
    ("error", &["records", "error"]),
    // The verifier reads the alignment of a pair before it is known to be a claim.
    ("cluster", &["records", "error", "align", "cluster"]),
    // A measure makes its figure of what the annotators found, with their functions.
    ("framing", &["records", "error", "annotate", "framing"]),
    // Where the platform keeps caches; both models and encodings lie there.
    ("platform", &["platform"]),
    ("store", &["records", "error", "platform", "encode", "store"]),
    ("models", &["records", "error", "platform", "encode", "models"]),
    ("statistics", &["records", "error", "statistics"]),
    (
        "config",
        &["records", "error", "read", "group", "cluster", "framing", "statistics", "report", "config"],
    ),
    // The report reads whole runs: `Run` and `Config` are its records.
    ("report", &["records", "error", "read", "framing", "statistics", "config", "pipeline", "report"]),
    (
        "pipeline",
        &[
            "records",
            "error",
            "read",
            "clean",
            "split",
            "encode",
            "annotate",
            "group",
            "cluster",
            "align",
            "framing",
            "statistics",
            "models",
            "config",
            "pipeline",
        ],
    ),
    // Scores the stages on labelled files, through the functions that the pipeline uses.
    (
        "evaluate",
        &[
            "records",
            "error",
            "read",
            "clean",
            "split",
            "encode",
            "annotate",
            "group",
            "cluster",
            "statistics",
            "config",
            "pipeline",
            "evaluate",
        ],
    ),
    // Reads labelled files as `evaluate` does, and writes a head's folder as `report` does tables.
    ("train", &["records", "error", "encode", "config", "pipeline", "evaluate", "report", "train"]),
    // Reads the tables of a run and people's labels of them; the intervals are those of `evaluate` and `statistics`.
    ("validate", &["records", "error", "statistics", "report", "evaluate", "validate"]),
];

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![];
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The module of `src` that a file belongs to: the first folder, or the file's own name.
fn module(path: &Path, src: &Path) -> String {
    let first = path.strip_prefix(src).unwrap().components().next().unwrap();
    first.as_os_str().to_str().unwrap().trim_end_matches(".rs").to_owned()
}

fn allowed(module: &str) -> Vec<&str> {
    match ALLOWED.iter().find(|(name, _)| *name == module) {
        Some((_, allowed)) => allowed.to_vec(),
        None => vec!["records", "error", module],
    }
}

#[test]
fn imports_point_one_way() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut faults = vec![];
    for path in rust_files(&src) {
        let module = module(&path, &src);
        if ["lib", "bin"].contains(&module.as_str()) {
            continue;
        }
        for (number, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
            let code = line.split("//").next().unwrap();
            for imported in code.split("crate::").skip(1) {
                let name: String =
                    imported.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                let is_module =
                    STAGES.contains(&name.as_str()) || ALLOWED.iter().any(|(known, _)| *known == name);
                if is_module && !allowed(&module).contains(&name.as_str()) {
                    faults.push(format!(
                        "{}:{}: `{module}` imports `{name}`; move the shared type to src/records/",
                        path.display(),
                        number + 1
                    ));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_module_is_known_here() {
    let lib = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    for line in lib.lines().filter_map(|line| line.strip_prefix("pub mod ")) {
        let name = line.trim_end_matches(';');
        let known = STAGES.contains(&name) || ALLOWED.iter().any(|(module, _)| *module == name);
        assert!(
            known,
            "`{name}` is in lib.rs and not in tests/architecture.rs; add it with what it may import"
        );
    }
}

#[test]
fn only_the_binary_knows_clap_and_anyhow() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for path in rust_files(&src).iter().filter(|path| module(path, &src) != "bin") {
        let text = fs::read_to_string(path).unwrap();
        for name in ["clap", "anyhow", "indicatif"] {
            assert!(!text.contains(&format!("use {name}")), "{} uses {name}", path.display());
        }
    }
}
