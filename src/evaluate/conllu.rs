//! Treebanks in CoNLL-U (<https://universaldependencies.org/format.html>) as labelled rows, a sentence each.

use std::io::Read;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::rows::{Row, Rows, unpacked};
use crate::encode::sha256_of;
use crate::error::{Error, Result};
use crate::platform::{MOST_OF_DATA, read_file};
use crate::records::Span;

/// A syntactic word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// Bytes of the sentence. Words that are written as one and do not spell it share its bytes.
    pub span: Span,
    pub upos: String,
    pub features: String,
    /// Position of the head in the sentence, from 0; `None` for the root.
    pub head: Option<usize>,
    pub relation: String,
    /// Heads and relations of the enhanced graph; the basic one where the file has no other.
    pub enhanced: Vec<(usize, String)>,
}

/// The sentences of a treebank: rows with `doc_id` (of the last `# newdoc`), `text` and `tokens`, the token lines.
///
/// # Errors
/// [`Error::Read`] where the file cannot be read, [`Error::Labelled`] where it is no CoNLL-U.
pub(super) fn read(path: &Path) -> Result<Rows> {
    let refuse = |line: usize, message: &str| Error::Labelled {
        path: path.to_owned(),
        line: Some(line),
        message: message.to_owned(),
    };
    let packed =
        read_file(path, MOST_OF_DATA).map_err(|source| Error::Read { path: path.to_owned(), source })?;
    let mut file = String::new();
    unpacked(&packed)
        .read_to_string(&mut file)
        .map_err(|error| refuse(1, &format!("{error}; give a treebank in CoNLL-U, plain or gzipped")))?;
    let (mut document, mut text, mut tokens, mut rows) = (String::new(), None, vec![], vec![]);
    for (line, number) in file.lines().chain([""]).zip(1..) {
        if let Some(id) = line.strip_prefix("# newdoc id = ") {
            document = id.trim().to_owned();
        } else if let Some(of_sentence) = line.strip_prefix("# text = ") {
            text = Some(of_sentence.to_owned());
        } else if !line.is_empty() && !line.starts_with('#') {
            tokens.push(Value::String(line.to_owned()));
        }
        if line.is_empty() && !tokens.is_empty() {
            let text = text.take().ok_or_else(|| refuse(number, "a sentence has no `# text = `"))?;
            let mut fields = Map::new();
            fields.insert("doc_id".to_owned(), json!(document));
            fields.insert("text".to_owned(), json!(text));
            fields.insert("tokens".to_owned(), Value::Array(std::mem::take(&mut tokens)));
            rows.push(Row { line: number, fields });
        }
    }
    if rows.is_empty() {
        return Err(refuse(1, "holds no sentences; give a treebank in CoNLL-U"));
    }
    Ok(Rows { path: path.to_owned(), sha256: sha256_of(&packed), rows, rejected: vec![] })
}

/// The tokens of a sentence, from its text and its lines.
pub(super) fn tokens(rows: &Rows, row: usize) -> Result<Vec<Token>> {
    let text = rows.text(row, "text")?;
    let lines = rows.list(row, "tokens")?.iter().map(|line| line.as_str().unwrap_or_default());
    let mut reader = Reader { text, at: 0, written: None };
    let mut tokens = vec![];
    for line in lines {
        let token = reader.read(line).map_err(|message| rows.fault(row, format!("`{line}`: {message}")))?;
        tokens.extend(token);
    }
    let n = tokens.len();
    let is_inside = |token: &Token| {
        token.head.iter().chain(token.enhanced.iter().map(|(head, _)| head)).all(|&head| head < n)
    };
    match tokens.iter().all(is_inside) {
        true => Ok(tokens),
        false => Err(rows.fault(row, "a head is no token of the sentence".to_owned())),
    }
}

struct Reader<'text> {
    text: &'text str,
    /// Where the next token starts, or blanks before it.
    at: usize,
    /// Of words that are written as one: the bytes of that one, where its next word starts, and how many are left.
    written: Option<(Span, usize, usize)>,
}

