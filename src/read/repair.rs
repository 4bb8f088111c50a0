//! A text as it was read -> the text that is worked on, with where it lies in the one that was read: without markup, without the link lists that some sites print
//! inside their sentences, with the lines joined that a page's width has broken.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{Token, Tokenizer};
use regex::Regex;

use crate::records::{Cuts, Edit, Span};

/// A text that is worked on.
#[derive(Clone)]
pub(super) struct Repaired {
    pub text: String,
    pub cuts: Cuts,
    /// What was done, in plain words.
    pub warnings: Vec<String>,
}

/// Takes markup out of a headline, or of another text of one line.
pub(super) fn headline(text: String) -> Repaired {
    let mut repaired = Repaired { text, cuts: Cuts::default(), warnings: vec![] };
    if let Some(edits) = markup(&repaired.text) {
        repaired.apply(&edits);
        repaired.warnings.push("markup was taken out of the headline".to_owned());
    }
    repaired
}

/// A text as it is.
pub(super) fn plain(text: String) -> Repaired {
    Repaired { text, cuts: Cuts::default(), warnings: vec![] }
}

/// Takes the link lists out of the text of a page.
pub(super) fn of_page(text: String) -> Repaired {
    without_links(plain(text))
}

/// Takes out of a body what is no text of the article, and joins broken lines.
pub(super) fn body(text: String) -> Repaired {
    let mut repaired = Repaired { text, cuts: Cuts::default(), warnings: vec![] };
    if let Some(edits) = markup(&repaired.text) {
        repaired.apply(&edits);
        let n = count(edits.len(), "piece", "pieces");
        repaired
            .warnings
            .push(format!("{n} of markup taken out of the text; offsets count in the text with it"));
    }
    without_links(join_lines(repaired))
}

fn without_links(mut repaired: Repaired) -> Repaired {
    let edits = link_lists(&repaired.text);
    if !edits.is_empty() {
        repaired.apply(&edits);
        let n = count(edits.len(), "list", "lists");
        repaired.warnings.push(format!("{n} of links inside sentences left out"));
    }
    repaired
}

/// A text without its markup.
pub(super) fn without_markup(text: &str) -> String {
    let mut cuts = Cuts::default();
    cuts.apply(text.to_owned(), &markup(text).unwrap_or_default())
}

/// Share of the lines of some length with a gap at one place from which on they are taken for two columns, and the number of such lines at least.
const LEAST_GAPS: f64 = 0.6;
const LEAST_OF_COLUMNS: usize = 12;

/// True for a text whose lines hold two columns side by side: a gap of three blanks or more that ends at one place of most lines.
pub(super) fn has_columns(text: &str) -> bool {
    let lines: Vec<&str> = text.lines().map(str::trim_end).filter(|line| line.len() > 30).collect();
    let mut n_at: HashMap<usize, usize> = HashMap::new();
    for line in &lines {
        let (mut n_blanks, mut is_inside) = (0, false);
        for (at, char) in line.chars().enumerate() {
            if char == ' ' {
                n_blanks += 1;
                continue;
            }
            if is_inside && n_blanks >= 3 {
                *n_at.entry(at).or_default() += 1;
            }
            (n_blanks, is_inside) = (0, true);
        }
    }
    let most = n_at.values().copied().max().unwrap_or_default();
    most >= LEAST_OF_COLUMNS && most as f64 >= LEAST_GAPS * lines.len() as f64
}

/// Joins broken lines, and takes out the headers and numbers of pages between them.
fn join_lines(repaired: Repaired) -> Repaired {
    let marks = page_marks(&repaired.text);
    let mut joined = repaired.clone();
    joined.apply(&marks);
    let Some((width, edits)) = broken_lines(&joined.text) else { return repaired };
    joined.apply(&edits);
    // Lines that were stretched to the width of the page.
    let blank = |found: regex::Match<'_>| Edit {
        span: Span::new(found.end() - found.as_str().matches(' ').count() + 1, found.end()),
        words: String::new(),
    };
    let blanks: Vec<Edit> = BLANKS.find_iter(&joined.text).map(blank).collect();
    joined.apply(&blanks);
    joined
        .warnings
        .push(format!("the text is broken into lines of some {width} characters; they were joined"));
    if !marks.is_empty() {
        let n = count(marks.len(), "header or number of a page", "headers and numbers of pages");
        joined.warnings.push(format!("{n} left out"));
    }
    joined
}

