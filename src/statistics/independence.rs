use std::collections::{BTreeMap, BTreeSet};

use petgraph::unionfind::UnionFind;

use crate::records::{Claim, Copies, Corpus, SentenceId};

/// For each claim, how many of its outlets speak for themselves: at least 1, at most the number of its outlets.
///
/// Two sentences have one text if one is a copy of the other or both of a third, or if they stand in near-duplicate
/// articles. An outlet with a text that no other outlet of the claim has counts for itself; outlets that have nothing
/// but texts of one another count together as one.
pub fn independent_outlets(corpus: &Corpus, claims: &[Claim], copies: &Copies) -> Vec<usize> {
    let of_claim = |claim: &Claim| {
        let mentions: Vec<&SentenceId> = claim.mentions.iter().map(|mention| &mention.sentence).collect();
        let mut outlets: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
        for (text, sentence) in texts(&mentions, copies).into_iter().zip(&mentions) {
            outlets.entry(text).or_default().insert(&corpus.article(&sentence.article).outlet);
        }
        groups(outlets.into_values().collect())
    };
    claims.iter().map(of_claim).collect()
}

/// A number for the text of each mention: the same for mentions that have one text.
fn texts(mentions: &[&SentenceId], copies: &Copies) -> Vec<usize> {
    let mut texts = UnionFind::new(mentions.len());
    for (i, a) in mentions.iter().enumerate() {
        for (j, b) in mentions.iter().enumerate().skip(i + 1) {
            let is_duplicate =
                a.article != b.article && copies.original_of(&a.article) == copies.original_of(&b.article);
            if is_duplicate || copies.origin_of(a) == copies.origin_of(b) {
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
