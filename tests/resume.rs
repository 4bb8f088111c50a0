//! Runs that are killed, interrupted, out of disk or in each other's way: earlier results stay whole, and the next run goes on from what
//! was encoded, to the same bytes.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use tempfile::TempDir;

const TOWNS: [&str; 6] = ["Arden", "Belmont", "Corby", "Dunmore", "Elston", "Farley"];
const THINGS: [&str; 5] = ["bridge", "school", "harbour", "library", "tunnel"];

/// A folder with `n` articles of three outlets, six articles an event. Outlets word the same event differently.
struct Corpus(TempDir);

impl Corpus {
    fn new(n: usize) -> Self {
        let corpus = Self(tempfile::tempdir().unwrap());
        let mut rows = String::from("article_id,outlet,date_published,text\n");
        for article in 0..n {
            let (event, outlet) = (article / 6, ["Post", "Star", "Echo"][article % 3]);
            let (town, thing) = (TOWNS[event % 6], THINGS[event % 5]);
            let number = 100 + 17 * event;
            let text = format!(
                "The {thing} in {town} was closed on Monday after engineers found {number} cracks. \
                 {} {} million dollars will be spent on the {thing} of {town} by the council, it said in note {article}. \
                 Residents of {town} who use the {thing} every day {} about the works of {number} days, reporter {article} wrote. \
                 Mayor Ann Cole of {town} said that “nobody will be left alone with {number} problems” in talk {article}.",
                ["About", "Some", "Roughly"][article % 3],
                number / 7,
                ["complained", "protested", "worried"][article % 3],
            );
            let day = 1 + event % 28;
            writeln!(rows, "a{article:03},{outlet},2024-03-{day:02},\"{text}\"").unwrap();
        }
        fs::write(corpus.path("articles-of-the-day.csv"), rows).unwrap();
        corpus
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn command(&self, out: &str, cache: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_parallax"));
        command.args(["compare", "articles-of-the-day.csv", "--out", out, "--cache", cache]);
        command.current_dir(self.0.path()).env("NO_COLOR", "1").stdout(Stdio::null()).stderr(Stdio::piped());
        command
    }

    fn start(&self, out: &str, cache: &str) -> Child {
        self.command(out, cache).spawn().unwrap()
    }

    fn run(&self, out: &str, cache: &str) -> Output {
        let output = self.command(out, cache).output().unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
        output
    }

    /// The results, but for what differs from run to run.
    fn results(&self, out: &str) -> BTreeMap<String, String> {
        results(&self.path(out))
    }
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The files of a folder, hidden ones left out; `run.json` without its timings and the folder's name.
fn results(folder: &Path) -> BTreeMap<String, String> {
    let Ok(entries) = fs::read_dir(folder) else { return BTreeMap::new() };
    let mut files = BTreeMap::new();
    for path in entries.map(|entry| entry.unwrap().path()) {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if name.starts_with('.') {
            continue;
        }
        let mut text = fs::read_to_string(&path).unwrap();
        if name == "run.json" {
            let mut json: serde_json::Value = serde_json::from_str(&text).unwrap();
            json.as_object_mut().unwrap().remove("timings").unwrap();
            json["config"].as_object_mut().unwrap().remove("out").unwrap();
            text = json.to_string();
        }
        files.insert(name, text);
    }
    files
}

/// How long a run takes with nothing in its cache.
fn cold_time(corpus: &Corpus) -> Duration {
    let begin = Instant::now();
    corpus.run("whole", "cache-whole");
    begin.elapsed()
}

#[test]
fn killed_runs_leave_results_whole_and_are_resumed_to_the_same_bytes() {
    let corpus = Corpus::new(12);
    // How long a run takes at most with an empty cache and with a full one, as far as is known.
    let mut longest = [cold_time(&corpus); 2];
    let whole = corpus.results("whole");
    let mut random = ChaCha8Rng::seed_from_u64(11);
    let (mut n_runs, mut n_killed, mut n_before) = (0, 0, 0);
    while n_killed < 30 {
        assert!(n_runs < 120, "only {n_killed} of {n_runs} runs were killed in time");
        // Most kills hit the encoding; with a full cache they hit what comes after it.
        let cache = format!("cache-{}", n_runs / 3);
        let longest = &mut longest[usize::from(n_runs % 3 > 0)];
        let begin = Instant::now();
        let mut child = corpus.start("out", &cache);
        let kill_at = begin + longest.mul_f64(f64::from(random.next_u32()) / f64::from(u32::MAX));
        while Instant::now() < kill_at && child.try_wait().unwrap().is_none() {
            sleep(Duration::from_millis(1));
        }
        child.kill().unwrap();
        let is_killed = !child.wait().unwrap().success();
        let left = corpus.results("out");
        assert!(
            left.is_empty() || left == whole || corpus.path("out/.parallax-commit").exists(),
            "run {n_runs}"
        );
        if is_killed {
            n_killed += 1;
            n_before += usize::from(left.is_empty());
        } else {
            *longest = (*longest).min(begin.elapsed());
        }
        corpus.run("out", &cache);
        assert_eq!(corpus.results("out"), whole, "run {n_runs}");
        assert_eq!(hidden(&corpus.path("out")), Vec::<String>::new(), "run {n_runs}");
        if n_runs % 2 == 0 {
            fs::remove_dir_all(corpus.path("out")).unwrap();
        }
        n_runs += 1;
    }
    println!("{n_killed} of {n_runs} runs were killed, {n_before} of them before there were any results");
}

fn hidden(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with('.')).collect()
}

#[test]
fn an_interrupted_run_ends_at_once_and_says_what_is_kept() {
    let corpus = Corpus::new(36);
    let longest = cold_time(&corpus);
    for (signal, code, has_results) in [("INT", 130, false), ("TERM", 143, true)] {
        let cache = format!("cache-{signal}");
        if has_results {
            corpus.run("out", "cache-whole");
        }
        let before = corpus.results("out");
        let child = corpus.start("out", &cache);
        sleep(longest / 2);
        let sent = Instant::now();
        let killed = Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status();
        assert!(killed.unwrap().success());
        let output = child.wait_with_output().unwrap();
        let took = sent.elapsed();
        println!("SIG{signal}: ended after {} ms", took.as_millis());
        assert!(took < Duration::from_secs(1), "{took:?}");
        assert_eq!(output.status.code(), Some(code), "{}", stderr(&output));
        let message = stderr(&output);
        let expected = if has_results {
            "the results in out are those of the earlier run"
        } else {
            "nothing was written to out"
        };
        assert!(message.contains(expected), "{message}");
        assert!(message.contains("the same command goes on from there"), "{message}");
        assert_eq!(corpus.results("out"), before);
        corpus.run("out", &cache);
        assert_eq!(corpus.results("out"), corpus.results("whole"));
    }
}

#[test]
fn two_runs_at_once_share_a_cache_and_an_output_folder() {
    let corpus = Corpus::new(24);
    corpus.run("whole", "cache-whole");
    let children = [corpus.start("one", "cache"), corpus.start("two", "cache"), corpus.start("two", "cache")];
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
    }
    assert_eq!(corpus.results("one"), corpus.results("whole"));
    assert_eq!(corpus.results("two"), corpus.results("whole"));
    assert_eq!(hidden(&corpus.path("two")), Vec::<String>::new());
}

