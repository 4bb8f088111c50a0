//! The store before the model: whatever is stored, the encodings are the same. And what happens to a folder that several
//! runs use, that is full, or that a killed run left.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use ndarray::{Array1, Array2, Array3, ArrayView2};
use parallax::encode::{
    Encoder, Engine, Fingerprint, Forward, Head, ModelEncoder, ModelFiles, SentimentModel, encode,
};
use parallax::records::{Encoding, Sentiment, Span};
use parallax::store::{CachedEncoder, Stats, Store, StoreOptions, contents};
use tempfile::TempDir;

static ENCODER: LazyLock<ModelEncoder> =
    LazyLock::new(|| ModelEncoder::new(&ModelFiles::bundled().unwrap(), 2).unwrap());

static TEXTS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/sentences.txt");
    let mut texts: Vec<String> = fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect();
    texts.extend([String::new(), "word ".repeat(2_000), "“Ça va ?” 日本語 \u{1F600}".to_owned()]);
    texts
});

static EXPECTED: LazyLock<Vec<Encoding>> = LazyLock::new(|| ENCODER.encode(&texts(), &|_| ()).unwrap());

fn texts() -> Vec<&'static str> {
    TEXTS.iter().map(String::as_str).collect()
}

fn open(folder: &Path) -> Store {
    Store::open(&StoreOptions::in_folder(folder.to_owned())).unwrap()
}

fn bytes_of(value: &impl serde::Serialize) -> Vec<u8> {
    postcard::to_allocvec(value).unwrap()
}

/// Encodes with the store and compares with the encoder alone, byte for byte.
fn check(store: &Store, positions: impl Iterator<Item = usize>) {
    let positions: Vec<usize> = positions.collect();
    let asked: Vec<&str> = positions.iter().map(|&position| texts()[position]).collect();
    let told = AtomicUsize::new(0);
    let cached = CachedEncoder::new(&*ENCODER, store);
    let found = encode(&cached, &asked, &|n| _ = told.fetch_add(n, Ordering::Relaxed)).unwrap();
    assert_eq!(told.into_inner(), asked.len());
    for (position, encoding) in positions.into_iter().zip(&found) {
        assert!(bytes_of(encoding) == bytes_of(&EXPECTED[position]), "{}", texts()[position]);
    }
}

fn check_in(folder: &Path, positions: impl Iterator<Item = usize>) -> Stats {
    let store = open(folder);
    check(&store, positions);
    store.close()
}

fn segments(folder: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|end| end == "encodings")).collect();
    paths.sort();
    paths
}

#[test]
fn a_cold_a_warm_and_a_half_filled_store_give_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let n = TEXTS.len();
    let half = check_in(folder.path(), (0..n).step_by(2));
    assert_eq!((half.hits, half.misses, half.written), (0, n.div_ceil(2) as u64, n.div_ceil(2) as u64));
    let rest = check_in(folder.path(), (0..n).rev());
    assert_eq!(
        (rest.hits, rest.misses, rest.written),
        (n.div_ceil(2) as u64, (n / 2) as u64, (n / 2) as u64)
    );
    let warm = check_in(folder.path(), (0..n).chain(0..n));
    assert_eq!((warm.hits, warm.misses, warm.written, warm.problem), (n as u64, 0, 0, None));
}

#[test]
fn a_damaged_store_gives_the_same_and_is_mended() {
    let folder = tempfile::tempdir().unwrap();
    let n = TEXTS.len();
    check_in(folder.path(), 0..n);
    let segment = segments(folder.path()).remove(0);
    let mut bytes = fs::read(&segment).unwrap();
    let last = bytes.len();
    // In every hundredth kilobyte, and in the index.
    (0..last).step_by(100_000).chain([last - 100]).for_each(|at| bytes[at] ^= 0x10);
    fs::write(&segment, bytes).unwrap();

    let damaged = check_in(folder.path(), 0..n);
    assert!(damaged.damaged >= 1 && damaged.written >= 10, "{damaged:?}");
    assert_eq!(damaged.hits + damaged.written, n as u64);
    let mended = check_in(folder.path(), 0..n);
    assert_eq!((mended.hits, mended.damaged, mended.written), (n as u64, 0, 0));
}

