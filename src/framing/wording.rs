use super::{Dimension, Measure, Pair, Shown, Side};
use crate::records::{AlignedPhrase, Evidence, FramingDifference, Span, Tag};

const LABELLING: &str = "labelling";
const WORDING: &str = "wording";

/// The measure.
pub(super) static MEASURE: Measure = Measure {
    name: "wording",
    figures: &[],
    dimensions: &[
        Dimension {
            name: LABELLING,
            doc: "Other nouns for the same person, group or thing. Values: the words in lower case without plural.",
            shown: Shown::Words,
        },
        Dimension {
            name: WORDING,
            doc: "Other words for the same that are no nouns. Values: the words in lower case without plural.",
            shown: Shown::Words,
        },
    ],
    readings: |_| vec![],
    differences: |pair, _| differences(pair),
    card: include_str!("../../docs/measures/wording.md"),
    may_be_replaced: false,
};

/// True for a difference whose two sides are words for the same thing.
pub fn is_of_terms(difference: &FramingDifference) -> bool {
    difference.dimension == LABELLING || difference.dimension == WORDING
}

/// Forms that are rare enough to be no function words by their weight and still only carry tense or number.
const AUXILIARIES: [&str; 16] = [
    "been", "being", "was", "were", "had", "has", "have", "having", "did", "does", "would", "could",
    "should", "will", "can", "may",
];

/// Phrases that answer each other in other words.
fn differences(&Pair { a, b, alignment }: &Pair<'_, '_>) -> Vec<FramingDifference> {
    alignment.pairs.iter().filter_map(|pair| difference(a, b, pair)).collect()
}

fn difference(a: &Side<'_>, b: &Side<'_>, pair: &AlignedPhrase) -> Option<FramingDifference> {
    let (of_a, of_b) = (content_words(a, &pair.a), content_words(b, &pair.b));
    let same = |x: &Span, y: &Span| folded_word(x.slice(a.text)) == folded_word(y.slice(b.text));
    let n_before = of_a.iter().zip(&of_b).take_while(|(x, y)| same(x, y)).count();
    let (of_a, of_b) = (&of_a[n_before..], &of_b[n_before..]);
    let n_behind = of_a.iter().rev().zip(of_b.iter().rev()).take_while(|(x, y)| same(x, y)).count();
    let (of_a, of_b) = (&of_a[..of_a.len() - n_behind], &of_b[..of_b.len() - n_behind]);
    let (span_a, span_b) = (cover(of_a)?, cover(of_b)?);
    let differs = pair.similarity >= a.thresholds.alignment.phrase
        && !is_annotated(a, &span_a)
        && !is_annotated(b, &span_b)
        && !is_same_name(a, &span_a, b, &span_b);
    let evidence =
        |side: &Side<'_>, span: Span| Evidence { span: Some(span), value: folded_words(side, &span) };
    let is_label = ends_in_noun(a, &span_a) && ends_in_noun(b, &span_b);
    differs.then(|| FramingDifference {
        dimension: if is_label { LABELLING } else { WORDING }.into(),
        a: evidence(a, span_a),
        b: evidence(b, span_b),
        difference: None,
    })
}

/// The words of a phrase that are not function words.
fn content_words(side: &Side<'_>, phrase: &Span) -> Vec<Span> {
    let words = &side.encoding.words;
    let is_content = |&word: &usize| {
        let text = words.spans[word].slice(side.text).to_lowercase();
        phrase.contains(&words.spans[word])
            && words.weights[word] >= side.thresholds.words.content
            && !AUXILIARIES.contains(&text.as_str())
    };
    (0..words.len()).filter(is_content).map(|word| words.spans[word]).collect()
}

/// True for a phrase whose last word is a noun; false where the model has no head for syntax.
fn ends_in_noun(side: &Side<'_>, phrase: &Span) -> bool {
    let last = side.encoding.words.spans.iter().rposition(|word| phrase.contains(word));
    let kind = side.encoding.syntax.as_ref().zip(last).map(|(kinds, last)| kinds[last].tag);
    kind.is_some_and(|kind| matches!(kind, Tag::Noun | Tag::ProperNoun))
}

/// From the first to the last of the words; `None` where there are none.
fn cover(words: &[Span]) -> Option<Span> {
    Some(Span::new(words.first()?.start, words.last()?.end))
}

/// True for the words of a source, a cue, a number or a date, which have dimensions of their own.
fn is_annotated(side: &Side<'_>, phrase: &Span) -> bool {
    let attribution = side.annotations.attribution.iter();
    let attribution =
        attribution.flat_map(|attribution| attribution.source.into_iter().chain([attribution.cue]));
    let quantities = side.annotations.quantities.iter().map(|quantity| quantity.span);
    attribution.chain(quantities).any(|span| span.contains(phrase))
}

/// True for two forms of one name: "Guatemala" and "Guatemalan", "Trump" and "Donald Trump".
fn is_same_name(a: &Side<'_>, span_a: &Span, b: &Side<'_>, span_b: &Span) -> bool {
    let key = |side: &Side<'_>, span: &Span| {
        let names = &side.annotations.names;
        names.iter().find(|name| name.span.overlaps(span)).map(|name| name.key.clone())
    };
    let same =
        |(x, y): (String, String)| x == y || x.ends_with(&format!(" {y}")) || y.ends_with(&format!(" {x}"));
    key(a, span_a).zip(key(b, span_b)).is_some_and(same)
}

/// The words of a phrase, folded and joined by blanks.
fn folded_words(side: &Side<'_>, phrase: &Span) -> String {
    let words = side.encoding.words.spans.iter().filter(|word| phrase.contains(word));
    words.map(|word| folded_word(word.slice(side.text))).collect::<Vec<_>>().join(" ")
}

/// A word in lower case, with straight apostrophes, without possessive, plural and full stops: "Migrants’" is "migrant".
///
/// ```
/// assert_eq!(parallax::framing::folded_word("U.S.’s"), "us");
/// ```
pub fn folded_word(word: &str) -> String {
    let lower = word.to_lowercase().replace('’', "'");
    let word = lower.strip_suffix("'s").or(lower.strip_suffix('\'')).unwrap_or(&lower);
    if let Some(stem) = word.strip_suffix("ies").filter(|stem| stem.len() > 2) {
        return format!("{stem}y");
    }
    let stem = word.strip_suffix('s').filter(|stem| stem.len() > 2 && !stem.ends_with(['s', 'i', 'u']));
    stem.unwrap_or(word).replace('.', "")
}

#[cfg(test)]
mod tests {
    use super::folded_word;

    #[test]
    fn folding_keeps_what_makes_another_word() {
        for (a, b, same) in [
            ("Migrants’", "migrant", true),
            ("U.S.", "US", true),
            ("Guatemala's", "Guatemala", true),
            ("Guatemala", "Guatemalan", false),
            ("crisis", "crises", false),
            ("immigration", "migration", false),
            ("agencies", "agency", true),
            ("experiences", "experience", true),
        ] {
            assert_eq!(folded_word(a) == folded_word(b), same, "{a} / {b}");
        }
    }
}
