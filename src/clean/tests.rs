use proptest::prelude::*;

use super::*;

/// A body with what was found in it.
struct Cleaned {
    body: String,
    layout: Layout,
}

fn cleaned(headline: &str, body: &str) -> Cleaned {
    let article = Article { headline: headline.to_owned(), ..Article::new("a", "The Courier", body) };
    Cleaned { layout: clean(&article), body: article.body }
}

fn parts(cleaned: &Cleaned) -> Vec<(Kind, &str)> {
    cleaned.layout.blocks.iter().map(|block| (block.kind, block.span.slice(&cleaned.body))).collect()
}

/// Kind of each block and how its words start.
fn assert_starts(cleaned: &Cleaned, want: &[(Kind, &str)]) {
    let got = parts(cleaned);
    let is_same = |((kind, text), (want, start)): (&(Kind, &str), &(Kind, &str))| {
        kind == want && text.starts_with(start)
    };
    assert!(got.len() == want.len() && got.iter().zip(want).all(is_same), "{got:#?}");
}

const A: &str =
    "The council voted on Monday to close the old bridge for at least two years while it is repaired.";
const B: &str = "Engineers had warned since last summer that its cables were worn and that heavy lorries should not cross.";

#[test]
fn flags_whole_lines() {
    struct Case {
        line: &'static str,
        kind: Kind,
    }
    let cases = [
        Case { line: "02:11 - Source: CNN", kind: Kind::Caption },
        Case { line: "(Photo: Jane Doe, AP)", kind: Kind::Caption },
        Case { line: "FILE PHOTO: The bridge in 2012. REUTERS/Jane Doe", kind: Kind::Caption },
        Case { line: "Image caption The bridge has been closed since May", kind: Kind::Caption },
        Case { line: "Watch: The bridge from above", kind: Kind::Caption },
        Case { line: "Jane Doe/Getty Images", kind: Kind::Caption },
        Case { line: "Read next: Five bridges to see", kind: Kind::Boilerplate },
        Case { line: "RELATED: Five bridges to see", kind: Kind::Boilerplate },
        Case { line: "Read more", kind: Kind::Boilerplate },
        Case { line: "ADVERTISEMENT", kind: Kind::Boilerplate },
        Case { line: "Sign up for our morning newsletter.", kind: Kind::Boilerplate },
        Case { line: "Follow us on Twitter @courier", kind: Kind::Boilerplate },
        Case { line: "Click here to get the app", kind: Kind::Boilerplate },
        Case { line: "Jane Doe in Paris contributed to this report.", kind: Kind::Boilerplate },
        Case { line: "This story was updated at 3 p.m. to add a quotation.", kind: Kind::Boilerplate },
        Case { line: "Copyright 2020 The Courier. All rights reserved.", kind: Kind::Boilerplate },
        Case { line: "By JANE DOE, Associated Press", kind: Kind::Boilerplate },
        Case { line: "By Jane Doe and John Q. Roe", kind: Kind::Boilerplate },
        Case { line: "By Jane Doe and John Roe", kind: Kind::Boilerplate },
        Case { line: "By Jane Doe, with reporting from John Roe", kind: Kind::Boilerplate },
        Case { line: "By Jane Doe, Chief Correspondent", kind: Kind::Boilerplate },
        Case { line: "* * *", kind: Kind::Boilerplate },
        Case { line: "\u{200b}", kind: Kind::Boilerplate },
        Case { line: "Share Tweet Email", kind: Kind::Boilerplate },
        Case { line: "Look at this! pic.twitter.com/abc123", kind: Kind::EmbeddedPost },
        Case { line: "So it is. — Jane Doe (@jane_doe) June 3, 2020", kind: Kind::EmbeddedPost },
        Case { line: "A long wait", kind: Kind::Subheading },
        // What looks alike and is reporting.
        Case {
            line: "Sign up for health insurance by Dec. 15, the agency told residents.",
            kind: Kind::Body,
        },
        Case { line: "Follow the money, the prosecutor said at the trial.", kind: Kind::Body },
        Case { line: "Copyright law protects the photographs, the court said.", kind: Kind::Body },
        Case { line: "Related cases were found in two towns.", kind: Kind::Body },
        Case { line: "Image problems have dogged the mayor for years.", kind: Kind::Body },
        Case { line: "By Monday, the bridge was closed.", kind: Kind::Body },
        Case { line: "She sold the pictures to Getty Images, which sued.", kind: Kind::Body },
        Case { line: "The mayor could not be reached when speaking to", kind: Kind::Body },
        Case { line: "The works will begin soon.", kind: Kind::Body },
        Case { line: "The report was published on Monday by the city’s auditor.", kind: Kind::Body },
        Case { line: "Heavy rain contributed to the report’s delay, she said.", kind: Kind::Body },
        Case { line: "Video by a passer-by shows lorries on the bridge.", kind: Kind::Body },
        Case { line: "This report was published by the auditor in June.", kind: Kind::Body },
    ];
    for Case { line, kind } in cases {
        let found = cleaned("", &format!("{A}\n\n{line}\n\n{B}"));
        assert_eq!(parts(&found), [(Kind::Body, A), (kind, line), (Kind::Body, B)]);
    }
}

