use proptest::prelude::*;

use super::*;
use crate::records::{Kind, SentenceId, Span, Voice};

fn article(headline: &str, body: &str) -> Article {
    Article { headline: headline.into(), ..Article::new("a", "Gazette", body) }
}

/// Sentences by their words, in the order of the body; one that the body does not hold is the headline.
fn sentences(article: &Article, texts: &[&str]) -> Vec<Sentence> {
    let mut from = 0;
    let place = |(index, text): (usize, &&str)| {
        let found = article.body[from..].find(text).map(|at| from + at);
        let (field, start) = found.map_or((Field::Headline, 0), |at| (Field::Body, at));
        from = found.map_or(from, |at| at + text.len());
        let bytes = Span::new(start, start + text.len());
        let id = SentenceId { article: article.id.clone(), index: index as u32 };
        Sentence { id, field, kind: Kind::Body, bytes, chars: bytes }
    };
    texts.iter().enumerate().map(place).collect()
}

#[test]
fn a_quotation_runs_over_sentences_and_paragraphs() {
    let body = "“We met. We agreed.\n\n“Then we left,” said Ana Diaz. The hall was empty.";
    let article = article("", body);
    let texts = ["“We met.", "We agreed.", "“Then we left,” said Ana Diaz.", "The hall was empty."];
    let found = annotate(&article, &sentences(&article, &texts));
    let voices: Vec<Voice> = found.iter().map(|annotations| annotations.voice).collect();
    assert_eq!(voices, [Voice::Quotation, Voice::Quotation, Voice::Quotation, Voice::Narration]);
    assert_eq!(found[1].quotations[0].span, Span::new(0, "We agreed.".len()));
}

#[test]
fn a_source_is_carried_to_a_sentence_that_names_none() {
    struct Case {
        body: &'static str,
        sentences: &'static [&'static str],
        /// For each sentence, the words that are carried to it and the sentence that they stand in.
        carried: &'static [Option<(&'static str, usize)>],
    }
    let cases = [
        Case {
            body: "“It fell,” Diaz said. “It will reopen. It must.”",
            sentences: &["“It fell,” Diaz said.", "“It will reopen.", "It must.”"],
            carried: &[None, Some(("Diaz", 0)), Some(("Diaz", 0))],
        },
        Case {
            body: "“It fell,” Diaz said. “It will reopen. It must,” Okafor said.",
            sentences: &["“It fell,” Diaz said.", "“It will reopen.", "It must,” Okafor said."],
            carried: &[None, Some(("Okafor", 2)), None],
        },
        Case {
            body: "“It fell. It will reopen,” Diaz said.",
            sentences: &["“It fell.", "It will reopen,” Diaz said."],
            carried: &[Some(("Diaz", 1)), None],
        },
        Case {
            body: "Diaz said the mill would reopen. “It must.”",
            sentences: &["Diaz said the mill would reopen.", "“It must.”"],
            carried: &[None, Some(("Diaz", 0))],
        },
        Case {
            body: "“It fell,” Diaz said. “It will reopen.\n\n“It must.”",
            sentences: &["“It fell,” Diaz said.", "“It will reopen.", "“It must.”"],
            carried: &[None, Some(("Diaz", 0)), Some(("Diaz", 0))],
        },
        Case {
            body: "Diaz said this:\n\n“It must.”",
            sentences: &["Diaz said this:", "“It must.”"],
            carried: &[None, Some(("Diaz", 0))],
        },
        Case {
            body: "“It fell,” Diaz said.\n\n“It will reopen.”",
            sentences: &["“It fell,” Diaz said.", "“It will reopen.”"],
            carried: &[None, None],
        },
        Case {
            body: "“It fell,” Diaz said. The hall was empty. “It must.”",
            sentences: &["“It fell,” Diaz said.", "The hall was empty.", "“It must.”"],
            carried: &[None, None, None],
        },
        Case { body: "“It must.”", sentences: &["“It must.”"], carried: &[None] },
    ];
    for case in cases {
        let article = article("", case.body);
        let sentences = sentences(&article, case.sentences);
        let found = annotate(&article, &sentences);
        let carried = found.iter().map(|annotations| {
            annotations
                .carried
                .map(|carried| (carried.source.slice(case.sentences[carried.sentence]), carried.sentence))
        });
        assert_eq!(carried.collect::<Vec<_>>(), case.carried, "{}", case.body);
    }
}

