//! Whether a sentence says something that can be a claim.

/// A sentence of fewer words is a tag, a fragment or an interjection.
const LEAST_WORDS: usize = 3;

/// A short sentence with one of these says that somebody said nothing.
const STOCK: [&str; 6] = [
    "did not immediately respond",
    "did not immediately reply",
    "did not immediately return",
    "did not respond to",
    "declined to comment",
    "could not be reached for comment",
];

/// From so many words on, a stock phrase stands beside something else.
const STOCK_WORDS: usize = 25;

/// False for what states nothing: a question, a fragment of one or two words, a stock phrase of the trade.
pub fn is_statement(text: &str) -> bool {
    let n_words = text.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).count();
    let end = text.trim_end_matches(|c: char| c.is_whitespace() || "\"'”’»)]".contains(c));
    let is_stock = || {
        let folded = text.to_lowercase();
        STOCK.iter().any(|phrase| folded.contains(phrase))
    };
    n_words >= LEAST_WORDS && !end.ends_with('?') && !(n_words < STOCK_WORDS && is_stock())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_fragments_and_stock_phrases_state_nothing() {
        struct Case {
            text: &'static str,
            is_statement: bool,
        }
        for case in [
            Case { text: "The senate approved the treaty.", is_statement: true },
            Case { text: "He founded ISIS.", is_statement: true },
            Case { text: "“Will it pass?” she asked.", is_statement: true },
            Case { text: "By Friday the storm will be over.", is_statement: true },
            Case { text: "By Friday all trains had stopped", is_statement: true },
            Case { text: "People can sign up for insurance until March.", is_statement: true },
            Case { text: "The first reporting by The Post was denied.", is_statement: true },
            Case { text: "What other allegations does Kavanaugh face?", is_statement: false },
            Case { text: "“Why did I do it?”", is_statement: false },
            Case { text: "Right!", is_statement: false },
            Case { text: "Yeah, right.", is_statement: false },
            Case { text: "", is_statement: false },
            Case {
                text: "The White House did not immediately respond to a request for comment.",
                is_statement: false,
            },
        ] {
            assert_eq!(is_statement(case.text), case.is_statement, "{}", case.text);
        }
    }
}