#[test]
fn parts_lines() {
    struct Case {
        line: &'static str,
        want: &'static [(Kind, &'static str)],
    }
    let cases = [
        Case {
            line: "WASHINGTON (AP) — The bridge is closed.",
            want: &[(Kind::Dateline, "WASHINGTON (AP) —"), (Kind::Body, "The bridge is closed.")],
        },
        Case {
            line: "LONDON, July 3 (Reuters) - The bridge is closed.",
            want: &[(Kind::Dateline, "LONDON, July 3 (Reuters) -"), (Kind::Body, "The bridge is closed.")],
        },
        Case { line: "CNN  —  ", want: &[(Kind::Dateline, "CNN  —")] },
        Case {
            line: "San José, California (CNN) The bridge is closed.",
            want: &[(Kind::Dateline, "San José, California (CNN)"), (Kind::Body, "The bridge is closed.")],
        },
        Case {
            line: "NATO — the alliance — met.", want: &[(Kind::Body, "NATO — the alliance — met.")]
        },
        Case {
            line: "It fell. (Photo: Jane Doe) It was old.",
            want: &[
                (Kind::Body, "It fell."),
                (Kind::Caption, "(Photo: Jane Doe)"),
                (Kind::Body, "It was old."),
            ],
        },
        Case {
            line: "It fell. (Photo: she was there on Monday. It was old (very).",
            want: &[
                (Kind::Body, "It fell."),
                (Kind::Caption, "(Photo: she was there on Monday."),
                (Kind::Body, "It was old (very)."),
            ],
        },
    ];
    for Case { line, want } in cases {
        assert_eq!(parts(&cleaned("", line)), want);
    }
}

#[test]
fn finds_headline_and_standfirst() {
    struct Case {
        headline: &'static str,
        first: &'static str,
        kind: Kind,
    }
    let cases = [
        Case { headline: "", first: "Council to close old bridge for repairs", kind: Kind::Headline },
        Case { headline: "Old Bridge Closed", first: "‘Old bridge’ closed.", kind: Kind::Headline },
        Case { headline: "", first: "The bridge is closed.", kind: Kind::Body },
        Case { headline: "", first: "Jane Doe", kind: Kind::Body },
    ];
    for Case { headline, first, kind } in cases {
        let found = cleaned(headline, &format!("{first}\n{A}\n{B}"));
        assert_eq!(found.layout.blocks[0].kind, kind, "{first}");
        assert_eq!(found.layout.blocks[1].kind, Kind::Body, "{first}");
    }
    let standfirst = "Engineers had warned that its cables were worn and heavy lorries should not cross.";
    let found = cleaned("", &format!("Council to close old bridge\n{standfirst}\n{A}\n{B}"));
    let kinds: Vec<Kind> = found.layout.blocks.iter().map(|block| block.kind).collect();
    assert_eq!(kinds, [Kind::Headline, Kind::Headline, Kind::Body, Kind::Body]);
}

#[test]
fn keeps_the_article_between_two_posts() {
    let paragraph = format!("{A} {B} {A}");
    let body = format!("So it is.\n— Jane Doe (@jane) June 3, 2020\n{paragraph}\nLook https://t.co/abc");
    let kinds: Vec<Kind> = cleaned("", &body).layout.blocks.iter().map(|block| block.kind).collect();
    assert_eq!(kinds, [Kind::EmbeddedPost, Kind::EmbeddedPost, Kind::Body, Kind::EmbeddedPost]);
}

#[test]
fn tells_the_language() {
    struct Case {
        body: String,
        language: &'static str,
    }
    let german =
        "Der Stadtrat hat am Montag beschlossen, die alte Brücke für mindestens zwei Jahre zu sperren.";
    let cases = [
        Case { body: A.to_owned(), language: "eng" },
        Case { body: german.to_owned(), language: "deu" },
        Case {
            body: "市議会は月曜日に古い橋を閉鎖することを決めた。".to_owned(), language: "jpn"
        },
        Case { body: "Bridge shut.".to_owned(), language: "und" },
        Case { body: String::new(), language: "und" },
        Case { body: "x".repeat(1_000_000), language: "und" },
    ];
    for Case { body, language } in cases {
        assert_eq!(cleaned("", &body).layout.language, language, "{:.60}", body);
    }
}

#[test]
fn warns_of_what_a_reader_should_know() {
    assert!(cleaned("", A).layout.warnings.is_empty());
    assert_eq!(cleaned("", " \n").layout.warnings, ["no running text was found in the body"]);
    assert_eq!(cleaned("", "Bridge shut.").layout.warnings, ["the language of the body could not be told"]);
}

fn seed(name: &str) -> Cleaned {
    let path = format!("{}/seeds/{name}.txt", env!("CARGO_MANIFEST_DIR"));
    cleaned("", &std::fs::read_to_string(path).expect("the seeds are part of the repository"))
}

