//! Fills the columns of the table `outlets` that are of validation, and leaves every other byte as it is.

use std::ops::Range;
use std::path::Path;

use serde::Deserializer;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;

use super::tables::{as_in_article, table_fault};
use crate::error::Result;

/// What tells an estimate from the others.
const KEYS: [&str; 4] = ["outlet_a", "outlet_b", "measure", "voice"];

/// The columns that are filled.
const FILLED: [&str; 4] = ["corrected", "corrected_ci_low", "corrected_ci_high", "n_labelled"];

/// A row's key: `outlet_a`, `outlet_b`, `measure`, `voice`.
pub(super) type Key = [String; 4];

/// The file's bytes with the columns filled by what `cells` gives for a key: numbers, or nothing for an empty cell.
///
/// # Errors
/// [`Error::Table`](crate::Error::Table) where a column is missing or a row is broken.
pub(super) fn fill(
    path: &Path,
    bytes: &[u8],
    cells: &dyn Fn(&Key) -> [Option<String>; 4],
) -> Result<Vec<u8>> {
    let is_csv = path.extension().is_some_and(|ending| ending == "csv");
    if is_csv { fill_csv(path, bytes, cells) } else { fill_jsonl(path, bytes, cells) }
}

fn fault<T>(path: &Path, what: String) -> Result<T> {
    Err(table_fault(path, format!("{what}; run `parallax compare` again with this version")))
}

fn fill_csv(path: &Path, bytes: &[u8], cells: &dyn Fn(&Key) -> [Option<String>; 4]) -> Result<Vec<u8>> {
    let mut records = records(bytes).into_iter();
    let header = records.next().unwrap_or_default();
    let names: Vec<String> = header.iter().map(|field| unquoted(&bytes[field.clone()])).collect();
    let place = |column: &&str| match names.iter().position(|name| name == column) {
        Some(at) => Ok(at),
        None => fault(path, format!("column `{column}` is missing (found: {})", names.join(", "))),
    };
    let keys = KEYS.iter().map(place).collect::<Result<Vec<usize>>>()?;
    let filled = FILLED.iter().map(place).collect::<Result<Vec<usize>>>()?;
    let (mut whole, mut copied) = (Vec::with_capacity(bytes.len()), 0);
    for (row, fields) in records.enumerate() {
        if fields.len() != names.len() {
            return fault(path, format!("row {} has {} cells of {}", row + 1, fields.len(), names.len()));
        }
        let key = |at: usize| as_in_article(&unquoted(&bytes[fields[keys[at]].clone()])).to_owned();
        let values = cells(&[key(0), key(1), key(2), key(3)]);
        let mut places: Vec<(Range<usize>, String)> = filled
            .iter()
            .zip(values)
            .map(|(&at, value)| (fields[at].clone(), value.unwrap_or_default()))
            .collect();
        places.sort_by_key(|(range, _)| range.start);
        for (range, value) in places {
            whole.extend_from_slice(&bytes[copied..range.start]);
            whole.extend_from_slice(value.as_bytes());
            copied = range.end;
        }
    }
    whole.extend_from_slice(&bytes[copied..]);
    Ok(whole)
}

/// Where the fields of each record stand, quotation marks included (RFC 4180).
fn records(bytes: &[u8]) -> Vec<Vec<Range<usize>>> {
    let start_of_text = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let (mut records, mut fields) = (vec![], vec![]);
    let (mut start, mut in_quotes) = (start_of_text, false);
    for (at, &byte) in bytes.iter().enumerate().skip(start_of_text) {
        match byte {
            b'"' => in_quotes = !in_quotes,
            b',' if !in_quotes => {
                fields.push(start..at);
                start = at + 1;
            }
            b'\n' if !in_quotes => {
                let end = if at > start && bytes[at - 1] == b'\r' { at - 1 } else { at };
                fields.push(start..end);
                start = at + 1;
                records.push(std::mem::take(&mut fields));
            }
            _ => {}
        }
    }
    if start < bytes.len() || !fields.is_empty() {
        fields.push(start..bytes.len());
        records.push(fields);
    }
    records
}

fn unquoted(field: &[u8]) -> String {
    let text = String::from_utf8_lossy(field);
    match text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        Some(inner) => inner.replace("\"\"", "\""),
        None => text.into_owned(),
    }
}

