//! Articles -> [`Event`]s: which articles report the same event.
//!
//! Two articles are alike by the mean of two cosines: of their mean sentence embeddings (what they are about) and of
//! their distinctive words (who, where, what exactly). Average linkage joins them while the mean over all pairs of two
//! groups stays above the threshold, so one article that touches two stories does not chain them.

mod words;

use std::collections::BTreeMap;

use jiff::civil::Date;
use kodama::{Method, linkage};
use ndarray::{Array1, Array2};
use serde::{Deserialize, Serialize};

use crate::records::{Article, Encoding, Event, Sentence};
use words::distinctive_words;

/// Rows of the similarity matrix that are made at once.
const BLOCK: usize = 1024;

/// How articles are grouped: the `[group]` section of a job file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GroupOptions {
    /// Articles whose dates are both known and further apart than this are never one event.
    pub window_days: u32,
    /// Least mean similarity of two groups of articles that are joined, in [0, 1]. 0.42 gave the best B-cubed F1 on
    /// 1,050 articles of the training part of the NeuS AllSides triples (`parallax evaluate events`).
    pub threshold: f32,
}

impl Default for GroupOptions {
    fn default() -> Self {
        Self { window_days: 7, threshold: 0.42 }
    }
}

/// Groups articles into events; each article that `sentences` holds an encoded sentence of is in exactly one.
///
/// `sentences` and `encodings` run in parallel; a sentence without an encoding is left out. Events are ordered by
/// their first article.
pub fn group(
    articles: &[Article],
    sentences: &[Sentence],
    encodings: &[Option<Encoding>],
    options: &GroupOptions,
) -> Vec<Event> {
    let mut by_article: BTreeMap<usize, Vec<(&str, &Encoding)>> = BTreeMap::new();
    for (sentence, encoding) in sentences.iter().zip(encodings) {
        if let Some(encoding) = encoding {
            let text = sentence.text(&articles[sentence.article]);
            by_article.entry(sentence.article).or_default().push((text, encoding));
        }
    }
    let (members, texts): (Vec<usize>, Vec<_>) = by_article.into_iter().unzip();
    let embeddings = mean_embeddings(&texts);
    let words = distinctive_words(&texts);
    let dates: Vec<Option<Date>> = members.iter().map(|&article| articles[article].date_published).collect();
    let within_window = |a: usize, b: usize| match (dates[a], dates[b]) {
        (Some(a), Some(b)) => (a - b).get_days().unsigned_abs() <= options.window_days,
        _ => true,
    };
    let similarity = |a: usize, b: usize, cosine: f32| {
        if within_window(a, b) { (cosine + words[a].cosine(&words[b])) / 2.0 } else { 0.0 }
    };
    let mut graph = Components::new(members.len());
    each_cosine(&embeddings, |a, b, cosine| {
        // Words only add: below this the pair cannot reach the threshold.
        if (cosine + 1.0) / 2.0 >= options.threshold && similarity(a, b, cosine) >= options.threshold {
            graph.join(a, b);
        }
    });
    let exact = |a: usize, b: usize| similarity(a, b, embeddings.row(a).dot(&embeddings.row(b)));
    let mut events: Vec<Event> = graph
        .into_groups()
        .into_iter()
        .flat_map(|component| cut_average_linkage(&component, &exact, options.threshold))
        .map(|group| Event { articles: group.into_iter().map(|member| members[member]).collect() })
        .collect();
    events.sort_by_key(|event| event.articles[0]);
    events
}

/// One unit row for each article: the mean of its sentences' embeddings.
fn mean_embeddings(texts: &[Vec<(&str, &Encoding)>]) -> Array2<f32> {
    let width = texts.first().map_or(0, |sentences| sentences[0].1.embedding.len());
    let mut means = Array2::zeros((texts.len(), width));
    for (mut row, sentences) in means.rows_mut().into_iter().zip(texts) {
        let mut sum = Array1::<f32>::zeros(width);
        for (_, encoding) in sentences {
            sum += &ndarray::aview1(&encoding.embedding);
        }
        let length = sum.dot(&sum).sqrt();
        row.assign(&(sum / length.max(f32::MIN_POSITIVE)));
    }
    means
}

/// Calls `visit(a, b, cosine)` for every pair `a < b` of rows, without holding the whole matrix.
fn each_cosine(rows: &Array2<f32>, mut visit: impl FnMut(usize, usize, f32)) {
    let n = rows.nrows();
    for start in (0..n).step_by(BLOCK) {
        let end = (start + BLOCK).min(n);
        let block = rows.slice(ndarray::s![start..end, ..]).dot(&rows.slice(ndarray::s![start.., ..]).t());
        for a in start..end {
            for b in a + 1..n {
                visit(a, b, block[[a - start, b - start]]);
            }
        }
    }
}

/// Connected components. Average linkage never joins across them: a mean at the threshold needs a pair at it.
struct Components(petgraph::unionfind::UnionFind<usize>, usize);

impl Components {
    fn new(n: usize) -> Self {
        Self(petgraph::unionfind::UnionFind::new(n), n)
    }

    fn join(&mut self, a: usize, b: usize) {
        self.0.union(a, b);
    }

    /// The components, each in rising order, by their first member.
    fn into_groups(self) -> Vec<Vec<usize>> {
        let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for member in 0..self.1 {
            groups.entry(self.0.find(member)).or_default().push(member);
        }
        groups.into_values().collect()
    }
}

/// Average linkage over `members`, cut where the mean similarity of two groups falls below `threshold`.
fn cut_average_linkage(
    members: &[usize],
    similarity: &impl Fn(usize, usize) -> f32,
    threshold: f32,
) -> Vec<Vec<usize>> {
    let n = members.len();
    if n == 1 {
        return vec![members.to_vec()];
    }
    let mut distances = Vec::with_capacity(n * (n - 1) / 2);
    for a in 0..n {
        distances.extend((a + 1..n).map(|b| 1.0 - similarity(members[a], members[b])));
    }
    let mut groups: Vec<Vec<usize>> = members.iter().map(|&member| vec![member]).collect();
    for step in linkage(&mut distances, n, Method::Average).steps() {
        // Steps rise in distance, so nothing is joined from here on.
        if step.dissimilarity > 1.0 - threshold {
            break;
        }
        let (a, b) = (std::mem::take(&mut groups[step.cluster1]), std::mem::take(&mut groups[step.cluster2]));
        groups.push([a, b].concat());
    }
    groups.retain(|group| !group.is_empty());
    groups.iter_mut().for_each(|group| group.sort_unstable());
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn average_linkage_does_not_chain() {
        // 0-1 and 1-2 are alike, 0-2 are not: whichever pair is joined, the third stays below the mean.
        let similarity = |a: usize, b: usize| if a.abs_diff(b) == 1 { 0.6 } else { 0.1 };
        let groups = cut_average_linkage(&[0, 1, 2], &similarity, 0.5);
        assert_eq!(groups.iter().map(Vec::len).max(), Some(2));
        assert_eq!(groups.concat().len(), 3);
    }

    #[test]
    fn every_member_is_in_one_group() {
        for threshold in [0.0, 0.3, 0.7, 1.1] {
            let similarity = |a: usize, b: usize| ((a * 7 + b * 13) % 10) as f32 / 10.0;
            let mut all = cut_average_linkage(&[4, 5, 6, 9, 11, 20], &similarity, threshold).concat();
            all.sort_unstable();
            assert_eq!(all, [4, 5, 6, 9, 11, 20]);
        }
    }
}