#[test]
fn a_quotation_that_reopens_without_a_mark_is_quoted() {
    let body = "“We met. We agreed.\n\nThen we left,” said Ana Diaz. The hall was empty.";
    let article = article("", body);
    let texts = ["“We met.", "We agreed.", "Then we left,” said Ana Diaz.", "The hall was empty."];
    let found = annotate(&article, &sentences(&article, &texts));
    let voices: Vec<Voice> = found.iter().map(|annotations| annotations.voice).collect();
    assert_eq!(voices, [Voice::Quotation, Voice::Quotation, Voice::Quotation, Voice::Narration]);
}

#[test]
fn a_headline_is_read_with_the_names_of_the_body() {
    let headline = "Okafor Vows New Mill After Strike";
    let body = "On Monday the mayor, Ruth Okafor, spoke. The plan of Okafor is new.";
    let article = article(headline, body);
    let texts = [headline, "On Monday the mayor, Ruth Okafor, spoke.", "The plan of Okafor is new."];
    let found = annotate(&article, &sentences(&article, &texts));
    assert_eq!(found[0].names[0].key, "okafor");
}

#[test]
fn the_seed_articles_are_annotated() {
    struct Case {
        sentence: &'static str,
        voice: Voice,
        certainty: f32,
        source: Option<&'static str>,
    }
    let cases = [
        Case {
            sentence: "“Every week it’s closer,” said an administration official.",
            voice: Voice::Quotation,
            certainty: 1.0,
            source: Some("an administration official"),
        },
        Case {
            sentence: "This would likely have the effect of preventing some migrants from applying for asylum in the US.",
            voice: Voice::Narration,
            certainty: 0.75,
            source: None,
        },
        Case {
            sentence: "In June, President Donald Trump tweeted that Guatemala was “getting ready to sign a Safe-Third \
                       Agreement.”",
            voice: Voice::Mixed,
            certainty: 1.0,
            source: Some("President Donald Trump"),
        },
    ];
    let body = include_str!("../../seeds/001_a6f90ff6d2e48208.txt");
    let article = article("", body);
    for case in cases {
        let found = annotate(&article, &sentences(&article, &[case.sentence])).remove(0);
        let source = found.attribution.and_then(|a| a.source).map(|span| span.slice(case.sentence));
        let found = (found.voice, found.certainty.score, source);
        assert_eq!(found, (case.voice, case.certainty, case.source), "{}", case.sentence);
    }
}

proptest! {
    #[test]
    fn any_text_is_annotated(body in "\\PC{0,120}", cut in 0usize..120) {
        let article = article("", &body);
        let cut = (0..=cut.min(body.len())).rev().find(|&at| body.is_char_boundary(at)).unwrap_or(0);
        let texts = [&body[..cut], &body[cut..]];
        let found = annotate(&article, &sentences(&article, &texts));
        prop_assert_eq!(found.len(), 2);
        for (text, annotations) in texts.iter().zip(&found) {
            let spans = annotations.quotations.iter().map(|q| q.span)
                .chain(annotations.names.iter().map(|n| n.span))
                .chain(annotations.quantities.iter().map(|q| q.span))
                .chain(annotations.negations.iter().copied())
                .chain(annotations.attribution.iter().map(|a| a.cue));
            for span in spans {
                prop_assert!(!span.slice(text).is_empty());
            }
        }
    }
}
