use std::sync::LazyLock;

use regex::RegexSet;

use super::line::Line;
use super::pattern;
use crate::records::Kind;

/// Each pattern reads a whole line and names a phrase that reporting does not use as a line of its own.
static PATTERNS: LazyLock<RegexSet> = LazyLock::new(|| {
    pattern::set(&[
        // Advertisements and buttons.
        r"(?i)^(?:(?:advertisements?|sponsored|promoted|ad|close|loading|share|tweet|email|print|comments?|transcript|story continue[sd] below|article continue[sd] below|continue reading(?: below| the main story)?|newsletter sign-?up|share this (?:article|story|page)|support our journalism|back to top|show more|load more|play video|reblog|pin ?it)[\s:.…|,]*)+$",
        r"(?i)^(?:listen to article|share this (?:article|story))\b",
        // Pointers to other articles.
        r"(?i)^(?:read next|next up|read more|read also|also read|read this|related|related (?:stories|story|articles?|coverage|content|reading)|see also|more from [^:]{1,40}|more on [^:]{1,60}|recommended|most read|trending|don['’]t miss|full coverage|special coverage|special report|complete coverage|in case you missed it|keep reading)\s*[:>»|–—].*$",
        r"^(?:READ|MORE|READ MORE|RELATED|SEE ALSO|More|ALSO|WATCH NOW)\s*:",
        r"(?i)^(?:read more|read next|see also|related|related (?:stories|articles|coverage)|more on this(?: story)?|recommended|trending|most read)\W*$",
        r"(?i)^read more (?:here|at|on|from|about|in)\b[^.]{0,120}\.?$",
        r"(?i)^read or share this (?:story|article)\b",
        // Offers and appeals.
        r"(?i)^(?:sign up|subscribe)\b.*\b(?:newsletters?|e-?mails?|inbox|alerts?|briefing|podcast|for free|free trial|notifications?|channel)\b",
        r"(?i)^(?:get|want)\b.*\b(?:newsletters?|in your inbox|to your inbox)\b",
        r"(?i)^(?:thank you|thanks) for (?:signing up|subscribing|reading)\b",
        r"(?i)^follow (?:us|me|him|her|them|the author)\b.*\b(?:on|at)\b",
        r"(?i)^(?:\W*(?:you can )?follow [^.]{0,80}@\w+[\s,.]*)+$",
        r"(?i)^follow .{1,80}\bon (?:twitter|facebook|instagram|x|linkedin)\b",
        r"(?i)^(?:like|join|find) us on (?:twitter|facebook|instagram|youtube)\b",
        r"(?i)^(?:(?:to .{1,60},? )?click here\b.*|can['’]t see .{1,60}\? click here\W*|don['’]t see .{1,60}\? click here\W*)$",
        r"(?i)^download (?:the|our) .{1,60}\bapp\b",
        r"(?i)^visit .{1,60}\bhomepage for more\b",
        r"(?i)^contact (?:us|the (?:author|reporter|writer)) at \S+@\S+$",
        // How the article was made.
        r"(?i)\bcontributed (?:reporting |research )?to this (?:story|report|article|piece|post|dispatch)\b",
        r"(?i)\bcontributed (?:to the (?:story|report|article)|to (?:the |this )?reporting|(?:reporting|research)(?: from [\p{L} ,]+)?)\W*$",
        r"^(?:Contributing|Contributors|Additional reporting by|Reporting by|Compiled by|Editing by|Written by)\b\s*:?\s*\p{Lu}",
        r"^\(?(?:Additional )?[Rr]eporting by \p{Lu}.*\b[Ee]diting by \p{Lu}",
        // "The report was published on Monday" is news; "this story" is the outlet's own.
        r"(?i)^\W*this (?:story|article|report|post|piece|column|page) (?:was|is|has been) (?:(?:last|first) )?(?:updated|corrected|clarified|amended|being updated)\b",
        r"(?i)^\W*(?:the|an earlier version of this) (?:story|article|post|report) (?:was|has been) (?:last )?updated\b",
        r"(?i)^\W*this (?:story|article|post|piece|column) (?:was|is|has been) (?:(?:first|originally) )?(?:edited|published|adapted|produced)\b",
        r"(?i)^this (?:article|story) (?:is more than|originally appeared|first appeared)\b",
        r"(?i)^this is a (?:developing|breaking(?: news)?) (?:story|news story)\b",
        r"(?i)^this is a rush transcript\b",
        r"(?i)^(?:last )?updated?:?(?: at| on)?:? (?:\d|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun).{0,40}$",
        r"(?i)^(?:first |originally )?published:? (?:on )?(?:\d|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun)[^.]{0,40}$",
        r"(?i)^\W*(?:copyright|\(c\)|©)\s*(?:©|\(c\)|\d{4}|of )",
        r"©.*\b\d{4}\b|(?i:\ball rights reserved\b|\bmay not be (?:published|reproduced), (?:broadcast|distributed)\b)",
        // Bylines: two to five capitalised words after "By", with other authors and a desk.
        r"^(?:By|BY|by) (?:\p{Lu}[\p{L}.'’-]*[ ,]+){1,4}(?:(?:and|AND) (?:\p{Lu}[\p{L}.'’-]*[ ,]+){1,3})?(?:\p{Lu}[\p{L}.'’/-]*)(?:,? (?:(?:for|of|at) (?:the )?\p{Lu}[\p{L} ]{1,30}|with (?:additional )?reporting (?:from|by) .*))?$",
        r"^(?:By|BY) \p{Lu}[^.,]{2,60}, [^.]*(?:Correspondent|Reporter|Writer|Editor|Columnist|Contributor|Press|News|CNN|Reuters|Times|Post|Staff|Analyst|Producer|[Cc]orrespondent|[Rr]eporter|[Ww]riter|[Ee]ditor|[Cc]ontributor)$",
        r"^(?:By|BY) \p{Lu}[^.|]{2,60}(?:, [^.|]{2,40})?\s*[|•·]\s*.{4,40}$",
        r"(?i)^(?:print|e-?mail|share|tweet|save|comment|text size)\b[^.]{0,40}[|•·/][^.]{0,60}$",
        // Rules and ornaments: nothing to read.
        r"^[^\p{L}\p{N}]+$",
    ])
});

/// A line of more bytes is a paragraph, whatever phrase is in it.
const MAX_BYTES: usize = 300;

/// True for a line, or a sentence of a paragraph, that is not reporting: a byline, a credit, a pointer to another article, an offer.
pub fn is_boilerplate(text: &str) -> bool {
    text.len() <= MAX_BYTES && PATTERNS.is_match(text)
}

/// Claims the lines that are not reporting.
pub(super) fn mark(lines: &mut [Line<'_>]) {
    for line in lines.iter_mut().filter(|line| line.is_open() && is_boilerplate(line.text)) {
        line.kind = Some(Kind::Boilerplate);
    }
}