#[test]
fn a_run_that_was_killed_loses_little_and_the_next_one_mends_it() {
    let folder = tempfile::tempdir().unwrap();
    let n = TEXTS.len();
    check_in(folder.path(), 0..100);
    check_in(folder.path(), 100..n);
    // The end of what was written last never came to the disk, and a file was still in the making.
    let last = segments(folder.path()).pop().unwrap();
    let bytes = fs::read(&last).unwrap();
    fs::write(&last, &bytes[..bytes.len() / 2]).unwrap();
    fs::write(folder.path().join(".parallax-half"), &bytes[..1_000]).unwrap();
    fs::remove_file(folder.path().join("meta.json")).unwrap();

    let next = check_in(folder.path(), 0..n);
    assert!(next.hits > 100 && next.written > 10, "{next:?}");
    assert_eq!(check_in(folder.path(), 0..n).hits, n as u64);
}

#[test]
fn the_sentiment_toward_a_target_is_stored_too() {
    let store = Store::temporary().unwrap();
    let mentions: Vec<(&str, Span)> =
        texts().iter().take(20).map(|text| (*text, Span::new(0, text.find(' ').unwrap()))).collect();
    // A target behind what the model reads has no sentiment, which is stored as well.
    let behind = (texts()[TEXTS.len() - 2], Span::new(9_000, 9_004));
    let mentions: Vec<(&str, Span)> = mentions.into_iter().chain([behind]).collect();
    let expected = ENCODER.target_sentiment(&mentions, &|_| ()).unwrap();
    assert!(expected[0].is_some() && expected[20].is_none());
    let cached = CachedEncoder::new(&*ENCODER, &store);
    for hits in [0, 21] {
        let told = AtomicUsize::new(0);
        let found =
            cached.target_sentiment(&mentions, &|n| _ = told.fetch_add(n, Ordering::Relaxed)).unwrap();
        assert_eq!(bytes_of(&found), bytes_of(&expected));
        assert_eq!((told.into_inner(), store.stats().hits), (21, hits));
    }
    assert_eq!(cached.languages(), ENCODER.languages());
    assert_eq!(cached.fingerprint(), ENCODER.fingerprint());
}

#[test]
fn threads_share_a_store() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let n = TEXTS.len();
    std::thread::scope(|scope| {
        for start in [0, n / 2] {
            let store = &store;
            scope.spawn(move || check(store, (start..n).chain(0..start)));
        }
    });
    check(&store, 0..n);
    drop(store);
    assert_eq!(check_in(folder.path(), 0..n).hits, n as u64);
}

/// The other process of the test below; alone it does nothing.
#[test]
fn another_process() {
    let Some(folder) = std::env::var_os("PARALLAX_TEST_STORE") else { return };
    let store = open(Path::new(&folder));
    for start in (0..TEXTS.len()).step_by(20) {
        check(&store, start..(start + 20).min(TEXTS.len()));
        store.flush();
    }
    assert_eq!(store.close().problem, None);
}

#[test]
fn two_processes_share_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let start = || {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "another_process"])
            .env("PARALLAX_TEST_STORE", folder.path())
            .spawn()
            .unwrap()
    };
    let others = [start(), start()];
    for mut other in others {
        assert!(other.wait().unwrap().success());
    }
    let stats = check_in(folder.path(), 0..TEXTS.len());
    assert_eq!((stats.hits, stats.damaged), (TEXTS.len() as u64, 0));
    assert!(contents(folder.path()).unwrap().entries >= TEXTS.len() as u64);
}

