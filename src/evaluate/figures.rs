//! Figures of agreement. Each takes how often every row counts, so that a bootstrap sample is scored like the file itself;
//! a figure that does not exist (no positives, say) is NaN.

/// How often each pair of classes met: `counts[label][given]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Confusion {
    /// Shape `[classes, classes]`.
    pub counts: Vec<Vec<f64>>,
}

impl Confusion {
    /// Counts rows by label and by what was given, each a class in `0..n_classes`.
    pub fn new(labels: &[usize], given: &[usize], weights: &[f64], n_classes: usize) -> Self {
        let mut counts = vec![vec![0.0; n_classes]; n_classes];
        for ((&label, &given), weight) in labels.iter().zip(given).zip(weights) {
            counts[label][given] += weight;
        }
        Self { counts }
    }

    fn labelled(&self, class: usize) -> f64 {
        self.counts[class].iter().sum()
    }

    fn given(&self, class: usize) -> f64 {
        self.counts.iter().map(|row| row[class]).sum()
    }

    fn total(&self) -> f64 {
        self.counts.iter().flatten().sum()
    }

    /// Share of the rows given `class` that have this label, in [0, 1]; NaN where no row has it.
    pub fn precision(&self, class: usize) -> f64 {
        if self.labelled(class) == 0.0 { f64::NAN } else { self.counts[class][class] / self.given(class) }
    }

    /// Share of the rows labelled `class` that were given it, in [0, 1].
    pub fn recall(&self, class: usize) -> f64 {
        self.counts[class][class] / self.labelled(class)
    }

    /// Harmonic mean of precision and recall, in [0, 1]; 0 for a class that is labelled and never given, NaN for one that is not
    /// labelled.
    pub fn f1(&self, class: usize) -> f64 {
        if self.labelled(class) == 0.0 {
            return f64::NAN;
        }
        2.0 * self.counts[class][class] / (self.labelled(class) + self.given(class))
    }

    /// Mean F1 of the classes that have labelled rows, in [0, 1].
    pub fn macro_f1(&self) -> f64 {
        self.mean_over_classes(|class| self.f1(class))
    }

    /// Mean recall of the classes that have labelled rows, in [0, 1]: chance is one over their number. NaN where only one
    /// class is labelled.
    pub fn balanced_accuracy(&self) -> f64 {
        let n_labelled = (0..self.counts.len()).filter(|&class| self.labelled(class) > 0.0).count();
        if n_labelled < 2 { f64::NAN } else { self.mean_over_classes(|class| self.recall(class)) }
    }

    fn mean_over_classes(&self, figure: impl Fn(usize) -> f64) -> f64 {
        let classes: Vec<usize> =
            (0..self.counts.len()).filter(|&class| self.labelled(class) > 0.0).collect();
        classes.iter().map(|&class| figure(class)).sum::<f64>() / classes.len() as f64
    }

    /// Share of the rows that were given their label, in [0, 1].
    pub fn accuracy(&self) -> f64 {
        (0..self.counts.len()).map(|class| self.counts[class][class]).sum::<f64>() / self.total()
    }
}

/// Scores with labels, in an order that every sample shares.
#[derive(Debug, Clone)]
pub struct Ranking {
    /// Rows from the lowest score to the highest, with ties side by side.
    order: Vec<usize>,
    /// Where each run of ties ends in `order`.
    ends: Vec<usize>,
    labels: Vec<bool>,
}

impl Ranking {
    /// Ranks rows by score. `labels` says which are positive.
    pub fn new(scores: &[f64], labels: &[bool]) -> Self {
        let (order, ends) = ranked(scores);
        Self { order, ends, labels: labels.to_vec() }
    }

    fn ties(&self) -> impl DoubleEndedIterator<Item = &[usize]> {
        (0..self.ends.len()).map(|tie| {
            let start = if tie == 0 { 0 } else { self.ends[tie - 1] };
            &self.order[start..self.ends[tie]]
        })
    }

    fn positive_and_negative(&self, rows: &[usize], weights: &[f64]) -> (f64, f64) {
        rows.iter().fold((0.0, 0.0), |(positive, negative), &row| match self.labels[row] {
            true => (positive + weights[row], negative),
            false => (positive, negative + weights[row]),
        })
    }

