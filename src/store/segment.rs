//! The bytes of a segment.
//!
//! ```text
//! header    "parallax", format (u32)
//! record    mark (4), length of the payload (u32), key (32), checksum of key and payload (16), payload
//! ...
//! index     for each record: key (32), offset of the record (u64), length of the whole record (u32)
//! trailer   number of records (u32), checksum of the index and the number (16), "segment."
//! ```
//!
//! Numbers are little-endian. A checksum is the first 16 bytes of a BLAKE3 hash. Where the index is damaged or missing,
//! the records are found by their marks.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use super::key::Key;

/// The version of these bytes and of `meta.json`.
pub(super) const FORMAT: u32 = 1;

const MAGIC: [u8; 8] = *b"parallax";
const MARK: [u8; 4] = [0xE5, b'e', b'n', b'c'];
const END: [u8; 8] = *b"segment.";

const HEADER_BYTES: usize = 12;
const RECORD_HEADER_BYTES: usize = 56;
const ENTRY_BYTES: usize = 44;
const TRAILER_BYTES: usize = 28;

/// Where a record lies in its segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    pub key: Key,
    /// Of its first byte, from the start of the file.
    pub offset: u64,
    /// Of the whole record in bytes, its header included.
    pub length: u32,
}

/// A segment in the making.
pub(super) struct Builder {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
}

impl Builder {
    pub(super) fn new() -> Self {
        let bytes = [MAGIC.as_slice(), &FORMAT.to_le_bytes()].concat();
        Self { bytes, entries: vec![] }
    }

    pub(super) fn push(&mut self, key: Key, payload: &[u8]) {
        let number = |bytes: usize| u32::try_from(bytes).expect("a record is far below 4 GB");
        let offset = self.bytes.len() as u64;
        self.bytes.extend_from_slice(&MARK);
        self.bytes.extend_from_slice(&number(payload.len()).to_le_bytes());
        self.bytes.extend_from_slice(&key.0);
        self.bytes.extend_from_slice(&checksum(&key.0, payload));
        self.bytes.extend_from_slice(payload);
        self.entries.push(Entry { key, offset, length: number(RECORD_HEADER_BYTES + payload.len()) });
    }

    /// Bytes so far.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The whole segment, and where each record lies in it.
    pub(super) fn finish(mut self) -> (Vec<u8>, Vec<Entry>) {
        let start = self.bytes.len();
        for entry in &self.entries {
            self.bytes.extend_from_slice(&entry.key.0);
            self.bytes.extend_from_slice(&entry.offset.to_le_bytes());
            self.bytes.extend_from_slice(&entry.length.to_le_bytes());
        }
        let count = u32::try_from(self.entries.len()).expect("a segment has far fewer records");
        let sum = checksum(&self.bytes[start..], &count.to_le_bytes());
        self.bytes.extend_from_slice(&count.to_le_bytes());
        self.bytes.extend_from_slice(&sum);
        self.bytes.extend_from_slice(&END);
        (self.bytes, self.entries)
    }
}

/// The records of a segment.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Loaded {
    pub entries: Vec<Entry>,
    /// False where its index was damaged or missing, so that the records had to be sought.
    pub is_whole: bool,
}

/// Reads a segment's index; where that is damaged, seeks its records.
///
/// # Errors
/// Where the file cannot be read.
pub(super) fn load(path: &Path) -> io::Result<Loaded> {
    let mut file = File::open(path)?;
    if let Some(entries) = read_index(&mut file)? {
        return Ok(Loaded { entries, is_whole: true });
    }
    let mut bytes = vec![];
    file.seek(SeekFrom::Start(0))?;
    file.read_to_end(&mut bytes)?;
    let entries = records(&bytes).map(|(entry, _)| entry).collect();
    Ok(Loaded { entries, is_whole: false })
}

