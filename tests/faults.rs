//! What can go wrong around a run: it is killed, the disk is full, two write at once, an input is none, threads and rights are missing. A
//! run ends with its results or with an error that says why; results of an earlier run are whole whatever happens.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use tempfile::TempDir;

const BINARY: &str = env!("CARGO_BIN_EXE_parallax");

/// A folder that everybody may read, with two sets of articles: `yesterday` and `today`.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        fs::set_permissions(place.0.path(), fs::Permissions::from_mode(0o777)).unwrap();
        let told = |day: &str, n: usize| {
            fs::create_dir(place.path(day)).unwrap();
            for outlet in 0..n {
                let text = format!(
                    "The bridge in Arden was closed on Monday after engineers found {n} cracks.\n\n\
                     {} {n} million dollars will be spent on the bridge, the council of Arden said.",
                    ["About", "Some", "Roughly", "Nearly"][outlet]
                );
                fs::write(place.path(&format!("{day}/{outlet}.txt")), text).unwrap();
            }
        };
        told("yesterday", 3);
        told("today", 4);
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// `bash` with a script in which `"$@"` is the binary with these arguments.
    fn bash(&self, script: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new("bash");
        command.args(["-c", script, "bash", BINARY]).args(arguments);
        self.at_home(&mut command);
        command
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(BINARY);
        command.args(arguments);
        self.at_home(&mut command);
        command
    }

    fn at_home(&self, command: &mut Command) {
        command.current_dir(self.0.path()).env("NO_COLOR", "1").env("PARALLAX_CACHE", self.path("cache"));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    }

    /// Runs the command and gives its exit code with what it says.
    fn run(&self, arguments: &[&str]) -> (i32, String) {
        said(&self.command(arguments).output().unwrap())
    }

    fn compare(&self, day: &str, out: &str) {
        let (code, said) = self.run(&["compare", day, "--out", out, "--quiet"]);
        assert_eq!(code, 0, "{said}");
    }

    /// Puts copies of the results of `from` into `out`, in place of all that is there.
    fn restore(&self, from: &str, out: &str) {
        let _ = fs::remove_dir_all(self.path(out));
        fs::create_dir(self.path(out)).unwrap();
        for entry in fs::read_dir(self.path(from)).unwrap() {
            let path = entry.unwrap().path();
            fs::copy(&path, self.path(out).join(path.file_name().unwrap())).unwrap();
        }
    }

    /// The results of yesterday in `whole-yesterday`, and those of today in `whole-today`.
    fn compare_both_days(&self) -> [BTreeMap<String, String>; 2] {
        ["yesterday", "today"].map(|day| {
            let out = format!("whole-{day}");
            self.compare(day, &out);
            self.files(&out)
        })
    }

    /// The files of a folder, hidden ones too; `run.json` without what differs from run to run.
    fn files(&self, out: &str) -> BTreeMap<String, String> {
        let file = |entry: std::io::Result<fs::DirEntry>| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            let mut text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
            if name == "run.json" {
                let mut json: serde_json::Value = serde_json::from_str(&text).unwrap();
                json.as_object_mut().unwrap().remove("timings").unwrap();
                json["config"].as_object_mut().unwrap().remove("out").unwrap();
                text = json.to_string();
            }
            (name, text)
        };
        fs::read_dir(self.path(out)).unwrap().map(file).collect()
    }
}

