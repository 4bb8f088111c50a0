//! UTF-8 that was once read as windows-1252 or Latin-1, before the text came here ("itâ€™s" for "it’s").

use std::collections::HashMap;
use std::sync::LazyLock;

use encoding_rs::WINDOWS_1252;
use regex::Regex;

use super::Repaired;
use crate::records::{Edit, Span};

/// So often a text is read anew at most: some sites do it wrong twice.
const MOST_TIMES: usize = 3;

/// Reads such stretches anew.
pub(super) fn read_anew(mut repaired: Repaired) -> Repaired {
    let is_found = |_: &usize| {
        let edits = misread(&repaired.text);
        repaired.apply(&edits);
        !edits.is_empty()
    };
    if (0..MOST_TIMES).take_while(is_found).count() > 0 {
        repaired.warnings.push("UTF-8 that had been read as windows-1252 was read anew".to_owned());
    }
    repaired
}

static BEYOND_ASCII: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[^\x00-\x7f]+").expect("the pattern is ours"));

/// The bytes of the characters that windows-1252 has beyond ASCII. Those it has no character for are those of Latin-1.
static BYTES: LazyLock<HashMap<char, u8>> = LazyLock::new(|| {
    let latin = (0x80..=0xff).map(|byte| (char::from(byte), byte));
    let windows = (0x80..=0xff).map(|byte| {
        let (text, _) = WINDOWS_1252.decode_without_bom_handling(std::slice::from_ref(&byte));
        (text.chars().next().expect("each byte is a character"), byte)
    });
    latin.chain(windows).collect()
});

/// The misread characters of a text. One of two letters alone may stand there by right.
fn misread(text: &str) -> Vec<Edit> {
    let (mut edits, mut n_runs, mut longest) = (vec![], 0, 0);
    for run in BEYOND_ASCII.find_iter(text) {
        let Some(meant) = meant(run.as_str()) else { continue };
        let (mut from, mut read) = (run.start(), run.as_str().chars());
        for character in meant.chars() {
            let n = read.by_ref().take(character.len_utf8()).map(char::len_utf8).sum::<usize>();
            edits.push(Edit { span: Span::new(from, from + n), words: character.to_string() });
            from += n;
        }
        n_runs += 1;
        longest = longest.max(run.as_str().chars().count());
    }
    if n_runs > 1 || longest > 2 { edits } else { vec![] }
}

/// What was meant, where characters are the bytes of it, each read as one: letters that windows-1252 has, and punctuation. Others are left alone, since
/// "É”" is such bytes by chance. A control character is part of what is misread twice.
fn meant(run: &str) -> Option<String> {
    let bytes: Option<Vec<u8>> = run.chars().map(|character| BYTES.get(&character).copied()).collect();
    let is_long = run.chars().nth(2).is_some();
    let is_known = |character: char| {
        (is_long || !character.is_control())
            && (BYTES.contains_key(&character) || ('\u{2000}'..='\u{206f}').contains(&character))
    };
    String::from_utf8(bytes?).ok().filter(|meant| meant.chars().all(is_known))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::plain;
    use super::*;

    #[test]
    fn what_was_misread_is_read_anew_and_nothing_else() {
        struct Case {
            read: &'static str,
            meant: &'static str,
        }
        for case in [
            Case { read: "Itâ€™s over", meant: "It’s over" },
            Case { read: "He said â€œnothingâ€\u{9d}.", meant: "He said “nothing”." },
            Case { read: "Itâ\u{80}\u{99}s Latin-1", meant: "It’s Latin-1" },
            Case { read: "Ã¢â‚¬Ëœtwiceâ€™", meant: "‘twice’" },
            Case { read: "Ã¢â‚¬Å“SadÃ¢â‚¬Â\u{9d}", meant: "“Sad”" },
            Case { read: "Le prÃ©sident est nÃ© ici", meant: "Le président est né ici" },
            Case { read: "100Â\u{a0}â‚¬ â€” BrandÂ®", meant: "100\u{a0}€ — Brand®" },
            Case { read: "One Ã© alone", meant: "One Ã© alone" },
            Case {
                read: "“CAFÉ” — “SANTÉ” né”’ … œuvre ÇÃ", meant: "“CAFÉ” — “SANTÉ” né”’ … œuvre ÇÃ"
            },
            Case { read: "SÂ’s and TÂ’s", meant: "SÂ’s and TÂ’s" },
            Case { read: "東京で â€東", meant: "東京で â€東" },
            Case { read: "", meant: "" },
        ] {
            let repaired = read_anew(plain(case.read.to_owned()));
            assert_eq!(repaired.text, case.meant);
            assert_eq!(repaired.warnings.is_empty(), case.read == case.meant, "{:?}", repaired.warnings);
        }
    }

    #[test]
    fn offsets_count_in_the_text_as_it_was_read() {
        let read = "Itâ€™s nÃ© here";
        let repaired = read_anew(plain(read.to_owned()));
        let here = repaired.text.find("here").unwrap();
        assert_eq!(repaired.cuts.bytes(Span::new(here, here + 4)).slice(read), "here");
        let quote = repaired.text.find('’').unwrap();
        assert_eq!(repaired.cuts.bytes(Span::new(quote, quote + '’'.len_utf8())).slice(read), "â€™");
    }

    proptest! {
        #[test]
        fn what_is_misread_comes_back(text in "([a-z]{1,4} ?[é’“”…ñ€] ?){2,9}", times in 1..=MOST_TIMES) {
            let misread = (0..times).fold(text.clone(), |text, _| {
                WINDOWS_1252.decode_without_bom_handling(text.as_bytes()).0.into_owned()
            });
            prop_assert_eq!(read_anew(plain(misread)).text, text);
        }

        #[test]
        fn any_text_is_read(text in "[a-zâÃÂ€™œ©\u{80}-\u{ff} ]{0,30}") {
            let repaired = read_anew(plain(text.clone()));
            prop_assert!(repaired.text.len() <= text.len());
            prop_assert_eq!(repaired.cuts.bytes(Span::new(0, repaired.text.len())), Span::new(0, text.len()));
        }
    }
}
