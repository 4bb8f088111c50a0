//! The verifier of pairs: what it is told apart by, on sentences of our own, and what must not change its answer.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use parallax::cluster::{
    Candidate, Clash, ClusterOptions, Evidence, NameFrequency, TermFrequency, Verdict, Verification, Verifier,
};
use parallax::encode::{Encoder, ModelEncoder, ModelFiles};
use parallax::pipeline::{document, verifier_of};
use parallax::records::{Annotations, Article, Conflict, Encoding, Relation, SentenceId, Thresholds, Tier};
use proptest::prelude::*;

static FILES: LazyLock<ModelFiles> = LazyLock::new(|| ModelFiles::bundled().unwrap());
static ENCODER: LazyLock<ModelEncoder> = LazyLock::new(|| ModelEncoder::new(&FILES, 2).unwrap());
static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| verifier_of(&FILES).unwrap());

/// Sentences that are encoded and annotated, each with the day of its article.
struct Texts {
    texts: Vec<&'static str>,
    days: Vec<Option<&'static str>>,
    depths: Vec<u8>,
    encodings: Vec<Encoding>,
    annotations: Vec<Annotations>,
    ids: Vec<SentenceId>,
    terms: TermFrequency,
}

impl Texts {
    fn new(texts: &[&'static str]) -> Self {
        Self {
            texts: texts.to_vec(),
            days: vec![None; texts.len()],
            depths: vec![Candidate::SOMEWHERE; texts.len()],
            encodings: ENCODER.encode(texts, &|_| ()).unwrap(),
            annotations: texts.iter().map(|text| annotated(text)).collect(),
            terms: TermFrequency::of(texts.iter().copied()),
            ids: (0..texts.len()).map(|n| SentenceId { article: "a".into(), index: n as u32 }).collect(),
        }
    }

    fn candidate(&self, i: usize) -> Candidate<'_> {
        Candidate {
            position: i,
            id: &self.ids[i],
            document: i,
            outlet: "",
            date: self.days[i].map(|day| day.parse().unwrap()),
            text: self.texts[i],
            encoding: &self.encodings[i],
            annotations: &self.annotations[i],
            terms: &self.terms,
            depth: self.depths[i],
        }
    }

    fn names(&self) -> NameFrequency {
        let words = self.texts.iter().copied().zip(self.encodings.iter().map(|encoding| &encoding.words));
        NameFrequency::of(&self.annotations, words)
    }

    fn verify(&self, pairs: &[(usize, usize)]) -> Vec<Verification> {
        let pairs: Vec<_> = pairs.iter().map(|&(i, j)| (self.candidate(i), self.candidate(j))).collect();
        let read = |pairs: &[(&str, &str)]| ENCODER.pair_readings(pairs, &|_| ());
        let found = VERIFIER.verify(&pairs, &self.names(), &read, 0.0).unwrap();
        found.into_iter().map(Arc::unwrap_or_clone).collect()
    }
}

/// One sentence as the only one of an article.
fn annotated(text: &str) -> Annotations {
    let mut document = document(Article::new("a", "Post", text));
    assert_eq!(document.sentences.len(), 1, "{text}");
    document.annotations.remove(0)
}

struct Case {
    a: (&'static str, Option<&'static str>),
    b: (&'static str, Option<&'static str>),
    clash: Option<Conflict>,
}

/// A sentence of an article without a date.
const fn of(text: &'static str) -> (&'static str, Option<&'static str>) {
    (text, None)
}

/// A sentence of an article of that day.
const fn on(day: &'static str, text: &'static str) -> (&'static str, Option<&'static str>) {
    (text, Some(day))
}

