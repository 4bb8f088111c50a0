//! clean: [`Article`] -> [`Layout`]. Says what each part of a body is, and in which language it stands.
//!
//! Nothing is deleted: a part that is no reporting is flagged, and every offset still refers to the body as read.
//! Each rule looks at one line and its neighbours and claims it; what no rule claims is body text. The rules are
//! tuned for precision: a sentence of the article must not be lost to a flag.

mod line;
mod pattern;
mod caption;
mod boilerplate;
mod embedded_post;
mod headline;
mod subheading;
mod dateline;
mod language;

use crate::records::{Article, Block, Kind, Layout, Span};
pub use boilerplate::is_boilerplate;
use line::Line;

/// What each part of an article's body is, in which language it stands, and what a reader should know about it.
///
/// The blocks are in order, do not overlap, lie on one line each, have no blanks at their ends and cover every
/// character of the body that is not blank. An empty body has none.
///
/// ```
/// use parallax::records::{Article, Kind};
///
/// let body = "LONDON (AP) — The bridge was closed on Monday.\nRead next: Five bridges to see";
/// let layout = parallax::clean::clean(&Article::new("a", "The Courier", body));
/// let kinds: Vec<Kind> = layout.blocks.iter().map(|block| block.kind).collect();
/// assert_eq!(kinds, [Kind::Dateline, Kind::Body, Kind::Boilerplate]);
/// assert_eq!(layout.blocks[1].span.slice(body), "The bridge was closed on Monday.");
/// ```
pub fn clean(article: &Article) -> Layout {
    let mut lines = line::lines(&article.body);
    embedded_post::mark(&mut lines);
    caption::mark(&mut lines);
    boilerplate::mark(&mut lines);
    headline::mark(&mut lines, &article.headline);
    subheading::mark(&mut lines);
    let (language, blocks) = (language::detect(&lines).to_owned(), blocks(&lines));
    let warnings = warning(&language, &blocks).into_iter().collect();
    Layout { language, blocks, warnings }
}

fn blocks(lines: &[Line<'_>]) -> Vec<Block> {
    let mut blocks = Vec::with_capacity(lines.len());
    let first_open = lines.iter().position(Line::is_open);
    for (i, line) in lines.iter().enumerate() {
        match line.kind {
            Some(kind) => blocks.push(Block { span: line.span, kind }),
            None => push_parts(line, first_open == Some(i), &mut blocks),
        }
    }
    blocks
}

/// The parts of a line of running text: a dateline where the text begins, captions in brackets, and the rest.
fn push_parts(line: &Line<'_>, is_first: bool, blocks: &mut Vec<Block>) {
    let dateline = if is_first { dateline::length(line.text) } else { 0 };
    let mut flagged = vec![(Span::new(0, dateline), Kind::Dateline)];
    let captions = caption::inline(&line.text[dateline..]);
    flagged.extend(captions.into_iter().map(|span| (span.shifted(dateline), Kind::Caption)));
    let mut at = 0;
    for (span, kind) in flagged {
        push(line, Span::new(at, span.start), Kind::Body, blocks);
        push(line, span, kind, blocks);
        at = span.end;
    }
    push(line, Span::new(at, line.text.len()), Kind::Body, blocks);
}

/// Adds the part of `line` that `span` covers, without blanks at its ends; nothing where it is blank.
fn push(line: &Line<'_>, span: Span, kind: Kind, blocks: &mut Vec<Block>) {
    let part = span.slice(line.text);
    let start = span.start + (part.len() - part.trim_start().len());
    let part = part.trim();
    if !part.is_empty() {
        let span = Span::new(start, start + part.len()).shifted(line.span.start);
        blocks.push(Block { span, kind });
    }
}

fn warning(language: &str, blocks: &[Block]) -> Option<String> {
    if !blocks.iter().any(|block| block.kind == Kind::Body) {
        return Some("no running text was found in the body".to_owned());
    }
    // Whether a language that was told can be matched is for the model to say.
    (language == language::UNDETERMINED).then(|| "the language of the body could not be told".to_owned())
}

#[cfg(test)]
mod tests;
