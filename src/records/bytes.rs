//! How arrays of numbers are written: as one run of bytes, which is read back at once and not number by number.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserializer, Serializer};

/// Bytes that a format lends or hands over.
struct Bytes;

impl<'de> Visitor<'de> for Bytes {
    type Value = Cow<'de, [u8]>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("bytes")
    }

    fn visit_borrowed_bytes<E: Error>(self, bytes: &'de [u8]) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(bytes))
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Self::Value, E> {
        Ok(Cow::Owned(bytes.to_vec()))
    }

    fn visit_byte_buf<E: Error>(self, bytes: Vec<u8>) -> Result<Self::Value, E> {
        Ok(Cow::Owned(bytes))
    }

    // Formats without bytes, such as JSON, have lists.
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut bytes = vec![];
        while let Some(byte) = list.next_element()? {
            bytes.push(byte);
        }
        Ok(Cow::Owned(bytes))
    }
}

/// A `Vec<f32>`: four bytes a number, the lowest first, so that every bit comes back.
pub(super) mod floats {
    use super::*;

    pub(in crate::records) fn serialize<S: Serializer>(
        values: &[f32],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        serializer.serialize_bytes(&bytes)
    }

    pub(in crate::records) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<f32>, D::Error> {
        let bytes = deserializer.deserialize_bytes(Bytes)?;
        let (numbers, rest) = bytes.as_chunks::<4>();
        match rest {
            [] => Ok(numbers.iter().map(|number| f32::from_le_bytes(*number)).collect()),
            _ => Err(D::Error::custom("the numbers end in the middle of one")),
        }
    }
}

/// An `Array2<i8>`: the numbers of its rows and columns in four bytes each, the lowest first, then a byte a number, row by row.
pub(super) mod matrix {
    use ndarray::Array2;

    use super::*;

    pub(in crate::records) fn serialize<S: Serializer>(
        matrix: &Array2<i8>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let size = |n: usize| u32::try_from(n).expect("no side has four billion numbers").to_le_bytes();
        let (rows, columns) = matrix.dim();
        let values = matrix.iter().map(|value| value.cast_unsigned());
        let bytes: Vec<u8> = size(rows).into_iter().chain(size(columns)).chain(values).collect();
        serializer.serialize_bytes(&bytes)
    }

    pub(in crate::records) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Array2<i8>, D::Error> {
        let bytes = deserializer.deserialize_bytes(Bytes)?;
        let parts = bytes.split_first_chunk::<4>();
        let parts = parts.and_then(|(rows, rest)| Some((rows, rest.split_first_chunk::<4>()?)));
        let (rows, (columns, values)) =
            parts.ok_or_else(|| D::Error::custom("the number of rows and columns is missing"))?;
        let size = |bytes: &[u8; 4]| u32::from_le_bytes(*bytes) as usize;
        let values: Vec<i8> = values.iter().map(|value| value.cast_signed()).collect();
        Array2::from_shape_vec((size(rows), size(columns)), values)
            .map_err(|_| D::Error::custom("the numbers do not fill the rows"))
    }
}
