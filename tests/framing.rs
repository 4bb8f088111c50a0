//! Each measure of framing on two sentences made for it, through the whole pipeline: the difference is found, and the
//! words that show it are the right ones.

use parallax::annotate::annotate_sentence;
use parallax::framing::words_of_part;
use parallax::job::{Job, compare};
use parallax::pipeline::{Run, Silent};
use parallax::records::{Conflict, Part, Relation};
use proptest::prelude::*;

struct Case {
    /// The outlets are A and B, so these are the sides a and b.
    a: &'static str,
    b: &'static str,
    dimension: &'static str,
    evidence_a: Option<&'static str>,
    evidence_b: Option<&'static str>,
}

fn run(a: &str, b: &str) -> Run {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.txt"), a).unwrap();
    std::fs::write(folder.path().join("b.txt"), b).unwrap();
    std::fs::write(folder.path().join("articles.csv"), "file,outlet\na.txt,A\nb.txt,B\n").unwrap();
    // Whatever a measure marks, be it worth a row or not.
    let mut job = Job { inputs: vec![folder.path().to_owned()], ..Job::default() };
    job.options.framing.min_salience = 0.0;
    compare(&job, &Silent).unwrap().run
}

#[test]
fn each_dimension_shows_the_words_that_differ() {
    for case in [
        Case {
            a: "The minister will sign the trade agreement with Chile next week.",
            b: "The minister may sign the trade agreement with Chile next week.",
            dimension: "certainty",
            evidence_a: Some("will sign"),
            evidence_b: Some("may"),
        },
        Case {
            a: "Police officers arrested 43 protesters in the main square of the city on Sunday.",
            b: "Police officers arrested dozens of protesters in the main square of the city on Sunday.",
            dimension: "quantity",
            evidence_a: Some("43"),
            evidence_b: Some("dozens"),
        },
        Case {
            a: "Police officers arrested forty protesters in the main square.",
            b: "Police officers arrested forty rioters in the main square.",
            dimension: "labelling",
            evidence_a: Some("protesters"),
            evidence_b: Some("rioters"),
        },
        Case {
            a: "Police officers in Ohio arrested the suspect on Friday morning at his home.",
            b: "Police officers in Ohio arrested the ruthless mail bomb suspect on Friday morning at his home.",
            dimension: "labelling",
            evidence_a: Some("suspect"),
            evidence_b: Some("ruthless mail bomb suspect"),
        },
        Case {
            a: "The company closed its three plants in the state of Ohio last month.",
            b: "The company shuttered its three plants in the state of Ohio last month.",
            dimension: "wording",
            evidence_a: Some("closed"),
            evidence_b: Some("shuttered"),
        },
        Case {
            a: "Police officers arrested forty protesters in the main square on Sunday.",
            b: "Forty protesters were arrested in the main square on Sunday.",
            dimension: "agency",
            evidence_a: Some("arrested"),
            evidence_b: Some("were arrested"),
        },
        Case {
            a: "The council approved the plan to close six schools in the city on Monday.",
            b: "The council rammed through the shameful plan to close six schools in the city on Monday.",
            dimension: "loaded_language",
            evidence_a: None,
            evidence_b: Some("shameful"),
        },
        Case {
            a: "The dam is close to collapse after the storm, Governor Maria Lopez said.",
            b: "The dam is close to collapse after the storm.",
            dimension: "attribution",
            evidence_a: Some("Governor Maria Lopez said"),
            evidence_b: None,
        },
        Case {
            a: "The plan of the council to close six schools in the city is brutal and shameful.",
            b: "The plan of the council to close six schools in the city is welcome and sensible.",
            dimension: "tone",
            evidence_a: Some("shameful"),
            evidence_b: Some("welcome"),
        },
        Case {
            a: "The council’s brutal and shameful plan will close six schools in the city.",
            b: "The council’s welcome and sensible plan will close six schools in the city.",
            dimension: "labelling",
            evidence_a: Some("brutal and shameful plan"),
            evidence_b: Some("welcome and sensible plan"),
        },
        Case {
            a: "The council approved the plan to close six schools in the city on Monday.",
            b: "The council approved the plan to close six schools in the city on Monday, although hundreds of angry parents had signed a petition.",
            dimension: "addition",
            evidence_a: None,
            evidence_b: Some("although hundreds of angry parents had signed a petition"),
        },
        Case {
            a: "The council approved the plan to close six schools in the city on Monday.",
            b: "The council did not consult hundreds of angry parents and approved the plan to close six schools in the city on Monday.",
            dimension: "addition",
            evidence_a: None,
            evidence_b: Some("did not consult hundreds of angry parents"),
        },
        Case {
            a: "The mayor rejected the report about the old factory in Ohio.",
            b: "The mayor rejected the report about the old factory in Ohio, suggesting that its author was drunk.",
            dimension: "addition",
            evidence_a: None,
            evidence_b: Some("suggesting that its author was drunk"),
        },
        Case {
            a: "The company called the report about its factory in Ohio “completely false”.",
            b: "The company called the report about its factory in Ohio completely false.",
            dimension: "quotation",
            evidence_a: Some("“completely false”"),
            evidence_b: Some("completely false"),
        },
    ] {
        let run = run(case.a, case.b);
        assert_eq!(run.comparisons.len(), 1, "no claim is shared: {} / {}", case.a, case.b);
        let differences = &run.framing[0].differences;
        let found = differences.iter().find(|difference| difference.dimension == case.dimension);
        let found = found.unwrap_or_else(|| panic!("no {:?} in {:#?}", case.dimension, differences));
        assert_eq!(found.a.span.map(|span| span.slice(case.a)), case.evidence_a, "{}", case.a);
        assert_eq!(found.b.span.map(|span| span.slice(case.b)), case.evidence_b, "{}", case.b);
    }
}

