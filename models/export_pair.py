"""Writes the pair network as ONNX, its matrices in 8 bits, and reads it again.

    token_states_LAYER  float [1, tokens, 384]   the states of both sentences, one behind the other
    marks               float [1, tokens, 4]     pair_marks.marks
    side                float [1, tokens]        0 for the first sentence, 1 for the second
    logits              float [1, 3]
"""

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from build_encoder import Graph, add_layer
from encoder import with_float32_weights
from pair_marks import MARKS
from pair_network import OUTPUTS, PARTS, WIDTH
from quantise import HEADS, HEAD_WIDTH, quantise_rows

AWAY = -2.0  # what a new layer adds to the attention of a token to those of the other sentence


def export(network, layer, path):
    weights = {name: tensor.detach().numpy() for name, tensor in network.state_dict().items()}
    tensors = {
        f"encoder.layer.{number}.{place}.{part}": weights[f"layers.{number}.{name}.{part}"]
        for number in range(len(network.layers))
        for name, place in PARTS.items()
        for part in ("weight", "bias")
    }
    matrices = {name: quantise_rows(tensor) for name, tensor in tensors.items() if tensor.ndim == 2}
    matrices |= {"hidden.weight": quantise_rows(weights["hidden.weight"])}
    onnx.save(make_model(make_graph(weights, tensors, matrices, layer, len(network.layers)), layer), path)
    print(f"{path}: {path.stat().st_size} bytes")


def restore(network, path):
    """Gives the network the weights of a file that `export` wrote.

    Where the network has more layers, the file's are the last ones. Those before them stay as they are, and hardly see the other sentence at first.
    """
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in with_float32_weights(onnx.load(path)).graph.initializer}
    tensor = lambda name: torch.from_numpy(np.array(stored[name], np.float32))
    matrix = lambda name: tensor(name).T
    state = {"output.weight": tensor("output.weight").T, "output.bias": tensor("output.bias"), "marks.weight": tensor("marks.weight").T}
    state |= {"hidden.weight": matrix("hidden.weight"), "hidden.bias": tensor("hidden.bias")}
    new = len(network.layers) - sum(name.startswith("other.") for name in stored)
    for number in range(new):
        state |= {f"layers.{number}.{name}": value for name, value in network.layers[number].state_dict().items()}
        state[f"layers.{number}.other"] = torch.full((HEADS,), AWAY)
    for number in range(new, len(network.layers)):
        state[f"layers.{number}.other"] = tensor(f"other.{number - new}").flatten()
        for name, place in PARTS.items():
            part, is_norm = f"encoder.layer.{number - new}.{place}", name.endswith("norm")
            state[f"layers.{number}.{name}.weight"] = tensor(f"{part}.gamma") if is_norm else matrix(f"{part}.weight")
            state[f"layers.{number}.{name}.bias"] = tensor(f"{part}.beta" if is_norm else f"{part}.bias")
    network.load_state_dict(state)


def make_graph(weights, tensors, matrices, layer, n_layers):
    graph = Graph(matrices)
    ints = lambda name, values: graph.constant(name, np.array(values, np.int64))
    constants = (
        ints("split_shape", [0, 0, HEADS, HEAD_WIDTH]),
        ints("merged_shape", [0, 0, WIDTH]),
        graph.constant("attention_scale", np.array(HEAD_WIDTH**-0.5, np.float32)),
    )
    marked = graph.add("MatMul", ["marks", graph.constant("marks.weight", weights["marks.weight"].T)])
    state = graph.add("Add", [f"token_states_{layer}", marked])
    # 1 for two tokens of different sentences: float [1, 1, tokens, tokens].
    row, column = (graph.add("Unsqueeze", ["side", ints(name, axes)]) for name, axes in (("rows", [1, 2]), ("columns", [1, 3])))
    other = graph.add("Abs", [graph.add("Sub", [row, column])])
    for number in range(n_layers):
        liking = graph.constant(f"other.{number}", weights[f"layers.{number}.other"].reshape(1, HEADS, 1, 1))
        state = add_layer(graph, state, number, tensors, constants, bias=graph.add("Mul", [other, liking]))
    of_b = graph.add("Unsqueeze", ["side", ints("last", [2])])
    of_a = graph.add("Sub", [graph.constant("one", np.array(1.0, np.float32)), of_b])
    token_axis = ints("token_axis", [1])
    total = lambda value: graph.add("ReduceSum", [value, token_axis], keepdims=1)
    # The first token of the second sentence stands behind all of the first one's. rten's ArgMax gives the last of equal values.
    first_of_b = graph.add("Cast", [graph.add("Reshape", [total(of_a), ints("single", [1])])], to=TensorProto.INT64)
    firsts = [graph.add("Gather", [state, place], axis=1) for place in (ints("first_of_a", [0]), first_of_b)]
    means = [graph.add("Div", [total(graph.add("Mul", [state, of])), total(of)]) for of in (of_a, of_b)]
    read = [
        part
        for a, b in (firsts, means)
        for part in (graph.add("Add", [a, b]), graph.add("Abs", [graph.add("Sub", [a, b])]))
    ]
    joined = graph.add("Reshape", [graph.add("Concat", read, axis=2), ints("flat", [1, 4 * WIDTH])])
    hidden = graph.add("Gelu", [graph.linear(joined, "hidden", weights["hidden.weight"], weights["hidden.bias"])])
    product = graph.add("MatMul", [hidden, graph.constant("output.weight", weights["output.weight"].T)])
    graph.add("Add", [product, graph.constant("output.bias", weights["output.bias"])], "logits")
    return graph


def make_model(graph, layer):
    value = lambda name, shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
    inputs = [value(f"token_states_{layer}", [1, "tokens", WIDTH]), value("marks", [1, "tokens", MARKS]), value("side", [1, "tokens"])]
    onnx_graph = helper.make_graph(graph.nodes, "pair", inputs, [value("logits", [1, OUTPUTS])], graph.initialisers)
    model = helper.make_model(onnx_graph, opset_imports=[helper.make_opsetid("", 20)], producer_name="parallax", ir_version=9)
    onnx.checker.check_model(model, full_check=True)
    return model
