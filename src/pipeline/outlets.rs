//! What the statistics of outlets are made of.

use std::collections::BTreeMap;

use crate::cluster::Material;
use crate::framing::{folded_word, is_own};
use crate::records::{Claim, Comparison, Copies, Dimension, Outlets, Part, Sentence, SentenceReadings};
use crate::statistics::{AlignedTerms, Observation, Series, Wording, Wordings};

/// The figures of the claims' sentences, measure by measure. Sentences that dispute a claim do not make it and are left out.
pub(super) fn series(
    readings: &[SentenceReadings],
    sentences: &[Sentence],
    claims: &[Claim],
    copies: &Copies,
    outlets: &Outlets,
) -> Vec<Series> {
    let mut series: BTreeMap<(&str, Part), Vec<Observation>> = BTreeMap::new();
    for &SentenceReadings { claim, sentence, ref readings } in readings {
        if claims[claim].disputing().any(|mention| mention.sentence == sentence) {
            continue;
        }
        for reading in readings {
            series.entry((&*reading.measure, reading.part)).or_default().push(Observation {
                claim,
                event: claims[claim].event,
                outlet: outlets.of_article(sentences[sentence].article),
                text: copies.origin[sentence],
                value: f64::from(reading.value),
            });
        }
    }
    let named = |((measure, part), observations): ((&str, Part), Vec<Observation>)| Series {
        measure: measure.to_owned(),
        part,
        observations,
    };
    series.into_iter().map(named).collect()
}

/// What outlets call the same things, in their own words: quoted words and copied sentences are left out.
pub(super) fn wordings(
    comparisons: &[Comparison],
    material: &Material<'_>,
    copies: &Copies,
    outlets: &Outlets,
) -> Vec<Wording> {
    let outlet = |sentence: usize| outlets.of_article(material.sentences[sentence].article);
    let mut aligned = vec![];
    for comparison in comparisons {
        let (a, b) = (comparison.sentence_a, comparison.sentence_b);
        let names_a_thing =
            |dimension: &Dimension| matches!(dimension, Dimension::Labelling | Dimension::Wording);
        for difference in comparison.differences.iter().filter(|d| names_a_thing(&d.dimension)) {
            let Some((span_a, span_b)) = difference.a.span.zip(difference.b.span) else { continue };
            let is_own =
                is_own(&material.annotations[a], &span_a) && is_own(&material.annotations[b], &span_b);
            if !is_own || copies.origin[a] == copies.origin[b] {
                continue;
            }
            let sides = [
                (a, span_a, &difference.a.value, b, &difference.b.value),
                (b, span_b, &difference.b.value, a, &difference.a.value),
            ];
            aligned.extend(sides.map(|(sentence, span, term, other_sentence, other)| AlignedTerms {
                outlet: outlet(sentence),
                term: term.clone(),
                other: other.clone(),
                place: (sentence, span.start),
                other_sentence,
            }));
        }
    }
    let mut wordings = Wordings::new(aligned);
    for (sentence, encoding) in material.encodings.iter().enumerate() {
        let Some(encoding) = encoding.as_ref().filter(|_| copies.origin[sentence] == sentence) else {
            continue;
        };
        let (text, annotations) = (material.text(sentence), &material.annotations[sentence]);
        let own = encoding.words.spans.iter().filter(|word| is_own(annotations, word));
        let words: Vec<String> = own.map(|word| folded_word(word.slice(text))).collect();
        wordings.read(outlet(sentence), &words);
    }
    wordings.finish()
}
