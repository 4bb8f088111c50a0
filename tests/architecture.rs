//! Imports point one way: records <- error <- the stages <- options, models, store <- pipeline <- report <- job <- stage, evaluate <- train,
//! validate <- bin. A phase takes records and hands on its own; it changes none that it was handed.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Stages may import `records`, `error` and themselves.
const STAGES: [&str; 9] =
    ["read", "clean", "split", "encode", "annotate", "group", "cluster", "align", "framing"];

/// What else may be imported by what, in the order in which the modules stand on one another.
const ALLOWED: [(&str, &[&str]); 15] = [
    ("records", &["records"]),
    ("error", &["records", "error"]),
    // The verifier reads the alignment of a pair before it is known to be a claim.
    ("cluster", &["records", "error", "align", "cluster"]),
    // A measure makes its figure of what the annotators found, with their functions.
    ("framing", &["records", "error", "annotate", "framing"]),
    ("statistics", &["records", "error", "statistics"]),
    ("models", &["records", "error", "encode", "platform", "models"]),
    // What is stored are encodings: the store is an encoder around another one.
    ("store", &["records", "error", "encode", "platform", "store"]),
    ("options", &["encode", "group", "cluster", "framing", "statistics", "options"]),
    (
        "pipeline",
        &[
            "records",
            "error",
            "clean",
            "split",
            "encode",
            "annotate",
            "group",
            "cluster",
            "align",
            "framing",
            "statistics",
            "options",
            "pipeline",
        ],
    ),
    // The report reads whole runs: `Run` is its record.
    ("report", &["records", "error", "framing", "statistics", "pipeline", "report"]),
    (
        "job",
        &[
            "records",
            "error",
            "read",
            "encode",
            "store",
            "group",
            "cluster",
            "framing",
            "statistics",
            "models",
            "options",
            "pipeline",
            "report",
            "job",
        ],
    ),
    // The phases over rows of Arrow: jobs on parts of a corpus.
    (
        "stage",
        &[
            "records",
            "error",
            "read",
            "store",
            "group",
            "cluster",
            "statistics",
            "models",
            "options",
            "pipeline",
            "report",
            "job",
            "stage",
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
            "framing",
            "statistics",
            "store",
            "pipeline",
            "report",
            "job",
            "evaluate",
        ],
    ),
    // Reads labelled files as `evaluate` does, and writes a head's folder as `report` does tables.
    ("train", &["records", "error", "encode", "options", "pipeline", "report", "job", "evaluate", "train"]),
    // Reads the tables of a run and people's labels of them; the questions are those of the measures, the intervals those of
    // `evaluate` and `statistics`.
    ("validate", &["records", "error", "framing", "statistics", "report", "evaluate", "validate"]),
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

/// The modules in the order in which they may stand on one another: no two import each other, however many lie between them.
#[test]
fn no_modules_import_one_another_in_a_ring() {
    let mut reached: Vec<(&str, Vec<&str>)> =
        ALLOWED.iter().map(|(module, allowed)| (*module, allowed.to_vec())).collect();
    for _ in 0..reached.len() {
        let before = reached.clone();
        for (_, of_module) in &mut reached {
            let further = before.iter().filter(|(name, _)| of_module.contains(name));
            let further: Vec<&str> = further.flat_map(|(_, of)| of.iter().copied()).collect();
            of_module.extend(further);
            of_module.sort_unstable();
            of_module.dedup();
        }
    }
    let reaches = |from: &str, to: &str| {
        from != to && reached.iter().any(|(module, of_module)| *module == from && of_module.contains(&to))
    };
    for (a, _) in &reached {
        for (b, _) in &reached {
            assert!(!(reaches(a, b) && reaches(b, a)), "`{a}` and `{b}` import each other");
        }
    }
}

/// The names of the types of `src/records`.
fn record_types(src: &Path) -> BTreeSet<String> {
    let mut types = BTreeSet::new();
    for path in rust_files(&src.join("records")) {
        for line in fs::read_to_string(path).unwrap().lines() {
            let name = line.strip_prefix("pub struct ").or(line.strip_prefix("pub enum "));
            types.extend(
                name.map(|rest| rest.chars().take_while(|c| c.is_alphanumeric()).collect::<String>()),
            );
        }
    }
    assert!(types.len() > 30, "{types:?}");
    types
}

/// A record is whole when its stage hands it on: only the module that makes it may change it while it does.
const MAKERS: [(&str, &[&str]); 4] = [
    ("annotate", &["Annotations", "Attribution", "Quotation"]),
    ("clean", &["Block"]),
    ("cluster", &["Claim"]),
    // `Reading` is what `read` calls what its inputs hold.
    ("read", &["Article", "Reading", "Rejection"]),
];

#[test]
fn no_phase_changes_a_record_that_it_was_handed() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut types = record_types(&src);
    // A span is a pair of numbers.
    types.remove("Span");
    let mut faults = vec![];
    for path in rust_files(&src).iter().filter(|path| module(path, &src) != "records") {
        let module = module(path, &src);
        let text = fs::read_to_string(path).unwrap();
        let code: String = text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect();
        for borrowed in code.split("&mut ").skip(1) {
            let of: String = borrowed
                .trim_start_matches("Vec<")
                .trim_start_matches("Option<")
                .trim_start_matches('[')
                .chars()
                .take_while(|c| c.is_alphanumeric())
                .collect();
            let is_maker = MAKERS.iter().any(|(maker, made)| *maker == module && made.contains(&of.as_str()));
            if types.contains(&of) && !is_maker {
                faults.push(format!(
                    "{}: takes `&mut {of}`; hand on a record of its own instead",
                    path.display()
                ));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// In the story of the pipeline nothing is changed once it is there: no phase has a mutable record in its hands.
#[test]
fn the_pipeline_fills_in_nothing() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/pipeline");
    for path in rust_files(&src) {
        let text = fs::read_to_string(&path).unwrap();
        for way in [".iter_mut()", "iter_mut(", ".push_warning("] {
            assert!(!text.contains(way), "{} uses {way}: make the record whole in one step", path.display());
        }
    }
}
