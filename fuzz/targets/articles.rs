//! What holds of every article, and of every document that is made of one.

use parallax::read::Reading;
use parallax::records::{
    Annotations, Article, Cuts, Document, Field, Kind, Layout, Quotation, Sentence, Span,
};

/// Checks the articles and rejections of a reading, and gives the rows that they are of, sorted.
pub fn check_reading(reading: &Reading) -> Vec<Option<u64>> {
    assert!(reading.articles.is_sorted_by(|a, b| a.id < b.id), "ids are sorted and each is there once");
    assert!(reading.rejected.is_sorted());
    assert!(reading.ignored.is_sorted() && reading.inputs.is_sorted() && reading.notes.is_sorted());
    for article in &reading.articles {
        assert!(!article.body.trim().is_empty() || !article.body_cuts.is_empty(), "an article has words");
        assert!(!article.outlet.trim().is_empty(), "an article has an outlet");
        let id = article.id.as_str();
        assert!(!id.is_empty() && !id.contains('#') && !id.contains(char::is_control), "{id:?}");
    }
    for rejection in &reading.rejected {
        assert!(!rejection.reason.is_empty() && !rejection.file.is_empty());
    }
    let of_articles = reading.articles.iter().map(|article| article.origin.row);
    let mut rows: Vec<_> =
        of_articles.chain(reading.rejected.iter().map(|rejection| rejection.row)).collect();
    rows.sort_unstable();
    rows
}

/// Every character of a text that is worked on lies in the text as it was read, in the same order, in bytes as in characters.
pub fn check_cuts(read: &str, text: &str, cuts: &Cuts) {
    if cuts.is_empty() {
        assert_eq!(read, text, "without cuts a text is worked on as it was read");
        return;
    }
    let mut chars_before = vec![usize::MAX; read.len() + 1];
    for (n, at) in read.char_indices().map(|(at, _)| at).chain([read.len()]).enumerate() {
        chars_before[at] = n;
    }
    let mut last = 0;
    for (n, (start, char)) in text.char_indices().enumerate() {
        let bytes = cuts.bytes(Span::new(start, start + char.len_utf8()));
        assert!(bytes.end <= read.len() && bytes.start <= bytes.end, "{bytes:?} of {}", read.len());
        assert!(last <= bytes.start, "{bytes:?} lies before {last}");
        last = bytes.start;
        let of_read = Span::new(chars_before[bytes.start], chars_before[bytes.end]);
        assert_eq!(cuts.chars(Span::new(n, n + 1)), of_read, "bytes and characters say the same");
    }
    let whole = cuts.bytes(Span::new(0, text.len()));
    assert!(read.get(whole.start..whole.end).is_some());
}

/// Blocks are in order, on one line each, without blanks at their ends, and cover the body.
pub fn check_layout(article: &Article, layout: &Layout) {
    assert_eq!(layout.language.len(), 3, "ISO 639-3");
    let blocks: Vec<Span> = layout.blocks.iter().map(|block| block.span).collect();
    check_cover(&article.body, &blocks);
    for block in &blocks {
        assert!(!block.slice(&article.body).contains('\n'), "a block lies on one line");
    }
}

/// Spans are in order, not empty, without blanks at their ends, and between them are only blanks.
fn check_cover(text: &str, spans: &[Span]) {
    let mut end = 0;
    for span in spans {
        assert!(end <= span.start, "{span:?} overlaps what ends at {end}");
        assert!(text[end..span.start].trim().is_empty(), "words before {span:?} are in no part");
        let words = span.slice(text);
        assert!(!words.is_empty() && words.trim() == words, "{words:?} has blanks at its ends");
        end = span.end;
    }
    assert!(text[end..].trim().is_empty(), "words at the end are in no part");
}

