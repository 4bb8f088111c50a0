//! The store with made encodings; `tests/store.rs` has it with the model.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use ndarray::Array2;
use proptest::prelude::*;
use tempfile::TempDir;

use super::{Store, StoreOptions, clear, contents};
use crate::encode::Fingerprint;
use crate::error::Error;
use crate::records::{Dependency, Encoding, Parsed, Score, Sentiment, Span, Tag, TokenStates};

const FINGERPRINT: Fingerprint = Fingerprint([7; 32]);

/// About as large as the model's of a sentence, and another for each number.
fn encoding(number: usize) -> Encoding {
    let states = Array2::from_shape_fn((20, 384), |(word, at)| (word * 31 + at * 7 + number) as i8);
    let words = TokenStates {
        spans: (0..20).map(|word| Span::new(word * 6, word * 6 + 5)).collect(),
        weights: vec![number as f32; 20],
        states,
        scales: vec![0.01; 20],
    };
    Encoding::without_heads(vec![number as f32 / 1000.0; 384], words)
}

fn text(number: usize) -> String {
    format!("Text {number}.")
}

fn put(store: &Store, numbers: std::ops::Range<usize>) {
    numbers.for_each(|number| store.put(FINGERPRINT, &text(number), &encoding(number)));
}

fn get(store: &Store, number: usize) -> Option<Encoding> {
    let found = store.get(FINGERPRINT, &text(number));
    assert!(
        found.as_ref().is_none_or(|found| *found == encoding(number)),
        "a wrong encoding of text {number}"
    );
    found
}

fn options(folder: &Path) -> StoreOptions {
    StoreOptions::in_folder(folder.to_owned())
}

fn open(folder: &Path) -> Store {
    Store::open(&options(folder)).unwrap()
}

/// A folder with a segment for each of these numbers of texts, which are counted on.
fn folder_with(segments: &[usize]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut first = 0;
    for n_texts in segments {
        let store = open(folder.path());
        put(&store, first..first + n_texts);
        first += n_texts;
        assert_eq!(store.close().problem, None);
    }
    folder
}

fn segments(folder: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|end| end == "encodings")).collect();
    paths.sort();
    paths
}

fn bytes_of(value: &impl serde::Serialize) -> Vec<u8> {
    postcard::to_allocvec(value).unwrap()
}

fn float() -> impl Strategy<Value = f32> {
    // Every bit pattern: numbers that are none and negative zeros are to come back too.
    any::<u32>().prop_map(f32::from_bits)
}

fn floats(most: usize) -> impl Strategy<Value = Vec<f32>> {
    prop::collection::vec(float(), 0..most)
}

fn token_states() -> impl Strategy<Value = TokenStates> {
    (0_usize..6, 0_usize..9).prop_flat_map(|(words, width)| {
        let span = (0_usize..1 << 40, 0_usize..1 << 40).prop_map(|(start, end)| Span::new(start, end));
        (
            prop::collection::vec(span, words),
            prop::collection::vec(float(), words),
            prop::collection::vec(any::<i8>(), words * width),
            prop::collection::vec(float(), words),
        )
            .prop_map(move |(spans, weights, states, scales)| {
                let states = Array2::from_shape_vec((words, width), states).unwrap();
                TokenStates { spans, weights, states, scales }
            })
    })
}

fn parsed() -> impl Strategy<Value = Parsed> {
    (0..Tag::ALL.len(), any::<u16>(), 0..Dependency::ALL.len()).prop_map(|(tag, head, relation)| Parsed {
        tag: Tag::ALL[tag].1,
        head,
        relation: Dependency::ALL[relation].1,
    })
}

fn sentiments() -> impl Strategy<Value = Option<Sentiment>> {
    prop::option::of((float(), float(), float()).prop_map(|(negative, neutral, positive)| Sentiment {
        negative,
        neutral,
        positive,
    }))
}

