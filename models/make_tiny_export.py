"""Writes tests/golden/tiny_export.onnx: a graph with the inputs and the output of the usual export of a transformer, for the
test that such a graph is pooled by us. Each token's state is a row of a table: its id, then ones.

    python models/make_tiny_export.py
"""

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper, save

WORDS, WIDTH = 8, 8
INPUTS = ["input_ids", "attention_mask", "token_type_ids"]


def main():
    table = np.ones((WORDS, WIDTH), np.float32)
    table[:, 0] = np.arange(WORDS)
    initialisers = [numpy_helper.from_array(table, "table"), numpy_helper.from_array(np.array([2], np.int64), "last_axis")]
    nodes = [
        helper.make_node("Add", ["input_ids", "token_type_ids"], ["rows"]),
        helper.make_node("Gather", ["table", "rows"], ["states"]),
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "last_axis"], ["wide_mask"]),
        helper.make_node("Mul", ["states", "wide_mask"], ["last_hidden_state"]),
    ]
    shape = ["batch", "tokens"]
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name in INPUTS]
    outputs = [helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, [*shape, WIDTH])]
    graph = helper.make_graph(nodes, "tiny", inputs, outputs, initialisers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], producer_name="parallax", ir_version=9)
    checker.check_model(model, full_check=True)
    save(model, "tests/golden/tiny_export.onnx")


if __name__ == "__main__":
    main()
