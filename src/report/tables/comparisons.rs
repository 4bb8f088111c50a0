use super::super::lookup::{Extra, Lookup, RunSchema};
use crate::records::{Article, Comparison, Framing, SentenceId, Tier};

type Row<'run> = (&'run Comparison, &'run Framing);

/// The measures whose figures stand beside the texts. `measures` has all.
const FIGURES: [(&str, [&str; 2]); 2] = [
    ("sentiment", ["sentiment_a", "sentiment_b"]),
    ("loaded_language", ["loaded_language_a", "loaded_language_b"]),
];

pub(super) fn schema<'run>(_: &Extra) -> RunSchema<'run, Row<'run>> {
    let schema = RunSchema::<Row<'run>>::new("comparisons", "The claim-comparison table: one row per claim and pair of outlets, then one for each sentence that says a part of the claim. In the order of the claims, then of the outlets. Side a is the outlet whose name comes first.")
        .column("claim_id", "The claim.", |_, (of, _)| of.claim.to_string())
        .column("event_id", "Its event.", |lookup, (of, _)| lookup.event_of(of.claim))
        .column("outlet_a", "One outlet.", |lookup, row| lookup.outlet(a(row)))
        .column("outlet_b", "The other outlet.", |lookup, row| lookup.outlet(b(row)))
        .column("text_a", "The outlet's sentence. Of several, the one of the pair with the highest `probability`.", |lookup, row| lookup.text(a(row)))
        .column("text_b", "The other's sentence.", |lookup, row| lookup.text(b(row)))
        .column("relation", "`same`: both make the claim. `partial`: they share a proposition that is not the main point of both. `conflicting`: they contradict each other.", |_, (of, _)| of.relation.as_str())
        .column("conflict", "What they contradict each other on: `number`, `date`, `place`, `polarity`, or `modality` (planned against done). Empty for other relations. A toll that a later article raises is no conflict.", |_, (of, _)| of.conflict.map(|conflict| conflict.as_str()))
        .column("conflict_words", "The words that clash: outlet_a's, then outlet_b's, separated by ` | `. Empty for other relations.", |lookup, row| clash(lookup, row))
        .column("probability", "That both share a proposition, from 0 to 1: that a reader would want to see them side by side.", |_, (of, _)| of.probability)
        .column("tier", "`confirmed` or `possible`, as in `claims`; empty where they contradict each other, or where each matches a third sentence of the claim and not the other.", |_, (of, _)| of.tier.map(Tier::as_str))
        .column("similarity", "How alike the words are, whatever they claim; 1 for the same words. It is the mean of two figures: the cosine of the sentences' embeddings, and how near each word is to its nearest word on the other side.", |_, (of, _)| of.similarity)
        .column("n_framing", "Number of differences in `framing`.", |_, (_, framing)| framing.differences.len());
    let schema = FIGURES.into_iter().fold(schema, |schema, (measure, [of_a, of_b])| {
        let doc = format!("The measure `{measure}` of the outlet's own words; empty where the sentence only quotes.");
        schema
            .column(of_a, doc.clone(), move |lookup, row| lookup.own_figure(a(row), measure))
            .column(of_b, doc, move |lookup, row| lookup.own_figure(b(row), measure))
    });
    schema
        .column("headline_a", "Headline of its article.", |lookup, row| article(lookup, a(row)).headline.as_str())
        .column("headline_b", "Headline of its article.", |lookup, row| article(lookup, b(row)).headline.as_str())
        .column("date_a", "Day of publication; empty where unknown.", |lookup, row| date(lookup, a(row)))
        .column("date_b", "Day of publication; empty where unknown.", |lookup, row| date(lookup, b(row)))
        .column("url_a", "Address of its article.", |lookup, row| article(lookup, a(row)).url.as_str())
        .column("url_b", "Address of its article.", |lookup, row| article(lookup, b(row)).url.as_str())
        .column("sentence_id_a", "Its sentence.", |_, row| a(row).to_string())
        .column("sentence_id_b", "The other's sentence.", |_, row| b(row).to_string())
}

pub(super) fn rows<'run>(lookup: &Lookup<'run>) -> impl Iterator<Item = Row<'run>> + use<'run> {
    lookup.run.comparisons.iter().zip(&lookup.run.framing)
}

fn a<'run>((of, _): &Row<'run>) -> &'run SentenceId {
    &of.sentence_a
}

fn b<'run>((of, _): &Row<'run>) -> &'run SentenceId {
    &of.sentence_b
}

fn clash(lookup: &Lookup<'_>, row: &Row<'_>) -> Option<String> {
    let [of_a, of_b] = row.0.clash?;
    Some(format!("{} | {}", of_a.slice(lookup.text(a(row))), of_b.slice(lookup.text(b(row)))))
}

fn article<'run>(lookup: &Lookup<'run>, sentence: &SentenceId) -> &'run Article {
    lookup.sentence(sentence).article
}

fn date(lookup: &Lookup<'_>, sentence: &SentenceId) -> Option<String> {
    article(lookup, sentence).date_published.map(|date| date.to_string())
}
