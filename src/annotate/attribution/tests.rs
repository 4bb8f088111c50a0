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
fn no_sentence_costs_more_than_a_bound() {
    let quoted = "He said \"yes and ".repeat(2_000);
    for text in ["said ".repeat(5_000), quoted] {
        let found = attributions(&text, &quotations(&text));
        let content: usize = found.iter().flat_map(|of| &of.content).map(|span| span.len()).sum();
        assert!(found.len() <= MOST && content <= MOST * 4_000, "{} and {content}", found.len());
        for span in found.iter().flat_map(|of| &of.content) {
            assert!(!span.slice(&text).is_empty());
        }
    }
}

#[test]
fn a_sentence_may_have_several() {
    let text = "Ana Diaz said the mill had closed, adding that it would reopen, according to the Gazette.";
    let found = attributions(text, &[]);
    let found: Vec<_> = found.iter().map(|f| (f.source.unwrap().slice(text), f.cue.slice(text))).collect();
    assert_eq!(found, [("Ana Diaz", "said"), ("Ana Diaz", "adding"), ("the Gazette", "according to")]);
    // A noun is no verb, and what is behind "according to" no subject.
    let text = "According to a Reuters report Thursday, a source was briefed and said the pact was near.";
    let found = attributions(text, &[]);
    let found: Vec<_> =
        found.iter().map(|f| (f.source.map(|of| of.slice(text)), f.cue.slice(text))).collect();
    assert_eq!(
        found,
        [(Some("a Reuters report"), "According to"), (None, "was briefed"), (Some("a source"), "said")]
    );
}

#[test]
fn more_than_saying_is_found() {
    struct Case {
        text: &'static str,
        source: &'static str,
        cue: &'static str,
    }
    let cases = [
        Case { text: "It accused the mayor of delay.", source: "It", cue: "accused" },
        Case { text: "Okafor was criticized for the delay.", source: "", cue: "was criticized" },
        Case { text: "Diaz came back to say it would close.", source: "Diaz", cue: "say" },
        Case {
            text: "Lindqvist made clear that the mill would close.",
            source: "Lindqvist",
            cue: "made clear",
        },
        Case { text: "Diaz is confident that the mill will open.", source: "Diaz", cue: "is confident" },
        Case {
            text: "The mayor’s criticism of the plan was brief.",
            source: "The mayor’s",
            cue: "criticism",
        },
        Case { text: "There were questions about the plan.", source: "", cue: "questions" },
        Case { text: "Okafor Praises New Mill After Strike", source: "Okafor", cue: "Praises" },
        Case { text: "The answer of the mayor: “Never.”", source: "", cue: ":" },
        Case { text: "The unions support the plan.", source: "The unions", cue: "support" },
    ];
    for case in cases {
        let found = of(case.text).unwrap_or_else(|| panic!("nothing found: {}", case.text));
        let source = found.source.map_or("", |span| span.slice(case.text));
        assert_eq!((source, found.cue.slice(case.text)), (case.source, case.cue), "{}", case.text);
    }
}

#[test]
fn nouns_names_and_commands_are_no_cues() {
    let cases = [
        "See the photos below.",
        "A union-backed bill passed.",
        "A value-added tax was raised.",
        "She joined a firm called Dawn in May.",
        "The team showed up late.",
        "The delegates pledged: 781.",
        "There were, say, nine of them.",
        "He added a chair.",
    ];
    for text in cases {
        assert_eq!(of(text), None, "{text}");
    }
}

#[test]
fn a_belief_beside_a_statement_is_part_of_it() {
    let text = "Diaz said the owners hope for a buyer.";
    let found = attributions(text, &[]);
    assert_eq!(found.iter().map(|found| found.cue.slice(text)).collect::<Vec<_>>(), ["said"]);
}

