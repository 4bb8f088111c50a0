//! The main job on the four seed articles: what is shared, what must not mix, and what no run may change.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use parallax::job::{Finished, Job, compare};
use parallax::options::Options;
use parallax::pipeline::{Run, Silent};
use parallax::records::{Event, Field, SentenceId};
use parallax::report::{Format, prepare, schemas, write};

fn seeds() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds")
}

fn run(inputs: Vec<PathBuf>, threads: usize) -> Finished {
    let options = Options { threads, ..Options::default() };
    compare(&Job { inputs, options, ..Job::default() }, &Silent).unwrap()
}

static RUN: LazyLock<Run> = LazyLock::new(|| run(vec![seeds()], 2).run);

/// The same with everything that is marked, be it worth a row or not.
static MARKED: LazyLock<Run> = LazyLock::new(|| {
    let mut job = Job { inputs: vec![seeds()], ..Job::default() };
    job.options.framing.min_salience = 0.0;
    compare(&job, &Silent).unwrap().run
});

/// Each claim as the words that its sentences begin with, by article.
fn claims() -> Vec<BTreeMap<&'static str, Vec<&'static str>>> {
    let of_claim = |claim: &parallax::records::Claim| {
        let mut texts: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for mention in &claim.mentions {
            let sentence = RUN.corpus.sentence(&mention.sentence);
            texts.entry(&sentence.article.id.as_str()[..3]).or_default().push(sentence.text());
        }
        texts
    };
    RUN.claims.iter().map(of_claim).collect()
}

/// Sentences of 000 and of 001 that say the same, by their first words: two readers read both articles, each alone, and called each of
/// these the same or a part of the other.
const LABELLED: [(&str, &[&str]); 5] = [
    (
        "Guatemalan President Jimmy Morales will meet",
        &["Morales plans to travel", "The push to reach an agreement"],
    ),
    ("According to the agreement, Guatemala would", &["Such an agreement would require migrants"]),
    ("On June 26, Trump said", &["In June, President Donald Trump tweeted"]),
    (
        "The agreement is still being finalized",
        &[
            "The United States is getting closer",
            "Officials from both countries are closing in",
            "The US and Guatemala have been working daily",
        ],
    ),
    ("According to a Reuters report", &["Reuters first reported"]),
];

/// The labelled claim of which every sentence of this one is.
fn labelled(claim: &BTreeMap<&'static str, Vec<&'static str>>) -> Option<usize> {
    let all = |article: &str, openings: &[&str]| {
        let texts = claim.get(article).map_or(&[][..], Vec::as_slice);
        !texts.is_empty() && texts.iter().all(|text| openings.iter().any(|opening| text.starts_with(opening)))
    };
    LABELLED
        .iter()
        .position(|(of_000, of_001)| all("000", &[of_000]) && all("001", of_001) && claim.len() == 2)
}

/// Two articles that say "safe third country agreement" in every other sentence: known to be hard. The figures that count are those of
/// `parallax evaluate claims-in-events`.
#[test]
fn a_labelled_claim_is_found_and_few_others() {
    let claims: Vec<_> = claims().into_iter().filter(|claim| claim.len() > 1).collect();
    let found: BTreeSet<usize> = claims.iter().filter_map(labelled).collect();
    let others = claims.iter().filter(|claim| labelled(claim).is_none()).count();
    assert!(!found.is_empty() && others <= 1, "{found:?} of the labelled claims and {others} others");
}

#[test]
fn stories_of_different_years_do_not_mix() {
    let event = |id: &str| {
        let is_in = |event: &Event| event.articles.iter().any(|article| article.as_str().starts_with(id));
        RUN.events.iter().find(|event| is_in(event)).unwrap().id
    };
    assert_eq!(event("000"), event("001"));
    assert_eq!(BTreeSet::from(["000", "002", "003"].map(event)).len(), 3);
}

#[test]
fn every_offset_slices_to_its_words() {
    for found in RUN.corpus.sentences() {
        let (sentence, article) = (found.sentence, found.article);
        let field = if sentence.field == Field::Body { &article.body } else { &article.headline };
        let by_chars: String = field
            .chars()
            .skip(sentence.chars.start)
            .take(sentence.chars.end - sentence.chars.start)
            .collect();
        assert_eq!(by_chars, sentence.text(article));
    }
    let mut covered = 0;
    for framing in &MARKED.framing {
        for (sentence, evidence) in framing.differences.iter().flat_map(|difference| {
            [(&framing.sentence_a, &difference.a), (&framing.sentence_b, &difference.b)]
        }) {
            if let Some(span) = evidence.span {
                assert!(!span.slice(RUN.corpus.sentence(sentence).text()).trim().is_empty());
                covered += 1;
            }
        }
    }
    assert!(covered > 0);
}

#[test]
fn every_claim_shows_how_its_outlets_differ() {
    let dimensions = |run: &Run| -> BTreeSet<String> {
        let differences = run.framing.iter().flat_map(|framing| &framing.differences);
        differences.map(|difference| difference.dimension.to_string()).collect()
    };
    let (rows, marked) = (dimensions(&RUN), dimensions(&MARKED));
    assert!(rows.contains("placement"), "{rows:?}");
    for dimension in ["addition", "attribution", "labelling"] {
        assert!(marked.contains(dimension), "{dimension} is missing from {marked:?}");
    }
}

#[test]
fn a_claims_rows_come_the_most_salient_first() {
    for framing in &MARKED.framing {
        assert!(framing.differences.is_sorted_by(|x, y| x.salience >= y.salience));
    }
}

#[test]
fn a_sentence_is_in_one_claim_at_most_and_coverage_names_every_outlet() {
    let mentions: Vec<&SentenceId> =
        RUN.claims.iter().flat_map(|claim| claim.mentions.iter().map(|mention| &mention.sentence)).collect();
    assert_eq!(mentions.len(), mentions.iter().collect::<BTreeSet<_>>().len());
    assert_eq!(RUN.coverage.len(), RUN.claims.len() * 4);
}

/// Every table of a run, in both formats, and run.json without its timings.
fn files(inputs: Vec<PathBuf>, threads: usize) -> BTreeMap<String, Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let Finished { run, provenance } = run(inputs, threads);
    let out = folder.path().join("out");
    prepare(&out, &[]).unwrap();
    write(&run, &provenance, &out, &Format::ALL).unwrap();
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
    std::fs::read_dir(&out).unwrap().map(|entry| read(entry.unwrap())).collect()
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
    assert_eq!(one.len(), schemas().len() * Format::ALL.len() + 2, "the tables, run.json and report.html");
    for (name, bytes) in &one {
        assert_eq!(bytes, &other[name], "{name}");
    }
}
