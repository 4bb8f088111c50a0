//! Dates that cannot be right beside those of the other articles.

use jiff::civil::Date;

use crate::records::Article;

/// A date further than this from that of every other article is taken for a slip, in years.
const ALONE_YEARS: i16 = 20;

/// What software writes where it knows no date: the first day of its own count.
fn is_placeholder(day: Date) -> bool {
    day.month() == 1 && day.day() == 1 && matches!(day.year(), 1900 | 1970 | 1980)
}

/// Leaves out dates that stand alone, decades from all others, where at least two articles agree on another time; and the
/// placeholders of software (1970-01-01 and the like) where no real date is near. The article gets a warning.
pub(super) fn leave_out_implausible_dates(articles: &mut [Article]) {
    let days: Vec<Date> = articles.iter().filter_map(|article| article.date_published).collect();
    for article in articles {
        let Some(day) = article.date_published.filter(|&day| is_implausible(day, &days)) else { continue };
        article.date_published = None;
        article.warnings.push(format!(
            "date `{day}`: no other article is dated within {ALONE_YEARS} years; the date was left out"
        ));
    }
}

/// `days` holds `day` itself.
fn is_implausible(day: Date, days: &[Date]) -> bool {
    let is_near = |a: Date, b: Date| (a.year() - b.year()).abs() <= ALONE_YEARS;
    if is_placeholder(day) {
        return !days.iter().any(|&other| is_near(day, other) && !is_placeholder(other));
    }
    let others: Vec<Date> = days.iter().copied().filter(|&other| !is_near(day, other)).collect();
    let is_alone = others.len() + 1 == days.len();
    is_alone && others.iter().enumerate().any(|(i, &a)| others[i + 1..].iter().any(|&b| is_near(a, b)))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn dates_that_stand_alone() {
        let (july, august, slip) = (date(2019, 7, 12), date(2020, 8, 1), date(1919, 7, 12));
        let (epoch, seventies) = (date(1970, 1, 1), date(1971, 3, 4));
        struct Case {
            day: Date,
            others: &'static [Date],
            is_implausible: bool,
        }
        let case = |day, others: &[Date], is_implausible| Case {
            day,
            others: others.to_vec().leak(),
            is_implausible,
        };
        let cases = [
            case(july, &[], false),
            case(july, &[august], false),
            case(july, &[slip], false),
            case(july, &[august, slip], false),
            case(slip, &[july], false),
            case(slip, &[july, august], true),
            case(slip, &[july, august, slip], false),
            case(epoch, &[july], true),
            case(epoch, &[], true),
            case(epoch, &[epoch, july, august], true),
            case(epoch, &[seventies], false),
        ];
        for case in cases {
            let days = [&[case.day], case.others].concat();
            assert_eq!(is_implausible(case.day, &days), case.is_implausible, "{days:?}");
        }
    }
}
