//! The lengths in an ONNX file, looked at before rten reads it: for one of nearly 2^64 it goes back and reads the same field for ever, and a
//! graph within a graph within a graph, many thousands deep, can exhaust the stack.

/// Messages of Protocol Buffers in an ONNX file that others are in.
/// <https://github.com/onnx/onnx/blob/main/onnx/onnx.proto> has their fields.
#[derive(Debug, Clone, Copy)]
enum Message {
    Model,
    Graph,
    Node,
    Attribute,
    Tensor,
    Value,
    Type,
    TensorType,
    Sequence,
    Shape,
    /// One without others inside.
    Plain,
}

impl Message {
    /// The message that a field holds; `None` for text, bytes and numbers.
    fn inside(self, field: u64) -> Option<Self> {
        Some(match (self, field) {
            (Message::Model, 7) | (Message::Attribute, 6) => Message::Graph,
            (Message::Graph, 1) => Message::Node,
            (Message::Graph, 5) | (Message::Attribute, 5) => Message::Tensor,
            (Message::Graph, 11..=13) => Message::Value,
            (Message::Node, 5) => Message::Attribute,
            (Message::Value, 2) | (Message::Sequence, 1) => Message::Type,
            (Message::Type, 1) => Message::TensorType,
            (Message::Type, 4) => Message::Sequence,
            (Message::TensorType, 2) => Message::Shape,
            (Message::Model, 8 | 14) | (Message::Tensor, 13) | (Message::Shape, 1) => Message::Plain,
            _ => return None,
        })
    }
}

/// Messages inside one another, at most. A graph in a branch of a graph takes three.
const MOST_DEPTH: usize = 64;

/// Refuses the ONNX file `path` of a model where a field of it, or of a message inside, does not end where it lies in.
pub(super) fn check_whole(bytes: &[u8], path: &str) -> Result<(), String> {
    if is_whole(bytes) {
        return Ok(());
    }
    Err(format!("{path} is damaged, or no ONNX graph; fetch or export it again"))
}

fn is_whole(bytes: &[u8]) -> bool {
    check(Message::Model, bytes, MOST_DEPTH).is_some()
}

/// `None` where a field goes beyond the message.
fn check(message: Message, bytes: &[u8], depth: usize) -> Option<()> {
    let mut rest = bytes;
    while !rest.is_empty() {
        let (key, value) = varint(rest)?;
        rest = match key & 7 {
            0 => varint(value)?.1,
            1 => value.get(8..)?,
            2 => {
                let (length, value) = varint(value)?;
                let (content, behind) = value.split_at_checked(usize::try_from(length).ok()?)?;
                if let Some(inside) = message.inside(key >> 3) {
                    check(inside, content, depth.checked_sub(1)?)?;
                }
                behind
            }
            5 => value.get(4..)?,
            _ => return None,
        };
    }
    Some(())
}

/// The number that the bytes begin with, seven bits a byte, the lowest first; and what stands behind it.
fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let length = 1 + bytes.iter().take(10).position(|byte| byte & 0x80 == 0)?;
    let (digits, rest) = bytes.split_at(length);
    let number = digits.iter().rev().fold(0_u64, |number, byte| (number << 7) | u64::from(byte & 0x7f));
    Some((number, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A length of 2^64 - 1.
    const ENDLESS: [u8; 10] = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];

    #[test]
    fn fields_end_where_they_lie_in() {
        struct Case {
            bytes: Vec<u8>,
            is_whole: bool,
        }
        let endless = |before: &[u8]| [before, &ENDLESS].concat();
        let cases = [
            Case { bytes: vec![], is_whole: true },
            // A version, and a producer's name.
            Case { bytes: b"\x08\x08\x12\x03abc".to_vec(), is_whole: true },
            // Fields of 8 and 4 bytes.
            Case { bytes: b"\x0912345678\x0d1234".to_vec(), is_whole: true },
            // A graph with a node with a name; then one whose name, and one whose node, ends behind it.
            Case { bytes: b"\x3a\x05\x0a\x03\x1a\x01a".to_vec(), is_whole: true },
            Case { bytes: b"\x3a\x05\x0a\x03\x1a\x02ab".to_vec(), is_whole: false },
            Case { bytes: b"\x3a\x05\x0a\x04\x1a\x01ab".to_vec(), is_whole: false },
            // The name of a producer may be any bytes.
            Case { bytes: b"\x12\x03\x0a\x7f\x7f".to_vec(), is_whole: true },
            Case { bytes: b"\x12\x04abc".to_vec(), is_whole: false },
            Case { bytes: b"\x0b".to_vec(), is_whole: false },
            Case { bytes: b"\x08\xff".to_vec(), is_whole: false },
            // Lengths that are below 0 to whoever takes them for a number with a sign, in the file, in its graph and in a node.
            Case { bytes: endless(b"\x12"), is_whole: false },
            Case { bytes: endless(b"\x3a\x0b\x12"), is_whole: false },
            Case { bytes: endless(b"\x3a\x0d\x0a\x0b\x1a"), is_whole: false },
        ];
        for case in cases {
            assert_eq!(is_whole(&case.bytes), case.is_whole, "{:?}", case.bytes);
        }
    }

    #[test]
    fn graphs_within_graphs_have_a_bound() {
        // The type of a sequence of sequences, with lengths of two bytes.
        let field = |tag: u8, content: Vec<u8>| {
            let length = [content.len() as u8 & 0x7f | 0x80, (content.len() >> 7) as u8];
            [vec![tag], length.to_vec(), content].concat()
        };
        let nested = |n: usize| {
            let of_type = (0..n).fold(vec![], |inner, _| field(0x22, field(0x0a, inner)));
            field(0x3a, field(0x5a, field(0x12, of_type)))
        };
        assert!(is_whole(&nested(30)));
        assert!(!is_whole(&nested(31)));
    }

    #[test]
    fn the_graphs_of_the_model_are_whole() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        for path in [
            "models/parallax-en/model.onnx",
            "models/parallax-en/heads/pair.onnx",
            "tests/golden/tiny_export.onnx",
        ] {
            let bytes = std::fs::read(folder.join(path)).unwrap();
            assert!(is_whole(&bytes), "{path}");
            assert!(!is_whole(&bytes[..bytes.len() - 1]), "{path}");
        }
    }
}
