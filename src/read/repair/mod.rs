//! A text as it was read -> the text that is worked on, with where it lies in the one that was read: without markup (`markup`), without the link lists that some sites
//! print inside their sentences (`link_lists`), with the lines joined that a page's width has broken (`lines`), and read anew where it had been read in the wrong
//! encoding (`misread`).

mod link_lists;
mod lines;
mod markup;
mod misread;

pub(super) use lines::has_columns;
use link_lists::link_lists;
use markup::markup;
use misread::read_anew;

use crate::records::{Cuts, Edit};

/// A text that is worked on.
#[derive(Clone)]
pub(super) struct Repaired {
    pub text: String,
    pub cuts: Cuts,
    /// What was done, in plain words.
    pub warnings: Vec<String>,
}

/// A text as it is.
fn plain(text: String) -> Repaired {
    Repaired { text, cuts: Cuts::default(), warnings: vec![] }
}

/// The headline of a page.
pub(super) fn headline_of_page(text: String) -> Repaired {
    read_anew(plain(text))
}

/// Takes markup out of a headline.
pub(super) fn headline(text: String) -> Repaired {
    let mut repaired = plain(text);
    if let Some(edits) = markup(&repaired.text) {
        repaired.apply(&edits);
        repaired.warnings.push("markup was taken out of the headline".to_owned());
    }
    without_soft_hyphens(read_anew(repaired))
}

/// Takes the link lists out of the text of a page.
pub(super) fn of_page(text: String) -> Repaired {
    without_links(without_soft_hyphens(read_anew(plain(text))))
}

/// Takes out of a body what is no text of the article, and joins broken lines.
pub(super) fn body(text: String) -> Repaired {
    let mut repaired = plain(text);
    if let Some(edits) = markup(&repaired.text) {
        repaired.apply(&edits);
        let n = count(edits.len(), "piece", "pieces");
        repaired
            .warnings
            .push(format!("{n} of markup taken out of the text; offsets count in the text with it"));
    }
    without_links(lines::joined(without_soft_hyphens(read_anew(repaired))))
}

fn without_soft_hyphens(mut repaired: Repaired) -> Repaired {
    let edits = lines::soft_hyphens(&repaired.text);
    if !edits.is_empty() {
        repaired.apply(&edits);
        repaired.warnings.push(format!("{} left out", count(edits.len(), "soft hyphen", "soft hyphens")));
    }
    repaired
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

impl Repaired {
    fn apply(&mut self, edits: &[Edit]) {
        self.text = self.cuts.apply(std::mem::take(&mut self.text), edits);
    }
}

fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::records::Span;

    proptest! {
        #[test]
        fn any_text_is_repaired(text in "(?s)(<p>|</p>|<script>|&amp;|\u{ad}|-|\u{2010}|\u{c}|<!--|-->|<|\n|[a-z]{1,9} |é|â€™|Ã©|MORE ){0,60}") {
            let repaired = body(text.clone());
            prop_assert!(repaired.text.len() <= text.len() + 1);
            prop_assert!(repaired.cuts.bytes(Span::new(0, repaired.text.len())).end <= text.len());
        }
    }
}