/// Sentences are in order, cover their blocks, and count bytes as characters.
pub fn check_sentences(article: &Article, layout: &Layout, sentences: &[Sentence]) {
    for (index, sentence) in sentences.iter().enumerate() {
        assert_eq!(sentence.id.index as usize, index);
        let field = match sentence.field {
            Field::Headline => &article.headline,
            Field::Body => &article.body,
        };
        assert!(!sentence.text(article).is_empty());
        let chars = |end: usize| field[..end].chars().count();
        if field.len() < 4096 {
            let expected = Span::new(chars(sentence.bytes.start), chars(sentence.bytes.end));
            assert_eq!(sentence.chars, expected);
        }
    }
    let of_headline = sentences.iter().take_while(|sentence| sentence.field == Field::Headline).count();
    assert!(of_headline <= 1);
    let body = &sentences[of_headline..];
    assert!(body.iter().all(|sentence| sentence.field == Field::Body));
    let spans: Vec<Span> = body.iter().map(|sentence| sentence.bytes).collect();
    let mut rest = body;
    for block in &layout.blocks {
        let n = rest.iter().take_while(|sentence| sentence.bytes.end <= block.span.end).count();
        let (inside, behind) = rest.split_at(n);
        assert!(!inside.is_empty(), "a block has a sentence");
        assert!(inside.iter().all(|of| block.span.contains(&of.bytes) && of.kind == block.kind));
        rest = behind;
    }
    assert!(rest.is_empty(), "every sentence lies in a block");
    // Blocks cover the body, so sentences that cover their blocks do.
    check_cover(&article.body, &spans);
}

/// Quotations are in order, do not overlap, and have no blanks at their ends.
pub fn check_quotations(text: &str, quotations: &[Quotation]) {
    let mut end = 0;
    for quotation in quotations {
        let words = quotation.span.slice(text);
        assert!(end <= quotation.span.start && !words.is_empty() && words.trim() == words, "{words:?}");
        end = quotation.span.end;
    }
}

/// Every span of what was found in a sentence slices to words, and lists are in order.
pub fn check_annotations(text: &str, found: &Annotations) {
    let in_order = |spans: Vec<Span>, what: &str| {
        assert!(spans.iter().all(|span| !span.slice(text).trim().is_empty()), "{what} has no words");
        assert!(spans.is_sorted_by_key(|span| span.start), "{what} are in order: {spans:?}");
    };
    check_quotations(text, &found.quotations);
    in_order(found.attributions.iter().map(|attribution| attribution.cue).collect(), "cues");
    for attribution in &found.attributions {
        in_order(attribution.content.clone(), "content");
        in_order(attribution.source.into_iter().collect(), "source");
    }
    assert!(found.attribution.iter().all(|main| found.attributions.contains(main)));
    let certainty = &found.certainty;
    assert!((0.0..=1.0).contains(&certainty.score));
    in_order(certainty.hedges.iter().map(|hedge| hedge.span).collect(), "hedges");
    in_order(certainty.boosters.clone(), "boosters");
    in_order(certainty.factives.clone(), "factives");
    in_order(found.quantities.iter().map(|quantity| quantity.span).collect(), "quantities");
    assert!(found.quantities.iter().all(|quantity| !quantity.value.is_nan() && quantity.step >= 0.0));
    in_order(found.names.iter().map(|name| name.span).collect(), "names");
    assert!(found.names.iter().all(|name| !name.key.is_empty()));
    in_order(found.negations.clone(), "negations");
    in_order(found.poles.iter().map(|pole| pole.span).collect(), "poles");
    in_order(found.plans.clone(), "plans");
    in_order(found.loaded.iter().map(|loaded| loaded.span).collect(), "loaded");
    in_order(found.frames.iter().map(|frame| frame.span).collect(), "frames");
}

/// All of this for one document.
pub fn check_document(document: &Document) {
    let Document { article, layout, sentences, annotations } = document;
    check_layout(article, layout);
    check_sentences(article, layout, sentences);
    assert_eq!(sentences.len(), annotations.len());
    assert!(layout.blocks.iter().filter(|block| block.kind == Kind::Dateline).count() <= 1);
    for (sentence, found) in sentences.iter().zip(annotations) {
        check_annotations(sentence.text(article), found);
        if let Some(carried) = &found.carried {
            let of = &sentences[carried.sentence];
            assert!(!carried.source.slice(of.text(article)).is_empty());
        }
    }
}