#[test]
fn a_short_run_keeps_its_encodings_and_leaves_no_temporary_files() {
    let corpus = Corpus::new(6);
    corpus.run("out", "cache");
    assert!(corpus.path("cache/meta.json").exists(), "{:?}", fs::read_dir(corpus.path("cache")).unwrap());
    let temporary = corpus.path("temporary");
    fs::create_dir(&temporary).unwrap();
    let mut without_cache = Command::new(env!("CARGO_BIN_EXE_parallax"));
    without_cache.args(["compare", "articles-of-the-day.csv", "--out", "other", "--no-cache", "--quiet"]);
    without_cache.current_dir(corpus.0.path()).env("TMPDIR", &temporary);
    assert!(without_cache.status().unwrap().success());
    assert_eq!(fs::read_dir(&temporary).unwrap().count(), 0);
    assert_eq!(corpus.results("other"), corpus.results("out"));
}

#[test]
fn a_damaged_cache_gives_the_same_bytes() {
    let corpus = Corpus::new(12);
    corpus.run("whole", "cache");
    let segments: Vec<PathBuf> = fs::read_dir(corpus.path("cache"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| fs::metadata(path).unwrap().len() > 10_000)
        .collect();
    assert!(!segments.is_empty());
    let mut random = ChaCha8Rng::seed_from_u64(5);
    for path in &segments {
        let mut bytes = fs::read(path).unwrap();
        for _ in 0..5 {
            let at = random.next_u64() as usize % bytes.len();
            bytes[at] ^= 1 << (random.next_u32() % 8);
        }
        fs::write(path, bytes).unwrap();
    }
    corpus.run("again", "cache");
    assert_eq!(corpus.results("again"), corpus.results("whole"));
}

/// A file system of its own of so many KiB; `None` where this process may not mount one.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn new(path: PathBuf, kibibytes: usize) -> Option<Self> {
        fs::create_dir_all(&path).unwrap();
        let size = format!("size={kibibytes}k");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(&path).output();
        let is_mounted = mounted.is_ok_and(|output| output.status.success());
        if !is_mounted {
            println!("not tested: no file system can be mounted here");
        }
        is_mounted.then_some(Self(path))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_leaves_the_earlier_results_and_says_so() {
    let corpus = Corpus::new(24);
    corpus.run("whole", "cache");
    let size: u64 = fs::read_dir(corpus.path("whole"))
        .unwrap()
        .map(|entry| entry.unwrap().metadata().unwrap().len().next_multiple_of(4096) / 1024)
        .sum();
    // Room for one run's results and half of another's.
    let Some(disk) = SmallDisk::new(corpus.path("disk"), size as usize * 3 / 2) else { return };
    corpus.run("disk/out", "cache");
    let before = results(&disk.0.join("out"));
    assert_eq!(before, corpus.results("whole"));
    let output = corpus.command("disk/out", "cache").output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let message = stderr(&output);
    assert!(
        message.contains("disk/out: the results were not written; those of the earlier run are as they were"),
        "{message}"
    );
    assert_eq!(results(&disk.0.join("out")), before);
    assert_eq!(hidden(&disk.0.join("out")), Vec::<String>::new());
}

#[test]
fn a_full_cache_disk_costs_only_time() {
    let corpus = Corpus::new(24);
    corpus.run("whole", "cache");
    let Some(_disk) = SmallDisk::new(corpus.path("disk"), 600) else { return };
    let output = corpus.run("out", "disk/cache");
    assert!(stderr(&output).contains("warning: "), "{}", stderr(&output));
    assert_eq!(corpus.results("out"), corpus.results("whole"));
}

#[test]
fn a_run_without_a_terminal_says_now_and_then_how_far_it_is() {
    let corpus = Corpus::new(24);
    let output = corpus.command("out", "cache").env("PARALLAX_PROGRESS_SECONDS", "0.05").output().unwrap();
    let lines = stderr(&output);
    assert!(lines.lines().any(|line| line.starts_with("encoding: ") && line.contains(" of ")), "{lines}");
    let quiet =
        corpus.command("out", "cold").arg("--quiet").env("PARALLAX_PROGRESS_SECONDS", "0.05").output();
    assert_eq!(stderr(&quiet.unwrap()), "");
}

#[test]
fn a_log_tells_what_happened() {
    let corpus = Corpus::new(6);
    let json =
        corpus.command("out", "cache").args(["--log", "run.log", "--log-format", "json"]).output().unwrap();
    assert!(json.status.success(), "{}", stderr(&json));
    let log = fs::read_to_string(corpus.path("run.log")).unwrap();
    let events: Vec<serde_json::Value> =
        log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let stages: Vec<&str> = events.iter().filter_map(|event| event["fields"]["stage"].as_str()).collect();
    for stage in ["reading", "splitting", "encoding", "matching"] {
        assert!(stages.contains(&stage), "{log}");
    }
    assert!(log.contains("results written"), "{log}");
    corpus.command("out", "cache").args(["--log", "run.log"]).output().unwrap();
    let longer = fs::read_to_string(corpus.path("run.log")).unwrap();
    assert!(longer.starts_with(&log) && longer.lines().count() > log.lines().count(), "it is appended to");
    let refused = corpus.command("out", "cache").args(["--log", "no/such/folder/run.log"]).output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("the log cannot be written"), "{}", stderr(&refused));
}