fn said(output: &Output) -> (i32, String) {
    (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// Keeps a core busy as long as it lives.
struct Load(std::sync::Arc<AtomicBool>);

impl Load {
    fn new() -> Self {
        let is_over = std::sync::Arc::new(AtomicBool::new(false));
        let seen = std::sync::Arc::clone(&is_over);
        std::thread::spawn(move || while !seen.load(Ordering::Relaxed) {});
        Self(is_over)
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn fifty_kills_leave_the_results_of_yesterday_or_of_today() {
    let place = Place::new();
    let [yesterday, today] = place.compare_both_days();
    assert_ne!(yesterday, today);
    let _load = Load::new();
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let mut share = || f64::from(random.next_u32()) / f64::from(u32::MAX);
    let begin = Instant::now();
    place.compare("today", "out");
    let (mut n_killed, mut n_today, mut longest) = (0, 0, begin.elapsed());
    for n_runs in 0.. {
        assert!(n_runs < 200, "only {n_killed} runs were killed in time");
        if n_killed == 50 {
            break;
        }
        place.restore("whole-yesterday", "out");
        let begin = Instant::now();
        let mut child = place.command(&["compare", "today", "--out", "out", "--quiet"]).spawn().unwrap();
        // Every other one near the end, where the files are put in place.
        let at = if n_runs % 2 == 0 { share() } else { 0.8 + 0.25 * share() };
        sleep(longest.mul_f64(at));
        child.kill().unwrap();
        if child.wait().unwrap().success() {
            longest = (longest + begin.elapsed()) / 2;
        } else {
            n_killed += 1;
        }
        let (code, said) = place.run(&["report", "out"]);
        assert_eq!(code, 0, "{said}");
        let left = place.files("out");
        assert!(left == yesterday || left == today, "run {n_runs}: {:?}", left.keys());
        n_today += usize::from(left == today);
    }
    println!("50 runs were killed; {n_today} of the folders hold the results of today");
}

#[test]
fn a_disk_without_room_leaves_the_results_of_yesterday_or_of_today() {
    let place = Place::new();
    let [yesterday, today] = place.compare_both_days();
    let largest = fs::read_dir(place.path("whole-today")).unwrap();
    let largest = largest.map(|entry| entry.unwrap().metadata().unwrap().len()).max().unwrap() / 1024;
    let (mut n_failed, mut n_warned) = (0, 0);
    for level in 0..20 {
        place.restore("whole-yesterday", "out");
        // No file may have more KiB than this: every write beyond fails, in the folder of the results and in the store.
        let most = largest * level / 15;
        let script = format!("trap '' XFSZ; ulimit -f {most}; exec \"$@\"");
        let cache = if level % 4 == 0 { format!("cold-{level}") } else { "cache/encodings".to_owned() };
        let arguments = ["compare", "today", "--out", "out", "--quiet", "--cache", &cache];
        let (code, said) = said(&place.bash(&script, &arguments).output().unwrap());
        let left = place.files("out");
        match code {
            0 => assert_eq!(left, today, "level {level}"),
            _ => {
                assert_eq!(code, 1, "level {level}: {said}");
                assert!(said.contains("File too large"), "level {level}: {said}");
                assert_eq!(left, yesterday, "level {level}");
                n_failed += 1;
            }
        }
        n_warned += usize::from(said.contains("warning: "));
        assert!(!said.contains("panicked"), "{said}");
    }
    println!("{n_failed} of 20 runs had no room for their results; {n_warned} warn of the store");
    assert!((5..20).contains(&n_failed));
    place.compare("today", "out");
    assert_eq!(place.files("out"), today);
}

#[test]
fn two_runs_at_once_leave_the_results_of_one_of_them() {
    let place = Place::new();
    place.compare("yesterday", "whole-yesterday");
    place.compare("today", "whole-today");
    let whole = ["whole-yesterday", "whole-today"].map(|out| place.files(out));
    for round in 0..10 {
        let arguments = |day| ["compare", day, "--out", "out", "--quiet"];
        let start = |day| place.command(&arguments(day)).spawn().unwrap();
        for child in [start("yesterday"), start("today")] {
            let (code, said) = said(&child.wait_with_output().unwrap());
            assert_eq!(code, 0, "round {round}: {said}");
        }
        assert!(whole.contains(&place.files("out")), "round {round}");
    }
}

#[test]
fn ten_thousand_rejected_rows_are_listed_and_few_are_shown() {
    let place = Place::new();
    let mut rows = String::from("article_id,outlet,text\n");
    for row in 0..10_000 {
        writeln!(rows, "r{row},Post,").unwrap();
    }
    rows += "a,Post,The bridge in Arden was closed on Monday.\nb,Star,On Monday the bridge in Arden was closed.\n";
    fs::write(place.path("rows.csv"), rows).unwrap();
    let begin = Instant::now();
    let arguments = ["compare", "rows.csv", "--out", "out", "--quiet"];
    let (code, said) = said(&place.bash("ulimit -v 6000000; exec \"$@\"", &arguments).output().unwrap());
    println!("10,000 rejected rows took {:.1} s", begin.elapsed().as_secs_f64());
    assert_eq!(code, 3, "{said}");
    assert!(begin.elapsed() < Duration::from_secs(30));
    assert_eq!(said.lines().count(), 11, "{said}");
    assert!(said.ends_with("rejected: 9990 more; the table `rejected` has all\n"), "{said}");
    let mut rejected = csv::Reader::from_path(place.path("out/rejected.csv")).unwrap();
    assert_eq!(rejected.records().map(Result::unwrap).count(), 10_000);
}

#[test]
fn a_pipe_or_a_device_is_refused_at_once() {
    let place = Place::new();
    for pipe in
        ["in.csv", "job.toml", "model/model.toml", "model2/tokenizer.json", "head/head.toml", "rows.jsonl"]
    {
        fs::create_dir_all(place.path(pipe).parent().unwrap()).unwrap();
        assert!(Command::new("mkfifo").arg(place.path(pipe)).status().unwrap().success());
    }
    std::os::unix::fs::symlink("/dev/zero", place.path("zeros.txt")).unwrap();
    let bundled = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/parallax-en");
    let manifest = fs::read_to_string(bundled.join("model.toml")).unwrap();
    fs::write(place.path("model2/model.toml"), manifest.split("[sha256]").next().unwrap()).unwrap();
    fs::copy(bundled.join("model.onnx"), place.path("model2/model.onnx")).unwrap();
    for arguments in [
        &["compare", "in.csv"][..],
        &["check", "in.csv"],
        &["compare", "zeros.txt"],
        &["compare", "--job", "job.toml"],
        &["compare", "today", "--model", "model"],
        &["compare", "today", "--model", "model2"],
        &["compare", "today", "--head", "mine=head"],
        &["evaluate", "certainty", "rows.jsonl"],
    ] {
        let mut command = Command::new("timeout");
        place.at_home(command.args(["20", BINARY]).args(arguments));
        let (code, said) = said(&command.output().unwrap());
        assert!([1, 2].contains(&code), "{arguments:?}: {code} {said}");
        assert!(said.contains("a pipe or a device"), "{arguments:?}: {said}");
    }
    // What a shell makes of <(...); its words are better sent to standard input.
    let script = "exec \"$@\" <(cat today/0.txt)";
    let (code, said) = said(&place.bash(script, &["compare", "--quiet"]).output().unwrap());
    assert!(code == 2 && said.contains("give a file, or JSONL on standard input as `-`"), "{said}");
    let script = "echo '{\"text\": \"The bridge was closed.\", \"outlet\": \"Post\"}' | \"$@\"";
    assert!(place.bash(script, &["compare", "-", "--quiet"]).status().unwrap().success());
}

#[test]
fn an_input_that_changes_while_it_is_read_is_an_error_or_makes_no_difference() {
    let place = Place::new();
    let words = "The bridge in Arden was closed on Monday. ".repeat(250);
    let row = |n: usize| format!("a{n},Post,{words}{n}\n");
    let rows: String = (0..3000).map(row).collect();
    let whole = format!("article_id,outlet,text\n{rows}");
    let path = place.path("rows.csv");
    let is_over = AtomicBool::new(false);
    let mut n_refused = 0;
    std::thread::scope(|scope| {
        fs::write(&path, &whole).unwrap();
        scope.spawn(|| {
            for n in 3000.. {
                let mut file = fs::File::options().append(true).open(&path).unwrap();
                file.write_all(row(n).as_bytes()).unwrap();
                if n % 7 == 0 {
                    file.set_len(whole.len() as u64 / 2).unwrap();
                }
                if is_over.load(Ordering::Relaxed) {
                    break;
                }
            }
        });
        for _ in 0..5 {
            let (code, said) = place.run(&["check", "rows.csv"]);
            assert!([0, 1, 3].contains(&code) && !said.contains("panicked"), "{code}: {said}");
            n_refused += usize::from(code == 1);
            assert!(code != 1 || said.contains("it was written to while it was read"), "{said}");
        }
        is_over.store(true, Ordering::Relaxed);
    });
    println!("{n_refused} of 5 readings were refused");
}

/// Runs as a user who may do little, where this process may become one. The binary lies where that user finds it. Tests that count
/// threads have a user each.
fn as_nobody(place: &Place, user: u16, script: &str, arguments: &[&str]) -> Option<(i32, String)> {
    let binary = place.path("parallax");
    if !binary.exists() {
        fs::copy(BINARY, &binary).unwrap();
    }
    let mut command = Command::new("setpriv");
    command.args([
        &format!("--reuid={user}"),
        "--regid=65534",
        "--clear-groups",
        "bash",
        "-c",
        script,
        "bash",
    ]);
    place.at_home(command.arg(&binary).args(arguments));
    let output = command.env("PARALLAX_CACHE", place.path("theirs")).output().ok()?;
    let (code, said) = said(&output);
    let is_done = !said.contains("setpriv: ");
    if !is_done {
        println!("not tested: {said}");
    }
    is_done.then_some((code, said))
}

#[test]
fn a_folder_that_may_not_be_written_to_is_refused_before_any_work() {
    let place = Place::new();
    place.compare("yesterday", "out");
    let before = place.files("out");
    fs::set_permissions(place.path("out"), fs::Permissions::from_mode(0o755)).unwrap();
    for out in ["out", "out/new"] {
        let arguments = ["compare", "today", "--out", out];
        let Some((code, said)) = as_nobody(&place, 65_533, "exec \"$@\"", &arguments) else { return };
        assert_eq!(code, 1, "{said}");
        assert!(said.contains(&format!("{out}: cannot be written: Permission denied")), "{said}");
        // No encodings either: nothing was done.
        assert!(!place.path("theirs").exists());
    }
    assert_eq!(place.files("out"), before);
}

#[test]
fn a_bound_on_threads_costs_time_and_no_results() {
    let place = Place::new();
    place.compare("today", "whole");
    for (bound, threads) in [(2, None), (5, None), (12, Some(1)), (17, Some(2)), (32, Some(3))] {
        let script = format!("ulimit -u {bound}; exec \"$@\"");
        let arguments = ["compare", "today", "--out", &format!("out-{bound}"), "--threads", "4", "--quiet"];
        let Some((code, said)) = as_nobody(&place, 65_532, &script, &arguments) else { return };
        assert!(!said.contains("panicked"), "{bound}: {said}");
        match threads {
            None => {
                assert_eq!(code, 1, "{bound}: {said}");
                assert!(said.contains("threads can be started, and 8 are needed"), "{said}");
            }
            Some(n) => {
                assert_eq!(code, 0, "{bound}: {said}");
                assert!(said.contains(&format!("{n} of 4 work; results are the same")), "{said}");
                assert_eq!(place.files(&format!("out-{bound}")), place.files("whole"));
            }
        }
    }
}

#[test]
fn without_a_home_a_run_works_or_says_what_to_set() {
    let place = Place::new();
    for (arguments, must_work) in [(&["--no-cache"][..], true), (&["--cache", "here"], true), (&[], false)] {
        let mut command = place.command(&["compare", "today", "--out", "out", "--quiet"]);
        command.args(arguments).env_clear().env("PATH", std::env::var_os("PATH").unwrap());
        // A home of the user's entry in the system's list is one too: not to be written to by a test.
        command.env("HOME", if must_work { "" } else { "/nonexistent" });
        let (code, said) = said(&command.output().unwrap());
        assert!(code == 0 || (!must_work && said.contains("PARALLAX_CACHE")), "{arguments:?}: {said}");
        assert!(place.path("out/run.json").exists() || !must_work);
    }
}

#[test]
fn an_output_path_that_cannot_be_used_is_refused_and_nothing_is_made() {
    use std::os::unix::ffi::OsStrExt;

    let place = Place::new();
    let not_utf8 = place.path("new").join(std::ffi::OsStr::from_bytes(b"b\xff"));
    let (code, said) = said(&place.command(&["compare", "today", "--out"]).arg(&not_utf8).output().unwrap());
    assert!(code == 2 && said.contains("the path is not UTF-8"), "{said}");
    assert!(!place.path("new").exists());
    for (out, message) in [
        ("today/0.txt", "is not a folder"),
        ("today/0.txt/out", "cannot be written: Not a directory"),
        ("today", "is also an input"),
    ] {
        let (code, said) = place.run(&["compare", "today", "--out", out]);
        assert!([1, 2].contains(&code) && said.contains(message), "{out}: {said}");
    }
    place.compare("today", "out");
    let before = place.files("out");
    for input in ["out/sentences.csv", "out/sen*.csv", "./today/../out/sentences.csv"] {
        let (code, said) = place.run(&["compare", input, "--out", "out"]);
        assert!(code == 2 && said.contains("holds the input sentences.csv"), "{input}: {said}");
    }
    assert_eq!(place.files("out"), before);
}
