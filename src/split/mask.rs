/// A copy of `line`, byte for byte as long, in which quotation marks and brackets are blanks.
///
/// sentencex takes what stands between two marks for one unit. In news a quotation holds several sentences, runs on
/// over paragraphs with no closing mark, or is opened by what is an apostrophe: each time, boundaries are lost up to
/// the next mark. Without marks each full stop is judged by the words around it; `boundary` puts the marks back on
/// the side to which they belong.
pub(super) fn mask(line: &str) -> String {
    let mut masked = String::with_capacity(line.len());
    let mut open_brackets = 0_usize;
    let mut before = ' ';
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        let is_masked = match c {
            '(' => true,
            // A bracket that closes nothing is the mark of a list item, "2)", which sentencex knows.
            ')' => open_brackets > 0,
            '\'' | '’' => !(before.is_alphanumeric() && chars.peek().is_some_and(|c| c.is_alphanumeric())),
            _ => is_quote(c) || matches!(c, '{' | '}' | '<' | '>'),
        };
        match c {
            '(' => open_brackets += 1,
            ')' => open_brackets = open_brackets.saturating_sub(1),
            _ => {}
        }
        push(&mut masked, c, is_masked);
        before = c;
    }
    masked
}

fn push(masked: &mut String, c: char, is_masked: bool) {
    if is_masked {
        masked.extend(std::iter::repeat_n(' ', c.len_utf8()));
    } else {
        masked.push(c);
    }
}

/// True for a quotation mark of any language; the apostrophe is one of them.
pub(super) const fn is_quote(c: char) -> bool {
    matches!(
        c,
        '"' | '\'' | '`' | '´' | '«' | '»' | '‘'..='‟' | '‹' | '›' | '「' | '」' | '『' | '』' | '《' | '》'
    )
}

/// True for a mark that closes and never opens.
pub(super) const fn is_closing(c: char) -> bool {
    matches!(c, ')' | ']' | '}' | '”' | '’' | '»' | '›' | '」' | '』' | '》')
}

/// True for a mark that opens and never closes.
pub(super) const fn is_opening(c: char) -> bool {
    matches!(c, '(' | '[' | '{' | '“' | '‘' | '«' | '‹' | '「' | '『' | '《')
}
