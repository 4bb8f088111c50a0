//! The clauses of sentences by the bundled model's syntax head: cases, and what must not change them.

use std::path::Path;
use std::sync::LazyLock;

use parallax::annotate::agency::{agency, clauses};
use parallax::encode::{Encoder, ModelEncoder, ModelFiles};
use parallax::records::{Clause, ClauseVoice, Encoding, Span};
use proptest::prelude::*;

static ENCODER: LazyLock<ModelEncoder> =
    LazyLock::new(|| ModelEncoder::new(&ModelFiles::bundled().unwrap(), 2).unwrap());

fn encode(texts: &[&str]) -> Vec<Encoding> {
    ENCODER.encode(texts, &|_| ()).unwrap()
}

fn clauses_of(text: &str) -> Vec<Clause> {
    let encoding = &encode(&[text])[0];
    clauses(text, &encoding.words.spans, encoding.syntax.as_ref().unwrap())
}

/// "voice: verb | agent | patient" with `-` for none.
fn written(text: &str, clause: &Clause) -> String {
    let voice = match clause.voice {
        ClauseVoice::Active => "active",
        ClauseVoice::Passive => "passive",
    };
    let slice = |span: Option<Span>| span.map_or("-", |span| span.slice(text));
    format!("{voice}: {} | {} | {}", clause.verb.slice(text), slice(clause.agent), slice(clause.patient))
}

#[test]
fn clauses_are_what_a_reader_would_say() {
    struct Case {
        text: &'static str,
        clauses: &'static [&'static str],
    }
    let mut wrong = vec![];
    for case in [
        Case {
            text: "The suspect was shot by police.",
            clauses: &["passive: was shot | police | The suspect"],
        },
        Case { text: "Police shot the suspect.", clauses: &["active: shot | Police | the suspect"] },
        Case { text: "Mistakes were made.", clauses: &["passive: were made | - | Mistakes"] },
        Case {
            text: "The law, which was signed by the governor of Texas, takes effect on Monday.",
            clauses: &[
                "passive: was signed | the governor of Texas | The law",
                "active: takes | The law | effect",
            ],
        },
        Case {
            text: "Was the minister warned by her staff?",
            clauses: &["passive: Was the minister warned | her staff | the minister"],
        },
        Case { text: "Who signed the order?", clauses: &["active: signed | Who | the order"] },
        Case {
            text: "Three people got arrested during the protest.",
            clauses: &["passive: got arrested | - | Three people"],
        },
        Case {
            text: "The bill has not been approved by the Senate.",
            clauses: &["passive: has not been approved | the Senate | The bill"],
        },
        Case {
            text: "Officers who had arrested the man were criticized.",
            clauses: &[
                "active: had arrested | Officers | the man",
                "passive: were criticized | - | Officers",
            ],
        },
        Case {
            text: "Protesters were beaten and jailed.",
            clauses: &["passive: were beaten | - | Protesters", "passive: jailed | - | Protesters"],
        },
        Case {
            text: "Soldiers attacked the village and killed two children.",
            clauses: &[
                "active: attacked | Soldiers | the village",
                "active: killed | Soldiers | two children",
            ],
        },
        Case { text: "The man died.", clauses: &["active: died | The man | -"] },
        Case { text: "The minister was very tired.", clauses: &["active: was | - | -"] },
        Case { text: "The plan is a threat to the economy.", clauses: &["active: is | - | -"] },
        Case { text: "", clauses: &[] },
        Case { text: "No comment.", clauses: &[] },
    ] {
        let found: Vec<String> =
            clauses_of(case.text).iter().map(|clause| written(case.text, clause)).collect();
        if found != case.clauses {
            wrong.push(format!("{}\n  {found:?}", case.text));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn shares_are_of_clauses_that_have_a_patient() {
    let all: Vec<Clause> = [
        "Police shot the suspect.",
        "The suspect was shot by police.",
        "Mistakes were made.",
        "The man died.",
    ]
    .iter()
    .flat_map(|text| clauses_of(text))
    .collect();
    let shares = agency(&all, |_| true).unwrap();
    assert_eq!((shares.n, shares.passive, shares.agentless_passive), (3, 2.0 / 3.0, 1.0 / 3.0));
    let only_active = agency(&all, |clause| clause.voice == ClauseVoice::Active).unwrap();
    assert_eq!((only_active.n, only_active.passive), (1, 0.0));
    assert_eq!(agency(&all, |_| false), None);
}

fn sentences() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/sentences.txt");
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn the_syntax_of_a_sentence_does_not_depend_on_its_batch() {
    let text = sentences();
    let texts: Vec<&str> = text.lines().collect();
    let together = encode(&texts);
    for (text, encoding) in texts.iter().zip(&together).step_by(5) {
        assert_eq!(encode(&[text])[0].syntax, encoding.syntax, "{text}");
        assert_eq!(encoding.syntax.as_ref().unwrap().len(), encoding.words.len());
    }
}

/// `models/train_syntax.py` wrote what it finds with the same weights. Here they are rounded to 8 bits, as the encoder's products are, so that a
/// head that is a toss-up may fall otherwise.
#[test]
fn the_syntax_agrees_with_the_training_script() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/syntax.json");
    let golden: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let text = sentences();
    let (mut n, mut same) = (0, 0);
    for (encoding, row) in
        encode(&text.lines().collect::<Vec<_>>()).iter().zip(golden["sentences"].as_array().unwrap())
    {
        for (word, parsed) in encoding.syntax.as_ref().unwrap().iter().enumerate() {
            let head = parsed.head().map_or(-1, |head| head as i64);
            let found = [parsed.tag as i64, head, parsed.relation as i64];
            n += 1;
            same += usize::from(
                ["tags", "heads", "relations"].map(|key| row[key][word].as_i64().unwrap()) == found,
            );
        }
    }
    assert!(n > 3000, "{n} words");
    assert!(same * 1000 >= n * 990, "{same} of {n} words agree");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn clauses_of_any_text_slice(texts in prop::collection::vec("(\\PC{0,12}|was shot by|the man who|and|police killed him[,.] ){1,8}", 1..4)) {
        for text in &texts {
            for clause in clauses_of(text) {
                prop_assert!(!clause.verb.slice(text).is_empty());
                for span in clause.agent.iter().chain(&clause.patient) {
                    prop_assert!(!span.slice(text).is_empty());
                }
            }
        }
    }
}
