use std::borrow::Cow;

use serde::{Serialize, Serializer};

/// One field of a table.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    /// Nothing: an empty CSV field, `null` in JSON.
    Empty,
    /// Words, from an article or from us.
    Text(String),
    /// A count, an offset, an index.
    Integer(usize),
    /// A figure, written with four decimals at most.
    Figure(f64),
    /// `true` or `false`.
    Flag(bool),
}

impl Cell {
    /// The CSV field: figures rounded, words made safe for spreadsheets.
    pub(super) fn to_csv(&self) -> Cow<'_, str> {
        match self {
            Cell::Empty => Cow::Borrowed(""),
            Cell::Text(text) => safe_for_spreadsheets(text),
            Cell::Integer(value) => Cow::Owned(value.to_string()),
            Cell::Figure(value) => Cow::Owned(rounded(*value).to_string()),
            Cell::Flag(value) => Cow::Borrowed(if *value { "true" } else { "false" }),
        }
    }
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Cell::Empty => serializer.serialize_none(),
            Cell::Text(text) => serializer.serialize_str(text),
            Cell::Integer(value) => serializer.serialize_u64(*value as u64),
            Cell::Figure(value) => serializer.serialize_f64(rounded(*value)),
            Cell::Flag(value) => serializer.serialize_bool(*value),
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        if text.is_empty() { Cell::Empty } else { Cell::Text(text.to_owned()) }
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        if text.is_empty() { Cell::Empty } else { Cell::Text(text) }
    }
}

impl From<usize> for Cell {
    fn from(value: usize) -> Self {
        Cell::Integer(value)
    }
}

impl From<f32> for Cell {
    fn from(value: f32) -> Self {
        Cell::Figure(f64::from(value))
    }
}

impl From<bool> for Cell {
    fn from(value: bool) -> Self {
        Cell::Flag(value)
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Cell::Empty, Into::into)
    }
}

/// Four decimals are more than any measure here can claim, and hide the last bits in which machines may differ. The
/// sum turns -0 into 0.
fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4 + 0.0
}

/// Puts an apostrophe before words that a spreadsheet would take for a formula (OWASP, "CSV Injection"). To undo it,
/// drop one leading apostrophe where what follows the apostrophes is one of `= + - @`, a tab or a carriage return.
pub(crate) fn safe_for_spreadsheets(text: &str) -> Cow<'_, str> {
    if text.parse::<f64>().is_ok() {
        // "-0.5" is a number to a spreadsheet, not a formula.
        return Cow::Borrowed(text);
    }
    if text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'])
    {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_article_can_run_in_a_spreadsheet() {
        for (text, field) in [
            ("=HYPERLINK(\"x\")", "'=HYPERLINK(\"x\")"),
            ("-1+2", "'-1+2"),
            ("-0.5", "-0.5"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\tx", "'\tx"),
            ("'=1", "''=1"),
            ("plain", "plain"),
            ("'tis", "'tis"),
        ] {
            assert_eq!(Cell::from(text).to_csv(), field);
        }
    }

    #[test]
    fn figures_have_four_decimals_and_no_negative_zero() {
        for (value, field) in [(0.123_456, "0.1235"), (-0.000_01, "0"), (1.0, "1"), (-0.5, "-0.5")] {
            assert_eq!(Cell::Figure(value).to_csv(), field);
        }
    }
}
