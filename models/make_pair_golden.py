"""Writes tests/golden/pairs.json: what the pair network gives for 60 pairs of sentences of tests/golden/sentences.txt.

    python models/make_pair_golden.py

The graph is run by onnxruntime on the states that onnxruntime gives.
"""

import json

import numpy as np
import onnx
import onnxruntime
from safetensors.numpy import load_file

from encoder import Encoder, with_float32_weights
from make_golden import GOLDEN
from pair_marks import MAX_TOKENS, marks
from train_sentiment import MODEL

PAIRS = 60


def main():
    texts = (GOLDEN / "sentences.txt").read_text(encoding="utf-8").splitlines()[: 2 * PAIRS]
    model = onnx.load(MODEL / "heads" / "pair.onnx")
    states_name = next(value.name for value in model.graph.input if value.name.startswith("token_states_"))
    session = onnxruntime.InferenceSession(with_float32_weights(model).SerializeToString(), providers=["CPUExecutionProvider"])
    encoder, idf = Encoder(MODEL), load_file(MODEL / "heads" / "idf.safetensors")["idf"]
    encoder.tokenizer.enable_truncation(MAX_TOKENS)
    ids = [np.array(row) for row in encoder.token_ids(texts)]
    states = encoder.token_states(ids, int(states_name.removeprefix("token_states_")))
    rows = []
    for a in range(0, len(texts), 2):
        b = a + 1
        of_both = np.concatenate([marks(ids[a], ids[b], idf), marks(ids[b], ids[a], idf)])
        side = np.repeat(np.float32([0, 1]), [len(ids[a]), len(ids[b])])
        inputs = {states_name: np.concatenate([states[a], states[b]])[None], "marks": of_both[None], "side": side[None]}
        logits = session.run(["logits"], inputs)[0][0]
        rows.append({"a": texts[a], "b": texts[b], "logits": [round(float(value), 5) for value in logits]})
    (GOLDEN / "pairs.json").write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
