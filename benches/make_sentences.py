"""Writes benches/sentences.txt: 1,000 sentences of NewsMTSC's training part (MIT), drawn with a fixed seed.

    python benches/make_sentences.py DATA
"""

import gzip
import json
import random
import sys
from pathlib import Path


def main():
    path = Path(sys.argv[1]) / "sentiment" / "newsmtsc_train.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        sentences = sorted({" ".join(json.loads(line)["text"].split()) for line in lines})
    drawn = random.Random(20261122).sample(sentences, 1000)
    (Path(__file__).parent / "sentences.txt").write_text("\n".join(drawn) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