    /// Area under the ROC curve, in [0, 1]: the chance that a positive row scores above a negative one; ties count half.
    pub fn auc(&self, weights: &[f64]) -> f64 {
        let (mut below, mut won, mut n_positive) = (0.0, 0.0, 0.0);
        for tie in self.ties() {
            let (positive, negative) = self.positive_and_negative(tie, weights);
            won += positive * (below + negative / 2.0);
            below += negative;
            n_positive += positive;
        }
        won / (n_positive * below)
    }

    /// Average precision, in [0, 1]: the precision at each score, weighted by the recall that it adds, as scikit-learn has it.
    pub fn average_precision(&self, weights: &[f64]) -> f64 {
        let (mut positives, mut taken, mut sum) = (0.0, 0.0, 0.0);
        for tie in self.ties().rev() {
            let (positive, negative) = self.positive_and_negative(tie, weights);
            positives += positive;
            taken += positive + negative;
            if positive > 0.0 {
                sum += positive * positives / taken;
            }
        }
        sum / positives
    }

    /// The best balanced accuracy that any threshold reaches on these rows, in [0.5, 1], and the lowest score that is taken
    /// as positive there. Chosen on the rows that it is measured on, so it is an upper bound and not a forecast.
    pub fn best_balanced_accuracy(&self, scores: &[f64], weights: &[f64]) -> (f64, f64) {
        let (n_positive, n_negative) = self.positive_and_negative(&self.order, weights);
        if n_positive == 0.0 || n_negative == 0.0 {
            return (f64::NAN, f64::NAN);
        }
        let (mut positives, mut negatives) = (n_positive, n_negative);
        let mut best = (0.5, f64::INFINITY);
        for tie in self.ties() {
            let accuracy = (positives / n_positive + 1.0 - negatives / n_negative) / 2.0;
            if accuracy > best.0 {
                best = (accuracy, scores[tie[0]]);
            }
            let (positive, negative) = self.positive_and_negative(tie, weights);
            positives -= positive;
            negatives -= negative;
        }
        best
    }
}

/// Row numbers in rising order of score, and where each run of equal scores ends.
fn ranked(scores: &[f64]) -> (Vec<usize>, Vec<usize>) {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| scores[a].total_cmp(&scores[b]));
    let mut ends = vec![];
    for tie in order.chunk_by(|&a, &b| scores[a] == scores[b]) {
        ends.push(ends.last().copied().unwrap_or(0) + tie.len());
    }
    (order, ends)
}

/// Pearson's correlation, in [-1, 1].
pub fn pearson(a: &[f64], b: &[f64], weights: &[f64]) -> f64 {
    let total: f64 = weights.iter().sum();
    let mean = |values: &[f64]| values.iter().zip(weights).map(|(x, w)| x * w).sum::<f64>() / total;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for ((x, y), weight) in a.iter().zip(b).zip(weights) {
        let (x, y) = (x - mean_a, y - mean_b);
        ab += weight * x * y;
        aa += weight * x * x;
        bb += weight * y * y;
    }
    ab / (aa * bb).sqrt()
}

/// Spearman's rank correlation of two lists, in [-1, 1].
pub struct Spearman {
    a: (Vec<usize>, Vec<usize>),
    b: (Vec<usize>, Vec<usize>),
}

impl Spearman {
    /// Ranks both lists once.
    pub fn new(a: &[f64], b: &[f64]) -> Self {
        Self { a: ranked(a), b: ranked(b) }
    }

    /// Pearson's correlation of the ranks; ties have their mean rank.
    pub fn correlation(&self, weights: &[f64]) -> f64 {
        pearson(&ranks(&self.a, weights), &ranks(&self.b, weights), weights)
    }
}

fn ranks((order, ends): &(Vec<usize>, Vec<usize>), weights: &[f64]) -> Vec<f64> {
    let mut ranks = vec![0.0; order.len()];
    let (mut start, mut below) = (0, 0.0);
    for &end in ends {
        let here: f64 = order[start..end].iter().map(|&row| weights[row]).sum();
        order[start..end].iter().for_each(|&row| ranks[row] = below + here / 2.0);
        (start, below) = (end, below + here);
    }
    ranks
}