#[test]
fn seed_000() {
    assert_starts(
        &seed("000_7ce18aa3349b8305"),
        &[
            (Kind::Body, "Guatemalan President Jimmy Morales will meet"),
            (Kind::Body, "The meeting will focus"),
            (Kind::Body, "The officials noted"),
            (Kind::Body, "Focusing on these"),
            (Kind::Body, "“The meeting between"),
            (Kind::Body, "The officials stressed"),
            (Kind::Body, "The residents of Santa Rosa"),
            (Kind::Caption, "(Photo: visited Guatemala"),
            (Kind::Body, "Senior officials told this reporter"),
            (Kind::Body, "According to a Reuters report"),
            (Kind::Body, "However, Guatemalan officials"),
            (Kind::Body, "The agreement is still"),
            (Kind::Body, "On June 26"),
            (Kind::Body, "According to the agreement"),
        ],
    );
}

#[test]
fn seed_001() {
    assert_starts(
        &seed("001_a6f90ff6d2e48208"),
        &[
            (Kind::Caption, "ed lavandera pkg"),
            (Kind::Caption, "Migrants take matters"),
            (Kind::Caption, "02:59 - Source: CNN"),
            // A no-break space stands before the dash.
            (Kind::Dateline, "CNN \u{a0}—"),
            (Kind::Body, "The United States is getting closer"),
            (Kind::Body, "Such an agreement"),
            (Kind::Body, "“Every week"),
            (Kind::Body, "The US and Guatemala"),
            (Kind::Body, "Acting Homeland Security"),
            (Kind::Body, "Officials from both"),
            (Kind::Body, "There’s a caveat"),
            (Kind::Body, "Before reaching"),
            (Kind::Body, "“ASAP,”"),
            (Kind::Body, "The “will is there"),
            (Kind::Body, "The push to reach"),
            (Kind::Body, "Over recent months"),
            (Kind::Body, "Reuters first reported"),
            (Kind::Body, "“If an agreement"),
            (Kind::Body, "A State Department"),
            (Kind::Boilerplate, "CNN’s Jennifer Hansler"),
        ],
    );
}

#[test]
fn seed_002() {
    assert_starts(
        &seed("002_e564eb6cb209aa05"),
        &[
            (Kind::Headline, "Blinken to visit"),
            (Kind::Headline, "State Department spokesperson Matthew Miller says"),
            (Kind::Body, "The US State Department confirmed"),
            (Kind::Body, "State Department spokesperson Matthew Miller said"),
            (Kind::Body, "This is not the first"),
            (Kind::Body, "The month prior"),
            (Kind::Body, "\"Secretary Blinken"),
            (Kind::Boilerplate, "Read next:"),
            (Kind::Subheading, "Just before the elections"),
            (Kind::Body, "According to the US Border Patrol"),
            (Kind::Body, "The divisive issue"),
            (Kind::Body, "This comes at a time"),
            (Kind::Body, "A wave of illegal"),
            (Kind::EmbeddedPost, "A survey conducted"),
            (Kind::EmbeddedPost, "— Al Mayadeen English"),
            (Kind::EmbeddedPost, "The poll revealed"),
            (Kind::EmbeddedPost, "Daniel…"),
        ],
    );
}

#[test]
fn seed_003() {
    let found = seed("003_88e309ee35256888");
    assert_eq!(found.layout.blocks.len(), 12);
    assert!(found.layout.blocks.iter().all(|block| block.kind == Kind::Body));
    assert_eq!(found.layout.language, "eng");
}

/// The invariants of [`clean`], for any body.
fn assert_tiles(cleaned: &Cleaned) {
    let mut at = 0;
    for block in &cleaned.layout.blocks {
        assert!(at <= block.span.start && !block.span.is_empty());
        assert!(cleaned.body[at..block.span.start].chars().all(char::is_whitespace));
        let text = block.span.slice(&cleaned.body);
        assert_eq!(text, text.trim());
        assert!(!text.contains(['\n', '\r']));
        at = block.span.end;
    }
    assert!(cleaned.body[at..].chars().all(char::is_whitespace));
}

fn fragment() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(A.to_owned()),
        Just("— Jane Doe (@jane) June 3, 2020".to_owned()),
        Just("pic.twitter.com/abc".to_owned()),
        Just("02:59 - Source: CNN".to_owned()),
        Just("WASHINGTON (AP) —".to_owned()),
        Just("(Photo: ".to_owned()),
        Just("Read next: Ünïcode".to_owned()),
        Just("A crosshead".to_owned()),
        "[ \n\r\t\u{a0}\u{200b}\u{2028}\u{85}]{1,3}",
        "[“”\"'‘’().!?…—é日😀 a-cA-C\n]{0,12}",
        any::<String>(),
    ]
}

proptest! {
    #[test]
    fn blocks_tile_the_body(fragments in prop::collection::vec(fragment(), 0..12), headline in fragment()) {
        let body = fragments.concat();
        let found = cleaned(&headline, &body);
        assert_tiles(&found);
        prop_assert_eq!(&found.body, &body);
        prop_assert_eq!(&cleaned(&headline, &body).layout, &found.layout);
    }
}
