use proptest::prelude::*;

use super::*;

fn keys(text: &str) -> Vec<String> {
    names(text).into_iter().map(|name| name.key).collect()
}

#[test]
fn finds_names() {
    struct Case {
        text: &'static str,
        keys: &'static [&'static str],
    }
    let cases = [
        Case { text: "", keys: &[] },
        Case { text: "The bridge fell.", keys: &[] },
        Case {
            text: "Guatemalan President Jimmy Morales will meet with President Trump on Monday at the White House.",
            keys: &["guatemala", "jimmy morales", "trump", "white house"],
        },
        Case {
            text: "Acting Homeland Security Secretary Kevin McAleenan has advocated this.",
            keys: &["homeland security", "kevin mcaleenan"],
        },
        Case {
            text: "He spoke with U.S. Vice President Kamala Harris.",
            keys: &["united states", "kamala harris"],
        },
        Case { text: "Giammattei’s view differs.", keys: &["giammattei"] },
        Case { text: "CNN’s Jennifer Hansler wrote it.", keys: &["cnn", "jennifer hansler"] },
        Case { text: "Morales plans to travel to DC on Monday.", keys: &["washington"] },
        Case { text: "the US-Mexico border", keys: &["united states", "mexico"] },
        Case { text: "according to the US Border Patrol", keys: &["united states", "border patrol"] },
        Case {
            text: "when the Immigration and Customs Enforcement (ICE) acts",
            keys: &["immigration and customs enforcement", "ice"],
        },
        Case {
            text: "from Guatemala, El Salvador and Honduras",
            keys: &["guatemala", "el salvador", "honduras"],
        },
        Case { text: "Many migrants came in May and in March.", keys: &[] },
        Case { text: "They’ve crossed Central American countries.", keys: &["central america"] },
        Case { text: "Officials from Denmark said so.", keys: &["denmark"] },
        Case { text: "Lindqvist said so.", keys: &["lindqvist"] },
        Case {
            text: "He left the Justice Department when Attorney General Bill Barr came there.",
            keys: &["justice department", "bill barr"],
        },
        Case {
            text: "Pope Francis and Ursula von der Leyen met.",
            keys: &["francis", "ursula von der leyen"],
        },
        Case { text: "already in the U.S. This would help.", keys: &["united states"] },
        Case { text: "New York went on.", keys: &["new york"] },
        Case { text: "New rules came.", keys: &[] },
        Case { text: "02:59 - Source: CNN", keys: &["cnn"] },
        Case {
            text: "State Department spokesperson Matthew Miller spoke there.",
            keys: &["state department", "matthew miller"],
        },
        // In capitals only what is safe.
        Case { text: "Mayor Vows New Deal With Mexico After FBI Raid", keys: &["mexico", "fbi"] },
        Case { text: "MAYOR VOWS DEAL WITH MEXICO", keys: &["mexico"] },
        Case { text: "TELL US ABOUT YOUR TOWN", keys: &[] },
    ];
    for case in cases {
        assert_eq!(keys(case.text), case.keys, "{}", case.text);
    }
}

#[test]
fn known_names_are_found_in_headlines() {
    let known = HashSet::from(["okafor".to_owned()]);
    let found = names_of(&Words::new("Okafor Vows New Mill After Strike"), &known);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].key, "okafor");
}

#[test]
fn a_possessive_is_not_part_of_the_name() {
    let text = "the White House’s plan";
    assert_eq!(names(text)[0].span.slice(text), "White House");
}

proptest! {
    #[test]
    fn spans_are_ordered_and_slice(words in prop::collection::vec(
        prop::sample::select(vec![
            "President", "Ana", "Diaz", "of", "and", "the", "The", "US", "’s", "-", "Guatemalan", "É", "University",
            "U.S.", "Monday", "“", ".", "de", "la", "TITLE", "WORDS", "’", "s", "St.", "&",
        ]), 0..40), glue in prop::sample::select(vec!["", " "]))
    {
        let text = words.join(glue);
        let mut last = 0;
        for name in names(&text) {
            prop_assert!(name.span.start >= last && !name.span.slice(&text).is_empty(), "{:?}", name);
            prop_assert!(!name.key.is_empty());
            last = name.span.end;
        }
    }
}
