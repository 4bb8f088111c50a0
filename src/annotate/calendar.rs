//! Names of months and weekdays.

/// 1 to 12 for the name of a month or its abbreviation in lower case. `may` counts as one: the caller looks at the
/// capital letter.
pub(super) fn month(word: &str) -> Option<u8> {
    Some(match word.trim_end_matches('.') {
        "january" | "jan" => 1,
        "february" | "feb" => 2,
        "march" | "mar" => 3,
        "april" | "apr" => 4,
        "may" => 5,
        "june" | "jun" => 6,
        "july" | "jul" => 7,
        "august" | "aug" => 8,
        "september" | "sept" | "sep" => 9,
        "october" | "oct" => 10,
        "november" | "nov" => 11,
        "december" | "dec" => 12,
        _ => return None,
    })
}

/// 1 (Monday) to 7 for the name of a weekday in lower case. A plural ("on Mondays") is no single day.
pub(super) fn weekday(word: &str) -> Option<u8> {
    Some(match word {
        "monday" => 1,
        "tuesday" => 2,
        "wednesday" => 3,
        "thursday" => 4,
        "friday" => 5,
        "saturday" => 6,
        "sunday" => 7,
        _ => return None,
    })
}

/// True for a weekday or a month, "may" and "march" left out, as they are common words in lower case.
pub(crate) fn is_day_or_month(word: &str) -> bool {
    weekday(word).is_some()
        || (month(word).is_some() && !matches!(word, "may" | "march" | "mar" | "sep" | "dec"))
}
