//! A JSONL file: an object on each line, with an article in it.

use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::value::RawValue;

use crate::error::{Error, Result};
use crate::records::Origin;

use super::decode::Decoded;
use super::draft::{Draft, Drafts};
use super::find::Source;
use super::options::{ReadOptions, Role, same_name};

/// Adds each line that is not blank to `drafts`. Its row is its line, so that an editor finds it.
///
/// # Errors
/// [`Error::Table`] for a file that holds one JSON list.
pub(super) fn read(
    source: &Source,
    file: &Decoded,
    options: &ReadOptions,
    drafts: &mut Drafts,
) -> Result<()> {
    if file.text.trim_start().starts_with('[') {
        let message =
            "it holds one JSON list; put each object on a line of its own (`jq -c '.[]'` does)".to_owned();
        return Err(Error::Table { path: source.path.clone(), message });
    }
    if source.is_stdin() && !file.text.trim_start().starts_with('{') && !file.text.trim().is_empty() {
        let message =
            "standard input is read as JSONL, an object on each line; give any other format as a file"
                .to_owned();
        return Err(Error::Table { path: source.path.clone(), message });
    }
    for (number, line) in (1..).zip(file.text.split('\n')) {
        if line.trim().is_empty() {
            continue;
        }
        let origin = Origin { file: source.name.clone(), row: Some(number) };
        match parse(line).and_then(|object| draft(origin.clone(), object, options)) {
            Ok(draft) => drafts.push(draft.warn_of_encoding(file), &source.stem()),
            Err(reason) => drafts.reject(origin, reason),
        }
    }
    Ok(())
}

/// The fields of a line as they stand there, so that a number has all its digits and one damaged field costs itself alone.
type Object = BTreeMap<String, Box<RawValue>>;

fn parse(line: &str) -> std::result::Result<Object, String> {
    serde_json::from_str(line).map_err(|error| {
        // serde_json counts lines from the start of what it was given, which is one line.
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or_default();
        format!("column {}: is not a JSON object: {message}; write one whole object a line", error.column())
    })
}

fn draft(origin: Origin, object: Object, options: &ReadOptions) -> std::result::Result<Draft, String> {
    let mut fields = Fields { object, warnings: Vec::new() };
    Ok(Draft {
        origin,
        id: fields.take(Role::Id, options)?.unwrap_or_default(),
        outlet: fields.take(Role::Outlet, options)?.unwrap_or_default(),
        headline: fields.take(Role::Headline, options)?.unwrap_or_default(),
        body: fields.take(Role::Text, options)?.unwrap_or_default(),
        url: fields.take(Role::Url, options)?.unwrap_or_default(),
        date: fields.take(Role::Date, options)?.unwrap_or_default(),
        groups: fields
            .object
            .into_iter()
            .map(|(name, value)| (name, group_text(&value)))
            .collect::<BTreeMap<_, _>>(),
        warnings: fields.warnings,
        is_of_page: false,
    })
}

/// An object whose fields are taken out one by one; what stays is for the groups.
struct Fields {
    object: Object,
    warnings: Vec<String>,
}

impl Fields {
    /// The field for `role` as text; `None` where the object has none or it is null.
    fn take(&mut self, role: Role, options: &ReadOptions) -> std::result::Result<Option<String>, String> {
        let names = options.names(role);
        let Some(key) = names.iter().find_map(|name| self.key(name)) else {
            let option = role.option();
            let mend = format!(
                "add it, or name the field that holds it with `[read] {option} = \"...\"` in a job file"
            );
            return if role.is_needed() {
                Err(format!("field `{option}` is missing; {mend}"))
            } else {
                Ok(None)
            };
        };
        let value = self.object.remove(&key).expect("it was just found");
        let raw = value.get();
        match text_of(raw) {
            Some(text) => Ok(Some(text)),
            None if is_number(raw) && role != Role::Text => Ok(Some(raw.to_owned())),
            _ if role.is_needed() || role == Role::Id => {
                Err(format!("field `{key}` is not text; write it as a string"))
            }
            _ => {
                self.warnings.push(format!("field `{key}` is not text and was left out"));
                Ok(None)
            }
        }
    }

