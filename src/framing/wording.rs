use super::Side;
use crate::records::{AlignedPhrase, Dimension, Evidence, FramingDifference, Span, WordAlignment};

/// Least mean cosine of two phrases that are taken to name the same thing.
const MIN_SIMILARITY: f32 = 0.6;

/// Least weight of a word that is worth a row: below are the function words.
const MIN_WEIGHT: f32 = 2.5;

/// Phrases that answer each other in other words.
pub(super) fn differences(a: &Side<'_>, b: &Side<'_>, alignment: &WordAlignment) -> Vec<FramingDifference> {
    let differs = |pair: &&AlignedPhrase| {
        pair.similarity >= MIN_SIMILARITY
            && is_content(a, &pair.a)
            && is_content(b, &pair.b)
            && !is_annotated(a, &pair.a)
            && !is_annotated(b, &pair.b)
            && folded(pair.a.slice(a.text)) != folded(pair.b.slice(b.text))
    };
    let evidence = |span: Span, text: &str| Evidence {
        span: Some(span),
        value: folded(span.slice(text)),
    };
    let row = |pair: &AlignedPhrase| FramingDifference {
        dimension: Dimension::Wording,
        a: evidence(pair.a, a.text),
        b: evidence(pair.b, b.text),
        difference: None,
    };
    alignment.pairs.iter().filter(differs).map(row).collect()
}

/// True where the phrase holds a word that is not a function word.
fn is_content(side: &Side<'_>, phrase: &Span) -> bool {
    let words = &side.encoding.words;
    (0..words.len()).any(|word| phrase.contains(&words.spans[word]) && words.weights[word] >= MIN_WEIGHT)
}

/// True for the words of a cue, a number or a date, which have dimensions of their own.
fn is_annotated(side: &Side<'_>, phrase: &Span) -> bool {
    let cue = side
        .annotations
        .attribution
        .iter()
        .map(|attribution| &attribution.cue);
    let quantities = side.annotations.quantities.iter().map(|quantity| &quantity.span);
    cue.chain(quantities).any(|span| span.contains(phrase))
}

/// Lower case, straight apostrophes, no possessive, no plural: "Migrants’" is "migrant".
fn folded(phrase: &str) -> String {
    let lower = phrase.to_lowercase().replace('’', "'");
    let fold = |word: &str| {
        let word = word
            .strip_suffix("'s")
            .or(word.strip_suffix('\''))
            .unwrap_or(word);
        let stem = word
            .strip_suffix('s')
            .filter(|stem| stem.len() > 2 && !stem.ends_with(['s', 'i', 'u']));
        stem.unwrap_or(word).replace('.', "")
    };
    lower.split_whitespace().map(fold).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::folded;

    #[test]
    fn folding_keeps_what_makes_another_word() {
        for (a, b, same) in [
            ("Migrants’", "migrant", true),
            ("U.S.", "US", true),
            ("Guatemala's", "Guatemala", true),
            ("Guatemala", "Guatemalan", false),
            ("crisis", "crises", false),
            ("immigration", "migration", false),
            ("illegal aliens", "illegal alien", true),
        ] {
            assert_eq!(folded(a) == folded(b), same, "{a} / {b}");
        }
    }
}
