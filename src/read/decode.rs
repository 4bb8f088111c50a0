//! Bytes -> text.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, UTF_8};

/// A file's text, with what is known of how it was got.
#[derive(Debug)]
pub(super) struct Decoded {
    /// The text; only the byte order mark is gone.
    pub text: String,
    encoding: &'static Encoding,
    /// True where the bytes themselves do not tell the encoding.
    guessed: bool,
    /// True where some bytes mean nothing in the encoding and became U+FFFD.
    damaged: bool,
}

impl Decoded {
    /// What is text already.
    pub(super) fn of_text(text: &str) -> Self {
        Self { text: text.to_owned(), encoding: encoding_rs::UTF_8, guessed: false, damaged: false }
    }

    /// What a reader should know about `part` of the text; nothing for a part that reads the same in any encoding.
    pub(super) fn warnings_for(&self, part: &str) -> Vec<String> {
        let mut warnings = Vec::new();
        let encoding = self.encoding.name();
        if self.guessed && !part.is_ascii() {
            warnings.push(format!(
                "the file is not UTF-8 and was read as {encoding}; save it as UTF-8 to be sure"
            ));
        }
        if self.damaged && part.contains(char::REPLACEMENT_CHARACTER) {
            warnings.push(format!("some bytes are not valid {encoding} and were replaced by U+FFFD"));
        }
        warnings
    }
}

/// Decodes a file: by its byte order mark, as UTF-8, or as what the bytes look most like.
///
/// # Errors
/// The reason, where the bytes are not text.
pub(super) fn decode(bytes: Vec<u8>) -> Result<Decoded, String> {
    if let Some((encoding, _)) = Encoding::for_bom(&bytes) {
        let decoded = decode_as(encoding, &bytes, false);
        return if mostly_nul(decoded.text.as_bytes()) { Err(not_text()) } else { Ok(decoded) };
    }
    if mostly_nul(&bytes) {
        return Err(not_text());
    }
    if looks_like_iso_2022_jp(&bytes) {
        return Ok(decode_as(ISO_2022_JP, &bytes, true));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Decoded { text, encoding: UTF_8, guessed: false, damaged: false }),
        Err(error) => decode_foreign(error.as_bytes()),
    }
}

/// Decodes bytes that are not valid UTF-8.
fn decode_foreign(bytes: &[u8]) -> Result<Decoded, String> {
    if has_many_controls(bytes) {
        return Err(not_text());
    }
    // One bad byte in a long UTF-8 file must not turn all its quotation marks into "â€™".
    if is_utf8_with_flaws(bytes) {
        return Ok(decode_as(UTF_8, bytes, false));
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    Ok(decode_as(detector.guess(None, Utf8Detection::Deny), bytes, true))
}

fn decode_as(encoding: &'static Encoding, bytes: &[u8], guessed: bool) -> Decoded {
    let (text, damaged) = encoding.decode_with_bom_removal(bytes);
    Decoded { text: text.into_owned(), encoding, guessed, damaged }
}

fn not_text() -> String {
    "is not a text file (or is UTF-16 without a byte order mark); save it as UTF-8".to_owned()
}

/// One byte in a hundred: far more than a slip in a table, far fewer than in any binary file or in UTF-16.
fn mostly_nul(bytes: &[u8]) -> bool {
    bytes.iter().filter(|&&byte| byte == 0).count() * 100 > bytes.len()
}

/// The same share for control characters that no text needs; escape is part of ISO-2022.
fn has_many_controls(bytes: &[u8]) -> bool {
    let is_odd = |byte: &&u8| byte.is_ascii_control() && !matches!(byte, 0x08..=0x0d | 0x1a | 0x1b);
    bytes.iter().filter(is_odd).count() * 100 > bytes.len()
}

/// Ten characters beyond ASCII that are well formed for each stretch that is not: no other encoding does that.
fn is_utf8_with_flaws(bytes: &[u8]) -> bool {
    let (mut n_good, mut n_bad) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        n_good += chunk.valid().chars().filter(|character| !character.is_ascii()).count();
        n_bad += usize::from(!chunk.invalid().is_empty());
    }
    n_good > 10 * n_bad
}

