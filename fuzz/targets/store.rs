//! The encoding store: whatever lies in its folder, what it gives is what was put, or nothing.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use parallax::encode::Fingerprint;
use parallax::records::Encoding;
use parallax::store::{Store, StoreOptions, contents};

use super::fake::encoding;
use super::{folder, split_choice};

const TEXTS: [&str; 4] = ["The bridge was closed.", "", "It rained – a lot.", "“Yes,” she said."];
const MODEL: Fingerprint = Fingerprint([7; 32]);

/// The bytes of a segment with the encodings of all texts.
static SEGMENT: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let folder = folder();
    let store = open(folder.path()).expect("an empty folder can be used");
    TEXTS.iter().for_each(|text| store.put(MODEL, text, &encoding(text)));
    store.close();
    let segments = segments(folder.path());
    fs::read(&segments[0]).expect("the segment was written")
});

fn open(folder: &Path) -> parallax::Result<Store> {
    Store::open(&StoreOptions::in_folder(folder.to_owned()))
}

fn segments(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).expect("it is there").map(|entry| entry.expect("it is there").path());
    files.filter(|path| path.extension().is_some_and(|ending| ending == "encodings")).collect()
}

/// A segment by the input, a sound one with some bytes changed, one with a payload by the input under a sound checksum, or `meta.json`.
pub fn store(data: &[u8]) {
    let Some((choice, bytes)) = split_choice(data) else { return };
    let folder = folder();
    let way = choice % 4;
    let segment = match way {
        0 => bytes.to_vec(),
        1 => changed(bytes),
        2 => with_payload(bytes),
        _ => SEGMENT.clone(),
    };
    fs::write(folder.path().join("segment-0-0-0.encodings"), segment).expect("the file can be written");
    if way == 3 {
        fs::write(folder.path().join("segment-0-0-1.encodings"), SEGMENT.as_slice())
            .expect("the file can be written");
        fs::write(folder.path().join("meta.json"), bytes).expect("the file can be written");
    }
    let _ = contents(folder.path());
    let Ok(store) = open(folder.path()) else { return };
    for text in TEXTS {
        let found = store.get(MODEL, text);
        // A payload with a sound checksum may be anything.
        if way != 2
            && let Some(found) = found
        {
            check_same(&found, text);
        }
    }
    for text in TEXTS {
        store.put(MODEL, text, &encoding(text));
    }
    TEXTS.iter().for_each(|text| check_same(&store.get(MODEL, text).expect("it was put"), text));
    store.flush();
    TEXTS.iter().for_each(|text| check_same(&store.get(MODEL, text).expect("it was written"), text));
    let stats = store.close();
    assert_eq!(stats.problem, None);
    let again = open(folder.path()).expect("it was written just now");
    if way != 2 {
        TEXTS.iter().for_each(|text| check_same(&again.get(MODEL, text).expect("it was kept"), text));
    }
    let held = contents(folder.path()).expect("it was written just now");
    assert!(held.entries >= 1 && held.bytes > 0);
}

fn check_same(found: &Encoding, text: &str) {
    assert!(*found == encoding(text), "another encoding of {text:?}");
}

/// The sound segment with changes, four bytes each: where (two), what is turned over, and whether it ends there.
fn changed(bytes: &[u8]) -> Vec<u8> {
    let mut segment = SEGMENT.clone();
    for change in bytes.as_chunks::<4>().0 {
        let at = usize::from(u16::from_le_bytes([change[0], change[1]])) % segment.len().max(1);
        match segment.get_mut(at) {
            Some(byte) => *byte ^= change[2],
            None => break,
        }
        if change[3] == 0xff {
            segment.truncate(at);
        }
    }
    segment
}

/// The sound segment's first record with another payload, its checksum made anew: `src/store/segment.rs` says where what lies.
fn with_payload(payload: &[u8]) -> Vec<u8> {
    let mut segment = SEGMENT[..12 + 40].to_vec();
    segment[16..20].copy_from_slice(&(payload.len() as u32).to_le_bytes());
    let mut sum = blake3::Hasher::new();
    sum.update(&segment[20..52]).update(payload);
    segment.extend_from_slice(&sum.finalize().as_bytes()[..16]);
    segment.extend_from_slice(payload);
    segment
}
