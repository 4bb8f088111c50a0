use whatlang::Lang;

use super::line::Line;

/// The code for a text that is too short or too mixed to tell (ISO 639-3).
pub(super) const UNDETERMINED: &str = "und";

/// Bytes of running text that are looked at; more does not change the answer.
const MAX_BYTES: usize = 2_000;

/// ISO 639-3 code of the open lines' language.
///
/// "und" is what whatlang calls unreliable: its best language leads the second by too little for the number of
/// different trigrams. That measure grows with the text and fits every script, which a least length would not: nine
/// in ten English sentences of 100 letters are told, hardly any of 20, and next to none is told wrong.
pub(super) fn detect(lines: &[Line<'_>]) -> &'static str {
    let mut text = String::new();
    for line in lines.iter().filter(|line| line.is_open()) {
        let room = MAX_BYTES.saturating_sub(text.len());
        text.push_str(&line.text[..line.text.floor_char_boundary(room)]);
        text.push('\n');
    }
    whatlang::detect(&text)
        .filter(whatlang::Info::is_reliable)
        .map_or(UNDETERMINED, |info| Lang::code(&info.lang()))
}