impl Repaired {
    fn apply(&mut self, edits: &[Edit]) {
        self.text = self.cuts.apply(std::mem::take(&mut self.text), edits);
    }
}

fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// Elements that begin a new line.
const BLOCKS: [&str; 40] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "br",
    "caption",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "html",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tbody",
    "td",
    "th",
    "title",
    "tr",
    "ul",
];

/// Elements that do not.
const INLINE: [&str; 34] = [
    "a", "abbr", "b", "big", "bdi", "cite", "code", "del", "em", "font", "head", "i", "iframe", "img", "ins",
    "kbd", "link", "mark", "meta", "picture", "q", "s", "small", "source", "span", "strike", "strong", "sub",
    "sup", "time", "tt", "u", "video", "wbr",
];

/// Elements whose words are not read.
const UNREAD: [&str; 5] = ["script", "style", "template", "noscript", "svg"];

static ENTITY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
        .expect("the pattern is ours")
});

/// A tag or a comment of a text.
struct Mark {
    /// Empty for a comment.
    name: Vec<u8>,
    is_end: bool,
    span: Span,
}

impl Mark {
    fn is(&self, names: &[&str]) -> bool {
        names.iter().any(|name| name.as_bytes() == self.name.as_slice())
    }

    fn is_comment(&self) -> bool {
        self.name.is_empty()
    }
}

/// The tags of known elements and the comments of a text. What only looks like a tag ("a <b && c>", "<i and") is none.
fn marks(text: &str) -> Vec<Mark> {
    let mut found = vec![];
    for Ok(token) in Tokenizer::new_with_emitter(text, DefaultEmitter::<usize>::new_with_span()) {
        let (name, is_end, span) = match token {
            Token::StartTag(tag) => {
                let is_name = |name: &[u8]| {
                    name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_:.@".contains(byte))
                };
                let mut attributes = tag.attributes.iter();
                if !attributes
                    .all(|(name, value)| is_name(&name.0) && (name.0.len() > 1 || !value.value.0.is_empty()))
                {
                    continue;
                }
                (tag.name.0, false, tag.span)
            }
            Token::EndTag(tag) => (tag.name.0, true, tag.span),
            Token::Comment(comment) => (vec![], false, comment.span),
            _ => continue,
        };
        let span = Span::new(span.start, span.end.min(text.len()));
        if span.start >= span.end || !text.is_char_boundary(span.start) || !text.is_char_boundary(span.end) {
            continue;
        }
        let mark = Mark { name, is_end, span };
        let words = span.slice(text);
        let is_whole = if mark.is_comment() {
            words.starts_with("<!--") && words.ends_with("-->")
        } else {
            words.ends_with('>')
        };
        if is_whole && (mark.is_comment() || mark.is(&BLOCKS) || mark.is(&INLINE) || mark.is(&UNREAD)) {
            found.push(mark);
        }
    }
    found
}

/// What a text has of markup, with what stands for it: a line end for a paragraph, the character for an entity. `None` for plain text, which may hold "<" and "&": tags
/// count where one is closed, or where there is a paragraph or a line break.
fn markup(text: &str) -> Option<Vec<Edit>> {
    let mut markup = Markup { text, edits: vec![], from: 0 };
    let marks = if text.contains('<') { marks(text) } else { vec![] };
    if marks.iter().any(|mark| mark.is_end || mark.is_comment() || mark.is(&["p", "br"])) {
        // Where the last end of an element stands whose words are not read.
        let last = |name: &[u8]| marks.iter().rposition(|mark| mark.is_end && mark.name == name);
        let ends: HashMap<&str, usize> =
            UNREAD.iter().filter_map(|name| Some((*name, last(name.as_bytes())?))).collect();
        let mut at = 0;
        while let Some(mark) = marks.get(at) {
            at += 1;
            let name = std::str::from_utf8(&mark.name).unwrap_or_default();
            if !mark.is_end && mark.is(&UNREAD) {
                // What is never closed is a word of the text.
                if ends.get(name).is_none_or(|&end| end < at) {
                    continue;
                }
                let close = (at..marks.len()).find(|&end| marks[end].is_end && marks[end].name == mark.name);
                let Some(close) = close else { continue };
                markup.put(Span::new(mark.span.start, marks[close].span.end), "");
                at = close + 1;
            } else {
                markup.put(mark.span, if mark.is(&BLOCKS) { "\n" } else { "" });
            }
        }
    }
    markup.edits.extend(entities(text, markup.from, text.len()));
    (!markup.edits.is_empty()).then_some(markup.edits)
}

