//! The main job on the four seed articles: what is shared, what must not mix, and what no run may change.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use parallax::config::Config;
use parallax::pipeline::{Run, Silent, compare};
use parallax::records::{Dimension, Field};
use parallax::report::{Format, write};

fn seeds() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds")
}

fn run(inputs: Vec<PathBuf>, threads: usize) -> Run {
    compare(&Config { inputs, threads, ..Config::default() }, &Silent).unwrap()
}

static RUN: LazyLock<Run> = LazyLock::new(|| run(vec![seeds()], 2));

/// Each claim as the words that its sentences begin with, by article.
fn claims() -> Vec<BTreeMap<&'static str, Vec<&'static str>>> {
    let of_claim = |claim: &parallax::records::Claim| {
        let mut texts: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for mention in &claim.mentions {
            let sentence = &RUN.sentences[mention.sentence];
            let article = &RUN.articles[sentence.article];
            texts.entry(&article.id[..3]).or_default().push(sentence.text(article));
        }
        texts
    };
    RUN.claims.iter().map(of_claim).collect()
}

/// The claims that 000 and 001 share, by the first words of the sentences that make them.
const SHARED: [(&[&str], &[&str]); 5] = [
    (
        &["Guatemalan President Jimmy Morales will meet"],
        &["Morales plans to travel", "The push to reach an agreement comes"],
    ),
    (&["According to the agreement, Guatemala would"], &["Such an agreement would require migrants"]),
    (&["On June 26, Trump said"], &["In June, President Donald Trump tweeted"]),
    (&["The agreement is still being finalized"], &["The US and Guatemala have been working daily"]),
    (&["According to a Reuters report"], &["Reuters first reported"]),
];

fn is_shared(claim: &BTreeMap<&str, Vec<&str>>) -> Option<usize> {
    let only = |article: &str, openings: &[&str]| {
        let texts = claim.get(article).map_or(&[][..], Vec::as_slice);
        !texts.is_empty() && texts.iter().all(|text| openings.iter().any(|opening| text.starts_with(opening)))
    };
    SHARED.iter().position(|(of_000, of_001)| only("000", of_000) && only("001", of_001) && claim.len() == 2)
}

#[test]
fn the_shared_claims_are_found_and_nothing_else() {
    let claims = claims();
    let found: BTreeSet<usize> = claims.iter().filter_map(is_shared).collect();
    println!("{} of the {} shared claims found", found.len(), SHARED.len());
    assert!(found.len() >= 3, "only {found:?} of the shared claims");
    for claim in &claims {
        assert!(is_shared(claim).is_some(), "a false merge: {claim:#?}");
    }
}

#[test]
fn stories_of_different_years_do_not_mix() {
    let event = |id: &str| {
        let position = RUN.articles.iter().position(|article| article.id.starts_with(id)).unwrap();
        RUN.events.iter().position(|event| event.articles.contains(&position)).unwrap()
    };
    assert_eq!(event("000"), event("001"));
    assert_eq!(BTreeSet::from(["000", "002", "003"].map(event)).len(), 3);
}

#[test]
fn every_offset_slices_to_its_words() {
    for sentence in &RUN.sentences {
        let article = &RUN.articles[sentence.article];
        let field = if sentence.field == Field::Body { &article.body } else { &article.headline };
        let by_chars: String = field
            .chars()
            .skip(sentence.chars.start)
            .take(sentence.chars.end - sentence.chars.start)
            .collect();
        assert_eq!(by_chars, sentence.text(article));
    }
    let mut covered = 0;
    for comparison in &RUN.comparisons {
        for (sentence, evidence) in comparison.differences.iter().flat_map(|difference| {
            [(comparison.sentence_a, &difference.a), (comparison.sentence_b, &difference.b)]
        }) {
            let sentence = &RUN.sentences[sentence];
            if let Some(span) = evidence.span {
                assert!(!span.slice(sentence.text(&RUN.articles[sentence.article])).trim().is_empty());
                covered += 1;
            }
        }
    }
    assert!(covered > 0);
}

#[test]
fn every_claim_shows_how_its_outlets_differ() {
    let dimensions: BTreeSet<Dimension> = RUN
        .comparisons
        .iter()
        .flat_map(|comparison| comparison.differences.iter().map(|difference| difference.dimension.clone()))
        .collect();
    for dimension in [Dimension::Tone, Dimension::Wording, Dimension::Attribution, Dimension::Quantity] {
        assert!(dimensions.contains(&dimension), "{dimension:?} is missing");
    }
}

#[test]
fn a_sentence_is_in_one_claim_at_most_and_coverage_names_every_outlet() {
    let mentions: Vec<usize> =
        RUN.claims.iter().flat_map(|claim| claim.mentions.iter().map(|mention| mention.sentence)).collect();
    assert_eq!(mentions.len(), mentions.iter().collect::<BTreeSet<_>>().len());
    assert_eq!(RUN.coverage.len(), RUN.claims.len() * 4);
}

/// Every table of a run, in both formats, and run.json without its timings.
fn files(inputs: Vec<PathBuf>, threads: usize) -> BTreeMap<String, Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let mut run = run(inputs, threads);
    run.config.formats = Format::ALL.to_vec();
    run.config.out = folder.path().join("out");
    write(&run).unwrap();
    let read = |entry: std::fs::DirEntry| {
        let (name, mut bytes) =
            (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap());
        if name == "run.json" {
            let mut json: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
            json.as_object_mut().unwrap().remove("timings").unwrap();
            json["config"].as_object_mut().unwrap().remove("out").unwrap();
            bytes = json.to_string().into_bytes();
        }
        (name, bytes)
    };
    std::fs::read_dir(&run.config.out).unwrap().map(|entry| read(entry.unwrap())).collect()
}

#[test]
fn threads_and_the_order_of_the_inputs_change_no_byte() {
    let texts: Vec<PathBuf> = std::fs::read_dir(seeds())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension != "toml"))
        .collect();
    let mut sorted = texts.clone();
    sorted.sort();
    let mut reversed = sorted.clone();
    reversed.reverse();
    let (one, other) = (files(sorted, 1), files(reversed, 3));
    assert_eq!(one.len(), 31);
    for (name, bytes) in &one {
        assert_eq!(bytes, &other[name], "{name}");
    }
}