#[test]
fn tells_the_kinds() {
    use AttributionKind::{Direct, Indirect, Mixed};
    use CueKind::{Assertive, Doubting, Neutral, Other};
    struct Case {
        text: &'static str,
        kind: AttributionKind,
        cue_kind: CueKind,
    }
    let cases = [
        Case { text: "“It will rain,” she said.", kind: Direct, cue_kind: Neutral },
        Case { text: "She said it would rain.", kind: Indirect, cue_kind: Neutral },
        Case { text: "She said it would “rain hard” soon.", kind: Mixed, cue_kind: Neutral },
        Case { text: "It rains, according to Diaz.", kind: Indirect, cue_kind: Neutral },
        Case { text: "Diaz told the council it would rain.", kind: Indirect, cue_kind: Neutral },
        Case { text: "Diaz insisted it would rain.", kind: Indirect, cue_kind: Assertive },
        Case { text: "Diaz confirmed that it rained.", kind: Indirect, cue_kind: Assertive },
        Case { text: "Diaz revealed that it had rained.", kind: Indirect, cue_kind: Assertive },
        Case { text: "Diaz admitted that it had rained.", kind: Indirect, cue_kind: Assertive },
        Case { text: "Diaz stressed: “It rained.”", kind: Direct, cue_kind: Assertive },
        Case { text: "Lindqvist made clear that it would rain.", kind: Indirect, cue_kind: Assertive },
        Case { text: "Diaz claimed that it rained.", kind: Indirect, cue_kind: Doubting },
        Case { text: "Diaz alleged that it rained.", kind: Indirect, cue_kind: Doubting },
        Case { text: "The mayor reportedly left.", kind: Indirect, cue_kind: Doubting },
        Case { text: "Diaz praised the rain.", kind: Indirect, cue_kind: Other },
        Case { text: "Diaz hopes for rain.", kind: Indirect, cue_kind: Other },
        Case { text: "Diaz promised that it would rain.", kind: Indirect, cue_kind: Other },
        Case { text: "Diaz declined to comment.", kind: Indirect, cue_kind: Other },
        Case { text: "Diaz: It will rain again soon", kind: Indirect, cue_kind: Neutral },
    ];
    for case in cases {
        let found = of(case.text).unwrap_or_else(|| panic!("nothing found: {}", case.text));
        assert_eq!((found.kind, found.cue_kind), (case.kind, case.cue_kind), "{}", case.text);
    }
}

#[test]
fn content_stands_without_what_belongs_to_source_and_cue() {
    struct Case {
        text: &'static str,
        content: &'static [&'static [&'static str]],
    }
    let cases = [
        Case { text: "Diaz told reporters on Monday: “It rains.”", content: &[&["“It rains.”"]] },
        Case { text: "“It rains,” said Diaz, the mayor of the town.", content: &[&["“It rains,”"]] },
        Case {
            text: "“It rains,” Diaz said, adding that it would stop.",
            content: &[&["“It rains,”"], &["that it would stop"]],
        },
        Case {
            text: "“It rains,” Diaz said, “and pours.”", content: &[&["“It rains,”", "“and pours.”"]]
        },
        Case { text: "It rains in the hills, she said on Monday.", content: &[&["It rains in the hills"]] },
        Case { text: "She said that it rains.", content: &[&["that it rains"]] },
    ];
    for case in cases {
        let found = attributions(case.text, &quotations(case.text));
        let content = found.iter().map(|found| found.content.iter().map(|c| c.slice(case.text)).collect());
        assert_eq!(content.collect::<Vec<Vec<&str>>>(), case.content, "{}", case.text);
    }
}

proptest! {
    #[test]
    fn cues_are_in_order_and_outside_quotations(words in prop::collection::vec(
        prop::sample::select(vec![
            "said", "hopes", "criticism", "of", "“", "”", "the", "Diaz", "made", "clear", "that", ":", "is",
            "confident", "to", "praise", "claimed", "and", ",", "rain",
        ]), 0..40))
    {
        let text = words.join(" ");
        let quoted = quotations(&text);
        let found = attributions(&text, &quoted);
        prop_assert!(found.is_sorted_by_key(|found| found.cue));
        for found in found {
            prop_assert!(!quoted.iter().any(|quotation| quotation.span.contains(&found.cue)));
            if quoted.is_empty() || found.content.is_empty() {
                prop_assert_eq!(found.kind, AttributionKind::Indirect);
            }
        }
    }

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