fn encodings() -> impl Strategy<Value = Encoding> {
    let score = || (float(), floats(6)).prop_map(|(value, shares)| Score { value, shares });
    let heads = (
        sentiments(),
        floats(6),
        prop::option::of(score()),
        prop::collection::vec(score(), 0..3),
        prop::option::of(prop::collection::vec(parsed(), 0..6)),
    );
    (floats(20), token_states(), heads, any::<bool>()).prop_map(
        |(embedding, words, (sentiment, tone, loaded, scores, syntax), truncated)| Encoding {
            embedding,
            words,
            sentiment,
            tone,
            loaded,
            scores,
            syntax,
            truncated,
        },
    )
}

proptest! {
    #[test]
    fn any_encoding_comes_back_bit_for_bit(encoding in encodings(), sentiment in sentiments(), text in ".{0,20}") {
        let store = Store::temporary().unwrap();
        let span = Span::new(1, 2);
        for _ in 0..2 {
            store.put(FINGERPRINT, &text, &encoding);
            store.put_target_sentiment(FINGERPRINT, &text, span, sentiment);
            // Once from memory, once from the disk.
            for _ in 0..2 {
                prop_assert_eq!(bytes_of(&store.get(FINGERPRINT, &text).unwrap()), bytes_of(&encoding));
                let found = store.get_target_sentiment(FINGERPRINT, &text, span).unwrap();
                prop_assert_eq!(bytes_of(&found), bytes_of(&sentiment));
                store.flush();
            }
        }
        prop_assert_eq!(store.stats().hits, 8);
        prop_assert_eq!(store.stats().written, 4);
    }

    /// A bit anywhere in the file: a record, its key, its checksum, the index, the ends.
    #[test]
    fn a_flipped_bit_is_found_and_mended(at in any::<prop::sample::Index>()) {
        let folder = folder_with(&[3]);
        let segment = segments(folder.path()).remove(0);
        let mut bytes = fs::read(&segment).unwrap();
        let bit = at.index(bytes.len() * 8);
        bytes[bit / 8] ^= 1 << (bit % 8);
        fs::write(&segment, bytes).unwrap();

        let store = open(folder.path());
        let found = (0..3).filter(|&number| get(&store, number).is_some()).count();
        prop_assert!(found >= 2);
        prop_assert!(store.stats().damaged >= 1);
        put(&store, 0..3);
        prop_assert_eq!((0..3).filter(|&number| get(&store, number).is_some()).count(), 3);
        store.close();

        let store = open(folder.path());
        prop_assert_eq!((0..3).filter(|&number| get(&store, number).is_some()).count(), 3);
        prop_assert_eq!(store.stats().damaged, 0);
    }
}

#[test]
fn what_another_fingerprint_or_text_put_is_not_found() {
    let store = Store::temporary().unwrap();
    put(&store, 0..1);
    assert_eq!(store.get(Fingerprint([8; 32]), &text(0)), None);
    assert_eq!(store.get(FINGERPRINT, &text(1)), None);
    assert_eq!(store.get_target_sentiment(FINGERPRINT, &text(0), Span::new(0, 4)), None);
    assert_eq!((store.stats().hits, store.stats().misses), (0, 3));
    assert!(get(&store, 0).is_some());
}

#[test]
fn a_truncated_segment_gives_what_is_left_of_it() {
    let folder = folder_with(&[3]);
    let segment = segments(folder.path()).remove(0);
    let bytes = fs::read(&segment).unwrap();
    fs::write(&segment, &bytes[..bytes.len() / 2]).unwrap();
    let store = open(folder.path());
    let found: Vec<bool> = (0..3).map(|number| get(&store, number).is_some()).collect();
    assert_eq!(found, [true, false, false]);
    assert_eq!((store.stats().hits, store.stats().misses, store.stats().damaged), (1, 2, 1));
}

/// As on a disk that loses data: the index was read before.
#[test]
fn a_segment_that_is_cut_while_it_is_open_is_damaged() {
    let folder = folder_with(&[3]);
    let store = open(folder.path());
    fs::File::options().write(true).open(&segments(folder.path())[0]).unwrap().set_len(9_000).unwrap();
    let found: Vec<bool> = (0..3).map(|number| get(&store, number).is_some()).collect();
    assert_eq!(found, [false, false, false]);
    assert_eq!(store.stats().damaged, 3);
    // It is forgotten then.
    assert_eq!(get(&store, 0), None);
    assert_eq!((store.stats().damaged, store.stats().misses), (3, 1));
}