/// The markup of a text, in order.
struct Markup<'text> {
    text: &'text str,
    edits: Vec<Edit>,
    /// Behind the last one.
    from: usize,
}

impl Markup<'_> {
    /// Adds the markup at `span`, what stands for it, and the entities before it.
    fn put(&mut self, span: Span, words: &str) {
        if span.start >= self.from {
            self.edits.extend(entities(self.text, self.from, span.start));
            self.edits.push(Edit { span, words: words.to_owned() });
            self.from = span.end;
        }
    }
}

fn entities(text: &str, from: usize, to: usize) -> Vec<Edit> {
    let found = ENTITY.find_iter(&text[from..to]);
    let edit = |entity: regex::Match<'_>| {
        let words = decoded(entity.as_str())?;
        Some(Edit { span: Span::new(from + entity.start(), from + entity.end()), words })
    };
    found.filter_map(edit).collect()
}

/// The character that an entity stands for; `None` where it is none, and for what no text holds.
fn decoded(entity: &str) -> Option<String> {
    let mut words = String::new();
    for Ok(token) in Tokenizer::new(entity) {
        match token {
            Token::String(text) => words.push_str(&String::from_utf8_lossy(&text.0)),
            Token::Error(_) => {}
            _ => return None,
        }
    }
    let is_plain = words.chars().all(|char| !char.is_control() || char == '\n' || char == '\t');
    (words != entity && !words.is_empty() && is_plain).then_some(words)
}

/// Longest list of links that is looked for, in bytes.
const MOST_LINKS: usize = 1_500;

static MORE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r" MORE\b").expect("the pattern is ours"));
static GLUED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"([\p{Lu}][\p{L}'’.-]*\p{Ll})([\p{Lu}0-9'‘“])").expect("the pattern is ours")
});

/// Lists of links that a site prints behind a name, inside the sentence: "Sen. John Cornyn John CornynGOP senators balk … MORE (R-Texas) said". Each is the
/// person's name once more with a headline glued to it, up to the word MORE.
fn link_lists(text: &str) -> Vec<Edit> {
    let mut edits: Vec<Edit> = vec![];
    for more in MORE.find_iter(text) {
        let done = edits.last().map_or(0, |edit| edit.span.end);
        let mut from = done.max(more.start().saturating_sub(MOST_LINKS));
        while !text.is_char_boundary(from) {
            from += 1;
        }
        let line = text[from..more.start()].rfind('\n').map_or(from, |at| from + at + 1);
        let before = &text[line..more.start()];
        // The glued surname stands just before as well.
        let glued = GLUED.captures_iter(before).find_map(|found| {
            let (surname, next) = (found.get(1)?, found.get(2)?);
            let start = again(&before[..surname.start()], surname.as_str())?;
            (next.start() > start).then_some(start)
        });
        if let Some(start) = glued {
            edits.push(Edit { span: Span::new(line + start, more.end()), words: String::new() });
        }
    }
    edits
}

/// Words of a person's name between the name and its repetition, at most.
const MOST_NAMES: usize = 6;

/// Where the list begins: behind the surname of a person who has just been named, where only that name stands between it and the surname's next place: "Sen. John
/// Cornyn John Cornyn…".
fn again(before: &str, surname: &str) -> Option<usize> {
    let is_name = |word: &str| word.trim_start_matches(['(', '"', '“']).starts_with(char::is_uppercase);
    let mut end = before.len();
    for word in before.split(' ').rev().take(MOST_NAMES + 1) {
        let start = end - word.len();
        if word.trim_matches(|char: char| !char.is_alphanumeric()) == surname {
            let first = before[..start].trim_end().rsplit(' ').next().unwrap_or_default();
            return is_name(first).then_some(start + word.len());
        }
        if !word.is_empty() && !is_name(word) {
            return None;
        }
        end = start.saturating_sub(1);
    }
    None
}

