use std::sync::LazyLock;

use regex::Regex;

use super::pattern::regex;

/// Place and date, an agency in brackets, and a dash that may be missing after the agency.
///
/// "WASHINGTON (AP) —", "LONDON, July 3 (Reuters) -", "(CNN)".
static WITH_AGENCY: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^(?:\p{Lu}[\p{L}.'’/ -]{1,40}(?:, [\p{L}.]{2,20}){0,2}(?:,? \d{1,2}){0,1},?\s+)?\((?:(?:AP|CNN|Reuters|REUTERS|AFP|UPI|BBC|CNNMoney|CNN Business|Thomson Reuters Foundation|TNS|Bloomberg|CNSNews\.com|JTA|Xinhua|dpa)(?: [\p{L} ]{1,20})?)\)\s*(?:—|–|--?|:)?\s*",
    )
});

/// A place in capitals, or the outlet's own letters, and a dash: "CNN  —  ", "JERUSALEM, Israel –".
static WITH_DASH: LazyLock<Regex> = LazyLock::new(|| {
    regex(r"^\p{Lu}{2}[\p{Lu}.'’/ -]{0,40}(?:, \p{Lu}[\p{L}. ]{1,20}(?: \d{1,2})?)?\s+(?:—|–|--|-)(?:\s+|$)")
});

/// Length in bytes of the dateline at the start of `line`, without the blank after it; 0 where there is none.
pub(super) fn length(line: &str) -> usize {
    let Some(found) = WITH_AGENCY.find(line).or_else(|| WITH_DASH.find(line)) else {
        return 0;
    };
    // "FILE - In this photo" is a caption.
    if found.as_str().starts_with("FILE") {
        return 0;
    }
    // "NATO — the alliance — said" goes on in lower case: then it is no dateline.
    let rest = line[found.end()..].chars().next();
    if rest.is_some_and(char::is_lowercase) { 0 } else { found.as_str().trim_end().len() }
}
