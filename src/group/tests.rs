use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};
use ndarray::Array2;
use proptest::prelude::*;

use super::*;
use crate::records::{Field, Kind, Origin, Span, TokenStates};

/// Width of the embeddings below.
const WIDTH: usize = 16;

/// An article of one sentence: `about` gives the direction of its embedding, `words` its words.
fn corpus(
    articles: &[(Vec<f32>, &str, Option<Date>)],
) -> (Vec<Article>, Vec<Sentence>, Vec<Option<Encoding>>) {
    let (mut of_corpus, mut sentences, mut encodings) = (vec![], vec![], vec![]);
    for (position, (about, words, day)) in articles.iter().enumerate() {
        of_corpus.push(article(position, words, *day));
        sentences.push(sentence(position, words));
        encodings.push(Some(encoding(about, words)));
    }
    (of_corpus, sentences, encodings)
}

fn article(position: usize, body: &str, date_published: Option<Date>) -> Article {
    Article {
        id: format!("a{position}"),
        outlet: "Post".to_owned(),
        headline: String::new(),
        body: body.to_owned(),
        url: String::new(),
        date_published,
        groups: BTreeMap::new(),
        origin: Origin { file: String::new(), row: None },
        language: "eng".to_owned(),
        blocks: vec![],
        warnings: vec![],
    }
}

fn sentence(article: usize, text: &str) -> Sentence {
    let (bytes, chars) = (Span::new(0, text.len()), Span::new(0, text.chars().count()));
    Sentence { article, index: 0, field: Field::Body, kind: Kind::Body, bytes, chars }
}

fn encoding(about: &[f32], text: &str) -> Encoding {
    let length = about.iter().map(|x| x * x).sum::<f32>().sqrt();
    let start = |word: &str| word.as_ptr() as usize - text.as_ptr() as usize;
    let spans: Vec<Span> =
        text.split(' ').map(|word| Span::new(start(word), start(word) + word.len())).collect();
    let n = spans.len();
    let (states, scales) = (Array2::zeros((n, 1)), vec![1.0; n]);
    let words = TokenStates { spans, weights: vec![8.0; n], states, scales };
    Encoding::without_heads(about.iter().map(|x| x / length).collect(), words)
}

/// A direction that shares `shared` of its square with the direction of all news and the rest with that of `event`.
fn direction(event: usize, shared: f32) -> Vec<f32> {
    let mut about = vec![0.0; WIDTH];
    about[0] = shared.sqrt();
    about[1 + event] = (1.0 - shared).sqrt();
    about
}

fn events_of(articles: &[(Vec<f32>, &str, Option<Date>)], options: &GroupOptions) -> Vec<Event> {
    let (articles, sentences, encodings) = corpus(articles);
    group(&articles, &sentences, &encodings, options)
}

fn members(events: &[Event]) -> Vec<Vec<usize>> {
    events.iter().map(|event| event.articles.clone()).collect()
}

