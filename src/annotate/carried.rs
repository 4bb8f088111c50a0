//! Finds whose words a sentence is that is quoted throughout and names nobody.

use crate::records::{Annotations, Article, Attribution, CarriedSource, Field, Quotation, Sentence, Voice};

use super::words::is_quotation_mark;

/// Gives each sentence that is quoted throughout and has no attribution the source of a sentence beside it.
///
/// By the custom of the press, a quotation is handed to a source once, at its first stop: the sentence that closes the
/// same quotation comes first (`“It fell. It will reopen,” Diaz said.`), then the sentence before, in the same paragraph or
/// in one that left its quotation open (`“It fell,” Diaz said. “It will reopen.”`), then the next one of the same paragraph.
/// Nothing is carried over a sentence of narration. Linear in the number of sentences.
pub(super) fn carry(article: &Article, sentences: &[Sentence], annotations: &mut [Annotations]) {
    let places: Vec<Place> =
        sentences.iter().zip(annotations.iter()).map(|(s, a)| Place::new(article, s, a)).collect();
    let joins: Vec<Join> = (1..sentences.len()).map(|i| Join::new(article, &sentences[i - 1..=i])).collect();
    let behind = sources_behind(&places, &joins);
    let mut before: Option<CarriedSource> = None;
    for (i, place) in places.iter().enumerate() {
        let join = i.checked_sub(1).map_or(Join::Apart, |k| joins[k]);
        let goes_on = join == Join::Paragraph
            || join == Join::Field && (places[i - 1].is_left_open || places[i - 1].is_lead_in);
        if !goes_on {
            before = None;
        }
        if place.is_bare {
            let closing = behind[i].filter(|behind| behind.is_same_quotation).map(|behind| behind.source);
            let carried = closing.or(before).or(behind[i].map(|behind| behind.source));
            annotations[i].carried = carried;
            before = carried;
        } else {
            before = place.source;
        }
    }
}

/// What a sentence has to do with the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Join {
    /// The same paragraph.
    Paragraph,
    /// Another paragraph of the same field.
    Field,
    /// Another field.
    Apart,
}

impl Join {
    fn new(article: &Article, pair: &[Sentence]) -> Self {
        let text = match pair[0].field {
            Field::Headline => &article.headline,
            Field::Body => &article.body,
        };
        let between = text.get(pair[0].bytes.end..pair[1].bytes.start);
        match between {
            _ if pair[0].field != pair[1].field => Join::Apart,
            Some(between) if !between.contains('\n') => Join::Paragraph,
            _ => Join::Field,
        }
    }
}

/// What matters of one sentence.
struct Place {
    /// Quoted throughout, and nobody is named.
    is_bare: bool,
    /// It ends inside a quotation.
    is_left_open: bool,
    /// It ends in a colon.
    is_lead_in: bool,
    /// The source that it names.
    source: Option<CarriedSource>,
    /// The source of the words that it opens with, where they are quoted.
    source_of_opening: Option<CarriedSource>,
}

impl Place {
    fn new(article: &Article, sentence: &Sentence, annotations: &Annotations) -> Self {
        let text = sentence.text(article);
        let is_left_open = annotations
            .quotations
            .last()
            .is_some_and(|quotation| quotation.span.end == text.len() && !text.ends_with(is_quotation_mark));
        let carried = |attribution: &Attribution| {
            attribution.source.map(|source| CarriedSource {
                sentence: sentence.id.index as usize,
                source,
                anonymous: attribution.anonymous,
            })
        };
        let opening = annotations.quotations.first().filter(|quotation| quotation.span.start == 0);
        let owns = |attribution: &&Attribution, quotation: &Quotation| {
            attribution.content.iter().any(|content| content.overlaps(&quotation.span))
        };
        let owner = opening.and_then(|opening| annotations.attributions.iter().find(|a| owns(a, opening)));
        Place {
            is_bare: annotations.voice == Voice::Quotation && annotations.attributions.is_empty(),
            is_left_open,
            is_lead_in: text.ends_with(':'),
            source: annotations.attribution.as_ref().and_then(carried),
            source_of_opening: owner.and_then(carried),
        }
    }
}

/// A source that is named after the words.
#[derive(Debug, Clone, Copy)]
struct Behind {
    source: CarriedSource,
    /// No mark closes between the words and the sentence that names it.
    is_same_quotation: bool,
}

/// For each bare sentence the source of the next sentence that is not, where that one opens with words of a quotation.
fn sources_behind(places: &[Place], joins: &[Join]) -> Vec<Option<Behind>> {
    let mut behind: Vec<Option<Behind>> = vec![None; places.len()];
    for i in (0..joins.len()).rev() {
        let (place, next) = (&places[i], &places[i + 1]);
        let is_open = place.is_left_open && joins[i] != Join::Apart;
        if !place.is_bare || !is_open && joins[i] != Join::Paragraph {
            continue;
        }
        behind[i] = match next.is_bare {
            true => behind[i + 1]
                .map(|found| Behind { is_same_quotation: found.is_same_quotation && is_open, ..found }),
            false => next.source_of_opening.map(|source| Behind { source, is_same_quotation: is_open }),
        };
    }
    behind
}
