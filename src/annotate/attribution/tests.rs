use proptest::prelude::*;

use super::super::quotations;
use super::*;

fn of(text: &str) -> Option<Attribution> {
    attribution(text, &quotations(text))
}

#[test]
fn finds_the_main_attribution() {
    struct Case {
        text: &'static str,
        source: &'static str,
        cue: &'static str,
        anonymous: bool,
    }
    let cases = [
        // From the seed articles.
        Case {
            text: "According to a Reuters report Thursday, a U.S. government source was briefed on the visit and said \
                   Morales was expected to sign the safe third country agreement with Trump on Monday.",
            source: "a Reuters report",
            cue: "According to",
            anonymous: false,
        },
        Case {
            text: "“ASAP,” said a DHS official about the agreement on Thursday.",
            source: "a DHS official",
            cue: "said",
            anonymous: true,
        },
        Case {
            text: "A State Department spokesperson for Western Hemisphere Affairs declined to comment on the agreement.",
            source: "A State Department spokesperson for Western Hemisphere Affairs",
            cue: "declined to comment",
            anonymous: true,
        },
        Case {
            text: "The agreement is still being finalized, U.S. and Guatemalan officials said.",
            source: "U.S. and Guatemalan officials",
            cue: "said",
            anonymous: true,
        },
        Case {
            text: "The pact is near, according to multiple US sources familiar with the negotiations.",
            source: "multiple US sources familiar with the negotiations",
            cue: "according to",
            anonymous: true,
        },
        Case {
            text: "The US and Guatemala have been working daily, said the official, who added that there “has been a \
                   lot of progress”.",
            source: "the official",
            cue: "said",
            anonymous: true,
        },
        Case {
            text: "Reuters first reported that an agreement was imminent.",
            source: "Reuters",
            cue: "reported",
            anonymous: false,
        },
        Case {
            text: "This type of migrant can travel back to their country of origin and re-enter the United States, \
                   reports Breitbart.",
            source: "Breitbart",
            cue: "reports",
            anonymous: false,
        },
        Case {
            text: "Senior officials told this reporter during the trip that the country is contending with opposition.",
            source: "Senior officials",
            cue: "told",
            anonymous: true,
        },
        Case {
            text: "The US State Department confirmed on Sunday that top diplomat Antony Blinken is due to travel.",
            source: "The US State Department",
            cue: "confirmed",
            anonymous: false,
        },
        Case {
            text: "State Department spokesperson Matthew Miller says Blinken will lead the delegation.",
            source: "State Department spokesperson Matthew Miller",
            cue: "says",
            anonymous: false,
        },
        Case {
            text: "Recently a Mexican official, speaking on condition of anonymity to Reuters, said that gangs grew.",
            source: "a Mexican official, speaking on condition of anonymity to Reuters",
            cue: "said",
            anonymous: true,
        },
        Case {
            text: "However, Guatemalan officials did not comment on this development.",
            source: "Guatemalan officials",
            cue: "did not comment",
            anonymous: true,
        },
        // Our own.
        Case { text: "He said the mill had closed.", source: "He", cue: "said", anonymous: false },
        Case {
            text: "Ana Diaz, who leads the union, said the mill had closed.",
            source: "Ana Diaz, who leads the union",
            cue: "said",
            anonymous: false,
        },
        Case {
            text: "The mill had closed, the Danish government has announced.",
            source: "the Danish government",
            cue: "has announced",
            anonymous: false,
        },
        Case {
            text: "On Monday, a senior aide insisted that the mill had closed.",
            source: "a senior aide",
            cue: "insisted",
            anonymous: true,
        },
        Case {
            text: "The closure was announced by Mayor Ruth Okafor on Friday.",
            source: "Mayor Ruth Okafor",
            cue: "was announced",
            anonymous: false,
        },
        Case {
            text: "A study by the institute found that mills close early.",
            source: "A study by the institute",
            cue: "found",
            anonymous: false,
        },
        Case {
            text: "Okafor: The mill must stay open for years",
            source: "Okafor",
            cue: ":",
            anonymous: false,
        },
        Case { text: "Lindqvist praised the plan.", source: "Lindqvist", cue: "praised", anonymous: false },
    ];
    for case in cases {
        let found = of(case.text).unwrap_or_else(|| panic!("nothing found: {}", case.text));
        let source = found.source.map_or("", |span| span.slice(case.text));
        let found = (source, found.cue.slice(case.text), found.anonymous);
        assert_eq!(found, (case.source, case.cue, case.anonymous), "{}", case.text);
    }
}

#[test]
fn hearsay_has_no_source() {
    for text in ["The mayor reportedly fled.", "The mayor is said to be ill.", "He allegedly took the money."]
    {
        let found = of(text).unwrap_or_else(|| panic!("nothing found: {text}"));
        assert_eq!((found.source, found.anonymous), (None, false), "{text}");
    }
}

#[test]
fn narration_has_no_attribution() {
    let cases = [
        "",
        "The bridge fell on Monday.",
        "The State Department moved to a new building.",
        "“I told you so.”",
        "I think it will rain.",
        "Prices declined for a third month.",
        "The planned talks were put off.",
        "His claims were heard in court.",
    ];
    for text in cases {
        assert_eq!(of(text), None, "{text}");
    }
}

#[test]
fn a_sentence_may_have_several() {
    let text = "Ana Diaz said the mill had closed, adding that it would reopen, according to the Gazette.";
    let found = attributions(text, &[]);
    let found: Vec<_> = found.iter().map(|f| (f.source.unwrap().slice(text), f.cue.slice(text))).collect();
    assert_eq!(found, [("Ana Diaz", "said"), ("Ana Diaz", "adding"), ("the Gazette", "according to")]);
}

proptest! {
    #[test]
    fn spans_slice(words in prop::collection::vec(
        prop::sample::select(vec![
            "said", "says", "who", ",", "“", "”", "the", "official", "Ana", "Diaz", "according", "to", "by", "was",
            "adding", ":", "and", "claims", "that", "’s", "é", "—", "told", ".", "he", "(", ")", "reportedly",
        ]), 0..40), glue in prop::sample::select(vec!["", " ", "\n"]))
    {
        let text = words.join(glue);
        for found in attributions(&text, &quotations(&text)) {
            prop_assert!(!found.cue.slice(&text).is_empty());
            if let Some(source) = found.source {
                prop_assert!(!source.slice(&text).is_empty());
            }
        }
    }
}
