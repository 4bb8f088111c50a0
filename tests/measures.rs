//! A measure that a program adds is one value: its figures, its differences and its card reach every table, and nothing else changes.

use parallax::encode::{ModelEncoder, ModelFiles};
use parallax::framing::{Dimension, Figure, Measure, Measures, Pair, Shown, Side};
use parallax::options::Options;
use parallax::pipeline::{Models, Run, Silent, compare_articles, thresholds_of, verifier_of};
use parallax::records::{Article, Evidence, FramingDifference, ModelUsed, Part, Provenance, Reading, Span};
use parallax::report::{self, Format, SummaryOptions};

/// How loud it is: the share of exclamation marks among the characters.
static LOUDNESS: Measure = Measure {
    name: "loudness",
    figures: &[Figure { name: "exclamations", doc: "Number of exclamation marks.", question: None }],
    dimensions: &[Dimension {
        name: "loudness",
        doc: "One shouts. Values: the numbers.",
        shown: Shown::Figure,
    }],
    readings: |side| {
        let words = exclamations(side);
        let (measure, part, value) = ("exclamations".into(), Part::Whole, words.len() as f32);
        vec![Reading { measure, part, value, words }]
    },
    differences: |pair, _| difference(pair).into_iter().collect(),
    card: "# Loudness",
    may_be_replaced: false,
};

fn exclamations(side: &Side<'_>) -> Vec<Span> {
    side.text.match_indices('!').map(|(at, mark)| Span::new(at, at + mark.len())).collect()
}

fn difference(pair: &Pair<'_, '_>) -> Option<FramingDifference> {
    let [a, b] = [pair.a, pair.b].map(exclamations);
    let evidence = |found: &[Span]| Evidence { span: found.first().copied(), value: found.len().to_string() };
    (a.len() != b.len()).then(|| FramingDifference {
        dimension: "loudness".into(),
        a: evidence(&a),
        b: evidence(&b),
        difference: Some(a.len() as f32 - b.len() as f32),
        salience: 0.0,
    })
}

fn run(measures: &Measures) -> Run {
    let files = ModelFiles::bundled().unwrap();
    let encoder = ModelEncoder::new(&files, 2).unwrap();
    let (verifier, thresholds) = (verifier_of(&files).unwrap(), thresholds_of(&files).unwrap());
    let models = Models { encoder: &encoder, verifier: &verifier, thresholds: &thresholds, measures };
    let articles = vec![
        Article::new(
            "a",
            "Post",
            "The bridge was closed on Monday after engineers found cracks in its pillar.",
        ),
        Article::new(
            "b",
            "Star",
            "The bridge was closed on Monday after engineers found cracks in its pillar!!",
        ),
    ];
    compare_articles(articles, &Options::default(), &models, &Silent).unwrap()
}

#[test]
fn a_new_measure_reaches_every_table() {
    let (plain, more) = (run(&Measures::shipped()), run(&Measures::shipped().with(&LOUDNESS).unwrap()));
    let provenance = Provenance {
        config: serde_json::json!({}),
        model: ModelUsed {
            name: "parallax-en".to_owned(),
            version: "1".to_owned(),
            sha256: Default::default(),
        },
        heads: vec![],
        inputs: vec![],
        ignored: vec![],
        rejected: vec![],
        notes: vec![],
    };
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, run: &Run| {
        let folder = folder.path().join(name);
        report::prepare(&folder, &[]).unwrap();
        report::write(run, &provenance, &folder, &[Format::Csv]).unwrap();
        move |table: &str| std::fs::read_to_string(folder.join(format!("{table}.csv"))).unwrap()
    };
    let (plain_tables, tables) = (write("plain", &plain), write("more", &more));
    let added = |table: &str| -> Vec<String> {
        let (before, after) = (plain_tables(table), tables(table));
        let lines: Vec<String> =
            after.lines().filter(|line| !before.contains(line)).map(str::to_owned).collect();
        assert_eq!(after.lines().count(), before.lines().count() + lines.len(), "{table}: a line has gone");
        lines
    };
    let [of_measures, of_framing] = ["measures", "framing"].map(added);
    assert_eq!(of_measures.len(), 2, "{of_measures:?}");
    assert!(of_measures.iter().all(|line| line.contains(",\"exclamations\",\"all\",")), "{of_measures:?}");
    assert_eq!(of_framing.len(), 1);
    assert!(of_framing[0].contains(",\"loudness\","), "{of_framing:?}");
    assert!(added("outlets").iter().all(|line| line.contains(",\"exclamations\",\"all\",")));
    for table in ["sentences", "claims", "mentions", "coverage", "wordings"] {
        assert!(added(table).is_empty(), "{table}");
    }
    let summary = report::summary(&more, &[], folder.path(), &SummaryOptions::default());
    assert!(summary.contains("loudness"), "{summary}");
    let document = report::documentation(&report::schemas(), &more.measures);
    assert!(document.contains("| `loudness` |") && document.contains("| `exclamations` |"), "{document}");
}
