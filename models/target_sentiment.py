"""Sentiment toward a target: a network on the token states of one layer of the frozen encoder.

    token_states_K  float [batch, tokens, 384]  the encoder's output of that name
    target          float [batch, tokens]       1 for the tokens of the target's mention, else 0
    logits          float [batch, 3]            negative, neutral, positive

A learned vector is added to the states of the target's tokens. The layers behind K, which begin as MiniLM's own, read the
marked states; the mean state of the target's tokens, next to the state of [CLS], gives the logits.
"""

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper
from torch import nn
from torch.nn import functional

from build_encoder import WIDTH, Graph, add_layer
from quantise import HEAD_WIDTH, HEADS, LAYER_NORM_EPSILON, LAYERS, quantise_rows

CLASSES = ["negative", "neutral", "positive"]


class TargetTail(nn.Module):
    """`tensors`: MiniLM's weights by name; `layer`: K, the layer whose states are the input."""

    def __init__(self, tensors, layer, dropout):
        super().__init__()
        self.layer, self.dropout = layer, dropout
        kept = [f"encoder.layer.{number}." for number in range(layer, LAYERS)]
        names = [name for name in tensors if name.startswith(tuple(kept))]
        # A ParameterDict takes no dots in its keys.
        self.weights = nn.ParameterDict({name.replace(".", "/"): nn.Parameter(torch.tensor(tensors[name])) for name in names})
        self.marker = nn.Parameter(torch.randn(WIDTH) * 0.1)
        self.output = nn.Linear(2 * WIDTH, len(CLASSES))

    def forward(self, states, target, mask):
        """`mask` [batch, tokens] is True for tokens and False for padding."""
        states = states + target.unsqueeze(2) * self.marker
        for layer in range(self.layer, LAYERS - 1):
            states = self.transformer_layer(states, states, mask, layer)
        places = first_and_target(target)
        asking = states.gather(1, places.unsqueeze(2).expand(-1, -1, WIDTH))
        states = self.transformer_layer(asking, states, mask, LAYERS - 1)
        pooled = torch.cat([masked_mean(states, target.gather(1, places)), states[:, 0]], dim=1)
        return self.output(self.drop(pooled))

    def transformer_layer(self, asking, states, mask, layer):
        """The new states of the tokens whose states are `asking`; they attend to all `states`."""
        base = f"encoder.layer.{layer}."
        split = lambda part: part.unflatten(2, (HEADS, HEAD_WIDTH)).transpose(1, 2)
        query = split(self.linear(asking, base + "attention.self.query"))
        key, value = (split(self.linear(states, base + "attention.self." + part)) for part in ("key", "value"))
        context = functional.scaled_dot_product_attention(query, key, value, mask[:, None, None, :])
        attended = self.linear(context.transpose(1, 2).flatten(2), base + "attention.output.dense")
        states = self.norm(self.drop(attended) + asking, base + "attention.output.LayerNorm")
        inner = functional.gelu(self.linear(states, base + "intermediate.dense"))
        return self.norm(self.drop(self.linear(inner, base + "output.dense")) + states, base + "output.LayerNorm")

    def drop(self, values):
        return functional.dropout(values, self.dropout, self.training)

    def linear(self, values, name):
        return functional.linear(values, *self.weight_and_bias(name))

    def norm(self, values, name):
        return functional.layer_norm(values, (WIDTH,), *self.weight_and_bias(name), LAYER_NORM_EPSILON)

    def weight_and_bias(self, name):
        return (self.weights[f"{name}.{part}".replace(".", "/")] for part in ("weight", "bias"))

    def parameter_layers(self):
        """[(parameters, their layer's number)]: the marker and the output count as the layer behind the last."""
        groups = [
            ([weight for name, weight in self.weights.items() if name.startswith(f"encoder/layer/{layer}/")], layer)
            for layer in range(self.layer, LAYERS)
        ]
        return groups + [([self.marker, *self.output.parameters()], LAYERS)]

    def tensors(self):
        named = {name.replace("/", "."): weight for name, weight in self.weights.items()}
        named |= {"marker": self.marker, "output.weight": self.output.weight, "output.bias": self.output.bias}
        return {name: weight.detach().numpy() for name, weight in named.items()}


