"""Sentences per second of onnxruntime on the float32 graph of the same model: the peer of `cargo bench --bench encode`.

    python benches/peer_onnxruntime.py MODEL_FOLDER [--threads 2]

The favourable case for the peer: the same batches of equal length, so that nothing is padded, and the pooled embedding
as the only output.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

BATCH_TOKENS = 1024


def batches(ids):
    order = sorted(range(len(ids)), key=lambda text: -len(ids[text]))
    batch = []
    for text in order:
        if batch and (len(ids[batch[0]]) != len(ids[text]) or (len(batch) + 1) * len(ids[text]) > BATCH_TOKENS):
            yield batch
            batch = []
        batch.append(text)
    yield batch


def encode(session, tokenizer, sentences):
    ids = [encoding.ids for encoding in tokenizer.encode_batch(sentences)]
    embeddings = np.zeros((len(sentences), 384), np.float32)
    for batch in batches(ids):
        inputs = {"input_ids": np.array([ids[text] for text in batch], np.int64)}
        embeddings[batch] = session.run(["sentence_embedding"], inputs)[0]
    return embeddings


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="folder with a float32 model.onnx and tokenizer.json")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = arguments.threads
    session = onnxruntime.InferenceSession(arguments.model / "model.onnx", options)
    tokenizer = Tokenizer.from_file(str(arguments.model / "tokenizer.json"))
    tokenizer.enable_truncation(256)
    sentences = (Path(__file__).parent / "sentences.txt").read_text(encoding="utf-8").splitlines()
    encode(session, tokenizer, sentences[:100])
    start = time.perf_counter()
    encode(session, tokenizer, sentences)
    print(f"onnxruntime {len(sentences) / (time.perf_counter() - start):.1f} sentences/s")


if __name__ == "__main__":
    main()