#[test]
fn small_corpora() {
    let storm = || (direction(0, 0.2), "storm coast harbour", None);
    let trial = || (direction(1, 0.2), "trial judge jury", None);
    let strike = || (direction(2, 0.2), "strike port union", None);
    struct Case {
        articles: Vec<(Vec<f32>, &'static str, Option<Date>)>,
        events: Vec<Vec<usize>>,
    }
    let cases = [
        Case { articles: vec![], events: vec![] },
        Case { articles: vec![storm()], events: vec![vec![0]] },
        Case { articles: vec![storm(), storm()], events: vec![vec![0, 1]] },
        Case { articles: vec![storm(), trial()], events: vec![vec![0], vec![1]] },
        Case { articles: vec![storm(); 9], events: vec![(0..9).collect()] },
        Case { articles: vec![storm(), trial(), strike()], events: vec![vec![0], vec![1], vec![2]] },
        Case {
            articles: vec![storm(), trial(), storm(), strike(), trial()],
            events: vec![vec![0, 2], vec![1, 4], vec![3]],
        },
    ];
    for case in cases {
        let found = members(&events_of(&case.articles, &GroupOptions::default()));
        assert_eq!(found, case.events, "{} articles", case.articles.len());
    }
}

#[test]
fn dates_further_apart_than_the_window_part_an_event() {
    let on = |day: Option<Date>| (direction(0, 0.2), "storm coast harbour", day);
    let july = |day: i8| Some(date(2019, 7, day));
    struct Case {
        days: Vec<Option<Date>>,
        events: Vec<Vec<usize>>,
    }
    let cases = [
        Case { days: vec![july(1), july(8)], events: vec![vec![0, 1]] },
        Case { days: vec![july(1), july(9)], events: vec![vec![0], vec![1]] },
        Case { days: vec![july(1), None], events: vec![vec![0, 1]] },
        Case { days: vec![None, None, None], events: vec![vec![0, 1, 2]] },
    ];
    for case in cases {
        let articles: Vec<_> = case.days.iter().map(|&day| on(day)).collect();
        let found = members(&events_of(&articles, &GroupOptions::default()));
        assert_eq!(found, case.events, "{:?}", case.days);
    }
}

#[test]
fn copies_of_a_wire_story_do_not_push_another_report_away() {
    let copy = || (direction(0, 0.2), "storm coast harbour flood rescue", None);
    let own = (direction(0, 0.5), "storm coast flood damage mayor", None);
    let articles = vec![copy(), copy(), copy(), copy(), own];
    assert_eq!(members(&events_of(&articles, &GroupOptions::default())), [[0, 1, 2, 3, 4]]);
}

#[test]
fn neighbours_are_close_and_within_the_window() {
    let near = |day: Option<Date>| (direction(1, 0.55), "trial judge jury", day);
    let storm = |day: Option<Date>| (direction(0, 0.55), "storm coast harbour", day);
    let july = |day: i8| Some(date(2019, 7, day));
    let wide = GroupOptions { neighbour_margin: 0.3, ..GroupOptions::default() };
    struct Case {
        days: [Option<Date>; 2],
        options: GroupOptions,
        neighbours: [&'static [usize]; 2],
    }
    let cases = [
        Case { days: [None, None], options: wide.clone(), neighbours: [&[1], &[0]] },
        Case { days: [july(1), july(8)], options: wide.clone(), neighbours: [&[1], &[0]] },
        Case { days: [july(1), july(9)], options: wide.clone(), neighbours: [&[], &[]] },
        Case {
            days: [None, None],
            options: GroupOptions { neighbour_margin: 0.0, ..wide },
            neighbours: [&[], &[]],
        },
    ];
    for case in cases {
        let events = events_of(&[storm(case.days[0]), near(case.days[1])], &case.options);
        let found: Vec<&[usize]> = events.iter().map(|event| event.neighbours.as_slice()).collect();
        assert_eq!(found, case.neighbours, "{:?}", case.days);
    }
}

const TEXTS: [&str; 5] = ["storm coast", "storm harbour flood", "trial judge", "trial jury coast", "strike"];

fn articles() -> impl Strategy<Value = Vec<(Vec<f32>, &'static str, Option<Date>)>> {
    let about = (0_usize..5, 0_u8..10).prop_map(|(event, shared)| direction(event, f32::from(shared) / 12.0));
    let day = prop::option::of((1_i8..28).prop_map(|day| date(2019, 7, day)));
    prop::collection::vec((about, prop::sample::select(&TEXTS[..]), day), 0..40)
}

proptest! {
    #[test]
    fn every_article_is_in_one_event_and_no_event_outlasts_the_window(articles in articles()) {
        let options = GroupOptions::default();
        let events = events_of(&articles, &options);
        let mut all = members(&events).concat();
        all.sort_unstable();
        prop_assert_eq!(all, (0..articles.len()).collect::<Vec<_>>());
        for event in &events {
            let days: Vec<Date> = event.articles.iter().filter_map(|&article| articles[article].2).collect();
            if let (Some(&first), Some(&last)) = (days.iter().min(), days.iter().max()) {
                prop_assert!(days_between(first, last) <= options.window_days);
            }
        }
    }

    #[test]
    fn neighbours_are_symmetric_and_in_order(articles in articles()) {
        let events = events_of(&articles, &GroupOptions { neighbour_margin: 0.3, ..GroupOptions::default() });
        for (position, event) in events.iter().enumerate() {
            prop_assert!(event.neighbours.is_sorted_by(|a, b| a < b));
            prop_assert!(!event.neighbours.contains(&position));
            for &neighbour in &event.neighbours {
                prop_assert!(events[neighbour].neighbours.contains(&position));
            }
        }
    }

    #[test]
    fn the_order_of_the_articles_changes_nothing(
        (articles, order) in articles().prop_flat_map(|articles| {
            let order = Just((0..articles.len()).collect::<Vec<_>>()).prop_shuffle();
            (Just(articles), order)
        })
    ) {
        let (mut of_corpus, sentences, encodings) = corpus(&articles);
        // Articles of the same words are told apart by their ids.
        let ids = |articles: &[Article], events: &[Event]| -> BTreeSet<BTreeSet<String>> {
            let id = |&article: &usize| articles[article].id.clone();
            events.iter().map(|event| event.articles.iter().map(id).collect()).collect()
        };
        let before = ids(&of_corpus, &group(&of_corpus, &sentences, &encodings, &GroupOptions::default()));
        of_corpus = order.iter().map(|&from| of_corpus[from].clone()).collect();
        let moved = |from: usize| order.iter().position(|&old| old == from).unwrap();
        let sentences: Vec<Sentence> =
            sentences.into_iter().map(|s| Sentence { article: moved(s.article), ..s }).collect();
        let after = ids(&of_corpus, &group(&of_corpus, &sentences, &encodings, &GroupOptions::default()));
        prop_assert_eq!(before, after);
    }
}
