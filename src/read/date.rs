//! A date as an outlet writes it -> a day.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

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

/// Whether a date in numbers has the day or the month first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DateOrder {
    /// 31/12/2019.
    DayFirst,
    /// 12/31/2019.
    MonthFirst,
}

impl DateOrder {
    /// The name in the `[read]` section.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            DateOrder::DayFirst => "day-first",
            DateOrder::MonthFirst => "month-first",
        }
    }
}

/// Patterns that are read with the month first in one country and with the day first in another. A year of two digits
/// lies between 1969 and 2068, as POSIX has it.
const MONTH_FIRST_AND_DAY_FIRST: [(&str, &str); 3] =
    [("%m/%d/%y", "%d/%m/%y"), ("%m/%d/%Y", "%d/%m/%Y"), ("%m-%d-%Y", "%d-%m-%Y")];

/// The day that `text` names, in the time zone that it is written in; `None` where it is blank.
///
/// # Errors
/// A warning, where the text is not understood, could be one of two days, or lies outside the years 1800 to 2100.
pub fn parse_day(text: &str) -> Result<Option<Date>, String> {
    parse_day_in(text, None)
}

/// As [`parse_day`], with the order of day and month where it is known: a date that can be read in both is read in this one.
pub(super) fn parse_day_in(text: &str, order: Option<DateOrder>) -> Result<Option<Date>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let day = match iso(text).or_else(|| rfc2822(text)).or_else(|| written(text)) {
        Some(day) => day,
        None => numeric(text, order)?,
    };
    if !(1800..=2100).contains(&day.year()) {
        return Err(format!("date `{text}`: the year is not between 1800 and 2100; the date was left out"));
    }
    Ok(Some(day))
}

/// The day of a date in a format of the user's (strftime, as `%d.%m.%y`); `None` where it is not in it.
pub(super) fn in_format(text: &str, format: &str) -> Option<Date> {
    let day = BrokenDownTime::parse(format, text.trim()).ok()?.to_date().ok()?;
    (1800..=2100).contains(&day.year()).then_some(day)
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

fn numeric(text: &str, order: Option<DateOrder>) -> Result<Date, String> {
    match (both_ways(text), order) {
        ((Some(month_first), Some(day_first)), None) if month_first != day_first => Err(format!(
            "date `{text}` can mean {month_first} or {day_first} and was left out; say which in a job file ([read] \
             date_order = \"day-first\" or \"month-first\"), or write dates as 2019-07-12"
        )),
        ((_, Some(day)), Some(DateOrder::DayFirst)) | ((Some(day), _) | (None, Some(day)), _) => Ok(day),
        ((None, None), _) => {
            Err(format!("date `{text}` was not understood and was left out; write it as 2019-07-12"))
        }
    }
}

/// The days that a date in numbers names with the month first and with the day first.
fn both_ways(text: &str) -> (Option<Date>, Option<Date>) {
    let days = MONTH_FIRST_AND_DAY_FIRST
        .map(|(month_first, day_first)| (day_at_start(month_first, text), day_at_start(day_first, text)));
    days.into_iter().find(|days| *days != (None, None)).unwrap_or_default()
}

/// What a date in numbers shows of the order of day and month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// It must have this order, as one of its numbers is no month.
    Order(DateOrder),
    /// It names one day in the one order and another day in the other.
    Either,
}

/// What a date shows of the order of day and month; `None` where it is not in numbers, or names one day in both orders.
pub(super) fn shown_order(text: &str) -> Option<Shown> {
    let text = text.trim();
    if iso(text).or_else(|| rfc2822(text)).or_else(|| written(text)).is_some() {
        return None;
    }
    match both_ways(text) {
        (Some(_), None) => Some(Shown::Order(DateOrder::MonthFirst)),
        (None, Some(_)) => Some(Shown::Order(DateOrder::DayFirst)),
        (Some(a), Some(b)) => (a != b).then_some(Shown::Either),
        (None, None) => None,
    }
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
    fn a_format_of_the_users_is_read() {
        for (text, format, day) in [
            ("19.07.12", "%y.%m.%d", Some(date(2019, 7, 12))),
            (" 12|07|2019 ", "%d|%m|%Y", Some(date(2019, 7, 12))),
            ("2019-07-12", "%d|%m|%Y", None),
            ("12|07|1019", "%d|%m|%Y", None),
        ] {
            assert_eq!(in_format(text, format), day, "{text}");
        }
    }

    #[test]
    fn the_order_of_day_and_month_is_seen_and_kept_to() {
        for (text, order) in [
            ("13/07/2019", Some(Shown::Order(DateOrder::DayFirst))),
            ("07/13/2019", Some(Shown::Order(DateOrder::MonthFirst))),
            ("7/13/19 14:00", Some(Shown::Order(DateOrder::MonthFirst))),
            ("07/12/2019", Some(Shown::Either)),
            ("07/07/2019", None),
            ("2019-07-13", None),
            ("13.07.2019", None),
            ("", None),
        ] {
            assert_eq!(shown_order(text), order, "{text}");
        }
        for (order, text, day) in [
            (DateOrder::DayFirst, "07/12/2019", date(2019, 12, 7)),
            (DateOrder::MonthFirst, "07/12/2019", date(2019, 7, 12)),
            (DateOrder::DayFirst, "07/13/2019", date(2019, 7, 13)),
            (DateOrder::MonthFirst, "13-07-2019", date(2019, 7, 13)),
        ] {
            assert_eq!(parse_day_in(text, Some(order)), Ok(Some(day)), "{text}");
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
