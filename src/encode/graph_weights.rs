use std::collections::HashMap;

use rten_onnx::onnx::{DataType, ModelProto, TensorProto};

use super::onnx_lengths::check_whole;

/// The weights of an ONNX file by name, without its graph.
pub(super) struct GraphWeights {
    tensors: HashMap<String, TensorProto>,
    inputs: Vec<String>,
    path: &'static str,
}

impl GraphWeights {
    /// Reads the bytes of the model's file `path`.
    pub(super) fn read(bytes: &[u8], path: &'static str) -> Result<Self, String> {
        check_whole(bytes, path)?;
        let model =
            ModelProto::parse_buf(bytes).map_err(|error| format!("{path} cannot be read: {error}"))?;
        let graph = model.graph.ok_or_else(|| format!("{path} holds no graph"))?;
        let named = |tensor: TensorProto| Some((tensor.name.clone()?, tensor));
        Ok(Self {
            tensors: graph.initializer.into_iter().filter_map(named).collect(),
            inputs: graph.input.into_iter().filter_map(|input| input.name).collect(),
            path,
        })
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.tensors.contains_key(name)
    }

    /// The layer whose states go in, as the input `token_states_LAYER` says.
    pub(super) fn layer_below(&self) -> Result<usize, String> {
        let layer = |name: &String| name.strip_prefix("token_states_")?.parse().ok();
        self.inputs
            .iter()
            .find_map(layer)
            .ok_or_else(|| format!("{} has no input `token_states_LAYER`", self.path))
    }

    /// Floats of this number.
    pub(super) fn floats(&self, name: &str, length: usize) -> Result<Vec<f32>, String> {
        let values = self.bytes(name, DataType::FLOAT, |bytes| {
            bytes.as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect::<Vec<f32>>()
        })?;
        if values.len() != length {
            return Err(format!("{}: `{name}` has {} values, not {length}", self.path, values.len()));
        }
        if let Some(value) = values.iter().find(|value| !value.is_finite()) {
            return Err(format!("{}: `{name}` holds {value}", self.path));
        }
        Ok(values)
    }

    /// Whole numbers.
    pub(super) fn integers(&self, name: &str) -> Result<Vec<i64>, String> {
        self.bytes(name, DataType::INT64, |bytes| {
            bytes.as_chunks().0.iter().map(|&bytes| i64::from_le_bytes(bytes)).collect()
        })
    }

    /// A matrix in 8 bits: its rows and columns, and the steps row by row.
    pub(super) fn steps(&self, name: &str) -> Result<(usize, usize, Vec<i8>), String> {
        let steps = self
            .bytes(name, DataType::INT8, |bytes| bytes.iter().map(|&byte| byte as i8).collect::<Vec<i8>>())?;
        let dims: Vec<usize> =
            self.tensors[name].dims.iter().filter_map(|&dim| usize::try_from(dim).ok()).collect();
        match dims.as_slice() {
            &[rows, columns] if rows.checked_mul(columns) == Some(steps.len()) && !steps.is_empty() => {
                Ok((rows, columns, steps))
            }
            _ => Err(format!("{}: `{name}` is no matrix of {} values", self.path, steps.len())),
        }
    }

    fn bytes<T>(&self, name: &str, kind: DataType, read: impl Fn(&[u8]) -> T) -> Result<T, String> {
        let missing = || format!("{} has no `{name}` of the kind that is expected", self.path);
        let tensor =
            self.tensors.get(name).filter(|tensor| tensor.data_type == Some(kind)).ok_or_else(missing)?;
        let bytes = tensor.raw_data.as_ref().ok_or_else(missing)?.borrow();
        Ok(read(&bytes))
    }
}