impl Reader<'_> {
    /// The token of a line; `None` for an empty node and for the line of several words written as one.
    fn read(&mut self, line: &str) -> Result<Option<Token>, String> {
        let columns: Vec<&str> = line.split('\t').collect();
        let &[id, form, _, upos, _, features, head, relation, enhanced, _] = columns.as_slice() else {
            return Err(format!("has {} columns, not 10", columns.len()));
        };
        if id.contains('.') {
            return Ok(None);
        }
        if let Some((first, last)) = id.split_once('-') {
            let span = self.next(form)?;
            let number = |id: &str| id.parse::<usize>().map_err(|_| format!("`{id}` is no number"));
            let n = (number(last)? + 1).saturating_sub(number(first)?);
            self.written = Some((span, span.start, n)).filter(|_| n > 0);
            return Ok(None);
        }
        let span = match self.written.take() {
            Some((whole, at, left)) => {
                let spells = self.text[at..whole.end].starts_with(form);
                let span = if spells { Span::new(at, at + form.len()) } else { whole };
                self.written = Some((whole, span.end, left - 1)).filter(|_| left > 1);
                span
            }
            None => self.next(form)?,
        };
        let position = |id: &str| -> Result<Option<usize>, String> {
            let number: usize = id.parse().map_err(|_| format!("`{id}` is no number"))?;
            Ok(number.checked_sub(1))
        };
        let head = position(head)?;
        let edges = enhanced.split('|').filter_map(|edge| {
            let (head, relation) = edge.split_once(':')?;
            Some((position(head).ok()??, relation.to_owned()))
        });
        let mut enhanced: Vec<(usize, String)> = edges.collect();
        if enhanced.is_empty() {
            enhanced.extend(head.map(|head| (head, relation.to_owned())));
        }
        let (upos, features) = (upos.to_owned(), features.to_owned());
        Ok(Some(Token { span, upos, features, head, relation: relation.to_owned(), enhanced }))
    }

    /// The bytes of what is written next.
    fn next(&mut self, form: &str) -> Result<Span, String> {
        let rest = &self.text[self.at..];
        let start = self.at + (rest.len() - rest.trim_start().len());
        if !self.text[start..].starts_with(form) {
            return Err(format!("`{form}` does not stand in the text behind the token before it"));
        }
        self.at = start + form.len();
        Ok(Span::new(start, self.at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<Rows> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.conllu");
        std::fs::write(&path, text).unwrap();
        read(&path)
    }

    fn line(id: &str, form: &str, head: &str, relation: &str, enhanced: &str) -> String {
        format!("{id}\t{form}\t_\tVERB\t_\t_\t{head}\t{relation}\t{enhanced}\t_\n")
    }

    #[test]
    fn tokens_stand_where_they_are_written() {
        let lines = [
            line("1-2", "Don't", "_", "_", "_"),
            line("1", "Do", "3", "aux", "_"),
            line("2", "n't", "3", "advmod", "3:advmod|5.1:advmod"),
            line("3", "go", "0", "root", "0:root"),
            line("4-5", "au", "_", "_", "_"),
            line("4", "à", "3", "case", "_"),
            line("5", "le", "3", "det", "_"),
            line("5.1", "gone", "_", "_", "3:conj"),
        ];
        let rows =
            read_text(&format!("# newdoc id = a\n# text = Don't  go au\n{}\n", lines.concat())).unwrap();
        let tokens = tokens(&rows, 0).unwrap();
        let text = rows.text(0, "text").unwrap();
        let found: Vec<&str> = tokens.iter().map(|token| token.span.slice(text)).collect();
        assert_eq!(found, ["Do", "n't", "go", "au", "au"]);
        assert_eq!(tokens[0].enhanced, [(2, "aux".to_owned())]);
        assert_eq!(tokens[1].enhanced, [(2, "advmod".to_owned())]);
        assert_eq!((tokens[2].head, tokens[2].enhanced.len()), (None, 0));
    }

    #[test]
    fn what_is_no_treebank_is_refused_with_its_line() {
        let text = "# text = Go\n";
        for (treebank, message) in [
            (String::new(), "no sentences"),
            (format!("{}\n", line("1", "Go", "0", "root", "_")), "# text"),
            (format!("{text}1\tGo\n"), "2 columns"),
            (format!("{text}{}", line("1", "Gone", "0", "root", "_")), "does not stand"),
            (format!("{text}{}", line("1", "Go", "x", "root", "_")), "no number"),
            (format!("{text}{}", line("1", "Go", "7", "root", "_")), "no token"),
            (format!("{text}{}{}", line("1-9", "Go", "_", "_", "_"), line("1", "Go", "0", "root", "_")), ""),
        ] {
            let read = read_text(&treebank).and_then(|rows| tokens(&rows, 0));
            match (read, message) {
                (Ok(tokens), "") => assert_eq!(tokens.len(), 1),
                (read, message) => {
                    let found = read.unwrap_err().to_string();
                    assert!(found.contains(message), "{found}");
                }
            }
        }
    }
}
