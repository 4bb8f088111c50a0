use super::super::lookup::{Extra, Lookup, RunSchema};
use crate::records::{Sentiment, Target};

type Row<'run> = &'run Target;

pub(super) fn schema<'run>(_: &Extra) -> RunSchema<'run, Row<'run>> {
    RunSchema::<Row<'run>>::new("targets", "One row per name that two outlets use on a claim, and sentence of the claim that has it.")
        .column("claim_id", "The claim.", |_, of| of.claim.to_string())
        .sentence(|of| &of.sentence)
        .column("target", "The name in the form that is compared: in lower case, and its last word alone where that is a name of its own.", |_, of| of.key.as_str())
        .words(["words", "start_char", "end_char"], "Its first mention in the sentence.", |_, of| (&of.sentence, of.span))
        .column("sentiment_negative", "The probability that the sentence is negative toward this name; `sentences` has the sentiment of the sentence as a whole.", |_, of| sentiment(of, |of| of.negative))
        .column("sentiment_neutral", "The same for neutral.", |_, of| sentiment(of, |of| of.neutral))
        .column("sentiment_positive", "The same for positive.", |_, of| sentiment(of, |of| of.positive))
        .column("sentiment", "Positive less negative, from -1 to 1.", |_, of| sentiment(of, Sentiment::score))
        .column("voice", "Whose words the name is: `narration` or `quotation`.", |lookup, of| lookup.voice(&of.sentence, of.span))
}

pub(super) fn rows<'run>(lookup: &Lookup<'run>) -> impl Iterator<Item = Row<'run>> + use<'run> {
    lookup.run.targets.iter()
}

fn sentiment(of: &Target, figure: impl Fn(&Sentiment) -> f32) -> Option<f32> {
    of.sentiment.as_ref().map(figure)
}