static PAGE_NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?i:[-–—|\[( ]*(?:page|p\.)? *#(?: *(?:of|/) *#)?[-–—|\]) ]*)$")
        .expect("the pattern is ours")
});

/// Blanks between words; those at a line's start are kept.
static BLANKS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[^\s] {2,}").expect("the pattern is ours"));

static FOOTER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^https?://\S+(?: +#/#)?$|https?://\S+ +#/#$").expect("the pattern is ours")
});

/// Longest header of a page, in characters, and how often it stands in a text at least.
const LONGEST_HEADER: usize = 120;
const LEAST_HEADERS: usize = 3;

/// The headers, footers and numbers of pages: lines that are a number, and lines that come again and again but for their numbers. What stands before and behind one is
/// put together: as one paragraph where a sentence goes on.
fn page_marks(text: &str) -> Vec<Edit> {
    let mut at = 0;
    let mut lines: Vec<(Span, String)> = vec![]; // without blanks around, and with `#` for a number
    for line in text.split_inclusive('\n') {
        let start = at + (line.len() - line.trim_start().len());
        let words = line.trim();
        let mut shape = String::new();
        for char in words.chars() {
            let next = if char.is_ascii_digit() { '#' } else { char };
            let is_again = shape.ends_with(next) && (next == '#' || next.is_whitespace());
            shape.extend((!is_again).then_some(next));
        }
        lines.push((Span::new(start.min(at + line.len()), start.min(at + line.len()) + words.len()), shape));
        at += line.len();
    }
    let mut n_of: HashMap<&str, usize> = HashMap::new();
    for (_, shape) in &lines {
        *n_of.entry(shape).or_default() += 1;
    }
    let has_pages = text.contains('\u{c}');
    let is_mark = |(span, shape): &(Span, String)| {
        let words = span.slice(text);
        let is_short = !words.is_empty() && shape.chars().count() <= LONGEST_HEADER;
        let least = if has_pages && shape.contains('#') { 2 } else { LEAST_HEADERS };
        let is_again = n_of[shape.as_str()] >= least && !ends_sentence(words);
        is_short && (PAGE_NUMBER.is_match(shape) || is_again) || has_pages && FOOTER.is_match(shape)
    };
    let mut edits: Vec<Edit> = vec![];
    let mut line = 0;
    while line < lines.len() {
        if !is_mark(&lines[line]) {
            line += 1;
            continue;
        }
        let is_open = |at: &usize| lines[*at].0.is_empty() || is_mark(&lines[*at]);
        let before = (0..line).rev().find(|at| !lines[*at].0.is_empty());
        let next = (line..lines.len()).find(|at| !is_open(at));
        let from = before.map_or(0, |at| lines[at].0.end);
        let to = next.map_or(text.len(), |at| lines[at].0.start);
        let goes_on = before.is_some_and(|at| !ends_sentence(lines[at].0.slice(text)));
        let words = if before.is_none() || next.is_none() {
            ""
        } else if goes_on {
            "\n"
        } else {
            "\n\n"
        };
        edits.push(Edit { span: Span::new(from, to), words: words.to_owned() });
        line = next.unwrap_or(lines.len());
    }
    edits
}

/// Lines that say how long lines are, at least.
const LEAST_LINES: usize = 6;

/// Width of a broken text, in characters.
const WIDTHS: std::ops::RangeInclusive<usize> = 30..=130;

/// Share of the lines before another line that reach three fifths of the width, and of those that end within a sentence, at least.
const LEAST_LONG: f64 = 0.7;
const LEAST_OPEN: f64 = 0.4;

