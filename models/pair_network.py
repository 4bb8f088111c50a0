"""The network that reads two sentences together: layers of all-MiniLM-L6-v2 above `layer`, over the token states of both.

The two sentences stand behind one another. No state says which is the first: a token only tells those of its own sentence from
those of the other, by a learned number per head that is added to its attention. What is read of the last layer is symmetric as
well, so the order of a pair does not matter. Outputs are log-odds: that the two share a proposition, that they mainly say the
same, that they cannot both be true.
"""

import numpy as np
import torch
import torch.nn.functional as functional
from torch import nn

from pair_marks import MARKS, marks
from quantise import HEADS, HEAD_WIDTH, LAYER_NORM_EPSILON, LAYERS

WIDTH = HEADS * HEAD_WIDTH
OUTPUTS = 3
DROPOUT = 0.1
PARTS = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "attended": "attention.output.dense",
    "attended_norm": "attention.output.LayerNorm",
    "inner": "intermediate.dense",
    "outer": "output.dense",
    "outer_norm": "output.LayerNorm",
}


class Layer(nn.Module):
    def __init__(self, tensors, number):
        super().__init__()
        shapes = {"inner": (WIDTH, 4 * WIDTH), "outer": (4 * WIDTH, WIDTH)}
        for name, path in PARTS.items():
            is_norm = name.endswith("norm")
            module = nn.LayerNorm(WIDTH, eps=LAYER_NORM_EPSILON) if is_norm else nn.Linear(*shapes.get(name, (WIDTH, WIDTH)))
            for part in ("weight", "bias"):
                getattr(module, part).data.copy_(torch.from_numpy(tensors[f"encoder.layer.{number}.{path}.{part}"]))
            setattr(self, name, module)
        # Half of the heads begin with a liking for the other sentence.
        self.other = nn.Parameter(torch.tensor([0.0] * (HEADS // 2) + [1.5] * (HEADS // 2)))

    def forward(self, states, mask, other):
        batch, tokens, _ = states.shape
        split = lambda value: value.view(batch, tokens, HEADS, HEAD_WIDTH).transpose(1, 2)
        bias = mask + other * self.other.view(1, HEADS, 1, 1)
        heads = split(self.query(states)), split(self.key(states)), split(self.value(states))
        merged = functional.scaled_dot_product_attention(*heads, attn_mask=bias).transpose(1, 2).reshape(batch, tokens, WIDTH)
        states = self.attended_norm(states + functional.dropout(self.attended(merged), DROPOUT, self.training))
        outer = self.outer(functional.gelu(self.inner(states)))
        return self.outer_norm(states + functional.dropout(outer, DROPOUT, self.training))


class PairNetwork(nn.Module):
    def __init__(self, tensors, layer):
        super().__init__()
        self.layers = nn.ModuleList(Layer(tensors, number) for number in range(layer, LAYERS))
        self.marks = nn.Linear(MARKS, WIDTH, bias=False)
        nn.init.zeros_(self.marks.weight)
        self.hidden, self.output = nn.Linear(4 * WIDTH, WIDTH), nn.Linear(WIDTH, OUTPUTS)

    def forward(self, states, marks, side, valid):
        """float [pairs, tokens, WIDTH], float [pairs, tokens, MARKS], int [pairs, tokens] of 0 and 1, bool [pairs, tokens]."""
        states = states + self.marks(marks)
        mask = torch.where(valid, 0.0, -1e4)[:, None, None, :]
        other = (side[:, :, None] != side[:, None, :]).float()[:, None]
        for layer in self.layers:
            states = layer(states, mask, other)
        of_a, of_b = (valid & (side == 0)).float(), (valid & (side == 1)).float()
        mean = lambda of: (states * of[..., None]).sum(1) / of.sum(1, keepdim=True)
        firsts = states[:, 0], states[torch.arange(len(states)), of_a.sum(1).long()]
        means = mean(of_a), mean(of_b)
        read = torch.cat([part for a, b in (firsts, means) for part in (a + b, (a - b).abs())], 1)
        drop = lambda value: functional.dropout(value, DROPOUT, self.training)
        return self.output(drop(functional.gelu(self.hidden(drop(read)))))


class Inputs:
    """Batches for the network, from the tokens and the states of every sentence."""

    def __init__(self, ids, states, idf):
        self.ids, self.states, self.idf = ids, states, idf

    def length(self, pair):
        return sum(len(self.ids[sentence]) for sentence in pair)

    def batch(self, pairs):
        longest = max(map(self.length, pairs))
        states = np.zeros((len(pairs), longest, WIDTH), np.float32)
        marked = np.zeros((len(pairs), longest, MARKS), np.float32)
        side, valid = np.zeros((len(pairs), longest), np.int64), np.zeros((len(pairs), longest), bool)
        for row, (a, b) in enumerate(pairs):
            n_a, n = len(self.ids[a]), self.length((a, b))
            states[row, :n_a], states[row, n_a:n] = self.states[a], self.states[b]
            marked[row, :n_a], marked[row, n_a:n] = self.marks(a, b), self.marks(b, a)
            side[row, n_a:], valid[row, :n] = 1, True
        return tuple(map(torch.from_numpy, (states, marked, side, valid)))

    def marks(self, sentence, other):
        return marks(self.ids[sentence], self.ids[other], self.idf)

    def scores(self, network, pairs, size=64):
        """float32 [pairs, OUTPUTS]."""
        network.eval()
        result = np.zeros((len(pairs), OUTPUTS), np.float32)
        order = sorted(range(len(pairs)), key=lambda row: self.length(pairs[row]))
        with torch.inference_mode():
            for start in range(0, len(order), size):
                rows = order[start : start + size]
                result[rows] = network(*self.batch([pairs[row] for row in rows])).numpy()
        return result