/// A folder where nothing can be written after the first megabyte; it cannot be had on every machine.
#[cfg(target_os = "linux")]
struct Small(TempDir);

#[cfg(target_os = "linux")]
impl Small {
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mount =
            Command::new("mount").args(["-t", "tmpfs", "-o", "size=1m", "none"]).arg(folder.path()).output();
        mount.is_ok_and(|output| output.status.success()).then_some(Self(folder))
    }

    fn read_only(&self) {
        let mount = Command::new("mount").args(["-o", "remount,ro"]).arg(self.0.path()).status();
        assert!(mount.unwrap().success());
    }
}

#[cfg(target_os = "linux")]
impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_and_a_read_only_folder_stop_the_writing_and_not_the_run() {
    let Some(small) = Small::mount() else {
        println!("no tmpfs can be mounted here: the full disk is not tested");
        return;
    };
    let n = TEXTS.len();
    let folder = small.0.path();
    assert_eq!(check_in(folder, 0..10).problem, None);
    let full = check_in(folder, 0..n);
    assert!(full.problem.as_ref().unwrap().contains("not stored any more"), "{full:?}");
    assert_eq!((full.hits, full.written), (10, 0));
    assert_eq!(segments(folder).len(), 1);
    let unfinished = fs::read_dir(folder)
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_str().unwrap().starts_with(".parallax-"));
    assert_eq!(unfinished.count(), 0);

    small.read_only();
    let warm = check_in(folder, 0..10);
    assert_eq!((warm.hits, warm.problem), (10, None), "nothing was to be written");
    let store = open(folder);
    check(&store, 0..12);
    store.flush();
    check(&store, 0..14);
    let stats = store.close();
    assert_eq!((stats.hits, stats.written), (20, 0));
    assert!(stats.problem.unwrap().contains("not stored any more"));
}

#[test]
fn a_folder_that_cannot_be_made_stops_nothing() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "x").unwrap();
    let stats = check_in(&folder.path().join("file/below"), 0..5);
    assert_eq!((stats.misses, stats.written), (5, 0));
    assert!(stats.problem.is_some());
}

/// Gives the same states for every text, `first` at their beginning.
struct Constant {
    name: &'static str,
    first: f32,
}

impl Engine for Constant {
    fn name(&self) -> &'static str {
        self.name
    }

    fn forward(&self, ids: ArrayView2<'_, u32>, layers: &[usize]) -> Result<Forward, String> {
        if ids.iter().any(|&id| id > 30_521) {
            return Err("no such token".to_owned());
        }
        let (texts, tokens) = ids.dim();
        let value = |at: usize| if at == 0 { self.first } else { at as f32 / 1e3 };
        let states = Array3::from_shape_fn((texts, tokens, 384), |(_, _, at)| value(at));
        let embeddings = Array2::from_shape_fn((texts, 384), |(_, at)| value(at));
        Ok(Forward { embeddings, states: vec![states; layers.len()] })
    }
}

struct Classifier(BTreeMap<String, String>);

impl Classifier {
    fn boxed(sha256: &str) -> Box<dyn SentimentModel> {
        Box::new(Self(BTreeMap::from([("model.safetensors".to_owned(), sha256.to_owned())])))
    }
}

impl SentimentModel for Classifier {
    fn sha256(&self) -> &BTreeMap<String, String> {
        &self.0
    }

    fn sentiment(&self, texts: &[&str]) -> parallax::Result<Vec<Sentiment>> {
        Ok(vec![Sentiment { negative: 0.0, neutral: 1.0, positive: 0.0 }; texts.len()])
    }
}

fn head(slope: f32) -> Head {
    let weight = Array2::from_elem((2, 384), slope);
    Head::linear(vec!["no".to_owned(), "yes".to_owned()], vec![6], weight, Array1::zeros(2)).unwrap()
}