#[test]
fn a_segment_that_another_run_removed_is_missed() {
    let folder = folder_with(&[3, 1]);
    let store = open(folder.path());
    fs::remove_file(&segments(folder.path())[0]).unwrap();
    assert_eq!((0..4).filter(|&number| get(&store, number).is_some()).count(), 1);
    let stats = store.stats();
    assert_eq!((stats.hits, stats.misses, stats.damaged), (1, 3, 0));
    assert_eq!(store.close().problem, None);
}

#[test]
fn while_another_run_has_the_folder_locked_the_books_wait_and_the_work_does_not() {
    let folder = folder_with(&[1]);
    let lock = fs::File::options().write(true).open(folder.path().join("parallax.lock")).unwrap();
    lock.lock().unwrap();
    let noted = || {
        let meta = fs::read(folder.path().join("meta.json")).unwrap();
        serde_json::from_slice::<serde_json::Value>(&meta).unwrap()["segments"].as_object().unwrap().len()
    };
    let store = open(folder.path());
    put(&store, 1..2);
    store.flush();
    assert_eq!((segments(folder.path()).len(), noted()), (2, 1));
    std::thread::scope(|scope| {
        let closed = scope.spawn(|| store.close());
        std::thread::sleep(Duration::from_millis(100));
        assert!(!closed.is_finished());
        lock.unlock().unwrap();
        assert_eq!(closed.join().unwrap().problem, None);
    });
    assert_eq!(noted(), 2);
}

/// Sets when each segment was last used, oldest name first.
fn set_last_used(folder: &Path, seconds: &[u64]) {
    let path = folder.join("meta.json");
    let mut meta: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    for (segment, &seconds) in segments(folder).iter().zip(seconds) {
        let name = segment.file_name().unwrap().to_str().unwrap();
        assert!(meta["segments"][name]["bytes"].is_u64(), "{meta}");
        meta["segments"][name]["last_used"] = seconds.into();
    }
    fs::write(&path, serde_json::to_vec(&meta).unwrap()).unwrap();
}

fn found_in(folder: &Path, numbers: std::ops::Range<usize>) -> Vec<usize> {
    let store = open(folder);
    numbers.filter(|&number| get(&store, number).is_some()).collect()
}

#[test]
fn what_was_not_used_for_longest_goes_first() {
    let folder = folder_with(&[1, 1, 1, 1]);
    set_last_used(folder.path(), &[400, 200, 300, 100]);
    let segment_bytes = fs::metadata(&segments(folder.path())[0]).unwrap().len();
    let options = StoreOptions { max_bytes: segment_bytes * 3, ..options(folder.path()) };
    let store = Store::open(&options).unwrap();
    // Reading is using: 3 would go first otherwise. A new one makes five, two too many.
    assert!(get(&store, 3).is_some());
    put(&store, 4..5);
    assert_eq!(store.close().bytes, segment_bytes * 3);
    assert_eq!(found_in(folder.path(), 0..5), [0, 3, 4]);
}

#[test]
fn the_bound_holds_while_a_run_writes() {
    let folder = tempfile::tempdir().unwrap();
    let segment_bytes = fs::metadata(&segments(folder_with(&[1]).path())[0]).unwrap().len();
    let store =
        Store::open(&StoreOptions { max_bytes: segment_bytes * 2, ..options(folder.path()) }).unwrap();
    for number in 0..5 {
        put(&store, number..number + 1);
        store.flush();
        assert!(contents(folder.path()).unwrap().bytes <= segment_bytes * 2);
    }
    assert_eq!((0..5).filter(|&number| get(&store, number).is_some()).collect::<Vec<_>>(), [3, 4]);
}

#[test]
fn a_date_in_the_future_keeps_nothing_for_ever() {
    let folder = folder_with(&[1]);
    set_last_used(folder.path(), &[u64::MAX]);
    open(folder.path()).close();
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    assert!(contents(folder.path()).unwrap().last_used.unwrap() <= now);
}