/// The width of a text whose lines are broken at a page's width, and what joins them; `None` for one with a paragraph in each line.
///
/// A line that ends a sentence short of the width ends a paragraph. A word that is parted by a hyphen at the line's end is mended.
fn broken_lines(text: &str) -> Option<(usize, Vec<Edit>)> {
    let mut at = 0;
    let mut lines: Vec<(Span, usize)> = vec![]; // bytes without the line end, characters without blanks around
    for line in text.split_inclusive('\n') {
        let kept = line.trim_end_matches(['\n', '\r']);
        lines.push((Span::new(at, at + kept.len()), kept.trim().chars().count()));
        at += line.len();
    }
    let mut lengths: Vec<usize> = lines.iter().map(|line| line.1).filter(|&length| length > 0).collect();
    if lengths.len() < LEAST_LINES {
        return None;
    }
    lengths.sort_unstable();
    let width = lengths[lengths.len() * 9 / 10];
    let words = |line: &(Span, usize)| line.0.slice(text).trim();
    let inner: Vec<usize> =
        (0..lines.len() - 1).filter(|&line| lines[line].1 > 0 && lines[line + 1].1 > 0).collect();
    let share = |is: &dyn Fn(&usize) -> bool| {
        inner.iter().filter(|line| is(line)).count() as f64 / inner.len().max(1) as f64
    };
    let is_long = share(&|&line| lines[line].1 * 5 >= width * 3);
    let is_open = share(&|&line| !ends_sentence(words(&lines[line])));
    if !WIDTHS.contains(&width)
        || inner.len() < LEAST_LINES / 2
        || is_long < LEAST_LONG
        || is_open < LEAST_OPEN
    {
        return None;
    }
    let joined = |&line: &usize| {
        let (this, next) = (words(&lines[line]), words(&lines[line + 1]));
        let ends = ends_sentence(this) && lines[line].1 * 5 < width * 4;
        let is_parted = this.ends_with('-') && next.starts_with(char::is_lowercase);
        !ends && (lines[line].1 * 2 >= width || is_parted) && !opens_item(next)
    };
    let known: HashSet<&str> = text.split(|char: char| !char.is_alphanumeric() && char != '-').collect();
    let edit = |line: usize| {
        let (of, next) = (lines[line].0, lines[line + 1].0);
        let end = of.start + of.slice(text).trim_end().len();
        let start = next.start + (next.len() - next.slice(text).trim_start().len());
        match parted(last_word(of.slice(text).trim_end()), first_word(next.slice(text).trim_start()), &known)
        {
            None => Edit { span: Span::new(end, start), words: " ".to_owned() },
            Some(Parted::Word) => Edit { span: Span::new(end - 1, start), words: String::new() },
            Some(Parted::Compound) => Edit { span: Span::new(end, start), words: String::new() },
        }
    };
    let edits: Vec<Edit> = inner.iter().filter(|line| joined(line)).map(|&line| edit(line)).collect();
    (!edits.is_empty()).then_some((width, edits))
}

/// What a hyphen at a line's end is.
enum Parted {
    /// It parts a word: "exami-" and "nation".
    Word,
    /// It belongs to a compound: "well-" and "known".
    Compound,
}

/// First parts of compounds.
const COMPOUNDS: [&str; 56] = [
    "all", "anti", "back", "best", "co", "counter", "cross", "eight", "ex", "far", "first", "five", "four",
    "full", "good", "half", "hard", "high", "ill", "in", "left", "long", "low", "mid", "much", "multi",
    "nine", "non", "off", "on", "one", "open", "out", "over", "part", "post", "pre", "pro", "quasi", "right",
    "second", "self", "semi", "seven", "short", "six", "so", "ten", "then", "third", "three", "two", "under",
    "vice", "well", "year",
];

/// How two words at a line's end and the next line's start belong together; `None` where no hyphen parts them. `known` are the words of the text.
fn parted(left: &str, right: &str, known: &HashSet<&str>) -> Option<Parted> {
    let stem = left.strip_suffix('-')?;
    if stem.is_empty() || stem.ends_with('-') || right.is_empty() {
        return None;
    }
    let (joined, compound) = (format!("{stem}{right}"), format!("{left}{right}"));
    let first = stem.rsplit('-').next().unwrap_or_default().to_lowercase();
    let is_compound = known.contains(compound.as_str())
        || !right.starts_with(char::is_lowercase)
        || !stem.ends_with(char::is_lowercase)
        || COMPOUNDS.contains(&first.as_str())
        // Both are words of their own, and the two as one are none that the text has.
        || !known.contains(joined.as_str()) && known.contains(stem) && known.contains(right);
    Some(if is_compound { Parted::Compound } else { Parted::Word })
}

