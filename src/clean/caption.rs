use std::sync::LazyLock;

use regex::{Regex, RegexSet};

use super::line::Line;
use super::pattern::{self, regex};
use crate::records::{Kind, Span};

/// Each pattern reads a whole line.
static PATTERNS: LazyLock<RegexSet> = LazyLock::new(|| {
    pattern::set(&[
        r"(?i)^(?:photos?|images?|pictures?|pics?|videos?|media|caption|file photo|file image|screenshot|infographic|graphic|watch|listen|(?:photo|image|video|picture) credits?)\s*:.",
        r"(?i)^(?:photo|image|picture|video|photograph|photo illustration|illustration)s? (?:credit|copyright|caption|(?:by|courtesy of) (?-i:\p{Lu})[^.]{0,60}\.?$)",
        r"(?i)^(?:media|image|video) caption\b",
        r"(?i)^(?:enlarge this image|toggle caption|hide caption|media playback is unsupported)\b",
        r"^CLOSE \p{Lu}",
        r"^FILE(?: PHOTO)?\s*[-:–—].",
        r"(?i)^(?:photos?|videos?|watch|slideshow)(?: \(\d+ (?:images|photos)\))?:?$",
        r"(?i)^(?:(?:prev|next) )?image \d+ of \d+$",
        r"(?i)^\((?:photo|image|screenshot|picture|video|ap photo|pixabay|youtube|file)\b[^()]{0,200}\)$",
        // A credit line: names and agencies parted by strokes, no sentence.
        r"^[^.!?]*(?:/|\(|© |\bvia )(?:AP|Reuters|REUTERS|AFP|EPA|Getty(?: Images)?|Shutterstock|Bloomberg|UPI|TNS)(?: (?:Images|Photo|via Getty Images|File))?\)?$",
        r"^[^!?]*\bGetty Images\)?$",
    ])
});

/// The running time and origin under a video: "02:59 - Source: CNN".
static TIME_CODE: LazyLock<Regex> = LazyLock::new(|| regex(r"^\d{1,2}:\d{2}(?::\d{2})?\s*[-–—]\s*Source:"));

/// What opens a caption in the middle of a paragraph.
static INLINE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)\((?:(?:file |ap |reuters )?(?:photo|image|screenshot|picture|screen ?grab)s?)(?:\s*:|\s*/|\s+(?:by|credit|courtesy|via)\b)",
    )
});

/// The end of a sentence as far as it shows without a dictionary: a word of three letters or a number comes before.
static SENTENCE_END: LazyLock<Regex> =
    LazyLock::new(|| regex(r#"(?:\p{Ll}{3}|\d)[.!?]["”’]*(\s+)["“‘(]?\p{Lu}"#));

/// The longest caption in bytes in the middle of a paragraph.
const MAX_INLINE: usize = 400;

/// Claims the lines that belong to a picture or a video.
pub(super) fn mark(lines: &mut [Line<'_>]) {
    for i in 0..lines.len() {
        if !lines[i].is_open() || !lines[i].is_readable() {
            continue;
        }
        if TIME_CODE.is_match(lines[i].text) {
            lines[i].kind = Some(Kind::Caption);
            mark_title_above(&mut lines[..i]);
        } else if PATTERNS.is_match(lines[i].text) {
            lines[i].kind = Some(Kind::Caption);
        }
    }
}

/// A video's title and file name stand on the one or two lines above its time code.
fn mark_title_above(above: &mut [Line<'_>]) {
    for line in above.iter_mut().rev().take(2) {
        if !line.is_open() || line.ends_with_punctuation() || line.text.len() > 120 {
            return;
        }
        line.kind = Some(Kind::Caption);
    }
}

/// Byte offsets into `text` of every bracketed caption inside it.
///
/// A bracket that is never closed reaches to the end of its sentence, so that no more than that is lost.
pub(super) fn inline(text: &str) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for found in INLINE.find_iter(text) {
        if spans.last().is_none_or(|last| last.end <= found.start()) {
            spans.push(Span::new(found.start(), inline_end(text, found.end())));
        }
    }
    spans
}

fn inline_end(text: &str, start: usize) -> usize {
    let window = &text[start..text.floor_char_boundary(start + MAX_INLINE)];
    if let Some(at) = window.find(['(', ')']).filter(|&at| window[at..].starts_with(')')) {
        return start + at + 1;
    }
    match SENTENCE_END.captures(window).and_then(|found| found.get(1)) {
        Some(blank) => start + blank.start(),
        None => start + window.trim_end().len(),
    }
}
