//! Claims between events, and sentences that dispute a claim, on articles and events made by hand.

use std::sync::LazyLock;

use parallax::annotate::annotate;
use parallax::clean::clean;
use parallax::cluster::{ClusterOptions, Material, NameFrequency, Verifier, cluster};
use parallax::encode::{Encoder, ModelEncoder, ModelFiles};
use parallax::pipeline::verifier_of;
use parallax::read::{ReadOptions, read};
use parallax::records::{Annotations, Article, Claim, Encoding, Event, Relation, Sentence};
use parallax::split::split;

static FILES: LazyLock<ModelFiles> = LazyLock::new(|| ModelFiles::bundled().unwrap());
static ENCODER: LazyLock<ModelEncoder> = LazyLock::new(|| ModelEncoder::new(&FILES, 2).unwrap());
static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| verifier_of(&FILES).unwrap());

struct Corpus {
    articles: Vec<Article>,
    sentences: Vec<Sentence>,
    encodings: Vec<Option<Encoding>>,
    annotations: Vec<Annotations>,
}

impl Corpus {
    /// One article of an outlet of its own for each text.
    fn new(texts: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (number, text) in texts.iter().enumerate() {
            std::fs::write(folder.path().join(format!("outlet-{number}.txt")), text).unwrap();
        }
        let reading = read(&[folder.path().to_owned()], &ReadOptions::default()).unwrap();
        let articles: Vec<Article> = reading.articles.into_iter().map(clean).collect();
        let of_article: Vec<Vec<Sentence>> =
            articles.iter().enumerate().map(|(position, article)| split(article, position)).collect();
        let annotations =
            articles.iter().zip(&of_article).flat_map(|(article, of)| annotate(article, of)).collect();
        let sentences = of_article.concat();
        let words: Vec<&str> = sentences.iter().map(|it| it.text(&articles[it.article])).collect();
        let encodings = ENCODER.encode(&words, &|_| ()).unwrap().into_iter().map(Some).collect();
        Self { articles, sentences, encodings, annotations }
    }

    fn claims(&self, events: &[Event], options: &ClusterOptions) -> Vec<Claim> {
        let encoded = self.sentences.iter().zip(&self.encodings).map(|(sentence, encoding)| {
            (sentence.text(&self.articles[sentence.article]), &encoding.as_ref().unwrap().words)
        });
        let names = NameFrequency::new(&self.annotations, encoded);
        let material = Material {
            articles: &self.articles,
            sentences: &self.sentences,
            encodings: &self.encodings,
            annotations: &self.annotations,
            names: &names,
        };
        cluster(&material, events, &VERIFIER, options).0
    }

    /// The articles that make a claim and those that dispute it.
    fn articles_of(&self, claim: &Claim) -> (Vec<usize>, Vec<usize>) {
        let article = |sentence: usize| self.sentences[sentence].article;
        (
            claim.making().map(|mention| article(mention.sentence)).collect(),
            claim.disputing().map(|mention| article(mention.sentence)).collect(),
        )
    }
}

fn event(articles: &[usize], neighbours: &[usize]) -> Event {
    Event { articles: articles.to_vec(), neighbours: neighbours.to_vec() }
}

// Between events only confirmed matches count: the outlets' words are the same.
const SENATE: &str = "The senate approved the fishing treaty with Kenya on Monday. Rain fell in Oslo.";
const SENATE_TOO: &str = "The senate approved the fishing treaty with Kenya on Monday. Trams stood still.";
const SENATE_AGAIN: &str = "The senate approved the fishing treaty with Kenya on Monday. Bread is dearer.";

#[test]
fn claims_are_sought_in_neighbouring_events_and_no_further() {
    let corpus = Corpus::new(&[SENATE, SENATE_TOO]);
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
        let claims = corpus.claims(&events, &case.options);
        assert_eq!(claims.len(), case.n_claims, "{:?}", case.neighbours);
        for claim in &claims {
            assert_eq!((claim.event, corpus.articles_of(claim)), (0, (vec![0, 1], vec![])));
        }
    }
}

#[test]
fn a_sentence_of_a_neighbouring_event_joins_the_claim_that_is_there() {
    let corpus = Corpus::new(&[SENATE, SENATE_TOO, SENATE_AGAIN]);
    let events = [event(&[0, 1], &[1]), event(&[2], &[0])];
    let claims = corpus.claims(&events, &ClusterOptions::default());
    assert_eq!(claims.len(), 1);
    assert_eq!((claims[0].event, corpus.articles_of(&claims[0])), (0, (vec![0, 1, 2], vec![])));
}

#[test]
fn who_contradicts_a_claim_disputes_it_and_does_not_make_it() {
    let corpus = Corpus::new(&[
        "The blast in the port of Oldport killed 12 workers on Monday.",
        "On Monday the blast in the port of Oldport killed 12 workers.",
        "The blast in the port of Oldport killed 30 workers on Monday.",
    ]);
    let claims = corpus.claims(&[event(&[0, 1, 2], &[])], &ClusterOptions::default());
    assert_eq!(claims.len(), 1);
    assert_eq!(corpus.articles_of(&claims[0]), (vec![0, 1], vec![2]));
    assert_eq!(claims[0].mentions[2].relation, Relation::Conflicting);
}

#[test]
fn two_that_contradict_each_other_are_listed_with_nobody_else_on_their_side() {
    let corpus = Corpus::new(&[
        "The blast in the port of Oldport killed 12 workers on Monday.",
        "The blast in the port of Oldport killed 30 workers on Monday.",
    ]);
    let claims = corpus.claims(&[event(&[0, 1], &[])], &ClusterOptions::default());
    assert_eq!(claims.len(), 1);
    assert_eq!(corpus.articles_of(&claims[0]), (vec![0], vec![1]));
}