fn fill_jsonl(path: &Path, bytes: &[u8], cells: &dyn Fn(&Key) -> [Option<String>; 4]) -> Result<Vec<u8>> {
    let mut whole = Vec::with_capacity(bytes.len());
    for (row, line) in bytes.split_inclusive(|&byte| byte == b'\n').enumerate() {
        let words = line.trim_ascii();
        if words.is_empty() {
            whole.extend_from_slice(line);
            continue;
        }
        let Ok(fields) = fields(words) else {
            return fault(path, format!("line {} is no JSON object", row + 1));
        };
        let key = |name: &str| match fields.iter().find(|(field, _)| field == name) {
            Some((_, value)) => {
                Ok(serde_json::from_str::<Option<String>>(value.get()).ok().flatten().unwrap_or_default())
            }
            None => fault(path, format!("line {}: field `{name}` is missing", row + 1)),
        };
        let values = cells(&[key(KEYS[0])?, key(KEYS[1])?, key(KEYS[2])?, key(KEYS[3])?]);
        FILLED.iter().try_for_each(|name| key(name).map(|_| ()))?;
        let filled =
            FILLED.iter().zip(values).map(|(name, value)| (*name, value.unwrap_or("null".to_owned())));
        let filled: Vec<(&str, String)> = filled.collect();
        whole.push(b'{');
        for (position, (name, value)) in fields.iter().enumerate() {
            let value =
                filled.iter().find(|(field, _)| field == name).map_or(value.get(), |(_, value)| value);
            let comma = if position > 0 { "," } else { "" };
            let name = serde_json::to_string(name).expect("a text can be written as JSON");
            whole.extend_from_slice(format!("{comma}{name}:{value}").as_bytes());
        }
        whole.push(b'}');
        whole.extend_from_slice(&line[line.trim_ascii_end().len()..]);
    }
    Ok(whole)
}

/// The fields of an object in their order, their values as they are written.
fn fields(line: &[u8]) -> serde_json::Result<Vec<(String, Box<RawValue>)>> {
    struct Fields;
    impl<'de> Visitor<'de> for Fields {
        type Value = Vec<(String, Box<RawValue>)>;

        fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut fields = vec![];
            while let Some(field) = map.next_entry()? {
                fields.push(field);
            }
            Ok(fields)
        }
    }
    serde_json::Deserializer::from_slice(line).deserialize_map(Fields)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HEADER: &str =
        "outlet_a,outlet_b,measure,voice,finding,corrected,corrected_ci_low,corrected_ci_high,n_labelled";

    fn numbers(key: &Key) -> [Option<String>; 4] {
        match key[0].as_str() {
            "Post, \"The\"" => ["0.5", "-0.1", "1.1", "12"].map(|number| Some(number.to_owned())),
            _ => [None, None, None, None],
        }
    }

    #[test]
    fn other_bytes_stay_as_they_are() {
        let before = format!(
            "{HEADER}\r\n\"Post, \"\"The\"\"\",Star,sentiment,narration,\"two\nlines\",,,,\r\nStar,,sentiment,narration,x,1,2,3,4"
        );
        let after = format!(
            "{HEADER}\r\n\"Post, \"\"The\"\"\",Star,sentiment,narration,\"two\nlines\",0.5,-0.1,1.1,12\r\nStar,,sentiment,narration,x,,,,"
        );
        let filled = fill(Path::new("outlets.csv"), before.as_bytes(), &numbers).unwrap();
        assert_eq!(String::from_utf8(filled.clone()).unwrap(), after);
        assert_eq!(fill(Path::new("outlets.csv"), &filled, &numbers).unwrap(), filled);
    }

    #[test]
    fn lines_of_json_keep_their_fields_and_numbers() {
        let row = |numbers: &str| {
            format!(
                "{{\"outlet_a\":\"Post, \\\"The\\\"\",\"outlet_b\":null,\"measure\":\"m\",\"voice\":\"all\",\"estimate\":0.10,{numbers},\"z\":\"\\u003c\"}}\n"
            )
        };
        let before = row(
            "\"corrected\":null,\"corrected_ci_low\":null,\"corrected_ci_high\":null,\"n_labelled\":null",
        );
        let after =
            row("\"corrected\":0.5,\"corrected_ci_low\":-0.1,\"corrected_ci_high\":1.1,\"n_labelled\":12");
        let filled = fill(Path::new("outlets.jsonl"), before.as_bytes(), &numbers).unwrap();
        assert_eq!(String::from_utf8(filled).unwrap(), after);
    }

    #[test]
    fn a_table_of_another_version_is_refused() {
        for (name, bytes) in [
            ("outlets.csv", "outlet_a,outlet_b\r\nx,y\r\n"),
            ("outlets.csv", ""),
            ("outlets.csv", &format!("{HEADER}\r\nx,y\r\n")),
            ("outlets.jsonl", "{\"outlet_a\":\"x\"}\n"),
            ("outlets.jsonl", "nothing\n"),
        ] {
            let error = fill(Path::new(name), bytes.as_bytes(), &numbers).unwrap_err().to_string();
            assert!(error.ends_with("run `parallax compare` again with this version"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn what_a_csv_writer_wrote_is_found_again(rows in prop::collection::vec(prop::collection::vec("(?s)[a,\"\r\n ]{0,6}", 3), 1..6)) {
            let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(vec![]);
            rows.iter().for_each(|row| writer.write_record(row).unwrap());
            let bytes = writer.into_inner().unwrap();
            let found: Vec<Vec<String>> = records(&bytes)
                .iter()
                .map(|fields| fields.iter().map(|field| unquoted(&bytes[field.clone()])).collect())
                .collect();
            prop_assert_eq!(found, rows);
        }
    }
}