fn last_word(line: &str) -> &str {
    line.rsplit(|char: char| !char.is_alphanumeric() && char != '-').next().unwrap_or_default()
}

fn first_word(line: &str) -> &str {
    line.split(|char: char| !char.is_alphanumeric() && char != '-').next().unwrap_or_default()
}

fn ends_sentence(line: &str) -> bool {
    line.trim_end_matches(['"', '”', '“', '’', '‘', '\'', ')', '»', '«', ']'])
        .ends_with(['.', '!', '?', ':', '…', '。', '؟', '।'])
}

/// True for a line that begins an item of a list.
fn opens_item(line: &str) -> bool {
    let bullet = line.starts_with(['•', '*', '–', '—', '·', '-', '+', '◦']);
    let rest = line.trim_start_matches(|char: char| char.is_ascii_digit());
    let number = rest.len() < line.len() && rest.starts_with(['.', ')']);
    bullet && line.chars().nth(1).is_some_and(char::is_whitespace)
        || number && rest.chars().nth(1).is_some_and(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn markup_is_taken_out_and_plain_text_stays() {
        for (text, clean) in [
            ("<p>He said <b>so</b>.</p><p>She &amp; I&#8217;m</p>", "\nHe said so.\n\nShe & I’m\n"),
            ("a<br/>b<br>c", "a\nb\nc"),
            ("x <script>alert('<p>')</script>y<!-- z -->", "x y"),
            ("<style>p { }</style>words", "words"),
            (
                "Hackers put a <script> tag into it. It was big.",
                "Hackers put a <script> tag into it. It was big.",
            ),
            (
                "The source said <!-- and left. Then <p>he came.</p>",
                "The source said <!-- and left. Then <p>he came.</p>",
            ),
            ("if (a <b && c> d) Vec<i> and List<a> x", "if (a <b && c> d) Vec<i> and List<a> x"),
            ("<title>Bridge</title><p>Words.</p>", "\nBridge\n\nWords.\n"),
            ("if a < b and c > d, AT&T wins", "if a < b and c > d, AT&T wins"),
            ("<bbc> and <laughs>", "<bbc> and <laughs>"),
            ("1 &lt; 2 &unknown; &amp", "1 < 2 &unknown; &amp"),
            ("mail <me@example.org> now", "mail <me@example.org> now"),
            ("caf\u{e9}<i>\u{e9}</i>", "caf\u{e9}\u{e9}"),
        ] {
            assert_eq!(body(text.to_owned()).text, clean, "{text}");
        }
    }

    #[test]
    fn link_lists_inside_sentences_are_left_out() {
        for (text, clean) in [
            (
                "Sen. John Cornyn John CornynGOP senators balk at trial Overnight Health Care: drug pricing | vaping ban MORE (R-Texas) said no.",
                "Sen. John Cornyn (R-Texas) said no.",
            ),
            (
                "of President Trump Donald John TrumpKamala Harris calls for Twitter to suspend it MORE's plan and Sen. Tim Kaine Timothy (Tim) Michael KaineWarren says no MORE won.",
                "of President Trump's plan and Sen. Tim Kaine won.",
            ),
            (
                "Buyers of the Mac and the MacBook line say they need MORE ports.",
                "Buyers of the Mac and the MacBook line say they need MORE ports.",
            ),
            (
                "Pay your bill with PayPal before June and get MORE for less.",
                "Pay your bill with PayPal before June and get MORE for less.",
            ),
            ("He wants MORE of it, McDonald said.", "He wants MORE of it, McDonald said."),
            ("Ann McCain and John McCain want MORE.", "Ann McCain and John McCain want MORE."),
        ] {
            assert_eq!(body(text.to_owned()).text, clean);
        }
    }

    #[test]
    fn lines_broken_at_a_width_are_joined() {
        let text = "The bridge over the river was closed on Monday after\nengineers found cracks in its main pillar. The exami-\nnation took four days and was led by a team from the\ncapital.\nBuses will take the northern bridge until the work is\ndone, which may last well into the spring. The mayor\nasked people to be patient, and said that the city had\nno choice.\n\nA second bridge is planned.\n";
        let repaired = body(text.to_owned());
        assert_eq!(
            repaired.text,
            "The bridge over the river was closed on Monday after engineers found cracks in its main pillar. The examination took four days and was led by a team from the capital.\nBuses will take the northern bridge until the work is done, which may last well into the spring. The mayor asked people to be patient, and said that the city had no choice.\n\nA second bridge is planned.\n"
        );
        assert!(repaired.warnings[0].contains("lines of some 5"), "{:?}", repaired.warnings);
        let start = repaired.text.find("examination").unwrap();
        let span = repaired.cuts.bytes(Span::new(start, start + "examination".len()));
        assert_eq!(span.slice(text), "exami-\nnation");
        let compounds = text.replace("exami-\nnation took", "vice-\npresident took");
        assert!(body(compounds).text.contains("The vice-president took"));
        let stretched = text.replace("closed on", "closed   on");
        assert!(body(stretched).text.contains("was closed on Monday"));
        // A paragraph in each line.
        let plain = "The council met.\n".repeat(20)
            + &"The mayor said that the bridge would be closed until the spring came to the city.\n"
                .repeat(9);
        assert_eq!(body(plain.clone()).text, plain);
    }

    #[test]
    fn lists_and_poems_stay() {
        for line in [
            "- Close the bridge for the whole of next week and look at it",
            "Shall I compare the river to the sea that it will never meet",
            "12. Open the northern bridge for all buses and all taxis",
        ] {
            let text = format!("{line}\n").repeat(9);
            assert_eq!(body(text.clone()).text, text);
        }
    }

    #[test]
    fn columns_are_seen() {
        let line = |n: usize| {
            format!("{:<40}and the right one something else\n", format!("the left column says {n}"))
        };
        assert!(has_columns(&(0..20).map(line).collect::<String>()));
        assert!(!has_columns(
            &"The bridge over the river was closed   on Monday after they found cracks.\n".repeat(5)
        ));
        assert!(!has_columns(
            &"The bridge over the river was closed on Monday after they found cracks.\n".repeat(20)
        ));
    }

    #[test]
    fn headers_and_numbers_of_pages_are_left_out() {
        let page = |n: usize, words: &str| {
            format!(
                "\u{c}MORNING POST                                Page {n}\n\n{words}\n\n                          - {n} -\n"
            )
        };
        let text = page(
            1,
            "The bridge over the river was closed on Monday after\nengineers found cracks in its main pillar, and buses will",
        ) + &page(
            2,
            "take the northern bridge until the work is done, which\nmay last well into the spring, as the city council said.",
        ) + &page(
            3,
            "A second bridge has been planned for nine years, and no\none knows who will pay for it.",
        );
        let repaired = body(text.clone());
        assert_eq!(
            repaired.text,
            "The bridge over the river was closed on Monday after engineers found cracks in its main pillar, and buses will take the northern bridge until the work is done, which may last well into the spring, as the city council said.\n\nA second bridge has been planned for nine years, and no one knows who will pay for it."
        );
        assert_eq!(repaired.warnings[1], "4 headers and numbers of pages left out");
        let start = repaired.text.find("and buses").unwrap();
        assert!(repaired.cuts.bytes(Span::new(start, start + 9)).slice(&text).starts_with("and buses"));
        // A list of numbers in a text with whole paragraphs stays.
        let plain = "The results:\n\n12\n\n14\n\n16\n\nThey are final.\n".to_owned();
        assert_eq!(body(plain.clone()).text, plain);
    }

    proptest! {
        #[test]
        fn any_text_is_repaired(text in "(?s)(<p>|</p>|<script>|&amp;|<!--|-->|<|\n|[a-z]{1,9} |é|MORE ){0,60}") {
            let repaired = body(text.clone());
            prop_assert!(repaired.text.len() <= text.len() + 1);
            prop_assert!(repaired.cuts.bytes(Span::new(0, repaired.text.len())).end <= text.len());
        }
    }
}
