//! Claims between events, and sentences that dispute a claim, on articles and events made by hand.

use std::sync::LazyLock;

use parallax::cluster::{ClusterOptions, EventTerms, Material, NameFrequency, Verifier, cluster};
use parallax::encode::{EncodedSentences, Encoder, ModelEncoder, ModelFiles};
use parallax::framing::Measures;
use parallax::options::Options;
use parallax::pipeline::{Models, Run, Silent, compare_articles, document, thresholds_of, verifier_of};
use parallax::records::{Annotations, Article, ArticleId, Claim, Corpus, Event, EventId, Mention, Relation};

static FILES: LazyLock<ModelFiles> = LazyLock::new(|| ModelFiles::bundled().unwrap());
static ENCODER: LazyLock<ModelEncoder> = LazyLock::new(|| ModelEncoder::new(&FILES, 2).unwrap());
static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| verifier_of(&FILES).unwrap());

/// One article of an outlet of its own for each text; the articles' ids are their positions.
fn corpus(texts: &[&str]) -> Corpus {
    let article =
        |(n, text): (usize, &&str)| document(Article::new(n.to_string(), format!("outlet {n}"), *text));
    Corpus::new(texts.iter().enumerate().map(article).collect())
}

fn claims(corpus: &Corpus, events: &[Event], options: &ClusterOptions) -> Vec<Claim> {
    let encode = |texts: &[&str]| ENCODER.encode(texts, &|_| ());
    let annotations: Vec<Annotations> =
        corpus.sentences().map(|sentence| sentence.annotations.clone()).collect();
    let texts: Vec<&str> = corpus.sentences().map(|sentence| sentence.text()).collect();
    let encodings = encode(&texts).unwrap();
    let words = texts.iter().copied().zip(encodings.iter().map(|encoding| &encoding.words));
    let names = NameFrequency::of(&annotations, words);
    let terms = EventTerms::new(corpus, events, &|_| true);
    let read = |pairs: &[(&str, &str)]| ENCODER.pair_readings(pairs, &|_| ());
    let material = Material {
        corpus,
        is_matched: &|_| true,
        partners: None,
        encode: &encode,
        read: &read,
        names: &names,
        terms: &terms,
    };
    cluster(&material, events, &VERIFIER, options).unwrap().0
}

/// The articles that make a claim and those that dispute it.
fn articles_of(claim: &Claim) -> (Vec<usize>, Vec<usize>) {
    let article = |mention: &Mention| mention.sentence.article.as_str().parse().unwrap();
    (claim.making().map(article).collect(), claim.disputing().map(article).collect())
}

/// An event of these articles; it and its neighbours are named by their first articles.
fn event(articles: &[usize], neighbours: &[usize]) -> Event {
    let id = |article: usize| ArticleId::from(article.to_string());
    let of_event = |article: usize| EventId::new(&id(article));
    Event {
        id: of_event(articles[0]),
        articles: articles.iter().map(|&article| id(article)).collect(),
        neighbours: neighbours.iter().map(|&first| of_event(first)).collect(),
    }
}

// Between events only confirmed matches count: the outlets' words are the same.
const SENATE: &str = "The senate approved the fishing treaty with Kenya on Monday. Rain fell in Oslo.";
const SENATE_TOO: &str = "The senate approved the fishing treaty with Kenya on Monday. Trams stood still.";
const SENATE_AGAIN: &str = "The senate approved the fishing treaty with Kenya on Monday. Bread is dearer.";

#[test]
fn what_states_nothing_is_no_claim_though_two_outlets_have_it() {
    const SHARED: &str = "The senate approved the fishing treaty with Kenya on Monday.";
    let nothing = [
        "Will the fishing treaty with Kenya ever be approved?",
        "“Stop lying!”",
        "The ministry of fishing in Nairobi did not immediately respond to a request for comment.",
        "Jane Doe in Nairobi contributed to this report.",
        "By Jane Doe and Max Moe",
    ];
    let (thresholds, measures) = (thresholds_of(&FILES).unwrap(), Measures::shipped());
    let models =
        Models { encoder: &*ENCODER, verifier: &VERIFIER, thresholds: &thresholds, measures: &measures };
    let claimed = |body: &str| {
        let articles = vec![Article::new("a", "Post", body), Article::new("b", "Star", body)];
        let run = compare_articles(articles, &Options::default(), &models, &Silent).unwrap();
        let text = |claim: &Claim| run.corpus.sentence(&claim.medoid).text().to_owned();
        run.claims.iter().map(text).collect::<Vec<_>>()
    };
    for line in nothing {
        // As a line of its own, and within a long paragraph, where lines are not looked at. What is said again is matched once.
        let paragraph = format!("{SHARED} ").repeat(6);
        for body in [format!("{SHARED}\n\n{line}"), format!("{paragraph}{line}")] {
            assert_eq!(claimed(&body), [SHARED], "{body}");
        }
    }
}

#[test]
fn claims_are_sought_in_neighbouring_events_and_no_further() {
    let corpus = corpus(&[SENATE, SENATE_TOO]);
    let across = ClusterOptions { across_events: true, ..ClusterOptions::default() };
    struct Case<'a> {
        neighbours: [&'a [usize]; 2],
        options: ClusterOptions,
        n_claims: usize,
    }
    for case in [
        Case { neighbours: [&[1], &[0]], options: ClusterOptions::default(), n_claims: 1 },
        Case { neighbours: [&[], &[]], options: ClusterOptions::default(), n_claims: 0 },
        Case { neighbours: [&[], &[]], options: across, n_claims: 1 },
    ] {
        let events = [event(&[0], case.neighbours[0]), event(&[1], case.neighbours[1])];
        let found = claims(&corpus, &events, &case.options);
        assert_eq!(found.len(), case.n_claims, "{:?}", case.neighbours);
        for claim in &found {
            assert_eq!((claim.event, articles_of(claim)), (events[0].id, (vec![0, 1], vec![])));
        }
    }
}