class AttentionPooling(nn.Module):
    """For comparison: no layer of its own; an attention from the target's mean state over the frozen states."""

    def __init__(self, width=WIDTH, inner=128, dropout=0.3):
        super().__init__()
        self.dropout = dropout
        self.query, self.key = nn.Linear(width, inner), nn.Linear(width, inner)
        self.value, self.own = nn.Linear(width, inner), nn.Linear(2 * width, inner)
        self.output = nn.Linear(2 * inner, len(CLASSES))

    def forward(self, states, target, mask):
        states = functional.dropout(states, self.dropout, self.training)
        mean = masked_mean(states, target)
        scores = (self.key(states) @ self.query(mean).unsqueeze(2)).squeeze(2) / self.query.out_features**0.5
        shares = scores.masked_fill(~mask, -1e9).softmax(dim=1)
        seen = (shares.unsqueeze(1) @ self.value(states)).squeeze(1)
        own = self.own(torch.cat([mean, masked_mean(states, mask.float())], dim=1))
        return self.output(functional.dropout(torch.cat([seen, own], dim=1).relu(), self.dropout, self.training))

    def parameter_layers(self):
        return [(list(self.parameters()), LAYERS)]


def first_and_target(target):
    """Positions [batch, most] of [CLS] and the target's tokens; rows with fewer are filled with other tokens.

    Only these tokens' states are asked of the last layer, which spares most of its work in training.
    """
    chosen = target.index_fill(1, torch.tensor([0]), 1.0)
    return chosen.argsort(dim=1, descending=True, stable=True)[:, : int(chosen.sum(dim=1).max())]


def masked_mean(states, chosen):
    """Mean of the chosen tokens' states [batch, width]; zeros where none is chosen."""
    return (chosen.unsqueeze(1) @ states).squeeze(1) / chosen.sum(dim=1, keepdim=True).clamp(min=1)


def build_tail(tensors, layer, eight_bits=True):
    """The ONNX model; its metadata names the layer K. Matrices are rounded to 8 bits, one scale an output channel."""
    names = [name for name, weight in tensors.items() if weight.ndim == 2 and eight_bits]
    graph = Graph({name: quantise_rows(tensors[name]) for name in names})
    ints = lambda name, values: graph.constant(name, np.array(values, np.int64))
    constants = (
        ints("split_shape", [0, 0, HEADS, HEAD_WIDTH]),
        ints("merged_shape", [0, 0, WIDTH]),
        graph.constant("attention_scale", np.array(HEAD_WIDTH**-0.5, np.float32)),
    )
    token_axis = ints("token_axis", [1])
    marks = graph.add("Unsqueeze", ["target", ints("last_axis", [2])])
    state = graph.add("Add", [f"token_states_{layer}", graph.add("Mul", [marks, graph.constant("marker", tensors["marker"])])])
    for number in range(layer, LAYERS):
        state = add_layer(graph, state, number, tensors, constants)
    # A text may lose its target when it is cut: then the sum is divided by 1 and the target's mean is zeros.
    count = graph.add("Max", [graph.add("ReduceSum", ["target", token_axis], keepdims=1), graph.constant("one", np.array([1], np.float32))])
    target_sum = graph.add("ReduceSum", [graph.add("Mul", [state, marks]), token_axis], keepdims=0)
    first = graph.add("Squeeze", [graph.add("Gather", [state, ints("first", [0])], axis=1), token_axis])
    pooled = graph.add("Concat", [graph.add("Div", [target_sum, count]), first], axis=1)
    product = graph.add("MatMul", [pooled, graph.matrix("output.weight", tensors["output.weight"].T, 1)])
    graph.add("Add", [product, graph.constant("output.bias", tensors["output.bias"])], "logits")

    value = lambda name, shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
    inputs = [value(f"token_states_{layer}", ["batch", "tokens", WIDTH]), value("target", ["batch", "tokens"])]
    outputs = [value("logits", ["batch", len(CLASSES)])]
    onnx_graph = helper.make_graph(graph.nodes, "target-sentiment", inputs, outputs, graph.initialisers)
    model = helper.make_model(onnx_graph, opset_imports=[helper.make_opsetid("", 20)], producer_name="parallax", ir_version=9)
    helper.set_model_props(model, {"task": "target_sentiment", "classes": ",".join(CLASSES), "layer": str(layer)})
    onnx.checker.check_model(model, full_check=True)
    return model
