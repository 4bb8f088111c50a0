use std::borrow::Cow;

use serde::{Deserialize, Serialize, Serializer};

/// One field of a table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
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
    /// The CSV field: figures rounded, words in quotation marks and made safe for spreadsheets. A field without quotation marks would be cut
    /// at a semicolon where a spreadsheet takes that for what lies between fields.
    pub(super) fn to_csv(&self) -> Cow<'_, str> {
        match self {
            Cell::Empty => Cow::Borrowed(""),
            Cell::Text(text) => {
                Cow::Owned(format!("\"{}\"", safe_for_spreadsheets(text).replace('"', "\"\"")))
            }
            Cell::Integer(value) => Cow::Owned(value.to_string()),
            Cell::Figure(value) => Cow::Owned(rounded(*value).to_string()),
            Cell::Flag(value) => Cow::Borrowed(if *value { "true" } else { "false" }),
        }
    }
}

impl Cell {
    /// The words; `None` where it is empty, as of all that follow.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Cell::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The count, offset or index.
    pub(super) fn integer(&self) -> Option<i64> {
        match self {
            Cell::Integer(value) => i64::try_from(*value).ok(),
            _ => None,
        }
    }

    /// The figure with four decimals.
    pub(super) fn figure(&self) -> Option<f64> {
        match self {
            Cell::Figure(value) => Some(rounded(*value)),
            _ => None,
        }
    }

    /// True or false.
    pub(super) fn flag(&self) -> Option<bool> {
        match self {
            Cell::Flag(value) => Some(*value),
            _ => None,
        }
    }
}

impl Cell {
    /// The cell of a column that stands as `text` in a file; `None` where that is not of the column's kind.
    pub(super) fn of_text(text: &str, kind: Kind) -> Option<Self> {
        match kind {
            _ if text.is_empty() => Some(Cell::Empty),
            Kind::Text => Some(Cell::Text(text.to_owned())),
            Kind::Integer => text.parse().ok().map(Cell::Integer),
            Kind::Number => text.parse().ok().map(Cell::Figure),
            Kind::Boolean => text.parse().ok().map(Cell::Flag),
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

/// What the cells of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Words.
    Text,
    /// A count, an offset, an index: 0 or more.
    Integer,
    /// A figure with at most four decimals.
    Number,
    /// `true` or `false`.
    Boolean,
}

impl Kind {
    /// The name in `run.json` and in the documents.
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::Integer => "integer",
            Kind::Number => "number",
            Kind::Boolean => "boolean",
        }
    }
}

/// What a column's cells are made of: its type says what the column is.
pub(crate) trait Value {
    /// What the cells are.
    const KIND: Kind;
    /// True where a cell may be empty.
    const MAY_BE_EMPTY: bool = false;

    /// The cell.
    fn into_cell(self) -> Cell;
}

impl Value for &str {
    const KIND: Kind = Kind::Text;

    fn into_cell(self) -> Cell {
        if self.is_empty() { Cell::Empty } else { Cell::Text(self.to_owned()) }
    }
}

impl Value for String {
    const KIND: Kind = Kind::Text;

    fn into_cell(self) -> Cell {
        if self.is_empty() { Cell::Empty } else { Cell::Text(self) }
    }
}

impl Value for usize {
    const KIND: Kind = Kind::Integer;

    fn into_cell(self) -> Cell {
        Cell::Integer(self)
    }
}

impl Value for f32 {
    const KIND: Kind = Kind::Number;

    fn into_cell(self) -> Cell {
        Cell::Figure(f64::from(self))
    }
}

impl Value for f64 {
    const KIND: Kind = Kind::Number;

    fn into_cell(self) -> Cell {
        Cell::Figure(self)
    }
}

impl Value for bool {
    const KIND: Kind = Kind::Boolean;

    fn into_cell(self) -> Cell {
        Cell::Flag(self)
    }
}

impl<T: Value> Value for Option<T> {
    const KIND: Kind = T::KIND;
    const MAY_BE_EMPTY: bool = true;

    fn into_cell(self) -> Cell {
        self.map_or(Cell::Empty, T::into_cell)
    }
}

/// Four decimals are more than any measure here can claim, and hide the last bits in which machines may differ. The
/// sum turns -0 into 0.
fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4 + 0.0
}

/// Puts an apostrophe before words that a spreadsheet would take for a formula (OWASP, "CSV Injection"). To undo it,
/// drop one leading apostrophe where what follows the apostrophes is one of `= + - @`, a tab, a carriage return or a line feed.
pub(crate) fn safe_for_spreadsheets(text: &str) -> Cow<'_, str> {
    if text.parse::<f64>().is_ok() {
        // "-0.5" is a number to a spreadsheet, not a formula.
        return Cow::Borrowed(text);
    }
    if begins_formula(text.trim_start_matches('\'')) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Takes away the apostrophe that [`safe_for_spreadsheets`] puts before a cell.
pub(crate) fn as_in_article(cell: &str) -> &str {
    let words = cell.trim_start_matches('\'');
    if words.len() < cell.len() && begins_formula(words) { &cell[1..] } else { cell }
}

fn begins_formula(words: &str) -> bool {
    words.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_article_can_run_in_a_spreadsheet() {
        for (text, field) in [
            ("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""),
            ("-1+2", "\"'-1+2\""),
            ("-0.5", "\"-0.5\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("\tx", "\"'\tx\""),
            ("\n=1", "\"'\n=1\""),
            ("'=1", "\"''=1\""),
            ("plain", "\"plain\""),
            ("a;=1", "\"a;=1\""),
            ("'tis", "\"'tis\""),
        ] {
            assert_eq!(text.into_cell().to_csv(), field);
        }
    }

    #[test]
    fn a_guarded_cell_is_read_as_it_stood_in_the_article() {
        for (cell, text) in [
            ("'=1", "=1"),
            ("''=1", "'=1"),
            ("'tis", "'tis"),
            ("=1", "=1"),
            ("", ""),
            ("'", "'"),
            ("'-x", "-x"),
        ] {
            assert_eq!(as_in_article(cell), text);
        }
    }

    #[test]
    fn figures_have_four_decimals_and_no_negative_zero() {
        for (value, field) in [(0.123_456, "0.1235"), (-0.000_01, "0"), (1.0, "1"), (-0.5, "-0.5")] {
            assert_eq!(Cell::Figure(value).to_csv(), field);
        }
    }
}