#[test]
fn meta_that_is_missing_or_broken_is_made_again() {
    for broken in [None, Some(""), Some("{\"store\": \"paral"), Some("[]")] {
        let folder = folder_with(&[2, 1]);
        let before = contents(folder.path()).unwrap();
        let path = folder.path().join("meta.json");
        fs::remove_file(&path).unwrap();
        if let Some(broken) = broken {
            fs::write(&path, broken).unwrap();
        }
        assert_eq!(found_in(folder.path(), 0..3), [0, 1, 2]);
        let after = contents(folder.path()).unwrap();
        assert_eq!((after.segments, after.entries, after.bytes), (2, 3, before.bytes));
        assert_eq!(after.max_bytes, before.max_bytes);
    }
}

#[test]
fn numbers_of_a_damaged_meta_are_not_too_large_to_add_up() {
    let folder = folder_with(&[2, 1]);
    let path = folder.path().join("meta.json");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("\"entries\": 2", &format!("\"entries\": {}", u64::MAX))).unwrap();
    assert_eq!(contents(folder.path()).unwrap().entries, u64::MAX);
    assert_eq!(found_in(folder.path(), 0..3), [0, 1, 2]);
}

fn refusal(folder: &Path) -> String {
    match Store::open(&options(folder)).unwrap_err() {
        Error::Store { path, message } => {
            assert_eq!(path, folder);
            message
        }
        other => panic!("{other}"),
    }
}

#[test]
fn a_folder_of_another_version_is_left_alone_until_it_is_cleared() {
    let folder = folder_with(&[2]);
    let meta = folder.path().join("meta.json");
    let text = fs::read_to_string(&meta).unwrap().replace("\"format\": 1", "\"format\": 2");
    fs::write(&meta, &text).unwrap();
    let message = refusal(folder.path());
    assert!(message.contains("format 2") && message.contains("parallax cache clear"), "{message}");
    assert_eq!((fs::read_to_string(&meta).unwrap(), segments(folder.path()).len()), (text, 1));
    assert_eq!(clear(folder.path()).unwrap().segments, 1);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    assert_eq!(found_in(folder.path(), 0..2), [0_usize; 0]);
}

#[test]
fn without_meta_the_segments_say_of_which_version_they_are() {
    let folder = folder_with(&[2, 2]);
    fs::remove_file(folder.path().join("meta.json")).unwrap();
    let segments = segments(folder.path());
    let set_format = |segment: &Path| {
        let mut bytes = fs::read(segment).unwrap();
        bytes[8] = 9;
        fs::write(segment, bytes).unwrap();
    };
    set_format(&segments[0]);
    assert!(Store::open(&options(folder.path())).is_ok(), "one damaged header is no other version");
    let folder = folder_with(&[2]);
    fs::remove_file(folder.path().join("meta.json")).unwrap();
    set_format(&self::segments(folder.path())[0]);
    assert!(refusal(folder.path()).contains("format 9"));
}

#[test]
fn what_others_wrote_is_neither_used_nor_removed() {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in [("meta.json", "{\"title\": \"x\"}"), ("notes.txt", "x"), ("segment-1.txt", "x")] {
        fs::write(folder.path().join(name), content).unwrap();
    }
    assert!(refusal(folder.path()).contains("parallax did not write"));
    assert!(contents(folder.path()).is_err());
    assert_eq!(clear(folder.path()).unwrap().segments, 0);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);

    let file = folder.path().join("notes.txt");
    assert!(refusal(&file).contains("is not a folder"));
    assert!(clear(&file).is_err());
}

#[test]
fn clearing_removes_every_file_of_the_store_and_no_other() {
    let folder = folder_with(&[2, 1]);
    fs::write(folder.path().join("notes.txt"), "x").unwrap();
    fs::write(folder.path().join(".parallax-left"), "x").unwrap();
    let bytes = contents(folder.path()).unwrap().bytes;
    let cleared = clear(folder.path()).unwrap();
    assert_eq!((cleared.segments, cleared.bytes), (3, bytes + 1));
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["notes.txt"]);
    assert_eq!(clear(folder.path()).unwrap().segments, 0);
    assert_eq!(clear(&folder.path().join("nowhere")).unwrap().segments, 0);
}