/// The index; `None` where the segment is not whole or of another format.
fn read_index(file: &mut File) -> io::Result<Option<Vec<Entry>>> {
    let length = file.metadata()?.len();
    if length < (HEADER_BYTES + TRAILER_BYTES) as u64 {
        return Ok(None);
    }
    let header: [u8; HEADER_BYTES] = read_array(file, SeekFrom::Start(0))?;
    let trailer: [u8; TRAILER_BYTES] = read_array(file, SeekFrom::End(-(TRAILER_BYTES as i64)))?;
    let count = u64::from(number(&trailer[..4]));
    let index_bytes = count * ENTRY_BYTES as u64;
    let room = length - (HEADER_BYTES + TRAILER_BYTES) as u64;
    if format(&header) != Some(FORMAT) || trailer[20..] != END || index_bytes > room {
        return Ok(None);
    }
    file.seek(SeekFrom::Start(length - TRAILER_BYTES as u64 - index_bytes))?;
    let mut index = vec![0; usize::try_from(index_bytes).expect("an index fits into memory")];
    file.read_exact(&mut index)?;
    let is_sound = checksum(&index, &trailer[..4]) == trailer[4..20];
    Ok(is_sound.then(|| index.as_chunks::<ENTRY_BYTES>().0.iter().map(entry).collect()))
}

fn read_array<const N: usize>(file: &mut File, from: SeekFrom) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    file.seek(from)?;
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn entry(bytes: &[u8; ENTRY_BYTES]) -> Entry {
    let key = Key(bytes[..32].try_into().expect("32 bytes"));
    let offset = u64::from_le_bytes(bytes[32..40].try_into().expect("eight bytes"));
    Entry { key, offset, length: number(&bytes[40..]) }
}

/// The format that a segment's first bytes name; `None` where they are no segment's.
pub(super) fn format(header: &[u8]) -> Option<u32> {
    let format = header.strip_prefix(&MAGIC)?.get(..4)?;
    Some(number(format))
}

/// The format that the segment's first bytes name; `None` where it cannot be read or they are no segment's.
pub(super) fn format_of(path: &Path) -> Option<u32> {
    let header: [u8; HEADER_BYTES] = read_array(&mut File::open(path).ok()?, SeekFrom::Start(0)).ok()?;
    format(&header)
}

/// Every sound record in the bytes of a segment with its payload, whatever has happened to what lies between.
pub(super) fn records(bytes: &[u8]) -> impl Iterator<Item = (Entry, &[u8])> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            at += next_mark(&bytes[at..])?;
            let Some((key, payload)) = record_at(&bytes[at..]) else {
                at += 1;
                continue;
            };
            let length = RECORD_HEADER_BYTES + payload.len();
            let entry = Entry { key, offset: at as u64, length: u32::try_from(length).ok()? };
            at += length;
            return Some((entry, payload));
        }
    })
}

fn next_mark(bytes: &[u8]) -> Option<usize> {
    bytes.windows(MARK.len()).position(|window| window == MARK)
}

/// The payload of a record that was read where the index says; `None` where it is damaged or another's.
pub(super) fn payload(record: &[u8], key: Key) -> Option<&[u8]> {
    record_at(record).filter(|(found, _)| *found == key).map(|(_, payload)| payload)
}

/// The sound record that the bytes begin with.
fn record_at(bytes: &[u8]) -> Option<(Key, &[u8])> {
    let (header, rest) = bytes.split_at_checked(RECORD_HEADER_BYTES)?;
    let payload = rest.get(..number(&header[4..8]) as usize)?;
    let key = &header[8..40];
    let is_sound = header[..4] == MARK && checksum(key, payload) == header[40..];
    is_sound.then(|| (Key(key.try_into().expect("32 bytes")), payload))
}

fn number(bytes: &[u8]) -> u32 {
    u32::from_le_bytes(bytes.try_into().expect("four bytes"))
}

