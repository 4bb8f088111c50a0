"""Runs model.onnx and heads/target_sentiment.onnx in Python with the same figures as the Rust engine.

onnxruntime may compute a DequantizeLinear and the product behind it with fewer bits than float32, so the weights are
written out in float32 before the graph is loaded.
"""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper
from tokenizers import Tokenizer

MAX_TOKENS = 256  # [CLS] and [SEP] included
MAX_BATCH_TOKENS = 1024


class Encoder:
    def __init__(self, folder: Path):
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.enable_truncation(MAX_TOKENS)
        model = with_float32_weights(onnx.load(folder / "model.onnx"))
        self.session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])

    def token_ids(self, texts):
        return [encoding.ids for encoding in self.tokenizer.encode_batch(texts)]

    def embeddings(self, texts):
        """float32 [texts, 384], each of length 1."""
        return self.run(texts, ["sentence_embedding"], lambda outputs: outputs[0], (384,))

    def layer_means(self, texts, layers):
        """Mean of the token states, [CLS] and [SEP] included: float32 [texts, layers, 384]."""
        mean = lambda outputs: np.stack([states.mean(axis=1) for states in outputs], axis=1)
        return self.run(texts, [f"token_states_{layer}" for layer in layers], mean, (len(layers), 384))

    def token_states(self, ids, layer):
        """The states of one layer: float32 [tokens, 384] for each row of token ids."""
        result = [None] * len(ids)
        for rows in equal_length_batches(ids):
            batch = np.array([ids[row] for row in rows], np.int64)
            for row, states in zip(rows, self.session.run([f"token_states_{layer}"], {"input_ids": batch})[0]):
                result[row] = states
        return result

    def run(self, texts, outputs, reduce, shape):
        ids = self.token_ids(texts)
        result = np.zeros((len(texts), *shape), np.float32)
        for rows in equal_length_batches(ids):
            batch = np.array([ids[row] for row in rows], np.int64)
            result[rows] = reduce(self.session.run(outputs, {"input_ids": batch}))
        return result


class TargetHead:
    def __init__(self, path: Path):
        model = onnx.load(path)
        self.layer = int(next(entry.value for entry in model.metadata_props if entry.key == "layer"))
        self.session = onnxruntime.InferenceSession(with_float32_weights(model).SerializeToString(), providers=["CPUExecutionProvider"])

    def logits(self, encoder, rows):
        """`rows`: (text, start, end), where `text[start:end]` is the target; float32 [rows, 3]."""
        encodings = encoder.tokenizer.encode_batch([text for text, _, _ in rows])
        states = encoder.token_states([encoding.ids for encoding in encodings], self.layer)
        result = np.zeros((len(rows), 3), np.float32)
        for row, (encoding, (_, start, end)) in enumerate(zip(encodings, rows)):
            inputs = {f"token_states_{self.layer}": states[row][None], "target": target_marks(encoding, start, end)[None]}
            result[row] = self.session.run(["logits"], inputs)[0][0]
        return result


def target_marks(encoding, start, end):
    """1 for the tokens that share a character with the target, else 0: float32 [tokens]."""
    return np.array([left < end and right > start for left, right in encoding.offsets], np.float32)


def with_float32_weights(model):
    graph = model.graph
    stored = {tensor.name: tensor for tensor in graph.initializer}
    for node in [node for node in graph.node if node.op_type == "DequantizeLinear"]:
        steps, scales = (numpy_helper.to_array(stored[name]) for name in node.input)
        scales = scales[:, None] if node.attribute[0].i == 0 else scales[None, :]
        graph.initializer.append(numpy_helper.from_array(steps.astype(np.float32) * scales, node.output[0]))
        graph.node.remove(node)
        for name in node.input:
            graph.initializer.remove(stored[name])
    return model


def equal_length_batches(ids):
    """Row numbers of texts with the same number of tokens, at most MAX_BATCH_TOKENS together."""
    batches = []
    for row in sorted(range(len(ids)), key=lambda row: len(ids[row])):
        last = batches[-1] if batches else None
        if last and len(ids[last[0]]) == len(ids[row]) and (len(last) + 1) * len(ids[row]) <= MAX_BATCH_TOKENS:
            last.append(row)
        else:
            batches.append([row])
    return batches
