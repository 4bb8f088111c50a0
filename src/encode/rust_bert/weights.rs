use std::collections::HashMap;
use std::io::Cursor;
use std::sync::Mutex;

use safetensors::{Dtype, SafeTensors};
use tch::{Kind, Tensor, nn};

/// The tensors of a file by name, in 32 bits.
pub(super) struct Weights {
    tensors: Mutex<HashMap<String, Tensor>>,
    file: &'static str,
}

impl Weights {
    /// Reads `model.safetensors`.
    pub(super) fn from_safetensors(bytes: &[u8]) -> Result<Self, String> {
        const FILE: &str = "model.safetensors";
        let views = SafeTensors::deserialize(bytes).map_err(|error| format!("{FILE}: {error}"))?;
        let tensor = |(name, view): (String, safetensors::tensor::TensorView<'_>)| {
            let kind = match view.dtype() {
                Dtype::F32 => Kind::Float,
                Dtype::F16 => Kind::Half,
                Dtype::BF16 => Kind::BFloat16,
                _ => return None, // positions, which are counted here
            };
            let size: Vec<i64> = view.shape().iter().map(|&length| length as i64).collect();
            let tensor = Tensor::f_from_data_size(view.data(), &size, kind);
            Some(tensor.map(|tensor| (name, tensor.to_kind(Kind::Float))))
        };
        let tensors: Result<HashMap<_, _>, _> = views.tensors().into_iter().filter_map(tensor).collect();
        let tensors = tensors.map_err(|error| format!("{FILE}: {error}"))?;
        Ok(Self { tensors: Mutex::new(tensors), file: FILE })
    }

    /// Reads `rust_model.ot`, the format that rust-bert's own converter writes.
    pub(super) fn from_ot(bytes: &[u8]) -> Result<Self, String> {
        const FILE: &str = "rust_model.ot";
        let tensors = Tensor::load_multi_from_stream(Cursor::new(bytes))
            .map_err(|error| format!("{FILE} cannot be read: {}", first_line(&error)))?;
        let tensors = tensors.into_iter().map(|(name, tensor)| (name, tensor.to_kind(Kind::Float)));
        Ok(Self { tensors: Mutex::new(tensors.collect()), file: FILE })
    }

    /// Gives each variable of the store the tensor of its name, with or without `bert.` before it. The tensor is shared,
    /// not copied.
    pub(super) fn fill(&self, store: &mut nn::VarStore) -> Result<(), String> {
        let (tensors, file) = (self.tensors.lock().expect("no worker panics"), self.file);
        let mut variables: Vec<(String, Tensor)> = store.variables().into_iter().collect();
        variables.sort_by(|a, b| a.0.cmp(&b.0)); // the same one is named each time
        store.freeze();
        for (name, mut variable) in variables {
            let tensor = tensors.get(&name).or_else(|| tensors.get(&format!("bert.{name}")));
            let tensor = tensor.ok_or_else(|| format!("{file} has no `{name}`"))?;
            if tensor.size() != variable.size() {
                let (found, wanted) = (tensor.size(), variable.size());
                return Err(format!(
                    "{file}: `{name}` has the shape {found:?}, config.json asks for {wanted:?}"
                ));
            }
            variable.set_data(tensor);
        }
        Ok(())
    }
}

/// libtorch's messages end with pages of addresses.
fn first_line(error: &tch::TchError) -> String {
    error.to_string().lines().next().unwrap_or("").to_owned()
}
