//! Packed files -> their bytes.

use std::io;

use super::find::Packing;
use crate::platform::{MOST_OF_DATA, read_within};

/// The bytes of a packed file, within a bound: a small file can unpack to any size.
pub(super) fn unpack(bytes: &[u8], packing: Packing) -> io::Result<Vec<u8>> {
    match packing {
        Packing::Gzip => read_within(flate2::read::MultiGzDecoder::new(bytes), MOST_OF_DATA),
        Packing::Zstd => read_within(zstd::stream::read::Decoder::new(bytes)?, MOST_OF_DATA),
    }
}

/// How bytes are packed, by what they begin with.
pub(super) fn packing_of(bytes: &[u8]) -> Option<Packing> {
    match bytes {
        [0x1f, 0x8b, ..] => Some(Packing::Gzip),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Packing::Zstd),
        _ => None,
    }
}

/// All of standard input.
pub(super) fn stdin() -> io::Result<Vec<u8>> {
    read_within(io::stdin().lock(), MOST_OF_DATA)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn packed_files_are_unpacked_within_a_bound() {
        let mut gzip = flate2::write::GzEncoder::new(vec![], flate2::Compression::fast());
        gzip.write_all(b"words").unwrap();
        assert_eq!(unpack(&gzip.finish().unwrap(), Packing::Gzip).unwrap(), b"words");
        let zstd = zstd::stream::encode_all(&b"words"[..], 1).unwrap();
        assert_eq!(unpack(&zstd, Packing::Zstd).unwrap(), b"words");
        assert!(unpack(b"words", Packing::Gzip).is_err() && unpack(b"words", Packing::Zstd).is_err());
        assert!(read_within(&b"words"[..], 5).is_ok());
        assert!(read_within(&b"words"[..], 4).unwrap_err().to_string().contains("split it"));
    }
}