/// Hits among what was given and among what is labelled; the two differ where one span meets two.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Overlap {
    /// Given spans that meet a labelled one.
    pub given_right: f64,
    /// Given spans.
    pub given: f64,
    /// Labelled spans that meet a given one.
    pub labelled_found: f64,
    /// Labelled spans.
    pub labelled: f64,
}

impl Overlap {
    /// The sum over rows, each as often as `weights` says.
    pub fn sum(rows: &[Overlap], weights: &[f64]) -> Overlap {
        rows.iter().zip(weights).fold(Overlap::default(), |sum, (row, weight)| Overlap {
            given_right: sum.given_right + weight * row.given_right,
            given: sum.given + weight * row.given,
            labelled_found: sum.labelled_found + weight * row.labelled_found,
            labelled: sum.labelled + weight * row.labelled,
        })
    }

    /// In [0, 1]; NaN where nothing is labelled.
    pub fn precision(&self) -> f64 {
        if self.is_unlabelled() { f64::NAN } else { self.given_right / self.given }
    }

    /// True where there is nothing that could be found or met.
    fn is_unlabelled(&self) -> bool {
        self.labelled == 0.0 && self.given_right == 0.0
    }

    /// In [0, 1].
    pub fn recall(&self) -> f64 {
        self.labelled_found / self.labelled
    }

    /// Harmonic mean of precision and recall, in [0, 1]; 0 where nothing was right, NaN where nothing is labelled.
    pub fn f1(&self) -> f64 {
        if self.given_right == 0.0 {
            return if self.is_unlabelled() { f64::NAN } else { 0.0 };
        }
        2.0 * self.precision() * self.recall() / (self.precision() + self.recall())
    }
}

/// Precision and recall of a grouping against the true one (Bagga & Baldwin 1998): for each member, the share of its group
/// that is of its class, and the share of its class that is in its group. Both lists in [0, 1], one value a member.
pub fn b_cubed(groups: &[usize], classes: &[usize]) -> (Vec<f64>, Vec<f64>) {
    let cells = counts(groups.iter().zip(classes).map(|(&group, &class)| (group, class)));
    let (of_group, of_class) = (counts(groups.iter().copied()), counts(classes.iter().copied()));
    let members = || groups.iter().zip(classes);
    let both = |group: &usize, class: &usize| cells[&(*group, *class)] as f64;
    let precision = members().map(|(group, class)| both(group, class) / of_group[group] as f64).collect();
    let recall = members().map(|(group, class)| both(group, class) / of_class[class] as f64).collect();
    (precision, recall)
}

/// The adjusted Rand index (Hubert & Arabie 1985), at most 1; 0 is chance. A class that counts k times counts as k classes
/// with groups of their own, so that a copy never meets itself.
pub fn adjusted_rand(groups: &[usize], classes: &[usize], weights: &[f64]) -> f64 {
    let pairs = |n: f64| n * (n - 1.0) / 2.0;
    let most = weights.iter().fold(0.0, |a: f64, &b| a.max(b)) as usize;
    let (mut together, mut in_groups, mut in_classes, mut n) = (0.0, 0.0, 0.0, 0.0);
    for copy in 1..=most {
        let here = || (0..groups.len()).filter(|&row| weights[row] >= copy as f64);
        let sum = |sizes: Vec<usize>| sizes.into_iter().map(|size| pairs(size as f64)).sum::<f64>();
        together += sum(counts(here().map(|row| (groups[row], classes[row]))).into_values().collect());
        in_groups += sum(counts(here().map(|row| groups[row])).into_values().collect());
        in_classes += sum(counts(here().map(|row| classes[row])).into_values().collect());
        n += here().count() as f64;
    }
    let expected = in_groups * in_classes / pairs(n);
    (together - expected) / ((in_groups + in_classes) / 2.0 - expected)
}

fn counts<K: Ord>(keys: impl Iterator<Item = K>) -> std::collections::BTreeMap<K, usize> {
    let mut counts = std::collections::BTreeMap::new();
    keys.for_each(|key| *counts.entry(key).or_insert(0) += 1);
    counts
}