/// The ids of a table's rows, with what they stand for.
fn ids(folder: &Path, table: &str, id: &str, what: &str) -> BTreeMap<String, String> {
    let mut rows = csv::Reader::from_path(folder.join(format!("{table}.csv"))).unwrap();
    let header = rows.headers().unwrap().clone();
    let at = |column: &str| header.iter().position(|name| name == column).unwrap();
    let (id, what) = (at(id), at(what));
    rows.records().map(|row| row.unwrap()).map(|row| (row[id].to_owned(), row[what].to_owned())).collect()
}

#[test]
fn ids_stay_when_other_articles_come_and_change_when_the_words_do() {
    let corpus = Corpus::new(24);
    corpus.run("before", "cache");
    // Six articles of another event, before all others by id and by row.
    let rows = fs::read_to_string(corpus.path("articles-of-the-day.csv")).unwrap();
    let (header, rest) = rows.split_once('\n').unwrap();
    let new = (0..6).map(|n| {
        format!("0-{n},{},2024-06-0{n},The ferry to Vella sank off the cape on Friday and all {n} sailors were saved.\n", ["Post", "Star"][n % 2], n = n + 1)
    });
    let more = format!("{header}\n{}{rest}", new.collect::<String>());
    fs::write(corpus.path("articles-of-the-day.csv"), &more).unwrap();
    corpus.run("after", "cache");
    let claims = |out: &str| ids(&corpus.path(out), "claims", "claim_id", "text");
    let events = |out: &str| ids(&corpus.path(out), "articles", "article_id", "event_id");
    let (before, after) = (claims("before"), claims("after"));
    assert!(before.len() >= 4 && after.len() > before.len(), "{} {}", before.len(), after.len());
    for (id, text) in &before {
        assert_eq!(after.get(id), Some(text), "{id}");
    }
    let after_events = events("after");
    for (article, event) in events("before") {
        assert_eq!(after_events[&article], event, "{article}");
    }
    // A word of the sentence that stands for a claim is another.
    let (id, text) = before.iter().next().unwrap();
    fs::write(
        corpus.path("articles-of-the-day.csv"),
        more.replace(text.as_str(), &text.replacen(' ', " also ", 1)),
    )
    .unwrap();
    corpus.run("changed", "cache");
    assert!(!claims("changed").contains_key(id), "{id} stands for other words");
}
