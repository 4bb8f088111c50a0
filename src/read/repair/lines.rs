//! Lines that a page's width has broken, and what a page puts between them.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use regex::Regex;

use super::{Repaired, count};
use crate::records::{Edit, Span};

/// Joins broken lines, and takes out the headers and numbers of pages between them.
pub(super) fn joined(repaired: Repaired) -> Repaired {
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

/// Share of the lines of some length with a gap at one place from which on they are taken for two columns, and the number of such lines at least.
const LEAST_GAPS: f64 = 0.3;
const LEAST_OF_COLUMNS: usize = 12;

/// Characters on each side of such a gap, at least: a table has shorter cells.
const LEAST_COLUMN: usize = 15;

/// True for a text whose lines hold two columns side by side: a gap of three blanks or more that ends at one place of many lines.
pub(in crate::read) fn has_columns(text: &str) -> bool {
    let lines: Vec<&str> = text.lines().map(str::trim_end).filter(|line| line.len() > 30).collect();
    let mut n_at: HashMap<usize, usize> = HashMap::new();
    for line in &lines {
        let n_chars = line.chars().count();
        let (mut n_blanks, mut is_inside) = (0, false);
        for (at, char) in line.chars().enumerate() {
            if char == ' ' {
                n_blanks += 1;
                continue;
            }
            let has_words = at - n_blanks >= LEAST_COLUMN && n_chars - at >= LEAST_COLUMN;
            if is_inside && n_blanks >= 3 && has_words {
                *n_at.entry(at).or_default() += 1;
            }
            (n_blanks, is_inside) = (0, true);
        }
    }
    // The gap ends a letter earlier or later on some pages.
    let near = |at: usize| (at.saturating_sub(1)..=at + 1).filter_map(|at| n_at.get(&at)).sum::<usize>();
    let most = n_at.keys().map(|&at| near(at)).max().unwrap_or_default();
    most >= LEAST_OF_COLUMNS && most as f64 >= LEAST_GAPS * lines.len() as f64
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
    // Each with `#` for a number.
    let lines: Vec<(Span, String)> =
        lines(text).into_iter().map(|line| (line, shape(line.slice(text)))).collect();
    let mut n_of: HashMap<&str, usize> = HashMap::new();
    for (_, shape) in &lines {
        *n_of.entry(shape).or_default() += 1;
    }
    let has_pages = text.contains('\u{c}');
    // What stands at the head of a page.
    let begins_page = |span: &Span| {
        let before = || text[..span.start].trim_end_matches([' ', '\t', '\n', '\r']);
        has_pages && !span.is_empty() && before().ends_with('\u{c}')
    };
    let heads: HashSet<&str> =
        lines.iter().filter(|(span, _)| begins_page(span)).map(|(_, shape)| shape.as_str()).collect();
    let is_mark = |(span, shape): &(Span, String)| {
        let words = span.slice(text);
        let is_short = !words.is_empty() && shape.chars().count() <= LONGEST_HEADER;
        let least = if has_pages && shape.contains('#') || heads.contains(shape.as_str()) {
            2
        } else {
            LEAST_HEADERS
        };
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

/// The bytes of each line, without the blanks around its words.
fn lines(text: &str) -> Vec<Span> {
    let mut from = 0;
    let line = |line: &str| {
        let start = from + (line.len() - line.trim_start().len());
        from += line.len();
        Span::new(start, start + line.trim().len())
    };
    text.split_inclusive('\n').map(line).collect()
}

/// A line with `#` for each number, and one blank for several.
fn shape(line: &str) -> String {
    let mut shape = String::new();
    for char in line.chars() {
        let next = if char.is_ascii_digit() { '#' } else { char };
        let is_again = shape.ends_with(next) && (next == '#' || next.is_whitespace());
        shape.extend((!is_again).then_some(next));
    }
    shape
}

/// Lines that say how long lines are, at least.
const LEAST_LINES: usize = 6;

/// Width of a broken text, in characters.
const WIDTHS: std::ops::RangeInclusive<usize> = 30..=130;

/// Share of the lines before another line that reach three fifths of the width, of those that end within a sentence, and of these the share whose next line begins with
/// no capital letter and no sign of a list, at least.
const LEAST_LONG: f64 = 0.7;
const LEAST_OPEN: f64 = 0.4;
const LEAST_GOING_ON: f64 = 0.5;

/// The width of a text whose lines are broken at a page's width, and what joins them; `None` for one with a paragraph in each line.
///
/// A line that ends a sentence short of the width ends a paragraph. A word that is parted by a hyphen at the line's end is mended.
fn broken_lines(text: &str) -> Option<(usize, Vec<Edit>)> {
    let lines = lines(text);
    let words = |line: usize| lines[line].slice(text);
    let lengths: Vec<usize> = (0..lines.len()).map(|line| words(line).chars().count()).collect();
    if lengths.iter().filter(|&&length| length > 0).count() < LEAST_LINES {
        return None;
    }
    let inner: Vec<usize> =
        (0..lines.len() - 1).filter(|&line| lengths[line] > 0 && lengths[line + 1] > 0).collect();
    // Not the longest: `pdftotext` puts what is left of a parted word, and all that follows it, behind the line before.
    let mut sorted: Vec<usize> = inner.iter().map(|&line| lengths[line]).collect();
    sorted.sort_unstable();
    let width = sorted.get(sorted.len() * 3 / 5).copied().unwrap_or_default();
    let share = |of: &[usize], is: &dyn Fn(usize) -> bool| {
        of.iter().filter(|&&line| is(line)).count() as f64 / of.len().max(1) as f64
    };
    let open: Vec<usize> = inner.iter().copied().filter(|&line| !ends_sentence(words(line))).collect();
    // Lines of a list, of a poem and of headlines begin with capital letters.
    let goes_on = |line: usize| {
        let next = words(line + 1);
        !next.starts_with(char::is_uppercase) && !opens_item(next)
    };
    if !WIDTHS.contains(&width)
        || inner.len() < LEAST_LINES / 2
        || share(&inner, &|line| lengths[line] * 5 >= width * 3) < LEAST_LONG
        || open.len() as f64 / (inner.len() as f64) < LEAST_OPEN
        || share(&open, &goes_on) < LEAST_GOING_ON
    {
        return None;
    }
    let is_joined = |&line: &usize| {
        let (this, next) = (words(line), words(line + 1));
        // The next line's first word would have found room, so the line was ended on purpose: a paragraph, a headline, a byline.
        let is_title = next.starts_with(char::is_uppercase) && has_room(lengths[line], next, width);
        let ends = ends_sentence(this) && lengths[line] * 5 < width * 4 || is_title;
        let is_parted = this.ends_with(HYPHENS) && next.starts_with(char::is_lowercase);
        !ends && (lengths[line] * 2 >= width || is_parted) && !opens_item(next)
    };
    let known: HashSet<&str> = text.split(is_between).collect();
    let edit = |line: usize| {
        let (end, start) = (lines[line].end, lines[line + 1].start);
        let (end, between) = match parted(last_word(words(line)), first_word(words(line + 1)), &known) {
            None => (end, " "),
            Some(Parted::Word) => (end - text[..end].chars().next_back().map_or(0, char::len_utf8), ""),
            Some(Parted::Compound) => (end, ""),
        };
        Edit { span: Span::new(end, start), words: between.to_owned() }
    };
    let edits: Vec<Edit> = inner.into_iter().filter(is_joined).map(edit).collect();
    (!edits.is_empty()).then_some((width, edits))
}

/// Whether the first word of `next` would have stood at the end of a line so long, with something to spare: letters differ in width.
fn has_room(length: usize, next: &str, width: usize) -> bool {
    let first = next.split_whitespace().next().unwrap_or_default().chars().count();
    (length + 1 + first) * 5 <= width * 4
}

/// What parts words at a line's end: the hyphen of keyboards and that of typesetters.
const HYPHENS: [char; 2] = ['-', '\u{2010}'];

/// A soft hyphen, which is seen at a line's end alone, with that end and the hyphen that is seen there.
static SOFT_HYPHEN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new("\u{ad}(?:(?:[ \t]*\n?[ \t]*[\u{2010}-])?[ \t]*\r?\n[ \t]*)?").expect("the pattern is ours")
});

/// What takes soft hyphens out, and puts the words together that they part.
pub(super) fn soft_hyphens(text: &str) -> Vec<Edit> {
    let found = SOFT_HYPHEN.find_iter(text);
    found.map(|of| Edit { span: Span::new(of.start(), of.end()), words: String::new() }).collect()
}

/// True for what stands between words.
fn is_between(char: char) -> bool {
    !char.is_alphanumeric() && !HYPHENS.contains(&char)
}

/// What a hyphen at a line's end is.
enum Parted {
    /// It parts a word: "exami-" and "nation".
    Word,
    /// It belongs to a compound: "well-" and "known".
    Compound,
}

/// First parts of compounds.
const COMPOUNDS: [&str; 37] = [
    "anti", "best", "cross", "eight", "ex", "first", "five", "four", "full", "good", "half", "hard", "high",
    "left", "long", "low", "mid", "much", "nine", "non", "one", "open", "quasi", "right", "second", "self",
    "semi", "seven", "short", "six", "ten", "third", "three", "two", "vice", "well", "year",
];

/// Words that no compound begins with, and many longer words do: "be-" and "cause", "with-" and "out".
const BEGINNINGS: [&str; 30] = [
    "a", "an", "any", "as", "at", "be", "but", "by", "can", "do", "every", "for", "how", "in", "is", "it",
    "me", "no", "not", "on", "or", "out", "over", "some", "there", "to", "under", "what", "where", "with",
];

/// How two words at a line's end and the next line's start belong together; `None` where no hyphen parts them. `known` are the words of the text.
fn parted(left: &str, right: &str, known: &HashSet<&str>) -> Option<Parted> {
    let stem = left.strip_suffix(HYPHENS)?;
    if stem.is_empty() || stem.ends_with(HYPHENS) || right.is_empty() {
        return None;
    }
    let (joined, compound) = (format!("{stem}{right}"), format!("{left}{right}"));
    let first = stem.rsplit(HYPHENS).next().unwrap_or_default().to_lowercase();
    let is_compound = known.contains(compound.as_str())
        || !right.starts_with(char::is_lowercase)
        || !stem.ends_with(char::is_lowercase)
        || COMPOUNDS.contains(&first.as_str())
        // Both are words of their own, and the two as one are none that the text has.
        || !known.contains(joined.as_str())
            && known.contains(stem)
            && known.contains(right)
            && !BEGINNINGS.contains(&first.as_str());
    Some(if is_compound { Parted::Compound } else { Parted::Word })
}

fn last_word(line: &str) -> &str {
    line.rsplit(is_between).next().unwrap_or_default()
}

fn first_word(line: &str) -> &str {
    line.split(is_between).next().unwrap_or_default()
}

fn ends_sentence(line: &str) -> bool {
    line.trim_end_matches(['"', '”', '“', '’', '‘', '\'', ')', '»', '«', ']'])
        .ends_with(['.', '!', '?', ':', '…', '。', '؟', '।'])
}

/// True for a line that begins an item of a list.
fn opens_item(line: &str) -> bool {
    let bullet = line.starts_with(['•', '*', '–', '—', '·', '-', '+', '◦']);
    let rest = line.trim_start_matches(|char: char| char.is_ascii_digit());
    // Four digits are a year that ends a sentence.
    let number = (1..4).contains(&(line.len() - rest.len())) && rest.starts_with(['.', ')']);
    bullet && line.chars().nth(1).is_some_and(char::is_whitespace)
        || number && rest.chars().nth(1).is_some_and(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::super::body;
    use super::*;

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
        for hyphen in ["\u{2010}", "\u{ad}", "\u{ad}\u{2010}", "\u{ad}\n\u{2010}"] {
            let typeset =
                body(text.replace("exami-", &format!("exami{hyphen}")).replace("northern", "north\u{ad}ern"));
            assert_eq!(typeset.text, repaired.text);
        }
        let because = text.replace(
            "no choice",
            "no cause to ask for more of the money, or to be-\nlieve that anything at all came of it after it be-\ncame so very clear",
        );
        let because = body(because).text;
        assert!(
            because.contains("or to believe that anything at all came of it after it became so"),
            "{because}"
        );
        let year = text.replace("exami-\nnation took", "work of\n2019. It took");
        assert!(body(year).text.contains("The work of 2019. It took"));
        let titled = format!("Bridge Over the River Is Closed\nBy Ann Fielding\n{text}");
        assert!(
            body(titled)
                .text
                .starts_with("Bridge Over the River Is Closed\nBy Ann Fielding\nThe bridge over")
        );
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

    /// What `pdftotext` makes of parted words: their second half, and all that follows it, stands behind the line before.
    #[test]
    fn lines_of_which_some_are_twice_as_long_are_joined() {
        let text = "Specialists said that both sides might be right\nabout this. The law has a gap the size of a barn, said the man who led the\nreview of that year. The operator may\nrelease but does not have to. The state may\norder but does not look. Nobody should say that they did not know of what was\nin the valley, and the people who live there have\nthe right to hear it from those who were in\ncharge of the dam when the water came over.\n";
        assert_eq!(body(text.to_owned()).text, text.trim_end().replace('\n', " ") + "\n");
    }

    #[test]
    fn a_header_of_two_pages_is_left_out() {
        let text = "The Riverside Gazette\nThe bridge over the river was closed on Monday after\nengineers found cracks in its main pillar. It will be\nopened when the work is done, which may last until\n\u{c}The Riverside Gazette\nthe spring comes to the valley. The mayor asked people\nto be patient, and said that the city had no choice in\nthe matter.\n";
        assert_eq!(
            body(text.to_owned()).text,
            "The bridge over the river was closed on Monday after engineers found cracks in its main pillar. It will be opened when the work is done, which may last until the spring comes to the valley. The mayor asked people to be patient, and said that the city had no choice in the matter.\n"
        );
    }

    #[test]
    fn lists_and_poems_stay() {
        // No line stands twice, which would be a header.
        let places =
            ["river", "town", "valley", "harbour", "market", "station", "theatre", "library", "school"];
        for line in [
            "- Close the bridge to the {} for the whole of next week and look at it",
            "Shall I compare the {} to the sea that it will never meet",
            "12. Open the northern bridge to the {} for all buses and all taxis",
            "Bridge to the {} Closed as Engineers Find New Cracks",
        ] {
            let text: String = places.iter().map(|place| line.replace("{}", place) + "\n").collect();
            assert_eq!(body(text.clone()).text, text);
        }
    }

    #[test]
    fn columns_are_seen() {
        let line = |n: usize| {
            format!("{:<40}and the right one something else\n", format!("the left column says {n}"))
        };
        assert!(has_columns(&(0..20).map(line).collect::<String>()));
        let table = |n: usize| format!("{:<40}{n}\n", format!("the number of buses on line {n}"));
        assert!(!has_columns(&(0..40).map(table).collect::<String>()));
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
}