#[test]
fn a_sentence_of_a_neighbouring_event_joins_the_claim_that_is_there() {
    let corpus = corpus(&[SENATE, SENATE_TOO, SENATE_AGAIN]);
    let events = [event(&[0, 1], &[2]), event(&[2], &[0])];
    let found = claims(&corpus, &events, &ClusterOptions::default());
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].event, articles_of(&found[0])), (events[0].id, (vec![0, 1, 2], vec![])));
}

#[test]
fn who_contradicts_a_claim_disputes_it_and_does_not_make_it() {
    let corpus = corpus(&[
        "The blast in the port of Oldport killed 12 workers on Monday.",
        "On Monday the blast in the port of Oldport killed 12 workers.",
        "The blast in the port of Oldport killed 30 workers on Monday.",
    ]);
    let found = claims(&corpus, &[event(&[0, 1, 2], &[])], &ClusterOptions::default());
    assert_eq!(found.len(), 1);
    assert_eq!(articles_of(&found[0]), (vec![0, 1], vec![2]));
    assert_eq!(found[0].mentions[2].relation, Relation::Conflicting);
}

#[test]
fn two_that_contradict_each_other_are_listed_with_nobody_else_on_their_side() {
    let corpus = corpus(&[
        "The blast in the port of Oldport killed 12 workers on Monday.",
        "The blast in the port of Oldport killed 30 workers on Monday.",
    ]);
    let found = claims(&corpus, &[event(&[0, 1], &[])], &ClusterOptions::default());
    assert_eq!(found.len(), 1);
    assert_eq!(articles_of(&found[0]), (vec![0], vec![1]));
}

const APPROVED: &str = "The senate approved the fishing treaty with Kenya on Monday.";
const APPROVED_TOO: &str = "On Monday the senate approved the fishing treaty with Kenya.";

/// The run of these articles, each of an outlet of its own.
fn run_of(bodies: &[String], change: impl Fn(&mut Options)) -> Run {
    let (thresholds, measures) = (thresholds_of(&FILES).unwrap(), Measures::shipped());
    let models =
        Models { encoder: &*ENCODER, verifier: &VERIFIER, thresholds: &thresholds, measures: &measures };
    let article =
        |(n, body): (usize, &String)| Article::new(format!("{n:02}"), format!("outlet {n:02}"), body.clone());
    let mut options = Options::default();
    change(&mut options);
    compare_articles(bodies.iter().enumerate().map(article).collect(), &options, &models, &Silent).unwrap()
}

/// Of a claim of many outlets: who prints the same words is compared once, and there is a most.
#[test]
fn a_claim_of_many_outlets_has_so_many_comparisons() {
    let run = run_of(&vec![APPROVED.to_owned(); 30], |_| ());
    assert_eq!((run.claims.len(), run.comparisons.len()), (1, 29), "each outlet with the first");

    let days = ["Monday", "a Monday", "this Monday", "that Monday", "Monday night", "Monday evening"];
    let reworded: Vec<String> = days.iter().map(|day| APPROVED.replace("Monday", day)).collect();
    let n_pairs = |most: usize| run_of(&reworded, |options| options.cluster.comparisons = most);
    let (all, few) = (n_pairs(500), n_pairs(7));
    assert_eq!((all.claims.len(), all.comparisons.len()), (1, 15));
    assert_eq!((few.claims.len(), few.comparisons.len()), (1, 7));
    let of_medoid = |run: &Run| {
        let medoid = &run.claims[0].medoid;
        run.comparisons.iter().filter(|of| of.sentence_a == *medoid || of.sentence_b == *medoid).count()
    };
    assert_eq!(of_medoid(&few), 5, "the claim's own sentence with each other outlet");
}

/// What has no words in common with another outlet is not encoded, and nothing else changes.
#[test]
fn candidates_are_what_may_have_a_partner() {
    let lead = "Lawmakers met in the capital.\n";
    let fillers = [
        "The weather was mild.",
        "Coffee was served at ten.",
        "Nobody wore a hat.",
        "A clock struck.",
        "Rain fell.",
    ];
    let body = |shared: &str, own: &str| format!("{lead}{}\n{shared}\n{own}", fillers.join("\n"));
    let bodies = [
        body(APPROVED, "Grandmother grows tulips behind the barn."),
        body(APPROVED_TOO, "Seven penguins waddle around."),
    ];
    let all = run_of(&bodies, |options| options.encode.sentences = EncodedSentences::All);
    let candidates = run_of(&bodies, |options| options.encode.sentences = EncodedSentences::Candidates);
    let texts = |run: &Run| -> Vec<String> {
        let read = run.corpus.sentences().zip(&run.figures).filter(|(_, figures)| figures.is_some());
        read.map(|(sentence, _)| sentence.text().to_owned()).collect()
    };
    assert_eq!(texts(&all).len(), 16);
    let encoded = texts(&candidates);
    assert!(encoded.iter().any(|text| text == APPROVED) && encoded.iter().any(|text| text == APPROVED_TOO));
    assert!(!encoded.iter().any(|text| text.contains("tulips") || text.contains("penguins")), "{encoded:?}");
    assert!(all.is_encoded_whole && !candidates.is_encoded_whole);
    assert_eq!(all.events, candidates.events);
    assert!(!all.claims.is_empty());
    assert_eq!(all.claims, candidates.claims);
}