#[test]
fn an_addition_is_cut_at_semicolons() {
    let a = "The president recommended background checks for all gun sales on Wednesday.";
    let b = "The president recommended background checks for all gun sales on Wednesday; mental health services in poor rural schools; money for hiring more police officers.";
    let run = run(a, b);
    let additions = run.framing[0].differences.iter().filter(|difference| difference.dimension == "addition");
    let mut added: Vec<&str> = additions.map(|addition| addition.b.span.unwrap().slice(b)).collect();
    added.sort_unstable();
    assert_eq!(
        added,
        ["mental health services in poor rural schools", "money for hiring more police officers"]
    );
}

/// The figure of outlet A's sentence.
fn reading(run: &Run, measure: &str, part: Part) -> Option<f32> {
    let readings = &run.readings[0].readings;
    readings
        .iter()
        .find(|reading| reading.measure == measure && reading.part == part)
        .map(|reading| reading.value)
}

#[test]
fn what_is_quoted_does_not_count_as_the_outlets_own_words() {
    let other = "The mayor spoke of the plan for the six schools after the vote in the council on Monday.";
    let [harsh, warm] = ["a brutal disgrace that may ruin us", "a wonderful success"].map(|quoted| {
        let text = format!("The mayor called the plan for the six schools “{quoted}” after the vote in the council on Monday.");
        run(&text, other)
    });
    for run in [&harsh, &warm] {
        assert_eq!(run.readings.len(), 2, "no claim is shared");
    }
    let figure = |run: &Run, part| reading(run, "sentiment", part).unwrap();
    assert_eq!(figure(&harsh, Part::Narration).to_bits(), figure(&warm, Part::Narration).to_bits());
    assert!(figure(&harsh, Part::Quotation) < 0.0 && figure(&warm, Part::Quotation) > 0.0);
    assert_eq!(reading(&harsh, "certainty", Part::Narration), Some(1.0));
    assert_eq!(reading(&harsh, "certainty", Part::Quotation), Some(0.5));
    assert!(reading(&warm, "quoted_share", Part::Whole).unwrap() > 0.1);
}

#[test]
fn a_hedge_before_a_noun_is_no_difference_in_certainty() {
    let run = run(
        "The two ministers talked on Monday about a possible trade agreement with Chile.",
        "The two ministers talked on Monday about a trade agreement with Chile.",
    );
    assert_eq!(run.comparisons.len(), 1, "no claim is shared");
    assert!(run.framing[0].differences.iter().all(|difference| difference.dimension != "certainty"));
}

#[test]
fn a_tone_is_not_compared_where_one_tells_and_the_other_quotes() {
    let run = run(
        "“The council’s brutal and shameful plan will close six schools in the city,” said Maria Lopez.",
        "The council’s welcome and sensible plan will close six schools in the city, said Maria Lopez.",
    );
    assert_eq!(run.comparisons.len(), 1, "no claim is shared");
    let dimensions: Vec<&str> =
        run.framing[0].differences.iter().map(|difference| &*difference.dimension).collect();
    assert!(dimensions.contains(&"quotation") && !dimensions.contains(&"tone"), "{dimensions:?}");
}

proptest! {
    #[test]
    fn each_character_is_of_one_part(text in "[a-z \"“”‘’é.,-]{0,60}") {
        let annotations = annotate_sentence(&text);
        let parts = [Part::Narration, Part::Quotation].map(|part| words_of_part(&text, &annotations, part));
        for part in parts.iter().flatten() {
            prop_assert_eq!(part.len(), text.len());
        }
        if let [Some(own), Some(quoted)] = &parts {
            for ((own, quoted), whole) in own.bytes().zip(quoted.bytes()).zip(text.bytes()) {
                prop_assert!((own == whole && quoted == b' ') || (quoted == whole && own == b' '));
            }
        }
    }
}

#[test]
fn what_two_outlets_disagree_on_is_named() {
    for (a, b, conflict) in [
        (
            "The storm killed 12 people in the coastal town of Arden on Friday night.",
            "The storm killed 31 people in the coastal town of Arden on Friday night.",
            Some(Conflict::Number),
        ),
        (
            "The storm killed about 30 people in the coastal town of Arden on Friday night.",
            "The storm killed 31 people in the coastal town of Arden on Friday night.",
            None,
        ),
        (
            "The trial of the former mayor of Arden will begin on June 3 in the county court.",
            "The trial of the former mayor of Arden will begin on August 9 in the county court.",
            Some(Conflict::Date),
        ),
        (
            "The president will sign the trade agreement with Chile.",
            "The president will not sign the trade agreement with Chile.",
            Some(Conflict::Polarity),
        ),
    ] {
        let run = run(a, b);
        assert_eq!(run.comparisons.len(), 1, "no claim is shared: {a} / {b}");
        assert_eq!(run.comparisons[0].conflict, conflict, "{a} / {b}");
        assert_eq!(run.comparisons[0].relation == Relation::Conflicting, conflict.is_some());
    }
}

#[test]
fn sentences_that_only_look_alike_are_no_claim() {
    for (a, b) in [
        // What two people said is two claims.
        (
            "Senator Anna Berg declined to comment on the negotiations.",
            "Ambassador Luis Prado did not comment on the negotiations, a spokesman said.",
        ),
        // Another year, another people.
        (
            "President Vinicio Cerezo met the Spanish king in Madrid in 1987.",
            "President Oscar Berger met the Mexican leader in Cancun in 2004.",
        ),
    ] {
        let run = run(a, b);
        assert!(run.claims.is_empty(), "{a} / {b}");
    }
}
