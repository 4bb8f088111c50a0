use super::Candidate;

/// Fewest words that two prints have in common.
const LEAST_WORDS: usize = 5;

/// Least share of the shorter print's words that the other has, in order.
const LEAST_SHARE: f32 = 0.8;

/// Most words of a text that are compared.
const MOST_WORDS: usize = 200;

/// True for two prints of one text, or with one quotation. They may differ in hyphens, capitals and marks, in what is cut off at either
/// end, and in names and titles that one of them inserts; no word stands in the place of another.
pub(super) fn is_reprint(a: &Candidate<'_>, b: &Candidate<'_>) -> bool {
    let quotations = |of: &Candidate<'_>| -> Vec<Vec<(String, bool)>> {
        of.annotations.quotations.iter().map(|quotation| words(quotation.span.slice(of.text))).collect()
    };
    let of_b = quotations(b);
    let is_in_b = |quotation: &Vec<(String, bool)>| of_b.iter().any(|other| are_prints(quotation, other));
    are_prints(&words(a.text), &words(b.text)) || quotations(a).iter().any(is_in_b)
}

/// Words of letters and digits in lower case, and whether they are written with a capital.
fn words(text: &str) -> Vec<(String, bool)> {
    let bare = text.replace(['\'', '’'], "");
    let words = bare.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.take(MOST_WORDS).map(|word| (word.to_lowercase(), word.starts_with(char::is_uppercase))).collect()
}

fn are_prints(a: &[(String, bool)], b: &[(String, bool)]) -> bool {
    let common = common_words(a, b);
    let least = (a.len().min(b.len()) as f32 * LEAST_SHARE).ceil() as usize;
    // Between two words that both have, one may have inserted names.
    let is_inserted = |of: &[(String, bool)]| of.iter().all(|(_, is_capital)| *is_capital);
    let fits = |pair: &[(usize, usize)]| {
        let (of_a, of_b) = (&a[pair[0].0 + 1..pair[1].0], &b[pair[0].1 + 1..pair[1].1]);
        (of_a.is_empty() || of_b.is_empty()) && is_inserted(of_a) && is_inserted(of_b)
    };
    common.len() >= least.max(LEAST_WORDS) && common.windows(2).all(fits)
}

/// The longest common subsequence, as positions in both.
fn common_words(a: &[(String, bool)], b: &[(String, bool)]) -> Vec<(usize, usize)> {
    let mut lengths = vec![vec![0_u16; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            lengths[i][j] = if a[i].0 == b[j].0 {
                lengths[i + 1][j + 1] + 1
            } else {
                lengths[i + 1][j].max(lengths[i][j + 1])
            };
        }
    }
    let (mut i, mut j, mut common) = (0, 0, vec![]);
    while i < a.len() && j < b.len() {
        if a[i].0 == b[j].0 {
            common.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if lengths[i + 1][j] >= lengths[i][j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    common
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_of_one_text_are_told_from_changed_ones() {
        struct Case {
            a: &'static str,
            b: &'static str,
            are_prints: bool,
        }
        for case in [
            Case {
                a: "We stand with the Asian-American community in this city today",
                b: "“We stand with the Asian American community in this city today,” he said.",
                are_prints: true,
            },
            Case {
                a: "I have known Kavanaugh for twenty years and trust him.",
                b: "I have known Judge Brett Kavanaugh for twenty years and trust him.",
                are_prints: true,
            },
            Case {
                a: "It was the worst day of my life, and I have had many.",
                b: "It was the worst day of my life",
                are_prints: true,
            },
            Case {
                a: "He said he did collude with the Russian government last year.",
                b: "He said he did not collude with the Russian government last year.",
                are_prints: false,
            },
            Case {
                a: "Police said that 12 officers were hurt in the protests.",
                b: "Police said that 16 officers were hurt in the protests.",
                are_prints: false,
            },
            Case {
                a: "The bomb went off in a market in Paris at noon.",
                b: "The bomb went off in a market in London at noon.",
                are_prints: false,
            },
            Case { a: "He is a liar.", b: "He is a liar.", are_prints: false },
        ] {
            let (a, b) = (words(case.a), words(case.b));
            assert_eq!(are_prints(&a, &b), case.are_prints, "{} | {}", case.a, case.b);
            assert_eq!(are_prints(&b, &a), case.are_prints, "{} | {}", case.b, case.a);
        }
    }
}