    /// The object's own spelling of `name`, where its value is not null.
    fn key(&self, name: &str) -> Option<String> {
        let mut fields = self.object.iter();
        let found = fields.find(|(key, value)| same_name(key, name) && value.get() != "null");
        found.map(|(key, _)| key.clone())
    }
}

/// The text of a JSON string; `None` for another value, and for a string that holds half a character.
fn text_of(raw: &str) -> Option<String> {
    serde_json::from_str(raw).ok()
}

fn is_number(raw: &str) -> bool {
    raw.starts_with(|char: char| char == '-' || char.is_ascii_digit())
}

/// A group is text: a string as it is, nothing for null, a number as it stands there, any other value as compact JSON.
fn group_text(value: &RawValue) -> String {
    let raw = value.get();
    if is_number(raw) {
        return raw.to_owned();
    }
    match serde_json::from_str(raw) {
        Ok(Value::String(text)) => text,
        Ok(Value::Null) => String::new(),
        Ok(other) => other.to_string(),
        Err(_) => raw.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft_of(line: &str) -> std::result::Result<Draft, String> {
        let origin = Origin { file: "a.jsonl".into(), row: Some(7) };
        draft(origin, parse(line)?, &ReadOptions::default())
    }

    #[test]
    fn fields_are_found_by_their_usual_names() {
        let line = r#"{"body": null, "text": "Words.", "Source": "Post", "id": 12, "topics": ["a", {"b": 1}],
            "title": "T", "bias": 1.5, "seen": null, "link": "http://x"}"#;
        let draft = draft_of(line).expect("a draft");
        assert_eq!((&*draft.id, &*draft.outlet, &*draft.body), ("12", "Post", "Words."));
        assert_eq!((&*draft.headline, &*draft.url, &*draft.date), ("T", "http://x", ""));
        let groups: Vec<_> = draft.groups.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(groups, ["bias=1.5", "body=", "seen=", r#"topics=["a",{"b":1}]"#]);
    }

    #[test]
    fn numbers_keep_their_digits_and_a_damaged_field_costs_itself() {
        let line = r#"{"text": "Words.", "outlet": "Post", "id": 12345678901234567890123, "big": 1e400, "half": "\ud800"}"#;
        let draft = draft_of(line).expect("a draft");
        assert_eq!(draft.id, "12345678901234567890123");
        assert_eq!((&*draft.groups["big"], &*draft.groups["half"]), ("1e400", r#""\ud800""#));
        let reason = draft_of(r#"{"text": "Half \ud800", "outlet": "Post"}"#).err().expect("a reason");
        assert!(reason.contains("field `text` is not text"), "{reason}");
    }

    #[test]
    fn lines_that_hold_no_article() {
        struct Case {
            line: &'static str,
            reason: &'static str,
        }
        let cases = [
            Case { line: r#"{"text": "a""#, reason: "column 12: is not a JSON object: EOF while parsing" },
            Case { line: "words", reason: "column 1: is not a JSON object: expected value" },
            Case { line: "3", reason: "is not a JSON object: invalid type: integer" },
            Case { line: r#"{"outlet": "Post"}"#, reason: "field `text` is missing" },
            Case { line: r#"{"text": "Words."}"#, reason: "field `outlet` is missing" },
            Case { line: r#"{"text": ["Words."], "outlet": "Post"}"#, reason: "field `text` is not text" },
            Case { line: r#"{"text": 5, "outlet": "Post"}"#, reason: "field `text` is not text" },
            Case { line: r#"{"text": "W.", "source": {"name": "P"}}"#, reason: "field `source` is not text" },
        ];
        for case in cases {
            let reason = draft_of(case.line).err().expect("a reason");
            assert!(reason.contains(case.reason), "{reason}");
        }
    }

    #[test]
    fn an_optional_field_that_is_not_text_costs_only_itself() {
        let draft = draft_of(r#"{"text": "Words.", "outlet": "Post", "url": {"a": 1}}"#).expect("a draft");
        assert_eq!(draft.url, "");
        assert_eq!(draft.warnings, ["field `url` is not text and was left out"]);
    }
}
