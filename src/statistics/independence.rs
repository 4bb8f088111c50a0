use std::collections::{BTreeMap, BTreeSet};

use petgraph::unionfind::UnionFind;

use crate::records::{Article, Claim, Copies, Sentence};

/// For each claim, how many of its outlets speak for themselves: at least 1, at most the number of its outlets.
///
/// Two sentences have one text if one is a copy of the other or both of a third, or if they stand in near-duplicate
/// articles. An outlet with a text that no other outlet of the claim has counts for itself; outlets that have nothing
/// but texts of one another count together as one.
pub fn independent_outlets(
    articles: &[Article],
    sentences: &[Sentence],
    claims: &[Claim],
    copies: &Copies,
) -> Vec<usize> {
    let outlet = |sentence: usize| articles[sentences[sentence].article].outlet.as_str();
    let of_claim = |claim: &Claim| {
        let mentions: Vec<usize> = claim.mentions.iter().map(|mention| mention.sentence).collect();
        let mut outlets: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
        for (text, &sentence) in texts(sentences, &mentions, copies).into_iter().zip(&mentions) {
            outlets.entry(text).or_default().insert(outlet(sentence));
        }
        groups(outlets.into_values().collect())
    };
    claims.iter().map(of_claim).collect()
}

/// A number for the text of each mention: the same for mentions that have one text.
fn texts(sentences: &[Sentence], mentions: &[usize], copies: &Copies) -> Vec<usize> {
    let original = |sentence: usize| {
        let article = sentences[sentence].article;
        (article, copies.duplicate_of[article].unwrap_or(article))
    };
    let mut texts = UnionFind::new(mentions.len());
    for (i, &a) in mentions.iter().enumerate() {
        for (j, &b) in mentions.iter().enumerate().skip(i + 1) {
            let (a_article, b_article) = (original(a), original(b));
            let is_duplicate = a_article.0 != b_article.0 && a_article.1 == b_article.1;
            if is_duplicate || copies.origin[a] == copies.origin[b] {
                texts.union(i, j);
            }
        }
    }
    texts.into_labeling()
}

/// The number of groups of outlets, from the outlets that have each text.
fn groups(texts: Vec<BTreeSet<&str>>) -> usize {
    let alone: BTreeSet<&str> =
        texts.iter().filter(|outlets| outlets.len() == 1).flatten().copied().collect();
    let dependent: Vec<&str> =
        texts.iter().flatten().copied().collect::<BTreeSet<_>>().difference(&alone).copied().collect();
    let mut joined = UnionFind::new(dependent.len());
    for outlets in &texts {
        let members: Vec<usize> =
            outlets.iter().filter_map(|name| dependent.binary_search(name).ok()).collect();
        members.windows(2).for_each(|pair| _ = joined.union(pair[0], pair[1]));
    }
    alone.len() + joined.into_labeling().into_iter().collect::<BTreeSet<usize>>().len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn outlets_that_share_all_their_texts_count_as_one() {
        struct Case {
            texts: &'static [&'static [&'static str]],
            independent: usize,
        }
        for Case { texts, independent } in [
            Case { texts: &[&["a"], &["b"]], independent: 2 },
            Case { texts: &[&["a", "b"]], independent: 1 },
            Case { texts: &[&["a", "b"], &["c"]], independent: 2 },
            // b has words of its own beside the copied ones.
            Case { texts: &[&["a", "b"], &["b"]], independent: 2 },
            Case { texts: &[&["a", "b"], &["b", "c"]], independent: 1 },
            Case { texts: &[&["a", "b"], &["a", "b"]], independent: 1 },
            Case { texts: &[&["a", "b"], &["c", "d"]], independent: 2 },
        ] {
            let texts = texts.iter().map(|outlets| outlets.iter().copied().collect()).collect();
            assert_eq!(groups(texts), independent);
        }
    }

    proptest! {
        #[test]
        fn there_is_one_at_least_and_no_more_than_outlets(
            texts in prop::collection::vec(prop::collection::btree_set("[a-f]", 1..4), 1..6)
        ) {
            let borrowed: Vec<BTreeSet<&str>> =
                texts.iter().map(|outlets| outlets.iter().map(String::as_str).collect()).collect();
            let n_outlets = borrowed.iter().flatten().collect::<BTreeSet<_>>().len();
            let n = groups(borrowed.clone());
            prop_assert!(n >= 1 && n <= n_outlets);
        }
    }
}
