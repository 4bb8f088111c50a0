use super::Task;
use super::classes::Classes;
use super::evaluation::{Evaluation, Figures};
use super::figures::{Confusion, Ranking, Spearman, pearson};
use super::inputs::Inputs;
use super::pairs::Pairs;
use crate::cluster::Verification;
use crate::error::Result;
use crate::records::Tier;

const SAME: usize = 1;

/// Whether pairs of texts make the same claim.
///
/// Three forms of file: a label for each pair; a `score` of likeness for each pair; or lists of `paraphrases`, where two of
/// one list are the same and the first ones of two lists of one group are not.
pub(super) fn evaluate(inputs: &Inputs<'_>) -> Result<Evaluation> {
    if inputs.rows.has("paraphrases") && inputs.options.fields.text_a.is_none() {
        return of_paraphrases(inputs);
    }
    let label = inputs.options.fields.label.as_deref();
    match label.is_none() && !inputs.rows.has("label") && inputs.rows.has("score") {
        true => graded(inputs),
        false => labelled(inputs, label.unwrap_or("label")),
    }
}

fn labelled(inputs: &Inputs<'_>, field: &str) -> Result<Evaluation> {
    let classes = Classes::new(
        &["different", "same"],
        &[
            ("1", "same"),
            ("true", "same"),
            ("match", "same"),
            ("equivalent", "same"),
            ("entailment", "same"),
            ("0", "different"),
            ("false", "different"),
            ("other_instance", "different"),
            ("not_entailment", "different"),
            ("neutral", "different"),
            ("contradiction", "different"),
            ("conflicting", "different"),
            ("related", "different"),
        ],
    );
    let labelled = inputs.labelled(classes, field, |row| Pairs::check(inputs, row))?;
    let pairs = Pairs::of_rows(inputs, &labelled.rows)?;
    let labels: Vec<bool> = labelled.labels.iter().map(|&class| class == SAME).collect();
    let mut evaluation = of_pairs(inputs, &pairs, &labels)?;
    evaluation.left_out = labelled.left_out;
    Ok(evaluation)
}

fn of_paraphrases(inputs: &Inputs<'_>) -> Result<Evaluation> {
    let (pairs, labels) = Pairs::of_paraphrases(inputs)?;
    of_pairs(inputs, &pairs, &labels)
}

fn of_pairs(inputs: &Inputs<'_>, pairs: &Pairs, labels: &[bool]) -> Result<Evaluation> {
    let (scored, model) = pairs.verify(inputs)?;
    let scores = column(&scored, |found| found.same);
    let [of_similarity, of_cosine, of_coverage] = [
        |found: &Verification| found.similarity.score,
        |found: &Verification| found.similarity.cosine,
        |found: &Verification| found.similarity.coverage,
    ]
    .map(|value| Ranking::new(&column(&scored, value), labels));
    let ranking = Ranking::new(&scores, labels);
    let of_conflict = Ranking::new(&column(&scored, |found| found.conflicting), labels);
    let truth: Vec<usize> = labels.iter().map(|&same| usize::from(same)).collect();
    let options = &inputs.job.options.cluster;
    let given = |least: Tier| -> Vec<usize> {
        // Tiers are ordered from the surest. What shares less than the main proposition is never put into one claim.
        let is_given = |pair: &Verification| {
            options.is_same(pair) && options.tier(pair).is_some_and(|tier| tier <= least)
        };
        scored.iter().map(|pair| usize::from(is_given(pair))).collect()
    };
    let (confirmed, possible) = (given(Tier::Confirmed), given(Tier::Possible));

    let mut evaluation = inputs.evaluation(Task::Claims, "pair", labels.len(), &pairs.groups);
    let bootstrap = inputs.bootstrap(&pairs.groups);
    let mut figures = Figures::new(&bootstrap, labels.len());
    figures.add("AUC", |weights| ranking.auc(weights));
    figures.add("AUC of conflicting", |weights| of_conflict.auc(weights));
    figures.add_baseline("AUC of the similarity alone", |weights| of_similarity.auc(weights));
    figures.add_baseline("AUC of the cosine alone", |weights| of_cosine.auc(weights));
    figures.add_baseline("AUC of the word coverage alone", |weights| of_coverage.auc(weights));
    figures.add("average precision", |weights| ranking.average_precision(weights));
    for (tier, given) in [("possible", &possible), ("confirmed", &confirmed)] {
        let confusion = |weights: &[f64]| Confusion::new(&truth, given, weights, 2);
        figures
            .add(&format!("balanced accuracy at {tier}"), |weights| confusion(weights).balanced_accuracy());
        figures.add(&format!("precision at {tier}"), |weights| confusion(weights).precision(SAME));
        figures.add(&format!("recall at {tier}"), |weights| confusion(weights).recall(SAME));
        figures.add(&format!("false-merge rate at {tier}"), |weights| 1.0 - confusion(weights).recall(0));
    }
    let best = |weights: &[f64]| ranking.best_balanced_accuracy(&scores, weights);
    figures.add("balanced accuracy at the best threshold", |weights| best(weights).0);
    evaluation.figures = figures.list;
    evaluation.notes = vec![format!(
        "{} pairs are labelled as the same claim. Shipped thresholds: possible {}, confirmed {}; `at` a tier counts pairs of \
         this tier or a surer one, after the checks.",
        labels.iter().filter(|&&same| same).count(),
        inputs.job.options.cluster.possible,
        inputs.job.options.cluster.confirmed,
    )];
    let threshold = best(&vec![1.0; labels.len()]).1;
    if threshold.is_finite() {
        evaluation.notes.push(format!(
            "The best threshold ({threshold:.3}, without checks) was found on these very rows: an upper bound, not a \
             forecast."
        ));
    }
    evaluation.model = model;
    Ok(evaluation)
}

fn graded(inputs: &Inputs<'_>) -> Result<Evaluation> {
    let (rows, grades) = inputs.usable(|row| {
        Pairs::check(inputs, row)?;
        inputs.rows.number(row, "score")
    })?;
    let pairs = Pairs::of_rows(inputs, &rows)?;
    let (scored, model) = pairs.verify(inputs)?;
    let mut evaluation = inputs.evaluation(Task::Claims, "pair", rows.len(), &pairs.groups);
    let bootstrap = inputs.bootstrap(&pairs.groups);
    let mut figures = Figures::new(&bootstrap, rows.len());
    let (scores, cosines) =
        (column(&scored, |found| found.same), column(&scored, |found| found.similarity.cosine));
    let (of_score, of_cosine) = (Spearman::new(&scores, &grades), Spearman::new(&cosines, &grades));
    figures.add("Spearman's r", |weights| of_score.correlation(weights));
    figures.add_baseline("Spearman's r of the cosine alone", |weights| of_cosine.correlation(weights));
    figures.add("Pearson's r", |weights| pearson(&scores, &grades, weights));
    evaluation.figures = figures.list;
    evaluation.notes =
        vec!["Correlation of the probability of the same claim with the field `score`.".to_owned()];
    evaluation.model = model;
    Ok(evaluation)
}

/// One figure of every pair.
fn column(scored: &[Verification], value: fn(&Verification) -> f32) -> Vec<f64> {
    scored.iter().map(|pair| f64::from(value(pair))).collect()
}