/// ISO-2022-JP is made of ASCII bytes, so it would pass for UTF-8.
fn looks_like_iso_2022_jp(bytes: &[u8]) -> bool {
    if !bytes.contains(&0x1b) || !bytes.is_ascii() {
        return false;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Allow) == ISO_2022_JP
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn utf16(text: &str, little_endian: bool) -> Vec<u8> {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units.flat_map(|unit| if little_endian { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
    }

    #[test]
    fn encodings() {
        const FRENCH: &str = "Le ministre a annoncé « une réforme » jeudi. L’été sera très long, dit-il.";
        const JAPANESE: &str = "首相は金曜日に辞任すると発表した。野党は説明を求めている。東京で";
        struct Case {
            bytes: Vec<u8>,
            text: &'static str,
            warning: &'static str,
        }
        let encode = |encoding: &'static Encoding, text| encoding.encode(text).0.into_owned();
        let with_bom = |text: &str| [b"\xef\xbb\xbf", text.as_bytes()].concat();
        let cases = [
            Case { bytes: FRENCH.into(), text: FRENCH, warning: "" },
            Case { bytes: with_bom(FRENCH), text: FRENCH, warning: "" },
            Case { bytes: utf16(FRENCH, true), text: FRENCH, warning: "" },
            Case { bytes: utf16(FRENCH, false), text: FRENCH, warning: "" },
            Case { bytes: b"a\r\nb\x07".into(), text: "a\r\nb\x07", warning: "" },
            Case { bytes: vec![], text: "", warning: "" },
            Case { bytes: b"\x1b[1mbold\x1b[0m".into(), text: "\x1b[1mbold\x1b[0m", warning: "" },
            Case { bytes: encode(encoding_rs::WINDOWS_1252, FRENCH), text: FRENCH, warning: "windows-1252" },
            Case { bytes: encode(encoding_rs::SHIFT_JIS, JAPANESE), text: JAPANESE, warning: "Shift_JIS" },
            Case { bytes: encode(ISO_2022_JP, JAPANESE), text: JAPANESE, warning: "ISO-2022-JP" },
        ];
        for case in cases {
            let decoded = decode(case.bytes).expect("text");
            assert_eq!(decoded.text, case.text);
            let warnings = decoded.warnings_for(&decoded.text).join(" ");
            assert!(warnings.contains(case.warning), "{warnings}");
            assert_eq!(warnings.is_empty(), case.warning.is_empty(), "{warnings}");
        }
    }

    #[test]
    fn what_is_not_text_is_refused() {
        let utf16_without_mark = &utf16("plain words", true)[2..];
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x04\0".as_slice();
        let compressed = b"\x1f\x8b\x08\x01\x02\xff\x13\x9c\xc3\x28\x03\xe0\x11".as_slice();
        for bytes in [png, utf16_without_mark, compressed, b"\xff\xfe\0\0a\0\0\0b\0\0\0"] {
            let reason = decode(bytes.to_vec()).expect_err("not text");
            assert!(reason.contains("save it as UTF-8"), "{reason}");
        }
    }

    #[test]
    fn one_bad_byte_does_not_change_the_encoding() {
        let mut bytes = "“Words” ".repeat(20).into_bytes();
        bytes.extend(b"caf\xe9");
        let decoded = decode(bytes).expect("text");
        assert!(decoded.text.ends_with("“Words” caf\u{fffd}"));
        assert!(decoded.warnings_for("“Words”").is_empty());
        assert!(decoded.warnings_for(&decoded.text)[0].contains("U+FFFD"));
    }

    proptest! {
        #[test]
        fn any_bytes_are_decoded_or_refused(bytes in any::<Vec<u8>>()) {
            let _ = decode(bytes);
        }

        #[test]
        fn utf8_is_kept_as_it_is(text in "[^\u{0}\u{1b}\u{feff}]*") {
            prop_assert_eq!(decode(text.clone().into_bytes()).expect("text").text, text);
        }
    }
}
