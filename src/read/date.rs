//! A date as an outlet writes it -> a day.

use jiff::civil::Date;
use jiff::fmt::strtime::BrokenDownTime;
use jiff::fmt::{rfc2822, temporal};

/// Patterns that can be read in one way only. What follows the day, such as a time, is not looked at.
const PATTERNS: [&str; 14] = [
    "%d-%b-%Y",
    "%d %b %Y",
    "%d %B %Y",
    "%d. %B %Y",
    "%b %d, %Y",
    "%b. %d, %Y",
    "%B %d, %Y",
    "%B %d %Y",
    "%A, %B %d, %Y",
    "%a, %b %d, %Y",
    "%A, %d %B %Y",
    "%a, %d %b %Y",
    "%Y/%m/%d",
    "%d.%m.%Y",
];

/// Patterns that are read with the month first in one country and with the day first in another. A year of two digits
/// lies between 1969 and 2068, as POSIX has it.
const MONTH_FIRST_AND_DAY_FIRST: [(&str, &str); 3] =
    [("%m/%d/%y", "%d/%m/%y"), ("%m/%d/%Y", "%d/%m/%Y"), ("%m-%d-%Y", "%d-%m-%Y")];

/// The day that `text` names, in the time zone that it is written in; `None` where it is blank.
///
/// # Errors
/// A warning, where the text is not understood, could be one of two days, or lies outside the years 1800 to 2100.
pub fn parse_day(text: &str) -> Result<Option<Date>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let day = match iso(text).or_else(|| rfc2822(text)).or_else(|| written(text)) {
        Some(day) => day,
        None => numeric(text)?,
    };
    if !(1800..=2100).contains(&day.year()) {
        return Err(format!("date `{text}`: the year is not between 1800 and 2100; the date was left out"));
    }
    Ok(Some(day))
}

/// A date or datetime of ISO 8601 or RFC 3339, with or without an offset or a time zone.
fn iso(text: &str) -> Option<Date> {
    temporal::Pieces::parse(text).ok().map(|pieces| pieces.date())
}

fn rfc2822(text: &str) -> Option<Date> {
    rfc2822::parse(text).ok().map(|time| time.date())
}

fn written(text: &str) -> Option<Date> {
    PATTERNS.iter().find_map(|pattern| day_at_start(pattern, text))
}

fn numeric(text: &str) -> Result<Date, String> {
    for (month_first, day_first) in MONTH_FIRST_AND_DAY_FIRST {
        match (day_at_start(month_first, text), day_at_start(day_first, text)) {
            (Some(a), Some(b)) if a != b => {
                return Err(format!("date `{text}` can mean {a} or {b} and was left out; write it as {a}"));
            }
            (Some(day), _) | (None, Some(day)) => return Ok(day),
            (None, None) => {}
        }
    }
    Err(format!("date `{text}` was not understood and was left out; write it as 2019-07-12"))
}

/// The day at the start of `text`, where a blank, a comma or nothing follows it.
fn day_at_start(pattern: &str, text: &str) -> Option<Date> {
    let (time, end) = BrokenDownTime::parse_prefix(pattern, text).ok()?;
    let is_whole = matches!(text.as_bytes().get(end), None | Some(b' ' | b',' | b'T' | b'\t'));
    // `%Y` takes 16 for the year 16, and so 7/12/16 for a day in the year 7.
    time.to_date().ok().filter(|day| is_whole && day.year() >= 100)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn days_that_are_understood() {
        let july = date(2019, 7, 12);
        struct Case {
            text: &'static str,
            day: Date,
        }
        let case = |text, day| Case { text, day };
        let cases = [
            case("2019-07-12", july),
            case(" 2019-07-12 ", july),
            case("20190712", july),
            case("2019-07-12T14:00:00Z", july),
            case("2019-07-12T23:30:00-05:00", july),
            case("2019-07-12T14:00:00.123+00:00", july),
            case("2019-07-12T14:00-04:00[America/New_York]", july),
            case("2019-07-12 14:00:00", july),
            case("2019-07-12 14:00", july),
            case("Fri, 12 Jul 2019 14:00:00 GMT", july),
            case("12 Jul 2019 23:30:00 -0500", july),
            case("Fri, 12 Jul 2019", july),
            case("26-FEB-1987 15:01:01.79", date(1987, 2, 26)),
            case("July 12, 2019", july),
            case("July 12 2019", july),
            case("JULY 12, 2019 2:00 PM EDT", july),
            case("Jul 12, 2019", july),
            case("Jul. 12, 2019, 9 a.m.", july),
            case("May 3, 2019", date(2019, 5, 3)),
            case("Friday, July 12, 2019", july),
            case("12 July 2019", july),
            case("2019/07/12", july),
            case("12.07.2019", july),
            case("07/13/2019", date(2019, 7, 13)),
            case("13/07/2019", date(2019, 7, 13)),
            case("13-07-2019", date(2019, 7, 13)),
            case("7/7/2019", date(2019, 7, 7)),
            case("7/13/19", date(2019, 7, 13)),
            case("12/31/87", date(1987, 12, 31)),
            case("07/13/2019 14:00", date(2019, 7, 13)),
        ];
        for case in cases {
            assert_eq!(parse_day(case.text), Ok(Some(case.day)), "{:?}", case.text);
        }
    }

    #[test]
    fn days_that_are_left_out() {
        struct Case {
            text: &'static str,
            warning: &'static str,
        }
        let case = |text, warning| Case { text, warning };
        let cases = [
            case("07/12/2019", "can mean 2019-07-12 or 2019-12-07"),
            case("7/12/19", "can mean 2019-07-12 or 2019-12-07"),
            case("yesterday", "was not understood"),
            case("2019-02-30", "was not understood"),
            case("2019-07", "was not understood"),
            case("1562889600", "was not understood"),
            case("31/31/2019", "was not understood"),
            case("07/13/20199", "was not understood"),
            case("0019-07-12", "not between 1800 and 2100"),
            case("July 12, 19", "was not understood"),
            case("2101-01-01", "not between 1800 and 2100"),
        ];
        for case in cases {
            let warning = parse_day(case.text).expect_err(case.text);
            assert!(warning.contains(case.warning), "{warning}");
            assert!(warning.contains(case.text), "{warning}");
        }
    }

    #[test]
    fn a_blank_is_no_date_and_no_fault() {
        assert_eq!(parse_day(" "), Ok(None));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_warned_about(text in "\\PC*") {
            let _ = parse_day(&text);
        }

        #[test]
        fn any_digits_are_read_or_warned_about(text in "[0-9]{1,4}[-/. ]([0-9]{1,2}|[A-Za-z]{3,9})[-/., ][0-9]{1,6}") {
            let _ = parse_day(&text);
        }
    }
}