#[test]
fn checks_type_what_two_sentences_disagree_on() {
    let cases = [
        Case {
            a: of("The blast killed 12 people in the port."),
            b: of("The blast killed 30 people in the port."),
            clash: Some(Conflict::Number),
        },
        Case {
            a: of("The blast killed nearly 30 people in the port."),
            b: of("The blast killed 29 people in the port."),
            clash: None,
        },
        // A toll that a later article raises is an update; one that it lowers is not.
        Case {
            a: on("2024-05-02", "The blast killed 12 people in the port."),
            b: on("2024-05-03", "The blast killed 30 people in the port."),
            clash: None,
        },
        Case {
            a: on("2024-05-03", "The blast killed 12 people in the port."),
            b: on("2024-05-02", "The blast killed 30 people in the port."),
            clash: Some(Conflict::Number),
        },
        Case {
            a: on("2024-05-02", "The ministry hired 12 people for the port."),
            b: on("2024-05-03", "The ministry hired 30 people for the port."),
            clash: Some(Conflict::Number),
        },
        // 3 May 2024 was a Friday.
        Case {
            a: on("2024-05-05", "The minister resigned on Friday."),
            b: on("2024-05-06", "The minister resigned on May 3."),
            clash: None,
        },
        Case {
            a: on("2024-05-05", "The minister resigned on Thursday."),
            b: on("2024-05-06", "The minister resigned on May 3."),
            clash: Some(Conflict::Date),
        },
        Case {
            a: of("The minister resigned on Thursday."),
            b: of("The minister resigned on May 3."),
            clash: None,
        },
        Case {
            a: of("The minister resigned over the affair."),
            b: of("The minister did not resign over the affair."),
            clash: Some(Conflict::Polarity),
        },
        Case {
            a: of("The senate approved the treaty."),
            b: of("The senate rejected the treaty."),
            clash: Some(Conflict::Polarity),
        },
        Case {
            a: of("The senate approved the treaty."),
            b: of("The senate backed the treaty."),
            clash: None,
        },
    ];
    for Case { a, b, clash } in &cases {
        let mut texts = Texts::new(&[a.0, b.0]);
        texts.days = vec![a.1, b.1];
        let found = texts.verify(&[(0, 1), (1, 0)]);
        let kind = |found: &Verification| match found.verdict {
            Verdict::Conflict(clash) => Some(clash.kind),
            verdict => {
                assert_eq!(verdict, Verdict::Pass, "{a:?} {b:?}");
                None
            }
        };
        assert_eq!(kind(&found[0]), *clash, "{a:?} {b:?}");
        assert_eq!(kind(&found[1]), *clash, "{b:?} {a:?}");
    }
}

const SENTENCES: [&str; 10] = [
    "The senate approved the treaty with Kenya on Monday.",
    "On Monday the senate voted for the treaty with Kenya.",
    "The senate did not approve the treaty with Kenya on Monday.",
    "The senate rejected the treaty with Kenya on Monday.",
    "Ministers from 14 countries will meet in Oslo in June to discuss fishing quotas.",
    "Ministers of fourteen countries are to meet in Oslo in June over fishing quotas.",
    "Ministers from 40 countries will meet in Oslo in June to discuss fishing quotas.",
    "A spokesman for the airline declined to comment on the strike.",
    "It rained.",
    "Sunday!",
];

static ALL: LazyLock<Texts> = LazyLock::new(|| Texts::new(&SENTENCES));

#[test]
fn a_reworded_claim_is_found_and_a_changed_one_is_not_merged() {
    let options = ClusterOptions::default();
    let found = ALL.verify(&[(0, 1), (4, 5), (0, 2), (0, 3), (4, 6), (0, 7), (0, 4)]);
    for same in &found[..2] {
        assert!(options.tier(same).is_some(), "{same:?}");
    }
    for changed in &found[2..5] {
        assert_eq!(options.relation(changed), Relation::Conflicting, "{changed:?}");
    }
    for other in &found[5..] {
        assert_eq!(options.relation(other), Relation::Partial, "{other:?}");
    }
}

#[test]
fn a_doubt_keeps_a_match_from_being_confirmed_where_words_clash_or_no_network_has_read() {
    let options = ClusterOptions::default();
    let found = ALL.verify(&[(0, 1), (4, 6)]);
    let sure = Verification {
        shared: 0.95,
        same: 0.9,
        conflicting: options.doubtful,
        is_edited: false,
        verdict: Verdict::Pass,
        ..found[0].clone()
    };
    assert!(sure.reading.is_some());
    assert_eq!(options.tier(&sure), Some(Tier::Confirmed));
    for held_back in [
        Verification { reading: None, ..sure.clone() },
        Verification { verdict: found[1].verdict, ..sure.clone() },
        Verification { is_edited: true, ..sure.clone() },
        Verification { shared: options.confirmed - 0.01, ..sure.clone() },
    ] {
        assert_eq!(options.tier(&held_back), Some(Tier::Possible), "{held_back:?}");
    }
    let undoubted = Verification { conflicting: options.doubtful - 0.01, reading: None, ..sure };
    assert_eq!(options.tier(&undoubted), Some(Tier::Confirmed));
}

