use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{Date, date};
use ndarray::Array2;
use proptest::prelude::*;

use super::*;
use crate::records::{Article, Encoding, Kind, Span, TokenStates};

/// Width of the embeddings below.
const WIDTH: usize = 16;

/// An article of one sentence by what its embedding is about, its words and its day.
type Made = (Vec<f32>, &'static str, Option<Date>);

/// In the order of the positions.
fn id(position: usize) -> String {
    format!("a{position:02}")
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

fn events_of_made(articles: &[Made], options: &GroupOptions) -> Vec<Event> {
    events_in_order(articles, &(0..articles.len()).collect::<Vec<_>>(), options)
}

/// The events of the articles where their profiles come in this order.
fn events_in_order(articles: &[Made], order: &[usize], options: &GroupOptions) -> Vec<Event> {
    let profile = |&n: &usize| {
        let (about, words, date_published) = &articles[n];
        let article = &Article { date_published: *date_published, ..Article::new(id(n), "Post", *words) };
        let encoding = encoding(about, words);
        let sentence = ProfileSentence::encoded(Kind::Body, words, &encoding);
        Profile::new(article, [sentence], &Thresholds::default()).expect("it has a sentence")
    };
    events_of(order.iter().map(profile).collect(), options, &Thresholds::default())
}

/// The articles of each event by their positions.
fn members(events: &[Event]) -> Vec<Vec<usize>> {
    let position = |id: &ArticleId| id.as_str()[1..].parse().expect("an id of these tests");
    events.iter().map(|event| event.articles.iter().map(position).collect()).collect()
}

/// The neighbours of each event by their positions.
fn neighbours(events: &[Event]) -> Vec<Vec<usize>> {
    let position = |id: &EventId| events.iter().position(|event| event.id == *id).expect("an event of these");
    events.iter().map(|event| event.neighbours.iter().map(position).collect()).collect()
}

#[test]
fn small_corpora() {
    let storm = || (direction(0, 0.2), "storm coast harbour", None);
    let trial = || (direction(1, 0.2), "trial judge jury", None);
    let strike = || (direction(2, 0.2), "strike port union", None);
    struct Case {
        articles: Vec<Made>,
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
        let found = members(&events_of_made(&case.articles, &GroupOptions::default()));
        assert_eq!(found, case.events, "{} articles", case.articles.len());
    }
}

#[test]
fn windows_of_periods_overlap() {
    let options = GroupOptions { window_days: 7, period_days: 30, ..GroupOptions::default() };
    let days: Vec<Date> = date(2019, 6, 1).series(1.day()).take(120).collect();
    for (n, &day) in days.iter().enumerate() {
        let of_day = windows(Some(day), &options);
        assert!(of_day.len() <= 2, "{day}");
        // The window of a day has the days up to two spans of an event before and behind it.
        for other in &days[n.saturating_sub(14)..(n + 15).min(days.len())] {
            assert!(windows(Some(*other), &options).contains(&of_day[0]), "{day} {other}");
        }
    }
    assert_eq!(windows(None, &options).len(), 1);
    assert_eq!(
        windows(None, &GroupOptions::default()),
        windows(Some(date(2019, 7, 12)), &GroupOptions::default())
    );
}

/// Two articles on each of some events, ten days from one event to the next: no window's edge parts them.
#[test]
fn periods_make_the_events_that_one_window_makes() {
    let words = [
        "storm coast harbour",
        "trial judge jury",
        "strike port union",
        "vote count ballot",
        "fire hill smoke",
    ];
    let of_event = |event: usize| {
        let day = date(2019, 7, 1).checked_add((10 * event as i64).days()).unwrap();
        let of = |later: i64| {
            let day = day.checked_add(later.days()).unwrap();
            (direction(event, 0.2), words[event], Some(day))
        };
        [of(0), of(3)]
    };
    let articles: Vec<Made> = (0..5).flat_map(of_event).collect();
    let whole = events_of_made(&articles, &GroupOptions::default());
    assert_eq!(members(&whole), [[0, 1], [2, 3], [4, 5], [6, 7], [8, 9]]);
    for period_days in [1, 4, 9, 30] {
        let options = GroupOptions { period_days, ..GroupOptions::default() };
        assert_eq!(members(&events_of_made(&articles, &options)), members(&whole), "{period_days}");
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
        let found = members(&events_of_made(&articles, &GroupOptions::default()));
        assert_eq!(found, case.events, "{:?}", case.days);
    }
}

#[test]
fn copies_of_a_wire_story_do_not_push_another_report_away() {
    let copy = || (direction(0, 0.2), "storm coast harbour flood rescue", None);
    let own = (direction(0, 0.5), "storm coast flood damage mayor", None);
    let articles = vec![copy(), copy(), copy(), copy(), own];
    assert_eq!(members(&events_of_made(&articles, &GroupOptions::default())), [[0, 1, 2, 3, 4]]);
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
        let events = events_of_made(&[storm(case.days[0]), near(case.days[1])], &case.options);
        assert_eq!(neighbours(&events), case.neighbours, "{:?}", case.days);
    }
}

const TEXTS: [&str; 5] = ["storm coast", "storm harbour flood", "trial judge", "trial jury coast", "strike"];

fn articles() -> impl Strategy<Value = Vec<Made>> {
    let about = (0_usize..5, 0_u8..10).prop_map(|(event, shared)| direction(event, f32::from(shared) / 12.0));
    let day = prop::option::of((1_i8..28).prop_map(|day| date(2019, 7, day)));
    prop::collection::vec((about, prop::sample::select(&TEXTS[..]), day), 0..40)
}

proptest! {
    #[test]
    fn every_article_is_in_one_event_and_no_event_outlasts_the_window(articles in articles()) {
        let options = GroupOptions::default();
        let events = events_of_made(&articles, &options);
        let mut all = members(&events).concat();
        all.sort_unstable();
        prop_assert_eq!(all, (0..articles.len()).collect::<Vec<_>>());
        for event in members(&events) {
            let days: Vec<Date> = event.iter().filter_map(|&article| articles[article].2).collect();
            if let (Some(&first), Some(&last)) = (days.iter().min(), days.iter().max()) {
                prop_assert!((last - first).get_days().unsigned_abs() <= options.window_days);
            }
        }
    }

    #[test]
    fn neighbours_are_symmetric_and_in_order(articles in articles()) {
        let events = events_of_made(&articles, &GroupOptions { neighbour_margin: 0.3, ..GroupOptions::default() });
        let neighbours = neighbours(&events);
        for (position, of_event) in neighbours.iter().enumerate() {
            prop_assert!(of_event.is_sorted_by(|a, b| a < b));
            prop_assert!(!of_event.contains(&position));
            prop_assert!(of_event.iter().all(|&neighbour| neighbours[neighbour].contains(&position)));
        }
    }

    #[test]
    fn the_order_of_the_articles_changes_nothing(
        (articles, order) in articles().prop_flat_map(|articles| {
            let order = Just((0..articles.len()).collect::<Vec<_>>()).prop_shuffle();
            (Just(articles), order)
        })
    ) {
        let options = GroupOptions::default();
        prop_assert_eq!(events_of_made(&articles, &options), events_in_order(&articles, &order, &options));
    }

    #[test]
    fn an_event_keeps_its_id_when_later_articles_come(articles in articles(), n in 0_usize..40) {
        let dated = |(n, (about, words, _)): (usize, &Made)| (about.clone(), *words, Some(date(2019, 7, 1 + n as i8 % 3)));
        let articles: Vec<Made> = articles.iter().enumerate().map(dated).collect();
        let first = |events: &[Event]| -> BTreeMap<EventId, ArticleId> {
            let age = |id: &&ArticleId| {
                let position: usize = id.as_str()[1..].parse().unwrap();
                (articles[position].2, (*id).clone())
            };
            events.iter().map(|event| (event.id, event.articles.iter().min_by_key(age).unwrap().clone())).collect()
        };
        let before = events_of_made(&articles[..n.min(articles.len())], &GroupOptions::default());
        let after = first(&events_of_made(&articles, &GroupOptions::default()));
        // Whoever is the first of its event before and after gives it one id.
        for (event, article) in first(&before) {
            let now = after.iter().find(|(_, first)| **first == article);
            prop_assert!(now.is_none_or(|(id, _)| *id == event));
        }
    }
}
