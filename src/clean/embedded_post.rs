use std::sync::LazyLock;

use regex::Regex;

use super::line::Line;
use super::pattern::regex;
use crate::records::Kind;

/// Who posted and when: "— Jane Doe (@jane) June 3, 2020".
static SIGNATURE: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(?:—|–|--?)\s*[^()—–]*\(@\w+\)\s*\p{Lu}\p{L}{2,8}\.? \d{1,2}, \d{4}\W*$"));

/// The longest post in characters (X, formerly Twitter), and what a signature and two links add to it.
const MAX_POST: usize = 280;
const MAX_POST_WITH_SIGNATURE: usize = MAX_POST + 140;
/// Between a signature and the link that closes the post stand at most so many lines.
const MAX_LINES_BETWEEN: usize = 3;

/// Claims the lines of posts that were put into the text.
pub(super) fn mark(lines: &mut [Line<'_>]) {
    for i in 0..lines.len() {
        let Some(start) = signature(&lines[i]) else {
            if is_link(&lines[i]) {
                lines[i].kind = Some(Kind::EmbeddedPost);
            }
            continue;
        };
        lines[i].kind = Some(Kind::EmbeddedPost);
        // A line that is nothing but the signature has its post on the line above.
        if start == 0 && i > 0 && lines[i - 1].text.chars().count() <= MAX_POST_WITH_SIGNATURE {
            lines[i - 1].kind = Some(Kind::EmbeddedPost);
        }
        mark_to_link(&mut lines[i + 1..]);
    }
}

/// Where the signature starts in the line; `None` where it has none or is too long for a post.
fn signature(line: &Line<'_>) -> Option<usize> {
    let is_candidate = line.is_readable()
        && line.text.contains("(@")
        && line.text.chars().take(MAX_POST_WITH_SIGNATURE + 1).count() <= MAX_POST_WITH_SIGNATURE;
    if is_candidate { SIGNATURE.find(line.text).map(|found| found.start()) } else { None }
}

/// True for a short line with the address that the network gives to a picture or a link.
fn is_link(line: &Line<'_>) -> bool {
    line.is_readable() && (line.text.contains("pic.twitter.com/") || line.text.contains("://t.co/"))
}

/// A post that runs on under the signature ends with its link. What lies between is part of it only as far as all
/// of it fits into one post, and no further signature claims the link.
fn mark_to_link(below: &mut [Line<'_>]) {
    let reach = below.iter().take(MAX_LINES_BETWEEN + 1).take_while(|line| signature(line).is_none());
    let Some(link) = reach.map(is_link).position(|is_link| is_link) else {
        return;
    };
    let length: usize = below[..=link].iter().map(|line| line.text.chars().count()).sum();
    let is_claimed = below.get(link + 1).and_then(signature) == Some(0);
    if length <= MAX_POST && !is_claimed {
        for line in &mut below[..link] {
            line.kind = Some(Kind::EmbeddedPost);
        }
    }
}