#[test]
fn the_same_words_at_other_depths_have_their_own_evidence_and_are_read_once() {
    let (a, b) = ("The mayor closed the bridge on Monday.", "On Monday the bridge was closed by the mayor.");
    let mut texts = Texts::new(&[a, b, a, b, a, b]);
    texts.depths = vec![0, 0, 6, 1, 0, 0];
    let pairs = [(0, 1), (2, 3), (4, 5)].map(|(i, j)| (texts.candidate(i), texts.candidate(j)));
    let n_read = AtomicUsize::new(0);
    let read = |pairs: &[(&str, &str)]| {
        n_read.fetch_add(pairs.len(), Ordering::Relaxed);
        ENCODER.pair_readings(pairs, &|_| ())
    };
    let found = VERIFIER.verify(&pairs, &texts.names(), &read, 0.0).unwrap();
    assert_eq!(n_read.load(Ordering::Relaxed), 1);
    let depths = |of: &Verification| [of.evidence.depth_min, of.evidence.depth_max];
    assert_eq!(depths(&found[0]), [0.0, 0.0]);
    assert_eq!(depths(&found[1]), [1.0 / 6.0, 1.0]);
    assert!(found[0].shared > found[1].shared, "{} {}", found[0].shared, found[1].shared);
    assert!(Arc::ptr_eq(&found[0], &found[2]));
    let swapped = VERIFIER.verify(&[(pairs[1].1, pairs[1].0)], &texts.names(), &read, 0.0).unwrap();
    assert_eq!((swapped[0].shared, swapped[0].same), (found[1].shared, found[1].same));
}

#[test]
fn what_articles_of_other_days_tell_is_less_likely_the_same() {
    let (a, b) = ("The mayor closed the bridge.", "The bridge was closed by the mayor.");
    let mut texts = Texts::new(&[a, b, a, b, a, b, a, b]);
    let (first, third, later) = (Some("2020-02-28"), Some("2020-03-02"), Some("2020-07-01"));
    texts.days = vec![first, first, first, third, None, third, later, first];
    let found = texts.verify(&[(0, 1), (2, 3), (4, 5), (6, 7)]);
    assert_eq!([0, 1, 2, 3].map(|i| found[i].evidence.days_apart), [0.0, 3.0 / 5.0, 1.0 / 5.0, 1.0]);
    let shared = [0, 2, 1, 3].map(|i| found[i].shared);
    assert!(shared.is_sorted_by(|x, y| x > y), "{shared:?}");
}

#[test]
fn weights_for_other_evidence_are_refused() {
    let bytes = br#"{"evidence": ["cosine"], "same": {"bias": 0, "weights": [1]}, "conflicting": {"bias": 0, "weights": [1, 1]}}"#;
    let error = Verifier::from_json(bytes, "tiny", Thresholds::default()).unwrap_err().to_string();
    assert!(error.contains("tiny") && error.contains("models/train_verifier.py"), "{error}");
}

proptest! {
    #[test]
    fn neither_order_nor_company_changes_a_pair(i in 0..SENTENCES.len(), j in 0..SENTENCES.len(), k in 0..SENTENCES.len()) {
        let found = ALL.verify(&[(i, j), (j, k), (j, i)]);
        let turn = |Clash { kind, words: [a, b] }| Verdict::Conflict(Clash { kind, words: [b, a] });
        let verdict = found[2].clash().map_or(found[2].verdict, turn);
        let turned = Verification { alignment: found[2].alignment.clone().swapped(), verdict, ..found[2].clone() };
        prop_assert_eq!(&found[0], &turned);
        prop_assert_eq!(&found[0], &ALL.verify(&[(i, j)])[0]);
        prop_assert!((0.0..=1.0).contains(&found[0].same) && (0.0..=1.0).contains(&found[0].conflicting));
    }

    #[test]
    fn evidence_is_symmetric_and_bounded(i in 0..SENTENCES.len(), j in 0..SENTENCES.len()) {
        let (a, b, names) = (ALL.candidate(i), ALL.candidate(j), ALL.names());
        let found = Evidence::new(&a, &b, &names, &Thresholds::default());
        prop_assert_eq!(found, Evidence::new(&b, &a, &names, &Thresholds::default()));
        for (name, value) in Evidence::NAMES.iter().zip(found.values()) {
            prop_assert!((-1.01..=1.5).contains(&value), "{} is {}", name, value);
        }
    }
}
