use proptest::prelude::*;

use super::*;
use QuantityKind::{Count, Date, Money, Ordinal, Percent, Year};

#[test]
fn reads_quantities() {
    struct Case {
        text: &'static str,
        found: &'static [(&'static str, QuantityKind, f64, &'static str, bool)],
    }
    let cases = [
        Case { text: "", found: &[] },
        Case { text: "1,500 migrants crossed.", found: &[("1,500", Count, 1500.0, "migrant", false)] },
        Case { text: "roughly 1500 migrants", found: &[("roughly 1500", Count, 1500.0, "migrant", true)] },
        Case {
            text: "In October, 2018 roughly 1500 migrants, mainly men, crossed in the second largest caravan.",
            found: &[
                ("October", Date, 1000.0, "", false),
                ("2018", Year, 2018.0, "", false),
                ("roughly 1500", Count, 1500.0, "migrant", true),
                ("second", Ordinal, 2.0, "", false),
            ],
        },
        Case {
            text: "almost 130,000 Guatemalans among 1.15 million migrants",
            found: &[
                ("almost 130,000", Count, 130_000.0, "guatemalan", true),
                ("1.15 million", Count, 1_150_000.0, "migrant", false),
            ],
        },
        Case { text: "three people died", found: &[("three", Count, 3.0, "person", false)] },
        Case { text: "twenty-five armed men", found: &[("twenty-five", Count, 25.0, "man", false)] },
        Case {
            text: "one hundred and fifty mills",
            found: &[("one hundred and fifty", Count, 150.0, "mill", false)],
        },
        Case { text: "hundreds of cities", found: &[("hundreds", Count, 100.0, "city", true)] },
        Case {
            text: "hundreds of thousands of voters",
            found: &[("hundreds of thousands", Count, 100_000.0, "voter", true)],
        },
        Case { text: "two dozen soldiers", found: &[("two dozen", Count, 24.0, "soldier", false)] },
        Case { text: "a dozen churches", found: &[("a dozen", Count, 12.0, "church", false)] },
        Case { text: "44% of respondents", found: &[("44%", Percent, 44.0, "percent", false)] },
        Case { text: "about 7.5 per cent", found: &[("about 7.5 per cent", Percent, 7.5, "percent", true)] },
        Case {
            text: "two-thirds of the seats",
            found: &[("two-thirds", Percent, 200.0 / 3.0, "percent", true)],
        },
        Case { text: "$170 million in US aid", found: &[("$170 million", Money, 170e6, "usd", false)] },
        Case {
            text: "US$5 and €3bn",
            found: &[("US$5", Money, 5.0, "usd", false), ("€3bn", Money, 3e9, "eur", false)],
        },
        Case { text: "3 million dollars", found: &[("3 million dollars", Money, 3e6, "usd", false)] },
        Case { text: "On June 26, Trump spoke", found: &[("June 26", Date, 626.0, "", false)] },
        Case { text: "on the 26th of June", found: &[("26th of June", Date, 626.0, "", false)] },
        Case {
            text: "on Monday and Thursday",
            found: &[("Monday", Date, 1.0, "", false), ("Thursday", Date, 4.0, "", false)],
        },
        Case { text: "It may rain; Theresa May left.", found: &[] },
        Case {
            text: "in May 2019",
            found: &[("May", Date, 500.0, "", false), ("2019", Year, 2019.0, "", false)],
        },
        Case { text: "the 2016 elections", found: &[("2016", Year, 2016.0, "", false)] },
        Case { text: "in the 1990s", found: &[("1990s", Year, 1990.0, "", true)] },
        Case { text: "An F-16, Covid-19, the G7 and 9/11", found: &[] },
        Case { text: "under Title 42 at 10:30 or 5 p.m.", found: &[] },
        Case { text: "They won 3-2 in overtime", found: &[] },
        Case { text: "No. 2 on the list", found: &[("No. 2", Ordinal, 2.0, "", false)] },
        Case { text: "Reuters first reported it", found: &[] },
        Case { text: "one of the mills", found: &[] },
        Case { text: "more than 40 countries", found: &[("more than 40", Count, 40.0, "country", true)] },
        Case { text: "a 12-year-old boy", found: &[("12", Count, 12.0, "year", false)] },
    ];
    for case in cases {
        let found = quantities(case.text);
        let found: Vec<_> = found
            .iter()
            .map(|q| (q.span.slice(case.text), q.kind, q.value, q.unit.as_str(), q.is_approximate()))
            .collect();
        assert_eq!(found, case.found, "{}", case.text);
    }
}

proptest! {
    #[test]
    fn spans_are_ordered_and_values_finite(words in prop::collection::vec(
        prop::sample::select(vec![
            "1,500", "3", "million", "$", "%", "June", "26", "May", "2018", "hundreds", "of", "a", "dozen", "two",
            "-", "thirds", "people", "é", "Monday", "roughly", "as", "many", "half", "No", ".", "9999999999999", "bn",
        ]), 0..40), glue in prop::sample::select(vec!["", " "]))
    {
        let text = words.join(glue);
        let mut last = 0;
        for quantity in quantities(&text) {
            prop_assert!(quantity.span.start >= last && !quantity.span.slice(&text).is_empty());
            prop_assert!(quantity.value.is_finite() && quantity.value >= 0.0);
            last = quantity.span.end;
        }
    }
}

#[test]
fn two_numbers_agree_where_both_can_be_true() {
    for (a, b, agree) in [
        ("12 people", "16 people", false),
        ("12 people", "twelve people", true),
        ("$43 million", "$43,885,310", true),
        ("$140,937,785", "$139 million", false),
        ("$139 million", "$141 million", false),
        ("roughly $141 million", "$139 million", true),
        ("300 rockets", "340 rockets", true),
        ("300 rockets", "430 rockets", false),
        ("36 percent", "35.7 percent", true),
        ("36 percent", "37 percent", false),
        ("5.9 percent", "below 6%", true),
        ("6.1 percent", "below 6%", false),
        ("more than 200 people", "217 people", true),
        ("more than 900 people", "1,500 people", false),
        ("at least four people", "three people", false),
        ("almost 130,000 people", "129,000 people", true),
        ("dozens of people", "40 people", true),
        ("hundreds of people", "40 people", false),
        ("half a million people", "about 500,000 people", true),
    ] {
        let one = |text: &str| quantities(text).remove(0);
        assert_eq!(one(a).agrees(&one(b)), agree, "{a} | {b}");
        assert_eq!(one(b).agrees(&one(a)), agree, "{b} | {a}");
    }
}
