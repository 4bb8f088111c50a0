use proptest::prelude::*;

use super::*;
use crate::records::Block;

fn article(headline: &str, body: &str) -> Article {
    Article { headline: headline.to_owned(), ..Article::new("a", "The Courier", body) }
}

/// One body block for each line, as `clean` makes them.
fn layout(article: &Article) -> Layout {
    let mut blocks = Vec::new();
    let mut start = 0;
    for line in article.body.split_inclusive('\n') {
        let first = start + (line.len() - line.trim_start().len());
        let span = Span::new(first, first + line.trim().len());
        if !span.is_empty() {
            blocks.push(Block { span, kind: Kind::Body });
        }
        start += line.len();
    }
    Layout { language: "eng".to_owned(), blocks, warnings: Vec::new() }
}

#[test]
fn ends_sentences() {
    struct Case {
        /// The sentences, parted by a stroke.
        text: &'static str,
    }
    let cases = [
        Case {
            text: "It opens at 9 a.m. EST on Friday.|It closes at 5 p.m. Monday.|He left at 6 p.m.|She stayed.",
        },
        Case { text: "Sen. Jane Doe, D-N.Y., said so.|Rep. John Roe, R-Ky., did not." },
        Case { text: "Leaving the D-N.Y. Senator behind, he left." },
        Case {
            text: "“Every week it’s closer.” said an official.|“Really?” he asked.|“No!” Jane Doe said."
        },
        Case { text: "“It is done.”|He left." },
        Case { text: "“I saw it.|I was there.|It fell,” she said." },
        Case { text: "They were entering the U.S.|Officials said they had papers." },
        Case { text: "Laws of the U.S.|Republicans have opposed them." },
        Case {
            text: "U.S. President Doe met the U.S. Senate and U.S. Customs and Border Protection officers.",
        },
        Case { text: "They were in Washington, D.C. Police Chief Jane Doe spoke." },
        Case { text: "Sue Ms. Doe, Dr. Roe and Gen. Poe of Ft. Worth at No. 10 on Jan. 5." },
        Case { text: "It cost $1.5 million (about £1.2 million).|It was late." },
        Case { text: "He (a guard since 2001.) left.|(She stayed.)|They met." },
        Case { text: "See https://a.example/b?C=1.Html or write to a.B@c.example.|He did." },
        Case { text: "He waited ... and left.|Then … nothing." },
        Case { text: "1. First this.|2. Then that." },
        Case { text: "She said it was (Photo left open.|He did not." },
        Case { text: "He asked ‘why?’|She didn’t know." },
        Case { text: "If not, the Federal Govt. will step in." },
        Case { text: "J. R. Doe and George W. Roe met." },
    ];
    for Case { text } in cases {
        let line = text.replace('|', " ");
        let article = article("", &line);
        let got: Vec<&str> =
            split(&article, &layout(&article)).iter().map(|sentence| sentence.text(&article)).collect();
        assert_eq!(got, text.split('|').collect::<Vec<_>>());
    }
}

/// In time that grows with the text: the square of it would take minutes.
#[test]
fn stops_without_a_letter_are_one_sentence() {
    for unit in ["... ", "? ", "* ", "1. "] {
        let article = article("", &unit.repeat(60_000));
        let sentences = split(&article, &layout(&article));
        assert!(!sentences.is_empty(), "{unit}");
    }
}

#[test]
fn a_line_end_ends_a_sentence() {
    let article = article("", "He told\n  her.\n\nShe left");
    let got: Vec<&str> =
        split(&article, &layout(&article)).iter().map(|sentence| sentence.text(&article)).collect();
    assert_eq!(got, ["He told", "her.", "She left"]);
}

#[test]
fn the_headline_comes_first_unless_the_body_has_it() {
    let article = article(" Who won? “We” did ", "It was été.\nShe won.");
    let sentences = split(&article, &layout(&article));
    assert_eq!(sentences[0].text(&article), "Who won? “We” did");
    assert_eq!((sentences[0].field, sentences[0].kind), (Field::Headline, Kind::Headline));
    assert_eq!(sentences[0].chars, Span::new(1, 18));
    assert_eq!(sentences[2].chars, Span::new(12, 20));
    assert!(sentences.iter().enumerate().all(|(i, sentence)| sentence.id.to_string() == format!("a#{i}")));
    let mut layout = layout(&article);
    layout.blocks[0].kind = Kind::Headline;
    assert!(split(&article, &layout).iter().all(|sentence| sentence.field == Field::Body));
}

#[test]
fn one_long_line_takes_time_in_proportion() {
    // A cost that grows with the square takes minutes here.
    for text in ["Aa.Bb?", "\"", "( ", "日本語。", "http://a.b/?A=", "U.S. Officials said. ", "word "] {
        let article = article("", &text.repeat(400_000 / text.len()));
        assert!(!split(&article, &layout(&article)).is_empty());
    }
}

/// The invariants of [`split`], for any body.
fn assert_tiles(article: &Article, sentences: &[Sentence]) {
    let mut at = 0;
    for sentence in sentences.iter().filter(|sentence| sentence.field == Field::Body) {
        assert!(article.body[at..sentence.bytes.start].chars().all(char::is_whitespace));
        let text = sentence.text(article);
        assert!(!text.is_empty() && text == text.trim());
        assert!(layout(article).blocks.iter().any(|block| block.span.contains(&sentence.bytes)));
        assert_eq!(sentence.chars.start, article.body[..sentence.bytes.start].chars().count());
        assert_eq!(sentence.chars.len(), text.chars().count());
        at = sentence.bytes.end;
    }
    assert!(article.body[at..].chars().all(char::is_whitespace));
}

fn fragment() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("The U.S. Officials said ".to_owned()),
        Just("“I did it. I was there,” he said. ".to_owned()),
        Just("\"Really?\" Jane Doe asked. ".to_owned()),
        Just("at 9 a.m. EST ".to_owned()),
        Just("https://a.example/b?C=1 ".to_owned()),
        Just("1. First. 2) Second ".to_owned()),
        "[“”\"'‘’()\\[\\].!?…—é日。😀 a-cA-C\n]{0,16}",
        any::<String>(),
    ]
}

proptest! {
    #[test]
    fn sentences_tile_the_body(fragments in prop::collection::vec(fragment(), 0..16), headline in fragment()) {
        let article = article(&headline, &fragments.concat());
        let sentences = split(&article, &layout(&article));
        assert_tiles(&article, &sentences);
        prop_assert_eq!(split(&article, &layout(&article)), sentences);
    }

    #[test]
    fn long_lines_tile_too(fragment in fragment(), n in 200_usize..2_000) {
        let article = article("", &fragment.repeat(n));
        assert_tiles(&article, &split(&article, &layout(&article)));
    }
}
