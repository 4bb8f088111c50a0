//! `annotate`: Sentence -> Annotations. Everything that words alone tell: whose words, which source, how sure, which
//! numbers, which names. The sentiment comes from the encoder.
//!
//! Each annotator is a plain function on the text of one sentence; all work on one list of tokens and look no
//! further than a bounded number of them, so that the time is linear in the text. The word lists are in `lists/`.

mod words;
mod phrases;
pub(crate) mod calendar;
mod quotation;
mod quotation_kind;
mod attribution;
mod voice;
mod carried;
mod certainty;
mod quantity;
mod name;
mod negation;
mod pole;
mod plan;
mod loaded;
mod frame;
mod statement;
pub mod agency;

use std::collections::HashSet;

pub use attribution::{attribution, attributions};
pub use certainty::certainty;
pub use frame::{frame_scores, frame_words};
pub use loaded::{LIST_WEIGHT, loaded_language, loaded_words};
pub use name::names;
pub use negation::negations;
pub use plan::plans;
pub use pole::poles;
pub use quantity::quantities;
pub use quotation::quotations;
pub use statement::is_statement;
pub use voice::{is_narration, voice, voice_of_span};

use self::words::Words;
use crate::records::{Annotations, Article, Attribution, Field, Quotation, Sentence};

/// Annotates the sentences of one article: one entry for each, in their order.
///
/// Quotation marks are matched over the whole headline and the whole body, so that a quotation may run over several
/// sentences. Names that open a sentence or stand in a headline are told from other capitalised words by what the
/// rest of the article writes with a capital letter. A sentence that is quoted throughout and names no source is given
/// that of a sentence beside it.
pub fn annotate(article: &Article, sentences: &[Sentence]) -> Vec<Annotations> {
    let headline = quotations(&article.headline);
    let body = quotations(&article.body);
    let tokens: Vec<Words> = sentences.iter().map(|sentence| Words::new(sentence.text(article))).collect();
    let known: HashSet<String> = tokens.iter().flat_map(name::surely_names).collect();
    let mut annotated: Vec<Annotations> = sentences
        .iter()
        .zip(&tokens)
        .map(|(sentence, words)| {
            let (text, marks) = match sentence.field {
                Field::Headline => (&article.headline, &headline),
                Field::Body => (&article.body, &body),
            };
            let quoted = quotation::within(text, marks, sentence.bytes);
            annotate_words(words, quoted, &known)
        })
        .collect();
    carried::carry(article, sentences, &mut annotated);
    annotated
}

/// Annotates one sentence that stands alone.
pub fn annotate_sentence(text: &str) -> Annotations {
    annotate_words(&Words::new(text), quotations(text), &HashSet::new())
}

fn annotate_words(words: &Words, mut quotations: Vec<Quotation>, known: &HashSet<String>) -> Annotations {
    let mut found = attribution::attributions_of(words, &quotations);
    quotation_kind::set_kinds(words, &mut quotations, &found);
    attribution::set_kinds(words, &mut found, &quotations);
    let attribution = attribution::main(&found).cloned();
    let all: Vec<Attribution> = found.into_iter().map(|found| found.attribution).collect();
    Annotations {
        voice: voice::voice_of(words, &quotations, &all),
        attributions: to_size(all),
        carried: None,
        quotations: to_size(quotations),
        attribution,
        certainty: certainty::certainty_of(words),
        quantities: to_size(quantity::quantities_of(words)),
        names: to_size(name::names_of(words, known)),
        negations: to_size(negation::negations_of(words)),
        poles: to_size(pole::poles_of(words)),
        plans: to_size(plan::plans_of(words)),
        loaded: to_size(loaded::loaded_of(words)),
        frames: to_size(frame::frames_of(words)),
    }
}

/// A list without room to grow: a run holds those of every sentence.
fn to_size<T>(mut list: Vec<T>) -> Vec<T> {
    list.shrink_to_fit();
    list
}

#[cfg(test)]
mod tests;
