"""Sentences per second of onnxruntime on the float32 graph of the same model: the peer of `cargo bench --bench encode`.

    python benches/peer_onnxruntime.py MODEL_FOLDER [--threads 2] [--int8]

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


def quantised(path):
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(path, path.with_name("int8.onnx"), weight_type=QuantType.QInt8)
    return path.with_name("int8.onnx")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="folder with a float32 model.onnx and tokenizer.json")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--int8", action="store_true", help="with onnxruntime's own dynamic quantisation of the same graph")
    arguments = parser.parse_args()
    name, path = "onnxruntime", arguments.model / "model.onnx"
    if arguments.int8:
        name, path = "onnxruntime-int8", quantised(path)

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = arguments.threads
    session = onnxruntime.InferenceSession(path, options)
    tokenizer = Tokenizer.from_file(str(arguments.model / "tokenizer.json"))
    tokenizer.enable_truncation(256)
    sentences = (Path(__file__).parent / "sentences.txt").read_text(encoding="utf-8").splitlines()
    encode(session, tokenizer, sentences[:100])
    start = time.perf_counter()
    encode(session, tokenizer, sentences)
    print(f"{name} {len(sentences) / (time.perf_counter() - start):.1f} sentences/s")


if __name__ == "__main__":
    main()
