use std::collections::HashMap;
use std::sync::LazyLock;

use super::folded_word;

/// Forms that their lemma does not show: `models/make_forms.py`.
static IRREGULAR: LazyLock<HashMap<&str, Vec<&str>>> = LazyLock::new(|| {
    let mut forms: HashMap<&str, Vec<&str>> = HashMap::new();
    for line in include_str!("irregular_forms.txt").lines() {
        let (form, lemma) = line.split_once(' ').expect("a form and its lemma");
        forms.entry(form).or_default().push(lemma);
    }
    forms
});

/// Letters that two words of one family have in common from their first on, at least; and of the shorter word's.
const LEAST_LETTERS: usize = 4;
const LEAST_SHARE: f32 = 0.75;

/// Letters of a part of a word with hyphens that can stand for the whole.
const LEAST_PART: usize = 3;

/// True for two forms of one word and two words of one family, whose difference colours nothing: "canceled" and "cancel",
/// "citizenship" and "citizen", "said" and "say", "tax-filing" and "tax", "labour" and "labor", "U.S." and "US".
///
/// By the letters that both begin with (four, and three quarters of the shorter word), a list of irregular forms made from the
/// treebank UD English EWT, and the parts of words with hyphens. Some words of different meaning pass ("party" and "part").
///
/// ```
/// use parallax::framing::is_family;
/// assert!(is_family("planned", "plans") && is_family("shot", "shooting"));
/// assert!(!is_family("immigrants", "migrants") && !is_family("killed", "died"));
/// ```
pub fn is_family(a: &str, b: &str) -> bool {
    let (a, b) = (folded_word(a), folded_word(b));
    let without_clitic = |word: &str| word.split('\'').next().unwrap_or_default().to_owned();
    let (a, b) = (without_clitic(&a), without_clitic(&b));
    let are_one = |x: &str, y: &str| {
        let (lemmas_x, lemmas_y) = (lemmas(x), lemmas(y));
        lemmas_x.iter().any(|x| lemmas_y.iter().any(|y| x == y || begin_alike(x, y)))
            || is_one_root(&root(x), &root(y))
    };
    let parts = |word: &str| word.split(['-', '/']).map(str::to_owned).collect::<Vec<String>>();
    let (of_a, of_b) = (parts(&a), parts(&b));
    // Of a word with hyphens, a part of some length stands for it.
    let is_joined = of_a.len() > 1 || of_b.len() > 1;
    let counts = |part: &&String| !is_joined || part.chars().count() >= LEAST_PART;
    are_one(&of_a.concat(), &of_b.concat())
        || of_a.iter().filter(counts).any(|x| of_b.iter().filter(counts).any(|y| are_one(x, y)))
}

/// The word and what it may be a form of.
fn lemmas(word: &str) -> Vec<&str> {
    let listed = IRREGULAR.get(word).map_or(&[][..], Vec::as_slice);
    std::iter::once(word).chain(listed.iter().copied()).collect()
}

/// True for two roots that are the same but for a last "e" ("vot" of "voting", "vote").
fn is_one_root(a: &str, b: &str) -> bool {
    let is_number = |word: &str| word.contains(|c: char| c.is_ascii_digit());
    !is_number(a) && (a == b || a.strip_suffix('e') == Some(b) || b.strip_suffix('e') == Some(a))
}

/// Endings of verbs, which may leave one letter less where that has a vowel: "winning" and "string".
const OF_VERBS: [&str; 2] = ["ing", "ed"];

/// Endings that are cut off a word, the first that leaves [`LEAST_LETTERS`].
const ENDINGS: [&str; 8] = ["ation", "ings", "ing", "ed", "es", "ly", "s", "e"];

/// What most forms of a word have in common: its lemma where it is irregular, without one ending and a doubled last letter. A key
/// to look words up by; [`is_family`] sees more.
pub(super) fn root(word: &str) -> String {
    let folded = folded_word(word);
    let lemma = IRREGULAR.get(folded.as_str()).map_or(folded.as_str(), |lemmas| lemmas[0]);
    let is_stem = |ending: &str, stem: &str| {
        let is_short = stem.len() + 1 == LEAST_LETTERS && OF_VERBS.contains(&ending);
        stem.len() >= LEAST_LETTERS || is_short && stem.contains(['a', 'e', 'i', 'o', 'u'])
    };
    let cut = |ending: &&str| lemma.strip_suffix(*ending).filter(|stem| is_stem(ending, stem));
    let stem = ENDINGS.iter().find_map(cut).unwrap_or(lemma);
    let mut letters = stem.chars().rev();
    let is_doubled = letters.next().is_some_and(|last| last.is_alphabetic() && letters.next() == Some(last));
    let stem =
        if is_doubled { &stem[..stem.len() - stem.chars().last().map_or(0, char::len_utf8)] } else { stem };
    stem.to_owned()
}

fn begin_alike(a: &str, b: &str) -> bool {
    let common = a.chars().zip(b.chars()).take_while(|(x, y)| x == y).count();
    let (n_a, n_b) = (a.chars().count(), b.chars().count());
    let shorter = n_a.min(n_b);
    let is_number = a.starts_with(|c: char| c.is_ascii_digit());
    !is_number && common >= LEAST_LETTERS && common as f32 >= LEAST_SHARE * shorter as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_have_one_root() {
        for (a, b) in [
            ("canceled", "cancelled"),
            ("planned", "plans"),
            ("cancels", "cancellation"),
            ("fled", "flee"),
            ("trips", "trip"),
        ] {
            assert_eq!(root(a), root(b));
        }
        assert_ne!(root("part"), root("party"));
    }

    #[test]
    fn forms_of_a_word_are_told_from_other_words() {
        for (a, b, same) in [
            ("canceled", "cancel", true),
            ("Democratic", "Democrats", true),
            ("planned", "plans", true),
            ("we've", "we", true),
            ("tax-filing", "tax", true),
            ("citizenship", "citizen", true),
            ("building", "build", true),
            ("Ecuador", "Ecuadorian", true),
            ("said", "says", true),
            ("fled", "fleeing", true),
            ("anti-Semitic", "antisemitic", true),
            ("co-operate", "cooperation", true),
            ("served", "serving", true),
            ("ran", "running", true),
            ("cutting", "cut", true),
            ("paid", "paying", true),
            ("voting", "vote", true),
            ("accused", "accusing", true),
            ("string", "strong", false),
            ("seed", "seeing", false),
            ("2,000", "2,000e", false),
            ("U.S.", "US", true),
            ("passed", "killed", false),
            ("immigrants", "migrants", false),
            ("protesters", "rioters", false),
            ("1500", "1501", false),
            ("regime", "government", false),
            ("illegal", "legal", false),
            ("no", "don't", false),
        ] {
            assert_eq!((is_family(a, b), is_family(b, a)), (same, same), "{a} / {b}");
        }
    }
}