#[test]
fn what_a_killed_run_left_goes_after_a_day() {
    let folder = folder_with(&[1]);
    let left = |name: &str, hours: u64| {
        let file = fs::File::create(folder.path().join(name)).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(hours * 3600)).unwrap();
    };
    left(".parallax-old", 25);
    left(".parallax-new", 23);
    left("notes.txt", 25);
    assert_eq!(found_in(folder.path(), 0..1), [0]);
    let is_there = |name: &str| folder.path().join(name).exists();
    assert_eq!([".parallax-old", ".parallax-new", "notes.txt"].map(is_there), [false, true, true]);
}

#[test]
fn many_small_segments_become_few() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    for number in 0..64 {
        put(&store, number..number + 1);
        store.flush();
    }
    store.close();
    assert_eq!(segments(folder.path()).len(), 64);
    let store = open(folder.path());
    put(&store, 64..65);
    store.close();
    assert_eq!(segments(folder.path()).len(), 1);
    assert_eq!(found_in(folder.path(), 0..65).len(), 65);
    assert_eq!(contents(folder.path()).unwrap().entries, 65);
}

#[test]
fn segments_are_written_as_the_work_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    // 900 of 9.4 kB are 8.5 MB.
    put(&store, 0..900);
    assert_eq!(segments(folder.path()).len(), 1);
    store.flush();
    assert_eq!(segments(folder.path()).len(), 2);
    put(&store, 900..901);
    std::thread::sleep(Duration::from_millis(2_050));
    put(&store, 901..902);
    assert_eq!(segments(folder.path()).len(), 3);
    // Nothing closes the store: the run is killed.
    std::mem::forget(store);
    assert_eq!(found_in(folder.path(), 0..903).len(), 902);
}

#[test]
fn a_temporary_store_goes_with_its_folder() {
    let store = Store::temporary().unwrap();
    put(&store, 0..2);
    store.flush();
    put(&store, 2..3);
    assert_eq!((0..3).filter(|&number| get(&store, number).is_some()).count(), 3);
    let folder = store.folder().to_owned();
    assert_eq!(segments(&folder).len(), 1);
    drop(store);
    assert!(!folder.exists());
}

#[test]
fn threads_share_a_store() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let store = &store;
            scope.spawn(move || {
                for number in thread * 50..thread * 50 + 100 {
                    put(store, number..number + 1);
                    assert!(get(store, number).is_some());
                    if number % 20 == 0 {
                        store.flush();
                    }
                }
            });
        }
    });
    let stats = store.close();
    assert_eq!((stats.hits, stats.misses, stats.damaged, stats.written), (400, 0, 0, 400));
    assert_eq!(found_in(folder.path(), 0..300).len(), 250);
}

/// What a tracing subscriber writes.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The lines that are logged while `work` is done.
fn logged(work: impl FnOnce()) -> Vec<String> {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    tracing::subscriber::with_default(subscriber, work);
    let bytes = log.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn where_no_folder_can_be_made_the_run_goes_on_with_one_warning() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "x").unwrap();
    let warnings = logged(|| {
        let store = open(&file.join("below"));
        put(&store, 0..3);
        store.flush();
        assert_eq!(get(&store, 0), None);
        let stats = store.close();
        assert_eq!((stats.misses, stats.written), (1, 0));
        assert!(stats.problem.unwrap().contains("not stored any more"));
    });
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].contains("WARN") && warnings[0].contains("not stored any more"), "{warnings:?}");
    assert_eq!(contents(&file.join("below")).unwrap().segments, 0);
}

/// The folder is taken away in the middle of the run, so that neither segments nor books can be written.
#[test]
fn where_nothing_can_be_written_any_more_there_is_one_warning() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("inner");
    let warnings = logged(|| {
        let store = open(&inner);
        put(&store, 0..2);
        store.flush();
        assert!(get(&store, 0).is_some());
        fs::remove_dir_all(&inner).unwrap();
        for number in 2..4 {
            put(&store, number..number + 1);
            store.flush();
            assert_eq!(get(&store, number), None);
        }
        put(&store, 4..5);
        let stats = store.close();
        assert_eq!(stats.written, 2);
        assert!(stats.problem.is_some());
    });
    assert_eq!(warnings.len(), 1, "{warnings:?}");
}