fn checksum(first: &[u8], second: &[u8]) -> [u8; 16] {
    let hash = *blake3::Hasher::new().update(first).update(second).finalize().as_bytes();
    hash[..16].try_into().expect("16 of 32 bytes")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(number: u8) -> Key {
        Key([number; 32])
    }

    fn segment(payloads: &[Vec<u8>]) -> (Vec<u8>, Vec<Entry>) {
        let mut builder = Builder::new();
        payloads.iter().zip(0..).for_each(|(payload, number)| builder.push(key(number), payload));
        builder.finish()
    }

    fn load_bytes(bytes: &[u8]) -> Loaded {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        load(file.path()).unwrap()
    }

    fn read<'bytes>(bytes: &'bytes [u8], entry: &Entry) -> Option<&'bytes [u8]> {
        let start = usize::try_from(entry.offset).unwrap();
        payload(bytes.get(start..start + entry.length as usize)?, entry.key)
    }

    fn payloads() -> impl Strategy<Value = Vec<Vec<u8>>> {
        // Payloads that hold the mark of a record, so that a search must not be led astray.
        let piece = prop_oneof![prop::collection::vec(any::<u8>(), 0..40), Just(MARK.to_vec())];
        let payload = prop::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat());
        prop::collection::vec(payload, 0..8)
    }

    proptest! {
        #[test]
        fn a_segment_gives_back_its_records(payloads in payloads()) {
            let (bytes, entries) = segment(&payloads);
            let loaded = load_bytes(&bytes);
            prop_assert_eq!(&loaded, &Loaded { entries: entries.clone(), is_whole: true });
            for (entry, payload) in entries.iter().zip(&payloads) {
                prop_assert_eq!(read(&bytes, entry), Some(payload.as_slice()));
            }
            let found: Vec<(Entry, Vec<u8>)> = records(&bytes).map(|(entry, payload)| (entry, payload.to_vec())).collect();
            prop_assert_eq!(found, entries.into_iter().zip(payloads).collect::<Vec<_>>());
        }

        /// Every record but the one with the bit is still found.
        #[test]
        fn a_flipped_bit_costs_one_record_and_never_gives_a_wrong_one(payloads in payloads(), at in any::<prop::sample::Index>()) {
            let (sound, entries) = segment(&payloads);
            let mut bytes = sound.clone();
            let bit = at.index(bytes.len() * 8);
            bytes[bit / 8] ^= 1 << (bit % 8);
            let loaded = load_bytes(&bytes);
            // The header, or the index and the trailer.
            let index = bytes.len() - TRAILER_BYTES - entries.len() * ENTRY_BYTES;
            prop_assert_eq!(loaded.is_whole, (HEADER_BYTES..index).contains(&(bit / 8)));
            let mut n_found = 0;
            for entry in &loaded.entries {
                if let Some(payload) = read(&bytes, entry) {
                    prop_assert!(entries.contains(entry));
                    prop_assert_eq!(payload, payloads[usize::from(entry.key.0[0])].as_slice());
                    n_found += 1;
                }
            }
            prop_assert!(n_found + 1 >= entries.len());
        }

        #[test]
        fn what_stands_before_the_cut_of_a_truncated_segment_is_found(payloads in payloads(), at in any::<prop::sample::Index>()) {
            let (mut bytes, entries) = segment(&payloads);
            bytes.truncate(at.index(bytes.len()));
            let whole = entries.iter().filter(|entry| entry.offset + u64::from(entry.length) <= bytes.len() as u64);
            let expected = Loaded { entries: whole.copied().collect(), is_whole: false };
            prop_assert_eq!(load_bytes(&bytes), expected);
        }
    }

    #[test]
    fn without_an_index_the_records_behind_a_damaged_one_are_found() {
        let (mut bytes, entries) = segment(&[vec![1; 50], MARK.repeat(3), vec![3; 50]]);
        bytes.truncate(bytes.len() - 1);
        // In the payload, the length and the mark of the first.
        for at in [HEADER_BYTES + RECORD_HEADER_BYTES, HEADER_BYTES + 5, HEADER_BYTES] {
            bytes[at] ^= 1;
            assert_eq!(load_bytes(&bytes), Loaded { entries: entries[1..].to_vec(), is_whole: false });
            bytes[at] ^= 1;
        }
    }

    #[test]
    fn what_is_no_segment_has_no_records() {
        for bytes in [vec![], b"parallax".to_vec(), vec![0; 100], MARK.repeat(30), [0xFF; 200].to_vec()] {
            assert_eq!(load_bytes(&bytes), Loaded { entries: vec![], is_whole: false });
        }
    }
}
