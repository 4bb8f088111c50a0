//! Tags, comments and entities.

use std::collections::HashMap;
use std::sync::LazyLock;

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{Token, Tokenizer};
use regex::Regex;

use crate::records::{Edit, Span};

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
pub(super) fn markup(text: &str) -> Option<Vec<Edit>> {
    let mut markup = Markup { text, edits: vec![], from: 0 };
    let marks = if text.contains('<') { marks(text) } else { vec![] };
    if marks.iter().any(|mark| mark.is_end || mark.is_comment() || mark.is(&["p", "br"])) {
        // Where each element is closed last: nothing is sought that is not there.
        let ends = marks.iter().enumerate().filter(|(_, mark)| mark.is_end);
        let last_end: HashMap<&[u8], usize> = ends.map(|(at, mark)| (mark.name.as_slice(), at)).collect();
        let mut at = 0;
        while let Some(mark) = marks.get(at) {
            at += 1;
            if !mark.is_end && mark.is(&UNREAD) {
                // What is never closed is a word of the text.
                let is_close = |other: &usize| marks[*other].is_end && marks[*other].name == mark.name;
                let is_closed = last_end.get(mark.name.as_slice()).is_some_and(|&end| end >= at);
                let close = is_closed.then(|| (at..marks.len()).find(is_close)).flatten();
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

#[cfg(test)]
mod tests {
    use super::super::body;

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
}
