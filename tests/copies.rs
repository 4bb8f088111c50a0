//! Wire copy on made-up articles: what is a copied span, what is not, and that no order of the input changes it.

use parallax::group::{CopyOptions, copies};
use parallax::pipeline::document;
use parallax::records::{Article, Copies, Corpus};
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
    Article::new(id, outlet, sentences.join("\n\n"))
}

fn found(articles: &[Article]) -> (Corpus, Copies) {
    let corpus = Corpus::new(articles.iter().cloned().map(document).collect());
    let copies = copies(&corpus, &CopyOptions::default());
    (corpus, copies)
}

/// The article that each near-duplicate is one of.
fn duplicates(found: &Copies) -> Vec<(&str, &str)> {
    found.duplicate_of.iter().map(|(article, original)| (article.as_str(), original.as_str())).collect()
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
        let (corpus, found) = found(&articles);
        let texts = found.spans.iter().map(|span| span.bytes.slice(&corpus.article(&span.article).body));
        let expected: Vec<String> = case.copied.iter().map(|sentences| sentences.join("\n\n")).collect();
        assert_eq!(texts.collect::<Vec<_>>(), expected);
        let expected = if case.is_duplicate { vec![("b", "a")] } else { vec![] };
        assert_eq!(duplicates(&found), expected, "{:?}", case.b);
    }
}

#[test]
fn an_outlet_does_not_copy_itself() {
    let articles = [article("a", "Post", &[LONG, OWN]), article("b", "Post", &[LONG, OWN])];
    let (_, found) = found(&articles);
    assert!(found.spans.is_empty());
    assert_eq!(duplicates(&found), [("b", "a")]);
    let origins = found.origin.iter().map(|(copy, origin)| (copy.to_string(), origin.to_string()));
    assert!(origins.eq([("b#0", "a#0"), ("b#1", "a#1")].map(|(a, b)| (a.to_owned(), b.to_owned()))));
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
        let (corpus, of_sorted) = found(&sorted);
        for span in &of_sorted.spans {
            let body = &corpus.article(&span.article).body;
            let by_chars: String =
                body.chars().skip(span.chars.start).take(span.chars.end - span.chars.start).collect();
            prop_assert_eq!(by_chars, span.bytes.slice(body));
            prop_assert!(!span.source_bytes.slice(&corpus.article(&span.source).body).is_empty());
        }
        prop_assert_eq!(of_sorted, found(&shuffled).1);
    }
}
