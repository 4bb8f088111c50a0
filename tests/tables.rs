//! The same table in every format.

use std::fs;
use std::path::Path;
use std::process::Command;

fn run(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_parallax"))
        .args(arguments)
        .current_dir(folder)
        .env("PARALLAX_CACHE", folder.join("cache"))
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn what_reads_a_run_reads_every_format_alike() {
    let folder = tempfile::tempdir().unwrap();
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    let mut samples = vec![];
    for format in ["csv", "jsonl", "parquet"] {
        let compare = ["compare", seeds.to_str().unwrap(), "--out", format, "--format", format, "--quiet"];
        run(folder.path(), &compare);
        let files = fs::read_dir(folder.path().join(format)).unwrap();
        let endings =
            files.map(|file| file.unwrap().path().extension().unwrap().to_str().unwrap().to_owned());
        assert!(
            endings
                .filter(|ending| !["json", "html"].contains(&ending.as_str()))
                .all(|ending| ending == format)
        );
        run(folder.path(), &["validate", "sample", format, "--n", "30"]);
        samples.push(fs::read(folder.path().join(format).join("validation/sample.csv")).unwrap());
    }
    assert!(samples[0] == samples[1] && samples[0] == samples[2]);
    assert!(samples[0].len() > 3_000);
}
