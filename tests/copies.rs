//! Wire copy on made-up articles: what is a copied span, what is not, and that no order of the input changes it.

use parallax::annotate::annotate;
use parallax::clean::clean;
use parallax::group::{CopyOptions, copies};
use parallax::records::{Article, Copies, Origin};
use parallax::split::split;
use proptest::prelude::*;

const LONG: &str = "Engineers who inspected the bridge over the weekend had found cracks as wide as a hand in its main \
                    pillar, and the council stopped all traffic at once.";
const LONG_EDITED: &str = "Engineers who inspected the bridge on the weekend had found cracks as wide as a hand in its \
                           main pillar, and the city council stopped all traffic at once.";
const SHORT: &str = "Buses will take the northern bridge until then.";
const SHORT_TOO: &str = "The work may last well into the coming spring.";
const STOCK: &str = "The council did not respond to a request for comment.";
const QUOTED: &str = "“We will not open this bridge until every one of us would drive a child across it and back again in \
                      the dark,” Mayor Ann Cole said.";
const OWN: &str = "A local baker said on Tuesday that he had lost half of his guests since the closure and could not pay \
                   the rent for his shop.";
const OTHER: &str = "Trains between the two parts of the town ran every ten minutes and were full in the morning and in \
                     the late afternoon.";

fn article(id: &str, outlet: &str, sentences: &[&str]) -> Article {
    clean(Article {
        id: id.to_owned(),
        outlet: outlet.to_owned(),
        headline: String::new(),
        body: sentences.join("\n\n"),
        url: String::new(),
        date_published: None,
        groups: Default::default(),
        origin: Origin { file: id.to_owned(), row: None },
        language: String::new(),
        blocks: vec![],
        warnings: vec![],
    })
}

fn found(articles: &[Article]) -> Copies {
    let split_one = |(position, article)| split(article, position);
    let sentences: Vec<_> = articles.iter().enumerate().map(split_one).collect();
    let annotated =
        articles.iter().zip(&sentences).flat_map(|(article, sentences)| annotate(article, sentences));
    let annotations: Vec<_> = annotated.collect();
    copies(articles, &sentences.concat(), &annotations, &CopyOptions::default())
}

#[test]
fn what_is_a_copied_span() {
    struct Case {
        a: &'static [&'static str],
        b: &'static [&'static str],
        /// The sentences of b that are copied, span by span.
        copied: &'static [&'static [&'static str]],
        is_duplicate: bool,
    }
    for case in [
        Case { a: &[LONG, OWN], b: &[LONG, OTHER], copied: &[&[LONG]], is_duplicate: false },
        Case { a: &[LONG, OWN], b: &[LONG_EDITED, OTHER], copied: &[&[LONG_EDITED]], is_duplicate: false },
        Case { a: &[LONG, OWN, OTHER], b: &[OTHER, LONG], copied: &[&[OTHER], &[LONG]], is_duplicate: true },
        // Two short sentences on end are enough together, one is not.
        Case {
            a: &[OWN, SHORT, SHORT_TOO],
            b: &[SHORT, SHORT_TOO, OTHER],
            copied: &[&[SHORT, SHORT_TOO]],
            is_duplicate: false,
        },
        Case { a: &[OWN, SHORT], b: &[SHORT, OTHER], copied: &[], is_duplicate: false },
        Case { a: &[OWN, STOCK], b: &[OTHER, STOCK], copied: &[], is_duplicate: false },
        // A quotation is a copy beside a copied sentence only.
        Case { a: &[OWN, QUOTED], b: &[OTHER, QUOTED], copied: &[], is_duplicate: false },
        Case { a: &[LONG, QUOTED, OWN], b: &[LONG, QUOTED], copied: &[&[LONG, QUOTED]], is_duplicate: true },
        Case { a: &[LONG, OWN], b: &[OTHER], copied: &[], is_duplicate: false },
    ] {
        let articles = [article("a", "Post", case.a), article("b", "Star", case.b)];
        let found = found(&articles);
        let texts = found.spans.iter().map(|span| span.bytes.slice(&articles[span.article].body));
        let expected: Vec<String> = case.copied.iter().map(|sentences| sentences.join("\n\n")).collect();
        assert_eq!(texts.collect::<Vec<_>>(), expected);
        assert_eq!(found.duplicate_of, [None, case.is_duplicate.then_some(0)], "{:?}", case.b);
    }
}

#[test]
fn an_outlet_does_not_copy_itself() {
    let articles = [article("a", "Post", &[LONG, OWN]), article("b", "Post", &[LONG, OWN])];
    let found = found(&articles);
    assert!(found.spans.is_empty());
    assert_eq!(found.duplicate_of, [None, Some(0)]);
    assert_eq!(found.origin, [0, 1, 0, 1]);
}

proptest! {
    #[test]
    fn the_order_of_the_articles_changes_nothing(
        (sorted, shuffled) in prop::collection::vec(prop::sample::subsequence(
            vec![LONG, LONG_EDITED, SHORT, SHORT_TOO, QUOTED, OWN, OTHER], 1..5), 1..7)
            .prop_map(|bodies| bodies.into_iter().enumerate()
                .map(|(n, body)| article(&format!("id{n}"), &format!("outlet {}", n % 4), &body)).collect::<Vec<_>>())
            .prop_flat_map(|articles| (Just(articles.clone()), Just(articles).prop_shuffle()))
    ) {
        let by_id = |articles: &[Article]| {
            let Copies { spans, duplicate_of, .. } = found(articles);
            let id = |article: usize| articles[article].id.clone();
            let mut rows: Vec<_> = spans.iter().map(|span| {
                let text = span.bytes.slice(&articles[span.article].body);
                let body = articles[span.article].body.chars().skip(span.chars.start);
                let by_chars: String = body.take(span.chars.end - span.chars.start).collect();
                assert_eq!(by_chars, text);
                assert!(!span.source_bytes.slice(&articles[span.source].body).is_empty());
                (id(span.article), text.to_owned(), id(span.source), span.source_chars, span.n_words)
            }).collect();
            rows.sort();
            let mut originals: Vec<_> =
                duplicate_of.iter().enumerate().map(|(at, original)| (id(at), original.map(id))).collect();
            originals.sort();
            (rows, originals)
        };
        prop_assert_eq!(by_id(&sorted), by_id(&shuffled));
    }
}