#[test]
fn what_changes_an_encoding_changes_the_fingerprint() {
    let files = || ModelFiles::bundled().unwrap();
    let of_engine = |files: &ModelFiles, name: &'static str, first: f32| {
        ModelEncoder::with_engine(files, Box::new(Constant { name, first }), 1).unwrap()
    };
    let plain = || of_engine(&files(), "one", 1.0);
    let changed = |change: &dyn Fn(&mut ModelFiles)| {
        let mut files = files();
        change(&mut files);
        of_engine(&files, "one", 1.0)
    };
    let rehash = |files: &mut ModelFiles, path: &str| {
        assert!(files.manifest.sha256.insert(path.to_owned(), "0".repeat(64)).is_some(), "{path}");
    };
    let mut encoders = vec![
        plain(),
        of_engine(&files(), "two", 1.0),
        of_engine(&files(), "one", 2.0),
        changed(&|files| files.manifest.max_tokens = 64),
        changed(&|files| files.manifest.prefix = "query: ".to_owned()),
        changed(&|files| files.manifest.normalise = false),
        changed(&|files| files.manifest.pooling = parallax::encode::Pooling::Cls),
        changed(&|files| files.manifest.alignment_layer = 4),
        changed(&|files| files.manifest.layers = 7),
        plain().without_loaded_language(),
        plain().with_heads(vec![head(0.1)]),
        plain().with_heads(vec![head(0.2)]),
        plain().with_heads(vec![head(0.1), head(0.2)]),
        plain().with_heads(vec![head(0.2), head(0.1)]),
        plain().with_heads(vec![head(0.1)]).without_loaded_language(),
        plain().with_sentiment(Classifier::boxed("a")),
        plain().with_sentiment(Classifier::boxed("b")),
        plain().with_sentiment(Classifier::boxed("b")).with_heads(vec![head(0.1)]),
    ];
    // What pairs of encodings are compared by makes none.
    let compares =
        |path: &String| path.ends_with(".json") && path != "tokenizer.json" || path.ends_with(".toml");
    let (comparing, paths): (Vec<String>, Vec<String>) =
        files().manifest.sha256.into_keys().partition(compares);
    assert!(paths.len() >= 6 && comparing.len() == 3);
    encoders.extend(paths.iter().map(|path| changed(&|files| rehash(files, path))));
    let fingerprints: Vec<Fingerprint> = encoders.iter().map(Encoder::fingerprint).collect();
    for (position, fingerprint) in fingerprints.iter().enumerate() {
        let same = fingerprints.iter().position(|other| other == fingerprint);
        assert_eq!(same, Some(position), "two encoders have one fingerprint");
    }

    // And what does not change one does not.
    let upper =
        changed(&|files| files.manifest.sha256.values_mut().for_each(|hex| *hex = hex.to_uppercase()));
    let threads =
        ModelEncoder::with_engine(&files(), Box::new(Constant { name: "one", first: 1.0 }), 3).unwrap();
    let compared = changed(&|files| comparing.iter().for_each(|path| rehash(files, path)));
    for same in [plain(), upper, threads, compared, plain().with_heads(vec![])] {
        assert_eq!(same.fingerprint(), fingerprints[0]);
    }
    assert_eq!(fingerprints[0].to_string().len(), 64);
}

/// Two encoders on one store: neither gets what the other stored.
#[test]
fn encoders_with_other_heads_do_not_share() {
    let store = Store::temporary().unwrap();
    let plain = ModelEncoder::new(&ModelFiles::bundled().unwrap(), 2).unwrap().without_loaded_language();
    let encoders: [&dyn Encoder; 2] = [&*ENCODER, &plain];
    for _ in 0..2 {
        for encoder in encoders {
            let found = CachedEncoder::new(encoder, &store).encode(&texts()[..5], &|_| ()).unwrap();
            assert_eq!(found, encoder.encode(&texts()[..5], &|_| ()).unwrap());
        }
    }
    let stats = store.stats();
    assert_eq!((stats.hits, stats.misses), (10, 10));
}
