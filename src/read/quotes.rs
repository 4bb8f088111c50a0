//! Faults in the quoting of a CSV record.
//!
//! The `csv` crate reads on where RFC 4180 is broken, and so one quote too many can join rows without a word. This
//! looks at the raw bytes of a record after the crate has found its ends.

/// A quote that stands where RFC 4180 allows none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fault {
    pub kind: FaultKind,
    /// Byte offset into the record of the quote that opens the field, or of the stray quote in a plain field.
    pub offset: usize,
}

/// Kinds of fault, from harmless to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum FaultKind {
    /// A quote inside a field that does not begin with one: `5" nails`.
    InPlainField,
    /// Words after a closing quote, all on one line: `"Fire" at mill`.
    ClosedEarly,
    /// The same where the quoted part holds a newline: rows may have been joined.
    ClosedEarlyAcrossLines,
    /// The quoted field runs to the end of the file.
    NeverClosed,
}

/// The worst fault of a record, the first of its kind; `None` where the quoting is sound.
pub(super) fn worst_fault(record: &[u8], delimiter: u8) -> Option<Fault> {
    let mut worst: Option<Fault> = None;
    // The newline after a record is at times left to the next one.
    let mut start = record.iter().position(|byte| !is_newline(*byte)).unwrap_or(record.len());
    while start < record.len() {
        let (end, fault) = scan_field(record, start, delimiter);
        if fault.is_some_and(|fault| worst.is_none_or(|worst| fault.kind > worst.kind)) {
            worst = fault;
        }
        start = end + 1;
    }
    worst
}

/// The end of the field that begins at `start`, and its fault.
fn scan_field(record: &[u8], start: usize, delimiter: u8) -> (usize, Option<Fault>) {
    let fault = |kind, offset| Some(Fault { kind, offset });
    if record[start] != b'"' {
        let end = find(record, start, |byte| byte == delimiter);
        let stray = find(&record[..end], start, |byte| byte == b'"');
        return (end, if stray < end { fault(FaultKind::InPlainField, stray) } else { None });
    }
    let Some(closed) = after_closing_quote(record, start + 1) else {
        return (record.len(), fault(FaultKind::NeverClosed, start));
    };
    let end = find(record, closed, |byte| byte == delimiter);
    if closed == record.len() || record[closed] == delimiter || is_newline(record[closed]) {
        return (end, None);
    }
    let across_lines = record[start..closed].iter().any(|byte| is_newline(*byte));
    let kind = if across_lines { FaultKind::ClosedEarlyAcrossLines } else { FaultKind::ClosedEarly };
    (end, fault(kind, start))
}

/// The offset just past the quote that closes a field; two quotes in a row stand for one inside it.
fn after_closing_quote(record: &[u8], mut from: usize) -> Option<usize> {
    loop {
        let quote = find(record, from, |byte| byte == b'"');
        match record.get(quote + 1) {
            Some(b'"') => from = quote + 2,
            _ => return (quote < record.len()).then_some(quote + 1),
        }
    }
}

/// The first offset at or after `from` whose byte is wanted, or the length.
fn find(bytes: &[u8], from: usize, wanted: impl Fn(u8) -> bool) -> usize {
    bytes[from..].iter().position(|byte| wanted(*byte)).map_or(bytes.len(), |offset| from + offset)
}

fn is_newline(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn faults() {
        use FaultKind::*;
        struct Case {
            record: &'static str,
            fault: Option<(FaultKind, usize)>,
        }
        let cases = [
            Case { record: "", fault: None },
            Case { record: "a,b,c\n", fault: None },
            Case { record: "\n\"a\",\"b\nc\",\"\"\r\n", fault: None },
            Case { record: "\"say \"\"so\"\"\",x", fault: None },
            Case { record: "a,5\" nails", fault: Some((InPlainField, 3)) },
            Case { record: "a,\"Fire\" at mill,b", fault: Some((ClosedEarly, 2)) },
            Case { record: "a,\"b\nc,\"d\",e", fault: Some((ClosedEarlyAcrossLines, 2)) },
            Case { record: "a,\"b\nc,d\n", fault: Some((NeverClosed, 2)) },
            Case { record: "\"", fault: Some((NeverClosed, 0)) },
            Case { record: "x\"y,\"b\"c,\"open", fault: Some((NeverClosed, 9)) },
            Case { record: "\"a\"\"", fault: Some((NeverClosed, 0)) },
        ];
        for case in cases {
            let fault = worst_fault(case.record.as_bytes(), b',').map(|fault| (fault.kind, fault.offset));
            assert_eq!(fault, case.fault, "{:?}", case.record);
        }
    }

    proptest! {
        #[test]
        fn what_the_csv_crate_writes_is_sound(fields in prop::collection::vec("[a\",\r\n é]*", 1..5)) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(&fields).expect("written to memory");
            let record = writer.into_inner().expect("flushed to memory");
            prop_assert_eq!(worst_fault(&record, b','), None);
        }

        #[test]
        fn any_bytes_are_scanned(record in any::<Vec<u8>>()) {
            let _ = worst_fault(&record, b',');
        }
    }
}
